"""The state of the tests' own GitHub: accounts, repositories (real, bare), pull requests, threads, comments, tokens."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from support.gitrepo import GitRepo

if TYPE_CHECKING:
    from pathlib import Path

# GitHub counts characters.
MOST_CHARACTERS = 65_536
BEGINNING = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")


@dataclass(eq=False)
class Account:
    """`kind` is GitHub's own word: User, Bot, Organization, Mannequin."""

    login: str
    id: int
    kind: str = "User"

    @property
    def node(self) -> str:
        return f"A_{self.id}"

    @property
    def rest_login(self) -> str:
        return f"{self.login}[bot]" if self.kind == "Bot" else self.login


@dataclass(eq=False)
class Token:
    """What a token may do: an account's own rights, cut down to `rights` ("contents", "pull-requests", ...)."""

    value: str
    account: Account
    rights: frozenset[str]


@dataclass(eq=False)
class Repo:
    """A repository with the permissions of its collaborators, and who moved its branches."""

    name: str
    id: int
    git: GitRepo
    permissions: dict[str, str] = field(default_factory=dict)
    fork_of: Repo | None = None
    organisation: bool = False
    activity: list[Activity] = field(default_factory=list)

    @property
    def owner(self) -> str:
        return self.name.split("/")[0]

    def permission(self, account: Account) -> str:
        return self.permissions.get(account.login, "none")

    def tip(self, branch: str) -> str:
        return self.git.tip(f"refs/heads/{branch}")


@dataclass(frozen=True)
class Activity:
    ref: str
    before: str
    after: str
    actor: Account
    at: datetime


@dataclass(eq=False)
class Comment:
    """A comment of a thread, or of the pull request as a whole. `author` None: the account is gone.

    `review`: the one that it was submitted with; None: one of its own.
    """

    id: int
    author: Account | None
    body: str
    created: datetime
    edited: datetime | None = None
    pending: bool = False
    hunk: str = ""
    original: str | None = None
    reply_to: Comment | None = None
    reactions: set[tuple[str, str]] = field(default_factory=set)
    hidden: bool = False
    review: int | None = None
    published: datetime | None = None

    @property
    def node(self) -> str:
        return f"C_{self.id}"


@dataclass(eq=False)
class Thread:
    """A review thread, anchored to `original` lines of the commit that its first comment was written on."""

    id: int
    pull: Pull
    path: str
    side: str
    lines: tuple[int, int] | None
    comments: list[Comment] = field(default_factory=list)
    start_side: str | None = None
    resolved_by: Account | None = None
    # Where the server says that the lines are now, if it has not caught up with a push.
    lines_now: tuple[int, int] | None = None

    @property
    def node(self) -> str:
        return f"T_{self.id}"


@dataclass(eq=False)
class Pull:
    """A pull request from `branch` of `source` to `base` of `repo`."""

    repo: Repo
    number: int
    source: Repo | None
    branch: str
    base: str
    author: Account
    maintainers: bool = False
    state: str = "OPEN"
    queued: bool = False
    # As if none of the tokens may write in a locked conversation: a workflow's own may not.
    locked: bool = False
    threads: list[Thread] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    reviews: list[tuple[Account, str]] = field(default_factory=list)
    requested: list[str] = field(default_factory=list)

    @property
    def node(self) -> str:
        return f"P_{self.repo.id}_{self.number}"

    # Kept by `World.sync`.
    head: str = ""
    base_then: str = ""

    @property
    def base_tip(self) -> str:
        return self.repo.tip(self.base)

    def hunks(self, path: str) -> list[Hunk]:
        """The hunks of the pull request's own diff of `path`."""
        return hunks(self.repo.git, f"{self.base_tip}...{self.head}", path)


@dataclass(frozen=True)
class Hunk:
    """One hunk of a diff: its header, its lines with their signs."""

    header: str
    old: int
    new: int
    lines: tuple[str, ...]

    def down_to(self, line: int, side: str) -> str | None:
        """The hunk down to a line of one side, as `diff_hunk` shows it; None if the line is not in it."""
        at = {"LEFT": self.old, "RIGHT": self.new}
        for number, text in enumerate(self.lines):
            sides = {"+": ("RIGHT",), "-": ("LEFT",), " ": ("LEFT", "RIGHT")}.get(text[:1], ())
            if side in sides and at[side] == line:
                return "\n".join((self.header, *self.lines[: number + 1]))
            for each in sides:
                at[each] += 1
        return None


def hunks(git: GitRepo, span: str, path: str, context: int = 3) -> list[Hunk]:
    """The hunks of a file between two commits, as git shows them."""
    return list(_hunks(git, span, path, context))


@lru_cache(maxsize=4096)
def _hunks(git: GitRepo, span: str, path: str, context: int) -> tuple[Hunk, ...]:
    text = git.git_bytes("diff", f"-U{context}", "--no-ext-diff", span, "--", path).decode("utf-8", "replace")
    found: list[tuple[str, int, int, list[str]]] = []
    for line in text.removesuffix("\n").split("\n"):
        head = _HUNK.match(line)
        if head:
            found.append((line, int(head[1]), int(head[3]), []))
        elif found:
            found[-1][3].append(line)
    return tuple(Hunk(header, old, new, tuple(lines)) for header, old, new, lines in found)


class World:
    """All of it, with a clock that moves when something happens."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.now = BEGINNING
        self.repos: dict[str, Repo] = {}
        self.pulls: list[Pull] = []
        self.tokens: dict[str, Token] = {}
        self.accounts: dict[str, Account] = {}
        self.dispatched: list[tuple[str, str, dict[str, str]]] = []
        # What a push starts: the conclusion of its workflow run, "" for one that runs; None starts nothing.
        self.checks: str | None = ""
        self._last = 100

    def number(self) -> int:
        self._last += 1
        return self._last

    def tick(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    # --- what tests build ---

    def account(self, login: str, kind: str = "User") -> Account:
        if login not in self.accounts:
            self.accounts[login] = Account(login, self.number(), kind)
        return self.accounts[login]

    def token(self, login: str, *rights: str, kind: str = "User", value: str = "") -> str:
        """A token of the account; without `rights` it has all."""
        number = self.number()
        prefix = "ghs_" if kind == "Bot" else "ghp_"
        text = value or f"{prefix}{number:036d}"
        given = frozenset(rights or ("contents", "pull-requests", "issues", "actions"))
        self.tokens[text] = Token(text, self.account(login, kind), given)
        return text

    def repo(
        self, name: str, fork_of: Repo | None = None, *, organisation: bool = False, copy_of: Path | None = None
    ) -> Repo:
        """A repository, as a copy of a bare one if said."""
        path = self.root / f"{name.replace('/', '-')}.git"
        git = bare(path) if copy_of is None else copied(copy_of, path)
        self.repos[name.lower()] = made = Repo(name, self.number(), git, {}, fork_of, organisation)
        return made

    def pull(self, repo: Repo, source: Repo, branch: str, author: str, *, maintainers: bool = False) -> Pull:
        made = Pull(repo, self.number(), source, branch, "main", self.account(author), maintainers)
        made.base_then = made.base_tip
        self.pulls.append(made)
        self.sync()
        return made

    def sync(self) -> None:
        """Let `refs/pull/N/head` follow the head branches."""
        for pull in self.pulls:
            if pull.source is not None:
                tip = pull.source.tip(pull.branch)
                if tip == pull.head:
                    continue
                ref = f"refs/pull/{pull.number}/head"
                if pull.source is pull.repo:
                    run(pull.repo, "update-ref", ref, tip)
                else:
                    span = f"+refs/heads/{pull.branch}:{ref}"
                    pull.repo.git.git("fetch", "-q", "--no-tags", str(pull.source.git.path), span)
                pull.head = tip

    def pushed(self, repo: Repo, before: dict[str, str], actor: Account) -> None:
        """Note what a push changed: `before` are the branches as they were."""
        for ref, commit in branches(repo).items():
            if before.get(ref) != commit:
                repo.activity.append(Activity(ref, before.get(ref, "0" * 40), commit, actor, self.tick()))
        self.sync()

    def find_pull(self, repo: Repo, number: int) -> Pull | None:
        return next((pull for pull in self.pulls if pull.repo is repo and pull.number == number), None)

    def thread(
        self, pull: Pull, login: str | None, path: str, line: int | None, body: str, *,
        start: int | None = None, side: str = "RIGHT", start_side: str | None = None, pending: bool = False,
    ) -> Thread:  # fmt: skip
        """A review comment on lines of the pull request's diff (None: on the file) begins a thread."""
        hunk = ""
        if line is not None:
            shown = (hunk.down_to(line, side) for hunk in pull.hunks(path))
            hunk = next((text for text in shown if text is not None), "")
            assert hunk, f"line {line} of {path} is not in the diff"
        lines = None if line is None else (start or line, line)
        made = Thread(self.number(), pull, path, side, lines, start_side=start_side)
        author = None if login is None else self.account(login)
        made.comments.append(
            Comment(self.number(), author, body, self.tick(), pending=pending, hunk=hunk, original=pull.head)
        )
        pull.threads.append(made)
        return made

    def reply(self, thread: Thread, account: Account, body: str) -> Comment:
        first = thread.comments[0]
        made = Comment(
            self.number(), account, body, self.tick(), hunk=first.hunk, original=first.original, reply_to=first
        )
        thread.comments.append(made)
        return made

    def say(self, pull: Pull, login: str, body: str) -> Comment:
        made = Comment(self.number(), self.account(login), body, self.tick())
        pull.comments.append(made)
        return made

    def submit(self, comment: Comment) -> None:
        """A draft is submitted."""
        comment.pending, comment.published = False, self.tick()

    def edit(self, comment: Comment, body: str) -> None:
        comment.body, comment.edited = body, self.tick()

    # --- what follows from it ---

    def may_write(self, account: Account, repo: Repo) -> bool:
        return repo.permission(account) in ("admin", "maintain", "write")

    def may_push(self, token: Token, repo: Repo) -> bool:
        """Own right, or that of a base repository's maintainer on a fork that lets them."""
        if "contents" not in token.rights:
            return False
        if self.may_write(token.account, repo):
            return True
        return not repo.organisation and any(
            pull.source is repo and pull.maintainers and pull.state == "OPEN"
            and self.may_write(token.account, pull.repo)
            for pull in self.pulls
        )  # fmt: skip

    def present_lines(self, thread: Thread) -> tuple[int, int] | None:
        """Where the thread's lines are at the head; None if they changed since, or the thread has none."""
        first = thread.comments[0]
        if thread.lines_now is not None:
            return thread.lines_now
        if thread.lines is None or thread.side == "LEFT" or first.original is None:
            return thread.lines
        git, (start, last) = thread.pull.repo.git, thread.lines
        try:
            changed = hunks(git, f"{first.original}..{thread.pull.head}", thread.path, 0)
        except AssertionError:  # the commit is collected
            return None
        shift = 0
        for hunk in changed:
            removed = sum(line.startswith("-") for line in hunk.lines)
            added = sum(line.startswith("+") for line in hunk.lines)
            # With nothing removed, the header names the line above.
            top = hunk.old if removed else hunk.old + 1
            bottom = hunk.old + removed - 1 if removed else hunk.old
            if top > last:
                break
            if (removed and bottom >= start) or (not removed and start < top <= last):
                return None
            shift += added - removed
        return start + shift, last + shift


def bare(path: Path) -> GitRepo:
    """An empty bare repository that can be served."""
    git = GitRepo(path, bare=True)
    git.git("config", "http.receivepack", "true")
    git.git("config", "uploadpack.allowAnySHA1InWant", "true")
    return git


def copied(source: Path, path: Path) -> GitRepo:
    """A copy of a repository: quicker than to build it again."""
    shutil.copytree(source, path)
    return GitRepo(path, identity=False, init=False)


def branches(repo: Repo) -> dict[str, str]:
    """Each branch and its commit."""
    folder = repo.git.git_dir
    if not (folder / "packed-refs").exists():
        files = sorted(file for file in (folder / "refs" / "heads").rglob("*") if file.is_file())
        return {file.relative_to(folder).as_posix(): file.read_text(encoding="utf-8").strip() for file in files}
    lines = repo.git.git("for-each-ref", "--format=%(refname) %(objectname)", "refs/heads").split("\n")
    return dict(line.split() for line in lines if line)


def iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def run(repo: Repo, *arguments: str, stdin: bytes = b"", index: Path | None = None) -> str:
    """Git in a repository of the world, with an index of its own if said."""
    more = {} if index is None else {"GIT_INDEX_FILE": str(index)}
    done = subprocess.run(
        ["git", *arguments], cwd=repo.git.path, env=repo.git.environment | more, input=stdin, capture_output=True,
        check=True,
    )  # fmt: skip
    return done.stdout.decode().strip()
