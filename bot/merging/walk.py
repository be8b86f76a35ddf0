"""Readings off the tables: the best one, and those that come near it.

A reading is a row of moves. At each move of the best reading the tables tell what every other move there would cost in
the end, so the first move in which another reading leaves the best one gives all near readings, without a second
solution. Moves that would only drop more of the base are left out: what one reading explains as kept, no other takes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.merging.snippet import Gap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.merging.align import Tables

EPSILON = 1e-6


@dataclass(frozen=True, slots=True)
class Step:
    """One move of a reading: snippet token `token` meets base line `line` (-1: none).

    kind: `same` (a base line shown), `pair` (a changed line), `new`, `gap` (a base line that a marker keeps), `drop`.
    """

    kind: str
    token: int
    line: int


@dataclass(frozen=True, slots=True)
class Move:
    """What a line of the snippet may be: `kind` at `column`; `value` is the score from here to the end."""

    kind: str
    column: int
    value: float


@dataclass(frozen=True, slots=True)
class Turn:
    """Another move than the best one: at token `at`, for `loss` less."""

    at: int
    move: Move
    loss: float


class Walk:
    """One reading: the best one, but for the `turn` that it is made to take."""

    def __init__(self, tables: Tables, turn: Turn | None = None, *, within: float = 0.0) -> None:
        self.tables = tables
        self.steps: list[Step] = []
        self.turns: list[Turn] = []
        self.within = within
        self._column = 0
        self._mode = ""  # the kind of the token before: "", "gap", "new", "same" or "pair"
        for at, token in enumerate(tables.tokens):
            if isinstance(token, Gap):
                self._mode = "gap"
                continue
            moves = list(self._moves(at))
            if self._mode != "gap" and all(move.value < tables.rows[at][self._column] - EPSILON for move in moves):
                moves += self._replacements(at)
            best = max(moves, key=lambda move: move.value)
            if turn is not None and turn.at == at:
                best = turn.move
            elif within:
                self.turns += [
                    Turn(at, move, best.value - move.value)
                    for move in moves
                    if move is not best and best.value - move.value <= within
                ]
            self._make(at, best)
        last = len(tables.tokens) - 1
        self._reach("gap", last, len(tables.columns) - 1)

    def _moves(self, at: int) -> Iterator[Move]:
        if self._mode == "gap":
            yield from self._moves_behind_gap(at)
            return
        tables, column = self.tables, self._column
        for kind, candidates, prices, run in (
            ("same", tables.exact[at], tables.drops, tables.scores.drop_run),
            ("pair", tables.similar[at], tables.replaces, 0.0),
        ):
            for stop, worth in candidates.items():
                if stop < column:
                    continue
                value = worth + tables.after[at][stop]
                if stop > column:
                    value -= prices[stop] - prices[column] + run
                elif self._mode in {"same", "pair"}:
                    value += tables.next_bonus(at, stop, exact=self._mode == "same")
                yield Move(kind, stop, value)
        if self._mode == "new":
            yield Move("new", column, tables.runs[at][column])
        yield Move("new", column, self._new(at, column))

    def _new(self, at: int, column: int) -> float:
        """The value of the token as the first of a run of new lines at the column."""
        tables = self.tables
        rest = max(tables.rows[at + 1][column], tables.runs[at + 1][column])
        return rest - tables.new_cost(at, first=True) - tables.misfit(at, column)

    def _replacements(self, at: int) -> Iterator[Move]:
        """A run of new lines that base lines make way for."""
        tables, column = self.tables, self._column
        for stop in range(column + 1, len(tables.columns)):
            yield Move("new", stop, self._new(at, stop) - (tables.replaces[stop] - tables.replaces[column]))

    def _moves_behind_gap(self, at: int) -> Iterator[Move]:
        tables = self.tables
        gap = tables.tokens[at - 1]
        explicit = isinstance(gap, Gap) and not gap.implied
        empty = tables.empty[self._column] if explicit else 0.0
        for kind, candidates in (("same", tables.exact[at]), ("pair", tables.similar[at])):
            for stop, worth in candidates.items():
                if stop >= self._column:
                    yield Move(kind, stop, worth + tables.after[at][stop] - (empty if stop == self._column else 0.0))
        cost = tables.new_cost(at, first=True)
        entry = tables.entries.get(at)
        rest, run = tables.rows[at + 1], tables.runs[at + 1]
        goal = tables.rows[at - 1][self._column] - max(self.within, EPSILON)
        for stop in range(self._column, len(tables.columns)):
            value = max(rest[stop], run[stop]) - cost - (empty if stop == self._column else 0.0)
            if value >= goal:
                yield Move("new", stop, value - tables.misfit(at, stop) - (entry[stop] if entry else 0.0))

    def _make(self, at: int, move: Move) -> None:
        if self._mode == "gap":
            self._reach("gap", at - 1, move.column)
        else:
            self._reach("drop", at, move.column)
        if move.kind == "new":
            self.steps.append(Step("new", at, -1))
        else:
            self._reach(move.kind, at, move.column + 1)
        self._mode = move.kind

    def _reach(self, kind: str, token: int, column: int) -> None:
        columns = self.tables.columns
        self.steps += [Step(kind, token, line) for line in range(columns[self._column], columns[column])]
        self._column = column
