"""`/stetbot retry`: what a service or a limit kept back is tried again, and nothing that nobody asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.github.scene import NEW, last_of, said_of
from support.moody import Moody, address_of, in_words
from support.planner_server import PlannerServer

from bot.errors import Exit

if TYPE_CHECKING:
    from support.action import ActionRun
    from support.github.scene import Scene
    from support.github.world import Comment, Thread

CHANGED = NEW.replace("value_10 = 11", "value_10 = 12")


def test_retry_tries_what_a_service_kept_back_and_nothing_that_nobody_asked_for(
    scene: Scene, action: ActionRun
) -> None:
    wanted, other = in_words(scene), scene.suggest(30, "value_30 = 32")
    moody = Moody()
    with PlannerServer(moody) as server:
        told = action.reply(wanted, "/stetbot apply", **server.environment)
        assert told.outputs["refused"] == "1"
        assert "`service-error`" in last_of(wanted).body
        head, moody.works = scene.head, True
        told = action.comment("/stetbot retry", **server.environment)
        server.faults.clear()
    assert told.outputs["applied"] == "1", told.log
    assert scene.source.git.git("rev-parse", "topic^") == head
    assert "Applied in" in last_of(wanted).body
    assert len(other.comments) == 1, "nobody asked for that one to be applied"


def test_retry_with_nothing_to_try_again_says_so_and_does_nothing(scene: Scene, action: ActionRun) -> None:
    scene.suggest(10, "value_10 = 12")
    head = scene.head
    told = action.comment("/stetbot retry")
    assert told.code is Exit.DONE
    assert scene.head == head
    assert "Nothing waits to be tried again" in said_of(scene.pull)[-1]
    assert action.comment("Thanks!").outputs["status"] == "skipped", "retry is answered once"


def test_retry_gives_a_whole_command_again_that_a_limit_kept_back(scene: Scene, action: ActionRun) -> None:
    action.comment("/stetbot apply", max_runs_per_hour="1")
    one, two = scene.suggest(10, "value_10 = 12"), scene.suggest(30, "value_30 = 32")
    assert (
        action.comment(f"/stetbot apply {address_of(scene, two)}", max_runs_per_hour="1").outputs["status"] == "refused"
    )
    scene.clock.now += 3601
    told = action.comment("/stetbot retry", max_runs_per_hour="1")
    assert told.outputs["applied"] == "1", told.log
    assert scene.at_head() == NEW.replace("value_30 = 31", "value_30 = 32")
    assert len(one.comments) == 1
    scene.clock.now += 3601
    assert action.comment("/stetbot apply").outputs["applied"] == "1"
    head = scene.head
    action.comment("/stetbot retry")
    assert "Nothing waits to be tried again" in said_of(scene.pull)[-1], "it is done; later commands were"
    assert scene.head == head


def test_retry_in_a_thread_means_that_thread(scene: Scene, action: ActionRun) -> None:
    one, two = scene.suggest(10, "value_10 = 12"), scene.suggest(30, "value_30 = 32")
    assert action.reply(one, "/stetbot retry").outputs["applied"] == "1"
    assert scene.at_head() == CHANGED
    assert len(two.comments) == 1


def test_retry_beside_apply_is_part_of_it(scene: Scene, action: ActionRun) -> None:
    scene.suggest(10, "value_10 = 12")
    scene.world.say(scene.pull, "ada", "/stetbot apply")
    told = action.comment("/stetbot retry")
    assert told.outputs["applied"] == "1"
    assert scene.at_head() == CHANGED
    assert len(scene.pull.comments) == 3, "one summary answers both"


def test_retry_does_again_what_a_comment_on_the_whole_asked_for(scene: Scene, action: ActionRun) -> None:
    in_words(scene).resolved_by = scene.world.account("ada")
    wish = scene.world.say(scene.pull, "grace", "In cart.py, `net` misses the `None` case.")
    address = f"{scene.github.url}/octo/shop/pull/{scene.pull.number}#issuecomment-{wish.id}"
    moody = Moody()
    with PlannerServer(moody) as server:
        assert action.comment(f"/stetbot apply {address}", **server.environment).outputs["refused"] == "1"
        head, moody.works = scene.head, True
        told = action.comment("/stetbot retry", **server.environment)
        assert told.outputs["applied"] == "1", told.log
        assert scene.source.git.git("rev-parse", "topic^") == head
        assert action.comment("/stetbot retry", **server.environment).outputs["applied"] == "0"
        server.faults.clear()
    assert "Nothing waits to be tried again" in said_of(scene.pull)[-1]


def two_kept_back(scene: Scene, action: ActionRun, server: PlannerServer) -> tuple[Thread, Comment]:
    """A thread and a comment in the conversation that the planner failed on."""
    thread = in_words(scene)
    wish = scene.world.say(scene.pull, "grace", "In cart.py, `gross` needs a tax.")
    address = f"{scene.github.url}/octo/shop/pull/{scene.pull.number}#issuecomment-{wish.id}"
    assert action.reply(thread, "/stetbot apply", **server.environment).outputs["refused"] == "1"
    assert action.comment(f"/stetbot apply {address}", **server.environment).outputs["refused"] == "1"
    return thread, wish


def test_retry_by_hand_does_all_that_was_kept_back(scene: Scene, action: ActionRun) -> None:
    moody = Moody()
    number = str(scene.pull.number)
    with PlannerServer(moody) as server:
        thread, _ = two_kept_back(scene, action, server)
        head, moody.works = scene.head, True
        told = action.dispatch(pull_request=number, command="retry", **server.environment)
        asked = len(server.requests)
        again = action.dispatch(pull_request=number, command="retry", **server.environment)
        assert len(server.requests) == asked
        server.faults.clear()
    # The planner writes the same for both, so the second finds other lines: that it was tried is what counts.
    assert (told.outputs["applied"], told.outputs["refused"]) == ("1", "1"), told.log
    assert scene.source.git.git("rev-parse", "topic^") == head
    assert "`outdated`" in last_of(thread).body
    assert (again.code, again.outputs["status"]) == (Exit.DONE, "nothing-to-do"), again.log


def test_retry_by_hand_with_nothing_kept_back_does_nothing(scene: Scene, action: ActionRun) -> None:
    scene.suggest(10, "value_10 = 12")
    told = action.dispatch(pull_request=str(scene.pull.number), command="retry")
    assert (told.code, told.outputs["status"]) == (Exit.DONE, "nothing-to-do")
    assert scene.github.writes() == []


def test_in_two_jobs_retry_does_one_of_what_was_kept_back_and_the_next_one_the_rest(
    scene: Scene, action: ActionRun
) -> None:
    moody = Moody()
    with PlannerServer(moody) as server:
        thread, wish = two_kept_back(scene, action, server)
        moody.works = True
        done = []
        for _ in range(2):
            comment = scene.world.say(scene.pull, "grace", "/stetbot retry")
            told = action.on_comment(comment, mode="propose", **server.environment)
            assert told.outputs["proposal"], told.log
            told = action.on_comment(comment, mode="land", proposal=told.outputs["proposal"])
            done += [
                line.rpartition("#")[2] for line in told.log.split("\n") if line.startswith("stetbot: ") and "#" in line
            ]
        server.faults.clear()
    assert "Applied in" in last_of(thread).body
    assert done == [f"discussion_r{thread.comments[0].id}", f"issuecomment-{wish.id}"]
