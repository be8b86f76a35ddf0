"""Cuts GitHub's own descriptions of its API down to what stetbot and its tests use, as JSON Schema and as SDL.

    python tests/support/github/cut_descriptions.py OPENAPI_PACKAGE GRAPHQL_PACKAGE FOLDER

reads the unpacked npm packages `@octokit/openapi` and `@octokit/graphql-schema`, and writes `rest.json` and
`schema.graphql` into the folder; `.ci/describe` fetches them and does that. What is kept: the REST operations of
`OPERATIONS`, whole; of GraphQL, the fields that our queries ask for, and what the tests' GitHub needs to answer them.
Descriptions and examples go, and OpenAPI's `nullable` becomes JSON Schema's.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from graphql import (
    FieldNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    build_schema,
    get_named_type,
    is_specified_scalar_type,
    parse,
    print_schema,
    visit,
)

from bot.github.queries import DOCUMENTS

OPERATIONS = (
    "GET /repos/{owner}/{repo}/collaborators/{username}/permission",
    "GET /repos/{owner}/{repo}/activity",
    "GET /repos/{owner}/{repo}/actions/runs",
    "POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches",
    "POST /repos/{owner}/{repo}/issues/{issue_number}/comments",
    "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}",
    "GET /repos/{owner}/{repo}/pulls/{pull_number}/files",
    "POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews",
    "POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers",
)
# What the answers need beyond what our queries name.
MORE_FIELDS = {"Actor": {"login"}, "Node": {"id"}, "User": {"id"}, "Bot": {"id"}, "PullRequest": {"id"}}
MORE_TYPES = ("Organization", "Mannequin")
NOTICE = "A cut of {package} {version}, made by cut_descriptions.py. Licence (MIT):"


def main(openapi: Path, graphql: Path, folder: Path) -> None:
    rest = cut_rest(json.loads((openapi / "generated" / "api.github.com.json").read_text("utf-8")))
    notice = _notice(openapi, "LICENSE").split("\n")
    (folder / "rest.json").write_text(json.dumps({"notice": notice, **rest}, indent=1) + "\n", "utf-8")
    schema = build_schema((graphql / "schema.graphql").read_text("utf-8"), assume_valid=True)
    lines = "".join(f"# {line}".rstrip() + "\n" for line in _notice(graphql, "LICENSE.md").split("\n"))
    (folder / "schema.graphql").write_text(f"{lines}\n{cut_schema(schema)}\n", "utf-8")


def _notice(package: Path, licence: str) -> str:
    about = json.loads((package / "package.json").read_text("utf-8"))
    head = NOTICE.format(package=about["name"], version=about["version"])
    return f"{head}\n\n{(package / licence).read_text('utf-8').strip()}"


# --- REST ---


def cut_rest(whole: dict[str, Any]) -> dict[str, Any]:
    """The kept operations, and the components that they refer to."""
    paths: dict[str, Any] = {}
    for name in OPERATIONS:
        method, path = name.split()
        operation = whole["paths"][path][method.lower()]
        kept = {key: operation[key] for key in ("operationId", "parameters", "requestBody", "responses")
                if key in operation}  # fmt: skip
        paths.setdefault(path, {})[method.lower()] = _plain(kept)
    components: dict[str, Any] = {}
    waiting = sorted(_references(paths))
    while waiting:
        reference = waiting.pop()
        _, _, kind, name = reference.split("/")
        if name in components.setdefault(kind, {}):
            continue
        components[kind][name] = _plain(whole["components"][kind][name])
        waiting += sorted(_references(components[kind][name]))
    return {"paths": paths, "components": {kind: dict(sorted(part.items())) for kind, part in components.items()}}


def _plain(value: Any, *, names: bool = False) -> Any:
    """Without words and examples, `nullable` as JSON Schema has it; `names`: the keys are names of properties."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    if names:
        return {key: _plain(item) for key, item in value.items()}
    words = ("description", "example", "examples", "title", "externalDocs", "deprecated", "nullable", "summary")
    kept = {
        key: _plain(item, names=key in ("properties", "patternProperties", "headers"))
        for key, item in value.items()
        if key not in words and not key.startswith("x-")
    }
    return {"anyOf": [{"type": "null"}, kept]} if value.get("nullable") is True else kept


def _references(value: Any) -> set[str]:
    if isinstance(value, list):
        return set().union(*(_references(item) for item in value))
    if not isinstance(value, dict):
        return set()
    own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
    return own.union(*(_references(item) for item in value.values()))


# --- GraphQL ---


class _Fields(Visitor):
    """Collects the fields that a document asks for, with the type that each stands in."""

    def __init__(self, info: TypeInfo, found: dict[str, set[str]]) -> None:
        super().__init__()
        self.info = info
        self.found = found

    def enter_field(self, node: FieldNode, *_: object) -> None:
        parent = self.info.get_parent_type()
        if parent is not None and not node.name.value.startswith("__"):
            self.found.setdefault(parent.name, set()).add(node.name.value)


def cut_schema(schema: GraphQLSchema) -> str:
    """The SDL of the schema with the kept fields alone; arguments, inputs and enums of kept fields stay whole."""
    wanted: dict[str, set[str]] = {name: set(fields) for name, fields in MORE_FIELDS.items()}
    for document in DOCUMENTS.values():
        info = TypeInfo(schema)
        visit(parse(document), TypeInfoVisitor(info, _Fields(info, wanted)))
    kept: dict[str, GraphQLNamedType] = {name: schema.type_map[name] for name in (*wanted, *MORE_TYPES)}
    _share_interface_fields(schema, kept, wanted)
    for name, fields in wanted.items():
        owner = kept[name]
        assert isinstance(owner, (GraphQLObjectType, GraphQLInterfaceType))
        owner.fields = {key: field for key, field in owner.fields.items() if key in fields}
    for found in kept.values():
        if isinstance(found, (GraphQLObjectType, GraphQLInterfaceType)):
            found.interfaces = tuple(part for part in found.interfaces if part.name in kept)
    _keep_what_fields_need(kept)
    assert schema.query_type is not None
    assert schema.mutation_type is not None
    cut = GraphQLSchema(
        query=schema.query_type,
        mutation=schema.mutation_type,
        types=sorted(kept.values(), key=lambda item: item.name),
        directives=[item for item in schema.directives if item.name in ("skip", "include", "deprecated")],
    )
    _drop_descriptions(cut)
    return print_schema(cut)


def _share_interface_fields(
    schema: GraphQLSchema, kept: dict[str, GraphQLNamedType], wanted: dict[str, set[str]]
) -> None:
    for name, found in list(kept.items()):
        if not isinstance(found, GraphQLObjectType):
            continue
        for interface in found.interfaces:
            if interface.name in kept:
                wanted.setdefault(name, set()).update(wanted.get(interface.name, ()))
        assert schema.type_map[name] is found


def _keep_what_fields_need(kept: dict[str, GraphQLNamedType]) -> None:
    """Enums, scalars and inputs come along with the fields and arguments; an object that nobody asks into goes."""
    for found in list(kept.values()):
        if not isinstance(found, (GraphQLObjectType, GraphQLInterfaceType)):
            continue
        for key, field in list(found.fields.items()):
            leaf = get_named_type(field.type)
            if isinstance(leaf, (GraphQLObjectType, GraphQLInterfaceType, GraphQLUnionType)):
                assert leaf.name in kept, f"{found.name}.{key} is of {leaf.name}, of which no field is kept"
            else:
                assert isinstance(leaf, (GraphQLEnumType, GraphQLScalarType))


def _drop_descriptions(schema: GraphQLSchema) -> None:
    for item in schema.type_map.values():
        if is_specified_scalar_type(item):
            continue
        item.description = None
        fields = getattr(item, "fields", {})
        for field in fields.values():
            field.description = None
            for argument in getattr(field, "args", {}).values():
                argument.description = None
        for value in getattr(item, "values", {}).values():
            value.description = None
        if isinstance(item, GraphQLInputObjectType):
            assert fields
    for directive in schema.directives:
        directive.description = None
        for argument in directive.args.values():
            argument.description = None


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:4]))
