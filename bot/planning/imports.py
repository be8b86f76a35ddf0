"""The one thing that a planner may change outside of a request's range: imports that its change needs.

Allowed are whole statements of the file's top level, as the grammar sees them, that bring names which the lines changed
inside the range use and nothing else of the file says (a new `open` would change what `open` means elsewhere), from a
module that is there already; and that take away names which only lines taken from the range used.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.planning.bindings import bindings
from bot.planning.standard import is_standard
from bot.syntax import language_of, outline

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from bot.model import Edit
    from bot.planning.bindings import Binding
    from bot.syntax import Import

_WORD = re.compile(r"[^\W\d]\w*")
# The text of a longer import is cut in an outline: it cannot be compared.
_LONGEST = 150
_ENDINGS = (".py", ".pyi", ".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".vue", ".d.ts", ".json", ".rs", ".go", ".php")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What may be known of a module beside its file: the words of the request, and what stands in the repository."""

    words: str
    stands: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class _Side:
    """The file before or after: its lines, and its import statements by line."""

    lines: Sequence[str]
    statements: dict[int, Import]

    @classmethod
    def of(cls, path: str, lines: Sequence[str]) -> _Side:
        found = outline(path, "\n".join(lines) + "\n")
        whole = [
            one
            for one in found.imports
            if found.enclosing(one.first) is None and _is_whole(one, lines[one.first : one.last])
        ]
        return cls(lines, {line: one for one in whole for line in range(one.first, one.last)})

    def covers(self, start: int, stop: int) -> bool:
        """Whether the lines are nothing but whole import statements and blank lines."""
        return all(line in self.statements or not self.lines[line].strip() for line in range(start, stop))

    def touched(self, start: int, stop: int) -> set[Import]:
        return {self.statements[line] for line in range(start, stop) if line in self.statements}


def allowed_imports(
    path: str,
    base: Sequence[str],
    result: Sequence[str],
    edits: Sequence[Edit],
    inside: Sequence[Edit],
    by: Surroundings,
) -> tuple[Edit, ...]:
    """Those of `edits` that change imports as they may be changed; `inside` are those within the range."""
    language = language_of(path)
    if language is None:
        return ()
    before, after = _Side.of(path, base), _Side.of(path, result)
    chosen: list[Edit] = []
    gone: set[Import] = set()
    come: set[Import] = set()
    shift = 0
    for edit in edits:
        start = edit.start + shift
        shift += len(edit.lines) - (edit.stop - edit.start)
        if edit in inside:
            continue
        if before.covers(edit.start, edit.stop) and after.covers(start, start + len(edit.lines)):
            chosen.append(edit)
            gone |= before.touched(edit.start, edit.stop)
            come |= after.touched(start, start + len(edit.lines))
    rule = _Rule(language.name, path, base, result, inside, by)
    return tuple(chosen) if chosen and rule.holds(gone, come) else ()


@dataclass(frozen=True, slots=True)
class _Rule:
    language: str
    path: str
    base: Sequence[str]
    result: Sequence[str]
    inside: Sequence[Edit]
    by: Surroundings

    def holds(self, gone: set[Import], come: set[Import]) -> bool:
        old, new = self.bound(gone), self.bound(come)
        if old is None or new is None or old == new:
            return False
        added, removed = new - old, old - new
        taken = _words(line for edit in self.inside for line in self.base[edit.start : edit.stop])
        given = _words(line for edit in self.inside for line in edit.lines)
        elsewhere = _words(self.untouched())
        return all(
            one.name in given and one.name not in elsewhere and self.is_known(one.module) for one in added
        ) and all(one.name in taken and one.name not in elsewhere | given for one in removed)

    def bound(self, statements: Iterable[Import]) -> frozenset[Binding] | None:
        """What these statements bind together; None if one of them does not say."""
        found: set[Binding] = set()
        for one in statements:
            here = bindings(self.language, one.text)
            if not here:
                return None
            found |= here
        return frozenset(found)

    def untouched(self) -> list[str]:
        """The lines of the base that are no import and that no change inside the range takes away."""
        statements = outline(self.path, "\n".join(self.base) + "\n").imports
        out = {line for one in statements for line in range(one.first, one.last)}
        out |= {line for edit in self.inside for line in range(edit.start, edit.stop)}
        return [line for number, line in enumerate(self.base) if number not in out]

    def is_known(self, module: str) -> bool:
        if is_standard(self.language, module):
            return True
        if re.search(rf"(?<![\w./@-]){re.escape(module)}(?![\w/-])", self.by.words):
            return True
        source = outline(self.path, "\n".join(self.base) + "\n").imports
        here = {one.module for statement in source for one in bindings(self.language, statement.text)}
        return _package(self.language, module) in {_package(self.language, one) for one in here} or any(
            self.by.stands(place) for place in _places(self.language, module, self.path)
        )


def _is_whole(one: Import, lines: Sequence[str]) -> bool:
    """Whether the lines hold the statement and nothing beside it."""
    text = " ".join(" ".join(lines).split())
    return len(one.text) < _LONGEST and text.rstrip("; ") in (one.text.rstrip("; "), f"import {one.text}")


def _words(lines: Iterable[str]) -> set[str]:
    return {word for line in lines for word in _WORD.findall(line)}


def _package(language: str, module: str) -> str:
    """What is installed or built as one: who has a module of it has the others."""
    if module.startswith((".", "/")):
        return module
    match language:
        case "python":
            return module.partition(".")[0]
        case "rust":
            return module.removeprefix("::").partition("::")[0]
        case "go":
            return "/".join(module.split("/")[:3])
        case "javascript" | "typescript" | "tsx":
            return "/".join(module.split("/")[: 2 if module.startswith("@") else 1])
        case _:
            return module


def _places(language: str, module: str, path: str) -> list[str]:
    """Where in the repository the module may stand."""
    folder = posixpath.dirname(path)
    if language == "python" and module.startswith("."):
        dots = len(module) - len(module.lstrip("."))
        for _ in range(dots - 1):
            folder = posixpath.dirname(folder)
        stems = [posixpath.join(folder, module.lstrip(".").replace(".", "/"))]
    elif language == "python":
        steps = module.replace(".", "/")
        stems = [steps, f"src/{steps}", f"lib/{steps}", posixpath.join(folder, steps)]
    elif module.startswith("."):
        stems = [posixpath.normpath(posixpath.join(folder, module))]
    elif language in {"java", "kotlin", "scala"}:
        stems = [f"src/main/{language}/{module.replace('.', '/')}"]
    else:
        stems = []
    inside = [stem.strip("/") for stem in stems if stem.strip("/.") and not stem.startswith("..")]
    return [f"{stem}{ending}" for stem in inside for ending in ("", *_ENDINGS)]
