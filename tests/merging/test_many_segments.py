"""A snippet of hundreds of parts: what its readings have in common is worked out once."""

from __future__ import annotations

from itertools import chain
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.merging import merge
from bot.merging.choose import Choice
from bot.merging.evidence import Material
from bot.merging.placement import Placement, Step
from bot.merging.proof import EVEN, MOST_READ, MOST_RIVALS, ODDS, Proof
from bot.merging.reading import Reading
from bot.merging.renderer import Renderer
from bot.merging.snippet import Line, read_base, read_snippet
from bot.model import Doubt, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.merging.renderer import Styled

WORDS = ["alpha = 1", "    beta = 2", "gamma(x)", "}", "", "if delta:", "        deep()", "# ..."]
PARTS = 40


class Counting(Renderer):
    """A renderer that counts the stretches that it renders."""

    rendered = 0

    def _rendered(self, stretch: Sequence[Styled]) -> Iterator[str]:
        self.rendered += 1
        return super()._rendered(stretch)


class Scripted(Proof):
    """A proof over given readings that notes of which of them the grammar would be asked."""

    def __init__(self, readings: list[Reading], flawed: frozenset[Reading] = frozenset()) -> None:
        self.material = cast("Material", SimpleNamespace(glues=list("abcdefghi")))
        self.gave_way = None
        self.asked: list[Reading] = []
        self.flawed = flawed
        self._read = 0
        self._readings = readings
        self.best = readings[0]
        self.rivals = self._rivals()

    def flaws(self, reading: Reading) -> tuple[Doubt, ...]:
        self._read += len(reading.lines)
        self.asked.append(reading)
        return (Doubt("syntax", "it has an error"),) if reading in self.flawed else ()


def readings_of(number: int, loss: float, size: int) -> list[Reading]:
    """The best reading, and others that each part from it in a segment of their own."""
    steps = (Step("same", 0, 0),)
    best = Reading((Placement(0, 1, steps),), 9, ("best",) * size)
    others = [Reading(best.placements, 9, (f"other {at}",) * size, loss, turn=at) for at in range(number)]
    return [best, *others]


def many_parts() -> tuple[list[str], list[str]]:
    """A base of functions that end alike, and a snippet that changes the end of each, and nothing else."""
    base = list(chain.from_iterable((f"def f{at}(a):", f"    b = g{at}(a)", "    return b", "") for at in range(PARTS)))
    shown = list(chain.from_iterable(("# ...", f"    b = g{at}(a)", "    return b + 1") for at in range(PARTS)))
    return base, [*shown, "# ..."]


def test_many_readings_are_rendered_as_each_of_them_would_be_alone() -> None:
    base, shown = many_parts()
    material = Material(read_snippet("\n".join(shown), base, "a.py"), read_base(base))
    rows = Choice(material).rows(100.0)
    together = Counting(material.lazy, material.base)
    for row in rows:
        assert together.lines(row.placements) == Renderer(material.lazy, material.base).lines(row.placements)
    assert len(rows) > PARTS
    # Each reading alone has a stretch for each part; all of them have but a few more than there are placements.
    assert together.rendered < 3 * len(rows)


@settings(max_examples=150)
@given(
    st.lists(st.sampled_from(WORDS[:-1]), min_size=1, max_size=9),
    st.lists(st.sampled_from([*WORDS, "new()", "    new(2)"]), min_size=1, max_size=9),
    st.sampled_from(["a.py", "a.ts", "a.md"]),
)
def test_sharing_changes_no_line(base: list[str], shown: list[str], path: str) -> None:
    lazy = read_snippet("\n".join(shown), base, path)
    if not any(isinstance(token, Line) for token in lazy.tokens):
        return
    material = Material(lazy, read_base(base))
    together = Renderer(material.lazy, material.base)
    for row in Choice(material).rows(100.0):
        assert together.lines(row.placements) == Renderer(material.lazy, material.base).lines(row.placements)


def test_a_change_in_each_of_many_parts_lands_in_each() -> None:
    base, shown = many_parts()
    merged = merge(base, "\n".join(shown), "a.py")
    assert merged.verdict is Verdict.VERIFIED
    assert merged.lines == tuple(line.replace("return b", "return b + 1") for line in base)


def test_the_grammar_is_asked_of_no_more_readings_than_are_shown_once_nothing_tells_them_apart() -> None:
    proof = Scripted(readings_of(500, 0.0, 1))
    assert len(proof.rivals) == MOST_RIVALS
    assert proof.odds > EVEN
    assert len(proof.asked) <= MOST_RIVALS + 1


def test_readings_that_are_not_asked_about_count_as_sound() -> None:
    loss, size = 0.5, MOST_READ // 20
    assert EVEN > 2.72**-loss > ODDS
    readings = readings_of(100, loss, size)
    few = Scripted(readings, frozenset(readings[1:10]))
    assert len(few.asked) == pytest.approx(MOST_READ / size, abs=2)
    assert few.rivals == tuple(readings[10 : 10 + MOST_RIVALS])
    all_flawed = Scripted(readings, frozenset(readings[1:]))
    assert all_flawed.rivals  # those beyond: a doubt, and no proof
