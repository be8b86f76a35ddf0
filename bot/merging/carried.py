"""Renames that the snippet proves: a marker under the new header keeps lines that stand under the old one.

base                snippet                 Where the header gives way, its body goes on under the new one. Nothing
def old():          def new():              else can the marker stand for: a definition that comes beside the old
    first()             first()             one has no code yet that could be left out.
    second()            # ...
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.merging.hunks import hunks_of
from bot.merging.names import header_name
from bot.merging.snippet import Gap

if TYPE_CHECKING:
    from bot.merging.evidence import Material
    from bot.merging.reading import Reading


def carried(reading: Reading, material: Material) -> frozenset[int]:
    """The base lines that are headers and give way to another one, under which a marker keeps their block."""
    lines = material.base.lines
    gaps = {token: kept for token, kept in reading.gaps if kept}
    found = set()
    for _, hunk in (each for segment in reading.segments for each in hunks_of(segment)):
        old = [step.line for step in hunk if step.kind in {"pair", "drop"} and header_name(material.keys[step.line])]
        new = [step.token for step in hunk if step.kind in {"pair", "new"} and _is_header(step.token, material)]
        kept = gaps.get(_first_gap(material, new[0])) if len(old) == len(new) == 1 else None
        if kept is None or kept.start <= old[0]:
            continue
        between = (at for at in range(old[0] + 1, kept.start + 1) if not material.light[at])
        if all(lines[at].indent > lines[old[0]].indent for at in between):
            found.add(old[0])
    return frozenset(found)


def _is_header(token: int, material: Material) -> bool:
    return header_name(material.lazy.key(token)) is not None


def _first_gap(material: Material, header: int) -> int:
    """The first marker in the block below a line of the snippet; -1 for none."""
    tokens = material.lazy.tokens
    for at in range(header + 1, len(tokens)):
        token = tokens[at]
        if isinstance(token, Gap):
            return at if token.indent > tokens[header].indent else -1
        if token.indent <= tokens[header].indent and any(map(str.isalnum, token.key)):
            return -1
    return -1
