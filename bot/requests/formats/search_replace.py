"""SEARCH/REPLACE blocks, in the spellings of aider, Cline and Roo.

    path/of/file.py                 a path may stand above a block
    <<<<<<< SEARCH                  or: ------- SEARCH
    :start_line:10                  optional, then closed by a line of dashes
    -------
    the old lines
    =======
    the new lines
    >>>>>>> REPLACE                 or: +++++++ REPLACE

A line of the code that reads like one of these is escaped with a backslash. Text elsewhere is an error.
"""

from __future__ import annotations

import re

from bot.asks import Block, BlockFormat, Blocks
from bot.requests.formats.syntax import FileAsk, FormatError, lines_of, shown

_OPEN = re.compile(r"(?:<{5,9} (?:SEARCH|ORIGINAL)|-{5,9} SEARCH)>?\s*")
_DIVIDE = re.compile(r"={5,9}\s*")
_CLOSE = {
    "<": re.compile(r">{5,9} (?:REPLACE|UPDATED)\s*"),
    "-": re.compile(r"\+{5,9} REPLACE\s*"),
}
_MARKER = re.compile(r"(?:<{5,9} (?:SEARCH|ORIGINAL)>?|-{5,9}(?: SEARCH>?)?|={5,9}|>{5,9}(?: .*)?|\+{5,9} REPLACE)\s*")
_HINT = re.compile(r":(start|end)_line:\s*([0-9]{1,9})\s*")
_DASHES = re.compile(r"-{5,9}\s*")


def looks_like_search_replace(code: str) -> bool:
    """Whether the first line that is not blank, or the one after it, opens a block."""
    solid = [line for line in lines_of(code)[:40] if line.strip()]
    return any(_OPEN.fullmatch(line) for line in solid[:2])


def parse_search_replace(code: str) -> tuple[FileAsk, ...]:
    """The blocks, grouped by the paths that stand above them (None: none does); raises FormatError."""
    lines = lines_of(code)
    groups: dict[str | None, list[Block]] = {}
    starts: dict[str | None, int] = {}
    path: str | None = None
    heading: int | None = None
    at = 0
    while at < len(lines):
        line = lines[at]
        if _OPEN.fullmatch(line):
            block, after = _block(lines, at)
            groups.setdefault(path, []).append(block)
            starts.setdefault(path, at + 1)
            at, heading = after, None
            continue
        if line.strip():
            if heading is not None:
                raise FormatError(heading + 1, f"{shown(lines[heading])} stands outside of any SEARCH/REPLACE block")
            heading, path = at, line.strip().rstrip(":").strip("`")
        at += 1
    if heading is not None:
        raise FormatError(heading + 1, f"{shown(lines[heading])} stands outside of any SEARCH/REPLACE block")
    if not groups:
        raise FormatError(1, "no SEARCH/REPLACE block")
    return tuple(
        FileAsk(name, Blocks(BlockFormat.SEARCH_REPLACE, tuple(blocks)), starts[name])
        for name, blocks in groups.items()
    )


def _block(lines: list[str], start: int) -> tuple[Block, int]:
    """The block that opens at `start`, and the line after it."""
    at = start + 1
    near: int | None = None
    while found := _HINT.fullmatch(lines[at] if at < len(lines) else ""):
        if found[1] == "start":
            near = int(found[2])
        at += 1
    if at > start + 1 and at < len(lines) and _DASHES.fullmatch(lines[at]):
        at += 1
    divide = _find(lines, at, _DIVIDE, start, "=======")
    end = ">>>>>>> REPLACE" if lines[start][0] == "<" else "+++++++ REPLACE"
    close = _find(lines, divide + 1, _CLOSE[lines[start][0]], start, end)
    old = tuple(_unescaped(line) for line in lines[at:divide])
    new = tuple(_unescaped(line) for line in lines[divide + 1 : close])
    if old == new:
        raise FormatError(start + 1, "the block replaces its lines by themselves")
    return Block(old, new, near), close + 1


def _find(lines: list[str], at: int, wanted: re.Pattern[str], start: int, name: str) -> int:
    for number in range(at, len(lines)):
        line = lines[number]
        if wanted.fullmatch(line):
            return number
        if _OPEN.fullmatch(line) or _DIVIDE.fullmatch(line) or any(end.fullmatch(line) for end in _CLOSE.values()):
            raise FormatError(number + 1, f"{shown(line)} where the block of line {start + 1} still needs its `{name}`")
    raise FormatError(start + 1, f"the block has no `{name}` line", "add it")


def _unescaped(line: str) -> str:
    return line[1:] if line.startswith("\\") and _MARKER.fullmatch(line[1:]) else line
