"""A push that brings instruction files: they become a commit on a branch of their own, beside the one pushed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.action.outputs import write_plain
from bot.action.result import Part, Result
from bot.app import run_requests
from bot.errors import Refusal, RepositoryError, UsageError
from bot.github.addresses import Addresses
from bot.github.client import Access, GitHubClient
from bot.http import Http
from bot.paths import is_instruction_path
from bot.pull_request.delivery import check_files
from bot.pull_request.occasion import ruled
from bot.pull_request.place import account_author, base_table, settings_texts
from bot.repo import repository_beside
from bot.repo.remote import login_settings
from bot.requests import merge_batches, read_instructions
from bot.review.denied import PathRules
from bot.review.ladder import Route
from bot.review.landed import Landed
from bot.settings import load
from bot.workplace import Destination, Order, Workplace, default_branch

if TYPE_CHECKING:
    from bot.action.events import Pushed
    from bot.action.pull import Job
    from bot.asks import Batch, Request
    from bot.files.vectors import VectorFiles
    from bot.pipeline.propose import Proposed
    from bot.repo import Repository
    from bot.report import Landing
    from bot.settings import Settings
    from bot.workplace import StartingPoint

REMOTE = "origin"


def run_on_push(job: Job, event: Pushed) -> Result:
    """Apply the instruction files that the push brought. Raises UsageError, RepositoryError, ServiceError."""
    addresses = Addresses.of(job.environ)
    url = addresses.git(event.repo)
    with Http() as transport:
        who = account_author(GitHubClient(Access(addresses, job.token), transport, job.timing))
    settings = (*login_settings(url, job.token.reveal()), (f"remote.{REMOTE}.url", url))
    runner = job.runner
    with repository_beside(runner.workspace, runner.temp, job.environ, settings, stand_in=who) as repo:
        return _applied(job, event, repo, url)


def _applied(job: Job, event: Pushed, repo: Repository, url: str) -> Result:
    repo.fetch_commit(url, f"refs/heads/{event.branch}", event.after)
    default = repo.fetch_branch(url, event.default_branch)
    if default is None:
        raise UsageError(f"the repository has no branch {event.default_branch!r}, where its settings would stand")
    names = _brought(repo, event, url, default)
    if not names:
        return Result(skipped="the push brought no instruction file")
    tree = repo.tree(event.after)
    batch = merge_batches([read_instructions(name, tree.read(name).document.to_bytes()) for name in names])
    # The settings of the default branch: what is pushed may be anybody's draft.
    settings = load(job.environ, {}, None, base_table(settings_texts(repo, default)))
    rules = PathRules(settings.deny_paths, settings.allow_paths)
    batch = replace(batch, requests=tuple(ruled(request, rules) for request in batch.requests))
    order = Order(Destination.BRANCH, _branch(repo, event, url, settings, _stem(names[0])), "", event.after, REMOTE)
    report = run_requests(Kept(Workplace(repo), rules), batch, order, settings, lambda: None).report
    if report.landing.not_pushed:
        raise RepositoryError(report.landing.not_pushed)
    patch = job.runner.temp / "stetbot.patch"
    diff = "".join(file.diff for file in report.files)
    if diff:
        write_plain(patch, diff.encode())
    landed = Landed(Route.PUSH if report.landing.commit else Route.NOWHERE, report.landing.commit)
    part = Part(report, landed, event.after, report.landing.branch or "")
    return Result((part,), patch=str(patch) if diff else "")


@dataclass(frozen=True, slots=True)
class Kept:
    """A workplace where no denied path lands, whatever led to it."""

    place: Workplace
    rules: PathRules

    def starting_point(self, order: Order, settings: Settings) -> StartingPoint:
        return self.place.starting_point(order, settings)

    def landed_before(self, start: StartingPoint, order: Order) -> dict[str, str]:
        return self.place.landed_before(start, order)

    def changed_since(self, start: StartingPoint, request: Request, commit: str) -> bool:
        return self.place.changed_since(start, request, commit)

    def vectors(self) -> VectorFiles:
        return self.place.vectors()

    def land(self, start: StartingPoint, batch: Batch, proposed: Proposed, order: Order, settings: Settings) -> Landing:
        check_files(proposed.files, self.rules)
        return self.place.land(start, batch, proposed, order, settings)


def _branch(repo: Repository, event: Pushed, url: str, settings: Settings, stem: str) -> str:
    """The branch that the result goes to; where the remote has it, ours begins with what is there."""
    name = default_branch(settings.branch_prefix, stem)
    if name in (event.branch, event.default_branch):
        raise UsageError(
            f"the result would go to the branch {name} itself; set another branch-prefix, or rename the file"
        )
    tip = repo.fetch_branch(url, name)
    if tip is not None:
        repo.update_branch(name, tip, None)
    return name


def _brought(repo: Repository, event: Pushed, url: str, default: str) -> tuple[str, ...]:
    """The instruction files that the push added or changed."""
    try:
        if event.before is None:
            before = repo.merge_base(default, event.after)
        else:
            before = event.before
            repo.fetch_commit(url, f"refs/heads/{event.branch}", before)
    except Refusal:
        before = None
    if before is None:
        raise UsageError("what the push changed is not known; check out with `fetch-depth: 0`")
    return tuple(name for name in repo.changed_files(before, event.after) if is_instruction_path(name))


def _stem(name: str) -> str:
    base = name.rpartition("/")[2]
    return base.rpartition(".")[0].removesuffix(".stetbot") or base
