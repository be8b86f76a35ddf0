"""Where a run of lines stands in a base, in the three ways that the policy allows."""

from __future__ import annotations

import enum
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class Tier(enum.Enum):
    """How old lines and base lines are compared."""

    EXACT = "exact"
    TRAILING = "white space at line ends"
    INDENT = "another indentation"


@dataclass(frozen=True, slots=True)
class Shift:
    """The indentation that the base has more (`add`) or less (`remove`) than the run that was looked for."""

    add: str = ""
    remove: str = ""

    def apply(self, line: str) -> str | None:
        """`line` at the base's indentation; None if it is not indented enough. Blank lines stay."""
        if not line.strip():
            return line
        if not line.startswith(self.remove):
            return None
        return self.add + line.removeprefix(self.remove)


NO_SHIFT = Shift()


@dataclass(frozen=True, slots=True)
class Run:
    """The run stands at `start` (0-based), shifted by `shift`."""

    start: int
    shift: Shift = NO_SHIFT


class Runs:
    """The lines of a base, indexed once for all runs that are looked for."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines

    def find(self, wanted: Sequence[str], tier: Tier) -> list[Run]:
        """Where `wanted` stands by this tier, in order; an empty run stands nowhere."""
        match tier:
            case Tier.EXACT:
                return [Run(start) for start in self._exact.find(wanted)]
            case Tier.TRAILING:
                return [Run(start) for start in self._trailing.find([line.rstrip() for line in wanted])]
            case Tier.INDENT:
                return self._shifted(wanted)

    def has(self, line: str) -> bool:
        """Whether any line reads like `line` but for white space around it."""
        return line.strip() in self._bare.places

    def _shifted(self, wanted: Sequence[str]) -> list[Run]:
        found = []
        for start in self._bare.find([line.strip() for line in wanted]):
            shift = _uniform(wanted, self.lines[start : start + len(wanted)])
            if shift is not None:
                found.append(Run(start, shift))
        return found

    @cached_property
    def _exact(self) -> _Index:
        return _Index(self.lines)

    @cached_property
    def _trailing(self) -> _Index:
        return _Index([line.rstrip() for line in self.lines])

    @cached_property
    def _bare(self) -> _Index:
        return _Index([line.strip() for line in self.lines])


def contains(run_starts: Sequence[int], low: int, high: int) -> int | None:
    """The first of the sorted `run_starts` that lies in `low..high`, None if none does."""
    at = bisect_left(run_starts, low)
    return run_starts[at] if at < len(run_starts) and run_starts[at] <= high else None


class _Index:
    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = list(lines)
        self.places: dict[str, list[int]] = {}
        for number, line in enumerate(self.lines):
            self.places.setdefault(line, []).append(number)

    def find(self, wanted: Sequence[str]) -> list[int]:
        """Where `wanted` stands: by its rarest line, or in one pass where all its lines are frequent."""
        run = list(wanted)
        if not run or len(run) > len(self.lines):
            return []
        counts = [len(self.places.get(line, ())) for line in run]
        rarest = min(range(len(run)), key=counts.__getitem__)
        if counts[rarest] * len(run) > 8 * (len(self.lines) + len(run)):
            return _one_pass(self.lines, run)
        starts = (place - rarest for place in self.places.get(run[rarest], ()))
        return [start for start in starts if start >= 0 and self.lines[start : start + len(run)] == run]


def _one_pass(lines: list[str], run: list[str]) -> list[int]:
    """Knuth, Morris and Pratt: linear also where a thousand equal lines meet a thousand equal lines."""
    fallback = [0] * len(run)
    length = 0
    for at in range(1, len(run)):
        while length and run[at] != run[length]:
            length = fallback[length - 1]
        length += run[at] == run[length]
        fallback[at] = length
    found: list[int] = []
    length = 0
    for at, line in enumerate(lines):
        while length and (length == len(run) or line != run[length]):
            length = fallback[length - 1]
        length += line == run[length]
        if length == len(run):
            found.append(at - length + 1)
    return found


def _uniform(wanted: Sequence[str], there: Sequence[str]) -> Shift | None:
    """The one shift that makes `there` of `wanted`, where each line is the same but for white space around it."""
    shift: Shift | None = None
    for mine, theirs in zip(wanted, there, strict=True):
        if not mine.strip():
            continue
        one = _shift(_indent(mine), _indent(theirs))
        if one is None or (shift is not None and one != shift):
            return None
        shift = one
    return shift


def _shift(mine: str, theirs: str) -> Shift | None:
    if theirs.endswith(mine):
        return Shift(add=theirs[: len(theirs) - len(mine)])
    if mine.endswith(theirs):
        return Shift(remove=mine[: len(mine) - len(theirs)])
    return None


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


TIERS: tuple[Tier, ...] = (Tier.EXACT, Tier.TRAILING, Tier.INDENT)
