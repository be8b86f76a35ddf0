"""A push that brings instruction files: they become a commit on a branch of their own, beside the one pushed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.action.outputs import write_plain
from bot.action.result import Part, Result
from bot.app import run_requests
from bot.errors import RepositoryError, UsageError
from bot.github.addresses import Addresses
from bot.paths import is_instruction_path
from bot.pull_request.occasion import ruled
from bot.pull_request.place import base_table, settings_texts
from bot.repo import Repository
from bot.repo.remote import login_settings
from bot.requests import merge_batches, read_instructions
from bot.review.answers import Landed
from bot.review.denied import PathRules
from bot.review.ladder import Route
from bot.settings import load
from bot.workplace import Destination, Order, Workplace

if TYPE_CHECKING:
    from bot.action.events import Pushed
    from bot.action.pull import Job
    from bot.settings import Table

REMOTE = "origin"


def run_on_push(job: Job, event: Pushed) -> Result:
    """Apply the instruction files that the push brought. Raises UsageError, RepositoryError, ServiceError."""
    with Repository.discover(job.runner.workspace, job.environ) as found:
        url = found.remote_url(REMOTE) or ""
    if not event.repo.is_same(Addresses.of(job.environ).repository_of(url)):
        raise UsageError(f"the remote {REMOTE} of the checkout is not {event.repo}; check that repository out")
    with Repository.discover(job.runner.workspace, job.environ, login_settings(url, job.token.reveal())) as repo:
        names = _brought(repo, event)
        if not names:
            return Result(skipped="the push brought no instruction file")
        tree = repo.tree(event.after)
        batch = merge_batches([read_instructions(name, tree.read(name).document.to_bytes()) for name in names])
        settings = load(job.environ, {}, None, _table(repo, event))
        rules = PathRules(settings.deny_paths, settings.allow_paths)
        batch = replace(batch, requests=tuple(ruled(request, rules) for request in batch.requests))
        order = Order(Destination.BRANCH, None, _stem(names[0]), event.after, REMOTE)
        report = run_requests(Workplace(repo), batch, order, settings, lambda: None).report
    if report.landing.not_pushed:
        raise RepositoryError(report.landing.not_pushed)
    patch = job.runner.temp / "stetbot.patch"
    diff = "".join(file.diff for file in report.files)
    if diff:
        write_plain(patch, diff.encode())
    landed = Landed(Route.PUSH, report.landing.commit)
    part = Part(report, landed, event.after, report.landing.branch or "")
    return Result((part,), patch=str(patch) if diff else "")


def _table(repo: Repository, event: Pushed) -> Table | None:
    """The settings of the default branch: what is pushed may be anybody's draft."""
    try:
        default = repo.resolve(f"refs/remotes/{REMOTE}/{event.default_branch}")
    except RepositoryError as error:
        raise UsageError(f"the default branch is not there ({error}); check out with `fetch-depth: 0`") from error
    return base_table(settings_texts(repo, default))


def _brought(repo: Repository, event: Pushed) -> tuple[str, ...]:
    """The instruction files that the push added or changed."""
    before = event.before
    try:
        if before is None:
            default = repo.resolve(f"refs/remotes/{REMOTE}/{event.default_branch}")
            before = repo.merge_base(default, event.after)
        else:
            before = repo.resolve(before)
    except RepositoryError as error:
        raise UsageError(f"what the push changed is not known ({error}); check out with `fetch-depth: 0`") from error
    names = () if before is None else repo.changed_files(before, event.after)
    return tuple(name for name in names if is_instruction_path(name))


def _stem(name: str) -> str:
    base = name.rpartition("/")[2]
    return base.rpartition(".")[0].removesuffix(".stetbot") or base
