"""Review threads become requests: the same that the saved comments of `bot.requests.comments` make, behind the gate.

What nobody has to hear about (a resolved thread, an unsubmitted review, a comment of a bot, or of somebody who may not
write here) is left alone and counted, unless its thread was named: then it is a refusal. So no stranger's comment makes
a run look as if it had failed, or pushes what others asked for out of the lists.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.errors import Code
from bot.requests.comments import Anchor, Comment, author_of, request_of_comment, request_of_talk
from bot.requests.identity import with_ordinals
from bot.requests.source import path_problem, unix_lines
from bot.review.commands import TRIGGER
from bot.review.records import Kind
from bot.review.state import is_ours
from bot.review.threads import Side

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.asks import Request
    from bot.review.gate import Gate, Trigger
    from bot.review.threads import TalkComment, Thread, ThreadComment

# The lines of a file, by commit and path, where they can be had.
Originals = Callable[[str, str], tuple[str, ...] | None]
NOREPLY = "users.noreply.github.com"
_QUIET = frozenset({Code.RESOLVED, Code.BOT_AUTHOR, Code.PENDING_REVIEW, Code.NO_PERMISSION})
_NOT_TEXT = re.compile("[\0\ud800-\udfff]")


def no_originals(commit: str, path: str) -> tuple[str, ...] | None:
    """What there is where no commit can be read."""
    del commit, path
    return None


@dataclass(frozen=True, slots=True)
class Scope:
    """Whom and what a run hears: the gate, the trigger, and the comments whose threads a command names (none: all).

    `noreply` is the domain of the server's own mail addresses; `originals` has the files that comments were written on.
    `alone`: of the threads that are named, only the named comments are meant.
    """

    gate: Gate
    trigger: Trigger
    named: frozenset[int] = frozenset()
    noreply: str = NOREPLY
    originals: Originals = no_originals
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, the thread that it stands in (None: the pull request as a whole), and its comment."""

    request: Request
    thread: Thread | None
    comment: ThreadComment | TalkComment

    @property
    def place(self) -> str:
        """Where it stands: the ids of a thread, or of the comment."""
        return self.comment.node if self.thread is None else self.thread.id


@dataclass(frozen=True, slots=True)
class Gathered:
    """All that the threads ask for, in their order, and what was left alone: its code and address.

    `beside`: what the named threads ask for beside the comments that alone were meant.
    """

    asked: tuple[Asked, ...]
    left: tuple[tuple[Code, str], ...] = ()
    beside: tuple[Asked, ...] = ()

    @property
    def asks(self) -> bool:
        """Whether there is a request that passed the gate."""
        return any(asked.request.refusal is None or asked.request.refusal[0] not in _QUIET for asked in self.asked)

    @property
    def requests(self) -> tuple[Request, ...]:
        return tuple(asked.request for asked in self.asked)

    @property
    def left_alone(self) -> str:
        """What was left alone, as a sentence; "" where nothing was."""
        codes = sorted(code.value for code, _ in self.left)
        counts = ", ".join(f"{codes.count(code)} {code}" for code in dict.fromkeys(codes))
        return f"Left alone: {counts}." if counts else ""


def gather(threads: Iterable[Thread], scope: Scope) -> Gathered:
    """The requests of the threads, those that are refused at the gate with their refusal."""
    found: list[Asked] = []
    left: list[tuple[Code, str]] = []
    beside: list[Asked] = []
    for thread in threads:
        named = any(comment.note.id in scope.named for comment in thread.comments)
        if scope.named and not named:
            continue
        for asked in _asked(thread, scope):
            refusal = asked.request.refusal
            if scope.alone and asked.comment.note.id not in scope.named:
                beside += [] if refusal is not None and refusal[0] in _QUIET else [asked]
            elif refusal is not None and refusal[0] in _QUIET and not named:
                left.append((refusal[0], asked.comment.note.url))
            else:
                found.append(asked)
    numbered = with_ordinals(asked.request for asked in found)
    return Gathered(
        tuple(replace(asked, request=request) for asked, request in zip(found, numbered, strict=True)),
        tuple(left),
        tuple(beside),
    )


def gather_talk(comment: TalkComment, scope: Scope, among: tuple[str, ...]) -> Gathered:
    """The one request that a comment on the pull request as a whole makes, of one of the files `among`."""
    note = comment.note
    author = None if note.author is None else author_of(note.author.login, note.author.id, scope.noreply)
    request = request_of_talk(note.url, unix_lines(note.body), author, among)
    unheard = scope.gate.unheard(note, scope.trigger)
    refusal: tuple[Code, str] | None = None
    if unheard is not None:
        refusal = unheard.code, unheard.reason
    elif only_commands(note.body):
        refusal = Code.AMBIGUOUS, "the comment is a command itself"
    elif _NOT_TEXT.search(note.body):
        refusal = Code.AMBIGUOUS, "its text holds characters that no file has"
    if refusal is not None:
        request = replace(request, parts=(), refusal=refusal, remedy="")
    return Gathered((Asked(request, None, comment),))


def only_commands(body: str) -> bool:
    """Whether a comment says nothing but commands."""
    lines = [line for line in unix_lines(body).split("\n") if line.strip()]
    return bool(lines) and all(line.split()[0] == TRIGGER for line in lines)


def _asked(thread: Thread, scope: Scope) -> Iterator[Asked]:
    for comment in thread.comments:
        note = comment.note
        if is_ours(note.body) or only_commands(note.body) or note.created_at > scope.trigger.at:
            continue
        refusal = _refusal(thread, comment, scope)
        # No file is read for who is not heard.
        file = scope.originals(thread.original_commit, thread.path) if refusal is None else None
        request = request_of_comment(_comment(thread, comment, file, scope.noreply))
        if request is None:
            continue
        if refusal is not None:
            request = replace(request, parts=(), refusal=refusal, remedy="")
        yield Asked(request, thread, comment)


def _refusal(thread: Thread, comment: ThreadComment, scope: Scope) -> tuple[Code, str] | None:
    if comment.pending:
        return Code.PENDING_REVIEW, "the review that this comment belongs to is not submitted"
    unheard = scope.gate.unheard(comment.note, scope.trigger)
    if unheard is not None:
        return unheard.code, unheard.reason
    if thread.resolved or comment.note.hidden:
        return Code.RESOLVED, "the thread is resolved" if thread.resolved else "the comment is hidden"
    if path_problem(thread.path) or _NOT_TEXT.search(comment.note.body):
        return Code.AMBIGUOUS, "its path or text holds characters that no file has"
    return None


def _comment(thread: Thread, comment: ThreadComment, file: tuple[str, ...] | None, noreply: str) -> Comment:
    """`file` has the lines of the thread's file at the commit that it was begun on."""
    anchor = Anchor(
        thread.line,
        thread.start_line,
        thread.original_line,
        thread.original_start_line,
        comment.diff_hunk,
        thread.original_commit,
    )
    original = anchor.original(file)
    author = comment.note.author
    return Comment(
        key=comment.note.url,
        place=comment.note.url,
        path=thread.path,
        body=unix_lines(comment.note.body),
        author=None if author is None else author_of(author.login, author.id, noreply),
        bot=author is not None and author.kind is Kind.BOT,
        reply=comment.reply,
        file_level=thread.file_level,
        left=Side.LEFT in (thread.side, thread.start_side),
        # The server's numbers are those of a head, which need not be the one that the run works on.
        lines=None if original is None else anchor.lines(),
        original=original,
        anchor=str(anchor),
    )
