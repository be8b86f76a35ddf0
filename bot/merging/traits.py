"""The traits of a placement: all that speaks for it or against it, counted.

A trait is a name and a number (mostly 0 or 1, or the logarithm of a count). What a trait weighs stands in `weights`;
the score of a placement is the sum. Groups of traits:

    line.*      the segment's lines: context, changed, new, and how well each fits its place
    in.*        changes between two context lines; head.* before the first of them, tail.* behind the last one,
    head.* ...  all.* in a segment without any: there the extent of what gives way is open at one or both ends
    edge.*      the first and the last line, beside a marker or the end of the snippet; see `edges`
    block.*     brackets, depth and definitions of the segment against those of the lines that it replaces
    gap.*       what the markers keep; see `gaps`
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

from bot.merging.edges import edge_traits
from bot.merging.facts import is_word
from bot.merging.names import defined_name, subject
from bot.merging.structure import ends_block, has_depth, opens

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.merging.facts import Facts
    from bot.merging.placement import Placement, Segment
    from bot.merging.walk import Step

Traits = dict[str, float]
LIGHT = 0.3  # what a line such as `}` counts among lines that go
HEAVY = 0.6  # a line of more weight says where it belongs
TWIN = 0.3  # a line of less weight is a twin
_GROUPS = {(True, True): "in", (False, True): "head", (True, False): "tail", (False, False): "all"}
MOST_COMPARED = 8_000  # characters of old and new code that are compared


def traits_of(facts: Facts, segment: Segment, placement: Placement) -> Traits:
    """The traits of a segment's placement, what the gaps beside it keep apart (see `gaps`)."""
    found: Traits = {}
    _lines(facts, placement, found)
    for group, steps in hunks_of(placement.steps):
        _hunk(facts, steps, group, found)
    _removed(facts, segment, placement.steps, found)
    _block(facts, segment, placement, found)
    edge_traits(facts, segment, placement, found)
    return found


def add(traits: Traits, name: str, value: float = 1.0) -> None:
    """Count a trait."""
    if value:
        traits[name] = traits.get(name, 0.0) + value


def _lines(facts: Facts, placement: Placement, found: Traits) -> None:
    material = facts.material
    block: int | None = None  # the depth of a new definition that the lines belong to
    before: Step | None = None
    for step in placement.steps:
        depth = material.depths[step.token]
        if step.kind == "same":
            weight = material.weights[step.token]
            add(found, "line.same")
            add(found, "line.same.weight", weight)
            if facts.base.lines[step.line].indent != depth:
                add(found, "line.shifted.twin" if weight < TWIN else "line.shifted")
            if before is not None and before.kind == "same" and before.line == step.line - 1:
                add(found, "line.next", facts.bonus.get(step.line, 0.0))
            if block is not None and depth <= block:
                block = None
        elif step.kind == "pair":
            _changed(facts, step, found)
            block = None
        elif step.kind == "new":
            add(found, "line.new")
            inside = block is not None and (depth > block or (depth == block and _ends(facts, step.token)))
            _known(facts, step.token, placement, found, inside=inside)
            if not inside:
                own = defined_name(facts.line(step.token).key) and not material.places[step.token]
                block = depth if own else None
        before = step


def _known(facts: Facts, token: int, placement: Placement, found: Traits, *, inside: bool) -> None:
    """A new line that the base has already: it moves, if its place gives way too; else it will stand there twice."""
    places = facts.material.places[token]
    if not places:
        return
    if all(placement.start <= place < placement.stop for place in places):
        add(found, "line.moved", facts.known(token))
    else:
        add(found, "line.known.inside" if inside else "line.known", facts.known(token))
        if not inside and len(places) == 1 and facts.material.weights[token] > HEAVY:
            add(found, "line.twice")


def _ends(facts: Facts, token: int) -> bool:
    return ends_block(facts.line(token).text)


def _changed(facts: Facts, step: Step, found: Traits) -> None:
    new, old = facts.line(step.token).key, facts.material.keys[step.line]
    add(found, "line.changed")
    add(found, "line.like", (facts.likeness(step.token, step.line) - 0.65) * min(1.0, 0.3 + len(new) / 24))
    here, there = subject(new), subject(old)
    if here and there:
        if here == there:
            add(found, "line.name.same")
        else:
            add(found, "line.name.other", _unlike(here, there))
    if (defined_name(new) is None) != (defined_name(old) is None):
        add(found, "line.kind.other")
    if facts.base.lines[step.line].indent != facts.material.depths[step.token]:
        add(found, "line.changed.shifted")


def _unlike(here: str, there: str) -> float:
    """How little two names are like each other, from 0 to 1."""
    from rapidfuzz import fuzz  # heavy: only a merge needs it

    return 1 - fuzz.ratio(here, there) / 100


def _size(facts: Facts, lines: Sequence[int]) -> float:
    """How much code the base lines are: the logarithm of their number, twins counted less."""
    return math.log1p(sum(LIGHT if facts.material.light[line] else 1.0 for line in lines))


def hunks_of(steps: Sequence[Step]) -> Iterator[tuple[str, Sequence[Step]]]:
    """The runs of changed, new and dropped lines, each with its group: by whether context bounds it."""
    same = [at for at, step in enumerate(steps) if step.kind == "same"]
    bounds = [-1, *same, len(steps)]
    for before, after in pairwise(bounds):
        if after - before > 1:
            ends = (before >= 0, after < len(steps))
            yield _GROUPS[ends], steps[before + 1 : after]


def _hunk(facts: Facts, steps: Sequence[Step], group: str, found: Traits) -> None:
    material = facts.material
    gone = [step.line for step in steps if step.kind in {"drop", "pair"}]
    new = [step.token for step in steps if step.kind in {"new", "pair"}]
    add(found, f"{group}.hunk")
    add(found, f"{group}.gone", _size(facts, gone))
    add(found, f"{group}.new", math.log1p(len(new)))
    if gone and not new:
        add(found, f"{group}.bare", math.log1p(len(gone)))
    old_text = "\n".join(material.keys[line] for line in gone)
    new_text = "\n".join(facts.line(token).key for token in new)
    if len(old_text) + len(new_text) < MOST_COMPARED:
        from rapidfuzz.distance import Indel  # heavy: only a merge needs it

        distance = Indel.distance(old_text, new_text)
        add(found, f"{group}.typed", math.log1p(distance))
        if gone and new:
            add(found, f"{group}.like", 0.5 - distance / (len(old_text) + len(new_text)))
    if gone and new:
        _replacement(facts, gone, new, group, found)
    if gone and facts.base_brackets(gone) != facts.brackets(new):
        add(found, "block.torn")
    names = {name for line in gone if (name := defined_name(material.keys[line]))}
    shown = {name for token in new if (name := defined_name(facts.line(token).key))}
    if names and shown and not names & shown:
        add(found, f"{group}.swap", min(_unlike(old, other) for old in names for other in shown))


def _replacement(facts: Facts, gone: Sequence[int], new: Sequence[int], group: str, found: Traits) -> None:
    """How well new lines fit as the new form of those that go."""
    material = facts.material
    if len(gone) > len(new):
        add(found, f"{group}.shrinks", math.log((len(gone) + 1) / (len(new) + 1)))
    old_name, new_name = subject(material.keys[gone[0]]), subject(facts.line(new[0]).key)
    if old_name and new_name and old_name != new_name:
        add(found, f"{group}.other", _unlike(old_name, new_name))
    for line, token in ((gone[0], new[0]), (gone[-1], new[-1])):
        if facts.base.lines[line].indent != material.depths[token]:
            add(found, f"{group}.depth")


def _removed(facts: Facts, segment: Segment, steps: Sequence[Step], found: Traits) -> None:
    """What goes without a trace: lines with nothing in their place, and definitions, above all such that are used."""
    material = facts.material
    subjects = {subject(facts.line(token).key) for token in segment.tokens}
    for group, hunk in hunks_of(steps):
        lost = [step for step in hunk if step.kind in {"drop", "pair"} and _lost(material.keys[step.line], subjects)]
        add(found, f"{group}.lost.names", math.log1p(len(lost)))
    add(found, "line.dropped", _size(facts, [step.line for step in steps if step.kind == "drop"]))
    gone = [step.line for step in steps if step.kind in {"drop", "pair"}]
    if not any(material.defines[line] for line in gone):
        return
    shown = "\n".join(facts.line(token).text for token in segment.tokens)
    again = {defined_name(facts.line(token).key) for token in segment.tokens}
    for group, hunk in hunks_of(steps):
        names = (defined_name(material.keys[step.line]) for step in hunk if step.kind in {"drop", "pair"})
        if any(name and name not in shown for name in names):
            add(found, f"{group}.lost")
    for line in gone:
        name = defined_name(material.keys[line])
        if name and is_word(name) and name not in again:
            add(found, "block.undefined")
            if facts.uses[name] > sum(name in facts.words[other] for other in gone):
                add(found, "block.undefined.used")
                break


def _lost(key: str, subjects: set[str | None]) -> bool:
    """Whether a line is about something that the segment says nothing about."""
    name = subject(key)
    return name is not None and name not in subjects


def _block(facts: Facts, segment: Segment, placement: Placement, found: Traits) -> None:
    """The segment as a block: what it opens and closes must be what the lines in its place did."""
    material, steps = facts.material, placement.steps
    here = facts.brackets(segment.tokens)
    there = facts.base_brackets(range(placement.start, placement.stop))
    if here != there:
        add(found, "block.brackets")
        off = abs(len(here[0]) - len(there[0])) + abs(len(here[1]) - len(there[1]))
        add(found, "block.brackets.off", min(4, off))
    kinds = {step.kind for step in steps}
    if kinds == {"same"}:
        add(found, "block.unchanged")
    elif kinds == {"same", "drop"}:
        add(found, "block.only-drops")
    _old_body(facts, segment, placement, found)
    for step in steps:
        if step.kind not in {"new", "pair"}:
            continue
        name = defined_name(facts.line(step.token).key)
        others = facts.definitions.get(name, ()) if name else ()
        depth = material.depths[step.token]
        if any(not placement.start <= at < placement.stop and facts.base.lines[at].indent == depth for at in others):
            add(found, "block.defined-twice")
            break


def _old_body(facts: Facts, segment: Segment, placement: Placement, found: Traits) -> None:
    """Whether the rest of an old block stays behind new lines that stand under its header.

    If the marker behind them is deeper than the header, it stands inside the block, and that is as it should be.
    """
    steps, stop = placement.steps, placement.stop
    if stop >= len(facts.base.lines) or steps[-1].kind == "same":
        return
    following = facts.base.lines[stop].indent
    for step in reversed(steps[:-1]):
        if step.kind not in {"same", "pair"}:
            continue
        depth, key = facts.material.depths[step.token], facts.line(step.token).key
        if depth < following and has_depth(key, facts.lazy.path) and opens(key):
            gap = facts.gap(segment.last + 1)
            inside = not gap.implied and gap.indent > depth
            add(found, "block.goes-on.inside" if inside else "block.goes-on")
            return
