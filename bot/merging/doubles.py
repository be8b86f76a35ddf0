"""Doubts about lines that would stand twice, though the snippet only shows them once.

twice       all that is new in a segment stands close by in the file, and stays there
copied      a line is taken for the new form of another, and stands elsewhere just as it is shown, with its neighbour
passed-on   of twins in a row each would become the next one, and the first would go
outdated    the snippet ends with a shorter form of the file's last line, and that one stays
repeated    a new line has the very words of one that stays just outside of its segment
subsumed    a changed line has all words of a kept one beside it
commented   a new comment comes between a line and the comment that it has
"""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from bot.merging.lexis import words_in
from bot.merging.names import content_words, is_comment, leaves
from bot.merging.reading import short
from bot.merging.snippet import Gap, Line
from bot.merging.windows import PINS
from bot.model import Doubt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.merging.evidence import Material
    from bot.merging.placement import Step
    from bot.merging.reading import Reading

BEGINNING = 8  # characters in which two forms of a statement begin alike
MOVED = 12  # significant lines
REACH = 3  # significant lines outside a segment
WORDS = 3
SINGLE = 0.8  # a line of this weight stands once in the file


def twice(best: Reading, material: Material) -> Iterator[Doubt]:
    """New lines that stand a second time close by, in code that stays: they were moved, not added.

    Only where nothing else is new in the segment: with code that is really new, its phrases may repeat.
    """
    kept = best.kept
    for segment in best.segments:
        lines = [step.line for step in segment if step.line >= 0]
        new = [step for step in segment if step.kind in {"new", "pair"}]
        if not lines or not all(material.places[step.token] for step in new):
            continue
        for step in new:
            again = next((at for at in material.places[step.token] if at in kept and _is_by(at, lines, material)), None)
            if again is not None and material.depths[step.token] == material.base.lines[again].indent:
                number = material.base.lines[again].number + 1
                yield Doubt("twice", f"`{short(material.keys[again])}` would stand twice: line {number} stays")


def _is_by(at: int, lines: Sequence[int], material: Material) -> bool:
    """Whether a line stands in the block of a segment's `lines`, or a little outside them in the same block."""
    if not is_own(at, material) or not lines[0] - MOVED <= at <= lines[-1] + MOVED:
        return False
    base = material.base.lines
    between = range(at + 1, lines[0]) if at < lines[0] else range(lines[-1] + 1, at)
    return all(base[line].indent >= base[at].indent for line in between)


def is_own(line: int, material: Material) -> bool:
    """Whether a line is neither a twin by nature nor a jump, and says what it is about."""
    key = material.keys[line]
    return not material.light[line] and not leaves(key) and bool(content_words(key))


def copied(best: Reading, material: Material) -> Iterator[Doubt]:
    """Lines read as the new form of another, that stand once in what stays, to the letter and beside the same line.

    Twins end alike: where one of two blocks goes, the end of the other is shown, not a new end of the one that goes.
    """
    lines = material.base.lines
    for step in best.shown:
        places = material.places[step.token]
        if step.kind != "pair" or len(places) != 1 or material.weights[step.token] < PINS:
            continue
        at = places[0]
        if at in best.kept and lines[at].indent == material.depths[step.token] and _has_neighbour(step, at, material):
            yield Doubt("copied", f"`{short(lines[at].key)}` stands on line {lines[at].number + 1} just as it is shown")
            return


def _has_neighbour(step: Step, at: int, material: Material) -> bool:
    """Whether the line before or behind a step in the snippet stands there in the base too, beside line `at`."""
    tokens, glues = material.lazy.tokens, material.glues
    for off in (-1, 1):
        token = tokens[step.token + off]
        beside = at + off
        if isinstance(token, Line) and 0 <= beside < len(glues) and glues[beside] == token.glue:
            return not material.light[beside]
    return False


def outdated(best: Reading, material: Material) -> Iterator[Doubt]:
    """A snippet without a marker at its end, whose last line is a shorter form of the file's last one, which stays."""
    lines, last = material.base.lines, best.segments[-1][-1]
    gap = material.lazy.tokens[last.token + 1]
    end = next((at for at in range(len(lines) - 1, -1, -1) if not material.light[at]), -1)
    if last.kind != "new" or not isinstance(gap, Gap) or not gap.implied or end not in best.kept:
        return
    new, old = material.lazy.key(last.token), lines[end].key
    words = frozenset(words_in(new)), frozenset(words_in(old))
    alike = new[:BEGINNING] == old[:BEGINNING] and lines[end].indent == material.depths[last.token]
    if alike and words[0] < words[1] and 2 * len(words[0]) > len(words[1]):
        yield Doubt("outdated", f"line {lines[end].number + 1}, of which `{short(new)}` is a shorter form, would stay")


def passed_on(best: Reading, material: Material) -> Iterator[Doubt]:
    """Lines that stand in the file just as shown, and would take the place of earlier ones, while others take theirs.

    Of twins in a row each would become the next one, and the first would go: rather one more comes behind them.
    """
    lines = material.base.lines
    for segment in best.segments:
        changed = {step.line for step in segment if step.kind == "pair"}
        for step in segment:
            places = material.places[step.token]
            if step.kind != "pair" or len(places) != 1 or material.weights[step.token] < PINS:
                continue
            if places[0] in changed and places[0] > step.line:
                here, there = lines[places[0]].number + 1, lines[step.line].number + 1
                yield Doubt("passed-on", f"line {here} would come in place of line {there}, and another in its own")
                return


def repeated(best: Reading, material: Material) -> Iterator[Doubt]:
    """New lines with the very words of a line that stays just outside their segment: they may be its new form."""
    kept = best.kept
    for segment in best.segments:
        lines = [step.line for step in segment if step.line >= 0]
        if not lines:
            continue
        if all(step.kind != "new" for step in segment):
            continue
        near = (*range(max(0, lines[0] - REACH), lines[0]), *range(lines[-1] + 1, lines[-1] + 1 + REACH))
        words = {words_in(material.keys[at]): at for at in near if at in kept}
        for step in segment:
            new = step.kind == "new"
            line = words.get(words_in(material.lazy.lines_text(step.token))) if new else None
            if line is None or len(words_in(material.keys[line])) < WORDS:
                continue
            if not material.places[step.token] or material.weights[step.token] >= SINGLE:
                number = material.base.lines[line].number + 1
                text = short(material.lazy.lines_text(step.token).strip())
                yield Doubt("repeated", f"`{text}` would stand beside line {number}, which says the same")


def subsumed(best: Reading, material: Material) -> Iterator[Doubt]:
    """Changed lines beside a kept one, all of whose words they have too: they may be the new form of both."""
    kept = best.kept
    for segment in best.segments:
        for step, off in ((segment[0], -1), (segment[-1], 1)):
            beside = step.line + off
            if step.kind != "pair" or beside not in kept:
                continue
            new = material.lazy.lines_text(step.token).strip()
            here, there, own = (
                frozenset(words_in(text)) for text in (new, material.keys[beside], material.keys[step.line])
            )
            if len(there) >= WORDS and there <= here and not there <= own:
                number = material.base.lines[beside].number + 1
                yield Doubt("subsumed", f"`{short(new)}` says all that line {number} says, which stays")


def commented(best: Reading, material: Material) -> Iterator[Doubt]:
    """New comments between a line and the comment that the file has above it: the old one may be meant to go."""
    lines = material.base.lines
    for segment in best.segments:
        head = list(takewhile(lambda step: step.kind == "new", segment))
        if not head or len(head) == len(segment):
            continue
        below = segment[len(head)]
        if below.kind != "same" or below.line == 0 or lines[below.line].blanks:
            continue
        above = lines[below.line - 1]
        new = [material.lazy.key(step.token) for step in head]
        if is_comment(above.key) and all(map(is_comment, new)):
            yield Doubt("commented", f"`{short(new[0])}` would stand below the comment on line {above.number + 1}")


RULES = (twice, copied, outdated, passed_on, repeated, subsumed, commented)
