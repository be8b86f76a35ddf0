"""What was applied, and was taken back since by force or by a revert, is applied again for who opens its thread."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from support.planner_server import Answer, Call, PlannerRequest, PlannerServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.action import ActionRun
    from support.github.scene import Scene
    from support.github.world import Thread

CART = "def net(items):\n    return sum(items)\n\n\ndef gross(items):\n    return net(items) * 1.2\n"
SNIPPET = "def net(items):\n    return sum(items or ())\n\n\n# ... existing code ...\n"


@pytest.fixture
def planner() -> Iterator[PlannerServer]:
    def helpful(request: PlannerRequest) -> Answer:
        return Answer((Call(request.path, SNIPPET, "I am letting the sum take no items."),))

    with PlannerServer(helpful) as server:
        yield server


def _planned(scene: Scene, action: ActionRun, planner: PlannerServer, **inputs: str) -> Thread:
    """A thread in plain words that was applied."""
    scene.work.write("cart.py", CART)
    scene.work.commit("The cart")
    scene.push()
    thread = scene.world.thread(scene.pull, "grace", "cart.py", 2, "This misses the `None` case.")
    assert action.comment("/stetbot apply", **planner.environment, **inputs).outputs["applied"] == "1"
    assert len(planner.requests) == 1
    return thread


def _revert(scene: Scene) -> None:
    scene.work.git("pull", "-q", str(scene.source.git.path), "topic")
    scene.work.git("revert", "--no-edit", "HEAD")
    scene.push()


def _next_second() -> None:
    now = int(time.time())
    while int(time.time()) == now:
        time.sleep(0.02)


def test_what_is_applied_again_is_answered_with_the_new_commit(scene: Scene, action: ActionRun) -> None:
    thread = scene.suggest(10, "value_10 = 12")
    first = action.comment("/stetbot apply").outputs["commit"]
    scene.push(force=True)
    thread.resolved_by = None
    _next_second()  # made of the same in the same second, it would be the same commit
    second = action.comment("/stetbot apply").outputs["commit"]
    assert second not in ("", first)
    assert f"Applied in {second}" in thread.comments[-1].body
    assert thread.resolved_by is not None


@pytest.mark.parametrize("how", ["force", "revert"])
def test_a_planned_change_that_is_gone_is_planned_again(
    scene: Scene, action: ActionRun, planner: PlannerServer, how: str
) -> None:
    thread = _planned(scene, action, planner)
    if how == "revert":
        _revert(scene)
    else:
        scene.work.write("d.py", "one\n")
        scene.work.commit("More")
        scene.push(force=True)
    assert "items or ()" not in scene.at_head("cart.py")
    thread.resolved_by = None
    told = action.reply(thread, "/stetbot apply", **planner.environment)
    assert told.outputs["applied"] == "1", told.log
    assert len(planner.requests) == 2
    assert "items or ()" in scene.at_head("cart.py")
    assert f"Applied in {scene.head}" in thread.comments[-1].body
    assert thread.resolved_by is not None


def test_a_planned_change_that_stands_is_not_planned_again(
    scene: Scene, action: ActionRun, planner: PlannerServer
) -> None:
    thread = _planned(scene, action, planner)
    thread.resolved_by = None
    head = scene.head
    action.reply(thread, "/stetbot apply", **planner.environment)
    assert len(planner.requests) == 1
    assert scene.head == head


def test_a_thread_that_was_left_open_is_not_open_again(scene: Scene, action: ActionRun, planner: PlannerServer) -> None:
    _planned(scene, action, planner, resolve_threads="false")
    scene.work.git("pull", "-q", str(scene.source.git.path), "topic")
    scene.work.write("cart.py", scene.at_head("cart.py") + "\n\nTAX = 1.2\n")
    scene.work.commit("Name the tax")
    scene.push()
    action.comment("/stetbot apply", resolve_threads="false", **planner.environment)
    assert len(planner.requests) == 1


def test_lines_that_came_back_otherwise_are_not_said_to_be_gone(scene: Scene, action: ActionRun) -> None:
    thread = scene.suggest(10)
    action.comment("/stetbot apply")
    scene.work.write("a.py", scene.at_head().replace("value_9 = 9\n", "value_9 = 9\nvalue_10 = 4711\n"))
    scene.work.commit("Once more")
    scene.push(force=True)
    thread.resolved_by = None
    told = action.reply(thread, "/stetbot apply")
    assert told.outputs["refused"] == "1"
    assert "result=outdated" in thread.comments[-1].body
    assert thread.resolved_by is None
