"""Inner white space: whether a line that a snippet quotes with other white space was misquoted, or is to be changed.

Models misquote white space, and editors tidy it; mostly nothing tells which. It was misquoted where nobody would ask
for the difference:

    doubled     `a &&  b` for `a && b`: two blanks where the file has one, and they put nothing into a column
    levelled    `by: 1` for `by:   1`: one blank where the file has more, which put what follows into a column

It is to be changed where the writer is an exact one, who puts the very marker that tools ask for at each place.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.merging.lexis import strings_in

if TYPE_CHECKING:
    from collections.abc import Iterable

_RUN = re.compile(r"(?<=\S)[ \t]{2,}(?=\S)")
_WORD_START = re.compile(r"(?<=\s)\S")


def in_string(old: str, new: str) -> bool:
    """Whether the difference is inside a string, where it changes what the program does."""
    return strings_in(old) != strings_in(new)


def is_misquoted(old: str, new: str, beside_old: Iterable[str], beside_new: Iterable[str]) -> bool:
    """Whether `new`, the snippet's form of the line `old` of the file, is a slip.

    `beside_old` and `beside_new` are the lines right above and below the two. All lines with their leading white space.
    """
    if old.strip() == new.strip() or in_string(old, new):
        return False  # nothing inside differs, or it differs where it changes what the program does
    if _RUN.sub(" ", new).strip() == old.strip():
        return not _in_column(new, beside_new)
    return _RUN.sub(" ", old).strip() == new.strip() and _in_column(old, beside_old)


def _in_column(line: str, beside: Iterable[str]) -> bool:
    """Whether what follows a run of blanks begins at the same column as a word of a line beside it."""
    columns = {match.end() for match in _RUN.finditer(line.expandtabs(4))}
    return any(columns & {match.start() for match in _WORD_START.finditer(text.expandtabs(4))} for text in beside)
