"""An answer to a chat request, read strictly: what is not whole, or not of the documented shape, is no answer.

Fixed by what servers were seen to do: errors inside HTTP 200, half answers with no finish, HTML of a proxy, numbers
where text belongs. Reasoning fields are ignored. See https://platform.openai.com/docs/api-reference/chat/object.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from bot.chat.error_body import refuse_error
from bot.chat.reading import AnswerError, Retry, as_count, as_object, read_json, whole_characters
from bot.chat.tool_calls import calls_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from bot.chat.tool_calls import ToolCall


@dataclass(frozen=True, slots=True)
class Tokens:
    prompt: int
    completion: int


@dataclass(frozen=True, slots=True)
class Completion:
    """The first choice of an answer. `finish` None: the server did not say why it ended.

    `others` are the further choices, where more than one was asked for; they have no `others`, model or tokens.
    """

    text: str
    finish: str | None
    model: str | None = None
    tokens: Tokens | None = None
    calls: tuple[ToolCall, ...] = ()
    others: tuple[Completion, ...] = ()


class AnswerReader(Protocol):
    """Reads a body as it comes. Both methods raise AnswerError."""

    def feed(self, chunk: bytes) -> None: ...

    def finish(self) -> Completion: ...


class WholeReader:
    """Reads an answer that is one JSON document."""

    def __init__(self, choices: int = 1) -> None:
        self._choices = choices
        self._chunks: list[bytes] = []

    def feed(self, chunk: bytes) -> None:
        self._chunks.append(chunk)

    def finish(self) -> Completion:
        return read_completion(b"".join(self._chunks), self._choices)


def read_completion(body: bytes, choices: int = 1) -> Completion:
    """The completion that the JSON document `body` holds, of up to so many choices."""
    if not body.strip():
        raise AnswerError("answered HTTP 200 with an empty body", retry=Retry.AGAIN)
    answer = as_object(read_json(body), "the answer")
    refuse_error(answer)
    first, *others = (_whole_choice(choice) for choice in choices_of(answer, choices))
    return Completion(
        first.text, first.finish, model_of(answer), tokens_of(answer), calls=first.calls, others=tuple(others)
    )


def _whole_choice(choice: Mapping[str, object]) -> Completion:
    message = as_object(choice.get("message"), "choices[0].message")
    refuse_refusal(message)
    text = text_of(message, "choices[0].message.content")
    return Completion(text, finish_of(choice), calls=calls_of(message))


def whole_text(completion: Completion) -> str:
    """The text of a completion that the model itself ended (`finish_reason` "stop"); else raises AnswerError."""
    if completion.calls:
        raise AnswerError("answered with a tool call instead of text")
    refuse_half(completion.finish, ("stop",))
    if not completion.text.strip():
        raise AnswerError("answered with no text")
    refuse_nul(completion.text)
    return completion.text


def refuse_half(finish: str | None, whole: Collection[str | None]) -> None:
    """Raise AnswerError unless the answer ended for one of the reasons `whole`."""
    if finish in whole:
        return
    match finish:
        case "length":
            raise AnswerError(
                "stopped at its length limit: the answer is not whole",
                remedy="send less at once, or take a model with a longer output",
            )
        case "content_filter":
            raise AnswerError("held its answer back (content filter): the answer is not whole")
        case None:
            raise AnswerError("did not say why its answer ends (no finish_reason): it may not be whole")
        case other:
            raise AnswerError("ended its answer for another reason than being done", quoted=f"finish_reason {other}")


def refuse_nul(text: str) -> None:
    if "\0" in text:
        raise AnswerError("answered with a NUL character in its text")


# --- the parts, shared with the stream reader ---


def choices_of(answer: Mapping[str, object], most: int) -> Sequence[Mapping[str, object]]:
    """The choices of an answer, one at least and `most` at most."""
    choices = answer.get("choices")
    if not isinstance(choices, list) or not choices:
        raise AnswerError("answered in a shape that is not documented: it has no choices")
    if len(choices) > most:
        raise AnswerError(f"answered with {len(choices)} choices where {_counted(most)} asked for")
    return [as_object(choice, "choices[0]") for choice in choices]


def _counted(most: int) -> str:
    return "one was" if most == 1 else f"{most} were"


def refuse_refusal(message: Mapping[str, object]) -> None:
    refusal = message.get("refusal")
    if refusal is not None and refusal != "":
        raise AnswerError("refused to answer", quoted=refusal if isinstance(refusal, str) else "")


def text_of(message: Mapping[str, object], name: str) -> str:
    """The content as text; null and missing are "" (an answer of tool calls has none)."""
    content = message.get("content")
    if content is None:
        return ""
    if not isinstance(content, str):
        raise AnswerError(f"answered in a shape that is not documented: {name} is not text")
    return whole_characters(content)


def finish_of(choice: Mapping[str, object]) -> str | None:
    finish = choice.get("finish_reason")
    if finish is not None and not isinstance(finish, str):
        raise AnswerError("answered in a shape that is not documented: finish_reason is not text")
    return finish


def model_of(answer: Mapping[str, object]) -> str | None:
    model = answer.get("model")
    return model if isinstance(model, str) and model else None


def tokens_of(answer: Mapping[str, object]) -> Tokens | None:
    """The token counts; None if they are missing or no counts: a cost is then unknown, the answer is none the worse.

    Gateways of markets count on both sides, where the model's own server does not count.
    """
    counts = (_tokens(answer.get(name)) for name in ("usage", "usage_from_consumer", "usage_from_provider"))
    return next(filter(None, counts), None)


def _tokens(usage: object) -> Tokens | None:
    if not isinstance(usage, dict):
        return None
    prompt, completion = as_count(usage.get("prompt_tokens")), as_count(usage.get("completion_tokens"))
    return None if prompt is None or completion is None else Tokens(prompt, completion)
