"""An answer that comes as server-sent events, put together again. It is read to its end: what follows `[DONE]`, or
content after a finish, makes it no answer, wherever the network cut it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.chat.completion import (
    AnswerError,
    Completion,
    Retry,
    Tokens,
    WholeReader,
    as_object,
    error_text,
    finish_of,
    model_of,
    only_choice,
    read_json,
    refuse_error,
    refuse_refusal,
    text_of,
    tokens_of,
    tool_calls_of,
)
from bot.chat.request import Delivery
from bot.chat.sse import SseParser, Stray

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.chat.completion import AnswerReader
    from bot.chat.sse import Event


class StreamReader:
    """Reads an answer of server-sent events."""

    def __init__(self) -> None:
        self._parser = SseParser()
        self._pieces: list[str] = []
        self._finish: str | None = None
        self._model: str | None = None
        self._tokens: Tokens | None = None
        self._tool_calls = 0
        self._events = 0
        self._done = False

    def feed(self, chunk: bytes) -> None:
        self._take(self._parser.feed(chunk))

    def finish(self) -> Completion:
        self._take(self._parser.finish())
        if not self._events:
            raise AnswerError("answered HTTP 200 with an empty stream", retry=Retry.AGAIN)
        if self._finish is None and not self._done:
            raise AnswerError("broke its stream off in the middle: the answer is not whole", retry=Retry.AGAIN)
        text = text_of({"content": _paired("".join(self._pieces))}, "content")
        return Completion(text, self._finish, self._model, self._tokens, self._tool_calls)

    def _take(self, found: Iterable[Event | Stray]) -> None:
        for item in found:
            self._events += 1
            if isinstance(item, Stray):
                raise _stray(item.line)
            if self._done:
                raise AnswerError("went on after the end of its stream ([DONE])")
            if item.data.strip() == b"[DONE]":
                self._done = True
                continue
            if item.name == "error":
                raise AnswerError("sent an error in its stream", quoted=_said(item.data))
            self._chunk(as_object(read_json(item.data), "an event"))

    def _chunk(self, chunk: Mapping[str, object]) -> None:
        refuse_error(chunk)
        self._model = self._model or model_of(chunk)
        self._tokens = tokens_of(chunk) or self._tokens
        if chunk.get("choices") == []:
            return  # the closing event that carries the usage
        choice = only_choice(chunk)
        if choice.get("index") not in (None, 0):
            raise AnswerError("answered with several choices where one was asked for")
        delta = as_object(choice.get("delta"), "choices[0].delta")
        refuse_refusal(delta)
        content = delta.get("content")
        if content is not None and not isinstance(content, str):
            raise AnswerError("answered in a shape that is not documented: choices[0].delta.content is not text")
        if content and self._finish is not None:
            raise AnswerError("went on with its text after saying that it was finished")
        self._pieces.append(content or "")
        self._tool_calls += tool_calls_of(delta)
        finish = finish_of(choice)
        if finish is not None and self._finish not in (None, finish):
            raise AnswerError("gave two different reasons for the end of its answer")
        self._finish = finish if finish is not None else self._finish


def _paired(text: str) -> str:
    """`text` with the halves of surrogate pairs joined: a server may cut between them, each half escaped in JSON."""
    try:
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        return text


def reader_for(media_type: str, delivery: Delivery) -> AnswerReader:
    """What reads an answer of HTTP 200. A whole answer is taken where a stream was asked for, never the reverse.

    Raises AnswerError for any other type: a web page of a proxy, a type that is missing.
    """
    if media_type == "application/json":
        return WholeReader()
    if media_type == "text/event-stream" and delivery is Delivery.STREAM:
        return StreamReader()
    raise AnswerError(
        "answered HTTP 200 with a content type that was not asked for",
        quoted=media_type or "none at all",
        remedy="check the base URL",
    )


def _stray(line: bytes) -> AnswerError:
    """Some servers write a bare JSON error into a stream that has begun."""
    try:
        refuse_error(as_object(read_json(line), "a line"))
    except AnswerError as error:
        if error.quoted:
            return error
    return AnswerError("wrote a line into its stream that is no event")


def _said(data: bytes) -> str:
    try:
        value = read_json(data)
    except AnswerError:
        return data[:500].decode("utf-8", "replace")
    return error_text(value)
