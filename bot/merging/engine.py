"""The local engine: read, align, prove, render. See README.md here for the way and its drawings."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import dropwhile
from typing import TYPE_CHECKING

from bot.errors import Code, Refusal
from bot.merging.evidence import Material
from bot.merging.formats import diff_line
from bot.merging.markers import marker_name
from bot.merging.pointing import named_spans
from bot.merging.proof import EVEN, Proof
from bot.merging.reading import Reading, difference
from bot.merging.snippet import Gap, Line, read_base, read_snippet
from bot.model import Doubt, Hints, LineRange, Merged, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.merging.snippet import Base, Lazy

NO_HINTS = Hints()
TELLING = 8
LEAST_STEP = 2  # columns
MOST_COMPARED = 50_000_000  # lines of the snippet times lines of the file
MOST_CELLS = 10_000_000  # lines of the snippet times lines of the file that any of them could be: half a minute
_TAIL = re.compile(r"\S\s*(//|\#|/\*|<!--|--)\s*(?:\.{3,}|…).*$")


@dataclass(frozen=True, slots=True)
class Readings:
    """How a snippet can be read: the best reading, near ones with other bytes, and what is doubtful about the best.

    Each `Reading` has its merged `lines`, its `steps` (which token of `lazy` is which significant line of `base`, which
    lines are new, kept by a marker or dropped) and its `loss` against the best. No doubts: the best one is proven.
    """

    lazy: Lazy
    base: Base
    best: Reading
    rivals: tuple[Reading, ...]
    doubts: tuple[Doubt, ...]

    @property
    def proven(self) -> bool:
        return not self.doubts


def merge(base: Sequence[str], snippet: str, path: str, hints: Hints = NO_HINTS) -> Merged:
    """Merge a lazy `snippet` into `base`, the lines (without endings) of the file at `path`.

    VERIFIED: the one reading that the evidence leaves. UNPROVEN: the best of several; `doubts` say in sentences that
    name lines what else it could be, `rivals` hold the lines of other readings. `hints` decide ties and nothing else.

    Raises Refusal: `already-applied` (the result is the base), `no-change` (the snippet shows no line), `no-anchor`
    (nothing says where it belongs), `ambiguous` (readings that nothing tells apart), `contradicts` (part of a line is
    left out: what stands there cannot be told; or it is a diff), `too-large` (more lines than can be compared in a
    minute).
    """
    found = readings(base, snippet, path, hints)
    if found.best.lines == tuple(base):
        _refuse_unmoved(found, path)
        raise Refusal(Code.ALREADY_APPLIED, f"{path} stands already as the snippet says")
    doubts = found.doubts or _unstable(found, snippet, path)
    verdict = Verdict.UNPROVEN if doubts else Verdict.VERIFIED
    return Merged(found.best.lines, verdict, doubts, "lines", tuple(rival.lines for rival in found.rivals))


def _refuse_unmoved(found: Readings, path: str) -> None:
    """A snippet that differs in nothing but how deep some lines stand: moved, or misquoted, they are not in the file.

    Not where that is a slip which a merge puts right too: a segment is shifted as a whole, its first lines have lost
    all of their depth, or it is less than a step. So what was merged once is `already-applied` a second time.
    """
    for segment in found.best.segments:
        shown = [(found.base.lines[step.line], found.lazy.tokens[step.token].indent) for step in segment]
        behind = list(dropwhile(lambda pair: pair[1] == 0 < pair[0].indent, shown))
        moved = [line.number + 1 for line, indent in behind if abs(line.indent - indent) >= LEAST_STEP]
        if moved and not _is_shifted(behind):
            raise Refusal(
                Code.AMBIGUOUS,
                f"{path}: line {moved[0]} stands at another depth in the snippet, misquoted or to be moved",
                "quote the line as it stands, or change more than its depth",
            )


def _is_shifted(shown: Sequence[tuple[Line, int]]) -> bool:
    """Whether one shift takes all lines from their depth in the file to the shown one, but for less than a step."""
    by = next((indent - line.indent for line, indent in shown if indent > 0), None)
    return by is None or all(abs(max(0, line.indent + by) - indent) < LEAST_STEP for line, indent in shown)


def _unstable(found: Readings, snippet: str, path: str) -> tuple[Doubt, ...]:
    """The doubt that the same snippet would change its own result once more: asked only where twins may let it."""
    result = found.best.lines
    if _is_held(found, result):
        return ()
    try:
        again = readings(result, snippet, path)
    except Refusal:
        return ()
    if again.best.lines == result or not again.proven:
        return ()
    return (Doubt("unstable", f"the same snippet would change line {_first(result, again.best.lines)} once more"),)


def _is_held(found: Readings, result: Sequence[str]) -> bool:
    """Whether each segment has a telling line that stands once in the result, where it will be found again, and all its
    lines stand there to the sign: what was put right once may be taken for a change the second time.
    """
    if not {token.text for token in found.lazy.tokens if isinstance(token, Line)} <= set(result):
        return False
    known = {line.text: line.glue for line in found.base.lines}
    counts = Counter(known.get(line) or "".join(line.split()) for line in result)
    held = False
    for token in found.lazy.tokens[1:]:
        if isinstance(token, Line):
            held = held or (counts[token.glue] == 1 and len(token.glue) >= TELLING)
        elif held:
            held = False
        else:
            return False
    return True


def _first(mine: Sequence[str], theirs: Sequence[str]) -> int:
    """The number of the first line in which two texts differ."""
    same = next((at for at, (one, other) in enumerate(zip(mine, theirs, strict=False)) if one != other), None)
    return 1 + (min(len(mine), len(theirs)) if same is None else same)


def readings(base: Sequence[str], snippet: str, path: str, hints: Hints = NO_HINTS) -> Readings:
    """All that `merge` knows about a snippet. Raises as `merge` does, `already-applied` apart."""
    origin = tuple(base)
    source = read_base(origin)
    lazy = read_snippet(snippet, origin, path)
    lines = [token for token in lazy.tokens if isinstance(token, Line)]
    if not lines:
        raise Refusal(
            Code.NO_CHANGE,
            f"the snippet for {path} shows no line of code",
            "show the lines that change, and a neighbour",
        )
    _refuse_diff(lines, set(origin), path)
    _refuse_partial(lines, set(origin), path)
    _refuse_large(len(lines), len(source.lines), MOST_COMPARED, path)
    material = Material(lazy, source)
    _refuse_large(len(lines), len(material.columns), MOST_CELLS, path)
    proof = Proof(material, path)
    if hints.lines is not None:
        proof.decide([hints.lines])
    if proof.rivals and hints.instruction:
        proof.decide(named_spans(hints.instruction, path, "\n".join(base) + "\n"))
    if not proof.anchored:
        raise Refusal(
            Code.NO_ANCHOR,
            f"nothing in the snippet says where it belongs in {path} ({LineRange(1, max(len(origin), 1)).spoken})",
            "show a line of the file that stands nowhere else in it, next to the change",
        )
    if proof.rivals and proof.odds > EVEN:
        raise Refusal(
            Code.AMBIGUOUS,
            f"two readings of the snippet fit {path} alike: {difference(proof.best, proof.rivals[0], proof.material)}",
            "show a line more on both sides of the change, or name the lines",
        )
    _refuse_left_out(proof, hints, path)
    misquoted = next((doubt for doubt in proof.doubts if doubt.rule == "spacing"), None)
    if misquoted is not None:
        raise Refusal(
            Code.AMBIGUOUS,
            f"{path}: {misquoted.message}, misquoted or to be changed",
            "quote the line as it stands, or change more than its white space",
        )
    return Readings(lazy, source, proof.best, proof.rivals, proof.doubts)


def _refuse_large(shown: int, lines: int, most: int, path: str) -> None:
    """Work grows with the lines shown times the lines that they could be: beyond `most` it takes minutes."""
    if shown * lines > most:
        raise Refusal(
            Code.TOO_LARGE,
            f"the snippet shows {shown:,} lines, and {path} has {lines:,} that they could be",
            "show less, or make several snippets of it",
        )


def _refuse_left_out(proof: Proof, hints: Hints, path: str) -> None:
    """A request about lines beyond an end of the snippet that no marker opens: whether they go is not said."""
    span, lines = hints.lines, proof.material.base.lines
    shown = [step.line for step in proof.best.shown if step.line >= 0]
    if span is None or not shown:
        return
    first, last = lines[min(shown)].number + 1, lines[max(shown)].number + 1
    tokens = proof.material.lazy.tokens
    ends = (tokens[0], span.last < first), (tokens[-1], span.first > last)
    if any(beyond and isinstance(gap, Gap) and gap.implied for gap, beyond in ends):
        raise Refusal(
            Code.AMBIGUOUS,
            f"the request is about lines {span.first}-{span.last} of {path}, which the snippet leaves out, with no "
            "marker in their place: are they to go?",
            "show the lines beside them, or put a marker where lines stay",
        )


def _refuse_diff(lines: Sequence[Line], own: set[str], path: str) -> None:
    number = diff_line(lines, own, path)
    if number is not None:
        raise Refusal(
            Code.CONTRADICTS,
            f"the snippet for {path} looks like a diff, and is not called one (its line {number + 1})",
            "say `diff` where its format is said, such as behind the fence; or show the code without signs",
        )


def _refuse_partial(lines: Sequence[Line], own: set[str], path: str) -> None:
    """A marker behind code stands for part of a line, or for an unknown number of lines in an expression."""
    for line in lines:
        found = _TAIL.search(line.text) if line.text not in own else None
        if found and marker_name(line.text[found.start(1) :], path) is not None:
            raise Refusal(
                Code.CONTRADICTS,
                f"line {line.number + 1} of the snippet for {path} leaves something out behind code: "
                f"`{line.text.strip()}`",
                "put the marker on a line of its own",
            )
