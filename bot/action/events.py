"""What began the run, read once from the event's file: a record, or a reason to do nothing.

Only ids, names, dates and the command's own text are taken. No URL of the payload is followed (a fork's author chooses
some of them), and what the event says of the pull request's state is asked of the server again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.errors import UsageError
from bot.json_node import Node
from bot.review.records import Kind, Person, RepositoryName

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

_REMEDY = "run the Action on the events that docs/github-action.md names"
_MAX_BYTES = 32 * 1024 * 1024
_NO_COMMIT = "0" * 40


@dataclass(frozen=True, slots=True)
class CommentWritten:
    """A new comment on a pull request, or in one of its review threads: it may give a command."""

    repo: RepositoryName
    number: int
    comment: int
    body: str
    author: Person | None
    at: datetime
    in_thread: bool = False
    from_fork: bool = False


@dataclass(frozen=True, slots=True)
class ReviewSubmitted:
    """A review was submitted; its comments are not in the event. `head` is the commit that the reviewer saw."""

    repo: RepositoryName
    number: int
    review: int
    author: Person | None
    at: datetime
    head: str
    from_fork: bool


@dataclass(frozen=True, slots=True)
class Pushed:
    """A branch moved. `before` None: it is new."""

    repo: RepositoryName
    branch: str
    before: str | None
    after: str
    by: Person | None
    default_branch: str = ""


@dataclass(frozen=True, slots=True)
class Dispatched:
    """Somebody with the right to write started the workflow by hand."""

    repo: RepositoryName
    by: Person | None
    ref: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """Nothing to do, and why."""

    reason: str


Event = CommentWritten | ReviewSubmitted | Pushed | Dispatched | Ignored


def read_event(name: str, data: bytes) -> Event:
    """The event called `name` (GITHUB_EVENT_NAME) whose file holds `data`. Raises UsageError naming the field."""
    reader = _READERS.get(name)
    if reader is None:
        if name in ("pull_request_target", "workflow_run"):
            raise UsageError(f"stetbot does not run on {name}: it would mix a stranger's code with rights; {_REMEDY}")
        return Ignored(f"stetbot does nothing on the event {name[:60]!r}")
    if len(data) > _MAX_BYTES:
        raise UsageError(f"the event is larger than {_MAX_BYTES} bytes; {_REMEDY}")
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"the event's file is no JSON ({error}); {_REMEDY}") from error
    event = Node(name, value, _wrong)
    if event.missing:
        raise event.wrong("an object")
    return reader(event)


def _wrong(place: str, wrong: str) -> UsageError:
    return UsageError(f"{place}: {wrong}; {_REMEDY}")


def _issue_comment(event: Node) -> Event:
    if event.at("issue", "pull_request").missing:
        return Ignored("the comment is on an issue, not on a pull request")
    return _comment(event, event.at("issue", "number").integer(), in_thread=False)


def _review_comment(event: Node) -> Event:
    pull = event.at("pull_request")
    found = _comment(event, pull.at("number").integer(), in_thread=True)
    return found if isinstance(found, Ignored) else replace(found, from_fork=_from_fork(pull, found.repo))


def _comment(event: Node, number: int, *, in_thread: bool) -> CommentWritten | Ignored:
    action = event.at("action").text()
    if action != "created":
        return Ignored(f"a comment was {action[:40]}; only new ones give commands")
    comment = event.at("comment")
    return CommentWritten(
        _repository(event),
        number,
        comment.at("id").integer(),
        comment.at("body").text(),
        _account(comment.at("user")),
        comment.at("created_at").time(),
        in_thread,
    )


def _review(event: Node) -> Event:
    action = event.at("action").text()
    if action != "submitted":
        return Ignored(f"a review was {action[:40]}; only submitted ones are read")
    review, pull = event.at("review"), event.at("pull_request")
    repo = _repository(event)
    return ReviewSubmitted(
        repo,
        pull.at("number").integer(),
        review.at("id").integer(),
        _account(review.at("user")),
        review.at("submitted_at").time(),
        _commit(review.at("commit_id")),
        _from_fork(pull, repo),
    )


def _from_fork(pull: Node, repo: RepositoryName) -> bool:
    head = pull.at("head", "repo")
    return head.missing or head.at("full_name").text().lower() != str(repo).lower()


def _push(event: Node) -> Event:
    ref = event.at("ref").text()
    branch = ref.removeprefix("refs/heads/")
    if branch == ref:
        return Ignored("no branch was pushed")
    after = _commit(event.at("after"))
    if after == _NO_COMMIT:
        return Ignored("the branch was deleted")
    before = _commit(event.at("before"))
    default = event.at("repository", "default_branch").text()
    return Pushed(_repository(event), branch, None if before == _NO_COMMIT else before, after, _sender(event), default)


def _dispatch(event: Node) -> Event:
    return Dispatched(_repository(event), _sender(event), event.at("ref").text())


_READERS: dict[str, Callable[[Node], Event]] = {
    "issue_comment": _issue_comment,
    "pull_request_review_comment": _review_comment,
    "pull_request_review": _review,
    "push": _push,
    "workflow_dispatch": _dispatch,
}


def _repository(event: Node) -> RepositoryName:
    node = event.at("repository", "full_name")
    name = RepositoryName.parse(node.text())
    if name is None:
        raise node.wrong("owner/name")
    return name


def _sender(event: Node) -> Person | None:
    return _account(event.at("sender"))


def _account(node: Node) -> Person | None:
    """An account; None for one that is gone."""
    if node.missing:
        return None
    login = node.at("login").text()
    return Person(login, Kind.of(node.at("type").text(), login), node.at("id").integer_or_none())


def _commit(node: Node) -> str:
    commit = node.text()
    if len(commit) not in (40, 64) or not set(commit) <= set("0123456789abcdef"):
        raise node.wrong("a commit's id")
    return commit
