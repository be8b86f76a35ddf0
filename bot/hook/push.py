"""Before a push: does what the pushed commits' instruction files ask stand in them? Nothing is changed, nobody asked.

The local engine alone is used. What it cannot tell (a request in words only, lines that are gone) is a warning.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot.app import TRACELESS, recognised
from bot.asked import path_in
from bot.errors import Code, Exit, Refusal, RepositoryError, UsageError
from bot.message import requests_in
from bot.outcomes import Applied, Refused
from bot.paths import is_instruction_path
from bot.pipeline.engines import Local
from bot.pipeline.propose import propose
from bot.pipeline.resolve import Resolver
from bot.report import one_line, without_secrets
from bot.requests import merge_batches, read_instructions
from bot.workplace import Base

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping

    from bot.asks import Batch
    from bot.outcomes import Outcome
    from bot.settings import Settings
    from bot.workplace import Workplace

_UNKNOWN = TRACELESS | {Code.NO_PLANNER}


def check_push(
    options: argparse.Namespace, environ: Mapping[str, str], place: Workplace, settings: Settings, pushed: str
) -> Exit:
    """Print what is not applied yet in the commit `pushed` (a revision). Raises UsageError for one that is not there,
    and for a file that does not parse.
    """
    commit = _commit(place, pushed)
    base = Base(place.repo.tree(commit, settings.max_bytes), partial(place.repo.had_file, commit))
    names = (path_in(place, Path(), Path(file)) for file in options.files)
    batch = _asked([name for name in names if is_instruction_path(name)], base)
    proposed = propose(batch.requests, base, Resolver(Local(), lambda _: False), map)
    landed = _landed(place, environ.get("PRE_COMMIT_FROM_REF", ""), commit)
    bad = False
    for outcome in recognised(proposed, landed).outcomes:
        warning = isinstance(outcome, Refused) and outcome.code in _UNKNOWN
        for line in _lines(outcome, commit, warning=warning):
            bad = bad or options.strict or not warning
            sys.stdout.write(f"{one_line(without_secrets(line, environ))}\n")
    return Exit.NOT_APPLIED if bad else Exit.DONE


def _commit(place: Workplace, pushed: str) -> str:
    try:
        return place.repo.resolve(pushed)
    except RepositoryError as error:
        raise UsageError(f"what is being pushed (PRE_COMMIT_TO_REF, or the local branch): {error}") from error


def _asked(names: list[str], base: Base) -> Batch:
    batches = []
    for name in names:
        try:
            batches.append(read_instructions(name, base.read(name).document.to_bytes()))
        except Refusal:  # a later commit of the push took it away: what it asked is done or dropped
            continue
    return merge_batches(batches)


def _landed(place: Workplace, since: str, commit: str) -> dict[str, str]:
    """The requests that commits of the push say they have applied."""
    try:
        older = place.repo.resolve(since)
    except RepositoryError:  # a new branch: there is nothing that it was pushed to before
        return {}
    return {name: made for made, message in place.repo.messages(older, commit) for name in requests_in(message)}


def _lines(outcome: Outcome, commit: str, *, warning: bool) -> Iterator[str]:
    request = outcome.request
    match outcome:
        case Applied():
            yield f"{request.place}: {request.id} is not applied in {commit[:12]}; apply it, or take it out"
        case Refused(code=code, reason=reason):
            said = "warning: cannot tell whether it is applied" if warning else "not applied"
            yield f"{request.place}: {request.id}: {said} ({code}): {reason}"
        case _:
            return
