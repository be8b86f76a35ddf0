from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.completion import Completion, Tokens, WholeReader, read_completion, whole_text
from bot.chat.prices import PRICES, Price, spent
from bot.chat.reading import AnswerError
from bot.chat.request import Delivery
from bot.chat.stream import StreamReader, reader_for
from bot.outcomes import Usage

CHOICE = {"index": 0, "message": {"role": "assistant", "content": "a\n"}, "finish_reason": "stop"}


def answer(**changes: object) -> bytes:
    return json.dumps({"choices": [CHOICE], **changes}).encode()


def stream(*chunks: object, done: bool = True) -> bytes:
    events = b"".join(b"data: %s\n\n" % json.dumps(chunk).encode() for chunk in chunks)
    return events + (b"data: [DONE]\n\n" if done else b"")


def piece(content: object, finish: str | None = None) -> dict[str, object]:
    return {"choices": [{"index": 0, "delta": {"content": content}, "finish_reason": finish}]}


def read(body: bytes) -> Completion:
    reader = StreamReader()
    reader.feed(body)
    return reader.finish()


@pytest.mark.parametrize(
    ("usage", "tokens"),
    [
        ({"prompt_tokens": 25, "completion_tokens": 32, "total_tokens": 57}, Tokens(25, 32)),
        (None, None),
        ({}, None),
        ("many", None),
        ({"prompt_tokens": "25", "completion_tokens": 32}, None),
        ({"prompt_tokens": True, "completion_tokens": 32}, None),
        ({"prompt_tokens": -1, "completion_tokens": 32}, None),
        ({"prompt_tokens": 2.5, "completion_tokens": 32}, None),
        ({"prompt_tokens": 10**400, "completion_tokens": 32}, None),
    ],
)
def test_token_counts_that_are_none_are_unknown_and_cost_the_answer_nothing(
    usage: object, tokens: Tokens | None
) -> None:
    completion = read_completion(answer(usage=usage))
    assert (whole_text(completion), completion.tokens) == ("a\n", tokens)


def test_a_cost_is_known_only_where_tokens_and_price_are() -> None:
    tokens = Tokens(1_000_000, 2_000_000)
    assert spent([tokens], 2, PRICES["morph-v3-large"]) == Usage(1_000_000, 2_000_000, 2, 0.9 + 3.8)
    assert spent([tokens], 1, None) == Usage(1_000_000, 2_000_000, 1, None)
    assert spent([tokens, tokens], 2, Price(1, 1)) == Usage(2_000_000, 4_000_000, 2, 6)
    assert spent([None], 3, Price(1, 1)) == Usage(requests=3)
    assert spent([tokens, None], 3, Price(1, 1)) == Usage(1_000_000, 2_000_000, 3)


def test_what_nobody_answered_costs_nothing() -> None:
    assert spent([], 3, Price(1, 1)) == Usage(requests=3, dollars=0.0)
    assert spent([], 3, None) == Usage(requests=3)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (answer(choices=None), "no choices"),
        (answer(choices="x"), "no choices"),
        (answer(choices=[None]), "no object"),
        (answer(choices=[{**CHOICE, "message": []}]), "no object"),
        (answer(choices=[{**CHOICE, "finish_reason": 1}]), "finish_reason"),
        (answer(error={"message": "m"}), "error"),
        (answer(error="m"), "error"),
        (b"[]", "no object"),
        (b"null", "no object"),
        (b'"a"', "no object"),
        (b'{"choices": NaN}', "not JSON"),
        (b'{"choices": 1e999}', "not JSON"),
        (b'{"choices": [], "choices": []}', "twice"),
        (b"[" * 500_000, "not JSON"),
        (b"{} {}", "not JSON"),
        (b"1" * 10_000, "not JSON"),
        (b"  ", "empty"),
        ("{}".encode("utf-16"), "UTF-8"),
    ],
)
def test_a_body_of_another_shape_is_no_answer(body: bytes, said: str) -> None:
    with pytest.raises(AnswerError, match=said):
        read_completion(body)


@pytest.mark.parametrize("noise", [{"error": None}, {"error": False}, {"model": 7}, {"service_tier": "x"}])
def test_members_that_say_nothing_do_not_spoil_an_answer(noise: dict[str, object]) -> None:
    assert read_completion(answer(**noise)).text == "a\n"


def test_reasoning_and_empty_tool_calls_are_not_part_of_the_text() -> None:
    message: dict[str, object] = {"content": "a", "reasoning_content": "hm", "tool_calls": [], "refusal": None}
    assert whole_text(read_completion(answer(choices=[{"message": message, "finish_reason": "stop"}]))) == "a"


@given(st.text(st.characters(codec="utf-8"), min_size=1), st.lists(st.integers(1, 60), max_size=8), st.integers(1, 50))
def test_a_streamed_text_is_whole_again_however_it_was_cut(text: str, cuts: list[int], size: int) -> None:
    places = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    pieces = [piece(text[start:stop]) for start, stop in pairwise(places)]
    body = stream({"choices": [{"delta": {"role": "assistant"}}], "model": "m"}, *pieces, piece(None, "stop"))
    reader = StreamReader()
    for at in range(0, len(body), size):
        reader.feed(body[at : at + size])
    assert reader.finish() == Completion(text, "stop", "m")


def test_a_surrogate_pair_may_come_in_two_events() -> None:
    assert read(stream(piece("\ud83d"), piece("\ude00", "stop"))).text == "\U0001f600"


def test_the_usage_comes_in_an_event_of_its_own() -> None:
    usage = {"choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 2}}
    assert read(stream(piece("a", "stop"), usage)).tokens == Tokens(1, 2)


def test_a_finished_stream_needs_no_closing_event() -> None:
    assert whole_text(read(stream(piece("a", "stop"), done=False))) == "a"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (stream(piece("a"), done=False), "broke its stream off"),
        (stream(piece("a", "stop"), piece("b")), "went on with its text"),
        (stream(piece("a", "stop"), piece("", "length")), "two different reasons"),
        (stream(piece("a", "stop")) + stream(piece("b")), r"\[DONE\]"),
        (stream(piece("a", "stop")) + b"data: [DONE]\n\n", r"\[DONE\]"),
        (stream({"choices": [{"index": 1, "delta": {}}]}), "several choices"),
        (stream({"choices": [{"index": 0}]}), "no object"),
        (stream({"type": "ping"}), "no choices"),
        (stream("x"), "no object"),
        (stream({"error": {"message": "m"}}), "error"),
        (b"event: error\ndata: boom\n\n", "error in its stream"),
        (b"data: {\n\n", "not JSON"),
        (b"<html>\n\n", "no event"),
        (b"", "empty stream"),
        (b": nothing but keep-alive\n\n", "empty stream"),
    ],
)
def test_a_stream_that_is_not_whole_is_no_answer(body: bytes, said: str) -> None:
    with pytest.raises(AnswerError, match=said):
        read(body)


def test_a_stream_that_was_not_asked_for_is_no_answer_but_a_whole_one_always_is() -> None:
    assert isinstance(reader_for("application/json", Delivery.STREAM), WholeReader)
    with pytest.raises(AnswerError, match="content type"):
        reader_for("text/event-stream", Delivery.WHOLE)
