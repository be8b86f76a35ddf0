"""The gate: who is heard, when, on which head, how often."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import Code, Refusal
from bot.review.commands import Apply, Help, Retry
from bot.review.gate import Gate, Trigger, check_head, check_open, check_runs, given_in, obeyed
from bot.review.records import Kind, Lifecycle, Note, Permission, Person, PullRequest, Ref, RepositoryName
from bot.review.state import Answer
from bot.review.threads import TalkComment, Thread, ThreadComment

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
SHOP = RepositoryName("octo", "shop")
HEAD = "a" * 40
GATE = Gate(
    "stetbot[bot]",
    {
        "ada": Permission.WRITE,
        "root": Permission.ADMIN,
        "reader": Permission.READ,
        "helper[bot]": Permission.ADMIN,
        "team": Permission.WRITE,
    },
)


def note(login: str = "Ada", kind: Kind = Kind.USER, body: str = "Please rename this.") -> Note:
    return Note(1, Person(login, kind), body, NOW - timedelta(minutes=5))


def pull(lifecycle: Lifecycle = Lifecycle.OPEN, head: RepositoryName | None = SHOP) -> PullRequest:
    return PullRequest(SHOP, 7, lifecycle, Ref(SHOP, "main", "b" * 40), Ref(head, "topic", HEAD))


@pytest.mark.parametrize("login", ["Ada", "ADA", "root"])
def test_who_may_write_is_heard_whatever_the_case_of_the_login(login: str) -> None:
    assert GATE.unheard(note(login), Trigger(NOW)) is None


@pytest.mark.parametrize(
    ("author", "code"),
    [
        (Person("reader", Kind.USER), Code.NO_PERMISSION),
        (Person("stranger", Kind.USER), Code.NO_PERMISSION),
        (Person("helper[bot]", Kind.BOT), Code.BOT_AUTHOR),
        (Person("helper[bot]", Kind.USER), Code.BOT_AUTHOR),
        (Person("team", Kind.OTHER), Code.BOT_AUTHOR),
        (Person("stetbot[bot]", Kind.BOT), Code.BOT_AUTHOR),
        (None, Code.NO_PERMISSION),
    ],
)
def test_nobody_else_is_heard(author: Person | None, code: Code) -> None:
    unheard = GATE.unheard(Note(1, author, "x", NOW - timedelta(minutes=5)), Trigger(NOW))
    assert unheard is not None
    assert unheard.code is code


def test_the_bot_does_not_hear_itself_where_it_posts_with_a_persons_token() -> None:
    gate = Gate("ada", GATE.permissions)
    own = f"/stetbot apply\n{Answer(1, '0' * 64, 'applied').marker()}"
    unheard = gate.unheard(note(body=own), Trigger(NOW))
    assert unheard is not None
    assert unheard.code is Code.BOT_AUTHOR
    assert gate.unheard(note(), Trigger(NOW)) is None, "what the person writes is the person's"


def test_what_was_edited_or_written_after_the_command_is_not_what_its_author_saw() -> None:
    before, after = NOW - timedelta(minutes=1), NOW + timedelta(seconds=1)
    ada = Person("ada", Kind.USER)
    edited = GATE.unheard(Note(1, ada, "x", before, edited_at=after), Trigger(NOW))
    same_second = GATE.unheard(Note(1, ada, "x", before, edited_at=NOW), Trigger(NOW))
    later = GATE.unheard(Note(1, ada, "x", after), Trigger(NOW))
    for unheard in (edited, same_second, later):
        assert unheard is not None
        assert unheard.code is Code.EDITED_AFTER_TRIGGER
    assert edited is not None
    assert edited.loud
    assert later is not None
    assert not later.loud, "a comment that waits for the next command needs no answer"
    assert GATE.unheard(Note(1, ada, "x", before, edited_at=before), Trigger(NOW)) is None


def said(number: int, body: str = "/stetbot apply", login: str = "ada", minutes: int = 0) -> Note:
    return Note(number, Person(login, Kind.USER), body, NOW + timedelta(minutes=minutes))


def test_a_run_answers_each_command_that_waits_oldest_first_wherever_it_stands() -> None:
    comments = (
        ThreadComment(said(4, "Rename this."), "RC_4"),
        ThreadComment(said(5, "/stetbot retry", minutes=1), "RC_5"),
        ThreadComment(said(6), "RC_6", pending=True),
    )
    thread = Thread("T_1", "a.py", comments)
    notes = (said(9, "/stetbot help", minutes=5), said(1), said(2, "Thanks!"), said(3, login="reader"), said(8))
    talk = [TalkComment(note, f"IC_{note.id}") for note in notes]
    found = obeyed(given_in(talk, [thread]), [8], GATE)
    assert [(each.note.id, each.command) for each in found] == [(1, Apply()), (5, Retry()), (9, Help())]
    assert [each.thread for each in found] == [None, thread, None]


def test_a_command_that_was_edited_is_none() -> None:
    edited = Note(1, Person("ada", Kind.USER), "/stetbot apply", NOW, edited_at=NOW + timedelta(seconds=1))
    assert obeyed(given_in([TalkComment(edited, "IC_1")], []), [], GATE) == ()


def test_a_closed_or_merged_pull_request_and_one_whose_fork_is_gone_take_nothing() -> None:
    check_open(pull())
    for lifecycle in (Lifecycle.CLOSED, Lifecycle.MERGED):
        with pytest.raises(Refusal) as refused:
            check_open(pull(lifecycle))
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


def test_what_somebody_may_do_is_read_as_the_server_says_and_unknown_is_nothing() -> None:
    assert [Permission.parse(text).may_write for text in ("admin", "write", "read", "none", "triage", "")] == [
        *(True, True),
        *(False, False, False, False),
    ]


@pytest.mark.parametrize("text", ["octo", "octo/", "/shop", "octo/shop/x", "../..", "octo/..", "o?/r", "o/r#x", "o/\n"])
def test_a_name_that_could_lead_to_another_path_is_no_repository(text: str) -> None:
    assert RepositoryName.parse(text) is None


def test_a_pull_request_knows_a_fork_by_its_repository() -> None:
    assert not pull(head=RepositoryName("Octo", "Shop")).from_fork
    assert pull(head=RepositoryName("stranger", "shop")).from_fork
    assert pull(head=None).from_fork
