"""Threads: a map over items that keeps their order, and a call that is given up after a time.

All threads here are daemons, and the caller waits in a way that an interrupt ends at once: with a hundred workers that
hang in a stalled service, Ctrl-C ends the process, not the service's time-outs. (`concurrent.futures` joins its threads
at exit.)
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

T = TypeVar("T")
R = TypeVar("R")

# On Windows a waiting lock does not see Ctrl-C: the main thread looks up this often (seconds).
_LOOK_UP = 0.2


def ordered_map(function: Callable[[T], R], items: Iterable[T], jobs: int) -> Iterator[R]:
    """The results of `function` in the order of `items`, with up to `jobs` running at once; 1 is the plain `map`.

    An exception is raised at its item's position, after the results before it. Then, and when the caller stops asking,
    items that have not begun never do, and those that run are left alone.
    """
    if jobs < 1:
        raise ValueError(f"jobs must be at least 1, not {jobs}")
    everything = tuple(items)
    if jobs == 1 or len(everything) < 2:
        return map(function, everything)
    return _Crew(function, everything).results(min(jobs, len(everything)))


def within(seconds: float, function: Callable[[], R]) -> R:
    """What `function` gives or raises, if that takes no longer than `seconds`, else TimeoutError.

    It runs in a thread of its own, which is left behind on time-out: the one way to bound name look-ups and servers
    that send a byte now and then.
    """
    crew = _Crew(lambda call: call(), (function,))
    return next(crew.results(1, seconds))


class _Crew(Generic[T, R]):
    """Workers that take items by their number and put down what came of each."""

    def __init__(self, function: Callable[[T], R], items: Sequence[T]) -> None:
        self._function = function
        self._items = items
        self._changed = threading.Condition()
        self._next = 0
        self._returned: dict[int, R] = {}
        self._raised: dict[int, BaseException] = {}

    def results(self, workers: int, seconds: float | None = None) -> Iterator[R]:
        threads = [threading.Thread(target=self._work, daemon=True) for _ in range(workers)]
        for thread in threads:
            thread.start()
        try:
            for number in range(len(self._items)):
                yield self._result(number, seconds)
        finally:
            with self._changed:
                self._next = len(self._items)
        for thread in threads:
            thread.join()

    def _work(self) -> None:
        while True:
            with self._changed:
                number, self._next = self._next, self._next + 1
            if number >= len(self._items):
                return
            try:
                result = self._function(self._items[number])
            except BaseException as error:  # noqa: BLE001 - carried to the caller, whatever it is
                with self._changed:
                    self._raised[number] = error
                    self._changed.notify_all()
            else:
                with self._changed:
                    self._returned[number] = result
                    self._changed.notify_all()

    def _result(self, number: int, seconds: float | None) -> R:
        deadline = None if seconds is None else time.monotonic() + seconds
        slices = _LOOK_UP if threading.current_thread() is threading.main_thread() else None
        with self._changed:
            while number not in self._returned and number not in self._raised:
                left = None if deadline is None else deadline - time.monotonic()
                if left is not None and left <= 0:
                    raise TimeoutError
                self._changed.wait(min((wait for wait in (left, slices) if wait is not None), default=None))
            if number in self._raised:
                raise self._raised.pop(number)
            return self._returned.pop(number)
