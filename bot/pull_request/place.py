"""The head of a pull request as a place to work on: fetched by its id, never checked out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from bot.errors import Code, Refusal, UsageError
from bot.github import reading
from bot.github.client import GitHubError, Trouble
from bot.pull_request.renames import follow_renames
from bot.pull_request.standing import still_applied
from bot.repo import BOT
from bot.repo.remote import login_settings
from bot.report import Landing
from bot.requests.comments import author_of
from bot.review.ladder import Right
from bot.settings import read_table
from bot.workplace import Base, StartingPoint, vectors_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.asks import Author, Batch, Request
    from bot.chat.endpoint import Key
    from bot.files.vectors import VectorFiles
    from bot.github.addresses import Addresses
    from bot.github.client import GitHubClient
    from bot.pipeline.propose import Proposed
    from bot.pipeline.views import FileState
    from bot.pull_request.occasion import Occasion
    from bot.repo import Repository
    from bot.review.records import PullRequest
    from bot.settings import Settings, Table
    from bot.workplace import Order

SETTINGS_FILES = (".stetbot.toml", "pyproject.toml")


@dataclass(frozen=True, slots=True)
class PullPlace:
    """A pull request's head in `repo`, whose git shows the token at `addresses`."""

    repo: Repository
    addresses: Addresses
    occasion: Occasion
    files: Base

    def starting_point(self, order: Order, settings: Settings) -> StartingPoint:
        del order, settings
        pull = self.occasion.pull
        return StartingPoint(self.files, pull.head.commit, f"{pull.repository}#{pull.number}", pull.head.branch)

    def vectors(self) -> VectorFiles:
        return vectors_of(self.repo)

    def changed_since(self, start: StartingPoint, request: Request, commit: str) -> bool:
        """Not known: the commit may not be here."""
        del start, request, commit
        return False

    def landed_before(self, start: StartingPoint, order: Order) -> Mapping[str, str]:
        """By the bot's own answers in the threads, and by what it has pushed: the history here may be cut off."""
        del start, order
        return still_applied(self.repo, self.addresses, self.occasion)

    def state(self, path: str) -> FileState | None:
        """The file at `path` of the head; None where there is none that could be edited."""
        try:
            return self.files.read(path)
        except Refusal:
            return None

    def blob(self, path: str) -> str | None:
        """The id of that file's blob."""
        state = self.state(path)
        return None if state is None else state.blob

    def land(self, start: StartingPoint, batch: Batch, proposed: Proposed, order: Order, settings: Settings) -> Landing:
        """Nothing yet: see `bot.pull_request.delivery`."""
        del start, batch, proposed, order, settings
        return Landing()


def place_of(repo: Repository, addresses: Addresses, occasion: Occasion, settings: Settings) -> PullPlace:
    """The head of the occasion's pull request, once its objects are here."""
    head = occasion.pull.head.commit
    files = Base(repo.tree(head, settings.max_bytes), partial(repo.had_file, head))
    return PullPlace(repo, addresses, follow_renames(repo, files, occasion), files)


def git_settings(addresses: Addresses, token: Key, pull: PullRequest) -> tuple[tuple[str, str], ...]:
    """Git's settings for a run on `pull`: the token for its repository and for the fork, and for nothing else."""
    urls = [addresses.git(pull.repository)]
    if pull.head.repository is not None and pull.from_fork:
        urls.append(addresses.git(pull.head.repository))
    return tuple(setting for url in urls for setting in login_settings(url, token.reveal()))


def account_author(client: GitHubClient) -> Author:
    """The account of the token, as a commit names it: who commits where git knows nobody."""
    try:
        me = reading.viewer(client)
    except GitHubError as error:
        if error.trouble is not Trouble.FORBIDDEN:
            raise
        return BOT
    return author_of(me.login, me.id, client.addresses.noreply) or BOT


def fetch(repo: Repository, addresses: Addresses, pull: PullRequest) -> None:
    """Have the objects of the head, by the reference that every pull request has, also one from a fork.

    Raises Refusal (head-moved), RepositoryError.
    """
    repo.fetch_commit(addresses.git(pull.repository), f"refs/pull/{pull.number}/head", pull.head.commit)


def base_files(repo: Repository, addresses: Addresses, pull: PullRequest) -> dict[str, str]:
    """The texts of the settings files of the base branch: what the pull request itself says does not count.

    Raises UsageError for one that is there and cannot be read, RepositoryError.
    """
    repo.fetch_commit(addresses.git(pull.repository), f"refs/heads/{pull.base.branch}", pull.base.commit)
    return settings_texts(repo, pull.base.commit)


def settings_texts(repo: Repository, commit: str) -> dict[str, str]:
    """The texts of the settings files of a commit. Raises UsageError for one that is there and cannot be read."""
    tree = repo.tree(commit)
    found = {}
    for name in SETTINGS_FILES:
        try:
            found[name] = tree.read(name).document.text
        except Refusal as refusal:
            # A file that is there counts: without what it denies, more would be allowed.
            if refusal.code is not Code.UNKNOWN_PATH:
                raise UsageError(f"{name} of the base branch cannot be used: {refusal.reason}") from refusal
    return found


def base_table(texts: Mapping[str, str]) -> Table | None:
    """The settings in the files of the base branch. Raises UsageError: not TOML, or both files have some."""
    # As in a work tree: a pyproject.toml that does not speak of us says nothing, broken or not.
    tables = [
        read_table(name, text, " of the base branch")
        for name, text in texts.items()
        if name != "pyproject.toml" or "stetbot" in text
    ]
    said = [table for table in tables if table.values]
    if len(said) > 1:
        raise UsageError("the base branch has both .stetbot.toml and [tool.stetbot] in pyproject.toml; keep one")
    return said[0] if said else None


def right_to_push(repo: Repository, addresses: Addresses, pull: PullRequest) -> tuple[Right, str]:
    """Whether the head branch would take our push, found out by trying and changing nothing; what was said."""
    if pull.head.repository is None:
        return Right.DENIED, "the fork is gone"
    try:
        said = repo.may_push(addresses.git(pull.head.repository), pull.head.branch, pull.head.commit)
    except UsageError as error:  # a branch name that is not safe to hand to git
        return Right.DENIED, str(error)
    return (Right.ALLOWED, "") if said is None else (Right.DENIED, said)
