"""What a run on a pull request works with, read once: the request is judged and used in the words that were read."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.asks import Batch
from bot.errors import Code, Refusal
from bot.github import reading
from bot.review.denied import PathRules, allowed_among, denied_request
from bot.review.gate import Gate, Trigger, check_head, check_open
from bot.review.gathering import Gathered, Scope, gather, gather_talk
from bot.review.own import landed_requests
from bot.review.state import SummaryState, answer_in, summary_in
from bot.review.threads import ThreadComment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from bot.asks import Request
    from bot.github.client import GitHubClient
    from bot.pull_request.originals import Originals
    from bot.review.records import PullRequest, RepositoryName
    from bot.review.state import Answer
    from bot.review.threads import TalkComment, Thread

# A person who runs the command here has seen whatever stands there now.
NOW = Trigger(datetime.max.replace(tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked of a run: the pull request, and what a command restricts it to.

    `head`: only while the head is this commit. `named`: only the threads with these comments (`alone`: only what these
    comments ask for themselves). `talk`: no thread, but the comment on the pull request as a whole with this id.
    `rules` are those of the base branch.
    """

    repository: RepositoryName
    number: int
    trigger: Trigger = NOW
    head: str | None = None
    named: frozenset[int] = frozenset()
    talk: int | None = None
    rules: PathRules = field(default_factory=PathRules)
    alone: bool = False


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
    # The requests that commits which this account pushed say they apply, each with its commit.
    pushed: Mapping[str, str] = field(default_factory=dict)
    trigger: Trigger = NOW
    # The newest commits of the pull request, where an answer names one.
    commits: tuple[str, ...] = ()

    def answers(self) -> Iterator[Answer]:
        """What the account of this run has answered so far."""
        return answers_in(self.threads, self.talk)

    def own(self) -> Iterator[ThreadComment | TalkComment]:
        """The comments of the account of this run, in the threads and on the whole."""
        return own_in(self.threads, self.talk)


def own_in(threads: Iterable[Thread], talk: Iterable[TalkComment]) -> Iterator[ThreadComment | TalkComment]:
    """The comments of the account that asks."""
    yield from (comment for thread in threads for comment in thread.comments if comment.mine)
    yield from (comment for comment in talk if comment.mine)


def answers_in(threads: Iterable[Thread], talk: Iterable[TalkComment]) -> Iterator[Answer]:
    """What the account that asks has answered.

    A suggestion of its own begins a thread, and is no answer yet: that stands where somebody asked.
    """
    for comment in own_in(threads, talk):
        answer = answer_in(comment.note.body)
        if answer is not None and (comment.reply if isinstance(comment, ThreadComment) else True):
            yield answer


def state_of(talk: Iterable[TalkComment]) -> SummaryState:
    """What the summaries of this account remember, all of them: two runs at a time may each have written one."""
    state = SummaryState()
    for comment in talk:
        more = summary_in(comment.note.body) if comment.mine else None
        state = state if more is None else state.joined(more)
    return state


def read_occasion(client: GitHubClient, ask: Ask, pull: PullRequest, originals: Originals) -> Occasion:
    """Read all that the run needs of `pull`.

    Raises Refusal (pr-closed, head-moved, cannot-push; unknown-path: the comment that is meant is gone), ServiceError.
    """
    check_open(pull)
    check_head(pull, ask.head)
    me = reading.viewer(client).login
    threads, talk = reading.threads(client, pull, me), reading.talk(client, pull, me)
    gate = Gate(me, reading.Permissions(client, pull.repository))
    originals.fetch(client.addresses, pull, threads, gate)
    scope = Scope(gate, ask.trigger, ask.named, client.addresses.noreply, originals, ask.alone)
    if ask.talk is None:
        gathered = gather(threads, scope)
    else:
        among = allowed_among(reading.changed_paths(client, pull), ask.rules)
        gathered = gather_talk(_talk(talk, ask.talk), scope, among)
    requests = tuple(ruled(request, ask.rules) for request in gathered.requests)
    answers = tuple(answers_in(threads, talk))
    known = {(answer.comment, answer.digest) for answer in answers}
    named = any(answer.commit for answer in answers)
    commits = tuple(commit.id for commit in reading.commits(client, pull)) if named else ()
    pushed = _pushed_before(client, pull, me) if _is_unanswered(gathered, known) else {}
    return Occasion(pull, gate, threads, talk, gathered, Batch(requests), ask.rules, pushed, ask.trigger, commits)


def _is_unanswered(gathered: Gathered, known: set[tuple[int, str]]) -> bool:
    """Whether something is asked for that was never answered: it may have been pushed by a run that was cut off."""
    return any(
        asked.request.refusal is None and (asked.comment.note.id, asked.request.digest) not in known
        for asked in gathered.asked
    )


def _pushed_before(client: GitHubClient, pull: PullRequest, me: str) -> dict[str, str]:
    if pull.head.repository is None:
        return {}
    pushes = reading.pushes(client, pull.head.repository, pull.head.branch)
    if not any(push.by is not None and push.by.login.casefold() == me.casefold() for push in pushes):
        return {}
    return landed_requests(pushes, reading.commits(client, pull), me)


def _talk(talk: Iterable[TalkComment], number: int) -> TalkComment:
    for comment in talk:
        if comment.note.id == number:
            return comment
    raise Refusal(
        Code.UNKNOWN_PATH,
        "the address is of no comment on this pull request as a whole",
        "copy the link of a comment in its conversation",
    )


def ruled(request: Request, rules: PathRules) -> Request:
    """The request, refused where it names a path that no comment may change: no service sees it then."""
    refusal = None if request.refusal is not None else denied_request(request, rules)
    return (
        request
        if refusal is None
        else replace(request, parts=(), refusal=(refusal.code, refusal.reason), remedy=refusal.remedy)
    )
