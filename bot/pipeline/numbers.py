"""Line numbers hold for the text that they were written for, and a run changes that text.

A suggestion in an instruction file names lines and shows nothing of them. Where another request for the same file
stands already (a second run, or one that was cut off), the lines below it have moved; numbers alone would then replace
what nobody asked to have replaced. So such a suggestion counts as applied where it is found as far off as the others
can have moved it, and is refused otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.asks import Blocks, ChangeMode, RenameFile, Snippet, Suggestion
from bot.errors import Code
from bot.outcomes import Applied, Refused, Unchanged
from bot.placing import as_suggested

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.asks import Ask, Part
    from bot.outcomes import Outcome
    from bot.pipeline.views import View

# How a request may be refused that has been applied before and has left no trace of it.
_PERHAPS_APPLIED = frozenset({Code.NO_ANCHOR, Code.OUTDATED, Code.AMBIGUOUS})


def with_numbers_held(outcomes: Mapping[int, Outcome], view: View) -> dict[int, Outcome]:
    """`outcomes` of requests on `view`; those that rely on numbers which may not hold are unchanged or refused."""
    by_path: dict[str, list[int]] = {}
    for index, outcome in outcomes.items():
        for path in {part.path for part in outcome.request.parts}:
            by_path.setdefault(path, []).append(index)
    held = dict(outcomes)
    for index, outcome in outcomes.items():
        for part in outcome.request.parts:
            others = [outcomes[other] for other in by_path[part.path] if other != index]
            if _is_numbered(part) and _changes(outcome, part.path):
                held[index] = _held(held[index], part, others, view)
    return held


def _is_numbered(part: Part) -> bool:
    return isinstance(_inner(part.ask), Suggestion) and part.lines is not None and part.original is None


def _inner(ask: Ask) -> Ask | None:
    """What is asked of the text, beside a rename or a change of mode."""
    inner: Ask | None = ask
    while isinstance(inner, (RenameFile, ChangeMode)):
        inner = inner.then
    return inner


def _changes(outcome: Outcome, path: str) -> bool:
    return isinstance(outcome, Applied) and any(it.path == path for it in outcome.candidate.operations)


def _held(outcome: Outcome, part: Part, others: Sequence[Outcome], view: View) -> Outcome:
    growths = [growth for other in others for growth in _moved(other, part.path)]
    ask = _inner(part.ask)
    if not growths or not isinstance(ask, Suggestion) or part.lines is None or not isinstance(outcome, Applied):
        return outcome
    start = part.lines.first - 1
    first = max(start + sum(growth for growth in growths if growth < 0), 0)
    last = start + sum(growth for growth in growths if growth > 0)
    lines = view.read(part.path).document.lines
    count = len(ask.lines)
    found = [at for at in range(first, last + 1) if lines[at : at + count] == ask.lines]
    telling = any(character.isalnum() for line in ask.lines for character in line)
    if len(found) == 1 and telling and len(outcome.request.parts) == 1:
        return Unchanged(outcome.request, as_suggested(found[0], count, part.path))
    moved = part.lines.spoken
    return Refused(
        outcome.request,
        Code.AMBIGUOUS,
        f"another request for {part.path} stands there already and may have moved {moved}",
        "write it as a diff or as SEARCH/REPLACE, which show the lines that they mean",
        outcome.candidate,
    )


def _moved(other: Outcome, path: str) -> Iterator[int]:
    """By how many lines `other` may have moved the lines below it before this run; nothing if it has not."""
    applies_now = _changes(other, path)
    never = isinstance(other, Refused) and other.code not in _PERHAPS_APPLIED
    if applies_now or never:
        return
    for part in other.request.parts:
        if part.path == path:
            yield from (growth for growth in _growths(part) if growth)


def _growths(part: Part) -> Iterator[int]:
    match _inner(part.ask):
        case Suggestion(lines=lines) if part.lines is not None:
            yield len(lines) - (part.lines.last - part.lines.first + 1)
        case Blocks(blocks=blocks):
            for block in blocks:
                yield len(block.new) - len(block.old)
        case Snippet(text=text):
            # Nothing says how many of its lines are new, or how many have gone.
            yield text.count("\n") + 1
            yield -text.count("\n") - 1
        case _:
            return
