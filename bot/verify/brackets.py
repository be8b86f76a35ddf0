"""Brackets counted line by line: a block that a reading leaves open, or closes twice, is no block."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.merging.lexis import LONGEST

if TYPE_CHECKING:
    from collections.abc import Iterable

_STRINGS = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\\n])'|'(?:\\.|[^'\\])*'|`[^`]*`")
_COMMENT = re.compile(r"(?:^|\s)(?://|#(?=\s|$)|--\s).*$")
_PAIRS = (("{", "}"), ("(", ")"), ("[", "]"))

Balance = tuple[int, int, int]


def balance(lines: Iterable[str]) -> Balance:
    """How many brackets of each kind stay open over `lines` (less than 0: more are closed than opened)."""
    net = [0, 0, 0]
    for line in lines:
        if not any(sign in line for sign in "{}()[]"):
            continue
        code = _COMMENT.sub("", _STRINGS.sub("", line)) if len(line) <= LONGEST else line
        for kind, (opening, closing) in enumerate(_PAIRS):
            net[kind] += code.count(opening) - code.count(closing)
    return net[0], net[1], net[2]


def closed(lines: Iterable[str]) -> bool:
    """Whether `lines` open all that they close, and close all that they open."""
    depth = [0, 0, 0]
    for line in lines:
        depth = [one + other for one, other in zip(depth, balance([line]), strict=True)]
        if min(depth) < 0:
            return False
    return depth == [0, 0, 0]
