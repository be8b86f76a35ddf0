"""Rivals: another place or extent of one segment that the snippet allows as well.

The other segments stay where the merge has them. A reading is no rival if it costs more by a clear margin, gives the
same lines, leaves brackets open or breaks the syntax where the merge does not, doubles the line at the segment's edge,
or deletes code that the merge explains as kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.syntax import error_count, outline
from bot.verify.brackets import balance
from bot.verify.findings import Finding
from bot.verify.structure import doubled

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.verify.cost import Place
    from bot.verify.scene import Scene
    from bot.verify.texts import Segment
    from bot.verify.tiling import Tile

MARGIN = 15
FAR_CHEAPER = 60
KEPT = 60
DELETING = 250
_LOOKED_AT = 40
_PARSED = 3


def rivals(scene: Scene) -> list[Finding]:
    """The soft findings: for each segment the best other reading, if one is left."""
    found = []
    parsed = _PARSED
    for tile in scene.tiles:
        segment = scene.snippet.segments[tile.index]
        low, high = scene.bounds(tile)
        mine = scene.costs.cost(segment, tile.start, tile.stop)
        steps = scene.steps[tile.index]
        anchored = steps[0].is_context and steps[-1].is_context
        # A segment that changes nothing where it stands may have been meant to delete what stands between twins.
        margin = MARGIN if tile.stop - tile.start < len(segment.lines) or mine else DELETING
        pure = anchored and all(step.base < 0 or step.is_context for step in steps)
        near = sorted(
            (place for place in scene.costs.places(segment, low, high) if place.cost <= mine + margin),
            key=lambda place: place.cost,
        )
        for place in _possible(scene, tile, segment, near[:_LOOKED_AT]):
            if margin == DELETING and not _shows_all(scene, tile, place):
                continue
            if margin != DELETING and (pure or place.cost > mine - FAR_CHEAPER) and _deletes_more(scene, tile, place):
                continue
            if anchored and _leaves_edge(scene, tile, place):
                continue
            if parsed:
                parsed -= 1
                if _breaks(scene, tile, place):
                    continue
            found.append(
                Finding(
                    "rival",
                    f"segment {tile.index} at {tile.start}:{tile.stop} cost {mine}; rival {place.start}:{place.stop} cost {place.cost}",
                )
            )
            break
    return found


def _possible(scene: Scene, tile: Tile, segment: Segment, places: Sequence[Place]) -> Iterator[Place]:
    lines = scene.origin.lines
    shown = balance(line.text for line in segment.lines)
    mine = balance(line.text for line in lines[tile.start : tile.stop])
    for place in places:
        if (place.start, place.stop) == (tile.start, tile.stop) or _same(scene, tile, place, segment):
            continue
        if _doubles(scene, segment, place):
            continue
        if mine == shown and balance(line.text for line in lines[place.start : place.stop]) != shown:
            continue
        yield place


def _same(scene: Scene, tile: Tile, place: Place, segment: Segment) -> bool:
    """Whether both give the same lines."""
    if place.stop - place.start != tile.stop - tile.start:
        return False
    low, high = min(place.start, tile.start), max(place.stop, tile.stop)
    lines = scene.origin.lines
    shown = [line.key for line in segment.lines]

    def put(start: int, stop: int) -> list[str]:
        return [line.key for line in lines[low:start]] + shown + [line.key for line in lines[stop:high]]

    return put(place.start, place.stop) == put(tile.start, tile.stop)


def _doubles(scene: Scene, segment: Segment, place: Place) -> bool:
    """Whether the line at an edge of the segment would stand beside its own double: then it is that line."""
    lines = scene.origin.lines
    first, last = segment.lines[0].key, segment.lines[-1].key
    after = place.stop < len(lines) and lines[place.stop].key == last
    before = place.start > 0 and lines[place.start - 1].key == first
    # The base may have the twin lines itself: then the edge stands for one of them already.
    if after and place.stop > place.start and lines[place.stop - 1].key == last:
        after = False
    if before and place.stop > place.start and lines[place.start].key == first:
        before = False
    return after or before


def _deletes_more(scene: Scene, tile: Tile, place: Place) -> bool:
    """Whether the other reading deletes lines that the merge keeps, and shows nothing like them in their place."""
    if place.start >= tile.start and place.stop <= tile.stop:
        return False
    steps = scene.costs.align(scene.snippet.segments[tile.index], place.start, place.stop)
    return any(
        step.base >= 0 and not tile.start <= step.base < tile.stop and (step.line < 0 or step.likeness < KEPT)
        for step in steps
    )


def _shows_all(scene: Scene, tile: Tile, place: Place) -> bool:
    """Whether the other reading has every line of the segment as context, so that it deletes and does nothing else."""
    steps = scene.costs.align(scene.segment(tile), place.start, place.stop)
    return all(step.line < 0 or step.is_context for step in steps)


def _leaves_edge(scene: Scene, tile: Tile, place: Place) -> bool:
    """Whether the other reading takes a base line at the segment's edge, which the merge has as context, for a new line."""
    steps = scene.costs.align(scene.segment(tile), place.start, place.stop)
    return not (steps[0].is_context and steps[-1].is_context)


def _breaks(scene: Scene, tile: Tile, place: Place) -> bool:
    """Whether the other reading has more syntax errors than the merge, or doubles a definition that it has once."""
    text = _text_of(scene, tile, place)
    # Where the grammar errs on the original already (templates, macros, dialects), its count says nothing.
    if error_count(scene.path, scene.base.text) == 0 == error_count(scene.path, scene.merged.text):
        then = error_count(scene.path, text)
        if then:
            return True
    mine = set(doubled(outline(scene.path, scene.merged.text)))
    return any(key not in mine for key in doubled(outline(scene.path, text)))


def _text_of(scene: Scene, tile: Tile, place: Place) -> str:
    segment = scene.snippet.segments[tile.index]
    low, high = min(place.start, tile.start), max(place.stop, tile.stop)
    head = tile.merged - (tile.start - low)
    tail = tile.merged + len(segment.lines) + (high - tile.stop)
    merged = scene.result.lines
    lines = [line.text for line in merged[:head]]
    lines += [line.text for line in scene.origin.lines[low : place.start]]
    lines += [line.text for line in segment.lines]
    lines += [line.text for line in scene.origin.lines[place.stop : high]]
    lines += [line.text for line in merged[tail:]]
    return "\n".join(lines) + "\n"
