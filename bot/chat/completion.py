"""An answer to a chat request, read strictly: what is not whole, or not of the documented shape, is no answer.

Fixed by what servers were seen to do: errors inside HTTP 200, half answers with no finish, HTML of a proxy, numbers
where text belongs. Reasoning fields are ignored. See https://platform.openai.com/docs/api-reference/chat/object.
"""

from __future__ import annotations

import enum
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from bot.errors import StetbotError

if TYPE_CHECKING:
    from collections.abc import Mapping


_RELAYED = re.compile(r"HTTP ([45]\d\d)\b", re.ASCII)


class Retry(enum.Enum):
    """Whether asking again may help."""

    AGAIN = "again"
    FINAL = "final"


class AnswerError(StetbotError):
    """The body is no usable answer. `problem` continues "<service> …"; `remedy` says what may help.

    `quoted` is what the service itself said, if it did, not scrubbed yet; `status` the HTTP status that its error
    stands for, if it names one.
    """

    def __init__(
        self,
        problem: str,
        *,
        retry: Retry = Retry.FINAL,
        quoted: str = "",
        remedy: str = "",
        status: int | None = None,
    ) -> None:
        super().__init__(problem)
        self.problem = problem
        self.retry = retry
        self.quoted = quoted
        self.remedy = remedy
        self.status = status


@dataclass(frozen=True, slots=True)
class Tokens:
    prompt: int
    completion: int


@dataclass(frozen=True, slots=True)
class Completion:
    """The one choice of an answer. `finish` None: the server did not say why it ended; `tool_calls` counts them."""

    text: str
    finish: str | None
    model: str | None = None
    tokens: Tokens | None = None
    tool_calls: int = 0


class AnswerReader(Protocol):
    """Reads a body as it comes. Both methods raise AnswerError."""

    def feed(self, chunk: bytes) -> None: ...

    def finish(self) -> Completion: ...


class WholeReader:
    """Reads an answer that is one JSON document."""

    def __init__(self) -> None:
        self._chunks: list[bytes] = []

    def feed(self, chunk: bytes) -> None:
        self._chunks.append(chunk)

    def finish(self) -> Completion:
        return read_completion(b"".join(self._chunks))


def read_completion(body: bytes) -> Completion:
    """The completion that the JSON document `body` holds."""
    if not body.strip():
        raise AnswerError("answered HTTP 200 with an empty body", retry=Retry.AGAIN)
    answer = as_object(read_json(body), "the answer")
    refuse_error(answer)
    choice = only_choice(answer)
    message = as_object(choice.get("message"), "choices[0].message")
    refuse_refusal(message)
    return Completion(
        text=text_of(message, "choices[0].message.content"),
        finish=finish_of(choice),
        model=model_of(answer),
        tokens=tokens_of(answer),
        tool_calls=tool_calls_of(message),
    )


def whole_text(completion: Completion) -> str:
    """The text of a completion that the model itself ended (`finish_reason` "stop"); else raises AnswerError."""
    if completion.tool_calls:
        raise AnswerError("answered with a tool call instead of text")
    match completion.finish:
        case "stop":
            pass
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
    if not completion.text.strip():
        raise AnswerError("answered with no text")
    if "\0" in completion.text:
        raise AnswerError("answered with a NUL character in its text")
    return completion.text


# --- the parts, shared with the stream reader ---


def read_json(data: bytes) -> object:
    """`data` as JSON: UTF-8, one document, only what the standard has (no NaN), only whole characters."""
    try:
        value: object = json.loads(data.decode("utf-8-sig"), parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise AnswerError("answered with text that is not UTF-8") from None
    except json.JSONDecodeError as error:
        # Where, not what: the body may be half of somebody's file.
        where = f"{error.msg}, character {error.pos} of {len(error.doc)}"
        raise AnswerError(f"answered with something that is not JSON ({where})") from None
    except (ValueError, RecursionError):
        raise AnswerError("answered with something that is not JSON (or nested too deep)") from None
    return value


def _no_constant(name: str) -> object:
    raise ValueError(name)


def as_object(value: object, name: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise AnswerError(f"answered in a shape that is not documented: {name} is no object")
    return value


def refuse_error(answer: Mapping[str, object]) -> None:
    """An `error` member, inside whatever status: the service's own words, and the status that it stands for."""
    error = answer.get("error")
    if error is None or error is False:
        if answer.get("object") == "error":
            error = answer
        else:
            return
    status = error_status(error)
    retry = Retry.AGAIN if status is not None and (status in (408, 409, 429) or status >= 500) else Retry.FINAL
    raise AnswerError("answered with an error", retry=retry, quoted=error_text(error), status=status)


def error_text(error: object) -> str:
    """The sentence in an error of any usual shape; never the whole object, which may echo the request."""
    match error:
        case str():
            return error
        case {"message": str(message)} | {"msg": str(message)} | {"detail": str(message)} | {"error": str(message)}:
            return message
        case {"error": dict() as inner} | {"detail": dict() as inner}:
            return error_text(inner)
        case {"detail": [*items]} | {"error": [*items]}:
            return "; ".join(filter(None, (_located(item) for item in items[:3])))
        case _:
            return ""


def _located(item: object) -> str:
    where = item.get("loc") if isinstance(item, dict) else None
    path = ".".join(str(step) for step in where) if isinstance(where, list) else ""
    text = error_text(item)
    return f"{path}: {text}" if path and text else text


def error_status(error: object) -> int | None:
    """The HTTP status that an error inside a body stands for: its own number, or what its type says."""
    if not isinstance(error, dict):
        return None
    for name in ("status", "code", "status_code"):
        value = error.get(name)
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) == 3:
            value = int(value)
        if isinstance(value, int) and not isinstance(value, bool) and 400 <= value <= 599:
            return value
    # Gateways pass on what stood behind them as "HTTP 429: …" inside a message of their own.
    relayed = _RELAYED.match(error_text(error))
    if relayed is not None:
        return int(relayed.group(1))
    kind = error.get("type")
    if not isinstance(kind, str):
        return None
    if "rate_limit" in kind:
        return 429
    return 503 if any(word in kind for word in ("server_error", "overload", "unavailable", "timeout")) else None


def only_choice(answer: Mapping[str, object]) -> Mapping[str, object]:
    choices = answer.get("choices")
    if not isinstance(choices, list) or not choices:
        raise AnswerError("answered in a shape that is not documented: it has no choices")
    if len(choices) > 1:
        raise AnswerError(f"answered with {len(choices)} choices where one was asked for")
    return as_object(choices[0], "choices[0]")


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
    try:
        content.encode("utf-8")
    except UnicodeEncodeError:
        raise AnswerError("answered with half a surrogate pair in its text") from None
    return content


def finish_of(choice: Mapping[str, object]) -> str | None:
    finish = choice.get("finish_reason")
    if finish is not None and not isinstance(finish, str):
        raise AnswerError("answered in a shape that is not documented: finish_reason is not text")
    return finish


def model_of(answer: Mapping[str, object]) -> str | None:
    model = answer.get("model")
    return model if isinstance(model, str) and model else None


def tool_calls_of(message: Mapping[str, object]) -> int:
    calls = message.get("tool_calls")
    return len(calls) if isinstance(calls, list) else int(bool(calls) or bool(message.get("function_call")))


def tokens_of(answer: Mapping[str, object]) -> Tokens | None:
    """The token counts; None if they are missing or no counts: a cost is then unknown, the answer is none the worse."""
    match answer.get("usage"):
        case {"prompt_tokens": bool()} | {"completion_tokens": bool()}:
            return None
        case {"prompt_tokens": int(prompt), "completion_tokens": int(completion)} if prompt >= 0 and completion >= 0:
            return Tokens(prompt, completion)
        case _:
            return None
