"""What one part of a request comes to, and the parts as one candidate."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bot.model import EngineName, Verdict
from bot.outcomes import Candidate, Usage
from bot.pipeline.engines import total, weakest

if TYPE_CHECKING:
    from bot.model import Doubt
    from bot.outcomes import Operation, Rival, Written


@dataclass(frozen=True, slots=True)
class Piece:
    """What one part comes to; without operations it stands already, and `notes` say where."""

    operations: tuple[Operation, ...] = ()
    verdict: Verdict = Verdict.VERIFIED
    engine: EngineName = EngineName.EXACT
    doubts: tuple[Doubt, ...] = ()
    rivals: tuple[Rival, ...] = ()
    usage: Usage = field(default_factory=Usage)
    notes: tuple[str, ...] = ()
    written: tuple[Written, ...] = ()

    def also(self, operation: Operation) -> Piece:
        return replace(self, operations=(*self.operations, operation))

    def doubted(self, doubts: tuple[Doubt, ...]) -> Piece:
        """The same with further doubts: it is proved no longer."""
        if not doubts:
            return self
        return replace(self, verdict=weakest(self.verdict, Verdict.UNPROVEN), doubts=(*self.doubts, *doubts))


def joined(pieces: list[Piece]) -> Candidate | None:
    """The pieces as one candidate; None if all that they ask for stands already."""
    operations = tuple(operation for piece in pieces for operation in piece.operations)
    if not operations:
        return None
    acting = [piece for piece in pieces if piece.operations]
    engines = {piece.engine for piece in acting} - {EngineName.EXACT}
    return Candidate(
        operations,
        weakest(*(piece.verdict for piece in acting)),
        EngineName.MORPH if EngineName.MORPH in engines else engines.pop() if engines else EngineName.EXACT,
        tuple(doubt for piece in acting for doubt in piece.doubts),
        tuple(rival for piece in acting for rival in piece.rivals),
        total(*(piece.usage for piece in pieces)),
        tuple(note for piece in acting for note in piece.notes),
        tuple(written for piece in acting for written in piece.written),
    )
