"""What an unfinished or lazy merge leaves in a file: elision markers and conflict markers.

A conflict is only one if its three lines stand in order: a line of seven `=` alone is a heading in many formats.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.merging.markers import is_marker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.text import Document

ALLOW = "stetbot: allow"
_ORDER = {"<": 0, "=": 1, ">": 2}
_CONFLICT = re.compile(r"(?:<{7} |={7}$|>{7} )")


@dataclass(frozen=True, slots=True)
class Leftover:
    """One finding: its line (from 1), what it is, and the line's text."""

    line: int
    what: str
    text: str


def leftovers(document: Document, path: str) -> tuple[Leftover, ...]:
    """The leftovers in `document`, in line order; lines that hold `stetbot: allow` are passed over."""
    found = [*_conflicts(document), *_markers(document, path)]
    return tuple(sorted(found, key=lambda leftover: leftover.line))


def _markers(document: Document, path: str) -> Iterator[Leftover]:
    from bot.syntax import string_lines

    candidates = [number for number, line in enumerate(document.lines) if ALLOW not in line and is_marker(line, path)]
    if not candidates:
        return
    quoted = string_lines(path, document.text)
    for number in candidates:
        if number not in quoted:
            yield Leftover(number + 1, "marker of left-out code", document.lines[number].strip())


def _conflicts(document: Document) -> Iterator[Leftover]:
    expected = 0
    opened: list[Leftover] = []
    for number, line in enumerate(document.lines, 1):
        if not _CONFLICT.match(line):
            continue
        kind = _ORDER[line[0]]
        if kind == 0:
            opened, expected = [], 0
        if kind != expected:
            opened, expected = [], 0
            continue
        opened.append(Leftover(number, "conflict marker", line))
        expected += 1
        if kind == 2:
            yield from opened
            opened, expected = [], 0
