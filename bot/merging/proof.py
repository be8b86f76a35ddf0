"""The proof of a reading: what else the snippet could mean, and what speaks against the reading itself.

A reading is proven when nothing below finds a doubt:

    rival       a near reading gives other bytes (and does not merely delete more)
    weighing    with other weights (rather keep old code; rather replace it) the best reading is another
    balance     brackets do not close as before
    syntax      the grammar finds more errors than before
    lost        a definition is gone, and no line of its name is left
    doubled     a definition stands twice that stood once
    idle        a segment shows lines of the file and changes nothing: does it delete what a marker beside it keeps?
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.merging.align import Tables
from bot.merging.evidence import DEFAULT
from bot.merging.names import defined_name
from bot.merging.render import render
from bot.merging.snippet import Gap, Line, evened
from bot.merging.structure import opens
from bot.merging.walk import Walk
from bot.model import Doubt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.merging.evidence import Material
    from bot.merging.walk import Step

MARGIN = 0.3
MOST_RIVALS = 12
KEEPER = replace(
    DEFAULT, drop=0.4, replace=0.25, new_known_run=0.0, new_known=0.6, definition=2.0, pair_renamed=1.5, next_to=0.3
)
REPLACER = replace(DEFAULT, drop=0.08, replace=0.03, new_known_run=1.2, definition=0.2)
_PAIRS = ("()", "[]", "{}")


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read the snippet: its steps and the lines that come of it."""

    steps: tuple[Step, ...]
    lines: tuple[str, ...]

    @property
    def kept(self) -> frozenset[int]:
        """The significant lines of the base that stay (their places)."""
        return frozenset(step.line for step in self.steps if step.kind in {"same", "gap"})


def reading_of(walk: Walk, material: Material) -> Reading:
    """The reading that a walk took."""
    return Reading(tuple(walk.steps), render(walk.steps, material.lazy, material.base))


def best_reading(material: Material) -> tuple[Reading, tuple[Reading, ...]]:
    """The best reading, and its near rivals with other bytes, nearest first."""
    tables = Tables(material, DEFAULT)
    walk = Walk(tables, within=MARGIN)
    best = reading_of(walk, material)
    rivals: list[Reading] = []
    for turn in sorted(walk.turns, key=lambda turn: turn.loss)[:MOST_RIVALS]:
        other = reading_of(Walk(tables, turn), material)
        if is_rival(other, best) and all(other.lines != known.lines for known in rivals):
            rivals.append(other)
    return best, tuple(rivals)


def is_rival(other: Reading, best: Reading) -> bool:
    """Whether `other` gives other bytes and does more than delete what `best` explains as kept."""
    return other.lines != best.lines and not other.kept < best.kept


def doubts_of(best: Reading, rivals: Sequence[Reading], material: Material) -> tuple[Doubt, ...]:
    """All that speaks against `best`; the dear checks are left out where a cheap one found something."""
    doubts = [Doubt("rival", difference(best, rival, material)) for rival in rivals]
    doubts += _names(best, material)
    doubts += _idle(best, material)
    doubts += _balance(best, material)
    if not doubts:
        for name, scores in (("rather keeps old code", KEEPER), ("rather replaces old code", REPLACER)):
            other = reading_of(Walk(Tables(material, scores)), material)
            if other.lines != best.lines:
                doubts.append(Doubt("weighing", f"a reading that {name} differs: {difference(best, other, material)}"))
                break
    return tuple(doubts)


def difference(best: Reading, other: Reading, material: Material) -> str:
    """Where two readings part, as a sentence that names lines of the file."""
    mine, theirs = _moves(best), _moves(other)
    for token, line in enumerate(material.lazy.tokens):
        here, there = mine.get(token), theirs.get(token)
        if isinstance(line, Line) and here is not None and there is not None and here != there:
            return f"`{_short(line.key)}` may be {_said(here, material)}, or {_said(there, material)}"
    gone = sorted(best.kept ^ other.kept)
    numbers = [material.base.lines[at].number + 1 for at in gone[:1] + gone[-1:]] or [1]
    return f"lines {numbers[0]} to {numbers[-1]} may stay or go"


def _moves(reading: Reading) -> dict[int, tuple[str, int]]:
    """For each token what it is, and where; a new line's place is the base line kept before it."""
    found: dict[int, tuple[str, int]] = {}
    last = -1
    for step in reading.steps:
        if step.kind in {"same", "pair", "new"}:
            found[step.token] = (step.kind, last if step.kind == "new" else step.line)
        if step.kind in {"same", "gap", "pair"}:
            last = step.line
    return found


def _said(move: tuple[str, int], material: Material) -> str:
    kind, at = move
    number = material.base.lines[at].number + 1 if at >= 0 else 0
    match kind:
        case "same":
            return f"line {number}"
        case "pair":
            return f"the new form of line {number}"
        case _:
            return f"a new line after line {number}"


def _short(key: str) -> str:
    return key if len(key) <= 50 else f"{key[:47]}..."


def _names(best: Reading, material: Material) -> Iterator[Doubt]:
    """Definitions that are gone or stand twice."""
    before = _defined([line.key for line in material.base.lines])
    after = _defined([evened(line) for line in best.lines])
    shown = _defined([token.key for token in material.lazy.tokens if isinstance(token, Line)])
    for name in before:
        if name not in after:
            number = next(line.number for line in material.base.lines if defined_name(line.key) == name) + 1
            yield Doubt("lost", f"`{_short(name)}`, defined on line {number}, would be gone")
    for name, count in after.items():
        if count > max(before[name], shown[name]):
            yield Doubt("doubled", f"`{_short(name)}` would be defined {count} times")


def _defined(keys: Sequence[str]) -> Counter[str]:
    return Counter(name for name in map(defined_name, keys) if name is not None)


def _balance(best: Reading, material: Material) -> Iterator[Doubt]:
    before, after = "".join(material.base.all), "".join(best.lines)
    for opening, closing in _PAIRS:
        was = before.count(opening) - before.count(closing)
        now = after.count(opening) - after.count(closing)
        if was != now:
            change = "more" if now > was else "fewer"
            yield Doubt("balance", f"{abs(now - was)} {change} `{opening}` would stay open than before")


def _idle(best: Reading, material: Material) -> Iterator[Doubt]:
    for segment in _segments(best, material):
        lines = [material.base.lines[step.line] for step in segment if step.kind == "same"]
        if len(lines) < len(segment) or segment[-1].line - segment[0].line >= len(segment):
            continue
        scaffold = all(above.indent < below.indent for above, below in zip(lines, lines[1:], strict=False))
        if scaffold and opens(lines[-1].key):
            continue
        if any(sum(map(str.isalnum, line.key)) > 3 for line in lines):
            first, last = lines[0].number + 1, lines[-1].number + 1
            yield Doubt("idle", f"lines {first} to {last} are shown unchanged: must anything beside them go?")


def _segments(best: Reading, material: Material) -> Iterator[list[Step]]:
    """The steps between two markers."""
    segment: list[Step] = []
    before = -1
    tokens = material.lazy.tokens
    for step in best.steps:
        if step.kind == "gap":
            continue
        if segment and any(isinstance(tokens[at], Gap) for at in range(before, step.token)):
            yield segment
            segment = []
        segment.append(step)
        before = step.token
    if segment:
        yield segment
