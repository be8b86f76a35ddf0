"""Saved review comments: the JSON array of GitHub's `GET /repos/{owner}/{repo}/pulls/{number}/comments`.

A comment becomes a request; what GitHub would refuse is a request with a refusal. A reply is talk unless it holds a
suggestion. Fields that old servers leave out may be missing. Rules: docs/instruction-files.md, "Review comments".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.asks import Author, Batch, NewFile, Part, Plain, Request, Suggestion
from bot.errors import Code
from bot.model import LineRange
from bot.requests.blocks import Fence, Prose, read_page
from bot.requests.formats import Format, FormatError, UnclearFormat, read_code, words_of
from bot.requests.hunks import OriginalRange, lines_of_file, original_lines
from bot.requests.identity import digest_text, tidy, with_ordinals
from bot.requests.json_tree import parse_json
from bot.requests.source import ReadOptions, open_source, paragraphs, path_problem, unix_lines
from bot.requests.tree import Listing, Reader, Scalar, Table, checked

if TYPE_CHECKING:
    from bot.asks import Ask, OriginalLines
    from bot.requests.blocks import Page
    from bot.requests.source import Source

# Each comment brings its hunk along; ten thousand of them are a large pull request.
_LIMITS = ReadOptions(max_bytes=100_000_000)
_LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}(?:\[bot\])?")
_URL = re.compile(r"https?://[!-~]{1,500}")
# Fences that show what a program printed: part of what the reviewer says, no code for the file.
_OUTPUT = {
    *("console", "log", "logs", "output", "plain", "plaintext", "pytb", "shell-session", "shellsession", "terminal"),
    *("text", "traceback", "txt"),
}


@dataclass(frozen=True, slots=True)
class Comment:
    """One review comment, typed. `outdated`: GitHub knows no present line for it."""

    key: str
    place: str
    path: str
    body: str
    author: Author | None
    bot: bool
    reply: bool
    file_level: bool
    left: bool
    lines: LineRange | None
    original: OriginalLines | None
    anchor: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a comment stands, in GitHub's numbers: the present lines, and those at the time of writing."""

    line: int | None
    start_line: int | None
    original_line: int | None
    original_start_line: int | None
    diff_hunk: str
    original_commit: str

    def lines(self) -> LineRange | None:
        """The present lines, None where there are none, or where the two numbers are of different sides."""
        first = self.start_line or self.line
        return None if self.line is None or first is None or first > self.line else LineRange(first, self.line)

    def original(self, file: tuple[str, ...] | None = None) -> OriginalLines | None:
        """The text at the time of writing, None where nothing shows it.

        `file` has the lines of the file at the comment's commit, if they are known; where the hunk shows other lines
        than it, those are what the author saw.
        """
        last, first = self.original_line, self.original_start_line
        if last is not None:
            count = last - (first or last) + 1
        else:
            lines = self.lines()
            count = lines.last - lines.first + 1 if lines else 1
        wanted = OriginalRange(last, count)
        shown = original_lines(self.diff_hunk, self.original_commit, wanted)
        whole = None if file is None else lines_of_file(file, self.original_commit, wanted)
        return shown if whole is None or (shown is not None and shown.inside != whole.inside) else whole

    def __str__(self) -> str:
        """What the comment's hash takes in: what does not change when the pull request moves on."""
        last, first = self.original_line, self.original_start_line
        return f"{first or last}-{last}" if last else str(self.lines() or "")


class _Refused(Exception):
    def __init__(self, code: Code, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.remedy = remedy


def read_comments(name: str, data: bytes) -> Batch:
    """The requests that the saved comments make, in their order; raises InstructionError for what is no such JSON.

    Pages that were saved as a list of lists (`gh api --paginate --slurp`) are read as one list.
    """
    source = open_source(name, data, _LIMITS)
    node = parse_json(source)
    reader = Reader(source)
    if isinstance(node, Listing) and node.items and all(isinstance(item, Listing) for item in node.items):
        tables = tuple(table for page in node.items for table in reader.tables(page, "a page of comments"))
    else:
        tables = reader.tables(node, "the file")
    requests = (request_of_comment(_comment(_Fields(reader, table))) for table in tables)
    return Batch(with_ordinals(request for request in requests if request is not None))


def request_of_comment(comment: Comment) -> Request | None:
    """What a comment asks; None if it asks for nothing: a reply without a suggestion, or nothing that is visible."""
    page = read_page(comment.body)
    fences = tuple(item for item in page.items if isinstance(item, Fence))
    if comment.reply and not any(_says_suggestion(fence) for fence in fences):
        return None
    if not page.items and not page.problems:
        return None
    digest = digest_text(comment.path, comment.anchor, tidy(comment.body))
    try:
        parts = _parts(comment, page, fences)
    except _Refused as refused:
        refusal = (refused.code, refused.reason)
        return Request(comment.key, digest, 1, (), comment.place, comment.author, refusal, refused.remedy)
    return Request(comment.key, digest, 1, parts, comment.place, comment.author)


def request_of_talk(place: str, body: str, author: Author | None, among: tuple[str, ...]) -> Request:
    """What a comment on a pull request as a whole asks, of one of the files `among`: it has no lines, so only in words.

    `place` is its address. One that cannot be meant is a request with a refusal.
    """
    page = read_page(body)
    words = paragraphs(_prose(item) for item in page.items)
    digest = digest_text("talk", tidy(body))
    refusal = None
    if page.problems:
        refusal = Code.AMBIGUOUS, page.problems[0].problem
    elif any(_says_suggestion(item) for item in page.items if isinstance(item, Fence)):
        refusal = Code.AMBIGUOUS, "a suggestion replaces lines, and a comment on the pull request as a whole has none"
    elif not words.strip():
        refusal = Code.NO_CHANGE, "the comment says nothing"
    parts = () if refusal is not None else (Part("", Plain(among), place, words),)
    return Request(place, digest, 1, parts, place, author, refusal)


def _parts(comment: Comment, page: Page, fences: tuple[Fence, ...]) -> tuple[Part, ...]:
    if comment.bot:
        raise _Refused(Code.BOT_AUTHOR, "a bot wrote this comment", "let a person ask")
    if comment.file_level:
        said = f"the comment is on {comment.path} as a whole, not on lines of it"
        raise _Refused(Code.FILE_LEVEL, said, "put the comment on the lines")
    if comment.left:
        said = f"the comment is on lines that {comment.path} no longer has (the left side)"
        raise _Refused(Code.LEFT_SIDE, said, "put it on the new side of the diff")
    if page.problems:
        raise _Refused(Code.AMBIGUOUS, page.problems[0].problem, page.problems[0].remedy)
    code = _chosen(fences)
    if comment.lines is None and comment.original is None:
        said = f"the comment's lines of {comment.path} are gone, and it does not show them"
        raise _Refused(Code.OUTDATED, said, "write it for the present text")
    words = paragraphs(_prose(item) for item in page.items if item is not code)
    if code is None:
        return (_part(comment, Plain(), words, comment.path),)
    try:
        formats = words_of(code.info)
        asks = read_code(code.code, formats[0] if formats else None)
    except (UnclearFormat, FormatError) as error:
        raise _Refused(Code.AMBIGUOUS, f"the code cannot be read: {error}", error.remedy) from error
    parts: list[Part] = []
    for ask in asks:
        path = comment.path if ask.path is None else ask.path
        problem = path_problem(path)
        if problem or any(part.path == path for part in parts):
            said = problem or f"the code names {path} more than once"
            raise _Refused(Code.AMBIGUOUS, said, "give each file once, by its path from the root")
        parts.append(_part(comment, _fit(comment, ask.ask), words, path))
    return tuple(parts)


def _chosen(fences: tuple[Fence, ...]) -> Fence | None:
    """The fence that asks for a change: the one suggestion, else the one fence with code."""
    suggestions = [fence for fence in fences if _says_suggestion(fence)]
    candidates = suggestions or [fence for fence in fences if not _is_output(fence)]
    if len(candidates) > 1:
        what = "suggestions" if suggestions else "blocks of code"
        said = f"the comment holds {len(candidates)} {what}, and only one can be meant"
        raise _Refused(Code.AMBIGUOUS, said, "leave one in it, and put the others in comments of their own")
    code = candidates[0] if candidates else None
    try:
        if code is not None and len(formats := words_of(code.info)) > 1:
            said = f"two formats for one block of code: {', '.join(formats)}"
            raise _Refused(Code.AMBIGUOUS, said, "say one of them")
    except UnclearFormat as error:
        raise _Refused(Code.AMBIGUOUS, str(error), error.remedy) from error
    return code


def _fit(comment: Comment, ask: Ask) -> Ask:
    if isinstance(ask, NewFile):
        said = f"a new file is asked for in a comment on {comment.path}, which is there"
        raise _Refused(Code.CONTRADICTS, said, "show what changes in it")
    if isinstance(ask, Suggestion) and comment.original is not None and ask.lines == comment.original.inside:
        said = "the suggestion equals the lines that it was written for"
        raise _Refused(Code.NO_CHANGE, said, "say what is to change")
    return ask


def _part(comment: Comment, ask: Ask, words: str, path: str) -> Part:
    if path != comment.path:
        return Part(path, ask, comment.place, words)
    return Part(path, ask, comment.place, words, comment.lines, comment.original)


def _prose(item: object) -> str:
    """An item that is not the code, as the reviewer wrote it."""
    match item:
        case Prose(text=text):
            return text
        case Fence(info=info, code=code):
            return f"```{info}\n{code}```"
        case _:
            return getattr(item, "text", "")


def _says_suggestion(fence: Fence) -> bool:
    return any(word == "suggestion" or word.startswith("suggestion:") for word in fence.info.lower().split())


def _is_output(fence: Fence) -> bool:
    words = fence.info.lower().split()
    return bool(words) and words[0] in _OUTPUT and not any(word in tuple(Format) for word in words)


@dataclass(frozen=True, slots=True)
class _Fields:
    """The fields of one comment: null and missing are the same, other types are an error."""

    reader: Reader
    table: Table

    @property
    def source(self) -> Source:
        return self.reader.source

    def text(self, key: str) -> str:
        node = self.table.entries.get(key)
        if node is None or (isinstance(node, Scalar) and node.value is None and not node.other):
            return ""
        return self.reader.text(self.table, key) or ""

    def number(self, key: str) -> int | None:
        node = self.table.entries.get(key)
        match node:
            case None | Scalar(value=None, other=""):
                return None
            case Scalar(value=int() as number) if not isinstance(node.value, bool) and number > 0:
                return number
            case _:
                raise self.source.error(node.line, f"{key!r} is no line or id", "save the comments again")

    def user(self) -> _Fields | None:
        node = self.table.entries.get("user")
        return _Fields(self.reader, node) if isinstance(node, Table) else None


def _comment(fields: _Fields) -> Comment:
    table = fields.table
    path, body = fields.text("path"), unix_lines(fields.text("body"))
    problem = path_problem(path)
    if problem:
        raise fields.source.error(table.line, f"a comment with {problem}", "save the comments again")
    identity, url = fields.number("id"), fields.text("html_url")
    key = url if _URL.fullmatch(url) else path if identity is None else f"comment-{identity}"
    place = key if key != path else fields.source.at(table.line)
    anchor = _anchor(fields)
    user = fields.user()
    level = fields.text("subject_type") == "file"
    return Comment(
        key=key,
        place=place,
        path=path,
        body=checked(fields.source, body, table.line),
        author=None if user is None else _author(user),
        bot=user is not None and (user.text("type") == "Bot" or user.text("login").endswith("[bot]")),
        reply=fields.number("in_reply_to_id") is not None,
        file_level=level or (anchor.line is None and not anchor.diff_hunk and not str(anchor)),
        left="LEFT" in (fields.text("side"), fields.text("start_side")),
        lines=anchor.lines(),
        original=anchor.original(),
        anchor=str(anchor),
    )


def _anchor(fields: _Fields) -> Anchor:
    anchor = Anchor(
        fields.number("line"),
        fields.number("start_line"),
        fields.number("original_line"),
        fields.number("original_start_line"),
        fields.text("diff_hunk"),
        fields.text("original_commit_id"),
    )
    if anchor.line is not None and anchor.start_line is not None and anchor.start_line > anchor.line:
        raise fields.source.error(fields.table.line, "start_line after line", "save the comments again")
    return anchor


def _author(user: _Fields) -> Author | None:
    return author_of(user.text("login"), user.number("id"))


def author_of(login: str, number: int | None, domain: str = "users.noreply.github.com") -> Author | None:
    """The author as a `Co-authored-by` trailer names them; None for an account that is gone or has no plain name."""
    if number is None or not _LOGIN.fullmatch(login):
        return None
    return Author(login, f"{number}+{login}@{domain}")
