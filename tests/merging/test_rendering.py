"""White space and blank lines of the result: what is the file's, and what is the edit's."""

from __future__ import annotations

import pytest
from support.readings import reading

from bot.merging.flaws import flaws_of


def rendered(base: list[str], snippet: list[str], *spans: tuple[int, int], path: str = "a.ts") -> list[str]:
    """The lines of `base` with the segments of `snippet` in place of its significant lines `spans`."""
    return list(reading(base, snippet, *spans, path=path)[0].lines)


def test_inner_white_space_is_the_edits_between_two_changes() -> None:
    base = ["first(a)", "middle(  b  )", "last(c)"]
    assert rendered(base, ["begin(a, 1)", "middle(b)", "close(c, 1)"], (0, 3)) == [
        "begin(a, 1)", "middle(b)", "close(c, 1)",
    ]  # fmt: skip


def test_inner_white_space_is_the_files_beside_context() -> None:
    base = ["first(a)", "middle(  b  )", "last(c)"]
    assert rendered(base, ["first(a)", "middle(b)", "last(c, 1)"], (0, 3)) == [
        "first(a)",
        "middle(  b  )",
        "last(c, 1)",
    ]


def test_lines_in_a_row_that_move_together_are_moved_on_purpose() -> None:
    base = ["if a:", "    one()", "two(1)", "two(2)", "    three()"]
    shown = ["if a:", "    one()", "    two(1)", "    two(2)", "    three(3)"]
    assert rendered(base, shown, (0, 5), path="a.py") == shown


def test_a_single_line_at_another_depth_is_not_moved() -> None:
    base = ["if a:", "    one()", "    two()", "    three()"]
    shown = ["if a:", "    one()", "      two()", "    three()", "    four()"]
    assert rendered(base, shown, (0, 4), path="a.py")[2] == "    two()"


def test_new_lines_in_place_of_old_ones_keep_the_distance_to_what_stands_before() -> None:
    base = ["one()", "", "two()", "", "three()"]
    assert rendered(base, ["// ...", "other()", "", "three()", "// ..."], (1, 3)) == [
        "one()", "", "other()", "", "three()",
    ]  # fmt: skip


def test_a_new_block_is_parted_from_a_deeper_line_as_the_next_one_was() -> None:
    base = ["- name: a", "  run: a", "", "- name: c", "  run: c"]
    shown = ["# ...", "- name: b", "  run: b", "", "- name: c", "# ..."]
    assert rendered(base, shown, (2, 3), path="a.yaml") == [
        "- name: a", "  run: a", "", "- name: b", "  run: b", "", "- name: c", "  run: c",
    ]  # fmt: skip


def test_a_line_kept_by_a_marker_keeps_its_distance_to_a_new_one() -> None:
    base = ["format:", "\truff", "", "lint:", "\truff check"]
    shown = ["# ...", "\truff", "\tblack", "# ..."]
    assert rendered(base, shown, (1, 2), path="Makefile") == [
        "format:",
        "\truff",
        "\tblack",
        "",
        "lint:",
        "\truff check",
    ]


def test_an_import_goes_on_with_imports() -> None:
    base = ["import a", "", "run(a)"]
    shown = ["# ...", "import b", "", "run(b)"]
    assert rendered(base, shown, (1, 2), path="a.py") == ["import a", "import b", "", "run(b)"]


def test_new_lines_in_place_of_old_ones_keep_the_distance_to_what_follows() -> None:
    base = ["# Title", "", "Some words that stand here.", "", "## More"]
    shown = ["Some words that stand here, and more of them.", "And a second line."]
    assert rendered(base, shown, (1, 2), path="a.md") == ["# Title", "", *shown, "", "## More"]


def test_two_blank_lines_stay_two_where_the_writer_shows_single_ones_alone() -> None:
    base = ["import os", "", "", "def one():", "    go()", "", "", "def two():", "    stop()"]
    shown = ["import os", "", "def zero():", "    wait()", "", "def one():", "    run()", "", "# ..."]
    assert rendered(base, shown, (0, 3), path="a.py") == [
        "import os", "", "", "def zero():", "    wait()", "", "", "def one():", "    run()", "", "", "def two():",
        "    stop()",
    ]  # fmt: skip


def test_an_exact_writer_who_shows_one_blank_line_means_one() -> None:
    base = ["import os", "", "", "def one():", "    go()", "    end()"]
    shown = ["import os", "", "def one():", "    run()", "# ... existing code ..."]
    assert rendered(base, shown, (0, 3)) == ["import os", "", "def one():", "    run()", "    end()"]


def test_a_leading_tab_is_one_level_of_a_file_that_has_none() -> None:
    base = ["if (a) {", "  one();", "  if (b) {", "    two();", "  }", "}"]
    shown = ["if (a) {", "\tone();", "\tif (b) {", "\t\tthree();", "\t}"]
    assert rendered(base, shown, (0, 5)) == ["if (a) {", "  one();", "  if (b) {", "    three();", "  }", "}"]
    recipe = ["all:", "\tmake one", "more:", "\tmake two"]
    assert rendered(["all:", "   # nothing"], recipe, (0, 1), path="Makefile")[:4] == recipe


@pytest.mark.parametrize(
    ("shown", "found"),
    [(["def add(x) do", "  if x do", "  put(x)", "end"], ["balance"]), (["def add(x) do", "end"], [])],
)
def test_a_block_that_stays_open_is_a_flaw_where_there_is_no_grammar(shown: list[str], found: list[str]) -> None:
    one, it = reading(["def add(x) do", "  put(x)", "end"], shown, (0, 3), path="shop.ex")
    assert [doubt.rule for doubt in flaws_of(one, it, "shop.ex")] == found
