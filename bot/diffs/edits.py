"""Two texts become edits of the first.

Lines that stand once in each text, in the same order, are taken for the same (patience, after Bram Cohen); between
them a longest common subsequence decides. So a diff hangs on the lines that a reader takes for landmarks, not on a
blank line or a brace that happens to fit. Last, a block that could stand at several places is moved to where it reads
best: it then begins after a blank line or at the least indented line, as git's indent heuristic has it.

Law: `splice(old, edits_between(old, new)) == new`; the edits are sorted, disjoint, never adjacent and never empty.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.model import Edit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# A span that the two texts do not share: old start and stop, new start and stop.
Span = tuple[int, int, int, int]

# The comparison keeps a bit for each pair of lines. Beyond this (64 MB) a span without one landmark is replaced whole.
_MOST_CELLS = 512 * 1024 * 1024


def edits_between(old: Sequence[str], new: Sequence[str]) -> tuple[Edit, ...]:
    """The edits of the lines `old` that make `new` of them: few, sorted, disjoint, and placed where they read best."""
    spans = _joined(_differences(*_numbered(old, new)))
    return tuple(Edit(a, b, tuple(new[c:d])) for a, b, c, d in _settled(spans, old, new))


@lru_cache(maxsize=64)
def kept_lines(old: tuple[str, ...], new: tuple[str, ...]) -> tuple[int | None, ...]:
    """For each line of `old` where it stands in `new`; None for one that is gone, or that is kept in one reading alone.

    Lines that repeat can be paired in many ways. From its beginning and from its end a text is read differently, so
    what both readings say is no matter of choice.
    """
    before, after = _numbered(old, new)
    forward = _pairs(_differences(before, after), len(old))
    backward = _pairs(_differences(before[::-1], after[::-1]), len(old))[::-1]
    return tuple(
        one if one is not None and other is not None and one == len(new) - 1 - other else None
        for one, other in zip(forward, backward, strict=True)
    )


def _numbered(old: Sequence[str], new: Sequence[str]) -> tuple[list[int], list[int]]:
    """Small numbers instead of lines: the comparison below works on hashes, and those of numbers never collide."""
    numbers: dict[str, int] = {}
    before = [numbers.setdefault(line, len(numbers)) for line in old]
    return before, [numbers.setdefault(line, len(numbers)) for line in new]


def _pairs(spans: Iterator[Span], count: int) -> list[int | None]:
    """Where each of the `count` old lines stands in the new text by these spans."""
    found: list[int | None] = []
    shift = 0
    for a, b, _, d in spans:
        found += [at + shift for at in range(len(found), a)]
        found += [None] * (b - a)
        shift = d - b
    return found + [at + shift for at in range(len(found), count)]


def _differences(old: list[int], new: list[int]) -> Iterator[Span]:
    """The spans that differ, in order; neighbours may touch."""
    waiting = [(0, len(old), 0, len(new))]
    while waiting:
        a, b, c, d = waiting.pop()
        while a < b and c < d and old[a] == new[c]:
            a, c = a + 1, c + 1
        while a < b and c < d and old[b - 1] == new[d - 1]:
            b, d = b - 1, d - 1
        if a == b or c == d:
            if a < b or c < d:
                yield a, b, c, d
            continue
        landmarks = _landmarks(old, new, (a, b, c, d))
        if not landmarks:
            yield from _common_subsequence(old, new, (a, b, c, d))
            continue
        gaps: list[Span] = []
        for i, j in landmarks:
            gaps.append((a, i, c, j))
            a, c = i + 1, j + 1
        gaps.append((a, b, c, d))
        waiting += reversed(gaps)


def _landmarks(old: list[int], new: list[int], span: Span) -> list[tuple[int, int]]:
    """Pairs of lines that stand once in either half of the span and in the same order in both."""
    a, b, c, d = span
    counts_old, counts_new = Counter(old[a:b]), Counter(new[c:d])
    place = {new[j]: j for j in range(c, d) if counts_new[new[j]] == 1 and counts_old[new[j]] == 1}
    pairs = [(i, place[old[i]]) for i in range(a, b) if old[i] in place]
    return _longest_rising(pairs)


def _longest_rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest subsequence of `pairs` whose second numbers rise (patience sorting)."""
    tops: list[int] = []
    last: list[int] = []
    previous: list[int] = []
    for at, (_, j) in enumerate(pairs):
        pile = bisect_left(tops, j)
        if pile == len(tops):
            tops.append(j)
            last.append(at)
        else:
            tops[pile], last[pile] = j, at
        previous.append(last[pile - 1] if pile else -1)
    chosen: list[tuple[int, int]] = []
    at = last[-1] if last else -1
    while at >= 0:
        chosen.append(pairs[at])
        at = previous[at]
    return chosen[::-1]


def _common_subsequence(old: list[int], new: list[int], span: Span) -> Iterator[Span]:
    from rapidfuzz.distance import Indel

    a, b, c, d = span
    if (b - a) * (d - c) > _MOST_CELLS:
        yield span
        return
    for code in Indel.opcodes(old[a:b], new[c:d]):
        if code.tag != "equal":
            yield a + code.src_start, a + code.src_end, c + code.dest_start, c + code.dest_end


def _joined(spans: Iterator[Span]) -> list[Span]:
    joined: list[Span] = []
    for a, b, c, d in spans:
        if joined and joined[-1][1] == a and joined[-1][3] == c:
            joined[-1] = (joined[-1][0], b, joined[-1][2], d)
        else:
            joined.append((a, b, c, d))
    return joined


def _settled(spans: list[Span], old: Sequence[str], new: Sequence[str]) -> Iterator[Span]:
    """Move each pure insertion or deletion, within the room between its neighbours, to where it reads best."""
    floor = 0
    for number, (a, b, c, d) in enumerate(spans):
        ceiling = spans[number + 1][0] - 1 if number + 1 < len(spans) else len(old)
        shift = 0
        if c == d:
            shift = _best_shift(old, (a, b), (floor, ceiling))
        elif a == b:
            # The room in lines of the new text: unchanged lines on either side run along in both.
            shift = _best_shift(new, (c, d), (c - (a - floor), d + (ceiling - b)))
        yield a + shift, b + shift, c + shift, d + shift
        floor = b + shift + 1


def _best_shift(lines: Sequence[str], block: tuple[int, int], room: tuple[int, int]) -> int:
    start, stop = block
    low = high = 0
    while start + low > room[0] and lines[start + low - 1] == lines[stop + low - 1]:
        low -= 1
    while stop + high < room[1] and lines[start + high] == lines[stop + high]:
        high += 1
    return min(range(low, high + 1), key=lambda shift: (_roughness(lines, start + shift, stop + shift), -shift))


def _roughness(lines: Sequence[str], start: int, stop: int) -> tuple[int, int]:
    """How badly a block reads that is cut out at `start` and `stop`: deep cuts, and cuts with no blank line before."""
    cuts = [at for at in (start, stop) if at < len(lines)]
    unspaced = sum(1 for at in cuts if at > 0 and lines[at - 1].strip())
    return sum(_depth(lines, at) for at in cuts), unspaced


def _depth(lines: Sequence[str], at: int) -> int:
    # A blank line is cut as deep as the code that follows it, and a little deeper: a block should not begin with one.
    for number in range(at, min(at + 20, len(lines))):
        text = lines[number].lstrip()
        if text:
            margin = lines[number][: len(lines[number]) - len(text)]
            return len(margin.expandtabs(4)) + (1 if number > at else 0)
    return 0
