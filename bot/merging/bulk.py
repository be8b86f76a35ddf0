"""The doubt about much that goes where little need go.

bulk        many lines go between two shown lines, and a reading that takes half of them out is not far

Where a line at the edge of a segment stands more than once, the farther one swallows all between the two. The more goes
that way, the better has it to be told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from bot.merging.counterparts import SPARES, numbered
from bot.model import Doubt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bot.merging.evidence import Material
    from bot.merging.placement import Step
    from bot.merging.reading import Reading

MANY = 14  # lines


class Losses(Protocol):
    """What tells how much readings lose that take less out: the `Choice`."""

    def losses_within(self, most: Sequence[int], count: Callable[[tuple[Step, ...]], int]) -> tuple[float, ...]:
        """For each segment how much the best row loses in which its steps count no more than `most` says."""
        ...


def bulk(best: Reading, material: Material, choice: Losses) -> Iterator[Doubt]:
    """Lines that go, so many, though the best reading that takes out half of them loses no more than `SPARES`."""
    lost = [_dropped(steps, material) for steps in best.segments]
    if all(len(steps) < MANY for steps in lost):
        return
    losses = choice.losses_within([len(steps) // 2 for steps in lost], lambda steps: len(_dropped(steps, material)))
    for steps, loss in zip(lost, losses, strict=True):
        if len(steps) >= MANY and loss <= SPARES:
            yield Doubt("bulk", f"{numbered(steps, material)} would go, and need not")


def _dropped(steps: tuple[Step, ...], material: Material) -> list[Step]:
    return [step for step in steps if step.kind == "drop" and not material.light[step.line]]
