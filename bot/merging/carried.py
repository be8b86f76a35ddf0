"""Renames that the snippet proves: a marker under the new header keeps lines that stand under the old one.

base                snippet                 Where the header gives way, its body goes on under the new one. Nothing
def old():          def new():              else can the marker stand for: a definition that comes beside the old
    first()             first()             one has no code yet that could be left out.
    second()            # ...

Or the new name is the old one spelled otherwise, and all lines that use the old one change too.
"""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from bot.merging.counterparts import GONE, NEW
from bot.merging.facts import is_word
from bot.merging.hunks import hunks_of
from bot.merging.lexis import words_in
from bot.merging.names import declared_name, header_name
from bot.merging.snippet import Gap

SPELLED = 70  # of 100: so like are two spellings of a name

if TYPE_CHECKING:
    from bot.merging.evidence import Material
    from bot.merging.reading import Reading


class Carried:
    """The base lines that are headers and give way to another one, under which a marker keeps their block, or whose
    name all its uses lose too. Worked out when the first line is asked for: few doubts come so far.
    """

    def __init__(self, reading: Reading, material: Material) -> None:
        self._reading, self._material = reading, material

    def __contains__(self, line: int) -> bool:
        return line in self._lines

    @cached_property
    def _lines(self) -> frozenset[int]:
        return _carried(self._reading, self._material)


def _carried(reading: Reading, material: Material) -> frozenset[int]:
    lines = material.base.lines
    gaps = {token: kept for token, kept in reading.gaps if kept}
    changed = _changed_words(reading, material)
    found = set()
    for _, hunk in (each for segment in reading.segments for each in hunks_of(segment)):
        old = [step.line for step in hunk if step.kind in {"pair", "drop"} and header_name(material.keys[step.line])]
        new = [step.token for step in hunk if step.kind in {"pair", "new"} and _is_header(step.token, material)]
        if len(old) != 1 or len(new) != 1:
            continue
        if _is_renamed(old[0], new[0], changed, material):
            found.add(old[0])
        kept = gaps.get(_first_gap(material, new[0]))
        if kept is None or kept.start <= old[0]:
            continue
        between = (at for at in range(old[0] + 1, kept.start + 1) if not material.light[at])
        if all(lines[at].indent > lines[old[0]].indent for at in between):
            found.add(old[0])
    return frozenset(found)


def _is_renamed(line: int, header: int, changed: tuple[Counter[str], frozenset[str]], material: Material) -> bool:
    """Whether other lines use the name of a header, all of them go, and the new header has one like it.

    `changed`: how many lines that go have each word, and the words of those that come.
    """
    from rapidfuzz import fuzz  # heavy: only a merge needs it

    name, other = declared_name(material.keys[line]) or "", declared_name(material.lazy.key(header)) or ""
    if not is_word(name) or name == other or fuzz.ratio(name, other) < SPELLED:
        return False
    gone, new = changed
    return 1 < material.named[name] == gone[name] and name not in new


def _changed_words(reading: Reading, material: Material) -> tuple[Counter[str], frozenset[str]]:
    gone = (frozenset(words_in(material.keys[step.line])) for step in reading.shown if step.kind in GONE)
    new = (words_in(material.lazy.key(step.token)) for step in reading.shown if step.kind in NEW)
    return Counter(chain.from_iterable(gone)), frozenset(chain.from_iterable(new))


def _is_header(token: int, material: Material) -> bool:
    return header_name(material.lazy.key(token)) is not None


def _first_gap(material: Material, header: int) -> int:
    """The first marker in the block below a line of the snippet; -1 for none."""
    tokens = material.lazy.tokens
    for at in range(header + 1, len(tokens)):
        token = tokens[at]
        if isinstance(token, Gap):
            return at if token.indent > tokens[header].indent else -1
        ended = token.key.startswith("}") or any(map(str.isalnum, token.key))
        if token.indent <= tokens[header].indent and ended:
            return -1
    return -1
