"""Two questions about a text: how many syntax errors has it, and which of its lines begin inside a string?"""

from __future__ import annotations

import json
import threading
import warnings
from functools import lru_cache

from bot.syntax import trees
from bot.syntax.bounds import too_dotted
from bot.syntax.languages import language_of

_lock = threading.Lock()
_MAX_PARSED = 1_000_000
_BODY_NODES = frozenset({"heredoc_body", "nowdoc_body", "heredoc_template", "raw_text"})


def error_count(path: str, text: str) -> int | None:
    """How many syntax errors `text` has as a file named `path`; None where no parser knows the language.

    Counted are the ERROR and MISSING nodes of tree-sitter, and one more if the strict parser of the language (Python's
    own `ast`, `json`, `tomllib`, a YAML parser) says no. A count says nothing alone: compare it with the count of the
    text before the change. Templates, macros and dialects make grammars err on good files.
    """
    language = language_of(path)
    if language is None:
        return None
    return _error_count(language.name, path, text)


@lru_cache(maxsize=128)
def _error_count(name: str, path: str, text: str) -> int | None:
    language = language_of(path)
    if language is None or language.grammar is None:
        return None
    tree = trees.tree_of(language.grammar, text)
    if tree is None:
        return None
    return trees.error_nodes(tree) + (0 if _strict(name, path, text) else 1)


def _strict(name: str, path: str, text: str) -> bool:
    """Whether the language's strict parser takes `text`; True where there is none."""
    if len(text) > _MAX_PARSED:
        return True
    match name:
        case "python":
            return _python(text)
        case "json":
            return _json(text) if path.endswith(".json") else True
        case "toml":
            return _toml(text)
        case "yaml":
            return _yaml(text)
        case _:
            return True


def _python(text: str) -> bool:
    # Not `compile`: names and flow ("return outside function") are not syntax, and templates of stubs need them.
    import ast

    with _lock, warnings.catch_warnings():  # the filters are global to the process, hence the lock
        warnings.simplefilter("ignore")
        try:
            ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True


def _json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _toml(text: str) -> bool:
    import tomllib

    if too_dotted(text):
        return True
    try:
        tomllib.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _yaml(text: str) -> bool:
    import yaml

    # Events only: nothing is built, so neither an alias bomb nor an unknown tag matters.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        for _ in yaml.parse(text, Loader=loader):
            pass
    except (yaml.YAMLError, RecursionError, ValueError, UnicodeError):
        return False
    return True


def string_lines(path: str, text: str) -> frozenset[int]:
    """The lines (0-based) that begin inside a multi-line string, docstring, heredoc, template or text block.

    The line on which the string starts is not one of them, the line on which it ends is. Empty without a grammar.
    """
    language = language_of(path)
    if language is None or language.grammar is None or not language.grammar.strings:
        return frozenset()
    return _string_lines(path, text)


def comment_lines(path: str, text: str) -> frozenset[int]:
    """The lines (0-based) that are nothing but comment, by the grammar; empty without one."""
    language = language_of(path)
    if language is None or language.grammar is None:
        return frozenset()
    return _comment_lines(path, text)


@lru_cache(maxsize=64)
def _string_lines(path: str, text: str) -> frozenset[int]:
    found: set[int] = set()
    language = language_of(path)
    if language is None or language.grammar is None:
        return frozenset()
    tree = trees.tree_of(language.grammar, text)
    if tree is None:
        return frozenset()
    outer = range(0)
    for node in trees.nodes(tree, language.grammar.strings):
        end = node.end_point[0] + (1 if node.end_point[1] > 0 else 0)
        # A heredoc's body is a node of its own that begins with the row; any other string begins with its quote.
        whole = node.start_point[1] == 0 and node.type in _BODY_NODES
        start = node.start_point[0] + (0 if whole else 1)
        if start < outer.start or end > outer.stop:  # texts stand in texts, by templates
            outer = range(start, end)
            found.update(outer)
    return frozenset(found)


@lru_cache(maxsize=64)
def _comment_lines(path: str, text: str) -> frozenset[int]:
    language = language_of(path)
    tree = trees.tree_of(language.grammar, text) if language is not None and language.grammar is not None else None
    if language is None or language.grammar is None or tree is None:
        return frozenset()
    lines = text.split("\n")
    found: set[int] = set()
    for node in trees.nodes(tree, language.grammar.comments):
        (first, column), (last, end) = node.start_point, node.end_point
        if len(lines[first]) > trees.MAX_LINE:
            continue
        if trees.encode(lines[first])[:column].strip():
            first += 1
        if last < len(lines) and trees.encode(lines[last])[end:].strip():
            last -= 1
        if end == 0:
            last -= 1
        found.update(range(first, last + 1))
    return frozenset(found)
