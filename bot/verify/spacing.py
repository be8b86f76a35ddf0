"""White space: a line of a segment stands as the snippet or the base has it, or the whole segment is shifted.

Leading white space is the snippet's, unless the snippet's context lines all stand at another depth than in the base;
then the segment was quoted at another depth, and its new lines move with the context. What it is made of, tabs or
blanks, is the snippet's or the file's: as wide a run of anything else looks the same and is another text.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from bot.merging.names import is_comment
from bot.merging.spaces import is_misquoted
from bot.merging.structure import closes, ends_block
from bot.verify.findings import Finding, hard, quoted, span
from bot.verify.texts import columns, indent_of

if TYPE_CHECKING:
    from bot.verify.cost import Step
    from bot.verify.scene import Scene
    from bot.verify.texts import Line
    from bot.verify.tiling import Tile


_LEAST_DEEP = 2  # lines that show that all depth was lost
_STEP = 4  # columns: what a tab stands for
_MOVED = 2  # columns; the end of a block that is off by less was misquoted


class White(enum.Enum):
    """What the white space of one line is: explained, one reading of two, or nobody's."""

    FINE = enum.auto()
    DOUBTFUL = enum.auto()
    ODD = enum.auto()


@dataclass(frozen=True, slots=True)
class _Style:
    """The signs that lines round a segment are indented with; `other`: the segment is quoted with other ones."""

    signs: frozenset[str]
    other: bool


def spacing(scene: Scene) -> list[Finding]:
    """What the merge does to white space that neither base nor snippet explains."""
    found: list[Finding] = []
    flat, common = _is_flat(scene), _common_shift(scene)
    for tile, steps in zip(scene.tiles, scene.steps, strict=True):
        found += _segment(scene, tile, steps, flat=flat, common=common)
    return found


def _context(scene: Scene, steps: tuple[Step, ...]) -> dict[int, Line]:
    """For each line of a segment that is one of the base, that line."""
    return {
        step.line: scene.origin.lines[step.base]
        for step in steps
        if step.line >= 0 <= step.base and step.likeness == 100
    }


def _common_shift(scene: Scene) -> int:
    """By how much all segments with lines of the base are shifted: so are those without; 0 where they disagree."""
    found = {
        _shift(scene.segment(tile).lines, context)
        for tile, steps in zip(scene.tiles, scene.steps, strict=True)
        if (context := _context(scene, steps))
    }
    return (found.pop() or 0) if len(found) == 1 else 0


def _is_flat(scene: Scene) -> bool:
    """Whether all depth was lost when the snippet was written: no line of it has any, and lines that it shows have."""
    if any(line.indent for tile in scene.tiles for line in scene.segment(tile).lines):
        return False
    shown = (step for steps in scene.steps for step in steps if step.line >= 0 <= step.base and step.likeness == 100)
    return sum(bool(scene.origin.lines[step.base].indent) for step in shown) >= _LEAST_DEEP


def _segment(scene: Scene, tile: Tile, steps: tuple[Step, ...], *, flat: bool, common: int) -> list[Finding]:
    shown = scene.segment(tile).lines
    context = _context(scene, steps)
    shift = _shift(shown, context) if context else common
    scale, stripped, style = _scale(shown, context), _stripped(shown, context), _style(scene, tile, context)
    places = {step.line: step.base for step in steps if step.line in context}
    replaced = {step.line: step.base for step in steps if step.line >= 0 <= step.base and step.line not in context}
    odd: list[int] = []
    doubtful: list[int] = []
    for at, line in enumerate(shown):
        got = scene.result.lines[tile.merged + at]
        own = context.get(at)
        if own and got.text == own.text and (at < stripped or _slipped(scene, own, at, shown)):
            continue
        if flat and at in replaced and got.text == scene.origin.lines[replaced[at]].indent + line.text:
            continue
        scaled = scale is not None and _scaled(got.text, line.text, own.text if own else None, scale)
        white = White.FINE if scaled else _line(got.text, line.text, own.text if own else None, shift, first=at == 0)
        match white if white is not White.FINE else _made_of(got.text, line, own, style):
            case White.ODD:
                odd.append(got.number)
            case White.DOUBTFUL:
                doubtful.append(got.number)
            case White.FINE:
                new = not scaled and at not in context and at - 1 in context
                if new and _off_step(scene, tile, places[at - 1], at):
                    doubtful.append(got.number)
    found = []
    if odd:
        text = quoted(scene.merged.lines[odd[0]])
        found.append(hard("indentation", f"neither side has the white space of {span(odd)} of the merge: {text}"))
    if doubtful:
        text = quoted(scene.merged.lines[doubtful[0]])
        found.append(
            Finding("indentation", f"{span(doubtful)} of the merge may be meant with other white space: {text}")
        )
    return found


def _slipped(scene: Scene, own: Line, at: int, shown: tuple[Line, ...]) -> bool:
    """Whether other white space inside a line of the snippet is a slip."""
    near = [line.text for line in shown[max(0, at - 1) : at] + shown[at + 1 : at + 2]]
    lines = scene.base.lines
    old = [*lines[max(0, own.number - 1) : own.number], *lines[own.number + 1 : own.number + 2]]
    return is_misquoted(own.text, shown[at].text, old, near)


def _shift(shown: tuple[Line, ...], context: dict[int, Line]) -> int | None:
    """By how many columns the segment stands deeper in the base than in the snippet; None if its context disagrees.

    All context lines say it; or else those before the first change, as behind it lines may be moved on purpose; but not
    where another stands as it is shown.
    """
    shifts = {at: columns(own.indent) - columns(shown[at].indent) for at, own in context.items()}
    if not shifts:
        return 0
    leading = next(iter(shifts.values()))
    # What stood less deep than the first line was moved to the left could not be moved as far.
    shifts = {
        at: leading if not shown[at].indent and columns(context[at].indent) < leading else by
        for at, by in shifts.items()
    }
    first = next((at for at in range(len(shown)) if at not in shifts), len(shown))
    found = set(shifts.values())
    if len(found) > 1 and 0 not in found:
        found = set(list(shifts.values())[:first])
    return found.pop() if len(found) == 1 else None


def _off_step(scene: Scene, tile: Tile, header: int, at: int) -> bool:
    """Whether new line `at` of a segment, right under the base line `header`, is off the step of that one's block."""
    if header + 1 >= len(scene.origin):
        return False
    above, first = scene.origin.lines[header], scene.origin.lines[header + 1]
    step = columns(first.indent) - columns(above.indent)
    here, there = scene.result.lines[tile.merged + at], scene.result.lines[tile.merged + at - 1]
    off = columns(here.indent) - columns(there.indent)
    ends = off <= 0 and closes(here.text.strip()) and not is_comment(here.text.strip())
    return step > 0 and off != step and not ends


def _scale(shown: tuple[Line, ...], context: dict[int, Line]) -> tuple[Fraction, Fraction] | None:
    """The factor and the offset that turn the snippet's columns into the base's; None where context shows no such two.

    All context lines must say the same: then the snippet is written in other steps, as two blanks for four. One depth
    is enough where the base has a tab for each of them: nothing else leads from blanks to tabs.
    """
    points = {(columns(shown[at].indent), columns(own.indent)) for at, own in context.items()}
    (left, low), (right, high) = min(points, default=(0, 0)), max(points, default=(0, 0))
    if left == right:
        tabbed = all(set(own.indent) == {"\t"} and "\t" not in shown[at].indent for at, own in context.items())
        return (Fraction(high, left), Fraction(0)) if tabbed and left and low == high else None
    factor = Fraction(high - low, right - left)
    offset = low - factor * left
    return (factor, offset) if factor > 0 and all(factor * x + offset == y for x, y in points) else None


def _scaled(got: str, shown: str, own: str | None, scale: tuple[Fraction, Fraction]) -> bool:
    """Whether a line of the result is the snippet's (or the base's own), at the column that the scale gives it."""
    factor, offset = scale
    if columns(indent_of(got)) != factor * columns(indent_of(shown)) + offset or " \t" in indent_of(got):
        return False
    return got == own or (own is None and got.lstrip() == shown.lstrip())


def _stripped(shown: tuple[Line, ...], context: dict[int, Line]) -> int:
    """How many context lines at the start lost their white space when they were quoted: the next one has the base's."""
    for at in range(len(shown)):
        if at not in context:
            return 0
        if shown[at].indent == context[at].indent:
            return at
        if shown[at].indent:
            return 0
    return 0


def _line(got: str, shown: str, own: str | None, shift: int | None, *, first: bool) -> White:
    depth, wanted = columns(indent_of(got)), columns(indent_of(shown))
    shifted = shift is not None and depth == wanted + shift
    if got == shown:
        # Context at another depth throughout, and yet this line stands as the snippet has it.
        return White.DOUBTFUL if shift and own is None and not shifted else White.FINE
    if got.strip() != shown.strip():
        return White.DOUBTFUL  # other white space within the line
    if _end(got) not in {"", _end(shown), _end(own or "")}:
        return White.ODD  # white space at the end that neither side has
    if got == own:
        # Models drop the white space before the first line that they quote.
        slipped = abs(depth - wanted) < _MOVED and ends_block(got)
        return White.FINE if depth == wanted or shifted or slipped or (first and not wanted) else White.DOUBTFUL
    # Tabs for spaces, a shift of the whole segment, or white space at the end; but a space before a tab is no style.
    return White.FINE if (depth == wanted or shifted) and " \t" not in indent_of(got) else White.ODD


def _style(scene: Scene, tile: Tile, context: dict[int, Line]) -> _Style:
    base, shown = scene.origin.lines, scene.segment(tile).lines
    near = base[max(0, tile.start - 1) : tile.stop + 1]
    signs = {sign for line in near for sign in line.indent} or {sign for line in base for sign in line.indent}
    other = any(not set(own.indent) <= set(shown[at].indent) for at, own in context.items())
    return _Style(frozenset(signs or " \t"), other)


def _made_of(got: str, shown: Line, own: Line | None, style: _Style) -> White:
    """Whether a line of the right width has the right white space: the snippet's, or that of the lines round it."""
    lead = indent_of(got)
    # Behind tabs, blanks that are no step align what stands there: ` * ` in a comment of several lines.
    aligned = lead.startswith("\t") and len(lead) - len(lead.rstrip(" ")) < _STEP
    signs = set(lead.rstrip(" ") if aligned else lead)
    if own is not None and got == own.text:
        return White.FINE
    if got == shown.text:
        # Quoted with blanks where the file has tabs, or the other way round: a slip, and no wish.
        foreign = not signs <= set(own.indent) if own is not None and own.indent else style.other
        return White.DOUBTFUL if foreign and not signs <= style.signs else White.FINE
    if own is not None and _end(own.text) == _end(shown.text) != _end(got):
        return White.ODD  # it goes from the end of a line that stays, where the snippet shows it
    if signs <= set(shown.indent) | set(own.indent if own is not None else ""):
        return White.FINE
    if not signs <= style.signs:
        return White.ODD
    return White.FINE if style.other or not shown.indent or not set(shown.indent) <= style.signs else White.DOUBTFUL


def _end(line: str) -> str:
    """The white space that `line` ends with."""
    return line[len(line.rstrip()) :]
