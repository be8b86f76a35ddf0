"""Morph clients for tests: short limits, a clock that sleeps by being set forward."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field, replace

from bot.chat.endpoint import Endpoint, Key
from bot.chat.request import Delivery
from bot.chat_client import Limits
from bot.morph import MorphClient, MorphSettings
from bot.pacing import Timing

KEY = "sk-sentinel-7f3a9c5e1b2d"
LIMITS = Limits(total=20.0, idle=10.0, connect=5.0, body=1 << 20)

CODE = "def total(items):\n    return sum(items)\n\n\ndef count(items):\n    return len(items)\n"
UPDATE = "def total(items):\n    return sum(items) * 1.1\n\n# ... existing code ...\n"
MERGED = CODE.replace("sum(items)", "sum(items) * 1.1")
ORACLE = {(CODE, UPDATE): MERGED}


@dataclass(slots=True)
class Slept:
    """A clock whose sleeps take no time but count; real time passes in it too."""

    sleeps: list[float] = field(default_factory=list)
    dice: float = 0.0
    _ahead: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.sleeps.append(seconds)
            self._ahead += seconds

    @property
    def timing(self) -> Timing:
        return Timing(lambda: time.monotonic() + self._ahead, lambda: 1_795_302_106.0, self.sleep, lambda: self.dice)


def client(
    url: str, clock: Slept | None = None, delivery: Delivery = Delivery.WHOLE, limits: Limits = LIMITS, model: str = ""
) -> MorphClient:
    """A client of the server at `url`; with a `clock`, its waits take no time."""
    settings = MorphSettings(Endpoint.parse(url, "url"), Key.parse(KEY, "key"), delivery=delivery, limits=limits)
    settings = replace(settings, model=model) if model else settings
    return MorphClient(settings, timing=clock.timing if clock else None)
