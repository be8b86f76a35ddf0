"""Why a merge has no tiling: the lines that were lost, invented, doubled or moved, named."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from bot.verify.findings import Finding, are, hard, quoted, span

if TYPE_CHECKING:
    from bot.verify.cost import Costs
    from bot.verify.texts import Snippet, Text


_MOST_PLACED = 100  # segments: to place one means to compare it with the whole file


def explain(origin: Text, snippet: Snippet, result: Text, costs: Costs) -> list[Finding]:
    """The hard findings for a merge that is not runs of the base with the snippet's segments between them."""
    found = [*_not_shown(snippet, result), *_invented(origin, snippet, result)]
    found += [*_lost(origin, snippet, result, costs), *_copied(origin, snippet, result)]
    return found or [hard("moved-lines", "lines of the merge stand in another order than in original and snippet")]


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
        where = are([line.number for line in absent])
        return [hard("lost-edit", f"{where} in the snippet and not in the merge: {quoted(absent[0].text)}")]
    keys = [line.key for line in result.lines]
    for segment in snippet.segments:
        shown = [line.key for line in segment.lines]
        if not _contains(keys, shown):
            where = span(range(segment.lines[0].number, segment.lines[-1].number + 1))
            return [hard("torn-segment", f"{where} of the snippet do not stand together in the merge")]
    return []


def _contains(keys: list[str], shown: list[str]) -> bool:
    width = len(shown)
    return any(keys[at] == shown[0] and keys[at : at + width] == shown for at in range(len(keys) - width + 1))


def _invented(origin: Text, snippet: Snippet, result: Text) -> list[Finding]:
    known = {line.key for line in origin.lines} | snippet.keys
    strange = [line for line in result.lines if line.key not in known]
    if strange:
        where = are([line.number for line in strange])
        return [
            hard(
                "invented",
                f"{where} in the merge, but neither in original nor snippet: {quoted(strange[0].text)}",
            )
        ]
    texts = {line.text for line in origin.lines}
    shown = snippet.keys
    moved = [line for line in result.lines if line.text not in texts and line.key not in shown]
    if moved:
        where = span([line.number for line in moved])
        return [
            hard(
                "indentation", f"{where} of the merge has other white space than the original: {quoted(moved[0].text)}"
            )
        ]
    return []


def _lost(origin: Text, snippet: Snippet, result: Text, costs: Costs) -> list[Finding]:
    """Lines of the base that are gone; not those that the segments replace where they fit best."""
    have = Counter(line.key for line in result.lines)
    had = Counter(line.key for line in origin.lines)
    if len(snippet.segments) > _MOST_PLACED:
        return []
    covered: set[int] = set()
    for segment in snippet.segments:
        best = min(costs.places(segment, 0, len(origin)), key=lambda place: place.cost)
        covered.update(range(best.start, best.stop))
    gone = [line for at, line in enumerate(origin.lines) if have[line.key] < had[line.key] and at not in covered]
    if not gone:
        return []
    where = are([line.number for line in gone])
    message = f"{where} gone from the original, and no segment covers that: {quoted(gone[0].text)}"
    return [hard("uncovered-removal", message)]


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
    where = are([line.number for line in copies])
    return [hard("doubled-line", f"{where} in the merge once too often: {quoted(copies[0].text)}")]
