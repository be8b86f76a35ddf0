"""What a reading costs: one segment laid against the base lines that it replaces.

A line of the segment is a base line (free), a changed form of one, or new; a base line between is deleted. Costs are
whole numbers, a significant line deleted being about `UNIT`. Rows of the table are worked by C-level iterators, since
a file of two thousand lines has to be judged within a tenth of a second.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import accumulate
from operator import add, sub
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.verify.texts import Line, Segment, Text

UNIT = 100
SIMILAR = 55  # percent; below this two lines are not versions of one
NEW = 50
_HEAD = re.compile(r"\s*((?:-\s)?[\"']?[\w.$-]+[\"']?\s*[:=])(?!=)")
_SHIFT = 24  # the low bits of a packed cost hold where the alignment began
_MASK = (1 << _SHIFT) - 1
_MAX_ROWS = 400


@dataclass(frozen=True, slots=True)
class Step:
    """`line` of the segment (or -1) meets base line `base` (or -1); `likeness` is 100 for context, less if changed."""

    line: int
    base: int
    likeness: int = 100

    @property
    def is_context(self) -> bool:
        """Whether a line of the segment is a base line, but for white space."""
        return self.line >= 0 <= self.base and self.likeness == 100


@dataclass(frozen=True, slots=True)
class Place:
    """A segment in place of the base lines `start:stop` (significant lines), and what that costs."""

    start: int
    stop: int
    cost: int


def weight(key: str) -> int:
    """What a line is worth: `}` little, a line with eight letters or more in full."""
    letters = sum(map(str.isalnum, key))
    return UNIT if letters >= 8 else 80 if letters >= 4 else 50 if letters else 30


def changed(likeness: int) -> int:
    """What it costs that a line is the changed form of another: between a context line and a new one."""
    return (100 - likeness) * 3 // 2 if likeness >= 80 else 30 + (80 - likeness) * 3 // 5


class Costs:
    """The costs of laying the segments of one snippet against one base."""

    def __init__(self, base: Text, segments: Sequence[Segment]) -> None:
        self._base = base
        self._counts = Counter(line.key for line in base.lines)
        self._places: dict[str, list[int]] = {}
        for at, line in enumerate(base.lines):
            self._places.setdefault(line.key, []).append(at)
        # Long deletions are as likely as short ones once both of their ends are shown: a line gone costs half a line.
        self._delete = [weight(line.key) // 2 for line in base.lines]
        self._likeness = self._similar(segments)

    def count(self, key: str) -> int:
        """How often a line stands in the base."""
        return self._counts[key]

    def insert(self, line: Line) -> int:
        """What it costs to take `line` as new: little if the base lacks it, much if it is a line of the base."""
        copies = self._counts[line.key]
        if not copies:
            return NEW * weight(line.key) // UNIT
        if copies == 1:
            return weight(line.key) * (8 if sum(map(str.isalnum, line.key)) >= 16 else 5) // 2
        return weight(line.key) * (12 if copies <= 3 else 6) // 10

    def _similar(self, segments: Sequence[Segment]) -> dict[str, dict[int, int]]:
        from rapidfuzz import fuzz, process  # lazy: only a merge needs it

        unique: dict[str, list[int]] = self._places
        choices = list(unique)
        found: dict[str, dict[int, int]] = {}
        for segment in segments:
            for line in segment.lines[:_MAX_ROWS]:
                if line.key in unique or line.key in found:
                    continue
                near: dict[int, int] = {}
                if sum(map(str.isalnum, line.key)) >= 3:
                    for key, score, _ in process.extract(
                        line.key, choices, scorer=fuzz.ratio, score_cutoff=SIMILAR, limit=12
                    ):
                        if sum(map(str.isalnum, key)) >= 3:
                            near.update({at: self._adjusted(line, at, int(score)) for at in unique[key]})
                found[line.key] = near
        return found

    def _adjusted(self, line: Line, at: int, score: int) -> int:
        """Likeness of text, corrected for depth, and for lines that give another value to one name."""
        other = self._base.lines[at]
        same_depth = line.indent == other.indent
        head, other_head = _HEAD.match(line.text), _HEAD.match(other.text)
        if head and other_head:
            score += (15 if same_depth else 5) if head[1] == other_head[1] else -15
        elif not same_depth:
            score -= 5
        return min(score, 98)

    def likeness(self, line: Line, at: int) -> int:
        """How alike `line` and the base line `at` are, in percent; 0 where they are not versions of one line."""
        if line.key == self._base.lines[at].key:
            return 100
        return self._likeness.get(line.key, {}).get(at, 0)

    def _meets(self, line: Line, low: int, high: int) -> list[tuple[int, int]]:
        """The base lines in `low:high` that `line` can be, and what each costs."""
        exact = self._places.get(line.key)
        if exact is not None:
            return [(at, 0) for at in exact if low <= at < high]
        return [
            (at, weight(self._base.lines[at].key) * changed(likeness) // UNIT)
            for at, likeness in self._likeness.get(line.key, {}).items()
            if low <= at < high
        ]

    def rows(self, lines: Sequence[Line], low: int, high: int, *, fixed: bool) -> list[list[int]]:
        """The table of packed costs: row i, column j is the cheapest way to lay `lines[:i]` to end at `low + j`.

        With `fixed` it must begin at `low`; else it may begin anywhere, and the low bits say where (offset to `low`).
        """
        deleted = self._delete[low:high]
        meets = [[(at - low, cost) for at, cost in self._meets(line, low, high)] for line in lines[:_MAX_ROWS]]
        return _table([self.insert(line) for line in lines[:_MAX_ROWS]], meets, deleted, fixed=fixed)

    def align(self, segment: Segment, start: int, stop: int) -> tuple[Step, ...]:
        """Which line of `segment` is which, if it stands for the base lines `start:stop`.

        Lines equal at both ends are the same lines (no cheaper alignment exists); the table decides between them.
        """
        lines = segment.lines[:_MAX_ROWS]
        base = self._base.lines
        first, last = 0, len(lines)
        while first < last and start < stop and lines[first].key == base[start].key:
            first, start = first + 1, start + 1
        end = stop
        while first < last and start < end and lines[last - 1].key == base[end - 1].key:
            last, end = last - 1, end - 1
        return (
            *(Step(at, start - first + at) for at in range(first)),
            *self._middle(lines, first, last, start, end),
            *(Step(last + at, end + at) for at in range(stop - end)),
        )

    def _middle(self, lines: Sequence[Line], first: int, last: int, start: int, stop: int) -> list[Step]:
        table = self.rows(lines[first:last], start, stop, fixed=True)
        steps: list[Step] = []
        i, j = last - first, stop - start
        while i or j:
            here = table[i][j]
            line, at = first + i - 1, start + j - 1
            if i and j:
                met = next((cost for _, cost in self._meets(lines[line], at, at + 1)), None)
                if met is not None and table[i - 1][j - 1] + (met << _SHIFT) == here:
                    steps.append(Step(line, at, self.likeness(lines[line], at)))
                    i, j = i - 1, j - 1
                    continue
            if j and table[i][j - 1] + (self._delete[at] << _SHIFT) == here:
                steps.append(Step(-1, at))
                j -= 1
            else:
                steps.append(Step(line, -1))
                i -= 1
        return steps[::-1]

    def cost(self, segment: Segment, start: int, stop: int) -> int:
        """What it costs that `segment` stands for the base lines `start:stop`."""
        return self.rows(segment.lines, start, stop, fixed=True)[-1][-1] >> _SHIFT

    def places(self, segment: Segment, low: int, high: int) -> list[Place]:
        """For each end the cheapest place of `segment` within base lines `low:high`, and for each start likewise."""
        lines = segment.lines[:_MAX_ROWS]
        deleted = self._delete[low:high]
        new = [self.insert(line) for line in lines]
        meets = [[(at - low, cost) for at, cost in self._meets(line, low, high)] for line in lines]
        found: dict[tuple[int, int], int] = {}
        for stop, packed in enumerate(_table(new, meets, deleted, fixed=False)[-1]):
            found[low + (packed & _MASK), low + stop] = packed >> _SHIFT
        width = high - low
        mirrored = [[(width - 1 - at, cost) for at, cost in row] for row in reversed(meets)]
        for offset, packed in enumerate(_table(new[::-1], mirrored, deleted[::-1], fixed=False)[-1]):
            found[high - offset, high - (packed & _MASK)] = packed >> _SHIFT
        return [Place(start, stop, cost) for (start, stop), cost in found.items()]


def _table(
    new: Sequence[int], meets: Sequence[Sequence[tuple[int, int]]], deleted: Sequence[int], *, fixed: bool
) -> list[list[int]]:
    summed = [0, *accumulate(cost << _SHIFT for cost in deleted)]
    row = summed[:] if fixed else list(range(len(summed)))
    table = [row]
    for cost_of_new, met in zip(new, meets, strict=True):
        added = cost_of_new << _SHIFT
        down = [cost + added for cost in row]
        for at, cost in met:
            there = row[at] + (cost << _SHIFT)
            down[at + 1] = min(down[at + 1], there)
        row = list(map(add, accumulate(map(sub, down, summed), min), summed))
        table.append(row)
    return table
