"""Diffs, SEARCH/REPLACE and patches on the lines of a base: one place, or a refusal that names the places."""

import difflib
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.asks import Ask, Part
from bot.errors import Code, Refusal
from bot.model import LineRange
from bot.placing import Placed, place
from bot.requests.formats import Format, read_code
from bot.text import Document


def part_of(code: str, said: Format | None = None, lines: LineRange | None = None) -> Part:
    (found,) = read_code(code, said)
    return Part("a.py", found.ask, "x:1", lines=lines)


def applied(text: str, part: Part) -> str:
    base = Document.from_text(text)
    placed = place(base, part)
    return base.splice(placed.edits, final_newline=placed.final_newline).to_bytes().decode()


def put(text: str, code: str, said: Format | None = None, lines: LineRange | None = None) -> str:
    return applied(text, part_of(code, said, lines))


def refusal(text: str, code: str, said: Format | None = None, lines: LineRange | None = None) -> Refusal:
    with pytest.raises(Refusal) as caught:
        place(Document.from_text(text), part_of(code, said, lines))
    return caught.value


def sr(old: str, new: str, hint: str = "") -> str:
    return f"<<<<<<< SEARCH\n{hint}{old}=======\n{new}>>>>>>> REPLACE\n"


def v4a(body: str) -> str:
    return f"*** Begin Patch\n*** Update File: a.py\n{body}*** End Patch\n"


TWINS = "def f():\n    x = 1\n    return x\n\n\ndef g():\n    x = 1\n    return x\n"


@pytest.mark.parametrize(
    ("text", "code", "result"),
    [
        ("a\nb\nc\n", "@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n", "a\nB\nc\n"),
        ("0\n0\na\nb\nc\n", "@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n", "0\n0\na\nB\nc\n"),
        ("a\nb\nc\n", "@@ -99 +99 @@\n-b\n+B\n", "a\nB\nc\n"),
        ("a\nb\nc\n", sr("b\n", ""), "a\nc\n"),
        ("a\nb\nc\n", sr("c\n", "C\n") + sr("a\n", "A\n"), "A\nb\nC\n"),
        ("a\nb\nc\n", sr("a\nb\n", "A\nb\n") + sr("b\nc\n", "b\nC\n"), "A\nb\nC\n"),
        (TWINS, "@@ -7 +7 @@\n-    x = 1\n+    x = 2\n", TWINS.replace("g():\n    x = 1", "g():\n    x = 2")),
        (TWINS, sr("    x = 1\n", "    x = 2\n", ":start_line:2\n-------\n"), TWINS.replace("x = 1", "x = 2", 1)),
        (TWINS, v4a("@@ def f\n-    x = 1\n+    x = 2\n"), TWINS.replace("x = 1", "x = 2", 1)),
        (TWINS, v4a("-    return x\n+    return 2\n*** End of File\n"), TWINS[:-2] + "2\n"),
        (TWINS, v4a("@@ def g():\n-    x = 1\n+    x = 2\n"), TWINS.replace("g():\n    x = 1", "g():\n    x = 2")),
        ("a\n", v4a("@@ lost line\n-a\n+b\n"), "b\n"),
        ("", "@@ -0,0 +1 @@\n+a\n", "a\n"),
        ("", sr("", "a\n"), "a\n"),
        ("a\n", v4a("+b\n*** End of File\n"), "a\nb\n"),
        ("a  \nb\n", sr("a\nb\n", "a\nB\n"), "a  \nB\n"),
        ("    a\n    b\n", sr("a\nb\n", "a\nif b:\n    c\n"), "    a\n    if b:\n        c\n"),
        ("a\nb\n", sr("    a\n    b\n", "    a\n    c\n"), "a\nc\n"),
        ("\ta\n\n\tb\n", sr("a\n\nb\n", "a\n\nc\n"), "\ta\n\n\tc\n"),
        ("foo\n", "- foo\n+ bar\n", "bar\n"),
        ("a\r\nb\r\nc\r\n", "@@ -2 +2 @@\n-b\n+B\n", "a\r\nB\r\nc\r\n"),
        ("\ufeffa\nb", "@@ -1,2 +1,2 @@\n-a\n+A\n b\n", "\ufeffA\nb"),
        ("a\nb", "@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+c\n", "a\nc\n"),
        ("a\nb\n", "@@ -2 +2 @@\n-b\n+b\n\\ No newline at end of file\n", "a\nb"),
        ("q\na\nb\nc1\nd1\n", "@@ -4,4 +1,2 @@\n-a\n-b\n c1\n d1\n", "q\nc1\nd1\n"),
        ("x\ny\nx\n", "@@ -3 +3 @@\n-x\n+z\n", "x\ny\nz\n"),
    ],
)
def test_a_block_lands_at_its_one_place(text: str, code: str, result: str) -> None:
    assert put(text, code, Format.DIFF if code.startswith("- ") else None) == result


def test_the_range_of_the_request_tells_equal_places_apart() -> None:
    code = sr("    x = 1\n", "    x = 2\n")
    assert put(TWINS, code, lines=LineRange(6, 8)) == TWINS.replace("g():\n    x = 1", "g():\n    x = 2")
    assert refusal(TWINS, code, lines=LineRange(1, 8)).code is Code.AMBIGUOUS


def test_only_changed_lines_are_claimed_so_that_others_may_change_the_context() -> None:
    code = "@@ -1,5 +1,5 @@\n a\n-b\n+B\n c\n-d\n+D\n e\n"
    placed = place(Document.from_text("a\nb\nc\nd\ne\n"), part_of(code))
    assert [(edit.start, edit.stop) for edit in placed.edits] == [(1, 2), (3, 4)]


def test_the_order_of_hunks_tells_equal_places_apart() -> None:
    text = "x\nmark\nx\n"
    assert put(text, "@@\n-mark\n+MARK\n@@\n-x\n+y\n", Format.DIFF) == "x\nMARK\ny\n"
    assert refusal(text, sr("mark\n", "MARK\n") + sr("x\n", "y\n")).code is Code.AMBIGUOUS


def test_numbers_are_measured_from_hunks_that_have_their_place() -> None:
    new_lines = "# new\n" * 6
    code = "@@ -1 +1 @@\n-def f():\n+def f(a):\n@@ -7 +7 @@\n-    x = 1\n+    x = 2\n"
    moved = new_lines + TWINS
    assert put(moved, code) == moved.replace("def f()", "def f(a)").replace("g():\n    x = 1", "g():\n    x = 2")


@pytest.mark.parametrize(
    ("text", "code", "said", "words"),
    [
        (TWINS, sr("    x = 1\n", "    x = 2\n"), Code.AMBIGUOUS, "line 2 and at line 7"),
        (TWINS, sr("    x = 1\n    return x\n", "    return 1\n"), Code.AMBIGUOUS, "lines 2-3 and at lines 7-8"),
        (TWINS, "@@ -99 +99 @@\n-    x = 1\n+    x = 2\n", Code.AMBIGUOUS, "line 2 and at line 7"),
        ("a  \na\t\n", sr("a\n", "b\n", ":start_line:1\n-------\n"), Code.AMBIGUOUS, "line 1 and at line 2"),
        ("a\n", sr("b\n", "c\n"), Code.NO_ANCHOR, "no line reads 'b'"),
        ("b\na\n", sr("a\nb\n", "c\n"), Code.NO_ANCHOR, "not in this order"),
        ("total = 1\n", sr("totaI = 1\n", "x\n"), Code.NO_ANCHOR, "no line reads"),
        ("  a\n    b\n", sr("a\nb\n", "c\n"), Code.NO_ANCHOR, "not in this order"),
        ("a\n", sr("", "b\n"), Code.NO_ANCHOR, "shows no line"),
        ("a\n", "@@ -1,0 +2 @@\n+b\n", Code.NO_ANCHOR, "shows no line"),
        ("a\n", v4a("@@ a\n+b\n"), Code.NO_ANCHOR, "shows no line"),
        ("a\nb\n", v4a("-b\n+c\n@@\n-a\n+d\n"), Code.CONTRADICTS, "in their order"),
        ("a\nb\n", "@@ -1,2 +1 @@\n-a\n b\n@@ -2 +1 @@\n-b\n+c\n", Code.CONTRADICTS, "in their order"),
        ("a\nb\n", sr("a\nb\n", "c\n") + sr("b\n", "d\n"), Code.CONTRADICTS, "blocks 1 and 2"),
        ("a\nb\n", sr("a\n", "a\nx1\n") + sr("b\n", "x2\nb\n"), Code.CONTRADICTS, "blocks 1 and 2"),
        ("x\ndef f():\n    y\n", v4a("@@ def f():\n-x\n+z\n"), Code.CONTRADICTS, "said to stand below"),
        ("a\nb\n", v4a("-a\n+c\n*** End of File\n"), Code.NO_ANCHOR, "do not stand"),
        ("a\nb\n", sr("    a\n    b\n", "    a\n  c\n"), Code.NO_ANCHOR, "less indented"),
        ("a\na\n", sr("a\n", "a\na\n"), Code.AMBIGUOUS, "as it would be after"),
    ],
)
def test_what_has_no_one_place_is_refused_and_says_why(text: str, code: str, said: Code, words: str) -> None:
    found = refusal(text, code)
    assert found.code is said
    assert words in found.reason


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a\nB\nc\n", "@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n"),
        ("0\na\nB\nc\n", "@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n"),
        ("import a\nimport b\n", sr("import a\n", "import a\nimport b\n")),
        ("import b\nimport a\n", sr("import a\n", "import b\nimport a\n")),
        ("a\nc\nd\n", sr("a\nb\nc\n", "a\nc\n")),
        ("    new()\n", sr("old()\n", "new()\n")),
        ("a\nb\n", v4a("+b\n*** End of File\n")),
        ("a\n", "@@ -0,0 +1 @@\n+a\n"),
        ("q\nadded\nb\n", "@@ -3 +3,2 @@\n+added\n b\n"),
        ("a\nb\n", "@@ -2 +2 @@\n-b\n\\ No newline at end of file\n+b\n"),
        ("f()\nB\nend\nf()\nb\nend\n", "@@ -1,3 +1,3 @@\n f()\n-b\n+B\n end\n"),
    ],
)
def test_what_stands_already_is_not_done_twice(text: str, code: str) -> None:
    assert refusal(text, code).code is Code.ALREADY_APPLIED


def test_a_patch_that_is_half_applied_is_completed() -> None:
    code = sr("a1\n", "A1\n") + sr("b1\n", "B1\n")
    placed = place(Document.from_text("A1\nb1\n"), part_of(code))
    assert placed.notes == ("block 1 stands already (line 1)",)
    assert put("A1\nb1\n", code) == "A1\nB1\n"


def test_tolerance_is_said() -> None:
    placed = place(Document.from_text("  a\n"), part_of(sr("a\n", "b\n")))
    assert placed.notes == ("block 1 fits line 1 but for another indentation",)


def test_a_removal_that_could_eat_on_at_its_next_run_is_refused() -> None:
    found = refusal("c1\nx\nx\n", sr("c1\nx\n", "c1\n"))
    assert found.code is Code.AMBIGUOUS
    assert "still to do" in found.reason


def test_blocks_that_fit_everywhere_are_refused_at_once() -> None:
    code = "".join("@@ -9 +9 @@\n-\n+x\n" for _ in range(2_000))
    found = refusal("\n" * 100_000, code)
    assert found.code is Code.AMBIGUOUS


def test_a_thousand_equal_lines_in_a_hundred_thousand_are_found() -> None:
    text = "x\n" * 50_000 + "y\n" + "x\n" * 999 + "z\n"
    code = sr("x\n" * 999 + "z\n", "z\n")
    assert put(text, code) == "x\n" * 50_000 + "y\nz\n"


LINES = st.lists(st.sampled_from(["a", "b", "c", "d", "", "  a", "}", "x = 1", "\x0c", "\u2028"]), max_size=14)


def difference(old: list[str], new: list[str]) -> str:
    return "".join(f"{line}\n" for line in difflib.unified_diff(old, new, "a/a.py", "b/a.py", lineterm=""))


def attempt(text: str, ask: Ask) -> tuple[Placed, str] | Refusal:
    base = Document.from_text(text)
    try:
        placed = place(base, Part("a.py", ask, "x:1"))
    except Refusal as found:
        return found
    return placed, base.splice(placed.edits, final_newline=placed.final_newline).text


def text_of(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


@given(LINES, LINES)
def test_a_diff_applied_to_its_old_text_gives_its_new_text_or_says_that_it_could_stand_there_twice(
    old: list[str], new: list[str]
) -> None:
    if old == new or not old or not new:
        return
    found = attempt(text_of(old), part_of(difference(old, new), Format.DIFF).ask)
    if isinstance(found, Refusal):
        assert found.code is Code.AMBIGUOUS
    else:
        assert found[1] == text_of(new)


@given(st.data(), st.integers(0, 30), st.integers(0, 3))
def test_a_diff_of_distinct_lines_finds_them_wherever_they_have_moved(
    data: st.DataObject, above: int, noise: int
) -> None:
    old = [f"line {number}" for number in range(data.draw(st.integers(1, 40)))]
    new = list(old)
    for number in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(new)))
        match data.draw(st.sampled_from(["add", "drop", "change"])):
            case "add":
                new.insert(at, f"added {number}")
            case "drop":
                del new[at : at + 2]
            case _:
                new[at : at + 1] = [f"changed {number}"]
    if old == new or not new:
        return
    code = difference(old, new).replace("@@ -", f"@@ -{noise}") if noise else difference(old, new)
    head = [f"moved {number}" for number in range(above)]
    ask = part_of(code, Format.DIFF).ask
    found = attempt(text_of(head + old), ask)
    assert not isinstance(found, Refusal), found
    assert found[1] == text_of(head + new)


@given(LINES, LINES, LINES, st.sampled_from([1, 2, 3]))
def test_no_block_ever_gives_a_third_text_when_it_is_run_again(
    base: list[str], old: list[str], new: list[str], context: int
) -> None:
    if old == new:
        return
    diff = difflib.unified_diff(old, new, "a/a.py", "b/a.py", lineterm="", n=context)
    ask = part_of("".join(f"{line}\n" for line in diff), Format.DIFF).ask
    for text in (text_of(old), text_of(base), text_of(base + old + base)):
        found = attempt(text, ask) if not _is_file_change(ask) else None
        if isinstance(found, tuple):
            again = attempt(found[1], ask)
            assert isinstance(again, Refusal)


def _is_file_change(ask: Ask) -> bool:
    return not hasattr(ask, "blocks")


def test_real_diffs_of_git_are_placed_to_the_byte(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    lines = [f"    value_{number % 7} = {number}" for number in range(120)]
    cases = [
        (lines, [*lines[:50], "inserted", *lines[50:]]),
        (lines, lines[3:]),
        (lines, lines[:-4]),
        (lines, [*lines[:10], *lines[12:60], "a", "b", *lines[61:]]),
    ]
    ends = [("\n", "\n"), ("", "\n"), ("\n", ""), ("", "")]
    for before, after in cases:
        for first, last in ends:
            old.write_text("\n".join(before) + first, newline="")
            new.write_text("\n".join(after) + last, newline="")
            command = ["git", "diff", "--no-index", "--no-prefix", "old", "new"]
            shown = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False).stdout
            code = shown.replace("+++ new", "+++ old").replace("diff --git old new", "diff --git old old")
            assert put("\n".join(before) + first, code, Format.DIFF) == "\n".join(after) + last
