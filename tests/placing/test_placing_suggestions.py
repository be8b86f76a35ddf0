"""Suggestions on the lines of a base, and the other asks that name their place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.asks import (
    Ask,
    ChangeMode,
    DeleteFile,
    NewFile,
    OriginalLines,
    Part,
    Plain,
    RenameFile,
    Snippet,
    Suggestion,
    Whole,
)
from bot.errors import Code, Refusal
from bot.model import LineRange
from bot.placing import Placed, as_suggested, place
from bot.text import Document


def part(ask: Ask, lines: tuple[int, int] | None = None, original: tuple[str, str, str] | None = None) -> Part:
    """`original`: the lines above, inside and below, each with a newline."""
    shown = None
    if original is not None:
        above, inside, below = (tuple(text.split("\n")[:-1]) for text in original)
        shown = OriginalLines("0" * 40, inside, above, below)
    return Part("a.py", ask, "c:1", lines=LineRange(*lines) if lines else None, original=shown)


def applied(text: str, asked: Part) -> str:
    base = Document.from_text(text)
    placed = place(base, asked)
    return base.splice(placed.edits, final_newline=placed.final_newline).to_bytes().decode()


def refusal(text: str, asked: Part) -> Refusal:
    with pytest.raises(Refusal) as caught:
        place(Document.from_text(text), asked)
    return caught.value


X = Suggestion(("X",))
SEEN = ("a\nb\n", "c\n", "")


@pytest.mark.parametrize(
    ("text", "asked", "result"),
    [
        ("a\nb\nc\nd\n", part(X, (3, 3), SEEN), "a\nb\nX\nd\n"),
        ("0\n0\na\nb\nc\nd\n", part(X, (3, 3), SEEN), "0\n0\na\nb\nX\nd\n"),
        ("0\n0\na\nb\nc\nd\n", part(X, None, SEEN), "0\n0\na\nb\nX\nd\n"),
        ("a\nb\nc\na\nb\nc\n", part(X, (6, 6), SEEN), "a\nb\nc\na\nb\nX\n"),
        ("new\nb\nc\nc\n", part(X, (3, 3), SEEN), "new\nb\nX\nc\n"),
        ("new\nword = 1\n", part(X, (9, 9), ("a\nb\n", "word = 1\n", "")), "new\nX\n"),
        ("a\nb\nc\n", part(Suggestion(()), (3, 3), SEEN), "a\nb\n"),
        ("a\ntwin()\ntwin()\nd\n", part(Suggestion(()), (3, 3), ("a\ntwin()\n", "twin()\n", "")), "a\ntwin()\nd\n"),
        ("a\nb\nc\n", part(Suggestion(("c", "d")), (3, 3), SEEN), "a\nb\nc\nd\n"),
        ("a\nb\nc\nd", part(X, (3, 4), ("a\nb\n", "c\nd\n", "")), "a\nb\nX"),
        ("a\r\nb\r\nc\r\n", part(X, (3, 3), SEEN), "a\r\nb\r\nX\r\n"),
        ("a\nb\n", part(X, (2, 2)), "a\nX\n"),
        ("a\nb\nc\n", part(Suggestion(("X", "Y")), (2, 3)), "a\nX\nY\n"),
    ],
)
def test_a_suggestion_lands_on_the_lines_that_it_was_written_for(text: str, asked: Part, result: str) -> None:
    assert applied(text, asked) == result


@pytest.mark.parametrize(
    ("text", "asked", "code", "words"),
    [
        ("a\nb\nd\n", part(X, (3, 3), SEEN), Code.OUTDATED, "no longer has"),
        ("", part(X, (3, 3), SEEN), Code.OUTDATED, "no longer has"),
        ("}\n", part(X, (9, 9), ("a\n", "}\n", "")), Code.OUTDATED, "no longer has"),
        ("a\nb\nc\na\nb\nc\n", part(X, None, SEEN), Code.AMBIGUOUS, "line 3 and at line 6"),
        ("a\nb\nc\na\nb\nc\n", part(X, (2, 2), SEEN), Code.AMBIGUOUS, "line 3 and at line 6"),
        ("c\nb\nc\na\nb\nc\n", part(X, (1, 1), SEEN), Code.AMBIGUOUS, "line 1 and at line 3"),
        ("c\na\nb\nc\n", part(X, None, SEEN), Code.AMBIGUOUS, "line 1 and at line 4"),
        ("q\nc\nr\nc\n", part(X, (2, 2), SEEN), Code.AMBIGUOUS, "line 2 and at line 4"),
        ("a\nb\nX\n", part(X, (3, 3), SEEN), Code.ALREADY_APPLIED, "line 3"),
        ("0\na\nb\nX\n", part(X, None, SEEN), Code.ALREADY_APPLIED, "line 4"),
        ("a\nb\nX\na\nb\nc\n", part(X, (3, 3), SEEN), Code.ALREADY_APPLIED, "line 3"),
        ("a\nb\nX\na\nb\nc\n", part(X, None, SEEN), Code.AMBIGUOUS, "line 3 and at line 6"),
        ("a\nb\nc\nd\n", part(Suggestion(("c", "d")), (3, 3), SEEN), Code.ALREADY_APPLIED, "lines 3-4"),
        ("a\nb\nn\nc\n", part(Suggestion(("n", "c")), (3, 3), SEEN), Code.ALREADY_APPLIED, "lines 3-4"),
        ("a\nX\n", part(X, (2, 2)), Code.ALREADY_APPLIED, "line 2"),
        ("a\nb\n", part(X, (2, 3)), Code.CONTRADICTS, "has 2 lines"),
        ("a\nb\n", part(X), Code.CONTRADICTS, "names no lines"),
        ("a\nX\nc\n", part(X, (2, 3)), Code.AMBIGUOUS, "begins as suggested at line"),
        ("a\nb\n", part(Suggestion(()), (2, 2)), Code.AMBIGUOUS, "begins as suggested at line"),
    ],
)
def test_a_suggestion_without_its_lines_is_refused(text: str, asked: Part, code: Code, words: str) -> None:
    found = refusal(text, asked)
    assert found.code is code
    assert words in found.reason


def test_a_moved_suggestion_says_where_it_went() -> None:
    placed = place(Document.from_text("0\na\nb\nc\n"), part(X, (3, 3), SEEN))
    assert placed.notes == ("the lines of the comment stand at line 4 now",)


def test_two_suggestions_for_one_line_always_meet() -> None:
    base = Document.from_text("a\nb\nc\n")
    one = place(base, part(Suggestion(("c", "d")), (3, 3), SEEN))
    two = place(base, part(Suggestion(("0", "c")), (3, 3), SEEN))
    assert (one.edits[0].start, one.edits[0].stop) == (two.edits[0].start, two.edits[0].stop) == (2, 3)


LINES = st.lists(st.sampled_from(["a", "b", "}", ""]), max_size=8)


@given(LINES, LINES, st.integers(0, 7), st.integers(1, 3), st.integers(0, 9) | st.none(), LINES)
def test_no_suggestion_ever_gives_a_third_text_when_it_is_run_again(
    lines: list[str], suggested: list[str], start: int, count: int, named: int | None, above: list[str]
) -> None:
    inside = tuple(lines[start : start + count])
    if not inside:
        return
    shown = OriginalLines("0", inside, tuple(lines[max(0, start - 3) : start]))
    place_named = None if named is None else LineRange(named + 1, named + count)
    asked = Part("a.py", Suggestion(tuple(suggested)), "c:1", lines=place_named, original=shown)
    for text in (lines, above + lines):
        base = Document.from_text("".join(f"{line}\n" for line in text))
        try:
            result = base.splice(place(base, asked).edits)
        except Refusal:
            continue
        with pytest.raises(Refusal):
            place(result, asked)


@pytest.mark.parametrize(
    ("text", "new", "result"),
    [
        ("a\nb\nc\n", "a\nB\nc\n", "a\nB\nc\n"),
        ("a\nb", "a\nc\n", "a\nc"),
        ("a\r\nb\r\n", "a\nc\n", "a\r\nc\r\n"),
        ("", "a\n", "a\n"),
    ],
)
def test_a_whole_file_becomes_edits_and_keeps_the_bytes_of_the_rest(text: str, new: str, result: str) -> None:
    assert applied(text, part(Whole(new))) == result


@pytest.mark.parametrize("ask", [Whole("a\nb\n"), Whole("a\nb"), NewFile("a\nb\n")])
def test_a_file_that_reads_so_already_is_left_alone(ask: Ask) -> None:
    assert refusal("a\nb\n", part(ask)).code is Code.ALREADY_APPLIED


def test_a_new_file_never_replaces_another() -> None:
    assert refusal("a\n", part(NewFile("b\n"))).code is Code.CONTRADICTS


def test_a_deletion_that_shows_its_text_deletes_no_other() -> None:
    base = Document.from_text("a\nb\n")
    assert place(base, part(DeleteFile())) == Placed(())
    assert place(base, part(DeleteFile(("a", "b")))) == Placed(())
    assert refusal("a\nb\n", part(DeleteFile(("a",)))).code is Code.OUTDATED


def test_renames_and_modes_place_what_else_they_ask() -> None:
    base = Document.from_text("a\n")
    assert place(base, part(RenameFile("b.py"))) == Placed(())
    assert place(base, part(ChangeMode(executable=True))) == Placed(())
    assert applied("a\n", part(RenameFile("b.py", ChangeMode(executable=True, then=Whole("b\n"))))) == "b\n"
    assert place(base, part(RenameFile("b.py", Whole("a\n")))).edits == ()
    assert refusal("a\n", part(RenameFile("b.py", X))).code is Code.CONTRADICTS


@pytest.mark.parametrize("ask", [Snippet("x\n"), Plain()])
def test_what_an_engine_or_a_planner_places_is_not_placed_here(ask: Ask) -> None:
    with pytest.raises(ValueError, match="engine"):
        place(Document.from_text("a\n"), part(ask))


def test_one_line_and_several_are_spoken_of_as_such() -> None:
    assert as_suggested(17, 1, "a.py") == "line 18 of a.py reads as suggested"
    assert as_suggested(17, 3, "a.py") == "lines 18-20 of a.py read as suggested"
    with pytest.raises(Refusal, match="has 1 line, the request names line 2"):
        place(Document.from_text("a\n"), part(X, (2, 2)))
