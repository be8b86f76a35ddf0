"""An ask in an exact format becomes edits of a base. Policy: `bot.placing`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.asks import BlockFormat, Blocks, ChangeMode, DeleteFile, NewFile, Plain, RenameFile, Snippet, Suggestion, Whole
from bot.errors import Code, Refusal
from bot.model import Edit
from bot.placing.blocks import choose_spots
from bot.placing.suggestion import suggested_span, told_lines
from bot.text import split_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.asks import Block, Part
    from bot.placing.spots import Spot
    from bot.text import Document


@dataclass(frozen=True, slots=True)
class Placed:
    """Edits of the base, sorted and apart; `final_newline` None keeps the base's. `notes` are for the reader."""

    edits: tuple[Edit, ...]
    final_newline: bool | None = None
    notes: tuple[str, ...] = ()


def place(base: Document, part: Part) -> Placed:
    """The edits that `part` makes of `base`, the file that it names.

    Raises Refusal: ambiguous (the places are named), no-anchor, outdated, contradicts, and already-applied where the
    base would stay as it is. A deletion gives no edits: it is only checked that the file has the text that the request
    shows. A rename and a change of mode give the edits of what else they ask. Lazy snippets and plain words have no
    place of their own: ValueError.
    """
    match part.ask:
        case Suggestion() | Blocks():
            placed = _put(base, part, part.ask)
            _refuse_twice(base, part, part.ask, placed)
            return placed
        case Whole(text=text):
            return _changed(base, part, Placed(_difference(base.lines, split_lines(text))))
        case NewFile(text=text):
            return _stands(base, part, text)
        case DeleteFile(was=was):
            return _deleted(base, part, was)
        case RenameFile(then=then) | ChangeMode(then=then):
            return _then(base, part, then)
        case Snippet() | Plain():
            raise ValueError(f"{type(part.ask).__name__} is placed by an engine or a planner")


def _then(base: Document, part: Part, then: object) -> Placed:
    if not isinstance(then, (Suggestion, Blocks, Whole, RenameFile, ChangeMode)):
        return Placed(())
    try:
        return place(base, replace(part, ask=then))
    except Refusal as refusal:
        if refusal.code is not Code.ALREADY_APPLIED:
            raise
        return Placed((), notes=(refusal.reason,))


def _put(base: Document, part: Part, ask: Suggestion | Blocks) -> Placed:
    return _changed(
        base, part, _suggested(base, part, ask) if isinstance(ask, Suggestion) else _blocks(base, part, ask)
    )


def _refuse_twice(base: Document, part: Part, ask: Suggestion | Blocks, placed: Placed) -> None:
    """A second run must find nothing to do: what would be applied again to its own result does not say its place."""
    result = base.splice(placed.edits, final_newline=placed.final_newline)
    try:
        again = _put(result, part, ask)
    except Refusal:
        return
    place = f"line {again.edits[0].start + 1}" if again.edits else "its end"
    raise Refusal(
        Code.AMBIGUOUS,
        f"once it is applied, {part.path} would read at {place} as if it were still to do",
        "show more lines around the change",
    )


def _changed(base: Document, part: Part, placed: Placed) -> Placed:
    """`placed` without edits that change nothing; refused if none is left."""
    edits = tuple(edit for edit in placed.edits if tuple(base.lines[edit.start : edit.stop]) != edit.lines)
    newline = None if placed.final_newline == base.final_newline else placed.final_newline
    if not edits and newline is None:
        reason = "; ".join(placed.notes) or f"{part.path} reads as asked"
        raise Refusal(Code.ALREADY_APPLIED, reason)
    return replace(placed, edits=edits, final_newline=newline)


def _difference(old: Sequence[str], new: Sequence[str]) -> tuple[Edit, ...]:
    from bot.diffs import edits_between

    return edits_between(old, new)


def _suggested(base: Document, part: Part, ask: Suggestion) -> Placed:
    start, stop = suggested_span(base.lines, part, ask.lines)
    moved = part.lines is not None and part.lines.first - 1 != start
    notes = (f"the lines of the comment stand at line {start + 1} now",) if moved or part.lines is None else ()
    # The whole range is replaced, lines that stay included: two suggestions for one line always meet.
    return Placed((Edit(start, stop, ask.lines),), notes=notes)


def _blocks(base: Document, part: Part, ask: Blocks) -> Placed:
    chosen = choose_spots(base.lines, ask, part.path, told_lines(base.lines, part))
    edits: list[tuple[Edit, int]] = []
    for number, (block, spot) in enumerate(zip(ask.blocks, chosen.spots, strict=True), 1):
        if not spot.done:
            edits += [(edit, number) for edit in _of_block(part, number, block, spot)]
    said = [block.final_newline for block in ask.blocks if block.final_newline is not None]
    return Placed(_apart(part, edits), said[-1] if said else None, chosen.notes)


def _of_block(part: Part, number: int, block: Block, spot: Spot) -> list[Edit]:
    """Only the lines that change: what a block shows around them keeps the base's bytes, and is free for others."""
    edits: list[Edit] = []
    for edit in _difference(block.old, block.new):
        lines = []
        for line in edit.lines:
            shifted = spot.shift.apply(line)
            if shifted is None:
                reason = (
                    f"block {number} fits {part.path} at {spot} only less indented, and {line.strip()[:80]!r} is not"
                )
                raise Refusal(Code.NO_ANCHOR, reason, "write the block with the indentation of the file")
            lines.append(shifted)
        edits.append(Edit(spot.start + edit.start, spot.start + edit.stop, tuple(lines)))
    return edits


def _apart(part: Part, numbered: list[tuple[Edit, int]]) -> tuple[Edit, ...]:
    """The edits sorted, those that touch joined; refused if two blocks change the same lines."""
    joined: list[tuple[Edit, int]] = []
    for edit, number in sorted(numbered, key=lambda pair: (pair[0].start, pair[0].stop, pair[1])):
        if joined:
            last, other = joined[-1]
            twice = last.start == last.stop == edit.start == edit.stop and _is_unordered(part)
            if edit.start < last.stop or twice:
                reason = f"blocks {other} and {number} change the same place of {part.path} (line {edit.start + 1})"
                raise Refusal(Code.CONTRADICTS, reason, "join them into one block")
            if edit.start == last.stop:
                joined[-1] = (Edit(last.start, edit.stop, (*last.lines, *edit.lines)), number)
                continue
        joined.append((edit, number))
    return tuple(edit for edit, _ in joined)


def _is_unordered(part: Part) -> bool:
    """Whether the blocks of this part say nothing by their order."""
    return isinstance(part.ask, Blocks) and part.ask.format is BlockFormat.SEARCH_REPLACE


def _stands(base: Document, part: Part, text: str) -> Placed:
    if tuple(base.lines) == split_lines(text):
        raise Refusal(Code.ALREADY_APPLIED, f"{part.path} is there already, with this text")
    raise Refusal(
        Code.CONTRADICTS,
        f"{part.path} is there already, with another text",
        "choose another path, or say `whole` to replace the file",
    )


def _deleted(base: Document, part: Part, was: tuple[str, ...] | None) -> Placed:
    if was is not None and was != base.lines:
        raise Refusal(
            Code.OUTDATED,
            f"{part.path} does not have the text that the request deletes",
            "write the deletion against the present text of the file",
        )
    return Placed(())
