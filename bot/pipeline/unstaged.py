"""Work that is not staged is not replaced where nobody is there to see it.

A hook manager sets unstaged changes aside while hooks run, but not for `--all-files`. A lazy snippet replaces lines
without showing how they read, so a line that was changed a minute ago, and is nowhere else, would be gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.diffs import edits_between
from bot.errors import Code, Refusal
from bot.model import LineRange
from bot.outcomes import Change, Delete

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.outcomes import Candidate
    from bot.pipeline.views import BaseTree, View
    from bot.text import Document

    # The text of a file as it is staged; None: git does not know it.
    Staged = Callable[[str], Document | None]

_REMEDY = "stage or commit them first, then run again"


def refuse_unstaged(candidate: Candidate | None, view: View, staged: Staged) -> None:
    """Raise Refusal(overlapping) if lines would go that the user has changed in `view` and not staged."""
    for operation in candidate.operations if candidate is not None else ():
        was = view.origin(operation.path)
        if isinstance(operation, (Change, Delete)) and was is not None:
            document = view.read(operation.path).document
            lost = _unstaged(was, document, view.base, staged) & _gone(operation, document)
            if lost:
                where = LineRange(min(lost) + 1, max(lost) + 1).spoken
                said = f"{where} of {operation.path} would be replaced, where you have changes that are not staged"
                raise Refusal(Code.OVERLAPPING, said, _REMEDY)


def _unstaged(was: str, document: Document, base: BaseTree, staged: Staged) -> set[int]:
    """The numbers (from 0) of the lines of `document`, on `base` the file at `was`, that are neither staged nor of
    other requests of the run.
    """
    known = staged(was)
    found = _new(() if known is None else known.lines, document.lines)
    return found - _new(base.read(was).document.lines, document.lines)


def _gone(operation: Change | Delete, document: Document) -> set[int]:
    """The numbers (from 0) of the lines that do not stay."""
    if isinstance(operation, Delete):
        return set(range(len(document.lines)))
    # A suggestion replaces all of its lines, those that stay included.
    result = document.splice(operation.edits)
    return {number for edit in edits_between(document.lines, result.lines) for number in range(edit.start, edit.stop)}


def _new(old: Sequence[str], new: Sequence[str]) -> set[int]:
    """The numbers (from 0) of the lines of `new` that `old` does not have there."""
    found: set[int] = set()
    moved = 0
    for edit in edits_between(old, new):
        start = edit.start + moved
        found.update(range(start, start + len(edit.lines)))
        moved += len(edit.lines) - (edit.stop - edit.start)
    return found
