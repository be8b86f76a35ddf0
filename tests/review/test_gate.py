"""The gate: whose commands are obeyed, when, on which head, how often."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import Code, Refusal
from bot.pulls.records import (
    NOBODY,
    Account,
    AccountKind,
    Head,
    PullRequest,
    PullState,
    RepoName,
    TalkComment,
    Thread,
    ThreadComment,
)
from bot.review.commands import Apply, Help, Retry
from bot.review.gate import check_head, check_open, check_runs, given_in, obeyed, same_command, unheard
from bot.review.state import Answer

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
SHOP = RepoName("octo", "shop")
HEAD = "a" * 40
ADA = Account("Ada", AccountKind.USER, 1)
READER = Account("reader", AccountKind.USER, 2)


def may_write(account: Account) -> bool:
    return account.login != "reader"


def comment(number: int = 1, body: str = "/stetbot apply", author: Account = ADA, minutes: int = 0) -> TalkComment:
    return TalkComment(f"IC_{number}", number, "", body, author, NOW + timedelta(minutes=minutes))


def pull(state: PullState = PullState.OPEN, head: RepoName | None = SHOP) -> PullRequest:
    return PullRequest(SHOP, 7, "PR_7", "", state, Head(head, "topic", HEAD), "main", "b" * 40, ADA)


def test_who_may_write_is_heard() -> None:
    assert unheard(comment(), may_write) is None


@pytest.mark.parametrize(
    ("author", "code"),
    [
        (READER, Code.NO_PERMISSION),
        (NOBODY, Code.NO_PERMISSION),
        (Account("helper[bot]", AccountKind.BOT), Code.BOT_AUTHOR),
        (Account("helper[bot]", AccountKind.USER), Code.BOT_AUTHOR),
        (Account("team", AccountKind.OTHER), Code.BOT_AUTHOR),
    ],
)
def test_nobody_else_is_heard(author: Account, code: Code) -> None:
    found = unheard(comment(author=author), may_write)
    assert found is not None
    assert found.code is code


def test_the_bot_does_not_hear_itself_where_it_posts_with_a_persons_token() -> None:
    own = f"/stetbot apply\n{Answer(1, '0' * 64, 'applied').marker()}"
    found = unheard(comment(body=own), may_write)
    assert found is not None
    assert found.code is Code.BOT_AUTHOR


def test_bots_are_not_even_looked_up() -> None:
    def never(account: Account) -> bool:
        raise AssertionError(account)

    assert unheard(comment(author=Account("x[bot]", AccountKind.BOT)), never) is not None


def test_a_run_answers_each_command_that_waits_oldest_first_wherever_it_stands() -> None:
    reply = ThreadComment("RC_5", 5, "", "/stetbot retry", ADA, NOW + timedelta(minutes=1))
    unsent = ThreadComment("RC_6", 6, "", "/stetbot apply", ADA, NOW, pending=True)
    thread = Thread("T_1", "a.py", (ThreadComment("RC_4", 4, "", "Rename this.", ADA, NOW), reply, unsent))
    talk = [
        comment(9, "/stetbot help", minutes=5),
        comment(1),
        comment(2, "Thanks!"),
        comment(3, author=READER),
        comment(8),
    ]
    found = obeyed(given_in(talk, [thread]), [8], may_write)
    assert [(each.comment.number, each.command) for each in found] == [(1, Apply()), (5, Retry()), (9, Help())]
    assert [each.thread for each in found] == [None, thread, None]


def test_a_command_that_was_edited_is_none() -> None:
    edited = TalkComment("IC_1", 1, "", "/stetbot apply", ADA, NOW, edited=NOW + timedelta(seconds=1))
    assert obeyed(given_in([edited], []), [], may_write) == ()


def test_what_the_event_says_must_still_stand() -> None:
    assert same_command("/stetbot apply", comment())
    assert not same_command("/stetbot apply", None)
    assert not same_command("/stetbot apply", comment(body="/stetbot apply #0123456789ab"))
    assert not same_command("/stetbot apply", TalkComment("IC_1", 1, "", "/stetbot apply", ADA, NOW, edited=NOW))


def test_a_closed_or_merged_pull_request_and_one_whose_fork_is_gone_take_nothing() -> None:
    check_open(pull())
    for state in (PullState.CLOSED, PullState.MERGED):
        with pytest.raises(Refusal) as refused:
            check_open(pull(state))
        assert refused.value.code is Code.PR_CLOSED
    with pytest.raises(Refusal) as refused:
        check_open(pull(head=None))
    assert refused.value.code is Code.CANNOT_PUSH


def test_a_named_commit_is_the_head_or_nothing_is_done() -> None:
    check_head(pull(), None)
    check_head(pull(), HEAD)
    with pytest.raises(Refusal) as refused:
        check_head(pull(), "c" * 40)
    assert refused.value.code is Code.HEAD_MOVED


def test_a_pull_request_has_so_many_runs_an_hour_and_no_more() -> None:
    runs = [NOW - timedelta(minutes=minutes) for minutes in (5, 30, 59, 61, 200)]
    check_runs(runs, NOW, 4)
    with pytest.raises(Refusal) as refused:
        check_runs(runs, NOW, 3)
    assert refused.value.code is Code.RATE_LIMITED
    assert "12:01 UTC" in refused.value.remedy
