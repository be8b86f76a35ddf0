"""Time as a service sees it: clocks, the pauses that it asks for, and how many requests it is sent, by all workers."""

from __future__ import annotations

import threading
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# A second more than the minute that services count in: requests do not travel equally fast.
MINUTE = 61.0


@dataclass(frozen=True, slots=True)
class Timing:
    """The clock that only goes forward, the calendar's (seconds since 1970), sleep, and dice from 0 to 1."""

    monotonic: Callable[[], float]
    wall: Callable[[], float]
    sleep: Callable[[float], None]
    dice: Callable[[], float]

    @classmethod
    def real(cls) -> Timing:
        import random
        import time

        return cls(time.monotonic, time.time, time.sleep, random.random)


@dataclass(slots=True)
class Gate:
    """One instant, shared by all workers, before which nobody sends."""

    timing: Timing
    _opens: float = float("-inf")
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def shut_until(self, instant: float) -> None:
        with self._lock:
            self._opens = max(self._opens, instant)

    def wait_left(self) -> float:
        with self._lock:
            return self._opens - self.timing.monotonic()


@dataclass(slots=True)
class Fuse:
    """Blows where so many errands in a row met silence: what hangs for one hangs for all, and each would wait it out.

    After a minute the next errand finds out whether the service is back.
    """

    timing: Timing
    most: int = 2
    _in_a_row: int = 0
    _blown_until: float = float("-inf")
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def blown(self) -> bool:
        with self._lock:
            return self.timing.monotonic() < self._blown_until

    def answered(self) -> None:
        """The service has said something, whatever it was."""
        with self._lock:
            self._in_a_row = 0
            self._blown_until = float("-inf")

    def silent(self) -> None:
        """An errand has come to nothing, after all its tries. While it is blown that is no news."""
        with self._lock:
            now = self.timing.monotonic()
            if now >= self._blown_until:
                self._in_a_row += 1
                self._blown_until = now + MINUTE if self._in_a_row >= self.most else self._blown_until


@dataclass(frozen=True, slots=True)
class Pace:
    """How many requests may begin within a minute, and how many may be under way at once."""

    per_minute: int
    at_once: int


class Pacer:
    """Lets workers send one after the other, so that no minute has more requests than `pace` allows; None: no limit."""

    def __init__(self, pace: Pace | None, timing: Timing) -> None:
        self._timing = timing
        self._places = threading.BoundedSemaphore(pace.at_once) if pace else None
        # When the last so many requests began.
        self._begun: deque[float] | None = deque(maxlen=pace.per_minute) if pace else None
        self._lock = threading.Lock()

    @contextmanager
    def turn(self) -> Iterator[float]:
        """Wait for a turn and hold it; gives the seconds that were waited."""
        if self._places is None:
            yield 0.0
            return
        since = self._timing.monotonic()
        with self._places:
            wait = self._reserve()
            if wait > 0:
                self._timing.sleep(wait)
            yield self._timing.monotonic() - since

    def _reserve(self) -> float:
        """Put down when the next request begins, and say how long that is from now."""
        begun = self._begun
        if begun is None:
            return 0.0
        with self._lock:
            now = self._timing.monotonic()
            full = len(begun) == begun.maxlen
            begins = max(now, begun[0] + MINUTE) if full else now
            begun.append(begins)
            return begins - now
