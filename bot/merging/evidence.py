"""What single lines say: how rare and weighty they are, what they define, what they could be a changed form of."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from bot.merging.snippet import Gap

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.merging.snippet import Base, Lazy, Line, Token

# What evidence is worth. A score is a sum of it: a weighty line (long and rare) in its place counts about 1.
MATCH = 0.15
NEXT_TO = 0.5  # two exact lines in a row, in both texts; less where that pair of lines is common in the file
SHIFTED = 0.2  # an exact line at another depth
SHIFTED_TWIN = 0.4  # more for light lines: `}` at another depth is another `}`
SIMILAR = 0.45  # likeness below this is no evidence
PAIR = 0.7
PAIR_ZERO = 0.65  # at this likeness a changed line is worth nothing; below it costs
PAIR_SHIFTED = 0.17
PAIR_RENAMED = 0.6  # a definition whose name is another
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
_NOT_DEFINED = re.compile(
    r"(?:return|else|if|for|foreach|while|switch|case|throw|new|await|yield|assert|import|from|using|use|in|not|and|or"
    r"|do|try|catch|with|when|until|unless|delete|echo|print|puts|raise|elif|elsif|export\s+\{|const|let|var|val)\b"
)

Candidates = dict[int, float]


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


def exact_candidates(lazy: Lazy, base: Base, weights: Mapping[str, float]) -> list[Candidates]:
    """For each token the base lines that it equals but for white space, with their worth."""
    places: dict[str, list[int]] = {}
    for at, line in enumerate(base.lines):
        places.setdefault(line.key, []).append(at)
    found: list[Candidates] = []
    for token in lazy.tokens:
        if isinstance(token, Gap):
            found.append({})
            continue
        weight = weights[token.key]
        off = SHIFTED + SHIFTED_TWIN * (1 - weight)
        found.append(
            {
                at: MATCH + weight - (off if base.lines[at].indent != token.indent else 0.0)
                for at in places.get(token.key, ())
            }
        )
    return found


def similar_candidates(lazy: Lazy, base: Base, exact: Sequence[Candidates]) -> list[Candidates]:
    """For each token that is no base line the base lines that it may be a changed form of, with their worth."""
    from rapidfuzz import fuzz, process  # noqa: PLC0415 - heavy; only a merge needs it

    keys = {at: line.key for at, line in enumerate(base.lines) if signs(line.key) >= TWIN_SIGNS}
    found: list[Candidates] = []
    for token, same in zip(lazy.tokens, exact, strict=True):
        if isinstance(token, Gap) or same or signs(token.key) < TWIN_SIGNS:
            found.append({})
            continue
        hits = process.extract(token.key, keys, scorer=fuzz.ratio, score_cutoff=SIMILAR * 100, limit=MOST_PAIRS)
        found.append({at: pair_worth(token, base.lines[at], score / 100) for _, score, at in hits})
    return found


def pair_worth(token: Line, line: Line, likeness: float) -> float:
    """What it is worth to take `token` as the changed form of `line`."""
    worth = PAIR * min(1.0, 0.3 + len(token.key) / 24) * (likeness - PAIR_ZERO)
    if line.indent != token.indent:
        worth -= PAIR_SHIFTED
    here, there = defined_name(token.key), defined_name(line.key)
    return worth - PAIR_RENAMED if here != there else worth


def next_to_worth(base: Base) -> dict[tuple[str, str], float]:
    """What it is worth that two lines stand in a row in both texts: less where the file has that row often."""
    rows = Counter(zip((line.key for line in base.lines), (line.key for line in base.lines[1:]), strict=False))
    return {row: NEXT_TO / count**0.5 for row, count in rows.items()}


def depths(lazy: Lazy, base: Base, exact: Sequence[Candidates]) -> list[int]:
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
            if len(exact[at]) == 1 and signs(token.key) >= TWIN_SIGNS:
                offsets.add(token.indent - base.lines[next(iter(exact[at]))].indent)
    return found
