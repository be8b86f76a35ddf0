"""What a run may spend: asked before each call, counted after it, and nothing half done."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from support.planners import USAGE, Scripted, edit, run, words

from bot.errors import Code, Refusal, ServiceError
from bot.model import Applied, Refused, Usage
from bot.pipeline.budget import Budget, Meter, MeteredPlanner
from bot.pipeline.writers import PlannerWriter
from bot.planning import PlanPrompt

BASE = "a = 1\nb = 2\nc = 3\n"
_PROMPT = PlanPrompt("rules", "request")
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


def test_a_call_that_fails_counts_by_what_it_sent() -> None:
    meter = Meter(Budget(requests=1), Clock())
    planner = MeteredPlanner(Scripted([ServiceError("The planner is down", down=True)]), meter)
    with pytest.raises(ServiceError):
        planner.plan(_PROMPT)
    with pytest.raises(Refusal, match="budget"):
        planner.plan(_PROMPT)


def test_the_sum_is_what_was_used() -> None:
    meter = Meter(Budget(), Clock())
    planner = MeteredPlanner(Scripted([edit("0.py", SNIPPET)] * 3), meter)
    for _ in range(3):
        planner.plan(_PROMPT)
    assert (meter.usage.prompt_tokens, meter.usage.completion_tokens, meter.usage.requests) == (3000, 300, 3)
    assert meter.usage.dollars == pytest.approx(0.03)
