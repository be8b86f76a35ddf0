"""GitHub's limits: when an answer means "later", and how long to wait then. Arithmetic only.

https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api: wait `retry-after` seconds; else until
`x-ratelimit-reset` where nothing remains; else a minute, and longer each time. Rapid replies are also answered with 422
and the code `abuse`; GraphQL says RATE_LIMITED in an answer of status 200.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.chat.retry import asked_wait

if TYPE_CHECKING:
    from collections.abc import Mapping

_SECONDARY = re.compile(
    r"secondary rate limit|abuse detection|submitted too quickly|rate limit exceeded", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds. `apart` stands between two writes; a limit is waited for `patience` seconds in all, then reported."""

    apart: float = 1.0
    first_wait: float = 60.0
    patience: float = 900.0
    tries: int = 6


def limited(status: int, headers: Mapping[str, str], message: str, codes: frozenset[str]) -> bool:
    """Whether an answer says that too much was asked; `codes` are those of its errors."""
    if codes & {"RATE_LIMITED", "RATE_LIMIT", "abuse"}:
        return True
    if status == 429:
        return True
    if status in (403, 422) and _SECONDARY.search(message):
        return True
    return status == 403 and (headers.get("x-ratelimit-remaining") == "0" or "retry-after" in headers)


def wait_for(headers: Mapping[str, str], failures: int, now: float, pace: Pace) -> float:
    """How long to wait after that many limited answers (from 1); `now` is in seconds since 1970."""
    asked = asked_wait(headers, now)
    if asked is not None:
        return asked
    reset = headers.get("x-ratelimit-reset", "")
    if headers.get("x-ratelimit-remaining") == "0" and reset.isascii() and reset.isdecimal() and len(reset) < 12:
        # A second more, since the two clocks may differ a little.
        return max(int(reset) - now, 0.0) + 1.0
    return pace.first_wait * 2.0 ** min(failures - 1, 8)
