"""What models a service has: asked for once in a run, by whoever comes first."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from bot.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.chat.model_list import ListedModel
    from bot.pacing import Timing

# For so many seconds a service that could not be asked for its models counts as down.
_STAYS_DOWN = 60.0


class Catalogue:
    """The list of models, asked for once; workers that come meanwhile wait for it."""

    def __init__(self, ask: Callable[[], tuple[ListedModel, ...]], timing: Timing) -> None:
        self._ask = ask
        self._timing = timing
        self._lock = threading.Lock()
        self._known: tuple[ListedModel, ...] | None = None
        self._asked = False
        self._down: ServiceError | None = None
        self._down_until = float("-inf")

    def models(self) -> tuple[ListedModel, ...] | None:
        """None: the service does not list its models; it then says itself what it does not have.

        Raises ServiceError where it is down.
        """
        with self._lock:
            if self._down is not None and self._timing.monotonic() < self._down_until:
                raise ServiceError(self._down.problem, self._down.code, down=True)
            if not self._asked:
                try:
                    self._known = self._ask()
                except ServiceError as error:
                    if error.down:
                        self._down, self._down_until = error, self._timing.monotonic() + _STAYS_DOWN
                        raise
                self._asked = True
            return self._known
