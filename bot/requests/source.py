"""What all readers begin with: bytes become text, places become `file:line`, code in a format becomes an ask."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.errors import InstructionError
from bot.model import LineRange

if TYPE_CHECKING:
    from collections.abc import Iterable

BOM: Final = "\ufeff"
_RANGE = re.compile(r"([0-9]{1,9})(?:\s*-\s*([0-9]{1,9}))?")


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """Limits of one instruction file; what is beyond them is an InstructionError, never a slow or partial read."""

    max_bytes: int = 10_000_000
    max_requests: int = 100_000


@dataclass(frozen=True, slots=True)
class Source:
    """The file that is read: its name for messages, its text with "\n" line ends and no BOM."""

    name: str
    text: str

    def at(self, line: int) -> str:
        """The place `file:line`."""
        return f"{self.name}:{line}"

    def error(self, line: int, problem: str, remedy: str) -> InstructionError:
        """The error that names `line`; to be raised."""
        return InstructionError(self.at(line), problem, remedy)


def open_source(name: str, data: bytes, options: ReadOptions) -> Source:
    """Decode an instruction file: UTF-8 with or without BOM; "\r\n" and "\r" become "\n".

    Raises InstructionError for what is too large, not UTF-8, or holds a NUL byte.
    """
    if len(data) > options.max_bytes:
        raise InstructionError(name, f"larger than {options.max_bytes} bytes", "split it into several files")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InstructionError(f"{name}:{line}", "not UTF-8", "save the file as UTF-8") from error
    nul = text.find("\0")
    if nul >= 0:
        line = text.count("\n", 0, nul) + 1
        raise InstructionError(f"{name}:{line}", "a NUL byte", "an instruction file is text: take it out")
    return Source(name, unix_lines(text.removeprefix(BOM)))


def unix_lines(text: str) -> str:
    """`text` with the line ends "\r\n" and "\r" made "\n"."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def parse_range(text: str) -> LineRange | None:
    """A range like "10-24" or "10"; None for anything else, one that starts below 1 or runs backwards."""
    found = _RANGE.fullmatch(text.strip())
    if found is None:
        return None
    first = int(found[1])
    last = int(found[2]) if found[2] else first
    return LineRange(first, last) if 1 <= first <= last else None


def path_problem(path: str) -> str | None:
    """What makes `path` no path at all (which paths may be written to is decided elsewhere); None if nothing does."""
    if not path.strip():
        return "an empty path"
    if any(character in path for character in "\0\n\r"):
        return "a path with a line break or a NUL character"
    return None


def paragraphs(texts: Iterable[str]) -> str:
    """The texts that are not blank as one text with an empty line between them."""
    return "\n\n".join(text.strip("\n") for text in texts if text.strip())
