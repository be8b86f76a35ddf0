"""What the weighing of placements looks up again and again, worked out once for each snippet and base."""

from __future__ import annotations

import re
from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING

from bot.merging.blocks import balance_of, signs_of
from bot.merging.evidence import TWIN_SIGNS, signs
from bot.merging.names import declared_name, subject
from bot.merging.snippet import Gap
from bot.merging.structure import has_depth, shape_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.merging.blocks import Balance
    from bot.merging.evidence import Candidates, Material
    from bot.merging.placement import Segment
    from bot.merging.snippet import Line
    from bot.merging.structure import Shape

LIKE_KNOWN = 0.6  # so like must a line be of which a line that stands elsewhere in the base may be the new form
_WORD = re.compile(r"[^\W\d]\w{2,}")


class Facts:
    """Looked-up facts about one `Material`; tokens and base lines are given by their numbers."""

    def __init__(self, material: Material) -> None:
        self.material = material
        self.lazy, self.base = material.lazy, material.base
        columns = material.columns
        self.exact = _by_line(material.exact_worth, columns)
        self.similar = _by_line(material.similar_worth, columns)
        self.bonus = dict(zip(columns, material.next_to_worth, strict=True))
        self._likeness: dict[tuple[int, int], float] = {}
        self._worths: dict[int, Candidates] = {}
        self._shapes: dict[int, Shape] = {}
        self._headers: dict[tuple[int, int], int] = {}
        self._declared: dict[int, Sequence[int]] = {}
        self._subjects: dict[Segment, frozenset[str | None]] = {}
        self._segment_words: dict[Segment, frozenset[str]] = {}
        self._balances: dict[Segment, Balance] = {}

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

    def worths(self, token: int) -> Candidates:
        """What the token is worth as each base line that it is, or of which it may be the changed form.

        A line that stands somewhere in the base may be a changed one too, if it is plainly like, or names the same.
        """
        if not self.exact[token]:
            return self.similar[token]
        found = self._worths.get(token)
        if found is None:
            line = self.line(token)
            pairs = self._likenesses(line.key).items()
            found = {at: self.material.pair_worth(line, at, likeness) for at, likeness in pairs}
            self._worths[token] = found = found | self.exact[token]
        return found

    def _likenesses(self, key: str) -> dict[int, float]:
        from rapidfuzz import fuzz, process  # heavy: only a merge needs it

        if signs(key) < TWIN_SIGNS:
            return {}  # `}` is no new form of anything
        telling = self._telling
        hits = process.extract(key, telling, scorer=fuzz.ratio, score_cutoff=100 * LIKE_KNOWN, limit=None)
        found = {at: score / 100 for _, score, at in hits}
        name = subject(key)
        if name is not None:
            for at, other in telling.items():
                if name in other and subject(other) == name:
                    found.setdefault(at, fuzz.ratio(key, other) / 100)
        return found

    @cached_property
    def _telling(self) -> dict[int, str]:
        material = self.material
        return {at: key for at, key in enumerate(material.keys) if signs(key) >= TWIN_SIGNS}

    @cached_property
    def declarations(self) -> dict[str, list[int]]:
        """Where the base defines or declares each name."""
        found: dict[str, list[int]] = {}
        for at, key in enumerate(self.material.keys):
            name = declared_name(key)
            if name:
                found.setdefault(name, []).append(at)
        return found

    def declared(self, token: int) -> Sequence[int]:
        """Where the base defines or declares the name that a line of the snippet defines or declares."""
        found = self._declared.get(token)
        if found is None:
            found = self._declared[token] = self.declarations.get(declared_name(self.line(token).key) or "", ())
        return found

    def subjects(self, segment: Segment) -> frozenset[str | None]:
        """What the lines of a segment are about."""
        found = self._subjects.get(segment)
        if found is None:
            found = self._subjects[segment] = frozenset(subject(self.line(token).key) for token in segment.tokens)
        return found

    def words_of(self, segment: Segment) -> frozenset[str]:
        """The words of a segment."""
        found = self._segment_words.get(segment)
        if found is None:
            nothing: frozenset[str] = frozenset()
            found = nothing.union(*(self.shown_words[token] for token in segment.tokens))
            self._segment_words[segment] = found
        return found

    def balance_of(self, segment: Segment) -> Balance:
        """What a whole segment leaves closed, and open, beyond its own lines."""
        found = self._balances.get(segment)
        if found is None:
            found = self._balances[segment] = self.balance(segment.tokens)
        return found

    def parent(self, line: int) -> int:
        """The base line under which a base line stands, -1 for none."""
        return self.header(line, self.base.lines[line].indent)

    def header(self, line: int, depth: int) -> int:
        """The nearest line above a base line that is less deep than `depth`, -1 for none."""
        if depth <= 0:
            return -1
        key = line, depth
        found = self._headers.get(key)
        if found is None:
            lines, path = self.base.lines, self.lazy.path
            found = line - 1
            while found >= 0 and (lines[found].indent >= depth or not has_depth(lines[found].key, path)):
                found -= 1
            self._headers[key] = found
        return found

    @cached_property
    def words(self) -> tuple[frozenset[str], ...]:
        """The words of each base line."""
        return tuple(frozenset(_WORD.findall(line.text)) for line in self.base.lines)

    @cached_property
    def word_places(self) -> dict[str, list[int]]:
        """The base lines that have each word, in order."""
        found: dict[str, list[int]] = {}
        for at, words in enumerate(self.words):
            for word in words:
                found.setdefault(word, []).append(at)
        return found

    @cached_property
    def shown_words(self) -> tuple[frozenset[str], ...]:
        """The words of each token; a gap's are those of its name."""
        return tuple(
            frozenset(_WORD.findall(token.name if isinstance(token, Gap) else token.text)) for token in self.lazy.tokens
        )

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

    def balance(self, tokens: Sequence[int]) -> Balance:
        """What lines of the snippet leave closed, and open, beyond their own."""
        return self._balance([self.line(token).text for token in tokens])

    def base_balance(self, lines: Sequence[int]) -> Balance:
        """The same of base lines."""
        return self._balance([self.base.lines[line].text for line in lines])

    def _balance(self, texts: Sequence[str]) -> Balance:
        signs = tuple(sign for text in texts for sign in signs_of(text, self.lazy.path))
        return balance_of(signs)


def is_word(name: str) -> bool:
    """Whether a name is one word, so that its uses can be counted."""
    return _WORD.fullmatch(name) is not None


def _by_line(found: Sequence[Candidates], columns: Sequence[int]) -> list[Candidates]:
    return [{columns[column]: worth for column, worth in candidates.items()} for candidates in found]
