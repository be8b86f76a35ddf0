"""Depth: how a segment's leading white space maps to the base's, where a writer used another style or lost it.

A segment that writes each depth of the base as another one (two spaces for four, spaces for tabs, nothing at all) was
restyled, and its lines take the base's depths. Where a line stands deeper under a new header, or comes out from under a
header that is gone, it was moved on purpose, and its depth is the snippet's.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import dropwhile, pairwise
from typing import TYPE_CHECKING

from bot.merging.record import record
from bot.merging.snippet import indent_of
from bot.merging.structure import opens

if TYPE_CHECKING:
    from collections.abc import Sequence


_TAB = 4
LEAST_OTHERS = 2
LEAST_ANCHORS = 3


@record
class Shown:
    """A line of a segment, and the base line that it is (or is the new form of), if any; `dropped`: only the latter."""

    text: str
    base: str | None = None
    same: bool = False
    dropped: bool = False

    @property
    def indent(self) -> int:
        return indent_of(self.text)


@dataclass(frozen=True, slots=True)
class Style:
    """How the snippet's columns map to the base's leading white space."""

    leads: tuple[tuple[int, str], ...]
    unit: str
    step: int

    @property
    def flat(self) -> bool:
        """All depth was lost: the columns say nothing."""
        return not self.leads

    def lead(self, indent: int, *, aligned: bool = False) -> str:
        """The base's leading white space for a line at column `indent` of the snippet; `aligned`: what is over a level
        stays, as it puts one sign under another.
        """
        below = [pair for pair in self.leads if pair[0] <= indent]
        column, lead = below[-1] if below else self.leads[0]
        levels, over = divmod(indent - column, self.step)
        if not aligned:
            levels, over = round((indent - column) / self.step), 0
        if levels >= 0:
            return lead + self.unit * levels + " " * over
        for _ in range(-levels):
            lead = lead.removesuffix(self.unit)
        return lead + " " * over


@dataclass(frozen=True, slots=True)
class Shift:
    """The whole segment stands `by` columns to the left of its place; `unit` is one level of the base."""

    by: int
    unit: str
    flat: bool = False

    def lead(self, indent: int, *, aligned: bool = False) -> str:
        """The base's leading white space for a line at column `indent` of the snippet."""
        del aligned  # all columns count
        columns = indent + self.by
        if self.unit != "\t":
            return " " * columns
        return "\t" * (columns // _TAB) + " " * (columns % _TAB)


def shift_of(lines: Sequence[Shown], unit: str) -> Shift | None:
    """How far a segment is shifted as a whole, None where it is not: its context lines before the first change say it.

    What changes may move the lines behind it (a new header, or one that is gone), so these count only where no line
    stands before.
    """
    shown = [line for line in lines if not line.dropped]
    offs: list[int] = []
    for ordered in (lines, lines[::-1]):
        offs = []
        for line in ordered:
            if not line.same or line.base is None:
                break
            offs.append(indent_of(line.base) - line.indent)
        if offs:
            break
    if not offs or len(set(offs)) > 1 or offs[0] == 0 or min(line.indent for line in shown) + offs[0] < 0:
        return None
    anchors = [indent_of(line.base) - line.indent for line in shown if line.same and line.base is not None]
    if _is_stripped(shown, offs[0]):
        return None
    scaled = len(unit.expandtabs(_TAB)) != _step([line for line in shown if not _is_comment(line)], unit)
    if scaled and anchors.count(offs[0]) < len(anchors):
        return None  # other depths are off by more: written in another unit
    if scaled and unit == "\t" and any((line.indent + offs[0]) % _TAB for line in shown if not _is_comment(line)):
        return None  # no tabs would lead there: each level of the snippet is one of them
    return Shift(offs[0], unit)


def _is_stripped(shown: Sequence[Shown], off: int) -> bool:
    """Whether the first lines alone have lost all of their depth, as text that is quoted does: no other line is as far
    off, and one with depth stands in its place.
    """
    behind = list(dropwhile(lambda line: line.same and line.indent == 0, shown))
    offs = {
        indent_of(line.base) - line.indent for line in behind if line.same and line.base is not None and line.indent
    }
    return len(behind) < len(shown) and 0 in offs and off not in offs


def _is_comment(line: Shown) -> bool:
    return line.text.lstrip().startswith("*")


def style_of(lines: Sequence[Shown], unit: str) -> Style | None:
    """The style in which a segment was written, None where it is the base's or lines were moved on purpose.

    `unit` is one level of the base's leading white space.
    """
    anchors = [line for line in lines if line.same and line.base is not None]
    if all(lead_of(line.text) == lead_of(line.base or "") for line in anchors):
        return None
    levelled = _levelled(lines, anchors, unit)
    if levelled is not None:
        return levelled
    scaled = _scaled(lines, anchors, unit)
    return _mapped(lines, anchors, unit) if scaled is None and not _is_moved(lines, anchors) else scaled


def _mapped(lines: Sequence[Shown], anchors: Sequence[Shown], unit: str) -> Style | None:
    """The style where each depth of the snippet is another one of the base, deeper ones deeper."""
    on_purpose = any(_on_purpose(lines, at) for at in range(len(lines)))
    if on_purpose:
        return None
    if all(line.indent == 0 for line in lines if not line.dropped):
        return Style((), unit, 1)
    leads = _leads(anchors)
    pairs = sorted(leads.items())
    widths = [len(lead.expandtabs(_TAB)) for _, lead in pairs]
    if not pairs or not all(first < second for first, second in pairwise(widths)):
        return None
    return Style(tuple(pairs), unit, _step([line for line in lines if not _is_comment(line)], unit))


def _leads(anchors: Sequence[Shown]) -> dict[int, str]:
    """The leading white space in the base for each column of the snippet; nothing where a column has two."""
    leads: dict[int, str] = {}
    for line in anchors:
        lead = lead_of(line.base or "")
        if leads.setdefault(line.indent, lead) != lead:
            return {}
    return leads


def _scaled(lines: Sequence[Shown], anchors: Sequence[Shown], unit: str) -> Style | None:
    """The style where all context lines, of two depths or more, are as many times as deep in the base."""
    leads = _leads(anchors)
    deep = {indent: indent_of(lead + ".") for indent, lead in leads.items() if indent}
    if len(deep) < LEAST_OTHERS or leads.get(0) or any(lead.strip(unit[0]) for lead in leads.values()):
        return None
    first = next(iter(deep))
    if any(width * first != deep[first] * indent for indent, width in deep.items()):
        return None
    return Style(tuple(sorted(leads.items())), unit, _step([line for line in lines if not _is_comment(line)], unit))


def _levelled(lines: Sequence[Shown], anchors: Sequence[Shown], unit: str) -> Style | None:
    """The style where the snippet's levels are as many columns wide as the base's are not, and all as far in or out.

    What was copied out of a block and set anew: a few of its lines may stand at a depth of the base by chance.
    """
    solid = [line for line in anchors if not _is_comment(line)]
    step = _step([line for line in lines if not _is_comment(line)], unit)
    width = len(unit.expandtabs(_TAB))
    if step == width or len(solid) < LEAST_ANCHORS or len({line.indent for line in solid}) < LEAST_OTHERS:
        return None
    if any(_on_purpose(lines, at) for at in range(len(lines))):
        return None
    offs = set()
    for line in solid:
        deep = indent_of(line.base or "")
        if line.indent % step or deep % width:
            return None
        offs.add(deep // width - line.indent // step)
    leads = _leads(solid)
    return Style(tuple(sorted(leads.items())), unit, step) if len(offs) == 1 and leads else None


def lead_of(text: str) -> str:
    """The leading white space of `text`."""
    return text[: len(text) - len(text.lstrip())]


def _stands_right(line: Shown) -> bool:
    """Whether the line has depth, and the base's: then the others beside it are not restyled."""
    return line.indent > 0 and not line.dropped and line.base is not None and lead_of(line.text) == lead_of(line.base)


def _is_moved(lines: Sequence[Shown], anchors: Sequence[Shown]) -> bool:
    """Whether a line stands right, so that those that do not were moved.

    The shallowest lines may stand right also where the unit is another one: then two depths or more below are others.
    """
    right = [line.indent for line in lines if _stands_right(line)]
    if not right:
        return False
    least = min(line.indent for line in lines if not line.dropped)
    others = {line.indent for line in anchors if lead_of(line.text) != lead_of(line.base or "")}
    return max(right) > least or len(others) < LEAST_OTHERS


def _on_purpose(lines: Sequence[Shown], at: int) -> bool:
    """Whether the anchor at `at` goes deeper under a new header, or comes out from under a dropped one."""
    anchor = lines[at]
    if not anchor.same or anchor.base is None:
        return False
    here, there = anchor.indent, indent_of(anchor.base)
    for line in lines[:at]:
        if line.dropped and line.base is not None and here < there and indent_of(line.base) < there:
            return True
        new = not line.same and not line.dropped
        if new and here > there and there <= line.indent < here and opens(" ".join(line.text.split())):
            return True
    return False


def _step(lines: Sequence[Shown], unit: str) -> int:
    """Columns of one level in the snippet's style."""
    indents = sorted({line.indent for line in lines if not line.dropped})
    steps = [second - first for first, second in pairwise(indents)]
    return min(steps, default=len(unit.expandtabs(4))) or 4
