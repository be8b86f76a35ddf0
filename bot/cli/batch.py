"""The cases of `--batch`: JSON Lines, read whole and checked before the first one is worked on."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.cli.inputs import read_bytes
from bot.errors import UsageError
from bot.model import Hints, LineRange

if TYPE_CHECKING:
    from pathlib import Path

_HALF_CHARACTER = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Case:
    """One line of a batch: what is to be merged or judged; `merged` is "" where nothing is to be judged."""

    id: str
    style: str
    path: str
    original: str
    update: str
    hints: Hints
    merged: str = ""


def read_merge_cases(path: Path, *, hints: bool) -> tuple[Case, ...]:
    """The cases of a file for `merge --batch`; raises UsageError naming the line.

    Only with `hints` are `instruction` and `lines` read, and never anything that could give the answer away.
    """
    return tuple(_case(line, _hints(line) if hints else Hints()) for line in _lines(path))


def read_verify_cases(path: Path) -> tuple[Case, ...]:
    """The cases of a file for `verify --batch`. Raises UsageError naming the line."""
    return tuple(replace(_case(line, Hints()), merged=line.text("merged")) for line in _lines(path))


@dataclass(frozen=True, slots=True)
class _Line:
    place: str
    value: dict[str, object]

    def text(self, key: str, default: str | None = None) -> str:
        found = self.value.get(key, default)
        if not isinstance(found, str):
            raise UsageError(f"{self.place}: {key!r} must be a string")
        if _HALF_CHARACTER.search(found):
            raise UsageError(f"{self.place}: {key!r} holds half a character (a lone surrogate)")
        return found


def _lines(path: Path) -> list[_Line]:
    lines = []
    for number, data in enumerate(read_bytes(path).split(b"\n"), 1):
        place = f"{path}:{number}"
        if not data.strip():
            continue
        try:
            value = json.loads(data)
        except (ValueError, RecursionError) as error:
            raise UsageError(f"{place}: not JSON ({error}); give one case a line") from error
        if not isinstance(value, dict):
            raise UsageError(f"{place}: a case must be an object with id, path, original and update")
        lines.append(_Line(place, value))
    return lines


def _case(line: _Line, hints: Hints) -> Case:
    return Case(
        line.text("id"),
        line.text("style", ""),
        line.text("path"),
        line.text("original"),
        line.text("update"),
        hints,
    )


def _hints(line: _Line) -> Hints:
    instruction = line.text("instruction", "")
    match line.value.get("lines"):
        case None:
            return Hints(None, instruction)
        case [int(first), int(last)] if 1 <= first <= last:
            return Hints(LineRange(first, last), instruction)
        case _:
            raise UsageError(f"{line.place}: 'lines' must be [first, last], from 1")
