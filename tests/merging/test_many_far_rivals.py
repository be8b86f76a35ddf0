from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from bot.merging.placement import Placement, Step
from bot.merging.proof import NEAR, ODDS, STRICT, Proof
from bot.merging.reading import Reading
from bot.model import Doubt

if TYPE_CHECKING:
    from bot.merging.evidence import Material


class Scripted(Proof):
    """A proof over given readings, so that how they add up can be seen without a snippet that has just these."""

    def __init__(self, readings: list[Reading]) -> None:
        self.material = cast("Material", SimpleNamespace(glues=list("abcdefghi")))
        self.gave_way = None
        self._flaws = {reading.lines: () for reading in readings}
        self._read = 0
        self._readings = readings
        self.best = readings[0]
        self.rivals = self._rivals()


def reading(name: str, loss: float) -> Reading:
    return Reading((), 0, (name,), loss, turn=0)


def test_many_readings_that_are_each_far_are_a_doubt_together() -> None:
    far = [reading(f"other {number}", NEAR + 0.1) for number in range(12)]
    assert Scripted([reading("best", 0.0), *far]).rivals == (far[0],)


def test_few_of_them_are_none() -> None:
    assert Scripted([reading("best", 0.0), reading("other", NEAR + 0.1)]).rivals == ()
    assert 0 < ODDS < 1


def placed(name: str, loss: float, *lines: int) -> Reading:
    steps = tuple(Step("same", token, line) for token, line in enumerate(lines))
    return Reading((Placement(lines[0], lines[-1] + 1, steps),), 9, (name,), loss, turn=0)


def test_a_reading_that_stands_wholly_elsewhere_is_a_rival_at_lower_odds() -> None:
    loss = 1.2  # the odds lie between the two bounds
    assert STRICT < 2.72**-loss < ODDS
    best = placed("best", 0.0, 0, 1)
    other = placed("other", loss, 4, 5)
    assert Scripted([best, other]).rivals == (other,)
    assert Scripted([best, placed("near", loss, 1, 2)]).rivals == ()


def test_the_weighing_answers_for_one_segment_that_changes_nothing_not_for_two() -> None:
    proof = Scripted([placed("best", 0.0, 0, 1)])
    idle = Doubt("idle", "lines 1 to 2 are shown unchanged")
    assert list(proof.standing([idle])) == []
    assert list(proof.standing([idle, idle])) == [idle, idle]
