"""The official client and ours, given the same recorded bytes, see the same."""

from __future__ import annotations

import pytest
from support.both_clients import Failed, Seen, ours, theirs
from support.morph_server import MorphServer
from support.recordings import recording

from bot.chat.request import Delivery

WHOLE, STREAM = Delivery.WHOLE, Delivery.STREAM
AGREED = {
    "plain text": ("01", WHOLE),
    "a tool call": ("02", WHOLE),
    "a tool call, streamed": ("03", STREAM),
    "a body that is not valid": ("05", WHOLE),
    "no key": ("08", WHOLE),
    "a key that is not known": ("10", WHOLE),
    "no credit": ("13", WHOLE),
    "a model that is not there": ("14", WHOLE),
    "a wrong address": ("17", WHOLE),
    "trouble behind the gateway": ("21", WHOLE),
    "the same inside of a stream": ("22", STREAM),
    "a prompt that is too long": ("23", WHOLE),
    "too many requests behind the gateway": ("25", WHOLE),
    "a gateway that is broken": ("28", WHOLE),
    "an answer cut by an error": ("31", STREAM),
    "an error in the middle": ("43", STREAM),
    "too many requests": ("45", WHOLE),
    "too many requests, streamed": ("47", STREAM),
    "a time-out of the gateway": ("50", WHOLE),
}
HALF = "Half an ans"


@pytest.mark.parametrize(("number", "delivery"), AGREED.values(), ids=AGREED.keys())
def test_both_clients_see_the_same(number: str, delivery: Delivery) -> None:
    with MorphServer(recording(number)) as server:
        base = f"{server.url}/v1"
        mine, official = (client(base, "hi", delivery) for client in (ours, theirs))
    assert mine == official
    assert isinstance(mine, Seen) == (recording(number).status == 200 and number not in ("22", "31", "43"))


def test_both_clients_read_the_same_text_where_only_ours_finds_the_gateways_own_count_of_tokens() -> None:
    with MorphServer(recording("04")) as server:
        base = f"{server.url}/v1"
        assert ours(base, "hi", STREAM) == Seen("Hello from the stub.", (), "stop", (98, 40))
        assert theirs(base, "hi", STREAM) == Seen("Hello from the stub.", (), "stop", None)


@pytest.mark.parametrize("number", ["32", "33"])
def test_where_the_official_client_takes_half_an_answer_ours_does_not(number: str) -> None:
    with MorphServer(recording(number)) as server:
        base = f"{server.url}/v1"
        mine, official = (client(base, "hi", STREAM) for client in (ours, theirs))
    assert mine == Failed(None, again=True)
    assert official == Seen(HALF, (), None, None)


def test_where_the_official_client_waits_for_nothing_ours_does_not() -> None:
    """A prompt that is larger than a whole minute's tokens is refused with a pause after which it is refused again."""
    with MorphServer(recording("46")) as server:
        base = f"{server.url}/v1"
        assert ours(base, "hi", WHOLE) == Failed(429, again=False)
        assert theirs(base, "hi", WHOLE) == Failed(429, again=True)
