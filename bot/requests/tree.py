"""JSON and YAML as one tree that knows its lines, so that every error names one. Only what requests need is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.requests.source import Source

# A request is a few levels deep; what is deeper is a mistake or an attack.
MAX_DEPTH = 32


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text, whole number, truth value or nothing; `other` names what else it is (a fraction, a date)."""

    value: str | int | bool | None
    line: int
    other: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    items: tuple[Node, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Table:
    """Keys are unique: the parsers see to that."""

    entries: dict[str, Node]
    lines: dict[str, int]
    line: int


Node = Scalar | Listing | Table


def describe(node: Node) -> str:
    """What `node` is, in a user's words."""
    if isinstance(node, Listing):
        return "a list"
    if isinstance(node, Table):
        return "a mapping"
    kinds = {bool: "true or false", int: "a number", str: "a text"}
    return node.other or kinds.get(type(node.value), "nothing (null)")


@dataclass(frozen=True, slots=True)
class Reader:
    """Typed access to tables; a wrong type is an InstructionError that names the key and its line."""

    source: Source

    def only(self, table: Table, known: Iterable[str]) -> None:
        """Refuse keys that are not `known`."""
        for key in table.entries:
            if key not in known:
                names = ", ".join(known)
                raise self.source.error(table.lines[key], f"unknown key {key[:80]!r}", f"known keys are: {names}")

    def text(self, table: Table, key: str) -> str | None:
        """The text at `key`, line ends made "\n"; None if the key is missing."""
        node = table.entries.get(key)
        if node is None:
            return None
        if not isinstance(node, Scalar) or not isinstance(node.value, str) or node.other:
            raise self.source.error(node.line, f"{key!r} is {describe(node)}, not a text", "put it in quotes")
        return checked(self.source, node.value.replace("\r\n", "\n"), node.line)

    def truth(self, table: Table, key: str) -> bool | None:
        """True or false at `key`; None if the key is missing."""
        node = table.entries.get(key)
        if node is None:
            return None
        if not isinstance(node, Scalar) or not isinstance(node.value, bool):
            raise self.source.error(node.line, f"{key!r} is {describe(node)}", "write true or false")
        return node.value

    def tables(self, node: Node, what: str) -> tuple[Table, ...]:
        """`node` as a list of mappings."""
        if not isinstance(node, Listing):
            raise self.source.error(node.line, f"{what} is {describe(node)}, not a list", f"write {what} as a list")
        return tuple(self.table(item, f"an entry of {what}") for item in node.items)

    def table(self, node: Node, what: str) -> Table:
        """`node` as a mapping."""
        if not isinstance(node, Table):
            raise self.source.error(
                node.line, f"{what} is {describe(node)}, not a mapping", "write it as {target_file, instructions, ...}"
            )
        return node


def checked(source: Source, text: str, line: int) -> str:
    """`text` if it can stand in a file: escapes can smuggle in NUL characters and halves of surrogate pairs."""
    if "\0" in text:
        raise source.error(line, "a NUL character in a text", "take it out: stetbot edits text only")
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise source.error(line, "half of a surrogate pair in a text", "write the character itself")
    return text
