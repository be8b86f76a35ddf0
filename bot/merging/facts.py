"""What the weighing of placements looks up again and again, worked out once for each snippet and base."""

from __future__ import annotations

import re
from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING

from bot.merging.evidence import DEFAULT, TWIN_SIGNS, signs
from bot.merging.names import defined_name, subject
from bot.merging.snippet import Gap
from bot.merging.structure import shape_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.merging.evidence import Candidates, Material
    from bot.merging.snippet import Line
    from bot.merging.structure import Shape

LIKE_KNOWN = 0.6  # so like must a line be of which a line that stands elsewhere in the base may be the new form
_WORD = re.compile(r"[^\W\d]\w{2,}")
_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|`(?:[^`\\\n]|\\.)*`')
_BRACKET = re.compile(r"[()\[\]{}]")
_OPENING = {")": "(", "]": "[", "}": "{"}


class Facts:
    """Looked-up facts about one `Material`; tokens and base lines are given by their numbers."""

    def __init__(self, material: Material) -> None:
        self.material = material
        self.lazy, self.base = material.lazy, material.base
        columns = material.columns
        self.exact = _by_line(material.exact_worth(DEFAULT), columns)
        self.similar = _by_line(material.similar_worth(DEFAULT), columns)
        self.bonus = dict(zip(columns, material.next_to_worth(DEFAULT), strict=True))
        self._likeness: dict[tuple[int, int], float] = {}
        self._known: dict[tuple[int, int], float | None] = {}
        self._shapes: dict[int, Shape] = {}
        self._brackets: dict[int, str] = {}

    def line(self, token: int) -> Line:
        """The snippet's line at `token` (which must be one)."""
        line = self.lazy.tokens[token]
        if isinstance(line, Gap):
            raise TypeError(f"token {token} is a gap")
        return line

    def gap(self, token: int) -> Gap:
        """The snippet's gap at `token` (which must be one)."""
        gap = self.lazy.tokens[token]
        if not isinstance(gap, Gap):
            raise TypeError(f"token {token} is a line")
        return gap

    def shown(self, token: int) -> Shape:
        """The shape of a line of the snippet, at its depth in the base's terms."""
        return shape_of(self.line(token).key, self.material.depths[token], self.lazy.path)

    def shape(self, line: int) -> Shape:
        """The shape of a base line."""
        found = self._shapes.get(line)
        if found is None:
            one = self.base.lines[line]
            found = self._shapes[line] = shape_of(one.key, one.indent, self.lazy.path)
        return found

    def known(self, token: int) -> float:
        """How much it says that the token's line stands in the base, if it does."""
        places = self.material.places[token]
        return self.material.weights[token] / len(places) ** 0.5 if places else 0.0

    def likeness(self, token: int, line: int) -> float:
        """How like a line of the snippet and a base line are, from 0 to 1."""
        found = self.material.likeness[token].get(line)
        if found is None:
            found = self._likeness.get((token, line))
        if found is None:
            from rapidfuzz import fuzz  # heavy: only a merge needs it

            found = fuzz.ratio(self.line(token).key, self.material.keys[line]) / 100
            self._likeness[token, line] = found
        return found

    def pair_worth(self, token: int, line: int) -> float | None:
        """What the token is worth as the changed form of the base line; None where it can be none."""
        found = self.similar[token].get(line)
        if found is None and self.material.places[token]:
            key = token, line
            if key not in self._known:
                self._known[key] = self._known_pair(token, line)
            found = self._known[key]
        return found

    def _known_pair(self, token: int, line: int) -> float | None:
        """The same for a line that stands somewhere else in the base: `}` is no new form of anything."""
        here, there = self.line(token).key, self.material.keys[line]
        if signs(here) < TWIN_SIGNS or signs(there) < TWIN_SIGNS:
            return None
        likeness = self.likeness(token, line)
        name = subject(here)
        if likeness < LIKE_KNOWN and (name is None or name != subject(there)):
            return None
        return self.material.pair_worth(self.line(token), line, likeness, DEFAULT)

    @cached_property
    def definitions(self) -> dict[str, list[int]]:
        """Where the base defines each name."""
        found: dict[str, list[int]] = {}
        for at, key in enumerate(self.material.keys):
            name = defined_name(key)
            if name:
                found.setdefault(name, []).append(at)
        return found

    @cached_property
    def words(self) -> tuple[frozenset[str], ...]:
        """The words of each base line."""
        return tuple(frozenset(_WORD.findall(line.text)) for line in self.base.lines)

    @cached_property
    def uses(self) -> Counter[str]:
        """How many lines of the base and of the snippet use each word."""
        found = Counter(word for words in self.words for word in words)
        for token in self.lazy.tokens:
            if not isinstance(token, Gap):
                found.update(set(_WORD.findall(token.text)))
        return found

    @cached_property
    def _starts(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for at, glue in enumerate(self.material.glues):
            found.setdefault(glue, []).append(at)
        return found

    def places_of_run(self, start: int, stop: int) -> int:
        """How often the base has the run of its lines `start:stop`."""
        glues = self.material.glues
        run = glues[start:stop]
        return sum(glues[at : at + len(run)] == run for at in self._starts[run[0]])

    def brackets(self, tokens: Sequence[int]) -> tuple[str, str]:
        """The brackets that lines of the snippet leave closed, and open, beyond their own."""
        return reduced(_BRACKET.findall(_STRING.sub('""', "".join(self.line(token).text for token in tokens))))

    def base_brackets(self, lines: Sequence[int]) -> tuple[str, str]:
        """The same of base lines."""
        return reduced("".join(self._brackets_of(line) for line in lines))

    def _brackets_of(self, line: int) -> str:
        found = self._brackets.get(line)
        if found is None:
            found = "".join(_BRACKET.findall(_STRING.sub('""', self.base.lines[line].text)))
            self._brackets[line] = found
        return found


def reduced(brackets: Sequence[str]) -> tuple[str, str]:
    """A row of brackets without those that match: what it closes of others, and what it leaves open."""
    closed: list[str] = []
    opened: list[str] = []
    for sign in brackets:
        opening = _OPENING.get(sign)
        if opening is None:
            opened.append(sign)
        elif opening in opened:
            while opened.pop() != opening:
                pass
        else:
            closed.append(sign)
    return "".join(closed), "".join(opened)


def is_word(name: str) -> bool:
    """Whether a name is one word, so that its uses can be counted."""
    return _WORD.fullmatch(name) is not None


def _by_line(found: Sequence[Candidates], columns: Sequence[int]) -> list[Candidates]:
    return [{columns[column]: worth for column, worth in candidates.items()} for candidates in found]
