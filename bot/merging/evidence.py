"""What single lines say: how rare and weighty they are, what they define, what they could be a changed form of."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.merging.snippet import Gap

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.merging.snippet import Base, Lazy, Token

# What evidence is worth. A score is a sum of it: a weighty line (long and rare) in its place counts about 1.
MATCH = 0.15
NEXT_TO = 0.43  # two exact lines in a row, in both texts; less where that pair of lines is common in the file
SHIFTED = 0.28  # an exact line at another depth
SHIFTED_TWIN = 0.56  # more for light lines: `}` at another depth is another `}`
SIMILAR = 0.5  # likeness below this is no evidence
PAIR = 0.7
PAIR_ZERO = 0.65  # at this likeness a changed line is worth nothing; below it costs
PAIR_SHIFTED = 0.09
PAIR_RENAMED = 0.3  # a definition whose name is another
NAMESAKE = 0.5  # both lines define, assign or key the same name, and no third does
OTHER_NAME = 0.1  # they do so for different names
TWIN_SIGNS = 3  # fewer letters and digits than this: the line has twins everywhere
MOST_PAIRS = 6

_KEYWORDS = (
    "def|class|function|func|fun|fn|interface|struct|enum|trait|impl|module|namespace|protocol|extension|macro|record"
    "|object|sub|proc|procedure|package|type|union|actor|mixin"
)
_DEFINES = re.compile(rf"(?:^|[\s(=])(?:{_KEYWORDS})\s+(?:\([^)]*\)\s*)?[`\"']?([\w$.:?!]+)", re.IGNORECASE)
_TESTS = re.compile(
    r"\b(?:it|test|describe|context|specify|scenario|TEST\w*|BENCHMARK\w*)\b[\w.]*\s*\(?\s*([\"'`].+?[\"'`]|\w+)"
)
_C_LIKE = re.compile(r"(?:[\w:<>\[\]?,*&~@]+\s+)+[*&]*([\w:~$]+)\s*\(")
_ASSIGNS = re.compile(r"(?:[\w<>\[\]?*&.]+\s+){0,4}([\w.$@\[\]\"'-]+)\s*(?::[^=]{1,60})?[:+|?-]?=(?![=>])")
_KEYS = re.compile(r"[\"'$&]?([\w.$/-]+)[\"']?\s*:(?![:/])")
_NOT_DEFINED = re.compile(
    r"(?:return|else|if|for|foreach|while|switch|case|throw|new|await|yield|assert|import|from|using|use|in|not|and|or"
    r"|do|try|catch|with|when|until|unless|delete|echo|print|puts|raise|elif|elsif|export\s+\{|const|let|var|val)\b"
)

Candidates = dict[int, float]


@lru_cache(maxsize=1 << 14)
def defined_name(text: str) -> str | None:
    """The name that a line of code defines (a function, class, test), or None."""
    if len(text) > 200 or text[:1] in "#*/}])-.":
        return None
    if found := _TESTS.match(text):
        return found[1]
    if (found := _DEFINES.search(text)) and not text.startswith(("import", "from", "use ", "using ", "//", "return")):
        return found[1]
    if _NOT_DEFINED.match(text) or not text.endswith(("{", ")", "(", ",", "=>")):
        return None
    found = _C_LIKE.match(text)
    return found[1] if found else None


def weigh(base: Base, tokens: Sequence[Token]) -> dict[str, float]:
    """How much each key says about its place: long and rare lines much, `}` and other twins next to nothing."""
    counts = Counter(line.key for line in base.lines)
    keys = {token.key for token in tokens if not isinstance(token, Gap)} | set(counts)
    return {key: min(1.0, 0.15 + signs(key) / 16) / max(1, counts[key]) ** 0.5 for key in keys}


def signs(text: str) -> int:
    """How many letters and digits `text` has."""
    return sum(map(str.isalnum, text))


def places_of(lazy: Lazy, base: Base) -> list[tuple[int, ...]]:
    """For each token the base lines that it equals but for white space."""
    places: dict[str, list[int]] = {}
    for at, line in enumerate(base.lines):
        places.setdefault(line.key, []).append(at)
    return [() if isinstance(token, Gap) else tuple(places.get(token.key, ())) for token in lazy.tokens]


def exact_candidates(
    base: Base, tokens: Sequence[Token], places: Sequence[Sequence[int]], depth: Sequence[int], weights: Mapping[str, float]
) -> list[Candidates]:
    """For each token what it is worth to find it at each of its places."""
    found: list[Candidates] = []
    for token, lines, deep in zip(tokens, places, depth, strict=True):
        weight = 0.0 if isinstance(token, Gap) else weights[token.key]
        off = SHIFTED + SHIFTED_TWIN * (1 - weight)
        found.append({at: MATCH + weight - (off if base.lines[at].indent != deep else 0.0) for at in lines})
    return found


def similar_candidates(
    base: Base, tokens: Sequence[Token], places: Sequence[Sequence[int]], depth: Sequence[int]
) -> list[Candidates]:
    """For each token that is no base line the base lines that it may be a changed form of, with their worth."""
    from rapidfuzz import fuzz, process  # noqa: PLC0415 - heavy; only a merge needs it

    keys = {at: line.key for at, line in enumerate(base.lines) if signs(line.key) >= TWIN_SIGNS}
    found: list[Candidates] = []
    for token, same, deep in zip(tokens, places, depth, strict=True):
        if isinstance(token, Gap) or same or signs(token.key) < TWIN_SIGNS:
            found.append({})
            continue
        hits = process.extract(token.key, keys, scorer=fuzz.ratio, score_cutoff=SIMILAR * 100, limit=MOST_PAIRS)
        likeness = {at: score / 100 for _, score, at in hits}
        name = subject(token.key)
        namesakes = _namesakes(base, name) if name else ()
        for at in namesakes:
            likeness.setdefault(at, SIMILAR)
        worths = {at: pair_worth(token.key, base.lines[at].key, score) for at, score in likeness.items()}
        for at in worths:
            if base.lines[at].indent != deep:
                worths[at] -= PAIR_SHIFTED
            if at in namesakes:
                worths[at] += NAMESAKE / len(namesakes) ** 0.5
            elif name and subject(base.lines[at].key):
                worths[at] -= OTHER_NAME
        found.append(worths)
    return found


def _namesakes(base: Base, name: str) -> tuple[int, ...]:
    return tuple(at for at, line in enumerate(base.lines) if name in line.key and subject(line.key) == name)


@lru_cache(maxsize=1 << 14)
def subject(key: str) -> str | None:
    """What a line is about: the name that it defines, assigns or keys; None where it names nothing of its own."""
    name = defined_name(key)
    if name is not None:
        return name
    found = _ASSIGNS.match(key) or _KEYS.match(key)
    return found[1] if found else None


def pair_worth(new: str, old: str, likeness: float) -> float:
    """What it is worth to take the line `new` as the changed form of `old`."""
    worth = PAIR * min(1.0, 0.3 + len(new) / 24) * (likeness - PAIR_ZERO)
    return worth - PAIR_RENAMED if defined_name(new) != defined_name(old) else worth


def next_to_worth(base: Base) -> dict[tuple[str, str], float]:
    """What it is worth that two lines stand in a row in both texts: less where the file has that row often."""
    rows = Counter(zip((line.key for line in base.lines), (line.key for line in base.lines[1:]), strict=False))
    return {row: NEXT_TO / count**0.5 for row, count in rows.items()}


def depths(lazy: Lazy, base: Base, places: Sequence[Sequence[int]]) -> list[int]:
    """The depth of each token in the base's terms: a segment that is shifted as a whole is put back.

    The lines of a segment that stand once in the base say how far it is shifted; they must agree.
    """
    found: list[int] = []
    segment: list[int] = []
    offsets: set[int] = set()
    for at, token in enumerate(lazy.tokens):
        if isinstance(token, Gap):
            off = next(iter(offsets)) if len(offsets) == 1 else 0
            found += [depth - off for depth in segment]
            found.append(token.indent)
            segment, offsets = [], set()
        else:
            segment.append(token.indent)
            if len(places[at]) == 1 and signs(token.key) >= TWIN_SIGNS:
                offsets.add(token.indent - base.lines[places[at][0]].indent)
    return found
