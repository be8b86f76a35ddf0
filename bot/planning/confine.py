"""Whether a planner's change stays where its request has a right to be: its lines, or the definition round them.

A model may be talked into anything by what it reads, so this is asked of the result and not of the model. Outside of
the region every line must be as it was, but for imports that the change inside needs (`bot.planning.imports`). Inside
of a definition there must be that definition still, and no second one beside it: a diff can be aligned so that what was
added behind a function seems to stand in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.diffs import edits_between
from bot.model import Doubt, LineRange
from bot.planning.imports import Surroundings, allowed_imports
from bot.syntax import comment_lines, language_of, outline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.model import Edit
    from bot.syntax import Definition, Outline
    from bot.text import Document

RULE = "outside-range"
_WORD = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Region:
    """Lines `start:stop` (0-based, half-open) of the base, and the blank lines round them, which are nobody's.

    `definition` is what they are, with the comment above it; None where they are just lines.
    """

    start: int
    stop: int
    above: int = 0
    below: int = 0
    definition: Definition | None = None

    def holds(self, edit: Edit) -> bool:
        return self.start - self.above <= edit.start and edit.stop <= self.stop + self.below

    def touches(self, edit: Edit) -> bool:
        """Whether the edit is about the lines themselves, not only about the blank ones round them."""
        return edit.start < self.stop and edit.stop > self.start


def region_of(path: str, lines: Sequence[str], wanted: LineRange) -> Region:
    """Where a request that points at the lines `wanted` may change the file."""
    text = "\n".join(lines) + "\n"
    found = outline(path, text)
    first, last = wanted.first - 1, min(wanted.last, len(lines))
    comments = comment_lines(path, text)
    definitions = [_without_lead_out(one, lines) for one in found.definitions]
    for definition in sorted(definitions, key=lambda one: one.last - one.first):
        lead = _lead(definition, comments)
        if lead <= first and last <= definition.last:
            return _with_blanks(lines, Region(lead, definition.last, definition=definition))
    # No definition holds all of it: what the first and the last line stand in is asked about as a whole.
    ends = [one for line in (first, last - 1) if (one := found.enclosing(line)) is not None]
    start = min([first, *(one.first for one in ends)])
    return _with_blanks(lines, Region(start, max([last, *(one.last for one in ends)])))


def confine(
    path: str, base: Document, result: Document, wanted: LineRange, surroundings: Surroundings
) -> tuple[Doubt, ...]:
    """The doubt that a change of `base` into `result` leaves the region of `wanted`; empty if it does not."""
    region = region_of(path, base.lines, wanted)
    edits = edits_between(base.lines, result.lines)
    about = tuple(edit for edit in edits if region.holds(edit) and region.touches(edit))
    imports = allowed_imports(path, base.lines, result.lines, edits, about, surroundings)
    inside = tuple(edit for edit in edits if region.holds(edit) and edit not in imports)
    outside = [edit for edit in edits if edit not in inside and edit not in imports]
    if outside:
        return (Doubt(RULE, f"the planner changes {_lines(outside[0])} of {path}; {_right(region, wanted)}"),)
    if result.final_newline != base.final_newline and region.stop + region.below < len(base.lines):
        return (Doubt(RULE, f"the planner changes the end of {path}; {_right(region, wanted)}"),)
    beside = _beside(path, base, region, inside)
    if beside is not None:
        return (Doubt(RULE, f"the planner adds {beside!r} beside that definition; {_right(region, wanted)}"),)
    return ()


def _with_blanks(lines: Sequence[str], region: Region) -> Region:
    """The region with the blank lines round it: what grows or goes takes or leaves some."""
    above, below = region.start, region.stop
    while above > 0 and not lines[above - 1].strip():
        above -= 1
    while below < len(lines) and not lines[below].strip():
        below += 1
    return replace(region, above=region.start - above, below=below - region.stop)


def _lead(definition: Definition, comments: frozenset[int]) -> int:
    """The first line of the comment that stands right above a definition, or its own first line."""
    line = definition.first
    while line - 1 in comments:
        line -= 1
    return line


def _without_lead_out(definition: Definition, lines: Sequence[str]) -> Definition:
    """The definition without a last line that has only space of it, before the next one (HTML: `<link>`)."""
    last = lines[definition.last - 1].encode("utf-8", "surrogatepass")[: definition.end_column]
    if definition.last - definition.first < 2 or definition.end_column is None or last.strip():
        return definition
    return replace(definition, last=definition.last - 1, end_column=None)


def _beside(path: str, base: Document, region: Region, inside: Sequence[Edit]) -> str | None:
    """The first line that the changed region has outside of its one definition; None if there is none."""
    if region.definition is None:
        return None
    lines = base.splice(inside).lines
    grown = sum(len(edit.lines) - (edit.stop - edit.start) for edit in inside)
    start, stop = region.start - region.above, region.stop + region.below + grown
    text = "\n".join(lines) + "\n"
    own = _own(outline(path, text), region.definition, start, stop)
    own = None if own is None else _without_lead_out(own, lines)
    if own is not None and (
        said := _on_its_lines(path, lines, own) - _on_its_lines(path, base.lines, region.definition)
    ):
        return min(said)[:80]
    covered = range(own.first, own.last) if own is not None else range(0)
    comments = comment_lines(path, text)
    for number in range(start, stop):
        if number not in covered and number not in comments and lines[number].strip():
            return lines[number].strip()[:80]
    return None


def _on_its_lines(path: str, lines: Sequence[str], own: Definition) -> set[str]:
    """The code that stands on the first line of a definition before it, and on the last one behind it."""
    before = lines[own.first].encode("utf-8", "surrogatepass")[: own.column]
    behind = b"" if own.end_column is None else lines[own.last - 1].encode("utf-8", "surrogatepass")[own.end_column :]
    texts = (text.decode("utf-8", "replace").strip() for text in (before, behind))
    return {text for text in texts if _WORD.search(text) and not _is_comment(path, text)}


def _is_comment(path: str, text: str) -> bool:
    """Whether all of `text` is a comment up to the line's end; what one block comment is may be followed by code."""
    language = language_of(path)
    # In PHP the end of the code ends the comment.
    return language is not None and text.startswith(language.line or ("\0",)) and "?>" not in text


def _own(found: Outline, was: Definition, start: int, stop: int) -> Definition | None:
    """The definition that `was` has become: by its name, else (it was renamed) the first at its depth."""
    there = [one for one in found.definitions if start <= one.first and one.last <= stop and one.depth == was.depth]
    named = [one for one in there if one.name == was.name]
    return next(iter(named or there), None)


def _lines(edit: Edit) -> str:
    if edit.start == edit.stop:
        return f"the place before line {edit.start + 1}"
    return LineRange(edit.start + 1, edit.stop).spoken


def _right(region: Region, wanted: LineRange) -> str:
    if region.definition is None:
        return f"the request is about {wanted.spoken}"
    return (
        f"the request is about {wanted.spoken}, in {region.definition.name!r}"
        f" ({LineRange(region.definition.first + 1, region.definition.last).spoken})"
    )
