from __future__ import annotations

import re
from dataclasses import replace
from email.utils import formatdate

import pytest
from support.morph_client import CODE, LIMITS, MERGED, ORACLE, UPDATE, Slept, client
from support.morph_faults import Fault, faulty
from support.morph_server import MorphServer, error, in_turn, perfect

from bot.errors import Code, ServiceError

BUSY = error(429, "slow down")


@pytest.mark.parametrize("fault", [Fault.HTTP_503, Fault.HTTP_408, Fault.HTTP_409, Fault.RESET, Fault.CUT_CHUNKED])
def test_what_passes_is_asked_again_after_waits_that_double(fault: Fault) -> None:
    clock = Slept()
    trouble = faulty(fault, ORACLE)
    with MorphServer(in_turn(trouble, trouble, trouble, perfect(ORACLE))) as server, client(server.url, clock) as morph:
        merged = morph.apply("", CODE, UPDATE)
    assert (merged.text, merged.usage.requests, len(server.requests)) == (MERGED, 4, 4)
    assert clock.sleeps == [0.5, 1, 2]


def test_chance_shortens_a_wait_by_up_to_a_quarter() -> None:
    clock = Slept(dice=1.0)
    with MorphServer(in_turn(faulty(Fault.HTTP_500), perfect(ORACLE))) as server, client(server.url, clock) as morph:
        morph.apply("", CODE, UPDATE)
    assert clock.sleeps == [0.375]


@pytest.mark.parametrize(
    "header",
    [
        ("Retry-After", "3"),
        ("Retry-After", "3.0"),
        ("retry-after-ms", "3000"),
        ("Retry-After", formatdate(1_795_302_109, usegmt=True)),
    ],
)
def test_a_pause_that_the_service_asks_for_is_kept(header: tuple[str, str]) -> None:
    clock = Slept()
    with (
        MorphServer(in_turn(lambda _: error(503, "busy", header), perfect(ORACLE))) as server,
        client(server.url, clock) as morph,
    ):
        assert morph.apply("", CODE, UPDATE).text == MERGED
    assert sum(clock.sleeps) == pytest.approx(3, abs=0.5)


@pytest.mark.parametrize("value", ["-3", "0", "soon", "nan"])
def test_a_pause_that_makes_no_sense_is_the_usual_wait(value: str) -> None:
    clock = Slept()
    with (
        MorphServer(in_turn(lambda _: error(503, "busy", ("Retry-After", value)), perfect(ORACLE))) as server,
        client(server.url, clock) as morph,
    ):
        morph.apply("", CODE, UPDATE)
    assert clock.sleeps == [0.5]


@pytest.mark.parametrize(("value", "words"), [("3600", "60 minutes"), ("90", "90 s"), ("9" * 30, "more than two days")])
def test_a_pause_longer_than_we_wait_is_reported_at_once_and_to_every_worker(value: str, words: str) -> None:
    clock = Slept()
    with (
        MorphServer(lambda _: error(429, "slow down", ("Retry-After", value))) as server,
        # However much time there is.
        client(server.url, clock, limits=replace(LIMITS, total=1e6)) as morph,
    ):
        with pytest.raises(ServiceError, match=re.escape(f"asks for a pause of {words}, longer than")) as failed:
            morph.apply("", CODE, UPDATE)
        with pytest.raises(ServiceError, match=r"^Morph asks for a pause of") as second:
            morph.apply("", CODE, UPDATE)
        assert len(server.requests) == 1
    assert clock.sleeps == []
    assert {failed.value.code, second.value.code} == {Code.RATE_LIMITED}


def test_a_worker_that_was_not_told_waits_with_the_one_that_was() -> None:
    clock = Slept()
    with (
        MorphServer(in_turn(lambda _: error(429, "x", ("Retry-After", "15")), perfect(ORACLE))) as server,
        client(server.url, clock, limits=replace(LIMITS, total=10.0)) as morph,
    ):
        with pytest.raises(ServiceError, match="asks for a pause of 15 s"):
            morph.apply("", CODE, UPDATE)
        clock.sleep(10)
        assert morph.apply("", CODE, UPDATE).text == MERGED
    assert clock.sleeps[1:] == [pytest.approx(5, abs=0.9)]


def test_the_total_deadline_holds_over_all_tries() -> None:
    clock = Slept()
    with (
        MorphServer(lambda _: error(503, "busy", ("Retry-After", "6"))) as server,
        client(server.url, clock, limits=replace(LIMITS, total=10.0)) as morph,
    ):
        with pytest.raises(ServiceError, match="asks for a pause of 6 s, longer than stetbot waits") as failed:
            morph.apply("", CODE, UPDATE)
        assert len(server.requests) == 2
    assert failed.value.down


def test_a_wait_past_the_deadline_is_not_begun() -> None:
    clock = Slept()
    with (
        MorphServer(faulty(Fault.HTTP_500)) as server,
        client(server.url, clock, limits=replace(LIMITS, total=1.2)) as morph,
    ):
        with pytest.raises(ServiceError, match=r"HTTP 500.*\(2 tries\)") as failed:
            morph.apply("", CODE, UPDATE)
        assert len(server.requests) == 2
    assert (clock.sleeps, failed.value.down) == ([0.5], True)


def test_too_many_requests_without_a_pause_shuts_the_gate_for_all() -> None:
    clock = Slept()
    with MorphServer(in_turn(lambda _: BUSY, perfect(ORACLE))) as server, client(server.url, clock) as morph:
        assert morph.apply("", CODE, UPDATE).usage.requests == 2
    assert sum(clock.sleeps) == pytest.approx(0.5, abs=0.2)
