"""What an import statement binds: by pattern, for the languages whose statements name what they bring.

A statement that does not say so (`from x import *`, `#include`, `using System;`, an import for its side effects) binds
nothing that could be followed: the answer is empty.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Binding:
    """`name` of the file is `what` ("" for the module itself) of `module`."""

    module: str
    what: str
    name: str


_WORD = r"[^\W\d]\w*"
_DOTTED = rf"{_WORD}(?:\.{_WORD})*"
_FROM = re.compile(rf"from (?P<module>\.*(?:{_DOTTED})?) import \(?(?P<names>[^()#;]*)\)?")
_IMPORT = re.compile(r"import (?P<names>[^()#;]*)")
_JS = re.compile(r"import (?:type )?(?P<names>[^'\"();]*?) from [\"'](?P<module>[^\"'`$]+)[\"'];?")
_GO = re.compile(rf"(?:import )?(?:(?P<name>{_WORD}) )?\"(?P<module>[\w./~-]+)\"")
_JVM = re.compile(rf"import (?:static )?(?P<module>{_DOTTED})\.(?P<what>{_WORD})(?: as (?P<name>{_WORD}))?;?")
_RUST = re.compile(
    rf"use (?P<module>(?:::)?{_WORD}(?:::{_WORD})*)(?:::\{{(?P<names>[\w, ]*)\}}|(?: as (?P<name>{_WORD}))?);"
)
_PHP = re.compile(rf"use \\?(?P<module>{_WORD}(?:\\{_WORD})*)(?: as (?P<name>{_WORD}))?;")
_AS = re.compile(rf"(?:type )?(?P<what>{_WORD}|\*)(?: as (?P<name>{_WORD}))?")


def bindings(language: str, statement: str) -> frozenset[Binding]:
    """What `statement`, an import on one line (white space folded), binds; empty where that cannot be told."""
    reader = _READERS.get(language)
    return frozenset() if reader is None else frozenset(reader(statement.strip()) or ())


def _python(text: str) -> list[Binding] | None:
    if found := _FROM.fullmatch(text):
        pairs = _pairs(found["names"])
        known = pairs is not None and found["module"] and all(what != "*" for what, _ in pairs)
        return [Binding(found["module"], what, name) for what, name in pairs or ()] if known else None
    if found := _IMPORT.fullmatch(text):
        made = []
        for part in found["names"].split(","):
            module, _, name = part.strip().partition(" as ")
            if not re.fullmatch(_DOTTED, module) or (name and not re.fullmatch(_WORD, name)):
                return None
            made.append(Binding(module, "", name or module.partition(".")[0]))
        return made
    return None


def _javascript(text: str) -> list[Binding] | None:
    found = _JS.fullmatch(text)
    if found is None:
        return None
    names, module = found["names"], found["module"]
    made: list[Binding] = []
    if braces := re.search(r"\{(?P<inside>[^{}]*)\}", names):
        pairs = _pairs(braces["inside"])
        if pairs is None or any(what == "*" for what, _ in pairs):
            return None
        made += [Binding(module, what, name) for what, name in pairs]
        names = names.replace(braces[0], "")
    for part in filter(None, (part.strip() for part in names.split(","))):
        if star := re.fullmatch(rf"\* as ({_WORD})", part):
            made.append(Binding(module, "", star[1]))
        elif re.fullmatch(_WORD, part):
            made.append(Binding(module, "default", part))
        else:
            return None
    return made


def _go(text: str) -> list[Binding] | None:
    found = _GO.fullmatch(text)
    if found is None or found["name"] == "_":
        return None
    steps = [step for step in found["module"].split("/") if not re.fullmatch(r"v\d+", step)]
    name = found["name"] or (steps[-1] if steps else "")
    return [Binding(found["module"], "", name)] if re.fullmatch(_WORD, name) else None


def _jvm(text: str) -> list[Binding] | None:
    found = _JVM.fullmatch(text)
    return None if found is None else [Binding(found["module"], found["what"], found["name"] or found["what"])]


def _rust(text: str) -> list[Binding] | None:
    found = _RUST.fullmatch(text)
    if found is None:
        return None
    if found["names"] is None:
        module, _, what = found["module"].rpartition("::")
        return [Binding(module or what, what, found["name"] or what)]
    pairs = _pairs(found["names"])
    return None if pairs is None else [Binding(found["module"], what, name) for what, name in pairs]


def _php(text: str) -> list[Binding] | None:
    found = _PHP.fullmatch(text)
    if found is None:
        return None
    module, _, what = found["module"].rpartition("\\")
    return [Binding(module or what, what, found["name"] or what)]


def _pairs(names: str) -> list[tuple[str, str]] | None:
    """`a, b as c` as what and name; None if a part is something else."""
    made = []
    for part in filter(None, (part.strip() for part in names.split(","))):
        found = _AS.fullmatch(part)
        if found is None:
            return None
        made.append((found["what"], found["name"] or found["what"]))
    return made


_READERS: dict[str, Callable[[str], list[Binding] | None]] = {
    "python": _python,
    "javascript": _javascript,
    "typescript": _javascript,
    "tsx": _javascript,
    "go": _go,
    "java": _jvm,
    "kotlin": _jvm,
    "scala": _jvm,
    "rust": _rust,
    "php": _php,
}
