"""A head that moved while the bot worked: go on upon the new one, or leave it. Never by force."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.errors import Code, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.review.records import PullRequest, Push

MOST_TRIES = 3


@dataclass(frozen=True, slots=True)
class Move:
    """The head was at `pinned` when the run began, `pull` is the pull request now, `tries` runs came to nothing."""

    pinned: str
    pull: PullRequest
    tries: int
    named: bool


def follow(move: Move, pushes: Sequence[Push], may_write: Callable[[str], bool]) -> None:
    """Return if a new run may propose on the new head; raise Refusal(head-moved) if not.

    It may where nobody without the right to write can have chosen what it would build on: in a pull request of the
    same repository, for a command that named no commit, if each push between the two heads came from a writer.
    `pushes` are the branch's activity, newest first; `may_write` takes a login.
    """
    to = move.pull.head.commit
    reason = _against(move) or _unsafe_push(move.pinned, to, pushes, may_write)
    if reason is not None:
        raise Refusal(
            Code.HEAD_MOVED,
            f"the head moved from {move.pinned[:12]} to {to[:12]} while stetbot worked, and {reason}",
            f"look at the new commits, then comment `/stetbot apply @{to}`",
        )


def _against(move: Move) -> str | None:
    if move.pull.from_fork:
        return "the pull request comes from a fork, where anybody may push what nobody here has seen"
    if move.named:
        return "the command named the commit that it was meant for"
    if move.tries >= MOST_TRIES:
        return f"that happened {move.tries} times in a row"
    return None


def _unsafe_push(old: str, new: str, pushes: Sequence[Push], may_write: Callable[[str], bool]) -> str | None:
    """Why the way from `old` to `new` is not known to be made by writers alone."""
    at = new
    for push in pushes:
        if at == old:
            return None
        if push.after != at:
            continue
        if push.by is None or not may_write(push.by.login):
            return "not every push since then came from somebody who may write here"
        at = push.before
    return None if at == old else "where the new commits came from is not known"
