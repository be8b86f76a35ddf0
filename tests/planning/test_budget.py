"""What a run may spend: asked before each call, counted after it, and nothing half done."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest
from support.morph_client import Slept
from support.morph_server import dump, error, http, in_turn
from support.planner import IN_WORDS, MODEL, PROMPT, always, calling, planner, saying, served, tool_call
from support.planners import USAGE, Scripted, edit, run, words

from bot.chat.prices import Price
from bot.errors import Code, Refusal, ServiceError
from bot.outcomes import Applied, Refused, Usage
from bot.pacing import Pace
from bot.parallel import ordered_map
from bot.pipeline.budget import Budget, Meter, MeteredPlanner
from bot.pipeline.writers import PlannerWriter
from bot.planning import PlanPrompt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.morph_server import Answers, MorphRequest, MorphServer, Reply

BASE = "a = 1\nb = 2\nc = 3\n"
FILES = {f"{number}.py": BASE for number in range(6)}


@dataclass
class Clock:
    now: float = 100.0

    def __call__(self) -> float:
        return self.now


SNIPPET = "a = 1\nb = 20\nc = 3\n"


def spend(budget: Budget, *, usage: Usage = USAGE) -> list[str]:
    """The outcomes of six requests on six files."""
    planner = Scripted([edit(f"{number}.py", SNIPPET) for number in range(6)], usage=usage)
    writer = PlannerWriter(MeteredPlanner(planner, Meter(budget, Clock())))
    asked = [words(f"{number}.py", f"Make b twenty, {number}.") for number in range(6)]
    outcomes = run(writer, asked, FILES).outcomes
    said = [outcome.code.value if isinstance(outcome, Refused) else "applied" for outcome in outcomes]
    assert len(planner.prompts) == said.count("applied")
    return said


def test_without_a_budget_all_is_done() -> None:
    assert spend(Budget()) == ["applied"] * 6


@pytest.mark.parametrize(
    ("budget", "done"),
    [
        (Budget(requests=3), 3),
        (Budget(tokens=4400), 4),  # four answers of 1100: the prompt of the fifth would not fit
        (Budget(dollars=0.02), 2),
        (Budget(requests=5, dollars=0.03), 3),
    ],
    ids=["requests", "tokens", "money", "the nearer of two"],
)
def test_past_a_budget_the_rest_is_refused_as_budget(budget: Budget, done: int) -> None:
    assert spend(budget) == ["applied"] * done + ["budget"] * (6 - done)


def test_a_budget_of_tokens_that_no_prompt_fits_sends_nothing() -> None:
    assert spend(Budget(tokens=10)) == ["budget"] * 6


def test_a_budget_of_money_stops_where_nobody_says_what_it_costs() -> None:
    assert spend(Budget(dollars=1.0), usage=Usage(1000, 100, 1)) == ["applied"] + ["budget"] * 5


def test_tries_of_one_call_count_as_requests() -> None:
    assert spend(Budget(requests=4), usage=Usage(1000, 100, 3, 0.01)) == ["applied"] * 2 + ["budget"] * 4


def test_a_run_that_has_taken_its_time_asks_nobody_more() -> None:
    clock = Clock()
    meter = Meter(Budget(seconds=30), clock)
    planner = MeteredPlanner(Scripted([edit("0.py", SNIPPET)] * 2), meter)
    done = run(PlannerWriter(planner), [words("0.py", "Make b twenty.")], FILES)
    assert isinstance(done.outcomes[0], Applied)
    clock.now += 30
    late = run(PlannerWriter(planner), [words("0.py", "Make b twenty.")], FILES)
    (outcome,) = late.outcomes
    assert isinstance(outcome, Refused)
    assert outcome.code is Code.BUDGET
    assert "30 seconds" in outcome.reason


def test_a_request_over_two_files_is_done_whole_or_not_at_all() -> None:
    planner = Scripted([edit("0.py", SNIPPET), edit("1.py", SNIPPET)])
    writer = PlannerWriter(MeteredPlanner(planner, Meter(Budget(requests=1), Clock())))
    one, other = words("0.py", "Make b twenty."), words("1.py", "Here too.")
    both = type(one)(one.key, one.digest, 1, (*one.parts, *other.parts), one.place)
    done = run(writer, [both], FILES)
    (outcome,) = done.outcomes
    assert isinstance(outcome, Refused)
    assert outcome.code is Code.BUDGET
    assert done.files == ()


# --- with the client, whose tries are what is sent ---

BROKEN = calling(tool_call(arguments="{"))
DOWN = error(500, "boom")
PRICES = {MODEL: Price(1.0, 10.0)}
COST = (25 * 1.0 + 32 * 10.0) / 1e6  # of one answer of the server


@contextmanager
def metered(budget: Budget, answers: Answers, **changes: Any) -> Iterator[tuple[MeteredPlanner, Meter, MorphServer]]:
    clock = Slept()
    with served(answers) as server, planner(server.url, clock, **{"prices": PRICES, **changes}) as client:
        meter = Meter(budget, clock.timing.monotonic)
        yield MeteredPlanner(client, meter), meter, server


def over(planner: MeteredPlanner) -> bool:
    """Whether the planner is not asked for want of a budget; a service that fails is none."""
    try:
        planner.plan(PROMPT)
    except ServiceError:
        return False
    except Refusal as refusal:
        return refusal.code is Code.BUDGET
    return False


@pytest.mark.parametrize("reply", [DOWN, BROKEN], ids=["down", "of no use"])
def test_no_try_goes_past_a_budget_of_requests(reply: Reply) -> None:
    with metered(Budget(requests=5), always(lambda: reply)) as (planner, meter, server):
        assert [over(planner) for _ in range(4)] == [False, True, True, True]
        assert len(server.requests) == meter.usage.requests == 5


def test_each_way_to_ask_counts() -> None:
    def reply(request: MorphRequest) -> Reply:
        return error(400, "tools are not supported") if "tools" in request.json else saying(IN_WORDS)

    with metered(Budget(requests=1), reply) as (planner, _, server):
        assert over(planner)
        assert len(server.requests) == 1


def test_answers_that_are_of_no_use_are_paid_for() -> None:
    with metered(Budget(dollars=3 * COST), always(lambda: BROKEN)) as (planner, meter, server):
        assert [over(planner) for _ in range(3)] == [False, True, True]
        assert len(server.requests) == 3
    assert meter.usage == Usage(75, 96, 3, meter.usage.dollars)
    assert meter.usage.dollars == pytest.approx(3 * COST)


def test_answers_that_are_of_no_use_have_tokens() -> None:
    with metered(Budget(tokens=200), always(lambda: BROKEN)) as (planner, _, server):
        assert [over(planner) for _ in range(3)] == [False, False, True]
        assert len(server.requests) == 6


def test_a_failure_costs_no_money_and_leaves_the_price_known() -> None:
    turns = in_turn(*[always(lambda: DOWN)] * 3, always(lambda: calling(tool_call())))
    with metered(Budget(dollars=2 * COST), turns) as (planner, meter, server):
        assert [over(planner) for _ in range(4)] == [False, False, False, True]
        assert len(server.requests) == 5
    assert meter.usage == Usage(50, 64, 5, meter.usage.dollars)
    assert meter.usage.dollars == pytest.approx(2 * COST)


def test_failures_of_a_service_without_prices_do_not_end_a_budget_of_money_its_first_answer_does() -> None:
    turns = in_turn(*[always(lambda: DOWN)] * 3, always(lambda: calling(tool_call())))
    with metered(Budget(dollars=1.0), turns, prices={}) as (planner, meter, server):
        assert [over(planner) for _ in range(3)] == [False, False, True]
        assert len(server.requests) == 4
    assert meter.usage.dollars is None


def test_what_an_answer_cost_that_nobody_counted_is_not_known() -> None:
    uncounted = {"choices": [{"message": {"tool_calls": [tool_call(arguments="{")]}, "finish_reason": "stop"}]}
    turns = in_turn(always(lambda: http(200, dump(uncounted))), always(lambda: calling(tool_call())))
    with metered(Budget(dollars=1.0), turns) as (planner, meter, _):
        assert [over(planner) for _ in range(2)] == [False, True]
    assert meter.usage == Usage(25, 32, 2)


@pytest.mark.parametrize("budget", [Budget(dollars=COST), Budget(tokens=57)], ids=["money", "tokens"])
def test_workers_do_not_spend_together_what_is_there_once(budget: Budget) -> None:
    pace = Pace(1000, 8)
    with metered(budget, always(lambda: calling(tool_call())), pace=pace) as (planner, _, server):
        assert sorted(ordered_map(lambda _: over(planner), range(8), 8)) == [False, *[True] * 7]
        assert len(server.requests) == 1


def test_workers_go_side_by_side_where_there_is_enough_for_all() -> None:
    together = Barrier(2)

    def reply(request: MorphRequest) -> Reply:
        if request.json["messages"][1]["content"] == "both":
            together.wait(20)
        return calling(tool_call())

    with metered(Budget(dollars=1.0), reply, pace=Pace(1000, 8)) as (planner, _, _):
        assert not over(planner)
        both = PlanPrompt("rules", "both")
        assert [len(planned.calls) for planned in ordered_map(lambda _: planner.plan(both), range(2), 2)] == [1, 1]


def test_who_has_waited_for_a_turn_past_the_time_is_not_sent() -> None:
    answers = always(lambda: calling(tool_call()))
    with metered(Budget(seconds=30), answers, pace=Pace(1, 1)) as (planner, _, server):
        assert [over(planner) for _ in range(2)] == [False, True]
        assert len(server.requests) == 1


def test_what_was_never_sent_is_not_counted() -> None:
    with metered(Budget(requests=1, tokens=57), always(lambda: calling(tool_call()))) as (planner, _, server):
        with pytest.raises(Refusal, match="not-utf8"):
            planner.plan(PlanPrompt("rules", "\ud800"))
        assert not over(planner)
        assert len(server.requests) == 1


def test_the_sum_is_what_was_used() -> None:
    meter = Meter(Budget(), Clock())
    planner = MeteredPlanner(Scripted([edit("0.py", SNIPPET)] * 3), meter)
    for _ in range(3):
        planner.plan(PROMPT)
    assert (meter.usage.prompt_tokens, meter.usage.completion_tokens, meter.usage.requests) == (3000, 300, 3)
    assert meter.usage.dollars == pytest.approx(0.03)
