"""The local engine: read, align, prove, render."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import Code, Refusal
from bot.merging.evidence import Material
from bot.merging.proof import Proof
from bot.merging.snippet import Line, read_base, read_snippet
from bot.model import Hints, Merged, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

NO_HINTS = Hints()


def merge(base: Sequence[str], snippet: str, path: str, hints: Hints = NO_HINTS) -> Merged:
    """Merge a lazy `snippet` into `base`, the lines of the file at `path`."""
    del hints
    origin = tuple(base)
    source = read_base(origin)
    lazy = read_snippet(snippet, origin, path)
    if not any(isinstance(token, Line) for token in lazy.tokens):
        raise Refusal(Code.NO_CHANGE, f"the snippet for {path} shows no line of code")
    material = Material(lazy, source)
    proof = Proof(material, path)
    if proof.best.lines == origin:
        raise Refusal(Code.ALREADY_APPLIED, f"{path} stands already as the snippet says")
    doubts = proof.doubts
    rivals = tuple(rival.lines for rival in (*proof.rivals, *proof.weighed))
    return Merged(proof.best.lines, Verdict.UNPROVEN if doubts else Verdict.VERIFIED, doubts, "lines", rivals)
