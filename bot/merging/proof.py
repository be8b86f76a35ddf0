"""The proof of a reading: what else the snippet could mean, and what speaks against the reading itself.

Flaws are what is wrong with the result itself, whatever the snippet says:

    balance     brackets do not close as before
    doubled     a definition stands twice that stood once
    renamed     a definition is taken for the old form of another that the snippet shows, and nothing holds it in place
    syntax      a file without syntax errors gets some

A reading with a flaw makes way for a near one without. What is left is proven when it has no flaw and none of these:

    rival       a near reading, with no more flaws, gives other bytes (and does not merely delete more)
    weighing    with other weights (rather keep old code; rather replace it) such a reading is the best
    idle        a segment shows statements of the file and changes nothing: should it delete what a marker keeps?
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.merging.align import Tables
from bot.merging.evidence import DEFAULT, signs
from bot.merging.names import defined_name, is_mark
from bot.merging.render import render
from bot.merging.snippet import Gap, Line
from bot.merging.structure import closes, ends_block, opens
from bot.merging.walk import Turn, Walk
from bot.model import Doubt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.merging.evidence import Material
    from bot.merging.walk import Step

MARGIN = 0.25
MOST_RIVALS = 8
LOOSE = 3
ANCHORED = 0.25
ALIKE = 0.1  # likeness that is no difference
HOLDS = 0.6  # a line of this weight holds what is next to it in place
KEEPER = replace(
    DEFAULT, drop=0.4, replace=0.25, new_known_run=0.0, new_known=0.6, definition=2.0, pair_renamed=1.5, next_to=0.3
)
REPLACER = replace(DEFAULT, drop=0.08, replace=0.03, new_known_run=1.2, definition=0.2)
_PAIRS = ("()", "[]", "{}")


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read the snippet: its steps, the lines that come of it, and how much less it is worth than the best."""

    steps: tuple[Step, ...]
    lines: tuple[str, ...]
    loss: float = 0.0

    @property
    def kept(self) -> frozenset[int]:
        """The significant lines of the base that stay (their places)."""
        return frozenset(step.line for step in self.steps if step.kind in {"same", "gap"})


    @property
    def touched(self) -> frozenset[int]:
        """The significant lines of the base that change, or that new lines come after."""
        found: set[int] = set()
        last = 0
        for step in self.steps:
            if step.line >= 0:
                last = step.line
            if step.kind not in {"same", "gap"}:
                found.add(last)
        return frozenset(found)


def reading_of(walk: Walk, material: Material, loss: float = 0.0) -> Reading:
    """The reading that a walk took."""
    return Reading(tuple(walk.steps), render(walk.steps, material.lazy, material.base), loss)


class Proof:
    """The readings of one snippet: the best one, those that rival it, and what is doubtful about it."""

    def __init__(self, material: Material, path: str) -> None:
        self.material = material
        self.path = path
        self.gave_way: Reading | None = None
        self._flaws: dict[tuple[str, ...], tuple[Doubt, ...]] = {}
        tables = Tables(material, DEFAULT)
        walk = Walk(tables, within=MARGIN)
        self.best = reading_of(walk, material)
        near = [reading_of(Walk(tables, turn), material, turn.loss) for turn in _nearest(walk.turns)]
        rivals = self._rivals(near)
        if not rivals or self.flaws(self.best):
            weighed = [reading_of(Walk(Tables(material, scores)), material) for scores in (KEEPER, REPLACER)]
            self.weighed = self._rivals(weighed)
        else:
            self.weighed = ()
        self.rivals = rivals
        self._give_way()

    def decide(self, first: int, last: int) -> None:
        """Let a range of lines (1-based) decide between the best reading and its rivals, if just one touches it."""
        lines = self.material.base.lines
        numbers = {at for at, line in enumerate(lines) if first <= line.number + 1 <= last}
        inside = [reading for reading in (self.best, *self.rivals) if reading.touched & numbers]
        if self.rivals and len(inside) == 1:
            self.best = inside[0]
            self.rivals = ()
            self.gave_way = None

    @property
    def anchored(self) -> bool:
        """Whether anything but twins says where the snippet belongs."""
        steps = self.best.steps
        weight = sum(self.material.weights[step.token] for step in steps if step.kind == "same")
        likeness = sum(self.material.likeness[step.token].get(step.line, 0.0) for step in steps if step.kind == "pair")
        return weight + likeness >= ANCHORED

    def _give_way(self) -> None:
        """Take the nearest reading that is sound, if the best one is not."""
        if not self.flaws(self.best):
            return
        others = [*self.rivals, *self.weighed]
        sound = [reading for reading in others if not self.flaws(reading)]
        if sound:
            self.gave_way = self.best
            self.best = sound[0]
            self.rivals = self._rivals(sound[1:])
            self.weighed = ()

    def _rivals(self, others: Sequence[Reading]) -> tuple[Reading, ...]:
        """Those of `others` that rival the best one: other bytes, no more flaws, and more than a greater deletion."""
        found: list[Reading] = []
        flaws = {doubt.rule for doubt in self.flaws(self.best)}
        for other in others:
            if other.lines == self.best.lines or other.kept < self.best.kept:
                continue
            if any(other.lines == known.lines for known in found):
                continue
            worse = {doubt.rule for doubt in self.flaws(other)}
            if not worse > flaws:
                found.append(other)
        return tuple(found)

    def flaws(self, reading: Reading) -> tuple[Doubt, ...]:
        """What is wrong with the reading's result itself."""
        known = self._flaws.get(reading.lines)
        if known is None:
            known = (*_balance(reading, self.material), *_doubled(reading, self.material))
            known = (*known, *_renamed(reading, self.material))
            known = known or tuple(_syntax(reading, self.material, self.path))
            self._flaws[reading.lines] = known
        return known

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """All that is doubtful about the best reading; none: it is proven."""
        best, material = self.best, self.material
        return (
            *self.flaws(best),
            *(Doubt("rival", difference(best, rival, material)) for rival in self.rivals),
            *(Doubt("weighing", difference(best, rival, material)) for rival in self.weighed),
            *_idle(best, material),
            *_edges(best, material),
            *_alike(best, material),
            *_spacing(best, material),
            *_unheld(best, material),
            *(() if self.gave_way is None else (Doubt("unlikely", difference(best, self.gave_way, material)),)),
        )


def _nearest(turns: Sequence[Turn]) -> list[Turn]:
    return sorted(turns, key=lambda turn: turn.loss)[:MOST_RIVALS]


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


def _doubled(reading: Reading, material: Material) -> Iterator[Doubt]:
    """Lines that define a name and stand twice, where the base and the snippet have them once."""
    after = Counter(line.strip() for line in reading.lines)
    shown = Counter(token.text.strip() for token in material.lazy.tokens if isinstance(token, Line))
    for step in reading.steps:
        token = material.lazy.tokens[step.token] if step.kind in {"new", "pair"} else None
        if not isinstance(token, Line) or defined_name(token.key) is None:
            continue
        text = token.text.strip()
        if after[text] > max(material.counts[token.glue], shown[text]):
            yield Doubt("doubled", f"`{_short(token.key)}` would stand {after[text]} times")


def _renamed(reading: Reading, material: Material) -> Iterator[Doubt]:
    """Definitions that become others of another name, unless weighty lines hold them in place on both sides."""
    for segment in _segments(reading, material):
        held = [
            step.kind == "same"
            and material.weights[step.token] >= HOLDS
            and not is_mark(material.base.lines[step.line].key)
            for step in segment
        ]
        for at, step in enumerate(segment):
            if step.kind not in {"pair", "drop"} or (any(held[:at]) and any(held[at + 1 :])):
                continue
            line = material.base.lines[step.line]
            old = defined_name(line.key)
            if old is None or any(old in shown for shown in reading.lines):
                continue
            if any(_defines_other(other, old, material) for other in _hunk(segment, at)):
                yield Doubt("renamed", f"`{_short(old)}`, defined on line {line.number + 1}, would be gone")


def _hunk(segment: Sequence[Step], at: int) -> Sequence[Step]:
    """The steps round `at` up to the next lines that stay."""
    first = at
    while first > 0 and segment[first - 1].kind != "same":
        first -= 1
    last = at
    while last + 1 < len(segment) and segment[last + 1].kind != "same":
        last += 1
    return segment[first : last + 1]


def _defines_other(step: Step, old: str, material: Material) -> bool:
    token = material.lazy.tokens[step.token]
    if step.kind not in {"new", "pair"} or not isinstance(token, Line):
        return False
    return defined_name(token.key) not in {None, old}


def _balance(best: Reading, material: Material) -> Iterator[Doubt]:
    before, after = "".join(material.base.all), "".join(best.lines)
    for opening, closing in _PAIRS:
        was = before.count(opening) - before.count(closing)
        now = after.count(opening) - after.count(closing)
        if was != now:
            change = "more" if now > was else "fewer"
            yield Doubt("balance", f"{abs(now - was)} {change} `{opening}` would stay open than before")


def _syntax(reading: Reading, material: Material, path: str) -> Iterator[Doubt]:
    from bot.syntax import error_count  # noqa: PLC0415 - heavy; only a merge needs it

    now = error_count(path, "\n".join(reading.lines) + "\n")
    if now and error_count(path, "\n".join(material.base.all) + "\n") == 0:
        yield Doubt("syntax", f"{path} would have {now} syntax error{'s' if now > 1 else ''} and has none")


def _idle(best: Reading, material: Material) -> Iterator[Doubt]:
    """Segments that change nothing, where an edge line stands a second time beyond the marker beside it.

    Then it could be the other one, and all between the two would go. (Headers and ends of blocks only lead to others.)
    """
    for segment, (low, high) in zip(
        _segments(best, material), _reaches(best, material), strict=True
    ):
        lines = [material.base.lines[step.line] for step in segment if step.kind == "same"]
        if len(lines) < len(segment) or segment[-1].line - segment[0].line >= len(segment):
            continue
        statements = [
            line for line in lines if not opens(line.key) and not closes(line.key) and line.key.strip("{(") != ""
        ]
        if not statements:
            continue
        first, last = segment[0], segment[-1]
        again = any(low <= at < first.line for at in material.places[first.token]) or any(
            last.line < at < high for at in material.places[last.token]
        )
        loose = any(
            isinstance(gap, Gap) and gap.implied and kept
            for gap, kept in (
                (material.lazy.tokens[first.token - 1], first.line > low),
                (material.lazy.tokens[last.token + 1], last.line + 1 < high),
            )
        )
        if again or loose:
            yield Doubt(
                "idle",
                f"lines {lines[0].number + 1} to {lines[-1].number + 1} are shown unchanged: "
                "must anything beside them go?",
            )


def _reaches(best: Reading, material: Material) -> Iterator[tuple[int, int]]:
    """For each segment, the base lines that the markers on its two sides keep: from the first to behind the last."""
    segments = list(_segments(best, material))
    ends = [0]
    for segment in segments:
        ends.append(max((step.line + 1 for step in segment if step.line >= 0), default=ends[-1]))
    starts = [len(material.keys)]
    for segment in reversed(segments):
        starts.append(min((step.line for step in segment if step.line >= 0), default=starts[-1]))
    starts.reverse()
    for at in range(len(segments)):
        yield ends[at], starts[at + 1]


def _edges(best: Reading, material: Material) -> Iterator[Doubt]:
    """First and last lines of segments that stand in the base and are read as new, beside a marker."""
    tokens = material.lazy.tokens
    for at, step in enumerate(best.steps):
        token = tokens[step.token]
        if step.kind != "new" or not isinstance(token, Line) or not material.places[step.token]:
            continue
        before, after = tokens[step.token - 1], tokens[step.token + 1]
        first = isinstance(before, Gap) and not before.implied
        last = isinstance(after, Gap) and not after.implied
        if first or (last and not _closes_run(best.steps, at, material)):
            number = material.base.lines[material.places[step.token][0]].number + 1
            yield Doubt("edge", f"`{_short(token.key)}` is read as new, but stands on line {number} too")


def _closes_run(steps: Sequence[Step], at: int, material: Material) -> bool:
    """Whether the new line at `at` only closes a block that new lines right before it open."""
    depth = material.depths[steps[at].token]
    if not ends_block(material.lazy.lines_text(steps[at].token)):
        return False
    for step in reversed(steps[:at]):
        if step.kind != "new" or material.depths[step.token] < depth:
            return False
        if material.depths[step.token] == depth and opens(material.lazy.lines_text(step.token)):
            return True
    return False


def _alike(best: Reading, material: Material) -> Iterator[Doubt]:
    """Changed lines beside a marker that keeps a line nearly as like the new one: it may be one more of its kind."""
    tokens = material.lazy.tokens
    for step in best.steps:
        if step.kind != "pair" or step.line in material.namesakes[step.token]:
            continue
        likeness = material.likeness[step.token]
        for beside, line in ((step.token - 1, step.line - 1), (step.token + 1, step.line + 1)):
            near = likeness.get(line, 0.0)
            if isinstance(tokens[beside], Gap) and line in best.kept and near >= likeness[step.line] - ALIKE:
                first, second = (material.base.lines[at].number + 1 for at in (step.line, line))
                yield Doubt("alike", f"`{_short(material.keys[step.line])}` on line {first} would be replaced, "
                            f"and line {second} is as like what replaces it")


def _spacing(best: Reading, material: Material) -> Iterator[Doubt]:
    """Lines whose inner white space the snippet shows otherwise, and that came out as they were."""
    kept = Counter(best.lines)
    for step in best.steps:
        token = material.lazy.tokens[step.token]
        if step.kind == "same" and isinstance(token, Line):
            line = material.base.lines[step.line]
            if line.text.strip() != token.text.strip() and kept[line.text]:
                yield Doubt("spacing", f"white space inside line {line.number + 1} is other in the snippet")


def _unheld(best: Reading, material: Material) -> Iterator[Doubt]:
    """Segments that nothing weighty holds, and lines dropped where no weighty lines hold both sides."""
    for segment in _segments(best, material):
        held = [step.kind == "same" and material.weights[step.token] >= HOLDS for step in segment]
        drops = [
            at
            for at, step in enumerate(segment)
            if step.kind == "drop" and signs(material.base.lines[step.line].key) >= 3
        ]
        loose = [at for at in drops if not (any(held[:at]) and any(held[at + 1 :]))]
        if len(loose) >= LOOSE:
            first = material.base.lines[segment[loose[0]].line].number + 1
            last = material.base.lines[segment[loose[-1]].line].number + 1
            yield Doubt("unheld", f"lines {first} to {last} would go, and no telling line stands on both sides of them")
        anchors = sum(material.weights[step.token] for step in segment if step.kind == "same")
        likeness = sum(
            material.likeness[step.token].get(step.line, 0) for step in segment if step.kind == "pair"
        )
        if anchors + likeness < ANCHORED and any(step.kind != "same" for step in segment):
            number = material.base.lines[max(segment[0].line, 0)].number + 1
            yield Doubt("unanchored", f"nothing but common lines says that this is the place (line {number})")


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
