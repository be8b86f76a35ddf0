"""What a line of code names: a definition, or at least what it assigns or keys. By patterns, for any language."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.merging.snippet import evened

if TYPE_CHECKING:
    from collections.abc import Sequence

_KEYWORDS = (
    "def|class|function|func|fun|fn|interface|struct|enum|trait|impl|module|namespace|protocol|extension|macro|record"
    "|object|sub|proc|procedure|package|type|union|actor|mixin"
)
_DEFINING = frozenset(_KEYWORDS.split("|"))
_UNITES = re.compile(r"(?:union|intersect|except)(?:\s+(?:all|distinct|select))*$", re.IGNORECASE)
_DEFINES = re.compile(rf"(?:^|[\s(=])(?:{_KEYWORDS})\s+(?:\([^)]*\)\s*)?[`\"']?([\w$.:?!]+)", re.IGNORECASE)
_NO_DEFINERS = ("import", "from", "use ", "using ", "//", "return")
_TESTS = re.compile(
    r"(?:it|test|describe|context|specify|scenario)(?:\.\w+)*\s*\(?\s*([\"'`].+?[\"'`])"
    r"|(?:TEST|BENCHMARK)\w*\s*\(\s*([\w, ]+)"
)
_C_LIKE = re.compile(r"(?:[\w:<>\[\]?,*&~@]*[\w<>\[\]?,*&~@]\s+)+[*&]*([\w:~$]+)\s*\(")
_METHOD = re.compile(r"(?:(?:async|static|get|set|override|mutating)\s+)*([\w$#]+)\s*\([^()]*\)\s*(?::\s*[^{]+)?\{$")
_ASSIGNS = re.compile(
    r"(?:[\w<>\[\]?*&.]+\s+){0,4}([\w.$@\[\]\"'-]+)\s*(?::[^=]{1,60})?"
    r"(?:[:+*/%&^|?-]|\?\?|\|\||&&|<<|>>|\*\*|//)?=(?![=>])"
)
_KEYS = re.compile(r"[\"'$&]?([\w.$/-]+)[\"']?\s*:(?![:/])")
_IMPORTS = re.compile(
    r"from\s+(\S+)\s+import\b|import\s+(?:static\s+)?([\w.*@/]+)\s*;?$|\#\s*include\s*(\S+)|(?:pub\s+)?use\s+([\w:\\]+)"
    r"|using\s+(?:static\s+)?([\w.]+);|import\s+(\w+)\s+from\b|(?:import|export)\b.*\bfrom\s*([\"'].+?[\"'])|require(?:_relative)?\s+(\S+)$"
)
_BRINGS = re.compile(
    r"from\s+\S+\s+import\s+\(?([\w\s,]+)\)?$|import\s+(?:type\s+)?\{([\w\s,$]+)\}\s+from\b|import\s+(?:static\s+)?([\w.]+);?$"
)
_LAST_NAME = re.compile(r"([\w$]+)\s*$")
_ITEM = re.compile(r"- (?:[\w.-]+:\s+\S.*|[\w.-]+:$)")
_CASES = re.compile(r"(?:case|when)\s+([^\s:=(]+)|\(?([\w*.|+-]{3,})\)(?:\s|$)")
_DECLARES = re.compile(
    r"(?:export\s+|public\s+|private\s+|protected\s+|internal\s+|pub(?:\([^)]*\))?\s+|readonly\s+|override\s+)*"
    r"(?:const|let|var|val|static|final|type|#define)\b"
)
_MARKS = re.compile(r"@\w|\[\w.]+(?:\(.*\))?\]$|\[\[?\w|#!?\[|//|/\*|\*(?:\s|$|/)|#\s|--\s|<!--|\{#|\{/\*")
_COMMENTS = re.compile(r"//|/\*|\*(?:\s|$|/)|#\s|--\s|<!--|\{#|\{/\*")
_DECORATES = re.compile(r"@[\w.:]+\s?(?:\(.*\)?)?$|#\[.*\]$|\[\w[\w.]*(?:\(.*\))?\]$")
_CREATES = re.compile(
    r"create\s+(?:or\s+replace\s+)?(?:\w+\s+)?(?:table|view|index|function|procedure|trigger|type)\s+(?:if\s+not\s+exists\s+)?"
    r"([\w.\"`]+)",
    re.IGNORECASE,
)
_JUMPS = re.compile(
    r"(?:return|raise|throw|break|continue|goto|exit|die|fail|pass|next|abort|panic|yield)\b|sys\.exit|;;"
)
_NO_DEFINITION = re.compile(
    r"(?:return|else|if|for|foreach|while|switch|case|throw|new|await|yield|assert|import|from|using|use|in|not|and|or"
    r"|do|try|catch|with|when|until|unless|delete|echo|print|puts|raise|elif|elsif|guard|synchronized|lock|fixed|match|loop|export\s+\{|const|let|var|val)\b"
)
_CONTENT = re.compile(r"[^\W\d_]{2,}")
_EVERYWHERE = frozenset(
    [
        *("if", "else", "elif", "for", "while", "do", "end", "then", "return", "const", "let", "var", "def", "class"),
        *("function", "fn", "func", "public", "private", "protected", "static", "final", "void", "int", "string"),
        *("self", "this", "import", "from", "use", "case", "switch", "match", "in", "is", "not", "and", "or", "none"),
        *("null", "nil", "true", "false", "new"),
    ]
)
_TABLE = re.compile(r"\[\[?[\w.:\"' -]+\]\]?")
_NOT_FIRST = frozenset("#*/}])-.")
_LONGEST = 200


@lru_cache(maxsize=1 << 14)
def defined_name(key: str) -> str | None:
    """The name that a line of code defines (a function, class, test), or None."""
    if len(key) > _LONGEST or key[:1] in _NOT_FIRST or _UNITES.match(key):
        return None
    if found := _TESTS.match(key):
        return found[1] or found[2]
    # The search is slow, and most lines have none of its words.
    words = key.lower().replace("(", " ").replace("=", " ").split()
    if not _DEFINING.isdisjoint(words) and (found := _DEFINES.search(key)) and not key.startswith(_NO_DEFINERS):
        return found[1]
    if not key.endswith(("{", ")", "(", ",", "=>")) or _NO_DEFINITION.match(key):
        return None
    found = _C_LIKE.match(key) or _METHOD.match(key)
    return found[1] if found else None


@lru_cache(maxsize=1 << 14)
def subject(key: str) -> str | None:
    """What a line is about: the name that it defines, assigns or keys; None where it names nothing of its own."""
    key = key[:_LONGEST]
    if imported := _IMPORTS.match(key):
        return next((name for name in imported.groups() if name), None)
    name = defined_name(key)
    if name is not None:
        return name
    if _ITEM.match(key):
        return key
    assigned = _ASSIGNS.match(key) if "=" in key else None
    found = assigned or _KEYS.match(key) or _CASES.match(key)
    return next((name for name in found.groups() if name), None) if found else None


@lru_cache(maxsize=1 << 14)
def declared_name(key: str) -> str | None:
    """The name that a line defines or declares (`const`, `let`, `val`, `static`, ...), or None."""
    name = defined_name(key)
    if name is not None or _DECLARES.match(key) is None:
        return name
    return subject(key)


@lru_cache(maxsize=1 << 14)
def content_words(key: str) -> frozenset[str]:
    """The words of a line that say what it is about: no keywords, and in lower case."""
    return frozenset(word.lower() for word in _CONTENT.findall(key)) - _EVERYWHERE


@lru_cache(maxsize=1 << 14)
def header_name(key: str) -> str | None:
    """The name of what a line begins: a definition, a key with a block, an item of a list, a table, a rule; or None."""
    if is_comment(key):
        return None
    name = defined_name(key)
    if name is not None or len(key) > _LONGEST:
        return name
    if begins_section(key) or begins_item(key):
        return key
    created = _CREATES.match(key)
    return created[1] if created else _opened_name(key)


def _opened_name(key: str) -> str | None:
    """The name of the block that a line opens; a declaration's own, a statement's never."""
    if not key.endswith(("{", ":", "(", "[")) or key[:1] in "})]":
        return None
    if _DECLARES.match(key):
        return subject(key)
    return None if _NO_DEFINITION.match(key) else subject(key) or key


def is_defined(name: str, lines: Sequence[str]) -> bool:
    """Whether any of some lines defines the name."""
    return any(name in line and defined_name(evened(line)) == name for line in lines)


def is_begun(name: str, lines: Sequence[str]) -> bool:
    """Whether any of some lines is a header of the name (see `header_name`)."""
    return any(header_name(evened(line)) == name for line in lines)


def times_named(name: str, lines: Sequence[str]) -> int:
    """How many of some lines are a header of the name, define or declare it: overloads have one name."""
    keys = (evened(line) for line in lines if name in line)
    return sum(name in {header_name(key), declared_name(key)} for key in keys)


def is_mark(key: str) -> bool:
    """Whether a line is a decorator, an attribute or a comment: new definitions bring their own like it."""
    return _MARKS.match(key) is not None


def is_decorator(key: str) -> bool:
    """Whether a line is a decorator, an annotation or an attribute of what stands below it."""
    return _DECORATES.match(key) is not None


def is_import(key: str) -> bool:
    """Whether a line imports something."""
    return _IMPORTS.match(key) is not None


def imported_names(key: str) -> tuple[str, ...]:
    """The names that an import on one line brings into the file, as Python, JavaScript and Java write it."""
    found = _BRINGS.match(key) if len(key) <= _LONGEST else None
    if found is None:
        return ()
    parts = next(part for part in found.groups() if part).split(",")
    return tuple(name[1] for part in parts if (name := _LAST_NAME.search(part)))


def is_comment(key: str) -> bool:
    """Whether a line is nothing but comment, in most languages."""
    return _COMMENTS.match(key) is not None


def leaves(key: str) -> bool:
    """Whether a line is a jump: blocks end with it, and many end alike."""
    return _JUMPS.match(key) is not None


def begins_section(key: str) -> bool:
    """Whether a line is the title of a table (TOML, INI)."""
    return _TABLE.fullmatch(key) is not None


def begins_item(key: str) -> bool:
    """Whether a line begins an item of a list that has keys of its own (YAML): it is known by its first key."""
    return _ITEM.match(key) is not None


@lru_cache(maxsize=1 << 14)
def kind_of(key: str) -> str:
    """What kind of line this is, roughly: lines of one kind give way to each other."""
    tests = (
        ("mark", is_mark(key)),
        ("import", _IMPORTS.match(key)),
        ("definition", defined_name(key)),
        ("statement", _NO_DEFINITION.match(key)),
        ("item", _ITEM.match(key) or key.startswith("- ")),
        ("value", _ASSIGNS.match(key) or _KEYS.match(key)),
        ("tag", key.startswith("<")),
        ("end", not any(map(str.isalnum, key))),
    )
    return next((name for name, found in tests if found), "other")
