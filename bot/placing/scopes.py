"""The `@@` lines of a patch: lines that stand above a change, outermost first."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# A closing bracket at the scope's own indentation ends its body but is still inside; so is an opening one in C style.
_BRACKET = tuple("{}()[]")


def in_scopes(lines: Sequence[str], starts: Sequence[int], scopes: Sequence[str]) -> tuple[set[int], set[int]] | None:
    """Those of `starts` that stand in the bodies of all `scopes`, and those just below; None if a scope is missing."""
    regions = [(0, len(lines))]
    below = [(0, len(lines))]
    for scope in scopes:
        heads = [number for number, line in enumerate(lines) if _is_scope(line, scope)]
        if not heads:
            return None
        regions = [_body(lines, head) for head in heads if _within(head, regions)]
        first = next((head for head in heads if _within(head, below)), None)
        below = [] if first is None else [(first, len(lines))]
    inside = {start for start in starts if _within(start, regions)}
    return inside, {start for start in starts if _within(start, below)}


def _is_scope(line: str, scope: str) -> bool:
    """`class Cart` names the line `class Cart(Base):` too, but not `class Cartridge:`."""
    text = line.strip()
    if not text.startswith(scope):
        return False
    return len(text) == len(scope) or not re.match(r"\w", text[len(scope)]) or not re.match(r"\w", scope[-1])


def _within(number: int, regions: Sequence[tuple[int, int]]) -> bool:
    return any(start <= number < stop for start, stop in regions)


def _body(lines: Sequence[str], head: int) -> tuple[int, int]:
    """From the scope's line to the next line that is indented no deeper."""
    depth = _depth(lines[head])
    for number in range(head + 1, len(lines)):
        text = lines[number].strip()
        if text and _depth(lines[number]) <= depth and not text.startswith(_BRACKET):
            return head, number
    return head, len(lines)


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())
