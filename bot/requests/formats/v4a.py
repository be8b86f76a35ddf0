"""V4A patches (`*** Begin Patch`), as OpenAI's models and codex write them.

*** Begin Patch
*** Update File: a.py           or Add File (lines with +), Delete File
*** Move to: b.py               optional
@@ class Cart:                  lines that stand above, outermost first; optional
 context
-old
+new
*** End of File                 optional: the lines above are the file's last
*** End Patch
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.asks import Block, BlockFormat, Blocks, DeleteFile, NewFile, RenameFile
from bot.requests.formats.syntax import FileAsk, FormatError, lines_of, shown

if TYPE_CHECKING:
    from bot.asks import Ask

_BEGIN, _END, _END_OF_FILE = "*** Begin Patch", "*** End Patch", "*** End of File"
_ADD, _DELETE, _UPDATE, _MOVE = "*** Add File: ", "*** Delete File: ", "*** Update File: ", "*** Move to: "
_NUMBERS = re.compile(r"-([0-9]{1,9})(?:,[0-9]{1,9})? \+[0-9]{1,9}(?:,[0-9]{1,9})? @@.*")


def looks_like_v4a(code: str) -> bool:
    """Whether the first line that is not blank begins a patch."""
    return code.lstrip("\n \t").startswith(_BEGIN)


def parse_v4a(code: str) -> tuple[FileAsk, ...]:
    """The files that a V4A patch changes, in order; raises FormatError."""
    lines = lines_of(code)
    first = next((at for at, line in enumerate(lines) if line.strip()), 0)
    last = max((at for at, line in enumerate(lines) if line.strip()), default=0)
    if not lines or lines[first].rstrip() != _BEGIN:
        raise FormatError(first + 1, f"a patch begins with {_BEGIN!r}")
    if lines[last].rstrip() != _END:
        raise FormatError(last + 1, f"a patch ends with {_END!r}")
    parser = _Parser(lines, first + 1, last)
    files: list[FileAsk] = []
    while parser.at < parser.stop:
        files.append(parser.file())
    if not files:
        raise FormatError(first + 1, "the patch names no file")
    return tuple(files)


class _Parser:
    def __init__(self, lines: list[str], at: int, stop: int) -> None:
        self.lines = lines
        self.at = at
        self.stop = stop

    def peek(self) -> str:
        """The present line; at the end of the patch, its last line."""
        return self.lines[min(self.at, self.stop)]

    def file(self) -> FileAsk:
        start = self.at
        line = self.peek()
        self.at += 1
        if line.startswith(_ADD):
            return FileAsk(line.removeprefix(_ADD).strip(), self.added(start), start + 1)
        if line.startswith(_DELETE):
            return FileAsk(line.removeprefix(_DELETE).strip(), DeleteFile(), start + 1)
        if line.startswith(_UPDATE):
            return FileAsk(line.removeprefix(_UPDATE).strip(), self.updated(start), start + 1)
        raise FormatError(start + 1, f"{shown(line)} where a file must be named ('{_UPDATE}path')")

    def added(self, start: int) -> NewFile:
        body: list[str] = []
        while self.at < self.stop and not self.peek().startswith("***"):
            line = self.peek()
            if not line.startswith("+"):
                raise FormatError(self.at + 1, f"{shown(line)}: each line of a new file begins with +")
            body.append(line[1:])
            self.at += 1
        if not body:
            raise FormatError(start + 1, "a new file without a line")
        return NewFile("\n".join(body) + "\n")

    def updated(self, start: int) -> Ask:
        moved: str | None = None
        if self.at < self.stop and self.peek().startswith(_MOVE):
            moved = self.peek().removeprefix(_MOVE).strip()
            self.at += 1
        blocks: list[Block] = []
        while self.at < self.stop and (not self.peek().startswith("***") or self.peek().rstrip() == _END_OF_FILE):
            blocks.append(self.block())
        changes = Blocks(BlockFormat.PATCH, tuple(blocks))
        if moved is not None:
            return RenameFile(moved, changes if blocks else None)
        if not blocks:
            raise FormatError(start + 1, "an update without a change")
        return changes

    def block(self) -> Block:
        start = self.at
        scopes, near = self.scopes()
        old: list[str] = []
        new: list[str] = []
        at_end = False
        while self.at < self.stop and not self.peek().startswith("@@") and not at_end:
            line = self.peek()
            if line.rstrip() == _END_OF_FILE:
                at_end = True
            elif line.startswith("***"):
                break
            elif line[:1] in ("", " ", "-", "+"):
                old += [line[1:]] if line[:1] in ("", " ", "-") else []
                new += [line[1:]] if line[:1] in ("", " ", "+") else []
            else:
                raise FormatError(self.at + 1, f"{shown(line)} begins with neither a space nor + nor -")
            self.at += 1
        if old == new:
            raise FormatError(start + 1, "the change replaces its lines by themselves")
        return Block(tuple(old), tuple(new), near, scopes, at_end)

    def scopes(self) -> tuple[tuple[str, ...], int | None]:
        """The `@@` lines here: the lines that stand above, or a line number in the manner of a unified diff."""
        scopes: list[str] = []
        near: int | None = None
        while self.at < self.stop and self.peek().startswith("@@"):
            said = self.peek().removeprefix("@@").strip()
            if numbers := _NUMBERS.fullmatch(said):
                near = int(numbers[1])
            elif said.removesuffix("@@").strip():
                scopes.append(said.removesuffix("@@").strip())
            self.at += 1
        return tuple(scopes), near
