"""The report for people. All sentences of a run's report stand here; how they are coloured is the door's business."""

from __future__ import annotations

import enum
from collections import Counter
from typing import TYPE_CHECKING, Protocol

from bot.errors import Code
from bot.model import Verdict
from bot.outcomes import Applied, Refused, Unchanged
from bot.report.escape import one_line, printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.outcomes import Candidate, Outcome
    from bot.report.readings import Reading, Readings
    from bot.report.records import Report

SHOWN_DOUBTS = 3
SHOWN_READINGS = 2
SHOWN_DIFF_LINES = 20
INDENT = " " * 10
# Refused because of doubts: they are the reason, each on a line of its own.
_OF_DOUBTS = frozenset({Code.UNPROVEN, Code.VERIFICATION_FAILED})


class Role(enum.Enum):
    """What a piece of a line is; a door gives each its colour."""

    APPLIED = "applied"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    DOUBT = "doubt"
    NAME = "name"
    FAINT = "faint"
    GAINED = "gained"
    LOST = "lost"
    HUNK = "hunk"


class Paint(Protocol):
    """Gives `text` the looks of its role."""

    def __call__(self, role: Role, text: str) -> str: ...


def plain(role: Role, text: str) -> str:
    """No looks."""
    del role
    return text


def outcome_lines(outcome: Outcome, readings: Readings | None = None, paint: Paint = plain) -> Iterator[str]:
    """What became of one request, which proof it has, where it was asked, what is doubted, what to do."""
    name = paint(Role.NAME, one_line(outcome.request.id))
    place = paint(Role.FAINT, one_line(outcome.request.place))
    match outcome:
        case Applied(candidate=candidate):
            unproven = candidate.verdict is not Verdict.VERIFIED
            proof = f"({candidate.verdict.value}, {candidate.engine.value})"
            proof = paint(Role.DOUBT, proof) if unproven else proof
            yield f"{paint(Role.APPLIED, 'applied')}   {name}  {proof}  {place}"
            yield from _notes(candidate)
            if unproven:
                yield from _doubts(candidate)
        case Unchanged(reason=reason):
            yield f"{paint(Role.UNCHANGED, 'unchanged')} {name}  (already-applied: {one_line(reason)})  {place}"
        case Refused(code=code, reason=reason, remedy=remedy, candidate=refused):
            yield f"{paint(Role.REFUSED, 'refused')}   {name}  ({paint(Role.REFUSED, code.value)})  {place}"
            if refused is None or not refused.doubts or code not in _OF_DOUBTS:
                yield f"{INDENT}{one_line(reason)}"
            else:
                yield from _doubts(refused)
            if refused is not None:
                yield from _notes(refused)
                if refused.verdict is Verdict.UNPROVEN and readings is not None:
                    yield from _readings(readings, paint)
            if remedy:
                yield f"{INDENT}to do: {one_line(remedy)}"


def _notes(candidate: Candidate) -> Iterator[str]:
    for note in candidate.notes:
        yield f"{INDENT}note: {one_line(note)}"


def _doubts(candidate: Candidate) -> Iterator[str]:
    # Two parts of a request may be doubted in the same words.
    said = tuple(dict.fromkeys(doubt.message for doubt in candidate.doubts))
    for message in said[:SHOWN_DOUBTS]:
        yield f"{INDENT}doubt: {one_line(message)}"
    more = len(said) - SHOWN_DOUBTS
    if more > 0:
        yield f"{INDENT}and {_count(more, 'more doubt')}: --json shows all"


def _readings(readings: Readings, paint: Paint) -> Iterator[str]:
    for reading in readings.taken[:SHOWN_READINGS]:
        yield f"{INDENT}{paint(Role.DOUBT, f'this would land in {one_line(reading.path)}:')}"
        yield from _short(reading, paint)
    for reading in readings.others[:SHOWN_READINGS]:
        yield f"{INDENT}{paint(Role.DOUBT, 'this fits too:')}"
        yield from _short(reading, paint)
    more = len(readings.taken[SHOWN_READINGS:]) + len(readings.others[SHOWN_READINGS:])
    if more:
        said = f"and {_count(more, 'more diff')}: --json shows all"
        yield f"{INDENT}{paint(Role.FAINT, said)}"


def _short(reading: Reading, paint: Paint) -> Iterator[str]:
    # What stands above the first hunk names the file, which has been named.
    _, mark, hunks = reading.diff.removesuffix("\n").partition("\n@@")
    lines = ("@@" + hunks).split("\n") if mark else []
    for line in lines[:SHOWN_DIFF_LINES]:
        yield f"{INDENT}  {diff_line(line, paint)}"
    if len(lines) > SHOWN_DIFF_LINES:
        more = _count(len(lines) - SHOWN_DIFF_LINES, "more line")
        yield f"{INDENT}  {paint(Role.FAINT, f'... {more}: --json shows all')}"


def diff_line(line: str, paint: Paint) -> str:
    """A line of a unified diff, fit for a terminal."""
    shown = printable(line.removesuffix("\r"))
    role = {"+": Role.GAINED, "-": Role.LOST, "@": Role.HUNK}.get(line[:1])
    return shown if role is None else paint(role, shown)


def file_lines(report: Report, paint: Paint = plain) -> Iterator[str]:
    """The changed files in numbers."""
    for line in report.files:
        name = f"{line.renamed_from} => {line.path}" if line.renamed_from else line.path
        gained, lost = paint(Role.GAINED, f"+{line.added}"), paint(Role.LOST, f"-{line.removed}")
        yield f"  {one_line(name)} | {gained} {lost}"


def summary_line(report: Report) -> str:
    """The counts in one line, with the cost where a service was asked."""
    counts = Counter(type(outcome) for outcome in report.outcomes)
    line = f"{counts[Applied]} applied, {counts[Unchanged]} unchanged, {counts[Refused]} refused"
    usage = report.usage
    if usage.requests:
        line += (
            f"; {_count(usage.requests, 'request')} to services,"
            f" {usage.prompt_tokens} + {usage.completion_tokens} tokens"
        )
        if usage.dollars is not None:
            line += f", about ${usage.dollars:.4f}"
    charged = report.charged
    if charged is not None:
        line += f"; charged ${charged.dollars:f} for {charged.found} of {charged.requests} requests to the planner"
    return line


def landing_lines(report: Report, base: str, sources: str = "") -> Iterator[str]:
    """Where the result is, and how to look at it, merge it, drop it.

    `base` is its base as users name it, `sources` where requests were looked for.
    """
    landing = report.landing
    if report.held_back:
        yield f"Nothing was written: {report.held_back}."
    elif landing.commit is not None:
        branch = landing.branch
        yield f"Committed {landing.commit[:12]} on {branch} ({_count(len(report.files), 'file')})."
        if landing.pushed is not None:
            yield f"Pushed to {landing.pushed}."
        yield f"  look at it:  git diff {base}...{branch}"
        yield f"  merge it:    git merge {branch}"
        # What was on the branch before is not this run's to drop.
        drop = f"git branch -f {branch} {landing.before[:12]}" if landing.before else f"git branch -D {branch}"
        yield f"  drop it:     {drop}"
    elif landing.pushed is not None:
        yield f"Nothing to commit; {landing.branch} is pushed to {landing.pushed}."
    elif landing.written:
        yield f"Wrote {_count(len(landing.written), 'file')} of the work tree; nothing is staged."
        yield "  look at it:  git status, git diff"
        yield "  drop it:     git checkout -p; new files: git clean -i"
        if landing.not_in_git:
            yield f"  not in git, so nothing brings them back: {one_line(', '.join(landing.not_in_git))}"
        if landing.unsaved:
            names = one_line(", ".join(landing.unsaved))
            yield f"  had unstaged changes of yours before, which `git checkout` would drop too: {names}"
    elif landing.branch and report.files:
        yield f"This comes on top of {landing.branch}, where earlier runs have committed."
    elif not report.outcomes:
        yield f"Nothing to do: no request in {one_line(sources)}."
    elif not any(isinstance(outcome, Applied | Refused) for outcome in report.outcomes):
        where = f" on {landing.branch}" if landing.branch else ""
        if all(outcome.stands for outcome in report.outcomes if isinstance(outcome, Unchanged)):
            yield f"Nothing to do: all of it stands already{where}."
        else:
            yield f"Nothing to do: what is not there any more was applied{where} before, and is not applied again."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
