"""All readings of one snippet as lines: what two readings have in common is rendered once.

A reading parts from another in few segments, and there are many of them where there are many segments. Lines that a
marker keeps part a result into stretches, each of the segments that no such line stands between: what becomes of a
stretch depends on its placements, and on the kept lines right before and behind it, which follow from them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.merging.blanks import Piece, blanks_before, shows_blanks
from bot.merging.depth import Shift, Style
from bot.merging.record import record
from bot.merging.render import deep_lines, may_be_flat, segment_pieces, style_of_segment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.merging.placement import Placement
    from bot.merging.snippet import Base, Lazy

LEAST_DEEP = 2  # lines that show that all depth was lost

Styled = tuple["Placement", "Style | Shift | None"]


@record
class _Own:
    """What one placement says of styles, whatever the others are."""

    placement: Placement  # held, as it is known by its identity
    style: Style | Shift | None
    adrift: bool  # it shows no line of the base
    deep: int  # how many lines of the base it shows that have depth


class Renderer:
    """Renders rows of placements of one snippet; a placement is known by its identity."""

    def __init__(self, lazy: Lazy, base: Base) -> None:
        self._lazy = lazy
        self._base = base
        self._airy = shows_blanks(lazy)
        self._may_be_flat = may_be_flat(lazy)
        self._flat = Style((), base.unit, 1)
        self._owns: dict[int, _Own] = {}
        self._stretches: dict[tuple[int, ...], tuple[str, ...]] = {}

    def lines(self, placements: Sequence[Placement]) -> tuple[str, ...]:
        """The merged lines: what `placements` stand for, and all else that the base has."""
        base = self._base
        last = len(base.lines) - 1
        result: list[str] = []
        reached = -1  # the kept line that the result ends with
        for stretch in self._parted(placements):
            start = stretch[0][0].start
            if start > 0:
                result += self._kept(reached, start - 1)
            result += self._stretch(stretch)
            reached = stretch[-1][0].stop
        if reached < last:
            result += self._kept(reached, last)
        return (*result, *base.tail)

    def _kept(self, reached: int, line: int) -> Sequence[str]:
        """The lines behind the kept line `reached` (-1: all) up to the kept one `line`, as they stand."""
        lines = self._base.lines
        if reached < 0:
            first = lines[0]
            return (*first.blanks, *self._base.all[first.number : lines[line].number + 1])
        return self._base.all[lines[reached].number + 1 : lines[line].number + 1]

    def _parted(self, placements: Sequence[Placement]) -> Iterator[list[Styled]]:
        stretch: list[Styled] = []
        for one, style in zip(placements, self._styles(placements), strict=True):
            if stretch and stretch[-1][0].stop < one.start:
                yield stretch
                stretch = []
            stretch.append((one, style))
        if stretch:
            yield stretch

    def _stretch(self, stretch: Sequence[Styled]) -> tuple[str, ...]:
        """The lines of a stretch and of the kept line behind it."""
        key = tuple(id(part) for styled in stretch for part in styled)
        found = self._stretches.get(key)
        if found is None:
            found = self._stretches[key] = tuple(self._rendered(stretch))
        return found

    def _rendered(self, stretch: Sequence[Styled]) -> Iterator[str]:
        base, start, stop = self._base, stretch[0][0].start, stretch[-1][0].stop
        pieces = [Piece(base.lines[start - 1].text, start - 1, -1)] if start > 0 else []
        for one, style in stretch:
            pieces += segment_pieces(one.steps, self._lazy, base, style)
        if stop < len(base.lines):
            pieces.append(Piece(base.lines[stop].text, stop, -1))
        for at in range(1 if start > 0 else 0, len(pieces)):
            yield from blanks_before(pieces, at, self._lazy, base, airy=self._airy)
            yield pieces[at].text

    def _own(self, placement: Placement) -> _Own:
        found = self._owns.get(id(placement))
        if found is None:
            style = style_of_segment(placement.steps, self._lazy, self._base)
            adrift = not any(step.kind == "same" for step in placement.steps)
            found = _Own(placement, style, adrift, deep_lines(placement.steps, self._base))
            self._owns[id(placement)] = found
        return found

    def _styles(self, placements: Sequence[Placement]) -> list[Style | Shift | None]:
        """For each segment how its depths map to the base's. One without a line of the base is shifted as all are."""
        owns = [self._own(one) for one in placements]
        if self._may_be_flat and sum(own.deep for own in owns) >= LEAST_DEEP:
            return [self._flat] * len(owns)
        others = [own.style for own in owns if not own.adrift]
        agreed = others[0] if others else None
        if not isinstance(agreed, Shift) or len(others) == len(owns) or any(style != agreed for style in others):
            return [own.style for own in owns]
        return [agreed if own.adrift else own.style for own in owns]
