"""Events, as GitHub sends them and as somebody could forge them: read once into records, or named and left alone."""

from __future__ import annotations

import contextlib
import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.action.events import (
    CommentWritten,
    Dispatched,
    Event,
    Ignored,
    Pushed,
    ReviewSubmitted,
    read_event,
)
from bot.errors import UsageError
from bot.review.records import Kind, RepositoryName

EXAMPLES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "events" / "examples.json").read_text(encoding="utf-8")
)
ALL = [(entry["name"], example) for entry in EXAMPLES for example in entry["examples"]]


def read(name: str, value: object) -> Event:
    return read_event(name, json.dumps(value).encode())


def example(name: str, number: int = 0) -> dict[str, Any]:
    return deepcopy([value for known, value in ALL if known == name][number])


def on_a_pull_request(body: str = "/stetbot apply") -> dict[str, Any]:
    """A comment on a pull request: GitHub's published examples are on issues alone."""
    event = example("issue_comment")
    event["issue"]["pull_request"] = {"url": "https://evil.example/pulls/1"}
    event["comment"]["body"] = body
    return event


@pytest.mark.parametrize(("name", "value"), ALL)
def test_every_published_example_is_read(name: str, value: dict[str, Any]) -> None:
    event = read(name, value)
    active = {"pull_request_review": "submitted", "pull_request_review_comment": "created"}
    if name == "issue_comment":
        assert isinstance(event, Ignored), "the published examples are on issues"
    elif name in active:
        assert isinstance(event, Ignored) == (value["action"] != active[name])
    else:
        assert isinstance(event, Pushed | Dispatched | Ignored)


def test_a_comment_on_a_pull_request_becomes_a_record() -> None:
    event = read("issue_comment", on_a_pull_request())
    assert isinstance(event, CommentWritten)
    assert (event.repo, event.number, event.body) == (
        RepositoryName("Codertocat", "Hello-World"),
        1,
        "/stetbot apply",
    )
    assert event.author is not None
    assert event.author.kind is Kind.USER
    assert event.at.tzinfo is not None
    assert not event.in_thread


def test_a_comment_in_a_thread_and_a_submitted_review_become_records() -> None:
    comment = read("pull_request_review_comment", example("pull_request_review_comment"))
    assert isinstance(comment, CommentWritten)
    assert comment.in_thread
    review = read("pull_request_review", example("pull_request_review"))
    assert isinstance(review, ReviewSubmitted)
    assert len(review.head) == 40
    assert not review.from_fork


@pytest.mark.parametrize("repo", [None, {"full_name": "eve/Hello-World"}])
def test_a_review_of_a_fork_is_known_as_one_also_where_the_fork_is_gone(repo: object) -> None:
    value = example("pull_request_review")
    value["pull_request"]["head"]["repo"] = repo
    event = read("pull_request_review", value)
    assert isinstance(event, ReviewSubmitted)
    assert event.from_fork


def test_pushes_of_branches_count_and_nothing_else() -> None:
    value = example("push", 0) | {"ref": "refs/heads/topic", "before": "a" * 40, "after": "b" * 40}
    event = read("push", value)
    assert isinstance(event, Pushed)
    assert (event.branch, event.before, event.after) == ("topic", "a" * 40, "b" * 40)
    fresh = read("push", value | {"before": "0" * 40})
    assert isinstance(fresh, Pushed)
    assert fresh.before is None
    for change in ({"ref": "refs/tags/v1"}, {"after": "0" * 40}):
        assert isinstance(read("push", value | change), Ignored)


@pytest.mark.parametrize("action", ["edited", "deleted", "pinned", "::error::x\ny"])
def test_a_comment_that_is_not_new_gives_no_command(action: str) -> None:
    assert isinstance(read("issue_comment", on_a_pull_request() | {"action": action}), Ignored)


@pytest.mark.parametrize("name", ["pull_request", "schedule", "issues", "", "push\n"])
def test_other_events_are_left_alone(name: str) -> None:
    assert isinstance(read(name, {}), Ignored)


@pytest.mark.parametrize("name", ["pull_request_target", "workflow_run"])
def test_an_event_that_mixes_a_strangers_code_with_rights_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match=name):
        read(name, {})


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("repository", "full_name"), "octo/shop/../../x"),
        (("repository", "full_name"), "octo"),
        (("repository", "full_name"), None),
        (("issue", "number"), "1"),
        (("issue", "number"), True),
        (("comment", "id"), None),
        (("comment", "body"), None),
        (("comment", "created_at"), "yesterday"),
        (("comment", "created_at"), "2026-03-01T12:00:00"),
        (("comment", "user"), []),
        (("comment",), "x"),
        (("action",), None),
    ],
)
def test_a_field_of_another_type_is_named(path: tuple[str, ...], value: object) -> None:
    event: Any = on_a_pull_request()
    at = event
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    with pytest.raises(UsageError, match=rf"issue_comment.*{path[-1]}"):
        read("issue_comment", event)


def test_an_author_whose_account_is_gone_is_nobody() -> None:
    event = on_a_pull_request()
    event["comment"]["user"] = None
    found = read("issue_comment", event)
    assert isinstance(found, CommentWritten)
    assert found.author is None


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"null", b"[]"])
def test_what_is_no_event_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(UsageError):
        read_event("issue_comment", data)


@given(
    st.sampled_from(["issue_comment", "pull_request_review", "pull_request_review_comment", "push"]),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: st.dictionaries(st.sampled_from(["issue", "comment", "ref", "review", "action"]), inner),
    ),
)
def test_no_json_makes_the_reader_crash(name: str, value: object) -> None:
    with contextlib.suppress(UsageError):
        read(name, value)
