"""The verdict on a file given in full, and on an exact splice: no snippet to account to, so less can be proved.

A whole file is trusted if nothing of weight is gone: no definition, no import, no run of six significant lines, unless
the request names it or something like it stands in its place. What begins or ends the original must still be there: a
file that was cut is the commonest damage.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from bot.syntax import outline
from bot.verify.findings import Finding, are, hard, judgement_of, quoted, span
from bot.verify.guards import guard
from bot.verify.structure import structure
from bot.verify.texts import read_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.model import Judgement
    from bot.syntax import Definition, Outline
    from bot.text import Document
    from bot.verify.texts import Line, Text

RUN = 6
_ALIKE = 60  # percent
_KEPT = 0.6
_WORD = re.compile(r"[^\W\d]\w*")
# Kinds whose loss is the loss of code; a key, a field or an element is a line like others.
_WEIGHTY = frozenset({
    "function", "class", "method", "constructor", "destructor", "interface", "struct", "union", "enum", "trait", "impl",
    "module", "namespace", "record", "object", "protocol", "macro", "mixin", "table", "view", "block", "type",
    "concept", "annotation", "delegate", "trigger",
})  # fmt: skip


def verify_whole(base: Document, merged: Document, path: str, instruction: str) -> Judgement:
    """The verdict on `merged`, a whole new text for `base`, the file at `path`, by a request that says `instruction`.

    VERIFIED: nothing of weight is gone that the instruction does not name. UNPROVEN: something is. REFUSED: a marker,
    other line endings, fences round it, broken syntax, or the beginning or the end of the original is missing.
    """
    found = guard(base, merged, path)
    if any(finding.hard for finding in found):
        return judgement_of(found)
    if base.lines == merged.lines:
        return judgement_of([hard("no-change", f"the new text leaves {path} as it was")])
    named = frozenset(word.lower() for word in _WORD.findall(instruction))
    old, new = outline(path, base.text), outline(path, merged.text)
    origin, result = read_text(base.lines), read_text(merged.lines)
    have = Counter(line.key for line in result.lines)
    lost = _lost_definitions(old, new, origin, have, named)
    found += _ends(old, lost, origin, result, named)
    found += [_gone(it) for it in lost]
    found += _lost_imports(old, new, named)
    found += _lost_runs(origin, result, lost, old, named)
    found += structure(base, merged, path)
    return judgement_of(found)


def verify_exact(base: Document, merged: Document, path: str) -> Judgement:
    """The verdict on an exact splice (a suggestion, a diff, SEARCH/REPLACE, a V4A patch): the place is proved by it.

    REFUSED: a marker that the original does not have, other line endings or byte order mark, fences round the file.
    UNPROVEN: the file parsed before and does not now (a person asked for exactly this, so it is shown, not refused).
    The final newline is the request's business (a diff can change it), and so is taking everything out.
    """
    allowed = {"final-newline", "emptied"}
    found = [finding for finding in guard(base, merged, path) if finding.rule not in allowed]
    # A new text may end with a fence of its own (a README with an example); wrapped is one that begins with it too.
    if not base.lines and sum(finding.rule == "wrapped" for finding in found) < 2:
        found = [finding for finding in found if finding.rule != "wrapped"]
    worse = [finding for finding in structure(base, merged, path) if finding.rule == "syntax" and finding.hard]
    found += [Finding(finding.rule, finding.message) for finding in worse]
    return judgement_of(found)


def _gone(it: Definition) -> Finding:
    name = ".".join(it.qualified)
    return Finding("lost-definition", f"{it.kind} {name} ({span(range(it.first, it.last))} of the original) is gone")


def _lost_definitions(
    old: Outline, new: Outline, origin: Text, have: Counter[str], named: frozenset[str]
) -> list[Definition]:
    left = Counter((it.kind, it.qualified) for it in new.definitions)
    lost: list[Definition] = []
    for it in old.definitions:
        if it.kind not in _WEIGHTY:
            continue
        if left[it.kind, it.qualified] > 0:
            left[it.kind, it.qualified] -= 1
            continue
        inside_lost = any(outer.first <= it.first and it.last <= outer.last for outer in lost)
        if not (inside_lost or _is_named(it.name, named) or _stands_elsewhere(it, origin, have)):
            lost.append(it)
    return lost


def _is_named(name: str, named: frozenset[str]) -> bool:
    words = _WORD.findall(name)
    return bool(words) and words[-1].lower() in named


def _stands_elsewhere(it: Definition, origin: Text, have: Counter[str]) -> bool:
    """Whether most lines of a definition are still in the file: it was renamed or moved."""
    body = [line for line in origin.lines if it.first <= line.number < it.last]
    telling = [line for line in body if sum(map(str.isalnum, line.key)) >= 4]
    kept = sum(1 for line in telling if have[line.key])
    return len(telling) > 2 and kept / len(telling) >= _KEPT


def _ends(old: Outline, lost: Sequence[Definition], origin: Text, result: Text, named: frozenset[str]) -> list[Finding]:
    """The first and the last definition, or where there are none the first and the last line, must still be there."""
    weighty = [it for it in old.definitions if it.kind in _WEIGHTY and not it.parents]
    if weighty:
        ends = {weighty[0], weighty[-1]}
        return [
            hard("cut", f"the {'first' if it is weighty[0] else 'last'} definition, {it.kind} {it.name}, is missing")
            for it in lost
            if it in ends
        ]
    if len(origin) < RUN:
        return []
    found = []
    for name, line, near in (
        ("first", origin.lines[0], result.lines[:RUN]),
        ("last", _last_telling(origin), result.lines[-2 * RUN :]),
    ):
        if not _has_like(line, result.lines, near) and not named.intersection(map(str.lower, _WORD.findall(line.text))):
            found.append(hard("cut", f"the {name} line of the original is missing: {quoted(line.text)}"))
    return found


def _last_telling(text: Text) -> Line:
    telling = (line for line in reversed(text.lines) if sum(map(str.isalnum, line.key)) >= 4)
    return next(telling, text.lines[-1])


def _has_like(line: Line, lines: Sequence[Line], near: Sequence[Line]) -> bool:
    from rapidfuzz import fuzz  # lazy: only a judgement needs it

    return any(other.key == line.key for other in lines) or any(
        fuzz.ratio(line.key, other.key) >= _ALIKE for other in near
    )


def _lost_imports(old: Outline, new: Outline, named: frozenset[str]) -> list[Finding]:
    kept = {it.text for it in new.imports}
    words = {word for it in new.imports for word in it.names}
    found = []
    for it in old.imports:
        if it.text in kept or named.intersection(map(str.lower, it.names)):
            continue
        # Another import that brings in the same last name stands in its place.
        if it.names and set(it.names) <= words:
            continue
        where = span(range(it.first, it.last))
        found.append(Finding("lost-import", f"the import {quoted(it.text)} ({where} of the original) is gone"))
    return found


def _lost_runs(
    origin: Text, result: Text, lost: Sequence[Definition], old: Outline, named: frozenset[str]
) -> list[Finding]:
    from rapidfuzz import fuzz  # lazy, as above

    before, after = [line.key for line in origin.lines], [line.key for line in result.lines]
    have = Counter(after)
    found = []
    for start, stop, at, end in _hunks(before, after):
        run = origin.lines[start:stop]
        if len(run) < RUN or any(it.first <= run[0].number < it.last for it in lost):
            continue
        moved = sum(1 for line in run if have[line.key]) / len(run) >= _KEPT
        alike = fuzz.ratio("".join(before[start:stop]), "".join(after[at:end])) >= _ALIKE
        told = any(
            _is_named(it.name, named) and it.first <= run[0].number and run[-1].number < it.last
            for it in old.definitions
        )
        if not (moved or alike or told):
            where = are([line.number for line in run])
            found.append(Finding("lost-run", f"{where} gone from the original, with nothing like it in its place"))
    return found


def _hunks(before: Sequence[str], after: Sequence[str]) -> list[tuple[int, int, int, int]]:
    """Where the texts differ: lines `start:stop` of the one stand for `at:end` of the other."""
    from rapidfuzz.distance import Indel  # lazy, as above

    hunks: list[tuple[int, int, int, int]] = []
    for step in Indel.opcodes(before, after):
        if step.tag == "equal":
            continue
        if hunks and hunks[-1][1] == step.src_start and hunks[-1][3] == step.dest_start:
            start, _, at, _ = hunks.pop()
            hunks.append((start, step.src_end, at, step.dest_end))
        else:
            hunks.append((step.src_start, step.src_end, step.dest_start, step.dest_end))
    return hunks
