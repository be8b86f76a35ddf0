"""What lines that stay would be cut off from: names, the end of a statement, numbers of their own."""

from __future__ import annotations

import pytest
from support.doubted import rules

GARDEN = """\
    from beds import count, plant, water, weed
    from tools import Rake


    def spring(bed, *, deep=False):
        plant(bed)
        if deep:
            Rake().turn(bed)
        return count(bed)


    def summer(bed):
        water(bed)
        weed(bed)
    """


def test_a_name_that_lines_which_stay_use_is_not_unimported_in_passing() -> None:
    shown = """\
        from beds import count, harvest, plant, water
        from tools import Rake
        # ... existing code ...
        def summer(bed):
            water(bed)
            # ... existing code ...
            harvest(bed)
        """
    assert "unbound" in rules(GARDEN, shown, "garden.py")
    gone = shown.replace("    # ... existing code ...\n            harvest", "    harvest")
    assert "unbound" not in rules(GARDEN, gone, "garden.py"), "the line that used it goes too"


def test_nor_is_a_parameter_that_the_body_uses_given_up() -> None:
    shown = """\
        # ... existing code ...
        def spring(bed):
            log(bed)
            plant(bed)
            # ... existing code ...
        """
    assert "unbound" in rules(GARDEN, shown, "garden.py")
    meant = """\
        # ... existing code ...
        def spring(bed):
            plant(bed)
            Rake().turn(bed)
            return count(bed)
        # ... existing code ...
        """
    assert "unbound" not in rules(GARDEN, meant, "garden.py")


GO = """\
    package garden

    import (
    \t"context"
    \t"fmt"
    \t"sort"
    )

    func Names(ctx context.Context, beds []string) error {
    \tsort.Strings(beds)
    \tfmt.Println(beds)
    \treturn ctx.Err()
    }
    """


def test_an_import_block_is_not_shown_in_part() -> None:
    shown = """\
        import (
        \t"context"
        \t"strings"
        )

        func Names(ctx context.Context, beds []string) error {
        \tbeds = strings.Fields(beds[0])
        \t// ... existing code ...
        """
    assert "unbound" in rules(GO, shown, "garden.go")


def test_what_is_taken_apart_keeps_the_names_that_are_used() -> None:
    base = """\
        function Room(props) {
          const { users, typing, send } = useRoom(props);
          log(users);
          if (typing) show(typing);
          return send;
        }
        """
    shown = """\
        function Room(props) {
          const { users, send, leave } = useRoom(props);
          log(users, leave);
          // ... existing code ...
        """
    assert "unbound" in rules(base, shown, "room.js")


def test_prose_that_has_the_word_uses_nothing() -> None:
    base = '''\
        from beds import Garden

        NOTE = """
        A Garden is what the Garden was.
        """


        def open_gate(garden: Garden) -> None:
            garden.open()
        '''
    shown = """\
        from plots import Plot
        # ... existing code ...
        def open_gate(garden: Plot) -> None:
            garden.open()
        """
    assert "unbound" not in rules(base, shown, "garden.py")


QUERY = """\
    select name
    from beds
    order by name
    limit 10
    offset 20;

    select count(*) from beds;
    """


@pytest.mark.parametrize(
    ("base", "shown", "path"),
    [
        (QUERY, "from beds\norder by name\nlimit 5;\n-- ... existing code ...\n", "beds.sql"),
        (QUERY, "order by name\n;\n-- ... existing code ...\n", "beds.sql"),
        (
            "    FROM garden\n    RUN dig . \\\n     && plant --all \\\n     && water\n    CMD grow\n",
            "RUN dig . \\\n && plant --some\n# ... existing code ...\n",
            "Dockerfile",
        ),
    ],
)
def test_a_statement_does_not_end_before_lines_that_stay_of_it(base: str, shown: str, path: str) -> None:
    assert "ended" in rules(base, shown, path)


def test_a_statement_may_end_where_the_next_one_is_shown() -> None:
    shown = "order by name\nlimit 10;\n\nselect count(*) from beds;\n"
    assert "ended" not in rules(QUERY, shown, "beds.sql")
    kept = "limit 10\noffset 30;\n-- ... existing code ...\n"
    assert "ended" not in rules(QUERY, kept, "beds.sql")


ENUM = """\
    enum Bed {
      BED_UNKNOWN = 0;
      BED_FLAT = 1;
      BED_RAISED = 2;
      BED_SUNKEN = 3;
    }
    """


def test_a_number_is_not_given_twice() -> None:
    shown = """\
        enum Bed {
          // ... existing code ...
          BED_FLAT = 1;
          BED_ROUND = 2;
          // ... existing code ...
        """
    assert "numbered" in rules(ENUM, shown, "bed.proto")
    assert "numbered" not in rules(ENUM, shown.replace("ROUND = 2", "ROUND = 4"), "bed.proto")


def test_values_that_are_no_numbers_of_entries_may_be_the_same() -> None:
    base = "    sun = 1\n    rain = 1\n    wind = 2\n    snow = 3\n"
    shown = "sun = 1\nhail = 2\nrain = 1\n# ... existing code ...\n"
    assert "numbered" not in rules(base, shown, "weather.toml")
