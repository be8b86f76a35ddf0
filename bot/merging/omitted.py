"""Doubts about what may have been left out when code was quoted: decorators, comments.

undecorated a decorator goes from above a line that stays, while other things change
silenced    a comment goes from between two lines that stay, in a snippet that otherwise only adds; or a docstring, in
            one that takes no other line away
"""

from __future__ import annotations

import re
from itertools import groupby, takewhile
from typing import TYPE_CHECKING

from bot.merging.counterparts import NEW
from bot.merging.names import is_comment, is_decorator, is_mark
from bot.model import Doubt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.merging.evidence import Material
    from bot.merging.placement import Step
    from bot.merging.reading import Reading

_QUOTES = ('"""', "'''")
_DOCSTRING = re.compile(r"[rR]?(?:\"{3}|'{3})")


def undecorated(best: Reading, material: Material) -> Iterator[Doubt]:
    """Decorators that go from above lines that stay, while something else changes than decorators and comments."""
    keys = material.keys
    if not any(
        step.kind in {"new", "pair"} or (step.kind == "drop" and not is_mark(keys[step.line])) for step in best.shown
    ):
        return
    for segment in best.segments:
        for at, step in enumerate(segment):
            if step.kind != "drop" or not is_decorator(keys[step.line]):
                continue
            decorated = next((other for other in segment[at + 1 :] if not _is_mark(other, material)), None)
            if decorated is None or decorated.kind != "same":
                continue
            if not _is_decorated(segment, decorated, step, material):
                numbers = (material.base.lines[line].number + 1 for line in (step.line, decorated.line))
                yield Doubt("undecorated", "line {} would go, which decorates line {}".format(*numbers))
                return


def _is_decorated(segment: Sequence[Step], line: Step, lost: Step, material: Material) -> bool:
    """Whether a twin of a decorator that goes stands above the line instead: with what went it was shown once."""
    above = [step for step in segment[: segment.index(line)] if step.kind != "drop"]
    marks = takewhile(lambda step: is_mark(material.lazy.key(step.token)), reversed(above))
    return any(material.lazy.key(step.token) == material.keys[lost.line] for step in marks)


def _is_mark(step: Step, material: Material) -> bool:
    return step.line >= 0 and is_mark(material.keys[step.line])


def silenced(best: Reading, material: Material) -> Iterator[Doubt]:
    """Comments that go from between lines that stay, where new lines come elsewhere and no code goes.

    A docstring is quoted with its definition, or forgotten: it goes from beside lines that are changed, too.
    """
    kinds = {step.kind for step in best.shown}
    if not kinds & NEW:
        return
    silent = {line for segment in best.segments for line in _prose(segment, material)}
    if any(step.kind == "drop" and step.line not in silent for step in best.shown):
        return
    for segment in best.segments:
        for at, step in enumerate(segment):
            said = material.keys[step.line] if step.kind == "drop" else ""
            if said and _is_between(segment, at) and ("pair" not in kinds or _DOCSTRING.match(said)):
                kind = "docstring" if _DOCSTRING.match(said) else "comment"
                yield Doubt("silenced", f"the {kind} on line {material.base.lines[step.line].number + 1} would go")
                return


def _prose(segment: Sequence[Step], material: Material) -> Iterator[int]:
    """The lines that go from a segment and are comments, or the docstring under a header."""
    for goes, steps in groupby(segment, lambda step: step.kind == "drop"):
        lines = [step.line for step in steps] if goes else []
        keys = [material.keys[line] for line in lines]
        if keys and _DOCSTRING.match(keys[0]) and keys[-1].endswith(_QUOTES):
            yield from lines
        else:
            yield from (line for line, key in zip(lines, keys, strict=True) if is_comment(key))


def _is_between(segment: Sequence[Step], at: int) -> bool:
    """Whether lines that stay are the nearest ones before and behind a step that goes."""
    before = next((step.kind for step in reversed(segment[:at]) if step.kind != "drop"), "")
    behind = next((step.kind for step in segment[at + 1 :] if step.kind != "drop"), "")
    return before == behind == "same"


RULES = (undecorated, silenced)
