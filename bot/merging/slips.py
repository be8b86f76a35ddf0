"""Doubts about what may be a slip of the pen: white space, depth, and signs at the end of a line.

spacing     white space inside a line of the base is other in the snippet
depth       a context line stands at another depth in the snippet, and nothing above it changed
moved       the same of the first line of a segment: nothing that is shown can have moved it
uncommented a line loses nothing but the comment behind it, while others change
trailing    a line differs from the file's in a comma, semicolon or bullet alone; a comment in its signs
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.merging.lexis import words_in
from bot.merging.names import is_comment
from bot.merging.snippet import Line
from bot.merging.spaces import is_misquoted
from bot.model import Doubt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.merging.evidence import Material
    from bot.merging.placement import Step
    from bot.merging.reading import Reading

_TEXTS = (".md", ".markdown", ".mdx", ".rst", ".txt")
_BULLETS = frozenset({"- ", "* ", "+ "})
_TRAIL = re.compile(r"\s*//.*|\s+(?:#|--|/\*|<!--)\s.*")
_TYPES = re.compile(r"\btype:\s*ignore|@ts-|pyright:|mypy:")  # such a comment goes when types change


def spacing(best: Reading, material: Material) -> Iterator[Doubt]:
    """Lines whose inner white space the snippet shows otherwise, and that came out as they were."""
    differing: list[tuple[Step, Line, Line]] = []
    for step in best.shown:
        token = material.lazy.tokens[step.token]
        if step.kind == "same" and isinstance(token, Line):
            line = material.base.lines[step.line]
            if line.text != token.text and line.text.strip() != token.text.strip():
                differing.append((step, line, token))
    texts = [line.text for _, line, _ in differing]
    for step, line, token in differing:
        # Of lines that stand more than once each has to have changed.
        if best.lines.count(line.text) <= material.base.all.count(line.text) - texts.count(line.text):
            continue
        if not _slipped(step, line, token, material):
            yield Doubt("spacing", f"white space inside line {line.number + 1} is other in the snippet")


def _slipped(step: Step, line: Line, token: Line, material: Material) -> bool:
    """Whether the white space inside a line that the snippet quotes is a slip."""
    near = [material.lazy.lines_text(at) for at in (step.token - 1, step.token + 1)]
    return is_misquoted(line.text, token.text, material.base.beside(line), near)


def depth(best: Reading, material: Material) -> Iterator[Doubt]:
    """Context lines at another depth than the file's with nothing changed right above them that would move them."""
    for segment in best.segments:
        caused: set[int] = set()
        before = "same"
        gone = False
        for at, step in enumerate(segment):
            token = material.lazy.tokens[step.token]
            if step.kind == "same" and isinstance(token, Line):
                line = material.base.lines[step.line]
                off = token.indent - line.indent
                # Only what loses the header above it comes out: new lines above push in, never out.
                if off and before != "same" and (off > 0 or gone):
                    caused.add(off)
                elif off and off not in caused and line.text not in best.lines:
                    # The weighing answers for what stands above a line; at the head of a segment that is a marker.
                    rule = "depth" if at else "moved"
                    yield Doubt(rule, f"line {line.number + 1} stands at another depth in the snippet")
                    break
            before = step.kind
            gone = gone or before in {"drop", "pair"}


def trailing(best: Reading, material: Material) -> Iterator[Doubt]:
    """Lines that differ in a comma or semicolon at the end, or in a bullet; comments that differ in their signs."""
    changed = [step for step in best.shown if step.kind != "same"]
    if material.lazy.exact or all(_differs_at_end(step, material) for step in changed):
        return  # a snippet is there to change something
    for segment in best.segments:
        for at, step in enumerate(segment):
            near = (*segment[max(0, at - 1) : at], *segment[at + 1 : at + 2])
            if all(other.kind == "same" for other in near) and _differs_at_end(step, material):
                number = material.base.lines[step.line].number + 1
                yield Doubt(
                    "trailing",
                    f"line {number} differs in a comma, semicolon, bullet or quote alone: is that a change, or a slip?",
                )


def uncommented(best: Reading, material: Material) -> Iterator[Doubt]:
    """A line that loses nothing but the comment behind it, while other lines change: it may be quoted in short."""
    changed = [step for step in best.shown if step.kind != "same"]
    lost = [step for step in changed if step.kind == "pair" and _loses_comment(step, material)]
    if len(lost) == 1 and len(changed) > 1:
        number = material.base.lines[lost[0].line].number + 1
        yield Doubt("uncommented", f"line {number} would lose the comment behind it: is that a change, or a slip?")


def _loses_comment(step: Step, material: Material) -> bool:
    old, new = material.keys[step.line], material.lazy.key(step.token)
    comment = old[len(new) :] if old.startswith(new) else ""
    return _TRAIL.fullmatch(comment) is not None and _TYPES.search(comment) is None


def _differs_at_end(step: Step, material: Material) -> bool:
    if step.kind != "pair":
        return False
    old, new = material.keys[step.line], material.lazy.key(step.token)
    if material.lazy.path.endswith(_TEXTS) and old[:2] in _BULLETS and new[:2] in _BULLETS:
        old, new = old[2:], new[2:]
    if is_comment(old) and is_comment(new):
        return words_in(old) == words_in(new)
    return old.rstrip(",;") == new.rstrip(",;")
