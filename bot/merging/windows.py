"""Windows: the base lines among which each line of a snippet is looked for.

order   segments stand in order, so that none begins before the one above it ends, or ends behind the beginning of
        the one below; where they begin and end is known where the line there is a weighty one that stands once
reach   in a large file, a segment is looked for near the weighty lines of it that stand once: this keeps the work
        linear in the file
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.merging.snippet import Gap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.merging.snippet import Token

PINS = 0.6  # a line of this weight, that stands once, says where it belongs
LARGE = 600  # significant lines of a base in which segments are looked for near what pins them down
NEAR = 60

Windows = list[range | None]


def windows_of(
    tokens: Sequence[Token], places: Sequence[Sequence[int]], weights: Sequence[float], size: int
) -> Windows:
    """For each token the base lines (of `size`) among which it is looked for; None: all.

    `places`: the base lines that are the very line of each token; `weights`: how much a line says about its place.
    """
    segments = _segments(tokens)
    pinned = [
        [(at, places[at][0]) for at in segment if len(places[at]) == 1 and weights[at] >= PINS] for segment in segments
    ]
    found: Windows = [None] * len(tokens)
    if size >= LARGE:
        _reach(segments, pinned, size, found)
    _order(segments, pinned, size, found)
    return found


def _segments(tokens: Sequence[Token]) -> list[list[int]]:
    segments: list[list[int]] = [[]]
    for at, token in enumerate(tokens):
        if isinstance(token, Gap):
            segments.append([])
        else:
            segments[-1].append(at)
    return [segment for segment in segments if segment]


def _reach(
    segments: Sequence[Sequence[int]], pinned: Sequence[Sequence[tuple[int, int]]], size: int, found: Windows
) -> None:
    """Near the lines that pin a segment down; not where these lie too far apart to be one place."""
    for segment, pins in zip(segments, pinned, strict=True):
        lines = [line for _, line in pins]
        reach = 3 * len(segment) + NEAR
        if lines and max(lines) - min(lines) <= reach:
            window = range(max(0, min(lines) - reach), min(size, max(lines) + reach))
            for at in segment:
                found[at] = window


def _order(
    segments: Sequence[Sequence[int]], pinned: Sequence[Sequence[tuple[int, int]]], size: int, found: Windows
) -> None:
    """Between the ends of the segments above and the beginnings of those below; not where their order is another."""
    ends = [
        [line for at, line in pins if at in {segment[0], segment[-1]}]
        for segment, pins in zip(segments, pinned, strict=True)
    ]
    flat = [line for lines in ends for line in lines]
    if len(segments) == 1 or not flat or flat != sorted(flat):
        return
    low = 0
    for number, segment in enumerate(segments):
        high = next((lines[0] for lines in ends[number + 1 :] if lines), size)
        for at in segment:
            own = found[at]
            found[at] = range(low, high) if own is None else range(max(low, own.start), min(high, own.stop))
        low = ends[number][-1] + 1 if ends[number] else low
