"""What the door of a pull request knows of it, whoever read it: an event, or the server's answers."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

COMMIT_ID = re.compile(r"[0-9a-f]{40}\Z")
_OWNER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}\Z")
_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}\Z")


@dataclass(frozen=True, slots=True)
class RepositoryName:
    """`owner/name`, safe to build a URL path from."""

    owner: str
    name: str

    @classmethod
    def parse(cls, text: str) -> RepositoryName | None:
        """The name that `text` is; None for anything that could be taken for another path."""
        owner, mark, name = text.partition("/")
        if not mark or not _OWNER.match(owner) or not _NAME.match(name) or name in (".", ".."):
            return None
        return cls(owner, name)

    def __str__(self) -> str:
        return f"{self.owner}/{self.name}"

    def is_same(self, other: RepositoryName | None) -> bool:
        """Whether both name one repository: GitHub takes no notice of case."""
        return other is not None and str(self).casefold() == str(other).casefold()


class Kind(enum.Enum):
    """What kind of account somebody is. Only a user is a person; an organisation, a mannequin or a ghost is not."""

    USER = "user"
    BOT = "bot"
    OTHER = "other"

    @classmethod
    def of(cls, type_name: str, login: str) -> Kind:
        """By GitHub's `type` (or `__typename`) and the login: Apps end in `[bot]` even where the type is not given."""
        if type_name == "Bot" or login.endswith("[bot]"):
            return cls.BOT
        return cls.USER if type_name == "User" else cls.OTHER


@dataclass(frozen=True, slots=True)
class Person:
    """Who wrote or did something."""

    login: str
    kind: Kind
    id: int | None = None


class Permission(enum.Enum):
    """What somebody may do to the repository, as the collaborators endpoint says (`maintain` is WRITE there)."""

    NONE = "none"
    READ = "read"
    WRITE = "write"
    ADMIN = "admin"

    @classmethod
    def parse(cls, text: str) -> Permission:
        """What is not known counts as nothing."""
        return cls(text) if text in {member.value for member in cls} else cls.NONE

    @property
    def may_write(self) -> bool:
        return self in (Permission.WRITE, Permission.ADMIN)


class Lifecycle(enum.Enum):
    """Where a pull request is in its life."""

    OPEN = "open"
    CLOSED = "closed"
    MERGED = "merged"
    QUEUED = "queued to merge"


@dataclass(frozen=True, slots=True)
class Ref:
    """One end of a pull request: a branch at a commit. `repository` None: the fork is deleted."""

    repository: RepositoryName | None
    branch: str
    commit: str


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A pull request of `repository`, as one answer of the server said; `author` is the login of who opened it."""

    repository: RepositoryName
    number: int
    lifecycle: Lifecycle
    base: Ref
    head: Ref
    maintainer_can_modify: bool = False
    author: str | None = None

    @property
    def from_fork(self) -> bool:
        return not self.repository.is_same(self.head.repository)


@dataclass(frozen=True, slots=True)
class Note:
    """A comment with a date: one on the pull request itself, or (`thread` is its thread's id) in a review thread.

    `author` None is an account that is gone. `edited_at` is the last edit after writing, None if there was none.
    `hidden`: somebody who may has folded it away.
    """

    id: int
    author: Person | None
    body: str
    created_at: datetime
    edited_at: datetime | None = None
    thread: str | None = None
    url: str = ""
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit of a pull request, and its message."""

    id: str
    message: str


@dataclass(frozen=True, slots=True)
class Push:
    """One entry of a repository's activity: who moved the branch from where to where."""

    by: Person | None
    before: str
    after: str
