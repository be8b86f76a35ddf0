"""From words and code to parts: the rules that Markdown sections and records share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.asks import ChangeMode, DeleteFile, NewFile, Part, Plain, RenameFile, Request, Suggestion
from bot.errors import Code
from bot.requests.formats import Format, FormatError, UnclearFormat, read_code
from bot.requests.identity import digest_parts, digest_text
from bot.requests.source import path_problem
from bot.requests.targets import Contradiction, Target, Wishes

if TYPE_CHECKING:
    from bot.asks import Ask
    from bot.requests.formats import FileAsk
    from bot.requests.source import Source


@dataclass(frozen=True, slots=True)
class CodeText:
    """Code of a request: its format if one is said, and its place.

    `first` is the number of its first line; where it is None the code's own lines are no lines of the file (escapes in
    JSON), and `line` stands for all of them.
    """

    text: str
    said: Format | None
    line: int
    first: int | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """One entry or section: the file it names, the words, the code."""

    source: Source
    target: Target | None
    words: str
    code: CodeText | None
    line: int
    # Words of this file alone that are no sentence about the file itself.
    wanted: str = ""
    # How to name a file where the heading names none.
    naming: str = "name the file: ## `path/of/file`"


@dataclass(frozen=True, slots=True)
class Unclear:
    """Code whose format is ambiguous: why, and what decides."""

    reason: str
    remedy: str


def parts_of(draft: Draft) -> tuple[Part, ...] | Unclear:
    """The parts that a draft asks for; raises InstructionError for what says nothing or contradicts itself."""
    if draft.code is None:
        return (_part(draft, _combined(draft, None), draft.line),)
    try:
        asks = read_code(draft.code.text, _format(draft))
    except UnclearFormat as error:
        return Unclear(str(error), error.remedy)
    except FormatError as error:
        raise draft.source.error(_line(draft.code, error.line), error.problem, error.remedy) from error
    if draft.target is not None:
        return (_of_target(draft, draft.target, asks),)
    return _of_own_files(draft, asks)


def request_of(draft: Draft, parts: tuple[Part, ...] | Unclear) -> Request:
    """A request with these parts, or one that is refused as ambiguous. Its ordinal is still to be counted."""
    place = draft.source.at(draft.code.line if draft.code else draft.line)
    if isinstance(parts, Unclear):
        key = draft.target.path if draft.target else draft.source.name
        text = draft.code.text if draft.code else ""
        refusal = Code.AMBIGUOUS, f"{place}: {parts.reason}"
        return Request(key, digest_text(key, text), 1, (), place, refusal=refusal, remedy=parts.remedy)
    return Request(parts[0].path, digest_parts(parts), 1, parts, place)


def _line(code: CodeText, line: int) -> int:
    return code.line if code.first is None else code.first + line - 1


def _format(draft: Draft) -> Format | None:
    code = draft.code
    said = code.said if code else None
    if draft.target is not None and draft.target.wishes.create:
        if said not in (None, Format.NEW):
            raise draft.source.error(draft.line, f"a new file cannot be a {said}", "give its whole text")
        return Format.NEW
    return said


def _of_target(draft: Draft, target: Target, asks: tuple[FileAsk, ...]) -> Part:
    """The one part of a draft that names its file: what the code names must be the same file."""
    code = draft.code
    line = code.line if code else draft.line
    others = [ask.path for ask in asks if ask.path not in (None, target.path)]
    if others:
        problem = f"the code is for {others[0]!r}, the request for {target.path!r}"
        raise draft.source.error(line, problem, "name the same file, or name none but those in the code")
    if len(asks) != 1:
        raise draft.source.error(line, f"the code names {target.path!r} more than once", "join its parts")
    if isinstance(asks[0].ask, Suggestion) and target.lines is None:
        raise draft.source.error(line, "a suggestion without lines", f"name them: {target.path}:10-24")
    return _part(draft, _combined(draft, asks[0].ask), line)


def _of_own_files(draft: Draft, asks: tuple[FileAsk, ...]) -> tuple[Part, ...]:
    """The parts of code that names its files itself."""
    line = draft.code.line if draft.code else draft.line
    parts: list[Part] = []
    for ask in asks:
        if ask.path is None:
            raise draft.source.error(line, "code without a file", draft.naming)
        problem = _bad_path(ask)
        if problem is not None:
            raise draft.source.error(line, problem, "name a file of the repository")
        if any(part.path == ask.path for part in parts):
            raise draft.source.error(line, f"the code names {ask.path!r} more than once", "join its parts")
        parts.append(Part(ask.path, ask.ask, draft.source.at(line), draft.words))
    return tuple(parts)


def _bad_path(ask: FileAsk) -> str | None:
    moved = ask.ask.to if isinstance(ask.ask, RenameFile) else None
    problems = (path_problem(path) for path in (ask.path, moved) if path is not None)
    return next((problem for problem in problems if problem), None)


def _part(draft: Draft, ask: Ask, line: int) -> Part:
    if draft.target is None:
        raise draft.source.error(draft.line, "a request without a file", draft.naming)
    return Part(draft.target.path, ask, draft.source.at(line), draft.words, draft.target.lines)


def _combined(draft: Draft, ask: Ask | None) -> Ask:
    wishes = draft.target.wishes if draft.target else Wishes()
    try:
        # Words beside "rename" may ask for more, and to drop them in silence would be a guess.
        renamed = wishes.rename_to is not None or wishes.executable is not None
        return _joined(wishes, ask, draft.wanted if renamed else draft.words)
    except Contradiction as error:
        raise draft.source.error(draft.line, str(error), "say one thing of a file in one request") from error


def _joined(wishes: Wishes, ask: Ask | None, words: str) -> Ask:
    """What is said of the file, and its code if there is some, as one ask."""
    moved = wishes.rename_to is not None
    if wishes.delete:
        if ask is not None and not isinstance(ask, DeleteFile):
            raise Contradiction("the file is deleted and there is code for it")
        if moved or wishes.create or wishes.executable is not None:
            raise Contradiction("the file is deleted and something else is asked of it")
        return ask or DeleteFile()
    if wishes.create and ask is None:
        raise Contradiction("a new file without its text")
    if isinstance(ask, NewFile) and not moved:
        return replace(ask, executable=ask.executable or wishes.executable is True)
    if isinstance(ask, (NewFile, DeleteFile)) and (moved or wishes.executable is not None):
        raise Contradiction("a file that is new or deleted cannot be changed as well")
    if isinstance(ask, (RenameFile, ChangeMode)) and (moved or wishes.executable is not None):
        raise Contradiction("a name or mode is said twice: in the code and beside it")
    inner = ask or (Plain() if words.strip() else None)
    if wishes.executable is not None:
        inner = ChangeMode(wishes.executable, inner)
    if wishes.rename_to is not None:
        return RenameFile(wishes.rename_to, inner)
    if inner is None:
        raise Contradiction("neither words nor code")
    return inner
