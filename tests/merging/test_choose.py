"""The choice of placements: the best row of all, in order."""

from __future__ import annotations

from itertools import pairwise, product
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.merging.choose import Choice, weight_of
from bot.merging.evidence import Material
from bot.merging.gaps import gap_traits
from bot.merging.snippet import read_base, read_snippet

if TYPE_CHECKING:
    from bot.merging.placement import Placement

WORDS = ["alpha = 1", "beta = 2", "gamma(x)", "}", "delta = 4"]


def choice_of(base: list[str], snippet: list[str]) -> Choice:
    return Choice(Material(read_snippet("\n".join(snippet), base, "a.ts"), read_base(base)))


def total(choice: Choice, placements: tuple[Placement, ...]) -> float:
    """The sum of a row's scores: of its placements, and of all gaps round them."""
    found, reached = 0.0, 0
    for at, one in enumerate(placements):
        found += next(weighed.score for weighed in choice.weighed[at] if weighed.placement == one)
        gap = choice.segments[at].first - 1
        found += weight_of(gap_traits(choice.facts, gap, reached, one.start))
        reached = one.stop
    last = choice.segments[-1].last + 1
    return found + weight_of(gap_traits(choice.facts, last, reached, choice.lines))


@settings(max_examples=100)
@given(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=7),
    st.lists(st.sampled_from([*WORDS, "beta = 3", "// ..."]), min_size=1, max_size=7),
)
def test_the_best_row_is_the_best_of_all_rows_in_order(base: list[str], snippet: list[str]) -> None:
    choice = choice_of(base, snippet)
    if not choice.segments:
        return
    in_order = [
        row
        for row in product(*([weighed.placement for weighed in found] for found in choice.weighed))
        if all(one.stop <= other.start for one, other in pairwise(row))
    ]
    rows = choice.rows(within=50.0)
    assert bool(rows) == bool(in_order)
    if rows:
        best = max(total(choice, row) for row in in_order)
        assert abs(total(choice, rows[0].placements) - best) < 1e-6
        for row in rows:
            assert row.placements in in_order
            assert abs(best - total(choice, row.placements) - row.loss) < 1e-6


def test_segments_keep_the_order_of_the_snippet() -> None:
    base = ["alpha = 1", "beta = 2", "alpha = 1", "gamma(x)"]
    rows = choice_of(base, ["// ...", "beta = 2", "// ...", "alpha = 1", "also()", "// ..."]).rows(4.0)
    first, second = rows[0].placements
    assert (first.start, second.start) == (1, 2)


def test_segments_that_stand_in_no_order_of_the_file_have_no_row_of_context_alone() -> None:
    rows = choice_of(["alpha = 1", "beta = 2"], ["beta = 2", "// ...", "alpha = 1"]).rows(50.0)
    assert all(any(step.kind != "same" for one in row.placements for step in one.steps) for row in rows)
