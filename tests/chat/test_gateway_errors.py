"""Errors as gateways hand them on from behind, and what may help against each."""

from __future__ import annotations

import json

import pytest

from bot.chat.error_body import error_places, error_status
from bot.chat.failure import Failed, Hint, Trouble, judge_answer, judge_status
from bot.chat.reading import AnswerError, Retry
from bot.chat.stream import StreamReader

JSON = {"content-type": "application/json"}


def judged(status: int, error: object, **headers: str) -> Failed:
    body = error if isinstance(error, bytes) else json.dumps(error).encode()
    return judge_status(status, {**JSON, **headers}, body, 0.0, ())


def from_behind(status: int, inner: str = "") -> dict[str, object]:
    """A backend's error as the gateway wraps it: JSON as text in a message of its own."""
    behind = json.dumps(
        {"providerModelError": {"error": {"message": inner or "x", "code": None}}, "statusCode": status}
    )
    return {"error": {"message": f"HTTP 400: {behind}", "type": "client_error"}}


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_400_that_wraps_what_passes_is_asked_again(status: int) -> None:
    failed = judged(400, from_behind(status))
    assert (failed.retry, failed.trouble) == (Retry.AGAIN, Trouble.BUSY if status == 429 else Trouble.DOWN)


@pytest.mark.parametrize("status", [400, 404, 422])
def test_a_400_that_wraps_another_stays_final(status: int) -> None:
    assert judged(400, from_behind(status)).retry is Retry.FINAL


def test_a_session_that_is_gone_is_asked_again() -> None:
    assert judged(400, {"error": {"type": "session_not_found", "message": "no session"}}).retry is Retry.AGAIN


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_refusal_from_behind_is_not_blamed_on_the_users_key(status: int) -> None:
    behind = judged(status, {"error": {"message": "no", "type": "client_error"}})
    assert "your key is not meant" in behind.sentence
    assert behind.retry is Retry.FINAL
    assert "your key is not meant" not in judged(status, {"detail": "Invalid API key"}).sentence


@pytest.mark.parametrize(
    ("limit", "left", "kind", "final"),
    [
        ("100000", "100000", "tokens", True),
        ("100000", "99999", "tokens", False),
        ("100000", "100000", "requests", False),
        ("", "", "tokens", False),
    ],
)
def test_a_pause_that_cannot_help_is_not_made(limit: str, left: str, kind: str, final: bool) -> None:
    headers = {"x-ratelimit-limit-tokens": limit, "x-ratelimit-remaining-tokens": left, "retry-after": "47"}
    failed = judged(429, {"error": {"message": "Rate limit", "type": kind}}, **headers)
    assert (failed.retry is Retry.FINAL) is final
    assert failed.wait == (None if final else 47)


@pytest.mark.parametrize(
    "words",
    [
        "This model's maximum context length is 8192 tokens (8000 in the messages, 900 in the tools).",
        "context_length_exceeded",
        "The prompt is too long",
    ],
)
def test_a_prompt_that_is_too_long_is_final_though_it_speaks_of_tools(words: str) -> None:
    failed = judged(400, {"error": {"message": words}})
    assert (failed.retry, failed.hint) == (Retry.FINAL, Hint.NONE)
    assert "longer than the model's context" in failed.sentence


@pytest.mark.parametrize(
    ("status", "words", "hint"),
    [
        (400, "tool_choice is not supported", Hint.NO_TOOLS),
        (400, "Tool calling is not supported by this model", Hint.NO_TOOLS),
        (400, "`tools` is not supported", Hint.NO_TOOLS),
        (500, "tools param requires --jinja flag", Hint.NO_TOOLS),
        (400, "Function calling is not enabled", Hint.NO_TOOLS),
        (400, "unknown parameter: toolbox", Hint.NONE),
        (401, "no tools for this key", Hint.NONE),
        (429, "too many tool calls", Hint.NONE),
        (503, "overloaded", Hint.STREAM),
        (504, "", Hint.STREAM),
        (502, "bad gateway", Hint.NONE),
    ],
)
def test_what_else_may_help_is_told_by_status_and_words(status: int, words: str, hint: Hint) -> None:
    assert judged(status, {"error": {"message": words}}).hint is hint


@pytest.mark.parametrize(
    "body",
    [
        {"detail": [{"loc": ["body", "SECRET stands here"], "msg": "SECRET", "input": "SECRET"}]},
        {"detail": "SECRET"},
        {"error": {"message": "SECRET"}},
        {"detail": {"error": "SECRET"}},
        b"SECRET",
        b"<html><title>SECRET</title>",
    ],
)
def test_a_422_is_never_quoted(body: object) -> None:
    failed = judged(422, body)
    assert "SECRET" not in failed.sentence
    assert failed.sentence.startswith("answered HTTP 422: the request was not accepted")


def test_the_places_of_a_422_are_names_of_fields() -> None:
    places = [["body", "messages", 0, "content"], ["body", "a b"], "body", ["body", "tools"]]
    assert error_places({"detail": [{"loc": place} for place in places]}) == "body.messages.0.content, body"
    assert error_places({"detail": [7]}) == error_places({"detail": "x"}) == error_places(None) == ""


@pytest.mark.parametrize(
    ("error", "status"),
    [
        ({"type": "proxy_error", "message": "HTTP 429: slow"}, 429),
        ({"type": "proxy_error", "message": "cut"}, 503),
        ({"type": "retry_failed"}, 503),
        ({"type": "session_creation_error"}, 503),
        ({"type": "unexpected_response_format"}, 503),
        ({"type": "client_error", "status": 400}, 400),
        ({"type": "unknown", "status": None}, None),
        ({"type": "model_not_found"}, None),
    ],
)
def test_an_error_without_a_number_has_one_by_its_type(error: object, status: int | None) -> None:
    assert error_status(error) == status


@pytest.mark.parametrize(
    ("tail", "retry"),
    [
        (b'data: {"error":{"message":"gone"}}\n\n', Retry.AGAIN),
        (b'{"error":"gone"}', Retry.AGAIN),
        (b'{"error":"gone"}\n', Retry.AGAIN),
        (b'{"error":"go', Retry.AGAIN),
        (b'data: {"error":{"message":"HTTP 400: no","status":400}}\n\n', Retry.FINAL),
        (b'data: {"choices', Retry.AGAIN),
        (b"da", Retry.AGAIN),
        (b"<html>\n", Retry.FINAL),
    ],
)
def test_a_stream_that_ends_in_an_error_is_asked_for_again_unless_it_says_why_not(tail: bytes, retry: Retry) -> None:
    begun = b'data: {"choices":[{"delta":{"content":"a"},"finish_reason":null}]}\n\n'
    with pytest.raises(AnswerError) as raised:
        _read_by_bytes(begun + tail)
    assert raised.value.retry is retry


def _read_by_bytes(body: bytes) -> None:
    reader = StreamReader()
    for byte in body:
        reader.feed(bytes([byte]))
    reader.finish()


def test_an_answer_that_speaks_of_tools_in_its_error_is_asked_for_without_them() -> None:
    error = AnswerError("answered with an error", quoted="HTTP 400: tools are not supported", status=400)
    assert judge_answer(error, ()).hint is Hint.NO_TOOLS


@pytest.mark.parametrize(
    "body",
    [
        b'{"error": {"input": "' + b"SOURCE " * 20_000,
        b'{"input": "SOURCE", "input": "SOURCE"}',
        b'[NaN, "SOURCE"]',
        b'"SOURCE',
    ],
    ids=["cut", "a member twice", "a number that is none", "half a text"],
)
def test_json_that_cannot_be_read_is_not_quoted(body: bytes) -> None:
    """It may be the request sent back, and so somebody's code."""
    failed = judge_status(400, {"content-type": "application/json"}, body[: 1 << 16], 0.0, ())
    assert "SOURCE" not in failed.sentence
