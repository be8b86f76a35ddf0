"""What a run on a pull request works with, read once: the request is judged and used in the words that were read."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.github import reading
from bot.model import Batch
from bot.review.denied import PathRules, denied_request
from bot.review.gate import Gate, Trigger, check_head, check_open
from bot.review.gathering import Gathered, Scope, gather
from bot.review.state import answer_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.github.client import GitHubClient
    from bot.model import Request
    from bot.review.records import PullRequest, RepositoryName
    from bot.review.state import Answer
    from bot.review.threads import TalkComment, Thread

# A person who runs the command here has seen whatever stands there now.
NOW = Trigger(datetime.max.replace(tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked of a run: the pull request, and what a command restricts it to.

    `head`: only while the head is this commit. `named`: only the threads with these comments. `rules` are those of the
    base branch.
    """

    repository: RepositoryName
    number: int
    trigger: Trigger = NOW
    head: str | None = None
    named: frozenset[int] = frozenset()
    rules: PathRules = field(default_factory=PathRules)


@dataclass(frozen=True, slots=True)
class Occasion:
    """The pull request, its threads and comments, who is who, and what is asked for."""

    pull: PullRequest
    gate: Gate
    threads: tuple[Thread, ...]
    talk: tuple[TalkComment, ...]
    gathered: Gathered
    batch: Batch
    rules: PathRules

    def answers(self) -> Iterator[Answer]:
        """What the account of this run has answered in the threads so far."""
        for thread in self.threads:
            for comment in thread.comments:
                answer = answer_in(comment.note.body) if comment.mine else None
                if answer is not None:
                    yield answer


def read_occasion(client: GitHubClient, ask: Ask, pull: PullRequest) -> Occasion:
    """Read all that the run needs of `pull`. Raises Refusal (pr-closed, head-moved, cannot-push), ServiceError."""
    check_open(pull)
    check_head(pull, ask.head)
    me = reading.viewer(client)
    threads, talk = reading.threads(client, pull, me), reading.talk(client, pull, me)
    gate = Gate(me, reading.Permissions(client, pull.repository))
    gathered = gather(threads, Scope(gate, ask.trigger, ask.named, client.addresses.noreply))
    requests = tuple(ruled(request, ask.rules) for request in gathered.requests)
    return Occasion(pull, gate, threads, talk, gathered, Batch(requests), ask.rules)


def ruled(request: Request, rules: PathRules) -> Request:
    """The request, refused where it names a path that no comment may change: no service sees it then."""
    refusal = None if request.refusal is not None else denied_request(request, rules)
    return request if refusal is None else replace(request, parts=(), refusal=(refusal.code, refusal.reason))
