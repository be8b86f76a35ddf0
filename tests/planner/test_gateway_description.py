"""What is sent to the Morpheus gateway is valid by the gateway's own description, and holds nothing that it drops."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import jsonschema
import pytest
from support.morph_server import MorphRequest, MorphServer, error, http, in_turn
from support.planner import IN_WORDS, PROMPT, calling, planner, saying, tool_call
from support.recordings import FOLDER, recording

from bot.chat.embeddings import Encoding
from bot.chat.request import Delivery, Sampling
from bot.errors import ServiceError
from bot.planner import EmbeddingSettings

if TYPE_CHECKING:
    from support.morph_server import Answers

DESCRIPTION: dict[str, Any] = json.loads((FOLDER / "openapi-cut.json").read_text(encoding="utf-8"))
CHAT, EMBEDDINGS = "/api/v1/chat/completions", "/api/v1/embeddings"
FULL: dict[str, Any] = {
    "sampling": Sampling(0.5, 0.9, 100, 0.25, -0.5, ("END",), 2),
    "tool_choice": "edit_file",
    "session_id": "0xabc",
}


def faults(path: str, body: object) -> list[str]:
    """Where `body` is not what the description says, and which of its fields the gateway would drop."""
    schema = DESCRIPTION["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
    validator = jsonschema.Draft202012Validator({**schema, "components": DESCRIPTION["components"]})
    found = [f"{fault.json_path}: {fault.message}" for fault in validator.iter_errors(body)]
    known = DESCRIPTION["components"]["schemas"][schema["$ref"].rpartition("/")[2]]["properties"]
    return (
        found + [f"{name} is not documented" for name in sorted(set(body) - set(known))]
        if isinstance(body, dict)
        else found
    )


def served(answers: Answers, others: Answers | None = None) -> MorphServer:
    return MorphServer(answers, others=others or recording("19"))


@pytest.mark.parametrize("delivery", Delivery)
@pytest.mark.parametrize("changes", [{}, FULL], ids=["by default", "with every parameter"])
def test_a_request_for_an_edit_is_valid_in_each_form(changes: dict[str, Any], delivery: Delivery) -> None:
    def reply(request: MorphRequest) -> Any:
        return error(400, "tools are not supported") if "tools" in request.json else saying(IN_WORDS)

    with served(reply) as server, planner(f"{server.url}/api/v1", delivery=delivery, **changes) as client:
        client.plan(PROMPT)
    assert len(server.requests) == (3 if changes else 2)
    for request in server.requests:
        assert request.path == CHAT
        assert faults(CHAT, request.json) == []
        assert isinstance(request.json.get("stop", []), list)
        # A zero, and empty content, get lost behind the gateway.
        assert 0 not in [value for value in request.json.values() if not isinstance(value, bool)]
        assert all(message["content"] for message in request.json["messages"])


def test_every_parameter_that_the_gateway_documents_is_sent_if_it_is_set() -> None:
    chat = DESCRIPTION["components"]["schemas"]["ChatCompletionRequest"]["properties"]
    embeddings = DESCRIPTION["components"]["schemas"]["EmbeddingRequest"]["properties"]
    embedding = EmbeddingSettings("text-embedding-bge-m3", Encoding.BASE64, 8, "me")
    with (
        served(lambda _: calling(tool_call())) as server,
        planner(f"{server.url}/api/v1", embedding=embedding, **FULL) as client,
    ):
        client.plan(PROMPT)
        with pytest.raises(ServiceError):
            client.embed(["x"])
    assert set(server.requests[0].json) == set(chat)
    post = next(request for request in server.asides if request.method == "POST")
    assert (post.path, set(post.json)) == (EMBEDDINGS, set(embeddings))
    assert faults(EMBEDDINGS, post.json) == []


def test_a_request_for_the_charges_is_valid() -> None:
    page = http(200, b'{"items": [], "total": 0, "limit": 1, "offset": 0, "has_more": false}')
    with served(in_turn(lambda _: calling(tool_call())), lambda _: page) as server:
        with planner(f"{server.url}/api/v1") as client:
            client.reconcile()
        (request,) = server.asides
    documented = {
        item["name"]: item["schema"] for item in DESCRIPTION["paths"]["/api/v1/billing/usage"]["get"]["parameters"]
    }
    parts = urlsplit(request.path)
    assert parts.path == "/api/v1/billing/usage"
    for name, (value,) in parse_qs(parts.query).items():
        typed = int(value) if documented[name].get("type") == "integer" else value
        jsonschema.validate(typed, documented[name])


@pytest.mark.parametrize("number", ["05", "06"])
def test_the_description_refuses_what_the_gateway_refused(number: str) -> None:
    assert faults(CHAT, json.loads(recording(number).body)) != []


def test_the_description_takes_what_the_gateway_took_and_shows_what_it_dropped() -> None:
    assert faults(CHAT, json.loads(recording("01").body)) == []
    dropped = [fault for fault in faults(CHAT, json.loads(recording("02").body)) if fault.endswith("not documented")]
    assert [fault.partition(" ")[0] for fault in dropped] == [
        "max_completion_tokens", "parallel_tool_calls", "reasoning_effort", "response_format", "seed", "stream_options",
    ]  # fmt: skip
