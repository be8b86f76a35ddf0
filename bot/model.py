"""The words of a merge, which all floors share: lines, hints, edits, doubts, verdicts.

Line numbers of a `LineRange` are 1-based and inclusive, as people write them; an `Edit` has a half-open, 0-based span
of the *base* lines. Lines carry no endings: those belong to `bot.text.Document`.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Verdict(enum.StrEnum):
    """What the proof of a merge came to."""

    VERIFIED = "verified"
    UNPROVEN = "unproven"
    REFUSED = "refused"


class EngineName(enum.StrEnum):
    """What made an edit: `exact` for the formats that name their place, else the merge engine."""

    EXACT = "exact"
    LOCAL = "local"
    MORPH = "morph"


@dataclass(frozen=True, slots=True)
class LineRange:
    """Lines `first` to `last` of a file, 1-based, both included."""

    first: int
    last: int

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"

    @property
    def spoken(self) -> str:
        """`line 3`, or `lines 3-5`."""
        return f"line {self}" if self.first == self.last else f"lines {self}"


@dataclass(frozen=True, slots=True)
class Hints:
    """What a request says beside its snippet: the lines that it points at, and its sentence."""

    lines: LineRange | None = None
    instruction: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the base lines `start:stop` (0-based, half-open) by `lines`; an empty span inserts before `start`."""

    start: int
    stop: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Doubt:
    """One reason not to trust a merge. `rule` is its short name (stable), `message` a sentence that names lines."""

    rule: str
    message: str


@dataclass(frozen=True, slots=True)
class Merged:
    """A merge of a snippet into base lines: the new lines, and what the proof came to.

    `method` names the tier that placed the snippet; `rivals` are other readings (their lines) that fit too.
    """

    lines: tuple[str, ...]
    verdict: Verdict
    doubts: tuple[Doubt, ...] = ()
    method: str = ""
    rivals: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """What verify says of a merge that anybody made."""

    verdict: Verdict
    doubts: tuple[Doubt, ...] = ()
