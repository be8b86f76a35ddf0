"""From steps to lines: which white space a line gets.

White space inside and after a context line is the base's. Leading white space is the snippet's (a line that moves into
a new block is re-indented on purpose), unless the segment is written in another style: see `depth`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.merging.blanks import Piece
from bot.merging.depth import Shift, Shown, Style, lead_of, shift_of, style_of
from bot.merging.snippet import Line
from bot.merging.spaces import in_string, is_misquoted
from bot.merging.structure import ends_block, opens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.merging.placement import Step
    from bot.merging.snippet import Base, Lazy


_FLAT = (".md", ".markdown", ".rst", ".txt")  # most of their lines have no depth anyway
BEGINNING = 8  # characters of code
LEAST = 2  # a closing bracket that is off by less was misquoted, not moved


def may_be_flat(lazy: Lazy) -> bool:
    """Whether every line of the snippet stands at the left edge: so all depth was lost on the way, if the base's lines
    have any.
    """
    return not lazy.path.endswith(_FLAT) and not any(isinstance(token, Line) and token.indent for token in lazy.tokens)


def deep_lines(steps: Sequence[Step], base: Base) -> int:
    """How many lines of the base a segment shows that have depth there."""
    return sum(step.kind == "same" and base.lines[step.line].indent > 0 for step in steps)


def style_of_segment(steps: Sequence[Step], lazy: Lazy, base: Base) -> Style | Shift | None:
    """How the depths of a segment map to the base's, by its own lines."""
    shown = [_shown(step, lazy, base) for step in steps]
    style = shift_of(shown, base.unit) or style_of(shown, base.unit)
    return None if style is not None and style.flat and lazy.path.endswith(_FLAT) else style


def segment_pieces(steps: Sequence[Step], lazy: Lazy, base: Base, style: Style | Shift | None) -> list[Piece]:
    """The pieces of the result that a segment stands for."""
    shown = [step for step in steps if step.kind != "drop"]
    moved = [] if style else _moved(steps, lazy, base)
    stripped = 0 if style else _stripped(shown, lazy, base)
    realigned = _realigned(steps, lazy, base)
    pieces: list[Piece] = []
    for position, step in enumerate(shown):
        line = lazy.tokens[step.token]
        if not isinstance(line, Line):
            continue
        lead = _lead(line, step, style, pieces, base)
        if step.kind == "same":
            original = base.lines[step.line]
            text = original.text
            if step.token in realigned:
                text = lead_of(text) + line.text.strip() + text[len(text.rstrip()) :]
            own = _keeps_depth(line, original, style) or position < stripped or (style is None and step not in moved)
            pieces.append(Piece(text if own else lead + text.lstrip(), step.line, step.token))
        else:
            old = step.line if step.kind == "pair" else -1
            if old >= 0 and (position < stripped or _begins_alike(line.text, base.lines[old].text)):
                # Lost on the way; or in its place, whatever the lines beside it are.
                lead = lead_of(base.lines[old].text)
            pieces.append(Piece(lead + line.text.lstrip(), -1, step.token, old))
    return pieces


def _begins_alike(new: str, old: str) -> bool:
    """Whether a changed line begins as the old one does, white space and all."""
    begin = len(lead_of(old)) + BEGINNING
    return len(old) >= begin and new[:begin] == old[:begin]


def _keeps_depth(line: Line, original: Line, style: Style | Shift | None) -> bool:
    """Whether a context line stands where it stood: as shown, as the style of the segment has it, or nearly so."""
    if isinstance(style, Shift):
        # Where a segment was moved to the left, what stood less deep could not be moved as far.
        return line.indent + style.by == original.indent or (line.indent == 0 and original.indent < style.by)
    off = abs(line.indent - original.indent)
    return style is not None or off == 0 or (off < LEAST and ends_block(line.text))


def _moved(steps: Sequence[Step], lazy: Lazy, base: Base) -> list[Step]:
    """The context lines that stand at another depth for a reason.

    Something changed above them in the segment; or two or more in a row are off by the same, and others are not.
    """
    changed = False
    found: list[Step] = []
    runs: list[list[Step]] = [[]]
    by = 0
    firm = False  # a line with depth stands in its place
    for step in steps:
        line = lazy.tokens[step.token]
        if step.kind != "same" or not isinstance(line, Line):
            changed = True
            runs.append([])
            continue
        off = line.indent - base.lines[step.line].indent
        firm = firm or (off == 0 < line.indent)
        if off and changed:
            found.append(step)
        elif off and line.indent:
            if off != by:
                runs.append([])
            runs[-1].append(step)
        else:
            runs.append([])
        by = off
    return found + [step for run in runs if firm and len(run) > 1 for step in run]


def _lead(line: Line, step: Step, style: Style | Shift | None, above: Sequence[Piece], base: Base) -> str:
    """The leading white space of a line that is not the base's own."""
    if style is None:
        return lead_of(line.text)
    if not style.flat:
        # In a comment of several lines each ` * ` stands under the star of the first one.
        return style.lead(line.indent, aligned=line.key.startswith(("* ", "*/")) or line.key == "*")
    if step.line >= 0 or not above:
        return lead_of(base.lines[max(step.line, 0)].text)
    lead = lead_of(above[-1].text)
    deeper = opens(" ".join(above[-1].text.split()))
    return lead + style.unit if deeper else lead.removesuffix(style.unit) if ends_block(line.text) else lead


def _shown(step: Step, lazy: Lazy, base: Base) -> Shown:
    old = base.lines[step.line].text if step.line >= 0 else None
    line = lazy.tokens[step.token]
    text = line.text if isinstance(line, Line) else ""
    return Shown(text, old, same=step.kind == "same", dropped=step.kind == "drop")


def _stripped(shown: Sequence[Step], lazy: Lazy, base: Base) -> int:
    """How many lines at the segment's start lost their leading white space on the way, as text that is quoted does.

    They stand at column 0 where the base has them deeper, and the first line after them is in its place.
    """
    for position, step in enumerate(shown):
        line = lazy.tokens[step.token]
        if not isinstance(line, Line) or step.line < 0:
            return 0
        if line.indent == base.lines[step.line].indent:
            return position
        if line.indent > 0:
            return 0
    return 0


def _realigned(steps: Sequence[Step], lazy: Lazy, base: Base) -> set[int]:
    """The tokens whose inner white space is the snippet's.

    It is between two changes, or where it differs in two or more lines of the segment, as in a column that was aligned
    anew, or where nothing else differs and it is no slip, or where the writer is exact. In a line by itself, or where
    single blanks came or went, it may be a misquotation.
    """
    differ: list[int] = []
    meant: set[int] = set()
    slips: set[int] = set()
    between: set[int] = set()
    wide = False
    for at, step in enumerate(steps):
        line = lazy.tokens[step.token]
        if step.kind != "same" or not isinstance(line, Line):
            continue
        old, new = base.lines[step.line].text.strip(), line.text.strip()
        if old != new:
            differ.append(step.token)
            near = [lazy.lines_text(step.token - 1), lazy.lines_text(step.token + 1)]
            slip = is_misquoted(base.lines[step.line].text, line.text, base.beside(base.lines[step.line]), near)
            if slip:
                slips.add(step.token)
            elif not in_string(old, new):
                meant.add(step.token)
            wide = wide or any(blank in old + new for blank in ("  ", "\t"))
            if 0 < at < len(steps) - 1 and "same" not in {steps[at - 1].kind, steps[at + 1].kind}:
                between.add(step.token)
    only = all(step.kind == "same" for step in steps)
    if only:  # what nobody would ask for is no change by itself: so the second time it is none either
        return set(differ) if set(differ) - slips else set()
    if wide and len(differ) > 1:
        return set(differ)
    return meant if lazy.exact else between
