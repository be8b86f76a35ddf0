"""Blocks (diff hunks, SEARCH/REPLACE, V4A changes) find their places on the lines of a base. Policy: `bot.placing`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.asks import BlockFormat
from bot.errors import Code, Refusal
from bot.placing.runs import TIERS, Runs, Tier, contains
from bot.placing.scopes import in_scopes
from bot.placing.spots import Spot, by_numbers, inside_old, telling

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.asks import Block, Blocks
    from bot.model import LineRange

# Blocks that fit at so many places say nothing; a limit keeps hostile ones from filling the memory.
_MAX_SPOTS = 200_000


@dataclass(slots=True)
class Options:
    """Where a block may stand: `spots` of its old lines (or, where there are none, of its new lines).

    `done` are the spots of its new lines elsewhere.
    """

    spots: list[Spot]
    done: list[Spot] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The spots of all blocks, in the blocks' order, and what is worth saying about them."""

    spots: tuple[Spot, ...]
    notes: tuple[str, ...]


def choose_spots(lines: Sequence[str], ask: Blocks, path: str, named: LineRange | None) -> Chosen:
    """One spot for each block; raises Refusal (no-anchor, ambiguous, contradicts)."""
    numbered = by_numbers(lines, ask.blocks, path)
    if numbered is not None:
        return Chosen(numbered, tuple(_notes(numbered)))
    finder = _Finder(Runs(lines), path)
    options = [finder.options(number, block) for number, block in enumerate(ask.blocks, 1)]
    if ask.format is not BlockFormat.SEARCH_REPLACE:
        options = _in_order(options, path)
    decider = _Decider(ask.blocks, options, path, named)
    spots = tuple(decider.decide(number) for number in range(len(options)))
    return Chosen(spots, (*finder.notes, *_notes(spots)))


def _notes(spots: Sequence[Spot]) -> list[str]:
    notes = []
    for number, spot in enumerate(spots, 1):
        if spot.done:
            notes.append(f"block {number} stands already ({spot})")
        elif spot.tier is not Tier.EXACT:
            notes.append(f"block {number} fits {spot} but for {spot.tier.value}")
    return notes


class _Finder:
    """All places where the lines of a block stand."""

    def __init__(self, runs: Runs, path: str) -> None:
        self.runs = runs
        self.path = path
        self.notes: list[str] = []
        self.room = _MAX_SPOTS

    def options(self, number: int, block: Block) -> Options:
        if not block.old:
            return self.insertion(number, block)
        done = self.done(block)
        for tier in TIERS:
            spots = self.spots(block, block.old, tier)
            if spots:
                spots = self.scoped(number, block, spots, done)
                return Options(self.seen(block, spots), done) if spots else Options(done, done)
        if done:
            return Options(done, done)
        missing = next((line for line in block.old if line.strip() and not self.runs.has(line)), None)
        detail = f"no line reads {missing.strip()[:80]!r}" if missing else "not in this order"
        raise Refusal(
            Code.NO_ANCHOR,
            f"the old lines of block {number} do not stand in {self.path}: {detail}",
            "write the block against the present text of the file",
        )

    def insertion(self, number: int, block: Block) -> Options:
        """A block without old lines: only an empty file, or a said end of file, is a place for it."""
        lines = self.runs.lines
        stop = len(lines)
        if tuple(lines[max(stop - len(block.new), 0) :]) == block.new and (block.at_end or stop == len(block.new)):
            return Options([Spot(stop - len(block.new), stop, done=True)])
        if not lines or (block.at_end and not block.scopes):
            return Options([Spot(stop, stop)])
        raise Refusal(
            Code.NO_ANCHOR,
            f"block {number} adds lines to {self.path} and shows no line that they stand next to",
            "show a line of the file above or below them",
        )

    def spots(self, block: Block, wanted: Sequence[str], tier: Tier, *, done: bool = False) -> list[Spot]:
        runs = self.runs.find(wanted, tier)
        self.room -= len(runs)
        if self.room < 0:
            reason = f"the blocks for {self.path} fit it at more than {_MAX_SPOTS} places"
            raise Refusal(Code.AMBIGUOUS, reason, "show more lines around the changes")
        found = (Spot(run.start, run.start + len(wanted), done, run.shift, tier) for run in runs)
        return [spot for spot in found if not block.at_end or spot.stop == len(self.runs.lines)]

    def done(self, block: Block) -> list[Spot]:
        """Where the new lines stand, if they are telling enough to be known again."""
        if not telling(block):
            return []
        for tier in TIERS:
            spots = self.spots(block, block.new, tier, done=True)
            spots = [spot for spot in spots if not inside_old(self.runs.lines, spot, block)]
            if spots:
                under = in_scopes(self.runs.lines, [spot.start for spot in spots], block.scopes)
                return spots if under is None else [spot for spot in spots if spot.start in under[0]]
        return []

    def scoped(self, number: int, block: Block, spots: list[Spot], done: list[Spot]) -> list[Spot]:
        """Those of `spots` that the `@@` lines allow: in their bodies, or below them if nothing is done in there."""
        if not block.scopes:
            return spots
        under = in_scopes(self.runs.lines, [spot.start for spot in spots], block.scopes)
        named = " / ".join(block.scopes)[:80]
        if under is None:
            self.notes.append(f"no line of {self.path} is the {named!r} that block {number} names")
            return spots
        inside, below = under
        if not below and not done:
            raise Refusal(
                Code.CONTRADICTS,
                f"block {number} of {self.path} is said to stand below {named!r}, but stands at {spots[0]}",
                "correct the @@ line",
            )
        kept = inside if inside or done else below
        return [spot for spot in spots if spot.start in kept]

    def seen(self, block: Block, spots: list[Spot]) -> list[Spot]:
        """`spots`, each replaced by that of the new lines where these stand around it: lines were only added there.

        Both, if the lines that are added are copies of those that are shown: then nobody can tell.
        """
        more = len(block.new) - len(block.old)
        if more <= 0 or not spots:
            return spots
        starts = [run.start for run in self.runs.find(block.new, spots[0].tier)]
        seen: list[Spot] = []
        for spot in spots:
            start = contains(starts, spot.start - more, spot.start)
            if start is None or not telling(block):
                seen.append(spot)
            if start is not None:
                seen.append(Spot(start, start + len(block.new), done=True))
        return seen


def _in_order(options: list[Options], path: str) -> list[Options]:
    """Only those spots that leave room for the blocks before and after; the blocks of a diff stand in file order."""
    kept = _feasible([option.spots for option in options])
    if kept is None:
        # Some blocks may stand already, and what looked like their old lines is a like passage elsewhere.
        kept = _feasible([[*option.spots, *option.done] for option in options])
    if kept is None:
        raise Refusal(
            Code.CONTRADICTS,
            f"the blocks for {path} do not stand in it in their order, or overlap",
            "write them in the order of the file",
        )
    return [Options(spots, option.done) for spots, option in zip(kept, options, strict=True)]


def _feasible(options: list[list[Spot]]) -> list[list[Spot]] | None:
    forward: list[list[Spot]] = []
    floor = 0
    for spots in options:
        fitting = [spot for spot in dict.fromkeys(spots) if spot.start >= floor]
        if not fitting:
            return None
        floor = min(spot.stop for spot in fitting)
        forward.append(fitting)
    kept: list[list[Spot]] = []
    ceiling: int | None = None
    for spots in reversed(forward):
        bound = ceiling
        fitting = [spot for spot in spots if bound is None or spot.stop <= bound]
        ceiling = max(spot.start for spot in fitting)
        kept.append(fitting)
    return kept[::-1]


class _Decider:
    """Which of several spots is meant, by line numbers and the request's range."""

    def __init__(self, blocks: tuple[Block, ...], options: list[Options], path: str, named: LineRange | None) -> None:
        self.blocks = blocks
        self.options = options
        self.path = path
        self.named = named
        self.before = _anchors(options)
        self.after = [len(options) - 1 - at if at >= 0 else -1 for at in _anchors(options[::-1])][::-1]
        self.grown = [0]
        for block in blocks:
            self.grown.append(self.grown[-1] + len(block.new) - len(block.old))

    def decide(self, number: int) -> Spot:
        option = self.options[number]
        spots, done = option.spots, [spot for spot in option.done if spot not in option.spots]
        if len(spots) > 1 and any(spot.done for spot in spots) and not all(spot.done for spot in spots):
            raise self.ambiguous(number, spots)
        if len(spots) == 1 and (spots[0].done or not done):
            return spots[0]
        pointed = self.pointed(number, [spot for spot in (*spots, *done) if spot.tier is Tier.EXACT])
        if len(pointed) == 1:
            return pointed[0]
        if len(spots) == 1 and not pointed and self.blocks[number].near is None and self.named is None:
            return spots[0]
        raise self.ambiguous(number, [*spots, *done])

    def pointed(self, number: int, spots: list[Spot]) -> list[Spot]:
        """The spots at which the line number, or else the range, points."""
        expected = self.expected(number)
        hits = [spot for spot in spots if spot.start in expected[spot.done]]
        if hits or self.named is None:
            return hits
        first, last = self.named.first - 1, self.named.last
        return [spot for spot in spots if spot.start < last and first < spot.stop]

    def expected(self, number: int) -> tuple[set[int], set[int]]:
        """Where the block should begin if it is still to do, and if it is done.

        Measured from the nearest blocks whose place is certain. Numbers that are right for all blocks have been taken
        before (`by_numbers`), so a number by itself only counts for new lines.
        """
        near = self.blocks[number].near
        if near is None:
            return set(), set()
        found: set[int] = set()
        for other in (self.before[number], self.after[number]):
            told = self.blocks[other].near if other >= 0 else None
            if other < 0 or other == number or told is None:
                continue
            spot = self.options[other].spots[0]
            grown = self.grown[other + 1] - self.grown[other] if spot.done and other < number else 0
            found.add(spot.start + near - told + grown)
        return found, found | {near - 1, near - 1 + self.grown[number]}

    def ambiguous(self, number: int, spots: list[Spot]) -> Refusal:
        places = [f"{spot}" + (" (as it would be after)" if spot.done else "") for spot in spots[:3]]
        more = f" and at {len(spots) - 3} more" if len(spots) > 3 else ""
        return Refusal(
            Code.AMBIGUOUS,
            f"block {number + 1} fits {self.path} at {' and at '.join(places)}{more}",
            "show more lines around the change",
        )


def _anchors(options: list[Options]) -> list[int]:
    """For each block the nearest one before it that has only one spot; -1 where there is none."""
    nearest = -1
    found = []
    for number, option in enumerate(options):
        found.append(nearest)
        if len(option.spots) == 1:
            nearest = number
    return found
