"""Markdown by CommonMark's rules, as far as requests need it: headings, fences, prose. The one module with markdown-it.

Only blocks are parsed. Inline text stays as it was written (a planner reads Markdown), and no pathological inline input
costs time. What a reader of the rendered page does not see (HTML comments) is not in the prose. A fence inside a block
quote is a quotation and stays prose; a fence inside an HTML block would be shown as text, so it is named as a problem.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

# markdown-it reads nothing below this depth, and says nothing about it.
_MAX_NESTING = 20
_BACKTICKS = re.compile("`+")
_FENCE_LINE = re.compile(r"^ {0,3}(?:```|~~~)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Heading:
    level: int
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Prose:
    """Everything between two headings or fences, as written, HTML comments taken out."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Fence:
    """`code` ends in a newline unless it is empty; `line` is that of the opening fence."""

    info: str
    code: str
    line: int


@dataclass(frozen=True, slots=True)
class Problem:
    line: int
    problem: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Page:
    """The items in order.

    `unclosed`: a fence or HTML comment without an end, which takes in all that follows it (a browser shows it so);
    `problems`: what has no safe reading.
    """

    items: tuple[Heading | Prose | Fence, ...]
    unclosed: tuple[Problem, ...] = ()
    problems: tuple[Problem, ...] = ()


def read_page(text: str) -> Page:
    """The blocks of a Markdown text with "\n" line ends."""
    reader = _Reader(text.split("\n"))
    for token, following in _pairs(_parser().parse(text)):
        reader.take(token, following)
    return Page(tuple(reader.walk()), tuple(reader.unclosed), tuple(reader.problems))


@functools.cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"maxNesting": _MAX_NESTING}).disable(["inline", "text_join", "reference"])


def without_comments(text: str) -> str:
    """`text` without HTML comments; one in a code span is code, one without an end is text."""
    if "<!--" not in text:
        return text
    kept: list[str] = []
    at = 0
    spans = code_spans(text)
    span = next(spans, None)
    while (start := text.find("<!--", at)) >= 0:
        while span is not None and span[1] <= start:
            span = next(spans, None)
        if span is not None and span[0] <= start:
            kept.append(text[at : span[1]])
            at = span[1]
            continue
        end = text.find("-->", start + 2)
        if end < 0:
            break
        kept.append(text[at:start])
        at = end + 3
        while span is not None and span[0] < at:
            # The backticks of this span began inside the comment: what looks like code after it is none.
            span = next(spans, None)
    kept.append(text[at:])
    return "".join(kept)


def code_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where the code spans of a paragraph stand: a run of backticks up to the next run of the same length."""
    runs = [found.span() for found in _BACKTICKS.finditer(text)]
    by_length: dict[int, list[int]] = {}
    for number, (start, end) in enumerate(runs):
        by_length.setdefault(end - start, []).append(number)
    closing: dict[int, int] = {}
    for numbers in by_length.values():
        closing.update(pairwise(numbers))
    number = 0
    while number < len(runs):
        closer = closing.get(number)
        if closer is None:
            number += 1
            continue
        yield runs[number][0], runs[closer][1]
        number = closer + 1


def _pairs(tokens: Sequence[Token]) -> Iterator[tuple[Token, Token | None]]:
    for number, token in enumerate(tokens):
        yield token, tokens[number + 1] if number + 1 < len(tokens) else None


class _Reader:
    def __init__(self, lines: list[str]) -> None:
        self.lines: list[str | None] = list(lines)
        # What begins at a line; its lines are None above, so that they are no prose.
        self.items: dict[int, Heading | Fence] = {}
        self.unclosed: list[Problem] = []
        self.problems: list[Problem] = []
        self.quotes = 0

    def take(self, token: Token, following: Token | None) -> None:
        if token.level >= _MAX_NESTING - 1 and not self.problems:
            line = token.map[0] + 1 if token.map else 1
            self.problems.append(Problem(line, "lists or quotes nested too deeply", "take the text out of them"))
        if token.type == "blockquote_open":
            self.quotes += 1
        elif token.type == "blockquote_close":
            self.quotes -= 1
        elif token.map is None:
            return
        elif token.type == "fence" and not self.quotes:
            self.fence(token, token.map[0], token.map[1])
        elif token.type == "heading_open" and token.level == 0 and following is not None:
            text = without_comments(following.content).replace("\n", " ").strip()
            level = int(token.tag[1])
            self.put(token.map[0], token.map[1], Heading(level, text, token.map[0] + 1))
        elif token.type == "html_block":
            self.html(token.content, token.map[0], token.map[1])
        elif token.type == "inline" and "<!--" in token.content:
            self.replace(token.map[0], token.map[1], without_comments(token.content))

    def put(self, start: int, stop: int, item: Heading | Fence) -> None:
        self.items[start] = item
        self.lines[start:stop] = [None] * (stop - start)

    def replace(self, start: int, stop: int, text: str) -> None:
        if any(line is not None for line in self.lines[start:stop]):
            self.lines[start:stop] = [text, *[None] * (stop - start - 1)]

    def fence(self, token: Token, start: int, stop: int) -> None:
        if token.content.count("\n") != stop - start - 2:
            self.unclosed.append(Problem(start + 1, "a fence without an end", f"close it by {token.markup}"))
        self.put(start, stop, Fence(token.info, token.content, start + 1))

    def html(self, content: str, start: int, stop: int) -> None:
        pieces: list[str] = []
        at = 0
        while (found := content.find("<!--", at)) >= 0:
            pieces.append(content[at:found])
            end = content.find("-->", found + 2)
            if end < 0:
                self.endless(content, found, start, stop)
                at = len(content)
                break
            at = end + 3
        shown = "".join((*pieces, content[at:]))
        inside = _FENCE_LINE.search(shown)
        if inside:
            line = start + 1 + content.count("\n", 0, content.find(inside[0].strip()))
            problem = "a fence inside an HTML block, where it is shown as text"
            self.problems.append(Problem(line, problem, "put an empty line before the fence"))
        self.replace(start, stop, shown.strip("\n"))

    def endless(self, content: str, found: int, start: int, stop: int) -> None:
        line = start + 1 + content.count("\n", 0, found)
        problem = Problem(line, "an HTML comment without an end", "close it by -->")
        hides_all = content.lstrip().startswith("<!--") and not any(self.lines[stop:])
        (self.unclosed if hides_all else self.problems).append(problem)

    def walk(self) -> Iterator[Heading | Prose | Fence]:
        prose: list[str] = []
        begun = 0
        for number, line in enumerate(self.lines):
            item = self.items.get(number)
            if item is not None:
                if any(text.strip() for text in prose):
                    yield Prose("\n".join(prose).strip("\n"), begun + 1)
                prose = []
                yield item
            elif line is not None:
                if not prose:
                    begun = number
                prose.append(line)
        if any(text.strip() for text in prose):
            yield Prose("\n".join(prose).strip("\n"), begun + 1)
