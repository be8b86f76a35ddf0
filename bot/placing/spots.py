"""Places of blocks: what a place is, and the places that line numbers name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.errors import Code, Refusal
from bot.placing.runs import NO_SHIFT, Shift, Tier

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.asks import Block


@dataclass(frozen=True, slots=True)
class Spot:
    """Base lines `start:stop` (0-based, half-open) that are the old lines of a block, or (`done`) its new ones."""

    start: int
    stop: int
    done: bool = False
    shift: Shift = NO_SHIFT
    tier: Tier = Tier.EXACT

    def __str__(self) -> str:
        if self.stop - self.start < 2:
            return f"line {self.start + 1}"
        return f"lines {self.start + 1}-{self.stop}"


def telling(block: Block) -> bool:
    """Whether the new lines, found again, show that the block was applied, not just that a brace stands somewhere."""
    old = set(block.old)
    solid = [line for line in block.new if line.strip()]
    added = [line for line in solid if line not in old]
    if added or len(block.new) >= len(block.old):
        return (len(solid) > 1 and bool(added)) or any(character.isalnum() for line in added for character in line)
    inside = block.new[:1] == block.old[:1] and block.new[-1:] == block.old[-1:]
    return inside and len(solid) > 1


def by_numbers(lines: Sequence[str], blocks: tuple[Block, ...], path: str) -> tuple[Spot, ...] | None:
    """The spots that the line numbers name, if all blocks have one and all old (or all new) lines stand just there."""
    todo: list[Spot] = []
    done: list[Spot] = []
    grown = 0
    for block in blocks:
        if block.near is None or block.scopes or not block.old:
            return None
        start = block.near - 1
        if todo and start < todo[-1].stop:
            return None
        todo.append(Spot(start, start + len(block.old)))
        done.append(Spot(start + grown, start + grown + len(block.new), done=True))
        grown += len(block.new) - len(block.old)
    before = all(_reads(lines, spot, block) for spot, block in zip(todo, blocks, strict=True))
    after = all(_reads(lines, spot, block) for spot, block in zip(done, blocks, strict=True))
    if before is not after:
        # The same lines, seen a little further up or down, may say the opposite: no case for numbers alone.
        partly = around_new if before else inside_old
        if any(partly(lines, spot, block) for spot, block in zip(todo if before else done, blocks, strict=True)):
            return None
    if before and after:
        # git shows fewer lines on one side of a hunk only where the file begins or ends.
        before = all(_at_edges(lines, spot, block) for spot, block in zip(todo, blocks, strict=True))
        after = all(_at_edges(lines, spot, block) for spot, block in zip(done, blocks, strict=True))
        if before is after:
            grows = [block for block in blocks if len(block.new) > len(block.old)]
            before, after = not grows, bool(grows) and all(telling(block) for block in grows)
    elif after and not all(sum(1 for line in block.new if line.strip()) > 1 for block in blocks):
        return None
    if before or after:
        return tuple(todo if before else done)
    if any(not _reads(lines, spot, block) for spot, block in zip((*todo, *done), (*blocks, *blocks), strict=True)):
        return None
    reason = f"{path} reads like the text before the change and like the text after it (at {todo[0]})"
    raise Refusal(Code.AMBIGUOUS, reason, "show more lines around the change")


def inside_old(lines: Sequence[str], spot: Spot, block: Block) -> bool:
    """Whether the lines at `spot`, the new ones of a block that removes some, are part of its old lines there."""
    starts = range(max(0, spot.start - len(block.old) + len(block.new)), spot.start + 1)
    return any(tuple(lines[start : start + len(block.old)]) == block.old for start in starts)


def around_new(lines: Sequence[str], spot: Spot, block: Block) -> bool:
    """Whether the lines at `spot`, the old ones of a block that adds some, are part of its new lines there."""
    starts = range(max(0, spot.start - len(block.new) + len(block.old)), spot.start + 1)
    return any(tuple(lines[start : start + len(block.new)]) == block.new for start in starts)


def _reads(lines: Sequence[str], spot: Spot, block: Block) -> bool:
    """Whether the block's old (or, done, its new) lines stand at `spot`."""
    if spot.start < 0 or (block.at_end and spot.stop != len(lines)):
        return False
    return tuple(lines[spot.start : spot.stop]) == (block.new if spot.done else block.old)


def _at_edges(lines: Sequence[str], spot: Spot, block: Block) -> bool:
    """Whether `spot` is where the file begins or ends, if the block shows lines on one side of the change only."""
    leads = block.old[:1] == block.new[:1]
    trails = block.old[-1:] == block.new[-1:]
    return (leads or not trails or spot.start == 0) and (trails or not leads or spot.stop == len(lines))
