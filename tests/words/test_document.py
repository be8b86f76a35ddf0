from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Code, Refusal
from bot.model import Edit
from bot.text import Document, join_lines, split_lines

ANY_TEXT = st.text(st.sampled_from("ab \t\r\n\x0c\u2028\x85é\ufeff"), max_size=60)
LINES = st.lists(st.text(st.sampled_from("ab \x0c\u2028"), max_size=4), max_size=12)


@given(ANY_TEXT)
def test_bytes_come_out_as_they_went_in(text: str) -> None:
    data = text.encode()
    assert Document.from_bytes(data, "x").to_bytes() == data


@given(ANY_TEXT)
def test_an_empty_splice_changes_nothing(text: str) -> None:
    document = Document.from_text(text)
    assert document.splice(()) == document
    assert document.splice((), final_newline=document.final_newline) == document


@given(LINES, LINES, st.data(), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_a_splice_replaces_its_lines_and_keeps_the_rest_to_the_byte(
    lines: list[str], new: list[str], data: st.DataObject, ending: str, ended: bool
) -> None:
    text = ending.join(lines) + (ending if ended and lines else "")
    document = Document.from_text(text)
    start = data.draw(st.integers(0, len(document.lines)))
    stop = data.draw(st.integers(start, len(document.lines)))
    result = document.splice([Edit(start, stop, tuple(new))])
    assert result.lines == (*document.lines[:start], *new, *document.lines[stop:])
    assert Document.from_bytes(result.to_bytes(), "x").lines == result.lines
    # A last line without an ending gets the document's own when lines come behind it: "\n" where it has none at all.
    own = [each or document.dominant_ending for each in document.endings]
    kept = "".join(line + each for line, each in zip(document.lines[:start], own[:start], strict=True))
    if start and result.lines[start:]:
        assert result.to_bytes().startswith(kept.encode())


@pytest.mark.parametrize(
    ("text", "edit", "expected"),
    [
        ("a\nb\nc\n", Edit(1, 2, ("B", "BB")), "a\nB\nBB\nc\n"),
        ("a\r\nb\r\nc\r\n", Edit(1, 2, ("B", "BB")), "a\r\nB\r\nBB\r\nc\r\n"),
        ("a\r\nb\nc\r\n", Edit(1, 2, ("B",)), "a\r\nB\nc\r\n"),
        ("a\nb", Edit(2, 2, ("c",)), "a\nb\nc"),
        ("a\r\nb", Edit(2, 2, ("c",)), "a\r\nb\r\nc"),
        ("a\nb", Edit(1, 2, ()), "a"),
        ("a\n\nb", Edit(2, 3, ()), "a\n\n"),
        ("a\n", Edit(0, 1, ()), ""),
        ("", Edit(0, 0, ("a",)), "a\n"),
        ("\ufeffa\n", Edit(0, 1, ("b",)), "\ufeffb\n"),
        ("a\x0cb\u2028c\n", Edit(0, 0, ("z",)), "z\na\x0cb\u2028c\n"),
        ("a\rb\n", Edit(1, 1, ("c",)), "a\rb\nc\n"),
    ],
)
def test_a_new_line_takes_the_ending_of_its_neighbour(text: str, edit: Edit, expected: str) -> None:
    assert Document.from_text(text).splice([edit]).to_bytes().decode() == expected


@pytest.mark.parametrize(
    ("text", "ended", "expected"),
    [("a\nb", True, "a\nb\n"), ("a\r\nb", True, "a\r\nb\r\n"), ("a\nb\n", False, "a\nb"), ("a\n\n", False, "a\n\n")],
)
def test_the_final_newline_comes_and_goes_only_when_it_is_said(text: str, ended: bool, expected: str) -> None:
    assert Document.from_text(text).splice((), final_newline=ended).to_bytes().decode() == expected


@pytest.mark.parametrize("edits", [[Edit(1, 0, ())], [Edit(0, 9, ())], [Edit(1, 2, ()), Edit(0, 1, ())]])
def test_edits_out_of_order_or_range_are_a_mistake_of_the_caller(edits: list[Edit]) -> None:
    with pytest.raises(ValueError, match="out of"):
        Document.from_text("a\nb\n").splice(edits)


@pytest.mark.parametrize(
    ("data", "code", "where"),
    [
        (b"a\0b", Code.BINARY, "NUL"),
        (b"a\nb\n\xe9\n", Code.NOT_UTF8, "line 3"),
        (b"\xff\xfea", Code.NOT_UTF8, "line 1"),
    ],
)
def test_what_is_no_text_is_refused_with_its_path_and_line(data: bytes, code: Code, where: str) -> None:
    with pytest.raises(Refusal, match=where) as refused:
        Document.from_bytes(data, "some/file")
    assert refused.value.code is code
    assert "some/file" in refused.value.reason


@given(LINES)
def test_joined_lines_split_into_themselves(lines: list[str]) -> None:
    assert split_lines(join_lines(lines)) == tuple(lines)


def test_the_digest_is_that_of_the_bytes() -> None:
    plain, other = Document.from_text("a\n"), Document.from_text("a\r\n")
    assert plain.digest == "87428fc522803d31065e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7"
    assert plain.digest != other.digest
