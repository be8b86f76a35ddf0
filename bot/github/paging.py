"""The pages of GraphQL connections: all are read, or it is an error; smaller ones where GitHub fails at a large one."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from bot.github.client import GitHubError, Trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bot.json_node import Node

T = TypeVar("T")
# Of threads, of comments in a thread, of comments on a pull request.
_MOST_ITEMS = 10_000
# How many on a page: threads with so many comments of each, or comments. GitHub gives up on a page that takes it ten
# seconds; and ten of the longest comments there can be have to fit into what is read of an answer.
THREAD_SIZES = ((100, 50), (10, 50), (1, 10))
COMMENT_SIZES = (100, 10)
_SMALLER = frozenset({Trouble.DOWN, Trouble.TOO_LARGE})


def sized(page: Callable[[str | None, T], Node], sizes: Sequence[T]) -> Callable[[str | None], Node]:
    """The page after a cursor, in the largest of the `sizes` that GitHub answers."""
    at = 0

    def found(after: str | None) -> Node:
        nonlocal at
        # What was too much is tried again a page later, one step at a time.
        at = max(at - 1, 0)
        while True:
            try:
                return page(after, sizes[at])
            except GitHubError as error:
                if error.trouble not in _SMALLER or at == len(sizes) - 1:
                    raise
                at += 1

    return found


def all_of(page: Callable[[str | None], Node]) -> Iterator[Node]:
    """The nodes of all pages of a GraphQL connection; `page` gives the one after a cursor."""
    yield from rest_of(page(None), page)


def rest_of(first: Node, page: Callable[[str | None], Node]) -> Iterator[Node]:
    """The nodes of the page `first` and of those after it."""
    current, count = first, 0
    while count < _MOST_ITEMS:
        nodes = current.at("nodes").items()
        yield from nodes
        info = current.at("pageInfo")
        if not info.at("hasNextPage").truth():
            return
        count += max(len(nodes), 1)
        current = page(info.at("endCursor").text())
    raise GitHubError(f"more than {_MOST_ITEMS:,} at {first.place}: nobody reads so many", Trouble.OTHER)
