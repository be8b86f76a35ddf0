"""What other languages stand in a page: its scripts and styles, each where it stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.syntax import trees

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import tree_sitter

    _Span = tuple[int, int, int, str]  # a line's number, where it begins and ends there, and the whole line

_SAID = re.compile(r"\b(?:type|lang)\s*=\s*[\"']?([\w/+.-]+)", re.IGNORECASE)
# What an element holds, by what it says of itself; anything else (a template, a shader) is text here.
_SCRIPTS = {
    "": "script.js",
    "module": "script.js",
    "text/javascript": "script.js",
    "application/javascript": "script.js",
    "text/ecmascript": "script.js",
    "text/babel": "script.jsx",
    "text/typescript": "script.ts",
    "ts": "script.ts",
    "typescript": "script.ts",
}
_STYLES = {"": "style.css", "text/css": "style.css", "text/scss": "style.scss", "scss": "style.scss"}


def parts(tree: tree_sitter.Tree, lines: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The scripts and the styles of the page `lines`, a text for each language: (name of a file, its lines).

    Each text has as many lines as the page, and everything where it stands in the page; the rest is blank.
    """
    spans: dict[str, list[_Span]] = {}
    for element in trees.nodes(tree, ("script_element", "style_element")):
        known = _SCRIPTS if element.type == "script_element" else _STYLES
        tag, body = "", None
        for child in element.children:
            if child.type == "start_tag":
                tag = "\n".join(line[start:stop] for _, start, stop, line in _spans(child, lines))
            elif child.type == "raw_text":
                body = child
        said = _SAID.search(tag)
        name = known.get(said[1].lower() if said else "")
        if body is not None and name is not None:
            spans.setdefault(name, []).extend(_spans(body, lines))
    for name, found in spans.items():
        yield name, _masked(found, len(lines))


def _spans(node: tree_sitter.Node, lines: Sequence[str]) -> Iterator[_Span]:
    (first, start), (last, stop) = node.start_point, node.end_point
    for number in range(first, min(last + 1, len(lines))):
        line = lines[number]
        if len(line) > trees.MAX_LINE:
            continue
        begin = trees.characters(line, start) if number == first else 0
        end = trees.characters(line, stop) if number == last else len(line)
        yield number, begin, end, line


def _masked(spans: Sequence[_Span], height: int) -> tuple[str, ...]:
    rows: list[list[str]] = [[] for _ in range(height)]
    widths = [0] * height
    for number, begin, end, line in spans:
        rows[number] += (" " * (begin - widths[number]), line[begin:end])
        widths[number] = end
    return tuple("".join(row) for row in rows)
