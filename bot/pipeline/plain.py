"""A request in plain words: a planner writes the snippet, an engine merges it, `verify` proves it, and it is confined.

One further try for meaning, never more: a merge that is refused or unproven goes back to the planner once, with the
doubts named. The better of the two counts; the further one where neither is better.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.diffs import edits_between
from bot.entries import Standing
from bot.errors import Code, Refusal, ServiceError
from bot.model import LineRange, Verdict
from bot.outcomes import Change
from bot.pipeline.writers import checked
from bot.placing import commented_lines
from bot.planning import Asked, Earlier, Surroundings, confine
from bot.report.escape import one_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.asks import Part
    from bot.model import Doubt
    from bot.outcomes import Written
    from bot.pipeline.piece import Piece
    from bot.pipeline.views import BaseTree, View
    from bot.pipeline.writers import Place, Writer
    from bot.text import Document

    # Merges a snippet of the planner, with the lines that its request points at.
    Merge = Callable[[str, LineRange | None], Piece]

# What may be wrong with a snippet, and so may be better in another one.
_OF_THE_SNIPPET = frozenset({
    Code.NO_ANCHOR, Code.AMBIGUOUS, Code.CONTRADICTS, Code.NO_CHANGE, Code.VERIFICATION_FAILED,
})  # fmt: skip
_RANKS = (Verdict.REFUSED, Verdict.UNPROVEN, Verdict.VERIFIED)


@dataclass(frozen=True, slots=True)
class Wish:
    """One part in plain words, as it meets one view of the files."""

    place: Place
    asked: Asked
    document: Document
    view: View
    merge: Merge

    def resolve(self, writer: Writer, given: Written | None = None) -> Piece:
        """What comes of it, beginning with the snippet that is `given`. Raises Refusal and ServiceError."""
        settled = writer.settled(self.place)
        if settled is not None:
            return self._attempt(checked(settled, self.asked.path, self.document)).piece()
        first = self._attempt(given or writer.write(self.place, self.asked, self.document))
        chosen = first
        if first.rank < _RANKS.index(Verdict.VERIFIED):
            further = self._further(first, writer)
            chosen = further if further.rank >= first.rank else first
        writer.settle(self.place, chosen.written)
        return chosen.piece()

    def _further(self, first: _Attempt, writer: Writer) -> _Attempt:
        """The second try; where it cannot be made, the first one with a note that says why."""
        earlier = Earlier(first.written.snippet, first.wrong)
        try:
            written = writer.write(self.place, self.asked, self.document, earlier)
        except ServiceError as error:
            return first.noted(f"not asked again: {error.problem}")
        except Refusal as refusal:
            if refusal.code is Code.SECRET:
                raise
            return first.noted(f"asked again, for nothing: {refusal.reason}")
        return self._attempt(written).noted("the planner's second snippet, written with the doubts named")

    def _attempt(self, written: Written) -> _Attempt:
        try:
            piece = self.merge(written.snippet, self.asked.lines)
        except Refusal as refusal:
            if refusal.code not in _OF_THE_SNIPPET:
                raise
            return _Attempt(written, refusal=refusal)
        piece = replace(piece.doubted(self._doubts(piece)), written=(written,))
        said = one_line(written.instruction)[:200]
        return _Attempt(written, replace(piece, notes=(*piece.notes, f"planned: {said}")) if said else piece)

    def _doubts(self, piece: Piece) -> tuple[Doubt, ...]:
        if self.asked.lines is None:
            return ()
        surroundings = Surroundings(self.asked.seen, self._stands)
        found: list[Doubt] = []
        for operation in piece.operations:
            if isinstance(operation, Change):
                result = self.document.splice(operation.edits, final_newline=operation.final_newline)
                found += confine(self.asked.path, self.document, result, self.asked.lines, surroundings)
        return tuple(found)

    def _stands(self, path: str) -> bool:
        return self.view.standing(path) in (Standing.FILE, Standing.DIRECTORY)


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One snippet and what came of it: a piece, or the refusal of its merge."""

    written: Written
    done: Piece | None = None
    refusal: Refusal | None = None
    notes: tuple[str, ...] = ()

    @property
    def rank(self) -> int:
        return -1 if self.done is None else _RANKS.index(self.done.verdict)

    @property
    def wrong(self) -> tuple[str, ...]:
        """What the planner is told about it."""
        if self.done is not None:
            return tuple(doubt.message for doubt in self.done.doubts)
        return (self.refusal.reason,) if self.refusal is not None else ()

    def noted(self, note: str) -> _Attempt:
        return replace(self, notes=(*self.notes, note))

    def piece(self) -> Piece:
        """The piece; raises the refusal if there is none."""
        if self.done is not None:
            return replace(self.done, notes=(*self.done.notes, *self.notes))
        if self.refusal is None:
            raise ValueError("an attempt is a piece or a refusal")
        raise self.refusal


def present_lines(part: Part, path: str, numbered: BaseTree, document: Document) -> LineRange | None:
    """Where the lines that `part` points at stand in `document`, the file as the view has it. Raises Refusal.

    A comment's lines are found by their text. Numbers are those of `numbered`, and earlier commits of the branch or
    other requests of the run may have moved what they mean.
    """
    if part.original is not None or numbered.standing(path) is not Standing.FILE:
        return commented_lines(document.lines, part)
    base = numbered.read(path).document
    lines = commented_lines(base.lines, part)
    if lines is None or base == document:
        return lines
    start, stop = lines.first - 1, lines.last
    moved, grown = 0, 0
    for edit in edits_between(base.lines, document.lines):
        more = len(edit.lines) - (edit.stop - edit.start)
        if edit.stop <= start:
            moved += more
        elif edit.start < stop:
            grown += more
    first = start + moved
    return LineRange(first + 1, max(first + 1, stop + moved + grown))
