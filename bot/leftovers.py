"""What an unfinished or lazy merge leaves in a file: elision markers and conflict markers.

A conflict is only one if its lines stand in order: a line of seven `=` alone is a heading in many formats.
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
_CONFLICT = re.compile(r"(?:<{7}|\|{7}|>{7})(?: |$)|={7}$")


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
    opened: list[Leftover] = []
    seen = ""
    for number, line in enumerate(document.lines, 1):
        if ALLOW in line or not _CONFLICT.match(line):
            continue
        seen = line[0] if line[0] == "<" else seen + line[0]
        opened = [*(opened if len(seen) > 1 else []), Leftover(number, "conflict marker", line)]
        if seen in ("<=>", "<|=>"):  # the second is git's diff3 style, with the base between
            yield from opened
        if seen not in ("<", "<|", "<=", "<|="):
            opened, seen = [], ""
