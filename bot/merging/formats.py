"""Snippets that are written in another format than they are said to be: a diff whose fence does not call it one.

As a lazy snippet its signs would become code. It is a diff if a line of it takes a line of the file off (`-` and the
very line); if it puts lines in with a `+` at the left edge, where no line of the file has one; or if all lines but
these are the file's, one column to the right. A line that the file has just as it is shown, with its sign, is none:
`- item` is an entry of a list, and so is `+ item` in a text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from bot.merging.snippet import Line

_LISTED = (".md", ".markdown", ".mdx", ".rst", ".adoc", ".txt", ".diff", ".patch")
_HEADERS = ("@@ ", "--- ", "+++ ")


def diff_line(lines: Sequence[Line], own: Collection[str], path: str) -> int | None:
    """The 0-based number of the line that shows that `lines` are a diff of a file with the lines `own`, or None."""
    signed = [line for line in lines if line.text not in own and not line.text.startswith(_HEADERS)]
    off = next((line for line in signed if line.text[0] == "-" and line.text[1:] in own), None)
    if off is not None:
        return off.number
    new = [line for line in signed if line.text[0] == "+" and line.text[1:].strip()]
    if not new or any(line.startswith("+") for line in own):
        return None
    beside = [line for line in signed if line.text[0] == " "]
    pushed = len(new) + len(beside) == len(signed) and beside and all(line.text[1:] in own for line in beside)
    return new[0].number if pushed or not path.endswith(_LISTED) else None
