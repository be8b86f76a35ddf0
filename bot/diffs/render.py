"""A change of one file as a unified diff in git's form, byte for byte what is stored: CRLF and BOM stay in the text.

Form: https://git-scm.com/docs/diff-format (section "Generating patch text with -p"), with `core.quotePath` off and no
`index` line. Names are quoted as git's quote.c does.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.diffs.edits import edits_between

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.model import Edit
    from bot.text import Document

CONTEXT = 3
NO_NEWLINE = "\\ No newline at end of file"
_QUOTED = re.compile('[\x00-\x1f"\\\\\x7f]')
_ESCAPES = {"\a": "a", "\b": "b", "\t": "t", "\n": "n", "\v": "v", "\f": "f", "\r": "r", '"': '"', "\\": "\\"}
_HEADING = re.compile(r"[A-Za-z_$][^\x00-\x1f\x7f-\x9f]*")
_LONGEST_HEADING = 80


def unified(
    path: str,
    old: Document | None,
    new: Document | None,
    *,
    old_mode: str = "100644",
    new_mode: str = "100644",
    rename_to: str | None = None,
) -> str:
    """The diff that makes `new` of `old` at `path`; None means that there is no file. "" if nothing differs.

    Modes are git's (`100644`, `100755`); `rename_to` is the path afterwards, if that is another one.
    """
    target = rename_to or path
    before, after = raw_lines(old), raw_lines(new)
    edits = edits_between(before, after)
    header = list(_extended_header(path, target, old, new, (old_mode, new_mode), _kept(before, after, edits)))
    if not header and not edits:
        return ""
    lines = [f"diff --git {_quoted('a/' + path)} {_quoted('b/' + target)}", *header]
    if edits:
        lines.append("--- " + ("/dev/null" if old is None else _label("a/" + path)))
        lines.append("+++ " + ("/dev/null" if new is None else _label("b/" + target)))
        lines += _hunks(before, edits)
    return "".join(f"{line}\n" for line in lines)


def raw_lines(document: Document | None) -> list[str]:
    """The lines of a document with their endings, the BOM on the first: joined they are the file's text."""
    if document is None:
        return []
    lines = [line + ending for line, ending in zip(document.lines, document.endings, strict=True)]
    if document.bom:
        lines[:1] = ["\ufeff" + (lines[0] if lines else "")]
    return lines


def _extended_header(
    path: str, target: str, old: Document | None, new: Document | None, modes: tuple[str, str], kept: int
) -> Iterator[str]:
    if old is None:
        yield f"new file mode {modes[1]}"
    elif new is None:
        yield f"deleted file mode {modes[0]}"
    else:
        if modes[0] != modes[1]:
            yield f"old mode {modes[0]}"
            yield f"new mode {modes[1]}"
        if path != target:
            yield f"similarity index {kept}%"
            yield f"rename from {_quoted(path)}"
            yield f"rename to {_quoted(target)}"


def _kept(before: Sequence[str], after: Sequence[str], edits: Sequence[Edit]) -> int:
    """How much of the text stays, in per cent; 100 only if all of it does."""
    if not edits:
        return 100
    gone = sum(len(line) for edit in edits for line in before[edit.start : edit.stop])
    size = sum(map(len, before))
    return min(99, 100 * (size - gone) // max(size, sum(map(len, after)), 1))


def _hunks(before: Sequence[str], edits: Sequence[Edit]) -> Iterator[str]:
    group: list[Edit] = []
    shift = 0
    for edit in edits:
        if group and edit.start - group[-1].stop > 2 * CONTEXT:
            yield from _hunk(before, group, shift)
            shift += sum(len(each.lines) - (each.stop - each.start) for each in group)
            group = []
        group.append(edit)
    yield from _hunk(before, group, shift)


def _hunk(before: Sequence[str], edits: Sequence[Edit], shift: int) -> Iterator[str]:
    start = max(edits[0].start - CONTEXT, 0)
    stop = min(edits[-1].stop + CONTEXT, len(before))
    grown = sum(len(edit.lines) - (edit.stop - edit.start) for edit in edits)
    old, new = _range(start, stop - start), _range(start + shift, stop - start + grown)
    yield f"@@ -{old} +{new} @@{_heading(before, start)}"
    at = start
    for edit in edits:
        yield from _marked(" ", before[at : edit.start])
        yield from _marked("-", before[edit.start : edit.stop])
        yield from _marked("+", edit.lines)
        at = edit.stop
    yield from _marked(" ", before[at:stop])


def _range(start: int, count: int) -> str:
    # An empty range is named by the line before it.
    return f"{start if count == 0 else start + 1}" + ("" if count == 1 else f",{count}")


def _marked(mark: str, lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        yield mark + line.removesuffix("\n")
        if not line.endswith("\n"):
            yield NO_NEWLINE


def _heading(before: Sequence[str], start: int) -> str:
    """The nearest line above that begins like a definition, as git shows it behind the `@@`."""
    for number in range(start - 1, -1, -1):
        found = _HEADING.match(before[number])
        if found:
            text = found[0].rstrip().encode()[:_LONGEST_HEADING].decode(errors="ignore").rstrip()
            return f" {text}"
    return ""


def _label(name: str) -> str:
    # GNU patch needs the tab to see where a name with spaces ends; git writes it for that.
    return _quoted(name) + ("\t" if " " in name else "")


def _quoted(name: str) -> str:
    if not _QUOTED.search(name):
        return name
    return '"' + _QUOTED.sub(lambda found: "\\" + _ESCAPES.get(found[0], f"{ord(found[0]):03o}"), name) + '"'
