"""The alignment: which line of the snippet is which line of the base, by one dynamic program over all readings.

A reading takes each snippet line as a line of the base (exact, or a changed form of it) or as new, each marker as any
run of base lines, and drops base lines between two lines of one segment. Rows are plain lists worked by C-level
iterators, and only base lines that some snippet line could be have a column. The program runs from the end to the
start, so that `Tables` knows, for each cell, the best that can still come; `walk` reads the readings off.

                 columns: boundaries between base lines
    tokens       0     1     2     3     4
      gap        rows[0][j]: best score of tokens 0.. against the base from column j on
      line a     after[1][j]: best behind "line a is the base line at j"
      line b     runs[2][j]: best if line b is new and the line before it is new too
      gap
"""

from __future__ import annotations

from itertools import accumulate
from operator import add, sub
from typing import TYPE_CHECKING

from bot.merging.evidence import DEFAULT
from bot.merging.snippet import Gap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.merging.evidence import Candidates, Material

NEVER = -1e9


def suffix_max(values: Sequence[float]) -> list[float]:
    """For each place the greatest of the values from there on."""
    best = list(accumulate(reversed(values), max))
    best.reverse()
    return best


def _later(values: Sequence[float]) -> list[float]:
    """For each place the greatest of the values behind it."""
    best = [NEVER, *accumulate(reversed(values), max)]
    del best[-1]
    best.reverse()
    return best


class Tables:
    """The best score of what is still to come, for each token and column."""

    def __init__(self, material: Material) -> None:
        self.material = material
        self.scores = DEFAULT
        self.tokens = material.lazy.tokens
        self.columns = material.columns
        self.exact = material.exact_worth
        self.similar = material.similar_worth
        self.bonus = material.next_to_worth
        self.drops, self.replaces = material.prices()
        self.dips, self.entries, self.exits = material.misfits()
        # A marker that keeps no line is for nothing, unless it stands for blank lines.
        lines = material.base.lines
        self.empty = [
            DEFAULT.empty_blank if line < len(lines) and lines[line].blanks else DEFAULT.empty_gap
            for line in self.columns
        ]
        self.rows: list[list[float]] = []
        self.runs: list[list[float]] = []
        self.after: list[Candidates] = []
        self._solve()

    def new_cost(self, at: int, *, first: bool) -> float:
        """What it costs to take the token as a new line, the first of a run or a further one."""
        scores = self.scores
        known = self.material.weights[at] / len(self.exact[at]) ** 0.5 if self.exact[at] else 0.0
        if first:
            return scores.new + scores.new_run + scores.new_known * known
        return scores.new + scores.new_known_run * known

    def misfit(self, at: int, column: int) -> float:
        """What speaks against the token as a new line at the column, its entry apart."""
        dips = self.dips.get(self.material.depths[at])
        exits = self.exits.get(at)
        return (dips[column] if dips else 0.0) + (exits[column] if exits else 0.0)

    def next_bonus(self, at: int, column: int, *, exact: bool) -> float:
        """What it is worth that the token stands at the column, right behind the line before it."""
        return self.bonus[column] if exact and column in self.exact[at] else self.scores.pair_next

    def worth(self, at: int, column: int) -> float:
        """What the token is worth as the base line at the column (it must be a candidate)."""
        exact = self.exact[at].get(column)
        return self.similar[at][column] if exact is None else exact

    def _solve(self) -> None:
        never = [NEVER] * len(self.columns)
        # The last token is a gap: it takes all that is left.
        self.rows.append([*never[1:], 0.0])
        self.runs.append(never)
        self.after.append({})
        for at in range(len(self.tokens) - 1, -1, -1):
            token = self.tokens[at]
            below = self.rows[-1]
            if isinstance(token, Gap):
                self.rows.append(self._gap_row(token, below))
                self.runs.append(never)
                self.after.append({})
            else:
                here = self._matches(at, below, self.after[-1])
                row, run = self._line_row(at, below, self.runs[-1], here)
                self.rows.append(row)
                self.runs.append(run)
                self.after.append(here)
        for table in (self.rows, self.runs, self.after):
            table.reverse()

    def _gap_row(self, gap: Gap, below: list[float]) -> list[float]:
        best = suffix_max(below)
        if gap.implied:
            return best
        # At least one line stays, or the marker was for nothing, which costs.
        nothing = list(map(sub, below, self.empty))
        return [*map(max, best[1:], nothing), nothing[-1]]

    def _matches(self, at: int, below: list[float], behind: Candidates) -> Candidates:
        """For each base line that the token could be: the best that can come behind that."""
        here: Candidates = {}
        for exact, candidates in ((True, self.exact[at]), (False, self.similar[at])):
            for column in candidates:
                step = column + 1
                rest = below[step]
                if step in behind:
                    together = self.next_bonus(at + 1, step, exact=exact) + self.worth(at + 1, step) + behind[step]
                    rest = max(rest, together)
                here[column] = rest
        return here

    def _line_row(
        self, at: int, below: list[float], run_below: list[float], here: Candidates
    ) -> tuple[list[float], list[float]]:
        exact, similar = self.exact[at], self.similar[at]
        rest = list(map(max, below, run_below))
        for misfit in (self.dips.get(self.material.depths[at]), self.exits.get(at)):
            if misfit:
                rest = list(map(sub, rest, misfit))
        cost = self.new_cost(at, first=True)
        row = [value - cost for value in rest]
        entry = self.entries.get(at)
        if entry:
            row = list(map(sub, row, entry))
        for column, worth in similar.items():
            row[column] = max(row[column], worth + here[column])
        shown = [(column, worth + here[column]) for column, worth in exact.items()]
        if isinstance(self.tokens[at - 1], Gap):
            for column, value in shown:
                row[column] = max(row[column], value)
            return row, []  # the gap keeps what a drop here would take, and no run of new lines comes from above
        dropped = list(map(add, _later(list(map(sub, row, self.replaces))), self.replaces))
        for column, value in shown:
            row[column] = max(row[column], value)
        row = list(map(max, row, dropped))
        self._drop_before(shown, row)
        cost = self.new_cost(at, first=False)
        return row, [value - cost for value in rest]

    def _drop_before(self, shown: list[tuple[int, float]], row: list[float]) -> None:
        """Raise `row` to what a line that is shown at later columns is worth, when all lines on the way there go."""
        drops, run = self.drops, self.scores.drop_run
        shown.sort()
        best = NEVER
        for number in range(len(shown) - 1, -1, -1):
            column, value = shown[number]
            best = max(best, value - drops[column] - run)
            for at in range(shown[number - 1][0] if number else 0, column):
                row[at] = max(row[at], best + drops[at])
