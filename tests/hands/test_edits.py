from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.diffs import edits_between
from bot.model import Edit
from bot.text import Document

LINES = st.lists(st.sampled_from(["", "}", "  a", "  b", "c", "    return", "\ta"]), max_size=14)


def spliced(old: list[str], edits: tuple[Edit, ...]) -> list[str]:
    return list(Document(tuple(old), ("\n",) * len(old)).splice(edits).lines)


@given(LINES, LINES)
def test_the_edits_make_the_new_lines_of_the_old_ones(old: list[str], new: list[str]) -> None:
    assert spliced(old, edits_between(old, new)) == new


@given(LINES, LINES)
def test_edits_are_in_order_apart_and_not_empty(old: list[str], new: list[str]) -> None:
    edits = edits_between(old, new)
    assert all(left.stop < right.start for left, right in pairwise(edits))
    assert all(edit.start < edit.stop or edit.lines for edit in edits)


@given(LINES)
def test_equal_texts_have_no_edits(lines: list[str]) -> None:
    assert edits_between(lines, lines) == ()


def test_a_new_function_is_inserted_whole_and_not_from_the_middle_of_its_neighbour() -> None:
    old = ["def a():", "    return 1", "", "", "def c():", "    return 1", ""]
    new = ["def a():", "    return 1", "", "", "def b():", "    return 1", "", "", "def c():", "    return 1", ""]
    assert edits_between(old, new) == (Edit(4, 4, ("def b():", "    return 1", "", "")),)


def test_a_removed_block_is_named_from_its_own_first_line() -> None:
    old = ["if a {", "    x", "}", "if b {", "    x", "}", "end"]
    new = ["if a {", "    x", "}", "end"]
    assert edits_between(old, new) == (Edit(3, 6, ()),)


def test_repetitive_text_with_twenty_changes_gives_twenty_edits() -> None:
    old = [("begin", "  step", "  step", "end")[number % 4] for number in range(2000)]
    new = [f"changed {number}" if number % 100 == 50 else line for number, line in enumerate(old)]
    edits = edits_between(old, new)
    assert [(edit.stop - edit.start, len(edit.lines)) for edit in edits] == [(1, 1)] * 20


def test_landmarks_decide_before_lines_that_fit_by_chance() -> None:
    old = ["one {", "}", "two {", "}"]
    new = ["two {", "}", "three {", "}", "one {", "}"]
    assert spliced(old, edits_between(old, new)) == new


def test_texts_too_large_to_compare_line_by_line_are_still_made_into_one_another() -> None:
    old = ["a", "b"] * 15_000
    new = ["b", "a", "a"] * 15_000
    assert spliced(old, edits_between(old, new)) == new
