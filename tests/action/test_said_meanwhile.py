"""What is said after the command, or while its run goes on, waits for the next one: its thread stays open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.github.scene import suggestion
from support.github.story import review

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.action import ActionRun
    from support.github.scene import Scene
    from support.github.server import Seen
    from support.github.world import Thread


def _during_the_push(scene: Scene, happens: Callable[[], object]) -> None:
    """Let something happen once, when git comes to push."""
    done: list[object] = []

    def once(seen: Seen) -> None:
        if seen.path.endswith("/git-receive-pack") and not done:
            done.append(happens())

    scene.github.before_git.append(once)


def _reply(scene: Scene, thread: Thread, login: str, body: str) -> None:
    scene.world.reply(thread, scene.world.account(login), body)


AGAIN = suggestion("value_10 = 12", "value_more = 1")


def test_a_suggestion_that_came_after_the_command_is_not_resolved_over(scene: Scene, action: ActionRun) -> None:
    scene.base.permissions["alan"] = "write"
    thread = scene.suggest(10, "value_10 = 12")
    command = scene.world.say(scene.pull, "grace", "/stetbot apply")
    _reply(scene, thread, "alan", AGAIN)
    assert action.on_comment(command).outputs["applied"] == "1"
    assert thread.resolved_by is None
    action.comment("/stetbot apply")
    # Its line is another one by now: that is said, and not passed over.
    assert "result=outdated" in thread.comments[-1].body


def test_a_comment_that_is_edited_during_the_run_is_not_resolved_over(scene: Scene, action: ActionRun) -> None:
    thread = scene.suggest(10, "value_10 = 12")
    _during_the_push(scene, lambda: scene.world.edit(thread.comments[0], AGAIN))
    assert action.comment("/stetbot apply").outputs["applied"] == "1"
    assert thread.resolved_by is None
    action.comment("/stetbot apply")
    assert "result=outdated" in thread.comments[-1].body


def test_a_reply_during_a_run_by_hand_is_not_resolved_over(scene: Scene) -> None:
    thread = scene.suggest(10, "value_10 = 12")
    _during_the_push(scene, lambda: _reply(scene, thread, "grace", AGAIN))
    assert review(scene).landed.commit == scene.head
    assert thread.resolved_by is None
    review(scene)
    assert "result=outdated" in thread.comments[-1].body


@pytest.mark.parametrize("login", ["eve", "stetbot"])
def test_who_is_not_heard_keeps_no_thread_open(scene: Scene, action: ActionRun, login: str) -> None:
    thread = scene.suggest(10, "value_10 = 12")
    _during_the_push(scene, lambda: _reply(scene, thread, login, AGAIN))
    action.comment("/stetbot apply")
    assert thread.resolved_by is not None


def test_a_command_keeps_no_thread_open(scene: Scene, action: ActionRun) -> None:
    thread = scene.suggest(10, "value_10 = 12")
    _during_the_push(scene, lambda: _reply(scene, thread, "grace", "/stetbot apply"))
    action.comment("/stetbot apply")
    assert thread.resolved_by is not None


def test_a_thread_with_a_request_that_waits_for_a_planner_is_not_resolved(scene: Scene, action: ActionRun) -> None:
    scene.base.permissions["alan"] = "write"
    thread = scene.world.thread(scene.pull, "grace", "a.py", 10, "Check this for negative numbers.")
    _reply(scene, thread, "alan", suggestion("value_10 = 12"))
    told = action.comment("/stetbot apply")
    assert (told.outputs["applied"], told.outputs["refused"]) == ("1", "1")
    assert thread.resolved_by is None
    assert not any("no-planner" in comment.body for comment in thread.comments)


@pytest.mark.parametrize("state", ["MERGED", "CLOSED"])
def test_a_pull_request_that_is_closed_during_the_run_is_not_pushed_to(
    scene: Scene, action: ActionRun, state: str
) -> None:
    scene.suggest(10, "value_10 = 12")

    def close(seen: Seen) -> None:
        if seen.operation == "git-receive-pack":
            scene.pull.state = state

    scene.github.before_git.append(close)
    assert action.comment("/stetbot apply").outputs["status"] == "refused"
    assert scene.head == scene.first
    assert "pr-closed" in scene.pull.comments[-1].body


def test_a_run_goes_on_upon_what_another_run_has_pushed(scene: Scene, action: ActionRun) -> None:
    scene.suggest(10, "value_10 = 12")
    scene.work.write("c.py", "one\n")
    scene.work.commit("Apply 1 change")
    _during_the_push(scene, lambda: scene.push(by="stetbot"))
    told = action.comment("/stetbot apply")
    assert told.outputs["status"] == "done", told.log
    assert "value_10 = 12" in scene.at_head()
    assert scene.at_head("c.py") == "one\n"


def test_what_is_said_while_the_answers_are_given_is_not_resolved_over(scene: Scene, action: ActionRun) -> None:
    scene.suggest(10, "value_10 = 12")
    last = scene.suggest(30, "value_30 = 32")
    replies: list[Seen] = []

    def more(seen: Seen) -> None:
        if seen.operation == "Reply" and not replies:
            replies.append(seen)
            _reply(scene, last, "grace", suggestion("value_30 = 33"))

    scene.github.obstacles.append(more)
    action.comment("/stetbot apply")
    assert replies
    assert last.resolved_by is None


def test_what_a_run_beside_this_one_has_just_answered_is_not_answered_again(scene: Scene, action: ActionRun) -> None:
    thread = scene.suggest(10, "value_10 = 12")
    action.comment("/stetbot apply")
    answer = thread.comments.pop()
    thread.resolved_by = None

    def answers(seen: Seen) -> None:
        if seen.operation == "ThreadComments" and answer not in thread.comments:
            thread.comments.append(answer)

    scene.github.obstacles.append(answers)
    action.reply(thread, "/stetbot apply")
    assert thread.comments[-1] is answer
