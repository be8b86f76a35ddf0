"""A head that moved: followed only where nobody but writers can have moved it."""

from __future__ import annotations

import pytest

from bot.errors import Code, Refusal
from bot.review.moved import MOST_TRIES, Move, follow
from bot.review.records import Kind, Lifecycle, Person, PullRequest, Push, Ref, RepositoryName

SHOP = RepositoryName("octo", "shop")
ADA, EVE = Person("ada", Kind.USER), Person("eve", Kind.USER)
OLD, MID, NEW = "a" * 40, "b" * 40, "c" * 40
CHAIN = (Push(ADA, MID, NEW), Push(ADA, OLD, MID))


def move(head: RepositoryName = SHOP, *, tries: int = 1, named: bool = False) -> Move:
    pull = PullRequest(SHOP, 7, Lifecycle.OPEN, Ref(SHOP, "main", "0" * 40), Ref(head, "topic", NEW))
    return Move(OLD, pull, tries, named)


def may_write(login: str) -> bool:
    return login == "ada"


@pytest.mark.parametrize("pushes", [CHAIN, (Push(EVE, OLD, "d" * 40), *CHAIN), (*CHAIN, Push(EVE, "d" * 40, OLD))])
def test_a_head_that_writers_moved_is_followed(pushes: tuple[Push, ...]) -> None:
    follow(move(), pushes, may_write)


@pytest.mark.parametrize(
    ("moved", "pushes"),
    [
        (move(RepositoryName("eve", "shop")), CHAIN),
        (move(named=True), CHAIN),
        (move(tries=MOST_TRIES), CHAIN),
        (move(), (Push(ADA, MID, NEW), Push(EVE, OLD, MID))),
        (move(), (Push(None, OLD, NEW),)),
        (move(), (Push(ADA, MID, NEW),)),
        (move(), (Push(ADA, OLD, MID),)),
        (move(), ()),
    ],
    ids=["fork", "named", "tries", "eve pushed", "ghost", "gap before", "gap after", "nothing known"],
)
def test_any_other_move_is_left_with_what_would_decide(moved: Move, pushes: tuple[Push, ...]) -> None:
    with pytest.raises(Refusal) as refused:
        follow(moved, pushes, may_write)
    assert refused.value.code is Code.HEAD_MOVED
    assert f"/stetbot apply @{NEW}" in refused.value.remedy
