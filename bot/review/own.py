"""What stetbot itself has pushed before: a run that was cut off between the push and the answers is finished by it.

Anybody can write a commit that says what ours say. So a message counts only where the server's own record of pushes
says that this account brought the commit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.message import requests_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.review.records import Commit, Push

# A push of ours has a commit, or one for each request, of up to fifty.
_MOST_IN_A_PUSH = 50


def landed_requests(pushes: Sequence[Push], commits: Sequence[Commit], me: str) -> dict[str, str]:
    """The requests (by id) that commits which `me` pushed say they apply, each with the newest such commit.

    `commits` are those of the pull request, oldest first.
    """
    places = {commit.id: number for number, commit in enumerate(commits)}
    own = sorted({number for push in pushes if _is_by(push, me) for number in _brought(push, places)})
    return {request: commits[number].id for number in own for request in requests_in(commits[number].message)}


def _is_by(push: Push, me: str) -> bool:
    return push.by is not None and push.by.login.casefold() == me.casefold()


def _brought(push: Push, places: dict[str, int]) -> Iterator[int]:
    """The commits of a push. Where it did not go on from one that is there, its tip alone is known to be of it."""
    tip, before = places.get(push.after), places.get(push.before)
    if tip is None:
        return
    yield from range(max(before + 1, tip - _MOST_IN_A_PUSH) if before is not None and before < tip else tip, tip + 1)
