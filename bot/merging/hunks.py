"""The hunks of a placement, each with its group: whether context bounds it; and how traits are counted."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.merging.facts import Facts
    from bot.merging.placement import Step

Traits = dict[str, float]
LIGHT = 0.3  # what a line such as `}` counts among lines that go
_GROUPS = {(True, True): "in", (False, True): "head", (True, False): "tail", (False, False): "all"}


def add(traits: Traits, name: str, value: float = 1.0) -> None:
    """Count a trait."""
    if value:
        traits[name] = traits.get(name, 0.0) + value


def hunks_of(steps: Sequence[Step]) -> Iterator[tuple[str, Sequence[Step]]]:
    """The runs of changed, new and dropped lines, each with its group: by whether context bounds it."""
    same = [at for at, step in enumerate(steps) if step.kind == "same"]
    bounds = [-1, *same, len(steps)]
    for before, after in pairwise(bounds):
        if after - before > 1:
            ends = (before >= 0, after < len(steps))
            yield _GROUPS[ends], steps[before + 1 : after]


def size_of(facts: Facts, lines: Sequence[int]) -> float:
    """How much code the base lines are: the logarithm of their number, twins counted less."""
    return math.log1p(sum(LIGHT if facts.material.light[line] else 1.0 for line in lines))
