"""The files that review comments were written on, as the commits of those days have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import Refusal
from bot.review.records import COMMIT_ID

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.github.addresses import Addresses
    from bot.repo import Repository, Tree
    from bot.review.gate import Gate
    from bot.review.records import PullRequest
    from bot.review.threads import Thread

# More commits than that nobody comments on one pull request; the comments on the rest are found by what they show.
_MOST_COMMITS = 300


class Originals:
    """By commit and path, the lines of a file; None where the server has no such commit any more, or no such text."""

    def __init__(self, repo: Repository, limit: int) -> None:
        self._repo = repo
        self._limit = limit
        self._trees: dict[str, Tree] = {}
        # Most commits have the same file: it is kept once.
        self._lines: dict[str, tuple[str, ...] | None] = {}

    def fetch(self, addresses: Addresses, pull: PullRequest, threads: Iterable[Thread], gate: Gate) -> None:
        """Have the commits that the open `threads` were begun on, also those that a push forced away.

        Only where somebody is heard: anybody else could have a thousand large files read.
        """
        open_ones = (thread for thread in threads if not thread.resolved and not thread.file_level)
        ids = (thread.original_commit for thread in open_ones if _is_heard(thread, gate))
        wanted = tuple(dict.fromkeys(commit for commit in ids if COMMIT_ID.match(commit)))[:_MOST_COMMITS]
        for commit in self._repo.fetch_those_there(addresses.git(pull.repository), wanted):
            self._trees[commit] = self._repo.tree(commit, self._limit)

    def __call__(self, commit: str, path: str) -> tuple[str, ...] | None:
        tree = self._trees.get(commit)
        item = None if tree is None else tree.item(path)
        if tree is None or item is None:
            return None
        if item.id not in self._lines:
            self._lines[item.id] = _lines(tree, path)
        return self._lines[item.id]


def _lines(tree: Tree, path: str) -> tuple[str, ...] | None:
    try:
        return tuple(tree.read(path).document.lines)
    except Refusal:  # no text of ours: the comment's own hunk has to do
        return None


def _is_heard(thread: Thread, gate: Gate) -> bool:
    return any(gate.unheard_author(comment.note) is None for comment in thread.comments)
