"""The gate: who feeds the bot, and what is let through, decided over records alone.

Only people who may write to the repository are heard: their comments become requests, their commands are obeyed. All
else stands beside the pull request and never reaches a model, a merge or a shell.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.errors import Code, Refusal
from bot.review.commands import read_command
from bot.review.records import Kind, Lifecycle, Note, Permission
from bot.review.state import is_ours

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from bot.review.commands import Command
    from bot.review.records import PullRequest
    from bot.review.threads import TalkComment, Thread, ThreadComment

DEFAULT_RUNS_PER_HOUR = 10
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Trigger:
    """What began this run: when it was said, and the head that its author saw (None: the event does not tell)."""

    at: datetime
    head: str | None = None


@dataclass(frozen=True, slots=True)
class Unheard:
    """Why a comment is not taken. `loud`: its author deserves an answer; the rest is passed over in silence."""

    code: Code
    reason: str
    loud: bool = False


@dataclass(frozen=True, slots=True)
class Gate:
    """Who is who on this pull request: the bot's own login, and what each login (in lower case) may do."""

    me: str
    permissions: Mapping[str, Permission]

    def unheard(self, note: Note, trigger: Trigger) -> Unheard | None:
        """Why `note` must not feed this run; None if it may.

        The body that is judged must be the one that is used: a comment is read once, and what was edited after the
        trigger, or in the same second, is another one than the person who triggered has seen.
        """
        speaker = self.unheard_author(note)
        if speaker is not None:
            return speaker
        if note.created_at > trigger.at:
            return Unheard(Code.EDITED_AFTER_TRIGGER, "it was written after the command that this run answers")
        if note.edited_at is not None and note.edited_at >= trigger.at:
            return Unheard(
                Code.EDITED_AFTER_TRIGGER, "it was edited after the command that this run answers", loud=True
            )
        return None

    def unheard_author(self, note: Note) -> Unheard | None:
        """Why whoever wrote `note` is not listened to, whatever it says; None if they are."""
        author = note.author
        if author is None:
            return Unheard(Code.NO_PERMISSION, "its author's account is gone")
        # A bot that posts with a person's token has that person's login: what it wrote is known by its marker.
        if author.login.casefold() == self.me.casefold() and is_ours(note.body):
            return Unheard(Code.BOT_AUTHOR, "stetbot wrote it itself")
        if is_ours(note.body):
            return Unheard(Code.BOT_AUTHOR, "it carries a marker of stetbot's own answers")
        if author.kind is not Kind.USER or author.login.endswith("[bot]"):
            return Unheard(Code.BOT_AUTHOR, "it was not written by a person")
        if not self.may_write(author.login):
            return Unheard(Code.NO_PERMISSION, "its author may not write to this repository")
        return None

    def may_write(self, login: str) -> bool:
        return self.permissions.get(login.casefold(), Permission.NONE).may_write

    def may_push(self, login: str) -> bool:
        """Whether what this login has pushed may be built upon: the bot itself pushes what writers have asked for."""
        return login.casefold() == self.me.casefold() or self.may_write(login)


@dataclass(frozen=True, slots=True)
class Given:
    """A command, and the comment that gives it. `thread` is the review thread that it stands in, if it does."""

    command: Command
    comment: TalkComment | ThreadComment
    thread: Thread | None = None

    @property
    def note(self) -> Note:
        return self.comment.note


def given_in(talk: Iterable[TalkComment], threads: Iterable[Thread]) -> Iterator[Given]:
    """The commands that stand in a pull request, whoever gave them, in no order."""
    for comment in talk:
        command = read_command(comment.note.body)
        if command is not None:
            yield Given(command, comment)
    for thread in threads:
        for reply in thread.comments:
            command = read_command(reply.note.body)
            if command is not None and not reply.pending:
                yield Given(command, reply, thread)


def obeyed(given: Iterable[Given], answered: Iterable[int], gate: Gate) -> tuple[Given, ...]:
    """Those commands that people who are heard gave and that wait for an answer, oldest first.

    One that was edited is none: it can say what its author never said, or what nobody was there to see. One that
    somebody has hidden is taken back.
    """
    known = frozenset(answered)
    open_ones = (each for each in given if not each.note.hidden)
    waiting = (each for each in open_ones if each.note.id not in known and each.note.edited_at is None)
    heard = (each for each in waiting if gate.unheard_author(each.note) is None)
    return tuple(sorted(heard, key=lambda each: (each.note.created_at, each.note.id)))


def check_open(pull: PullRequest) -> None:
    """Raise Refusal (pr-closed, cannot-push) where nothing can land any more."""
    if pull.lifecycle is not Lifecycle.OPEN:
        queued = pull.lifecycle is Lifecycle.QUEUED
        to_do = "take it out of the queue first" if queued else "reopen it, or open another one"
        raise Refusal(Code.PR_CLOSED, f"the pull request is {pull.lifecycle.value}", to_do)
    if pull.head.repository is None:
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
