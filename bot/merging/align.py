"""The alignment: which line of the snippet is which line of the base, by one dynamic program over all readings.

A reading takes each snippet line as a line of the base (exact, or a changed form of it) or as new, each marker as any
run of base lines, and drops base lines between two lines of one segment. Rows are plain lists worked by C-level
iterators; only cells with a candidate are touched one by one. The program runs from the end to the start, so that
`Tables` knows, for each cell, the best that can still come; a reading is then read off from the front, and what another
place for one line would cost is known for every line.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from operator import add, sub
from typing import TYPE_CHECKING

from bot.merging.snippet import Base, Gap, Lazy, Line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# What a move is worth. A score is a sum of evidence: a weighty line (long and rare) in its place counts about 1.
MATCH = 0.15
NEXT_TO = 0.5  # two matches in a row, in both texts
INSERT = 0.25
INSERT_KNOWN = 1.0  # times the line's weight: a line that stands in the base is context, not a second copy
DELETE = 0.2
SHIFTED = 0.08  # an exact line at another depth
SIMILAR = 0.5  # likeness below this is no evidence
PAIR = 1.1
NEVER = -1e9

Candidates = dict[int, float]


@dataclass(frozen=True, slots=True)
class Step:
    """One move of a reading: snippet token `token` (or -1) meets base line `line` (or -1).

    kind: `same` (a base line shown), `pair` (a changed line), `new`, `gap` (a base line that a marker keeps), `drop`.
    """

    kind: str
    token: int
    line: int


def weigh(base: Base, lines: Sequence[Line]) -> dict[str, float]:
    """How much each key says about its place: long and rare lines much, `}` and other twins next to nothing."""
    counts: dict[str, int] = {}
    for line in base.lines:
        counts[line.key] = counts.get(line.key, 0) + 1
    keys = {line.key for line in lines} | set(counts)
    return {key: min(1.0, 0.15 + sum(map(str.isalnum, key)) / 16) / max(1, counts.get(key, 1)) ** 0.5 for key in keys}


def exact_candidates(lazy: Lazy, base: Base, weights: Mapping[str, float]) -> list[Candidates]:
    """For each token the base lines that it equals but for white space, with their worth."""
    places: dict[str, list[int]] = {}
    for at, line in enumerate(base.lines):
        places.setdefault(line.key, []).append(at)
    found: list[Candidates] = []
    for token in lazy.tokens:
        if isinstance(token, Gap):
            found.append({})
            continue
        worth = MATCH + weights[token.key]
        found.append(
            {
                at: worth - (SHIFTED if base.lines[at].indent != token.indent else 0.0)
                for at in places.get(token.key, ())
            }
        )
    return found


def similar_candidates(lazy: Lazy, base: Base, exact: Sequence[Candidates]) -> list[Candidates]:
    """For each token that is no base line the base lines that it may be a changed form of, with their worth."""
    from rapidfuzz import fuzz, process  # noqa: PLC0415 - heavy; only a merge needs it

    keys = [line.key for line in base.lines]
    found: list[Candidates] = []
    for token, same in zip(lazy.tokens, exact, strict=True):
        if isinstance(token, Gap) or same or sum(map(str.isalnum, token.key)) < 3:
            found.append({})
            continue
        hits = process.extract(token.key, keys, scorer=fuzz.ratio, score_cutoff=SIMILAR * 100, limit=None)
        size = min(1.0, 0.3 + len(token.key) / 24)
        found.append({at: PAIR * size * (score / 100 - SIMILAR) for _, score, at in hits})
    return found


class Tables:
    """The best score of what is still to come, for each token and base line."""

    def __init__(self, lazy: Lazy, base: Base) -> None:
        self.lazy = lazy
        self.base = base
        lines = [token for token in lazy.tokens if isinstance(token, Line)]
        self.weights = weigh(base, lines)
        self.exact = exact_candidates(lazy, base, self.weights)
        self.similar = similar_candidates(lazy, base, self.exact)
        self.count = len(base.lines)
        self.slope = [DELETE * at for at in range(self.count + 1)]
        self.rows, self.after = self._solve()

    def insert_cost(self, token: int) -> float:
        line = self.lazy.tokens[token]
        known = isinstance(line, Line) and bool(self.exact[token])
        return INSERT + (INSERT_KNOWN * self.weights[line.key] if known and isinstance(line, Line) else 0.0)

    def _solve(self) -> tuple[list[list[float]], list[Candidates]]:
        """rows[i][j]: best for tokens i.. and base lines j..; after[i][j]: best behind the pair (i, j)."""
        tokens = self.lazy.tokens
        # The last token is a gap: it takes all that is left.
        row = [NEVER] * self.count + [0.0]
        rows = [row]
        after: list[Candidates] = [{}]
        for at in range(len(tokens) - 1, -1, -1):
            behind = after[-1]
            if isinstance(tokens[at], Gap):
                row = list(accumulate(reversed(row), max))
                row.reverse()
                after.append({})
            else:
                row, here = self._line_row(at, row, behind)
                after.append(here)
            rows.append(row)
        rows.reverse()
        after.reverse()
        return rows, after

    def _line_row(self, at: int, below: list[float], behind: Candidates) -> tuple[list[float], Candidates]:
        cost = self.insert_cost(at)
        row = [value - cost for value in below]
        here: Candidates = {}
        nexts = self.exact[at + 1] if at + 1 < len(self.exact) else {}
        pairs = self.similar[at + 1] if at + 1 < len(self.similar) else {}
        for candidates in (self.exact[at], self.similar[at]):
            for line, worth in candidates.items():
                rest = below[line + 1]
                step = line + 1
                if step in behind:
                    together = NEXT_TO + (nexts[step] if step in nexts else pairs[step]) + behind[step]
                    rest = max(rest, together)
                here[line] = rest
                row[line] = max(row[line], worth + rest)
        # A run of dropped lines: the best of all later cells less the price of the way there.
        priced = map(sub, row, self.slope)
        best = list(accumulate(reversed(list(priced)), max))
        best.reverse()
        return list(map(add, best, self.slope)), here

    def read(self) -> list[Step]:
        """The best reading as steps, from the front."""
        steps: list[Step] = []
        line = 0
        together = False
        for at, token in enumerate(self.lazy.tokens):
            if isinstance(token, Gap):
                line = self._cross(at, line, steps)
                together = False
            else:
                line, together = self._place(at, line, steps, together=together)
        steps += [Step("drop", -1, rest) for rest in range(line, self.count)]
        return steps

    def _cross(self, at: int, line: int, steps: list[Step]) -> int:
        below = self.rows[at + 1]
        goal = self.rows[at][line]
        stop = line
        while below[stop] < goal:
            stop += 1
        steps += [Step("gap", at, kept) for kept in range(line, stop)]
        return stop

    def _place(self, at: int, line: int, steps: list[Step], *, together: bool) -> tuple[int, bool]:
        row, below, here = self.rows[at], self.rows[at + 1], self.after[at]
        if together:
            worth = self.exact[at].get(line, self.similar[at].get(line, 0.0))
            if line in here:
                return self._take(at, line, steps, worth)
        cost = self.insert_cost(at)
        while True:
            goal = row[line]
            if line in here:
                worth = self.exact[at].get(line, self.similar[at].get(line, 0.0))
                if worth + here[line] >= goal - 1e-9:
                    return self._take(at, line, steps, worth)
            if below[line] - cost >= goal - 1e-9:
                steps.append(Step("new", at, -1))
                return line, False
            steps.append(Step("drop", at, line))
            line += 1

    def _take(self, at: int, line: int, steps: list[Step], worth: float) -> tuple[int, bool]:
        del worth
        steps.append(Step("same" if line in self.exact[at] else "pair", at, line))
        rest = self.after[at][line]
        return line + 1, self.rows[at + 1][line + 1] < rest - 1e-9
