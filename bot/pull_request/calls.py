"""What the commands of a pull request mean: each that waits, not only the one that began the run.

A concurrency group lets one run wait and drops the others, so whoever runs answers for all of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.errors import Code, Refusal
from bot.review.commands import Apply, ApplyTalk, ApplyThread, Retry, ShowDiff
from bot.review.gate import Trigger
from bot.review.gathering import Scope, gather
from bot.review.records import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from bot.pull_request.heard import Heard
    from bot.review.commands import Command
    from bot.review.gate import Given
    from bot.review.records import Person

APPLIES = (Apply, ApplyThread, ApplyTalk, Retry)


@dataclass(frozen=True, slots=True)
class Call:
    """A command to carry out: since when it counts, whose threads it means (none: all), the comments that give it.

    `alone`: it means the named comments, and nothing else that their threads ask for.
    """

    command: Command
    trigger: Trigger
    named: frozenset[int] = frozenset()
    given: tuple[Given, ...] = ()
    alone: bool = False

    @property
    def is_for_all(self) -> bool:
        """Whether it applies every open thread."""
        return isinstance(self.command, Apply) and not self.named


def calls_of(heard: Heard, until: int | None = None) -> tuple[Call, ...]:
    """The waiting commands as calls, oldest first; up to the one in the comment `until`, if that waits.

    Of those that mean everything the last one means what the others meant too.
    """
    waiting = heard.waiting()
    stop = next((place + 1 for place, given in enumerate(waiting) if given.note.id == until), len(waiting))
    return _as_calls(heard, waiting[:stop])


def calls_left_to(heard: Heard, at: datetime | None) -> tuple[Call, ...]:
    """What a run does whose own event gave no command that holds: the waiting commands, but for two kinds.

    One that a run has begun with and has not answered: something kept it from that, and who may not command could have
    it tried, and paid for, again and again. And one that was given after `at`, if said: it has its own run yet.
    """
    fresh = (given for given in heard.waiting() if not given.comment.begun)
    return _as_calls(heard, [given for given in fresh if at is None or given.note.created_at <= at])


def _as_calls(heard: Heard, waiting: Sequence[Given]) -> tuple[Call, ...]:
    calls: list[Call] = []
    everything: list[Given] = []
    for given in waiting:
        if given.thread is None and isinstance(given.command, Apply | Retry) and _head(given.command) is None:
            everything.append(given)
        else:
            calls.append(_call(given))
    if any(isinstance(given.command, Apply) for given in everything):
        calls.append(Call(Apply(), Trigger(everything[-1].note.created_at), given=tuple(everything)))
    else:
        for given in everything:
            calls += retry(heard, Trigger(given.note.created_at), (given,))
    return tuple(calls)


def call_of_review(heard: Heard, reviewer: Person | None, review: int, trigger: Trigger) -> Call | None:
    """What the submitted review with this id asks for itself. None: its author is not heard, or asks for nothing.

    A reply in a thread is a review as well: what others ask for there waits for a command.
    """
    if reviewer is None or reviewer.kind is not Kind.USER or not heard.gate.may_write(reviewer.login):
        return None
    own = [comment.note for thread in heard.threads for comment in thread.comments if comment.review == review]
    named = frozenset(note.id for note in own)
    # Its comments are not newer than it is, whatever the server's clocks say.
    trigger = replace(trigger, at=max((trigger.at, *(note.created_at for note in own))))
    if not named or not gather(heard.threads, Scope(heard.gate, trigger, named, alone=True)).asks:
        return None
    return Call(Apply(), trigger, named, alone=True)


def retry(heard: Heard, trigger: Trigger, given: tuple[Given, ...] = ()) -> tuple[Call, ...]:
    """What `retry` means: what a passing failure kept back, and the last command, if one kept that back.

    Nothing that nobody has asked for before: a call for no thread at all is nothing to do. The last one answers.
    """
    named, talk = heard.kept_back()
    last = heard.refused_for_now(trigger.at)
    match last.command if last is not None else None:
        case Apply(head=head) if last is not None and last.thread is None:
            return (Call(Apply(head), replace(trigger, head=head), given=given),)
        case Apply() if last is not None:
            named |= _comments_beside(last)
        case ApplyThread(comment=comment):
            named |= {comment} & {known.note.id for thread in heard.threads for known in thread.comments}
        case ApplyTalk(comment=comment):
            talk |= {comment}
    pull = heard.pull
    calls = [Call(ApplyTalk(str(pull.repository), pull.number, comment), trigger) for comment in sorted(talk)]
    if named or not calls:
        calls.append(Call(Retry(), trigger, named))
    return (*calls[:-1], replace(calls[-1], given=given))


def joined(own: Call, others: Sequence[Call]) -> tuple[Call, tuple[Call, ...]]:
    """`own` with those of the `others` that it does too, and the rest: a proposal holds for one call alone."""
    done = [call for call in others if own.is_for_all and call.trigger.head is None and _is_of_threads(call)]
    given = (given for call in (*done, own) for given in call.given)
    return replace(own, given=tuple(given)), tuple(call for call in others if call not in done)


def named_by(heard: Heard, call: Call) -> tuple[frozenset[int], int | None]:
    """The comments whose threads a call means (none: all), or the one on the pull request as a whole.

    Raises Refusal(unknown-path) for one that is not there.
    """
    match call.command:
        case ApplyThread() as target:
            known = {comment.note.id for thread in heard.threads for comment in thread.comments}
            _check_address(heard, target, known, "review thread of this pull request", "the thread")
            return frozenset({target.comment}), None
        case ApplyTalk() as target:
            known = {comment.note.id for comment in heard.talk}
            _check_address(heard, target, known, "comment on this pull request as a whole", "its conversation")
            return frozenset(), target.comment
        case _:
            return call.named, None


def _check_address(heard: Heard, target: ApplyThread | ApplyTalk, known: set[int], what: str, where: str) -> None:
    here = str(heard.pull.repository).casefold() == target.repository.casefold()
    if not here or target.number != heard.pull.number or target.comment not in known:
        raise Refusal(Code.UNKNOWN_PATH, f"the address is of no {what}", f"copy the link of a comment in {where}")


def _is_of_threads(call: Call) -> bool:
    return not isinstance(call.command, ApplyTalk)


def applying(calls: Iterable[Call]) -> tuple[Call, ...]:
    """Those that apply something: in two jobs, those that need a proposal."""
    return tuple(call for call in calls if isinstance(call.command, APPLIES))


def _head(command: Command) -> str | None:
    return command.head if isinstance(command, Apply) else None


def _call(given: Given) -> Call:
    named: frozenset[int] = frozenset()
    if given.thread is not None and isinstance(given.command, Apply | Retry | ShowDiff):
        named = _comments_beside(given)
    return Call(given.command, Trigger(given.note.created_at, _head(given.command)), named, (given,))


def _comments_beside(given: Given) -> frozenset[int]:
    """The comments of the thread that a command stands in."""
    return frozenset(comment.note.id for comment in given.thread.comments) if given.thread is not None else frozenset()
