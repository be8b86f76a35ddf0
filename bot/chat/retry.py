"""How long to wait before asking again: arithmetic only, the clock and the dice are arguments."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_NUMBER = re.compile(r"[+-]?\d+(?:\.\d*)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """`tries` in all; waits of `first_wait`, doubled each time up to `longest_wait`, less up to a quarter by chance.

    A service that asks for a pause gets it, up to `patience` seconds; longer ones are reported instead of waited for.
    `stream_after_silence`: what may have taken too long to come whole is asked for again as a stream.
    """

    tries: int = 4
    first_wait: float = 0.5
    longest_wait: float = 8.0
    jitter: float = 0.25
    patience: float = 60.0
    stream_after_silence: bool = False

    def back_off(self, failures: int, dice: float) -> float:
        """Seconds to wait after that many failures (from 1), where `dice` is a random number from 0 to 1."""
        # The exponent is bounded: 2**10000 is no float.
        return min(self.first_wait * 2.0 ** min(failures - 1, 64), self.longest_wait) * (1 - self.jitter * dice)


def asked_wait(headers: Mapping[str, str], now: float) -> float | None:
    """The pause that an answer asks for, in seconds, or None: no header, a negative one, one that cannot be read.

    `retry-after-ms`, then `retry-after` as seconds or as an HTTP date (RFC 9110, 10.2.3). A date is measured against
    the answer's own `date`, so that a wrong clock here does not matter, else against `now` (seconds since 1970).
    """
    milliseconds = _number(headers.get("retry-after-ms", ""))
    if milliseconds is not None:
        return _ahead(milliseconds / 1000)
    value = headers.get("retry-after", "").strip()
    seconds = _number(value)
    if seconds is not None:
        return _ahead(seconds)
    until = _instant(value)
    if until is None:
        return None
    sent = _instant(headers.get("date", ""))
    return _ahead(until - (now if sent is None else sent))


def duration(seconds: float) -> str:
    """Seconds as people say them, also absurd ones."""
    if seconds < 120:
        return f"{seconds:.3g} s"
    if seconds < 7200:
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds / 3600:.0f} hours" if seconds < 172_800 else "more than two days"


def _ahead(seconds: float) -> float | None:
    return seconds if seconds > 0 else None


def _number(text: str) -> float | None:
    # float() alone would also take "nan", "1_0" and digits of other scripts.
    return float(text) if _NUMBER.fullmatch(text := text.strip()) else None


def _instant(text: str) -> float | None:
    try:
        date = parsedate_to_datetime(text)
        # HTTP dates are in UTC (RFC 9110, 5.6.7); a zone of "-0000" comes out as no zone at all.
        return (date if date.tzinfo is not None else date.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
