"""What code that goes has in common with the new code: a counterpart, words of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.merging.evidence import is_twin
from bot.merging.names import content_words, subject
from bot.model import LineRange

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.merging.evidence import Material
    from bot.merging.placement import Step

BOUNDS = 0.35  # a line of less weight does not say where a deletion ends
ALIKE = 60  # of 100: so like is a new line to the old one whose place it takes
BEGINS = 30  # characters: what begins so long alike is a new form
AS_LIKE = 10  # of 100: no difference
SPARES = 5.5  # a reading that loses no more than that, and takes no line out, may be what was meant
SPARES_KIN = 11.0  # the same where other code than the reading's own speaks for it
COMMON = 3  # a word of more lines of a file says nothing about one of them
GONE = frozenset({"drop", "pair"})
NEW = frozenset({"new", "pair"})
_CLOSERS = ";,:)]}>{"  # what a line may end with that goes on otherwise


def without_counterpart(hunk: Sequence[Step], material: Material) -> list[Step]:
    """The lines of a hunk that go, and to which no new one is alike, names the same or begins as it does."""
    from rapidfuzz import fuzz  # heavy: only a merge needs it

    new = [material.lazy.key(step.token) for step in hunk if step.kind in NEW]
    names = {subject(key) for key in new}
    found = []
    for step in hunk:
        if step.kind in GONE and not material.light[step.line]:
            old = material.keys[step.line]
            name = subject(old)
            if name is not None and name in names:
                continue
            core, stem = old.rstrip(";,"), old.rstrip(_CLOSERS)
            begin = old[: max(BEGINS, len(old) // 3)]
            grown = not is_twin(stem)
            if not any(
                core in key
                or (len(begin) >= BEGINS and key.startswith(begin))
                or (grown and key.startswith(stem))
                or (fuzz.ratio(old, key) >= ALIKE and shares(old, key))
                for key in new
            ):
                found.append(step)
    return found


def shares(old: str, new: str) -> bool:
    """Whether a new line has half of what the old one is about: templates are alike, whatever they are filled with."""
    words = content_words(old)
    return not words or 2 * len(words & content_words(new)) >= len(words)


def own_words(keys: Sequence[str], material: Material) -> frozenset[str]:
    """The words of some lines that few lines of the file have."""
    words = frozenset().union(*map(content_words, keys))
    return frozenset(word for word in words if material.uses[word] <= COMMON)


def numbered(steps: Sequence[Step], material: Material) -> str:
    """The first and the last of some lines of the file, in words."""
    first, last = (material.base.lines[step.line].number + 1 for step in (steps[0], steps[-1]))
    return LineRange(first, last).spoken
