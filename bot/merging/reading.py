"""A reading: one way to take the snippet, with the lines that come of it; and how two readings differ, in words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from bot.merging.placement import Step
from bot.merging.snippet import Line
from bot.model import LineRange

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.merging.choose import Row
    from bot.merging.evidence import Material
    from bot.merging.placement import Placement
    from bot.merging.renderer import Renderer


@dataclass(frozen=True)  # no slots: what follows from the placements is asked for by every doubt, and kept
class Reading:
    """One way to read the snippet: its placements, the lines that come of it, what it loses against the weightiest.

    `size` is the number of the base's significant lines, `turn` that of the segment in which it parts from the best,
    `lay` how much of the loss tells nothing of the place (see `Row`).
    """

    placements: tuple[Placement, ...]
    size: int
    lines: tuple[str, ...]
    loss: float = 0.0
    turn: int = -1
    lay: float = 0.0

    @property
    def shown(self) -> Iterator[Step]:
        """The steps of all segments, in order."""
        return chain.from_iterable(self.segments)

    @cached_property
    def segments(self) -> tuple[tuple[Step, ...], ...]:
        """The steps between two markers."""
        return tuple(placement.steps for placement in self.placements)

    @cached_property
    def gaps(self) -> tuple[tuple[int, range], ...]:
        """What the markers keep: each gap's token, and the significant lines of the base."""
        reached = token = 0
        found = []
        for placement in self.placements:
            found.append((placement.steps[0].token - 1, range(reached, placement.start)))
            reached, token = placement.stop, placement.steps[-1].token + 1
        return (*found, (token, range(reached, self.size)))

    @property
    def steps(self) -> Iterator[Step]:
        """All steps, in order."""
        for (token, lines), placement in zip(self.gaps, (*self.placements, None), strict=True):
            yield from (Step("gap", token, line) for line in lines)
            if placement is not None:
                yield from placement.steps

    @cached_property
    def kept(self) -> frozenset[int]:
        """The significant lines of the base that stay (their places)."""
        shown = (step.line for step in self.shown if step.kind == "same")
        return frozenset(chain(shown, *(lines for _, lines in self.gaps)))

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


def reading_of(row: Row, renderer: Renderer, size: int) -> Reading:
    """The reading that a row of placements is: what no segment stands for is kept by the gaps."""
    return Reading(row.placements, size, renderer.lines(row.placements), row.loss, row.turn, row.lay)


def difference(best: Reading, other: Reading, material: Material) -> str:
    """Where two readings part, as a sentence that names lines of the file."""
    mine, theirs = _moves(best), _moves(other)
    for token, line in enumerate(material.lazy.tokens):
        here, there = mine.get(token), theirs.get(token)
        if isinstance(line, Line) and here is not None and there is not None and here != there:
            return f"`{short(line.key)}` may be {_said(here, material)}, or {_said(there, material)}"
    gone = sorted(best.kept ^ other.kept)
    numbers = [material.base.lines[at].number + 1 for at in gone[:1] + gone[-1:]] or [1]
    return f"{LineRange(numbers[0], numbers[-1]).spoken} may stay or go"


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
            return f"a new line after line {number}" if number else "a new line before line 1"
