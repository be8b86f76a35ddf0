"""Which commands a run answers: what was taken back, what was dropped, in two jobs too."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from support.github.scene import NEW, last_of, said_of
from support.moody import Moody, address_of, in_words
from support.planner_server import PlannerServer

from bot.errors import Exit

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.action import ActionRun, Told
    from support.github.scene import Scene
    from support.github.server import Reply, Seen
    from support.github.world import Comment

CHANGED = NEW.replace("value_10 = 11", "value_10 = 12")
BOTH = CHANGED.replace("value_30 = 31", "value_30 = 32")


# --- what was taken back, or is no command any more ---


@pytest.mark.parametrize("what", ["command", "comment"])
def test_what_somebody_has_hidden_is_not_obeyed(scene: Scene, action: ActionRun, what: str) -> None:
    thread = scene.suggest(10, "value_10 = 12")
    comment = scene.world.say(scene.pull, "grace", "/stetbot apply")
    (comment if what == "command" else thread.comments[0]).hidden = True
    told = action.on_comment(comment)
    assert told.code is Exit.DONE
    assert scene.head == scene.first
    assert len(thread.comments) == 1


@pytest.mark.parametrize("how", ["deleted", "hidden", "edited"])
def test_a_command_that_is_taken_back_while_another_one_is_carried_out_is_not(
    scene: Scene, action: ActionRun, how: str
) -> None:
    thread = scene.suggest(10, "value_10 = 12")
    scene.world.say(scene.pull, "grace", "/stetbot help")
    comment = scene.world.say(scene.pull, "grace", "/stetbot apply")

    def take_back(seen: Seen) -> Reply | None:
        if seen.method == "POST" and "issues" in seen.path:  # the list of commands is being written
            match how:
                case "deleted":
                    scene.pull.comments[:] = [each for each in scene.pull.comments if each is not comment]
                case "hidden":
                    comment.hidden = True
                case _:
                    scene.world.edit(comment, "Never mind.")
        return None

    scene.github.obstacles.append(take_back)
    assert action.on_comment(comment).code is Exit.DONE
    assert scene.head == scene.first
    assert len(thread.comments) == 1


# --- commands that the concurrency group dropped, in two jobs ---


def two_jobs(scene: Scene, action: ActionRun, comment: Comment, meanwhile: Callable[[], None] = lambda: None) -> Told:
    """The run of a comment's workflow; `meanwhile` happens between its jobs."""
    reader = scene.world.token("stetbot", "metadata", kind="Bot")
    told = action.on_comment(comment, mode="propose", GITHUB_TOKEN=reader)
    assert told.code is Exit.DONE, told.log
    meanwhile()
    proposal = {"proposal": told.outputs["proposal"]} if told.outputs["proposal"] else {}
    return action.on_comment(comment, mode="land", **proposal)


def test_in_two_jobs_apply_answers_the_applies_before_it(scene: Scene, action: ActionRun) -> None:
    one, two = scene.suggest(10, "value_10 = 12"), scene.suggest(30, "value_30 = 32")
    scene.world.reply(one, scene.world.account("ada"), "/stetbot apply")
    scene.world.say(scene.pull, "ada", f"/stetbot apply {address_of(scene, two)}")
    scene.world.say(scene.pull, "ada", "/stetbot apply")
    told = two_jobs(scene, action, scene.world.say(scene.pull, "grace", "/stetbot apply"))
    assert told.outputs["applied"] == "2", told.log
    assert scene.at_head() == BOTH
    before = scene.github.writes()
    assert action.comment("Thanks!").outputs["status"] == "skipped"
    assert scene.github.writes() == before, "all of them are answered"


def test_in_two_jobs_a_command_that_was_dropped_is_answered_even_if_it_cannot_be_done(
    scene: Scene, action: ActionRun
) -> None:
    one, two = scene.suggest(10, "value_10 = 12"), scene.suggest(30, "value_30 = 32")
    scene.world.reply(one, scene.world.account("ada"), "/stetbot apply")
    told = two_jobs(scene, action, scene.world.say(scene.pull, "grace", f"/stetbot apply {address_of(scene, two)}"))
    assert told.outputs["applied"] == "1", told.log
    assert scene.at_head() == NEW.replace("value_30 = 31", "value_30 = 32")
    assert "(`cancelled`)" in last_of(one).body
    assert action.comment("Thanks!").outputs["status"] == "skipped"


def test_in_two_jobs_a_command_that_comes_between_them_waits_for_its_own_run(scene: Scene, action: ActionRun) -> None:
    one = scene.suggest(10, "value_10 = 12")
    late: list[Comment] = []

    def meanwhile() -> None:
        scene.suggest(30, "value_30 = 32")
        late.append(scene.world.say(scene.pull, "ada", "/stetbot apply"))

    told = two_jobs(scene, action, scene.world.say(scene.pull, "grace", "/stetbot apply"), meanwhile)
    assert (told.outputs["applied"], told.outputs["refused"]) == ("1", "0"), told.log
    assert one.resolved_by is not None
    assert two_jobs(scene, action, late[0]).outputs["applied"] == "1"
    assert scene.at_head() == BOTH


@pytest.mark.parametrize("how", ["edited", "hidden"])
def test_in_two_jobs_a_command_that_is_taken_back_between_them_leaves_a_later_one_to_its_own_run(
    scene: Scene, action: ActionRun, how: str
) -> None:
    one, two = scene.suggest(10, "value_10 = 12"), scene.suggest(30, "value_30 = 32")
    first = scene.world.say(scene.pull, "grace", f"/stetbot apply {address_of(scene, one)}")
    later: list[Comment] = []

    def meanwhile() -> None:
        if how == "edited":
            scene.world.edit(first, "Never mind.")
        first.hidden = how == "hidden"
        later.append(scene.world.say(scene.pull, "ada", f"/stetbot apply {address_of(scene, two)}"))

    before = scene.github.writes()
    told = two_jobs(scene, action, first, meanwhile)
    assert told.outputs["status"] == "skipped", told.log
    assert (scene.head, scene.github.writes()) == (scene.first, before)
    assert two_jobs(scene, action, later[0]).outputs["applied"] == "1"
    assert scene.at_head() == NEW.replace("value_30 = 31", "value_30 = 32")


def test_the_job_with_the_models_key_is_limited_before_it_asks_one(scene: Scene, action: ActionRun) -> None:
    scene.world.now = datetime.fromtimestamp(scene.clock.now, UTC)
    action.comment("/stetbot apply", max_runs_per_hour="1")
    in_words(scene)
    comment = scene.world.say(scene.pull, "grace", "/stetbot apply")
    with PlannerServer(Moody()) as server:
        told = action.on_comment(comment, mode="propose", max_runs_per_hour="1", **server.environment)
        assert told.outputs["status"] == "refused"
        assert server.requests == []


def test_a_run_that_was_refused_as_a_whole_counts_as_one(scene: Scene, action: ActionRun) -> None:
    scene.world.now = datetime.fromtimestamp(scene.clock.now, UTC)
    scene.suggest(10, "value_10 = 12")
    line = f"/stetbot apply @{'1' * 40}"
    assert "head-moved" in (action.comment(line, max_runs_per_hour="1"), said_of(scene.pull)[-1])[1]
    action.comment(line, max_runs_per_hour="1")
    assert "rate-limited" in said_of(scene.pull)[-1]
    scene.clock.now += 3601
    scene.world.now = datetime.fromtimestamp(scene.clock.now, UTC)
    assert action.comment("/stetbot apply", max_runs_per_hour="1").outputs["applied"] == "1"


def test_in_two_jobs_that_were_started_by_hand_a_comment_between_them_is_no_part_of_the_proposal(
    scene: Scene, action: ActionRun
) -> None:
    scene.suggest(10, "value_10 = 12")
    number = str(scene.pull.number)
    told = action.dispatch(mode="propose", pull_request=number)
    late = scene.suggest(30, "value_30 = 32")
    told = action.dispatch(mode="land", pull_request=number, proposal=told.outputs["proposal"])
    assert (told.outputs["applied"], told.outputs["refused"]) == ("1", "1"), told.log
    assert scene.at_head() == CHANGED
    assert "`verification-failed`" in last_of(late).body
    assert action.dispatch(pull_request=number).outputs["applied"] == "1"
    assert scene.at_head() == BOTH
