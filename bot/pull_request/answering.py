"""What is said on the pull request afterwards: a reply in each thread, its resolution, one summary. Nothing twice."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from bot.diffs import unified
from bot.errors import Code
from bot.github import reading, writing
from bot.github.client import GitHubError, Trouble
from bot.github.writing import Resolved
from bot.outcomes import Applied, Change, Refused, Unchanged
from bot.pull_request.occasion import answers_in, state_of
from bot.review.answers import Run, offered_diff, reply, sticky
from bot.review.gathering import only_commands
from bot.review.offers import offer_of
from bot.review.state import needs_answer, summary_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from bot.app import Done
    from bot.github.client import GitHubClient
    from bot.outcomes import Outcome
    from bot.pull_request.occasion import Occasion
    from bot.pull_request.place import PullPlace
    from bot.review.answers import Reply
    from bot.review.gathering import Asked
    from bot.review.landed import Landed
    from bot.review.records import Note
    from bot.review.state import Answer
    from bot.review.threads import TalkComment, Thread

    _Pairs = Sequence[tuple[Asked, Outcome]]

# Said in the summary alone: who is not heard is not spoken to, and people who talk with each other are left to it.
_NOT_IN_THREADS = frozenset({Code.NO_PERMISSION, Code.BOT_AUTHOR, Code.NO_PLANNER, Code.PENDING_REVIEW, Code.RESOLVED})
_DONE = frozenset({"applied", Code.ALREADY_APPLIED.value})
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

    `settled` are the comments (by id) that nothing is left to do for, their threads resolved. `unfinished` says what
    kept the rest from being said; the next run says it.
    """

    replies: int = 0
    resolved: int = 0
    settled: tuple[int, ...] = ()
    summary: str = ""
    notices: tuple[str, ...] = ()
    unfinished: str = ""


def answer(client: GitHubClient, place: PullPlace, done: Done, landed: Landed, manner: Manner) -> Said:
    """Reply, resolve, summarise: the summary last, when it is known what came of the rest.

    What an earlier run has said to a comment is not said again, so a run that was cut off is finished by the next. Nor
    is what a run beside this one has said since this one began: what was said is read once more, each thread just
    before it is answered. An error here does not undo what has landed, and is told as `unfinished`.
    """
    said = Said(notices=manner.notices)
    outcomes = tuple(_by_request(place.occasion, done))
    try:
        heard = _heard_now(client, place.occasion, asked=bool(outcomes))
        speaker = _Speaker(client, place, done, landed, manner.resolve, heard)
        for _, group in groupby(outcomes, lambda pair: pair[0].place):
            said = speaker.answered(tuple(group), said)
        if said.replies or said.resolved or landed.commit or manner.commands or said.notices:
            told = replace(manner, notices=said.notices)
            said = replace(said, summary=_summarise(client, place.occasion, done, landed, told, said.settled))
    except GitHubError as error:
        return replace(said, unfinished=error.problem)
    return said


@dataclass(frozen=True, slots=True)
class _Heard:
    """What was said before: the answers in threads, the comments that are settled, the threads that are resolved.

    `stirred` are the threads in which somebody said something that this run has not taken up.
    """

    answers: tuple[Answer, ...]
    settled: frozenset[int]
    resolved: frozenset[str]
    stirred: frozenset[str]


def _heard_now(client: GitHubClient, occasion: Occasion, *, asked: bool) -> _Heard:
    threads, talk, me = occasion.threads, occasion.talk, occasion.gate.me
    if asked:
        threads, talk = reading.threads(client, occasion.pull, me), reading.talk(client, occasion.pull, me)
    resolved = frozenset(thread.id for thread in threads if thread.resolved)
    stirred = frozenset(_stirred(occasion, threads))
    return _Heard(tuple(answers_in(threads, talk)), frozenset(state_of(talk).settled), resolved, stirred)


def _stirred(occasion: Occasion, threads: Iterable[Thread]) -> Iterator[str]:
    """The threads where somebody who is heard has said something after the command, or since this run read it."""
    read = {comment.note.id: comment.note for thread in occasion.threads for comment in thread.comments}
    for thread in threads:
        for comment in thread.comments:
            note, known = comment.note, read.get(comment.note.id)
            same = known is not None and (known.body, known.edited_at) == (note.body, note.edited_at)
            if comment.pending or only_commands(note.body) or (same and note.created_at <= occasion.trigger.at):
                continue
            if occasion.gate.unheard_author(note) is None:
                yield thread.id


def _by_request(occasion: Occasion, done: Done) -> Iterator[tuple[Asked, Outcome]]:
    outcomes = {outcome.request.id: outcome for outcome in done.report.outcomes}
    for asked in occasion.gathered.asked:
        if asked.request.id in outcomes:
            yield asked, outcomes[asked.request.id]


@dataclass(frozen=True, slots=True)
class _Speaker:
    """Answers one thread after the other; `heard` is what earlier runs have said."""

    client: GitHubClient
    place: PullPlace
    done: Done
    landed: Landed
    resolve: bool
    heard: _Heard

    def answered(self, pairs: _Pairs, said: Said) -> Said:
        """What was said so far, and the answers to what one thread asks; raises GitHubError where GitHub takes no more.

        A thread is resolved when nothing in it is left to do. One that is open though it was resolved before was opened
        again by somebody: that is their word.
        """
        loud = [pair for pair in pairs if not (isinstance(pair[1], Refused) and pair[1].code in _NOT_IN_THREADS)]
        if not any(self._is_to_say(asked, outcome) for asked, outcome in loud):
            return said
        try:
            now = self._now(loud[0][0])
        except GitHubError as error:
            return _passed_over(loud[0][0], error, said)
        return now.said_in_thread(pairs, loud, said)

    def _is_to_say(self, asked: Asked, outcome: Outcome) -> bool:
        """Whether there is an answer to give, or a thread to resolve."""
        unsettled = self._is_done(outcome) and asked.comment.note.id not in self.heard.settled
        return unsettled or self._is_news(self._reply(asked, outcome).answer, outcome)

    def _now(self, asked: Asked) -> _Speaker:
        """The same, with what the thread says at this moment: answers take their time, and nobody waits for them."""
        if asked.thread is None:
            return self
        occasion = self.place.occasion
        comments = reading.comments_of(self.client, asked.thread, occasion.gate.me)
        thread = replace(asked.thread, comments=comments)
        answers = (*self.heard.answers, *answers_in((thread,), ()))
        stirred = self.heard.stirred | frozenset(_stirred(occasion, (thread,)))
        return replace(self, heard=replace(self.heard, answers=answers, stirred=stirred))

    def said_in_thread(self, pairs: _Pairs, loud: _Pairs, said: Said) -> Said:
        """Answer the `loud` ones of these, and resolve their thread."""
        fresh: list[int] = []
        for asked, outcome in loud:
            try:
                news = self._answered(asked, outcome)
            except GitHubError as error:
                said = _passed_over(asked, error, said)
                continue
            said = replace(said, replies=said.replies + news)
            if self._is_done(outcome) and (news or asked.comment.note.id not in self.heard.settled):
                fresh.append(asked.comment.note.id)
        if not fresh or not all(map(self._is_done, _open_to(pairs))) or self._has_more(loud[-1][0]):
            return said
        asked = loud[-1][0]
        try:
            resolved = self._resolved(asked)
        except GitHubError as error:
            return _passed_over(asked, error, said)
        settled = () if resolved is Resolved.NOT_ALLOWED else fresh
        return replace(said, resolved=said.resolved + (resolved is Resolved.YES), settled=(*said.settled, *settled))

    def _answered(self, asked: Asked, outcome: Outcome) -> bool:
        """Answer a request, if that is news."""
        text = self._reply(asked, outcome)
        news = self._is_news(text.answer, outcome)
        if news:
            self._say(asked, text.text)
        return news

    def _say(self, asked: Asked, text: str) -> None:
        if asked.thread is not None:
            writing.reply(self.client, asked.thread, text)
        else:
            about = f"About {asked.comment.note.url}:\n\n{text}"
            writing.put_summary(self.client, self.place.occasion.pull, about, None)

    def _resolved(self, asked: Asked) -> Resolved:
        if asked.thread is None or asked.thread.id in self.heard.resolved:
            return Resolved.ALREADY
        return writing.resolve(self.client, asked.thread) if self.resolve else Resolved.NOT_ALLOWED

    def _is_news(self, answer: Answer, outcome: Outcome) -> bool:
        if not needs_answer(answer, self.heard.answers):
            return False
        # That it stands already is no news where we have applied it.
        applied = (answer.comment, answer.digest, "applied")
        return not isinstance(outcome, Unchanged) or all(
            (known.comment, known.digest, known.result) != applied for known in self.heard.answers
        )

    def _is_done(self, outcome: Outcome) -> bool:
        return isinstance(outcome, Unchanged) or (isinstance(outcome, Applied) and self.landed.commit is not None)

    def _has_more(self, asked: Asked) -> bool:
        """Whether its thread asks, or may ask, for what this run was not meant to do and no other has done."""
        if asked.place in self.heard.stirred:
            return True
        done = {(known.comment, known.digest) for known in self.heard.answers if known.result in _DONE}
        beside = (more for more in self.place.occasion.gathered.beside if more.place == asked.place)
        return any((more.comment.note.id, more.request.digest) not in done for more in beside)

    def _reply(self, asked: Asked, outcome: Outcome) -> Reply:
        number, landed = asked.comment.note.id, self.landed.of(asked.request.id)
        if not isinstance(outcome, Refused):
            return reply(number, outcome, _own_diff(outcome, self.place, self.done), landed)
        diff = offered_diff(self.done.report.readings_of(outcome.request.id))
        offer = None
        if outcome.code is Code.UNPROVEN and outcome.candidate is not None:
            offer = offer_of(outcome.request, outcome.candidate, self.place.blob)
        return reply(number, outcome, diff, landed, offer)


def _open_to(pairs: _Pairs) -> Iterator[Outcome]:
    """The outcomes of requests that are to be done: not of those that are not heard. One in plain words may be yet."""
    for _, outcome in pairs:
        if not isinstance(outcome, Refused) or outcome.code not in _NOT_IN_THREADS - {Code.NO_PLANNER}:
            yield outcome


def _passed_over(asked: Asked, error: GitHubError, said: Said) -> Said:
    return replace(said, notices=(*said.notices, unanswered(asked.comment.note, error)))


def unanswered(note: Note, error: GitHubError) -> str:
    """That a comment could not be answered; raises the error where it is no matter of this one comment."""
    if error.trouble not in _PASSED_OVER:
        raise error
    return f"{note.url} could not be answered: {error.said or error.problem}"


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


def _summarise(
    client: GitHubClient, occasion: Occasion, done: Done, landed: Landed, manner: Manner, settled: tuple[int, ...]
) -> str:
    # What a run beside this one has written since must not be lost.
    talk = reading.talk(client, occasion.pull, occasion.gate.me)
    left = occasion.gathered.left_alone
    run = Run(done.report, landed, occasion.pull.head.commit, manner.notices, manner.run_url, left)
    text = sticky(run, state_of(talk).after(manner.commands, manner.at, settled))
    return writing.put_summary(client, occasion.pull, text, summary_of(talk))
