"""The traits that are weighed are traits that the engine counts."""

from __future__ import annotations

from support.cases import load_cases

from bot.merging.choose import candidates
from bot.merging.evidence import Material
from bot.merging.facts import Facts
from bot.merging.gaps import gap_traits
from bot.merging.placement import WIDE, segments_of
from bot.merging.snippet import read_base, read_snippet
from bot.merging.traits import traits_of
from bot.merging.weights import WEIGHTS
from bot.text import Document

# The test below shows it: no case has such a marker where a candidate keeps no import.
UNSEEN = {"gap.no-imports"}


def test_every_weight_is_that_of_a_trait_that_the_cases_show() -> None:
    seen: set[str] = set()
    for case in load_cases():
        lines = Document.from_bytes(case.original, case.path).lines
        it = Material(read_snippet(case.update, lines, case.path), read_base(lines))
        facts, segments = Facts(it), segments_of(it)
        for segment, placements in zip(segments, candidates(facts, segments, WIDE), strict=True):
            for one in placements.values():
                seen.update(traits_of(facts, segment, one))
                seen.update(gap_traits(facts, facts.gap(segment.first - 1), 0, one.start))
                seen.update(gap_traits(facts, facts.gap(segment.last + 1), one.stop, len(it.keys)))
                seen.update(gap_traits(facts, facts.gap(segment.first - 1), one.start, one.start))
    assert set(WEIGHTS) - UNSEEN <= seen


def test_a_marker_for_imports_is_held_to_what_it_says() -> None:
    base = ["import os", "import re", "", "run(os, re)", "stop(os, re)"]
    it = Material(read_snippet("# ... imports ...\nnew()\n", base, "a.py"), read_base(base))
    facts = Facts(it)
    assert "gap.imports" in gap_traits(facts, facts.gap(0), 0, 2)
    assert "gap.no-imports" in gap_traits(facts, facts.gap(0), 2, 4)
