"""Server-sent events, read from bytes as they come, wherever they are cut.

The rules are those of https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation, with
one difference: a line that is neither a known field nor a comment is handed on as `Stray` instead of being dropped,
because some servers write a bare JSON error into a stream that has begun.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_BOM = b"\xef\xbb\xbf"
_LINE_END = re.compile(rb"\r\n?|\n")


@dataclass(frozen=True, slots=True)
class Event:
    """One event: its data lines joined by "\n", and its name ("" for none)."""

    data: bytes
    name: str = ""


@dataclass(frozen=True, slots=True)
class Stray:
    """A line that is no part of any event."""

    line: bytes


class SseParser:
    """Feed it chunks; it gives the events that they complete. What is not ended by a blank line is no event."""

    def __init__(self) -> None:
        self._rest = bytearray()
        self._searched = 0
        self._data: list[bytes] = []
        self._name = ""
        self._at_start = True

    def feed(self, chunk: bytes) -> list[Event | Stray]:
        """The events and stray lines that `chunk` completes."""
        self._rest += chunk
        if self._at_start:
            if len(self._rest) < len(_BOM) and _BOM.startswith(self._rest):
                return []
            self._at_start = False
            if self._rest.startswith(_BOM):
                del self._rest[: len(_BOM)]
        return self._take(final=False)

    def finish(self) -> list[Event | Stray]:
        """The stream has ended: a last line that only waited for its "\n" counts, anything unended does not.

        But a bare JSON object is no event, ended or not: servers that write an error so write no line's end after it.
        """
        found = self._take(final=True)
        if self._rest.startswith(b"{"):
            found.append(Stray(bytes(self._rest)))
        self._rest.clear()
        self._data.clear()
        return found

    def _take(self, *, final: bool) -> list[Event | Stray]:
        found: list[Event | Stray] = []
        start = 0
        while (end := self._line_end(max(start, self._searched), final=final)) is not None:
            stop, after = end
            found += self._line(bytes(self._rest[start:stop]))
            start = after
            self._searched = start
        del self._rest[:start]
        # Where a long line goes on growing, only the new bytes are searched.
        self._searched = max(len(self._rest) - 1, 0)
        return found

    def _line_end(self, start: int, *, final: bool) -> tuple[int, int] | None:
        """The next line's end and the next line's start; a "\r" at the end of what came may be half of "\r\n"."""
        found = _LINE_END.search(self._rest, start)
        if found is None or (found.end() == len(self._rest) and found[0] == b"\r" and not final):
            return None
        return found.span()

    def _line(self, line: bytes) -> list[Event | Stray]:
        if not line:
            return self._dispatch()
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        match field:
            case b"":
                pass  # a comment: keep-alive
            case b"data":
                self._data.append(value)
            case b"event":
                self._name = value.decode("utf-8", "replace")
            case b"id" | b"retry":
                pass
            case _:
                return [Stray(line)]
        return []

    def _dispatch(self) -> list[Event | Stray]:
        name, self._name = self._name, ""
        data, self._data = self._data, []
        return [Event(b"\n".join(data), name)] if data else []
