"""The cells of a Jupyter notebook: texts of their own, which a JSON file holds as strings, line by line.

A notebook is read by its tokens, so that each line of a cell knows the line of the file that it stands on, and a file
that is not quite JSON (git's own lines are in it, perhaps) has cells all the same.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# A string without an end takes in the rest: to try each of its quotes anew would take as long as a text can.
_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)|[][{}:,]', re.DOTALL)
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_SOURCES = ("source", "input")  # the second: format 3
_EXTENSION = re.compile(r"\.\w{1,12}")

_Piece = tuple[str, int]  # a string of JSON, and the line (0-based) it stands on


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as a file of its own; `numbers[i]` is the notebook's line (0-based) on which its line `i` stands."""

    name: str
    lines: tuple[str, ...]
    numbers: tuple[int, ...]


@dataclass(slots=True)
class _Open:
    """An object or a list that has begun. `key`: in an object, what the next value is called."""

    is_object: bool
    name: str = ""
    key: str = ""
    is_value: bool = False
    kind: str = ""
    source: list[_Piece] = field(default_factory=list)


def cells(text: str) -> tuple[Cell, ...]:
    """The cells of the notebook `text`, in order."""
    found: list[tuple[str, list[_Piece]]] = []
    extension = ".py"
    stack: list[_Open] = []
    for word, number in _tokens(text):
        top = stack[-1] if stack else None
        if word in "[{":
            stack.append(_Open(word == "{", top.key if top is not None else ""))
        elif word in "]}":
            if top is not None and top.kind:
                found.append((top.kind, top.source))
            del stack[-1:]
        elif top is None:
            continue
        elif word in ":,":
            top.is_value = word == ":"
        elif top.is_object and not top.is_value:
            top.key = _string(word)
        elif top.is_object and top.name == "language_info" and top.key == "file_extension":
            extension = _string(word)
        else:
            _take(stack, word, number)
    ending = extension if _EXTENSION.fullmatch(extension) else ".py"
    names = {"code": f"cell{ending}", "markdown": "cell.md"}
    return tuple(_cell(names.get(kind, "cell.txt"), source) for kind, source in found)


def _tokens(text: str) -> Iterator[_Piece]:
    number = behind = 0
    for match in _TOKEN.finditer(text):
        number += text.count("\n", behind, match.start())
        behind = match.start()
        yield match[0], number


def _take(stack: Sequence[_Open], word: str, number: int) -> None:
    """Keep a string that is a cell's kind, its source, or one line of a source that is a list."""
    top = stack[-1]
    if top.is_object and top.key == "cell_type":
        top.kind = _string(word)
    elif top.is_object and top.key in _SOURCES:
        top.source.append((word, number))
    elif not top.is_object and top.name in _SOURCES and len(stack) > 1:
        stack[-2].source.append((word, number))


def _cell(name: str, source: Sequence[_Piece]) -> Cell:
    lines: list[list[str]] = []
    numbers: list[int] = []
    ended = True
    for word, number in source:
        for part in _LINE.findall(_string(word)):
            if ended:
                lines.append([])
                numbers.append(number)
            lines[-1].append(part.removesuffix("\n"))
            ended = part.endswith("\n")
    return Cell(name, tuple("".join(line) for line in lines), tuple(numbers))


def _string(word: str) -> str:
    try:
        return str(json.loads(word, strict=False))
    except ValueError:  # an escape that JSON has not: what it says matters little
        return word[1:-1]
