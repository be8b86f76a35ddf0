"""A service that hangs, asked by many: what two errands in a row have waited out is not waited out by all others."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from support.gitrepo import GitRepo
from support.morph_client import CODE, LIMITS, MERGED, ORACLE, UPDATE, Slept, client
from support.morph_faults import Fault, faulty
from support.morph_server import Ending, MorphServer, Reply, head, perfect
from support.planner_server import KEY
from support.story import stetbot

from bot.errors import ServiceError

if TYPE_CHECKING:
    from pathlib import Path

    from bot.morph import MorphClient

TRIES = 4
SHORT = replace(LIMITS, idle=0.2)
SILENT = "was silent for"
UNASKED = "was silent for the requests before this one"


def fails(morph: MorphClient, said: str) -> None:
    with pytest.raises(ServiceError, match=said) as failed:
        morph.apply("", CODE, UPDATE)
    assert failed.value.down


def test_after_two_errands_that_met_silence_a_third_is_not_begun_for_a_minute() -> None:
    clock = Slept()
    with MorphServer(faulty(Fault.HANG)) as server, client(server.url, clock, limits=SHORT) as morph:
        fails(morph, SILENT)
        fails(morph, SILENT)
        fails(morph, UNASKED)
        fails(morph, UNASKED)
        assert len(server.requests) == 2 * TRIES
        clock.sleep(61)
        fails(morph, SILENT)
        fails(morph, UNASKED)
        assert len(server.requests) == 3 * TRIES
        clock.sleep(61)
        server.answers = perfect(ORACLE)
        assert morph.apply("", CODE, UPDATE).text == MERGED
        assert morph.apply("", CODE, UPDATE).text == MERGED


@pytest.mark.parametrize("between", [Fault.HTTP_401, Fault.HTTP_503, Fault.LENGTH])
def test_a_service_that_says_something_is_not_silent(between: Fault) -> None:
    with MorphServer(faulty(Fault.HANG)) as server, client(server.url, Slept(), limits=SHORT) as morph:
        for _ in range(3):
            server.answers = faulty(Fault.HANG)
            fails(morph, SILENT)
            server.answers = faulty(between, ORACLE)
            with pytest.raises(ServiceError, match=r"HTTP|length"):
                morph.apply("", CODE, UPDATE)


def test_a_connection_that_breaks_at_once_holds_nobody_up_and_is_tried_for_each_errand() -> None:
    with MorphServer(faulty(Fault.CLOSE)) as server, client(server.url, Slept()) as morph:
        for _ in range(4):
            fails(morph, "broke the connection off")
        assert len(server.requests) == 4 * TRIES
        server.answers = perfect(ORACLE)
        assert morph.apply("", CODE, UPDATE).text == MERGED


def test_an_error_whose_text_drips_is_told_as_soon_as_its_status_is_known() -> None:
    dripping = Reply((head(401, ("Content-Type", "text/plain"), ("Content-Length", "9999")), *(b".", 0.2) * 60))
    begun = time.monotonic()
    with MorphServer(lambda _: dripping) as server, client(server.url) as morph:
        with pytest.raises(ServiceError, match="HTTP 401: the key was not accepted"):
            morph.apply("", CODE, UPDATE)
        took = time.monotonic() - begun
    assert took < 10


SEVERAL = 8
HOLD = Reply((), Ending.HOLD)
TEXT = "def net(items):\n    return sum(items)\n\n\ndef gross(items):\n    return net(items) * 2\n"
SNIPPET = TEXT.replace("    return sum(items)", "    total = sum(items)\n    return total")


@pytest.mark.parametrize("planned", [False, True], ids=["morph", "planner"])
def test_a_service_that_hangs_holds_up_two_of_a_runs_requests_and_not_each(tmp_path: Path, planned: bool) -> None:
    repo = GitRepo(tmp_path / "repo")
    for number in range(SEVERAL):
        repo.write(f"{number}.py", TEXT.encode())
    repo.commit("The shop")
    asked = "I am naming the total." if planned else f"I am naming the total.\n\n```python\n{SNIPPET}```"
    file = tmp_path / "work.stetbot.md"
    file.write_text("".join(f"## `{number}.py`\n\n{asked}\n\n" for number in range(SEVERAL)), encoding="utf-8")
    with MorphServer(lambda _: HOLD) as server:
        morph = {"MORPH_API_KEY": KEY, "MORPH_API_URL": server.url, "MORPH_TIMEOUT": "4"}
        planner = {"MORPHEUS_API_KEY": KEY, "MORPHEUS_API_URL": server.url, "MORPHEUS_TIMEOUT": "4"}
        environment = {**planner, "MORPHEUS_MODEL": "auto"} if planned else morph
        begun = time.monotonic()
        done = stetbot(repo, "apply", str(file), "--jobs", "1", environment=environment)
        took = time.monotonic() - begun
        assert len(server.requests) == 2
    assert took < SEVERAL * 4
    assert done.returncode == (1 if planned else 0)
    assert done.stdout.count(UNASKED.encode()) == SEVERAL - 2
