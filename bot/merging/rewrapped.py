"""Doubts about code that is given anew in another form, on one line for several or the other way, and that both stay.

base                    snippet                             Only one of the two was meant to stand there; but what
from shed import (      from shed import rake, spade        the snippet shows pairs with no single line of the
    rake,               # ...                               file, so that it reads as new.
)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.merging.names import is_comment, leaves
from bot.merging.reading import short
from bot.model import Doubt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.merging.evidence import Material
    from bot.merging.placement import Step
    from bot.merging.reading import Reading

NEAR = 3  # significant lines between the new form and the old one
LONGEST = 10  # lines of one statement
ALIKE = 75  # of 100


def rewrapped(best: Reading, material: Material) -> Iterator[Doubt]:
    """New code beside kept code that begins with the same word and says nearly the same on other lines."""
    kept = best.kept
    for placement in best.placements:
        at = placement.start
        run: list[Step] = []
        for step in (*placement.steps, None):
            if step is not None and step.kind == "new":
                run.append(step)
                continue
            old = _old_form(run, at, kept, material) if run else -1
            if old >= 0:
                text = short(material.lazy.lines_text(run[0].token).strip())
                number = material.base.lines[old].number + 1
                yield Doubt("rewrapped", f"`{text}` would stand beside line {number}, which says the same and stays")
            run = []
            at = at if step is None else step.line + 1


def _old_form(run: Sequence[Step], at: int, kept: frozenset[int], material: Material) -> int:
    """The base line at which a statement begins that says what a run of new lines, or one of them, says; -1 for none.

    The run comes before the base line `at`.
    """
    new = ["".join(material.lazy.lines_text(step.token).split()) for step in run]
    words = [_word(material.lazy.lines_text(step.token)) for step in run]
    whole = _statement(new, 0)
    for start in range(max(0, at - LONGEST), min(len(material.keys), at + NEAR)):
        word = _word(material.keys[start])
        if word not in words or start not in kept:
            continue
        if is_comment(material.keys[start]) or leaves(material.keys[start]):
            continue
        if word == words[0] and len(whole) > len(new[0]) and _is_one_line_of(material.glues[start], whole):
            return start
        old = _statement(material.glues, start)
        if len(old) > len(material.glues[start]) and any(
            own == word and _is_one_line_of(glue, old) for glue, own in zip(new, words, strict=True)
        ):
            return start
    return -1


def _statement(glues: Sequence[str], start: int) -> str:
    """The statement that begins at a line: all up to the line that closes what it opens; one line if it opens none."""
    text = glues[start]
    for glue in glues[start + 1 : start + LONGEST]:
        if _open(text) <= 0:
            return text
        text += glue
    return text if _open(text) <= 0 else glues[start]


def _open(text: str) -> int:
    """How many brackets of a text stay open; in a tag, its own."""
    signs = ("([{<", ")]}>") if text.startswith("<") else ("([{", ")]}")
    return sum(map(text.count, signs[0])) - sum(map(text.count, signs[1]))


def _is_one_line_of(line: str, statement: str) -> bool:
    """Whether a line says what a statement of several lines says: it is as whole, ends alike, and is like it."""
    from rapidfuzz import fuzz  # heavy: only a merge needs it

    ends_alike = line[-1] == statement[-1] or (statement[-1] == ")" and "(" not in line)
    return _open(line) == 0 and ends_alike and fuzz.ratio(line, statement) >= ALIKE


def _word(text: str) -> str:
    return text.split(None, 1)[0] if text else ""
