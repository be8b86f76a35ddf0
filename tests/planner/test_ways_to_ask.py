"""The ways in which a planner is asked for an edit: a tool, plain chat, and what leads from one to the other."""

from __future__ import annotations

import json

import pytest
from support.morph_client import KEY
from support.morph_server import (
    DONE,
    MorphRequest,
    Reply,
    chunked,
    dump,
    error,
    event,
    http,
    in_turn,
)
from support.planner import (
    ARGUMENTS,
    EDIT,
    IN_WORDS,
    MODEL,
    PROMPT,
    always,
    bodies,
    calling,
    pieces_of,
    planner,
    saying,
    served,
    tool_call,
)

from bot.chat.prices import Price
from bot.chat.request import Delivery
from bot.errors import ServiceError
from bot.outcomes import Usage

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
