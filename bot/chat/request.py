"""A chat request as the bytes of its body. What is not set is not sent: some servers refuse what they do not know."""

from __future__ import annotations

import enum
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.errors import Code, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping


class Role(enum.StrEnum):
    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


class Delivery(enum.Enum):
    """How the answer comes: as one JSON body, or as server-sent events."""

    WHOLE = "whole"
    STREAM = "stream"


@dataclass(frozen=True, slots=True)
class Message:
    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class Tool:
    """A function that the model may call: its name, what it is for, the JSON schema of its arguments."""

    name: str
    description: str
    parameters: Mapping[str, object]


# The choices that are words; any other is the name of the tool that must be called.
TOOL_CHOICES = ("auto", "required", "none")


@dataclass(frozen=True, slots=True)
class Sampling:
    """How an answer is drawn. None, and no stop at all, are not sent: the server's own limits hold."""

    temperature: float | None = 0.0
    top_p: float | None = None
    max_tokens: int | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    stop: tuple[str, ...] = ()
    choices: int = 1


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """What a model is asked. `usage_in_stream` asks a streamed answer for its token counts; not every server may be."""

    model: str
    messages: tuple[Message, ...]
    sampling: Sampling = field(default_factory=Sampling)
    delivery: Delivery = Delivery.WHOLE
    tools: tuple[Tool, ...] = ()
    tool_choice: str | None = None
    session_id: str | None = None
    usage_in_stream: bool = True

    def encode(self) -> bytes:
        """The JSON body. Raises Refusal (not-utf8) if a text holds half a surrogate pair."""
        body: dict[str, object] = {
            "model": self.model,
            "messages": [{"role": message.role.value, "content": message.content} for message in self.messages],
        }
        body |= _drawn(self.sampling)
        if self.tools:
            body["tools"] = [_offered(tool) for tool in self.tools]
        if self.tools and self.tool_choice:
            named = {"type": "function", "function": {"name": self.tool_choice}}
            body["tool_choice"] = self.tool_choice if self.tool_choice in TOOL_CHOICES else named
        if self.session_id:
            body["session_id"] = self.session_id
        body["stream"] = self.delivery is Delivery.STREAM
        if self.delivery is Delivery.STREAM and self.usage_in_stream:
            # Without it a streamed answer carries no token counts, so no cost.
            body["stream_options"] = {"include_usage": True}
        return encoded(body)


def encoded(body: Mapping[str, object]) -> bytes:
    """`body` as the bytes of a request. Raises Refusal (not-utf8) if a text holds half a surrogate pair."""
    try:
        return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    except UnicodeEncodeError as error:
        raise Refusal(
            Code.NOT_UTF8, "the text for the model holds half a surrogate pair", "write whole characters"
        ) from error


def _drawn(sampling: Sampling) -> dict[str, object]:
    numbers = {
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "presence_penalty": sampling.presence_penalty,
        "frequency_penalty": sampling.frequency_penalty,
    }
    # 0, not 0.0: strict servers compare the bytes they know.
    body: dict[str, object] = {
        name: int(value) if float(value).is_integer() else value for name, value in numbers.items() if value is not None
    }
    if sampling.max_tokens is not None:
        body["max_tokens"] = sampling.max_tokens
    if sampling.stop:
        # A list, also of one: there are gateways that take no text here.
        body["stop"] = list(sampling.stop)
    if sampling.choices != 1:
        body["n"] = sampling.choices
    return body


def _offered(tool: Tool) -> dict[str, object]:
    described = {"name": tool.name, "description": tool.description, "parameters": tool.parameters}
    return {"type": "function", "function": described}
