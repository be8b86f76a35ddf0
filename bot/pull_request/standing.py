"""What earlier runs have applied, and what of it the head still has: a branch can be forced back, a commit reverted."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from bot.errors import RepositoryError
from bot.github.reading import MOST_COMMITS
from bot.pull_request.occasion import state_of

if TYPE_CHECKING:
    from bot.github.addresses import Addresses
    from bot.pull_request.occasion import Occasion
    from bot.repo import Repository
    from bot.review.gathering import Asked


def still_applied(repo: Repository, addresses: Addresses, occasion: Occasion) -> dict[str, str]:
    """The requests (by id) that answers or pushes of this account say it has applied, each with its commit.

    Not those whose commit the head has lost. Nor those whose thread was resolved then and is open again, if its file is
    another one by now: who opened it wants it done.
    """
    answered = {(answer.comment, answer.digest): answer.commit for answer in occasion.answers() if answer.commit}
    settled = frozenset(state_of(occasion.talk).settled)
    found: dict[str, str] = {}
    for asked in occasion.gathered.asked:
        commit = answered.get((asked.comment.note.id, asked.request.digest))
        if commit is None or not _is_in_head(repo, occasion, commit):
            commit = occasion.pushed.get(asked.request.id)
        if commit is None:
            continue
        opened_again = asked.thread is not None and not asked.thread.resolved and asked.comment.note.id in settled
        if not (opened_again and _is_changed(repo, addresses, occasion, asked, commit)):
            found[asked.request.id] = commit
    return found


def _is_in_head(repo: Repository, occasion: Occasion, commit: str) -> bool:
    """Whether the head has the commit; what neither GitHub nor git here can tell counts as yes."""
    if commit in occasion.commits:
        return True
    known = len(occasion.commits) < MOST_COMMITS
    try:
        # One that the base has by now is none of the pull request's own.
        return repo.is_ancestor(commit, occasion.pull.head.commit) or not known
    except RepositoryError:  # it is not here
        return not known


def _is_changed(repo: Repository, addresses: Addresses, occasion: Occasion, asked: Asked, commit: str) -> bool:
    """Whether a file of the request is another one at the head than in `commit`."""
    repo.fetch_those_there(addresses.git(occasion.pull.repository), (commit,))
    with suppress(RepositoryError):
        then, now = repo.tree(commit), repo.tree(occasion.pull.head.commit)
        paths = {part.path for part in asked.request.parts}
        return any(then.item(path) != now.item(path) for path in paths)
    return True
