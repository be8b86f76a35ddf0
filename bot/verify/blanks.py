"""Blank lines: untouched in what is kept, the snippet's or the base's where segments meet it.

Models put blank lines beside markers freely, so no count at a junction contradicts a merge; but one that neither side
shows is a change that nobody asked for. So is white space in a blank line that neither side has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.verify.findings import Finding, hard, span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.verify.cost import Step
    from bot.verify.scene import Scene
    from bot.verify.tiling import Tile


def blanks(scene: Scene) -> list[Finding]:
    """Blank lines lost or added where nothing explains it."""
    moved = [number for start, stop, at in _runs(scene) for number in _differing(scene, start, stop, at)]
    found = []
    if moved:
        found.append(hard("blank-lines", f"blank lines round {span(moved)} of the merge changed in code that stays"))
    strange = [number for number, line in enumerate(scene.merged.lines) if line and not line.strip()]
    if strange:
        known = {*scene.base.lines, *scene.snippet.blanks}
        strange = [number for number in strange if scene.merged.lines[number] not in known]
    if strange:
        # White space is a line of its own to a shell, and part of a string of several lines.
        found.append(hard("blank-lines", f"{span(strange)} of the merge is white space that neither side has"))
    ends = _ends(scene)
    if ends:
        found.append(hard("blank-lines", f"blank lines at the {ends} changed, where the file stays"))
    odd = []
    for tile, steps in zip(scene.tiles, scene.steps, strict=True):
        odd += [number for number, got, allowed in _inside(scene, tile, steps) if got not in allowed]
        odd += _junctions(scene, tile)
    if odd:
        found.append(Finding("blank-lines", f"neither side has the blank lines before {span(odd)} of the merge"))
    return found


def _runs(scene: Scene) -> Iterator[tuple[int, int, int]]:
    """The kept runs: base lines `start:stop` (significant ones) that stand at `at` in the merge."""
    start, at = 0, 0
    for tile in scene.tiles:
        yield start, tile.start, at
        start, at = tile.stop, tile.merged + len(scene.segment(tile).lines)
    yield start, len(scene.origin), at


def _differing(scene: Scene, start: int, stop: int, at: int) -> list[int]:
    if stop <= start:
        return []
    base, merged = scene.origin.lines, scene.result.lines
    mine = scene.base.lines[base[start].number : base[stop - 1].number + 1]
    theirs = scene.merged.lines[merged[at].number : merged[at + stop - start - 1].number + 1]
    if mine == theirs:
        return []
    pairs = zip(base[start + 1 : stop], merged[at + 1 : at + stop - start], strict=True)
    uneven = [other.number for one, other in pairs if one.blanks != other.blanks]
    return uneven or [merged[at].number]


def _ends(scene: Scene) -> str:
    """Which end of the file has other blank lines, though what stands next to it is kept."""
    last, base, merged = scene.tiles[-1], scene.origin, scene.result
    if base.lines and merged.lines[0].blanks != base.lines[0].blanks:
        return "file's head"  # above a first line such as `#!/bin/sh` a blank one is no trifle, whoever wrote that line
    kept = last.merged + len(scene.segment(last).lines) < len(merged.lines)
    return "file's end" if kept and merged.tail != base.tail else ""


def _inside(scene: Scene, tile: Tile, steps: tuple[Step, ...]) -> Iterator[tuple[int, int, set[int]]]:
    """For each line of a segment but the first: its number in the merge, its blank lines, and what they may be."""
    shown, base = scene.segment(tile).lines, scene.origin.lines
    own = {step.line: step.base for step in steps if step.line >= 0 <= step.base}
    for at in range(1, len(shown)):
        got = scene.result.lines[tile.merged + at]
        allowed = {shown[at].blanks}
        if at in own:
            allowed.add(base[own[at]].blanks)
        if at - 1 in own and own[at - 1] + 1 < len(base):
            allowed.add(base[own[at - 1] + 1].blanks)
        yield got.number, got.blanks, allowed


def _junctions(scene: Scene, tile: Tile) -> list[int]:
    segment, base, merged = scene.segment(tile), scene.origin.lines, scene.result.lines
    odd = []
    before = {segment.lines[0].blanks, segment.lead}
    before.update(base[at].blanks for at in (tile.start, tile.stop) if at < len(base))
    if tile.merged and merged[tile.merged].blanks not in before:
        odd.append(merged[tile.merged].number)
    end = tile.merged + len(segment.lines)
    if end < len(merged) and tile.stop < len(base):
        after = {segment.tail, segment.trail, base[tile.stop].blanks, base[tile.start].blanks}
        if merged[end].blanks not in after:
            odd.append(merged[end].number)
    elif end == len(merged) and scene.result.tail not in {scene.origin.tail, segment.tail}:
        odd.append(merged[-1].number)
    return odd
