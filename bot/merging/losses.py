"""The traits of what goes: lines, definitions and words that are gone, above all such as are used elsewhere."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from bot.merging.facts import is_word
from bot.merging.hunks import add, size_of
from bot.merging.names import defined_name, subject

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.merging.facts import Facts
    from bot.merging.hunks import Traits
    from bot.merging.placement import Placement, Segment, Step


def loss_traits(facts: Facts, segment: Segment, hunks: Sequence[tuple[str, Sequence[Step]]], found: Traits) -> None:
    """What goes without a trace: lines with nothing in their place, and definitions, above all such that are used."""
    material = facts.material
    steps = [step for _, hunk in hunks for step in hunk if step.kind != "new"]
    gone = [step.line for step in steps]
    if not gone:
        return
    subjects = facts.fragment(segment).subjects
    for group, hunk in hunks:
        lost = [step for step in hunk if step.kind in {"drop", "pair"} and _lost(material.keys[step.line], subjects)]
        add(found, f"{group}.lost.names", math.log1p(len(lost)))
    add(found, "line.dropped", size_of(facts, [step.line for step in steps if step.kind == "drop"]))
    if all(material.defines[line] is None for line in gone):
        return
    shown = "\n".join(facts.line(token).text for token in segment.tokens)
    again = {defined_name(facts.line(token).key) for token in segment.tokens}
    for group, hunk in hunks:
        names = (material.defines[step.line] for step in hunk if step.kind in {"drop", "pair"})
        if any(name and name not in shown for name in names):
            add(found, f"{group}.lost")
    going, ends = frozenset(gone), (min(gone), max(gone))
    for line in gone:
        name = material.defines[line]
        if name and is_word(name) and name not in again:
            add(found, "block.undefined")
            if facts.uses(name) > _going(facts.word_places(name), going, ends):
                add(found, "block.undefined.used")
                break


def _lost(key: str, subjects: frozenset[str | None]) -> bool:
    """Whether a line is about something that the segment says nothing about."""
    name = subject(key)
    return name is not None and name not in subjects


def _going(places: Sequence[int], gone: set[int] | frozenset[int], ends: tuple[int, int]) -> int:
    """How many of `places`, which are in order, are `gone`; `ends`: the first and the last line that goes.

    A word may stand in thousands of lines: it is looked for where lines go.
    """
    inside = places[bisect_left(places, ends[0]) : bisect_right(places, ends[1])]
    return len(gone.intersection(inside))


def word_traits(facts: Facts, segment: Segment, placement: Placement, found: Traits) -> None:
    """What becomes of words that go.

    orphan: the base has the word first in a line that goes, and uses it in lines that stay; dead: the word stays in
    one line, and all its uses go with this segment.
    """
    gone = {step.line for step in placement.steps if step.kind in {"drop", "pair"}}
    if not gone:
        return
    orphans = dead = 0
    ends = min(gone), max(gone)
    for word in set().union(*map(facts.words, gone)) - facts.fragment(segment).words:
        places = facts.word_places(word)
        if len(places) == 1:
            continue
        stay = len(places) - _going(places, gone, ends)
        if places[0] in gone:
            orphans += stay > 0
        elif stay == 1:
            dead += 1
    add(found, "word.orphan", math.log1p(orphans))
    add(found, "word.dead", math.log1p(dead))
