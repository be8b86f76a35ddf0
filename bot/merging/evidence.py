"""What speaks for and against each place of each line, before any reading is chosen."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import chain, pairwise
from typing import TYPE_CHECKING

from bot.merging.lexis import words_in
from bot.merging.names import content_words, defined_name, subject
from bot.merging.snippet import Gap
from bot.merging.structure import may_follow, shape_of
from bot.merging.windows import windows_of

if TYPE_CHECKING:
    from bot.merging.snippet import Base, Lazy, Line, Token

MOST_PAIRS = 40
SHORT = 12
_TELLS = re.compile(r"(?:[^\W_][\W_]*){3}")  # with fewer letters and digits a line has twins everywhere

Candidates = dict[int, float]
Misfits = tuple[dict[int, list[float]], dict[int, list[float]], dict[int, list[float]]]


@dataclass(frozen=True, slots=True)
class Scores:
    """What evidence is worth and what moves cost. A weighty line (long and rare) in its place is worth about 1.

    The numbers were tuned on one half of a corpus and checked on the other; the order of their sizes matters, not
    their digits.
    """

    match: float = 0.15  # beside the line's weight
    next_to: float = 0.43  # two exact lines in a row, in both texts; less where the file has that row often
    shifted: float = 0.28  # less for an exact line at another depth
    shifted_twin: float = 0.56  # still less for a light one: `}` at another depth is another `}`
    similar: float = 0.5  # likeness below this is no evidence
    pair: float = 0.7
    pair_zero: float = 0.65  # at this likeness a changed line is worth nothing; below it costs
    pair_shifted: float = 0.09
    pair_renamed: float = 0.3  # a definition whose name is another
    pair_next: float = 0.03  # two lines in a row of which one is changed
    namesake: float = 0.5  # both lines define, assign or key the same name, and no third does
    other_name: float = 0.6  # they do so for different names
    new_run: float = 0.3  # a run of new lines begins
    new: float = 0.12  # each of its lines
    new_known: float = 2.6  # times the weight: a line that stands in the base is context, not a second copy
    new_known_run: float = 0.44  # the same behind another new line: new code repeats phrases of the old
    drop_run: float = 0.25  # base lines vanish between two shown lines, with nothing in their place
    drop: float = 0.17
    replace: float = 0.08  # a base line makes way for new ones
    definition: float = 0.8  # more for a line that defines a name, in both cases
    dip: float = 0.8  # a new line that is less deep than the lines on both sides of it
    misfit: float = 1.2  # a new line beside a marker that cannot stand beside the line there
    empty_gap: float = 5.0  # an explicit marker that stands for no line at all
    empty_blank: float = 1.0  # one that stands for blank lines alone


DEFAULT = Scores()


class Material:
    """All that the solver needs to know of one snippet and one base."""

    def __init__(self, lazy: Lazy, base: Base) -> None:
        self.lazy = lazy
        self.base = base
        self.keys = [line.key for line in base.lines]
        self.glues = [line.glue for line in base.lines]
        # Of longer lines nothing but their length is asked.
        self.short = {at for at, key in enumerate(self.keys) if len(key) < SHORT and is_twin(key)}
        self.counts = Counter(self.glues)
        self.weights = [0.0 if isinstance(token, Gap) else self._weight(token) for token in lazy.tokens]
        self.places = self._places()
        self.windows = windows_of(lazy.tokens, self.places, self.weights, len(self.keys))
        if any(self.windows):
            self.places = [
                tuple(line for line in lines if line in window) if window else lines
                for lines, window in zip(self.places, self.windows, strict=True)
            ]
        self.depths = self._depths()
        self.likeness: list[dict[int, float]] = []
        self.namesakes: list[tuple[int, ...]] = []
        self._compare()
        self.columns = self._columns()
        near = {line - 1 for line in self.columns} | set(self.columns)
        shapes = {
            at: shape_of(base.lines[at].key, base.lines[at].indent, lazy.path)
            for at in near
            if 0 <= at < len(self.keys)
        }
        self.above = [shapes.get(line - 1) for line in self.columns]
        self.below = [shapes.get(line) for line in self.columns]
        self.defines = [defined_name(key) for key in self.keys]
        self.light = [at in self.short for at in range(len(self.keys))]
        self.column_of = {line: column for column, line in enumerate(self.columns)}

    def _weight(self, line: Line) -> float:
        """How much a line says about its place: long and rare ones much, `}` and other twins next to nothing."""
        return min(1.0, 0.15 + signs(line.glue) / 16) / math.sqrt(max(1, self.counts[line.glue]))

    def _places(self) -> list[tuple[int, ...]]:
        places = self.starts
        return [() if isinstance(token, Gap) else tuple(places.get(token.glue, ())) for token in self.lazy.tokens]

    @cached_property
    def starts(self) -> dict[str, list[int]]:
        """Where the base has each line, white space apart."""
        places: dict[str, list[int]] = {}
        for at, key in enumerate(self.glues):
            places.setdefault(key, []).append(at)
        return places

    def _depths(self) -> list[int]:
        """The depth of each token in the base's terms: a segment that is shifted as a whole is put back.

        The lines of a segment that stand once in the base say how far it is shifted; they must agree. A segment without
        any is shifted as all others are.
        """
        found: list[int] = []
        segment: list[int] = []
        offsets: set[int] = set()
        shifts: set[int] = set()
        adrift: list[int] = []  # the tokens of segments without any line of the base
        for at, token in enumerate(self.lazy.tokens):
            if isinstance(token, Gap):
                # What lost its depth on the way lost all of it; what keeps some was moved on purpose.
                off = next(iter(offsets)) if len(offsets) == 1 and min(segment, default=1) == 0 else 0
                if offsets:
                    shifts.add(off)
                elif not any(self.places[at - len(segment) : at]):
                    adrift += range(at - len(segment), at)
                found += [depth - off for depth in segment]
                found.append(token.indent)
                segment, offsets = [], set()
            else:
                segment.append(token.indent)
                if len(self.places[at]) == 1 and not is_twin(token.key):
                    offsets.add(token.indent - self.base.lines[self.places[at][0]].indent)
        if len(shifts) == 1:
            by = shifts.pop()
            for at in adrift:
                found[at] -= by
        return found

    def _compare(self) -> None:
        """For each token that is no base line, how like it the base lines are of which it may be a changed form."""
        from rapidfuzz import fuzz, process  # heavy: only a merge needs it

        keys = {at: key for at, key in enumerate(self.keys) if len(key) > 8 or at not in self.short}
        named = cache(self._named)
        for token, same, window in zip(self.lazy.tokens, self.places, self.windows, strict=True):
            if isinstance(token, Gap) or same or is_twin(token.key):
                self.likeness.append({})
                self.namesakes.append(())
                continue
            near = {at: keys[at] for at in window if at in keys} if window else keys
            hits = process.extract(token.key, near, scorer=fuzz.ratio, score_cutoff=50, limit=MOST_PAIRS)
            likeness = {at: score / 100 for _, score, at in hits}
            name = subject(token.key)
            namesakes = tuple(at for at in named(name) if not window or at in window) if name else ()
            for at in namesakes:
                likeness.setdefault(at, fuzz.ratio(token.key, self.keys[at]) / 100)
            self.likeness.append(likeness)
            self.namesakes.append(namesakes)

    def _named(self, name: str) -> tuple[int, ...]:
        return tuple(at for at, key in enumerate(self.keys) if name in key and subject(key) == name)

    def _columns(self) -> list[int]:
        """The boundaries between base lines that matter: before and after each line that some token could be."""
        kept = {0, len(self.keys)}
        for candidates in (*self.places, *self.likeness):
            kept.update(candidates)
            kept.update(line + 1 for line in candidates)
        return sorted(kept)

    @cached_property
    def uses(self) -> Counter[str]:
        """How many lines of the base have each word that says what a line is about."""
        return Counter(chain.from_iterable(map(content_words, self.keys)))

    @cached_property
    def named(self) -> Counter[str]:
        """How many lines of the base have each word, names and numbers among them."""
        return Counter(chain.from_iterable(frozenset(words_in(key)) for key in self.keys))

    @cached_property
    def exact_worth(self) -> list[Candidates]:
        """For each token what it is worth to find it, but for white space, at each of its places (columns)."""
        found: list[Candidates] = []
        for weight, lines, depth in zip(self.weights, self.places, self.depths, strict=True):
            worth = DEFAULT.match + weight
            off = DEFAULT.shifted + DEFAULT.shifted_twin * (1 - weight)
            found.append(
                {
                    self.column_of[line]: worth if self.base.lines[line].indent == depth else worth - off
                    for line in lines
                }
            )
        return found

    @cached_property
    def similar_worth(self) -> list[Candidates]:
        """For each token what it is worth to take it as the changed form of each base line like it (columns)."""
        found: list[Candidates] = []
        for token, likeness, namesakes, depth in zip(
            self.lazy.tokens, self.likeness, self.namesakes, self.depths, strict=True
        ):
            worths: Candidates = {}
            named = frozenset(namesakes)
            for line, degree in likeness.items():
                if isinstance(token, Gap) or (degree < DEFAULT.similar and line not in named):
                    continue
                worth = self.pair_worth(token, line, degree)
                if self.base.lines[line].indent != depth:
                    worth -= DEFAULT.pair_shifted
                if line in named:
                    worth += DEFAULT.namesake / len(namesakes) ** 0.5
                worths[self.column_of[line]] = worth
            found.append(worths)
        return found

    def pair_worth(self, token: Token, line: int, likeness: float) -> float:
        """What a token is worth as the changed form of a base line of some likeness, its depth apart."""
        if isinstance(token, Gap):
            return 0.0
        old = self.keys[line]
        worth = DEFAULT.pair * min(1.0, 0.3 + len(token.key) / 24) * (likeness - DEFAULT.pair_zero)
        if defined_name(token.key) != defined_name(old):
            worth -= DEFAULT.pair_renamed
        here, there = subject(token.key), subject(old)
        return worth - DEFAULT.other_name if here and there and here != there else worth

    @cached_property
    def next_to_worth(self) -> list[float]:
        """For each column what it is worth that the lines before and after it stand in a row in both texts."""
        glues, last = self.glues, len(self.keys)
        rows = [(glues[line - 1], glues[line]) if 0 < line < last else None for line in self.columns]
        twins = {row for row in rows if row and self.counts[row[0]] > 1 < self.counts[row[1]]}
        times = Counter(row for row in pairwise(glues) if row in twins) if twins else {}
        return [DEFAULT.next_to / times.get(row, 1) ** 0.5 if row else 0.0 for row in rows]

    def prices(self) -> tuple[list[float], list[float]]:
        """What it costs to drop, and to replace, all base lines before each column."""
        drops, replaces = [0.0], [0.0]
        for is_light, name in zip(self.light, self.defines, strict=True):
            share = 0.3 if is_light else 1.0
            more = 0.0 if name is None else DEFAULT.definition
            drops.append(drops[-1] + DEFAULT.drop * share + more)
            replaces.append(replaces[-1] + DEFAULT.replace * share + more)
        return [drops[line] for line in self.columns], [replaces[line] for line in self.columns]

    def misfits(self) -> Misfits:
        """What speaks against new lines at each column: `dips` by depth, `entries` and `exits` by token.

        A line dips that is less deep than both its neighbours. Entries and exits are the first and last lines of
        segments, beside a marker: they must be able to follow, or be followed by, the base line there.
        """
        path, tokens = self.lazy.path, self.lazy.tokens
        above, below = self.above, self.below
        low = [min(a.depth, b.depth) if a and b else 0 for a, b in zip(above, below, strict=True)]
        dips: dict[int, list[float]] = {}
        entries: dict[int, list[float]] = {}
        exits: dict[int, list[float]] = {}
        for at, token in enumerate(tokens):
            if isinstance(token, Gap) or self.weights[at] * len(self.places[at]) > 0.5:
                continue
            shape = shape_of(token.key, self.depths[at], path)
            if not shape.free and shape.depth not in dips:
                dips[shape.depth] = [DEFAULT.dip if shape.depth < depth else 0.0 for depth in low]
            if isinstance(tokens[at - 1], Gap):
                entries[at] = [DEFAULT.misfit if up and not may_follow(up, shape) else 0.0 for up in above]
                self._add_namesakes(entries[at], at, 1)
            if isinstance(tokens[at + 1], Gap):
                exits[at] = [DEFAULT.misfit if down and not may_follow(shape, down) else 0.0 for down in below]
                self._add_namesakes(exits[at], at, 0)
        return dips, entries, exits

    def _add_namesakes(self, misfit: list[float], at: int, off: int) -> None:
        """A new line beside a base line that names the same thing, at the same depth, is rather its new form."""
        for line in self.namesakes[at]:
            column = self.column_of[line + off]
            if self.base.lines[line].indent == self.depths[at]:
                misfit[column] += DEFAULT.misfit


def is_twin(text: str) -> bool:
    """Whether `text` has so few letters and digits that lines like it stand everywhere."""
    return _TELLS.search(text) is None


def signs(text: str) -> int:
    """How many letters and digits `text` has."""
    return sum(map(str.isalnum, text))
