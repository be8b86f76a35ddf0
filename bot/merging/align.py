"""The alignment: which line of the snippet is which line of the base, by one dynamic program over all readings.

A reading takes each snippet line as a line of the base (exact, or a changed form of it) or as new, each marker as any
run of base lines, and drops base lines between two lines of one segment. Rows are plain lists worked by C-level
iterators, and only base lines that some snippet line could be have a column. The program runs from the end to the
start, so that `Tables` knows, for each cell, the best that can still come; a reading is then read off from the front.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from operator import add, sub
from typing import TYPE_CHECKING

from bot.merging.evidence import (
    Candidates,
    depths,
    defined_name,
    exact_candidates,
    next_to_worth,
    places_of,
    signs,
    similar_candidates,
    weigh,
)
from bot.merging.snippet import Base, Gap, Lazy, Line
from bot.merging.structure import may_follow, shape_of

if TYPE_CHECKING:
    from collections.abc import Iterable

# What moves cost; what evidence is worth stands in `evidence`.
PAIR_NEXT = 0.03  # two lines in a row of which one is changed (this is worth, not cost)
NEW_RUN = 0.3  # a run of new lines begins
NEW = 0.12  # each of its lines
NEW_KNOWN = 2.6  # times the line's weight: a line that stands in the base is context, not a second copy
NEW_KNOWN_RUN = 0.44  # the same behind another new line: new code repeats phrases of the old
DROP_RUN = 0.25  # base lines vanish between two shown lines, with nothing in their place
DROP = 0.17
REPLACE_RUN = 0.0  # base lines make way for new ones
REPLACE = 0.08
DEFINITION = 0.8  # more for a line that defines a name, in both cases
DIP = 0.8  # a new line that is less deep than the lines on both sides of it
MISFIT = 1.2  # a new line beside a marker that cannot stand beside the line there
EDGE_NEW = 0.0  # a segment's first or last line is new: most writers show a line of context there
EMPTY_GAP = 5.0  # an explicit marker that stands for no line at all
NEVER = -1e9
EPSILON = 1e-6


@dataclass(frozen=True, slots=True)
class Step:
    """One move of a reading: snippet token `token` (or -1) meets base line `line` (or -1).

    kind: `same` (a base line shown), `pair` (a changed line), `new`, `gap` (a base line that a marker keeps), `drop`.
    """

    kind: str
    token: int
    line: int


def suffix_max(values: Iterable[float]) -> list[float]:
    """For each place the greatest of the values from there on."""
    best = list(accumulate(reversed(list(values)), max))
    best.reverse()
    return best


class Tables:
    """The best score of what is still to come, for each token and column."""

    def __init__(self, lazy: Lazy, base: Base) -> None:
        self.lazy = lazy
        self.base = base
        self.weights = weigh(base, lazy.tokens)
        self.places = places_of(lazy, base)
        self.depths = depths(lazy, base, self.places)
        exact = exact_candidates(base, lazy.tokens, self.places, self.depths, self.weights)
        similar = similar_candidates(base, lazy.tokens, self.places, self.depths)
        self.columns = self._columns([*exact, *similar])
        at = {line: column for column, line in enumerate(self.columns)}
        self.exact = [{at[line]: worth for line, worth in found.items()} for found in exact]
        self.similar = [{at[line]: worth for line, worth in found.items()} for found in similar]
        rows = next_to_worth(base)
        keys = [line.key for line in base.lines]
        self.bonus = [
            rows.get((keys[line - 1], keys[line]), 0.0) if 0 < line < len(keys) else 0.0 for line in self.columns
        ]
        self._price()
        self._shapes()
        self.rows: list[list[float]] = []
        self.runs: list[list[float]] = []
        self.after: list[Candidates] = []
        self._solve()

    def _columns(self, found: list[Candidates]) -> list[int]:
        """The boundaries between base lines that matter: before and after each line that some token could be."""
        kept = {0, len(self.base.lines)}
        for candidates in found:
            kept.update(candidates)
            kept.update(line + 1 for line in candidates)
        return sorted(kept)

    def _price(self) -> None:
        """Prices of dropping all base lines before each column."""
        drops, replaces = [0.0], [0.0]
        for line in self.base.lines:
            defines = DEFINITION if defined_name(line.key) else 0.0
            light = 0.3 if signs(line.key) < 3 else 1.0
            drops.append(drops[-1] + DROP * light + defines)
            replaces.append(replaces[-1] + REPLACE * light + defines)
        self.drops = [drops[line] for line in self.columns]
        self.replaces = [replaces[line] for line in self.columns]

    def _shapes(self) -> None:
        """What speaks against new lines at each column: shallower than both neighbours, or no fit for its neighbour."""
        path, tokens = self.lazy.path, self.lazy.tokens
        lines = self.base.lines
        shapes = [shape_of(line.key, line.indent, path) for line in lines]
        above = [shapes[line - 1] if line else None for line in self.columns]
        below = [shapes[line] if line < len(lines) else None for line in self.columns]
        low = [min(a.depth, b.depth) if a and b else 0 for a, b in zip(above, below, strict=True)]
        self.dips: dict[int, list[float]] = {}
        self.entries: dict[int, list[float]] = {}
        self.exits: dict[int, list[float]] = {}
        for at, token in enumerate(tokens):
            if isinstance(token, Gap) or self.weights[token.key] * len(self.places[at]) > 0.5:
                continue
            shape = shape_of(token.key, self.depths[at], path)
            if not shape.free and shape.depth not in self.dips:
                self.dips[shape.depth] = [DIP if shape.depth < depth else 0.0 for depth in low]
            if isinstance(tokens[at - 1], Gap):
                self.entries[at] = [EDGE_NEW + (MISFIT if up and not may_follow(up, shape) else 0.0) for up in above]
            if isinstance(tokens[at + 1], Gap):
                self.exits[at] = [EDGE_NEW + (MISFIT if down and not may_follow(shape, down) else 0.0) for down in below]

    def new_cost(self, token: int, *, first: bool) -> float:
        """What it costs to take the token as a new line."""
        line = self.lazy.tokens[token]
        if not isinstance(line, Line):
            return 0.0
        known = (NEW_KNOWN if first else NEW_KNOWN_RUN) * self.weights[line.key] if self.exact[token] else 0.0
        return NEW + known + (NEW_RUN if first else 0.0)

    def _solve(self) -> None:
        tokens = self.lazy.tokens
        never = [NEVER] * len(self.columns)
        # The last token is a gap: it takes all that is left.
        rows = [[*never[1:], 0.0]]
        runs = [never]
        after: list[Candidates] = [{}]
        for at in range(len(tokens) - 1, -1, -1):
            token = tokens[at]
            if isinstance(token, Gap):
                rows.append(self._gap_row(token, rows[-1]))
                runs.append(never)
                after.append({})
            else:
                here = self._matches(at, rows[-1], after[-1])
                row, run = self._line_row(at, rows[-1], runs[-1], here)
                rows.append(row)
                runs.append(run)
                after.append(here)
        for table in (rows, runs, after):
            table.reverse()
        self.rows, self.runs, self.after = rows, runs, after

    def _gap_row(self, gap: Gap, below: list[float]) -> list[float]:
        best = suffix_max(below)
        if gap.implied:
            return best
        # At least one line stays, or the marker was for nothing, which costs.
        return [*map(max, best[1:], (value - EMPTY_GAP for value in below)), below[-1] - EMPTY_GAP]

    def _matches(self, at: int, below: list[float], behind: Candidates) -> Candidates:
        """For each base line that the token could be: the best that can come behind that."""
        here: Candidates = {}
        nexts = self.exact[at + 1] if at + 1 < len(self.exact) else {}
        pairs = self.similar[at + 1] if at + 1 < len(self.similar) else {}
        for candidates in (self.exact[at], self.similar[at]):
            for column in candidates:
                step = column + 1
                rest = below[step]
                if step in behind:
                    exact = step in nexts and candidates is self.exact[at]
                    bonus = self.bonus[step] if exact else PAIR_NEXT
                    rest = max(rest, bonus + (nexts[step] if step in nexts else pairs[step]) + behind[step])
                here[column] = rest
        return here

    def _line_row(
        self, at: int, below: list[float], run_below: list[float], here: Candidates
    ) -> tuple[list[float], list[float]]:
        rest = self._rest(at, below, run_below)
        cost = self.new_cost(at, first=False)
        run = [value - cost for value in rest]
        cost = self.new_cost(at, first=True)
        changed = [value - cost for value in rest]
        misfit = self.entries.get(at)
        row = list(map(sub, changed, misfit)) if misfit else list(changed)
        for column, worth in self.similar[at].items():
            value = worth + here[column]
            changed[column] = max(changed[column], value)
            row[column] = max(row[column], value)
        rows = [row, self._dropped(changed, self.replaces, REPLACE_RUN)]
        if self.exact[at]:
            shown = [NEVER] * len(below)
            for column, worth in self.exact[at].items():
                shown[column] = worth + here[column]
            rows += [shown, self._dropped(shown, self.drops, DROP_RUN)]
        return list(map(max, *rows)), run

    def _rest(self, at: int, below: list[float], run_below: list[float]) -> list[float]:
        """The best behind the token as a new line, less what its shape has against each place."""
        rest = list(map(max, below, run_below))
        for misfit in (self.dips.get(self.depths[at]), self.exits.get(at)):
            if misfit:
                rest = list(map(sub, rest, misfit))
        return rest

    def misfit(self, at: int, column: int) -> float:
        """What speaks against the token as a new line at the column, its entry apart."""
        dips = self.dips.get(self.depths[at])
        exits = self.exits.get(at)
        return (dips[column] if dips else 0.0) + (exits[column] if exits else 0.0)

    def _dropped(self, row: list[float], prices: list[float], run: float) -> list[float]:
        """The best of the later cells less the price of dropping all base lines on the way there."""
        best = suffix_max(map(sub, row, prices))
        return [value - run for value in map(add, [*best[1:], NEVER], prices)]

    def read(self) -> list[Step]:
        """The best reading as steps, from the front."""
        return Walk(self).steps


class Walk:
    """Reads one best path off the tables."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.steps: list[Step] = []
        self.column = 0
        self.together = False
        self.in_run = False
        for at, token in enumerate(tables.lazy.tokens):
            if isinstance(token, Gap):
                self._cross(at, token)
            elif not (self.together and self._continue(at)) and not (self.in_run and self._run_on(at)):
                self._place(at)

    def _lines_to(self, kind: str, token: int, column: int) -> None:
        columns = self.tables.columns
        self.steps += [Step(kind, token, line) for line in range(columns[self.column], columns[column])]
        self.column = column

    def _cross(self, at: int, gap: Gap) -> None:
        below, goal = self.tables.rows[at + 1], self.tables.rows[at][self.column]
        stop = self.column
        if gap.implied or below[stop] - EMPTY_GAP < goal - EPSILON:
            stop = stop if gap.implied else stop + 1
            while below[stop] < goal - EPSILON:
                stop += 1
        self._lines_to("gap", at, stop)
        self.together = self.in_run = False

    def _continue(self, at: int) -> bool:
        if self.column in self.tables.after[at]:
            self._take(at)
            return True
        return False

    def _run_on(self, at: int) -> bool:
        """Go on with the run of new lines, if that is as good as anything."""
        if self.tables.runs[at][self.column] < self.tables.rows[at][self.column] - EPSILON:
            return False
        self._add(at)
        return True

    def _add(self, at: int) -> None:
        self.steps.append(Step("new", at, -1))
        self.together, self.in_run = False, True

    def _take(self, at: int) -> None:
        tables = self.tables
        rest = tables.after[at][self.column]
        kind = "same" if self.column in tables.exact[at] else "pair"
        self._lines_to(kind, at, self.column + 1)
        self.together = tables.rows[at + 1][self.column] < rest - EPSILON
        self.in_run = False

    def _place(self, at: int) -> None:
        tables = self.tables
        goal = tables.rows[at][self.column]
        stop = self.column
        while stop < len(tables.columns):
            for kind, value, price, run in self._options(at, stop):
                cost = 0.0 if stop == self.column else price[stop] - price[self.column] + run
                if value - cost >= goal - EPSILON:
                    self._lines_to("drop", at, stop)
                    if kind == "new":
                        self._add(at)
                    else:
                        self._take(at)
                    return
            stop += 1
        raise AssertionError("the tables hold no such path")

    def _options(self, at: int, column: int) -> Iterable[tuple[str, float, list[float], float]]:
        tables = self.tables
        here = tables.after[at]
        if column in tables.exact[at]:
            yield "same", tables.exact[at][column] + here[column], tables.drops, DROP_RUN
        if column in tables.similar[at]:
            yield "pair", tables.similar[at][column] + here[column], tables.replaces, REPLACE_RUN
        rest = max(tables.rows[at + 1][column], tables.runs[at + 1][column])
        value = rest - tables.new_cost(at, first=True) - tables.misfit(at, column)
        if column == self.column and at in tables.entries:
            value -= tables.entries[at][column]
        yield "new", value, tables.replaces, REPLACE_RUN
