"""The hooks that apply and show: instruction files and requests in comments, on the files of the work tree.

As formatters do, `apply` changes files, stages nothing, and exits 1 when something changed. Where pre-commit says
which commits are pushed, nothing is changed at all: what those commits ask for must stand in them already.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.app import run_requests
from bot.asked import path_in, requests_of
from bot.configuration import load_settings
from bot.errors import Code, Exit, UsageError
from bot.leftovers.suspicion import may_ask
from bot.outcomes import Refused
from bot.paths import is_instruction_path
from bot.report import file_lines, one_line, outcome_lines, printable, summary_line, without_secrets
from bot.requests import merge_batches, read_instructions
from bot.workplace import Destination, Order, open_workplace

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    from bot.app import Done
    from bot.asks import Batch
    from bot.settings import Settings
    from bot.workplace import StartingPoint, Workplace

_MOST_BYTES = 64 * 1024 * 1024
# Nobody here can help it: a service that is down, slow or sparing.
_PASSING = frozenset({Code.SERVICE_ERROR, Code.RATE_LIMITED, Code.BUDGET})


def pushed_commit(environ: Mapping[str, str]) -> str | None:
    """What is being pushed, as a revision; None where this is no push.

    The first push to an empty remote has no range: pre-commit then names the branches alone, and runs on all files.
    """
    to_ref = environ.get("PRE_COMMIT_TO_REF")
    if to_ref:
        return to_ref
    if environ.get("PRE_COMMIT_REMOTE_NAME") or environ.get("PRE_COMMIT_REMOTE_URL"):
        return environ.get("PRE_COMMIT_LOCAL_BRANCH") or "HEAD"
    return None


def run_hook(options: argparse.Namespace, environ: Mapping[str, str]) -> Exit:
    """Run the hook `apply` or `suggest`. Raises StetbotError."""
    with open_workplace(Path(), environ) as place:
        settings = _settings(options, environ, place)
        pushed = pushed_commit(environ)
        if pushed is not None:
            from bot.hook.push import check_push

            return check_push(options, environ, place, settings, pushed)
        order = Order(Destination.FILES if options.hook == "apply" else Destination.PREVIEW, None, "hook")
        start = replace(place.starting_point(order, settings), staged=place.repo.staged)
        batch = _asked(options.files, place, start, settings.inline_word)
        done = run_requests(replace(place, begun=start), batch, order, settings, lambda: None)
    return _shown(done, options, environ)


def _settings(options: argparse.Namespace, environ: Mapping[str, str], place: Workplace) -> Settings:
    flags = {name: getattr(options, name) for name in ("engine", "inline_word") if getattr(options, name) is not None}
    user_file = Path(click.get_app_dir("stetbot")) / "config.toml"
    settings = load_settings(environ, flags, user_file=user_file, root=place.root)
    if not 0 < options.deadline < inf:
        raise UsageError("--deadline must be a number of seconds above 0")
    return replace(
        settings,
        morph_deadline=min(settings.morph_deadline, options.deadline),
        morph_idle=min(settings.morph_idle, options.deadline),
        morpheus_deadline=min(settings.morpheus_deadline, options.deadline),
        morpheus_idle=min(settings.morpheus_idle, options.deadline),
    )


def _asked(files: Sequence[str], place: Workplace, start: StartingPoint, word: str) -> Batch:
    """What the instruction files among `files` ask, and the comments in the others. Raises UsageError."""
    batches, code = [], []
    for file in files:
        name = path_in(place, Path(), Path(file))
        try:
            with Path(file).open("rb") as opened:
                data = opened.read(_MOST_BYTES + 1)  # an instruction file must be far smaller, and may be a device
        except OSError as error:
            raise UsageError(f"{file}: cannot be read ({error.strerror}); name a file that is there") from error
        if is_instruction_path(name):
            batches.append(read_instructions(name, data))
        elif may_ask(data, word):
            code.append(name)
    return merge_batches([*batches, requests_of(start, code, word)])


def _shown(done: Done, options: argparse.Namespace, environ: Mapping[str, str]) -> Exit:
    report = done.report
    if options.hook == "suggest":
        sys.stdout.write(printable(without_secrets("".join(file.diff for file in report.files), environ)))
    lines = [f"warning: {one_line(warning)}" for warning in report.warnings]
    bad = bool(report.landing.written)
    for outcome in report.outcomes:
        readings = report.readings_of(outcome.request.id)
        if isinstance(outcome, Refused):
            passing = outcome.code in _PASSING
            bad = bad or options.strict or (options.hook == "apply" and not passing)
            lines += ["warning: a service did not answer:"] if passing and not options.strict else []
        lines += outcome_lines(outcome, readings)
    if report.outcomes:
        lines += [*file_lines(report), summary_line(report)]
    if options.hook == "suggest" and report.files:
        lines.append("Nothing was changed: stetbot-apply does it.")
    if report.landing.written:
        lines.append("Files were changed; look at them, and stage them yourself.")
    sys.stdout.write("".join(f"{without_secrets(line, environ)}\n" for line in lines))
    return Exit.NOT_APPLIED if bad else Exit.DONE
