"""The header of one file in a unified diff: names, modes, renames; and what they make of the hunks below."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.asks import BlockFormat, Blocks, ChangeMode, DeleteFile, NewFile, RenameFile
from bot.requests.formats.syntax import FileAsk, FormatError, shown

if TYPE_CHECKING:
    from bot.asks import Ask, Block

_NULL = "/dev/null"
_IGNORED = ("Index: ", "=====", "index ", "similarity index ", "dissimilarity index ")
_REFUSED = {
    "copy from ": "copies are not read: write the new file in full",
    "copy to ": "copies are not read: write the new file in full",
    "GIT binary patch": "a binary patch: stetbot edits text only",
    "Binary files ": "a binary patch: stetbot edits text only",
}
_KEPT = ("diff --git ", "old mode ", "new mode ", "deleted file mode ", "new file mode ", "rename from ", "rename to ")
HEADER_STARTS = (*_IGNORED, *_REFUSED, *_KEPT)

# git's prefixes, also those of diff.mnemonicPrefix (commit, index, work tree, object).
_PREFIXES = {("a/", "b/"), ("i/", "w/"), ("c/", "i/"), ("c/", "w/"), ("o/", "w/"), ("1/", "2/")}
_MODES = {"100644": False, "100755": True}
_OCTAL = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
_ESCAPES = {b"a": b"\a", b"b": b"\b", b"t": b"\t", b"n": b"\n", b"v": b"\v", b"f": b"\f", b"r": b"\r"}


class Header:
    """What has been read of a file's header; `line` is where it begins."""

    def __init__(self, line: int) -> None:
        self.line = line
        self.names: dict[str, str] = {}
        self.modes: dict[str, bool] = {}
        self.git: str | None = None

    def name(self, kind: str, text: str, line: int) -> None:
        """Take the name after `---`, `+++`, `rename from` or `rename to`."""
        self.names[kind] = unquoted(text, line)

    def extended(self, line: str, number: int) -> None:
        """Take one line of the header that is neither `---` nor `+++`."""
        for start, problem in _REFUSED.items():
            if line.startswith(start):
                raise FormatError(number, problem)
        if line.startswith(_IGNORED):
            return
        kind = next(start for start in _KEPT if line.startswith(start))
        rest = line.removeprefix(kind)
        if kind == "diff --git ":
            self.git = rest
        elif "mode" in kind:
            if rest.strip() not in _MODES:
                raise FormatError(number, f"the mode {rest.strip()[:20]!r}: only regular files are changed")
            self.modes[kind.strip()] = _MODES[rest.strip()]
        else:
            self.names[kind.strip()] = unquoted(rest, number)

    def ask(self, hunks: tuple[Block, ...]) -> FileAsk:
        """What this header and its hunks ask of which file; raises FormatError where they contradict each other."""
        old, new = self._paths()
        if old == _NULL or "new file mode" in self.modes:
            return FileAsk(new, self._created(hunks), self.line)
        if new == _NULL or "deleted file mode" in self.modes:
            return FileAsk(old, self._deleted(hunks), self.line)
        ask: Ask | None = Blocks(BlockFormat.DIFF, hunks) if hunks else None
        if "new mode" in self.modes and self.modes["new mode"] is not self.modes.get("old mode"):
            ask = ChangeMode(self.modes["new mode"], ask)
        if "rename from" in self.names or "rename to" in self.names:
            if old is None or new is None or old == new:
                raise FormatError(self.line, "a rename needs 'rename from' and 'rename to' with two names")
            ask = RenameFile(new, ask)
        elif old != new:
            raise FormatError(self.line, f"two names, {shown(old or '')} and {shown(new or '')}, and no 'rename from'")
        if ask is None:
            raise FormatError(self.line, "a file header without a hunk")
        return FileAsk(old, ask, self.line)

    def _created(self, hunks: tuple[Block, ...]) -> NewFile:
        if len(hunks) > 1 or any(hunk.old for hunk in hunks):
            raise FormatError(self.line, "a new file with lines that are not added")
        ended = not hunks or hunks[0].final_newline is not False
        text = "\n".join(hunks[0].new) + ("\n" if ended else "") if hunks else ""
        return NewFile(text, self.modes.get("new file mode", False))

    def _deleted(self, hunks: tuple[Block, ...]) -> DeleteFile:
        if len(hunks) > 1 or any(hunk.new for hunk in hunks):
            raise FormatError(self.line, "a deleted file with lines that stay")
        return DeleteFile(was=hunks[0].old if hunks else None)

    def _paths(self) -> tuple[str | None, str | None]:
        """The old and the new path, without prefixes; None where nothing names them."""
        if "rename from" in self.names or "rename to" in self.names:
            return self.names.get("rename from"), self.names.get("rename to")
        old, new = self.names.get("---"), self.names.get("+++")
        if old is None or new is None:
            return self._git_paths()
        if old == _NULL:
            return old, new.removeprefix("b/")
        if new == _NULL:
            return old.removeprefix("a/"), new
        return _unprefixed(old, new)

    def _git_paths(self) -> tuple[str | None, str | None]:
        """From `diff --git a/x b/x`, which stands alone for mode changes and empty files; both names are the same."""
        if self.git is None:
            return None, None
        middle = len(self.git) // 2
        old, new = self.git[:middle].strip(), self.git[middle:].strip()
        paths = _unprefixed(unquoted(old, self.line), unquoted(new, self.line))
        if paths[0] != paths[1]:
            raise FormatError(self.line, "two names and no 'rename from'")
        return paths


def _unprefixed(old: str, new: str) -> tuple[str, str]:
    if (old[:2], new[:2]) in _PREFIXES:
        return old[2:], new[2:]
    return old, new


def unquoted(text: str, line: int) -> str:
    """A file name of a diff: C-quoted by git, or followed by a tab and a date."""
    if not text.startswith('"'):
        return text.split("\t", 1)[0].rstrip(" ") if "\t" in text else text.rstrip(" ")
    closing = text.rfind('"')
    inside = text[1:closing].encode("utf-8")
    if closing == 0:
        raise FormatError(line, "a quoted file name without an end")
    raw = _OCTAL.sub(lambda found: _unescaped(found[1]), inside)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FormatError(line, "a file name that is not UTF-8") from error


def _unescaped(escape: bytes) -> bytes:
    if len(escape) == 3:
        return bytes([int(escape, 8) & 255])
    return _ESCAPES.get(escape, escape)
