"""The traits of a placement: all that speaks for it or against it, counted.

A trait is a name and a number (mostly 0 or 1, or the logarithm of a count). What a trait weighs stands in `weights`;
the score of a placement is the sum. Groups of traits:

    line.*      the segment's lines: context, changed, new, and how well each fits its place
    in.*        changes between two context lines; head.* before the first of them, tail.* behind the last one,
    head.* ...  all.* in a segment without any: there the extent of what gives way is open at one or both ends
    edge.*      the first and the last line, beside a marker or the end of the snippet; see `edges`
    block.*     brackets, words and definitions of the segment against those of the lines that it replaces; see `bodies`
    line.*.home and its kin: under which header lines stand; see `bodies`
    word.*, *.lost  what goes and is missed; see `losses`
    gap.*       what the markers keep; see `gaps`
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from bot.merging.blocks import balance_of
from bot.merging.bodies import block_traits
from bot.merging.edges import edge_traits
from bot.merging.hunks import add, hunks_of, size_of
from bot.merging.losses import loss_traits, word_traits
from bot.merging.names import begins_item, defined_name, kind_of, subject
from bot.merging.structure import ends_block

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.merging.facts import Facts
    from bot.merging.hunks import Traits
    from bot.merging.placement import Placement, Segment, Step

HEAVY = 0.6  # a line of more weight says where it belongs
TWIN = 0.3  # a line of less weight is a twin
MOST_COMPARED = 8_000  # characters of old and new code that are compared
_NOWHERE = -2


def traits_of(facts: Facts, segment: Segment, placement: Placement) -> Traits:
    """The traits of a segment's placement, what the gaps beside it keep apart (see `gaps`)."""
    found: Traits = {}
    _lines(facts, placement, found)
    hunks = tuple(hunks_of(placement.steps))
    for group, steps in hunks:
        _hunk(facts, steps, group, found)
    loss_traits(facts, segment, hunks, found)
    word_traits(facts, segment, placement, found)
    block_traits(facts, segment, placement, found)
    edge_traits(facts, segment, placement, found)
    return found


def _lines(facts: Facts, placement: Placement, found: Traits) -> None:
    material, lines = facts.material, facts.base.lines
    block: int | None = None  # the depth of a new definition that the lines belong to
    before = _NOWHERE  # the base line that the line before is, if it is one
    weights = next_to = 0.0
    for step in placement.steps:
        kind, token, line = step.kind, step.token, step.line
        if kind == "same":
            depth, weight = material.depths[token], material.weights[token]
            weights += weight
            if lines[line].indent != depth:
                add(found, "line.shifted.twin" if weight < TWIN else "line.shifted")
            if before == line - 1:
                next_to += facts.bonus.get(line, 0.0)
            if block is not None and depth <= block:
                block = None
            before = line
            continue
        before = _NOWHERE
        if kind == "pair":
            _changed(facts, step, found)
            block = None
        elif kind == "new":
            depth = material.depths[token]
            inside = block is not None and (depth > block or (depth == block and _ends(facts, token)))
            places = material.places[token]
            if places:
                _known(facts, token, placement, found, inside=inside)
            if not inside:
                key = facts.line(token).key
                block = depth if not places and (defined_name(key) or begins_item(key)) else None
    add(found, "line.same.weight", weights)
    add(found, "line.next", next_to)


def _known(facts: Facts, token: int, placement: Placement, found: Traits, *, inside: bool) -> None:
    """A new line that the base has already: it moves, if its place gives way too; else it will stand there twice."""
    places = facts.material.places[token]
    if all(placement.start <= place < placement.stop for place in places):
        add(found, "line.moved", facts.known(token))
    else:
        add(found, "line.known.inside" if inside else "line.known", facts.known(token))
        if not inside and len(places) == 1 and facts.material.weights[token] > HEAVY:
            add(found, "line.twice")


def _ends(facts: Facts, token: int) -> bool:
    return ends_block(facts.line(token).text)


def _changed(facts: Facts, step: Step, found: Traits) -> None:
    material = facts.material
    new, old = facts.line(step.token).key, material.keys[step.line]
    add(found, "line.changed")
    if material.places[step.token]:
        add(found, "line.changed.known", facts.known(step.token))
    add(found, "line.like", (facts.likeness(step.token, step.line) - 0.65) * min(1.0, 0.3 + len(new) / 24))
    here, there = subject(new), subject(old)
    if here and there:
        if here == there:
            add(found, "line.name.same")
        else:
            add(found, "line.name.other", _unlike(here, there))
    names = defined_name(new), material.defines[step.line]
    if (names[0] is None) != (names[1] is None):
        add(found, "line.kind.other")
    elif names[0] != names[1]:
        add(found, "line.renamed")
        add(found, "line.renamed.known", bool(names[0] and facts.uses(names[0]) > 1))


def _unlike(here: str, there: str) -> float:
    """How little two names are like each other, from 0 to 1."""
    from rapidfuzz import fuzz  # heavy: only a merge needs it

    return 1 - fuzz.ratio(here, there) / 100


def _hunk(facts: Facts, steps: Sequence[Step], group: str, found: Traits) -> None:
    material = facts.material
    gone = [step.line for step in steps if step.kind in {"drop", "pair"}]
    new = [step.token for step in steps if step.kind in {"new", "pair"}]
    add(found, f"{group}.hunk")
    add(found, f"{group}.gone", size_of(facts, gone))
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
    if gone:
        signs = facts.signs(new), facts.base_signs(gone)
        if signs[0] != signs[1]:
            here, there = map(balance_of, signs)
            add(found, "block.torn", here.brackets != there.brackets)
            add(found, "block.torn.words", here.words != there.words)
    names = {name for line in gone if (name := material.defines[line])}
    if names:
        shown = {name for token in new if (name := defined_name(facts.line(token).key))}
        if shown and not names & shown:
            add(found, f"{group}.swap", min(_unlike(old, other) for old in names for other in shown))


def _replacement(facts: Facts, gone: Sequence[int], new: Sequence[int], group: str, found: Traits) -> None:
    """How well new lines fit as the new form of those that go."""
    material = facts.material
    kinds = {kind_of(facts.line(token).key) for token in new}
    add(found, f"{group}.strange", math.log1p(sum(kind_of(material.keys[line]) not in kinds for line in gone)))
    breaks = sum(bool(facts.base.lines[line].blanks) for line in gone[1:])
    breaks -= sum(bool(facts.line(token).blanks) for token in new[1:])
    add(found, f"{group}.paragraphs", math.log1p(max(0, breaks)))
    if len(gone) > len(new):
        add(found, f"{group}.shrinks", math.log((len(gone) + 1) / (len(new) + 1)))
    old_name, new_name = subject(material.keys[gone[0]]), subject(facts.line(new[0]).key)
    if old_name and new_name and old_name != new_name:
        add(found, f"{group}.other", _unlike(old_name, new_name))
    for line, token in ((gone[0], new[0]), (gone[-1], new[-1])):
        if facts.base.lines[line].indent != material.depths[token]:
            add(found, f"{group}.depth")
