"""The doubt that a definition stays which the snippet has no more use for.

outlived    all uses of a name go, a new definition beside its own is used in their place, and the old one stays

base        def area(room): ...         snippet     def size(room): ...
            print(area(hall))                       # ...
                                                    print(size(hall))

A snippet without a marker above its first line often begins right with the new form of a definition.
"""

from __future__ import annotations

from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING

from bot.merging.counterparts import GONE, NEW
from bot.merging.facts import is_word
from bot.merging.lexis import words_in
from bot.merging.names import declared_name, is_mark
from bot.merging.reading import short
from bot.model import Doubt

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.merging.evidence import Material
    from bot.merging.placement import Placement
    from bot.merging.reading import Reading


def outlived(best: Reading, material: Material) -> Iterator[Doubt]:
    """Definitions right before or behind a segment that nothing uses any more, though other lines did."""
    new = {number: _new_names(one, material) for number, one in enumerate(best.placements)}
    if not any(new.values()):
        return
    gone = _times(material.keys[step.line] for step in best.shown if step.kind in GONE)
    come = _times(material.lazy.key(step.token) for step in best.shown if step.kind in NEW)
    for number, names in new.items():
        if not any(come[name] > 1 for name in names):
            continue
        for line in _beside(best.placements[number], best, material):
            name = material.defines[line]
            if name is not None and is_word(name) and name not in come and gone[name] == material.named[name] - 1 > 0:
                where = material.base.lines[line].number + 1
                yield Doubt("outlived", f"`{short(name)}`, defined on line {where}, would stay, and nothing uses it")


def _times(keys: Iterable[str]) -> Counter[str]:
    """How many of some lines have each word."""
    return Counter(chain.from_iterable(frozenset(words_in(key)) for key in keys))


def _new_names(placement: Placement, material: Material) -> list[str]:
    """The names that new lines of a segment define or declare."""
    keys = (material.lazy.key(step.token) for step in placement.steps if step.kind == "new")
    return [name for key in keys if (name := declared_name(key)) is not None]


def _beside(placement: Placement, best: Reading, material: Material) -> Iterator[int]:
    """The nearest definition that stays above a segment, its body apart, and the one right below it."""
    lines, kept = material.base.lines, best.kept
    above = placement.start - 1
    while above >= 0 and above in kept and (material.light[above] or material.defines[above] is None):
        above -= 1
    body = range(above + 1, placement.start)
    if above in kept and all(lines[at].indent > lines[above].indent or material.light[at] for at in body):
        yield above
    below = placement.stop
    while below < len(lines) and (material.light[below] or is_mark(material.keys[below])):
        below += 1
    if below in kept:
        yield below
