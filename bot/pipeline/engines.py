"""The engines that merge a lazy snippet into a file. Each answer, whoever made it, goes through the same `verify`.

Local    the deterministic engine: proves its reading or declines
Morph    the remote apply model; one more try, on the large model, with the doubts named, when verify refuses it
Cascade  Local first, Morph for what Local cannot prove
Fallback Morph, and Local (said and counted) while the service is down
Replay   merges of an earlier run, as somebody has seen them: verified anew, whoever made them
Claimed  merges that a proposal says were proved: made or judged anew, as strictly as when they were proposed
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from bot.chat.fast_apply import untagged
from bot.diffs import edits_between
from bot.errors import Code, Refusal, ServiceError
from bot.merging import merge
from bot.model import Doubt, EngineName, Hints, Verdict
from bot.outcomes import Usage
from bot.secrets import secret_in, secret_path
from bot.text import split_lines
from bot.verify import judge_local, verify

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.model import Edit, Merged
    from bot.text import Document


class Origin(enum.Enum):
    """Who wrote a snippet, and so who is asked once more when its merge is refused: the engine, or the planner."""

    REQUEST = "request"
    PLANNER = "planner"


@dataclass(frozen=True, slots=True)
class Job:
    """One snippet to merge into one file: `request` is the request's id."""

    request: str
    path: str
    document: Document
    snippet: str
    hints: Hints
    origin: Origin = Origin.REQUEST


@dataclass(frozen=True, slots=True)
class Merge:
    """An engine's answer: the new document, what its proof came to, who made it and what it cost."""

    document: Document
    verdict: Verdict
    engine: EngineName
    doubts: tuple[Doubt, ...] = ()
    rivals: tuple[tuple[str, ...], ...] = ()
    usage: Usage = field(default_factory=Usage)
    notes: tuple[str, ...] = ()


class Engine(Protocol):
    """Merges a job; raises Refusal (it declines, or the text stands already) or ServiceError."""

    def __call__(self, job: Job) -> Merge: ...


class RemoteAnswer(Protocol):
    """What a remote apply model answered: a whole file's text, and the price."""

    @property
    def text(self) -> str: ...

    @property
    def usage(self) -> Usage: ...


class RemoteApply(Protocol):
    """Asks a remote apply model; `again` asks the larger one. Raises ServiceError or Refusal (delimiter)."""

    def __call__(self, instruction: str, code: str, update: str, *, again: bool = False) -> RemoteAnswer: ...


@dataclass(frozen=True, slots=True)
class Local:
    """The deterministic engine. Its own word is no second opinion on itself: the judge has to prove the merge alone."""

    def __call__(self, job: Job) -> Merge:
        merged = merge(job.document.lines, job.snippet, job.path, job.hints)
        document = with_lines(job.document, merged.lines)
        judgement = judge_local(job.document, job.snippet, document, job.path, job.hints)
        return Merge(
            document,
            weakest(merged.verdict, judgement.verdict),
            EngineName.LOCAL,
            merged.doubts + judgement.doubts,
            merged.rivals,
        )


@dataclass(frozen=True, slots=True)
class Morph:
    """The remote apply model. What must not leave the machine is refused before anything is sent."""

    ask: RemoteApply

    def __call__(self, job: Job) -> Merge:
        opinion = _local_opinion(job)
        refuse_secrets(job.path, job.document.text, job.snippet, job.hints.instruction)
        first = self._answer(job, job.hints.instruction, again=False)
        if first.verdict is not Verdict.REFUSED or job.origin is Origin.PLANNER:
            return _with_rivals(first, opinion)
        # One more try for meaning, never more: a planner that repeats itself burns money and proves nothing.
        second = self._answer(job, sharpened(job.hints.instruction, first.doubts), again=True)
        usage = total(first.usage, second.usage)
        if second.verdict is Verdict.REFUSED:
            return replace(first, usage=usage, notes=("asked twice: verify refused both answers",))
        return _with_rivals(replace(second, usage=usage, notes=("the second answer was taken",)), opinion)

    def _answer(self, job: Job, instruction: str, *, again: bool) -> Merge:
        answer = self.ask(instruction, job.document.text, job.snippet, again=again)
        document = with_lines(job.document, split_lines(answer.text))
        judgement = verify(job.document, job.snippet, document, job.path, job.hints)
        return Merge(document, judgement.verdict, EngineName.MORPH, judgement.doubts, usage=answer.usage)


@dataclass(frozen=True, slots=True)
class Cascade:
    """Local where it can prove its reading, Morph for the rest."""

    local: Local
    morph: Engine

    def __call__(self, job: Job) -> Merge:
        try:
            merge_ = self.local(job)
        except Refusal as refusal:
            if refusal.code in (Code.ALREADY_APPLIED, Code.NO_CHANGE):
                raise
            return self.morph(job)
        return merge_ if merge_.verdict is Verdict.VERIFIED else self.morph(job)


@dataclass(frozen=True, slots=True)
class Fallback:
    """Morph, and the local engine while the service is down; each answer says so."""

    morph: Engine
    local: Local

    def __call__(self, job: Job) -> Merge:
        try:
            return self.morph(job)
        except ServiceError as error:
            if not error.down:
                raise
            merge_ = self.local(job)
            return replace(merge_, notes=(*merge_.notes, f"merged by the local engine: {error.problem}"))


@dataclass(frozen=True, slots=True)
class Recorded:
    """A merge of an earlier run: the edits, the digest of the text that they stand on, and who made them."""

    stands_on: str
    edits: tuple[Edit, ...]
    engine: EngineName


@dataclass(frozen=True, slots=True)
class Replay:
    """Merges of an earlier run, by request id and path. Proved anew by the judge alone: people have seen them."""

    recorded: Mapping[tuple[str, str], Recorded]

    def __call__(self, job: Job) -> Merge:
        record = self.recorded.get((job.request, job.path))
        if record is None or record.stands_on != job.document.digest:
            raise Refusal(Code.NO_ANCHOR, f"the proposal holds no merge of this request into {job.path} as it is now")
        document = _spliced(record, job)
        judgement = verify(job.document, job.snippet, document, job.path, job.hints)
        return Merge(document, judgement.verdict, record.engine, judgement.doubts)


@dataclass(frozen=True, slots=True)
class Claimed:
    """The merges of a proposal, none of which is believed: each comes to what it would come to, were it asked for now.

    The local engine is asked again. A remote model's answer cannot be had again: it is verified as when it came, where
    `remote` says that one may have been asked. A request that is not said to be `applied`, and has no merge, goes to
    the local engine as well: to leave a request out of a proposal hides no conflict with it.
    """

    recorded: Mapping[tuple[str, str], Recorded]
    applied: frozenset[str]
    remote: bool = True

    def __call__(self, job: Job) -> Merge:
        record = self.recorded.get((job.request, job.path))
        replay = Replay(self.recorded)
        if record is None or record.stands_on != job.document.digest:
            return replay(job) if job.request in self.applied else Local()(job)
        document = _spliced(record, job)
        remote = self.remote and record.engine is EngineName.MORPH
        try:
            own = Local()(job)
        except Refusal as refusal:
            if refusal.code is Code.ALREADY_APPLIED or not remote:
                raise
            return replay(job)
        if own.document == document and (own.verdict is Verdict.VERIFIED or not remote):
            return own
        if remote:
            return replay(job)
        whose = "Morph's merge, and the engine here is local" if record.engine is EngineName.MORPH else "another merge"
        said = f"the local engine merges the snippet into {job.path} otherwise than the proposal, which has {whose}"
        raise Refusal(Code.VERIFICATION_FAILED, said)


def _spliced(record: Recorded, job: Job) -> Document:
    try:
        return job.document.splice(record.edits)
    except ValueError as error:
        raise Refusal(Code.VERIFICATION_FAILED, f"the proposal's edits do not fit {job.path}: {error}") from error


def with_lines(document: Document, lines: tuple[str, ...]) -> Document:
    """`document` with its lines turned into `lines`; what is equal keeps its bytes, the final newline stays."""
    return document.splice(edits_between(document.lines, lines))


def weakest(*verdicts: Verdict) -> Verdict:
    """The verdict that proves least."""
    order = (Verdict.REFUSED, Verdict.UNPROVEN, Verdict.VERIFIED)
    return min(verdicts, key=order.index)


def total(*usages: Usage) -> Usage:
    """The sum; dollars are known only if each of those that asked anything is known."""
    asked = [usage for usage in usages if usage.requests]
    known = [usage.dollars for usage in asked if usage.dollars is not None]
    return Usage(
        sum(usage.prompt_tokens for usage in usages),
        sum(usage.completion_tokens for usage in usages),
        sum(usage.requests for usage in usages),
        sum(known) if asked and len(known) == len(asked) else None,
    )


def sharpened(instruction: str, doubts: tuple[Doubt, ...]) -> str:
    """The instruction for the second try: the same sentence, and what was wrong with the first answer."""
    # The doubts quote the answer, and in an answer there may stand what cannot be sent.
    wrong = untagged(" ".join(doubt.message for doubt in doubts[:3]))
    return f"{instruction} Keep every other line exactly as it is. The previous merge was wrong: {wrong}".strip()


def _local_opinion(job: Job) -> Merged | None:
    """The local engine's reading, asked first: what stands already needs no remote call."""
    try:
        return merge(job.document.lines, job.snippet, job.path, job.hints)
    except Refusal as refusal:
        if refusal.code is Code.ALREADY_APPLIED:
            raise
        return None


def _with_rivals(merge_: Merge, opinion: Merged | None) -> Merge:
    """`merge_` beside the local engine's reading, where that is another one: both are shown."""
    if merge_.verdict is Verdict.VERIFIED or opinion is None or opinion.lines == merge_.document.lines:
        return merge_
    return replace(merge_, rivals=(opinion.lines, *merge_.rivals))


def refuse_secrets(path: str, *texts: str, remedy: str = "use --engine local for it") -> None:
    """Raise Refusal(secret) if something of this must not leave the machine."""
    reason = secret_path(path) or next(filter(None, (secret_in(text) for text in texts)), None)
    if reason is not None:
        raise Refusal(Code.SECRET, f"{path} is not sent to a service: {reason}", remedy)
