"""What the weighing of placements looks up again and again, worked out once for each snippet and base."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from functools import cached_property
from itertools import accumulate, chain
from typing import TYPE_CHECKING

from bot.merging.blocks import signs_of
from bot.merging.evidence import is_twin
from bot.merging.names import declared_name, subject
from bot.merging.snippet import Gap
from bot.merging.structure import has_depth, shape_of

if TYPE_CHECKING:
    from collections.abc import Sequence

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
        self._shown: dict[int, Shape] = {}
        self._headers: dict[tuple[int, int], int] = {}
        self._declared: dict[int, Sequence[int]] = {}
        self._words: dict[int, frozenset[str]] = {}
        self._word_places: dict[str, list[int]] = {}
        self._fragments: dict[int, Fragment] = {}
        self._signs: dict[int, tuple[str, ...]] = {}
        self._runs: dict[tuple[int, int], int] = {}

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
        found = self._shown.get(token)
        if found is None:
            found = self._shown[token] = shape_of(self.line(token).key, self.material.depths[token], self.lazy.path)
        return found

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

        if is_twin(key):
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
        return {at: key for at, key in enumerate(material.keys) if not is_twin(key)}

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

    def fragment(self, segment: Segment) -> Fragment:
        """What the lines of a segment show, whatever they stand for."""
        found = self._fragments.get(segment.first)
        if found is None:
            found = self._fragments[segment.first] = Fragment(self, segment)
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

    def words(self, line: int) -> frozenset[str]:
        """The words of a base line."""
        found = self._words.get(line)
        if found is None:
            found = self._words[line] = frozenset(_WORD.findall(self.material.keys[line]))
        return found

    def word_places(self, word: str) -> Sequence[int]:
        """The base lines that have a word, in order: looked up in the text, as few words are asked for."""
        found = self._word_places.get(word)
        if found is None:
            text, starts = self._text
            found = []
            at = text.find(word)
            while at >= 0:
                line = bisect_right(starts, at) - 1
                if word in self.words(line):
                    found.append(line)
                at = text.find(word, starts[line + 1])
            self._word_places[word] = found
        return found

    @cached_property
    def _text(self) -> tuple[str, tuple[int, ...]]:
        """All base lines in one text, and where each of them begins, and the text ends."""
        keys = self.material.keys
        return "\n".join(keys), (0, *accumulate(len(key) + 1 for key in keys))

    @cached_property
    def shown_words(self) -> tuple[frozenset[str], ...]:
        """The words of each token; a gap's are those of its name."""
        return tuple(
            frozenset(_WORD.findall(token.name if isinstance(token, Gap) else token.text)) for token in self.lazy.tokens
        )

    def uses(self, word: str) -> int:
        """How many lines of the base and of the snippet use a word."""
        return len(self.word_places(word)) + self._shown_uses[word]

    @cached_property
    def _shown_uses(self) -> Counter[str]:
        tokens = zip(self.shown_words, self.lazy.tokens, strict=True)
        return Counter(chain.from_iterable(words for words, token in tokens if not isinstance(token, Gap)))

    def places_of_run(self, start: int, stop: int) -> int:
        """How often the base has the run of its lines `start:stop`."""
        key = start, stop
        found = self._runs.get(key)
        if found is None:
            glues = self.material.glues
            run = glues[start:stop]
            found = sum(glues[at : at + len(run)] == run for at in self.material.starts[run[0]])
            self._runs[key] = found
        return found

    def signs(self, tokens: Sequence[int]) -> tuple[str, ...]:
        """What lines of the snippet open and close, in order (see `blocks`)."""
        path = self.lazy.path
        return tuple(chain.from_iterable(signs_of(self.line(token).text, path) for token in tokens))

    def base_signs(self, lines: Sequence[int]) -> tuple[str, ...]:
        """The same of base lines."""
        found: list[str] = []
        known = self._signs
        for line in lines:
            here = known.get(line)
            if here is None:
                here = known[line] = signs_of(self.base.lines[line].text, self.lazy.path)
            found += here
        return tuple(found)


class Fragment:
    """What the lines of one segment show, whatever base lines they stand for: worked out once for all placements."""

    def __init__(self, facts: Facts, segment: Segment) -> None:
        tokens = segment.tokens
        keys = [facts.line(token).key for token in tokens]
        self.first = segment.first
        self.subjects = frozenset(map(subject, keys))
        self.words = frozenset().union(*(facts.shown_words[token] for token in tokens))
        self.signs = facts.signs(tokens)
        self.declaring = tuple(token for token in tokens if facts.declared(token))
        self.parents = _parents([facts.material.depths[token] for token in tokens], segment.first)

    def parent(self, token: int) -> int:
        """The nearest line (token) of the segment above a line of it that is less deep, -1 for none."""
        return self.parents[token - self.first]


def _parents(depths: Sequence[int], first: int) -> tuple[int, ...]:
    found: list[int] = []
    above: list[int] = []  # each deeper than the one before it
    for at, depth in enumerate(depths):
        while above and depths[above[-1]] >= depth:
            above.pop()
        found.append(first + above[-1] if above else -1)
        above.append(at)
    return tuple(found)


def is_word(name: str) -> bool:
    """Whether a name is one word, so that its uses can be counted."""
    return _WORD.fullmatch(name) is not None


def _by_line(found: Sequence[Candidates], columns: Sequence[int]) -> list[Candidates]:
    return [{columns[column]: worth for column, worth in candidates.items()} for candidates in found]
