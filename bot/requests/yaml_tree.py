"""YAML, read event by event into a tree that knows its lines.

No object is ever constructed: tags, aliases (and with them alias bombs) and merge keys are refused, duplicate keys too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.requests.tree import MAX_DEPTH, Listing, Scalar, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    import yaml

    from bot.requests.source import Source
    from bot.requests.tree import Node

_INTEGER = re.compile(r"0|[1-9][0-9]{0,19}")
_CORE = "tag:yaml.org,2002:"
_OTHERS = {"float": "a fraction", "timestamp": "a date", "int": "a number in another notation", "merge": "a merge key"}


def parse_yaml(source: Source) -> Node | None:
    """The one YAML document that `source` holds, None for an empty one.

    Raises InstructionError for what is no YAML, for tags, aliases, duplicate keys, keys that are no texts, and for what
    is nested deeper than `MAX_DEPTH`.
    """
    builder = _Builder(source)
    for event in _events(source):
        builder.take(event)
    return builder.document


def _events(source: Source) -> Iterator[yaml.Event]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        yield from yaml.parse(source.text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise source.error(line, f"bad YAML: {error.problem or error.context}", "correct the YAML") from error
    except yaml.reader.ReaderError as error:
        line = source.text.count("\n", 0, max(error.position, 0)) + 1
        raise source.error(line, f"bad YAML: {error.reason}", "write such characters as escapes") from error


@dataclass(slots=True)
class _Open:
    """A list (`keys` None) or mapping that is not closed yet."""

    line: int
    mapping: bool
    items: list[Node] = field(default_factory=list)
    keys: dict[str, int] = field(default_factory=dict)
    key: str | None = None


@dataclass(slots=True)
class _Builder:
    source: Source
    document: Node | None = None
    documents: int = 0
    stack: list[_Open] = field(default_factory=list)

    def take(self, event: yaml.Event) -> None:
        import yaml

        line = event.start_mark.line + 1 if event.start_mark else 1
        match event:
            case yaml.DocumentStartEvent():
                self.documents += 1
                if self.documents > 1:
                    raise self.source.error(line, "a second YAML document", "write one list of requests")
            case yaml.AliasEvent():
                raise self.source.error(line, "a YAML alias", "write the text itself: aliases are not read")
            case yaml.ScalarEvent():
                self._untagged(event.tag, line, "!")
                self._add(_scalar(event, line), line)
            case yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                self._untagged(event.tag, line)
                self._open(line, mapping=isinstance(event, yaml.MappingStartEvent))
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                done = self.stack.pop()
                self._add(_closed(done), done.line)
            case _:
                pass

    def _untagged(self, tag: str | None, line: int, *allowed: str) -> None:
        if tag is not None and tag not in allowed:
            raise self.source.error(line, f"the YAML tag {tag[:80]!r}", "take the tag out: only plain data are read")

    def _open(self, line: int, *, mapping: bool) -> None:
        if len(self.stack) > MAX_DEPTH:
            raise self.source.error(line, f"nested deeper than {MAX_DEPTH} levels", "requests are a flat list")
        if self.stack and self.stack[-1].mapping and self.stack[-1].key is None:
            raise self.source.error(line, "a key that is no text", "write keys as plain words")
        self.stack.append(_Open(line, mapping))

    def _add(self, node: Node, line: int) -> None:
        if not self.stack:
            self.document = node
            return
        top = self.stack[-1]
        if not top.mapping:
            top.items.append(node)
        elif top.key is None:
            top.key = self._key(top, node, line)
        else:
            top.items.append(node)
            top.key = None

    def _key(self, top: _Open, node: Node, line: int) -> str:
        if not isinstance(node, Scalar) or not isinstance(node.value, str):
            raise self.source.error(line, "a key that is no text", "write keys as plain words")
        if node.value in top.keys:
            raise self.source.error(line, f"the key {node.value[:80]!r} stands twice", "keep one of the two")
        top.keys[node.value] = line
        return node.value


def _closed(done: _Open) -> Node:
    if not done.mapping:
        return Listing(tuple(done.items), done.line)
    return Table(dict(zip(done.keys, done.items, strict=True)), done.keys, done.line)


def _scalar(event: yaml.ScalarEvent, line: int) -> Scalar:
    import yaml

    value = event.value
    if event.style or event.tag == "!":
        return Scalar(value, line)
    resolver: Any = yaml.resolver.Resolver()
    tag = str(resolver.resolve(yaml.ScalarNode, value, (True, False))).removeprefix(_CORE)
    match tag:
        case "null":
            return Scalar(None, line)
        case "bool":
            return Scalar(value.lower() in ("yes", "true", "on"), line)
        case "int" if _INTEGER.fullmatch(value):
            return Scalar(int(value), line)
        case "str" | "value":
            return Scalar(value, line)
        case _:
            return Scalar(None, line, _OTHERS.get(tag, f"a YAML {tag}"))
