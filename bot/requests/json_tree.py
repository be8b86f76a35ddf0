"""JSON as RFC 8259 has it, read with its lines: the standard library's reader forgets them and takes duplicate keys."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from dataclasses import dataclass
from json.decoder import scanstring  # type: ignore[attr-defined] # in the module, but not in its stubs
from typing import TYPE_CHECKING

from bot.requests.tree import MAX_DEPTH, Listing, Scalar, Table

if TYPE_CHECKING:
    from bot.errors import InstructionError
    from bot.requests.source import Source
    from bot.requests.tree import Node

_SPACE = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
# No field of a request has more digits than GitHub's ids; longer ones are not worth converting.
_MAX_DIGITS = 20


def parse_json(source: Source, *, first_line: int = 1) -> Node:
    """The one JSON value that `source` holds, whose first line has the number `first_line`.

    Raises InstructionError for what is no JSON (NaN and trailing commas are none), for duplicate keys and for what is
    nested deeper than `MAX_DEPTH`.
    """
    breaks = [found.start() for found in re.finditer("\n", source.text)]
    parser = _Parser(source, breaks, first_line)
    node, at = parser.value(parser.space(0), 0)
    at = parser.space(at)
    if at < len(source.text):
        raise parser.bad(at, "text after the end of the JSON value")
    return node


@dataclass(frozen=True, slots=True)
class _Parser:
    source: Source
    breaks: list[int]
    first_line: int

    def line(self, at: int) -> int:
        return bisect_right(self.breaks, at - 1) + self.first_line

    def bad(self, at: int, problem: str) -> InstructionError:
        return self.source.error(self.line(at), f"bad JSON: {problem}", "correct the JSON")

    def space(self, at: int) -> int:
        found = _SPACE.match(self.source.text, at)
        return found.end() if found else at

    def value(self, at: int, depth: int) -> tuple[Node, int]:
        """The value that begins at `at`, and where it ends."""
        text = self.source.text
        head = text[at : at + 1]
        if depth > MAX_DEPTH:
            raise self.bad(at, f"nested deeper than {MAX_DEPTH} levels")
        if head == '"':
            string, end = self.string(at)
            return Scalar(string, self.line(at)), end
        if head == "{":
            return self.table(at, depth)
        if head == "[":
            return self.listing(at, depth)
        for word, meaning in _WORDS.items():
            if text.startswith(word, at):
                return Scalar(meaning, self.line(at)), at + len(word)
        found = _NUMBER.match(text, at)
        if found:
            return self.number(found, at), found.end()
        raise self.bad(at, f"a value is expected, not {text[at : at + 12]!r}" if head else "the text ends too early")

    def number(self, found: re.Match[str], at: int) -> Scalar:
        if found[1] or found[2]:
            return Scalar(None, self.line(at), "a fraction")
        if found.end() - at > _MAX_DIGITS:
            return Scalar(None, self.line(at), "a very long number")
        return Scalar(int(found[0]), self.line(at))

    def string(self, at: int) -> tuple[str, int]:
        try:
            string, end = scanstring(self.source.text, at + 1, True)  # noqa: FBT003 - positional in C
        except json.JSONDecodeError as error:
            raise self.bad(min(error.pos, len(self.source.text)), error.msg[0].lower() + error.msg[1:]) from error
        return str(string), int(end)

    def listing(self, start: int, depth: int) -> tuple[Node, int]:
        items: list[Node] = []
        at = self.space(start + 1)
        if self.source.text.startswith("]", at):
            return Listing((), self.line(start)), at + 1
        while True:
            item, at = self.value(at, depth + 1)
            items.append(item)
            at, done = self.next(at, "]")
            if done:
                return Listing(tuple(items), self.line(start)), at

    def table(self, start: int, depth: int) -> tuple[Node, int]:
        entries: dict[str, Node] = {}
        lines: dict[str, int] = {}
        at = self.space(start + 1)
        if self.source.text.startswith("}", at):
            return Table(entries, lines, self.line(start)), at + 1
        while True:
            if not self.source.text.startswith('"', at):
                raise self.bad(at, "a key in double quotes is expected")
            key, after = self.string(at)
            if key in entries:
                raise self.bad(at, f"the key {key[:80]!r} stands twice")
            lines[key] = self.line(at)
            at = self.space(after)
            if not self.source.text.startswith(":", at):
                raise self.bad(at, "a colon is expected after a key")
            entries[key], at = self.value(self.space(at + 1), depth + 1)
            at, done = self.next(at, "}")
            if done:
                return Table(entries, lines, self.line(start)), at

    def next(self, at: int, closing: str) -> tuple[int, bool]:
        """Past the comma, or past the end of the list or table."""
        at = self.space(at)
        if self.source.text.startswith(closing, at):
            return at + 1, True
        if self.source.text.startswith(",", at):
            return self.space(at + 1), False
        raise self.bad(at, f"a comma or {closing} is expected")
