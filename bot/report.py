"""What a run came to, for people and for machines. All sentences of a run's report stand here.

Text that others wrote (paths, reasons that quote lines) reaches a terminal only through `printable`: a control
character would let it draw over what the user reads.
"""

from __future__ import annotations

import enum
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.model import Applied, Refused, Unchanged, Usage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.model import Candidate, Outcome

SHOWN_DOUBTS = 3


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
    """Where the result went: a commit on a branch, or files of the work tree; `pushed` names the remote."""

    commit: str | None = None
    branch: str | None = None
    pushed: str | None = None
    written: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """All that a run has to say. `held_back`: something could have landed and did not (`--all-or-nothing`)."""

    outcomes: tuple[Outcome, ...]
    files: tuple[FileLine, ...]
    landing: Landing = field(default_factory=Landing)
    warnings: tuple[str, ...] = ()
    usage: Usage = field(default_factory=Usage)
    held_back: str = ""

    @property
    def status(self) -> Status:
        refused = any(isinstance(outcome, Refused) for outcome in self.outcomes)
        applied = any(isinstance(outcome, Applied) for outcome in self.outcomes) and not self.held_back
        if refused or self.held_back:
            return Status.PARTIAL if applied else Status.NOTHING_APPLIED
        return Status.DONE if applied else Status.NOTHING_TO_DO


def printable(text: str) -> str:
    """`text` with control, format and bidirectional characters (all but newline and tab) shown as escapes."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        character
        if character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
        else f"\\u{{{ord(character):x}}}"
        for character in text
    )


def outcome_line(outcome: Outcome) -> str:
    """One line (or a few) on one request: what became of it, which proof, where it was asked, what to do."""
    name = printable(outcome.request.id)
    place = printable(outcome.request.place)
    match outcome:
        case Applied(candidate=candidate):
            return "\n".join([f"applied   {name}  ({_proof(candidate)})  {place}", *_notes(candidate)])
        case Unchanged(reason=reason):
            return f"unchanged {name}  (already-applied: {printable(reason)})  {place}"
        case Refused(code=code, reason=reason, remedy=remedy, candidate=refused):
            lines = [f"refused   {name}  ({code.value})  {place}", f"          {printable(reason)}"]
            if remedy:
                lines.append(f"          to do: {printable(remedy)}")
            return "\n".join([*lines, *(_notes(refused) if refused is not None else ())])


def _proof(candidate: Candidate) -> str:
    return f"{candidate.verdict.value}, {candidate.engine.value}"


def _notes(candidate: Candidate) -> list[str]:
    said = [f"          note: {printable(note)}" for note in candidate.notes]
    if candidate.verdict == "unproven":
        said += [f"          doubt: {printable(doubt.message)}" for doubt in candidate.doubts[:SHOWN_DOUBTS]]
    return said


def summary_line(report: Report) -> str:
    """The counts in one line, with the cost where a service was asked."""
    counts = Counter(type(outcome) for outcome in report.outcomes)
    said = [f"{counts[Applied]} applied", f"{counts[Unchanged]} unchanged", f"{counts[Refused]} refused"]
    line = ", ".join(said)
    usage = report.usage
    if usage.requests:
        line += (
            f"; {usage.requests} request(s) to the apply model,"
            f" {usage.prompt_tokens} + {usage.completion_tokens} tokens"
        )
        if usage.dollars is not None:
            line += f", about ${usage.dollars:.4f}"
    return line


def landing_lines(report: Report, base: str) -> tuple[str, ...]:
    """Where the result is, and how to look at it, merge it, drop it; `base` is its base as users name it."""
    landing = report.landing
    if report.held_back:
        return (f"Nothing was written: {report.held_back}.",)
    if landing.commit is not None:
        branch = landing.branch
        lines = [
            f"Committed {landing.commit[:12]} on {branch} ({_count(len(report.files), 'file')}).",
            f"  look at it:  git diff {base}...{branch}",
            f"  merge it:    git merge {branch}",
            f"  drop it:     git branch -D {branch}",
        ]
        if landing.pushed is not None:
            lines.insert(1, f"Pushed to {landing.pushed}.")
        return tuple(lines)
    if landing.written:
        return (
            f"Wrote {_count(len(landing.written), 'file')} of the work tree; nothing is staged.",
            "  look at it:  git diff",
            "  drop it:     git checkout -p",
        )
    return ()


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def report_json(report: Report) -> dict[str, object]:
    """The report for machines (`--json`): the same facts, whole."""
    return {
        "status": report.status.value,
        "commit": report.landing.commit,
        "branch": report.landing.branch,
        "pushed": report.landing.pushed,
        "written": list(report.landing.written),
        "requests": [_outcome_json(outcome) for outcome in report.outcomes],
        "files": [
            {
                "path": line.path,
                "renamed_from": line.renamed_from,
                "added": line.added,
                "removed": line.removed,
                "diff": line.diff,
            }
            for line in report.files
        ],
        "usage": {
            "requests": report.usage.requests,
            "prompt_tokens": report.usage.prompt_tokens,
            "completion_tokens": report.usage.completion_tokens,
            "dollars": report.usage.dollars,
        },
        "held_back": report.held_back or None,
        "warnings": list(report.warnings),
    }


def _outcome_json(outcome: Outcome) -> dict[str, object]:
    request = outcome.request
    said: dict[str, object] = {
        "id": request.id,
        "place": request.place,
        "paths": [part.path for part in request.parts],
    }
    match outcome:
        case Applied(candidate=candidate):
            return said | {"outcome": "applied"} | _candidate_json(candidate)
        case Unchanged(reason=reason):
            return said | {"outcome": "unchanged", "code": "already-applied", "reason": reason}
        case Refused(code=code, reason=reason, remedy=remedy, candidate=refused):
            said |= {"outcome": "refused", "code": code.value, "reason": reason, "remedy": remedy or None}
            return said | (_candidate_json(refused) if refused is not None else {})


def _candidate_json(candidate: Candidate) -> dict[str, object]:
    return {
        "verdict": candidate.verdict.value,
        "engine": candidate.engine.value,
        "doubts": [{"rule": doubt.rule, "message": doubt.message} for doubt in candidate.doubts],
        "notes": list(candidate.notes),
    }


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
        if isinstance(outcome, Applied | Refused)
        and outcome.candidate is not None
        and any(note.startswith(FALLBACK_NOTE) for note in outcome.candidate.notes)
    )


FALLBACK_NOTE = "merged by the local engine"
