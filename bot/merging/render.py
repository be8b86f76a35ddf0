"""From steps to lines: which white space a line gets, and how many blank lines stand at each junction.

White space inside and after a context line is the base's. Leading white space of a context line is the snippet's (a line
that moves into a new block is re-indented on purpose), unless the segment is shifted as a whole: then the base's depth
holds and new lines move with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.merging.structure import ends_block
from bot.merging.walk import Step
from bot.merging.snippet import Base, Gap, Lazy, Line, indent_of

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_BLANKS = 2


@dataclass(frozen=True, slots=True)
class Piece:
    """One significant line of the result. `line` is the base line that it is (-1: new), `token` the snippet's (-1)."""

    text: str
    line: int
    token: int
    replaces: int = -1


def render(steps: Sequence[Step], lazy: Lazy, base: Base) -> tuple[str, ...]:
    """The merged lines that `steps` stand for."""
    pieces = _pieces(steps, lazy, base)
    result: list[str] = []
    before: Piece | None = None
    for at, piece in enumerate(pieces):
        if before is not None and _opens_gap(pieces, at, lazy, base):
            result += base.lines[before.line + 1].blanks
        else:
            result += _blanks(before, piece, lazy, base)
        result.append(piece.text)
        before = piece
    if before is not None:
        result += _tail(before, lazy, base)
    return tuple(result)


def _pieces(steps: Sequence[Step], lazy: Lazy, base: Base) -> list[Piece]:
    pieces: list[Piece] = []
    segment: list[Step] = []
    for step in steps:
        if step.kind == "gap" or (step.kind != "drop" and segment and _apart(segment, step, lazy)):
            pieces += _segment(segment, lazy, base)
            segment = []
        if step.kind == "gap":
            pieces.append(Piece(base.lines[step.line].text, step.line, -1))
        else:
            segment.append(step)
    return pieces + _segment(segment, lazy, base)


def _apart(segment: Sequence[Step], step: Step, lazy: Lazy) -> bool:
    last = max(known.token for known in segment)
    return last >= 0 and any(isinstance(lazy.tokens[at], Gap) for at in range(last, step.token))


def _segment(steps: Sequence[Step], lazy: Lazy, base: Base) -> list[Piece]:
    shown = [step for step in steps if step.kind != "drop"]
    shift = _shift(steps, lazy, base)
    stripped = _stripped(shown, lazy, base)
    realigned = _realigned(shown, lazy, base)
    pieces: list[Piece] = []
    for position, step in enumerate(shown):
        line = lazy.tokens[step.token]
        if not isinstance(line, Line):
            continue
        if step.kind == "same":
            original = base.lines[step.line]
            own = shift is not None or line.indent == original.indent or position < stripped
            text = original.text
            if position in realigned:
                text = _lead(text) + line.text.strip() + text[len(text.rstrip()) :]
            text = text if own else _lead(line.text) + text.lstrip()
            pieces.append(Piece(text, step.line, step.token))
        else:
            text = line.text if shift is None else shifted(line.text, shift)
            if position < stripped and step.kind == "pair":
                text = _lead(base.lines[step.line].text) + text.lstrip()
            replaced = step.line if step.kind == "pair" else -1
            pieces.append(Piece(text, -1, step.token, replaced))
    return pieces


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


def _realigned(shown: Sequence[Step], lazy: Lazy, base: Base) -> set[int]:
    """Lines whose inner white space is the snippet's: it differs in two or more lines of the segment, as in a column that
    was aligned anew, or nothing else differs there. In a line by itself it is a misquotation.
    """
    differ: list[int] = []
    for position, step in enumerate(shown):
        line = lazy.tokens[step.token]
        if step.kind == "same" and isinstance(line, Line) and line.text.strip() != base.lines[step.line].text.strip():
            differ.append(position)
    whole = shown and shown[-1].line - shown[0].line == len(shown) - 1
    only = whole and all(step.kind == "same" for step in shown)
    return set(differ) if only or len(differ) > 1 else set()


def _shift(steps: Sequence[Step], lazy: Lazy, base: Base) -> tuple[str, str] | None:
    """(leading white space in the snippet, in the base) when all anchors of the segment are off by the same depth."""
    offsets: set[int] = set()
    leads: tuple[str, str] | None = None
    for at, step in enumerate(steps):
        line = lazy.tokens[step.token] if step.token >= 0 else None
        if step.kind != "same" or not isinstance(line, Line):
            continue
        original = base.lines[step.line]
        offsets.add(line.indent - original.indent)
        if leads is None:
            if line.indent != original.indent and _moved_on_purpose(steps, at, lazy, base):
                return None
            leads = (_lead(line.text), _lead(original.text))
    if len(offsets) != 1 or offsets == {0}:
        return None
    # Text that lost its depth on the way lost all of it; what keeps some was moved on purpose.
    shown = [lazy.tokens[step.token] for step in steps if step.kind != "drop"]
    return leads if min(line.indent for line in shown if isinstance(line, Line)) == 0 else None


def _moved_on_purpose(steps: Sequence[Step], at: int, lazy: Lazy, base: Base) -> bool:
    """Whether the anchor at `at` goes deeper under a new header, or comes out from under a dropped one."""
    anchor = lazy.tokens[steps[at].token]
    original = base.lines[steps[at].line]
    if not isinstance(anchor, Line):
        return False
    for step in steps[:at]:
        line = lazy.tokens[step.token] if step.token >= 0 else None
        if step.kind in {"new", "pair"} and isinstance(line, Line) and original.indent <= line.indent < anchor.indent:
            return True
        if step.kind == "drop" and base.lines[step.line].indent < original.indent and anchor.indent < original.indent:
            return True
    return False


def shifted(text: str, shift: tuple[str, str]) -> str:
    """`text` moved as the anchors are moved: from the first lead of `shift` to the second."""
    here, there = shift
    lead = _lead(text)
    body = text[len(lead) :]
    if lead.startswith(here):
        return there + lead[len(here) :] + body
    column = max(0, indent_of(text) - indent_of(here + ".") + indent_of(there + "."))
    return ("\t" * (column // 4) + " " * (column % 4) if "\t" in there else " " * column) + body


def _lead(text: str) -> str:
    return text[: len(text) - len(text.lstrip())]


def _blanks(before: Piece | None, piece: Piece, lazy: Lazy, base: Base) -> Sequence[str]:
    """The blank lines between two pieces."""
    shown = _shown_blanks(before, piece, lazy)
    if before is None:
        return base.lines[piece.line].blanks if piece.line >= 0 and not any(base.lines[piece.line].blanks) else ()
    if (
        before.line >= 0
        and piece.line == before.line + 1
        and not (before.token >= 0 and piece.token == before.token + 1)
    ):
        return base.lines[piece.line].blanks
    if shown is not None and before.token >= 0 and piece.token == before.token + 1:
        return shown
    if before.line >= 0 and piece.line >= 0:
        return base.lines[piece.line].blanks
    if piece.replaces >= 0:
        return base.lines[piece.replaces].blanks
    if before.replaces >= 0 and piece.line == before.replaces + 1:
        return base.lines[piece.line].blanks
    return _beside_marker(before, piece, (shown or ())[:MOST_BLANKS], base)


def _opens_gap(pieces: Sequence[Piece], at: int, lazy: Lazy, base: Base) -> bool:
    """Whether new lines come between two base lines that blank lines part, with none shown on either side of them.

    The blank lines are not lost then: they stay on the side of the marker, which is before the new lines.
    """
    before, piece = pieces[at - 1], pieces[at]
    if piece.line >= 0 or before.line < 0 or before.token >= 0 or _shown_blanks(before, piece, lazy):
        return False
    stop = at
    while stop < len(pieces) and pieces[stop].line < 0:
        if pieces[stop].replaces >= 0:
            return False
        stop += 1
    if stop == len(pieces) or pieces[stop].line != before.line + 1:
        return False
    return bool(base.lines[before.line + 1].blanks) and not _shown_blanks(pieces[stop - 1], pieces[stop], lazy)


def _beside_marker(before: Piece, piece: Piece, shown: Sequence[str], base: Base) -> Sequence[str]:
    """Blank lines between a new line and a kept one with a marker between them in the snippet.

    They are as shown there; but where a block ends, and none is shown, the blank lines hold that the base has after
    the block: writers leave them to the marker.
    """
    if shown or not ends_block(before.text):
        return shown
    if before.line >= 0:
        return base.lines[before.line + 1].blanks if before.line + 1 < len(base.lines) else ()
    return base.lines[piece.line].blanks if piece.line >= 0 else ()


def _shown_blanks(before: Piece | None, piece: Piece, lazy: Lazy) -> Sequence[str] | None:
    """The blank lines that the snippet shows here; beside a marker those on the side of the new line."""
    if piece.token >= 0:
        line = lazy.tokens[piece.token]
        return line.blanks if isinstance(line, Line) else None
    if before is not None and before.token >= 0 and before.token + 1 < len(lazy.tokens):
        gap = lazy.tokens[before.token + 1]
        return ("",) * gap.before if isinstance(gap, Gap) else None
    return None


def _tail(before: Piece, lazy: Lazy, base: Base) -> Sequence[str]:
    del before, lazy
    return base.tail
