"""How a run is shown while it goes on, and what it came to at its end."""

from __future__ import annotations

import re
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from bot.cli.output import Console, complain
from bot.errors import Exit
from bot.outcomes import Refused
from bot.report import Status, file_lines, landing_lines, outcome_lines, report_json, summary_line
from bot.workplace import Destination

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bot.app import Done
    from bot.asks import Request
    from bot.report import Report

PROGRESS_FROM = 8
_COMMIT = re.compile(r"[0-9a-f]{40,64}")


@contextmanager
def progress(requests: Sequence[Request], console: Console) -> Iterator[Callable[[], None]]:
    """What is to be called when a request is resolved: a bar on stderr where somebody looks and there are many.

    The bar hides the cursor, so it is ended whatever happens.
    """
    if len(requests) < PROGRESS_FROM or console.quiet or console.machine or not sys.stderr.isatty():
        yield lambda: None
        return
    bar: Any
    with click.progressbar(
        length=len(requests), label="resolving", file=sys.stderr, show_pos=True, show_percent=False, show_eta=False
    ) as bar:
        # Requests that wait for others are resolved again: the bar stays full then.
        yield lambda: bar.update(1) if bar.pos < len(requests) else None


def show(done: Done, console: Console, destination: Destination, sources: str) -> Exit:
    """Print what the run came to (`sources`: where requests were looked for); gives its exit code."""
    report = done.report
    if console.machine:
        console.json(report_json(report, done.base))
        return exit_code(report)
    if destination is Destination.DIFF and not report.held_back:
        for file in report.files:
            console.diff(file.diff)
    show_outcomes(report, console)
    base = done.base_name
    console.say(landing_lines(report, base[:12] if _COMMIT.fullmatch(base) else base, sources))
    if report.landing.not_pushed:
        complain(f"the branch {report.landing.branch} was not pushed: {report.landing.not_pushed}")
    return exit_code(report)


def show_outcomes(report: Report, console: Console) -> None:
    """Print what became of each request, and the counts; what somebody has to look at stands last."""
    for warning in report.warnings:
        console.warn(warning)
    for outcome in report.outcomes:
        if not isinstance(outcome, Refused):
            console.say(outcome_lines(outcome, paint=console.paint))
    console.say(file_lines(report, console.paint))
    for outcome in report.outcomes:
        if isinstance(outcome, Refused):
            console.insist(outcome_lines(outcome, report.readings_of(outcome.request.id), console.paint))
    console.say([summary_line(report)])


def exit_code(report: Report) -> Exit:
    """0: all done, or nothing to do; 1: something was not."""
    return Exit.DONE if report.status in (Status.DONE, Status.NOTHING_TO_DO) else Exit.NOT_APPLIED
