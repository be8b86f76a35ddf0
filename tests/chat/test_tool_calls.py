from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.completion import Completion
from bot.chat.reading import AnswerError
from bot.chat.stream import StreamReader
from bot.chat.tool_calls import CallPieces, ToolCall, calls_of

CALL = ToolCall("edit_file", '{"a": 1}')


def piece(index: int | None = 0, identity: str | None = "1", name: str | None = None, arguments: object = None) -> Any:
    given = {"index": index, "id": identity, "function": {"name": name, "arguments": arguments}}
    return {key: value for key, value in given.items() if value is not None}


def together(*pieces: Any) -> tuple[ToolCall, ...]:
    calls = CallPieces()
    for one in pieces:
        calls.take({"tool_calls": [one]})
    return calls.calls()


ONE = {
    "as documented": [
        piece(name="edit_file", arguments=""),
        piece(0, None, None, '{"a"'),
        piece(0, None, None, ": 1}"),
    ],
    "all at once": [piece(name="edit_file", arguments='{"a": 1}')],
    "the name again with each piece": [piece(name="edit_file", arguments='{"a"'), piece(0, "1", "edit_file", ": 1}")],
    "an id of its own for each piece": [piece(name="edit_file", arguments='{"a"'), piece(0, "2", None, ": 1}")],
    "neither index nor id": [piece(None, None, "edit_file", '{"a"'), piece(None, None, None, ": 1}")],
    "an id and no index": [piece(None, "1", "edit_file", '{"a"'), piece(None, "1", None, ": 1}")],
    "the name in two pieces": [piece(name="edit_"), piece(0, None, "file", '{"a": 1}')],
    "arguments as an object": [piece(name="edit_file", arguments={"a": 1})],
}
TWO = {
    "an index for each": [piece(0, "1", "edit_file", '{"a": 1}'), piece(1, "2", "edit_file", '{"a": 1}')],
    "the same index for both": [piece(0, "1", "edit_file", '{"a": 1}'), piece(0, "2", "edit_file", '{"a": 1}')],
    "ids alone": [piece(None, "1", "edit_file", '{"a": 1}'), piece(None, "2", "edit_file", '{"a": 1}')],
    "nothing to tell them apart by but the name": [piece(None, None, "edit_file", '{"a": 1}')] * 2,
    "in turns": [
        piece(0, "1", "edit_file", '{"a"'),
        piece(1, "2", "edit_file", '{"a"'),
        piece(0, None, None, ": 1}"),
        piece(1, None, None, ": 1}"),
    ],
}


@pytest.mark.parametrize("pieces", ONE.values(), ids=ONE.keys())
def test_one_call_is_put_together_however_a_server_cuts_it(pieces: list[Any]) -> None:
    assert together(*pieces) == (CALL,)


@pytest.mark.parametrize("pieces", TWO.values(), ids=TWO.keys())
def test_two_calls_stay_two(pieces: list[Any]) -> None:
    assert together(*pieces) == (CALL, CALL)


@pytest.mark.parametrize(
    "message",
    [
        {"tool_calls": [piece(name="edit_file", arguments='{"a": 1}')]},
        {"tool_calls": [{"function": {"name": "edit_file", "arguments": {"a": 1}}}]},
        {"function_call": {"name": "edit_file", "arguments": '{"a": 1}'}},
        {"tool_calls": None, "function_call": {"name": "edit_file", "arguments": '{"a": 1}'}},
    ],
)
def test_a_whole_message_gives_its_calls_in_each_form(message: dict[str, object]) -> None:
    assert calls_of(message) == (CALL,)


def test_calls_of_a_whole_message_are_never_joined() -> None:
    same = {"id": "1", "index": 0, "function": {"name": "edit_file", "arguments": '{"a": 1}'}}
    assert calls_of({"tool_calls": [same, same]}) == (CALL, CALL)


@pytest.mark.parametrize("nothing", [None, []])
def test_no_calls_are_no_calls(nothing: object) -> None:
    assert calls_of({"tool_calls": nothing, "function_call": None}) == ()


@pytest.mark.parametrize(
    "calls",
    [
        "x", {"a": 1}, ["x"], [{"function": "x"}], [{"function": {"name": 1}}], [{"function": {"arguments": 1}}],
        [{"function": {"arguments": []}}], [{"id": 7, "function": {}}],
        [{"function": {"name": "edit_file", "arguments": "\ud83d"}}],
    ],
)  # fmt: skip
def test_calls_of_another_shape_are_no_answer(calls: object) -> None:
    with pytest.raises(AnswerError):
        calls_of({"tool_calls": calls})


@pytest.mark.parametrize("index", ["0", True, 1.5])
def test_an_index_that_is_no_number_is_no_answer(index: object) -> None:
    with pytest.raises(AnswerError, match="index"):
        CallPieces().take({"tool_calls": [{"index": index, "function": {}}]})


def streamed(*deltas: dict[str, Any], finish: str = "tool_calls", index: int = 0) -> bytes:
    chunks: list[dict[str, Any]] = [
        {"choices": [{"index": index, "delta": delta, "finish_reason": None}]} for delta in deltas
    ]
    chunks.append({"choices": [{"index": index, "delta": {}, "finish_reason": finish}]})
    return b"".join(b"data: %s\n\n" % json.dumps(chunk).encode() for chunk in chunks)


def read(body: bytes, choices: int = 1, size: int = 7) -> Completion:
    reader = StreamReader(choices)
    for at in range(0, len(body), size):
        reader.feed(body[at : at + size])
    return reader.finish()


@given(st.text(st.characters(codec="utf-8")), st.integers(1, 9), st.integers(1, 40))
def test_streamed_arguments_are_whole_again_however_they_were_cut(text: str, step: int, size: int) -> None:
    parts = [text[at : at + step] for at in range(0, len(text), step)]
    deltas = [{"tool_calls": [piece(name="edit_file", arguments="")]}]
    deltas += [{"tool_calls": [piece(0, None, None, part)]} for part in parts]
    assert read(streamed(*deltas), size=size) == Completion("", "tool_calls", calls=(ToolCall("edit_file", text),))


def test_a_call_after_the_end_is_no_answer() -> None:
    late = {"tool_calls": [piece(name="edit_file", arguments="{}")]}
    with pytest.raises(AnswerError, match="went on"):
        read(streamed({"content": "a"}) + streamed(late))


def test_choices_that_were_asked_for_are_told_apart() -> None:
    both = streamed({"content": "first"}, finish="stop") + streamed({"content": "second"}, finish="stop", index=1)
    assert read(both, choices=2) == Completion("first", "stop", others=(Completion("second", "stop"),))
    with pytest.raises(AnswerError, match="several choices"):
        read(both)


def test_every_choice_has_to_end() -> None:
    unended = {"choices": [{"index": 1, "delta": {"content": "half"}, "finish_reason": None}]}
    with pytest.raises(AnswerError, match="broke its stream off"):
        read(streamed({"content": "first"}) + b"data: %s\n\n" % json.dumps(unended).encode(), choices=2)


def test_an_answer_of_thousands_of_calls_is_no_answer() -> None:
    deltas = b"".join(
        b'data: {"choices": [{"delta": {"tool_calls": [{"id": "c%d", "function": {"name": "x"}}]}}]}\n\n' % number
        for number in range(2_000)
    )
    with pytest.raises(AnswerError, match="more than 256 tool calls"):
        StreamReader().feed(deltas)
