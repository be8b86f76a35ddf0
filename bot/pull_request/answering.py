"""What is said on the pull request afterwards: a reply in each thread, its resolution, one summary. Nothing twice."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.diffs import unified
from bot.errors import Code
from bot.github import writing
from bot.github.client import GitHubError, Trouble
from bot.github.writing import Resolved
from bot.model import Applied, Change, Refused, Unchanged
from bot.review.answers import Run, offered_diff, reply, sticky
from bot.review.offers import offer_of
from bot.review.state import SummaryState, needs_answer, summary_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from bot.app import Done
    from bot.github.client import GitHubClient
    from bot.model import Outcome
    from bot.pull_request.occasion import Occasion
    from bot.pull_request.place import PullPlace
    from bot.review.answers import Landed, Reply
    from bot.review.gathering import Asked
    from bot.review.state import Answer
    from bot.review.threads import TalkComment

# Said in the summary alone: who is not heard is not spoken to, and people who talk with each other are left to it.
_NOT_IN_THREADS = frozenset({Code.NO_PERMISSION, Code.BOT_AUTHOR, Code.NO_PLANNER, Code.PENDING_REVIEW, Code.RESOLVED})
# A comment that is locked, deleted meanwhile, or not ours to answer stops nothing.
_PASSED_OVER = frozenset({Trouble.FORBIDDEN, Trouble.NOT_FOUND, Trouble.INVALID})


@dataclass(frozen=True, slots=True)
class Manner:
    """How a run answers. `commands` are the ids of those that it answers, `at` is when it ran."""

    at: datetime
    resolve: bool = True
    commands: tuple[int, ...] = ()
    notices: tuple[str, ...] = ()
    run_url: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What was written: replies, threads that were resolved, the summary's address ("": there was nothing to say).

    `unfinished` says what kept the rest from being said; the next run says it.
    """

    replies: int = 0
    resolved: int = 0
    summary: str = ""
    notices: tuple[str, ...] = ()
    unfinished: str = ""


def answer(client: GitHubClient, place: PullPlace, done: Done, landed: Landed, manner: Manner) -> Said:
    """Reply, resolve, summarise: the summary last, when it is known what came of the rest.

    What an earlier run has said to a comment is not said again, so a run that was cut off is finished by the next. An
    error here does not undo what has landed, and is told as `unfinished`.
    """
    speaker = _Speaker(client, place, done, landed, manner.resolve, tuple(place.occasion.answers()))
    said = Said(notices=manner.notices)
    try:
        for asked, outcome in _by_request(place.occasion, done):
            said = speaker.answered(asked, outcome, said)
        if said.replies or landed.commit or manner.commands or said.notices:
            told = replace(manner, notices=said.notices)
            said = replace(said, summary=_summarise(client, place.occasion, done, landed, told))
    except GitHubError as error:
        return replace(said, unfinished=error.problem)
    return said


def _by_request(occasion: Occasion, done: Done) -> Iterator[tuple[Asked, Outcome]]:
    outcomes = {outcome.request.id: outcome for outcome in done.report.outcomes}
    for asked in occasion.gathered.asked:
        if asked.request.id in outcomes:
            yield asked, outcomes[asked.request.id]


@dataclass(frozen=True, slots=True)
class _Speaker:
    """Answers one request after the other; `given` is what earlier runs have said."""

    client: GitHubClient
    place: PullPlace
    done: Done
    landed: Landed
    resolve: bool
    given: tuple[Answer, ...]

    def answered(self, asked: Asked, outcome: Outcome, said: Said) -> Said:
        """What was said so far, and the answer to this request; raises GitHubError where GitHub takes no more."""
        text = self._reply(asked, outcome)
        if self._is_silent(text.answer, outcome):
            return said
        try:
            if asked.thread is None:
                about = f"About {asked.comment.note.url}:\n\n{text.text}"
                writing.put_summary(self.client, self.place.occasion.pull, about, None)
                return replace(said, replies=said.replies + 1)
            writing.reply(self.client, asked.thread, text.text)
            said = replace(said, replies=said.replies + 1)
            if self.resolve and self._is_done(outcome):
                yes = writing.resolve(self.client, asked.thread) is Resolved.YES
                said = replace(said, resolved=said.resolved + yes)
        except GitHubError as error:
            if error.trouble not in _PASSED_OVER:
                raise
            notice = f"{asked.comment.note.url} could not be answered: {error.said or error.problem}"
            return replace(said, notices=(*said.notices, notice))
        return said

    def _is_silent(self, answer: Answer, outcome: Outcome) -> bool:
        if isinstance(outcome, Refused) and outcome.code in _NOT_IN_THREADS:
            return True
        if not needs_answer(answer, self.given):
            return True
        # That it stands already is no news where we have applied it.
        applied = (answer.comment, answer.digest, "applied")
        return isinstance(outcome, Unchanged) and any(
            (known.comment, known.digest, known.result) == applied for known in self.given
        )

    def _is_done(self, outcome: Outcome) -> bool:
        return isinstance(outcome, Unchanged) or (isinstance(outcome, Applied) and self.landed.commit is not None)

    def _reply(self, asked: Asked, outcome: Outcome) -> Reply:
        number, landed = asked.comment.note.id, self.landed.of(asked.request.id)
        if not isinstance(outcome, Refused):
            return reply(number, outcome, _own_diff(outcome, self.place, self.done), landed)
        diff = offered_diff(self.done.report.readings_of(outcome.request.id))
        offer = None
        if outcome.code is Code.UNPROVEN and outcome.candidate is not None:
            offer = offer_of(outcome.request, outcome.candidate, self.place.blob)
        return reply(number, outcome, diff, landed, offer)


def _own_diff(outcome: Applied | Unchanged, place: PullPlace, done: Done) -> str:
    """What one request changed, as a diff of the base; where it stands on others' changes, its files' whole diffs."""
    if isinstance(outcome, Unchanged):
        return ""
    pieces: list[str] = []
    for operation in outcome.candidate.operations:
        state = place.state(operation.path) if isinstance(operation, Change) else None
        if isinstance(operation, Change) and state is not None and state.document.digest == operation.stands_on:
            result = state.document.splice(operation.edits, final_newline=operation.final_newline)
            pieces.append(unified(operation.path, state.document, result))
        else:
            pieces += [file.diff for file in done.report.files if operation.path in (file.path, file.renamed_from)]
    return "".join(dict.fromkeys(pieces))


def summary_of(talk: Iterable[TalkComment]) -> TalkComment | None:
    """The sticky summary that earlier runs of this account left."""
    found = [comment for comment in talk if comment.mine and summary_in(comment.note.body) is not None]
    return found[-1] if found else None


def _summarise(client: GitHubClient, occasion: Occasion, done: Done, landed: Landed, manner: Manner) -> str:
    old = summary_of(occasion.talk)
    state = (summary_in(old.note.body) if old is not None else None) or SummaryState()
    run = Run(done.report, landed, occasion.pull.head.commit, manner.notices, manner.run_url)
    text = sticky(run, state.after(manner.commands, manner.at))
    return writing.put_summary(client, occasion.pull, text, old)
