"""Hard guards that need no alignment: what no merge may do to a file, whatever its snippet says.

They are the failure modes that users of apply models have met: leaked markers, fences and tags round the file, prose,
an emptied file, other line endings, a lost byte order mark, a lost or invented final newline.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from bot.merging.markers import find_markers
from bot.verify.findings import Finding, hard, quoted, span

if TYPE_CHECKING:
    from bot.text import Document

_FENCE = re.compile(r"\s{0,3}(?:`{3,}|~{3,})\s*[\w+#.-]*\s*")
_TAG = re.compile(
    r"\s*</?(?:code|update|updated[-_]code|merged[-_]code|instruction|think|thinking|file|output|answer|result)\s*>\s*",
    re.IGNORECASE,
)
_REASONING = re.compile(r"\s*</?think(?:ing)?>", re.IGNORECASE)


def guard(base: Document, merged: Document, path: str) -> list[Finding]:
    """What `merged` does to `base` that no request can ask for."""
    if not any(line.strip() for line in merged.lines) and any(line.strip() for line in base.lines):
        return [hard("emptied", f"the merge leaves nothing of {path}")]
    return [*_bytes(base, merged), *_wrapped(base, merged), *_markers(base, merged, path)]


def _bytes(base: Document, merged: Document) -> list[Finding]:
    found = []
    if base.bom != merged.bom:
        found.append(hard("bom", f"the byte order mark was {'lost' if base.bom else 'added'}"))
    if base.lines and merged.lines and base.final_newline != merged.final_newline:
        found.append(hard("final-newline", f"the final newline was {'lost' if base.final_newline else 'added'}"))
    allowed = {ending for ending in base.endings if ending} or {"\n", "\r\n"}
    odd = [at for at, ending in enumerate(merged.endings) if ending and ending not in allowed]
    if odd:
        found.append(hard("line-endings", f"{span(odd)} of the merge ends otherwise than the original's lines do"))
    elif len(allowed) == 2 and _moved_endings(base, merged):
        found.append(hard("line-endings", "lines of the original changed their endings"))
    if not odd and "\r" not in "".join(base.lines) and (stray := [i for i, t in enumerate(merged.lines) if "\r" in t]):
        found.append(hard("line-endings", f"{span(stray)} of the merge holds a stray carriage return"))
    return found


def _moved_endings(base: Document, merged: Document) -> bool:
    """In a file of mixed endings: a line of the original, as often there as here, that ends otherwise now."""
    before = Counter(zip(base.lines, base.endings, strict=True))
    after = Counter(zip(merged.lines, merged.endings, strict=True))
    lines_before, lines_after = Counter(base.lines), Counter(merged.lines)
    return any(
        after[pair] > before[pair] and lines_after[pair[0]] <= lines_before[pair[0]] for pair in after if pair[1]
    )


def _wrapped(base: Document, merged: Document) -> list[Finding]:
    found = []
    full = [line for line in merged.lines if line.strip()]
    own = [line for line in base.lines if line.strip()]
    if not full:
        return []
    for name, line, first in (("begins", full[0], own[0] if own else ""), ("ends", full[-1], own[-1] if own else "")):
        if line.strip() != first.strip() and (_FENCE.fullmatch(line) or _TAG.fullmatch(line)):
            found.append(hard("wrapped", f"the merge {name} with {quoted(line)}, which the original does not"))
    counts = Counter(line.strip() for line in own)
    prose = [at for at, line in enumerate(merged.lines) if _REASONING.match(line) and not counts[line.strip()]]
    if prose:
        found.append(hard("wrapped", f"{span(prose)} of the merge holds a model's reasoning"))
    return found


def _markers(base: Document, merged: Document, path: str) -> list[Finding]:
    had = Counter(line.strip() for line in base.lines)
    seen: Counter[str] = Counter()
    leaked = []
    markers = find_markers(merged.lines, (), path)
    for at, line in enumerate(merged.lines):
        text = line.strip()
        seen[text] += 1
        if seen[text] > had[text] and markers[at]:
            leaked.append(at)
    if not leaked:
        return []
    return [hard("leaked-marker", f"{span(leaked)} of the merge is a marker: {quoted(merged.lines[leaked[0]])}")]
