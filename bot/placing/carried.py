"""Lines of a file as it was, in the file as it is: found through the whole text of both, where both are known.

A hunk shows a comment's lines and some above them. The whole file shows more: which of several places with the same
text the comment stood at, that a place which looks the same is another one, and what its lines have become.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.diffs import kept_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.asks import OriginalLines


@dataclass(frozen=True, slots=True)
class Carried:
    """Where the lines of a comment went.

    `at`: where they stand, all of them together and unchanged; None: they do not, or not surely. `now`: the lines
    between those that stood next to them; None: those are gone. `foreign`: lines that stood elsewhere in the old text.
    """

    at: int | None
    now: tuple[int, int] | None
    foreign: frozenset[int]


def carried(original: OriginalLines, lines: Sequence[str]) -> Carried | None:
    """Where the lines of `original` are in `lines`; None unless all of its file is known."""
    if not original.whole or not original.inside:
        return None
    kept = kept_lines(original.text, tuple(lines))
    start = len(original.above)
    stop = start + len(original.inside)
    foreign = frozenset(to for at, to in enumerate(kept) if to is not None and not start <= at < stop)
    return Carried(_at(original, lines, kept), _now(kept, start, stop, len(lines)), foreign)


def _at(original: OriginalLines, lines: Sequence[str], kept: Sequence[int | None]) -> int | None:
    start = len(original.above)
    stop = start + len(original.inside)
    first = kept[start]
    if first is None or any(kept[at] != first + at - start for at in range(start, stop)):
        return None
    # A bracket that is kept among lines that are all new says nothing.
    beside = start > 0 and kept[start - 1] == first - 1
    beside = beside or (stop < len(kept) and kept[stop] == first + stop - start)
    edge = (start == 0 and first == 0) or (stop == len(kept) and first + stop - start == len(lines))
    return first if beside or edge or any(is_telling(line) for line in original.inside) else None


def _now(kept: Sequence[int | None], start: int, stop: int, count: int) -> tuple[int, int] | None:
    above = -1 if start == 0 else kept[start - 1]
    below = count if stop == len(kept) else kept[stop]
    return None if above is None or below is None else (above + 1, below)


def is_telling(line: str) -> bool:
    """Whether a line says enough to be known again by itself; `end`, `fi` and `}` are everywhere."""
    return sum(character.isalnum() for character in line) > 3
