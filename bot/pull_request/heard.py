"""What stands in a pull request, and what of it is for the bot: commands that wait, and what became of the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.errors import Code
from bot.github import reading
from bot.pull_request.occasion import state_of
from bot.review.commands import Apply, ApplyTalk, ApplyThread
from bot.review.gate import Gate, given_in, obeyed
from bot.review.state import Answer, SummaryState, answer_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from bot.pull_request.run import Hands
    from bot.review.gate import Given
    from bot.review.records import Note, PullRequest
    from bot.review.threads import TalkComment, Thread, ThreadComment

SHOWN, HELPED, UNKNOWN, NOTHING_KEPT = "diff", "help", "unknown", "nothing-to-retry"
_COMMAND = "command-"
# What is answered so was no run.
_NO_RUN = frozenset({HELPED, UNKNOWN, NOTHING_KEPT, Code.RATE_LIMITED.value, Code.CANCELLED.value})
# What may go another way if it is only tried again.
PASSING = frozenset({Code.SERVICE_ERROR.value, Code.RATE_LIMITED.value, Code.BUDGET.value, Code.CANCELLED.value})


def answer_to(note: Note, digest: str, result: str) -> Answer:
    """The answer to the command in `note`; `result` says in a word what it came to."""
    return Answer(note.id, digest, f"{_COMMAND}{result}")


@dataclass(frozen=True, slots=True)
class Heard:
    """What stands in a pull request when somebody reads it."""

    pull: PullRequest
    gate: Gate
    talk: tuple[TalkComment, ...]
    threads: tuple[Thread, ...]
    state: SummaryState

    def waiting(self) -> tuple[Given, ...]:
        """The commands that nobody has answered yet, oldest first."""
        return obeyed(given_in(self.talk, self.threads), self._answered(), self.gate)

    def still_waiting(self, given: Sequence[Given]) -> tuple[Given, ...]:
        """Those of `given` that still wait: a run beside this one may have answered, or somebody taken them back."""
        waiting = {each.note.id for each in self.waiting()}
        return tuple(each for each in given if each.note.id in waiting)

    def runs(self) -> tuple[datetime, ...]:
        """When the bot ran here: to apply, as its summary remembers; to show, or in vain, as its answers say."""
        return (*self.state.runs, *(note.created_at for note, _, result in self._results() if result not in _NO_RUN))

    def kept_back(self) -> tuple[frozenset[int], frozenset[int]]:
        """The comments whose requests a passing failure kept from being applied: in open threads, and on the whole."""
        comments = [comment for thread in self.threads if not thread.resolved for comment in thread.comments]
        return _kept_back(comments), _kept_back(self.talk)

    def refused_for_now(self, at: datetime) -> Given | None:
        """The last command to apply something that was given before `at`, if a passing failure kept it back."""
        results = {comment: result for _, comment, result in self._results()}
        waiting = {given.note.id for given in self.waiting()}
        named = Apply | ApplyThread | ApplyTalk
        given = (each for each in given_in(self.talk, self.threads) if isinstance(each.command, named))
        done = [each for each in obeyed(given, waiting, self.gate) if each.note.created_at <= at]
        return done[-1] if done and results.get(done[-1].note.id) in PASSING else None

    def _answered(self) -> frozenset[int]:
        return frozenset(self.state.commands) | {comment for _, comment, _ in self._results()}

    def _results(self) -> Iterator[tuple[Note, int, str]]:
        """The bot's answers to commands, the command's comment, and what came of it."""
        for note, answer in _answers(
            (*self.talk, *(comment for thread in self.threads for comment in thread.comments))
        ):
            if answer.result.startswith(_COMMAND):
                yield note, answer.comment, answer.result.removeprefix(_COMMAND)


def _kept_back(comments: Sequence[TalkComment | ThreadComment]) -> frozenset[int]:
    last = {answer.comment: answer.result for _, answer in _answers(comments)}
    return frozenset(comment.note.id for comment in comments if last.get(comment.note.id) in PASSING)


def _answers(comments: Sequence[TalkComment | ThreadComment]) -> Iterator[tuple[Note, Answer]]:
    for comment in comments:
        answer = answer_in(comment.note.body) if comment.mine else None
        if answer is not None:
            yield comment.note, answer


def listen(hands: Hands, pull: PullRequest) -> Heard:
    """Read what is said on `pull`. Raises errors of the hands."""
    me = reading.viewer(hands.client).login
    threads, talk = reading.threads(hands.client, pull, me), reading.talk(hands.client, pull, me)
    gate = Gate(me, reading.Permissions(hands.client, pull.repository))
    return Heard(pull, gate, talk, threads, state_of(talk))
