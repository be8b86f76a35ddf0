"""What a planner is shown of a file: all of it, or past a budget the scopes that the request is about and an outline.

Lines are 0-based and spans half-open, as in `bot.syntax`. Shown lines are verbatim: the planner quotes them as context.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.syntax import outline

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.model import LineRange
    from bot.syntax import Definition, Outline

# Round a range that is too long to show with its whole scope.
_NEAR = 40
_MAX_OUTLINE_LINES = 400
_WORD = re.compile(r"[^\W\d]\w{2,}")


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The shown spans of a file, in order and apart, and the outline of the rest ("" where all is shown)."""

    spans: tuple[tuple[int, int], ...]
    outline: str = ""


def excerpt(path: str, lines: Sequence[str], wanted: LineRange | None, words: str, budget: int) -> Excerpt:
    """What fits into `budget` characters, the outline apart; the range `wanted` and what is round it come first."""
    if sum(len(line) + 1 for line in lines) <= budget:
        return Excerpt(((0, len(lines)),) if lines else ())
    found = outline(path, "\n".join(lines) + "\n")
    shown: set[int] = set()
    left = budget
    for start, stop in _wishes(found, len(lines), wanted, words):
        more = [number for number in range(start, stop) if number not in shown]
        cost = sum(len(lines[number]) + 1 for number in more)
        if cost <= left:
            shown.update(more)
            left -= cost
    return Excerpt(_runs(shown), _outlined(found, lines))


def _wishes(found: Outline, count: int, wanted: LineRange | None, words: str) -> Iterable[tuple[int, int]]:
    """The spans to show, the most telling first; what no longer fits is passed over."""
    if wanted is not None:
        first, last = min(wanted.first - 1, count), min(wanted.last, count)
        yield first, last
        scopes = [one for one in found.definitions if one.first <= first and last <= one.last]
        for margin in (5, 15, _NEAR):
            yield max(0, first - margin), min(count, last + margin)
        for scope in reversed(scopes):
            yield scope.first, min(scope.body_first, scope.last)
            yield scope.first, scope.last
    for one in found.imports:
        yield one.first, one.last
    named = set(_WORD.findall(words))
    for definition in found.definitions:
        if definition.name in named:
            yield definition.first, definition.last
            yield definition.first, min(count, definition.first + _NEAR)
    # Without a place in the request, or a grammar, the beginning says most about a file.
    yield 0, min(count, 2 * _NEAR)
    yield from ((definition.first, definition.last) for definition in _alike(found.definitions, named))
    yield max(0, count - _NEAR), count


def _alike(definitions: Sequence[Definition], named: set[str]) -> list[Definition]:
    """The definitions whose names share a part with a word of the request, the most alike first."""
    asked = {part for word in named for part in _parts(word)}
    scored = [(len(asked & set(_parts(one.name))), one) for one in definitions]
    return [one for score, one in sorted(scored, key=lambda pair: -pair[0]) if score]


def _parts(name: str) -> list[str]:
    return [part.lower() for part in re.findall(r"[A-Z]?[a-z]{3,}|[A-Z]{3,}", name)]


def _runs(shown: set[int]) -> tuple[tuple[int, int], ...]:
    runs: list[tuple[int, int]] = []
    for number in sorted(shown):
        if runs and runs[-1][1] == number:
            runs[-1] = (runs[-1][0], number + 1)
        else:
            runs.append((number, number + 1))
    return tuple(runs)


def _outlined(found: Outline, lines: Sequence[str]) -> str:
    """One line for each definition: its lines, indented by depth, with its header as it stands in the file."""
    depths = [one.depth for one in found.definitions]
    deepest = max(depths, default=0)
    while deepest and sum(depth <= deepest for depth in depths) > _MAX_OUTLINE_LINES:
        deepest -= 1
    rows = [
        f"{one.first + 1}-{one.last}: {'  ' * one.depth}{lines[one.header].strip()[:160]}"
        for one in found.definitions
        if one.depth <= deepest
    ]
    if len(rows) > _MAX_OUTLINE_LINES:
        rows = [*rows[:_MAX_OUTLINE_LINES], f"({len(rows) - _MAX_OUTLINE_LINES} more)"]
    return "\n".join(rows) or f"(no outline: {len(lines)} lines)"
