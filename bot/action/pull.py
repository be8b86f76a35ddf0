"""A run on a pull request: the command that the event brought, and each other that waits."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.action.events import CommentWritten, Dispatched, ReviewSubmitted
from bot.action.inputs import Mode
from bot.action.outputs import read_plain, write_plain
from bot.action.result import Part, Result, proposed_part
from bot.errors import Code, Refusal, UsageError
from bot.github import reading
from bot.github.addresses import Addresses
from bot.github.client import Access, GitHubClient
from bot.http import Http
from bot.pipeline.proposal import MAX_BYTES, from_json, to_json
from bot.pull_request import run as runs
from bot.pull_request.calls import APPLIES, Call, applying, call_of_review, calls_left_to, calls_of, joined, retry
from bot.pull_request.conversation import Carried, Policy, ask_of, at_once, carry_out, check_limit, turn_down
from bot.pull_request.heard import listen
from bot.pull_request.place import account_author, base_files, base_table, git_settings
from bot.pull_request.run import Hands, Wanted
from bot.repo import repository_beside
from bot.review.commands import TRIGGER, Apply, Help, Retry, Unknown, read_command
from bot.review.denied import PathRules
from bot.review.gate import Trigger
from bot.settings import load

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.action.inputs import Inputs, Runner
    from bot.chat.endpoint import Key
    from bot.pacing import Timing
    from bot.pull_request.answering import Manner
    from bot.pull_request.conversation import Applies
    from bot.pull_request.heard import Heard
    from bot.pull_request.occasion import Ask
    from bot.pull_request.run import Finished
    from bot.review.records import PullRequest, RepositoryName

PullEvent = CommentWritten | ReviewSubmitted | Dispatched


@dataclass(frozen=True, slots=True)
class Job:
    """What a run has: the environment, the runner, the inputs, the token."""

    environ: Mapping[str, str]
    runner: Runner
    inputs: Inputs
    token: Key
    timing: Timing

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.timing.wall(), UTC)


def run_on_pull(job: Job, event: PullEvent) -> Result:
    """Do what the event asks for. Raises UsageError, RepositoryError, ServiceError."""
    with _opened(job, event.repo, _number(job, event)) as (hands, pull):
        heard = listen(hands, pull)
        if job.inputs.mode is Mode.PROPOSE:
            return _propose(job, hands, heard, event)
        policy = _policy(job, hands, _landing(job) if job.inputs.mode is Mode.LAND else at_once)
        plan = _plan(job, heard, event)
        carried = [turn_down(hands, heard, call, _DROPPED) for call in plan.dropped]
        for number, call in enumerate(plan.calls):
            # Each run sees what the ones before it have answered and pushed, and what others have meanwhile.
            now = listen(hands, pull) if number or carried else heard
            if now.still_waiting(call.given) or not call.given:
                carried.append(carry_out(hands, now, call, policy))
        return _result(job, carried)


@contextmanager
def _opened(job: Job, repo: RepositoryName, number: int) -> Iterator[tuple[Hands, PullRequest]]:
    addresses = Addresses.of(job.environ)
    with Http() as transport:
        client = GitHubClient(Access(addresses, job.token), transport, job.timing)
        pull = reading.pull_request(client, repo, number)
        settings = git_settings(addresses, job.token, pull)
        who, runner = account_author(client), job.runner
        with repository_beside(runner.workspace, runner.temp, job.environ, settings, stand_in=who) as repository:
            texts = base_files(repository, addresses, pull)
            yield Hands(client, repository, load(job.environ, {}, None, base_table(texts))), pull


def _number(job: Job, event: PullEvent) -> int:
    if not isinstance(event, Dispatched):
        return event.number
    if job.inputs.pull_request is None:
        raise UsageError("the input pull-request is empty, and this event names no pull request; set it")
    return job.inputs.pull_request


def _policy(job: Job, hands: Hands, applies: Applies) -> Policy:
    settings, inputs = hands.settings, job.inputs
    return Policy(
        Wanted(
            signed=inputs.signed,
            each=inputs.each,
            workflow=inputs.workflow,
            ask_again=inputs.ask_again,
            looks_first=inputs.looks_first,
        ),
        PathRules(settings.deny_paths, settings.allow_paths),
        job.now,
        inputs.per_hour,
        job.runner.run_url,
        applies,
        inputs.resolve,
    )


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a run carries out, and which commands it can only answer."""

    calls: tuple[Call, ...]
    dropped: tuple[Call, ...] = ()


_DROPPED = Refusal(Code.CANCELLED, "the run of this command made way for that of a later one", "give the command again")


def _plan(job: Job, heard: Heard, event: PullEvent) -> _Plan:
    """All that waits, then what the event means without a comment.

    Where a proposal is landed, it holds for the event's own command and what that does too. Commands before it have
    lost their own runs to it; those after it have theirs yet.
    """
    waiting, meant, is_heard = _calls(job, heard, event)
    if job.inputs.mode is not Mode.LAND:
        return _Plan((*waiting, *(call for call in meant if call not in waiting)))
    own = _one_of(meant)
    others = tuple(call for call in waiting if call is not own)
    answers = tuple(call for call in others if not isinstance(call.command, APPLIES))
    if own is None or not isinstance(own.command, APPLIES):
        return _Plan((*answers, *([own] if own is not None else [])))
    own, dropped = joined(own, applying(others))
    return _Plan((*answers, own), dropped if is_heard and isinstance(event, CommentWritten) else ())


def _calls(job: Job, heard: Heard, event: PullEvent) -> tuple[tuple[Call, ...], tuple[Call, ...], bool]:
    """The calls that wait, those that this run is about, and whether its event gave them.

    Who is not heard may take the place of a run that waited: then it is about what waits, but for what has begun
    already. Two jobs are about one call: the first that needs a proposal.
    """
    # In two jobs, what comes after the command that they are about, between them too, has its own run.
    bound = event if isinstance(event, CommentWritten) and job.inputs.mode is not Mode.APPLY else None
    waiting = calls_of(heard, None if bound is None else bound.comment)
    own = _own_calls(job, heard, event, waiting)
    if own:
        return waiting, own, True
    fresh = calls_left_to(heard, None if bound is None else bound.at)
    return fresh, applying(fresh)[:1] if job.inputs.mode is not Mode.APPLY else (), False


def _one_of(calls: tuple[Call, ...]) -> Call | None:
    """The call that two jobs are about: of `retry`, which may mean several, the last; the rest stays kept back."""
    return calls[-1] if calls else None


def _own_calls(job: Job, heard: Heard, event: PullEvent, waiting: tuple[Call, ...]) -> tuple[Call, ...]:
    """The calls that this very event is about; none: it gives no command, or nobody who is heard gave it."""
    match event:
        case CommentWritten(comment=comment):
            return tuple(call for call in waiting if any(given.note.id == comment for given in call.given))
        case ReviewSubmitted(author=author, at=at, review=review):
            call = call_of_review(heard, author, review, Trigger(at))
            return () if call is None else (call,)
        case Dispatched():
            command = read_command(f"{TRIGGER} {job.inputs.command}")
            if command is None or isinstance(command, Unknown | Help):
                raise UsageError(f"the input command is {job.inputs.command[:80]!r}, which is no command; try apply")
            if isinstance(command, Retry):
                return retry(heard, Trigger(job.now()))
            head = command.head if isinstance(command, Apply) else None
            return (Call(command, Trigger(job.now(), head)),)


# --- in two jobs ---


def _propose(job: Job, hands: Hands, heard: Heard, event: PullEvent) -> Result:
    """Write the proposal for one command; nothing is answered, for this job may not write."""
    waiting, meant, _ = _calls(job, heard, event)
    call = _one_of(meant)
    if call is None and not waiting:
        return Result(skipped="no command of somebody who may write here waits for an answer")
    # What needs no model is answered by the landing job.
    if call is None or not isinstance(call.command, APPLIES) or (isinstance(call.command, Retry) and not call.named):
        return Result()
    try:
        policy = _policy(job, hands, at_once)
        check_limit(heard, policy)
        ask = ask_of(heard, call, policy)
        place = runs.open_place(hands, ask)
        done = runs.propose(hands, place, runs.in_two_halves(policy.wanted, ask), lambda: None)
    except Refusal as refusal:  # the landing job meets it too, and says so
        return Result(refused=(refusal,))
    write_plain(job.inputs.proposal, to_json(done.base, done.proposed).encode())
    part = proposed_part(done.report, done.base, place.occasion.gathered.left_alone)
    return Result((part,), proposal=str(job.inputs.proposal))


def _landing(job: Job) -> Applies:
    path = job.inputs.proposal

    def landed(hands: Hands, ask: Ask, wanted: Wanted, manner: Manner) -> Finished:
        try:
            proposal = from_json(path.name, read_plain(path, MAX_BYTES))
        except UsageError as error:
            raise Refusal(Code.VERIFICATION_FAILED, f"there is no proposal ({error})", "see the other job") from error
        return runs.land(hands, ask, wanted, manner, proposal)

    return landed


def _result(job: Job, carried: list[Carried]) -> Result:
    parts = tuple(
        Part(
            each.finished.done.report,
            each.finished.landed,
            each.finished.occasion.pull.head.commit,
            each.finished.occasion.pull.head.branch,
            each.finished.said.notices,
            each.finished.said.unfinished,
            each.finished.occasion.gathered.left_alone,
        )
        for each in carried
        if each.finished is not None
    )
    refused = tuple(each.refusal for each in carried if each.refusal is not None)
    diff = "".join(file.diff for part in parts for file in part.report.files)
    patch = job.runner.temp / "stetbot.patch"
    if diff:
        write_plain(patch, diff.encode())
    skipped = "" if carried else "no command waits for an answer"
    unsaid = tuple(line for each in carried for line in each.unsaid)
    return Result(parts, refused, skipped, patch=str(patch) if diff else "", unsaid=unsaid)
