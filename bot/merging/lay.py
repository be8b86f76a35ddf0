"""A segment laid against the base lines that it stands for: which of its lines is which of them.

What stands in both at the two ends is matched first; the middle by a small dynamic program, with the worth of each
match from `evidence`, a bonus for two matches in a row, and small prices for new and for dropped lines. Where that
would be too large, it is parted at lines that stand once on both sides, as patience diff does. In the result new lines
stand at the edges, dropped ones inside: a segment that begins or ends with a line that goes would take away what a
marker keeps, so it is no placement.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING

from bot.merging.evidence import DEFAULT
from bot.merging.placement import Step
from bot.merging.structure import ends_block

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.merging.facts import Facts
    from bot.merging.placement import Segment

MOST_CELLS = 20_000
_KNOWN = 0.5
_DEFINITION = 0.4
_NEVER = -1e9


def lay(facts: Facts, segment: Segment, start: int, stop: int) -> tuple[Step, ...] | None:
    """The steps of the segment in place of the base lines `start:stop`; None where they would not be a placement."""
    first, last = segment.first, segment.last
    head: list[Step] = []
    tail: list[Step] = []
    while first <= last and start < stop and start in facts.exact[first]:
        head.append(Step("same", first, start))
        first, start = first + 1, start + 1
    while first <= last and start < stop and stop - 1 in facts.exact[last]:
        tail.append(Step("same", last, stop - 1))
        last, stop = last - 1, stop - 1
    middle = _middle(facts, range(first, last + 1), range(start, stop))
    if middle is None:
        return None
    steps = _edged([*head, *middle, *reversed(tail)], segment)
    if _takes_away(steps) or _takes_away(steps[::-1]) or not _keeps_ends(facts, segment, steps):
        return None
    return steps


def _takes_away(steps: Sequence[Step]) -> bool:
    """Whether base lines go at the edge where `steps` begin, with nothing in their place."""
    if steps[0].kind != "drop":
        return False
    run = [step.kind for step in takewhile(lambda step: step.kind != "same", steps)]
    return bool(run) and set(run) == {"drop"}


def _keeps_ends(facts: Facts, segment: Segment, steps: Sequence[Step]) -> bool:
    """Whether the head and the tail of the file stay where no marker says that they go on.

    Before the snippet's first line no more goes than comes; behind its last one nothing goes that is not deeper than
    the segment, in a block that it shows.
    """
    lines = facts.base.lines
    if facts.gap(segment.first - 1).implied:
        run = [step.kind for step in takewhile(lambda step: step.kind != "same", steps)]
        if len(run) < len(steps) and run.count("drop") > run.count("new"):
            return False
    if facts.gap(segment.last + 1).implied:
        depth = min(facts.material.depths[token] for token in segment.tokens)
        for step in takewhile(lambda step: step.kind == "drop", reversed(steps)):
            if lines[step.line].indent <= depth and not ends_block(lines[step.line].text):
                return False
    return True


def _middle(facts: Facts, tokens: range, lines: range) -> list[Step] | None:
    """The steps between the two ends; None where even the parts between sure lines are too large to be compared."""
    if not tokens or not lines:
        return [*(Step("new", token, -1) for token in tokens), *(Step("drop", -1, line) for line in lines)]
    if len(tokens) * len(lines) <= MOST_CELLS:
        return _Grid(facts, tokens, lines).steps()
    sure = _sure(facts, tokens, lines)
    if not sure:
        return None
    found: list[Step] = []
    bounds = [(tokens.start - 1, lines.start - 1), *sure, (tokens.stop, lines.stop)]
    for (before, above), (token, line) in pairwise(bounds):
        part = _middle(facts, range(before + 1, token), range(above + 1, line))
        if part is None:
            return None
        found += part
        if token < tokens.stop:
            found.append(Step("same", token, line))
    return found


def _sure(facts: Facts, tokens: range, lines: range) -> list[tuple[int, int]]:
    """Lines that stand once on both sides, in the order of both: the longest row of them (patience diff)."""
    places = [(token, [line for line in facts.exact[token] if line in lines]) for token in tokens]
    once = [(token, found[0]) for token, found in places if len(found) == 1]
    times = Counter(line for _, line in once)
    ends: list[int] = []  # for each length, the least line that a row of that length ends with
    rows: list[tuple[int, int, int]] = []  # token, line, the place in `rows` of the one before it
    last: list[int] = []
    for token, line in once:
        if times[line] > 1:
            continue
        at = bisect_left(ends, line)
        rows.append((token, line, last[at - 1] if at else -1))
        ends[at : at + 1], last[at : at + 1] = [line], [len(rows) - 1]
    found: list[tuple[int, int]] = []
    place = last[-1] if last else -1
    while place >= 0:
        token, line, place = rows[place]
        found.append((token, line))
    return found[::-1]


class _Grid:
    """The dynamic program, from the end to the start. `free[i][j]`: tokens from i on against lines from j on;
    `met[i][j]`: the same where token i is line j.
    """

    def __init__(self, facts: Facts, tokens: range, lines: range) -> None:
        self.facts, self.tokens, self.lines = facts, tokens, lines
        material = facts.material
        self.new = [DEFAULT.new + _KNOWN * facts.known(token) for token in tokens]
        self.drop = [
            DEFAULT.drop * (0.3 if material.light[line] else 1.0)
            + (0.0 if material.defines[line] is None else _DEFINITION)
            for line in lines
        ]
        width = len(lines) + 1
        self.free = [[0.0] * width for _ in range(len(tokens) + 1)]
        self.met = [[_NEVER] * width for _ in range(len(tokens) + 1)]
        self.joined: set[tuple[int, int]] = set()
        last = self.free[-1]
        for j in range(len(lines) - 1, -1, -1):
            last[j] = last[j + 1] - self.drop[j]
        for i in range(len(tokens) - 1, -1, -1):
            self._row(i)

    def _row(self, i: int) -> None:
        free, below, met, met_below = self.free[i], self.free[i + 1], self.met[i], self.met[i + 1]
        token, price, drop, first = self.tokens[i], self.new[i], self.drop, self.lines.start
        worths = self.facts.worths(token)
        following = self.facts.exact[token + 1] if i + 1 < len(self.tokens) else {}
        free[-1] = below[-1] - price
        for j in range(len(self.lines) - 1, -1, -1):
            best = max(below[j] - price, free[j + 1] - drop[j])
            worth = worths.get(first + j)
            if worth is not None:
                rest = below[j + 1]
                if met_below[j + 1] > rest - 1:
                    line = first + j + 1
                    bonus = self.facts.bonus[line] if line in following else DEFAULT.pair_next
                    if met_below[j + 1] + bonus > rest:
                        rest = met_below[j + 1] + bonus
                        self.joined.add((i, j))
                met[j] = worth + rest
                best = max(best, met[j])
            free[j] = best

    def steps(self) -> list[Step]:
        found: list[Step] = []
        i = j = 0
        forced = False
        while i < len(self.tokens) or j < len(self.lines):
            here = self.free[i][j]
            if i < len(self.tokens) and j < len(self.lines) and (forced or self.met[i][j] >= here):
                token, line = self.tokens[i], self.lines[j]
                found.append(Step("same" if line in self.facts.exact[token] else "pair", token, line))
                forced = (i, j) in self.joined
                i, j = i + 1, j + 1
            elif i < len(self.tokens) and self.free[i + 1][j] - self.new[i] >= here:
                found.append(Step("new", self.tokens[i], -1))
                i += 1
            else:
                found.append(Step("drop", -1, self.lines[j]))
                j += 1
        return found


def _edged(steps: Sequence[Step], segment: Segment) -> tuple[Step, ...]:
    """New lines first in the run at the start, last in all others; a dropped line gets the token that follows it."""
    if all(step.kind != "drop" for step in steps):
        return tuple(steps)
    found: list[Step] = []
    at = 0
    while at < len(steps):
        stop = at
        while stop < len(steps) and steps[stop].kind in {"new", "drop"}:
            stop += 1
        new = [step for step in steps[at:stop] if step.kind == "new"]
        drop = [step for step in steps[at:stop] if step.kind == "drop"]
        found += [*new, *drop] if at == 0 else [*drop, *new]
        found += steps[stop : stop + 1]
        at = stop + 1
    token = segment.last
    for place in range(len(found) - 1, -1, -1):
        if found[place].kind == "drop":
            found[place] = Step("drop", token, found[place].line)
        else:
            token = found[place].token
    return tuple(found)
