"""Snippets and bases as the aligner sees them: significant lines, with blank lines counted beside them.

A blank line never decides a place, so it is no line here: each significant line knows the blank lines before it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from bot.merging.markers import find_markers, marker_name, uncommented
from bot.merging.record import record
from bot.text import split_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

_FENCE = re.compile(r"\s{0,3}(`{3,}|~{3,})([^`]*)")
_HEADER = re.compile(
    r"\s*(?:#|//|--|/\*|<!--)?\s*(?:#?EDIT|file(?:name|path)?|path):\s*(\S+?)\s*(?:\*/|-->)?\s*", re.IGNORECASE
)
_PATH_LINE = re.compile(r"\s*(?:#|//|--|/\*|<!--)\s*(\S*[/.]\S+)\s*(?:\*/|-->)?\s*")
_TAB = 4
_TABBED = ("Makefile", "makefile", "GNUmakefile")  # here a tab is no indentation
_TEXTS = ("<<", '"""', "'''", "`")  # what begins a text of several lines
CANONICAL = "existing code"
LEAST_INDENTED = 3
LONGEST_HEADER = 500  # characters: the patterns for one try a long line in many ways
_KEYED = (
    ".yml",
    ".yaml",
    ".md",
    ".markdown",
    ".mdx",
    ".rst",
    ".txt",
)  # here a name with a colon may be a line of its own


@record
class Line:
    """A significant line: `text` as it stands, `key` with white space evened, `glue` without any, `indent` in columns.

    Two lines are the same line if their `glue` is: writers misquote white space, and nothing else.
    `blanks` are the blank lines right before it (as they stand), `number` its 0-based place among all lines.
    """

    text: str
    key: str
    glue: str
    indent: int
    blanks: tuple[str, ...]
    number: int


@dataclass(frozen=True, slots=True)
class Gap:
    """A marker (or a missing one at an edge: `implied`), standing for lines of the base that stay.

    `name` is what it says, `indent` its column, `before` and `after` count the blank lines round it, `number` is its
    0-based place in the snippet. Of markers in a row `first` is the column of the first one, `indent` the least.
    """

    name: str = ""
    indent: int = 0
    before: int = 0
    after: int = 0
    number: int = -1
    implied: bool = False
    first: int = 0


Token = Line | Gap


@dataclass(frozen=True, slots=True)
class Base:
    """The original: its significant lines, all its lines, one level of its indentation, the blank lines at its end."""

    lines: tuple[Line, ...]
    all: tuple[str, ...]
    unit: str
    tail: tuple[str, ...] = ()

    def beside(self, line: Line) -> tuple[str, ...]:
        """The lines right above and below a significant line, as they stand."""
        return self.all[max(0, line.number - 1) : line.number] + self.all[line.number + 1 : line.number + 2]


@dataclass(frozen=True)  # no slots: what the whole snippet shows is asked for at each line, and kept
class Lazy:
    """The snippet: lines and gaps in turn, a gap always first and last."""

    tokens: tuple[Token, ...]
    path: str = ""
    marked: bool = False

    @cached_property
    def exact(self) -> bool:
        """Whether the markers are all the one that tools ask their models for."""
        names = {token.name for token in self.tokens if isinstance(token, Gap) and not token.implied}
        return bool(names) and all(name.replace(CANONICAL, "").strip() == "" and name for name in names)

    @cached_property
    def wide(self) -> bool:
        """Whether the writer shows two blank lines in a row anywhere: one who shows none makes one of them."""
        return any(isinstance(token, Line) and len(token.blanks) > 1 for token in self.tokens)

    def lines_text(self, token: int) -> str:
        """The text of the line at `token`; "" for a gap."""
        line = self.tokens[token]
        return line.text if isinstance(line, Line) else ""

    def key(self, token: int) -> str:
        """The text of the line at `token` with its white space evened; "" for a gap."""
        line = self.tokens[token]
        return line.key if isinstance(line, Line) else ""


def evened(text: str) -> str:
    """`text` for comparing: white space at the ends is off and runs of it are one space."""
    return " ".join(text.split())


def line_of(text: str, blanks: Sequence[str], number: int) -> Line:
    """The significant line that `text` is, with the blank lines before it."""
    words = text.split()
    return Line(text, " ".join(words), "".join(words), indent_of(text), tuple(blanks), number)


def indent_of(text: str) -> int:
    """The column at which `text` begins; a tab reaches to the next multiple of four."""
    bare = text.lstrip(" ")
    if bare[:1] != "\t":
        return len(text) - len(bare)
    column = 0
    for sign in text:
        if sign == " ":
            column += 1
        elif sign == "\t":
            column += _TAB - column % _TAB
        else:
            break
    return column


def unit_of(lines: Sequence[str]) -> str:
    """One level of leading white space in a file: a tab, or the smallest step of spaces that is common in it."""
    tabs = sum(line.startswith("\t") for line in lines)
    steps: dict[int, int] = {}
    before = 0
    for line in lines:
        if line and not line.isspace():
            indent = len(line) - len(line.lstrip(" "))
            if indent > before:
                steps[indent - before] = steps.get(indent - before, 0) + 1
            before = indent
    if tabs > sum(steps.values()):
        return "\t"
    return " " * max(steps, key=lambda step: (steps[step], -step), default=4)


def read_base(lines: Sequence[str]) -> Base:
    """The significant lines of the original."""
    found, tail = _significant(lines)
    return Base(tuple(found), tuple(lines), unit_of(lines), tail)


def read_snippet(text: str, base: Sequence[str], path: str) -> Lazy:
    """The tokens of a snippet that edits `base`; an outermost code fence and a file header are off."""
    lines = _retabbed(unwrapped(split_lines(text), base, path), base, path)
    markers = find_markers(lines, base, path)
    tokens: list[Token] = []
    blanks: list[str] = []
    for number, (line, is_gap) in enumerate(zip(lines, markers, strict=True)):
        if not line.strip():
            blanks.append(line)
            continue
        if is_gap:
            indent = indent_of(line)
            name = marker_name(line, path)
            name = uncommented(line.strip())[0] if name is None else name
            gap = Gap(name, indent, len(blanks), 0, number, first=indent)
            _add_gap(tokens, gap)
        else:
            _close_gap(tokens, len(blanks))
            tokens.append(line_of(line, blanks, number))
        blanks = []
    _close_gap(tokens, len(blanks))
    if not tokens or isinstance(tokens[0], Line):
        tokens.insert(0, Gap(implied=True))
    if isinstance(tokens[-1], Line):
        tokens.append(Gap(implied=True, before=len(blanks)))
    return Lazy(tuple(tokens), path, any(markers))


def _retabbed(lines: Sequence[str], base: Sequence[str], path: str) -> Sequence[str]:
    """`lines` with one level of the file's for each leading tab, where the file is indented and has none."""
    if not any(line.startswith("\t") for line in lines) or path.rpartition("/")[2].startswith(_TABBED):
        return lines
    if any(sign in line for line in lines for sign in _TEXTS):
        return lines  # a tab inside a text is no indentation
    if any(line.startswith("\t") for line in base) or sum(line.startswith(" ") for line in base) < LEAST_INDENTED:
        return lines
    unit = unit_of(base)
    return [unit * (len(line) - len(text)) + text for line in lines for text in (line.lstrip("\t"),)]


def unwrapped(lines: Sequence[str], base: Sequence[str], path: str) -> tuple[str, ...]:
    """`lines` without one outermost code fence and without a header, above it or in it, that only names the file."""
    inner = _trimmed(lines)
    if len(inner) > 1 and path and inner[0] not in base and _is_fenced(inner[1:], base, path) and _names(inner, path):
        inner = inner[1:]
    if _is_fenced(inner, base, path):
        inner = inner[1:-1]
    if inner and path and inner[0] not in base and _names(inner, path):
        inner = inner[1:]
    return tuple(inner)


def _is_fenced(lines: Sequence[str], base: Sequence[str], path: str) -> bool:
    """Whether a code fence is round all of `lines`, and none of the file's own."""
    fence = _FENCE.fullmatch(lines[0]) if len(lines) > 1 else None
    if fence is None or (path.endswith((".md", ".markdown", ".mdx")) and lines[0] in base):
        return False
    last = lines[-1].strip()
    return last.startswith(fence[1]) and not last.strip(fence[1][0])


def _names(lines: Sequence[str], path: str) -> bool:
    """Whether the first line does nothing but name the file at `path`: as a comment, as a header, or bare.

    Bare, it may be text: only above a blank line or a fence, or with a colon where that is no key of the file's, and
    with more than a plain word, it is none.
    """
    if len(lines[0]) > LONGEST_HEADER:
        return False
    own = path.rsplit("/", 1)[-1]
    bare = lines[0].strip("`'\"* ")
    if bare.removesuffix(":") in {path, own}:
        titles = not path.endswith(_KEYED) if bare.endswith(":") else len(lines) > 1 and _parts(lines[1])
        return "." in own.strip(".") and titles
    header = _HEADER.fullmatch(lines[0]) or _PATH_LINE.fullmatch(lines[0])
    if header is None:
        return False
    named = header[1].strip("`'\"")
    return path.endswith(named) or named.endswith(own)


def _parts(line: str) -> bool:
    """Whether a line parts a title from a snippet: a blank one, or one that begins a code fence."""
    return not line.strip() or _FENCE.fullmatch(line) is not None


def _trimmed(lines: Sequence[str]) -> Sequence[str]:
    first, last = 0, len(lines)
    while first < last and not lines[first].strip():
        first += 1
    while first < last and not lines[last - 1].strip():
        last -= 1
    return lines[first:last]


def _add_gap(tokens: list[Token], gap: Gap) -> None:
    """Two markers with no line between are one."""
    last = tokens[-1] if tokens else None
    if isinstance(last, Gap):
        name = f"{last.name} {gap.name}".strip()
        tokens[-1] = Gap(name, min(last.indent, gap.indent), last.before, 0, last.number, first=last.first)
    else:
        tokens.append(gap)


def _close_gap(tokens: list[Token], blanks: int) -> None:
    last = tokens[-1] if tokens else None
    if isinstance(last, Gap):
        tokens[-1] = replace(last, after=blanks)


def _significant(lines: Sequence[str]) -> tuple[list[Line], tuple[str, ...]]:
    found: list[Line] = []
    blanks: list[str] = []
    for number, line in enumerate(lines):
        if line and not line.isspace():
            found.append(line_of(line, blanks, number))
            blanks = []
        else:
            blanks.append(line)
    return found, tuple(blanks)
