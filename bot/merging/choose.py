"""The choice: for each segment one placement, so that all together weigh most; and the others that come near.

The placements of a segment are scored by their traits, the gaps between two neighbours by theirs. A dynamic program
over the segments finds the best row of placements; run from both ends, it tells for each single placement the best row
that goes through it, so that every near alternative is known with what it loses.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from bot.merging.align import Tables
from bot.merging.facts import Facts
from bot.merging.gaps import gap_traits
from bot.merging.lay import lay
from bot.merging.placement import (
    NARROW,
    Placement,
    segments_of,
    spans_at_block_end,
    spans_at_edges,
    spans_beside,
    spans_of_twins,
    spans_unwrapped,
)
from bot.merging.record import record
from bot.merging.traits import traits_of
from bot.merging.walk import Walk
from bot.merging.weights import WEIGHTS
from bot.merging.windows import PINS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from bot.merging.evidence import Material
    from bot.merging.placement import Breadth, Segment, Step

# Readings of the alignment that are looked at: this much worse than its best one.
WITHIN = 2.5
MOST_WEIGHED = 16  # placements of one segment that are combined with those of the others
# Traits of a gap that say nothing of what it keeps but how much, and how deep it stands.
LAY = frozenset(
    f"gap.{name}"
    for name in (
        "head",
        "head.size",
        "tail",
        "tail.size",
        "other-depth",
        "shallow",
        "deep",
        "one",
        "nothing",
        "blank",
    )
)
MOST_LAY = 6.0  # that these weigh at most, in favour of the best row
FAR = 12.0  # what weighs so much less than the best placement of its segment is none
_NEVER = -1e9


@record
class Weighed:
    """A placement with the score of its traits."""

    placement: Placement
    score: float


@dataclass(frozen=True, slots=True)
class Row:
    """One placement for each segment; `loss`: how much less they weigh than the best row's. `turn`: the number of the
    segment whose placement makes this row another one; `lay`: how much of the loss is but the lay of what stays beside.
    """

    placements: tuple[Placement, ...]
    loss: float = 0.0
    turn: int = -1
    lay: float = 0.0


def candidates(
    facts: Facts, segments: Sequence[Segment], breadth: Breadth = NARROW
) -> list[dict[tuple[int, int], Placement]]:
    """For each segment its placements, by span."""
    material = facts.material
    found: list[dict[tuple[int, int], Placement]] = []
    for segment, near in zip(segments, _spans_of_readings(material, segments, breadth), strict=True):
        first = near[0]
        if is_firm(material, segment, first) and breadth is NARROW:
            steps = lay(facts, segment, *first)
            found.append({} if steps is None else {first: Placement(*first, steps)})
            continue
        spans = {
            *near,
            *spans_at_edges(material, segment, first, breadth),
            *spans_beside(material, segment, first, breadth),
            *spans_at_block_end(material, segment),
            *spans_unwrapped(material, segment, first),
            *spans_of_twins(material, first, breadth),
        }
        placements: dict[tuple[int, int], Placement] = {}
        for start, stop in sorted(spans):
            steps = lay(facts, segment, start, stop)
            if steps is not None:
                placements[start, stop] = Placement(start, stop, steps)
        found.append(placements)
    return found


def is_firm(material: Material, segment: Segment, span: tuple[int, int]) -> bool:
    """Whether the first and the last line of a segment are such as stand once in the base, at the ends of `span`."""
    places, weights = material.places, material.weights
    return (
        places[segment.first] == (span[0],)
        and places[segment.last] == (span[1] - 1,)
        and min(weights[segment.first], weights[segment.last]) >= PINS
    )


def _spans_of_readings(
    material: Material, segments: Sequence[Segment], breadth: Breadth
) -> list[tuple[tuple[int, int], ...]]:
    """For each segment the base lines that the best reading puts it in place of, then those of near readings.

    Near readings part from the best one in a segment one of whose edges it takes for no line of the base: elsewhere the
    edges say where else it may stand.
    """
    tables = Tables(material)
    best = Walk(tables)
    loose = {
        token
        for segment in segments
        if {best.kinds[segment.first], best.kinds[segment.last]} != {"same"}
        for token in segment.tokens
    }
    near = Walk(tables, turning=loose, within=WITHIN).turns if loose else []
    turns = sorted(near, key=lambda turn: turn.loss)[: breadth.turns]
    walks = (best, *(Walk(tables, turn) for turn in turns))
    return [tuple(walk.spans[at] for walk in walks) for at in range(len(segments))]


def weight_of(traits: Mapping[str, float]) -> float:
    """The score of some traits."""
    return sum(WEIGHTS.get(name, 0.0) * value for name, value in traits.items())


class Choice:
    """All rows of placements of one snippet, weighed."""

    def __init__(self, material: Material) -> None:
        self.facts = Facts(material)
        self.segments = segments_of(material)
        self.lines = len(material.keys)
        self.weighed = [
            _best(self._weighed(segment, placements))
            for segment, placements in zip(self.segments, candidates(self.facts, self.segments), strict=True)
        ]
        self._gaps: dict[tuple[int, int, int], float] = {}
        # The best that stands before each placement, and behind it; and which placement of the neighbour that is.
        self._before = self._pass(forward=True)
        self._behind = self._pass(forward=False)

    def _weighed(self, segment: Segment, placements: Mapping[tuple[int, int], Placement]) -> Iterator[Weighed]:
        if len(placements) == 1:
            yield Weighed(next(iter(placements.values())), 0.0)  # nothing to weigh it against
            return
        for one in placements.values():
            yield Weighed(one, weight_of(traits_of(self.facts, segment, one)))

    @cached_property
    def _losses(self) -> list[list[float]]:
        """For each placement what the best row through it loses against the best of all; nothing if there is none."""
        totals = [
            [
                self._before[at][number][0] + one.score + self._behind[at][number][0]
                for number, one in enumerate(weighed)
            ]
            for at, weighed in enumerate(self.weighed)
        ]
        best = max((value for values in totals for value in values), default=_NEVER)
        return [] if best <= _NEVER / 2 else [[best - value for value in values] for values in totals]

    def sparing(self) -> tuple[float, ...]:
        """For each segment how much the best row loses in which it takes no line of the base out."""
        return self.losses_within([0] * len(self.segments), _taken_out)

    def losses_within(self, most: Sequence[int], count: Callable[[tuple[Step, ...]], int]) -> tuple[float, ...]:
        """For each segment how much the best row loses in which its steps count no more than `most` says."""
        return tuple(
            min(
                (loss for loss, one in zip(losses, weighed, strict=True) if count(one.placement.steps) <= limit),
                default=math.inf,
            )
            for losses, weighed, limit in zip(self._losses, self.weighed, most, strict=True)
        )

    def rows(self, within: float) -> list[Row]:
        """The best row first, then for each other placement the best row through it, if it loses no more than that."""
        found = [
            Row(self._through(at, number), loss, at)
            for at, losses in enumerate(self._losses)
            for number, loss in enumerate(losses)
            if loss <= within
        ]
        found.sort(key=lambda row: row.loss)
        unique: dict[tuple[int, ...], Row] = {}
        for row in found:
            unique.setdefault(tuple(map(id, row.placements)), row)  # each segment has one placement for a span
        return list(unique.values())

    def told(self, within: float) -> list[Row]:
        """The rows that lose no more than that by what tells a place from another, their lay apart; the best first."""
        found = self.rows(within + MOST_LAY)
        told = [Row(row.placements, row.loss, row.turn, self._by_lay(found[0], row)) for row in found]
        return [row for row in told if row.loss - row.lay <= within]

    def _by_lay(self, best: Row, other: Row) -> float:
        """How much of what another row loses is but the lay of what stays beside the segment that it puts elsewhere.

        Writers leave a marker out at either end, or put one between any two parts, at any depth: how many lines stay
        there, and how deep they are, does not tell the place of a segment from another one wholly apart from it.
        """
        here, there = best.placements[other.turn], other.placements[other.turn]
        if there.stop > here.start and here.stop > there.start:
            return 0.0
        numbers = (other.turn, other.turn + 1)
        return sum(max(0.0, self._lay(number, best) - self._lay(number, other)) for number in numbers)

    def _lay(self, number: int, row: Row) -> float:
        """What the gap before segment `number` (or behind the last one) scores by its lay alone."""
        start = row.placements[number - 1].stop if number else 0
        stop = row.placements[number].start if number < len(self.segments) else self.lines
        found = gap_traits(self.facts, self._token(number), start, stop)
        return weight_of({name: value for name, value in found.items() if name in LAY})

    def _through(self, at: int, number: int) -> tuple[Placement, ...]:
        found = [self.weighed[at][number].placement]
        place, here = at, number
        while place > 0:
            here = self._before[place][here][1]
            place -= 1
            found.append(self.weighed[place][here].placement)
        found.reverse()
        place, here = at, number
        while place + 1 < len(self.segments):
            here = self._behind[place][here][1]
            place += 1
            found.append(self.weighed[place][here].placement)
        return tuple(found)

    def _pass(self, *, forward: bool) -> list[list[tuple[float, int]]]:
        order = range(len(self.segments)) if forward else range(len(self.segments) - 1, -1, -1)
        found: list[list[tuple[float, int]]] = [[] for _ in self.segments]
        for at in order:
            other = at - 1 if forward else at + 1
            for one in self.weighed[at]:
                if not 0 <= other < len(self.segments):
                    bounds = (0, one.placement.start) if forward else (one.placement.stop, self.lines)
                    found[at].append((self._gap(at if forward else at + 1, *bounds), -1))
                    continue
                found[at].append(self._best_neighbour(at, other, one.placement, found[other], forward=forward))
        return found

    def _best_neighbour(
        self, at: int, other: int, here: Placement, known: Sequence[tuple[float, int]], *, forward: bool
    ) -> tuple[float, int]:
        best, chosen = _NEVER, -1
        for number, one in enumerate(self.weighed[other]):
            bounds = (one.placement.stop, here.start) if forward else (here.stop, one.placement.start)
            if bounds[0] > bounds[1] or known[number][0] <= _NEVER / 2:
                continue
            value = known[number][0] + one.score + self._gap(at if forward else other, *bounds)
            if value > best:
                best, chosen = value, number
        return best, chosen

    def _gap(self, number: int, start: int, stop: int) -> float:
        """The score of the gap before segment `number` (or behind the last one) if it keeps `start:stop`."""
        key = number, start, stop
        found = self._gaps.get(key)
        if found is None:
            found = self._gaps[key] = weight_of(gap_traits(self.facts, self._token(number), start, stop))
        return found

    def _token(self, number: int) -> int:
        """The gap before segment `number`, or behind the last one."""
        return self.segments[number].first - 1 if number < len(self.segments) else self.segments[-1].last + 1


def _taken_out(steps: tuple[Step, ...]) -> int:
    return sum(step.kind not in {"same", "new"} for step in steps)


def _best(weighed: Iterator[Weighed]) -> list[Weighed]:
    """The placements of one segment that can matter, the best first."""
    found = sorted(weighed, key=lambda one: -one.score)[:MOST_WEIGHED]
    return [one for one in found if one.score >= found[0].score - FAR]
