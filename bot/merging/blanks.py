"""Blank lines: how many stand between two lines of the result.

Between two lines of the base that were neighbours they are the base's, unless the snippet shows the two side by side:
then its own count holds (that may be the edit). Beside a new line they are the snippet's. Beside a marker writers set
them freely: the blank lines of the base are not lost there.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from bot.merging.names import defined_name, is_mark, kind_of
from bot.merging.record import record
from bot.merging.snippet import Gap, Line, evened, indent_of
from bot.merging.structure import ends_block

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.merging.snippet import Base, Lazy

MOST_BLANKS = 2
_LISTED = ("import", "item", "value")  # lines of these kinds stand in lists, without blank lines between


@record
class Piece:
    """One significant line of the result: `line` is its place in the base, `token` in the snippet, -1 for none.

    `replaces` is the base line that it is the new form of.
    """

    text: str
    line: int
    token: int
    replaces: int = -1


def shows_blanks(lazy: Lazy) -> bool:
    """Whether the writer shows a blank line between two lines anywhere: one who shows none drops them all."""
    return any(
        isinstance(above, Line) and isinstance(below, Line) and below.blanks for above, below in pairwise(lazy.tokens)
    )


def blanks_before(pieces: Sequence[Piece], at: int, lazy: Lazy, base: Base, *, airy: bool) -> Sequence[str]:
    """The blank lines before `pieces[at]`; `airy`: the writer shows blank lines."""
    piece = pieces[at]
    if at == 0:
        return base.lines[piece.line].blanks if piece.line == 0 else ()
    found = _between(pieces, at, lazy, base, airy=airy)
    if len(found) == 1 and not lazy.wide and (lazy.path.endswith(".py") or not lazy.exact):
        return _wide(pieces, at, base) or found
    return found


def _wide(pieces: Sequence[Piece], at: int, base: Base) -> Sequence[str]:
    """Two blank lines or more where the file has them: before the line itself, or before the next one at its depth.

    Nothing where it has fewer.
    """
    piece = pieces[at]
    if piece.line >= 0:
        own = base.lines[piece.line].blanks
        return own if len(own) > 1 else ()
    before = pieces[at - 1]
    if not (_ends(before, piece) or indent_of(before.text) > indent_of(piece.text) or defined_name(_key(piece))):
        return ()
    kept = _next_kept(pieces, at, base)
    if kept == len(base.lines) or base.lines[kept].indent != indent_of(piece.text):
        return ()
    blanks = base.lines[kept].blanks
    return blanks if len(blanks) > 1 else ()


def _between(pieces: Sequence[Piece], at: int, lazy: Lazy, base: Base, *, airy: bool) -> Sequence[str]:
    piece, before = pieces[at], pieces[at - 1]
    shown = _shown(before, piece, lazy)
    if before.token < 0 or piece.token != before.token + 1:
        return _apart(pieces, at, shown, lazy, base)
    if shown is None:
        shown = ()
    own = base.lines[piece.line].blanks if before.line >= 0 and piece.line == before.line + 1 else ()
    # Two blank lines or more do not vanish by intent; nor does one where the writer shows none anywhere.
    return own if not shown and (len(own) > 1 or not airy) else shown


def _apart(pieces: Sequence[Piece], at: int, shown: Sequence[str] | None, lazy: Lazy, base: Base) -> Sequence[str]:
    """The blank lines between two pieces that are no neighbours in the snippet."""
    before, piece = pieces[at - 1], pieces[at]
    if piece.replaces >= 0:
        return base.lines[piece.replaces].blanks
    if (before.line >= 0 and piece.line >= 0) or _behind_replaced(pieces, at):
        return base.lines[piece.line].blanks
    if piece.line < 0 and before.line >= 0 and _next_kept(pieces, at, base) > before.line + 1:
        old = base.lines[before.line + 1]  # the new lines stand for old ones
        goes_on = kind_of(_key(piece)) == kind_of(_key(before)) != kind_of(old.key) and kind_of(_key(piece)) in _LISTED
        return (shown or ())[:MOST_BLANKS] if goes_on else old.blanks
    ends_above = not shown and _ends_above(pieces, at, base)
    if not ends_above and _opens_gap(pieces, at, lazy, base):
        return base.lines[before.line + 1].blanks
    return (
        ()
        if ends_above or _joins_row(pieces, at, base)
        else _beside_marker(before, piece, (shown or ())[:MOST_BLANKS], base)
    )


def _behind_replaced(pieces: Sequence[Piece], at: int) -> bool:
    """Whether the new lines right before the kept piece stand for old ones: then it keeps its distance to them."""
    piece = pieces[at]
    if piece.line < 0 or pieces[at - 1].line >= 0:
        return False
    start = at - 1
    while start >= 0 and pieces[start].line < 0:
        start -= 1
    return (pieces[start].line if start >= 0 else -1) < piece.line - 1


def _next_kept(pieces: Sequence[Piece], at: int, base: Base) -> int:
    """The next base line that stays, from `pieces[at]` on; behind the last one where none does."""
    lines = (pieces[place].line for place in range(at, len(pieces)))
    return next((line for line in lines if line >= 0), len(base.lines))


def _joins_row(pieces: Sequence[Piece], at: int, base: Base) -> bool:
    """Whether new lines, each at the same depth, come into a row of such lines that has no blank lines.

    Then the blank line that the snippet shows there belongs to its marker.
    """
    piece = pieces[at]
    start = at - 1
    while start >= 0 and pieces[start].line < 0:
        start -= 1
    new = pieces[start + 1 : at]
    if start < 0 or not new or piece.line != pieces[start].line + 1 or base.lines[piece.line].blanks:
        return False
    depths = {indent_of(one.text) for one in pieces[start : at + 1]}
    return len(depths) == 1 and not any(ends_block(one.text) for one in (*new, piece))


def _ends_above(pieces: Sequence[Piece], at: int, base: Base) -> bool:
    """Whether new lines, no block of their own, end the block that stands above: what follows is less deep."""
    before, piece = pieces[at - 1], pieces[at]
    if piece.line >= 0 or not 0 <= before.line < len(base.lines) - 1:
        return False
    depth = indent_of(piece.text)
    begins = at + 1 < len(pieces) and pieces[at + 1].line < 0 and indent_of(pieces[at + 1].text) > depth
    return base.lines[before.line + 1].indent < depth and not begins


def _opens_gap(pieces: Sequence[Piece], at: int, lazy: Lazy, base: Base) -> bool:
    """Whether new lines come between two base lines that blank lines part, with none shown on either side of them.

    The blank lines are not lost then: they stay on the side of the marker, which is before the new lines.
    """
    before, piece = pieces[at - 1], pieces[at]
    if piece.line >= 0 or before.line < 0 or before.token >= 0 or _shown(before, piece, lazy):
        return False
    stop = at
    while stop < len(pieces) and pieces[stop].line < 0:
        if pieces[stop].replaces >= 0:
            return False
        stop += 1
    if stop == len(pieces) or pieces[stop].line != before.line + 1:
        return False
    return bool(base.lines[before.line + 1].blanks) and not _shown(pieces[stop - 1], pieces[stop], lazy)


def _beside_marker(before: Piece, piece: Piece, shown: Sequence[str], base: Base) -> Sequence[str]:
    """Blank lines between a new line and a kept one with a marker between them in the snippet.

    They are as shown there; but where a block ends, and none is shown, the blank lines hold that the base has after
    the block: writers leave them to the marker.
    """
    if not shown and piece.line >= 0 and piece.token >= 0:
        return base.lines[piece.line].blanks  # what the marker kept is the blank lines
    if shown:
        return shown
    if piece.line >= 0 and before.line < 0 and not is_mark(_key(before)) and not ends_block(piece.text):
        return base.lines[piece.line].blanks  # the marker keeps the line's distance
    if not _ends(before, piece):
        return shown
    if before.line >= 0:
        return base.lines[before.line + 1].blanks if before.line + 1 < len(base.lines) else ()
    return base.lines[piece.line].blanks if piece.line >= 0 else ()


def _ends(before: Piece, piece: Piece) -> bool:
    """Whether a block ends between the two: by its last line, or because the new line is less deep than it."""
    return ends_block(before.text) or (before.line >= 0 and indent_of(before.text) > indent_of(piece.text))


def _key(piece: Piece) -> str:
    return evened(piece.text)


def _shown(before: Piece, piece: Piece, lazy: Lazy) -> Sequence[str] | None:
    """The blank lines that the snippet shows here; beside a marker those on the side of the new line."""
    if piece.token >= 0:
        line = lazy.tokens[piece.token]
        return line.blanks if isinstance(line, Line) else None
    if before.token >= 0 and before.token + 1 < len(lazy.tokens):
        gap = lazy.tokens[before.token + 1]
        return ("",) * gap.before if isinstance(gap, Gap) else None
    return None
