"""Doubts about lines that end up where their writer was not looking.

strayed     lines behind a marker in a block or section would land beyond its end
bereft      a decorator would stay, and new lines would part it from what it decorates
emptied     lines go before a marker that would then stand for no line of their block
elsewhere   a segment stands at another depth than in the snippet, and its lines also at the very one
parted      new code would stand between a comment and what it describes
across      lines go with the header of the next shown line
leapt       a segment that only twins hold stands in another block than the lines shown before its marker
scaffold    lines go behind a bracket that begins a segment
left-out    many lines go in a snippet without any marker
"""

from __future__ import annotations

from itertools import pairwise, takewhile
from typing import TYPE_CHECKING

from bot.merging.counterparts import numbered
from bot.merging.doubles import is_own
from bot.merging.hunks import hunks_of
from bot.merging.inside import block_end, goes_beyond, level_of
from bot.merging.names import header_name, is_comment, is_decorator, is_mark, subject
from bot.merging.reading import short
from bot.merging.snippet import Gap, Line
from bot.merging.structure import has_depth
from bot.model import Doubt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.merging.evidence import Material
    from bot.merging.placement import Placement, Step
    from bot.merging.reading import Reading

MANY = 4  # lines
LIKE = 0.72


def strayed(best: Reading, material: Material) -> Iterator[Doubt]:
    """Lines behind a marker under a shown header, that would land behind the end of what the header begins."""
    base, path = material.base, material.lazy.path
    shown = {step.token: step for step in best.shown if step.kind == "same"}
    for placement in best.placements[1:]:
        first = placement.steps[0].token
        token = _header(first, material)
        header = shown.get(token)
        if header is None or material.lazy.key(first).startswith("*"):
            continue  # a line of a longer comment: how deep it stands says nothing of blocks
        # Columns of the snippet: it may be shifted as a whole.
        above, below = (material.lazy.tokens[at].indent for at in (token, first))
        lines = range(header.line + 1, placement.start)
        if not goes_beyond(header.line, lines, base, path, deeper=below > above):
            continue
        block = range(header.line + 1, block_end(header.line, base, path))
        titled = level_of(base.lines[header.line].key, path) > 0
        if (
            titled
            or not any(_is_found(step, material) for step in placement.steps)
            or _stands_in(placement, block, material)
        ):
            number = base.lines[header.line].number + 1
            text = short(material.lazy.lines_text(first).strip())
            yield Doubt("strayed", f"`{text}` would land beyond what line {number} begins")


def _is_found(step: Step, material: Material) -> bool:
    """Whether the file itself says where a line belongs: it has that line, or one that is plainly like it."""
    return step.kind == "same" or material.likeness[step.token].get(step.line, 0.0) >= LIKE


def _stands_in(placement: Placement, block: range, material: Material) -> bool:
    """Whether a block has a line of a segment too, at the depth at which it is shown."""
    lines, light, depths = material.base.lines, material.light, material.depths
    new = -1  # the depth of a new header: what stands under it is new code, and repeats phrases of the old
    for step in placement.steps:
        if step.kind == "drop":
            continue
        depth = depths[step.token]
        if depth <= new:
            new = -1
        if new < 0 and any(
            at in block and lines[at].indent == depth and not light[at] for at in material.places[step.token]
        ):
            return True
        if new < 0 and step.kind == "new" and header_name(material.lazy.key(step.token)):
            new = depth
    return False


def _header(first: int, material: Material) -> int:
    """The shown line under which a segment stands that begins with the token `first`; -1 for none.

    It is the line before the marker, or one further up that is less deep, with every marker on the way in its block.
    """
    tokens, path = material.lazy.tokens, material.lazy.path
    here, least, before = tokens[first].indent, tokens[first - 1].indent, first - 2
    if tokens[before].indent < here or level_of(material.lazy.key(before), path):
        return before
    for at in range(before - 1, -1, -1):
        if isinstance(tokens[at], Gap):
            least = min(least, tokens[at].indent)
        elif tokens[at].indent < here:
            return at if tokens[at].indent < least else -1
    return -1


def bereft(best: Reading, material: Material) -> Iterator[Doubt]:
    """Decorators that would be parted from what they decorate, by new lines that have none of their own."""
    kept = best.kept
    for segment in best.segments:
        for at, step in enumerate(segment[:-1]):
            key = material.keys[step.line] if step.kind == "same" else ""
            if not is_decorator(key) or segment[at + 1].kind != "new" or step.line + 1 not in kept:
                continue
            last = _before(step.line + 1, segment[at + 1 :])
            if last is not None and not is_mark(material.lazy.key(last.token)):
                number = material.base.lines[step.line].number + 1
                yield Doubt("bereft", f"`{short(key)}` on line {number} would decorate something else")


def _before(line: int, steps: Sequence[Step]) -> Step | None:
    """The step before the one that is the base line `line`; the last one where none is."""
    shown = [step for step in steps if step.kind != "drop"]
    at = next((at for at, step in enumerate(shown) if step.line == line), len(shown))
    return shown[at - 1] if at else None


def parted(best: Reading, material: Material) -> Iterator[Doubt]:
    """New code between a comment that stays and the line that it stands above: the comment would speak of the new."""
    lines = material.base.lines
    for placement in best.placements:
        first, at = placement.steps[0], placement.start
        if (
            first.kind != "new"
            or not 0 < at < len(lines)
            or lines[at].blanks
            or lines[at - 1].indent != lines[at].indent
        ):
            continue
        new = material.lazy.key(first.token)
        if is_comment(lines[at - 1].key) and not is_comment(new) and header_name(lines[at].key) and header_name(new):
            yield Doubt("parted", f"the comment on line {lines[at - 1].number + 1} would stand above `{short(new)}`")


def leapt(best: Reading, material: Material) -> Iterator[Doubt]:
    """Segments that only twins hold, in another block than the lines before their marker, where these have the like."""
    lines, kept = material.base.lines, dict(best.gaps)
    for before, after in pairwise(best.placements):
        above, shown = before.steps[-1], after.steps[0]
        block = kept[above.token + 1]
        # Columns of the snippet: it may be shifted as a whole.
        column, depth = material.lazy.tokens[shown.token].indent, lines[above.line].indent
        ends = next((at for at in block if lines[at].indent < depth), -1)
        if above.kind != "same" or ends < 0 or material.lazy.tokens[above.token].indent != column:
            continue
        key = material.lazy.key(shown.token)
        if all(step.kind == "same" for step in after.steps):
            continue
        rest = range(block.start, ends)
        if _stands_in(after, rest, material) or (
            not _is_held(after, material) and _begins_alike(key, rest, depth, material)
        ):
            yield Doubt("leapt", f"`{short(key)}` may be meant for the block of line {lines[above.line].number + 1}")


def _is_held(placement: Placement, material: Material) -> bool:
    """Whether the base has a line of a segment just once, and that where it is found."""
    return any(
        step.kind == "same" and len(material.places[step.token]) == 1 and _is_solid(step, material)
        for step in placement.steps
    )


def _begins_alike(key: str, block: range, depth: int, material: Material) -> bool:
    """Whether a block has a line about the same thing as a segment's first one."""
    lines = material.base.lines
    return any(map(str.isalnum, key)) and any(
        lines[at].indent == depth and (lines[at].key == key or subject(lines[at].key) == subject(key) is not None)
        for at in block
    )


def _is_solid(step: Step, material: Material) -> bool:
    return step.line >= 0 and not material.light[step.line]


def across(best: Reading, material: Material) -> Iterator[Doubt]:
    """Lines that go together with the header of the next shown line, which then stands in the block before them.

    A line that stands twice was found in another block than the one that is shown, and all between the two would go.
    """
    lines, path = material.base.lines, material.lazy.path
    for segment in best.segments:
        gone = {step.line for step in segment if step.kind == "drop"}
        for at, step in enumerate(segment):
            if step.kind != "same" or not gone or lines[step.line].indent != material.depths[step.token]:
                continue
            depth = lines[step.line].indent
            above = (line for line in range(step.line - 1, -1, -1) if lines[line].indent < depth)
            header = next((line for line in above if has_depth(lines[line].key, path)), -1)
            new = any(other.kind in {"new", "pair"} and material.depths[other.token] < depth for other in segment[:at])
            if header in gone and not new and not material.light[step.line]:
                yield Doubt(
                    "across",
                    f"line {lines[step.line].number + 1} would lose its header, line {lines[header].number + 1}",
                )
                break


def emptied(best: Reading, material: Material) -> Iterator[Doubt]:
    """Lines that go right before a marker in their block, which then has none of the block's lines to stand for."""
    lines, tokens = material.base.lines, material.lazy.tokens
    kept = dict(best.gaps)
    for segment in best.segments:
        token = segment[-1].token + 1
        gap = tokens[token]
        if not isinstance(gap, Gap) or gap.implied or segment[-1].kind == "same" or not kept[token]:
            continue
        tail = list(takewhile(lambda step: step.kind != "same", reversed(segment)))
        gone = [step for step in tail if step.kind in {"pair", "drop"} and not material.light[step.line]]
        first = lines[kept[token].start]
        depth = min(material.depths[step.token] for step in tail)
        if gone and first.indent < depth and gap.indent >= tokens[segment[-1].token].indent:
            number = lines[gone[0].line].number + 1
            yield Doubt(
                "emptied", f"line {number} would go, and the marker behind it would stand for no line of the block"
            )


def elsewhere(best: Reading, material: Material) -> Iterator[Doubt]:
    """Segments all of whose lines are at another depth in the file, and that stand there at the shown depth too."""
    for segment in best.segments:
        shown = [step for step in segment if step.kind == "same" and is_own(step.line, material)]
        if not shown or len(shown) == len(segment):
            continue
        if all(_stands_as_shown(step, material) for step in shown):
            line = material.base.lines[shown[0].line]
            yield Doubt(
                "elsewhere", f"`{short(line.key)}` stands elsewhere just as it is shown, not on {line.number + 1}"
            )


def _stands_as_shown(step: Step, material: Material) -> bool:
    """Whether a line that the reading finds at another depth has also a place at the shown one."""
    token, lines = material.lazy.tokens[step.token], material.base.lines
    if not isinstance(token, Line) or lines[step.line].indent == token.indent:
        return False
    return any(lines[place].indent == token.indent for place in material.places[step.token])


def scaffold(best: Reading, material: Material) -> Iterator[Doubt]:
    """Lines that go behind an opening bracket at the head of a segment: it may only be there to hold what follows."""
    for segment in best.segments:
        gone = list(takewhile(lambda step: step.kind == "drop", segment[1:]))
        first = segment[0]
        if first.kind == "same" and material.light[first.line] and gone and segment[len(gone) + 1].kind == "same":
            yield Doubt("scaffold", f"{numbered(gone, material)} would go, and a mere bracket stands above")


def left_out(best: Reading, material: Material) -> Iterator[Doubt]:
    """Many lines that go in a snippet without any marker: it may show only what changes."""
    if material.lazy.marked:
        return
    for segment in best.segments:
        for _, hunk in hunks_of(segment):
            gone = [step for step in hunk if step.kind in {"drop", "pair"} and not material.light[step.line]]
            new = sum(step.kind in {"new", "pair"} for step in hunk)
            if len(gone) - 2 * new >= MANY:
                yield Doubt("left-out", f"{numbered(gone, material)} would go, and no marker says what stays")


RULES = (strayed, bereft, parted, leapt, across, emptied, elsewhere, scaffold, left_out)
