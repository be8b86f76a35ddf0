"""Parsing with tree-sitter: the one module that imports it, lazily, and the only one that sees its nodes' origin.

A parse is bounded by size and by steps, so that no text can hold a run up; what is over the bound has no tree.
"""

from __future__ import annotations

import threading
import warnings
from functools import cache, lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from bot.syntax.bounds import unbearable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import tree_sitter

    from bot.syntax.languages import Grammar

MAX_CHARS = 4_000_000
# tree-sitter reports progress at each hundred operations, on dense code about 40 times per KB; a second or so is
# reached at a hundred thousand.
MAX_STEPS = 120_000
# Where a text can be read in many ways all along, it takes a thousand of them per KB and more: nobody wrote that.
_STEPS_PER_KB = 200
_FREE_STEPS = 500
# Minified code has hundreds of thousands of nodes on one line. Whoever looks at that line for each of them stops here.
MAX_LINE = 10_000
SMALL = 200_000  # characters; a tree is some fifty times as large as its text, so that few of a larger one are kept
_CHUNK = 1 << 13
# How often each chunk may be handed out, in the mean. A parser comes back to one some ten times; it takes thousands
# where it looks through the rest of the text for an end that never comes, at every place again.
_READS_PER_CHUNK = 200
_FREE_READS = 2_000

_lock = threading.Lock()


class Loaded(NamedTuple):
    """A grammar that is ready to parse; a parser keeps state, so that each parse makes its own."""

    language: tree_sitter.Language


@cache
def _load(module: str, function: str) -> Loaded:
    import tree_sitter

    handle = getattr(import_module(module), function)()
    # One wheel (scss) still hands its grammar over as an int, which tree-sitter warns of; the lock is because
    # warning filters are global to the process.
    with _lock, warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return Loaded(tree_sitter.Language(handle))


def encode(text: str) -> bytes:
    """`text` as UTF-8; a lone surrogate, which has no UTF-8 form, becomes "?", so that no row moves."""
    return text.encode("utf-8", "replace")


def characters(line: str, offset: int) -> int:
    """How many characters the first `offset` bytes of `line` are."""
    return offset if line.isascii() else len(encode(line)[:offset].decode("utf-8", "ignore"))


def _parsed(grammar_key: tuple[str, str], text: str) -> tree_sitter.Tree | None:
    import tree_sitter

    if len(text) > MAX_CHARS or unbearable(grammar_key[0], text):
        return None
    watched = _Watched(encode(text))
    parser = tree_sitter.Parser(_load(*grammar_key).language)
    try:
        tree = parser.parse(watched.read, progress_callback=watched.is_too_long)
    except ValueError:  # "Parsing failed": the callback stopped it
        return None
    return tree if watched.settle() else None


class _Watched:
    """A text that is handed to a parser piece by piece, counting what the parser does with it.

    Counted are operations, and how often it reads: between two of these it looks through no more than a chunk. So most
    texts cost about what their length does, and the answer is the same on each machine. What is not seen is how long
    one operation takes: where thousands of broken constructs nest in each other, that grows with their number.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._steps = 0
        self._reads_left = _FREE_READS + _READS_PER_CHUNK * (len(data) // _CHUNK + 1)
        self._is_settled = False

    def read(self, offset: int, _point: object) -> bytes:
        """What stands at `offset`; nothing more once it was asked for too often, so that each look ahead ends."""
        if not self._is_settled:
            self._reads_left -= 1
            if self._reads_left < 0:
                return b""
        return self._data[offset : offset + _CHUNK]

    def is_too_long(self, offset: int, *_: object) -> bool:
        """Whether the parser did too much for the bytes that it is through with."""
        self._steps += 1
        return self._reads_left < 0 or self._steps > min(MAX_STEPS, _FREE_STEPS + _STEPS_PER_KB * offset // 1000)

    def settle(self) -> bool:
        """Whether the parser has read all that it asked for. From now on only nodes are asked for their text."""
        self._is_settled = True
        return self._reads_left >= 0


_small = lru_cache(maxsize=64)(_parsed)
_large = lru_cache(maxsize=2)(_parsed)


def parse(grammar_key: tuple[str, str], text: str) -> tree_sitter.Tree | None:
    """The tree of `text`, or None where it is too large or takes too much. Kept for the next caller."""
    return (_small if len(text) <= SMALL else _large)(grammar_key, text)


def tree_of(grammar: Grammar, text: str) -> tree_sitter.Tree | None:
    """The tree of `text` in `grammar`, or None (see `parse`)."""
    return parse((grammar.module, grammar.function), text)


def nodes(tree: tree_sitter.Tree, kinds: Iterable[str]) -> list[tree_sitter.Node]:
    """All nodes of `tree` whose type is one of `kinds`, in the order of the text, the outer before the inner."""
    wanted = frozenset(kinds)
    return [node for node in _walk(tree) if node.type in wanted] if wanted else []


def placed_nodes(tree: tree_sitter.Tree, kinds: Iterable[str], leads: Iterable[str]) -> Iterator[Above]:
    """Those `nodes` with what is above each; only while it is looked at does an `Above` hold.

    A node's own `parent` and `prev_named_sibling` are looked for from the root on, which deep code makes slow.
    """
    wanted, leading = frozenset(kinds), frozenset(leads)
    cursor = tree.walk()
    above = Above([], [])
    above.enter(cursor.node)
    while True:
        if above.nodes[-1].type in wanted:
            yield above
        if cursor.goto_first_child():
            above.enter(cursor.node)
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return
            above.leave()
        above.go_on(cursor.node, leading)


class Above(NamedTuple):
    """A node (the last) below its ancestors, and with each the first of the `leads` that stand right before it."""

    nodes: list[tree_sitter.Node]
    leads: list[tree_sitter.Node | None]

    def enter(self, node: tree_sitter.Node | None) -> None:
        if node is not None:
            self.nodes.append(node)
            self.leads.append(None)

    def leave(self) -> None:
        self.nodes.pop()
        self.leads.pop()

    def go_on(self, node: tree_sitter.Node | None, leading: frozenset[str]) -> None:
        before = self.nodes[-1]
        if before.type in leading:
            self.leads[-1] = self.leads[-1] or before
        elif before.is_named:
            self.leads[-1] = None
        if node is not None:
            self.nodes[-1] = node


def error_nodes(tree: tree_sitter.Tree) -> int:
    """How many ERROR and MISSING nodes `tree` has."""
    if not tree.root_node.has_error:
        return 0
    return max(1, sum(1 for node in _walk(tree) if node.is_error or node.is_missing))


def _walk(tree: tree_sitter.Tree) -> Iterator[tree_sitter.Node]:
    """Every node of `tree`, a node before what is in it.

    A query of tree-sitter is no faster, and takes the square of the time on a wide node of a broken text.
    """
    cursor = tree.walk()
    while True:
        node = cursor.node
        if node is not None:
            yield node
        if cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return
