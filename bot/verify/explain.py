"""Why a merge has no tiling: the lines that were lost, invented, doubled or moved, named."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from bot.verify.findings import Finding, hard, quoted, span

if TYPE_CHECKING:
    from bot.verify.texts import Line, Snippet, Text

_NAMED = 12


def explain(origin: Text, snippet: Snippet, result: Text) -> list[Finding]:
    """The hard findings for a merge that is not runs of the base with the snippet's segments between them."""
    found = [*_not_shown(snippet, result), *_invented(origin, snippet, result), *_lost(origin, result)]
    found += _copied(origin, snippet, result)
    return found or [
        hard("moved-lines", "lines of the merge do not stand in the order of the original and the snippet")
    ]


def _not_shown(snippet: Snippet, result: Text) -> list[Finding]:
    have = Counter(line.key for line in result.lines)
    want: Counter[str] = Counter()
    absent = []
    for segment in snippet.segments:
        for line in segment.lines:
            want[line.key] += 1
            if want[line.key] > have[line.key]:
                absent.append(line)
    if absent:
        where = span([line.number for line in absent])
        return [hard("lost-edit", f"{where} of the snippet is not in the merge: {quoted(absent[0].text)}")]
    keys = [line.key for line in result.lines]
    for segment in snippet.segments:
        shown = [line.key for line in segment.lines]
        if not _contains(keys, shown):
            where = span(
                [segment.lines[0].number, segment.lines[-1].number] if len(shown) > 1 else [segment.lines[0].number]
            )
            return [
                hard("torn-segment", f"{where} of the snippet and what is between do not stand together in the merge")
            ]
    return []


def _contains(keys: list[str], shown: list[str]) -> bool:
    width = len(shown)
    return any(keys[at] == shown[0] and keys[at : at + width] == shown for at in range(len(keys) - width + 1))


def _invented(origin: Text, snippet: Snippet, result: Text) -> list[Finding]:
    known = {line.key for line in origin.lines} | snippet.keys
    strange = [line for line in result.lines if line.key not in known]
    if strange:
        where = span([line.number for line in strange[:_NAMED]])
        return [
            hard(
                "invented",
                f"{where} of the merge is neither in the original nor in the snippet: {quoted(strange[0].text)}",
            )
        ]
    texts = {line.text for line in origin.lines}
    shown = snippet.keys
    moved = [line for line in result.lines if line.text not in texts and line.key not in shown]
    if moved:
        where = span([line.number for line in moved[:_NAMED]])
        return [
            hard(
                "indentation", f"{where} of the merge has other white space than the original: {quoted(moved[0].text)}"
            )
        ]
    return []


def _lost(origin: Text, result: Text) -> list[Finding]:
    have = Counter(line.key for line in result.lines)
    had: Counter[str] = Counter()
    gone: list[Line] = []
    for line in origin.lines:
        had[line.key] += 1
        if had[line.key] > have[line.key]:
            gone.append(line)
    if not gone:
        return []
    where = span([line.number for line in gone])
    return [
        hard(
            "uncovered-removal",
            f"{where} of the original is gone, and no segment accounts for that: {quoted(gone[0].text)}",
        )
    ]


def _copied(origin: Text, snippet: Snippet, result: Text) -> list[Finding]:
    most = Counter(line.key for line in origin.lines)
    most.update(line.key for segment in snippet.segments for line in segment.lines)
    seen: Counter[str] = Counter()
    copies = []
    for line in result.lines:
        seen[line.key] += 1
        if seen[line.key] > most[line.key] > 0:
            copies.append(line)
    if not copies:
        return []
    where = span([line.number for line in copies])
    return [hard("doubled-line", f"{where} of the merge is one copy too many: {quoted(copies[0].text)}")]
