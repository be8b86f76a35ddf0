"""From environment and event to a run, and from what it came to to the runner's files and an exit code."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from bot import __version__
from bot.action.events import CommentWritten, Dispatched, Ignored, Pushed, ReviewSubmitted, read_event
from bot.action.inputs import Mode, read_inputs, read_runner
from bot.action.outputs import append, output_text, read_plain
from bot.action.result import Result
from bot.chat.endpoint import Key
from bot.chat.scrub import hide, scrub
from bot.errors import Exit, StetbotError, UsageError
from bot.outcomes import Applied
from bot.pacing import Timing
from bot.repo.remote import login
from bot.review.annotations import Annotation, log_line, notice
from bot.settings import EngineChoice

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.action.events import Event
    from bot.action.inputs import Runner

_MAX_EVENT = 32 * 1024 * 1024
SECRETS = (
    "GITHUB_TOKEN",
    "MORPH_API_KEY",
    "MORPHEUS_API_KEY",
    "ACTIONS_RUNTIME_TOKEN",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
)
_SHORTEST_SECRET = 6


def main(environ: Mapping[str, str], say: Callable[[str], None], timing: Timing | None = None) -> Exit:
    """Run the Action; every expected error is one annotation and its exit code.

    A request that was refused is no failure of the workflow: the outputs and the answers say so.
    """
    secrets = _secrets(environ)

    def safely(line: str) -> None:
        say(scrub(line, secrets))

    for secret in secrets:
        if "\n" not in secret and "\r" not in secret:
            # The runner takes `%25` in a command's text for `%`.
            say(f"::add-mask::{secret.replace('%', '%25')}")
    try:
        runner = read_runner(environ)
        result = _run(environ, runner, timing or Timing.real())
        _tell(runner, result, safely, secrets)
    except StetbotError as error:
        safely(Annotation("error", "stetbot", str(error)).command())
        return Exit.USAGE if isinstance(error, UsageError) else Exit.NOT_APPLIED
    except Exception as error:  # noqa: BLE001 - the process boundary: what is not expected is a bug of ours
        return _bug(error, safely)
    return Exit.NOT_APPLIED if result.unfinished else Exit.DONE


def _secrets(environ: Mapping[str, str]) -> list[str]:
    """What must be shown nowhere: the secrets, and the token as git sends it."""
    found = [environ[name] for name in SECRETS if len(environ.get(name, "")) >= _SHORTEST_SECRET]
    token = environ.get("GITHUB_TOKEN", "").strip()
    return [*found, login(token)] if len(token) >= _SHORTEST_SECRET else found


def _run(environ: Mapping[str, str], runner: Runner, timing: Timing) -> Result:
    inputs = read_inputs(environ, runner)
    event = read_event(runner.event, read_plain(runner.event_file, _MAX_EVENT))
    if isinstance(event, Ignored):
        return Result(skipped=event.reason)
    missing = _missing(environ, event, inputs.mode)
    if missing is not None:
        return Result(skipped=missing)
    # What follows needs git and the network; an event that is not for us pays for neither.
    from bot.action.files import run_on_push
    from bot.action.pull import Job, run_on_pull

    job = Job(environ, runner, inputs, Key.parse(environ["GITHUB_TOKEN"], "github-token"), timing)
    return run_on_push(job, event) if isinstance(event, Pushed) else run_on_pull(job, event)


def _missing(
    environ: Mapping[str, str], event: CommentWritten | ReviewSubmitted | Pushed | Dispatched, mode: Mode
) -> str | None:
    """Why this run has not the rights or secrets that it needs, and what has; None if nothing is missing."""
    if isinstance(event, CommentWritten | ReviewSubmitted) and _is_from_fork(event):
        return (
            "reviews of a fork's pull request run without secrets and without the right to write;"
            " comment /stetbot apply on the pull request itself"
        )
    if not environ.get("GITHUB_TOKEN", "").strip():
        return "there is no github-token, so nothing was done"
    engine = environ.get("STETBOT_ENGINE", "").strip()
    # Who lands asks no model: the engine says whose merges a proposal may bring.
    asks = mode is not Mode.LAND and engine in (EngineChoice.MORPH, EngineChoice.CASCADE)
    if asks and not environ.get("MORPH_API_KEY", "").strip():
        return f"the engine is {engine} and there is no morph-api-key, so nothing was done"
    return None


def _is_from_fork(event: Event) -> bool:
    return isinstance(event, CommentWritten | ReviewSubmitted) and event.from_fork


def _tell(runner: Runner, result: Result, say: Callable[[str], None], secrets: list[str]) -> None:
    if result.skipped:
        say(notice(result.skipped))
    for part in result.parts:
        for outcome in part.report.outcomes:
            applies = isinstance(outcome, Applied)
            word = part.landed.word(outcome.request.id) if applies else type(outcome).__name__.lower()
            say(log_line(f"{word}: {outcome.request.place}"))
        for line in part.notices:
            say(log_line(line))
    for remark in result.remarks():
        say(remark.command())
    outputs = result.outputs()
    if runner.output is not None:
        # Before there are delimiters: what is hidden afterwards could be one of them.
        append(runner.output, output_text({name: hide(value, secrets) for name, value in outputs.items()}))
    summary = result.summary(runner.run_url)
    if runner.summary is not None and summary:
        # Of the diffs nothing else: a word that is taken out of one may be its end.
        append(runner.summary, hide(summary, secrets))
    say(log_line(f"{outputs['status']}: {outputs['applied']} applied, {outputs['refused']} refused"))


def _bug(error: Exception, say: Callable[[str], None]) -> Exit:
    import traceback

    for line in "".join(traceback.format_exception(error)).split("\n"):
        say(log_line(line))
    python = sys.version.split()[0]
    said = f"this is a bug in stetbot {__version__} (Python {python}); please report the lines above"
    say(Annotation("error", "stetbot", said).command())
    return Exit.BUG
