"""Syntax, definitions and imports of the merge against those of the original, by the grammar."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from bot.syntax import error_count, language_of, outline
from bot.verify.findings import Finding, span

if TYPE_CHECKING:
    from bot.syntax import Outline
    from bot.text import Document

# Grammars (or strict parsers) that say no only to what is wrong: no preprocessor, no templates, no dialects.
_SURE = frozenset({
    "python", "json", "toml", "yaml", "go", "java", "javascript", "typescript", "tsx", "rust", "ruby", "php", "css",
})  # fmt: skip
# Dialects that are read by the grammar of their kin: it says no to what is right in them.
_BORROWED = (".zsh", ".zsh-theme", ".zshrc", ".ksh")
_NOISY = 3
# Languages where one name may stand for several definitions in one scope.
_OVERLOADING = frozenset({"java", "c-sharp", "cpp", "c", "kotlin", "scala", "swift", "typescript", "tsx", "sql", "hcl"})
# Kinds that repeat in good files: elements, rules, blocks.
_REPEATABLE = frozenset({"element", "rule", "block", "impl"})


def structure(base: Document, merged: Document, path: str) -> list[Finding]:
    """What the merge does to the file as a program."""
    return [*_syntax(base, merged, path), *_doubled(base, merged, path)]


def _syntax(base: Document, merged: Document, path: str) -> list[Finding]:
    if path.endswith(_BORROWED):
        return []
    before, after = error_count(path, base.text), error_count(path, merged.text)
    if before == 0 and after is None:
        return [Finding("syntax", f"{path} parsed before the merge, and is more than its parser can bear after it")]
    if before is None or after is None or after <= before:
        return []
    if before == 0:
        message = f"{path} parsed before the merge and has {after} syntax errors after it"
        language = language_of(path)
        sure = language is not None and language.name in _SURE
        return [Finding("syntax", message, hard=sure)]
    # A grammar that errs on the original (templates, macros) errs more or less with any change.
    if before < _NOISY and after > before + 2:
        return [Finding("syntax", f"{path} had {before} syntax errors before the merge and has {after} after it")]
    return []


def _doubled(base: Document, merged: Document, path: str) -> list[Finding]:
    old, new = outline(path, base.text), outline(path, merged.text)
    language = language_of(path)
    found = []
    if language is not None and language.name not in _OVERLOADING:
        twins = set(doubled(old))
        for key, lines in doubled(new).items():
            if key not in twins:
                kind, name = key
                message = f"{kind} {'.'.join(name)} stands twice after the merge ({span(lines)})"
                found.append(Finding("doubled-definition", message))
    had = Counter(it.text for it in old.imports)
    has = Counter(it.text for it in new.imports)
    for text, number in has.items():
        if number > 1 and had[text] == 1:
            lines = [it.first for it in new.imports if it.text == text]
            if len({_scope(line, new) for line in lines}) < len(lines):
                found.append(Finding("doubled-import", f"{text!r} is imported twice after the merge ({span(lines)})"))
    return found


def _scope(line: int, texts: Outline) -> int:
    """The header line of the innermost definition round a line, -1 for none."""
    return max((it.header for it in texts.definitions if it.header < line < it.last), default=-1)


def doubled(texts: Outline) -> dict[tuple[str, tuple[str, ...]], list[int]]:
    """The definitions that stand more than once in one scope: kind and qualified name, and their header lines."""
    places: dict[tuple[int, str, tuple[str, ...]], list[int]] = {}
    for it in texts.definitions:
        if it.kind not in _REPEATABLE:
            places.setdefault((it.scope, it.kind, it.qualified), []).append(it.header)
    return {(kind, name): lines for (_, kind, name), lines in places.items() if len(lines) > 1}
