"""The traits of a segment as a block: what it opens, what it stands under, and what it defines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.merging.blocks import balance_of
from bot.merging.hunks import add
from bot.merging.structure import has_depth, opens

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.merging.facts import Facts, Fragment
    from bot.merging.hunks import Traits
    from bot.merging.placement import Placement, Segment, Step


def block_traits(facts: Facts, segment: Segment, placement: Placement, found: Traits) -> None:
    """The segment as a block: what it opens and closes must be what the lines in its place did."""
    steps, fragment = placement.steps, facts.fragment(segment)
    signs = facts.base_signs(range(placement.start, placement.stop))
    if signs != fragment.signs:
        here, there = balance_of(fragment.signs), balance_of(signs)
        if here.brackets != there.brackets:
            found["block.brackets"] = 1.0
            off = abs(len(here.closed) - len(there.closed)) + abs(len(here.opened) - len(there.opened))
            add(found, "block.brackets.off", min(4, off))
        add(found, "block.words", here.words != there.words)
    kinds = {step.kind for step in steps}
    if kinds == {"same"}:
        found["block.unchanged"] = 1.0
    elif kinds == {"same", "drop"}:
        found["block.only-drops"] = 1.0
    _old_body(facts, segment, placement, found)
    shown = {step.token: step for step in steps if step.kind != "drop"}
    if any(_stands_elsewhere(facts, fragment, placement, shown, token) for token in fragment.declaring):
        found["block.defined-twice"] = 1.0
    _homes(facts, fragment, placement, shown, found)


def _stands_elsewhere(
    facts: Facts, fragment: Fragment, placement: Placement, shown: Mapping[int, Step], token: int
) -> bool:
    """Whether a new definition has a name that the same block of the base defines elsewhere too."""
    header = fragment.parent(token)
    if shown[token].kind == "same" or (header >= 0 and shown[header].kind == "new"):
        return False
    start, stop = placement.start, placement.stop
    others = [line for line in facts.declared(token) if not start <= line < stop]
    depth = facts.material.depths[token]
    parent = facts.header(start, depth) if header < 0 else shown[header].line
    return any(facts.base.lines[line].indent == depth and facts.parent(line) == parent for line in others)


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
            inside = not gap.implied and gap.first > depth
            found["block.goes-on.inside" if inside else "block.goes-on"] = 1.0
            return


def _homes(facts: Facts, fragment: Fragment, placement: Placement, shown: Mapping[int, Step], found: Traits) -> None:
    """Whether lines stand under the header that they have in the base.

    home: they do; stolen: under a new one, while their own stays elsewhere; adopted: under another one, or a new one
    in place of theirs. Lines that moved deeper or out on purpose are none of these.
    """
    material, lines = facts.material, facts.base.lines
    place: set[int] | None = None
    for (token, step), header in zip(shown.items(), fragment.parents, strict=True):
        # Without a header in the segment nothing is said.
        if header < 0 or step.kind == "new" or material.light[step.line]:
            continue
        depth = material.depths[token]
        if not depth or lines[step.line].indent != depth:
            continue
        own, above = facts.parent(step.line), shown[header]
        if above.line == own and above.kind != "new":
            add(found, f"line.{step.kind}.home")
            continue
        if place is None:
            place = {one.line for one in shown.values() if one.kind != "new"}
        stolen = own < placement.start or own in place
        add(found, f"line.{step.kind}.{'stolen' if stolen else 'adopted'}")
