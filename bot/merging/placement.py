"""Placements: the ways in which one segment may stand in the base, each a run of base lines that it replaces.

A reading is one placement for each segment, in order; all else is kept. Placements come from two sides: from the
readings that the alignment finds best or nearly so, and from the edges: where the base has the segment's first or last
line, the segment may begin or end there, and the lines beyond may be new or stand for a few old ones.

    base     a b c d e f          segment   b X e          exact edges     b..e, so [1, 5)
                                  segment   X e            last line only  [4, 5) adds X;  [3, 5) puts it for d; ...
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.merging.blocks import balance_of, signs_of
from bot.merging.inside import block_end
from bot.merging.record import record
from bot.merging.snippet import Gap

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.merging.evidence import Material

TELLING = 0.2  # a line of less weight is a twin


@dataclass(frozen=True, slots=True)
class Breadth:
    """How many placements are looked at.

    `turns`: near readings of the alignment; `twins`, `telling`: places of an edge line that is a twin, or is none;
    `replaced`: lines that may give way at an edge that shows none of them; `beside`: the same, beyond the alignment's;
    `one_sided`: also where both edges are shown.
    """

    turns: int
    twins: int
    telling: int
    replaced: int
    beside: int
    one_sided: bool


NARROW = Breadth(turns=6, twins=4, telling=10, replaced=4, beside=2, one_sided=False)
# What the weights are fitted on: the more other placements there are to tell from the right one, the surer they are.
WIDE = Breadth(turns=24, twins=12, telling=12, replaced=5, beside=3, one_sided=True)
LONGEST_STATEMENT = 20  # lines
NEAREST = 4  # ends that are looked at for each beginning, and beginnings for each end


@record
class Step:
    """One move of a reading: snippet token `token` meets base line `line` (-1: none).

    kind: `same` (a base line shown), `pair` (a changed line), `new`, `gap` (a base line that a marker keeps), `drop`.
    """

    kind: str
    token: int
    line: int


@dataclass(frozen=True, slots=True)
class Segment:
    """The tokens `first` to `last` of a snippet: all lines between two gaps."""

    first: int
    last: int

    @property
    def tokens(self) -> range:
        return range(self.first, self.last + 1)


@record
class Placement:
    """A segment stands for the base lines `start:stop`; `steps` say which of its lines is which of them."""

    start: int
    stop: int
    steps: tuple[Step, ...]


def segments_of(material: Material) -> tuple[Segment, ...]:
    """The segments of a snippet, in order."""
    found: list[Segment] = []
    first = -1
    for at, token in enumerate(material.lazy.tokens):
        if isinstance(token, Gap):
            if first >= 0:
                found.append(Segment(first, at - 1))
            first = -1
        elif first < 0:
            first = at
    return tuple(found)


def spans_at_edges(
    material: Material, segment: Segment, near: tuple[int, int], breadth: Breadth
) -> Iterator[tuple[int, int]]:
    """The spans that begin or end with a base line that is the segment's own first or last line.

    Of twins such as `}` those nearest to the span `near` are looked at, and those nearest to the other edge.
    """
    size, lines = segment.last - segment.first + 1, len(material.keys)
    heads, tails = material.places[segment.first], material.places[segment.last]
    # With both edges shown, lines beyond one of them alone give way to none.
    most = 1 if heads and tails and not breadth.one_sided else breadth.replaced
    for start in _nearest(material, segment.first, near[0], breadth):
        run = _head_run(material, segment, start)
        for shown in {run, *range(1, min(run, 3))}:
            for replaced in range(min(size - shown + 2, most)):
                if start + shown + replaced <= lines:
                    yield start, start + shown + replaced
        first = bisect_left(tails, start)
        for last in tails[first : first + NEAREST]:
            yield start, last + 1
    for last in _nearest(material, segment.last, near[1] - 1, breadth):
        run = _tail_run(material, segment, last)
        for shown in {run, *range(1, min(run, 3))}:
            for replaced in range(min(size - shown + 2, most)):
                if last + 1 >= shown + replaced:
                    yield last + 1 - shown - replaced, last + 1
        first = bisect_right(heads, last)
        for start in heads[max(0, first - NEAREST + 1) : first]:
            yield start, last + 1


def spans_beside(
    material: Material, segment: Segment, near: tuple[int, int], breadth: Breadth
) -> Iterator[tuple[int, int]]:
    """The spans that take in a few lines more than `near` on one side: what the line at that edge may replace.

    A line of the base that stands at that edge replaces none.
    """
    places = material.places
    above = near[0] not in places[segment.first]
    below = near[1] - 1 not in places[segment.last]
    for more in range(1, breadth.beside + 1):
        if above and near[0] >= more:
            yield near[0] - more, near[1]
        if below and near[1] + more <= len(material.keys):
            yield near[0], near[1] + more


def spans_at_block_end(material: Material, segment: Segment) -> Iterator[tuple[int, int]]:
    """The spans at the end of the block in which a segment stands, by the header that is shown before its marker.

    Only for a segment whose last line is no line of the base: it may be the new end of that block.
    """
    tokens = material.lazy.tokens
    before = segment.first - 2
    if before < 0 or len(material.places[before]) != 1 or material.places[segment.last]:
        return
    header = material.places[before][0]
    if tokens[before].indent < tokens[segment.first].indent:
        end = block_end(header, material.base, material.lazy.path)
        if end > header + 1:
            yield end, end
            yield end - 1, end


def spans_unwrapped(material: Material, segment: Segment, near: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """The span that takes in the rest of a statement whose first line `near` ends with, and which is given on one line.

    base    call(            segment    call(a, b)        [near) ends behind `call(`; the statement behind `)`
                a, b
            )
    """
    token, path, lines = material.lazy.tokens[segment.last], material.lazy.path, material.base.lines
    if isinstance(token, Gap) or material.places[segment.last] or near[0] == near[1]:
        return
    wanted = balance_of(signs_of(token.text, path)).opened
    signs = signs_of(lines[near[1] - 1].text, path)
    stop = near[1]
    while len(balance_of(signs).opened) > len(wanted) and stop < min(len(lines), near[1] + LONGEST_STATEMENT):
        signs += signs_of(lines[stop].text, path)
        stop += 1
    if stop > near[1] and balance_of(signs).opened == wanted:
        yield near[0], stop


def spans_of_twins(material: Material, near: tuple[int, int], breadth: Breadth) -> Iterator[tuple[int, int]]:
    """The spans whose lines are, one by one, those of `near`: where it may stand, they may too. The nearest ones."""
    glues = material.glues
    run = glues[near[0] : near[1]]
    if not run:
        return
    starts = [at for at in material.starts[run[0]] if at != near[0] and glues[at : at + len(run)] == run]
    for start in sorted(starts, key=lambda at: abs(at - near[0]))[: breadth.twins]:
        yield start, start + len(run)


def _head_run(material: Material, segment: Segment, start: int) -> int:
    """How many of the segment's first lines the base has in a row from `start` on."""
    glues, shown = material.glues, _glues(material, segment)
    run = 1
    while run < len(shown) and start + run < len(glues) and glues[start + run] == shown[run]:
        run += 1
    return run


def _tail_run(material: Material, segment: Segment, last: int) -> int:
    """How many of the segment's last lines the base has in a row up to `last`."""
    glues, shown = material.glues, _glues(material, segment)
    run = 1
    while run < len(shown) and run <= last and glues[last - run] == shown[-1 - run]:
        run += 1
    return run


def _nearest(material: Material, token: int, near: int, breadth: Breadth) -> Sequence[int]:
    """The places of a line that are looked at: of a telling line many, of a twin those next to `near`."""
    places = material.places[token]
    most = breadth.twins if material.weights[token] < TELLING else breadth.telling
    return places if len(places) <= most else sorted(places, key=lambda at: abs(at - near))[:most]


def _glues(material: Material, segment: Segment) -> list[str]:
    tokens = material.lazy.tokens
    return ["" if isinstance(line := tokens[at], Gap) else line.glue for at in segment.tokens]
