"""The records of a finished run: its outcomes, its files in numbers, where the result went."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.outcomes import Applied, Refused, Unchanged, Usage

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from bot.outcomes import Outcome
    from bot.report.readings import Readings

FALLBACK_NOTE = "merged by the local engine"


class Status(enum.StrEnum):
    """What a run came to as a whole."""

    DONE = "done"
    PARTIAL = "partial"
    NOTHING_TO_DO = "nothing-to-do"
    NOTHING_APPLIED = "nothing-applied"


@dataclass(frozen=True, slots=True)
class FileLine:
    """One changed file in numbers: its path, the one that it had, lines gained and lost, and its checked diff."""

    path: str
    renamed_from: str | None
    added: int
    removed: int
    diff: str


@dataclass(frozen=True, slots=True)
class Landing:
    """Where the result went: a commit on a branch, or files of the work tree.

    No commit, if all stands on `branch`, or if what is shown would come on top of what is there.

    `pushed` names the remote that has the branch now; `not_pushed` says why the remote that should have it has not.
    `before` is the commit that the branch was at, where it was there already.
    `not_in_git` are files that were changed and that git has no earlier text of; `unsaved` those that had changes which
    are neither staged nor committed.
    """

    commit: str | None = None
    branch: str | None = None
    pushed: str | None = None
    written: tuple[str, ...] = ()
    not_pushed: str = ""
    not_in_git: tuple[str, ...] = ()
    unsaved: tuple[str, ...] = ()
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Charged:
    """US dollars that the planner's account was charged for `found` of the run's `requests`; the rest is not posted."""

    dollars: Decimal
    found: int
    requests: int


@dataclass(frozen=True, slots=True)
class Report:
    """All that a run has to say.

    `held_back`: something could have landed and did not (`--all-or-nothing`). `readings`: what unproven requests would
    do, and what else they could mean. `charged`: where it was to be looked up.
    """

    outcomes: tuple[Outcome, ...]
    files: tuple[FileLine, ...]
    landing: Landing = field(default_factory=Landing)
    warnings: tuple[str, ...] = ()
    usage: Usage = field(default_factory=Usage)
    charged: Charged | None = None
    held_back: str = ""
    readings: tuple[Readings, ...] = ()

    @property
    def status(self) -> Status:
        """`done` and `nothing-to-do` are exit code 0, the others 1."""
        wanting = any(isinstance(outcome, Refused) for outcome in self.outcomes) or self.landing.not_pushed
        nowhere = self.held_back or (self.landing.not_pushed and self.landing.commit is None)
        applied = any(isinstance(outcome, Applied) for outcome in self.outcomes) and not nowhere
        if wanting or self.held_back:
            return Status.PARTIAL if applied else Status.NOTHING_APPLIED
        return Status.DONE if applied else Status.NOTHING_TO_DO

    def readings_of(self, request: str) -> Readings | None:
        """The readings of the request with this id, if it is an unproven one."""
        return next((readings for readings in self.readings if readings.request == request), None)


def diff_counts(diff: str) -> tuple[int, int]:
    """Lines gained and lost by a unified diff of one file, counted inside its hunks."""
    added = removed = 0
    inside = False
    for line in diff.split("\n"):
        if line.startswith("@@"):
            inside = True
        elif inside and line.startswith("+"):
            added += 1
        elif inside and line.startswith("-"):
            removed += 1
    return added, removed


def fallbacks(outcomes: Sequence[Outcome]) -> int:
    """How many requests the local engine merged because the service was down."""
    return sum(
        1
        for outcome in outcomes
        if not isinstance(outcome, Unchanged)
        and outcome.candidate is not None
        and any(note.startswith(FALLBACK_NOTE) for note in outcome.candidate.notes)
    )
