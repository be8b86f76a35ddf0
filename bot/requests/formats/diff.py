"""Unified diffs as git, GNU diff, difflib and language models write them.

Tolerated: wrong or missing line numbers and counts, `@@` with a line of code instead of numbers, no `diff --git` line,
a hunk without any file header, empty lines for empty context, a mail around the diff. Not tolerated: a line that is
neither context nor change, binary patches, symlinks and submodules, copies, combined diffs; `FormatError` names the
line.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.asks import Block
from bot.requests.formats.diff_header import HEADER_STARTS, Header
from bot.requests.formats.syntax import FormatError, lines_of, shown

if TYPE_CHECKING:
    from bot.requests.formats.syntax import FileAsk

_NUMBERS = re.compile(r"@@ -([0-9]{1,9})(?:,([0-9]{1,9}))? \+([0-9]{1,9})(?:,([0-9]{1,9}))? @@")
_NO_SCOPE = re.compile(r"[-+.,0-9\s]*")
_MAIL = re.compile(r"From [0-9a-f]{40} ")
# git ends a mail with its version below this line; without that it is a removed "- ".
_SIGNATURE = "-- "
_VERSION = re.compile(r"[0-9]+\.[0-9]\S*")
_NOTHING_CHANGES = "the hunk changes nothing"


def parse_diff(code: str) -> tuple[FileAsk, ...]:
    """The files that a unified diff changes, in order; raises FormatError."""
    lines = lines_of(code)
    parser = _Parser(lines)
    start = next((at for at in range(len(lines)) if parser.begins_file(at) or lines[at].startswith("@@")), None)
    if start is None:
        return (parser.bare_body(),)
    parser.at = start
    files: list[FileAsk] = []
    while parser.skip_to_next():
        files.append(parser.file())
    return tuple(files)


def looks_like_diff(code: str) -> bool:
    """Whether the first line that is not blank begins a unified diff."""
    lines = lines_of(code)
    first = next((at for at, line in enumerate(lines) if line.strip()), None)
    return first is not None and (lines[first].startswith("@@ ") or _Parser(lines).begins_file(first))


class _Parser:
    """A cursor over the lines of one diff."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.at = 0
        self.last = max((at for at, line in enumerate(lines) if line.strip()), default=-1)

    def begins_file(self, at: int) -> bool:
        """Whether a file's header begins at line `at`."""
        line = self.line(at)
        return line.startswith(("diff --git ", "Index: ")) or self.names_files(at)

    def names_files(self, at: int) -> bool:
        return self.line(at).startswith("--- ") and self.line(at + 1).startswith("+++ ")

    def line(self, at: int) -> str:
        return self.lines[at] if at < len(self.lines) else ""

    def skip_to_next(self) -> bool:
        """Move to the next file, over blank lines and the wrapping of a mail; False at the end."""
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if self.begins_file(self.at) or line.startswith("@@"):
                return True
            if self.ends_mail(self.at):
                self.at = self.next_mail()
            elif line.strip():
                raise FormatError(self.at + 1, f"{shown(line)} is no line of a diff")
            else:
                self.at += 1
        return False

    def ends_mail(self, at: int) -> bool:
        line = self.line(at)
        if line == _SIGNATURE:
            return at + 2 > self.last and bool(_VERSION.fullmatch(self.line(at + 1)))
        return bool(_MAIL.match(line))

    def next_mail(self) -> int:
        starts = (at for at in range(self.at, len(self.lines)) if self.begins_file(at))
        return next(starts, len(self.lines))

    def file(self) -> FileAsk:
        start = self.at
        header = Header(start + 1)
        if not self.line(start).startswith("@@"):
            self.header(header)
        hunks: list[Block] = []
        while self.line(self.at).startswith("@@") or self.blank_before_hunk():
            hunks.append(self.hunk())
        return header.ask(tuple(hunks))

    def blank_before_hunk(self) -> bool:
        at = self.at
        while at < len(self.lines) and not self.lines[at].strip():
            at += 1
        if at > self.at and self.line(at).startswith("@@"):
            self.at = at
            return True
        return False

    def header(self, header: Header) -> None:
        first = self.at
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if self.names_files(self.at):
                header.name("---", line[4:], self.at + 1)
                header.name("+++", self.lines[self.at + 1][4:], self.at + 2)
                self.at += 2
                return
            if not line.startswith(HEADER_STARTS) or (self.at > first and line.startswith("diff --git ")):
                return
            header.extended(line, self.at + 1)
            self.at += 1

    def hunk(self) -> Block:
        start = self.at
        line = self.lines[start]
        if line.startswith("@@@"):
            raise FormatError(start + 1, "a combined diff (@@@) has no single reading")
        numbers = _NUMBERS.match(line)
        self.at += 1
        if numbers is None:
            heading = line.removeprefix("@@").strip().removesuffix("@@").strip()
            scopes = () if _NO_SCOPE.fullmatch(heading) else (heading,)
            return _block(self.structured(), None, scopes, start)
        counts = (int(numbers[2] or 1), int(numbers[4] or 1))
        body = self.counted(*counts)
        if body is None:
            self.at = start + 1
            body = self.structured()
        return _block(body, int(numbers[1]), (), start)

    def counted(self, old: int, new: int) -> list[str] | None:
        """The hunk's lines as its counts have them; None if the counts are wrong."""
        at = self.at
        while old > 0 or new > 0:
            line = self.line(at)
            # A file header reads like a removed and an added line, and a wrong count would swallow it.
            header = self.names_files(at) and self.line(at + 2).startswith("@@")
            if at >= len(self.lines) or header or line[:1] not in ("", " ", "-", "+", "\\"):
                return None
            old -= line[:1] in ("", " ", "-")
            new -= line[:1] in ("", " ", "+")
            at += 1
        if old or new:
            return None
        if self.line(at).startswith("\\"):
            at += 1
        if not self.boundary_after(at):
            return None
        body, self.at = self.lines[self.at : at], at
        return body

    def boundary_after(self, at: int) -> bool:
        while at < len(self.lines) and not self.lines[at]:
            at += 1
        return at >= len(self.lines) or self.boundary(at)

    def boundary(self, at: int) -> bool:
        return self.line(at).startswith("@@") or self.begins_file(at) or self.ends_mail(at)

    def structured(self) -> list[str]:
        """The hunk's lines up to the next hunk, file or end; empty lines at its end belong to nothing."""
        body: list[str] = []
        while self.at < len(self.lines) and not self.boundary(self.at):
            line = self.lines[self.at]
            if line[:1] not in ("", " ", "-", "+", "\\"):
                raise FormatError(self.at + 1, f"{shown(line)} begins with neither a space nor + nor -")
            body.append(line)
            self.at += 1
        while body and not body[-1]:
            body.pop()
        return body

    def bare_body(self) -> FileAsk:
        """Lines with + and - and no header at all, as reviewers write them."""
        first = next((at for at, line in enumerate(self.lines) if line.strip()), 0)
        self.at = first
        return Header(first + 1).ask((_block(self.structured(), None, (), first),))


def _block(body: list[str], near: int | None, scopes: tuple[str, ...], start: int) -> Block:
    old: list[str] = []
    new: list[str] = []
    # Whether the last line of the old and of the new text was said to have no newline; None: nothing was said.
    unended = [False, False]
    last = ""
    for number, line in enumerate(body, start + 2):
        sign = line[:1] or " "
        if sign == "\\":
            if last not in (" ", "-", "+"):
                raise FormatError(number, "a misplaced '\\ No newline at end of file'")
            unended = [unended[0] or last != "+", unended[1] or last != "-"]
            last = "\\"
            continue
        if unended[1] or (unended[0] and sign != "+"):
            raise FormatError(number, "a line after '\\ No newline at end of file'")
        last = sign
        if sign in " -":
            old.append(line[1:])
        if sign in " +":
            new.append(line[1:])
    ends = True in unended
    if not any(line[:1] in ("+", "-") for line in body) or (old == new and not ends):
        raise FormatError(start + 1, _NOTHING_CHANGES)
    return Block(tuple(old), tuple(new), near, scopes, at_end=ends, final_newline=not unended[1] if ends else None)
