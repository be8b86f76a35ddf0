"""Texts that a parser cannot bear: it would end the whole process, or take for ever. They are not parsed.

tree-sitter-yaml 0.7 writes past the end of its memory at 254 open blocks; Swift's and Kotlin's grammars read on to the
end of the text for each comment that is opened and not closed, again and again; XML's and HTML's look through all open
elements at each tag; `tomllib` takes the square of a key's length. What else takes long is seen while it is parsed: see
`trees`.
"""

from __future__ import annotations

import re

from bot.elements import VOID

_MOST_COLUMNS = 100
_MOST_COMMENTS = 50
_MOST_ELEMENTS = 1_000
# Where a block of YAML may begin: at what a line starts with, behind `-`, `?` and `:`, and at each of them.
_START = re.compile(r"[ \t]*(?:[-?:][ \t]+)*")
_INDICATOR = re.compile(r"(?<![^ \t])[-?:](?=[ \t\r]|$)")
_PART = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')"""
_LONG_KEY = re.compile(rf"(?<![\w-]){_PART}(?:[ \t]*+\.[ \t]*+{_PART}){{50}}")
_COMMENT = re.compile(r"/\*|\*/")
# Comments and CDATA hold no elements, nor do HTML's scripts and styles; a quoted value may hold any sign.
_NO_TAG = r"<!--(?:[^-]|-(?!->))*+|<!\[CDATA\[(?:[^\]]|\](?!\]>))*+"
_ANY_TAG = r"<(?P<end>/?)(?P<name>[A-Za-z_][\w:.-]*+)(?:[^<>\"']|\"[^\"]*+\"|'[^']*+')*+>"
_RAW = r"(?i:<(?P<raw>script|style)\b[^<>]*+>(?:[^<]|<(?!/(?:script|style)\b))*+)"
_TAGS = {
    "tree_sitter_xml": re.compile(f"{_NO_TAG}|{_ANY_TAG}"),
    "tree_sitter_html": re.compile(f"{_NO_TAG}|{_RAW}|{_ANY_TAG}"),
}
# Elements of HTML that nobody closes, or needs to.
_UNCLOSED = VOID | {
    "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "optgroup", "rp", "rt",
}  # fmt: skip


def unbearable(module: str, text: str) -> bool:
    """Whether the grammar of that module is better not given `text`."""
    match module:
        case "tree_sitter_yaml":
            return _columns(text) > _MOST_COLUMNS
        case "tree_sitter_swift" | "tree_sitter_kotlin":
            return _open_comments(text) > _MOST_COMMENTS
        case "tree_sitter_xml" | "tree_sitter_html":
            return _open_elements(module, text) > _MOST_ELEMENTS
        case _:
            return False


def too_dotted(text: str) -> bool:
    """Whether a key of `text`, which is TOML, has more than fifty parts."""
    return _LONG_KEY.search(text) is not None


def _columns(text: str) -> int:
    """At how many columns blocks begin: no more than two at each can be open at one time."""
    found: set[int] = set()
    for line in text.split("\n"):
        found.add(len(line) - len(line.lstrip(" \t")))
        if start := _START.match(line):
            found.add(start.end())
        found.update(each.start() for each in _INDICATOR.finditer(line))
    return len(found)


def _open_comments(text: str) -> int:
    most = depth = 0
    for each in _COMMENT.finditer(text):
        depth = depth + 1 if each[0] == "/*" else max(0, depth - 1)
        most = max(most, depth)
    return most


def _open_elements(module: str, text: str) -> int:
    most = depth = 0
    for each in _TAGS[module].finditer(text):
        parts = each.groupdict()
        name = parts["name"] or parts.get("raw")
        if parts["end"]:
            depth = max(0, depth - 1)
        elif name and not each[0].endswith("/>") and name.lower() not in _UNCLOSED:
            depth += 1
            most = max(most, depth)
    return most
