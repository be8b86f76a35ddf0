"""A run that is cut off at any write is finished by the next one; nothing is asked for, done or said twice."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from support.action import ActionRun
from support.github.scene import NEW, Scene, last_of, said_of
from support.planner_server import Answer, Call, PlannerRequest, PlannerServer

from bot.errors import Exit
from bot.review.state import SummaryState, summary_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.action import Told
    from support.github.server import FakeGitHub, Reply, Seen
    from support.github.world import Thread

CHANGED = NEW.replace("value_10 = 11", "value_10 = 12")
SNIPPET = "def net(items):\n    items = list(items)\n    return sum(items)\n\n\n# ... existing code ...\n"
BOTH = CHANGED.replace("value_30 = 31", "value_30 = 32")


class Cut:
    """Breaks the connection at the write with this number (from 1) and at all after it.

    `carried_out`: GitHub has done what that first one asks for, and we do not hear of it.
    """

    def __init__(self, scene: Scene, number: int, *, carried_out: bool = False) -> None:
        self.left = number
        self.scene = scene
        self.carried_out = carried_out

    def __call__(self, seen: Seen) -> Reply | None:
        self.left -= seen.writes
        if self.left > 0 or not seen.writes:
            return None
        if self.left == 0 and self.carried_out:
            github = self.scene.github
            mine, github.obstacles[:] = github.obstacles[:], []
            github.answer(seen.method, seen.path, seen.headers, json.dumps(seen.body).encode())
            github.obstacles[:] = mine
        raise ConnectionError


def said_by_us(scene: Scene) -> list[str]:
    return [
        comment.body
        for comment in (*scene.pull.comments, *(each for thread in scene.pull.threads for each in thread.comments))
        if comment.author is scene.world.account("stetbot")
    ]


# Two marks, two replies, two resolutions, one summary. The push is git's and is not counted.
@pytest.mark.parametrize("carried_out", [False, True], ids=["before it is carried out", "after"])
@pytest.mark.parametrize("number", range(1, 8))
def test_a_run_that_was_cut_off_at_a_write_is_finished_by_the_next(
    scene: Scene, action: ActionRun, number: int, *, carried_out: bool
) -> None:
    threads = scene.suggest(10, "value_10 = 12"), scene.suggest(30, "value_30 = 32")
    comment = scene.world.say(scene.pull, "grace", "/stetbot apply")
    scene.github.obstacles.append(Cut(scene, number, carried_out=carried_out))
    first = action.on_comment(comment)
    scene.github.obstacles.clear()
    assert first.code is not Exit.BUG, first.log
    second = action.on_comment(comment)
    assert second.code is Exit.DONE, second.log
    assert scene.at_head() == BOTH
    assert scene.source.git.git("rev-list", "--count", f"{scene.first}..topic") == "1"
    for thread in threads:
        assert [each.author is scene.world.account("stetbot") for each in thread.comments] == [False, True]
        assert thread.resolved_by is not None
    assert len([text for text in said_by_us(scene) if text.startswith("### stetbot")]) == 1
    before = scene.github.writes()
    assert action.on_comment(comment).outputs["status"] == "skipped"
    assert scene.github.writes() == before


def test_a_step_that_could_not_say_all_is_red_and_says_what_to_do(scene: Scene, action: ActionRun) -> None:
    scene.suggest(10, "value_10 = 12")
    scene.github.obstacles.append(Cut(scene, 2))  # the first mark, then the reply
    told = action.comment("/stetbot apply")
    assert told.code is Exit.NOT_APPLIED
    assert told.outputs["commit"] == scene.head, "what has landed is told all the same"
    (error,) = [line for line in told.commands if line.startswith("::error ")]
    assert "not all was answered" in error
    assert "nothing is done twice" in error


def test_a_thread_that_somebody_opened_again_is_left_open(scene: Scene, action: ActionRun) -> None:
    thread = scene.suggest(10, "value_10 = 12")
    action.comment("/stetbot apply")
    thread.resolved_by = None
    action.comment("/stetbot apply")
    assert thread.resolved_by is None
    assert len(thread.comments) == 2


def test_a_thread_that_was_answered_and_not_resolved_is_resolved_by_the_next_run(
    scene: Scene, action: ActionRun
) -> None:
    thread = scene.suggest(10, "value_10 = 12")
    scene.github.obstacles.append(lambda seen: _broken() if seen.operation == "Resolve" else None)
    action.comment("/stetbot apply")
    assert (len(thread.comments), thread.resolved_by) == (2, None)
    scene.github.obstacles.clear()
    action.comment("/stetbot apply")
    assert len(thread.comments) == 2
    assert thread.resolved_by is not None


def _broken() -> Reply | None:
    raise ConnectionError


@pytest.fixture
def planner() -> Iterator[PlannerServer]:
    def helpful(request: PlannerRequest) -> Answer:
        return Answer((Call(request.path, SNIPPET, "I am making a list of the items."),))

    with PlannerServer(helpful) as server:
        yield server
        assert server.faults == []


def _cart(scene: Scene) -> Thread:
    scene.work.write(
        "cart.py", "def net(items):\n    return sum(items)\n\n\ndef gross(items):\n    return net(items)\n"
    )
    scene.work.commit("The cart")
    scene.push()
    return scene.world.thread(scene.pull, "grace", "cart.py", 2, "Make a list of them first.")


def test_what_a_planner_wrote_and_was_pushed_is_not_asked_for_again(
    scene: Scene, action: ActionRun, planner: PlannerServer
) -> None:
    thread = _cart(scene)
    head = scene.head
    comment = scene.world.say(scene.pull, "grace", "/stetbot apply")
    scene.github.obstacles.append(lambda seen: _broken() if seen.operation == "Reply" else None)
    action.on_comment(comment, **planner.environment)
    pushed, asked = scene.head, len(planner.requests)
    assert pushed != head
    assert asked > 0
    scene.github.obstacles.clear()
    told = action.on_comment(comment, **planner.environment)
    assert told.code is Exit.DONE, told.log
    assert scene.head == pushed
    assert len(planner.requests) == asked
    assert pushed[:12] in last_of(thread).body
    assert thread.resolved_by is not None


def test_a_trailer_that_somebody_else_pushed_silences_nobody(
    scene: Scene, action: ActionRun, planner: PlannerServer
) -> None:
    thread = _cart(scene)
    comment = scene.world.say(scene.pull, "grace", "/stetbot apply")
    scene.github.obstacles.append(lambda seen: _broken() if seen.operation == "Reply" else None)
    action.on_comment(comment, **planner.environment)
    message = scene.source.git.git("log", "-1", "--format=%B", "topic")
    assert "Stetbot-Request: " in message
    scene.github.obstacles.clear()
    # The author takes the commit back, and forges one that says the same and does nothing.
    scene.work.write("b.py", "forged\n")
    scene.work.commit(message)
    scene.push(by="ada", force=True)
    asked = len(planner.requests)
    told = action.on_comment(comment, **planner.environment)
    assert told.outputs["applied"] == "1", told.log
    assert len(planner.requests) > asked
    assert "Applied in" in last_of(thread).body


class Beside:
    """Answers as a planner, and lets another run of the same command come and go while the first one waits for it."""

    def __init__(self, action: ActionRun, snippet: str) -> None:
        self.action = action
        self.snippet = snippet
        self.told: list[Told] = []
        self.busy = False

    def __call__(self, request: PlannerRequest) -> Answer:
        snippet = self.snippet
        if not self.busy:
            self.busy = True
            (comment,) = self.action.scene.pull.comments
            self.told.append(self.action.on_comment(comment, **self.environment))
            snippet = snippet.replace("list(", "tuple(")
        return Answer((Call(request.path, snippet, "I am doing what is asked."),))

    environment: dict[str, str]


@pytest.mark.parametrize("lands", [True, False], ids=["both would push", "both would refuse"])
def test_a_run_beside_another_one_repeats_nothing(scene: Scene, action: ActionRun, *, lands: bool) -> None:
    """Two runs at a time are not meant to be: a group of the workflow keeps them apart, and a command line does not."""
    thread = _cart(scene)
    beside = Beside(action, SNIPPET if lands else "elsewhere = 1\n")
    comment = scene.world.say(scene.pull, "grace", "/stetbot apply")
    with PlannerServer(beside) as server:
        beside.environment = server.environment
        told = action.on_comment(comment, **server.environment)
        server.faults.clear()
    assert len(beside.told) == 1
    assert told.code is Exit.DONE, told.log
    assert scene.source.git.git("rev-list", "--count", f"{scene.first}..topic") == ("2" if lands else "1")
    assert len(thread.comments) == 2
    assert [text.split("\n")[0][:11] for text in said_of(scene.pull)[1:]] == ["### stetbot"]
    assert {content for _, content in comment.reactions} == {"EYES", "ROCKET" if lands else "CONFUSED"}


def test_a_command_whose_thread_is_deleted_meanwhile_keeps_no_other_from_being_answered(
    scene: Scene, action: ActionRun
) -> None:
    thread = scene.suggest(10, "value_10 = 12")
    scene.world.reply(thread, scene.world.account("grace"), "/stetbot help")
    comment = scene.world.say(scene.pull, "grace", "/stetbot help")
    scene.github.obstacles.append(lambda seen: scene.pull.threads.clear() if seen.operation == "React" else None)
    told = action.on_comment(comment)
    assert told.code is Exit.DONE, told.log
    assert "The commands:" in said_of(scene.pull)[-1]


def test_suggestions_that_were_posted_before_a_run_was_cut_off_are_spoken_of_and_not_posted_again(
    github: FakeGitHub, tmp_path: Path
) -> None:
    scene = Scene(github, tmp_path, fork=True)
    action = ActionRun(scene, tmp_path / "runner")
    thread = scene.suggest(10, "value_10 = 12")
    comment = scene.world.say(scene.pull, "grace", "/stetbot apply")
    scene.github.obstacles.append(lambda seen: _broken() if seen.operation == "Reply" else None)
    action.on_comment(comment)
    assert len(scene.pull.reviews) == 1
    scene.github.obstacles.clear()
    assert action.on_comment(comment).code is Exit.DONE
    assert len(scene.pull.reviews) == 1
    assert "suggested in my review" in last_of(thread).body


def test_a_summary_that_is_deleted_while_it_is_rewritten_is_written_anew(scene: Scene, action: ActionRun) -> None:
    scene.suggest(10, "value_10 = 12")
    action.comment("/stetbot apply")
    scene.suggest(30, "value_30 = 32")

    def delete(seen: Seen) -> Reply | None:
        if seen.method == "PATCH":
            scene.pull.comments[:] = [each for each in scene.pull.comments if "stetbot-summary" not in each.body]
        return None

    scene.github.obstacles.append(delete)
    told = action.comment("/stetbot apply")
    assert told.code is Exit.DONE, told.log
    assert said_of(scene.pull)[-1].startswith("### stetbot: 1 applied")


def test_what_two_runs_at_a_time_have_noted_is_known_together(scene: Scene, action: ActionRun) -> None:
    first, second = (scene.world.say(scene.pull, "grace", "/stetbot apply") for _ in range(2))
    bot = scene.world.account("stetbot", "Bot")
    for answered in (first, second):
        said = scene.world.say(scene.pull, bot.login, f"### stetbot\n\n{SummaryState((answered.id,)).marker()}")
        assert said.author is bot
    assert action.on_comment(second).outputs["status"] == "skipped"
    third = scene.world.say(scene.pull, "grace", "/stetbot apply")
    action.on_comment(third)
    state = summary_in(scene.pull.comments[3].body)
    assert state is not None
    assert state.commands == (first.id, second.id, third.id)
