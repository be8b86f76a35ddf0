"""The traits of a placement's two edges: its first and its last line, and the kept lines beside them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from bot.merging.names import is_mark
from bot.merging.structure import may_follow, opens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.merging.facts import Facts
    from bot.merging.placement import Placement, Segment, Step
    from bot.merging.snippet import Gap

ALIKE = 0.1
LIKE = 0.65
LONG_RUN = 3


def edge_traits(facts: Facts, segment: Segment, placement: Placement, found: dict[str, float]) -> None:
    """Add the traits of both edges."""
    steps = placement.steps
    first, last = steps[0], steps[-1]
    before, after = facts.gap(segment.first - 1), facts.gap(segment.last + 1)
    _side(facts, "start", steps, before, found)
    _side(facts, "end", steps[::-1], after, found)
    if first.kind == "same" and last.kind == "same":
        found["edge.both-shown"] = 1.0
    _joins(facts, placement, found)
    _neighbours(facts, placement, found)


def _side(facts: Facts, side: str, steps: Sequence[Step], gap: Gap, found: dict[str, float]) -> None:
    """What the line at one edge is; `steps` begin there."""
    material, edge = facts.material, steps[0]
    if edge.kind == "same":
        weight = material.weights[edge.token]
        if not gap.implied:
            found[f"edge.{side}.shown"] = 1.0
            found[f"edge.{side}.shown.weight"] = weight
        if is_mark(material.keys[edge.line]):
            found[f"edge.{side}.mark"] = 1.0
        run = [edge.line]
        for step in steps[1:]:
            if step.kind != "same" or abs(step.line - run[-1]) != 1:
                break
            run.append(step.line)
        found[f"edge.{side}.twins"] = math.log(facts.places_of_run(min(run), max(run) + 1))
        found[f"edge.{side}.run"] = min(LONG_RUN, len(run))
        return
    if edge.kind == "pair" and not gap.implied:
        found[f"edge.{side}.changed"] = 1.0
        found[f"edge.{side}.changed.like"] = facts.likeness(edge.token, edge.line) - LIKE
        if edge.line in material.namesakes[edge.token]:
            found[f"edge.{side}.changed.name"] = 1.0
    if material.places[edge.token]:
        found[f"edge.{side}.known"] = material.weights[edge.token]


def _joins(facts: Facts, placement: Placement, found: dict[str, float]) -> None:
    """Whether the kept lines on both sides can be the neighbours of the segment's own."""
    material, lines = facts.material, facts.base.lines
    start, stop, steps = placement.start, placement.stop, placement.steps
    first, last = steps[0], steps[-1]
    if first.kind != "same" and start > 0:
        if not may_follow(facts.shape(start - 1), facts.shown(first.token)):
            found["edge.start.misfit"] = 1.0
        deeper = material.depths[first.token] > lines[start - 1].indent
        if first.kind == "new" and deeper and not opens(material.keys[start - 1]):
            found["edge.start.deeper"] = 1.0
    if last.kind != "same" and stop < len(lines):
        if not may_follow(facts.shown(last.token), facts.shape(stop)):
            found["edge.end.misfit"] = 1.0
        deeper = lines[stop].indent > material.depths[last.token]
        if last.kind == "new" and deeper and not opens(facts.line(last.token).key):
            found["edge.end.deeper"] = 1.0
    if start > 0 and stop < len(lines):
        low = min(lines[start - 1].indent, lines[stop].indent)
        if any(
            step.kind in {"new", "pair"} and material.depths[step.token] < low and not facts.shown(step.token).free
            for step in steps
        ):
            found["edge.dip"] = 1.0


def _neighbours(facts: Facts, placement: Placement, found: dict[str, float]) -> None:
    """How the segment's first and last lines compare with the kept lines beside them."""
    material, lines = facts.material, facts.base.lines
    start, stop, steps = placement.start, placement.stop, placement.steps
    for side, edge, beside, own in (("start", steps[0], start - 1, start), ("end", steps[-1], stop, stop)):
        if edge.kind == "same":
            continue
        # A block's edge: blank lines, or a change of depth, part the lines here.
        inner = 0 < own < len(lines)
        if not inner or lines[own].blanks or lines[own].indent != lines[own - 1].indent:
            found[f"edge.{side}.parted"] = 1.0
        if not 0 <= beside < len(lines):
            continue
        if lines[beside].glue == facts.line(edge.token).glue:
            found[f"edge.{side}.twice"] = 1.0
        if edge.kind == "pair":
            same_depth = lines[beside].indent == lines[edge.line].indent
            near = material.likeness[edge.token].get(beside, 0.0) if same_depth else 0.0
            if (
                near >= facts.likeness(edge.token, edge.line) - ALIKE
                and edge.line not in material.namesakes[edge.token]
            ):
                found["edge.alike"] = found.get("edge.alike", 0.0) + 1.0
        elif _same_kind(facts, edge.token, beside):
            found[f"edge.{side}.kin"] = 1.0
    first = steps[0]
    inserted = 0 < start == stop < len(lines) and first.kind == "new"
    # A comment or decorator right above belongs to the line below it, not to new lines between the two.
    if inserted and is_mark(material.keys[start - 1]) and not is_mark(facts.line(first.token).key):
        found["edge.orphan"] = 1.0


def _same_kind(facts: Facts, token: int, line: int) -> bool:
    """Whether a new line begins with the same word, at the same depth, as the kept line beside it."""
    word = facts.line(token).key.split(" ", 1)[0]
    other = facts.base.lines[line]
    return len(word) > 2 and other.indent == facts.material.depths[token] and other.key.split(" ", 1)[0] == word
