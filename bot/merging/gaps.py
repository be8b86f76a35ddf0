"""The traits of a gap: whether the base lines that a marker would keep are such as it says."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from typing import TYPE_CHECKING

from bot.merging.inside import goes_beyond

if TYPE_CHECKING:
    from bot.merging.facts import Facts
    from bot.merging.snippet import Gap

_WORD = re.compile(r"[^\W\d]\w{2,}")
_IMPORT = re.compile(
    r"\s*(?:import\b|from\b.*\bimport\b|#\s*include|using\b|use\b|require|(?:const|var|let)\b.*\brequire\()"
)


# Words of markers that name nothing in the file.
_PLAIN = frozenset(
    [
        *("existing", "code", "rest", "unchanged", "the", "same", "before", "other", "others", "remaining", "file"),
        *("and", "omitted", "keep", "kept", "above", "below", "previous", "lines", "more", "for", "brevity", "here"),
        *("function", "functions", "method", "methods", "class", "body", "content", "contents", "implementation"),
        *("import", "imports", "logic", "not", "changed", "changes", "are", "stays", "with", "all", "this", "that"),
    ]
)


def gap_traits(facts: Facts, token: int, start: int, stop: int) -> dict[str, float]:
    """The traits of the gap at `token` if it keeps the base lines `start:stop`."""
    gap = facts.gap(token)
    kept = stop - start
    if gap.implied:
        # Nothing says that lines stay before a snippet's first line, or behind its last one; they do, if need be.
        if not kept:
            return {}
        side = "head" if start == 0 else "tail"
        return {f"gap.{side}": 1.0, f"gap.{side}.size": math.log1p(kept)}
    lines = facts.base.lines
    if not kept:
        # Before the first line and behind the last one writers put a marker also where nothing is left.
        if start in {0, len(lines)}:
            return {"gap.nothing": 1.0}
        return {"gap.blank" if lines[start].blanks else "gap.empty": 1.0}
    found: dict[str, float] = {}
    if _leaves(facts, token, start, stop):
        found["gap.leaves"] = 1.0
    if kept == 1:
        found["gap.one"] = 1.0
    light = facts.material.light
    depths = [lines[at].indent for at in range(start, stop) if not light[at]]
    if depths:
        if 0 < gap.indent > min(depths):
            found["gap.shallow"] = 1.0
        if depths[0] != gap.first:
            found["gap.other-depth"] = 1.0
        if min(depths) > gap.indent:
            found["gap.deep"] = 1.0
    _named(facts, gap, start, stop, found)
    if "import" in gap.name.lower():
        said = any(_IMPORT.match(lines[at].text) for at in range(start, stop))
        found["gap.imports" if said else "gap.no-imports"] = 1.0
    return found


def _leaves(facts: Facts, token: int, start: int, stop: int) -> bool:
    """Whether the lines go beyond the block of the header shown before the gap, though what follows is in it."""
    tokens, material = facts.lazy.tokens, facts.material
    if not 0 < token < len(tokens) - 1 or start - 1 not in material.places[token - 1]:
        return False
    deeper = tokens[token + 1].indent > tokens[token - 1].indent
    return goes_beyond(start - 1, range(start, stop), facts.base, facts.lazy.path, deeper=deeper)


def _named(facts: Facts, gap: Gap, start: int, stop: int, found: dict[str, float]) -> None:
    """Whether the lines that are kept have the words by which the marker names them."""
    named = [word for word in _WORD.findall(gap.name) if word.lower() not in _PLAIN]
    places = [at for word in named if (at := facts.word_places(word))]
    if places:
        inside = sum(bisect_left(at, start) < bisect_left(at, stop) for at in places)
        found["gap.named"] = inside / len(places)
        found["gap.misnamed"] = float(inside == 0)
