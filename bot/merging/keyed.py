"""Doubts about blocks and entries that are known by a text: a route, an option, a path.

keyed       one of a kind makes way for another with another text, and need not: it may be one more of them
registered  a new line has the call and the text of the block beside it, which stays

    app.get("/rooms", all)          what each of them is, its first text says; the call before
    app.get("/halls", (it) => {     it is the kind
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.merging.counterparts import GONE, NEW
from bot.merging.lexis import strings_in
from bot.merging.reading import short
from bot.merging.structure import opens
from bot.model import Doubt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.merging.evidence import Material
    from bot.merging.placement import Placement, Step
    from bot.merging.reading import Reading

SPARES = 9.5  # the copy of a block is so like it that a reading which spares it loses more than elsewhere
_QUOTE = re.compile(r"[\"'`]")
# A call, a key, an element of a list: before the text stands nothing else.
_KIND = re.compile(r"(?:[\w.$@<>\[\] -]*[(\[:=]\s*|-\s*)?")
_STATEMENT = re.compile(
    r"(?:if|while|return|elif|for|import|from|require|const|let|var|print|echo|export|assert|expect|raise|throw)\b"
)


def keyed(best: Reading, material: Material, sparing: Sequence[float]) -> Iterator[Doubt]:
    """Lines that change their text, with others beside them, where one of the same kind stays.

    `sparing`: for each segment, how much a reading loses against the best in which it takes nothing out.
    """
    kinds: frozenset[tuple[int, str]] = frozenset()
    for segment, loss in zip(best.segments, sparing, strict=True):
        if loss > SPARES or sum(step.kind != "same" for step in segment) <= 1:
            continue
        new = [material.lazy.key(step.token) for step in segment if step.kind in NEW]
        kinds = kinds or _kinds(best, material)
        for step in segment:
            if step.kind == "pair" and _is_another(step, new, kinds, material):
                number = material.base.lines[step.line].number + 1
                text = short(material.keys[step.line])
                yield Doubt("keyed", f"`{text}` on line {number} would make way for another of its kind")
                break


def _kinds(best: Reading, material: Material) -> frozenset[tuple[int, str]]:
    """The kinds of the lines that stay and are known by a text, with their depth."""
    found = ((material.base.lines[line].indent, text_of(material.keys[line])) for line in best.kept)
    return frozenset((depth, known[0]) for depth, known in found if known is not None)


def _is_another(step: Step, new: Sequence[str], kinds: frozenset[tuple[int, str]], material: Material) -> bool:
    """Whether a changed line was one of a kind, and none of the new lines has its text."""
    old, other = text_of(material.keys[step.line]), text_of(material.lazy.key(step.token))
    if old is None or other is None or old[1] == other[1] or _root(old[0]) != _root(other[0]):
        return False
    return (material.base.lines[step.line].indent, old[0]) in kinds and not any(old[1] in key for key in new)


def text_of(key: str) -> tuple[str, str] | None:
    """Of a line that is known by its first text: the kind, and that text."""
    quote = _QUOTE.search(key)
    if quote is None or _STATEMENT.match(key) or _KIND.fullmatch(key, 0, quote.start()) is None:
        return None
    texts = strings_in(key)
    return (key[: quote.start()], texts[0]) if texts else None


def _root(kind: str) -> str:
    return re.split(r"[(.]", kind, maxsplit=1)[0]


def registered(best: Reading, material: Material) -> Iterator[Doubt]:
    """New lines with the call and the text of the block right before or behind their segment, which stays."""
    for placement in best.placements:
        if any(step.kind in GONE for step in placement.steps):
            continue
        beside: dict[int, tuple[int, ...]] = {}  # by depth
        for step in placement.steps:
            found = text_of(material.lazy.key(step.token)) if step.kind == "new" else None
            if found is None or not found[0].endswith("("):
                continue
            depth = material.depths[step.token]
            if depth not in beside:
                beside[depth] = tuple(_neighbours(placement, depth, best, material))
            for line in beside[depth]:
                if text_of(material.keys[line]) == found and opens(material.keys[line]):
                    number = material.base.lines[line].number + 1
                    yield Doubt(
                        "registered", f"`{short(material.lazy.key(step.token))}` would stand beside line {number}"
                    )


def _neighbours(placement: Placement, depth: int, best: Reading, material: Material) -> Iterator[int]:
    """The nearest lines above and below a segment that stand at a depth, in the same block."""
    lines = material.base.lines
    for side in (range(placement.start - 1, -1, -1), range(placement.stop, len(lines))):
        for line in side:
            if lines[line].indent < depth:
                break
            if lines[line].indent == depth and not material.light[line]:
                if line in best.kept:
                    yield line
                break
