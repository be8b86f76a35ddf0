"""Doubts about code that gives way: does the snippet say so, or did a reading only find lines alike enough to take out?

Writers show a new line beside an old one and leave the rest to a marker; where lines are alike, as in lists and tests,
the weighing then likes to put the new line in place of the next old one. So a line that goes must have a counterpart
among the new lines, one that is like it or names the same thing, or it must stand between telling lines that stay.

swapped     lines go at an end of a segment that no shown line bounds, and the new ones are about something else
succeeded   a block makes way for one of another name, which may as well come beside it
joined      a line makes way for one that is as like the shown line beside it
nested      the same before shown lines that end the new block, as they end others
unbounded   the same between shown lines, of which those on one side are twins
unkept      a marker inside a block would stand for none of its lines
left-to     lines go, and a comment that comes in their place speaks of code that exists: it may be a marker
"""

from __future__ import annotations

import re
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING

from bot.merging.carried import carried
from bot.merging.evidence import TWIN_SIGNS, signs
from bot.merging.hunks import hunks_of
from bot.merging.names import content_words, header_name, is_begun, is_mark, kind_of, leaves, subject
from bot.merging.reading import short
from bot.merging.snippet import Gap, evened
from bot.model import Doubt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.merging.evidence import Material
    from bot.merging.placement import Step
    from bot.merging.reading import Reading
    from bot.merging.snippet import Token

BOUNDS = 0.35  # a line of less weight does not say where a deletion ends
ALIKE = 60  # of 100: so like is a new line to the old one whose place it takes
SPARES = 5.5  # a reading that loses no more than that, and takes no line out, may be what was meant
LIKE_BESIDE = 50  # of 100: new lines are of the kind of the shown ones beside them
COMMON = 3  # a word of more lines of a file says nothing about one of them
KIN = 12  # lines: so far off are others of a kind
KINDRED = 60  # of 100: so like are lines of one kind
SPARES_KIN = 11.0
WINDOWS = 4  # lines that a new block may share with the one before it
AS_LIKE = 10  # of 100: no difference
LONGEST_NOTE = 10  # words; a longer comment is prose
_CLOSERS = ";,:)]}>{"  # what a line may end with that goes on otherwise
_GONE = frozenset({"drop", "pair"})
_NEW = frozenset({"new", "pair"})
_LAST_WORD = re.compile(r"(\w+)[;,)\]'\"]*$")
_ENDS_IN_DOTS = re.compile(r"(?:\.{2,}|…)\W*$")
_SPEAKS_OF_OLD = re.compile(
    r"\b(?:existing|original|previous|other|rest|same|stays?|remain\w*|untouched|unchanged|keeps?|kept|more\s+code"
    r"|(?:no|not|nothing)\s+change\w*|as\s+(?:it\s+)?is|as\s+before|continue\w*)\b",
    re.IGNORECASE,
)


def swapped(best: Reading, material: Material, sparing: Sequence[float]) -> Iterator[Doubt]:
    """Lines without a counterpart that go where no shown line bounds what goes, and need not.

    `sparing`: for each segment, how much a reading loses against the best in which it takes nothing out.
    """
    for segment, loss in zip(best.segments, sparing, strict=True):
        if loss > SPARES:
            continue
        for group, hunk in hunks_of(segment):
            lost = _without_counterpart(hunk, material) if group != "in" else []
            if lost and not {step.line for step in lost} <= carried(best, material):
                yield Doubt(
                    "swapped", f"{_lines(lost, material)} would go, and what is new there is about other things"
                )


def succeeded(best: Reading, material: Material, sparing: Sequence[float]) -> Iterator[Doubt]:
    """Blocks that give way to blocks of another name, and need not.

    No line of the segment says where the old one ends but those of its own block. `sparing` as for `swapped`.
    """
    for segment, loss in zip(best.segments, sparing, strict=True):
        new = {header_name(evened(material.lazy.lines_text(step.token))) for step in segment if step.kind in _NEW}
        for at, step in enumerate(segment):
            old = header_name(material.keys[step.line]) if step.kind in _GONE else None
            if old is None or not content_words(old) or not new - {None, old} or is_begun(old, best.lines):
                continue
            if step.line in carried(best, material):
                continue
            if any(content_words(name) == content_words(old) for name in new - {None}):
                continue  # another number
            depth = material.base.lines[step.line].indent
            headless = all(other.kind != "same" for other in segment[:at])
            if headless or (loss <= SPARES and not any(_tells(other, depth, material) for other in segment[at + 1 :])):
                number = material.base.lines[step.line].number + 1
                yield Doubt(
                    "succeeded", f"`{short(old)}` on line {number} would make way for another, which may come beside it"
                )


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
                lines = [step for step in rest if step.kind in _GONE]
                yield Doubt("joined", f"{_lines(lines, material)} would go for what is as like the lines shown beside")


def _are_more(shown: Sequence[Step], rest: Sequence[Step], material: Material) -> bool:
    from rapidfuzz import fuzz  # heavy: only a merge needs it

    gone = [step for step in rest if step.kind in _GONE]
    if not gone or not any(step.kind in _NEW for step in rest):
        return False
    if rest[0].kind == "pair" and material.namesakes[rest[0].token] == (rest[0].line,):
        return False
    if rest[0].kind == "pair" and _ends_alike(rest[0], shown, material):
        return False
    behind = list(takewhile(lambda step: step.kind == "same", rest[::-1]))
    own = {material.glues[step.line] for step in shown}  # lines of that kind bound nothing
    if any(material.weights[step.token] >= BOUNDS and material.glues[step.line] not in own for step in behind):
        return False
    new = [evened(material.lazy.lines_text(step.token)) for step in rest if step.kind != "drop"]
    old = [material.keys[step.line] for step in rest if step.line >= 0]
    if all(material.light[step.line] for step in shown):
        return False
    keys = [material.keys[step.line] for step in shown]
    text = "\n".join(new)
    # The block before may end a few lines earlier, where the new one begins with a line that both begin with.
    ends = range(len(keys), max(len(new) - 1, len(keys) - WINDOWS, 0), -1) if len(keys) > len(new) else (len(keys),)
    alike = max(fuzz.ratio(text, "\n".join(keys[max(0, end - len(new)) : end])) for end in ends)
    return alike >= LIKE_BESIDE and alike >= fuzz.ratio(text, "\n".join(old)) - AS_LIKE


def _ends_alike(changed: Step, shown: Sequence[Step], material: Material) -> bool:
    """Whether a changed line keeps its last word, with which no shown line beside it ends: `int i;`, `size_t i;`."""
    new = _LAST_WORD.search(material.lazy.lines_text(changed.token))
    old = _LAST_WORD.search(material.keys[changed.line])
    others = {found[1] for step in shown if (found := _LAST_WORD.search(material.keys[step.line]))}
    return new is not None and old is not None and new[1] == old[1] and new[1] not in others


def unbounded(best: Reading, material: Material) -> Iterator[Doubt]:
    """Lines without a counterpart that go between shown lines, of which those on one side are twins."""
    for segment in best.segments:
        telling = [
            step.kind == "same" and material.weights[step.token] >= BOUNDS and not is_mark(material.keys[step.line])
            for step in segment
        ]
        shown = [at for at, step in enumerate(segment) if step.kind == "same"]
        for before, after in pairwise(shown):
            if any(telling[:after]) and any(telling[before + 1 :]):
                continue
            lost = _without_counterpart(segment[before + 1 : after], material)
            if lost and not {step.line for step in lost} <= carried(best, material):
                yield Doubt("unbounded", f"{_lines(lost, material)} would go, and only common lines bound them")


def nested(best: Reading, material: Material, sparing: Sequence[float]) -> Iterator[Doubt]:
    """Lines without a counterpart that go, and all that is shown behind them belongs to the new block in their place.

    A guard ends as the next one does: the shown end of the new block says nothing of where the old one ends. `sparing`
    as for `swapped`: where nothing need go, lines that are only alike in words that all of the file has are none either.
    """
    depths = material.depths
    for segment, loss in zip(best.segments, sparing, strict=True):
        last = max((at for at, step in enumerate(segment) if step.kind != "same"), default=-1)
        behind = segment[last + 1 :]
        first = last
        while first > 0 and segment[first - 1].kind != "same":
            first -= 1
        hunk = segment[first : last + 1]
        new = [step for step in hunk if step.kind in _NEW]
        if last < 0 or not behind or not new:
            continue
        header = min(depths[step.token] for step in new)
        if not all(_is_end(step, header, material) for step in behind):
            continue
        keys = [evened(material.lazy.lines_text(step.token)) for step in new]
        lost = [
            step
            for step in _without_counterpart(hunk, material)
            if not any(_asks_the_same(material.keys[step.line], key) for key in keys)
        ]
        if not lost and loss <= SPARES:
            lost = _strange(hunk, keys, material)
        if lost and not {step.line for step in lost} <= carried(best, material):
            yield Doubt("nested", f"{_lines(lost, material)} would go, and only the new block's own lines bound them")


def _strange(hunk: Sequence[Step], new: Sequence[str], material: Material) -> list[Step]:
    """The lines of a hunk that go, if the new ones have none of the words that are their own in the file."""
    gone = [step for step in hunk if step.kind in _GONE and not material.light[step.line]]
    words = frozenset().union(*(content_words(material.keys[step.line]) for step in gone))
    shared = words & frozenset().union(*map(content_words, new))
    return [] if _own_words([*new], material) & shared else gone


def _asks_the_same(old: str, new: str) -> bool:
    """Whether two conditions are about the same things."""
    return bool(content_words(old)) and kind_of(old) == kind_of(new) and _shares(old, new)


def _is_end(step: Step, depth: int, material: Material) -> bool:
    """Whether a line ends a block that a line at `depth` begins: with a bracket, or by leaving for elsewhere."""
    if material.depths[step.token] < depth:
        return False
    return material.light[step.line] or leaves(material.keys[step.line])


def shrunk(best: Reading, material: Material, sparing: Sequence[float]) -> Iterator[Doubt]:
    """Fewer new lines than go beside a marker, which keeps the others of their kind. `sparing` as for `swapped`."""
    tokens = material.lazy.tokens
    for segment, loss in zip(best.segments, sparing, strict=True):
        if loss > SPARES_KIN:
            continue
        beside = tokens[segment[0].token - 1], tokens[segment[-1].token + 1]
        for group, hunk in hunks_of(segment):
            gone = [step for step in hunk if step.kind in _GONE and not material.light[step.line]]
            new = sum(step.kind in _NEW for step in hunk)
            marked = group in {"head", "tail"} and not any(
                isinstance(gap, Gap) and gap.implied for gap in _open(beside, group)
            )
            if marked and 0 < new < len(gone):
                yield Doubt("shrunk", f"{_lines(gone, material)} would go for less, with a marker beside them")


def kin(best: Reading, material: Material, sparing: Sequence[float]) -> Iterator[Doubt]:
    """Lines that go for new ones which are as like others that stay beside them: they may be one more of that kind.

    Not where the new lines keep a word of the old ones that the others do not have: that names what is changed; nor
    where telling lines bound the change, or a name. `sparing` as for `swapped`.
    """
    tokens, kept = material.lazy.tokens, best.kept
    for segment, loss in zip(best.segments, sparing, strict=True):
        hunks = tuple(hunks_of(segment))
        for group, hunk in hunks:
            bounds: list[Step] = []
            if group == "in":
                bounds = [segment[at] for at in (segment.index(hunk[0]) - 1, segment.index(hunk[-1]) + 1)]
                open_end = len(hunks) == 1 and all(_is_twin(step, material) for step in bounds)
            else:
                beside = tokens[segment[0].token - 1], tokens[segment[-1].token + 1]
                open_end = any(isinstance(gap, Gap) and not gap.implied for gap in _open(beside, group))
            if open_end and (loss <= SPARES_KIN or group == "all") and _has_kin(hunk, bounds, kept, material):
                gone = [step for step in hunk if step.kind in _GONE]
                yield Doubt("kin", f"{_lines(gone, material)} would go for what is as like lines that stay beside")


def _open(gaps: tuple[Token, Token], group: str) -> tuple[Token, ...]:
    """The gaps on the sides of a hunk on which no shown line bounds it."""
    return {"head": gaps[:1], "tail": gaps[1:]}.get(group, gaps)


def _is_twin(step: Step, material: Material) -> bool:
    return material.weights[step.token] < BOUNDS or len(material.places[step.token]) > 1


def _has_kin(hunk: Sequence[Step], bounds: Sequence[Step], kept: frozenset[int], material: Material) -> bool:
    """Whether lines that stay in the same block, above or below a hunk, are as like its new ones as those that go.

    Where the hunk is the inside of a block, and its header the first of its `bounds`, the block's own neighbours count.
    """
    from rapidfuzz import fuzz  # heavy: only a merge needs it

    gone = [step.line for step in hunk if step.kind in _GONE]
    old = [material.keys[line] for line in gone if not material.light[line]]
    new = [evened(material.lazy.lines_text(step.token)) for step in hunk if step.kind in _NEW]
    if not old or not new:
        return False
    text = "\n".join(new)
    own = fuzz.ratio(text, "\n".join(old))
    words = _own_words(new, material) & _own_words(old, material)
    names = {subject(key) for key in new} & {subject(key) for key in old} - {None}
    depth = min(material.base.lines[line].indent for line in gone)
    if bounds:
        depth = min(depth, material.base.lines[bounds[0].line].indent)
    for side in _beside(gone, depth, kept, material):
        for at in range(len(side) - len(new) + 1):
            run = [material.keys[line] for line in side[at : at + len(new)]]
            if words - frozenset().union(*map(content_words, run)) or names - {subject(key) for key in run}:
                continue
            if fuzz.ratio(text, "\n".join(run)) >= max(KINDRED, own - AS_LIKE):
                return True
    return False


def _own_words(keys: Sequence[str], material: Material) -> frozenset[str]:
    """The words of some lines that few lines of the file have."""
    words = frozenset().union(*map(content_words, keys))
    return frozenset(word for word in words if sum(word in content_words(key) for key in material.keys) <= COMMON)


def _beside(gone: Sequence[int], depth: int, kept: frozenset[int], material: Material) -> Iterator[list[int]]:
    """The lines above, and those below, that stay beside others that go, none of them less deep than `depth`."""
    lines = material.base.lines
    above = range(gone[0] - 1, max(-1, gone[0] - 1 - KIN), -1)
    below = range(gone[-1] + 1, min(len(lines), gone[-1] + 1 + KIN))
    for side in (above, below):
        found = list(takewhile(lambda at: at in kept and lines[at].indent >= depth, side))
        yield sorted(found)


def left_to(best: Reading, material: Material) -> Iterator[Doubt]:
    """Comments in place of code that speak of code that exists."""
    for segment in best.segments:
        gone = [step for step in segment if step.kind in _GONE and not material.light[step.line]]
        for _, hunk in hunks_of(segment):
            for step in hunk if gone else ():
                text = material.lazy.lines_text(step.token).strip() if step.kind in _NEW else ""
                near = (material.lazy.lines_text(at).strip() for at in (step.token - 1, step.token + 1))
                if _is_note(text, gone, material) and not any(map(is_mark, near)):  # else it is prose
                    yield Doubt("left-to", f"`{text}` would stand for {_lines(gone, material)}: is it a marker?")


def _is_note(text: str, gone: Sequence[Step], material: Material) -> bool:
    """Whether a line that comes where code goes may be a marker for it: by its words, or its dots."""
    if text == "..." and material.lazy.path.endswith((".py", ".pyi")):
        return True  # a body that does nothing, or a marker without its comment sign
    if not is_mark(text) or text.startswith(("@", "[")) or len(text.split()) > LONGEST_NOTE:
        return False
    if any(is_mark(material.keys[step.line]) for step in gone):
        return False  # a comment for a comment
    return _SPEAKS_OF_OLD.search(text) is not None or _ENDS_IN_DOTS.search(text) is not None


def unkept(best: Reading, material: Material) -> Iterator[Doubt]:
    """Markers inside a block, none of whose lines they keep: the first line that stays stands less deep."""
    tokens, lines = material.lazy.tokens, material.base.lines
    last = len(tokens) - 1
    for at, kept in best.gaps:
        gap = tokens[at]
        if not isinstance(gap, Gap) or gap.implied or at == 0:
            continue
        blank = kept.start < len(lines) and bool(lines[kept.start].blanks)
        if at < last and not kept and not blank:
            yield Doubt("unkept", f"the marker on line {gap.number + 1} of the snippet would stand for no line")
            continue
        if gap.first <= gap.indent:
            continue  # of a marker by itself the column says little: only a second one tells that the first is inside
        if not kept or lines[kept.start].indent < gap.first:
            yield Doubt(
                "unkept", f"the marker on line {gap.number + 1} of the snippet would stand for no line of its block"
            )


def _without_counterpart(hunk: Sequence[Step], material: Material) -> list[Step]:
    from rapidfuzz import fuzz  # heavy: only a merge needs it

    new = [evened(material.lazy.lines_text(step.token)) for step in hunk if step.kind in _NEW]
    names = {subject(key) for key in new}
    found = []
    for step in hunk:
        if step.kind in _GONE and not material.light[step.line]:
            old = material.keys[step.line]
            name = subject(old)
            if name is not None and name in names:
                continue
            core, stem = old.rstrip(";,"), old.rstrip(_CLOSERS)
            grown = signs(stem) >= TWIN_SIGNS
            if not any(
                core in key or (grown and key.startswith(stem)) or (fuzz.ratio(old, key) >= ALIKE and _shares(old, key))
                for key in new
            ):
                found.append(step)
    return found


def _shares(old: str, new: str) -> bool:
    """Whether a new line has half of what the old one is about: templates are alike, whatever they are filled with."""
    words = content_words(old)
    return not words or 2 * len(words & content_words(new)) >= len(words)


def _lines(steps: Sequence[Step], material: Material) -> str:
    numbers = [material.base.lines[step.line].number + 1 for step in (steps[0], steps[-1])]
    return f"line {numbers[0]}" if numbers[0] == numbers[1] else f"lines {numbers[0]} to {numbers[1]}"
