from __future__ import annotations

import time
from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.failure import Trouble, judge_status
from bot.chat.reading import Retry
from bot.chat.retry import RetryPolicy, asked_wait, duration

NOW = 1_795_302_106.0


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"retry-after": "7"}, 7),
        ({"retry-after": " 7 "}, 7),
        ({"retry-after": "0.25"}, 0.25),
        ({"retry-after-ms": "200"}, 0.2),
        ({"retry-after-ms": "200", "retry-after": "7"}, 0.2),
        ({"retry-after-ms": "soon", "retry-after": "7"}, 7),
        ({"retry-after": formatdate(NOW + 30, usegmt=True)}, 30),
        # The server's clock may be wrong; its own date says by how much.
        ({"retry-after": formatdate(NOW + 9030, usegmt=True), "date": formatdate(NOW + 9000, usegmt=True)}, 30),
        ({"retry-after": "Sun, 22 Nov 2026 10:00:00 -0000", "date": "Sun, 22 Nov 2026 09:59:50 GMT"}, 10),
        ({"retry-after": "86400000"}, 86_400_000),
        ({"retry-after": "9" * 400}, float("inf")),
        ({}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": "0"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": formatdate(NOW - 30, usegmt=True)}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "1e3"}, None),
        ({"retry-after": "1_0"}, None),
        ({"retry-after": "٧"}, None),
        ({"retry-after": "Sun, 99 Foo 99999 99:99:99 GMT"}, None),
    ],
)
def test_a_pause_is_read_in_all_its_forms(headers: dict[str, str], wait: float | None) -> None:
    assert asked_wait(headers, NOW) == (wait if wait is None else pytest.approx(wait))


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="Windows cannot change its time zone for one process")
def test_a_date_of_no_time_zone_is_in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        monkeypatch.setenv("TZ", "America/New_York")
        time.tzset()
        assert asked_wait({"retry-after": formatdate(NOW + 30)}, NOW) == 30
    finally:
        monkeypatch.undo()
        time.tzset()


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_header_breaks_the_reading_of_a_pause(value: str, date: str) -> None:
    wait = asked_wait({"retry-after": value, "retry-after-ms": date, "date": date}, NOW)
    assert wait is None or wait > 0


def test_waits_double_up_to_eight_seconds_less_a_quarter_by_chance() -> None:
    policy = RetryPolicy()
    assert [policy.back_off(failures, 0) for failures in (1, 2, 3, 4, 5, 6, 5000)] == [0.5, 1, 2, 4, 8, 8, 8]
    assert policy.back_off(1, 1.0) == 0.375


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "0.2 s"), (60, "60 s"), (600, "10 minutes"), (7200, "2 hours"), (1e300, "more than two days")],
)
def test_durations_are_said_as_people_say_them(seconds: float, words: str) -> None:
    assert duration(seconds) == words


AGAIN = {408, 409, 429, 500, 502, 503, 504, 529, 599}


@pytest.mark.parametrize(
    "status", sorted({201, 204, 302, 304, 400, 401, 402, 403, 404, 405, 410, 413, 422, 426} | AGAIN)
)
def test_the_status_decides_whether_to_ask_again(status: int) -> None:
    failed = judge_status(status, {}, b"", NOW, ())
    assert (failed.retry is Retry.AGAIN) is (status in AGAIN)
    assert (failed.trouble is Trouble.DOWN) is (status >= 500 or status == 408)
    assert f"HTTP {status}" in failed.sentence


def test_the_server_may_overrule_the_table() -> None:
    assert judge_status(400, {"x-should-retry": "true"}, b"", NOW, ()).retry is Retry.AGAIN
    assert judge_status(503, {"x-should-retry": "false"}, b"", NOW, ()).retry is Retry.FINAL


@pytest.mark.parametrize(
    "words",
    [
        "Please purchase additional credits.",
        "You exceeded your current quota, please check your plan",
        "insufficient_quota",
        "Your credit balance is too low",
        "You are out of credits",
        "All credits are exhausted",
    ],
)
def test_too_many_requests_for_want_of_money_is_final(words: str) -> None:
    failed = judge_status(429, {"retry-after": "1"}, words.encode(), NOW, ())
    assert (failed.retry, failed.trouble) == (Retry.FINAL, Trouble.WRONG)
    assert "credit" in failed.sentence


def test_too_many_requests_with_an_advertisement_is_not_final() -> None:
    words = b'{"error":{"message":"Rate limit reached. Increase your limit by adding a payment method, see /billing."}}'
    assert judge_status(429, {}, words, NOW, ()).retry is Retry.AGAIN


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        (b'{"error":{"message":"no such model"}}', "application/json", "no such model"),
        (b'{"error":"no such model"}', "application/json", "no such model"),
        (b'{"object":"error","message":"no such model"}', "application/json", "no such model"),
        (b'{"detail":"no such model"}', "application/json", "no such model"),
        (b'{"detail":{"error":"no such model"}}', "application/json", "no such model"),
        (
            b'{"detail":[{"loc":["body","model"],"msg":"no such","input":"SOURCE"}]}',
            "application/json",
            "body.model: no",
        ),
        (b"no such model", "text/plain", "no such model"),
        (b"<html><title>502 Bad\nGateway</title>SOURCE</html>", "text/html", "502 Bad Gateway"),
        (b'data: {"error":{"message":"no such model"}}\n\n', "text/event-stream", "no such model"),
        (b'{"input":"SOURCE"}', "application/json", "HTTP 400"),
        (b"\xff\xfe", "", "HTTP 400"),
    ],
)
def test_the_services_own_words_are_found_in_any_shape_and_the_request_is_not_echoed(
    body: bytes, kind: str, said: str
) -> None:
    sentence = judge_status(400, {"content-type": kind}, body, NOW, ()).sentence
    assert said in sentence
    assert "SOURCE" not in sentence
    assert "\n" not in sentence
