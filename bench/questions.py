"""Questions to fit weights on: for each segment of a snippet its candidate placements, and which of them are right.

The right placement is the tiling of the case's `expected`: base runs with the snippet's segments between them. Two
spans that give the same lines are equally right. The other segments stand at their right places, so candidates that
overlap these are left out, and the gaps on both sides are as long as a candidate leaves them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.merging.choose import candidates
from bot.merging.evidence import Material
from bot.merging.facts import Facts
from bot.merging.gaps import gap_traits
from bot.merging.lay import lay
from bot.merging.placement import WIDE, Placement, segments_of
from bot.merging.snippet import read_base, read_snippet
from bot.merging.traits import traits_of
from bot.text import Document
from bot.verify import texts
from bot.verify.cost import Costs
from bot.verify.misquoted import requoted
from bot.verify.tiling import Tiler

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.cases import Case
    from bot.merging.placement import Segment
    from bot.merging.snippet import Base
    from bot.verify.texts import Snippet, Text

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Answer:
    """One candidate placement: its traits, those of the gaps beside it included, and whether it is right."""

    traits: dict[str, float]
    right: bool


@dataclass(frozen=True, slots=True)
class Question:
    """One segment of one case. `origin` is the repository, `found`: the engine itself looks at a right placement."""

    case: str
    style: str
    origin: str
    answers: tuple[Answer, ...]
    found: bool


def questions_of(case: Case) -> tuple[Question, ...] | None:
    """The questions of a case; None where it has no right answer, or none that stands as the snippet shows it."""
    if case.expected is None:
        return None
    lines = Document.from_text(case.original).lines
    base = read_base(lines)
    material = Material(read_snippet(case.update, lines, case.path), base)
    facts, segments = Facts(material), segments_of(material)
    right = right_spans(case)
    if right is None or len(right) != len(segments):
        return None
    found: list[Question] = []
    for at, (segment, placements) in enumerate(zip(segments, candidates(facts, segments, WIDE), strict=True)):
        keys = [facts.line(token).key for token in segment.tokens]
        equal = {span for span in placements if _same_lines(base, keys, span, right[at])}
        seen = bool(equal)
        if right[at] not in placements:
            steps = lay(facts, segment, *right[at])
            if steps is not None:
                placements[right[at]] = Placement(*right[at], steps)
                equal.add(right[at])
        low = right[at - 1][1] if at else 0
        high = right[at + 1][0] if at + 1 < len(right) else len(base.lines)
        answers = tuple(
            Answer(_traits(facts, segment, one, low, high), span in equal)
            for span, one in placements.items()
            if low <= one.start and one.stop <= high
        )
        found.append(Question(case.id, case.style, case.origin, answers, seen))
    return tuple(found)


def right_spans(case: Case) -> tuple[Span, ...] | None:
    """The base lines that each segment stands for in the case's right answer; None where nothing tells."""
    lines = Document.from_text(case.original).lines
    snippet = texts.read_snippet(case.update, lines, case.path)
    if case.expected is None or not snippet.segments:
        return None
    origin, result = texts.read_text(lines), texts.read_text(Document.from_text(case.expected).lines)
    spans, exhausted = _tiled(origin, snippet, result)
    if spans is None and not exhausted:
        mended, misquoted = requoted(snippet, origin, result)
        if misquoted:
            spans, _ = _tiled(origin, mended, result)
    return spans


def _tiled(origin: Text, snippet: Snippet, result: Text) -> tuple[tuple[Span, ...] | None, bool]:
    tiler = Tiler(origin, result, snippet.segments, Costs(origin, snippet.segments))
    tiles = tiler.find()
    return None if tiles is None else tuple((tile.start, tile.stop) for tile in tiles), tiler.exhausted


def _same_lines(base: Base, keys: Sequence[str], one: Span, other: Span) -> bool:
    """Whether the segment gives the same file in place of either span."""
    low, high = min(one[0], other[0]), max(one[1], other[1])

    def around(span: Span) -> list[str]:
        before, behind = base.lines[low : span[0]], base.lines[span[1] : high]
        return [*(line.key for line in before), *keys, *(line.key for line in behind)]

    return one == other or (one[1] - one[0] == other[1] - other[0] and around(one) == around(other))


def _traits(facts: Facts, segment: Segment, placement: Placement, low: int, high: int) -> dict[str, float]:
    """The traits of a placement and of the gaps beside it, up to its neighbours' places."""
    found = dict(traits_of(facts, segment, placement))
    for token, start, stop in (
        (segment.first - 1, low, placement.start),
        (segment.last + 1, placement.stop, high),
    ):
        for name, value in gap_traits(facts, token, start, stop).items():
            found[name] = found.get(name, 0.0) + value
    return found
