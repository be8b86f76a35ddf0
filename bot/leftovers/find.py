"""A close look at a file: elision markers, conflict markers, requests that nobody has applied yet.

A marker in a string, in a fence of Markdown or in a manual's code is what the text is about, not what a merge left. A
conflict is one wherever it stands: git writes its lines into strings and fences as well.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import TYPE_CHECKING

from bot.leftovers.suspicion import (
    ALLOW,
    ALLOW_FILE,
    INLINE_WORD,
    is_notebook,
    may_have_conflicts,
    may_have_markers,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bot.text import Document

# A comment behind code, as `{ /* ... existing code ... */ }`, with dots at both ends. Nobody writes one at the end of a
# line that is longer, and minified code would cost time.
_LONGEST = 300
_BEHIND = re.compile(r"\S\s*(?://|#|--|/\*|;|<!--|!|'|%)\s*[\[({]?(?:\.{3}|…)[^\n]*\w[^\n]*(?:\.{3}|…)")
# What a line of comment begins with, to tell whether the line beside it goes on.
_SIGN = re.compile(r"\s*(?P<sign>[^\w\s\"'.…\[(]{1,3}|rem\b|dnl\b|')[\s!/*#;%-]*(?P<said>.*)", re.IGNORECASE)


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
    if any(ALLOW_FILE.search(line) for line in document.lines):
        return ()
    found = [*_of_text(document, path, look), *(_of_cells(document, look) if is_notebook(path) else ())]
    return tuple(sorted(found, key=lambda leftover: leftover.line))


def _of_cells(document: Document, look: Look) -> Iterator[Leftover]:
    """The leftovers in the cells of a notebook. Requests are none of it: comments in its strings are not applied."""
    from bot.leftovers.notebook import cells

    for cell in cells(document.text):
        data = "\n".join(cell.lines).encode("utf-8", "replace")
        if may_have_markers(data) or may_have_conflicts(data):
            for found in _of_text(type(document).from_text(data.decode()), cell.name, look):
                if found.kind is not Kind.REQUEST:
                    yield replace(found, line=cell.numbers[found.line - 1] + 1)


def _of_text(document: Document, path: str, look: Look) -> Iterator[Leftover]:
    quoted = cache(partial(_quoting, document, path))
    yield from _conflicts(document, path, look, quoted)
    yield from _markers(document, path, quoted)
    yield from _requests(document, path, look)


def _quoting(document: Document, path: str) -> frozenset[int]:
    from bot.leftovers.quoted import quoted_lines

    return quoted_lines(document, path)


def _conflicts(document: Document, path: str, look: Look, quoted: Callable[[], frozenset[int]]) -> Iterator[Leftover]:
    from bot.leftovers.conflicts import conflict_lines

    for at in conflict_lines(document.lines, path, quoted, merging=look.merging):
        yield Leftover(at + 1, Kind.CONFLICT, document.lines[at])


def _markers(document: Document, path: str, quoted: Callable[[], frozenset[int]]) -> Iterator[Leftover]:
    lines = document.lines
    candidates = frozenset(_candidates(lines, path))
    behind = frozenset(
        at for at, line in enumerate(lines) if len(line) <= _LONGEST and _BEHIND.search(line) and not ALLOW.search(line)
    )
    if not candidates and not behind:
        return
    for at in sorted((candidates - quoted()) | frozenset(_behind_code(lines, path, behind))):
        yield Leftover(at + 1, Kind.MARKER, lines[at].strip())


def _candidates(lines: Sequence[str], path: str) -> Iterator[int]:
    """The lines that are nothing but a marker, whatever they stand in. A weak one among comments that say something
    else is what somebody says in several lines.
    """
    from bot.leftovers.markers import Strength, marker_strength

    strengths = [marker_strength(line, path) for line in lines]
    talk = _talk(lines, strengths) if Strength.WEAK in strengths else frozenset()
    for at, strength in enumerate(strengths):
        if strength and not ALLOW.search(lines[at]) and (strength is Strength.STRONG or at not in talk):
            yield at


def _talk(lines: Sequence[str], strengths: Sequence[int]) -> frozenset[int]:
    """The lines of comments that stand together, and of which one at least has words that are no marker's."""
    found: set[int] = set()
    run: list[int] = []
    talks, sign = False, ""
    for at, line in enumerate((*lines, "")):
        comment = _SIGN.match(line)
        here = comment["sign"].lower() if comment else ""
        if run and here != sign:
            found.update(run if talks else ())
            run, talks = [], False
        if comment:
            run.append(at)
            sign = here
            talks = talks or (bool(comment["said"]) and not strengths[at])
    return frozenset(found)


def _behind_code(lines: Sequence[str], path: str, wanted: frozenset[int]) -> Iterator[int]:
    """Those lines among `wanted` that hold a comment of their own, behind or before code, which is a marker."""
    from bot.leftovers.markers import Strength, marker_strength
    from bot.syntax import comments

    for comment in comments(path, lines) if wanted else ():
        if comment.first == comment.last and comment.first in wanted:
            text = lines[comment.first][comment.start : comment.stop]
            if marker_strength(text, path) is not Strength.NONE:
                yield comment.first


def _requests(document: Document, path: str, look: Look) -> Iterator[Leftover]:
    if not any(look.word.casefold() in line.casefold() for line in document.lines):
        return
    from bot.requests.inline import find_inline

    for asked in find_inline(path, document.lines, look.word):
        number = asked.comments[-1].last
        yield Leftover(number + 1, Kind.REQUEST, document.lines[number].strip())
