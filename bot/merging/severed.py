"""Doubts about what the rest of the file would be cut off from: names that it uses, the end of a statement.

unbound     a name is no longer imported, taken or declared, and lines that stay use it: a line was quoted in part
ended       a statement ends earlier, and a marker keeps what it went on with
numbered    a new entry has the number of the entry beside it
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.merging.counterparts import GONE, NEW
from bot.merging.inside import block_end
from bot.merging.lexis import LONGEST, without_strings
from bot.merging.names import defined_name, is_comment, is_import
from bot.merging.reading import short
from bot.merging.snippet import Gap
from bot.model import Doubt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.merging.evidence import Material
    from bot.merging.placement import Step
    from bot.merging.reading import Reading

_NAME = re.compile(r"[^\W\d][\w$]*")
_PIECE = re.compile(r"[,;{}()]")
_GO_IMPORT = re.compile(r'(?:import\s+)?(?:(?P<alias>[\w.]+)\s+)?"(?:[^"]*/)?(?P<name>[\w-]+)"$')
_TAKES = re.compile(r"(?:const|let|var|val)\s*[{\[(](?P<names>[^=]*)[}\])]\s*=")
_TYPES = frozenset(
    [
        *("int", "str", "string", "bool", "boolean", "float", "double", "long", "char", "byte", "rune", "any", "error"),
        *("number", "void", "self", "this", "const", "final", "mut", "ref", "out", "in", "val", "var", "object"),
        *(
            "true",
            "false",
            "null",
            "nil",
            "undefined",
            "static",
            "async",
            "await",
            "new",
            "type",
            "default",
            "from",
            "import",
        ),
    ]
)
_SQL = re.compile(
    r"(?:select|insert|update|delete|create|alter|drop|with|begin|commit|rollback|set|grant|revoke|comment|truncate"
    r"|copy|do|if|end|declare|use|go|exec|call|merge|analyze|vacuum|--|/\*|\\)",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?P<name>[\w\s()]*[\w)])\s*=\s*(?P<number>\d+)\s*(?:\[.*\])?[;,]?$")
_STEP = re.compile(r"(?P<number>\d+)[.)]\s+\S")
_TEXTS = (".md", ".markdown", ".rst", ".txt")
_MENTIONED = r"(?<![\w.$@/-])NAME(?![\w$-]|\s*=(?!=)|\s*:\s)"
# As code does: called, asked for something, or in a row of others.
_USED = r"(?<![\w.$@/-])NAME(?:[(\[<!?]|\.\w)|[(\[<{!&|:=,>]\s*NAME(?![\w$-]|\s*:|\s*=(?!=))"
LEAST = 3  # numbered entries of a block


def unbound(best: Reading, material: Material) -> Iterator[Doubt]:
    """Names that lines which stay use, and that a changed line no longer imports, takes as parameter or declares."""
    if material.lazy.path.endswith(_TEXTS):
        return
    new = [material.lazy.key(step.token) for step in best.shown if step.kind in NEW]
    for step in best.shown:
        names, scope, use = _bound(step, material) if step.kind in GONE else ((), range(0), _USED)
        for name in names:
            if any(name in key and name in _NAME.findall(key) for key in new):
                continue
            used = next((at for at in scope if at in best.kept and _uses(material.keys[at], name, use)), None)
            if used is not None:
                lines = material.base.lines
                yield Doubt(
                    "unbound",
                    f"`{name}` would be gone from line {lines[step.line].number + 1}, and line "
                    f"{lines[used].number + 1} uses it",
                )
                return


def _bound(step: Step, material: Material) -> tuple[Sequence[str], range, str]:
    """The names that a base line which goes binds, the base lines in which they can be used, and how a use looks.

    A file has prose too, that may have the words which are imported; a body has less of it.
    """
    key, size = material.keys[step.line][:LONGEST], len(material.keys)
    if _is_import(step.line, material):
        return _imported(key), range(step.line + 1, size), _USED
    if step.kind != "pair":
        return (), range(0), _USED
    taken = _TAKES.match(key)
    if taken:
        return _parameters(taken["names"]), range(step.line + 1, _end_of_scope(step.line, material)), _MENTIONED
    if defined_name(key) is not None and "(" in key:
        inside = key[key.index("(") + 1 :]
        end = block_end(step.line, material.base, material.lazy.path)
        return _parameters(inside), range(step.line + 1, end), _MENTIONED
    return (), range(0), _USED


def _is_import(line: int, material: Material) -> bool:
    """Whether a base line imports: by itself, or in the brackets of an import above it."""
    lines = material.base.lines
    if is_import(lines[line].key):
        return True
    if not lines[line].indent:
        return False
    above = line - 1
    while above >= 0 and lines[above].indent >= lines[line].indent:
        above -= 1
    header = lines[above].key if above >= 0 else ""
    return header.endswith(("(", "{")) and header.startswith(("import", "from", "use ", "export {"))


def _imported(key: str) -> Sequence[str]:
    go = _GO_IMPORT.match(key)
    if go:
        return [go["alias"] or go["name"]]
    found = []
    for piece in _PIECE.split(without_strings(key)):
        words = _NAME.findall(piece)
        if words and not piece.rstrip().endswith('""'):
            found.append(words[-1])
    return [name for name in found if name.lower() not in _TYPES]


def _parameters(text: str) -> Sequence[str]:
    names = _NAME.findall(without_strings(text))
    return [name for name in names if name[0].islower() and name not in _TYPES]


def _end_of_scope(line: int, material: Material) -> int:
    """The line behind the block in which a declaration stands."""
    lines = material.base.lines
    end = line + 1
    while end < len(lines) and lines[end].indent >= lines[line].indent:
        end += 1
    return end


def _uses(key: str, name: str, use: str) -> bool:
    """Whether a line of code uses a name: not in a comment or a string, nor as a field, a key or a target."""
    if name not in key or len(key) > LONGEST or is_comment(key) or is_import(key):
        return False
    return re.search(use.replace("NAME", re.escape(name)), without_strings(key)) is not None


def ended(best: Reading, material: Material) -> Iterator[Doubt]:
    """Statements that end earlier than they did, before a marker that keeps the line with which they went on."""
    lines, tokens = material.base.lines, material.lazy.tokens
    sql = material.lazy.path.endswith((".sql", ".ddl"))
    for placement in best.placements:
        last = placement.steps[-1]
        gap = tokens[last.token + 1]
        at = placement.stop
        if last.kind not in NEW or not isinstance(gap, Gap) or gap.implied or at == len(lines) or lines[at].blanks:
            continue
        new = material.lazy.key(last.token)
        old = material.keys[at - 1] if at else ""
        goes_on = old.endswith("\\") and not new.endswith("\\")
        if sql and new.endswith(";") and not old.endswith(";"):
            goes_on = goes_on or _SQL.match(lines[at].key) is None
        if goes_on:
            yield Doubt("ended", f"`{short(new)}` would end what line {lines[at].number + 1} goes on with")


def numbered(best: Reading, material: Material) -> Iterator[Doubt]:
    """New entries with the number that a kept entry beside them has, where all others have numbers of their own."""
    lines, path = material.base.lines, material.lazy.path
    for placement in best.placements:
        at = placement.start  # the base line behind which new lines stand
        for step in placement.steps:
            at = max(at, step.line)
            mine = _number(material.lazy.key(step.token), path) if step.kind in NEW else ""
            block = _entries(at, material.depths[step.token], material) if mine else []
            numbers = [_number(material.keys[line], path) for line in block]
            kept = [line for line, number in zip(block, numbers, strict=True) if number == mine and line in best.kept]
            if kept and len(set(numbers)) == len(numbers) >= LEAST:
                yield Doubt("numbered", f"number {mine} would be given twice, on line {lines[kept[0]].number + 1} too")
                return


def _entries(at: int, depth: int, material: Material) -> list[int]:
    """The numbered entries round the base line `at`: all lines in a row at that depth, if most of them are such."""
    lines, path = material.base.lines, material.lazy.path
    low = high = min(at, len(lines) - 1)
    while low > 0 and lines[low - 1].indent >= depth:
        low -= 1
    while high + 1 < len(lines) and lines[high + 1].indent >= depth:
        high += 1
    found = [line for line in range(low, high + 1) if lines[line].indent == depth]
    entries = [line for line in found if _number(material.keys[line], path)]
    return entries if 2 * len(entries) > len(found) else []


def _number(key: str, path: str) -> str:
    if path.endswith(_TEXTS):
        found = _STEP.match(key)
    else:
        found = _NUMBER.match(key) if "=" in key and (key[-1:].isdigit() or key[-1:] in ";,]") else None
    return found["number"] if found else ""


RULES = (unbound, ended, numbered)
