"""What all tests share: the figures that a run shows, and how Hypothesis explores."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Callable

FIGURES = "figures"

# No test asserts times, so none may fail because a machine is slow. In CI the examples are the same in every run: a
# change is not held up by what a lucky number finds in somebody else's code. Anywhere else each run tries others.
settings.register_profile(
    "stetbot",
    settings.get_profile("default"),
    deadline=None,
    derandomize=os.environ.get("CI", "").lower() in {"1", "true"},
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("stetbot")

# A script that starts the tests in the background has them ignore Ctrl-C, and each stetbot that they start would too.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def figures(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Shows a line or a table at the end of the run, also of a test that passes in a worker process."""
    return lambda text: record_property(FIGURES, text)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = (report for found in terminalreporter.stats.values() for report in found)
    shown = sorted(
        (report.nodeid, text)
        for report in reports
        if isinstance(report, pytest.TestReport) and report.when == "call"
        for name, text in report.user_properties
        if name == FIGURES
    )
    if not shown:
        return
    terminalreporter.section(FIGURES)
    for nodeid, text in shown:
        terminalreporter.line(f"{nodeid}\n{text}")
