"""The planner's client against a server on this machine: ways to ask, limits, models, embeddings, money."""

from __future__ import annotations

import json
import logging
import threading
import time
import traceback
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from support.morph_client import KEY, Slept
from support.morph_server import (
    DONE,
    Ending,
    MorphRequest,
    MorphServer,
    Reply,
    chunked,
    chunked_head,
    dump,
    error,
    event,
    http,
    in_turn,
    listing,
)
from support.planner import (
    ARGUMENTS,
    EDIT,
    IN_WORDS,
    MODEL,
    PROMPT,
    calling,
    pieces_of,
    planner,
    saying,
    tool_call,
)

from bot.app import planner_for
from bot.chat.completion import Tokens
from bot.chat.embeddings import Encoding
from bot.chat.prices import Price
from bot.chat.request import Delivery, Sampling
from bot.chat_client import Limits
from bot.errors import Code, Refusal, ServiceError, UsageError
from bot.model import Usage
from bot.pacing import MINUTE, Pace
from bot.parallel import ordered_map
from bot.planner import EmbeddingSettings
from bot.planning.records import PlanPrompt
from bot.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from support.morph_server import Answers

HERE = listing([MODEL, "text-embedding"])
NO_TOOLS = {
    "vLLM": (400, '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set'),
    "llama.cpp": (500, "tools param requires --jinja flag"),
    "Ollama": (400, "registry/library/gemma does not support tools"),
    "OpenRouter": (404, "No endpoints found that support tool use"),
    "FastAPI": (422, "body.tools: Extra inputs are not permitted"),
}
NO_CHOICE = {
    "LM Studio": "Invalid tool_choice type: 'object'. Supported string values: none, auto, required",
    "DeepSeek": "Thinking mode does not support this tool_choice",
}


def served(answers: Answers, others: Answers = HERE) -> MorphServer:
    return MorphServer(answers, others=others)


def always(reply: Callable[[], Reply]) -> Answers:
    return lambda _: reply()


def bodies(server: MorphServer) -> list[dict[str, Any]]:
    return [request.json for request in server.requests]


# --- ways to ask ---


@pytest.mark.parametrize("delivery", Delivery)
def test_an_edit_comes_through_a_tool_call(delivery: Delivery) -> None:
    deltas = [{"tool_calls": [{"index": 0, **tool_call(arguments="")}]}]
    deltas += [
        {"tool_calls": [{"index": 0, "function": {"arguments": part}}]} for part in (ARGUMENTS[:9], ARGUMENTS[9:])
    ]
    stream = chunked([*map(event, pieces_of(*deltas)), DONE], "text/event-stream")
    with (
        served(lambda request: stream if request.stream else calling(tool_call())) as server,
        planner(server.url, delivery=delivery) as client,
    ):
        planned = client.plan(PROMPT)
    assert (planned.calls, planned.said, planned.usage.requests) == ((EDIT,), "", 1)
    (body,) = bodies(server)
    assert body["messages"] == [
        {"role": "system", "content": PROMPT.system},
        {"role": "user", "content": PROMPT.user},
    ]
    assert [tool["function"]["name"] for tool in body["tools"]] == ["edit_file"]
    assert body["stream"] is (delivery is Delivery.STREAM)
    assert set(body) == {"model", "messages", "temperature", "max_tokens", "tools", "stream"}
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize(("status", "message"), NO_TOOLS.values(), ids=NO_TOOLS.keys())
def test_a_server_that_takes_no_tools_is_asked_in_words_from_then_on(status: int, message: str) -> None:
    def reply(request: MorphRequest) -> Reply:
        return error(status, message) if "tools" in request.json else saying(IN_WORDS)

    with served(reply) as server, planner(server.url) as client:
        first, second = client.plan(PROMPT), client.plan(PROMPT)
    assert first.calls == second.calls == (EDIT,)
    assert (first.usage.requests, second.usage.requests) == (2, 1)
    with_tools, *in_words = bodies(server)
    assert "tools" in with_tools
    for body in in_words:
        assert not {"tools", "tool_choice"} & set(body)
        assert body["messages"][0]["content"].startswith(f"{PROMPT.system}\n\n")
        assert "target_file: " in body["messages"][0]["content"]


def test_a_gateways_422_that_names_the_tools_is_no_end() -> None:
    places = {"detail": [{"type": "extra_forbidden", "loc": ["body", "tools"], "msg": "Extra", "input": "SOURCE"}]}

    def reply(request: MorphRequest) -> Reply:
        return http(422, dump(places)) if "tools" in request.json else saying(IN_WORDS)

    with served(reply) as server, planner(server.url) as client:
        assert client.plan(PROMPT).calls == (EDIT,)


@pytest.mark.parametrize("message", NO_CHOICE.values(), ids=NO_CHOICE.keys())
def test_a_choice_of_tools_that_is_not_taken_is_left_out(message: str) -> None:
    def reply(request: MorphRequest) -> Reply:
        return error(400, message) if "tool_choice" in request.json else calling(tool_call())

    with served(reply) as server, planner(server.url, tool_choice="edit_file") as client:
        assert client.plan(PROMPT).calls == (EDIT,)
        assert client.plan(PROMPT).calls == (EDIT,)
    forced = {"type": "function", "function": {"name": "edit_file"}}
    assert [body.get("tool_choice") for body in bodies(server)] == [forced, None, None]


@pytest.mark.parametrize(("choice", "sent"), [("auto", ["auto"]), ("required", ["required"]), ("none", [None])])
def test_the_choice_of_tools_is_the_users(choice: str, sent: list[object]) -> None:
    reply = saying(IN_WORDS) if choice == "none" else calling(tool_call())
    with served(always(lambda: reply)) as server, planner(server.url, tool_choice=choice) as client:
        assert client.plan(PROMPT).calls == (EDIT,)
    assert [body.get("tool_choice") for body in bodies(server)] == sent
    assert ("tools" in bodies(server)[0]) is (choice != "none")


@pytest.mark.parametrize(
    "useless",
    [
        saying(""),
        saying(None, "tool_calls"),
        saying("<tool_call>{"),
        saying("```python\nx = 1\n```"),
        saying("<think>Hm."),
        http(200, b'{"choices": [{"message": {"content": null, "tool_calls": []}, "finish_reason": "tool_calls"}]}'),
    ],
)
def test_an_answer_that_shows_that_tools_do_not_work_is_asked_for_in_words_this_once(useless: Reply) -> None:
    turns = in_turn(always(lambda: useless), always(lambda: saying(IN_WORDS)), always(lambda: calling(tool_call())))
    with served(turns) as server, planner(server.url, tool_choice="auto") as client:
        assert client.plan(PROMPT).calls == (EDIT,)
        assert client.plan(PROMPT).calls == (EDIT,)
    assert ["tools" in body for body in bodies(server)] == [True, False, True]


def test_a_call_that_leaked_into_the_text_is_read_at_once() -> None:
    leaked = f"<tool_call>{json.dumps({'name': 'edit_file', 'arguments': json.loads(ARGUMENTS)})}</tool_call>"
    with served(always(lambda: saying(leaked))) as server, planner(server.url) as client:
        assert client.plan(PROMPT).calls == (EDIT,)
        assert len(server.requests) == 1


def test_a_broken_call_is_asked_for_again_and_all_of_it_is_counted() -> None:
    turns = in_turn(always(lambda: calling(tool_call(arguments="{"))), always(lambda: calling(tool_call())))
    prices = {MODEL: Price(1.0, 10.0)}
    with served(turns) as server, planner(server.url, prices=prices) as client:
        planned = client.plan(PROMPT)
    assert planned.calls == (EDIT,)
    assert planned.usage == Usage(50, 64, 2, planned.usage.dollars)
    assert planned.usage.dollars == pytest.approx((50 + 640) / 1e6)


def test_a_call_that_stays_broken_is_an_error_after_three_tries() -> None:
    broken = calling(tool_call(arguments="{"))
    with served(always(lambda: broken)) as server, planner(server.url) as client:
        with pytest.raises(ServiceError, match=r"arguments that are not JSON \(3 tries\)"):
            client.plan(PROMPT)
        assert len(server.requests) == 3


def test_a_planner_that_declines_says_why_and_never_the_key() -> None:
    with (
        served(always(lambda: saying(f"Nothing to do\nhere; your key is {KEY.upper()}."))) as server,
        planner(server.url) as client,
    ):
        planned = client.plan(PROMPT)
    assert planned.calls == ()
    assert planned.said == "Nothing to do here; your key is [hidden]."


def test_an_answer_that_is_not_whole_is_never_used() -> None:
    with served(always(lambda: calling(tool_call(), finish="length"))) as server, planner(server.url) as client:
        with pytest.raises(ServiceError, match="stopped at its length limit"):
            client.plan(PROMPT)
        assert len(server.requests) == 1


# --- parameters ---


def test_every_parameter_of_the_gateway_can_be_set() -> None:
    sampling = Sampling(0.5, 0.9, 100, 0.25, -0.5, ("END",), 2)
    changes: dict[str, Any] = {
        "sampling": sampling,
        "tool_choice": "auto",
        "session_id": "0xabc",
        "delivery": Delivery.STREAM,
    }
    chunks = [*map(event, pieces_of({"tool_calls": [{"index": 0, **tool_call()}]})), DONE]
    with (
        served(always(lambda: chunked(chunks, "text/event-stream"))) as server,
        planner(server.url, **changes) as client,
    ):
        client.plan(PROMPT)
    (body,) = bodies(server)
    del body["messages"], body["tools"]
    assert body == {
        "model": MODEL, "temperature": 0.5, "top_p": 0.9, "max_tokens": 100, "presence_penalty": 0.25,
        "frequency_penalty": -0.5, "stop": ["END"], "n": 2, "tool_choice": "auto", "session_id": "0xabc",
        "stream": True,
    }  # fmt: skip


def test_the_settings_reach_the_wire() -> None:
    with served(always(lambda: calling(tool_call()))) as server:
        settings = Settings(
            morpheus_key=KEY,
            morpheus_url=server.url,
            morpheus_model=MODEL,
            morpheus_temperature=None,
            morpheus_max_tokens=None,
            morpheus_session_id="s",
            morpheus_stop=("a", "b"),
            morpheus_tool_choice="required",
        )
        with planner_for(settings) as client:
            assert client is not None
            assert client.plan(PROMPT).calls == (EDIT,)
    (body,) = bodies(server)
    del body["messages"], body["tools"]
    assert body == {"model": MODEL, "stop": ["a", "b"], "tool_choice": "required", "session_id": "s", "stream": False}


@pytest.mark.parametrize(
    "settings", [Settings(), Settings(morpheus_key=KEY), Settings(morpheus_model=MODEL)], ids=["none", "key", "model"]
)
def test_without_a_key_and_a_model_there_is_no_planner(settings: Settings) -> None:
    with planner_for(settings) as client:
        assert client is None


def test_an_endpoint_that_is_none_is_a_mistake_of_the_settings() -> None:
    settings = Settings(morpheus_key=KEY, morpheus_model=MODEL, morpheus_url="http://models.example")
    with pytest.raises(UsageError, match="MORPHEUS_API_URL"), planner_for(settings):
        pass


def test_a_text_that_cannot_be_encoded_is_refused_before_it_is_sent() -> None:
    with served(always(lambda: calling(tool_call()))) as server, planner(server.url) as client:
        with pytest.raises(Refusal) as refused:
            client.plan(PlanPrompt("s", "\ud800"))
        assert server.requests == []
    assert refused.value.code is Code.NOT_UTF8


# --- waiting ---


def test_a_silence_is_followed_by_a_stream() -> None:
    chunks = [*map(event, pieces_of({"tool_calls": [{"index": 0, **tool_call()}]})), DONE]

    def reply(request: MorphRequest) -> Reply:
        return chunked(chunks, "text/event-stream") if request.stream else Reply((), Ending.HOLD)

    limits = Limits(total=30.0, idle=0.3, connect=5.0)
    with served(reply) as server, planner(server.url, limits=limits) as client:
        assert client.plan(PROMPT).calls == (EDIT,)
    assert [body["stream"] for body in bodies(server)] == [False, True]


@pytest.mark.parametrize(("status", "streamed"), [(503, True), (504, True), (500, False), (502, False), (429, False)])
def test_only_what_took_too_long_is_followed_by_a_stream(status: int, streamed: bool) -> None:
    page = http(status, b"<html><head><title>504 Gateway Time-out</title></head></html>", "text/html")
    chunks = [*map(event, pieces_of({"tool_calls": [{"index": 0, **tool_call()}]})), DONE]
    good = chunked(chunks, "text/event-stream") if streamed else calling(tool_call())
    with served(in_turn(always(lambda: page), always(lambda: good))) as server, planner(server.url) as client:
        assert client.plan(PROMPT).calls == (EDIT,)
    assert [body["stream"] for body in bodies(server)] == [False, streamed]


def test_no_minute_has_more_requests_than_the_pace_allows() -> None:
    clock = Slept()
    begun: list[float] = []

    def reply(_: MorphRequest) -> Reply:
        begun.append(clock.timing.monotonic())
        return calling(tool_call())

    with served(reply) as server, planner(server.url, clock, pace=Pace(5, 1)) as client:
        for _ in range(12):
            client.plan(PROMPT)
    assert len(begun) == 12
    # Short of the pace by no more than the time that a request needs.
    for first, sixth in zip(begun, begun[5:], strict=False):
        assert sixth - first > MINUTE - 1
    assert sum(clock.sleeps) < 2 * MINUTE + 1


def test_workers_share_the_places_and_tries_count_too() -> None:
    lock, now, most = threading.Lock(), [0], [0]

    def reply(_: MorphRequest) -> Reply:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        time.sleep(0.02)
        with lock:
            now[0] -= 1
        return calling(tool_call())

    with served(reply) as server, planner(server.url, pace=Pace(1000, 2)) as client:
        planned = list(ordered_map(lambda _: client.plan(PROMPT), range(20), 10))
    assert len(planned) == 20
    assert most == [2]


def test_waiting_for_a_turn_does_not_use_up_the_time_for_an_answer() -> None:
    clock = Slept()
    limits = Limits(total=20.0, idle=5.0, connect=5.0)
    with (
        served(always(lambda: calling(tool_call()))) as server,
        planner(server.url, clock, pace=Pace(1, 1), limits=limits) as client,
    ):
        assert [client.plan(PROMPT).usage.requests for _ in range(4)] == [1] * 4
    assert sum(clock.sleeps) > 2 * MINUTE


# --- models ---


def test_the_models_are_listed_once_for_all_workers() -> None:
    with served(always(lambda: calling(tool_call()))) as server, planner(server.url) as client:
        list(ordered_map(lambda _: client.plan(PROMPT), range(8), 4))
    assert [(request.method, request.path) for request in server.asides] == [("GET", "/v1/models")]


def test_a_model_that_the_service_does_not_have_is_never_asked() -> None:
    with served(always(lambda: calling(tool_call()))) as server, planner(server.url, model="kimi-k3") as client:
        with pytest.raises(ServiceError, match=rf"model kimi-k3 \(MORPHEUS_MODEL\) is not among its models.*{MODEL}"):
            client.plan(PROMPT)
        assert server.requests == []


@pytest.mark.parametrize("no_list", [error(404, "x"), http(200, b"<html>", "text/html"), http(200, b"[]")])
def test_a_server_that_lists_no_models_is_asked_all_the_same(no_list: Reply) -> None:
    with served(always(lambda: calling(tool_call())), lambda _: no_list) as server, planner(server.url) as client:
        assert client.plan(PROMPT).calls == client.plan(PROMPT).calls == (EDIT,)
        assert len(server.asides) == 1


def test_a_service_that_is_down_is_not_asked_for_its_models_by_every_worker() -> None:
    clock = Slept()
    with (
        served(always(lambda: calling(tool_call())), always(lambda: error(503, "x"))) as server,
        planner(server.url, clock) as client,
    ):
        for _ in range(5):
            with pytest.raises(ServiceError, match="HTTP 503") as failed:
                client.plan(PROMPT)
            assert failed.value.down
        assert len(server.asides) == 2
        server.others = HERE
        clock.sleep(60)
        assert client.plan(PROMPT).calls == (EDIT,)


# --- embeddings ---


def embeddings(request: MorphRequest) -> Reply:
    if request.method == "GET":
        return HERE(request)
    vectors = [{"index": at, "embedding": [float(len(text)), 1.0]} for at, text in enumerate(request.json["input"])]
    return http(200, dump({"data": vectors[::-1], "model": "m", "usage": {"prompt_tokens": 3, "total_tokens": 3}}))


def test_texts_are_embedded_in_batches_and_keep_their_order() -> None:
    texts = ["x" * number for number in range(150)]
    settings = EmbeddingSettings("text-embedding", Encoding.FLOAT, 2, "me")
    prices = {"text-embedding": Price(1.0, 0.0)}
    with (
        served(always(lambda: saying("x")), embeddings) as server,
        planner(server.url, embedding=settings, session_id="0xabc", prices=prices) as client,
    ):
        found = client.embed(texts)
    assert [vector[0] for vector in found.vectors] == list(range(150))
    assert found.usage == Usage(9, 0, 3, found.usage.dollars)
    assert found.usage.dollars == pytest.approx(9 / 1e6)
    posts = [request.json for request in server.asides if request.method == "POST"]
    assert [len(body.pop("input")) for body in posts] == [64, 64, 22]
    assert (
        posts
        == [
            {
                "model": "text-embedding",
                "encoding_format": "float",
                "dimensions": 2,
                "user": "me",
                "session_id": "0xabc",
            }
        ]
        * 3
    )


def test_nothing_is_embedded_without_a_model_or_by_one_that_is_not_there() -> None:
    with served(always(lambda: saying("x")), embeddings) as server:
        with planner(server.url) as client, pytest.raises(ServiceError, match="MORPHEUS_EMBEDDING_MODEL"):
            client.embed(["x"])
        with (
            planner(server.url, embedding=EmbeddingSettings("other")) as client,
            pytest.raises(ServiceError, match="model other"),
        ):
            client.embed(["x"])
        assert [request.method for request in server.asides] == ["GET"]


def test_no_texts_are_no_request() -> None:
    with served(always(lambda: saying("x")), embeddings) as server:
        with planner(server.url, embedding=EmbeddingSettings("text-embedding")) as client:
            assert client.embed([]).vectors == ()
        assert [request.method for request in server.asides] == ["GET"]


# --- money ---


def test_charges_are_looked_up_by_the_ids_of_the_requests() -> None:
    ids = iter(["aa", "bb"])
    pages = {
        "0": {"items": [_charge("0.5", "zz"), _charge("0.01", "bb")], "has_more": True},
        "100": {"items": [_charge("0.02", "aa")], "has_more": False},
    }

    def others(request: MorphRequest) -> Reply:
        query = parse_qs(urlsplit(request.path).query)
        return http(200, dump(pages[query["offset"][0]])) if "billing/usage" in request.path else HERE(request)

    def reply(_: MorphRequest) -> Reply:
        whole = calling(tool_call())
        head, rest = whole.pieces
        named = head.replace(b"\r\n\r\n", b"\r\nx-request-id: %s\r\n\r\n" % next(ids).encode())  # type: ignore[union-attr] # bytes
        return Reply((named, rest))

    with served(reply, others) as server, planner(server.url) as client:
        assert [client.plan(PROMPT).request_ids for _ in range(2)] == [("aa",), ("bb",)]
        found = client.reconcile()
    assert (found.found, found.requests, str(found.amount)) == (2, 2, "0.03")
    # Ten minutes before the client was made, by the test's own calendar.
    assert parse_qs(urlsplit(server.asides[-1].path).query)["from"] == ["2026-11-21T22:51:46+00:00"]


def _charge(amount: str, request_id: str) -> dict[str, object]:
    return {"amount_total": amount, "request_id": request_id, "tokens_total": 1}


def test_tokens_that_nobody_counted_have_no_price() -> None:
    uncounted = http(200, dump({"choices": [{"message": {"tool_calls": [tool_call()]}, "finish_reason": "stop"}]}))
    with (
        served(always(lambda: uncounted)) as server,
        planner(server.url, prices={MODEL: Price(1, 1)}) as client,
    ):
        assert client.plan(PROMPT).usage == Usage(requests=1)


# --- secrets ---


MARKED = PlanPrompt("SYSTEM-TEXT", "USER-TEXT")


def echoing(status: int) -> Iterator[Answers]:
    echo = {"error": {"message": f"bad key {KEY}", "input": "SOURCE"}}
    yield lambda _: http(status, dump(echo))
    yield lambda _: http(status, dump({"detail": [{"loc": ["body", KEY], "msg": f"SOURCE {KEY}", "input": "SOURCE"}]}))
    yield lambda _: http(status, b"SOURCE " + KEY.encode(), "text/plain") if status != 422 else http(422, dump(echo))


@pytest.mark.parametrize("number", range(3))
@pytest.mark.parametrize("status", [400, 401, 422, 500])
def test_no_message_holds_the_key_and_a_422_nothing_that_was_sent(
    status: int, number: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answers = list(echoing(status))[number]
    with served(answers) as server, planner(server.url) as client:
        with pytest.raises(ServiceError) as failed:
            client.plan(MARKED)
        shown = "".join(traceback.format_exception(failed.value)) + caplog.text + repr(client.__dict__)
    assert KEY not in shown
    assert "SYSTEM-TEXT" not in shown
    assert "USER-TEXT" not in shown
    if status == 422:
        assert "SOURCE" not in str(failed.value)


def test_what_is_streamed_after_the_head_may_break_and_is_asked_for_again() -> None:
    cut = Reply((chunked_head("text/event-stream"), b"5\r\ndata:"), Ending.RESET)
    chunks = [*map(event, pieces_of({"tool_calls": [{"index": 0, **tool_call()}]})), DONE]
    turns = in_turn(always(lambda: cut), always(lambda: chunked(chunks, "text/event-stream")))
    with served(turns) as server, planner(server.url, delivery=Delivery.STREAM) as client:
        assert client.plan(PROMPT).usage.requests == 2


def test_a_gateways_own_count_of_tokens_is_taken_where_there_is_no_other() -> None:
    final = {"choices": [{"delta": {}, "finish_reason": "stop"}], "usage_from_consumer": None,
             "usage_from_provider": {"prompt_tokens": 5, "completion_tokens": 7}}  # fmt: skip
    events = [event(pieces_of({"tool_calls": [{"index": 0, **tool_call()}]})[0]), event(final), DONE]
    with (
        served(always(lambda: chunked(events, "text/event-stream"))) as server,
        planner(server.url, delivery=Delivery.STREAM) as client,
    ):
        usage = client.plan(PROMPT).usage
    assert Tokens(usage.prompt_tokens, usage.completion_tokens) == Tokens(5, 7)
