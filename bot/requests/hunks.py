"""What a review comment was written against: read from its `diff_hunk`, or from the file of its commit.

GitHub gives a comment the hunk of its diff from the header down to the commented line, so the new side of its last
lines is the text that the reviewer saw.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.asks import OriginalLines

_HEADER = re.compile(r"@@ -[0-9]{1,9}(?:,[0-9]{1,9})? \+([0-9]{1,9})(?:,[0-9]{1,9})? @@")


@dataclass(frozen=True, slots=True)
class OriginalRange:
    """The lines at the time of writing: `last` may be missing (old servers), then the hunk's end is meant."""

    last: int | None
    count: int = 1


def original_lines(diff_hunk: str, commit: str, wanted: OriginalRange) -> OriginalLines | None:
    """The lines of the range with the lines above and below them; None if the hunk does not show them all."""
    # As in a file, a carriage return alone ends no line.
    header, *body = diff_hunk.replace("\r\n", "\n").split("\n")
    found = _HEADER.match(header)
    if found is None:
        return None
    if body and not body[-1]:
        body.pop()
    lines: list[str] = []
    for line in body:
        if line[:1] not in ("", " ", "+", "-", "\\"):
            return None
        if line[:1] in ("", " ", "+"):
            lines.append(line[1:])
    first = int(found[1])
    stop = len(lines) if wanted.last is None else wanted.last - first + 1
    start = stop - wanted.count
    if start < 0 or stop > len(lines) or wanted.count < 1:
        return None
    return OriginalLines(commit, tuple(lines[start:stop]), tuple(lines[:start]), tuple(lines[stop:]))


def lines_of_file(text: tuple[str, ...], commit: str, wanted: OriginalRange) -> OriginalLines | None:
    """The lines of the range in the file of the comment's commit, with the lines `text`; None: it has not those."""
    stop = wanted.last or 0
    start = stop - wanted.count
    if start < 0 or stop > len(text) or wanted.count < 1:
        return None
    return OriginalLines(commit, text[start:stop], text[:start], text[stop:], whole=True)
