"""Where the comments of a text stand, to the character, and what they say without their signs.

On a line of more than ten thousand characters nobody looks for one.

With a grammar they are its comment nodes, so a string is never taken for one. Without a grammar a comment counts only
if it has its lines for itself: behind code nobody could tell it from a string.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.syntax import trees
from bot.syntax.languages import language_of
from bot.syntax.pages import parts
from bot.syntax.texts import lines_in_texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import tree_sitter

    from bot.syntax.languages import Language

    _Point = tuple[int, int]

# What a file of an unknown kind may call a comment, and nothing more: everything else could be its text.
_UNKNOWN = ("#", "//")
# The longer sign first: `///` is not `//` and a slash.
_LINE_SIGN = re.compile(r"//+!?|#+!?|--+|;+|%+|!+|\.\.(?=\s)|::|rem\b|'|\"", re.IGNORECASE)
_OPENING = re.compile(r"/\*+!?|<!--+|\{#-?|\(\*+|\{-+\|?|<#|<%#|--\[=*\[|=begin\b")
_CLOSING = re.compile(r"\*+/|--+>|-?#\}|\*+\)|-\}|#>|%>|\]=*\]|=end\b")
_FENCE = re.compile(r" {0,3}(?P<fence>`{3,}|~{3,})(?P<info>.*)")
_JSX = ("javascript", "tsx")
_ATTRIBUTE = re.compile(r"=\s*([\"'])\Z")
_INDENTED_CODE = re.compile(r" {4}|\t")


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment: from character `start` of line `first` up to character `stop` of line `last` (0-based).

    `sign` is what it begins with, `said` its text, line by line, without signs. `alone`: its lines hold nothing else.
    `doubted`: no grammar tells whether it is a comment, and it may be a line of a text.
    """

    first: int
    last: int
    start: int
    stop: int
    sign: str
    said: tuple[str, ...]
    alone: bool
    block: bool
    doubted: bool = False

    @property
    def documents(self) -> bool:
        """Whether tools read it as documentation."""
        return self.sign in ("///", "//!", "/**", "/*!")


def comments(path: str, lines: Sequence[str]) -> tuple[Comment, ...]:
    """The comments of the text `lines` as a file named `path`, in order."""
    language = language_of(path)
    if language is None or language.grammar is None:
        return tuple(_of_lines(language, lines))
    # A carriage return is no line's end here: as in a document, only "\n" is.
    tree = trees.tree_of(language.grammar, "\n".join(lines) + "\n")
    if tree is None:
        return ()
    braces = _braces(tree) if language.name in _JSX else {}
    nodes = (_of_node(node, lines, braces) for node in trees.nodes(tree, language.grammar.comments))
    found = [comment for comment in nodes if comment is not None]
    if language.name == "html":
        for inner, text in parts(tree, lines):
            found += (_with_neighbours(comment, lines) for comment in comments(inner, text))
        found.sort(key=lambda comment: (comment.first, comment.start))
    return tuple(found)


def _with_neighbours(comment: Comment, lines: Sequence[str]) -> Comment:
    """A comment of a page's script or style, where tags may stand on its lines too."""
    beside = lines[comment.first][: comment.start] + lines[comment.last][comment.stop :]
    return replace(comment, alone=not beside.strip())


def _braces(tree: tree_sitter.Tree) -> dict[_Point, _Point]:
    """Where the braces of JSX begin and end. (To ask a comment for its parent takes as long as the text is.)"""
    found = trees.nodes(tree, ("jsx_expression",))
    return {(*node.start_point,): (*node.end_point,) for node in found}


def _of_node(node: tree_sitter.Node, lines: Sequence[str], braces: Mapping[_Point, _Point]) -> Comment | None:
    (first, start), (last, stop) = node.start_point, node.end_point
    if first >= len(lines):
        return None
    if stop == 0 and last > first:  # some grammars count the newline in
        last -= 1
        stop = len(trees.encode(lines[last]))
    last = min(last, len(lines) - 1)
    if max(len(lines[first]), len(lines[last])) > trees.MAX_LINE:
        return None
    begin, end = trees.characters(lines[first], start), trees.characters(lines[last], stop)
    before, after = lines[first][:begin].rstrip(), lines[last][end:]
    if (quote := _ATTRIBUTE.search(before)) is not None and after.startswith(quote[1]):
        return None  # the grammars of HTML and XML take the text of an attribute for a comment
    if before.endswith("{") and after.lstrip().startswith("}"):
        # `{/* ... */}`: without its comment the pair of braces is nothing.
        closing = len(lines[last]) - len(after.lstrip()) + 1
        if braces.get((first, _bytes(before) - 1)) == (last, _bytes(lines[last][:closing])):
            begin, end = len(before) - 1, closing
    return _read(lines, first, last, begin, end)


def _bytes(text: str) -> int:
    return len(text) if text.isascii() else len(trees.encode(text))


def _read(lines: Sequence[str], first: int, last: int, start: int, stop: int) -> Comment | None:
    """The comment of that span; None if it begins with no sign that is known here."""
    stop = len(lines[last][:stop].rstrip())
    texts = list(lines[first : last + 1])
    texts[-1] = texts[-1][:stop]
    texts[0] = texts[0][start:]
    alone = not lines[first][:start].strip() and not lines[last][stop:].strip()
    braces = texts[0].startswith("{") and re.match(r"\{\s*/\*", texts[0]) is not None
    if braces:
        texts[0] = texts[0][1:].lstrip()
        texts[-1] = texts[-1].removesuffix("}").rstrip()
    if opening := _OPENING.match(texts[0]):
        texts[0] = texts[0][opening.end() :]
        ends = [found for found in _CLOSING.finditer(texts[-1]) if found.end() == len(texts[-1])]
        if ends:
            texts[-1] = texts[-1][: ends[0].start()]
        said = (texts[0].strip(), *(_undecorated(text) for text in texts[1:]))
        return Comment(first, last, start, stop, opening[0], said, alone, block=True)
    sign = _LINE_SIGN.match(texts[0])
    if sign is None:
        return None
    return Comment(first, last, start, stop, sign[0], (texts[0][sign.end() :].strip(),), alone, block=False)


def _undecorated(text: str) -> str:
    """A further line of a block comment without the star that many begin it with."""
    bare = text.strip()
    return bare[1:].strip() if bare == "*" or bare.startswith("* ") else bare


def _of_lines(language: Language | None, lines: Sequence[str]) -> Iterator[Comment]:
    prefixes = language.line if language is not None else _UNKNOWN
    blocks = language.block if language is not None else ()
    passed = fenced_lines(lines) if language is not None and language.name == "markdown" else frozenset()
    texts = frozenset() if language is None else lines_in_texts(language, lines)
    at = 0
    while at < len(lines):
        bare = lines[at].strip()
        start = len(lines[at]) - len(lines[at].lstrip())
        last, alone = at, False
        if at not in passed:
            pair = next(((opening, closing) for opening, closing in blocks if bare.startswith(opening)), None)
            if pair is None:
                alone = bare.startswith(prefixes)
            else:
                last, alone = _end_of_block(lines, at, start + len(pair[0]), pair[1])
        found = _read(lines, at, last, start, len(lines[last])) if alone else None
        if found is not None:
            yield replace(found, doubted=at in texts)
        at = last + 1


def _end_of_block(lines: Sequence[str], first: int, behind: int, closing: str) -> tuple[int, bool]:
    """The last line of the block comment that begins on line `first`, and whether nothing follows it there.

    One without an end takes in the rest of the text, and is none that has its lines for itself.
    """
    for number in range(first, len(lines)):
        end = lines[number].find(closing, behind if number == first else 0)
        if end >= 0:
            return number, not lines[number][end + len(closing) :].strip()
    return len(lines), False


def fenced_lines(lines: Sequence[str]) -> frozenset[int]:
    """The lines (0-based) of a Markdown text that are code: fences with what is in them, and what is indented."""
    found: set[int] = set()
    fence = ""
    for number, line in enumerate(lines):
        match = _FENCE.match(line.lstrip(" >") if line.lstrip().startswith((">", "`", "~")) else line)
        if fence:
            found.add(number)
            if match and match["fence"].startswith(fence) and not match["info"].strip():
                fence = ""
        elif match and not (match["fence"][0] == "`" and "`" in match["info"]):
            found.add(number)
            fence = match["fence"]
        elif _INDENTED_CODE.match(line):
            found.add(number)
    return frozenset(found)
