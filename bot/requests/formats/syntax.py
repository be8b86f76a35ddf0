"""What the parsers of the formats share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.asks import Ask


class FormatError(Exception):
    """Code that does not parse in its format. `line` is 1-based within the code."""

    def __init__(self, line: int, problem: str, remedy: str = "correct the snippet") -> None:
        super().__init__(f"line {line}: {problem}")
        self.line = line
        self.problem = problem
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class FileAsk:
    """What code asks of one file; `path` is None where the code names no file (its section does)."""

    path: str | None
    ask: Ask
    line: int = 1


def lines_of(code: str) -> list[str]:
    """The lines of `code`; a final newline starts no further one."""
    lines = code.split("\n")
    if lines[-1] == "":
        lines.pop()
    return lines


def shown(line: str) -> str:
    """`line` as a message quotes it: short, on one line."""
    return repr(line if len(line) <= 60 else line[:57] + "...")
