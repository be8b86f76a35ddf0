"""Which commands a run answers, and what they mean: `retry`, what was taken back, what was dropped, in two jobs too."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from support.github.scene import NEW, last_of, said_of
from support.planner_server import Answer, Call, PlannerRequest, PlannerServer, Trouble

from bot.errors import Exit

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.action import ActionRun, Told
    from support.github.scene import Scene
    from support.github.server import Reply, Seen
    from support.github.world import Comment, Thread

CHANGED = NEW.replace("value_10 = 11", "value_10 = 12")
BOTH = CHANGED.replace("value_30 = 31", "value_30 = 32")
CART = "def net(items):\n    return sum(items)\n\n\ndef gross(items):\n    return net(items)\n"
SNIPPET = "def net(items):\n    return sum(items or ())\n\n\n# ... existing code ...\n"


def in_words(scene: Scene) -> Thread:
    scene.work.write("cart.py", CART)
    scene.work.commit("The cart")
    scene.push()
    return scene.world.thread(scene.pull, "grace", "cart.py", 2, "This misses the `None` case.")


def address_of(scene: Scene, thread: Thread) -> str:
    return f"{scene.github.url}/octo/shop/pull/{scene.pull.number}#discussion_r{thread.comments[0].id}"


class Moody:
    """A planner that is out of order at first."""

    def __init__(self) -> None:
        self.works = False

    def __call__(self, _: PlannerRequest) -> Answer | Trouble:
        if not self.works:
            return Trouble(400, "not today")
        return Answer((Call("cart.py", SNIPPET, "I am letting the sum take no items."),))


# --- retry ---


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
