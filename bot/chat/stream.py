"""An answer that comes as server-sent events, put together again. It is read to its end: what follows `[DONE]`, or
content after a finish, makes it no answer, wherever the network cut it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.chat.completion import (
    Completion,
    Tokens,
    WholeReader,
    choices_of,
    finish_of,
    model_of,
    refuse_refusal,
    tokens_of,
)
from bot.chat.error_body import error_text, refuse_error
from bot.chat.reading import AnswerError, Retry, as_object, read_json, whole_characters
from bot.chat.request import Delivery
from bot.chat.sse import SseParser, Stray
from bot.chat.tool_calls import CallPieces

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.chat.completion import AnswerReader
    from bot.chat.sse import Event


class _Choice:
    """One choice as it grows."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._calls = CallPieces()
        self.finish: str | None = None

    def take(self, choice: Mapping[str, object]) -> None:
        delta = as_object(choice.get("delta"), "choices[0].delta")
        refuse_refusal(delta)
        content = delta.get("content")
        if content is not None and not isinstance(content, str):
            raise AnswerError("answered in a shape that is not documented: choices[0].delta.content is not text")
        had_calls = self._calls.take(delta)
        if (content or had_calls) and self.finish is not None:
            raise AnswerError("went on with its text after saying that it was finished")
        self._pieces.append(content or "")
        finish = finish_of(choice)
        if finish is not None and self.finish not in (None, finish):
            raise AnswerError("gave two different reasons for the end of its answer")
        self.finish = finish if finish is not None else self.finish

    def completion(self) -> Completion:
        return Completion(whole_characters("".join(self._pieces)), self.finish, calls=self._calls.calls())


class StreamReader:
    """Reads an answer of server-sent events."""

    def __init__(self, choices: int = 1) -> None:
        self._most = choices
        self._parser = SseParser()
        self._choices: dict[int, _Choice] = {0: _Choice()}
        self._model: str | None = None
        self._tokens: Tokens | None = None
        self._events = 0
        self._done = False

    def feed(self, chunk: bytes) -> None:
        self._take(self._parser.feed(chunk))

    def finish(self) -> Completion:
        self._take(self._parser.finish())
        if not self._events:
            raise AnswerError("answered HTTP 200 with an empty stream", retry=Retry.AGAIN)
        if not self._done and any(choice.finish is None for choice in self._choices.values()):
            raise AnswerError("broke its stream off in the middle: the answer is not whole", retry=Retry.AGAIN)
        first, *others = (self._choices[index].completion() for index in sorted(self._choices))
        return Completion(first.text, first.finish, self._model, self._tokens, first.calls, tuple(others))

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
        _refuse_broken(chunk)
        self._model = self._model or model_of(chunk)
        self._tokens = tokens_of(chunk) or self._tokens
        if chunk.get("choices") == []:
            return  # the closing event that carries the usage
        for choice in choices_of(chunk, self._most):
            index = choice.get("index") or 0
            if not isinstance(index, int) or not 0 <= index < self._most:
                raise AnswerError("answered with several choices where one was asked for")
            self._choices.setdefault(index, _Choice()).take(choice)


def reader_for(media_type: str, delivery: Delivery, choices: int = 1) -> AnswerReader:
    """What reads an answer of HTTP 200, of up to so many choices.

    A whole answer is taken where a stream was asked for, never the reverse.
    Raises AnswerError for any other type: a web page of a proxy, a type that is missing.
    """
    if media_type == "application/json":
        return WholeReader(choices)
    if media_type == "text/event-stream" and delivery is Delivery.STREAM:
        return StreamReader(choices)
    raise AnswerError(
        "answered HTTP 200 with a content type that was not asked for",
        quoted=media_type or "none at all",
        remedy="check the base URL",
    )


def _refuse_broken(chunk: Mapping[str, object]) -> None:
    """An error in a stream that has begun: unless it names another reason, what made the answer broke."""
    try:
        refuse_error(chunk)
    except AnswerError as error:
        if error.status is None:
            error.retry = Retry.AGAIN
        raise


def _stray(line: bytes) -> AnswerError:
    """Some servers write a bare JSON error into a stream that has begun."""
    try:
        _refuse_broken(as_object(read_json(line), "a line"))
    except AnswerError as error:
        if error.quoted:
            return error
    # A JSON object that is cut off is an error that broke off with the stream.
    retry = Retry.AGAIN if line.startswith(b"{") else Retry.FINAL
    return AnswerError("wrote a line into its stream that is no event", retry=retry)


def _said(data: bytes) -> str:
    try:
        value = read_json(data)
    except AnswerError:
        return data[:500].decode("utf-8", "replace")
    return error_text(value)
