"""The rules of the local engine, each on the smallest file that shows it."""

from __future__ import annotations

from textwrap import dedent

import pytest

from bot.errors import Code, Refusal
from bot.merging import merge, readings
from bot.model import Hints, LineRange, Verdict

SHOP = """\
import csv
from pathlib import Path


class Cart:
    def __init__(self, owner):
        self.owner = owner
        self.items = []

    def add(self, item):
        self.items.append(item)

    def total(self):
        amount = 0
        for item in self.items:
            amount += item.price
        return amount


def load(path):
    with Path(path).open() as source:
        return list(csv.reader(source))


def save(path, cart):
    rows = [(item.name, item.price) for item in cart.items]
    with Path(path).open("w") as target:
        csv.writer(target).writerows(rows)
"""


def lines(text: str) -> tuple[str, ...]:
    return tuple(dedent(text).rstrip("\n").split("\n"))


BASE = lines(SHOP)


def proven(snippet: str, base: tuple[str, ...] = BASE, path: str = "shop.py") -> str:
    """The proven merge as text."""
    answer = merge(base, dedent(snippet), path)
    assert answer.verdict is Verdict.VERIFIED, answer.doubts
    return "\n".join(answer.lines) + "\n"


def refused(snippet: str, base: tuple[str, ...] = BASE, path: str = "shop.py") -> Refusal:
    with pytest.raises(Refusal) as caught:
        merge(base, dedent(snippet), path)
    return caught.value


def test_a_changed_line_between_two_shown_ones_is_replaced() -> None:
    merged = proven("""\
        # ... existing code ...
                for item in self.items:
                    amount += item.price * item.count
                return amount
        # ... existing code ...
        """)
    assert merged == SHOP.replace("amount += item.price\n", "amount += item.price * item.count\n")


def test_a_new_function_between_two_shown_ones_is_added_and_nothing_goes() -> None:
    merged = proven("""\
        # ... existing code ...
                return list(csv.reader(source))


        def count(path):
            return len(load(path))


        def save(path, cart):
        # ... existing code ...
        """)
    assert merged == SHOP.replace("def save(path", "def count(path):\n    return len(load(path))\n\n\ndef save(path")


def test_lines_missing_between_two_shown_ones_go() -> None:
    merged = proven("""\
        # ... existing code ...
                self.items = []

            def total(self):
                amount = 0
        # ... existing code ...
        """)
    assert merged == SHOP.replace("    def add(self, item):\n        self.items.append(item)\n\n", "")


def test_a_marker_inside_a_block_keeps_the_rest_of_it() -> None:
    merged = proven("""\
        # ... existing code ...
            def add(self, item, count=1):
                # ... existing code ...

            def total(self):
        # ... existing code ...
        """)
    assert merged == SHOP.replace("def add(self, item):", "def add(self, item, count=1):")


def test_the_head_and_the_tail_stay_where_their_markers_are_missing() -> None:
    merged = proven("""\
            def add(self, item):
                assert item.price >= 0
                self.items.append(item)
        """)
    assert merged == SHOP.replace(
        "        self.items.append", "        assert item.price >= 0\n        self.items.append"
    )


def test_a_snippet_without_its_indentation_takes_the_depth_of_the_file() -> None:
    merged = proven("""\
        # ... existing code ...
        def add(self, item):
            assert item.price >= 0
            self.items.append(item)
        # ... existing code ...
        """)
    assert merged == SHOP.replace(
        "        self.items.append", "        assert item.price >= 0\n        self.items.append"
    )


def test_a_body_under_a_new_header_is_indented_as_shown() -> None:
    merged = proven("""\
        # ... existing code ...
            def total(self):
                amount = 0
                if self.items:
                    for item in self.items:
                        amount += item.price
                return amount
        # ... existing code ...
        """)
    assert (
        "        if self.items:\n            for item in self.items:\n                amount += item.price\n" in merged
    )


def test_spaces_for_tabs_are_put_back() -> None:
    base = lines("func run() {\n\tfirst()\n\tif ready {\n\t\tsecond()\n\t}\n\tthird()\n}\n")
    merged = proven(
        """\
        // ... existing code ...
            if ready {
                second()
                also()
            }
            third()
        // ... existing code ...
        """,
        base,
        "run.go",
    )
    assert "\t\tsecond()\n\t\talso()\n\t}\n" in merged


def test_blank_lines_of_the_file_stay_beside_a_marker() -> None:
    merged = proven("""\
        # ... existing code ...
        from pathlib import Path
        from typing import Any
        # ... existing code ...
        class Cart:
            def __init__(self, owner):
                self.owner: Any = owner
        # ... existing code ...
        """)
    assert "from pathlib import Path\nfrom typing import Any\n\n\nclass Cart:\n" in merged


def test_two_equal_places_are_refused_and_both_are_named() -> None:
    base = lines("""\
        function a() {
          start();
          step(1);
          stop();
        }

        function b() {
          start();
          step(1);
          stop();
        }
        """)
    refusal = refused("// ...\n  start();\n  step(2);\n  stop();\n// ...\n", base, "a.js")
    assert refusal.code is Code.AMBIGUOUS
    assert "line 2" in refusal.reason
    assert "line 8" in refusal.reason


def test_the_lines_that_a_comment_points_at_decide_between_equal_places() -> None:
    base = lines("""\
        function load_first() {
          start();
          step(1);
          stop();
        }

        function load_second() {
          start();
          step(1);
          stop();
        }
        """)
    snippet = "// ...\n  start();\n  step(2);\n  stop();\n// ...\n"
    answer = merge(base, snippet, "a.js", Hints(lines=LineRange(8, 10)))
    assert answer.lines[2] == "  step(1);"
    assert answer.lines[8] == "  step(2);"
    named = merge(base, snippet, "a.js", Hints(instruction="I am changing the step of load_second"))
    assert named.lines == answer.lines


def test_what_stands_already_is_refused_as_already_applied() -> None:
    assert (
        refused("# ...\n    def add(self, item):\n        self.items.append(item)\n# ...\n").code
        is Code.ALREADY_APPLIED
    )


@pytest.mark.parametrize("snippet", ["", "\n\n", "# ... existing code ...\n", "```python\n# ...\n```\n"])
def test_a_snippet_without_a_line_of_code_is_refused(snippet: str) -> None:
    assert refused(snippet).code is Code.NO_CHANGE


def test_new_lines_with_nothing_of_the_file_beside_them_have_no_place() -> None:
    refusal = refused("# ...\nwrite_everything_again()\n# ...\n")
    assert refusal.code is Code.NO_ANCHOR
    assert refusal.remedy


def test_a_marker_behind_code_is_refused_with_its_line() -> None:
    refusal = refused("# ...\n    rows = [  # ... existing rows ...\n# ...\n")
    assert refusal.code is Code.CONTRADICTS
    assert "line 2 of the snippet" in refusal.reason


def test_one_fence_and_a_file_header_round_the_snippet_are_no_part_of_it() -> None:
    snippet = """\
        # ... existing code ...
                self.items = []
                self.notes = []

            def add(self, item):
        # ... existing code ...
        """
    bare = proven(snippet)
    body = dedent(snippet)
    assert proven(f"```python\n{body}```\n") == bare
    assert proven(f"#EDIT: shop.py\n{body}") == bare
    assert proven(f"# src/shop.py\n{body}") == bare


def test_a_definition_is_not_taken_for_the_old_form_of_another() -> None:
    base = lines("""\
        describe("cart", () => {
          it("adds one", () => {
            const cart = make();
            cart.add(1);
            expect(cart.size).toBe(1);
          });
        });
        """)
    answer = merge(
        base,
        dedent("""\
            // ...
              it("adds two", () => {
                const cart = make();
                cart.add(2);
                expect(cart.size).toBe(1);
              });
            // ...
            """),
        "cart.test.ts",
    )
    assert answer.verdict is Verdict.UNPROVEN
    assert {doubt.rule for doubt in answer.doubts} & {"replaced", "rival", "unlikely"}


def test_readings_tell_what_each_line_of_the_snippet_is() -> None:
    found = readings(BASE, "# ...\n        self.items = []\n        self.notes = []\n# ...\n", "shop.py")
    kinds = [step.kind for step in found.best.steps if step.kind != "gap"]
    assert kinds == ["same", "new"]
    assert found.best.kept == frozenset(range(len(found.base.lines)))
    assert found.proven == (not found.doubts)


def test_every_doubt_is_a_sentence_about_lines() -> None:
    answer = merge(BASE, "# ...\n    with Path(path).open('a') as handle:\n# ...\n", "shop.py")
    assert answer.verdict is Verdict.UNPROVEN
    assert all("line" in doubt.message or "`" in doubt.message for doubt in answer.doubts)


def test_white_space_that_is_other_in_a_single_line_is_misquoted_or_meant() -> None:
    refusal = refused("""\
        # ...
        def save( path, cart ):
            rows = [(item.name, item.price, item.count) for item in cart.items]
        # ...
        """)
    assert refusal.code is Code.AMBIGUOUS
    assert "white space inside line 25" in str(refusal)


def test_a_line_that_is_shown_at_another_depth_alone_stands_not_there_already() -> None:
    refusal = refused("""\
        # ...
            def total(self):
                amount = 0
                for item in self.items:
                    amount += item.price
                    return amount
        # ...
        """)
    assert refusal.code is Code.AMBIGUOUS
    assert "line 17 stands at another depth" in str(refusal)


@pytest.mark.parametrize(
    ("shown", "applied"),
    [
        ("/*\n    to one\n    level\n*/\ngo()\n# ...\n", False),  # two lines deeper, beside those that are not
        ("/*\n to one\n level\n*/\ngo()\n# ...\n", True),  # less than a step
        ("# ...\n    /*\n    to one\n    level\n    */\n    go()\n# ...\n", True),  # shifted as a whole
        ("# ...\nif up:\n    go()\nstop()\n# ...\n", False),  # out of its block
        ("# ...\nif up:\n        go()\n        stop()\n# ...\n", True),  # its first line alone has lost its depth
    ],
)
def test_lines_stand_there_already_if_one_shift_takes_them_to_the_shown_depth(shown: str, *, applied: bool) -> None:
    base = (
        "/*",
        "to one",
        "level",
        "*/",
        "go()",
        "def run(up):",
        "    if up:",
        "        go()",
        "        stop()",
        "end()",
    )
    assert (refused(shown, base).code is Code.ALREADY_APPLIED) == applied


@pytest.mark.parametrize(
    ("base", "shown"),
    [
        (
            "if ready && steady {\n    go(1)\n}\nend()\n",
            "// ... above\nif ready &&  steady {\n    go(2)\n}\n// ... below\n",
        ),
        ("alias in?   has?\nalias one?  has?\ntwo\nend\n", "alias in?   has?\nalias one? has?\nend\n# ... below\n"),
    ],
    ids=["a doubled blank", "a column levelled"],
)
def test_a_slip_of_white_space_that_was_put_right_is_applied_already_the_second_time(base: str, shown: str) -> None:
    answer = merge(tuple(base.splitlines()), shown, "a.rs")
    assert answer.verdict is Verdict.VERIFIED
    assert set(base.splitlines()[:2]) & set(answer.lines)
    assert refused(shown, answer.lines, "a.rs").code is Code.ALREADY_APPLIED


def test_a_first_line_that_lost_its_depth_moves_none_of_the_others() -> None:
    base = (
        "function show() {",
        "  if (!link) {",
        "    link = display(self)",
        "    more(link)",
        "  }",
        "  return link",
        "}",
    )
    shown = "// ... above\nif (!link) {\n    link = make(self)\n  }\n  return link\n}\n"
    answer = merge(base, shown, "a.js")
    assert answer.verdict is Verdict.VERIFIED
    assert answer.lines == (*base[:2], "    link = make(self)", *base[4:])


def test_a_slip_of_depth_that_was_put_right_is_applied_already_the_second_time() -> None:
    shown = "# ...\ndef total(self):\n        amount = 1\n        for item in self.items:\n# ...\n"
    merged = proven(shown)
    assert merged == SHOP.replace("amount = 0", "amount = 1")
    assert refused(shown, tuple(merged.rstrip("\n").split("\n"))).code is Code.ALREADY_APPLIED


def test_a_request_about_lines_that_an_unmarked_snippet_leaves_out_is_refused() -> None:
    snippet = (
        "# ... existing code ...\n    with Path(path).open('a') as source:\n        return list(csv.reader(source))\n"
    )
    with pytest.raises(Refusal) as caught:
        merge(BASE, snippet, "shop.py", Hints(lines=LineRange(25, 28)))
    assert caught.value.code is Code.AMBIGUOUS
    assert "lines 25-28" in str(caught.value)
    assert merge(BASE, snippet + "# ...\n", "shop.py", Hints(lines=LineRange(25, 28))).lines != BASE


def test_a_name_that_several_definitions_have_decides_nothing() -> None:
    base = ("class A:", "    def run(self):", "        go(1)", "", "class B:", "    def run(self):", "        go(1)")
    snippet = "# ...\n        go(2)\n# ...\n"
    once = (*base[:5], "    def walk(self):", base[6])
    assert readings(once, snippet, "x.py", Hints(instruction="let run go twice")).best.lines[2] == "        go(2)"
    assert merge(base, snippet, "x.py", Hints(instruction="let run go twice")).verdict is Verdict.UNPROVEN


def test_twins_are_not_told_apart_by_a_marker_behind_the_last_line() -> None:
    base = ("alpha()", "go(1)", "beta()", "go(1)")
    assert refused("# ...\ngo(2)\n# ...\n", base, "x.py").code is Code.AMBIGUOUS


def test_more_than_can_be_compared_is_refused_at_once() -> None:
    base = tuple("    call(0)," for _ in range(6_000))
    snippet = "\n".join(["# ... existing code ...", *base[:3_000], "    call(1),", "# ... existing code ..."])
    with pytest.raises(Refusal) as caught:
        merge(base, snippet, "calls.py")
    assert caught.value.code is Code.TOO_LARGE
    assert "3,001 lines" in str(caught.value)


@pytest.mark.parametrize("header", ["shop.py\n", "`shop.py`\n", "# shop.py", "# src/shop.py"])
def test_a_first_line_that_only_names_the_file_is_none_of_it(header: str) -> None:
    assert proven(
        f"{header}\n# ... existing code ...\n    def total(self):\n        amount = 1\n# ...\n"
    ) == SHOP.replace("amount = 0", "amount = 1")


@pytest.mark.parametrize("header", ["shop.py", "**shop.py**", "shop.py:"])
def test_nor_is_a_title_above_a_code_fence(header: str) -> None:
    body = "# ... existing code ...\n    def total(self):\n        amount = 1\n# ...\n"
    assert proven(f"{header}\n```python\n{body}```\n") == SHOP.replace("amount = 0", "amount = 1")


def test_a_name_with_a_colon_may_be_a_key() -> None:
    answer = merge(("x.yml:", "  a: 1"), "x.yml:\n  a: 2\n", "x.yml")
    assert answer.lines == ("x.yml:", "  a: 2")
    beside = merge(("a: 1", "b: 2"), "a: 1\nx.yml:\nb: 2\n", "x.yml")
    assert "x.yml:" in beside.lines


def test_a_segment_moved_to_the_left_keeps_what_could_not_be_moved_as_far() -> None:
    base = lines("""\
        const sheet = make({
          web: {
            color: 'white',
          },
        });
        """)
    shown = "web: {\n  color: 'white',\n},\nflex: {\n  align: 'start',\n},\n});\n"
    assert proven(f"// ... existing code ...\n{shown}", base, "sheet.ts").split("\n")[4:8] == [
        "  flex: {",
        "    align: 'start',",
        "  },",
        "});",
    ]


def test_a_snippet_without_any_depth_takes_the_files_in_every_segment() -> None:
    base = lines("""\
        [tool]
        needs = [
            "black==1",
            "build>=2",
            "mypy>=3",
            "ruff>=4",
            "tox>=5",
        ]
        """)
    shown = '[tool]\nneeds = [\n"black==2",\n# ...\n"mypy>=3",\n"ruff>=5",\n"tox>=5",\n# ...\n'
    changed = "\n".join(base).replace("black==1", "black==2").replace("ruff>=4", "ruff>=5")
    assert "\n".join(merge(base, shown, "garden.toml").lines) == changed


def test_a_statement_given_on_one_line_takes_all_its_old_lines() -> None:
    base = lines("""\
        def plan(beds):
            total = add(
                beds,
                start=0,
            )
            log(total)
            return total
        """)
    shown = "def plan(beds):\n    total = add(beds, start=0)\n    # ... existing code ...\n"
    assert proven(shown, base, "plan.py").split("\n")[:4] == [
        "def plan(beds):",
        "    total = add(beds, start=0)",
        "    log(total)",
        "    return total",
    ]


def test_a_new_end_of_a_block_stands_right_behind_its_last_line() -> None:
    shown = "# ... existing code ...\ndef load(path):\n    # ... existing code ...\n    print(path)\n"
    assert "        return list(csv.reader(source))\n    print(path)\n\n\ndef save" in proven(shown)


def test_a_first_comment_that_names_the_file_and_says_more_may_be_one_to_add() -> None:
    shown = "# shop.py (the cart)\nimport csv\nfrom pathlib import PurePath\n# ...\n"
    assert any(doubt.rule == "faint" for doubt in merge(BASE, shown, "shop.py").doubts)


def test_a_bare_name_right_above_a_line_is_a_line_to_add() -> None:
    answer = merge(("*.pyc", "build/"), ".gitignore\n*.pyc\nbuild/\n", ".gitignore")
    assert answer.lines[0] == ".gitignore"


def test_a_result_that_its_parser_cannot_bear_is_not_proven() -> None:
    shown = f"# ...\n    def total(self):\n        amount = {'-->' * 5_000}\n        for item in self.items:\n# ...\n"
    merged = merge(SHOP.split("\n"), shown, "shop.py")
    assert merged.verdict is Verdict.UNPROVEN
    assert [doubt.message for doubt in merged.doubts if doubt.rule == "syntax"] == [
        "shop.py would be more than its parser can bear, and is not yet"
    ]
