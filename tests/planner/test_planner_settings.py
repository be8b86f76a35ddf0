"""What the settings say reaches the wire."""

from __future__ import annotations

from typing import Any

import pytest
from support.morph_client import KEY
from support.morph_server import (
    DONE,
    chunked,
    event,
)
from support.planner import (
    EDIT,
    MODEL,
    PROMPT,
    always,
    bodies,
    calling,
    pieces_of,
    planner,
    served,
    tool_call,
)

from bot.app import planner_for
from bot.chat.request import Delivery, Sampling
from bot.errors import Code, Refusal, UsageError
from bot.planning.records import PlanPrompt
from bot.settings import Settings


def test_every_parameter_of_the_gateway_can_be_set() -> None:
    sampling = Sampling(0.5, 0.9, 100, 0.25, -0.5, ("END",), 2)
    changes: dict[str, Any] = {
        "sampling": sampling,
        "tool_choice": "auto",
        "session_id": "0xabc",
        "delivery": Delivery.STREAM,
    }
    chunks = [*map(event, pieces_of({"tool_calls": [{"index": 0, **tool_call()}]})), DONE]
    with (
        served(always(lambda: chunked(chunks, "text/event-stream"))) as server,
        planner(server.url, **changes) as client,
    ):
        client.plan(PROMPT)
    (body,) = bodies(server)
    del body["messages"], body["tools"]
    assert body == {
        "model": MODEL, "temperature": 0.5, "top_p": 0.9, "max_tokens": 100, "presence_penalty": 0.25,
        "frequency_penalty": -0.5, "stop": ["END"], "n": 2, "tool_choice": "auto", "session_id": "0xabc",
        "stream": True,
    }  # fmt: skip


def test_the_settings_reach_the_wire() -> None:
    with served(always(lambda: calling(tool_call()))) as server:
        settings = Settings(
            morpheus_key=KEY,
            morpheus_url=server.url,
            morpheus_model=MODEL,
            morpheus_temperature=None,
            morpheus_max_tokens=None,
            morpheus_session_id="s",
            morpheus_stop=("a", "b"),
            morpheus_tool_choice="required",
        )
        with planner_for(settings) as client:
            assert client is not None
            assert client.plan(PROMPT).calls == (EDIT,)
    (body,) = bodies(server)
    del body["messages"], body["tools"]
    assert body == {"model": MODEL, "stop": ["a", "b"], "tool_choice": "required", "session_id": "s", "stream": False}


@pytest.mark.parametrize(
    "settings", [Settings(), Settings(morpheus_key=KEY), Settings(morpheus_model=MODEL)], ids=["none", "key", "model"]
)
def test_without_a_key_and_a_model_there_is_no_planner(settings: Settings) -> None:
    with planner_for(settings) as client:
        assert client is None


def test_an_endpoint_that_is_none_is_a_mistake_of_the_settings() -> None:
    settings = Settings(morpheus_key=KEY, morpheus_model=MODEL, morpheus_url="http://models.example")
    with pytest.raises(UsageError, match="MORPHEUS_API_URL"), planner_for(settings):
        pass


def test_a_text_that_cannot_be_encoded_is_refused_before_it_is_sent() -> None:
    with served(always(lambda: calling(tool_call()))) as server, planner(server.url) as client:
        with pytest.raises(Refusal) as refused:
            client.plan(PlanPrompt("s", "\ud800"))
        assert server.requests == []
    assert refused.value.code is Code.NOT_UTF8
