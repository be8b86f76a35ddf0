"""A reading: one way to take the snippet, with the lines that come of it; and how two readings differ, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.merging.placement import Step
from bot.merging.render import render
from bot.merging.snippet import Gap, Line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.merging.choose import Row
    from bot.merging.evidence import Material


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read the snippet: its steps, the lines that come of it, and how much less it weighs than the best.

    `turn` is the number of the segment in which it parts from the best.
    """

    steps: tuple[Step, ...]
    lines: tuple[str, ...]
    loss: float = 0.0
    turn: int = -1

    @property
    def kept(self) -> frozenset[int]:
        """The significant lines of the base that stay (their places)."""
        return frozenset(step.line for step in self.steps if step.kind in {"same", "gap"})

    @property
    def touched(self) -> frozenset[int]:
        """The significant lines of the base that change, or that new lines come after."""
        found: set[int] = set()
        last = 0
        for step in self.steps:
            if step.line >= 0:
                last = step.line
            if step.kind not in {"same", "gap"}:
                found.add(last)
        return frozenset(found)


def reading_of(row: Row, material: Material) -> Reading:
    """The reading that a row of placements is: what no segment stands for is kept by the gaps."""
    steps: list[Step] = []
    reached = 0
    for placement in row.placements:
        gap = placement.steps[0].token - 1
        steps += [Step("gap", gap, line) for line in range(reached, placement.start)]
        steps += placement.steps
        reached = placement.stop
    last = len(material.lazy.tokens) - 1
    steps += [Step("gap", last, line) for line in range(reached, len(material.keys))]
    return Reading(tuple(steps), render(steps, material.lazy, material.base), row.loss, row.turn)


def difference(best: Reading, other: Reading, material: Material) -> str:
    """Where two readings part, as a sentence that names lines of the file."""
    mine, theirs = _moves(best), _moves(other)
    for token, line in enumerate(material.lazy.tokens):
        here, there = mine.get(token), theirs.get(token)
        if isinstance(line, Line) and here is not None and there is not None and here != there:
            return f"`{short(line.key)}` may be {_said(here, material)}, or {_said(there, material)}"
    gone = sorted(best.kept ^ other.kept)
    numbers = [material.base.lines[at].number + 1 for at in gone[:1] + gone[-1:]] or [1]
    return f"lines {numbers[0]} to {numbers[-1]} may stay or go"


def segments(best: Reading, material: Material) -> Iterator[list[Step]]:
    """The steps between two markers."""
    segment: list[Step] = []
    before = -1
    tokens = material.lazy.tokens
    for step in best.steps:
        if step.kind == "gap":
            continue
        if segment and any(isinstance(tokens[at], Gap) for at in range(before, step.token)):
            yield segment
            segment = []
        segment.append(step)
        before = step.token
    if segment:
        yield segment


def short(key: str) -> str:
    return key if len(key) <= 50 else f"{key[:47]}..."


def _moves(reading: Reading) -> dict[int, tuple[str, int]]:
    """For each token what it is, and where; a new line's place is the base line kept before it."""
    found: dict[int, tuple[str, int]] = {}
    last = -1
    for step in reading.steps:
        if step.kind in {"same", "pair", "new"}:
            found[step.token] = (step.kind, last if step.kind == "new" else step.line)
        if step.kind in {"same", "gap", "pair"}:
            last = step.line
    return found


def _said(move: tuple[str, int], material: Material) -> str:
    kind, at = move
    number = material.base.lines[at].number + 1 if at >= 0 else 0
    match kind:
        case "same":
            return f"line {number}"
        case "pair":
            return f"the new form of line {number}"
        case _:
            return f"a new line after line {number}"
