"""Rivals: another place or extent of one segment that the snippet allows as well.

The other segments stay where the merge has them. A reading is no rival if it costs more by a clear margin, gives the
same lines, leaves brackets open, breaks the syntax or doubles a definition where the merge does not, puts the line at
the segment's edge beside its own double, deletes code that the merge explains as kept, or stands where the request does
not point, while the merge does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.merging.pointing import named_spans
from bot.syntax import error_count, outline
from bot.verify.brackets import balance
from bot.verify.findings import Finding, quoted, span
from bot.verify.structure import doubled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.verify.cost import Place, Step
    from bot.verify.scene import Scene
    from bot.verify.texts import Segment
    from bot.verify.tiling import Tile

MARGIN = 15  # a reading that costs this much more (of a line's 100) is no near tie
DELETING = 250  # the same for a segment that changes nothing where it stands, against one that deletes five lines
FAR_CHEAPER = 60
KEEPING = 800  # a reading that keeps all code may cost this much more than one that deletes some, and is still a rival
ALIKE = 80  # percent of likeness from which a line is the new form of another beyond doubt
KEPT = 60  # percent of likeness from which a line shown stands for the base line that goes
_LOOKED_AT = 40
_PARSED = 3


def rivals(scene: Scene) -> list[Finding]:
    """The soft findings: for each segment the cheapest other reading, if one is left."""
    return [finding for tile in scene.tiles for finding in _of_tile(scene, tile)]


def _of_tile(scene: Scene, tile: Tile) -> list[Finding]:
    segment = scene.segment(tile)
    mine = scene.costs.cost(segment, tile.start, tile.stop)
    idle = all(step.is_context for step in scene.steps[tile.index])
    margin = DELETING if idle else MARGIN
    places = scene.costs.places(segment, *scene.bounds(tile))
    near = sorted((place for place in places if place.cost <= mine + margin), key=lambda place: place.cost)
    if _takes(scene, tile):
        keeping = [
            place for place in places if mine + margin < place.cost <= mine + KEEPING and _keeps(scene, tile, place)
        ]
        near = [*near[:_LOOKED_AT], *sorted(keeping, key=lambda place: place.cost)]
    parsed = 0
    for place in _possible(scene, tile, near[: 2 * _LOOKED_AT]):
        if _dismissed(scene, tile, place, cheaper=mine - place.cost, idle=idle):
            continue
        parsed += 1
        if parsed <= _PARSED and _breaks(scene, tile, place):
            continue
        return [_finding(scene, tile, place)]
    return []


def _takes(scene: Scene, tile: Tile) -> bool:
    """Whether the merge takes lines of the base away here and shows nothing much like them."""
    return any(step.base >= 0 and (step.line < 0 or step.likeness < ALIKE) for step in scene.steps[tile.index])


def _keeps(scene: Scene, tile: Tile, place: Place) -> bool:
    """Whether the other reading inserts the segment beside a context line that it shows, and takes nothing away."""
    if place.stop == place.start or place.stop - place.start > len(scene.segment(tile).lines):
        return False
    steps = scene.costs.align(scene.segment(tile), place.start, place.stop)
    return (steps[0].is_context or steps[-1].is_context) and all(step.base < 0 or step.is_context for step in steps)


def _finding(scene: Scene, tile: Tile, place: Place) -> Finding:
    shown = scene.segment(tile).lines[0]
    here, there = _where(scene, tile.start, tile.stop), _where(scene, place.start, place.stop)
    # The same place with more or less of the base gone, or another place altogether.
    overlaps = place.start < tile.stop and tile.start < place.stop
    return Finding(
        "extent" if overlaps else "rival",
        f"line {shown.number + 1} of the snippet ({quoted(shown.text)}) and what follows it stand for {here} here, "
        f"and could as well stand for {there}",
    )


def _where(scene: Scene, start: int, stop: int) -> str:
    if start < stop:
        return (
            f"{span(range(scene.origin.lines[start].number, scene.origin.lines[stop - 1].number + 1))} of the original"
        )
    if start == len(scene.origin):
        return "the end of the original"
    return f"nothing before line {scene.origin.lines[start].number + 1} of the original"


def _possible(scene: Scene, tile: Tile, places: list[Place]) -> Iterator[Place]:
    """The places that give other lines and neither double an edge nor leave a bracket open: cheap tests first."""
    lines, segment = scene.origin.lines, scene.segment(tile)
    shown = balance(line.text for line in segment.lines)
    balanced = shown == balance(line.text for line in lines[tile.start : tile.stop])
    for place in places:
        if (place.start, place.stop) == (tile.start, tile.stop) or _same(scene, tile, place, segment):
            continue
        if _doubles(scene, segment, place):
            continue
        if balanced and balance(line.text for line in lines[place.start : place.stop]) != shown:
            continue
        yield place


def _dismissed(scene: Scene, tile: Tile, place: Place, *, cheaper: int, idle: bool) -> bool:
    """Whether the alignment of the other reading shows that it is none."""
    if _points(scene, tile.start, tile.stop) and not _points(scene, place.start, place.stop):
        return True
    mine = scene.steps[tile.index]
    theirs = scene.costs.align(scene.segment(tile), place.start, place.stop)
    edged = theirs[0].is_context and theirs[-1].is_context
    if idle:
        return not (edged and all(step.line < 0 or step.is_context for step in theirs))
    anchored = mine[0].is_context and mine[-1].is_context
    held = mine[0].is_context or mine[-1].is_context
    inserts = held and all(step.base < 0 or step.is_context for step in mine)
    if (inserts or cheaper < FAR_CHEAPER) and _deletes_more(tile, theirs):
        return True
    # The merge has both edges as context; the other takes one of them for a new line.
    if anchored and not edged:
        return not (cheaper < -MARGIN and _copies_twins(scene, tile, theirs))
    return False


def _copies_twins(scene: Scene, tile: Tile, theirs: tuple[Step, ...]) -> bool:
    """Whether the other reading has something new, and copies no line of which the base has only one."""
    new = [scene.costs.count(scene.segment(tile).lines[step.line].key) for step in theirs if step.base < 0]
    return 0 in new and 1 not in new


def _points(scene: Scene, start: int, stop: int) -> bool:
    """Whether the request points at the base lines `start:stop`: by its line range, or by naming their definition."""
    if not len(scene.origin):
        return False
    first = scene.origin.lines[min(start, len(scene.origin) - 1)].number
    last = scene.origin.lines[max(stop - 1, min(start, len(scene.origin) - 1))].number
    if (asked := scene.hints.lines) is not None:
        return first < asked.last and last + 1 >= asked.first
    spans = named_spans(scene.hints.instruction, scene.path, scene.base.text)
    return any(span.first <= first + 1 <= span.last for span in spans)


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


def _deletes_more(tile: Tile, theirs: tuple[Step, ...]) -> bool:
    """Whether the other reading deletes lines that the merge keeps, and shows nothing like them in their place."""
    return any(
        step.base >= 0 and not tile.start <= step.base < tile.stop and (step.line < 0 or step.likeness < KEPT)
        for step in theirs
    )


def _breaks(scene: Scene, tile: Tile, place: Place) -> bool:
    """Whether the other reading has syntax errors, or doubles a definition, and the merge does not."""
    text = _text_of(scene, tile, place)
    # Where the grammar errs on the original already (templates, macros, dialects), its count says nothing.
    clean = error_count(scene.path, scene.base.text) == 0 == error_count(scene.path, scene.merged.text)
    if clean and error_count(scene.path, text):
        return True
    mine = set(doubled(outline(scene.path, scene.merged.text)))
    return any(key not in mine for key in doubled(outline(scene.path, text)))


def _text_of(scene: Scene, tile: Tile, place: Place) -> str:
    segment = scene.segment(tile)
    low, high = min(place.start, tile.start), max(place.stop, tile.stop)
    head = tile.merged - (tile.start - low)
    tail = tile.merged + len(segment.lines) + (high - tile.stop)
    merged, base = scene.result.lines, scene.origin.lines
    lines = (*merged[:head], *base[low : place.start], *segment.lines, *base[place.stop : high], *merged[tail:])
    return "".join(f"{line.text}\n" for line in lines)
