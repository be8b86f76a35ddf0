"""The lines that git leaves in a file whose two sides it could not join.

    <<<<<<< ours       and, in the style diff3,   ||||||| base       before the
    =======
    >>>>>>> theirs

These three in their order are a conflict at any time and wherever they stand, in a string, a fence or a page as well:
git writes them there too. There may be more than one line of equals signs, since each side may underline a title with
seven. A repository may have git write more than seven (`conflict-marker-size`), as many in each line. Text about
conflicts indents them or says `stetbot: allow`. SEARCH/REPLACE blocks look the same and are none where they are quoted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.leftovers.suspicion import ALLOW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_SIGN = re.compile(r"(?P<sign><{7,}|\|{7,}|>{7,})(?: |$)|(?P<parts>={7,})$")
_USUAL = 7
_BLOCK = (re.compile(r"<{7,} (?:SEARCH|ORIGINAL)\b"), re.compile(r">{7,} (?:REPLACE|UPDATED)\b"))
# What may say, above a conflict that is shown, that it may stay.
_INTRODUCED = re.compile(r"\s*(?:`{3}|~{3}|<!--)")
# Where a line of equals signs underlines a title, and manuals show conflicts.
_TITLES = ("markdown", "restructuredtext")
_TITLE_ENDINGS = (".txt", ".adoc", ".asciidoc", ".org", ".pod", ".text")


@dataclass
class _Open:
    """A conflict that has begun: its lines so far, and whether the line between the sides is among them."""

    lines: list[int] = field(default_factory=list)
    parted: bool = False


def conflict_lines(
    lines: Sequence[str], path: str, quoted: Callable[[], frozenset[int]], *, merging: bool
) -> Iterator[int]:
    """The lines (0-based) that are conflict markers, in order. `merging`: git waits for conflicts to be solved here, so
    that each line which it writes into one counts alone. `quoted` tells, if asked, which lines are text about code.
    """
    marked: dict[int, list[int]] = {}
    for at, line in enumerate(lines):
        sign = _SIGN.match(line)
        if sign and not _allowed(lines, at):
            marked.setdefault(len(sign["sign"] or sign["parts"]), []).append(at)
    found: set[int] = set()
    for same in marked.values():
        for conflict in _whole(same, lines):
            first, last = conflict[0], conflict[-1]
            block = _BLOCK[0].match(lines[first]) and _BLOCK[1].match(lines[last])
            if not (block and {first, last} <= quoted()):
                found.update(conflict)
    if merging:
        found |= set(_half(marked.get(_USUAL, []), lines, path, quoted))
    yield from sorted(found)


def _allowed(lines: Sequence[str], at: int) -> bool:
    """Whether the line says that it may stay, or the comment or fence above the first line of a conflict does."""
    if ALLOW.search(lines[at]):
        return True
    above = lines[at - 1] if at and lines[at][0] == "<" else ""
    return _INTRODUCED.match(above) is not None and ALLOW.search(above) is not None


def _whole(marked: Sequence[int], lines: Sequence[str]) -> Iterator[list[int]]:
    """Those of `marked` that belong to a conflict of which no line is missing, conflict by conflict."""
    opened: _Open | None = None
    for at in marked:
        sign = lines[at][0]
        if sign == "<":
            opened = _Open([at])
        elif opened is not None:
            opened.lines.append(at)
            opened.parted = opened.parted or sign == "="
            if sign == ">" and opened.parted:
                yield opened.lines
                opened = None


def _half(
    marked: Sequence[int], lines: Sequence[str], path: str, quoted: Callable[[], frozenset[int]]
) -> Iterator[int]:
    """Those of `marked` that a conflict solved by half may have left: any but what may underline a title."""
    sides = [at for at in marked if lines[at][0] != "="]
    yield from sides
    parting = [at for at in marked if lines[at][0] == "="]
    if parting and not _underlines(path):
        # A docstring may underline a title too; beside another of git's lines nobody can tell.
        titles = frozenset[int]() if sides else quoted()
        yield from (at for at in parting if at not in titles)


def _underlines(path: str) -> bool:
    """Whether seven equals signs may underline a title in such a file."""
    from bot.syntax import language_of

    language = language_of(path)
    named = language is not None and language.name in _TITLES
    return named or path.lower().endswith(_TITLE_ENDINGS) or (language is None and "." not in path.rsplit("/", 1)[-1])
