"""The commands of a pull request, answered one after the other: each that waits, not only the one that began the run.

A concurrency group lets one run wait and drops the others, so whoever runs answers for all of them.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol, assert_never

from bot.errors import Code, Refusal
from bot.github import reading, writing
from bot.github.client import GitHubError
from bot.github.writing import Reaction
from bot.model import Refused
from bot.pull_request import run as runs
from bot.pull_request.answering import Manner, summary_of
from bot.pull_request.occasion import Ask
from bot.review.answers import Landed, Run, help_text, refusal_text, show_text
from bot.review.commands import Apply, ApplyOffer, ApplyTalk, ApplyThread, Help, Retry, ShowDiff, Unknown
from bot.review.gate import DEFAULT_RUNS_PER_HOUR, Gate, Trigger, check_runs, given_in, obeyed
from bot.review.ladder import Route
from bot.review.records import Kind
from bot.review.state import Answer, SummaryState, answer_in, summary_in
from bot.review.threads import ThreadComment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from bot.pull_request.run import Finished, Hands, Wanted
    from bot.review.commands import Command
    from bot.review.denied import PathRules
    from bot.review.gate import Given
    from bot.review.records import Note, Person, PullRequest
    from bot.review.threads import TalkComment, Thread

_COMMAND = "command-"
_SHOWN = "diff"


@dataclass(frozen=True, slots=True)
class Call:
    """A command to carry out: since when it counts, whose threads it means (none: all), the comments that give it."""

    command: Command
    trigger: Trigger
    named: frozenset[int] = frozenset()
    given: tuple[Given, ...] = ()


class Applies(Protocol):
    """Applies what is asked for: proposes and lands at once, or lands what another process has proposed."""

    def __call__(self, hands: Hands, ask: Ask, wanted: Wanted, manner: Manner, /) -> Finished: ...


def at_once(hands: Hands, ask: Ask, wanted: Wanted, manner: Manner) -> Finished:
    """Propose and land in this process."""
    return runs.run(hands, ask, wanted, manner, _no_one)


@dataclass(frozen=True, slots=True)
class Policy:
    """How a conversation goes: what runs shall do, how often they may, where the run itself can be seen."""

    wanted: Wanted
    rules: PathRules
    now: Callable[[], datetime]
    per_hour: int = DEFAULT_RUNS_PER_HOUR
    run_url: str = ""
    applies: Applies = at_once
    resolve: bool = True


@dataclass(frozen=True, slots=True)
class Heard:
    """What stands in a pull request, and what of it is for the bot."""

    pull: PullRequest
    gate: Gate
    talk: tuple[TalkComment, ...]
    threads: tuple[Thread, ...]
    state: SummaryState

    def waiting(self) -> tuple[Given, ...]:
        """The commands that nobody has answered yet, oldest first."""
        answered = {answer.comment for _, answer in self._answers() if answer.result.startswith(_COMMAND)}
        return obeyed(given_in(self.talk, self.threads), answered | set(self.state.commands), self.gate)

    def runs(self) -> tuple[datetime, ...]:
        """When the bot ran here: to apply, as its summary remembers, and to show, as its answers say."""
        shown = (note.created_at for note, answer in self._answers() if answer.result == f"{_COMMAND}{_SHOWN}")
        return (*self.state.runs, *shown)

    def _answers(self) -> Iterator[tuple[Note, Answer]]:
        mine = [comment.note for comment in self.talk if comment.mine]
        mine += [comment.note for thread in self.threads for comment in thread.comments if comment.mine]
        for note in mine:
            answer = answer_in(note.body)
            if answer is not None:
                yield note, answer


@dataclass(frozen=True, slots=True)
class Carried:
    """A command that was carried out: what it came to, or why it was not."""

    call: Call
    finished: Finished | None = None
    refusal: Refusal | None = None


def listen(hands: Hands, pull: PullRequest) -> Heard:
    """Read what is said on `pull`. Raises errors of the hands."""
    me = reading.viewer(hands.client)
    threads, talk = reading.threads(hands.client, pull, me), reading.talk(hands.client, pull, me)
    gate = Gate(me, reading.Permissions(hands.client, pull.repository))
    old = summary_of(talk)
    state = summary_in(old.note.body) if old is not None else None
    return Heard(pull, gate, talk, threads, state or SummaryState())


def calls_of(heard: Heard) -> tuple[Call, ...]:
    """The waiting commands as calls. Of those that mean everything the last one means what the others meant too."""
    calls: list[Call] = []
    everything: list[Given] = []
    for given in heard.waiting():
        call = _call(given)
        if isinstance(call.command, Apply | Retry) and call.trigger.head is None and not call.named:
            everything.append(given)
        else:
            calls.append(call)
    if everything:
        last = everything[-1]
        calls.append(replace(_call(last), given=tuple(everything)))
    return tuple(calls)


def call_of_review(heard: Heard, reviewer: Person | None, trigger: Trigger) -> Call | None:
    """What a submitted review asks for: its author's open threads. None: its author is not heard, or has none."""
    if reviewer is None or reviewer.kind is not Kind.USER or not heard.gate.may_write(reviewer.login):
        return None
    named = frozenset(
        comment.note.id
        for thread in heard.threads
        for comment in thread.comments
        if not thread.resolved and comment.note.author is not None and comment.note.author.login == reviewer.login
    )
    return Call(Apply(), trigger, named) if named else None


def carry_out(hands: Hands, heard: Heard, call: Call, policy: Policy) -> Carried:
    """Do what the command says and answer it. What stops the run as a whole is said where the command was given."""
    _react(hands, call, Reaction.SEEN)
    try:
        carried = _carried(hands, heard, call, policy)
    except Refusal as refusal:
        _say(hands, heard.pull, call, refusal_text(refusal.code, refusal.reason, refusal.remedy), refusal.code.value)
        carried = Carried(call, refusal=refusal)
    _react(hands, call, Reaction.DONE if _went_well(carried) else Reaction.CONFUSED)
    return carried


def _carried(hands: Hands, heard: Heard, call: Call, policy: Policy) -> Carried:
    match call.command:
        case Help() | Unknown():
            unknown = call.command if isinstance(call.command, Unknown) else None
            _say(hands, heard.pull, call, help_text(unknown), "unknown" if unknown else "help")
            return Carried(call)
        case ShowDiff():
            check_runs(heard.runs(), policy.now(), policy.per_hour)
            finished = runs.run(
                hands, ask_of(heard, call, policy), _only_show(policy), manner_of(call, policy), _no_one
            )
            run = Run(finished.done.report, Landed(Route.PATCH), finished.occasion.pull.head.commit)
            _say(hands, heard.pull, call, show_text(run), _SHOWN)
            return Carried(call, finished)
        case Apply() | ApplyThread() | ApplyTalk() | Retry():
            check_runs(heard.runs(), policy.now(), policy.per_hour)
            ask = ask_of(heard, call, policy)
            return Carried(call, policy.applies(hands, ask, policy.wanted, manner_of(call, policy)))
        case ApplyOffer(short=short):
            check_runs(heard.runs(), policy.now(), policy.per_hour)
            ask = ask_of(heard, call, policy)
            return Carried(call, runs.accept(hands, ask, policy.wanted, manner_of(call, policy), short))
        case _:
            assert_never(call.command)


def ask_of(heard: Heard, call: Call, policy: Policy) -> Ask:
    """What the run of a call is asked for. Raises Refusal(unknown-path): the comment that it names is not there."""
    named, talk = call.named, None
    match call.command:
        case ApplyThread() as target:
            known = {comment.note.id for thread in heard.threads for comment in thread.comments}
            _check_address(heard, target, known, "review thread of this pull request", "the thread")
            named = frozenset({target.comment})
        case ApplyTalk() as target:
            known = {comment.note.id for comment in heard.talk}
            _check_address(heard, target, known, "comment on this pull request as a whole", "its conversation")
            talk = target.comment
    pull = heard.pull
    return Ask(pull.repository, pull.number, call.trigger, call.trigger.head, named, talk, policy.rules)


def _check_address(heard: Heard, target: ApplyThread | ApplyTalk, known: set[int], what: str, where: str) -> None:
    here = str(heard.pull.repository).casefold() == target.repository.casefold()
    if not here or target.number != heard.pull.number or target.comment not in known:
        raise Refusal(Code.UNKNOWN_PATH, f"the address is of no {what}", f"copy the link of a comment in {where}")


def manner_of(call: Call, policy: Policy) -> Manner:
    """How the run of a call answers."""
    commands = tuple(given.note.id for given in call.given)
    return Manner(policy.now(), policy.resolve, commands, run_url=policy.run_url)


def _call(given: Given) -> Call:
    head = given.command.head if isinstance(given.command, Apply) else None
    named: frozenset[int] = frozenset()
    if given.thread is not None and isinstance(given.command, Apply | Retry | ShowDiff):
        named = frozenset(comment.note.id for comment in given.thread.comments)
    return Call(given.command, Trigger(given.note.created_at, head), named, (given,))


def _only_show(policy: Policy) -> Wanted:
    return replace(policy.wanted, only_show=True)


def _no_one() -> None:
    """Nobody watches a run of the Action go on."""


def _went_well(carried: Carried) -> bool:
    if carried.refusal is not None or isinstance(carried.call.command, Unknown):
        return False
    outcomes = carried.finished.done.report.outcomes if carried.finished is not None else ()
    return not any(isinstance(outcome, Refused) for outcome in outcomes)


def _react(hands: Hands, call: Call, reaction: Reaction) -> None:
    for given in call.given:
        with suppress(GitHubError):  # a mark is a courtesy
            writing.react(hands.client, given.comment.node, reaction)


def _say(hands: Hands, pull: PullRequest, call: Call, text: str, result: str) -> None:
    """Answer each of the comments that gave the command, where it stands."""
    for given in call.given:
        digest = hashlib.sha256(given.note.body.encode("utf-8", "replace")).hexdigest()
        body = f"{text}\n\n{Answer(given.note.id, digest, f'{_COMMAND}{result}').marker()}"
        if isinstance(given.comment, ThreadComment) and given.thread is not None:
            writing.reply(hands.client, given.thread, body)
        else:
            writing.put_summary(hands.client, pull, body, None)
