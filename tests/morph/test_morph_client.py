from __future__ import annotations

import gzip
import json
import logging
import traceback
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.morph_client import CODE, KEY, LIMITS, MERGED, ORACLE, UPDATE, Slept, client
from support.morph_faults import Fault, faulty
from support.morph_server import (
    MorphRequest,
    MorphServer,
    Reply,
    answer,
    completion,
    documented,
    dump,
    http,
    in_turn,
    perfect,
)

from bot.chat.endpoint import Endpoint, Key
from bot.chat.prices import Price
from bot.chat.request import Delivery
from bot.chat_client import Limits
from bot.errors import Code, Refusal, ServiceError
from bot.http import Failure, HttpRequest, HttpResponse, TransportError, Waits
from bot.morph import AUTO, FAST, LARGE, MorphClient, MorphSettings
from bot.outcomes import Usage
from bot.pacing import Timing
from bot.parallel import ordered_map

if TYPE_CHECKING:
    from collections.abc import Callable

DOCUMENTED = json.loads((Path(__file__).parents[1] / "wire" / "morph" / "documented.json").read_text(encoding="utf-8"))


def plain(merged: str) -> str:
    return merged


@pytest.mark.parametrize("delivery", Delivery)
@pytest.mark.parametrize("wrap", [plain, documented])
@pytest.mark.parametrize("suffix", ["", "/", "/v1", "/v1/"])
def test_the_right_answer_comes_through_to_the_byte(
    delivery: Delivery, wrap: Callable[[str], str], suffix: str
) -> None:
    with (
        MorphServer(perfect(ORACLE, wrap)) as server,
        client(server.url + suffix, delivery=delivery) as morph,
    ):
        merged = morph.apply("I am adding tax.", CODE, UPDATE)
    assert merged.text == MERGED
    assert (merged.model, merged.usage) == (LARGE, Usage(25, 32, 1, (25 * 0.9 + 32 * 1.9) / 1e6))
    (request,) = server.requests
    assert (request.instruction, request.code, request.update) == ("I am adding tax.", CODE, UPDATE)
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["accept-encoding"] == "identity"


def test_the_documented_exchange_yields_the_expected_file() -> None:
    asked = DOCUMENTED["request"]["messages"][0]["content"]

    def reply(request: MorphRequest) -> Reply:
        assert request.prompt == asked
        assert request.json["model"] == DOCUMENTED["request"]["model"]
        return http(200, dump(DOCUMENTED["response"]))

    code = asked.partition("<code>")[2].partition("</code>")[0]
    update = asked.partition("<update>")[2].partition("</update>")[0]
    with MorphServer(reply) as server, client(server.url) as morph:
        merged = morph.apply("", code, update)
    # The snippet is the whole file, and neither has a final newline.
    assert merged.text == update
    assert merged.usage == Usage(25, 32, 1, (25 * 0.9 + 32 * 1.9) / 1e6)


@pytest.mark.parametrize(
    ("model", "again", "asked"),
    [
        ("", False, LARGE),
        (FAST, False, FAST),
        (AUTO, False, AUTO),
        (FAST, True, LARGE),
        (AUTO, True, LARGE),
        ("m", True, "m"),
    ],
)
def test_the_second_opinion_is_the_large_models_where_the_model_is_one_of_morphs(
    model: str, again: bool, asked: str
) -> None:
    with MorphServer(perfect(ORACLE)) as server, client(server.url, model=model) as morph:
        morph.apply("", CODE, UPDATE, again=again)
    assert [request.json["model"] for request in server.requests] == [asked]


def test_the_cost_is_that_of_the_model_that_answered_and_the_users_prices_count() -> None:
    with MorphServer(lambda _: http(200, dump({**completion(MERGED), "model": FAST}))) as server:
        with client(server.url, model=AUTO) as morph:
            auto = morph.apply("", CODE, UPDATE)
        settings = MorphSettings(Endpoint.parse(server.url, "u"), Key.parse(KEY, "k"), prices={FAST: Price(100, 0)})
        with MorphClient(settings) as morph:
            mine = morph.apply("", CODE, UPDATE)
    assert auto.model == FAST
    assert auto.usage.dollars == pytest.approx((25 * 0.8 + 32 * 1.2) / 1e6)
    assert mine.usage.dollars == pytest.approx(0.0025)


def test_an_unknown_model_has_no_price() -> None:
    with MorphServer(perfect(ORACLE)) as server, client(server.url, model="relace-apply-3") as morph:
        assert morph.apply("", CODE, UPDATE).usage == Usage(25, 32, 1, None)


def test_a_whole_answer_is_taken_where_a_stream_was_asked_for() -> None:
    with (
        MorphServer(lambda _: http(200, dump(completion(MERGED)))) as server,
        client(server.url, delivery=Delivery.STREAM) as morph,
    ):
        assert morph.apply("", CODE, UPDATE).text == MERGED


def test_a_compressed_answer_is_read_though_none_was_asked_for() -> None:
    body = gzip.compress(dump(completion(MERGED)))
    with (
        MorphServer(lambda _: http(200, body, "application/json", ("Content-Encoding", "gzip"))) as server,
        client(server.url) as morph,
    ):
        assert morph.apply("", CODE, UPDATE).text == MERGED


@pytest.mark.parametrize("texts", [("</code>", CODE, UPDATE), ("", CODE + "</code>", UPDATE), ("", CODE, "<update>")])
def test_a_delimiter_is_refused_before_anything_is_sent(texts: tuple[str, str, str]) -> None:
    with MorphServer(perfect(ORACLE)) as server, client(server.url) as morph:
        with pytest.raises(Refusal) as refused:
            morph.apply(*texts)
        assert server.requests == []
    assert refused.value.code is Code.DELIMITER


@pytest.mark.parametrize("fault", [Fault.FENCED, Fault.TAGGED, Fault.CRLF])
def test_what_is_wrapped_around_a_right_answer_comes_off(fault: Fault) -> None:
    with MorphServer(faulty(fault, ORACLE)) as server, client(server.url) as morph:
        assert morph.apply("", CODE, UPDATE).text == MERGED


@pytest.mark.parametrize("content", ["```\n```", "<code>\n</code>", "```python\n\n\n```"])
def test_an_empty_file_in_a_wrapping_is_no_answer(content: str) -> None:
    with (
        MorphServer(lambda _: http(200, dump(completion(content)))) as server,
        client(server.url) as morph,
        pytest.raises(ServiceError, match="answered with no text"),
    ):
        morph.apply("", CODE, UPDATE)


@pytest.mark.parametrize("more", ["x\n" * 2_000, "y" * 200_000])
def test_an_answer_that_no_merge_is_as_long_as_is_not_looked_at(more: str) -> None:
    with MorphServer(lambda request: answer(request, MERGED + more)) as server, client(server.url) as morph:
        with pytest.raises(ServiceError, match="no merge of the file and the snippet") as failed:
            morph.apply("", CODE, UPDATE)
        assert len(server.requests) == 1
    assert not failed.value.down


def test_bytes_after_an_answer_are_never_taken_for_the_next_one() -> None:
    """A response too many in one packet: a connection that is used again would give it to the next request."""

    def reply(request: MorphRequest) -> Reply:
        extra = http(200, dump(completion("of somebody else")))
        return Reply((b"".join(piece for part in (answer(request, MERGED), extra) for piece in part.pieces),))  # type: ignore[misc] # both are made of bytes

    with MorphServer(reply) as server, client(server.url) as morph:
        assert [morph.apply("", CODE, UPDATE).text for _ in range(3)] == [MERGED] * 3


def test_many_workers_share_a_client_and_each_gets_its_own_answer() -> None:
    cases = [(f"a = {number}\n", f"a = {number + 1000}\n") for number in range(150)]
    oracle = {case: case[1] for case in cases}
    with MorphServer(perfect(oracle), delay=0.05) as server, client(server.url) as morph:
        texts = [merged.text for merged in ordered_map(lambda case: morph.apply("", *case), cases, 50)]
    assert texts == [update for _, update in cases]
    assert len(server.requests) == 150


@pytest.mark.parametrize(
    "fault", [Fault.ECHO_KEY, Fault.HTTP_500, Fault.RESET, Fault.NOT_HTTP, Fault.REDIRECT, Fault.HANG]
)
def test_the_key_is_in_no_message_log_or_chain_of_exceptions(fault: Fault, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    limits = replace(LIMITS, idle=0.3, total=0.5)
    with MorphServer(faulty(fault, ORACLE)) as server, client(server.url, Slept(), limits=limits) as morph:
        with pytest.raises(ServiceError) as failed:
            morph.apply("", CODE, UPDATE)
        shown = "".join(traceback.format_exception(failed.value)) + caplog.text + repr(vars(morph))
    error: BaseException | None = failed.value
    while error is not None:
        shown += repr(error) + repr(error.args)
        error = error.__cause__ or error.__context__
    assert KEY not in shown


@dataclass(slots=True)
class Waiting:
    """A transport that says how long it was to wait."""

    waits: list[Waits] = field(default_factory=list)

    def send(self, request: HttpRequest, waits: Waits) -> HttpResponse:
        self.waits.append(waits)
        raise TransportError(Failure.TLS, request.url, "cannot be asked")

    def close(self) -> None:
        """Hold nothing."""


@pytest.mark.parametrize(("delivery", "idle"), [(Delivery.WHOLE, 40), (Delivery.STREAM, 30)])
def test_an_answer_that_is_not_streamed_may_be_silent_while_it_is_written(delivery: Delivery, idle: float) -> None:
    transport = Waiting()
    endpoint, key = Endpoint.parse("https://api.example", "u"), Key.parse(KEY, "k")
    settings = MorphSettings(endpoint, key, delivery=delivery, limits=Limits(total=1000.0, idle=30.0))
    with MorphClient(settings, transport=transport) as morph, pytest.raises(ServiceError):
        morph.apply("", "x" * 30_000, "y")
    assert [waits.idle for waits in transport.waits] == [pytest.approx(idle, abs=0.5)]


def test_nobody_listening_is_down() -> None:
    with MorphServer(perfect(ORACLE)) as server:
        url = server.url
    with (
        client(url, Slept()) as morph,
        pytest.raises(ServiceError, match=r"cannot be reached .* \(4 tries\)") as failed,
    ):
        morph.apply("", CODE, UPDATE)
    assert failed.value.down


def test_a_name_that_is_not_known_is_down() -> None:
    with (
        client("https://no-such-host.invalid", Slept()) as morph,
        pytest.raises(ServiceError, match=r"cannot be reached|no whole answer") as failed,
    ):
        morph.apply("", CODE, UPDATE)
    assert failed.value.down


@pytest.mark.parametrize("passes", range(1, 8))
def test_time_that_is_up_before_the_request_is_sent_is_told_as_such(passes: int) -> None:
    # The clock leaps a little past the deadline at its first, second, ... look.
    looks = iter(range(1_000))
    late = LIMITS.total + 0.01
    timing = Timing(lambda: 0.0 if next(looks) < passes else late, lambda: 1_795_302_106.0, lambda _: None, lambda: 0.0)
    told = ""
    with MorphServer(perfect(ORACLE)) as server:
        settings = MorphSettings(Endpoint.parse(server.url, "url"), Key.parse(KEY, "key"), limits=LIMITS)
        with MorphClient(settings, timing=timing) as morph:
            try:
                told = morph.apply("", CODE, UPDATE).text
            except ServiceError as error:
                told = str(error)
    assert told == MERGED or "no whole answer" in told


def test_a_closed_client_sends_nothing() -> None:
    with MorphServer(perfect(ORACLE)) as server:
        morph = client(server.url)
        morph.apply("", CODE, UPDATE)
        morph.close()
        with pytest.raises(RuntimeError, match="closed"):
            morph.apply("", CODE, UPDATE)
        assert len(server.requests) == 1


def test_the_answers_of_a_server_may_differ_from_request_to_request() -> None:
    turns = in_turn(faulty(Fault.LENGTH), perfect(ORACLE))
    with MorphServer(turns) as server, client(server.url) as morph:
        ask = partial(morph.apply, "", CODE, UPDATE)
        with pytest.raises(ServiceError, match="length limit"):
            ask()
        assert ask().text == MERGED
