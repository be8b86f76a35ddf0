"""A line that takes another's place: is it the new form of that line?

From the difference of the two texts alone, whoever made the merge. Where lines of the original go and others come, the
first of either side are compared. The merge is doubtful if the new one stands at another depth, or if it defines a name
and the old one does not (or the other way round): then the snippet was more likely meant for another place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.diffs import edits_between
from bot.merging.names import defined_name
from bot.verify.findings import Finding, quoted
from bot.verify.texts import columns, indent_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.model import Edit
    from bot.text import Document

_OPENERS = ("{", "(", "[", ":", "=>", "do", "then")


def replaced(base: Document, merged: Document) -> list[Finding]:
    """The soft findings on lines that take another's place."""
    return [finding for edit in edits_between(base.lines, merged.lines) for finding in _of_edit(base.lines, edit)]


def _of_edit(lines: Sequence[str], edit: Edit) -> Iterator[Finding]:
    old = next((line for line in lines[edit.start : edit.stop] if line.strip()), None)
    new = next((line for line in edit.lines if line.strip()), None)
    if old is None or new is None or old.strip() == new.strip():
        return
    change = f"line {edit.start + 1} of the original ({quoted(old)}) would give way to {quoted(new)}"
    # What opens a block stands where the block stands; other lines are wrapped and unwrapped freely.
    if new.rstrip().endswith(_OPENERS) and columns(indent_of(old)) != columns(indent_of(new)):
        yield Finding("replaced-depth", f"{change}, which stands at another depth")
    if len(edit.lines) <= edit.stop - edit.start and bool(defined_name(old.strip())) != bool(defined_name(new.strip())):
        yield Finding("replaced-kind", f"{change}: one of them defines a name, the other does not")
