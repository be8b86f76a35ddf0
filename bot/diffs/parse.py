"""Unified diffs are read by unidiff, behind this wrapper, which is the only place that imports it.

What unidiff 1.0 lets pass or loses, and what is done about it here:

1. C-quoted names stay quoted, and a name that holds " b/" is cut at the wrong place: the names of a git diff are read
   here, and unidiff gets numbers in their stead.
2. A file without hunks (mode change, pure rename, empty new file) is falsy: no truth value of it is asked.
3. Lines after a hunk whose header counts too few of them are dropped: each line must be accounted for.
4. Combined diffs (`@@@`) and garbage give an empty answer: refused by the same count.
5. `is_added_file` holds for an existing empty file that gets text: only `/dev/null` and the mode line count.
6. A header that ends in CRLF leaves "\r" in the name: cut off.
7. `str()` of a patch is not the patch: never used.
8. Universal newlines break lines with a lone "\r": it is given a str, which it splits at "\n" alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from unidiff.patch import Hunk as UnidiffHunk
    from unidiff.patch import PatchedFile, PatchSet


class DiffError(ValueError):
    """The text is no unified diff that can be read without loss; the message names the line."""


@dataclass(frozen=True, slots=True)
class DiffLine:
    """`mark` is " ", "-" or "+"; `text` has its "\n" unless the diff says that the file ends without one."""

    mark: str
    text: str


@dataclass(frozen=True, slots=True)
class Hunk:
    """A hunk as its header counts it (1-based starts, git's rule for empty ranges)."""

    old_start: int
    old_count: int
    new_start: int
    new_count: int
    lines: tuple[DiffLine, ...]


@dataclass(frozen=True, slots=True)
class FileDiff:
    """What a diff says of one file. A path is None where there is no file; modes are None where nothing is said."""

    old_path: str | None
    new_path: str | None
    old_mode: str | None
    new_mode: str | None
    binary: bool
    hunks: tuple[Hunk, ...]


@dataclass(slots=True)
class _Header:
    """The names in a git header, as far as they have been read."""

    line: str
    old: str | None = None
    new: str | None = None
    renamed: tuple[str | None, str | None] = (None, None)
    gone: set[str] = field(default_factory=set)


def parse_diff(text: str) -> tuple[FileDiff, ...]:
    """The files of a unified diff, in order. Raises DiffError for what cannot be read, or not without loss."""
    from unidiff.errors import UnidiffParseError
    from unidiff.patch import PatchSet

    plain, headers = _with_numbers_for_names(text)
    try:
        files = PatchSet(plain)
    except (UnidiffParseError, AssertionError) as error:
        raise DiffError(f"not a unified diff: {' '.join(str(error).split())[:200]}") from error
    _account(plain, files)
    if not files:
        raise DiffError("not a unified diff: no file is named in it")
    return tuple(_file(each, headers) for each in files)


def _with_numbers_for_names(text: str) -> tuple[str, list[_Header]]:
    headers: list[_Header] = []
    lines: list[str] = []
    inside = False
    for line in text.split("\n"):
        name = line.removesuffix("\r")
        if name.startswith("diff --git "):
            inside = True
            headers.append(_Header(name.removeprefix("diff --git ")))
            number = len(headers) - 1
            lines.append(f"diff --git a/{number} b/{number}")
        elif inside and not line.startswith("@@"):
            lines.append(_numbered(headers, name))
        else:
            inside = False
            lines.append(line)
    return "\n".join(lines), headers


def _numbered(headers: list[_Header], line: str) -> str:
    header, number = headers[-1], len(headers) - 1
    word, _, name = line.partition(" ")
    if word == "---":
        header.old = _name(name, "a/")
        return line if header.old is None else f"--- a/{number}"
    if word == "+++":
        header.new = _name(name, "b/")
        return line if header.new is None else f"+++ b/{number}"
    if line.startswith("rename from "):
        header.renamed = (_name(line[12:], ""), header.renamed[1])
    elif line.startswith("rename to "):
        header.renamed = (header.renamed[0], _name(line[10:], ""))
    elif line.startswith("new file mode "):
        header.gone.add("old")
    elif line.startswith("deleted file mode "):
        header.gone.add("new")
    return line


def _name(written: str, prefix: str) -> str | None:
    name = unquoted(written) if written.startswith('"') else written.partition("\t")[0]
    return None if name == "/dev/null" else name.removeprefix(prefix)


_ESCAPE = re.compile(r'\\([abtnvfr"\\]|[0-3][0-7]{2})')
_UNESCAPED = {"a": "\a", "b": "\b", "t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", '"': '"', "\\": "\\"}


def unquoted(written: str) -> str:
    """The name that git wrote in quotes (octal escapes are the bytes of its UTF-8). Raises DiffError."""
    end = re.match(r'"(?:[^"\\]|\\.)*"', written)
    if not end:
        raise DiffError(f"a quoted name does not end: {written[:80]!r}")

    def plain(found: re.Match[str]) -> bytes:
        said = found[1]
        return _UNESCAPED[said].encode() if said in _UNESCAPED else bytes([int(said, 8)])

    body, parts, at = end[0][1:-1], [], 0
    for found in _ESCAPE.finditer(body):
        parts += [body[at : found.start()].encode(), plain(found)]
        at = found.end()
    try:
        return b"".join([*parts, body[at:].encode()]).decode()
    except UnicodeDecodeError as error:
        raise DiffError(f"a quoted name is not UTF-8: {written[:80]!r}") from error


def _account(plain: str, files: PatchSet) -> None:
    """Every line that looks like content must have been taken for content."""
    read = {line.diff_line_no for each in files for hunk in each for line in hunk}
    begun = False
    for number, line in enumerate(plain.split("\n"), 1):
        begun = begun or line.startswith(("diff --git ", "--- "))
        if not begun or number in read or line in ("", "\r", "-- "):
            continue
        if line.startswith(("--- ", "+++ ", "@@ -")):
            continue
        if line.startswith(("+", "-", " ", "@@")):
            raise DiffError(f"line {number} of the diff belongs to no hunk: its header counts fewer lines")


def _file(each: PatchedFile, headers: list[_Header]) -> FileDiff:
    numbered = re.fullmatch(r"[ab]/(\d+)", each.target_file if each.source_file == "/dev/null" else each.source_file)
    if each.patch_info is not None and headers and numbered:
        old, new = _names(headers[int(numbered[1])])
    else:
        old, new = _name(each.source_file.rstrip("\r"), "a/"), _name(each.target_file.rstrip("\r"), "b/")
    hunks = tuple(
        Hunk(hunk.source_start, hunk.source_length, hunk.target_start, hunk.target_length, tuple(_lines(hunk)))
        for hunk in each
    )
    return FileDiff(old, new, each.source_mode, each.target_mode, each.is_binary_file, hunks)


def _names(header: _Header) -> tuple[str | None, str | None]:
    old = header.old or header.renamed[0]
    new = header.new or header.renamed[1]
    if old is None and new is None:
        old = new = _same_name(header.line)
    elif old is None:
        old = new
    elif new is None:
        new = old
    return (None if "old" in header.gone else old, None if "new" in header.gone else new)


def _same_name(line: str) -> str:
    """The name in `a/NAME b/NAME`; git leaves the other lines away only where both are the same."""
    if line.startswith('"'):
        return unquoted(line).removeprefix("a/")
    half = len(line) // 2
    first, second = line[:half], line[half + 1 :]
    if first[:2] != "a/" or second[:2] != "b/" or first[2:] != second[2:]:
        raise DiffError(f"the header names no file clearly: {line[:120]!r}")
    return first[2:]


def _lines(hunk: UnidiffHunk) -> Iterator[DiffLine]:
    held: DiffLine | None = None
    for line in hunk:
        if line.line_type == "\\":
            if held is None:
                raise DiffError("the diff says that no newline ends the file before any line")
            held = DiffLine(held.mark, held.text.removesuffix("\n"))
            continue
        if held:
            yield held
        held = DiffLine(line.line_type or " ", line.value if line.value.endswith("\n") else line.value + "\n")
        if line.line_type == "":
            held = None  # an empty line behind the hunk is no part of it
    if held:
        yield held
