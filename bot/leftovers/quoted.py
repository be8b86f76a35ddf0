"""Which lines of a file are text about code: strings, fences, what a manual shows, the text of a page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.syntax import comments, fenced_lines, language_of, string_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.syntax import Comment
    from bot.text import Document

# Changes that others wrote, or were sent: what is in them is theirs.
_DIFFS = (".diff", ".patch", ".rej")
# What begins a comment in a page or a template of one, where no grammar tells.
_ELEMENT = re.compile(r"\s*(?:<!--|\{#|\{\{!|<%(?:--|#)|@\*)")
# Manuals, in which what is indented is shown, and so is what stands in a fence: in any of them, in AsciiDoc, in Org.
_MANUALS = (".txt", ".text", ".adoc", ".asciidoc", ".org", ".pod", ".texi")
_FENCE = re.compile(r"(?P<sign>`{3,}|~{3,})[^`]*\Z|#\+begin_", re.IGNORECASE)
_ASCIIDOC = (".adoc", ".asciidoc")
_ASCIIDOC_FENCE = re.compile(r"(?P<sign>-{4,}|\.{4,}|`{3,})[^`]*\Z")
_POD = re.compile(r"=[a-z]\w*")


def quoted_lines(document: Document, path: str) -> frozenset[int]:
    """The lines (0-based) of `document` that are text about code."""
    language = language_of(path)
    name = language.name if language is not None else ""
    lines = document.lines
    if path.lower().endswith(_DIFFS):
        return frozenset(range(len(lines)))
    if name == "markdown":
        return fenced_lines(lines)
    if name == "restructuredtext":
        return frozenset(at for at, line in enumerate(lines) if line[:1].isspace())
    if name == "perl":
        return frozenset(_among_code(lines))
    if not name and path.lower().endswith(_MANUALS):
        return frozenset(_in_manual(lines, asciidoc=path.lower().endswith(_ASCIIDOC)))
    if name in ("html", "xml"):
        quoted = frozenset(at for at, line in enumerate(lines) if not _ELEMENT.match(line))
    else:
        quoted = string_lines(path, document.text)
    # In `${...}` of a template string and in the scripts of a page a comment is one.
    return quoted - covered(comments(path, lines)) if quoted else quoted


def _in_manual(lines: Sequence[str], *, asciidoc: bool) -> Iterator[int]:
    """The lines that a manual shows: indented, or in a fence."""
    fences = _ASCIIDOC_FENCE if asciidoc else _FENCE
    end = above = ""
    for at, line in enumerate(lines):
        fence = fences.match(line) if not end else None
        if end:
            yield at
            end = "" if line.lower().startswith(end) else end
        # Under a line of text, dashes are the end of a title.
        elif fence and not (above[:1].isalnum() and line[0] in "-."):
            yield at
            end = fence["sign"] or "#+end_"
        elif line[:1].isspace():
            yield at
        above = line


def _among_code(lines: Sequence[str]) -> Iterator[int]:
    """The lines of Perl's own manual, which stands among the code."""
    inside = False
    for at, line in enumerate(lines):
        inside = _POD.match(line) is not None or inside
        if inside:
            yield at
        if line.startswith("=cut"):
            inside = False


def covered(found: tuple[Comment, ...]) -> frozenset[int]:
    """The lines (0-based) that hold some of these comments."""
    return frozenset(at for comment in found for at in range(comment.first, comment.last + 1))
