"""Where a run works: a repository, what the run starts from in it, and how its result gets there."""

from __future__ import annotations

import enum
import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Protocol

from bot.entries import EXECUTABLE, REGULAR, Standing, TreeChange
from bot.errors import Code, Refusal, RepositoryError, UsageError
from bot.files import WorkTree
from bot.files.vectors import VectorFiles
from bot.message import commit_message, requests_in
from bot.pipeline.views import FileState
from bot.repo import BOT, Repository
from bot.report import Landing
from bot.written import not_in_git, write_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from bot.asks import Author, Batch, Request
    from bot.entries import Entry
    from bot.pipeline.propose import FileResult, Proposed
    from bot.pipeline.views import BaseTree
    from bot.settings import Settings
    from bot.text import Document


class Destination(enum.Enum):
    """What becomes of the result."""

    BRANCH = "a commit on a branch"
    DIFF = "shown"
    FILES = "files of the work tree"
    PROPOSAL = "a proposal"
    PREVIEW = "shown, from the files of the work tree"


@dataclass(frozen=True, slots=True)
class Order:
    """What this one run is to do. `stem` names the default branch; `push_to` is a remote's name."""

    destination: Destination
    branch: str | None
    stem: str
    base: str | None = None
    push_to: str | None = None
    accept: frozenset[str] = frozenset()
    accept_all: bool = False
    all_or_nothing: bool = False
    looks_first: bool = False

    def accepts(self, request: str) -> bool:
        """Whether the unproven request with this id may land."""
        return self.accept_all or request in self.accept


@dataclass(frozen=True, slots=True)
class StartingPoint:
    """What a run starts from: its files, the commit's id ("" for the work tree) and what people call it.

    `branch` is the one to commit on, `tip` where it is now (None: there is none yet). `numbered` is what the line
    numbers of requests speak of, where the branch has commits of its own already. `committed` is HEAD's tree, where the
    files are those of the work tree. `staged` gives the staged text of a path, where lines that are not are to stay.
    """

    tree: BaseTree
    commit: str
    name: str
    branch: str = ""
    tip: str | None = None
    warnings: tuple[str, ...] = ()
    work_tree: WorkTree | None = None
    numbered: BaseTree | None = None
    committed: BaseTree | None = None
    staged: Callable[[str], Document | None] | None = None


class TreeReader(Protocol):
    """What the hands for disk and git have in common."""

    def read(self, path: str) -> Entry: ...

    def standing(self, path: str) -> Standing: ...

    def refuse_filtered(self, path: str) -> None: ...

    def refuse_loss(self, path: str, data: bytes) -> None: ...


@dataclass(frozen=True, slots=True)
class Base:
    """A commit's tree or the work tree, as the pipeline wants it: what was seen once stays so for the whole run.

    Users go on working while a service is waited for. Edits hold for the text that they were made from, and whether
    that still stands on the disk is asked when it is written.
    `beside` tells what lies in the work tree beside a commit.
    """

    tree: TreeReader
    history: Callable[[str], bool] = field(default=lambda _: False)
    beside: Callable[[str], bool] = field(default=lambda _: False)
    _states: dict[str, FileState] = field(default_factory=dict)
    _standings: dict[str, Standing] = field(default_factory=dict)

    def read(self, path: str) -> FileState:
        if path not in self._states:
            try:
                entry = self.tree.read(path)
            except Refusal as refusal:
                if refusal.code is not Code.UNKNOWN_PATH or not self.beside(path):
                    raise
                said = f"{path} is in the work tree, and not in the commit that this starts from"
                raise Refusal(refusal.code, said, "commit it, or use `apply --write`") from refusal
            state = FileState(entry.document, entry.executable, entry.blob or entry.digest)
            return self._states.setdefault(path, state)  # of two threads, one is first
        return self._states[path]

    def knew(self, path: str) -> bool:
        return self.history(path)

    def refuse_filtered(self, path: str) -> None:
        self.tree.refuse_filtered(path)

    def refuse_loss(self, path: str) -> None:
        self.tree.refuse_loss(path, self.read(path).document.to_bytes())

    def standing(self, path: str) -> Standing:
        if path in self._states:
            return Standing.FILE
        if path not in self._standings:
            return self._standings.setdefault(path, self.tree.standing(path))
        return self._standings[path]


@dataclass(frozen=True, slots=True)
class Workplace:
    """An open repository; `begun` is where a run begins whose requests were read from there (inline ones are)."""

    repo: Repository
    begun: StartingPoint | None = None

    @property
    def root(self) -> Path | None:
        return self.repo.root

    def vectors(self) -> VectorFiles:
        """Where what a service has made of files of the repository is kept from run to run."""
        return vectors_of(self.repo)

    def default_remote(self) -> str:
        """The remote to push to where none is named. Raises UsageError: there is none, or several."""
        try:
            return self.repo.default_remote()
        except RepositoryError as error:
            raise UsageError(f"{error}; name one with --remote") from error

    def remote_called(self, name: str) -> str:
        """The remote that is named, before anything is done. Raises UsageError: there is none of that name."""
        try:
            return self.repo.check_remote(name)
        except RepositoryError as error:
            raise UsageError(str(error)) from error

    def starting_point(self, order: Order, settings: Settings) -> StartingPoint:
        """What the run starts from. Raises UsageError (no commit, a branch that does not fit), RepositoryError."""
        if self.begun is not None:
            return self.begun
        if order.destination in (Destination.FILES, Destination.PREVIEW):
            return self._work_tree(settings)
        try:
            head = self.repo.resolve(order.base or "HEAD")
        except RepositoryError as error:  # a wrong --base, or no commit yet: nothing was begun
            raise UsageError(str(error)) from error
        name = order.base or self.repo.current_branch() or head[:12]
        branch = order.branch or default_branch(settings.branch_prefix, order.stem)
        tip = self.repo.branch_tip(branch)
        if tip is not None and not self.repo.is_ancestor(head, tip):
            is_merged = self.repo.is_ancestor(tip, head)
            raise UsageError(
                f"the branch {branch} is merged into {name} already; remove it with `git branch -d {branch}`, or give"
                " another one with --branch"
                if is_merged
                else f"the branch {branch} is there and does not contain {name}; give another one with --branch,"
                f" or remove it, if nothing on it is wanted, with `git branch -D {branch}`"
            )
        holder = self.repo.holder_of(branch)
        if holder is not None and order.destination is Destination.BRANCH:
            raise UsageError(
                f"the branch {branch} is checked out at {holder}, and a commit on it would leave that work tree"
                " behind; give another one with --branch, or use --write"
            )
        commit = tip or head
        warnings = ("uncommitted changes of the work tree are not part of this",) if self.repo.is_dirty() else ()
        return StartingPoint(
            Base(self.repo.tree(commit, settings.max_bytes), partial(self.repo.had_file, commit), self._lies_here),
            commit,
            name,
            branch,
            tip,
            warnings,
            numbered=Base(self.repo.tree(head, settings.max_bytes)) if commit != head else None,
        )

    def _lies_here(self, path: str) -> bool:
        return self.root is not None and (self.root / path).is_file()

    def landed_before(self, start: StartingPoint, order: Order) -> dict[str, str]:
        """The requests that commits of the branch name as applied: their ids, and the commit of each."""
        if start.tip is None:
            return {}
        head = self.repo.resolve(order.base or "HEAD")
        messages = self.repo.messages(head, start.tip)
        # Newest first: of several, the last one counts.
        return {request: commit for commit, message in reversed(messages) for request in requests_in(message)}

    def changed_since(self, start: StartingPoint, request: Request, commit: str) -> bool:
        """Whether a file of the request is another one now than in the commit that applied it."""
        then, now = self.repo.tree(commit), self.repo.tree(start.commit)
        return any(then.item(path) != now.item(path) for path in request.paths)

    def _work_tree(self, settings: Settings) -> StartingPoint:
        if self.root is None:
            raise UsageError("only a work tree has files to edit, and this repository is bare")
        head = self.repo.head_tree()
        guard = head.refuse_recoded if head is not None else None
        tree = WorkTree(self.root, self.repo.git_dir, settings.max_bytes, guard, self.repo.in_git())
        committed = Base(head) if head is not None else None
        return StartingPoint(
            Base(tree, self._history_of_head()), "", "the work tree", work_tree=tree, committed=committed
        )

    def land(self, start: StartingPoint, batch: Batch, proposed: Proposed, order: Order, settings: Settings) -> Landing:
        """Make `proposed` real, as `order` says. Raises RepositoryError; a commit that is reported is on its branch.

        A push that fails is no error here: the commit stands, and the landing says why it is not at the remote.
        """
        if order.destination is Destination.FILES:
            if start.work_tree is None:
                raise ValueError("only a run that started from the work tree writes to it")
            foreign, unsaved = not_in_git(self.repo, proposed)
            written = write_files(self.repo, start.work_tree, proposed)
            return Landing(written=written, not_in_git=foreign, unsaved=unsaved)
        if order.destination is not Destination.BRANCH:
            return Landing(branch=start.branch if start.tip else None)
        commit = self._commit(start, batch, proposed, settings) if proposed.files else None
        if order.push_to is None or not (commit or start.tip):
            return Landing(commit, start.branch if commit or start.tip else None, before=start.tip)
        try:
            self.repo.push(order.push_to, start.branch)
        except RepositoryError as error:
            return Landing(commit, start.branch, not_pushed=str(error), before=start.tip)
        return Landing(commit, start.branch, order.push_to, before=start.tip)

    def _commit(self, start: StartingPoint, batch: Batch, proposed: Proposed, settings: Settings) -> str:
        message = message_of(self.repo, batch, [outcome.request for outcome in proposed.applied], settings)
        commit = self.repo.commit(start.commit, changes_of(proposed.files), message)
        self.repo.update_branch(start.branch, commit, start.tip)
        return commit

    def _history_of_head(self) -> Callable[[str], bool]:
        try:
            return partial(self.repo.had_file, self.repo.resolve("HEAD"))
        except RepositoryError:  # no commit yet
            return lambda _: False


@contextmanager
def open_workplace(
    start: Path, environ: Mapping[str, str], git_settings: Sequence[tuple[str, str]] = (), stand_in: Author = BOT
) -> Iterator[Workplace]:
    """The repository that `start` is in, closed afterwards. Raises UsageError where there is none to work on."""
    try:
        opened = Repository.discover(start.absolute(), environ, git_settings, stand_in=stand_in)
    except RepositoryError as error:
        raise UsageError(str(error)) from error
    with opened as repo:
        yield Workplace(repo)


def message_of(repo: Repository, batch: Batch, applied: Sequence[Request], settings: Settings) -> str:
    """The message of a commit for `applied`, by whom git is configured for."""
    me = repo.identity()
    return commit_message(batch, applied, signed_off_by=me if settings.signoff else None, without=me)


def changes_of(files: Sequence[FileResult]) -> list[TreeChange]:
    """What becomes of the base's tree."""
    return [change for result in files for change in _changes(result)]


def vectors_of(repo: Repository) -> VectorFiles:
    """The vectors that git's own folder keeps for us: what is not of the repository can put none there."""
    return VectorFiles(repo.common_dir / "stetbot" / "embeddings")


def default_branch(prefix: str, stem: str) -> str:
    """The branch for a file called `stem`: what is unsafe in a branch name becomes a hyphen."""
    name = re.sub(r"[^\w.+@%=-]+", "-", stem).strip("-.") or "requests"
    return prefix + name.removesuffix(".lock")


def _changes(result: FileResult) -> Iterator[TreeChange]:
    if result.renamed_from is not None:
        yield TreeChange(result.renamed_from, None)
    if result.new is None:
        yield TreeChange(result.path, None)
    else:
        mode = EXECUTABLE if result.new.executable else REGULAR
        yield TreeChange(result.path, mode, result.new.document.to_bytes(), fresh=result.old is None)
