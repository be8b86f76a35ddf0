"""One request against one view of the files: what it would change there, with its proof, or why it cannot be applied.

A request over several files is one unit: one part that is refused refuses it. A part that stands already asks for
nothing more, so a run that was cut off half-way is completed by the next.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from shlex import quote
from typing import TYPE_CHECKING, assert_never

from bot.asks import Blocks, ChangeMode, DeleteFile, NewFile, Plain, RenameFile, Snippet, Suggestion, Whole
from bot.diffs import edits_between
from bot.entries import Standing
from bot.errors import Code, Refusal, ServiceError
from bot.hidden import newly_hidden
from bot.model import EngineName, Hints, Verdict
from bot.outcomes import Applied, Change, Create, Delete, Refused, Rename, Rival, SetMode, Unchanged
from bot.paths import check_path
from bot.pipeline.engines import Job, Local, Origin
from bot.pipeline.inline import nothing_to_change, without_comment
from bot.pipeline.piece import Piece, joined
from bot.pipeline.plain import Wish, present_lines
from bot.pipeline.unstaged import refuse_unstaged
from bot.placing import place, told_lines
from bot.planning import Asked
from bot.text import Document
from bot.verify import verify_exact, verify_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.asks import Ask, Part, Request
    from bot.model import Doubt, LineRange
    from bot.outcomes import Candidate, Outcome
    from bot.pipeline.engines import Engine
    from bot.pipeline.inline import WithoutComment
    from bot.pipeline.unstaged import Staged
    from bot.pipeline.views import BaseTree, FileState, View
    from bot.pipeline.writers import Writer


@dataclass(frozen=True, slots=True)
class Resolver:
    """What it takes to resolve requests: the engine for snippets, and which UNPROVEN ones may land (by request id).

    `writer` writes the snippets of requests in plain words (None: nobody does). `landed` are the requests of earlier
    commits of the branch, by id with the commit: a planner is not asked for them again. `numbered` is the tree that
    the line numbers of requests speak of (None: the base), where the base has commits of ours on top of it.
    `looks_first`: what a planner wrote lands only if it is accepted, proved or not. `committed` is HEAD's tree, where
    the base is the work tree. With `staged`, only a comment that asks replaces lines there that are not staged.
    `planner_lacks` names the settings without which there is no writer.
    """

    engine: Engine
    accepts: Callable[[str], bool]
    writer: Writer | None = None
    landed: Mapping[str, str] = field(default_factory=dict)
    numbered: BaseTree | None = None
    looks_first: bool = False
    committed: BaseTree | None = None
    staged: Staged | None = None
    planner_lacks: str = "MORPHEUS_API_KEY and MORPHEUS_MODEL"

    def offline(self) -> Resolver:
        """The same, asking nobody: snippets are merged by the local engine, those of a planner as they were written."""
        writer = self.writer.recorded() if self.writer is not None else None
        return replace(self, engine=Local(), writer=writer, staged=None)

    def resolve(self, request: Request, view: View) -> Outcome:
        """What `request` does to `view`; never raises an expected error."""
        if request.refusal is not None:
            return Refused(request, *request.refusal, request.remedy)
        if request.id in self.landed and any(in_words(part.ask) for part in request.parts if not _inline(part.ask)):
            return applied_by(request, self.landed[request.id])
        try:
            pieces = [self._part(request, part, view) for part in request.parts]
            candidate = joined(pieces)
            _refuse_hidden(candidate, view)
            if self.staged is not None and not any(_inline(part.ask) for part in request.parts):
                refuse_unstaged(candidate, view, self.staged)
        except Refusal as refusal:
            return Refused(request, refusal.code, refusal.reason, refusal.remedy)
        except ServiceError as error:
            later = "run again later" if error.down or error.code is Code.RATE_LIMITED else ""
            locally = "" if any(in_words(part.ask) for part in request.parts) else "use --engine local"
            return Refused(request, error.code, error.problem, ", or ".join(filter(None, (later, locally))))
        if candidate is None:
            return Unchanged(request, "; ".join(note for piece in pieces for note in piece.notes))
        return self._judged(request, candidate)

    def _judged(self, request: Request, candidate: Candidate) -> Outcome:
        said = "; ".join(doubt.message for doubt in candidate.doubts)
        if candidate.verdict is Verdict.REFUSED:
            reason = said or "the merge contradicts the snippet"
            remedy = "show the code as it is now, with what is to change, or have another engine merge it"
            return Refused(request, Code.VERIFICATION_FAILED, reason, remedy, candidate)
        if candidate.verdict is Verdict.UNPROVEN and not self.accepts(request.id):
            more = "say more exactly what to change" if candidate.written else more_to_show(candidate.doubts)
            remedy = f"{more}, or read the diff and run again with --accept {quote(request.id)}"
            return Refused(request, Code.UNPROVEN, said or "another reading fits too", remedy, candidate)
        if candidate.written and self.looks_first and not self.accepts(request.id):
            unread = replace(candidate, verdict=Verdict.UNPROVEN)
            return Refused(request, Code.UNPROVEN, "a planner wrote it, and somebody is to read it first", "", unread)
        return Applied(request, candidate)

    def _part(self, request: Request, part: Part, view: View) -> Piece:
        try:
            if isinstance(part.ask, Plain) and not part.path:
                return self._anywhere(request, part, part.ask, view)
            path = check_path(part.path)
            return self._asked(request, part, path, part.ask, view)
        except Refusal as refusal:
            if refusal.code is not Code.ALREADY_APPLIED:
                raise
            return Piece(notes=(refusal.reason,))

    def _asked(self, request: Request, part: Part, path: str, ask: Ask, view: View) -> Piece:
        match ask:
            case NewFile():
                return _created(part, path, ask, view)
            case DeleteFile():
                return _deleted(part, path, view)
            case RenameFile():
                return self._renamed(request, part, path, ask, view)
            case ChangeMode():
                return self._mode_changed(request, part, path, ask, view)
            case Suggestion() | Blocks() | Whole():
                return _exact(part, path, ask, view.read(path))
            case Snippet() | Plain():
                return self._lazy(request, part, path, ask, view)

    def _lazy(self, request: Request, part: Part, path: str, ask: Snippet | Plain, view: View) -> Piece:
        document = view.read(path).document
        if isinstance(ask, Snippet):
            hints = _standing_hints(part, document)
            return self._merged(Job(request.id, path, document, ask.text, hints))
        writer = self._writer(part)
        if ask.comment is not None:
            bare = without_comment(path, document, ask.comment)
            asked = Asked(path, part.instruction, bare.lines, in_code=True)
            return self._commented(request, asked, bare, view, writer)
        asked = Asked(path, part.instruction, present_lines(part, path, self.numbered or view.base, document))
        return self._wish(request, asked, document, view).resolve(writer)

    def _commented(self, request: Request, asked: Asked, bare: WithoutComment, view: View, writer: Writer) -> Piece:
        try:
            return bare.joined(self._wish(request, asked, bare.document, view).resolve(writer))
        except Refusal as refusal:
            if refusal.code is not Code.ALREADY_APPLIED:
                raise
            raise nothing_to_change(asked.path) from refusal

    def _anywhere(self, request: Request, part: Part, ask: Plain, view: View) -> Piece:
        writer = self._writer(part)
        written = writer.choose(request.id, part.instruction, ask.among, view)
        asked = Asked(check_path(written.path), part.instruction)
        return self._wish(request, asked, view.read(asked.path).document, view).resolve(writer, written)

    def _writer(self, part: Part) -> Writer:
        if self.writer is None:
            raise Refusal(
                Code.NO_PLANNER,
                f"{part.place} asks in words only, and no planner is set up to write the code",
                f"{_instead_of_words(part.ask)}, or set {self.planner_lacks}",
            )
        return self.writer

    def _wish(self, request: Request, asked: Asked, document: Document, view: View) -> Wish:
        def merge(snippet: str, lines: LineRange | None) -> Piece:
            hints = Hints(lines, asked.seen)
            return self._merged(Job(request.id, asked.path, document, snippet, hints, Origin.PLANNER))

        return Wish((request.id, asked.path), asked, document, view, merge)

    def _merged(self, job: Job) -> Piece:
        merge, path = self.engine(job), job.path
        if merge.document == job.document and merge.verdict is not Verdict.VERIFIED:
            # Not "already applied": the snippet asks for something, and this engine's answer does not have it.
            said = " ".join(doubt.message for doubt in merge.doubts) or f"the merge leaves {path} as it was"
            raise Refusal(Code.VERIFICATION_FAILED, said, "run again, or with another engine")
        change = _change(path, job.document, merge.document)
        rivals = tuple(Rival(path, lines) for lines in merge.rivals)
        return Piece((change,), merge.verdict, merge.engine, merge.doubts, rivals, merge.usage, merge.notes)

    def _renamed(self, request: Request, part: Part, path: str, ask: RenameFile, view: View) -> Piece:
        to = check_path(ask.to)
        if view.standing(path) is Standing.NOTHING and view.standing(to) is Standing.FILE:
            # Moved already, by a run that was cut off or by hand; what else is asked of the file may be still to do.
            then = self._then(request, part, to, ask.then, view)
            return replace(then, notes=(f"{path} is {to} already", *then.notes))
        view.read(path)
        _refuse_standing(to, view)
        return self._then(request, part, path, ask.then, view).also(Rename(path, to))

    def _mode_changed(self, request: Request, part: Part, path: str, ask: ChangeMode, view: View) -> Piece:
        state = view.read(path)
        then = self._then(request, part, path, ask.then, view)
        if state.executable is not ask.executable:
            return then.also(SetMode(path, ask.executable))
        if not then.operations:
            raise Refusal(Code.ALREADY_APPLIED, f"{path} has that mode already")
        return then

    def _then(self, request: Request, part: Part, path: str, ask: Ask | None, view: View) -> Piece:
        if ask is None:
            return Piece()
        try:
            return self._asked(request, part, path, ask, view)
        except Refusal as refusal:
            if refusal.code is not Code.ALREADY_APPLIED:
                raise
            return Piece(notes=(refusal.reason,))


def applied_by(request: Request, commit: str) -> Unchanged:
    """That a commit of an earlier run has applied the request."""
    return Unchanged(request, f"commit {commit[:12]} applied it", commit=commit)


def more_to_show(doubts: Sequence[Doubt]) -> str:
    """What in a snippet would answer `doubts`."""
    if any(doubt.rule == "open-end" for doubt in doubts):
        # A comment in the snippet's own language: which sign that is, its author knows.
        return "end the snippet with a marker for what follows, a comment such as `... existing code ...`"
    return "show more context"


def _instead_of_words(ask: Ask) -> str:
    if isinstance(ask, Plain) and ask.comment is not None:
        return "show the change in an instruction file"
    return "give the code (a snippet, a suggestion, a diff)"


def in_words(ask: Ask | None) -> bool:
    """Whether the code for `ask` is still to be written."""
    return isinstance(ask, Plain) or (isinstance(ask, (RenameFile, ChangeMode)) and in_words(ask.then))


def _inline(ask: Ask) -> bool:
    """Whether the request is a comment in its file: then it is to do as long as the comment stands there."""
    return isinstance(ask, Plain) and ask.comment is not None


def _refuse_hidden(candidate: Candidate | None, view: View) -> None:
    """Raise Refusal(bidi) if a file would get characters that make it look like another text."""
    for operation in candidate.operations if candidate is not None else ():
        match operation:
            case Change(path=path, edits=edits):
                document = view.read(path).document
                found = newly_hidden(document.lines, document.splice(edits).lines)
            case Create(path=path, text=text):
                found = newly_hidden((), Document.from_text(text).lines)
            case _:
                continue
        if found is not None:
            raise Refusal(
                Code.BIDI,
                f"{path} would get a character that hides or reorders text, {found}",
                "write it as an escape, or change the file by hand",
            )


def _exact(part: Part, path: str, ask: Suggestion | Blocks | Whole, state: FileState) -> Piece:
    document = state.document
    placed = place(document, replace(part, ask=ask))
    result = document.splice(placed.edits, final_newline=placed.final_newline)
    if result == document:
        raise Refusal(Code.ALREADY_APPLIED, f"{path} has this text already")
    if isinstance(ask, Whole):
        judgement = verify_whole(document, result, path, part.instruction)
    else:
        judgement = verify_exact(document, result, path)
    change = Change(path, placed.edits, placed.final_newline, document.digest)
    return Piece((change,), judgement.verdict, EngineName.EXACT, judgement.doubts, notes=placed.notes)


def _change(path: str, base: Document, result: Document) -> Change:
    edits = edits_between(base.lines, result.lines)
    if not edits and result.final_newline == base.final_newline:
        raise Refusal(Code.ALREADY_APPLIED, f"{path} has this text already")
    newline = None if result.final_newline == base.final_newline else result.final_newline
    return Change(path, edits, newline, base.digest)


def _created(part: Part, path: str, ask: NewFile, view: View) -> Piece:
    if view.standing(path) is Standing.FILE:
        place(view.read(path).document, part)  # refuses: the same text stands already, or another one
    _refuse_standing(path, view)
    judgement = verify_exact(Document.from_text(""), Document.from_text(ask.text), path)
    return Piece((Create(path, ask.text, ask.executable),), judgement.verdict, EngineName.EXACT, judgement.doubts)


def _deleted(part: Part, path: str, view: View) -> Piece:
    if view.standing(path) in (Standing.NOTHING, Standing.BELOW_A_FILE) and view.knew(path):
        raise Refusal(Code.ALREADY_APPLIED, f"{path} is gone already")
    place(view.read(path).document, part)  # refuses a path that never was, naming those that may be meant
    return Piece((Delete(path),))


def _refuse_standing(path: str, view: View) -> None:
    match view.standing(path):
        case Standing.NOTHING:
            view.refuse_filtered(path)
            return
        case Standing.FILE:
            reason = f"{path} is there already, with another text"
        case Standing.DIRECTORY:
            reason = f"{path} is a directory"
        case Standing.BELOW_A_FILE:
            reason = f"a file stands where {path} needs a directory"
        case standing:
            assert_never(standing)
    raise Refusal(Code.CONTRADICTS, reason, "choose another path, or ask for a change of the file")


def _standing_hints(part: Part, document: Document) -> Hints:
    """The part's hints; its line range only if the lines there are still those that the comment spoke of."""
    lines = told_lines(document.lines, part)
    if part.original is not None and lines is not None:
        there = document.lines[lines.first - 1 : lines.last]
        lines = lines if there == part.original.inside else None
    return Hints(lines, part.instruction)
