"""The account of one segment: what it takes out of the base at its edges, and what it doubles.

Between two context lines of a segment, what the segment does not show is deleted on purpose. At an edge with a marker
nothing is: the marker stands for all lines up to the context. So a base line that goes at an edge must be the old form
of a new line there.
"""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING

from bot.merging.names import is_comment
from bot.syntax import error_count, language_of
from bot.verify.brackets import balance, closed
from bot.verify.findings import Finding, are, hard, quoted, span
from bot.verify.texts import columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.verify.cost import Step
    from bot.verify.scene import Scene
    from bot.verify.tiling import Tile

_SMALL = 10
_NEAR = 10
_SIBLING = 75
_CLOSE = 12
_SHORT_TAIL = 8
_CLOSER = re.compile(r"(?:end|fi|done|esac|#\s*endif|\{%-?\s*end\w*\s*-?%\}|\{\{-?\s*end\s*-?\}\}|</[\w.:-]+>)[;,]?")


def account(scene: Scene) -> list[Finding]:
    """What the segments take away or double that they do not show."""
    found = [*_replaced(scene), *_open_end(scene)]
    for tile, steps in zip(scene.tiles, scene.steps, strict=True):
        segment = scene.segment(tile)
        found += _edge(scene, tile, list(steps), marker=segment.before, name="before")
        found += _edge(scene, tile, list(reversed(steps)), marker=segment.after, name="after")
        for step in dict.fromkeys((steps[0], steps[-1])):
            found += _sibling(scene, tile, step)
        found += _open_block(scene, tile, steps)
    return found


def _replaced(scene: Scene) -> list[Finding]:
    """The snippet itself put in place of the file: with no marker it may be meant so, but nothing says it."""
    if len(scene.tiles) > 1 or len(scene.result) != len(scene.segment(scene.tiles[0]).lines):
        return []
    kept = sum(step.is_context for step in scene.steps[0])
    if len(scene.origin) <= _SMALL or 2 * kept >= len(scene.origin):
        return []
    return [
        hard("snippet-as-file", f"the merge is the snippet alone; {len(scene.origin) - kept} lines of the original go")
    ]


def _open_end(scene: Scene) -> list[Finding]:
    """A snippet with markers that ends without one, a few lines before the file does: are these lines to stay?

    They stay, as what a snippet leaves out at its ends always does. Where the file is as good without them, that is one
    reading of two.
    """
    last = scene.tiles[-1]
    tail = scene.origin.lines[last.stop :]
    if scene.segment(last).after or not scene.snippet.marked or not 0 < len(tail) <= _SHORT_TAIL:
        return []
    if balance(line.text for line in tail) != (0, 0, 0) or all(_CLOSER.fullmatch(line.text.strip()) for line in tail):
        return []
    kept = scene.merged.lines[: scene.result.lines[len(scene.result) - len(tail)].number]
    without = error_count(scene.path, "".join(f"{line}\n" for line in kept))
    if without is not None and without > (error_count(scene.path, scene.merged.text) or 0):
        return []
    where = span([line.number for line in tail])
    return [
        Finding("open-end", f"the snippet ends before {where} of the original, with no marker to say that they stay")
    ]


def _sibling(scene: Scene, tile: Tile, step: Step) -> list[Finding]:
    """A changed line at a segment's edge that is as much like a neighbour of the line that it replaces.

    Entries of a list, cases, tests look alike: such a line may as well be a new one beside them.
    """
    if step.line < 0 or step.base < 0 or step.is_context:
        return []
    line, base = scene.segment(tile).lines[step.line], scene.origin.lines
    if scene.costs.renames(line, step.base):
        return []
    near = range(max(0, step.base - _NEAR), min(len(base), step.base + _NEAR + 1))
    alike = [
        at
        for at in near
        if not tile.start <= at < tile.stop
        and base[at].indent == base[step.base].indent
        and scene.costs.likeness(line, at) >= max(_SIBLING, step.likeness - _CLOSE)
    ]
    if not alike:
        return []
    numbers = [base[at].number for at in alike]
    return [
        Finding(
            "sibling",
            f"line {line.number + 1} of the snippet ({quoted(line.text)}) takes the place of line "
            f"{base[step.base].number + 1} here, and may be a new line beside it: {span(numbers)} of the original "
            "looks as much like it",
        )
    ]


def _open_block(scene: Scene, tile: Tile, steps: Sequence[Step]) -> list[Finding]:
    """New lines under a shown header, a marker no deeper than the header, and the rest of the old block behind them.

    In a language of indentation that marker says that the block is complete as shown; models get it wrong, so this is
    a doubt. In a language of braces the brackets have said it already.
    """
    segment, language = scene.segment(tile), language_of(scene.path)
    if not segment.after or language is None or not language.indented or tile.stop >= len(scene.origin):
        return []
    if steps[-1].line < 0 or steps[-1].is_context:
        return []
    run = [step.line for step in takewhile(lambda step: step.line >= 0 and not step.is_context, reversed(steps))]
    depth = min(columns(segment.lines[at].indent) for at in run)
    above = [columns(line.indent) for line in segment.lines[: min(run)]]
    header = next((column for column in reversed(above) if column < depth), None)
    # A comment alone that stays is no loss.
    following = next((line for line in scene.origin.lines[tile.stop :] if not is_comment(line.text.strip())), None)
    # Where the snippet is shifted as a whole, so is its marker.
    off = columns(scene.result.lines[tile.merged + run[0]].indent) - columns(segment.lines[run[0]].indent)
    if following is None or header is None or segment.depth > header or columns(following.indent) - off < depth:
        return []
    return [
        Finding(
            "open-block",
            f"a marker ends the block that is shown, yet line {following.number + 1} of the original "
            f"({quoted(following.text)}) stays in it",
        )
    ]


def _edge(scene: Scene, tile: Tile, steps: Sequence[Step], *, marker: bool, name: str) -> list[Finding]:
    if _loose(scene, tile, steps, backwards=name == "after"):
        text = quoted(scene.segment(tile).lines[steps[0].line].text)
        return [Finding("loose-edge", f"{text} stands in the original and begins or ends a segment, but is new here")]
    gone = [step.base for step in takewhile(lambda step: step.line < 0, steps)]
    if not gone:
        return []
    edge = steps[len(gone)] if len(gone) < len(steps) else None
    numbers = sorted(scene.origin.lines[at].number for at in gone)
    text = quoted(scene.base.lines[numbers[0]])
    where = f"{are(numbers)} gone from the original ({text}) {name} the shown code"
    if edge is not None and edge.base >= 0 and edge.likeness == 100:
        if marker:
            return [hard("uncovered-removal", f"{where}, where a marker says that code stays")]
        if len(gone) >= 6:
            return [hard("uncovered-removal", f"{where}, and nothing shows that it should go")]
    return [Finding("uncovered-removal", f"{where}, and no shown line takes its place")]


def _loose(scene: Scene, tile: Tile, steps: Sequence[Step], *, backwards: bool) -> bool:
    """Whether the line at an edge is a line of the base that the merge takes for a new one, and does not look like one.

    A new block ends with a bracket or an `end` that other blocks have too: that is its own as long as it opens what it
    closes.
    """
    if steps[0].line < 0 or steps[0].base >= 0:
        return False
    shown = scene.segment(tile).lines
    edge = shown[steps[0].line]
    copies = scene.costs.count(edge.key)
    if not copies:
        return False
    run = [shown[step.line].text for step in takewhile(lambda step: step.line >= 0 and not step.is_context, steps)]
    if any(sign in edge.key for sign in "{}()[]") or _CLOSER.fullmatch(edge.text.strip()):
        return len(run) < 2 or not closed(reversed(run) if backwards else run)
    return copies <= 2
