"""Snippets that are written in another format than they are said to be: a diff whose fence does not call it one.

As a lazy snippet its signs would become code. It is a diff if a line of it takes a line of the file off and another one
puts one in; or if it only puts lines in, and all others are the file's, one column to the right. A line that the file
has just as it is shown, with its sign, is none: `- item` is an entry of a list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from bot.merging.snippet import Line

_SIGNS = frozenset("+- ")
_HEADERS = ("@@ ", "--- ", "+++ ")


def diff_line(lines: Sequence[Line], own: Collection[str]) -> int | None:
    """The 0-based number of the line that shows that `lines` are a diff of a file with the lines `own`, or None."""
    signed = [line for line in lines if line.text not in own and not line.text.startswith(_HEADERS)]
    if not signed or not all(line.text[0] in _SIGNS for line in signed):
        return None
    off = [line for line in signed if line.text[0] == "-" and line.text[1:] in own]
    new = [line for line in signed if line.text[0] == "+" and line.text[1:].strip()]
    beside = [line for line in signed if line.text[0] == " "]
    if off and new and len(off) == sum(line.text[0] == "-" for line in signed):
        return off[0].number
    if new and beside and len(new) + len(beside) == len(signed) and all(line.text[1:] in own for line in beside):
        return new[0].number
    return None
