"""The tool calls of an answer, whole or put together from a stream's pieces.

Servers differ: arguments as text or as an object, no id, no index, one index for all calls, a name sent again with each
piece, a whole call in one piece. Whatever can be read in one way only is read.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.chat.reading import AnswerError, as_object, whole_characters

if TYPE_CHECKING:
    from collections.abc import Mapping


# One is asked for. To look for a piece's call among thousands takes longer than anybody waits.
_MOST_CALLS = 256


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One call as the model made it: `arguments` is the text of a JSON object, if the model did as it was told."""

    name: str
    arguments: str = field(repr=False)


def calls_of(message: Mapping[str, object]) -> tuple[ToolCall, ...]:
    """The calls of a whole message. Raises AnswerError for a shape that is not documented."""
    calls = message.get("tool_calls")
    numbered = (
        [{**as_object(call, "a tool call"), "index": number} for number, call in enumerate(calls)]
        if isinstance(calls, list)
        else calls
    )
    pieces = CallPieces()
    pieces.take({**message, "tool_calls": numbered})
    return pieces.calls()


@dataclass(slots=True)
class _Growing:
    id: str = ""
    name: str = ""
    arguments: list[str] = field(default_factory=list)


class CallPieces:
    """Takes the messages of a stream in order and gives the calls that they make up."""

    def __init__(self) -> None:
        self._slots: dict[int, _Growing] = {}
        self._order: list[_Growing] = []

    def __bool__(self) -> bool:
        return bool(self._order)

    def take(self, message: Mapping[str, object]) -> bool:
        """Add what `message` (or a stream's delta) has of calls, and say whether it had any."""
        pieces = message.get("tool_calls") or []
        if not isinstance(pieces, list):
            raise _undocumented("tool_calls is no list")
        for piece in pieces:
            self._piece(as_object(piece, "a tool call"))
        # The form before tools, which some servers still speak.
        legacy = message.get("function_call")
        if legacy:
            self._piece({"index": 0, "function": legacy})
        return bool(pieces) or bool(legacy)

    def calls(self) -> tuple[ToolCall, ...]:
        return tuple(ToolCall(call.name, whole_characters("".join(call.arguments))) for call in self._order)

    def _piece(self, piece: Mapping[str, object]) -> None:
        function = as_object(piece.get("function") or {}, "a tool call's function")
        name, identity = _text(function, "name"), _text(piece, "id")
        call = self._slot(piece.get("index"), identity, name)
        call.id = call.id or identity
        if name != call.name:
            call.name += name
        call.arguments.append(_arguments(function.get("arguments")))

    def _slot(self, index: object, identity: str, name: str) -> _Growing:
        """The call that a piece belongs to: that of its index, else of its id, else the last one; or a new one."""
        if isinstance(index, bool) or not isinstance(index, int | None):
            raise _undocumented("a tool call's index is no number")
        if index is None:
            same = next((call for call in self._order if identity and call.id == identity), None)
            last = self._order[-1] if self._order and not identity and not name else None
            return same or last or self._new(None)
        call = self._slots.get(index)
        # Some servers give every call the index 0; then a name under another id begins the next one.
        if call is None or (identity and name and call.id and call.id != identity):
            return self._new(index)
        return call

    def _new(self, index: int | None) -> _Growing:
        if len(self._order) == _MOST_CALLS:
            raise AnswerError(f"answered with more than {_MOST_CALLS} tool calls")
        call = _Growing()
        self._order.append(call)
        if index is not None:
            self._slots[index] = call
        return call


def _arguments(value: object) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case dict():
            return json.dumps(value, ensure_ascii=False)
        case _:
            raise _undocumented("a tool call's arguments are neither text nor an object")


def _text(holder: Mapping[str, object], name: str) -> str:
    value = holder.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _undocumented(f"a tool call's {name} is not text")
    return value


def _undocumented(what: str) -> AnswerError:
    return AnswerError(f"answered in a shape that is not documented: {what}")
