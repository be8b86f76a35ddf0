"""Review threads become requests: the same that the saved comments of `bot.requests.comments` make, behind a gate.

Who may ask is decided before what is asked is read: a comment by somebody without write access feeds neither an engine
nor a model. What nobody has to hear about (a resolved thread, a bot's comment, an unsubmitted review) is left alone and
counted, unless its thread was named: then it is a refusal.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.errors import Code
from bot.pulls.records import Side
from bot.requests.comments import Anchor, Comment, author_of, request_of_comment
from bot.requests.identity import with_ordinals
from bot.requests.source import path_problem, unix_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from bot.model import Request
    from bot.pulls.records import Account, Thread, ThreadComment

COMMAND = re.compile(r"[ ]{0,3}/stetbot\b")
MARKER = "<!-- stetbot"
_UNPRINTABLE = re.compile("[\0\ud800-\udfff]")

# Said only where the thread was named.
_QUIET = frozenset({Code.RESOLVED, Code.BOT_AUTHOR, Code.PENDING_REVIEW})


@dataclass(frozen=True, slots=True)
class Gate:
    """Whose comments count, and until when.

    `may_write` is asked for each author once at most by its owner. `trigger`: a comment that was written after it does
    not belong to the run, one that was edited after it is refused. `named` holds the addresses of the threads that a
    command names; without any, all are meant. `noreply` is the domain of GitHub's own mail addresses.
    """

    may_write: Callable[[Account], bool]
    trigger: datetime | None = None
    named: frozenset[str] = frozenset()
    noreply: str = "users.noreply.github.com"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, the thread that it stands in, and its comment."""

    request: Request
    thread: Thread
    comment: ThreadComment


@dataclass(frozen=True, slots=True)
class Gathered:
    """All that the threads ask for, in their order, and what was left alone: its code and address."""

    asked: tuple[Asked, ...]
    left: tuple[tuple[Code, str], ...] = ()

    @property
    def requests(self) -> tuple[Request, ...]:
        return tuple(asked.request for asked in self.asked)


def gather(threads: Iterable[Thread], gate: Gate) -> Gathered:
    """The requests of the threads that `gate` lets through, and those that it refuses."""
    found: list[Asked] = []
    left: list[tuple[Code, str]] = []
    for thread in threads:
        named = not gate.named.isdisjoint(comment.url for comment in thread.comments)
        if gate.named and not named:
            continue
        for asked in _asked(thread, gate):
            refusal = asked.request.refusal
            if refusal is not None and refusal[0] in _QUIET and not named:
                left.append((refusal[0], asked.comment.url))
            else:
                found.append(asked)
    numbered = with_ordinals(asked.request for asked in found)
    return Gathered(
        tuple(replace(asked, request=request) for asked, request in zip(found, numbered, strict=True)), tuple(left)
    )


def _asked(thread: Thread, gate: Gate) -> Iterator[Asked]:
    for comment in thread.comments:
        if MARKER in comment.body or only_commands(comment.body):
            continue
        if gate.trigger is not None and comment.created > gate.trigger:
            continue
        refusal = _refusal(thread, comment, gate)
        request = request_of_comment(_comment(thread, comment, gate.noreply))
        if request is None:
            continue
        if refusal is not None:
            request = replace(request, parts=(), refusal=refusal)
        yield Asked(request, thread, comment)


def only_commands(body: str) -> bool:
    """Whether a comment says nothing but commands to stetbot."""
    lines = [line for line in unix_lines(body).split("\n") if line.strip()]
    return bool(lines) and all(COMMAND.match(line) for line in lines)


def _refusal(thread: Thread, comment: ThreadComment, gate: Gate) -> tuple[Code, str] | None:
    late = gate.trigger is not None and comment.edited is not None and comment.edited > gate.trigger
    who = comment.author.login or "whoever wrote this"
    # The right to write is asked for last: it costs a request.
    reasons: tuple[tuple[Code, str, Callable[[], bool]], ...] = (
        (Code.PENDING_REVIEW, "the review that this comment belongs to is not submitted", lambda: comment.pending),
        (Code.BOT_AUTHOR, "a bot wrote this comment", lambda: comment.author.is_bot),
        (Code.RESOLVED, "the thread is resolved", lambda: thread.resolved),
        (Code.EDITED_AFTER_TRIGGER, "the comment was edited after the command was given", lambda: late),
        (
            Code.AMBIGUOUS,
            "the comment's path or text holds characters that no file has",
            lambda: bool(path_problem(thread.path) or _UNPRINTABLE.search(comment.body)),
        ),
        (
            Code.NO_PERMISSION,
            f"{who} has no write access to the repository",
            lambda: not gate.may_write(comment.author),
        ),
    )
    return next(((code, reason) for code, reason, holds in reasons if holds()), None)


def _comment(thread: Thread, comment: ThreadComment, noreply: str) -> Comment:
    anchor = Anchor(
        thread.line,
        thread.start_line,
        thread.original_line,
        thread.original_start_line,
        comment.diff_hunk,
        comment.original_commit,
    )
    return Comment(
        key=comment.url,
        place=comment.url,
        path=thread.path,
        body=unix_lines(comment.body),
        author=author_of(comment.author.login, comment.author.id, noreply),
        bot=comment.author.is_bot,
        reply=comment.reply,
        file_level=thread.file_level,
        left=Side.LEFT in (thread.side, thread.start_side),
        lines=anchor.lines(),
        original=anchor.original(),
        anchor=str(anchor),
    )
