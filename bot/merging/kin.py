"""Doubts about one of a kind that goes: new code beside a marker may be one more of its kind.

kin         lines go for new ones that are as like others that stay beside them
listed      entries of a list go for others, where a marker keeps the next entry
shrunk      fewer lines come than go, beside a marker that keeps the others
"""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING

from bot.merging.counterparts import AS_LIKE, BOUNDS, GONE, NEW, SPARES_KIN, numbered, own_words
from bot.merging.hunks import hunks_of
from bot.merging.lexis import words_in
from bot.merging.names import begins_section, content_words, subject
from bot.merging.snippet import Gap
from bot.model import Doubt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.merging.evidence import Material
    from bot.merging.placement import Step
    from bot.merging.reading import Reading
    from bot.merging.snippet import Token

_FIRST = re.compile(r"[\"']|\W*\w+")
REACH = 12  # lines: so far off are others of a kind
KINDRED = 60  # of 100: so like are lines of one kind


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
                gone = [step for step in hunk if step.kind in GONE]
                yield Doubt("kin", f"{numbered(gone, material)} would go for what is as like lines that stay beside")


def listed(best: Reading, material: Material, sparing: Sequence[float]) -> Iterator[Doubt]:
    """Entries of a list that go for others, between a line that is shown and a marker that keeps the next entry.

    Entries begin alike. Not where the new ones name what the old ones named, or have all of their words: then these
    were changed. `sparing` as for `swapped`.
    """
    tokens, kept, lines = material.lazy.tokens, best.kept, material.base.lines
    for segment, loss in zip(best.segments, sparing, strict=True):
        if loss > SPARES_KIN:
            continue
        beside = tokens[segment[0].token - 1], tokens[segment[-1].token + 1]
        for group, hunk in hunks_of(segment):
            gone = [step.line for step in hunk if step.kind in GONE and not material.light[step.line]]
            new = [material.lazy.key(step.token) for step in hunk if step.kind in NEW]
            marked = not any(isinstance(gap, Gap) and gap.implied for gap in _open(beside, group))
            if group not in {"head", "tail"} or not gone or not new or not marked:
                continue
            entry = gone[0] - 1 if group == "head" else gone[-1] + 1
            if entry not in kept or {lines[line].indent for line in gone} != {lines[entry].indent}:
                continue
            old = [material.keys[line] for line in gone]
            if len({_beginning(key) for key in (*old, *new, material.keys[entry])}) == 1 and not _say_more(new, old):
                yield Doubt("listed", f"{numbered([step for step in hunk if step.kind in GONE], material)} would go")


def _beginning(key: str) -> str:
    """What entries of one list have in common: their first word with the signs before it; of a string its quote."""
    found = _FIRST.match(key)
    return found[0] if found else key


def _say_more(new: Sequence[str], old: Sequence[str]) -> bool:
    """Whether new lines name what old ones name, or have all of their words."""
    words = [frozenset().union(*map(content_words, keys)) for keys in (old, new)]
    return words[0] <= words[1] or bool({subject(key) for key in new} & {subject(key) for key in old} - {None})


def shrunk(best: Reading, material: Material, sparing: Sequence[float]) -> Iterator[Doubt]:
    """Fewer new lines than go beside a marker, which keeps the others of their kind. `sparing` as for `swapped`."""
    tokens = material.lazy.tokens
    for segment, loss in zip(best.segments, sparing, strict=True):
        if loss > SPARES_KIN:
            continue
        beside = tokens[segment[0].token - 1], tokens[segment[-1].token + 1]
        for group, hunk in hunks_of(segment):
            gone = [step for step in hunk if step.kind in GONE and not material.light[step.line]]
            new = sum(step.kind in NEW for step in hunk)
            marked = group in {"head", "tail"} and not any(
                isinstance(gap, Gap) and gap.implied for gap in _open(beside, group)
            )
            if marked and 0 < new < len(gone) and not _says_all(hunk, gone, material):
                yield Doubt("shrunk", f"{numbered(gone, material)} would go for less, with a marker beside them")


def _says_all(hunk: Sequence[Step], gone: Sequence[Step], material: Material) -> bool:
    """Whether the new lines have all words of those that go: then a statement was given on fewer lines."""
    new = frozenset(word for step in hunk if step.kind in NEW for word in _words(material.lazy.lines_text(step.token)))
    return all(_words(material.keys[step.line]) <= new for step in gone)


def _words(text: str) -> frozenset[str]:
    return frozenset(words_in(text))


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

    gone = [step.line for step in hunk if step.kind in GONE]
    old = [material.keys[line] for line in gone if not material.light[line]]
    new = [material.lazy.key(step.token) for step in hunk if step.kind in NEW]
    if not old or not new:
        return False
    text = "\n".join(new)
    own = fuzz.ratio(text, "\n".join(old))
    depth = min(material.base.lines[line].indent for line in gone)
    if bounds:
        depth = min(depth, material.base.lines[bounds[0].line].indent)
    for side in _beside(gone, depth, kept, material):
        for at in range(len(side) - len(new) + 1):
            run = [material.keys[line] for line in side[at : at + len(new)]]
            alike = fuzz.ratio(text, "\n".join(run)) >= max(KINDRED, own - AS_LIKE)
            if alike and not _keep_more(new, old, run, material):
                return True
    return False


def _keep_more(new: Sequence[str], old: Sequence[str], others: Sequence[str], material: Material) -> bool:
    """Whether new lines keep a word or a name of the old ones that others of their kind do not have."""
    words = own_words(new, material) & own_words(old, material)
    names = {subject(key) for key in new} & {subject(key) for key in old} - {None}
    return bool(words - frozenset().union(*map(content_words, others)) or names - {subject(key) for key in others})


def _beside(gone: Sequence[int], depth: int, kept: frozenset[int], material: Material) -> Iterator[list[int]]:
    """The lines above, and those below, that stay beside others that go, none of them less deep than `depth`."""
    lines = material.base.lines
    above = range(gone[0] - 1, max(-1, gone[0] - 1 - REACH), -1)
    below = range(gone[-1] + 1, min(len(lines), gone[-1] + 1 + REACH))
    for side in (above, below):
        found = list(
            takewhile(lambda at: at in kept and lines[at].indent >= depth and not begins_section(lines[at].key), side)
        )
        yield sorted(found)
