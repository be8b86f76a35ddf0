"""Servers that break, lie or want something else: it is said in a sentence, and nothing is given away."""

from __future__ import annotations

import traceback

import pytest
from support.morph_client import KEY
from support.morph_faults import WHOLE, Fault, broken
from support.morph_server import Ending, MorphRequest, MorphServer, Reply, chunk, chunked_head, dump, event, head, http
from support.planner import HERE, PROMPT, always, calling, planner, saying, served, tool_call

from bot.chat.request import Delivery
from bot.chat_client import Limits
from bot.errors import ServiceError

FAULTS = [fault for fault in Fault if fault not in WHOLE and not fault.value.startswith("http-")]
LIMITS = Limits(total=1.0, idle=0.3, connect=5.0, body=1 << 20)
# Some servers say so of every answer; a text and no call is a planner's way to decline.
HARMLESS = Fault.TOOL_FINISH


@pytest.mark.parametrize("delivery", Delivery)
@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_is_broken_is_said_in_a_sentence_without_the_key(fault: Fault, delivery: Delivery) -> None:
    def reply(request: MorphRequest) -> Reply:
        return broken(fault, request, "The code is right.\n")

    with served(reply) as server, planner(server.url, limits=LIMITS, delivery=delivery) as client:
        if fault is HARMLESS:
            planned = client.plan(PROMPT)
            assert (planned.calls, planned.said) == ((), "The code is right.")
            return
        with pytest.raises(ServiceError, match=r"^The planner ") as failed:
            client.plan(PROMPT)
    assert KEY not in "".join(traceback.format_exception(failed.value))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_the_key_follows_nobody_to_another_host(status: int) -> None:
    with served(always(lambda: calling(tool_call()))) as other:
        to = ("Location", f"{other.url}/v1/chat/completions")
        with served(always(lambda: http(status, b"", None, to))) as server, planner(server.url) as client:
            with pytest.raises(ServiceError, match="a redirect, which is not followed"):
                client.plan(PROMPT)
            assert len(server.requests) == 1
        with (
            served(always(lambda: calling(tool_call())), lambda _: http(status, b"", None, to)) as lists,
            planner(lists.url) as client,
        ):
            client.plan(PROMPT)
        assert other.requests == other.asides == []


def endless(kind: str, start: bytes, piece: bytes) -> Reply:
    chunks = [chunk(piece * (65_536 // len(piece)))] * 40
    return Reply((chunked_head(kind), *([chunk(start)] if start else []), *chunks), Ending.HOLD)


ENDLESS = {
    "comments": (Delivery.STREAM, b"", b": ping\r"),
    "blank lines": (Delivery.STREAM, b"", b"\r"),
    "events of nothing": (Delivery.STREAM, b"", event({"choices": []})),
    "one event": (Delivery.STREAM, b"data: ", b"data: x\n"),
    "text": (Delivery.STREAM, b"", event({"choices": [{"delta": {"content": "x" * 900}}]})),
    "arguments": (
        Delivery.STREAM,
        b"",
        event({"choices": [{"delta": {"tool_calls": [{"index": 0, "function": {"arguments": "x" * 900}}]}}]}),
    ),
    "white space": (Delivery.WHOLE, b"", b" "),
    "lists": (Delivery.WHOLE, b"", b"["),
    "one text": (Delivery.WHOLE, b'{"choices": "', b"x"),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_what_does_not_end_is_ended_at_its_size(name: str) -> None:
    delivery, start, piece = ENDLESS[name]
    kind = "text/event-stream" if delivery is Delivery.STREAM else "application/json"
    limits = Limits(total=60.0, idle=20.0, connect=5.0, body=1 << 20)
    with (
        served(lambda _: endless(kind, start, piece)) as server,
        planner(server.url, limits=limits, delivery=delivery) as client,
    ):
        with pytest.raises(ServiceError, match="answered with more than 1,048,576 bytes"):
            client.plan(PROMPT)
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    "models",
    [
        b'{"data": [' + b'{"id": "x"},' * 200_000 + b'{"id": "kimi-k2.7-code"}]}',
        dump({"data": [{"id": "kimi-k2.7-code", "modelType": ["LLM"], "blockchainID": 7}, {"id": "\u202e\x1b[2J"}]}),
    ],
    ids=["a long list", "odd entries"],
)
def test_a_list_of_models_may_be_odd(models: bytes) -> None:
    limits = Limits(total=60.0, idle=20.0, connect=5.0)
    with (
        MorphServer(always(lambda: calling(tool_call())), others=always(lambda: http(200, models))) as server,
        planner(server.url, limits=limits) as client,
    ):
        assert len(client.plan(PROMPT).calls) == 1


def test_what_a_server_says_draws_nothing_on_a_terminal() -> None:
    said = "No.\x1b[2J\u202e\r\nplanner: all is well"
    with served(always(lambda: saying(said))) as server, planner(server.url) as client:
        assert client.plan(PROMPT).said == "No. [2J planner: all is well"
    refused = head(500, ("Content-Type", "text/plain"), ("Content-Length", str(len(said.encode()))))
    with (
        MorphServer(always(lambda: Reply((refused, said.encode()))), others=HERE) as server,
        planner(server.url) as client,
        pytest.raises(ServiceError) as failed,
    ):
        client.plan(PROMPT)
    assert str(failed.value).isprintable()
