"""How long the planner is waited for, and how often and how many at once it is asked."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest
from support.morph_client import Slept
from support.morph_server import (
    DONE,
    Ending,
    MorphRequest,
    Reply,
    chunk,
    chunked,
    chunked_head,
    dump,
    event,
    http,
    in_turn,
)
from support.planner import (
    EDIT,
    PROMPT,
    always,
    bodies,
    calling,
    pieces_of,
    planner,
    served,
    tool_call,
)

from bot.chat.request import Delivery
from bot.chat_client import Limits
from bot.errors import ServiceError
from bot.pacing import MINUTE, Pace
from bot.parallel import ordered_map
from bot.planning.records import PlanPrompt

if TYPE_CHECKING:
    from collections.abc import Iterator


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


@pytest.mark.parametrize("delivery", Delivery)
def test_an_answer_that_nobody_waits_for_any_more_is_let_go(delivery: Delivery) -> None:
    """It would go on, and be paid for, as long as somebody reads it."""
    kind = "text/event-stream" if delivery is Delivery.STREAM else "application/json"
    gone = threading.Event()

    def trickle() -> Iterator[bytes | float]:
        try:
            yield chunked_head(kind)
            while True:
                yield 0.02
                yield chunk(b": \n" if delivery is Delivery.STREAM else b" ")
        finally:
            gone.set()

    def reply(_: MorphRequest) -> Reply:
        return Reply(trickle(), Ending.CLOSE)

    limits = Limits(total=0.5, idle=5.0, connect=5.0)
    with served(reply) as server, planner(server.url, limits=limits, delivery=delivery) as client:
        with pytest.raises(ServiceError, match=r"gave no whole answer within 0\.5 s"):
            client.plan(PROMPT)
        assert gone.wait(30)


@pytest.mark.parametrize(("characters", "tries"), [(4_100, 1), (3_900, 3)])
def test_a_prompt_that_no_minute_has_room_for_is_not_waited_with_also_where_others_use_the_minute(
    characters: int, tries: int
) -> None:
    headers = [("x-ratelimit-limit-tokens", "1000"), ("x-ratelimit-remaining-tokens", "600"), ("retry-after", "47")]
    body = dump({"error": {"message": "Rate limit exceeded: 400/1000 tokens", "type": "tokens", "code": "x"}})
    prompt = PlanPrompt("r" * 100, "\n" * (characters - 100))
    busy = http(429, body, "application/json", *headers)
    with served(always(lambda: busy)) as server, planner(server.url) as client:
        with pytest.raises(ServiceError, match="429"):
            client.plan(prompt)
        assert len(server.requests) == tries
