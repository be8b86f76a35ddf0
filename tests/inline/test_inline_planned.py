"""A comment that asks goes with the planner's edit, or stays: the resolver, with a planner that is an argument."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from support.trees import MemoryTree

from bot.errors import Code, ServiceError
from bot.outcomes import Applied, Outcome, Refused
from bot.pipeline.engines import Local
from bot.pipeline.propose import Proposed, propose
from bot.pipeline.resolve import Resolver
from bot.pipeline.writers import PlannerWriter
from bot.planning import EditCall, Planned, PlanPrompt
from bot.requests import read_inline
from bot.text import Document

SHOP = """\
def net(items):
    return sum(items)


# Tax is added here, and
# it is 10 %: make it 20 % stetbot!
def gross(items):
    return net(items) * 1.1


def cheapest(items):
    lowest = min(items)  # the dearest stetbot!
    return lowest
"""
GROSS = "def gross(items):\n    return net(items) * 1.2\n"
CHEAPEST = "def cheapest(items):\n    lowest = max(items)\n    return lowest\n"
DONE = """\
def net(items):
    return sum(items)


def gross(items):
    return net(items) * 1.2


def cheapest(items):
    lowest = max(items)
    return lowest
"""


@dataclass
class FakePlanner:
    """Answers a request by the words in it; a service that is down where nothing is said for them."""

    answers: dict[str, tuple[EditCall, ...]]
    prompts: list[PlanPrompt] = field(default_factory=list)

    def plan(self, prompt: PlanPrompt) -> Planned:
        self.prompts.append(prompt)
        for words, calls in self.answers.items():
            if words in prompt.user.partition("The request")[2]:
                return Planned(calls, "" if calls else "I see nothing to do.")
        raise ServiceError("the planner is down")


def edit(code: str, path: str = "shop.py") -> tuple[EditCall, ...]:
    return (EditCall(path, "I do what was asked.", code),)


def run(planner: FakePlanner, text: str = SHOP) -> Proposed:
    tree = MemoryTree({"shop.py": text, "other.py": "x = 1\n"})
    requests = read_inline("shop.py", Document.from_text(text))
    return propose(requests, tree, Resolver(Local(), lambda _: False, PlannerWriter(planner)), map)


def result(proposed: Proposed) -> str:
    (file,) = proposed.files
    assert file.new is not None
    return file.new.document.text


def refusal(outcome: Outcome) -> Code:
    assert isinstance(outcome, Refused)
    return outcome.code


def test_two_comments_of_a_file_go_with_their_edits() -> None:
    planner = FakePlanner({"make it 20": edit(GROSS), "the dearest": edit(CHEAPEST)})
    proposed = run(planner)
    assert all(isinstance(outcome, Applied) for outcome in proposed.outcomes)
    assert result(proposed) == DONE


def test_a_planner_sees_the_file_without_the_comment_that_it_answers() -> None:
    planner = FakePlanner({"make it 20": edit(GROSS), "the dearest": edit(CHEAPEST)})
    run(planner)
    first = planner.prompts[0].user
    assert first.count("make it 20 %") == 1
    assert "make it 20 % stetbot!" not in first
    assert "the dearest stetbot!" in first


def test_one_comment_goes_and_the_other_stays_with_what_it_asks_undone() -> None:
    planner = FakePlanner({"the dearest": edit(CHEAPEST)})
    proposed = run(planner)
    assert refusal(proposed.outcomes[0]) is Code.SERVICE_ERROR
    assert result(proposed) == SHOP.replace("min(items)  # the dearest stetbot!", "max(items)")


@pytest.mark.parametrize(
    ("calls", "code"),
    [
        ((), Code.NO_CHANGE),
        (edit("x = 2\n", "other.py"), Code.WRONG_FILE),
        (edit("def gross(items):\n    return net(items) * 1.1\n"), Code.NO_CHANGE),
        (edit("# Make it more stetbot!\n" + GROSS), Code.VERIFICATION_FAILED),
        (edit("def nothing_of_the_kind():\n    ...\n"), None),
        (edit("def net(items):\n    return 0\n"), Code.AMBIGUOUS),
    ],
    ids=["declines", "another file", "nothing new", "asks again", "no place", "far from the comment"],
)
def test_a_comment_stays_where_its_edit_does_not_land(calls: tuple[EditCall, ...], code: Code | None) -> None:
    text = SHOP.replace("  # the dearest stetbot!", "")
    proposed = run(FakePlanner({"make it 20": calls}), text)
    assert proposed.files == ()
    (outcome,) = proposed.outcomes
    found = refusal(outcome)
    assert code is None or found is code, outcome


def test_without_a_planner_it_is_refused_as_any_request_in_words() -> None:
    requests = read_inline("shop.py", Document.from_text(SHOP))
    proposed = propose(requests, MemoryTree({"shop.py": SHOP}), Resolver(Local(), lambda _: False), map)
    assert [refusal(outcome) for outcome in proposed.outcomes] == [Code.NO_PLANNER] * 2
    assert proposed.files == ()


def test_a_second_run_finds_nothing_to_ask() -> None:
    planner = FakePlanner({"make it 20": edit(GROSS), "the dearest": edit(CHEAPEST)})
    text = result(run(planner))
    assert read_inline("shop.py", Document.from_text(text)) == ()


def test_an_answer_may_not_take_the_comment_of_another_request() -> None:
    text = "# double it stetbot!\ndef f():\n    total = 1  # triple it stetbot!\n    return total\n"
    two = "def f():\n    total = 2\n    return total\n"
    three = "# double it stetbot!\ndef f():\n    total = 3\n    return total\n"
    proposed = run(FakePlanner({"double it": edit(two), "triple it": edit(three)}), text)
    assert refusal(proposed.outcomes[0]) is Code.VERIFICATION_FAILED
    assert result(proposed) == three


def test_comments_that_want_different_things_of_one_line_both_stay() -> None:
    text = "def f():\n    # double it stetbot!\n    total = 1\n    # triple it stetbot!\n    return total\n"
    two = "def f():\n    total = 2\n    # triple it stetbot!\n    return total\n"
    three = "def f():\n    # double it stetbot!\n    total = 3\n    return total\n"
    proposed = run(FakePlanner({"double it": edit(two), "triple it": edit(three)}), text)
    assert [refusal(outcome) for outcome in proposed.outcomes] == [Code.OVERLAPPING] * 2
    assert proposed.files == ()


def test_a_comment_in_code_is_no_markdown_and_hides_nothing() -> None:
    """Who reads the code sees the tags; only characters that nobody sees go, and the frames of prompts."""
    text = "// <input disabled> in place of <!-- the -->\u200b <b class='x'>, </file> stetbot!\nlet x = 1;\n"
    planner = FakePlanner({})
    tree = MemoryTree({"a.js": text})
    requests = read_inline("a.js", Document.from_text(text))
    propose(requests, tree, Resolver(Local(), lambda _: False, PlannerWriter(planner)), map)
    (prompt,) = planner.prompts
    assert "<input disabled> in place of <!-- the --> <b class='x'>, &lt;/file>" in prompt.user
