"""What the table of languages says of one: its file endings, its comments, and its grammar's node names."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

C_BLOCK = (("/*", "*/"),)
JSX = (("/*", "*/"), ("{/*", "*/}"))
MARKUP = (("<!--", "-->"),)


@dataclass(frozen=True, slots=True)
class Grammar:
    """A tree-sitter grammar: the module and function that give it, and its node names.

    `definitions` maps a node's name to the kind that an outline says; `names` says where the name stands if not in the
    field `name`: `field` names separated by ".", or "<type" for the first child of that type, "=" for the text up to
    the body; `wrappers` are nodes round a definition that belong to it (decorators, `export`, `template<...>`).
    `leads` are siblings in front of a definition that belong to it (attributes).
    """

    module: str
    function: str = "language"
    definitions: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    wrappers: tuple[str, ...] = ()
    leads: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    strings: tuple[str, ...] = ()
    comments: tuple[str, ...] = ("comment",)


@dataclass(frozen=True, slots=True)
class Language:
    """One language: `line` are the prefixes of its line comments, `block` its block comments as (open, close).

    `texts` are what begins and ends texts that may go over lines, as patterns, where there is no grammar to tell.
    """

    name: str
    endings: tuple[str, ...]
    line: tuple[str, ...] = ()
    block: tuple[tuple[str, str], ...] = ()
    grammar: Grammar | None = None
    files: tuple[str, ...] = ()
    indented: bool = False
    texts: tuple[tuple[str, str], ...] = ()
