"""What GitHub knows of a pull request, as far as stetbot asks; made and validated at the edge, by `bot.github`."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime

_OWNER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")


@dataclass(frozen=True, slots=True)
class RepoName:
    """`owner/name`, both of characters that need no escape in a URL."""

    owner: str
    name: str

    @classmethod
    def parse(cls, text: str, place: str) -> RepoName:
        """Read `owner/name`. Raises UsageError naming `place`."""
        owner, _, name = text.partition("/")
        if not _OWNER.fullmatch(owner) or not _NAME.fullmatch(name) or name in (".", ".."):
            raise UsageError(f"{place}: {text[:120]!r} is no repository; write it as owner/name")
        return cls(owner, name)

    def __str__(self) -> str:
        return f"{self.owner}/{self.name}"


class Permission(enum.StrEnum):
    """What an account may do to a repository; maintainers count as WRITE, triagers as READ, as GitHub has it."""

    ADMIN = "admin"
    WRITE = "write"
    READ = "read"
    NONE = "none"

    @property
    def writes(self) -> bool:
        return self in (Permission.ADMIN, Permission.WRITE)


class AccountKind(enum.Enum):
    """Who stands behind a login. GONE: the account was deleted, and GitHub names nobody."""

    USER = "User"
    BOT = "Bot"
    OTHER = "other"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Account:
    """An account; `id` is its number (None where GitHub tells none)."""

    login: str
    kind: AccountKind
    id: int | None = None

    @property
    def is_bot(self) -> bool:
        return self.kind is AccountKind.BOT or self.login.endswith("[bot]")


NOBODY = Account("", AccountKind.GONE)


class PullState(enum.Enum):
    OPEN = "OPEN"
    CLOSED = "CLOSED"
    MERGED = "MERGED"


@dataclass(frozen=True, slots=True)
class Head:
    """The branch that a pull request wants merged. `repo` is None where the fork was deleted."""

    repo: RepoName | None
    branch: str
    commit: str


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A pull request. `base` is the branch it is for, `base_commit` that branch's tip as GitHub saw it last.

    `maintainers_may_push`: the author of a fork lets the base's maintainers push to the head branch.
    """

    repo: RepoName
    number: int
    id: str
    url: str
    state: PullState
    head: Head
    base: str
    base_commit: str
    author: Account
    maintainers_may_push: bool = False

    @property
    def from_fork(self) -> bool:
        return self.head.repo is None or str(self.head.repo).lower() != str(self.repo).lower()


class Side(enum.Enum):
    """Which text a thread's lines are of: the old one or the new one."""

    LEFT = "LEFT"
    RIGHT = "RIGHT"


@dataclass(frozen=True, slots=True)
class ThreadComment:
    """One comment of a review thread. `id` is GraphQL's, `number` REST's.

    `pending`: it belongs to a review that is not submitted. `edited` is when its text was last changed, if it was.
    `mine`: the account that asks wrote it.
    """

    id: str
    number: int
    url: str
    body: str
    author: Account
    created: datetime
    edited: datetime | None = None
    pending: bool = False
    reply: bool = False
    mine: bool = False
    diff_hunk: str = ""
    original_commit: str = ""


@dataclass(frozen=True, slots=True)
class Thread:
    """A review thread with all its comments. The lines are None where GitHub knows none (outdated, or a file's)."""

    id: str
    path: str
    comments: tuple[ThreadComment, ...]
    side: Side = Side.RIGHT
    start_side: Side | None = None
    line: int | None = None
    start_line: int | None = None
    original_line: int | None = None
    original_start_line: int | None = None
    file_level: bool = False
    resolved: bool = False
    outdated: bool = False
    may_resolve: bool = False
    may_reply: bool = False

    @property
    def url(self) -> str:
        """How people name the thread: the address of its first comment."""
        return self.comments[0].url if self.comments else ""


@dataclass(frozen=True, slots=True)
class TalkComment:
    """A comment on the pull request as a whole: where commands and the sticky summary stand."""

    id: str
    number: int
    url: str
    body: str
    author: Account
    created: datetime
    edited: datetime | None = None
    mine: bool = False
