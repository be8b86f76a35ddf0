"""What went wrong with one try: a sentence for people, who is at fault, and whether asking again may help.

The table is the one of the official clients (https://github.com/openai/openai-python, `_should_retry`): connection
errors, 408, 409, 429 and everything from 500 are tried again, any other status is final; `x-should-retry` overrules it.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.chat.error_body import error_places, error_text, speaks_of_length, speaks_of_tools, status_behind
from bot.chat.reading import AnswerError, Retry, read_json
from bot.chat.retry import asked_wait
from bot.chat.scrub import foreign
from bot.chat.sse import SseParser, Stray

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Trouble(enum.Enum):
    """Who or what is in the way."""

    DOWN = "down"  # the service cannot be reached, breaks, or does not answer in time
    BUSY = "busy"  # it wants fewer requests
    WRONG = "wrong"  # the request, the settings or the answer: waiting changes nothing


class Hint(enum.Enum):
    """What may help besides waiting."""

    NONE = "none"
    STREAM = "stream"  # something on the way gave up waiting for a whole answer
    NO_TOOLS = "no-tools"  # it is about the tools of the request


@dataclass(frozen=True, slots=True)
class Failed:
    """One try that gave no answer. `sentence` continues "<service> …"; `wait`: the pause that the service asked for;
    `silent`: it was waited for to the end.
    """

    sentence: str
    trouble: Trouble
    retry: Retry
    wait: float | None = None
    hint: Hint = Hint.NONE
    status: int | None = None
    silent: bool = False


REDIRECTED = frozenset({301, 302, 303, 307, 308})
# What each status means, and what may help.
_MEANINGS = {
    400: ("the request was not understood", "check the model's name"),
    401: ("the key was not accepted", "set a valid key"),
    402: ("the account has no credit left", "add credit to the account"),
    403: ("the key may not do this", "check the key's permissions"),
    404: ("there is no such address or model", "check the base URL and the model's name"),
    405: ("this address takes no chat completions", "check the base URL"),
    408: ("the request took too long", ""),
    409: ("another request was in the way", ""),
    413: ("the file is too large for the service", "send less at once"),
    422: ("the request was not accepted", "check the model's name"),
    426: ("the service wants https", "check the base URL"),
    429: ("too many requests", ""),
}
# A 429 may mean "pay", not "wait": only words that say so count, since rate-limit texts also advertise upgrades.
_CREDIT = re.compile(
    r"(?i)insufficient[_ ](?:quota|credits?|balance|funds)|exceeded your current quota|credit balance"
    r"|(?:out of|no|not enough|purchase|buy|add)\s+(?:\w+\s+){0,2}credits?\b"
    r"|credits? (?:are |have been )?(?:exhausted|depleted|used up)"
)


_TOO_LONG = ("the request is longer than the model's context", "send less at once, or take a model with a longer one")
_TOO_MANY_TOKENS = (
    "the request alone has more tokens than the account may send in a minute",
    "send less at once, or take a model with a higher limit",
)
_NOT_OURS = ("what stands behind the service refused it; your key is not meant", "try another model")


def judge_status(
    status: int, headers: Mapping[str, str], body: bytes, now: float, secrets: Iterable[str], sent: int = 0
) -> Failed:
    """What an answer with a status other than 200 means. `headers` have lower-case names; `now` is the wall clock.

    `sent` are the characters of the texts that it answers.
    """
    if status in REDIRECTED:
        meaning, remedy = "a redirect, which is not followed: the key goes nowhere else", "check the base URL"
        return Failed(_sentence(f"answered HTTP {status}: {meaning}", "", remedy), Trouble.WRONG, Retry.FINAL)
    said = spoken(headers, body)
    # A 422 may repeat the request, and so somebody's code: it is quoted by the names of the fields alone.
    words = foreign(error_places(_json(body)) if status == 422 else said, secrets)
    known = _final(status, said, body)
    if known is None and status == 429 and _alone_too_much(headers, body, sent):
        known = _TOO_MANY_TOKENS
    if known is not None:
        meaning, remedy = known
        sentence = _sentence(f"answered HTTP {status}: {meaning}", words, remedy)
        return Failed(sentence, Trouble.WRONG, Retry.FINAL)
    unknown = "the service is in trouble" if status >= 500 else "that is no answer"
    meaning, remedy = _MEANINGS.get(status, (unknown, ""))
    # Some gateways make a 400 of whatever came from behind them.
    meant = (status_behind(said) or (409 if '"session_not_found"' in _text(body) else 400)) if status == 400 else status
    retry = Retry.AGAIN if meant in (408, 409, 429) or meant >= 500 else Retry.FINAL
    match headers.get("x-should-retry", "").strip().lower():
        case "true":
            retry = Retry.AGAIN
        case "false":
            retry = Retry.FINAL
    wait = asked_wait(headers, now) if retry is Retry.AGAIN else None
    remedy = "" if retry is Retry.AGAIN else remedy
    return Failed(
        _sentence(f"answered HTTP {status}: {meaning}", words, remedy),
        _trouble(meant),
        retry,
        wait,
        _hint(status, said),
    )


def _final(status: int, said: str, body: bytes) -> tuple[str, str] | None:
    """Meaning and remedy of an answer that looks as if it would pass, or as if it were about something else."""
    if status == 429 and _CREDIT.search(said):
        return _MEANINGS[402]
    if status in (400, 413, 422) and speaks_of_length(said):
        return _TOO_LONG
    if status in (401, 403, 404) and '"client_error"' in _text(body):
        return _NOT_OURS
    return None


def _alone_too_much(headers: Mapping[str, str], body: bytes, sent: int) -> bool:
    """Whether a request is refused for want of tokens that no minute has.

    Nothing of this minute's is used; or its texts, at the four characters a token that gateways count by, are more than
    the limit.
    """
    limit, left = (headers.get(f"x-ratelimit-{name}-tokens", "").strip() for name in ("limit", "remaining"))
    match _json(body):
        case {"error": {"type": "tokens"}} if re.fullmatch(r"\d{1,12}", limit, re.ASCII):
            return limit == left or sent // 4 > int(limit)
        case _:
            return False


def _hint(status: int, said: str) -> Hint:
    if speaks_of_tools(said) and status not in (401, 402, 403, 429):
        return Hint.NO_TOOLS
    return Hint.STREAM if status in (503, 504) else Hint.NONE


def judge_answer(error: AnswerError, secrets: Iterable[str]) -> Failed:
    """What a body that is no usable answer means, though its status was 200."""
    sentence = _sentence(error.problem, foreign(error.quoted, secrets), error.remedy)
    if error.status == 429 and _CREDIT.search(error.quoted):
        return Failed(sentence, Trouble.WRONG, Retry.FINAL)
    if error.status is not None:
        return Failed(sentence, _trouble(error.status), error.retry, hint=_hint(0, error.quoted))
    return Failed(sentence, Trouble.DOWN if error.retry is Retry.AGAIN else Trouble.WRONG, error.retry)


def _sentence(problem: str, quoted: str, remedy: str) -> str:
    return problem + (f" ({quoted})" if quoted else "") + (f"; {remedy}" if remedy else "")


def spoken(headers: Mapping[str, str], body: bytes) -> str:
    """The sentence in an error's body: JSON of any usual shape, an event, a page's title, plain text."""
    kind = media_type(headers)
    if kind == "text/event-stream":
        events = SseParser().feed(body + b"\n\n")
        return _json_text(next((item.line if isinstance(item, Stray) else item.data for item in events), b""))
    if kind.endswith("html") or body.lstrip()[:1] == b"<":
        title = re.search(rb"(?is)<title>(.{0,200}?)</title>", body)
        return f'a web page, "{title.group(1).decode("utf-8", "replace")}"' if title else "a web page"
    return _json_text(body)


def media_type(headers: Mapping[str, str]) -> str:
    """The content type without its parameters, "" if there is none."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def _json_text(body: bytes) -> str:
    value = _json(body)
    # JSON of no known shape, or cut off, is not quoted: it may echo the request, and so somebody's code.
    if value is None:
        return "" if body.lstrip()[:1] in (b"{", b"[", b'"') else body[:2000].decode("utf-8", "replace")
    return error_text(value)


def _json(body: bytes) -> object:
    """The body as JSON, None where it is none."""
    try:
        return read_json(body)
    except AnswerError:
        return None


def _text(body: bytes) -> str:
    return body[:2000].decode("utf-8", "replace")


def _trouble(status: int) -> Trouble:
    if status == 429:
        return Trouble.BUSY
    return Trouble.DOWN if status >= 500 or status == 408 else Trouble.WRONG
