"""Readings off the tables: the best one, and those that come near it, each as the base lines of its segments.

A reading is a row of moves. At each move of the best reading the tables tell what every other move there would cost in
the end, so the first move in which another reading leaves the best one gives all near readings, without a second
solution. Moves that would only drop more of the base are left out: what one reading explains as kept, no other takes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.merging.snippet import Gap

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from bot.merging.align import Tables

EPSILON = 1e-6
Move = tuple[float, str, int]  # the score from here to the end; what the line is taken for; at which column


@dataclass(frozen=True, slots=True)
class Turn:
    """Another move than the best one: at token `at`, for `loss` less."""

    at: int
    move: Move
    loss: float


class Walk:
    """One reading: the best one, but for the `turn` that it is made to take.

    `spans`: for each segment the base lines that it is put in place of. `kinds`: what each line is taken for. `turns`:
    the other moves at the tokens of `turning` that lose no more than `within`.
    """

    def __init__(
        self, tables: Tables, turn: Turn | None = None, *, turning: Container[int] = (), within: float = 0.0
    ) -> None:
        self.tables = tables
        self.spans: list[tuple[int, int]] = []
        self.turns: list[Turn] = []
        self.kinds: dict[int, str] = {}
        self._within = within
        self._column = 0
        self._mode = "gap"  # what the token before is taken for: "gap", "new", "same" or "pair"
        start = 0
        for at, token in enumerate(tables.tokens):
            if not isinstance(token, Gap):
                moves = self._all_moves(at)
                best = max(moves, key=_value) if turn is None or turn.at != at else turn.move
                if at in turning:
                    losses = ((move, best[0] - move[0]) for move in moves if move is not best)
                    self.turns += [Turn(at, move, loss) for move, loss in losses if loss <= within]
                _, kind, column = best
                self.kinds[at] = kind
                start = column if self._mode == "gap" else start
                self._column = column if kind == "new" else column + 1
                self._mode = kind
            elif self._mode != "gap":
                self.spans.append((tables.columns[start], tables.columns[self._column]))
                self._mode = "gap"

    def _all_moves(self, at: int) -> list[Move]:
        if self._mode == "gap":
            return list(self._moves_behind_gap(at))
        moves = list(self._moves(at))
        if max(moves, key=_value)[0] < self.tables.rows[at][self._column] - EPSILON:
            moves += self._replacements(at)
        return moves

    def _moves(self, at: int) -> Iterator[Move]:
        tables, column = self.tables, self._column
        after = tables.after[at]
        for kind, candidates, prices, run in (
            ("same", tables.exact[at], tables.drops, tables.scores.drop_run),
            ("pair", tables.similar[at], tables.replaces, 0.0),
        ):
            for stop, worth in candidates.items():
                if stop > column:
                    yield worth + after[stop] - (prices[stop] - prices[column] + run), kind, stop
                elif stop == column:
                    next_to = self._mode in {"same", "pair"}
                    bonus = tables.next_bonus(at, stop, exact=self._mode == "same") if next_to else 0.0
                    yield worth + after[stop] + bonus, kind, stop
        if self._mode == "new":
            yield tables.runs[at][column], "new", column
        yield self._new(at, column), "new", column

    def _new(self, at: int, column: int) -> float:
        """The value of the token as the first of a run of new lines at the column."""
        tables = self.tables
        rest = max(tables.rows[at + 1][column], tables.runs[at + 1][column])
        return rest - tables.new_cost(at, first=True) - tables.misfit(at, column)

    def _replacements(self, at: int) -> Iterator[Move]:
        """A run of new lines that base lines make way for."""
        tables, column = self.tables, self._column
        for stop in range(column + 1, len(tables.columns)):
            yield self._new(at, stop) - (tables.replaces[stop] - tables.replaces[column]), "new", stop

    def _moves_behind_gap(self, at: int) -> Iterator[Move]:
        tables, column = self.tables, self._column
        gap = tables.tokens[at - 1]
        explicit = isinstance(gap, Gap) and not gap.implied
        empty = tables.empty[column] if explicit else 0.0
        for kind, candidates in (("same", tables.exact[at]), ("pair", tables.similar[at])):
            for stop, worth in candidates.items():
                if stop >= column:
                    yield worth + tables.after[at][stop] - (empty if stop == column else 0.0), kind, stop
        cost = tables.new_cost(at, first=True)
        entry = tables.entries.get(at)
        rest, run = tables.rows[at + 1], tables.runs[at + 1]
        goal = tables.rows[at - 1][column] - max(self._within, EPSILON)
        least = goal + cost - EPSILON
        for stop, best in enumerate(map(max, rest[column:], run[column:]), column):
            if best < least:
                continue  # nearly all of them: the sum is done for the others alone
            value = best - cost - (empty if stop == column else 0.0)
            if value >= goal:
                yield value - tables.misfit(at, stop) - (entry[stop] if entry else 0.0), "new", stop


def _value(move: Move) -> float:
    return move[0]
