"""Doubts about what may have been left out when code was quoted: decorators, comments.

undecorated a decorator goes from above a line that stays, while other things change
silenced    a comment goes from between two lines that stay, in a snippet that otherwise only adds
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.merging.counterparts import GONE
from bot.merging.names import is_comment, is_mark
from bot.model import Doubt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.merging.evidence import Material
    from bot.merging.placement import Step
    from bot.merging.reading import Reading

_DECORATES = re.compile(r"@[\w.:]+(?:\(.*\)?)?$|@\w+\s.*|#\[.*\]$|\[\w[\w.]*(?:\(.*\))?\]$")


def undecorated(best: Reading, material: Material) -> Iterator[Doubt]:
    """Decorators that go from above lines that stay, while something else changes than decorators and comments."""
    keys = material.keys
    if not any(
        step.kind in {"new", "pair"} or (step.kind == "drop" and not is_mark(keys[step.line])) for step in best.shown
    ):
        return
    for segment in best.segments:
        for at, step in enumerate(segment):
            if step.kind != "drop" or not _DECORATES.match(keys[step.line]):
                continue
            decorated = next((other for other in segment[at + 1 :] if not _is_mark(other, material)), None)
            if decorated is not None and decorated.kind == "same":
                numbers = (material.base.lines[line].number + 1 for line in (step.line, decorated.line))
                yield Doubt("undecorated", "line {} would go, which decorates line {}".format(*numbers))
                return


def _is_mark(step: Step, material: Material) -> bool:
    return step.line >= 0 and is_mark(material.keys[step.line])


def silenced(best: Reading, material: Material) -> Iterator[Doubt]:
    """Comments that go from between lines that stay, where new lines come elsewhere and no code goes."""
    steps = tuple(best.shown)
    gone = [step for step in steps if step.kind in GONE]
    adds = any(step.kind == "new" for step in steps)
    if not adds or not all(step.kind == "drop" and is_comment(material.keys[step.line]) for step in gone):
        return
    for segment in best.segments:
        for at, step in enumerate(segment):
            if step.kind == "drop" and _is_between(segment, at):
                yield Doubt("silenced", f"the comment on line {material.base.lines[step.line].number + 1} would go")
                return


def _is_between(segment: Sequence[Step], at: int) -> bool:
    """Whether lines that stay are the nearest ones before and behind a step that goes."""
    before = next((step.kind for step in reversed(segment[:at]) if step.kind != "drop"), "")
    behind = next((step.kind for step in segment[at + 1 :] if step.kind != "drop"), "")
    return before == behind == "same"


RULES = (undecorated, silenced)
