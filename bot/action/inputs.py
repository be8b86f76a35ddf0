"""What the workflow said, and where the runner keeps its files: all of it from environment variables."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

_PREFIX = "STETBOT_ACTION_"
_WORKFLOW = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.ya?ml")
_MOST_RUNS = 1000


class Mode(enum.StrEnum):
    """What this job does of the whole."""

    APPLY = "apply"
    PROPOSE = "propose"
    LAND = "land"


@dataclass(frozen=True, slots=True)
class Inputs:
    """The Action's inputs. `pull_request` None: the event names it."""

    mode: Mode
    pull_request: int | None
    command: str
    proposal: Path
    signed: bool
    each: bool
    resolve: bool
    ask_again: bool
    looks_first: bool
    workflow: str
    per_hour: int


@dataclass(frozen=True, slots=True)
class Runner:
    """What the runner says of this run. `output` and `summary` None: nobody reads them."""

    event: str
    event_file: Path
    workspace: Path
    temp: Path
    output: Path | None
    summary: Path | None
    run_url: str


def read_inputs(environ: Mapping[str, str], runner: Runner) -> Inputs:
    """The inputs, from the variables that action.yml sets. Raises UsageError naming the input."""

    def text(name: str) -> str:
        return environ.get(f"{_PREFIX}{name.replace('-', '_').upper()}", "").strip()

    mode = text("mode") or Mode.APPLY.value
    if mode not in set(Mode):
        raise _wrong("mode", mode, f"one of {', '.join(Mode)}")
    workflow = text("dispatch-workflow")
    if workflow and not _WORKFLOW.fullmatch(workflow):
        raise _wrong("dispatch-workflow", workflow, "the file name of a workflow")
    return Inputs(
        Mode(mode),
        _number("pull-request", text("pull-request"), 10**9) if text("pull-request") else None,
        text("command") or "apply",
        _proposal(text("proposal"), runner),
        _truth("signed-commits", text("signed-commits")),
        _truth("commit-each", text("commit-each")),
        _truth("resolve-threads", text("resolve-threads") or "true"),
        _truth("request-review", text("request-review")),
        _truth("planned-needs-apply", text("planned-needs-apply")),
        workflow,
        _number("max-runs-per-hour", text("max-runs-per-hour") or "10", _MOST_RUNS),
    )


def read_runner(environ: Mapping[str, str]) -> Runner:
    """The runner's own variables. Raises UsageError where this is no runner."""

    def path(name: str) -> Path:
        value = environ.get(name, "")
        if not value:
            raise UsageError(f"{name} is not set: this is no runner of GitHub Actions; use `stetbot review --pr` here")
        return Path(value)

    def maybe(name: str) -> Path | None:
        return Path(environ[name]) if environ.get(name) else None

    event = environ.get("GITHUB_EVENT_NAME", "")
    return Runner(
        event,
        path("GITHUB_EVENT_PATH"),
        path("GITHUB_WORKSPACE"),
        path("RUNNER_TEMP"),
        maybe("GITHUB_OUTPUT"),
        maybe("GITHUB_STEP_SUMMARY"),
        _run_url(environ),
    )


def _run_url(environ: Mapping[str, str]) -> str:
    server, name = environ.get("GITHUB_SERVER_URL", ""), environ.get("GITHUB_REPOSITORY", "")
    run = environ.get("GITHUB_RUN_ID", "")
    url = f"{server}/{name}/actions/runs/{run}"
    return url if re.fullmatch(r"https?://[A-Za-z0-9.:-]+/[\w.-]+/[\w.-]+/actions/runs/\d+", url, re.ASCII) else ""


def _proposal(text: str, runner: Runner) -> Path:
    """Where the proposal is; a relative path begins in the workspace. A link in the checkout leads it nowhere else."""
    path = runner.workspace / text if text else runner.temp / "stetbot-proposal.json"
    inside = [
        folder for folder in path.parents if folder != runner.workspace and folder.is_relative_to(runner.workspace)
    ]
    if ".." in path.parts or any(folder.is_symlink() for folder in inside):
        raise _wrong("proposal", text, "a path without `..` and without symbolic links")
    return path


def _truth(name: str, text: str) -> bool:
    if text not in ("", "true", "false"):
        raise _wrong(name, text, "true or false")
    return text == "true"


def _number(name: str, text: str, most: int) -> int:
    if not (text.isascii() and text.isdecimal() and 0 < int(text[:12]) <= most):
        raise _wrong(name, text, f"a whole number from 1 to {most}")
    return int(text)


def _wrong(name: str, text: str, wanted: str) -> UsageError:
    return UsageError(f"the input {name} is {text[:80]!r} and not {wanted}; correct the workflow")
