"""The proof of a reading: what else the snippet could mean, and what speaks against the reading itself.

The readings come weighed (see `choose`). One with a flaw (see `flaws`) makes way for a near one without. What is left
is proven when it has no flaw, no doubt of its own (see `doubts`), and no rival:

    rival       other readings, with other bytes and no more flaws, together are not improbable enough
    unlikely    the reading is not the weightiest, but the weightiest one has a flaw
"""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING

from bot.errors import Code, Refusal
from bot.merging.bulk import bulk
from bot.merging.choose import Choice
from bot.merging.counterparts import SPARES
from bot.merging.doubts import ANCHORED, doubts_of
from bot.merging.flaws import flaws_of
from bot.merging.keyed import keyed
from bot.merging.kin import kin, listed, shrunk
from bot.merging.reading import Reading, difference, reading_of
from bot.merging.renderer import Renderer
from bot.merging.swaps import nested, succeeded, swapped, unheld
from bot.model import Doubt, LineRange

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.merging.evidence import Material

# The odds (all other readings against the best one) up to which it is proven, and what is looked at for that.
ODDS = 0.5
# The same where a reading differs in nothing but which of equal lines are meant, or in a segment without any line of
# the file: there the weighing has little to go by.
STRICT = 0.2
SURE = 0.05  # up to here the weighing answers doubts about the place itself
WITHIN = 4.0
GIVE_WAY = 2.5  # a reading with a flaw makes way for one that weighs so much less, and has none
NEAR = 3.0  # readings that weigh so much less are shown as what else the snippet may mean
MOST_RIVALS = 8
EVEN = 0.75  # at such odds against the best reading nothing tells which one was meant
# Lines of results in which flaws are looked for, the grammar asked and all; then a reading counts as sound.
MOST_READ = 200_000
TOLD = 0.6  # a line that is less like the one that it would replace says nothing about its place

# The odds up to which the weighing answers a doubt: it has compared these very places.
_SOFT = frozenset({"unanchored", "idle", "lost", "depth", "repeated", "unbounded", "edge"})
_BROKEN = frozenset({"balance", "syntax"})  # flaws of a result that nobody can have meant
# Flaws that are none where no near reading leaves all lines in: then something has to give way.
_SPARED = frozenset({"renamed"})

# Doubts about code that gives way: they ask how much a reading loses that takes nothing out.
_GIVES_WAY = (swapped, succeeded, unheld, nested, kin, listed, shrunk, keyed)


class Proof:
    """The readings of one snippet: the best one, those that rival it, and what is doubtful about it.

    Raises Refusal (`no-anchor`) where the snippet's segments find no place in this order.
    """

    def __init__(self, material: Material, path: str) -> None:
        self.material = material
        self.path = path
        self.gave_way: Reading | None = None
        self._flaws: dict[tuple[str, ...], tuple[Doubt, ...]] = {}
        self._read = 0  # lines of results in which flaws were looked for
        self._choice = Choice(material)
        renderer, size = Renderer(material.lazy, material.base), len(material.keys)
        self._readings = [reading_of(row, renderer, size) for row in self._choice.told(WITHIN)]
        if not self._readings:
            raise Refusal(
                Code.NO_ANCHOR,
                f"the snippet's parts stand in no order that {path} has "
                f"({LineRange(1, max(len(material.base.all), 1)).spoken})",
                "show the parts in the order of the file, each with a line of it",
            )
        self.best = self._readings[0]
        self._give_way()
        self.odds = 0.0  # of all other readings that part from the best one in the same segment, against it
        self.rivals = self._rivals()

    def decide(self, spans: Sequence[LineRange]) -> None:
        """Let lines decide between the best reading and its rivals, if all that just one reading touches are one's."""
        lines = self.material.base.lines
        chosen: list[Reading] = []
        for span in spans:
            numbers = {at for at, line in enumerate(lines) if span.first <= line.number + 1 <= span.last}
            inside = [reading for reading in (self.best, *self.rivals) if reading.touched & numbers]
            chosen += inside if len(inside) == 1 else []
        if self.rivals and chosen and all(reading is chosen[0] for reading in chosen):
            self.best = chosen[0]
            self.rivals = ()
            self.gave_way = None

    @property
    def anchored(self) -> bool:
        """Whether anything but twins says where the snippet belongs."""
        steps = tuple(self.best.shown)
        weight = sum(self.material.weights[step.token] for step in steps if step.kind == "same")
        if weight < ANCHORED and any(step.kind == "drop" for step in steps):
            return False  # lines go, and no line of the file says where
        pairs = [self.material.likeness[step.token].get(step.line, 0.0) for step in steps if step.kind == "pair"]
        return weight + sum(like for like in pairs if like >= TOLD) >= ANCHORED

    def _give_way(self) -> None:
        """Take the nearest reading that is sound, if the weightiest one is not."""
        if not self.flaws(self.best):
            return
        for other in self._readings[1:]:
            if other.loss > GIVE_WAY or self._read > MOST_READ:
                return
            if other.lines != self.best.lines and not self.flaws(other):
                self.gave_way, self.best = self.best, other
                return

    def _rivals(self) -> tuple[Reading, ...]:
        """Other readings with other bytes and no more flaws, if together they are not improbable enough."""
        known = {self.best.lines}
        flaws = {doubt.rule for doubt in self.flaws(self.best)}
        taken, places, loose = self._taken(self.best), _places(self.best), self._loose()
        odds: dict[int, float] = {}
        strict: dict[int, float] = {}
        found: list[Reading] = []
        for other in self._readings:
            if len(found) >= MOST_RIVALS and max(odds.values()) > EVEN:
                break  # what comes behind is not shown, and makes nothing more doubtful
            if other.lines in known or other is self.gave_way:
                continue
            known.add(other.lines)
            more = other.loss - self.best.loss
            told = max(0.0, more - other.lay)
            # The grammar is asked only where the answer matters.
            asked = math.exp(-told) > ODDS / 10 and self._read <= MOST_READ
            if asked and {doubt.rule for doubt in self.flaws(other)} > flaws:
                continue
            odds[other.turn] = odds.get(other.turn, 0.0) + math.exp(-more)
            same_lines = self._taken(other) == taken and _places(other) != places
            if other.turn in loose or same_lines or _is_elsewhere(other, self.best):
                strict[other.turn] = strict.get(other.turn, 0.0) + math.exp(-told)
            if told <= NEAR or not found:  # many far ones are a doubt too: the nearest is shown
                found.append(other)
        self.odds = max(odds.values(), default=0.0)
        many = self.odds > ODDS or max(strict.values(), default=0.0) > STRICT
        return tuple(found[:MOST_RIVALS]) if many else ()

    def _loose(self) -> frozenset[int]:
        """The segments that show no line of the file."""
        found = enumerate(self.best.segments)
        return frozenset(at for at, steps in found if all(step.kind != "same" for step in steps))

    def _taken(self, reading: Reading) -> tuple[tuple[int, str, str], ...]:
        """What each line of the snippet is taken for: the same of two readings that only differ in places."""
        glues = self.material.glues
        return tuple(
            (step.token, step.kind, glues[step.line] if step.line >= 0 else "")
            for step in reading.shown
            if step.kind != "drop"
        )

    def _is_broken(self, reading: Reading) -> bool:
        """Whether nobody can have meant the reading: its result does not even parse."""
        return {doubt.rule for doubt in self.flaws(reading)} <= _BROKEN

    def flaws(self, reading: Reading) -> tuple[Doubt, ...]:
        """What is wrong with the reading's result itself."""
        known = self._flaws.get(reading.lines)
        if known is None:
            self._read += len(reading.lines)
            known = flaws_of(reading, self.material, self.path)
            self._flaws[reading.lines] = known
        return known

    def standing(self, doubts: Sequence[Doubt]) -> Iterator[Doubt]:
        """The doubts that the weighing does not answer; it does where one segment changes nothing, but not for two."""
        idle = sum(doubt.rule == "idle" for doubt in doubts) > 1
        for doubt in doubts:
            if self.odds > SURE or doubt.rule not in _SOFT or (idle and doubt.rule == "idle"):
                yield doubt

    @cached_property
    def doubts(self) -> tuple[Doubt, ...]:
        """All that is doubtful about the best reading; none: it is proven."""
        best, material, sparing = self.best, self.material, self._choice.sparing()
        spared = min(sparing, default=math.inf) <= SPARES
        return (
            *(doubt for doubt in self.flaws(best) if spared or doubt.rule not in _SPARED),
            *(Doubt("rival", difference(best, rival, material)) for rival in self.rivals),
            *self.standing(tuple(doubts_of(best, material))),
            *(doubt for rule in _GIVES_WAY for doubt in rule(best, material, sparing)),
            *bulk(best, material, self._choice),
            *(
                ()
                if self.gave_way is None or self._is_broken(self.gave_way) or self.odds <= SURE
                else (Doubt("unlikely", difference(best, self.gave_way, material)),)
            ),
        )


def _is_elsewhere(other: Reading, best: Reading) -> bool:
    """Whether a segment has no line in one reading that it has in the other."""
    for here, there in zip(best.segments, other.segments, strict=True):
        mine, theirs = ({step.line for step in steps if step.line >= 0} for steps in (here, there))
        if mine and theirs and mine.isdisjoint(theirs):
            return True
    return False


def _places(reading: Reading) -> tuple[tuple[int, int], ...]:
    """Where the lines of the snippet stand that are lines of the file."""
    return tuple((step.token, step.line) for step in reading.shown if step.kind in {"same", "pair"})
