"""Where GitHub takes no answer, that answer is missing: everything else that was asked for is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.github.scene import NEW, last_of, said_of
from support.github.server import said

from bot.errors import Exit

if TYPE_CHECKING:
    from support.action import ActionRun
    from support.github.scene import Scene
    from support.github.server import Reply, Seen
    from support.github.world import Thread

CHANGED = NEW.replace("value_10 = 11", "value_10 = 12")
REFUSED = {"type": "FORBIDDEN", "message": "Unable to create comment because issue is locked."}


class Locked:
    """Takes no reply in one thread."""

    def __init__(self, thread: Thread) -> None:
        self.thread = thread

    def __call__(self, seen: Seen) -> Reply | None:
        if seen.operation != "Reply" or seen.body["variables"]["thread"] != self.thread.node:
            return None
        return said(200, {"data": None, "errors": [REFUSED]})


def test_in_a_locked_conversation_all_that_was_asked_for_is_done_and_what_was_not_said_is_told(
    scene: Scene, action: ActionRun
) -> None:
    thread = scene.suggest(10, "value_10 = 12")
    scene.world.say(scene.pull, "grace", "/stetbot help")
    comment = scene.world.say(scene.pull, "grace", "/stetbot apply")
    scene.pull.locked = True
    told = action.on_comment(comment)
    assert scene.at_head() == CHANGED, told.log
    assert (told.code, told.outputs["commit"]) == (Exit.NOT_APPLIED, scene.head)
    errors = [line for line in told.commands if line.startswith("::error ")]
    assert len(errors) == 2
    assert all("issue is locked" in line for line in errors)
    assert "issue is locked" in told.summary
    scene.pull.locked = False
    again = action.on_comment(comment)
    assert again.code is Exit.DONE, again.log
    assert last_of(thread).author is scene.world.account("stetbot")
    assert any("The commands:" in text for text in said_of(scene.pull))
    assert scene.source.git.git("rev-list", "--count", f"{scene.first}..topic") == "1"


def test_a_command_whose_answer_is_not_taken_stops_none_of_the_others(scene: Scene, action: ActionRun) -> None:
    one, two = scene.suggest(10, "value_10 = 12"), scene.suggest(30, "value_30 = 32")
    scene.world.reply(one, scene.world.account("ada"), "/stetbot help")
    scene.world.reply(two, scene.world.account("ada"), "/stetbot help")
    scene.github.obstacles.append(Locked(one))
    told = action.comment("/stetbot help")
    assert told.code is Exit.NOT_APPLIED
    assert last_of(one).author is scene.world.account("ada")
    assert "The commands:" in last_of(two).body
    assert "The commands:" in said_of(scene.pull)[-1]


def test_a_dropped_command_whose_answer_is_not_taken_does_not_keep_a_proposal_from_landing(
    scene: Scene, action: ActionRun
) -> None:
    one, two = scene.suggest(10, "value_10 = 12"), scene.suggest(30, "value_30 = 32")
    scene.world.reply(one, scene.world.account("ada"), "/stetbot apply")
    wanted = two.comments[0].id
    address = f"{scene.github.url}/octo/shop/pull/{scene.pull.number}#discussion_r{wanted}"
    comment = scene.world.say(scene.pull, "grace", f"/stetbot apply {address}")
    proposal = action.on_comment(comment, mode="propose").outputs["proposal"]
    scene.github.obstacles.append(Locked(one))
    told = action.on_comment(comment, mode="land", proposal=proposal)
    assert told.outputs["applied"] == "1", told.log
    assert scene.at_head() == NEW.replace("value_30 = 31", "value_30 = 32")
    assert told.code is Exit.NOT_APPLIED


def test_a_reply_that_is_not_taken_is_told_in_the_summary(scene: Scene, action: ActionRun) -> None:
    one, two = scene.suggest(10, "value_10 = 12"), scene.suggest(30, "value_30 = 32")
    scene.github.obstacles.append(Locked(one))
    told = action.comment("/stetbot apply")
    assert told.outputs["applied"] == "2", told.log
    assert "Applied in" in last_of(two).body
    assert len(one.comments) == 1
    assert f"r{one.comments[0].id} could not be answered" in scene.pull.comments[-1].body.replace("&#95;", "_")
