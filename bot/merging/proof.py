"""The proof of a reading: what else the snippet could mean, and what speaks against the reading itself.

A reading with a flaw (see `flaws`) makes way for a near one without. What is left is proven when it has no flaw, no
doubt of its own (see `doubts`), and no rival:

    rival       a near reading, with no more flaws, gives other bytes (and does not merely delete more)
    weighing    with other weights (rather keep old code; rather replace it) such a reading is the best
    unlikely    the reading is not the best by the lines, but the best one has a flaw
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.merging.align import Tables
from bot.merging.doubts import ANCHORED, doubts_of
from bot.merging.evidence import DEFAULT
from bot.merging.flaws import HOLDS, flaws_of
from bot.merging.reading import difference, reading_of
from bot.merging.walk import Turn, Walk
from bot.model import Doubt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.merging.evidence import Material
    from bot.merging.reading import Reading

MARGIN = 0.25  # a reading that is worth so much less is no rival
MOST_RIVALS = 8
LONG = 6  # so many lines that go are a long deletion
KEEPER = replace(
    DEFAULT, drop=0.4, replace=0.25, new_known_run=0.0, new_known=0.6, definition=2.0, pair_renamed=1.5, next_to=0.3
)
REPLACER = replace(DEFAULT, drop=0.08, replace=0.03, new_known_run=1.2, definition=0.2)


class Proof:
    """The readings of one snippet: the best one, those that rival it, and what is doubtful about it."""

    def __init__(self, material: Material, path: str) -> None:
        self.material = material
        self.path = path
        self.gave_way: Reading | None = None
        self._flaws: dict[tuple[str, ...], tuple[Doubt, ...]] = {}
        tables = Tables(material, DEFAULT)
        walk = Walk(tables, within=MARGIN)
        self.best = reading_of(walk, material)
        near = [reading_of(Walk(tables, turn), material, turn.loss) for turn in _nearest(walk.turns)]
        rivals = self._rivals(near)
        if not rivals or self.flaws(self.best):
            weighed = [reading_of(Walk(Tables(material, scores)), material) for scores in (KEEPER, REPLACER)]
            self.weighed = self._rivals(weighed)
        else:
            self.weighed = ()
        self.rivals = rivals
        self._give_way()

    def decide(self, first: int, last: int) -> None:
        """Let a range of lines (1-based) decide between the best reading and its rivals, if just one touches it."""
        lines = self.material.base.lines
        numbers = {at for at, line in enumerate(lines) if first <= line.number + 1 <= last}
        inside = [reading for reading in (self.best, *self.rivals) if reading.touched & numbers]
        if self.rivals and len(inside) == 1:
            self.best = inside[0]
            self.rivals = ()
            self.gave_way = None

    @property
    def anchored(self) -> bool:
        """Whether anything but twins says where the snippet belongs."""
        steps = self.best.steps
        weight = sum(self.material.weights[step.token] for step in steps if step.kind == "same")
        likeness = sum(self.material.likeness[step.token].get(step.line, 0.0) for step in steps if step.kind == "pair")
        return weight + likeness >= ANCHORED

    def _give_way(self) -> None:
        """Take the nearest reading that is sound, if the best one is not."""
        if not self.flaws(self.best):
            return
        others = [*self.rivals, *self.weighed]
        sound = [reading for reading in others if not self.flaws(reading)]
        if sound:
            self.gave_way = self.best
            self.best = sound[0]
            self.rivals = self._rivals(sound[1:])
            self.weighed = ()

    def _rivals(self, others: Sequence[Reading]) -> tuple[Reading, ...]:
        """Those of `others` that rival the best one: other bytes, no more flaws, and more than a greater deletion."""
        found: list[Reading] = []
        flaws = {doubt.rule for doubt in self.flaws(self.best)}
        # A short deletion that two telling lines side by side show is no doubt; a long one may be a forgotten marker.
        short = sum(step.kind == "drop" for step in self.best.steps) < LONG
        for other in others:
            if other.lines == self.best.lines or other.kept < self.best.kept:
                continue
            if any(other.lines == known.lines for known in found) or (
                short and self._copies(other) > self._copies(self.best)
            ):
                continue
            worse = {doubt.rule for doubt in self.flaws(other)}
            if not worse > flaws:
                found.append(other)
        return tuple(found)

    def _copies(self, reading: Reading) -> int:
        """How many lines a reading takes for new that stand in the base once and are telling."""
        weights, places = self.material.weights, self.material.places
        return sum(
            step.kind == "new" and len(places[step.token]) == 1 and weights[step.token] >= HOLDS
            for step in reading.steps
        )

    def flaws(self, reading: Reading) -> tuple[Doubt, ...]:
        """What is wrong with the reading's result itself."""
        known = self._flaws.get(reading.lines)
        if known is None:
            known = flaws_of(reading, self.material, self.path)
            self._flaws[reading.lines] = known
        return known

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """All that is doubtful about the best reading; none: it is proven."""
        best, material = self.best, self.material
        return (
            *self.flaws(best),
            *(Doubt("rival", difference(best, rival, material)) for rival in self.rivals),
            *(Doubt("weighing", difference(best, rival, material)) for rival in self.weighed),
            *doubts_of(best, material),
            *(() if self.gave_way is None else (Doubt("unlikely", difference(best, self.gave_way, material)),)),
        )


def _nearest(turns: Sequence[Turn]) -> list[Turn]:
    return sorted(turns, key=lambda turn: turn.loss)[:MOST_RIVALS]
