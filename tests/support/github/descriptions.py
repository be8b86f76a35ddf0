"""GitHub's own descriptions of its API, and whether requests and answers keep to them (see cut_descriptions.py)."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphql import DocumentNode, GraphQLError, GraphQLScalarType, GraphQLSchema, build_schema, parse, validate
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

if TYPE_CHECKING:
    from collections.abc import Mapping

HERE = Path(__file__).parent
_JSON = "application/json"
# What any operation may answer, whatever its own description lists.
_COMMON = {400, 401, 403, 404, 422, 429, 500, 502, 503}
_SCALARS = {
    "DateTime": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
    "URI": r"https?://\S+",
    "BigInt": r"\d+",
    "GitObjectID": r"[0-9a-f]{40}",
    "Base64String": r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?",
}


class RestDescription:
    """The cut of GitHub's OpenAPI description."""

    def __init__(self) -> None:
        self.whole: dict[str, Any] = json.loads((HERE / "rest.json").read_text("utf-8"))
        resource = DRAFT202012.create_resource(self.whole)
        self._registry: Registry[Any] = Registry().with_resource("urn:rest", resource)
        self._routes = [
            (method.upper(), re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)), path)
            for path, methods in self.whole["paths"].items()
            for method in methods
        ]

    def route(self, method: str, path: str) -> tuple[str, dict[str, str]] | None:
        """The described path that a request is for, and the values of its parameters."""
        for own, pattern, described in self._routes:
            found = pattern.fullmatch(path)
            if own == method and found:
                return described, found.groupdict()
        return None

    def wrong_request(self, method: str, described: str, values: Mapping[str, str], query: Mapping[str, str],
                      body: Any) -> list[str]:  # fmt: skip
        """What is wrong with a request; nothing, if it is as GitHub describes it."""
        operation = self.whole["paths"][described][method.lower()]
        problems: list[str] = []
        known = {}
        for raw in operation.get("parameters", []):
            parameter = self._resolved(raw)
            known[parameter["name"], parameter["in"]] = parameter
        for place, given in (("path", values), ("query", query)):
            for name, text in given.items():
                own = known.get((name, place))
                if own is None:
                    problems.append(f"{method} {described}: unknown parameter {name} in the {place}")
                    continue
                value = int(text) if own["schema"].get("type") == "integer" and text.isdecimal() else text
                problems += self._problems(f"parameter {name}", own["schema"], value)
        wanted: dict[str, Any] = operation.get("requestBody") or {}
        if not wanted:
            return problems if body is None else [*problems, f"{method} {described}: takes no body"]
        pointer = f"urn:rest#/paths/{_escaped(described)}/{method.lower()}/requestBody/content/{_escaped(_JSON)}/schema"
        problems += self._problems("body", {"$ref": pointer}, body)
        schema = wanted["content"][_JSON]["schema"]
        if isinstance(body, dict) and schema.get("properties"):
            problems += [f"unknown field {name}" for name in body if name not in schema["properties"]]
        return problems

    def wrong_answer(self, method: str, described: str, status: int, body: Any) -> list[str]:
        """What is wrong with an answer."""
        responses = self.whole["paths"][described][method.lower()]["responses"]
        if str(status) not in responses:
            if status in _COMMON and isinstance(body, dict) and isinstance(body.get("message"), str):
                return []
            return [f"{method} {described}: status {status} is not described"]
        content = self._resolved(responses[str(status)]).get("content")
        if not content:
            return [] if body is None else [f"{method} {described}: {status} has no body"]
        kind = next((kind for kind in (_JSON, "application/json+json") if kind in content), next(iter(content)))
        return self._problems(f"answer {status}", content[kind]["schema"], body)

    def _resolved(self, value: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in value:
            _, _, kind, name = value["$ref"].split("/")
            value = self.whole["components"][kind][name]
        return value

    def _problems(self, what: str, schema: dict[str, Any], value: Any) -> list[str]:
        # A reference inside is one into the whole: "#/components/..." of the registered resource.
        text = json.dumps(schema).replace('"#/', '"urn:rest#/')
        validator = Draft202012Validator(json.loads(text), registry=self._registry)
        return [f"{what}: {error.json_path}: {error.message[:300]}" for error in validator.iter_errors(value)]


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")


@cache
def rest_description() -> RestDescription:
    return RestDescription()


def load_schema(text: str | None = None) -> GraphQLSchema:
    """The cut of GitHub's GraphQL schema, its scalars with a check of their form. Each caller gets its own."""
    schema = build_schema((HERE / "schema.graphql").read_text("utf-8") if text is None else text)
    for name, pattern in _SCALARS.items():
        scalar = schema.type_map[name]
        assert isinstance(scalar, GraphQLScalarType)
        scalar.serialize = scalar.parse_value = _checker(name, re.compile(pattern))  # type: ignore[method-assign] # made by build_schema
    return schema


def _checker(name: str, pattern: re.Pattern[str]) -> Any:
    def check(value: Any) -> str:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise GraphQLError(f"{value!r} is no {name}")
        return value

    return check


@cache
def schema() -> GraphQLSchema:
    """The one that all servers of a test process answer by."""
    return load_schema()


@cache
def checked_document(schema: GraphQLSchema, document: str) -> tuple[DocumentNode | None, tuple[str, ...]]:
    """A GraphQL document, parsed, and what is wrong with it: few documents are sent again and again."""
    try:
        parsed = parse(document)
    except GraphQLError as error:
        return None, (error.message,)
    return parsed, tuple(error.message for error in validate(schema, parsed))


def wrong_document(schema: GraphQLSchema, document: str) -> list[str]:
    """What is wrong with a GraphQL document."""
    return list(checked_document(schema, document)[1])
