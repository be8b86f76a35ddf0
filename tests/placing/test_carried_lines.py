"""Lines that a comment was written on, carried to the present text through the whole file of that commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.asks import OriginalLines, Part, Suggestion
from bot.diffs import kept_lines
from bot.errors import Code, Refusal
from bot.model import LineRange
from bot.placing import commented_lines, place, told_lines
from bot.text import Document

if TYPE_CHECKING:
    from collections.abc import Callable

TWIN = ("def twin():", "    begin()", "    x = 1", "    end()", "", "")
BLOCK = ("    begin()", "    x = 1", "    end()")


def part(old: tuple[str, ...], first: int, last: int, *suggested: str, line: int | None = None) -> Part:
    """A suggestion for lines `first` to `last` of `old`; the server says that they are at `line` now."""
    original = OriginalLines("0" * 40, old[first - 1 : last], old[: first - 1], old[last:], whole=True)
    lines = None if line is None else LineRange(line, line + last - first)
    return Part("a.py", Suggestion(suggested), "c:1", lines=lines, original=original)


def applied(lines: tuple[str, ...], asked: Part) -> tuple[str, ...]:
    base = Document.from_text("".join(f"{line}\n" for line in lines))
    return tuple(base.splice(place(base, asked).edits).lines)


def refused(lines: tuple[str, ...], asked: Part) -> Refusal:
    with pytest.raises(Refusal) as caught:
        applied(lines, asked)
    return caught.value


def numbered(count: int, **changed: str) -> tuple[str, ...]:
    return tuple(changed.get(f"at{number}", f"line {number}") for number in range(1, count + 1))


@pytest.mark.parametrize(
    ("new", "at"),
    [
        pytest.param(lambda old: ("new", *old), 1, id="a line above"),
        pytest.param(lambda old: old[:9] + ("new",) * 5 + old[9:], 5, id="lines directly above"),
        pytest.param(lambda old: old[:10] + ("new",) * 5 + old[10:], 0, id="lines directly below"),
        pytest.param(lambda old: (*old[:8], "other", old[9], "another", *old[11:]), 0, id="both neighbours changed"),
        pytest.param(lambda old: (*old[:4], *old[7:]), -3, id="lines above are gone"),
    ],
)
def test_lines_are_carried_wherever_their_neighbours_went(
    new: Callable[[tuple[str, ...]], tuple[str, ...]], at: int
) -> None:
    old = numbered(40, at3="return None", at10="return None", at20="return None")
    present = new(old)
    for line in (None, 3, 10, 20):
        asked = part(old, 10, 10, "return 0", line=line)
        result = applied(present, asked)
        assert result == (*present[: 9 + at], "return 0", *present[10 + at :])
        assert told_lines(present, asked) == LineRange(10 + at, 10 + at)
        assert commented_lines(present, asked) == LineRange(10 + at, 10 + at)


def test_a_block_that_looks_the_same_is_not_the_one_that_was_meant() -> None:
    other = ("def other():", *BLOCK, "", "")
    old = (*TWIN, *other)
    asked = part(old, 3, 3, "    x = 2")
    # The one that was meant reads otherwise now; the other one still has the lines and all around them.
    present = (*TWIN[:2], "    x = 5", *TWIN[3:], *other)
    assert refused(present, asked).code is Code.OUTDATED
    with pytest.raises(Refusal, match="outdated"):
        commented_lines(present, asked)
    # Nor does it count as applied because the other one reads so.
    there = (*TWIN[:2], "    x = 5", *TWIN[3:], *other[:2], "    x = 2", *other[3:])
    assert refused(there, part((*TWIN, *there[6:]), 3, 3, "    x = 2")).code is Code.OUTDATED


def test_a_block_that_was_moved_is_found_by_its_text() -> None:
    old = (*TWIN, *numbered(30))
    asked = part(old, 3, 3, "    x = 2")
    assert applied((*numbered(30), "", *TWIN), asked)[33] == "    x = 2"


def test_a_copy_of_the_block_is_not_meant_and_beside_a_changed_original_it_is_ambiguous() -> None:
    old = (*numbered(9), *TWIN, "tail")
    copied = (*numbered(9), *TWIN, "def twin_two():", "    begin(2)", "    x = 1", "    end(2)", "", "", "tail")
    assert applied(copied, part(old, 12, 12, "    x = 2"))[11] == "    x = 2"
    # The line stands where it was, between other lines; all that was around it stands elsewhere.
    old = ("top", "a", "a", "a", "word = 1", "b", "b", "b", "bottom")
    torn = ("top", "c", "word = 1", "d", "bottom", *old[1:-1])
    found = refused(torn, part(old, 5, 5, "word = 2", line=3))
    assert (found.code, found.reason) == (Code.AMBIGUOUS, "the comment fits a.py at line 3 and at line 9")


@pytest.mark.parametrize("suggested", [("X",), ("X", "Y", "Z"), (), ("line 10", "X"), ("X", "line 10")])
def test_what_stands_as_suggested_is_recognised_whatever_else_changed(suggested: tuple[str, ...]) -> None:
    old = numbered(20)
    asked = part(old, 10, 10, *suggested)
    result = applied(old, asked)
    assert refused(result, asked).code is Code.ALREADY_APPLIED
    elsewhere = ("new", *result[:-3], "other", *result[-3:])
    assert refused(elsewhere, asked).code is Code.ALREADY_APPLIED


def test_lines_that_repeat_are_carried_only_where_one_reading_fits() -> None:
    old = ("a", "}", "}", "b")
    assert refused(("a", "}", "}", "}", "b"), part(old, 2, 2, "x")).code is Code.AMBIGUOUS
    assert applied(("new", *old), part(old, 3, 3, "x")) == ("new", "a", "}", "x", "b")


def test_a_line_that_says_nothing_needs_a_neighbour_to_be_known_by() -> None:
    old = ("a", "b", "}", "c", "d")
    assert refused(("u", "v", "}", "w", "x"), part(old, 3, 3, "]")).code is Code.OUTDATED


LINES = st.lists(st.sampled_from(["a", "b", "c", "}", ""]), max_size=12)


@given(LINES, LINES)
def test_kept_lines_are_equal_and_in_order(old: list[str], new: list[str]) -> None:
    kept = kept_lines(tuple(old), tuple(new))
    assert len(kept) == len(old)
    found = [(at, to) for at, to in enumerate(kept) if to is not None]
    assert all(old[at] == new[to] for at, to in found)
    assert [to for _, to in found] == sorted({to for _, to in found})


@given(LINES)
def test_of_the_same_text_all_lines_are_kept(old: list[str]) -> None:
    assert kept_lines(tuple(old), tuple(old)) == tuple(range(len(old)))


@given(LINES.filter(bool), LINES, st.data())
def test_a_second_run_never_applies_again(old: list[str], new: list[str], data: st.DataObject) -> None:
    first = data.draw(st.integers(1, len(old)))
    last = data.draw(st.integers(first, len(old)))
    suggested = data.draw(st.lists(st.sampled_from(["a", "X", "}", "Y"]), max_size=3))
    asked = part(tuple(old), first, last, *suggested)
    try:
        result = applied(tuple(new), asked)
    except Refusal:
        return
    with pytest.raises(Refusal):
        applied(result, asked)
