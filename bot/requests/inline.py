"""Inline requests: a comment in the code that ends in a word (`stetbot!`) asks for a change of its file.

Line comments that stand directly above each other, with one sign at one depth, are one request, and so is a block
comment. The request is the whole comment, and the whole comment goes when it is applied; what could be somebody's
documentation, or an order to a tool, is therefore never part of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.asks import InlineComment, Part, Plain, Request
from bot.errors import Code, Refusal
from bot.leftovers.suspicion import ALLOW, INLINE_WORD
from bot.model import Edit, LineRange
from bot.requests.identity import digest_text, with_ordinals
from bot.syntax import comments

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.syntax import Comment
    from bot.text import Document

# A comment that is an order to some tool, by the shape that the tool wants: it is no part of a request.
_ORDER = re.compile(
    r"(?:!|-\*-|type:\s*ignore|no(?:qa|sec|lint|sonar)\b|(?:pylint|pyright|mypy|ruff|isort|fmt|yapf|rubocop|swiftlint|phpcs"
    r"|webpack\w*|vim?|ex|go|stetbot)\s?:|shellcheck\s+\w+=|(?:hadolint|yamllint|ktlint|phpstan|psalm|biome|prettier)[-:]"
    r"|(?:hadolint|yamllint|istanbul|[cv]8)\s+(?:ignore|disable|enable)|pragma[:\s]|(?:es|ts|js)(?:lint|hint)[-:\s]|@\w"
    r"|\+build|clang-(?:format|tidy)|frozen_string_literal|(?:en)?coding[:=]|sourceMappingURL|#?(?:end)?region\b"
    r"|SPDX-|\(c\)|copyright\b|licensed\s+under)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One inline request where it stands: its comments, from the first to the one that ends in the word."""

    comments: tuple[Comment, ...]
    said: tuple[str, ...]

    @property
    def words(self) -> str:
        """What it asks, without the word."""
        return "\n".join(line for line in self.said if line).strip()

    @property
    def lines(self) -> LineRange:
        return LineRange(self.comments[0].first + 1, self.comments[-1].last + 1)


def might_ask(text: str, word: str = INLINE_WORD) -> bool:
    """A cheap test that no file with an inline request fails."""
    return word.casefold() in text.casefold()


def find_inline(path: str, lines: Sequence[str], word: str = INLINE_WORD) -> tuple[Asked, ...]:
    """The inline requests in the text `lines` of a file named `path`, in order."""
    if not any(might_ask(line, word) for line in lines):
        return ()
    ending = re.compile(rf"(?<![\w-]){re.escape(word)}\Z", re.IGNORECASE)
    found: list[Asked] = []
    run: list[Comment] = []
    for comment in comments(path, lines):
        if run and not _goes_on(run[-1], comment):
            run = []
        if ALLOW.search(lines[comment.last]) or (comment.first == 0 and comment.sign == "#!"):
            run = []
        elif _asks(comment, ending):
            found.append(_asked([*run, comment], ending))
            run = []
        elif _stops(comment):
            run = []
        else:
            run.append(comment)
    return tuple(found)


def _asks(comment: Comment, ending: re.Pattern[str]) -> bool:
    return ending.search(next((line for line in reversed(comment.said) if line), "")) is not None


def _asked(run: Sequence[Comment], ending: re.Pattern[str]) -> Asked:
    said = [line for comment in run for line in comment.said]
    while not said[-1]:
        said.pop()
    return Asked(tuple(run), (*said[:-1], ending.sub("", said[-1]).rstrip()))


def _goes_on(above: Comment, comment: Comment) -> bool:
    return (
        above.alone
        and comment.alone
        and not (above.block or comment.block)
        and above.last + 1 == comment.first
        and (above.sign, above.start) == (comment.sign, comment.start)
    )


def _stops(comment: Comment) -> bool:
    """Whether a request below this comment begins below it."""
    text = comment.said[0]
    return comment.block or not text or _ORDER.match(text) is not None


def read_inline(path: str, document: Document, word: str = INLINE_WORD) -> tuple[Request, ...]:
    """The requests that comments of the file at `path` make; one that asks nothing is a request with a refusal."""
    requests = with_ordinals(_request(path, asked, word) for asked in find_inline(path, document.lines, word))
    return tuple(_numbered(request) for request in requests)


def _request(path: str, asked: Asked, word: str) -> Request:
    place = f"{path}:{asked.lines.first}"
    digest = digest_text("inline", path, *asked.said)
    if problem := _problem(asked):
        return Request(path, digest, 1, (), place, refusal=problem)
    ask = Plain(comment=InlineComment(asked.said, 1, word))
    return Request(path, digest, 1, (Part(path, ask, place, asked.words, asked.lines),), place)


def _problem(asked: Asked) -> tuple[Code, str] | None:
    if any(comment.doubted for comment in asked.comments):
        said = "it may be part of a text that begins above it, and no grammar here tells: ask in an instruction file"
        return Code.AMBIGUOUS, said
    if not asked.words:
        return Code.NO_CHANGE, "the comment asks for nothing: it holds the word alone"
    if _ORDER.match(asked.said[0]):
        said = "the comment is an order to a tool too, and would go with the request: give the request its own comment"
        return Code.AMBIGUOUS, said
    if asked.comments[0].documents and len(asked.said) > 1:
        said = "the comment is documentation too, and would go with the request: give the request a comment of its own"
        return Code.AMBIGUOUS, said
    return None


def _numbered(request: Request) -> Request:
    if request.ordinal == 1 or request.refusal is not None:
        return request
    return replace(request, parts=tuple(_counted(part, request.ordinal) for part in request.parts))


def _counted(part: Part, ordinal: int) -> Part:
    match part.ask:
        case Plain(comment=InlineComment() as comment):
            return replace(part, ask=Plain(comment=replace(comment, ordinal=ordinal)))
        case _:
            return part


def removal(path: str, document: Document, comment: InlineComment) -> Edit:
    """The edit that takes the request `comment`, and nothing else, out of the file. Raises Refusal (outdated)."""
    same = [asked for asked in find_inline(path, document.lines, comment.word) if asked.said == comment.said]
    if len(same) < comment.ordinal:
        raise Refusal(
            Code.OUTDATED,
            f"the comment that asks is no longer in {path}",
            "write it again if it is still to be done",
        )
    asked = same[comment.ordinal - 1]
    first, last = asked.comments[0], asked.comments[-1]
    left = tuple(_beside(document.lines[first.first][: first.start], document.lines[last.last][last.stop :], first))
    return Edit(first.first, last.last + 1, left)


def _beside(before: str, after: str, comment: Comment) -> Iterator[str]:
    """What the lines of a comment hold beside it; nothing, if it had them for itself."""
    if not before.strip() and not after.strip():
        return
    if not after.strip():
        yield before.rstrip()
    elif not before.strip():
        yield before + after.lstrip()
    elif comment.first != comment.last:
        yield before.rstrip()
        yield before[: len(before) - len(before.lstrip())] + after.lstrip()
    elif before[-1].isspace():
        yield before + after.lstrip()
    else:
        # A comment parts two words as a space does.
        yield before + (" " if _joins(before[-1]) and _joins(after[0]) else "") + after


def _joins(character: str) -> bool:
    """Whether it would become one word, number or operator with what comes next to it."""
    return not character.isspace() and character not in "()[]{},;"
