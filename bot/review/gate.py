"""The gate: whose commands are obeyed, and what is let through, decided over records alone.

Only people who may write to the repository are heard. All else stands beside the pull request and never reaches a
model, a merge or a shell. (Whose *comments* become requests is decided by the same rule in `bot.pulls.requests`.)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.errors import Code, Refusal
from bot.pulls.records import AccountKind, PullState
from bot.review.commands import read_command
from bot.review.state import is_ours

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from bot.pulls.records import Account, PullRequest, TalkComment, Thread, ThreadComment
    from bot.review.commands import Command

DEFAULT_RUNS_PER_HOUR = 10
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Given:
    """A command, and the comment that gives it. `thread` is the review thread that it stands in, if it does."""

    command: Command
    comment: TalkComment | ThreadComment
    thread: Thread | None = None

    @property
    def at(self) -> datetime:
        return self.comment.created


@dataclass(frozen=True, slots=True)
class Unheard:
    """Why somebody is not listened to."""

    code: Code
    reason: str


def given_in(talk: Iterable[TalkComment], threads: Iterable[Thread]) -> Iterator[Given]:
    """The commands that stand in a pull request, whoever gave them, in no order."""
    for comment in talk:
        command = read_command(comment.body)
        if command is not None:
            yield Given(command, comment)
    for thread in threads:
        for reply in thread.comments:
            command = read_command(reply.body)
            if command is not None and not reply.pending:
                yield Given(command, reply, thread)


def obeyed(given: Iterable[Given], answered: Iterable[int], may_write: Callable[[Account], bool]) -> tuple[Given, ...]:
    """Those commands that wait for an answer from here, oldest first.

    One that was edited is none: it can say what its author never said, or what nobody was there to see.
    """
    known = frozenset(answered)
    waiting = (each for each in given if each.comment.number not in known and each.comment.edited is None)
    heard = (each for each in waiting if unheard(each.comment, may_write) is None)
    return tuple(sorted(heard, key=lambda each: (each.at, each.comment.number)))


def unheard(comment: TalkComment | ThreadComment, may_write: Callable[[Account], bool]) -> Unheard | None:
    """Why whoever wrote `comment` is not listened to, whatever it says; None if they are.

    `may_write` is asked last: it costs a request.
    """
    author = comment.author
    # A bot that posts with a person's token has that person's login: what it wrote is known by its marker.
    if is_ours(comment.body):
        return Unheard(Code.BOT_AUTHOR, "it carries the marker of stetbot's own answers")
    if author.kind is AccountKind.GONE:
        return Unheard(Code.NO_PERMISSION, "its author's account is gone")
    if author.kind is not AccountKind.USER or author.is_bot:
        return Unheard(Code.BOT_AUTHOR, "it was not written by a person")
    if not may_write(author):
        return Unheard(Code.NO_PERMISSION, "its author may not write to this repository")
    return None


def same_command(event_body: str, fetched: TalkComment | ThreadComment | None) -> bool:
    """Whether the command that the event brought still stands as it was given; a deleted one was taken back."""
    return fetched is not None and fetched.edited is None and fetched.body == event_body


def check_open(pull: PullRequest) -> None:
    """Raise Refusal (pr-closed, cannot-push) where nothing can land any more."""
    if pull.state is not PullState.OPEN:
        raise Refusal(Code.PR_CLOSED, f"the pull request is {pull.state.value.lower()}", "reopen it, or open another")
    if pull.head.repo is None:
        raise Refusal(Code.CANNOT_PUSH, "the fork that the pull request came from is gone", "open another one")


def check_head(pull: PullRequest, wanted: str | None) -> None:
    """Raise Refusal(head-moved) unless the head is the commit that the command named, if it named one."""
    if wanted is not None and pull.head.commit != wanted:
        raise Refusal(
            Code.HEAD_MOVED,
            f"the command names {wanted[:12]}, and the head is {pull.head.commit[:12]}",
            "look at the new commits, then name that one",
        )


def check_runs(earlier: Sequence[datetime], now: datetime, per_hour: int = DEFAULT_RUNS_PER_HOUR) -> None:
    """Raise Refusal(rate-limited) if this pull request had its runs for the hour."""
    recent = sorted(at for at in earlier if now - at < _HOUR)
    if len(recent) >= per_hour:
        free = recent[len(recent) - per_hour] + _HOUR
        raise Refusal(
            Code.RATE_LIMITED,
            f"stetbot ran {len(recent)} times on this pull request within an hour, and may {per_hour} times",
            f"run again after {free:%H:%M} UTC, or raise max-runs-per-hour",
        )
