"""Base, snippet and merge as the judge reads them: significant lines, and the snippet's segments.

Blank lines never decide a place, so they are no lines here; each line knows how many stand before it. Two lines have
the same `key` if they differ in white space alone, and the same `text` if they are equal to the character.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.merging.markers import find_markers
from bot.merging.snippet import unwrapped
from bot.text import split_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

_TAB = 4


@dataclass(frozen=True, slots=True)
class Line:
    """A significant line: its text, its key, the blank lines before it, and its 0-based place among all lines."""

    text: str
    key: str
    blanks: int
    number: int

    @property
    def indent(self) -> str:
        """The white space at its start."""
        return indent_of(self.text)


@dataclass(frozen=True, slots=True)
class Text:
    """A file: its significant lines, and the blank lines after the last one."""

    lines: tuple[Line, ...]
    tail: int

    def __len__(self) -> int:
        return len(self.lines)


@dataclass(frozen=True, slots=True)
class Segment:
    """The lines between two markers. `before`, `after`: a marker stands there (else the snippet begins or ends).

    `lead` and `trail` count the blank lines on the far sides of those markers, `tail` those behind the last line;
    `depth` is the column of the marker behind it.
    """

    lines: tuple[Line, ...]
    before: bool
    after: bool
    lead: int = 0
    tail: int = 0
    trail: int = 0
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Snippet:
    """A lazy snippet: its segments in order; `marked` where it has any marker; its blank lines that are not empty."""

    segments: tuple[Segment, ...]
    marked: bool
    blanks: frozenset[str] = frozenset()

    @property
    def keys(self) -> frozenset[str]:
        """The keys of all its lines."""
        return frozenset(line.key for segment in self.segments for line in segment.lines)


def key_of(text: str) -> str:
    """`text` without any white space: what two lines have in common that only spacing tells apart."""
    return "".join(text.split())


def indent_of(text: str) -> str:
    """The white space at the start of `text`."""
    return text[: len(text) - len(text.lstrip())]


def columns(indent: str) -> int:
    """How wide leading white space is; a tab reaches to the next multiple of four."""
    width = 0
    for sign in indent:
        width += _TAB - width % _TAB if sign == "\t" else 1
    return width


def read_text(lines: Sequence[str]) -> Text:
    """The significant lines of a file."""
    found: list[Line] = []
    blanks = 0
    for number, line in enumerate(lines):
        key = key_of(line)
        if key:
            found.append(Line(line, key, blanks, number))
            blanks = 0
        else:
            blanks += 1
    return Text(tuple(found), blanks)


def read_snippet(text: str, base: Sequence[str], path: str) -> Snippet:
    """The segments of a snippet that edits `base`; an outermost code fence and a header with the path are off."""
    given = split_lines(text)
    lines = unwrapped(given, base, path)
    skipped = next((at for at in range(len(given)) if given[at : at + len(lines)] == tuple(lines)), 0)
    markers = find_markers(lines, base, path)
    segments: list[Segment] = []
    current: list[Line] = []
    blanks = lead = 0
    before = False
    for number, (line, is_marker) in enumerate(zip(lines, markers, strict=True), start=skipped):
        if is_marker:
            if current:
                segments.append(
                    Segment(
                        tuple(current),
                        before,
                        after=True,
                        lead=lead,
                        tail=blanks,
                        trail=_blanks_after(given, number),
                        depth=columns(indent_of(line)),
                    )
                )
            current, before, lead, blanks = [], True, blanks, 0
        elif key := key_of(line):
            current.append(Line(line, key, blanks, number))
            blanks = 0
        else:
            blanks += 1
    if current:
        segments.append(Segment(tuple(current), before, after=False, lead=lead, tail=blanks))
    return Snippet(tuple(segments), any(markers), frozenset(line for line in given if line and not line.strip()))


def _blanks_after(lines: Sequence[str], number: int) -> int:
    rest = lines[number + 1 :]
    return next((at for at, line in enumerate(rest) if line.strip()), len(rest))
