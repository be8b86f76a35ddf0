"""Review threads, and comments on the pull request as a whole, as one answer of the server said."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.review.records import Note


class Side(enum.Enum):
    """Which text a thread's lines are of: the old one or the new one."""

    LEFT = "LEFT"
    RIGHT = "RIGHT"


@dataclass(frozen=True, slots=True)
class ThreadComment:
    """A comment in a review thread. `node` is its id for GraphQL; `mine`: the account that asks wrote it.

    `pending`: it belongs to a review that is not submitted. `original_commit` is "" where the server has collected it.
    `begun`: that account has marked it as seen. `review` is the id of the review that it came with.
    """

    note: Note
    node: str
    mine: bool = False
    pending: bool = False
    reply: bool = False
    diff_hunk: str = ""
    original_commit: str = ""
    begun: bool = False
    review: int | None = None


@dataclass(frozen=True, slots=True)
class Thread:
    """A review thread with all its comments. The lines are None where the server knows none (outdated, a file's)."""

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
    def original_commit(self) -> str:
        """The commit that the original lines are of: the one that the thread was begun on."""
        return self.comments[0].original_commit if self.comments else ""


@dataclass(frozen=True, slots=True)
class TalkComment:
    """A comment on the pull request as a whole: where commands and the sticky summary stand."""

    note: Note
    node: str
    mine: bool = False
    begun: bool = False
