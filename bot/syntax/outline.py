"""The outline of a source text: its definitions with their scopes, and its imports, by line.

All line numbers are 0-based and spans half-open. Nothing here raises for any text; what cannot be told is left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from bot.syntax import trees
from bot.syntax.languages import Grammar, Language, language_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import tree_sitter

_MAX_NAME = 160
# Nobody writes such code; what stands deeper is not noted, as each definition knows all that it stands in.
_MAX_DEPTH = 200
_SPACES = re.compile(r"\s+")
_WORD = re.compile(r"[^\W\d]\w*")
# What an import statement says beside names.
_IMPORT_WORDS = frozenset({
    "import", "from", "as", "include", "use", "using", "static", "type", "typeof", "extern", "crate", "pub", "self",
    "super", "open", "func", "struct", "class", "enum", "protocol", "var", "let", "namespace", "function", "const",
    "with", "forward", "show", "hide", "global",
})  # fmt: skip
_BODIES = ("body", "block", "value", "right")
_BODY_TYPES = frozenset({
    "block", "class_body", "enum_class_body", "function_body", "compound_statement", "declaration_list",
    "field_declaration_list", "enumerator_list", "statement_block", "template_body", "body_statement", "interface_body",
    "enum_body", "protocol_body", "keyframe_block_list", "column_definitions", "object_type",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Definition:
    """Something with a name and a span: a function, a class, a key, a rule.

    `kind` is the word of the language's table (`function`, `class`, `key` ...), `name` its own name with white space
    folded (for a rule or an `impl`, the text up to its body), `parents` the names of the definitions round it,
    outermost first, `depth` their number. Lines `first:last` are the definition with its decorators, attributes and
    `export` (not the comments above it); `header` is the line of the definition proper; `body_first` is the first
    line after the header (equal to `last` if it has no body of its own). Definitions with one `scope` number stand in
    the same body, mapping or list item; the number means nothing beyond that. It begins behind `column` bytes of its
    first line, and ends behind `end_column` bytes of its last one (None: at that line's end).
    """

    kind: str
    name: str
    parents: tuple[str, ...]
    first: int
    last: int
    header: int
    body_first: int
    depth: int
    scope: int = 0
    column: int = field(default=0, compare=False)
    end_column: int | None = field(default=None, compare=False)

    @property
    def qualified(self) -> tuple[str, ...]:
        """`parents` and `name`: with `kind`, what tells definitions of one file apart."""
        return (*self.parents, self.name)


@dataclass(frozen=True, slots=True)
class Import:
    """One import: lines `first:last`, the words that it names (sorted, keywords left out), and its text folded."""

    first: int
    last: int
    names: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Outline:
    """Definitions (outer before inner, in file order) and imports. Both empty where there is no grammar."""

    definitions: tuple[Definition, ...] = ()
    imports: tuple[Import, ...] = ()

    def enclosing(self, line: int) -> Definition | None:
        """The innermost definition whose span holds `line` (0-based)."""
        found = None
        for definition in self.definitions:
            if definition.first <= line < definition.last:
                found = definition
        return found


EMPTY = Outline()


def outline(path: str, text: str) -> Outline:
    """The outline of `text` by the grammar of `path`'s language; the empty outline where there is none."""
    language = language_of(path)
    if language is None or language.grammar is None:
        return EMPTY
    return _outline(language.name, path, text)


@lru_cache(maxsize=64)
def _outline(_name: str, path: str, text: str) -> Outline:
    language = language_of(path)
    grammar = None if language is None else language.grammar
    tree = None if grammar is None else trees.tree_of(grammar, text)
    if language is None or grammar is None or tree is None:
        return EMPTY
    return Outline(_definitions(grammar, tree), _imports(language, grammar, tree))


def _definitions(grammar: Grammar, tree: tree_sitter.Tree) -> tuple[Definition, ...]:
    found: list[Definition] = []
    open_scopes: list[tuple[int, str]] = []  # where each open definition ends (byte), and its name
    seen: set[tuple[int, str]] = set()
    alone = cache(_alone)
    for above in trees.placed_nodes(tree, grammar.definitions, grammar.leads):
        node = above.nodes[-1]
        while open_scopes and open_scopes[-1][0] <= node.start_byte:
            open_scopes.pop()
        if len(open_scopes) >= _MAX_DEPTH or not _counts(above.nodes):
            continue
        name = _name_of(grammar, node)
        # A typedef of a struct names one thing twice; the outer node is the definition.
        if not name or (node.start_byte, name) in seen:
            continue
        seen.add((node.start_byte, name))
        found.append(_definition(grammar, above, name, tuple(scope for _, scope in open_scopes), alone))
        open_scopes.append((node.end_byte, name))
    return tuple(found)


def _definition(
    grammar: Grammar,
    above: trees.Above,
    name: str,
    parents: tuple[str, ...],
    alone: Callable[[tree_sitter.Node, str], bool],
) -> Definition:
    node, level = above.nodes[-1], len(above.nodes) - 1
    # With the wrappers round it and the attributes in front of it. A declaration of several names belongs to none.
    while level and above.nodes[level - 1].type in grammar.wrappers and alone(above.nodes[level - 1], node.type):
        level -= 1
    outer = above.leads[level] or above.nodes[level]
    last = max(_last_row(node), _last_row(outer)) + 1
    return Definition(
        grammar.definitions[node.type],
        name,
        parents,
        outer.start_point[0],
        last,
        node.start_point[0],
        _body_first(node, last),
        len(parents),
        above.nodes[level - 1].start_byte if level else 0,
        outer.start_point[1],
        max(_ends_in(node, last - 1), _ends_in(outer, last - 1)) or None,
    )


def _alone(parent: tree_sitter.Node, kind: str) -> bool:
    return sum(child.type == kind for child in parent.named_children) <= 1


def _ends_in(node: tree_sitter.Node, row: int) -> int:
    """Behind how many bytes of that row `node` ends; 0 if it does not end there."""
    return node.end_point[1] if node.end_point[0] == row else 0


def _counts(nodes: Sequence[tree_sitter.Node]) -> bool:
    """Whether the last of `nodes`, which stands below the others, is a definition.

    A declaration without a body (`struct stat *`), a plain value and a local variable are none.
    """
    node = nodes[-1]
    match node.type:
        case "struct_specifier" | "union_specifier" | "enum_specifier" | "class_specifier":
            return node.child_by_field_name("body") is not None
        case "variable_declarator":
            return (
                len(nodes) > 2
                and (scope := nodes[-3]).type in {"program", "export_statement", "statement_block"}
                and (scope.type != "statement_block" or _is_function(node.child_by_field_name("value")))
            )
        case "assignment_expression":
            return _is_function(node.child_by_field_name("right"))
        case "assignment_statement":
            return any(child.type == "function_definition" for child in _children(node, "expression_list"))
        case _:
            return True


def _is_function(node: tree_sitter.Node | None) -> bool:
    return node is not None and node.type in {"arrow_function", "function_expression", "generator_function", "class"}


def _children(node: tree_sitter.Node, kind: str) -> list[tree_sitter.Node]:
    return [grandchild for child in node.named_children if child.type == kind for grandchild in child.named_children]


def _last_row(node: tree_sitter.Node) -> int:
    """The last row that `node` has text on: a node that ends at the start of a row ends on the row before."""
    row, column = node.end_point
    if column == 0 and row > node.start_point[0]:
        row -= 1
    # Indentation grammars let a block run over the blank lines and comments behind it.
    while node.named_child_count and (inner := node.named_child(node.named_child_count - 1)) is not None:
        if inner.end_byte != node.end_byte:
            break
        node = inner
    if node.end_point[1] == 0 and node.text is not None and node.end_point[0] > node.start_point[0]:
        text = node.text.rstrip()
        row = min(row, node.start_point[0] + text.count(b"\n"))
    return row


def _body_first(node: tree_sitter.Node, last: int) -> int:
    body = next((child for name in _BODIES if (child := node.child_by_field_name(name)) is not None), None)
    if body is None:
        body = next((child for child in node.named_children if child.type in _BODY_TYPES), None)
    if body is None:
        return min(node.start_point[0] + 1, last)
    start = body.start_point[0]
    opens = (body.text or b"")[:1] in {b"{", b"(", b"["} or start == node.start_point[0]
    return min(start + 1 if opens else start, last)


def _name_of(grammar: Grammar, node: tree_sitter.Node) -> str:
    how = grammar.names.get(node.type, "name")
    if how == "=":
        return _header_text(node)
    at: tree_sitter.Node | None = node
    for step in how.split("."):
        at = _step(at, step)
        if at is None:
            return ""
    if how == "declarator":
        at = _declared(at)
    if node.type == "method_declaration" and (receiver := node.child_by_field_name("receiver")) is not None:
        words = _WORD.findall(_text(receiver))  # Go: a method belongs to its receiver's type
        return f"{words[min(1, len(words) - 1)]}.{_text(at)}" if words else _text(at)
    return _text(at).strip("\"'") if how == "key" else _text(at)


def _step(node: tree_sitter.Node | None, step: str) -> tree_sitter.Node | None:
    if node is None:
        return None
    if not step.startswith("<"):
        return node.child_by_field_name(step)
    if step == "<key":  # TOML has no field for it: the first named child
        return node.named_child(0)
    return next((child for child in node.named_children if child.type == step[1:]), None)


def _declared(node: tree_sitter.Node | None) -> tree_sitter.Node | None:
    """The name inside a C declarator: through pointers, references and parameter lists."""
    while node is not None and (inner := node.child_by_field_name("declarator")) is not None:
        node = inner
    if node is not None and node.type == "reference_declarator" and node.named_child_count:
        return _declared(node.named_child(0))
    return node


def _header_text(node: tree_sitter.Node) -> str:
    body = next((child for name in _BODIES if (child := node.child_by_field_name(name)) is not None), None)
    if body is None:
        body = next((child for child in node.children if child.type in {*_BODY_TYPES, "block_start"}), None)
    text = node.text or b""
    return _fold(text[: body.start_byte - node.start_byte] if body is not None else text.split(b"\n", 1)[0])


def _text(node: tree_sitter.Node | None) -> str:
    return "" if node is None else _fold(node.text or b"")


def _fold(data: bytes) -> str:
    return _SPACES.sub(" ", data.decode("utf-8", "replace")).strip()[:_MAX_NAME]


def _imports(language: Language, grammar: Grammar, tree: tree_sitter.Tree) -> tuple[Import, ...]:
    found = []
    for node in trees.nodes(tree, grammar.imports):
        text = _text(node)
        words = {word for word in _WORD.findall(text) if word not in _IMPORT_WORDS}
        found.append(Import(node.start_point[0], _last_row(node) + 1, tuple(sorted(words)), text))
    if language.name in {"ruby", "lua"}:
        found = [*_required(tree)]
    return tuple(found)


def _required(tree: tree_sitter.Tree) -> list[Import]:
    """Languages where an import is a call: lines `require "x"`, `local x = require("x")`."""
    found = []
    text = (tree.root_node.text or b"").decode("utf-8", "replace")
    for row, line in enumerate(text.split("\n")):
        if re.match(r"(?:local\s+\w+\s*=\s*)?(?:require|require_relative|load)\b", line):
            words = {word for word in _WORD.findall(line) if word not in {"local", "require", "require_relative"}}
            found.append(Import(row, row + 1, tuple(sorted(words)), line.strip()))
    return found
