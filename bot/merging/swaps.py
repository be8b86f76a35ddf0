"""Doubts about code that gives way: does the snippet say so, or did a reading only find lines alike enough to take out?

Writers show a new line beside an old one and leave the rest to a marker; where lines are alike, as in lists and tests,
the weighing then likes to put the new line in place of the next old one. So a line that goes must have a counterpart
among the new lines, one that is like it or names the same thing, or it must stand between telling lines that stay.

swapped     lines go at an end of a segment that no shown line bounds, and the new ones are about something else
succeeded   a block makes way for one of another name, which may as well come beside it
unheld      what has a name goes below nothing but twins, and need not
joined      a line makes way for one that is as like the shown line beside it
nested      the same before shown lines that end the new block, as they end others
unbounded   the same between shown lines, of which those on one side are twins
"""

from __future__ import annotations

import re
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING

from bot.merging.carried import Carried
from bot.merging.counterparts import (
    AS_LIKE,
    BOUNDS,
    GONE,
    NEW,
    SPARES,
    numbered,
    own_words,
    shares,
    without_counterpart,
)
from bot.merging.hunks import hunks_of
from bot.merging.lexis import strings_in, words_in
from bot.merging.names import (
    content_words,
    declared_name,
    header_name,
    is_begun,
    is_comment,
    is_mark,
    kind_of,
    leaves,
    times_named,
)
from bot.merging.reading import short
from bot.model import Doubt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.merging.evidence import Material
    from bot.merging.placement import Step
    from bot.merging.reading import Reading

LIKE_BESIDE = 50  # of 100: new lines are of the kind of the shown ones beside them
LONGEST_WORD = 200
LEAST_WORDS = 3  # that make a header one of its own
WINDOWS = 4  # lines that a new block may share with the one before it
_CLAUSE = re.compile(r"\}?\s*(except|catch|rescue|elif|elsif|else|finally|ensure)\b")
_LAST_WORD = re.compile(r"(\w+)[;,)\]'\"]*$")


def swapped(best: Reading, material: Material, sparing: Sequence[float]) -> Iterator[Doubt]:
    """Lines without a counterpart that go where no shown line bounds what goes, and need not.

    `sparing`: for each segment, how much a reading loses against the best in which it takes nothing out.
    """
    carried = Carried(best, material)
    for segment, loss in zip(best.segments, sparing, strict=True):
        if loss > SPARES:
            continue
        for group, hunk in hunks_of(segment):
            lost = [] if group == "in" else without_counterpart(hunk, material)
            if _are_comments(lost, hunk, material):
                continue
            if any(step.line not in carried for step in lost):
                yield Doubt(
                    "swapped", f"{numbered(lost, material)} would go, and what is new there is about other things"
                )


def _are_comments(lost: Sequence[Step], hunk: Sequence[Step], material: Material) -> bool:
    """Whether nothing but comments go, and others come: they say the same in other words."""
    new = any(is_comment(material.lazy.key(step.token)) for step in hunk if step.kind in NEW)
    return new and all(is_comment(material.keys[step.line]) for step in lost)


def succeeded(best: Reading, material: Material, sparing: Sequence[float]) -> Iterator[Doubt]:
    """Blocks that give way to blocks of another name, and need not.

    No line of the segment says where the old one ends but those of its own block. `sparing` as for `swapped`.
    """
    carried = Carried(best, material)
    for segment, loss in zip(best.segments, sparing, strict=True):
        new = {header_name(material.lazy.key(step.token)) for step in segment if step.kind in NEW}
        for at, step in enumerate(segment):
            old = header_name(material.keys[step.line]) if step.kind in GONE else None
            if old is None or not content_words(old) or not new - {None, old} or is_begun(old, best.lines):
                continue
            if step.line in carried:
                continue
            if any(content_words(name) == content_words(old) for name in new - {None}):
                continue  # another number
            if _is_kept(step, material):
                continue
            depth = material.base.lines[step.line].indent
            headless = all(other.kind != "same" for other in segment[:at])
            if headless or (loss <= SPARES and not any(_tells(other, depth, material) for other in segment[at + 1 :])):
                number = material.base.lines[step.line].number + 1
                yield Doubt(
                    "succeeded", f"`{short(old)}` on line {number} would make way for another, which may come beside it"
                )


def unheld(best: Reading, material: Material, sparing: Sequence[float]) -> Iterator[Doubt]:
    """Definitions, and what else has a name, that go where only twins are shown above, and need not.

    A copy of the block before is written in front of the next one with its own first lines: they say nothing of which
    block is meant, and what is shown below stands behind both. `sparing` as for `swapped`.
    """
    lost: list[tuple[int, str]] = []
    for segment, loss in zip(best.segments, sparing, strict=True):
        for step in takewhile(lambda step: not _holds(step, material), segment) if loss <= SPARES else ():
            key = material.keys[step.line] if step.kind in GONE else ""
            name = header_name(key) or declared_name(key)
            if name is None or _is_kept(step, material):
                continue
            if times_named(name, best.lines) < times_named(name, material.base.all):
                lost.append((step.line, name))
    carried = Carried(best, material)
    for line, name in lost:
        if line not in carried:
            number = material.base.lines[line].number + 1
            yield Doubt("unheld", f"`{short(name)}` on line {number} would go, below common lines alone")


def _holds(step: Step, material: Material) -> bool:
    """Whether a line is shown that stands once in the file, and says where what follows belongs."""
    return step.kind == "same" and material.weights[step.token] >= BOUNDS and len(material.places[step.token]) == 1


def _is_kept(step: Step, material: Material) -> bool:
    """Whether a changed header has all words of the old one, or is the same clause of a statement."""
    if step.kind != "pair":
        return False
    old, new = material.keys[step.line], material.lazy.key(step.token)
    clause = _CLAUSE.match(old), _CLAUSE.match(new)
    if clause[0] and clause[1] and clause[0][1] == clause[1][1]:
        return True
    words = frozenset(words_in(old))
    said = all(text in new for text in strings_in(old))
    return said and len(words) >= LEAST_WORDS and words <= frozenset(words_in(new))


def _tells(step: Step, depth: int, material: Material) -> bool:
    """Whether a telling line stays that is less deep than `depth`, or begins something at that depth."""
    if step.kind != "same" or material.weights[step.token] < BOUNDS or is_mark(material.keys[step.line]):
        return False
    other = material.base.lines[step.line]
    return other.indent < depth or (other.indent == depth and header_name(other.key) is not None)


def joined(best: Reading, material: Material) -> Iterator[Doubt]:
    """New lines behind shown ones, or before them, that take old lines out and are as like the shown ones beside them.

    They are more of their kind then, not the next ones changed; unless a telling line bounds them on the other side, or
    they begin with the name that the old ones begin with.
    """
    for segment in best.segments:
        for steps in (segment, segment[::-1]):
            shown = list(takewhile(lambda step: step.kind == "same", steps))
            rest = steps[len(shown) :]
            if shown and rest and _are_more(shown, rest, material):
                lines = [step for step in rest if step.kind in GONE]
                yield Doubt(
                    "joined", f"{numbered(lines, material)} would go for what is as like the lines shown beside"
                )


def _are_more(shown: Sequence[Step], rest: Sequence[Step], material: Material) -> bool:
    from rapidfuzz import fuzz  # heavy: only a merge needs it

    gone = [step for step in rest if step.kind in GONE]
    if not gone or not any(step.kind in NEW for step in rest):
        return False
    if rest[0].kind == "pair" and material.namesakes[rest[0].token] == (rest[0].line,):
        return False
    if rest[0].kind == "pair" and _ends_alike(rest[0], shown, material):
        return False
    behind = list(takewhile(lambda step: step.kind == "same", rest[::-1]))
    own = {material.glues[step.line] for step in shown}  # lines of that kind bound nothing
    if any(material.weights[step.token] >= BOUNDS and material.glues[step.line] not in own for step in behind):
        return False
    new = [material.lazy.key(step.token) for step in rest if step.kind != "drop"]
    old = [material.keys[step.line] for step in rest if step.line >= 0]
    if all(material.light[step.line] for step in shown):
        return False
    keys = [material.keys[step.line] for step in shown]
    text = "\n".join(new)
    # The block before may end a few lines earlier, where the new one begins with a line that both begin with.
    ends = range(len(keys), max(len(new) - 1, len(keys) - WINDOWS, 0), -1) if len(keys) > len(new) else (len(keys),)
    alike = max(fuzz.ratio(text, "\n".join(keys[max(0, end - len(new)) : end])) for end in ends)
    return alike >= LIKE_BESIDE and alike >= fuzz.ratio(text, "\n".join(old)) - AS_LIKE


def _last_word(text: str) -> re.Match[str] | None:
    return _LAST_WORD.search(text[-LONGEST_WORD:])  # a longer word tells as much by its end


def _ends_alike(changed: Step, shown: Sequence[Step], material: Material) -> bool:
    """Whether a changed line keeps its last word, with which no shown line beside it ends: `int i;`, `size_t i;`."""
    new = _last_word(material.lazy.lines_text(changed.token))
    old = _last_word(material.keys[changed.line])
    others = {found[1] for step in shown if (found := _last_word(material.keys[step.line]))}
    return new is not None and old is not None and new[1] == old[1] and new[1] not in others


def unbounded(best: Reading, material: Material) -> Iterator[Doubt]:
    """Lines without a counterpart that go between shown lines, of which those on one side are twins."""
    carried = Carried(best, material)
    for segment in best.segments:
        telling = [
            step.kind == "same" and material.weights[step.token] >= BOUNDS and not is_mark(material.keys[step.line])
            for step in segment
        ]
        shown = [at for at, step in enumerate(segment) if step.kind == "same"]
        for before, after in pairwise(shown):
            if any(telling[:after]) and any(telling[before + 1 :]):
                continue
            lost = without_counterpart(segment[before + 1 : after], material)
            if any(step.line not in carried for step in lost):
                yield Doubt("unbounded", f"{numbered(lost, material)} would go, and only common lines bound them")


def nested(best: Reading, material: Material, sparing: Sequence[float]) -> Iterator[Doubt]:
    """Lines without a counterpart that go, and all that is shown behind them belongs to the new block in their place.

    A guard ends as the next one does: the shown end of the new block says nothing of where the old one ends. `sparing`
    as for `swapped`: where nothing need go, lines that are alike in words that all of the file has are none either.
    """
    depths, carried = material.depths, Carried(best, material)
    for segment, loss in zip(best.segments, sparing, strict=True):
        last = max((at for at, step in enumerate(segment) if step.kind != "same"), default=-1)
        behind = segment[last + 1 :]
        first = last
        while first > 0 and segment[first - 1].kind != "same":
            first -= 1
        hunk = segment[first : last + 1]
        new = [step for step in hunk if step.kind in NEW]
        if last < 0 or not behind or not new:
            continue
        header = min(depths[step.token] for step in new)
        if not all(_is_end(step, header, material) for step in behind):
            continue
        keys = [material.lazy.key(step.token) for step in new]
        lost = [
            step
            for step in without_counterpart(hunk, material)
            if not any(_asks_the_same(material.keys[step.line], key) for key in keys)
        ]
        if not lost and loss <= SPARES:
            lost = _strange(hunk, keys, material)
        if any(step.line not in carried for step in lost):
            yield Doubt("nested", f"{numbered(lost, material)} would go, and only the new block's own lines bound them")


def _strange(hunk: Sequence[Step], new: Sequence[str], material: Material) -> list[Step]:
    """The lines of a hunk that go, if the new ones have none of the words that are their own in the file."""
    gone = [step for step in hunk if step.kind in GONE and not material.light[step.line]]
    words = frozenset().union(*(content_words(material.keys[step.line]) for step in gone))
    shared = words & frozenset().union(*map(content_words, new))
    return [] if own_words(new, material) & shared else gone


def _asks_the_same(old: str, new: str) -> bool:
    """Whether two conditions are about the same things."""
    return bool(content_words(old)) and kind_of(old) == kind_of(new) and shares(old, new)


def _is_end(step: Step, depth: int, material: Material) -> bool:
    """Whether a line ends a block that a line at `depth` begins: with a bracket, or by leaving for elsewhere."""
    if material.depths[step.token] < depth:
        return False
    return material.light[step.line] or leaves(material.keys[step.line])
