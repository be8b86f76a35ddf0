"""A close look at a file: elision markers, conflict markers, requests that nobody has applied yet.

A marker in a string, in a fence of Markdown or in a manual's code is what the text is about, not what a merge left.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.leftovers.suspicion import INLINE_WORD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.text import Document

ALLOW = "stetbot: allow"
ALLOW_FILE = "stetbot: allow-file"
_CONFLICT = re.compile(r"(?:<{7}|\|{7}|>{7})(?: |$)|={7}$")
# Where a line of equals signs underlines a title, and manuals show conflicts.
_TITLES = ("markdown", "restructuredtext")
_TITLE_ENDINGS = (".txt", ".adoc", ".asciidoc", ".org", ".pod", ".text")
_ELEMENT = re.compile(r"\s*<!--")


class Kind(enum.Enum):
    """What was found, as it is printed."""

    MARKER = "marker of left-out code"
    CONFLICT = "conflict marker"
    REQUEST = "request that is not applied"


@dataclass(frozen=True, slots=True)
class Leftover:
    """One finding: its line (from 1), what it is, and the line's text."""

    line: int
    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Look:
    """What to look for. `merging`: a merge is under way, so that half a conflict is one too."""

    merging: bool = False
    word: str = INLINE_WORD


def leftovers(document: Document, path: str, look: Look) -> tuple[Leftover, ...]:
    """The leftovers in `document`, in line order.

    A line that holds `stetbot: allow` is passed over, and so is a whole file in which some line says
    `stetbot: allow-file`.
    """
    if any(ALLOW_FILE in line for line in document.lines):
        return ()
    found = [*_conflicts(document, path, look), *_markers(document, path), *_requests(document, path, look)]
    return tuple(sorted(found, key=lambda leftover: leftover.line))


def _markers(document: Document, path: str) -> Iterator[Leftover]:
    from bot.leftovers.markers import is_left_marker

    lines = document.lines
    candidates = [at for at, line in enumerate(lines) if ALLOW not in line and is_left_marker(line, path)]
    behind = [
        at for at, line in enumerate(lines) if len(line) <= _LONGEST and _BEHIND.search(line) and ALLOW not in line
    ]
    if not candidates and not behind:
        return
    quoted = _quoted(document, path)
    for at in sorted({*candidates, *_behind_code(document, path, behind)} - quoted):
        yield Leftover(at + 1, Kind.MARKER, lines[at].strip())


# A comment behind code, as `{ /* ... existing code ... */ }`, with dots at both ends. Nobody writes one at the end of a
# line that is longer, and minified code would cost time.
_LONGEST = 300
_BEHIND = re.compile(r"\S\s*(?://|#|--|/\*|;|<!--)\s*[\[({]?(?:\.{3}|…)[^\n]*\w[^\n]*(?:\.{3}|…)")


def _behind_code(document: Document, path: str, lines: list[int]) -> Iterator[int]:
    """Those of `lines` that hold a comment of their own, behind or before code, which is a marker."""
    from bot.leftovers.markers import is_left_marker
    from bot.syntax import comments

    if not lines:
        return
    wanted = set(lines)
    for comment in comments(path, document.lines):
        if comment.first == comment.last and comment.first in wanted:
            text = document.lines[comment.first][comment.start : comment.stop]
            if is_left_marker(text, path):
                yield comment.first


def _quoted(document: Document, path: str) -> frozenset[int]:
    """The lines (0-based) that are text about code: strings, and what a manual shows as code."""
    from bot.syntax import fenced_lines, language_of, string_lines

    language = language_of(path)
    name = language.name if language is not None else ""
    if name == "markdown":
        return fenced_lines(document.lines)
    if name == "restructuredtext":
        return frozenset(at for at, line in enumerate(document.lines) if line[:1].isspace())
    inside = string_lines(path, document.text)
    if name in ("html", "xml"):
        # The text of a page may speak of markers; its comments, and its scripts and styles (whose lines are the
        # strings of this grammar), do not.
        return frozenset(at for at, line in enumerate(document.lines) if not _ELEMENT.match(line) and at not in inside)
    return inside


def _requests(document: Document, path: str, look: Look) -> Iterator[Leftover]:
    if not any(look.word.casefold() in line.casefold() for line in document.lines):
        return
    from bot.requests.inline import find_inline

    for asked in find_inline(path, document.lines, look.word):
        number = asked.comments[-1].last
        yield Leftover(number + 1, Kind.REQUEST, document.lines[number].strip())


def _conflicts(document: Document, path: str, look: Look) -> Iterator[Leftover]:
    """Lines that stand in the order of a conflict; while a merge is under way, each line that git writes into one."""
    marked = [at for at, line in enumerate(document.lines) if ALLOW not in line and _CONFLICT.match(line)]
    if not marked:
        return
    lines = document.lines
    whole = set(_in_order([(at, lines[at][0]) for at in marked]))
    if look.merging:
        titles = _underlines(path)
        whole |= {at for at in marked if lines[at][0] != "=" or not titles}
    elif whole:
        whole -= _quoted(document, path)
    for at in sorted(whole):
        yield Leftover(at + 1, Kind.CONFLICT, lines[at])


def _in_order(marked: list[tuple[int, str]]) -> Iterator[int]:
    opened: list[int] = []
    seen = ""
    for at, sign in marked:
        seen = sign if sign == "<" else seen + sign
        opened = [*(opened if len(seen) > 1 else []), at]
        if seen in ("<=>", "<|=>"):  # the second is git's diff3 style, with the base between
            yield from opened
        if seen not in ("<", "<|", "<=", "<|="):
            opened, seen = [], ""


def _underlines(path: str) -> bool:
    """Whether seven equals signs may underline a title in such a file."""
    from bot.syntax import language_of

    language = language_of(path)
    named = language is not None and language.name in _TITLES
    return named or path.lower().endswith(_TITLE_ENDINGS) or (language is None and "." not in path.rsplit("/", 1)[-1])
