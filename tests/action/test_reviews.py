"""What a submitted review starts: what it asks for itself, and nothing that others have asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.github.scene import suggestion

if TYPE_CHECKING:
    from support.action import ActionRun
    from support.github.scene import Scene
    from support.github.world import Thread


def _reply(scene: Scene, thread: Thread, login: str, body: str) -> None:
    scene.world.reply(thread, scene.world.account(login), body)


def test_an_objection_in_a_thread_does_not_land_what_it_objects_to(scene: Scene, action: ActionRun) -> None:
    thread = scene.suggest(10, "value_10 = 12")
    _reply(scene, thread, "ada", "No, please not.")
    told = action.review(by="ada")
    assert told.outputs["status"] == "skipped"
    assert scene.head == scene.first
    assert thread.resolved_by is None
    assert scene.github.writes() == []


def test_what_was_reverted_is_not_landed_again_by_the_objection(scene: Scene, action: ActionRun) -> None:
    thread = scene.suggest(10, "value_10 = 12")
    action.comment("/stetbot apply")
    scene.work.git("pull", "-q", str(scene.source.git.path), "topic")
    scene.work.git("revert", "--no-edit", "HEAD")
    reverted = scene.push()
    thread.resolved_by = None
    _reply(scene, thread, "ada", "I reverted this, please do not apply it again.")
    assert action.review(by="ada").outputs["status"] == "skipped"
    assert scene.head == reverted
    assert thread.resolved_by is None


@pytest.mark.parametrize("mode", ["apply", "propose"])
def test_a_review_is_about_its_own_comments(scene: Scene, action: ActionRun, mode: str) -> None:
    thread = scene.suggest(10, "value_10 = 12")
    _reply(scene, thread, "ada", suggestion("value_10 = 13"))
    told = action.review(by="ada", mode=mode)
    assert told.outputs["applied"] == "1"
    if mode == "apply":
        assert "value_10 = 13" in scene.at_head()
        # What grace asks for there is not done yet.
        assert thread.resolved_by is None


def test_a_draft_that_is_submitted_after_a_command_waits_for_the_next(scene: Scene, action: ActionRun) -> None:
    scene.base.permissions["alan"] = "write"
    thread = scene.world.thread(scene.pull, "alan", "a.py", 10, suggestion("value_10 = 666"), pending=True)
    command = scene.world.say(scene.pull, "grace", "/stetbot apply")
    scene.world.submit(thread.comments[0])
    assert action.on_comment(command).outputs["applied"] == "0"
    assert scene.head == scene.first
    assert action.comment("/stetbot apply").outputs["applied"] == "1"


def test_a_review_is_about_its_drafts(scene: Scene, action: ActionRun) -> None:
    scene.world.thread(scene.pull, "grace", "a.py", 10, suggestion("value_10 = 12"), pending=True)
    assert action.review().outputs["applied"] == "1"


def test_a_second_review_does_not_repeat_the_first(scene: Scene, action: ActionRun) -> None:
    first = scene.suggest(10, "value_10 = 12")
    assert action.review().outputs["applied"] == "1"
    first.resolved_by = None
    scene.suggest(30, "value_30 = 32")
    told = action.review()
    assert told.outputs["applied"] == "1"
    assert "value_30 = 32" in scene.at_head()
    assert first.resolved_by is None
