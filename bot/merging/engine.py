"""The local engine: read, align, prove, render."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import Code, Refusal
from bot.merging.evidence import Material
from bot.merging.proof import best_reading, doubts_of
from bot.merging.snippet import Line, read_base, read_snippet
from bot.model import Doubt, Hints, Merged, Verdict

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
    best, rivals = best_reading(material)
    if best.lines == origin:
        raise Refusal(Code.ALREADY_APPLIED, f"{path} stands already as the snippet says")
    doubts = doubts_of(best, rivals, material) or _syntax(origin, best.lines, path)
    verdict = Verdict.UNPROVEN if doubts else Verdict.VERIFIED
    return Merged(best.lines, verdict, doubts, "lines", tuple(rival.lines for rival in rivals))


def _syntax(before: Sequence[str], after: Sequence[str], path: str) -> tuple[Doubt, ...]:
    from bot.syntax import error_count  # noqa: PLC0415 - heavy; only a merge needs it

    now = error_count(path, "\n".join(after) + "\n")
    if not now:
        return ()
    was = error_count(path, "\n".join(before) + "\n")
    if was is not None and now > was:
        return (Doubt("syntax", f"{path} would have {now} syntax errors and has {was}"),)
    return ()
