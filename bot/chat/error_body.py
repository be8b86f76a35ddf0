"""What a service says about an error, in any of the shapes in which services say it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.chat.reading import AnswerError, Retry

if TYPE_CHECKING:
    from collections.abc import Mapping

_RELAYED = re.compile(r"HTTP ([45]\d\d)\b", re.ASCII)
_BEHIND = re.compile(r"\\?\"(?:statusCode|status|code)\\?\"\s*:\s*([45]\d\d)\b", re.ASCII)
_FIELD = re.compile(r"[\w\[\],|]{1,60}", re.ASCII)
# Types of errors that tell of trouble behind a gateway, or of its own.
_TROUBLED = ("server_error", "overload", "unavailable", "timeout", "proxy_error", "network_error", "gateway_error",
             "retry_failed", "session_creation_error", "unexpected_response_format")  # fmt: skip
_TOOLS = re.compile(
    r"(?i)\btool(?:s|[_ -]?(?:choice|call(?:s|ing)?|use|param(?:s|eter)?))?\b|\bfunction[_ -]?call(?:s|ing)?\b"
)
_LENGTH = re.compile(
    r"(?i)context[_ ](?:length|window|size)|maximum (?:prompt|input) length"
    r"|(?:prompt|input|request) is too (?:long|large)"
)


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


def error_places(error: object) -> str:
    """Where a request is not valid, as `{"detail": [{"loc": …}]}` says it: names of fields, never what stood there."""
    match error:
        case {"detail": [*items]}:
            places = (item.get("loc") if isinstance(item, dict) else None for item in items[:3])
            found = (".".join(filter(_FIELD.fullmatch, map(str, place))) for place in places if isinstance(place, list))
            return ", ".join(filter(None, found))
        case _:
            return ""


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
    return 503 if any(word in kind for word in _TROUBLED) else None


def status_behind(text: str) -> int | None:
    """The status of a service behind the one that answered, where `text` quotes that one's JSON and it has one."""
    found = [int(status) for status in _BEHIND.findall(text)]
    return next((status for status in found if status == 429 or status >= 500), found[0] if found else None)


def speaks_of_tools(text: str) -> bool:
    """Whether an error is about the tools of the request; one about its length may only count them."""
    return bool(_TOOLS.search(text)) and not speaks_of_length(text)


def speaks_of_length(text: str) -> bool:
    """Whether an error is about a request that is longer than the model's context."""
    return bool(_LENGTH.search(text))
