"""Reading what a service sent: JSON of a known shape, or an AnswerError that says what is wrong with it."""

from __future__ import annotations

import enum
import json
import math
from typing import TYPE_CHECKING

from bot.errors import StetbotError

if TYPE_CHECKING:
    from collections.abc import Mapping


class Retry(enum.Enum):
    """Whether asking again may help."""

    AGAIN = "again"
    FINAL = "final"
    OTHERWISE = "otherwise"  # not in this form, but perhaps in another one


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


def read_json(data: bytes) -> object:
    """`data` as JSON: UTF-8, one document, only what can be read in one way (see `DECODER`)."""
    try:
        value: object = DECODER.decode(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise AnswerError("answered with text that is not UTF-8") from None
    except json.JSONDecodeError as error:
        # Where, not what: the body may be half of somebody's file.
        where = f"{error.msg}, character {error.pos} of {len(error.doc)}"
        raise AnswerError(f"answered with something that is not JSON ({where})") from None
    except _TwinError:
        raise AnswerError("answered with JSON that names a member twice") from None
    except (ValueError, RecursionError):
        raise AnswerError("answered with something that is not JSON (or nested too deep)") from None
    return value


class _TwinError(ValueError):
    """An object has two members of one name."""


def _no_constant(name: str) -> object:
    raise ValueError(name)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Two members of one name would leave it to the reader which of them counts."""
    made = dict(pairs)
    if len(made) < len(pairs):
        raise _TwinError
    return made


# No NaN, no number that is larger than all numbers, no member twice. Raises ValueError and RecursionError.
DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_float=_finite, parse_constant=_no_constant)


def whole_characters(text: str) -> str:
    """`text`, the halves of its surrogate pairs joined: a server may cut between them, each half escaped in JSON.

    Raises AnswerError where a half is left alone.
    """
    try:
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        raise AnswerError("answered with half a surrogate pair in its text") from None


def as_count(value: object) -> int | None:
    """`value` if it is a number of things; None for what is none, and for more than a service could have counted."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 53 else None


def as_object(value: object, name: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise AnswerError(f"answered in a shape that is not documented: {name} is no object")
    return value
