"""What asking costs, and what is never told of it."""

from __future__ import annotations

import logging
import traceback
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from support.morph_client import KEY
from support.morph_server import (
    DONE,
    Ending,
    MorphRequest,
    Reply,
    chunked,
    chunked_head,
    dump,
    event,
    http,
    in_turn,
)
from support.planner import (
    HERE,
    MODEL,
    PROMPT,
    always,
    calling,
    pieces_of,
    planner,
    served,
    tool_call,
)

from bot.chat.completion import Tokens
from bot.chat.prices import Price
from bot.chat.request import Delivery
from bot.errors import ServiceError
from bot.outcomes import Usage
from bot.planning.records import PlanPrompt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.morph_server import Answers


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


def test_a_key_that_comes_back_as_the_name_of_a_request_is_told_nobody() -> None:
    def reply(request: MorphRequest) -> Reply:
        head, *rest = (
            calling(tool_call()) if request.json["messages"][1]["content"] == "once" else http(400, b"{}")
        ).pieces
        assert isinstance(head, bytes)
        return Reply((head.replace(b"\r\n\r\n", b"\r\nx-request-id: a.%s\r\n\r\n" % KEY.encode()), *rest))

    with served(reply) as server, planner(server.url) as client:
        assert client.plan(PlanPrompt("rules", "once")).request_ids == ()
        with pytest.raises(ServiceError) as failed:
            client.plan(PlanPrompt("rules", "twice"))
    assert KEY not in str(failed.value)
