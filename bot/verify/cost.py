"""What a reading costs: one segment laid against the base lines that it replaces.

A line of the segment is a base line (free), a changed form of one, or new; a base line between is deleted. Costs are
whole numbers, `UNIT` for a line of weight.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from dataclasses import dataclass
from itertools import accumulate
from operator import itemgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.verify.texts import Line, Segment, Text

UNIT = 100
SIMILAR = 55  # percent; below this two lines are not versions of one
NEW = 50
SHIFTED = 16  # a context line at another depth: it tells twins such as `}` apart
_HEAD = re.compile(r"\s*((?:-\s)?[\"']?[\w.$-]+[\"']?\s*[:=])(?!=)")
_SOURCE = re.compile(r"^\s*(?:import|export)\b.*\bfrom\s+([\"'][^\"']+[\"'])")
_SHIFT = 24  # the low bits of a packed cost hold where the alignment began
_MASK = (1 << _SHIFT) - 1
_MAX_CELLS = 1_000_000
_MAX_COMPARED = 200_000


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
        self._known: dict[tuple[int, int, int], int] = {}

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
        """For each line that the base lacks the base lines that it may be a changed form of, and how alike they are."""
        from rapidfuzz import fuzz, process  # lazy: only a judgement needs it

        telling = [key for key in self._places if sum(map(str.isalnum, key)) >= 3]
        found: dict[str, dict[int, int]] = {}
        for line in self._novel(segments, _MAX_COMPARED // max(1, len(telling))):
            near: dict[int, int] = {}
            for key, score, _ in process.extract(line.key, telling, scorer=fuzz.ratio, score_cutoff=SIMILAR, limit=12):
                near.update({at: self._adjusted(line, at, int(score)) for at in self._places[key]})
            found[line.key] = {at: score for at, score in near.items() if score >= SIMILAR}
        return found

    def _novel(self, segments: Sequence[Segment], most: int) -> list[Line]:
        """The lines that the base lacks; of too many those nearest to the edges of their segments."""
        ranked = [
            (min(at, len(segment.lines) - 1 - at), line)
            for segment in segments
            for at, line in enumerate(segment.lines)
            if line.key not in self._places and sum(map(str.isalnum, line.key)) >= 3
        ]
        if len(ranked) > most:
            ranked = sorted(ranked, key=itemgetter(0))[:most]
        return [line for _, line in ranked]

    def _adjusted(self, line: Line, at: int, score: int) -> int:
        """Likeness of text, corrected for depth, and for lines that give another value to one name."""
        other = self._base.lines[at]
        same_depth = line.indent == other.indent
        source, other_source = _SOURCE.search(line.text), _SOURCE.search(other.text)
        if source and other_source and source[1] == other_source[1]:
            return min(score + 20, 98)
        head, other_head = _HEAD.match(line.text), _HEAD.match(other.text)
        if head and other_head:
            score += (15 if same_depth else 5) if head[1] == other_head[1] else -15
        elif not same_depth:
            score -= 5
        return min(score, 98)

    def renames(self, line: Line, at: int) -> bool:
        """Whether `line` gives another value to the name or key of base line `at`: then it is its new form for sure."""
        head, other = _HEAD.match(line.text), _HEAD.match(self._base.lines[at].text)
        return head is not None and other is not None and head[1] == other[1]

    def likeness(self, line: Line, at: int) -> int:
        """How alike `line` and the base line `at` are, in percent; 0 where they are not versions of one line."""
        if line.key == self._base.lines[at].key:
            return 100
        return self._likeness.get(line.key, {}).get(at, 0)

    def _meets(self, line: Line, low: int, high: int) -> list[tuple[int, int]]:
        """The base lines in `low:high` that `line` can be, and what each costs."""
        exact = self._places.get(line.key)
        if exact is not None:
            base = self._base.lines
            return [(at, 0 if base[at].indent == line.indent else SHIFTED) for at in exact if low <= at < high]
        return [
            (at, weight(self._base.lines[at].key) * changed(likeness) // UNIT)
            for at, likeness in self._likeness.get(line.key, {}).items()
            if low <= at < high
        ]

    def align(self, segment: Segment, start: int, stop: int) -> tuple[Step, ...]:
        """Which line of `segment` is which, if it stands for the base lines `start:stop`.

        Lines equal at both ends are the same lines (no cheaper alignment exists); the table decides between them.
        """
        lines, base = segment.lines, self._base.lines
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
        if (last - first) * (stop - start) > _MAX_CELLS:
            return self._roughly(lines, first, last, start, stop)
        new, meets, deleted = self._moves(lines[first:last], start, stop)
        rows = list(_rows(new, meets, deleted, fixed=True))
        steps: list[Step] = []
        i, j = last - first, stop - start
        while i or j:
            here = rows[i][j]
            if i and j:
                met = next((cost for at, cost in meets[i - 1] if at == j - 1), None)
                if met is not None and rows[i - 1][j - 1] + ((met - new[i - 1]) << _SHIFT) == here:
                    i, j = i - 1, j - 1
                    steps.append(Step(first + i, start + j, self.likeness(lines[first + i], start + j)))
                    continue
            if j and rows[i][j - 1] + (deleted[j - 1] << _SHIFT) == here:
                j -= 1
                steps.append(Step(-1, start + j))
            else:
                i -= 1
                steps.append(Step(first + i, -1))
        return steps[::-1]

    def _roughly(self, lines: Sequence[Line], first: int, last: int, start: int, stop: int) -> list[Step]:
        """The same for texts so large that the table would be: a common subsequence, likeness aside."""
        from rapidfuzz.distance import Indel  # lazy, as above

        shown = [line.key for line in lines[first:last]]
        steps: list[Step] = []
        for part in Indel.opcodes([line.key for line in self._base.lines[start:stop]], shown):
            if part.tag == "equal":
                steps += [
                    Step(first + part.dest_start + at, start + part.src_start + at)
                    for at in range(part.src_end - part.src_start)
                ]
                continue
            steps += [Step(-1, start + at) for at in range(part.src_start, part.src_end)]
            steps += [Step(first + at, -1) for at in range(part.dest_start, part.dest_end)]
        return steps

    def cost(self, segment: Segment, start: int, stop: int) -> int:
        """What it costs that `segment` stands for the base lines `start:stop`."""
        key = (segment.lines[0].number, start, stop)
        if key not in self._known:
            new, meets, deleted = self._moves(segment.lines, start, stop)
            last = deque(_rows(new, meets, deleted, fixed=True, keep=False), maxlen=1)[0]
            self._known[key] = (last[-1] >> _SHIFT) + sum(new)
        return self._known[key]

    def places(self, segment: Segment, low: int, high: int) -> list[Place]:
        """For each end the cheapest place of `segment` within base lines `low:high`, and for each start likewise."""
        new, meets, deleted = self._moves(segment.lines, low, high)
        total, width = sum(new), high - low
        found: dict[tuple[int, int], int] = {}
        for stop, packed in enumerate(_last(new, meets, deleted)):
            found[low + (packed & _MASK), low + stop] = (packed >> _SHIFT) + total
        mirrored = [[(width - 1 - at, cost) for at, cost in row] for row in reversed(meets)]
        for offset, packed in enumerate(_last(new[::-1], mirrored, deleted[::-1])):
            found[high - offset, high - (packed & _MASK)] = (packed >> _SHIFT) + total
        return [Place(start, stop, cost) for (start, stop), cost in found.items()]

    def _moves(
        self, lines: Sequence[Line], low: int, high: int
    ) -> tuple[list[int], list[list[tuple[int, int]]], list[int]]:
        """What each line costs as new, which base lines (offsets to `low`) it can be, and what those cost gone."""
        meets = [[(at - low, cost) for at, cost in self._meets(line, low, high)] for line in lines]
        return [self.insert(line) for line in lines], meets, self._delete[low:high]


def _last(new: Sequence[int], meets: Sequence[Sequence[tuple[int, int]]], deleted: Sequence[int]) -> list[int]:
    """The last row of the table with a free start."""
    return deque(_rows(new, meets, deleted, fixed=False, keep=False), maxlen=1)[0]


def _rows(
    new: Sequence[int],
    meets: Sequence[Sequence[tuple[int, int]]],
    deleted: Sequence[int],
    *,
    fixed: bool,
    keep: bool = True,
) -> Iterator[list[int]]:
    """The table row by row: column j is the cheapest way to lay the lines so far so that they end at base line j.

    Costs are less the cost of taking all these lines as new, so that a line without a counterpart changes nothing, and
    packed: with `fixed` the alignment begins at the first base line, else anywhere, and the low bits say where. Without
    `keep` it is one list all along. A line that meets a base line improves a few columns behind it, until the deletions
    on the way have used its advantage up; only those are touched.
    """
    row = [0, *accumulate(cost << _SHIFT for cost in deleted)] if fixed else list(range(len(deleted) + 1))
    width = len(deleted)
    yield row
    for cost_of_new, met in zip(new, meets, strict=True):
        better = [(at + 1, row[at] + ((cost - cost_of_new) << _SHIFT)) for at, cost in met]
        if keep:
            row = row[:]
        for at, value in sorted(better):
            column, best = at, value
            while best < row[column]:
                row[column] = best
                if column == width:
                    break
                best += deleted[column] << _SHIFT
                column += 1
        yield row
