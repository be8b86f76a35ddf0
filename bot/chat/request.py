"""A chat request as the bytes of its body. The set of fields is minimal: some servers refuse what they do not know."""

from __future__ import annotations

import enum
import json
from dataclasses import dataclass

from bot.errors import Code, Refusal


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
class ChatRequest:
    """What a model is asked. `temperature` None and `max_tokens` None are not sent: the server's own limits hold."""

    model: str
    messages: tuple[Message, ...]
    temperature: float | None = 0.0
    max_tokens: int | None = None
    delivery: Delivery = Delivery.WHOLE

    def encode(self) -> bytes:
        """The JSON body. Raises Refusal (not-utf8) if a text holds half a surrogate pair."""
        body: dict[str, object] = {
            "model": self.model,
            "messages": [{"role": message.role.value, "content": message.content} for message in self.messages],
        }
        if self.temperature is not None:
            # 0, not 0.0: strict servers compare the bytes they know.
            body["temperature"] = int(self.temperature) if self.temperature.is_integer() else self.temperature
        if self.max_tokens is not None:
            body["max_tokens"] = self.max_tokens
        body["stream"] = self.delivery is Delivery.STREAM
        if self.delivery is Delivery.STREAM:
            # Without it a streamed answer carries no token counts, so no cost.
            body["stream_options"] = {"include_usage": True}
        try:
            return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
        except UnicodeEncodeError as error:
            raise Refusal(
                Code.NOT_UTF8, "the text for the model holds half a surrogate pair", "write whole characters"
            ) from error
