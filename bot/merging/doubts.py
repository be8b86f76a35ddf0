"""Doubts: why a reading without flaws may still not be what the writer meant.

idle        a segment changes nothing, and a line at its edge stands a second time beyond the marker there
edge        a line beside a marker is read as new, though the base has it
alike       a changed line beside a marker that keeps a line as like the new one
lost        a definition goes, and no telling lines above and below say so
left-out    the same in a snippet without any marker
repeated    a new line beside one that stays and has the very same words
subsumed    a changed line has all words of a line beside it that stays: it may be the new form of both
stolen      lines that stay would stand under a new header, and their own one stays without them
commented   a new comment would stand below the old one
unanchored  a segment changes something, and nothing but twins says where
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.merging import doubles, omitted, severed, strays, unreached
from bot.merging.carried import Carried
from bot.merging.counterparts import BOUNDS
from bot.merging.keyed import registered
from bot.merging.names import defined_name, header_name, is_comment, is_defined, is_mark
from bot.merging.notes import abridged, ellipsis, faint, labelled, left_to, unkept
from bot.merging.outlived import outlived
from bot.merging.reading import short
from bot.merging.redeclared import imported, reassigned, redeclared
from bot.merging.rewrapped import rewrapped
from bot.merging.slips import depth, spacing, trailing, uncommented
from bot.merging.snippet import Gap, Line
from bot.merging.structure import closes, ends_block, opens
from bot.merging.swaps import joined, unbounded
from bot.model import Doubt, LineRange

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.merging.evidence import Material
    from bot.merging.placement import Step
    from bot.merging.reading import Reading

ALIKE = 0.1  # likeness that is no difference
LIKE = 0.72
ANCHORED = 0.25  # lines of this weight together say where a segment belongs


def doubts_of(reading: Reading, material: Material) -> Iterator[Doubt]:
    """All doubts of this kind about a reading."""
    for rule in _RULES:
        yield from rule(reading, material)


def _idle(best: Reading, material: Material) -> Iterator[Doubt]:
    """Segments that change nothing, where an edge line stands a second time beyond the marker beside it.

    Then it could be the other one, and all between the two would go. (Headers and ends of blocks only lead to others.)
    """
    for segment, (low, high) in zip(best.segments, _reaches(best, material), strict=True):
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
        if again:
            shown = LineRange(lines[0].number + 1, lines[-1].number + 1).spoken
            yield Doubt("idle", f"nothing of {shown} changes: must anything beside go?")


def _reaches(best: Reading, material: Material) -> Iterator[tuple[int, int]]:
    """For each segment, the base lines that the markers on its two sides keep: from the first to behind the last."""
    found = best.segments
    ends = [0]
    for segment in found:
        ends.append(max((step.line + 1 for step in segment if step.line >= 0), default=ends[-1]))
    starts = [len(material.keys)]
    for segment in reversed(found):
        starts.append(min((step.line for step in segment if step.line >= 0), default=starts[-1]))
    starts.reverse()
    for at in range(len(found)):
        yield ends[at], starts[at + 1]


def _edges(best: Reading, material: Material) -> Iterator[Doubt]:
    """First and last lines of segments that stand in the base and are read as new, beside a marker."""
    tokens = material.lazy.tokens
    for segment, at, step in ((steps, at, step) for steps in best.segments for at, step in enumerate(steps)):
        token = tokens[step.token]
        if step.kind != "new" or not isinstance(token, Line) or not material.places[step.token]:
            continue
        before, after = tokens[step.token - 1], tokens[step.token + 1]
        first = isinstance(before, Gap) and not before.implied
        last = isinstance(after, Gap) and not after.implied
        if (first and not _heads_new(segment, at, material)) or (last and not _closes_run(segment, at, material)):
            number = material.base.lines[material.places[step.token][0]].number + 1
            yield Doubt("edge", f"`{short(token.key)}` is read as new, but stands on line {number} too")


def _heads_new(steps: Sequence[Step], at: int, material: Material) -> bool:
    """Whether the new line at `at` is an attribute such as others have, and heads a definition that is new too."""
    key = material.lazy.key(steps[at].token)
    if not is_mark(key) or is_comment(key):
        return False
    for step in steps[at + 1 :]:
        key = material.lazy.key(step.token)
        if step.kind != "new":
            return False
        if not is_mark(key):
            return header_name(key) is not None and not material.places[step.token]
    return False


def _closes_run(steps: Sequence[Step], at: int, material: Material) -> bool:
    """Whether the new line at `at` only closes a block that new lines right before it open."""
    depth = material.depths[steps[at].token]
    if not ends_block(material.lazy.lines_text(steps[at].token)):
        return False
    for step in reversed(steps[:at]):
        here = material.depths[step.token]
        if step.kind not in {"new", "pair"} or here < depth or (step.kind == "pair" and here > depth):
            return False
        if here == depth and opens(material.lazy.lines_text(step.token)):
            return step.kind == "new" or not opens(material.keys[step.line])
    return False


def _alike(best: Reading, material: Material) -> Iterator[Doubt]:
    """Changed lines beside a marker that keeps a line nearly as like the new one: it may be one more of its kind."""
    tokens = material.lazy.tokens
    for step in best.shown:
        if step.kind != "pair" or step.line in material.namesakes[step.token]:
            continue
        likeness = material.likeness[step.token]
        for beside, line in ((step.token - 1, step.line - 1), (step.token + 1, step.line + 1)):
            near = likeness.get(line, 0.0)
            if isinstance(tokens[beside], Gap) and line in best.kept and near >= likeness.get(step.line, 0.0) - ALIKE:
                first, second = (material.base.lines[at].number + 1 for at in (step.line, line))
                yield Doubt(
                    "alike",
                    f"`{short(material.keys[step.line])}` on line {first} would be replaced, "
                    f"and line {second} is as like what replaces it",
                )


def _lost(best: Reading, material: Material) -> Iterator[Doubt]:
    """Definitions that go beside a marker, or below no telling line, or in a snippet without any marker."""
    carried = Carried(best, material)
    for segment in best.segments:
        last = max((at for at, step in enumerate(segment) if step.kind == "same"), default=-1)
        told = False
        for at, step in enumerate(segment):
            if step.kind == "same":
                own = not is_mark(material.keys[step.line])
                told = told or (own and material.weights[step.token] >= BOUNDS)
            name = defined_name(material.keys[step.line]) if step.kind in {"pair", "drop"} else None
            if name is None or is_defined(name, best.lines) or step.line in carried:
                continue
            bounded = told and at < last and material.lazy.marked
            if not bounded and (step.kind == "drop" or at > last):
                number = material.base.lines[step.line].number + 1
                rule = "lost" if material.lazy.marked else "left-out"
                yield Doubt(rule, f"`{short(name)}`, defined on line {number}, would be gone")


def _stolen(best: Reading, material: Material) -> Iterator[Doubt]:
    """Lines that stay, but under a new header, while the one that they stand under in the file stays without them.

    Not where the two have the same name: then it is an overload that calls the other.
    """
    kept, lines = best.kept, material.base.lines
    for segment in best.segments:
        new: list[tuple[int, str]] = []  # new headers above: depth and name, each deeper than the one before it
        inside: set[int] = set()  # lines that stand under one of them
        for step in segment:
            if step.kind == "drop":
                continue
            depth, key = material.depths[step.token], material.lazy.key(step.token)
            while new and new[-1][0] >= depth and key not in "})]":
                new.pop()
            name = defined_name(key) if step.kind == "new" else None
            if name is not None:
                new.append((depth, name))
            elif step.kind == "same" and new and not material.light[step.line] and lines[step.line].indent == depth:
                own = next((at for at in range(step.line - 1, -1, -1) if lines[at].indent < depth), -1)
                inside.add(step.line)
                if own in kept - inside and defined_name(material.keys[own]) != new[-1][1]:
                    yield Doubt("stolen", f"line {lines[step.line].number + 1} would stand under a new header")
                    break


def _unanchored(best: Reading, material: Material) -> Iterator[Doubt]:
    """Segments that change something and that nothing weighty holds."""
    for segment in best.segments:
        anchors = sum(material.weights[step.token] for step in segment if step.kind == "same")
        likeness = sum(material.likeness[step.token].get(step.line, 0) for step in segment if step.kind == "pair")
        pairs = [step for step in segment if step.kind == "pair"]
        # Without a single line of the file a changed line must be plainly like the one that it replaces.
        vague = (
            bool(pairs)
            and not anchors
            and not any(
                material.likeness[step.token].get(step.line, 0) >= LIKE or step.line in material.namesakes[step.token]
                for step in pairs
            )
        )
        if vague or (anchors + likeness < ANCHORED and any(step.kind != "same" for step in segment)):
            number = material.base.lines[max(segment[0].line, 0)].number + 1
            yield Doubt("unanchored", f"nothing but common lines says that this is the place (line {number})")


_RULES = (
    _idle,
    _edges,
    _alike,
    faint,
    spacing,
    depth,
    _lost,
    trailing,
    uncommented,
    _stolen,
    unbounded,
    joined,
    left_to,
    unkept,
    abridged,
    _unanchored,
    rewrapped,
    redeclared,
    reassigned,
    imported,
    registered,
    labelled,
    ellipsis,
    *strays.RULES,
    *severed.RULES,
    *doubles.RULES,
    *omitted.RULES,
    *unreached.RULES,
    outlived,
)
