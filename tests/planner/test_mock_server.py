"""A mock of OpenAI's API that strangers made, our client and the official one agree with each other.

`STETBOT_AIMOCK` names the folder of the npm package `@copilotkit/aimock`. `.ci/run` installs it and sets the variable;
whoever has no Node need not.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import threading
from pathlib import Path
from queue import Queue
from typing import TYPE_CHECKING

import pytest
from support.both_clients import Failed, Seen, ours, theirs
from support.planner import PROMPT, planner

from bot.chat.request import Delivery
from bot.errors import ServiceError
from bot.planner import EmbeddingSettings
from bot.planning.records import PlanPrompt

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = os.environ.get("STETBOT_AIMOCK", "")
pytestmark = pytest.mark.skipif(not PACKAGE, reason="STETBOT_AIMOCK names no folder of @copilotkit/aimock (needs Node)")

FILE = Path(__file__).parents[1] / "wire" / "aimock" / "exchanges.json"
EXCHANGES: list[str] = [fixture["match"]["userMessage"] for fixture in json.loads(FILE.read_text("utf-8"))["fixtures"]]
FAILING = re.compile(r"fail with (\d+)")
# What is cut off is only cut where it is streamed.
CUT = "broken off"


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    """The base URL of a running mock, started without a shell and ended by its own handle."""
    command = ["node", f"{PACKAGE}/dist/cli.js", "--port", "0", "--host", "127.0.0.1", "--fixtures", str(FILE)]
    with subprocess.Popen(
        [*command, "--validate-on-load"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        lines: Queue[str] = Queue()
        reader = threading.Thread(target=_copy, args=(process, lines), daemon=True)
        reader.start()
        try:
            said = []
            while True:
                said.append(lines.get(timeout=30))
                assert said[-1], f"the mock ended: {said}"
                found = re.search(r"http://127\.0\.0\.1:\d+", said[-1])
                if found:
                    break
            yield f"{found.group()}/v1"
        finally:
            process.terminate()
            # The pipe is closed behind this block: whoever still reads it must have seen its end before.
            reader.join(timeout=30)


def _copy(process: subprocess.Popen[str], lines: Queue[str]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        lines.put(line)
    lines.put("")


@pytest.mark.parametrize("delivery", Delivery)
@pytest.mark.parametrize("exchange", EXCHANGES)
def test_both_clients_see_the_same(base: str, exchange: str, delivery: Delivery) -> None:
    mine, official = (client(base, exchange, delivery) for client in (ours, theirs))
    assert mine == official
    status = FAILING.match(exchange)
    if status is not None:
        assert isinstance(mine, Failed)
        assert mine.status == int(status.group(1))
    elif exchange == CUT and delivery is Delivery.STREAM:
        assert mine == Failed(None, again=True)
    else:
        assert isinstance(mine, Seen)
        assert mine.tokens is not None


def test_there_are_at_least_twelve_exchanges() -> None:
    assert len(EXCHANGES) == len(set(EXCHANGES)) >= 12


@pytest.mark.parametrize("delivery", Delivery)
def test_the_planner_gets_its_edit_from_the_mock(base: str, delivery: Delivery) -> None:
    with planner(base, model="gpt-4o", delivery=delivery) as client:
        (call,) = client.plan(PlanPrompt(PROMPT.system, "one tool call")).calls
    assert (call.target_file, call.instructions) == ("shop/café.py", "I will add tax.")
    assert call.code_edit.startswith("# ... existing code ...\ndef total(items):\n")


def test_the_planner_finds_the_mocks_models_and_its_embeddings(base: str) -> None:
    embedding = EmbeddingSettings("text-embedding-3-small")
    with planner(base, model="gpt-4o", embedding=embedding) as client:
        assert client.why_not_the_model() is None
        first, second = client.embed(["one", "two"]).vectors
    assert len(first) == len(second) > 8
    with planner(base, model="gpt-4.9") as client, pytest.raises(ServiceError, match="not among its models"):
        client.plan(PROMPT)
