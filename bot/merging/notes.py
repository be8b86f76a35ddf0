"""Doubts about markers and comments that may be taken for each other.

left-to     lines go, and a comment that comes in their place speaks of code that exists: it may be a marker
abridged    a line would lose what it says to three dots inside it
unkept      a marker inside a block would stand for none of its lines
faint       a line that may be a marker or a comment of the new code stands for nothing, or comes
labelled    a comment says no more than which of two forms follows: the snippet may show both
ellipsis    a `...` among other statements is no code: it may be a marker
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.merging.counterparts import GONE, NEW, numbered
from bot.merging.hunks import hunks_of
from bot.merging.markers import is_faint, looks_like_marker, uncommented
from bot.merging.names import is_comment, is_mark
from bot.merging.reading import short
from bot.merging.snippet import CANONICAL, Gap, Line
from bot.model import Doubt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.merging.evidence import Material
    from bot.merging.placement import Step
    from bot.merging.reading import Reading

LAST_SIGNS = 20  # of a comment: there dots end it
LONGEST_NOTE = 10  # words; a longer comment is prose
# Dots that stand for something: no spread (`...rest`), no variadic (`int...`), no open tuple (`int, ...`).
_DOTS_INSIDE = re.compile(r"(?<![\w.,])(?<!,\s)(?:\.{3}|…)(?![\w.])|/\*\s*(?:\.{3}|…).*?\*/")
_EMPTY = re.compile(r"[{(\[>]\s*[\"']?(?:\.{3}|…)[\"']?\s*[})\]<]")
_CODE = re.compile(r"[(){};=<>]")
_BRACKETED = re.compile(r"[-*+]\s\([\w\s,./-]+\)")
_ENDS_IN_DOTS = re.compile(r"(?:\.\.|…)\W*$")
_LABEL = re.compile(r"\W+(?:before|after|old|new|was|now|previously|original)\W*", re.IGNORECASE)
_SPEAKS_OF_OLD = re.compile(
    r"\b(?:existing|original|previous|other|rest|same|stays?|remain\w*|untouched|unchanged|keeps?|kept|more\s+code"
    r"|(?:no|not|nothing)\s+change\w*|as\s+(?:it\s+)?is|as\s+before|continue\w*)\b",
    re.IGNORECASE,
)


def left_to(best: Reading, material: Material) -> Iterator[Doubt]:
    """Comments in place of code that speak of code that exists."""
    for segment in best.segments:
        gone = [step for step in segment if step.kind in GONE and not material.light[step.line]]
        for _, hunk in hunks_of(segment):
            if _is_named_only(hunk, material):
                lines = [step for step in hunk if step.kind in GONE]
                yield Doubt("left-to", f"a comment would stand for {numbered(lines, material)}: is it a marker?")
                continue
            for step in hunk if gone else ():
                text = material.lazy.lines_text(step.token).strip() if step.kind in NEW else ""
                near = (material.lazy.lines_text(at).strip() for at in (step.token - 1, step.token + 1))
                if _is_note(text, gone, material) and not any(map(is_mark, near)):  # else it is prose
                    yield Doubt("left-to", f"`{text}` would stand for {numbered(gone, material)}: is it a marker?")


def _is_named_only(hunk: Sequence[Step], material: Material) -> bool:
    """Whether code goes, and all that comes is a comment, or an entry in brackets: it may name what it stands for."""
    new = [material.lazy.key(step.token) for step in hunk if step.kind in NEW]
    gone = [step.line for step in hunk if step.kind in GONE and not material.light[step.line]]
    code = any(not is_mark(material.keys[line]) for line in gone)
    # Code that is commented out has the signs of code.
    return code and len(new) == 1 and (_BRACKETED.fullmatch(new[0]) is not None or _is_title(new[0]))


def _is_title(key: str) -> bool:
    return is_comment(key) and _CODE.search(uncommented(key)[0]) is None


def _is_note(text: str, gone: Sequence[Step], material: Material) -> bool:
    """Whether a line that comes where code goes may be a marker for it: by its words, or its dots."""
    if text == "..." and material.lazy.path.endswith((".py", ".pyi")):
        return True  # a body that does nothing, or a marker without its comment sign
    if not is_mark(text) or text.startswith(("@", "[")) or len(text.split()) > LONGEST_NOTE:
        return False
    if any(is_mark(material.keys[step.line]) for step in gone):
        return False  # a comment for a comment
    return _SPEAKS_OF_OLD.search(text) is not None or _ENDS_IN_DOTS.search(text[-LAST_SIGNS:]) is not None


def abridged(best: Reading, material: Material) -> Iterator[Doubt]:
    """Lines that would lose what they say to three dots: `f(...)` for `f(first, second)`."""
    for segment in best.segments:
        for _, hunk in hunks_of(segment):
            old = [material.keys[step.line] for step in hunk if step.kind in GONE]
            for step in hunk:
                text = material.lazy.key(step.token) if step.kind in NEW else ""
                found = _DOTS_INSIDE.search(text) if "..." in text or "…" in text else None
                head = text[: found.start()].rstrip() if found else ""
                if _is_stub(text, material) and any(_is_stub(key, material) for key in old):
                    continue
                cut = sum(map(str.isalnum, head)) > 1 and any(
                    key.startswith(head) and "..." not in key and "…" not in key for key in old
                )
                if cut or _is_emptied(text, hunk, old):
                    yield Doubt("abridged", f"`{short(text)}` leaves something out inside: is it to go?")


def _is_stub(key: str, material: Material) -> bool:
    """Whether a line of Python is, or ends with, a body that does nothing."""
    return material.lazy.path.endswith((".py", ".pyi")) and (key == "..." or key.endswith(": ..."))


def _is_emptied(text: str, hunk: Sequence[Step], old: Sequence[str]) -> bool:
    """Whether a line has nothing but dots between two signs, and more lines go than come."""
    if _EMPTY.search(text) is None or any(_EMPTY.search(key) for key in old):
        return False
    return sum(step.kind in NEW for step in hunk) < len(old)


def unkept(best: Reading, material: Material) -> Iterator[Doubt]:
    """Markers inside a block, none of whose lines they keep: the first line that stays stands less deep."""
    tokens, lines = material.lazy.tokens, material.base.lines
    last = len(tokens) - 1
    for at, kept in best.gaps:
        gap = tokens[at]
        if not isinstance(gap, Gap) or gap.implied or at == 0:
            continue
        blank = kept.start < len(lines) and bool(lines[kept.start].blanks)
        if at < last and not kept and not blank:
            yield Doubt("unkept", f"the marker on line {gap.number + 1} of the snippet would stand for no line")
            continue
        if gap.first <= gap.indent:
            continue  # of a marker by itself the column says little: only a second one tells that the first is inside
        if not kept or lines[kept.start].indent < gap.first:
            yield Doubt(
                "unkept", f"the marker on line {gap.number + 1} of the snippet would stand for no line of its block"
            )


def faint(best: Reading, material: Material) -> Iterator[Doubt]:
    """Markers that may be a comment of the new code and stand for nothing; new comments that begin as markers do."""
    kept = {token for token, lines in best.gaps if lines}
    last = len(material.lazy.tokens) - 1
    for at, token in enumerate(material.lazy.tokens):
        inner = 0 < at < last and token.name not in {"", CANONICAL} if isinstance(token, Gap) else False
        if isinstance(token, Gap) and at not in kept and (inner or is_faint(token.name)):
            yield Doubt("faint", f"`{short(token.name)}` stands for no line: is it a marker, or a comment to add?")
    first, own = next(best.shown), material.lazy.path.rsplit("/", 1)[-1]
    text = material.lazy.lines_text(first.token).strip()
    if first.token == 1 and first.kind == "new" and is_comment(text) and own and own in text.split():
        yield Doubt("faint", f"`{short(text)}` names the file: is it a comment to add, or only a title of the snippet?")
    for step in best.shown:
        token = material.lazy.tokens[step.token]
        if step.kind in NEW and isinstance(token, Line) and looks_like_marker(token.key):
            near = [material.lazy.lines_text(at) for at in (step.token - 1, step.token + 1)]
            if not any(is_mark(text.strip()) for text in near):  # a paragraph of comments goes on in dots
                yield Doubt("faint", f"`{short(token.key)}` is read as a comment to add: is it a marker?")


def labelled(best: Reading, material: Material) -> Iterator[Doubt]:
    """Comments that only say that what follows is the old form of something, or the new one."""
    for step in best.shown:
        text = material.lazy.key(step.token) if step.kind in NEW else ""
        if _LABEL.fullmatch(text) and is_comment(text):
            yield Doubt("labelled", f"`{short(text)}` may say which form is the old one: is it a comment to add?")


def ellipsis(best: Reading, material: Material) -> Iterator[Doubt]:
    """A new `...` that is not all there is of a body in Python does nothing."""
    if not material.lazy.path.endswith(".py"):
        return
    tokens = material.lazy.tokens
    for step in best.shown:
        token = tokens[step.token]
        if step.kind not in {"new", "pair"} or not isinstance(token, Line) or token.key != "...":
            continue
        before, after = tokens[step.token - 1], tokens[step.token + 1]
        heads = isinstance(before, Line) and before.indent < token.indent and before.key.endswith(":")
        alone = not isinstance(after, Line) or after.indent < token.indent
        if not heads or not alone:
            yield Doubt("ellipsis", f"`...` on line {token.number + 1} of the snippet does nothing: is it a marker?")
