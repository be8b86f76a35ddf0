"""Context that the snippet misquotes: a comma, a quotation mark or a capital letter off.

Such a line stands in the base and in the merge, and not in the snippet as it is there. It may as well be an edit of
punctuation alone that got lost, so the merge is doubted at best, never verified.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.verify.findings import Finding, are, quoted

if TYPE_CHECKING:
    from bot.verify.texts import Line, Segment, Snippet, Text

_TELLING = 4


def requoted(snippet: Snippet, origin: Text, result: Text) -> tuple[Snippet, list[Finding]]:
    """`snippet` with its misquoted lines as base and merge have them, and the doubts; unchanged if there are none."""
    have = {line.key for line in result.lines}
    kept = {_letters(line.key): line for line in origin.lines if line.key in have}
    wrong: list[Line] = []

    def mended(segment: Segment) -> Segment:
        lines = []
        for line in segment.lines:
            own = kept.get(_letters(line.key)) if line.key not in have else None
            if own is not None and len(_letters(line.key)) >= _TELLING:
                wrong.append(line)
                lines.append(replace(line, text=line.indent + own.text.strip(), key=own.key))
            else:
                lines.append(line)
        return replace(segment, lines=tuple(lines))

    segments = tuple(mended(segment) for segment in snippet.segments)
    if not wrong:
        return snippet, []
    where = are([line.number for line in wrong])
    message = f"{where} misquoted in the snippet, or a change of punctuation that got lost: {quoted(wrong[0].text)}"
    return replace(snippet, segments=segments), [Finding("misquoted", message)]


def _letters(key: str) -> str:
    return "".join(filter(str.isalnum, key)).lower()
