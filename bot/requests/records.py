"""Instruction files for programs: YAML, JSON and JSON Lines with the arguments of Morph's `edit_file` tool."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.asks import Batch
from bot.requests.drafts import CodeText, Draft, Unclear, parts_of, request_of
from bot.requests.formats import Format
from bot.requests.identity import with_ordinals
from bot.requests.json_tree import parse_json
from bot.requests.source import Source, paragraphs, parse_range, path_problem
from bot.requests.targets import Target, Wishes
from bot.requests.tree import Listing, Reader, Scalar, Table, describe
from bot.requests.yaml_tree import parse_yaml

if TYPE_CHECKING:
    from bot.asks import Part, Request
    from bot.model import LineRange
    from bot.requests.tree import Node

# The argument names of Morph's tools: the documents' one first, then those of its SDK and of its MCP server.
_PATHS = ("target_file", "target_filepath", "path")
_WORDS = ("instructions", "instruction")
_FILE_KEYS = (*_PATHS, *_WORDS, "code_edit", "lines", "format", "delete", "rename_to", "executable")
_SEVERAL_KEYS = (*_WORDS, "edits")
_TOP_KEYS = ("subject", "body", "requests")
_REMEDY = "write {target_file, instructions, code_edit}"


def read_json(source: Source) -> Batch:
    """The requests of a JSON file: a list, one record, or {subject, body, requests}; raises InstructionError."""
    return _batch(source, parse_json(source))


def read_yaml(source: Source) -> Batch:
    """The requests of a YAML file, in the same forms; raises InstructionError."""
    node = parse_yaml(source)
    if node is None:
        raise source.error(1, "no request in it", "write a list of records; an empty one is []")
    return _batch(source, node)


def read_json_lines(source: Source) -> Batch:
    """The requests of a JSON Lines file, one record a line, blank lines skipped; raises InstructionError."""
    reader = Reader(source)
    requests = []
    for number, line in enumerate(source.text.split("\n"), 1):
        if line.strip():
            node = parse_json(Source(source.name, line), first_line=number)
            requests.append(_request(reader, reader.table(node, "a line")))
    return Batch(with_ordinals(requests))


def _batch(source: Source, node: Node) -> Batch:
    reader = Reader(source)
    if isinstance(node, Table) and "requests" in node.entries:
        reader.only(node, _TOP_KEYS)
        tables = reader.tables(node.entries["requests"], "requests")
        subject, body = reader.text(node, "subject") or "", reader.text(node, "body") or ""
        if "\n" in subject.strip():
            raise source.error(node.lines["subject"], "a subject of several lines", "put the rest into body")
    else:
        tables = reader.tables(node, "the file") if isinstance(node, Listing) else (reader.table(node, "the file"),)
        subject = body = ""
    return Batch(with_ordinals(_request(reader, table) for table in tables), subject.strip(), body.strip("\n"))


def _request(reader: Reader, table: Table) -> Request:
    if "edits" not in table.entries:
        draft = _draft(reader, table, "")
        return request_of(draft, parts_of(draft))
    reader.only(table, _SEVERAL_KEYS)
    words = _one_of(reader, table, _WORDS) or ""
    parts: list[Part] = []
    entries = reader.tables(table.entries["edits"], "edits")
    if not entries:
        raise reader.source.error(table.lines["edits"], "no edit in edits", _REMEDY)
    for entry in entries:
        draft = _draft(reader, entry, words)
        more = parts_of(draft)
        if isinstance(more, Unclear):
            return request_of(draft, more)
        for part in more:
            if any(part.path == other.path for other in parts):
                raise reader.source.error(entry.line, f"{part.path!r} stands twice in one request", "join the two")
            parts.append(part)
    return request_of(Draft(reader.source, None, words, None, table.line), tuple(parts))


def _draft(reader: Reader, table: Table, common: str) -> Draft:
    """One record for one file (or for the files that its code names); `common` are the words of its request."""
    reader.only(table, _FILE_KEYS)
    own = _one_of(reader, table, _WORDS) or ""
    words = paragraphs((common, own))
    path = _one_of(reader, table, _PATHS)
    code = _code(reader, table)
    wishes = Wishes(
        delete=reader.truth(table, "delete") or False,
        rename_to=reader.text(table, "rename_to"),
        executable=reader.truth(table, "executable"),
    )
    for name in (path, wishes.rename_to):
        problem = None if name is None else path_problem(name)
        if problem:
            raise reader.source.error(table.line, problem, "name a file of the repository")
    draft = Draft(reader.source, None, words, code, table.line, own)
    if path is not None:
        return replace(draft, target=Target(path, _lines(reader, table), wishes))
    if wishes != Wishes() or "lines" in table.entries or code is None:
        raise reader.source.error(table.line, "a request without a file", _REMEDY)
    return draft


def _one_of(reader: Reader, table: Table, names: tuple[str, ...]) -> str | None:
    given = [name for name in names if name in table.entries]
    if len(given) > 1:
        raise reader.source.error(table.lines[given[1]], f"{given[0]!r} and {given[1]!r} say the same", "keep one")
    return reader.text(table, given[0]) if given else None


def _code(reader: Reader, table: Table) -> CodeText | None:
    said = reader.text(table, "format")
    if said is not None and said not in tuple(Format):
        known = ", ".join(Format)
        raise reader.source.error(table.lines["format"], f"the format {said[:40]!r}", f"formats are: {known}")
    text = reader.text(table, "code_edit")
    if text is None:
        if said is not None:
            raise reader.source.error(table.lines["format"], "a format without code_edit", _REMEDY)
        return None
    # A lazy snippet, a new or a whole file ends its last line, as a fence does.
    ended = text if not text or text.endswith("\n") else f"{text}\n"
    return CodeText(ended, None if said is None else Format(said), table.lines["code_edit"])


def _lines(reader: Reader, table: Table) -> LineRange | None:
    node = table.entries.get("lines")
    found: LineRange | None = None
    match node:
        case None:
            return None
        case Scalar(value=bool()):
            pass
        case Scalar(value=int() as number):
            found = parse_range(str(number))
        case Scalar(value=str() as text):
            found = parse_range(text)
        case Listing(items=(Scalar(value=int() as first), Scalar(value=int() as last))):
            # true and false are numbers to Python; "True-True" is no range.
            found = parse_range(f"{first}-{last}")
        case _:
            pass
    if found is None:
        raise reader.source.error(node.line, f"'lines' is {describe(node)} and no range", "write 10, [10, 24] or 10-24")
    return found
