"""The tiling: the merge as runs of the base with the snippet's segments between them.

A merge that does what its snippet asks is base lines, first segment, base lines, second segment ... base lines, where
the runs of base lines are contiguous in the base, disjoint, in order, begin at its first line and end at its last. A
line that was lost, invented, doubled or moved leaves no such tiling. Where there are several (twin lines), the one that
costs least is the reading that the merge is judged by.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.verify.cost import Costs
    from bot.verify.texts import Segment, Text

_BUDGET = 20_000
_MAX_SEGMENTS = 200
_CHEAP = 20  # replacing so many lines costs as much to weigh as looking at one place
_MODULUS = (1 << 61) - 1
_FACTOR = 1_000_003


@dataclass(frozen=True, slots=True)
class Tile:
    """Segment number `index` stands at `merged` (its first significant line there) for the base lines `start:stop`."""

    index: int
    merged: int
    start: int
    stop: int


class _Runs:
    """Whether runs of two texts are equal, by hashes of their prefixes: constant time for a run of any length."""

    def __init__(self, base: Sequence[int], merged: Sequence[int]) -> None:
        self.base, self.merged = base, merged
        self._base = _prefixes(base)
        self._merged = _prefixes(merged)
        self._powers = [1]
        for _ in range(max(len(base), len(merged))):
            self._powers.append(self._powers[-1] * _FACTOR % _MODULUS)

    def equal(self, base: int, merged: int, length: int) -> bool:
        if base < 0 or merged < 0 or base + length > len(self.base) or merged + length > len(self.merged):
            return False
        power = self._powers[length]
        one = (self._base[base + length] - self._base[base] * power) % _MODULUS
        other = (self._merged[merged + length] - self._merged[merged] * power) % _MODULUS
        return one == other


def _prefixes(values: Sequence[int]) -> list[int]:
    found = [0]
    for value in values:
        found.append((found[-1] * _FACTOR + value + 1) % _MODULUS)
    return found


class Tiler:
    """Finds the tiling of one merge. Lines of kept runs must be equal to the character, those of segments by key."""

    def __init__(self, base: Text, merged: Text, segments: Sequence[Segment], costs: Costs) -> None:
        numbers: dict[str, int] = {}
        self._runs = _Runs(
            [numbers.setdefault(line.text, len(numbers)) for line in base.lines],
            [numbers.setdefault(line.text, len(numbers)) for line in merged.lines],
        )
        self._base, self._merged, self._segments, self._costs = base, merged, segments, costs
        self._starts: dict[int, list[int]] = {}
        for at, number in enumerate(self._runs.base):
            self._starts.setdefault(number, []).append(at)
        keys = [line.key for line in merged.lines]
        self._spots = [_occurrences(segment, keys) for segment in segments]
        self._left = _BUDGET
        self._memo: dict[tuple[int, int, int], tuple[int, tuple[Tile, ...]] | None] = {}
        self.exhausted = False

    def find(self) -> tuple[Tile, ...] | None:
        """The cheapest tiling, or None where there is none (or, `exhausted`, too many to look through)."""
        if not self._segments or any(not spots for spots in self._spots):
            return None
        if len(self._segments) > _MAX_SEGMENTS:  # the search goes two calls deep for each
            self.exhausted = True
            return None
        head = self._common_head()
        best: tuple[int, tuple[Tile, ...]] | None = None
        for spot in self._spots[0]:
            if spot > head:
                break
            found = self._from(0, spot, spot)
            if found is not None and (best is None or found[0] < best[0]):
                best = found
        return None if best is None else best[1]

    def _common_head(self) -> int:
        base, merged = self._runs.base, self._runs.merged
        return next(
            (at for at, (a, b) in enumerate(zip(base, merged, strict=False)) if a != b), min(len(base), len(merged))
        )

    def _from(self, index: int, spot: int, start: int) -> tuple[int, tuple[Tile, ...]] | None:
        """The cheapest tiling of the rest, where segment `index` stands at `spot` and replaces from base `start` on."""
        state = (index, spot, start)
        if state in self._memo:
            return self._memo[state]
        self._left -= 1
        if self._left < 0:
            self.exhausted = True
            return None
        self._memo[state] = None
        end = spot + len(self._segments[index].lines)
        best: tuple[int, tuple[Tile, ...]] | None = None
        for stop, rest in self._continuations(index, end, start):
            cost, tiles = rest
            self._left -= (stop - start) // _CHEAP
            total = self._costs.cost(self._segments[index], start, stop) + cost
            if best is None or total < best[0]:
                best = (total, (Tile(index, spot, start, stop), *tiles))
        self._memo[state] = best
        return best

    def _continuations(self, index: int, end: int, start: int) -> list[tuple[int, tuple[int, tuple[Tile, ...]]]]:
        """The ends that segment `index` may have in the base, each with the cheapest tiling behind it."""
        base, merged = len(self._base), len(self._merged)
        if index + 1 == len(self._segments):
            stop = base - (merged - end)
            return [(stop, (0, ()))] if stop >= start and self._runs.equal(stop, end, merged - end) else []
        found: list[tuple[int, tuple[int, tuple[Tile, ...]]]] = []
        for spot in self._spots[index + 1]:
            gap = spot - end
            if gap < 0:
                continue
            # Two segments with nothing kept between: together they replace a run; where it divides, the costs say.
            stops = self._divisions(index, start) if gap == 0 else self._starts.get(self._runs.merged[end], [])
            for stop in stops:
                self._left -= 1
                if self._left < 0:
                    self.exhausted = True
                    return found
                if stop < start or not self._runs.equal(stop, end, gap):
                    continue
                rest = self._from(index + 1, spot, stop + gap)
                if rest is not None:
                    found.append((stop, rest))
        return found

    def _divisions(self, index: int, start: int) -> list[int]:
        """Where the base may be divided between segment `index` and the next: near what the next begins with."""
        following = self._segments[index + 1].lines[0]
        last = self._segments[index].lines[-1]
        return [
            at
            for at in range(start, len(self._base) + 1)
            if at == start
            or at == len(self._base)
            or self._costs.likeness(following, at)
            or self._costs.likeness(last, at - 1)
        ]


def _occurrences(segment: Segment, merged: list[str]) -> list[int]:
    """Where the lines of a segment stand in the merge, one after the other."""
    keys = [line.key for line in segment.lines]
    found: list[int] = []
    at = -1
    while True:
        try:
            at = merged.index(keys[0], at + 1)
        except ValueError:
            return found
        if merged[at : at + len(keys)] == keys:
            found.append(at)
