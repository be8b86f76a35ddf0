"""The traits of a segment as a block: what it opens, what it stands under, and what it defines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.merging.hunks import add
from bot.merging.structure import has_depth, opens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.merging.facts import Facts
    from bot.merging.hunks import Traits
    from bot.merging.placement import Placement, Segment, Step


def block_traits(facts: Facts, segment: Segment, placement: Placement, found: Traits) -> None:
    """The segment as a block: what it opens and closes must be what the lines in its place did."""
    steps = placement.steps
    here = facts.balance_of(segment)
    there = facts.base_balance(range(placement.start, placement.stop))
    if here.brackets != there.brackets:
        add(found, "block.brackets")
        off = abs(len(here.closed) - len(there.closed)) + abs(len(here.opened) - len(there.opened))
        add(found, "block.brackets.off", min(4, off))
    add(found, "block.words", here.words != there.words)
    kinds = {step.kind for step in steps}
    if kinds == {"same"}:
        add(found, "block.unchanged")
    elif kinds == {"same", "drop"}:
        add(found, "block.only-drops")
    _old_body(facts, segment, placement, found)
    headers = _shown_parents(facts, steps)
    if any(
        _stands_elsewhere(facts, placement, step, shown)
        for step, shown in zip(steps, headers, strict=True)
        if step.kind in {"new", "pair"}
    ):
        add(found, "block.defined-twice")
    _homes(facts, placement, headers, found)


def _stands_elsewhere(facts: Facts, placement: Placement, step: Step, shown: Step | None) -> bool:
    """Whether a new definition has a name that the same block of the base defines elsewhere too.

    `shown` is the line of the segment under which the step stands.
    """
    declared = facts.declared(step.token)
    if not declared or (shown is not None and shown.kind == "new"):
        return False
    others = [line for line in declared if not placement.start <= line < placement.stop]
    depth = facts.material.depths[step.token]
    parent = facts.header(placement.start, depth) if shown is None else shown.line
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
            add(found, "block.goes-on.inside" if inside else "block.goes-on")
            return


def _homes(facts: Facts, placement: Placement, headers: Sequence[Step | None], found: Traits) -> None:
    """Whether lines stand under the header that they have in the base.

    home: they do; stolen: under a new one, while their own stays elsewhere; adopted: under another one, or a new one
    in place of theirs. Lines that moved deeper or out on purpose are none of these.
    """
    material, steps = facts.material, placement.steps
    place = {step.line: step.token for step in steps if step.kind in {"same", "pair"}}
    for step, shown in zip(steps, headers, strict=True):
        # Without a header in the segment nothing is said.
        if shown is None or step.kind not in {"same", "pair"} or material.light[step.line]:
            continue
        depth = material.depths[step.token]
        if not depth or facts.base.lines[step.line].indent != depth:
            continue
        own = facts.parent(step.line)
        if shown.kind in {"same", "pair"} and shown.line == own:
            add(found, f"line.{step.kind}.home")
        elif own < placement.start or own in place:
            add(found, f"line.{step.kind}.stolen")
        else:
            add(found, f"line.{step.kind}.adopted")


def _shown_parents(facts: Facts, steps: Sequence[Step]) -> list[Step | None]:
    """For each step the nearest one above that is less deep, None for none; dropped lines are not shown."""
    found: list[Step | None] = []
    above: list[tuple[int, Step]] = []  # each deeper than the one before it
    for step in steps:
        if step.kind == "drop":
            found.append(None)
            continue
        depth = facts.material.depths[step.token]
        while above and above[-1][0] >= depth:
            above.pop()
        found.append(above[-1][1] if above else None)
        above.append((depth, step))
    return found
