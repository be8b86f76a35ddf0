"""Commands of a pull request carried out, and answered where they were given."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol, assert_never

from bot.errors import Refusal
from bot.github import writing
from bot.github.client import GitHubError, Trouble
from bot.github.writing import Reaction
from bot.outcomes import Refused
from bot.pull_request import run as runs
from bot.pull_request.answering import Manner, unanswered
from bot.pull_request.calls import named_by
from bot.pull_request.heard import HELPED, NOTHING_KEPT, SHOWN, UNKNOWN, answer_to, listen
from bot.pull_request.occasion import Ask
from bot.review.answers import Run, help_text, refusal_text, show_text
from bot.review.commands import Apply, ApplyOffer, ApplyTalk, ApplyThread, Help, Retry, ShowDiff, Unknown
from bot.review.gate import DEFAULT_RUNS_PER_HOUR, check_runs
from bot.review.ladder import Route
from bot.review.landed import Landed
from bot.review.threads import ThreadComment

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.pull_request.calls import Call
    from bot.pull_request.heard import Heard
    from bot.pull_request.run import Finished, Hands, Wanted
    from bot.review.denied import PathRules


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
class Carried:
    """A command that was carried out: what it came to, or why it was not.

    `unsaid`: which of the comments that gave it could not be answered, and why.
    """

    call: Call
    finished: Finished | None = None
    refusal: Refusal | None = None
    unsaid: tuple[str, ...] = ()


def carry_out(hands: Hands, heard: Heard, call: Call, policy: Policy) -> Carried:
    """Do what the command says and answer it. What stops the run as a whole is said where the command was given."""
    _react(hands, call, Reaction.SEEN)
    try:
        carried = _carried(hands, heard, call, policy)
    except Refusal as refusal:
        return turn_down(hands, listen(hands, heard.pull) if call.given else heard, call, refusal)
    _react(hands, call, Reaction.DONE if _went_well(carried) else Reaction.CONFUSED)
    return carried


def turn_down(hands: Hands, heard: Heard, call: Call, refusal: Refusal) -> Carried:
    """Answer a command that is not carried out with the reason, unless a run beside this one has answered it."""
    left = replace(call, given=heard.still_waiting(call.given))
    text = refusal_text(refusal.code, refusal.reason, refusal.remedy)
    unsaid = _say(hands, heard, left, text, refusal.code.value)
    _react(hands, left, Reaction.CONFUSED)
    return Carried(call, refusal=refusal, unsaid=unsaid)


def check_limit(heard: Heard, policy: Policy) -> None:
    """Raise Refusal(rate-limited) if this pull request had its runs for the hour."""
    check_runs(heard.runs(), policy.now(), policy.per_hour)


def _carried(hands: Hands, heard: Heard, call: Call, policy: Policy) -> Carried:
    match call.command:
        case Help() | Unknown():
            unknown = call.command if isinstance(call.command, Unknown) else None
            unsaid = _say(hands, heard, call, help_text(unknown), UNKNOWN if unknown else HELPED)
            return Carried(call, unsaid=unsaid)
        case Retry() if not call.named:
            unsaid = _say(hands, heard, call, "Nothing waits to be tried again.", NOTHING_KEPT)
            return Carried(call, unsaid=unsaid)
        case ShowDiff():
            check_limit(heard, policy)
            finished = runs.run(
                hands, ask_of(heard, call, policy), _only_show(policy), manner_of(call, policy), _no_one
            )
            head, left = finished.occasion.pull.head.commit, finished.occasion.gathered.left_alone
            run = Run(finished.done.report, Landed(Route.NOWHERE), head, left_alone=left)
            return Carried(call, finished, unsaid=_say(hands, heard, call, show_text(run), SHOWN))
        case Apply() | ApplyThread() | ApplyTalk() | Retry():
            check_limit(heard, policy)
            ask = ask_of(heard, call, policy)
            return Carried(call, policy.applies(hands, ask, policy.wanted, manner_of(call, policy)))
        case ApplyOffer(short=short):
            check_limit(heard, policy)
            ask = ask_of(heard, call, policy)
            return Carried(call, runs.accept(hands, ask, policy.wanted, manner_of(call, policy), short))
        case _:
            assert_never(call.command)


def ask_of(heard: Heard, call: Call, policy: Policy) -> Ask:
    """What the run of a call is asked for. Raises Refusal(unknown-path): the comment that it names is not there."""
    named, talk = named_by(heard, call)
    pull = heard.pull
    return Ask(pull.repository, pull.number, call.trigger, call.trigger.head, named, talk, policy.rules, call.alone)


def manner_of(call: Call, policy: Policy) -> Manner:
    """How the run of a call answers."""
    commands = tuple(given.note.id for given in call.given)
    return Manner(policy.now(), policy.resolve, commands, run_url=policy.run_url)


def _only_show(policy: Policy) -> Wanted:
    return replace(policy.wanted, only_show=True)


def _no_one() -> None:
    """Nobody watches a run of the Action go on."""


def _went_well(carried: Carried) -> bool:
    if isinstance(carried.call.command, Unknown):
        return False
    if carried.finished is None:
        return True
    outcomes = carried.finished.done.report.outcomes
    return not carried.finished.said.unfinished and not any(isinstance(outcome, Refused) for outcome in outcomes)


def _react(hands: Hands, call: Call, reaction: Reaction) -> None:
    for given in call.given:
        with suppress(GitHubError):  # a mark is a courtesy
            writing.react(hands.client, given.comment.node, reaction)


def _say(hands: Hands, heard: Heard, call: Call, text: str, result: str) -> tuple[str, ...]:
    """Answer each of the comments that gave the command, where it stands; one that is gone needs no answer.

    Gives what could not be said: in a conversation that is locked, say, where all else can be done.
    """
    unsaid: list[str] = []
    for given in call.given:
        digest = hashlib.sha256(given.note.body.encode("utf-8", "replace")).hexdigest()
        body = f"{text}\n\n{answer_to(given.note, digest, result).marker()}"
        try:
            if isinstance(given.comment, ThreadComment) and given.thread is not None:
                writing.reply(hands.client, given.thread, body)
            else:
                writing.put_summary(hands.client, heard.pull, body, None)
        except GitHubError as error:
            if error.trouble is not Trouble.NOT_FOUND:
                unsaid.append(unanswered(given.note, error))
    return tuple(unsaid)
