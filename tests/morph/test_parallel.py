from __future__ import annotations

import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.parallel import ordered_map, within


@given(st.lists(st.integers()), st.integers(1, 40))
@settings(max_examples=40)
def test_it_is_map(items: list[int], jobs: int) -> None:
    assert list(ordered_map(str, items, jobs)) == list(map(str, items))


def test_results_keep_their_order_when_the_first_takes_longest() -> None:
    last_done = threading.Event()

    def work(number: int) -> int:
        if number == 0:
            assert last_done.wait(60)
        if number == 9:
            last_done.set()
        return number

    assert list(ordered_map(work, range(10), 2)) == list(range(10))


def test_so_many_run_at_once_and_no_more() -> None:
    lock, running, most = threading.Lock(), 0, 0
    together = threading.Barrier(4)

    def work(_: int) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        together.wait(60)
        with lock:
            running -= 1
        together.wait(60)

    list(ordered_map(work, range(12), 4))
    assert most == 4


@pytest.mark.parametrize("jobs", [1, 3])
def test_an_exception_comes_at_its_place_and_what_has_not_begun_never_does(jobs: int) -> None:
    begun: list[int] = []

    def work(number: int) -> int:
        begun.append(number)
        if number == 5:
            raise KeyError(number)
        if number > 5:
            time.sleep(0.01)
        return number

    results = ordered_map(work, range(1000), jobs)
    assert [next(results) for _ in range(5)] == [0, 1, 2, 3, 4]
    with pytest.raises(KeyError, match="5"):
        next(results)
    seen = len(begun)
    assert seen < 1000
    time.sleep(0.1)
    assert len(begun) <= seen + jobs


def test_a_caller_that_stops_asking_stops_the_work() -> None:
    begun: list[int] = []

    def work(number: int) -> int:
        begun.append(number)
        time.sleep(0.01)
        return number

    for result in ordered_map(work, range(1000), 2):
        if result == 3:
            break
    seen = len(begun)
    time.sleep(0.1)
    assert len(begun) <= seen + 2


def test_what_ends_a_worker_reaches_the_caller() -> None:
    def work(number: int) -> int:
        raise SystemExit(number)

    with pytest.raises(SystemExit):
        list(ordered_map(work, [7, 8], 2))


def test_no_jobs_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        ordered_map(str, [1], 0)


def test_a_call_in_time_gives_what_it_gives_and_raises_what_it_raises() -> None:
    assert within(60, lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        within(60, lambda: 1 // 0)


def test_a_call_that_takes_too_long_is_left_behind() -> None:
    release = threading.Event()
    with pytest.raises(TimeoutError):
        within(0.05, release.wait)
    release.set()
