"""Planner clients for tests: short limits, a clock that sleeps by being set forward, answers that hold an edit."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from support.morph_client import KEY, Slept
from support.morph_server import MorphServer, completion, delta, dump, http, listing

from bot.chat.endpoint import Endpoint, Key
from bot.chat_client import Limits
from bot.planner import PlannerClient, PlannerSettings
from bot.planning.records import EditCall, PlanPrompt

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.morph_server import Answers, Reply

LIMITS = Limits(total=600.0, idle=10.0, connect=5.0, body=1 << 20)
MODEL = "kimi-k2.7-code"
HERE = listing([MODEL, "text-embedding"])
PROMPT = PlanPrompt("You edit code.", "Rename foo in app.py.")
EDIT = EditCall("app.py", "I will rename foo to bar.", "# ... existing code ...\ndef bar():\n    return 1\n")
ARGUMENTS = json.dumps(
    {"target_file": EDIT.target_file, "instructions": EDIT.instructions, "code_edit": EDIT.code_edit}
)
IN_WORDS = f"target_file: app.py\ninstructions: {EDIT.instructions}\n\n```python\n{EDIT.code_edit}```\n"


def planner(url: str, clock: Slept | None = None, **changes: Any) -> PlannerClient:
    """A client of the server at `url`, with these settings changed; its waits take no time."""
    base = PlannerSettings(Endpoint.parse(url, "url"), Key.parse(KEY, "key"), MODEL, limits=LIMITS)
    return PlannerClient(replace(base, **changes), timing=(clock or Slept()).timing)


def tool_call(name: str = "edit_file", arguments: object = ARGUMENTS, **more: object) -> dict[str, Any]:
    return {"id": "call_1", "type": "function", "function": {"name": name, "arguments": arguments}, **more}


def calling(*calls: dict[str, Any], finish: str | None = "tool_calls", content: object = None) -> Reply:
    """A whole answer that calls tools."""
    return http(200, dump(completion(content, finish, tool_calls=list(calls))))


def saying(text: object, finish: str | None = "stop") -> Reply:
    """A whole answer in words."""
    return http(200, dump(completion(text, finish)))


def pieces_of(*deltas: dict[str, Any], finish: str | None = "tool_calls") -> list[dict[str, Any]]:
    """The chunks of a streamed answer."""
    return [*({**delta(None), "choices": [{"index": 0, "delta": item}]} for item in deltas), delta(None, finish)]


def served(answers: Answers, others: Answers = HERE) -> MorphServer:
    """A server of chat completions that lists our models, unless `others` says what else it has."""
    return MorphServer(answers, others=others)


def always(reply: Callable[[], Reply]) -> Answers:
    return lambda _: reply()


def bodies(server: MorphServer) -> list[dict[str, Any]]:
    """The JSON of each request for a completion."""
    return [request.json for request in server.requests]
