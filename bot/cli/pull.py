"""What `--pr` means to `review`, `propose` and `land`: whom to ask, with which token, and how a run is told.

What works on pull requests is imported when one is named: a run on files starts a fifth faster without.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

import click

from bot.cli.options import SETTING_FLAGS, options_of, user_table
from bot.cli.output import complain
from bot.cli.show import exit_code, show_outcomes
from bot.errors import Exit, UsageError
from bot.report import one_line, report_json
from bot.settings import load
from bot.workplace import open_workplace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.chat.endpoint import Key
    from bot.cli.output import Console
    from bot.github.addresses import Addresses
    from bot.pull_request.answering import Manner
    from bot.pull_request.occasion import Ask
    from bot.pull_request.run import Finished, Hands, Wanted
    from bot.review.records import PullRequest, RepositoryName
    from bot.settings import Settings

F = TypeVar("F", bound="Callable[..., Any]")

pull_options: Callable[[F], F] = options_of(
    click.option("--pr", metavar="NUMBER|URL", help="A pull request on GitHub; needs GITHUB_TOKEN."),
    click.option("--repo", metavar="OWNER/NAME", help="Its repository (default: the remote's)."),
    click.option(
        "--talk",
        metavar="URL",
        help="With --pr: no thread, but what this comment on the pull request as a whole asks of one of its files.",
    ),
)
delivery_options: Callable[[F], F] = options_of(
    click.option("--signed", is_flag=True, help="With --pr: let GitHub make (and sign) the commit."),
    click.option("--commit-each", is_flag=True, help="With --pr: a commit for each request (up to 1000)."),
    click.option("--resolve/--no-resolve", default=True, help="With --pr: resolve the threads that are done."),
    click.option("--ask-again", is_flag=True, help="With --pr: ask the reviewers to look again."),
    click.option("--workflow", metavar="FILE", default="", help="With --pr: start this if the push starts no checks."),
)
# What goes where the pull request is not: on a branch here, or into files here.
_LOCAL = ("branch", "base", "push", "remote", "write_files")


@dataclass(frozen=True, slots=True)
class Opened:
    """A pull request that is ready to be worked on."""

    hands: Hands
    ask: Ask


@contextmanager
def open_pull(options: dict[str, Any]) -> Iterator[Opened]:
    """Reach the pull request of `--pr` with the environment's token. Raises UsageError, ServiceError.

    The settings of the repository are those of the base branch: what the pull request itself says does not count.
    """
    from bot.chat.endpoint import Key
    from bot.github import reading
    from bot.github.addresses import Addresses
    from bot.github.client import Access, GitHubClient
    from bot.http import Http
    from bot.pacing import Timing
    from bot.pull_request.occasion import Ask
    from bot.pull_request.place import account_author, base_files, git_settings
    from bot.pull_request.run import Hands
    from bot.review.denied import PathRules

    _check_options(options)
    addresses = Addresses.of(os.environ)
    token = _token(Key)
    name, number = addresses.pull_request(options["pr"], _repository(options, addresses))
    with Http() as transport:
        client = GitHubClient(Access(addresses, token), transport, Timing.real())
        pull = reading.pull_request(client, name, number)
        settings = git_settings(addresses, token, pull)
        with open_workplace(options["start"], os.environ, settings, account_author(client)) as place:
            texts = base_files(place.repo, addresses, pull)
            hands = Hands(client, place.repo, _settings(options, texts))
            rules = PathRules(hands.settings.deny_paths, hands.settings.allow_paths)
            yield Opened(hands, Ask(pull.repository, number, talk=_talk(options, pull), rules=rules))


def _talk(options: dict[str, Any], pull: PullRequest) -> int | None:
    """The id of the comment on `pull` as a whole that is named, if one is. Raises UsageError."""
    if options["talk"] is None:
        return None
    from bot.review.commands import talk_at

    found = talk_at(options["talk"])
    here = found is not None and found.repository.casefold() == str(pull.repository).casefold()
    if found is None or not here or found.number != pull.number:
        raise UsageError("--talk: not the address of a comment on this pull request as a whole; copy its link")
    return found.comment


def refuse_talk(options: dict[str, Any]) -> None:
    """Raise UsageError where a comment is named and the pull request that it stands on is not."""
    if options["talk"] is not None:
        raise UsageError("--talk names a comment on a pull request; name that with --pr")


def _check_options(options: dict[str, Any]) -> None:
    given = [name for name in _LOCAL if options.get(name)]
    if given:
        wrong = f"--{given[0].removesuffix('_files')}"
        raise UsageError(f"{wrong} is about a branch or files here, and --pr works on the pull request: leave one out")


def _token(kind: type[Key]) -> Key:
    given = os.environ.get("GITHUB_TOKEN", "")
    if not given.strip():
        raise UsageError("--pr needs a token: set GITHUB_TOKEN (`gh auth token` prints yours, if you use gh)")
    return kind.parse(given, "GITHUB_TOKEN")


def _repository(options: dict[str, Any], addresses: Addresses) -> RepositoryName | None:
    """The repository that is named, by option or environment, or that the remote here is of."""
    from bot.review.records import RepositoryName

    for source, text in (("--repo", options["repo"]), ("GITHUB_REPOSITORY", os.environ.get("GITHUB_REPOSITORY"))):
        if text:
            name = RepositoryName.parse(text)
            if name is None:
                raise UsageError(f"{source}: {text[:120]!r} is no repository; write it as owner/name")
            return name
    with open_workplace(options["start"], os.environ) as place:
        try:
            url = place.repo.remote_url(place.default_remote())
        except UsageError:
            return None
    return addresses.repository_of(url or "")


def _settings(options: dict[str, Any], texts: dict[str, str]) -> Settings:
    from bot.pull_request.place import base_table

    given = {name: options[name] for name in SETTING_FLAGS if options.get(name) is not None}
    return load(os.environ, given, user_table(), base_table(texts))


def wanted_of(options: dict[str, Any], *, only_show: bool) -> Wanted:
    """What a run shall do, from the options of its command."""
    from bot.pull_request.run import Wanted

    return Wanted(
        only_show=only_show,
        signed=options.get("signed", False),
        each=options.get("commit_each", False),
        workflow=options.get("workflow", ""),
        ask_again=options.get("ask_again", False),
        accept=frozenset(options.get("accept", ())),
        accept_all=options.get("accept_unproven", False),
        all_or_nothing=options.get("all_or_nothing", False),
    )


def manner_of(options: dict[str, Any]) -> Manner:
    """How a run answers, from the options of its command."""
    from bot.pull_request.answering import Manner

    return Manner(datetime.now(UTC), resolve=options.get("resolve", True))


def show_pull(finished: Finished, console: Console, *, only_show: bool) -> Exit:
    """Print what a run on a pull request came to; gives its exit code."""
    report = finished.done.report
    if console.machine:
        console.json(report_json(report, finished.done.base) | {"pull_request": _facts(finished)})
        return _exit_code(finished)
    if only_show and not report.held_back:
        for file in report.files:
            console.diff(file.diff)
    show_outcomes(report, console)
    console.say(one_line(line) for line in _lines(finished))
    if finished.said.unfinished:
        complain(f"not all was answered: {finished.said.unfinished}")
    return _exit_code(finished)


def _exit_code(finished: Finished) -> Exit:
    return Exit.NOT_APPLIED if finished.said.unfinished else exit_code(finished.done.report)


def _lines(finished: Finished) -> Iterator[str]:
    report, pull, said = finished.done.report, finished.occasion.pull, finished.said
    if finished.occasion.gathered.left:
        yield finished.occasion.gathered.left_alone
    if report.held_back:
        yield f"Nothing was written: {report.held_back}."
    elif finished.landed.commit is not None:
        yield f"Pushed {finished.landed.commit[:12]} to {pull.head.branch} of {pull.head.repository}."
        if finished.landed.why:
            yield f"One commit for all: {finished.landed.why}."
        if finished.landed.checks is not None:
            yield finished.landed.checks.value
    elif report.landing.not_pushed:
        yield f"Not pushed: {report.landing.not_pushed}."
    if said.replies or said.summary:
        yield f"Answered {said.replies} comments, resolved {said.resolved} threads. {said.summary}".rstrip()
    yield from said.notices


def _facts(finished: Finished) -> dict[str, object]:
    pull, landed, said = finished.occasion.pull, finished.landed, finished.said
    return {
        "repository": str(pull.repository),
        "number": pull.number,
        "head": pull.head.commit,
        "route": landed.route.name.lower(),
        "checks": None if landed.checks is None else landed.checks.name.lower(),
        "replies": said.replies,
        "resolved": said.resolved,
        "summary": said.summary or None,
        "unfinished": said.unfinished or None,
        "notices": list(said.notices),
        "left_alone": [{"code": code.value, "place": place} for code, place in finished.occasion.gathered.left],
    }
