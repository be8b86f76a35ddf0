"""What a run of the Action came to, and how the runner is told: outputs, step summary, annotations."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.outcomes import Applied, Refused
from bot.report import Status
from bot.review.annotations import Annotation, of_refused
from bot.review.answers import MOST_IN_SUMMARY, Run, refusal_text, step_summary
from bot.review.ladder import Route
from bot.review.landed import Landed
from bot.review.markdown import cut_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.errors import Refusal
    from bot.report import FileLine, Report

# GitHub takes no outputs above 1 MiB in all; these are words and numbers.
_MOST_REFUSED = 100_000
OUTPUTS = ("status", "applied", "refused", "commit", "branch", "proposal", "patch", "cost")


class Skipped(enum.StrEnum):
    """Statuses of runs that proposed nothing; the others are those of a report."""

    SKIPPED = "skipped"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Part:
    """One run of several: its report, where its result went, the commit that it stands on.

    `unfinished`: what kept it from saying all that it has to say.
    """

    report: Report
    landed: Landed
    head: str
    branch: str = ""
    notices: tuple[str, ...] = ()
    unfinished: str = ""
    left_alone: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """All of it. `skipped`: why nothing was to be done; `refused`: what stopped a run as a whole.

    `unsaid`: which commands could not be answered, and why.
    """

    parts: tuple[Part, ...] = ()
    refused: tuple[Refusal, ...] = ()
    skipped: str = ""
    proposal: str = ""
    patch: str = ""
    unsaid: tuple[str, ...] = ()

    @property
    def unfinished(self) -> tuple[str, ...]:
        """What keeps the step from ending well: the next run says the rest, if somebody starts it."""
        return tuple(dict.fromkeys((*self.unsaid, *(part.unfinished for part in self.parts if part.unfinished))))

    @property
    def files(self) -> tuple[FileLine, ...]:
        return tuple(file for part in self.parts for file in part.report.files)

    def outputs(self) -> dict[str, str]:
        """The Action's outputs, each of them, as text."""
        outcomes = [outcome for part in self.parts for outcome in part.report.outcomes]
        known = [part.report.usage.dollars for part in self.parts if part.report.usage.requests]
        dollars = [cost for cost in known if cost is not None]
        pushed = [part for part in self.parts if part.landed.commit]
        values = (
            self._status(),
            str(self._applied()),
            str(sum(isinstance(outcome, Refused) for outcome in outcomes)),
            pushed[-1].landed.commit or "" if pushed else "",
            pushed[-1].branch if pushed else "",
            self.proposal,
            self.patch,
            f"{sum(dollars):.6f}" if known and len(dollars) == len(known) else "",
        )
        return dict(zip(OUTPUTS, values, strict=True))

    def _applied(self) -> int:
        """How many requests are in a commit, or would be, where none was to be made."""
        counted = (Route.PUSH, Route.API, Route.NOWHERE)
        return sum(
            isinstance(outcome, Applied) and part.landed.route in counted
            for part in self.parts
            for outcome in part.report.outcomes
        )

    def _status(self) -> str:
        if self.parts:
            return _together([part.report.status for part in self.parts], bool(self.refused)).value
        if self.refused:
            return Skipped.REFUSED.value
        return Skipped.SKIPPED.value if self.skipped else Status.NOTHING_TO_DO.value

    def summary(self, run_url: str = "") -> str:
        """Markdown for the run's own page."""
        most = MOST_IN_SUMMARY // max(1, len(self.parts))
        runs = (Run(part.report, part.landed, part.head, part.notices, run_url, part.left_alone) for part in self.parts)
        pieces = [step_summary(run, most) for run in runs]
        refused = "\n".join(refusal_text(each.code, each.reason, each.remedy) + "\n" for each in self.refused)
        return "\n".join([*pieces, *([cut_bytes(refused, _MOST_REFUSED, "the list")] if refused else [])])

    def remarks(self) -> Iterator[Annotation]:
        """The annotations: refused requests, and runs that were refused as a whole."""
        for part in self.parts:
            yield from of_refused(part.report.outcomes)
        for problem in self.unfinished:
            yield Annotation("error", "stetbot", f"not all was answered: {problem}")
        for each in self.refused:
            yield Annotation("warning", f"stetbot: {each.code.value}", f"{each.reason}; {each.remedy}".rstrip("; "))


def proposed_part(report: Report, head: str, left_alone: str) -> Part:
    """A run that proposed and landed nothing."""
    return Part(report, Landed(Route.NOWHERE), head, left_alone=left_alone)


def _together(statuses: Sequence[Status], something_refused: bool) -> Status:  # noqa: FBT001 - said once, below
    wanting = something_refused or any(status in (Status.PARTIAL, Status.NOTHING_APPLIED) for status in statuses)
    applied = any(status in (Status.DONE, Status.PARTIAL) for status in statuses)
    if wanting:
        return Status.PARTIAL if applied else Status.NOTHING_APPLIED
    return Status.DONE if applied else Status.NOTHING_TO_DO
