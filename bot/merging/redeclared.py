"""Doubts about what would be declared or set twice: a new form beside the old one, which a marker keeps.

base                        snippet                         What is declared once is not given a second time: a
fun total(): Int {          fun total(): Int = sum(all)     definition with the very same head, a constant, a key.
    return sum(all)         // ...                          Overloads have other heads; a block ends where lines
}                                                           are less deep.
"""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING

from bot.merging.names import begins_item, defined_name, imported_names, is_comment, is_import
from bot.merging.reading import short
from bot.model import Doubt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.merging.evidence import Material
    from bot.merging.placement import Step
    from bot.merging.reading import Reading

NEXT = 9  # lines of a statement
_ASSIGNS = re.compile(
    r"(?:(?:const|let|var|val|local|my|auto|final)\s+)?((?:[A-Za-z_@]|\$\w)[\w.@]*(?:\[[\w\"']+\])?)"
    r"\s*(?::\s*[\w<>\[\]?., ]{1,40})?\s*:?=(?![=>~])"
)
LONGEST = 150  # lines of a block
_IN_CLAUSES = (".ex", ".exs", ".erl", ".hs", ".ml", ".fs", ".pl", ".clj")  # one name, many definitions
_KEYED = (".js", ".mjs", ".cjs", ".jsx", ".ts", ".tsx", ".vue", ".svelte", ".json", ".yaml", ".yml")
_KEY = re.compile(r"([\"']?[\w.$/:-]+[\"']?)\s*:\s+(?=\S)(?!.*;$)")
_CONSTANT = re.compile(r"(?:(?:export|public|static|final|const|private)\s+)*([A-Z][A-Z0-9_]{2,})\s*(?::[^=]+)?=[^=]")
_VARIABLE = re.compile(r"(?:export\s+)?(?:const|let)\s+([\w$]+)\s*[:=]|(module\.exports)\s*=[^=]|(export default)\b")
_SCRIPTS = (".js", ".mjs", ".cjs", ".jsx", ".ts", ".tsx", ".vue", ".svelte")
_HEAD = re.compile(r"\s*(?:=>|=|\{|\bdo\b|;|:\s*$).*$")
LONGEST_HEAD = 200  # characters
_BODY = re.compile(r"\s*(?:=>\s.*;|\{.*\})$")  # on the line of the head
_LABELS = re.compile(r"(?:case|default)\b|(?:public|private|protected|signals|slots)\b[\w ]*:")
_REPEATED = re.compile(r"(?:describe|context|it|test|specify|open|impl|extension|namespace|module|package)\b")


def redeclared(best: Reading, material: Material) -> Iterator[Doubt]:
    """New lines that declare, or key, what a kept line of the same block does."""
    new = (_declared(_text(step, material), material.lazy.path) for step in best.shown if step.kind == "new")
    if not any(name and any(name in key for key in material.keys) for name in new):
        return
    result = [step for step in best.steps if step.kind != "drop"]
    depths = _depths(best, material)
    for at, step in enumerate(result):
        name = _declared(_text(step, material), material.lazy.path) if step.kind == "new" else None
        if name is None:
            continue
        for other in _block(at, depths):
            line = result[other]
            if (
                line.kind != "new"
                and depths[other] == depths[at]
                and _declared(_text(line, material), material.lazy.path) == name
            ):
                said = short(_text(step, material))
                number = material.base.lines[line.line].number + 1
                yield Doubt("redeclared", f"`{said}` would stand beside line {number}, which declares the same")
                break


def reassigned(best: Reading, material: Material) -> Iterator[Doubt]:
    """New lines that set what the statement right before or behind them sets, which stays, and do not use it."""
    if material.lazy.path.endswith(".conf"):
        return  # directives
    new = (_assigned(_text(step, material)) for step in best.shown if step.kind == "new")
    if not any(found and any(found[1] in key for key in material.keys) for found in new):
        return
    result = [step for step in best.steps if step.kind != "drop"]
    depths = _depths(best, material)
    for at, step in enumerate(result):
        text = _text(step, material)
        found = _assigned(text) if step.kind == "new" else None
        if found is None or found[1] in text[found.end() :]:
            continue
        for side in (range(at - 1, max(-1, at - NEXT), -1), range(at + 1, min(len(result), at + NEXT))):
            other = _statement(side, at, result, depths, material)
            target = _assigned(_text(other, material)) if other is not None else None
            if other is not None and target is not None and target[1] == found[1]:
                number = material.base.lines[other.line].number + 1
                yield Doubt("reassigned", f"`{short(text)}` would stand beside line {number}, which sets the same")
                break


def imported(best: Reading, material: Material) -> Iterator[Doubt]:
    """New imports of a name that an import beside them, which stays, brings too: from another place."""
    if not any(step.kind == "new" and is_import(_text(step, material)) for step in best.shown):
        return
    result = [step for step in best.steps if step.kind != "drop"]
    for at, step in enumerate(result):
        names = frozenset(imported_names(_text(step, material))) if step.kind == "new" else frozenset()
        for side in (range(at + 1, len(result)), range(at - 1, -1, -1)) if names else ():
            beside = (result[place] for place in side)
            for other in takewhile(lambda other: is_import(_text(other, material)), beside):
                if other.kind not in {"same", "gap"} or names.isdisjoint(imported_names(_text(other, material))):
                    continue
                number = material.base.lines[other.line].number + 1
                yield Doubt("imported", f"`{short(_text(step, material))}` brings a name that line {number} brings too")


def _assigned(text: str) -> re.Match[str] | None:
    return _ASSIGNS.match(text) if "=" in text else None


def _statement(side: range, at: int, result: Sequence[Step], depths: Sequence[int], material: Material) -> Step | None:
    """The nearest line of `side` that begins a statement beside line `at` of the result, if it stays."""
    for line in side:
        if depths[line] < depths[at]:
            return None
        if depths[line] == depths[at] and any(map(str.isalnum, _text(result[line], material))):
            return result[line] if result[line].kind in {"same", "gap"} else None
    return None


def _text(step: Step, material: Material) -> str:
    return material.keys[step.line] if step.kind in {"same", "gap"} else material.lazy.key(step.token)


def _depths(best: Reading, material: Material) -> list[int]:
    """For each line of the result its depth, a segment's as far in as its own lines of the base say; -1 for `---`."""
    lines = material.base.lines
    off: dict[int, int] = {}
    for segment in best.segments:
        offs = {
            lines[step.line].indent - material.depths[step.token]
            for step in segment
            if step.kind == "same" and not material.light[step.line]
        }
        off.update(dict.fromkeys((step.token for step in segment), offs.pop() if len(offs) == 1 else 0))
    found = []
    for step in best.steps:
        if step.kind == "drop":
            continue
        kept = step.kind == "gap"
        depth = lines[step.line].indent if kept else material.depths[step.token] + off[step.token]
        found.append(-1 if _text(step, material) == "---" else depth)
    return found


def _block(at: int, depths: Sequence[int]) -> Iterator[int]:
    """The lines of the result round `at` that stand in the same block, up to where lines are less deep."""
    for side in (range(at - 1, max(-1, at - LONGEST), -1), range(at + 1, min(len(depths), at + LONGEST))):
        yield from takewhile(lambda line: depths[line] >= depths[at], side)


def _declared(key: str, path: str) -> str | None:
    """What a line declares that may stand once: the head of a definition, a constant, a key with its value."""
    variable = _VARIABLE.match(key) if path.endswith(_SCRIPTS) else None
    if variable is not None:
        return variable[0].rstrip(" =:")
    if is_comment(key) or _LABELS.match(key) or _REPEATED.match(key) or begins_item(key):
        return None
    if defined_name(_BODY.sub(" {", key) if len(key) <= LONGEST_HEAD else key) is not None:
        return None if path.endswith(_IN_CLAUSES) else _HEAD.sub("", key)
    found = _CONSTANT.match(key) or (_KEY.match(key) if path.endswith(_KEYED) else None)
    return found[1] if found else None
