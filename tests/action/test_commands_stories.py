"""Commands on a pull request, from the event to the pushed commit and the answers, on the tests' own GitHub."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from support.github.scene import NEW, last_of, said_of

from bot.errors import Exit
from bot.review.state import answer_in

if TYPE_CHECKING:
    from support.action import ActionRun
    from support.github.scene import Scene

CHANGED = NEW.replace("value_10 = 11", "value_10 = 12")


def test_apply_pushes_one_commit_answers_and_tells_the_runner(scene: Scene, action: ActionRun) -> None:
    thread = scene.suggest(10, "value_10 = 12")
    told = action.comment("/stetbot apply")
    assert told.code is Exit.DONE, told.log
    assert scene.at_head() == CHANGED
    assert f"Applied in {scene.head}." in last_of(thread).body
    assert told.outputs == {
        "status": "done",
        "applied": "1",
        "refused": "0",
        "commit": scene.head,
        "branch": "topic",
        "proposal": "",
        "patch": str(action.temp / "stetbot.patch"),
        "cost": "",
    }
    assert "+value_10 = 12" in (action.temp / "stetbot.patch").read_text(encoding="utf-8")
    assert "1 applied, 0 unchanged, 0 refused" in told.summary
    assert "+value_10 = 12" in told.summary
    reactions = {content for _, content in scene.pull.comments[0].reactions}
    assert reactions == {"EYES", "ROCKET"}


def test_inputs_choose_a_commit_for_each_request_and_leave_the_threads_to_people(
    scene: Scene, action: ActionRun
) -> None:
    one, two = scene.suggest(10, "value_10 = 12"), scene.suggest(30, "value_30 = 32")
    told = action.comment("/stetbot apply", commit_each="true", resolve_threads="false", request_review="true")
    assert told.outputs["applied"] == "2"
    assert scene.source.git.git("rev-list", "--count", f"{scene.first}..topic") == "2"
    assert [thread.resolved_by for thread in (one, two)] == [None, None]
    assert scene.pull.requested == ["grace"]


def test_a_command_is_answered_once(scene: Scene, action: ActionRun) -> None:
    scene.suggest(10, "value_10 = 12")
    comment = scene.world.say(scene.pull, "grace", "/stetbot apply")
    action.on_comment(comment)
    before, head = len(scene.github.writes()), scene.head
    told = action.on_comment(comment)
    assert told.code is Exit.DONE
    assert told.outputs["status"] == "skipped"
    assert (len(scene.github.writes()), scene.head) == (before, head)


def test_a_run_answers_the_commands_that_were_dropped_while_another_one_ran(scene: Scene, action: ActionRun) -> None:
    scene.suggest(10, "value_10 = 12")
    scene.world.say(scene.pull, "grace", "/stetbot help")
    scene.world.say(scene.pull, "ada", "/stetbot apply")
    scene.suggest(30, "value_30 = 32")
    told = action.comment("/stetbot apply")
    assert told.outputs["applied"] == "2"
    helped, *_ = [text for text in said_of(scene.pull) if "The commands:" in text]
    assert "/stetbot retry" in helped
    assert action.comment("Thanks!").outputs["status"] == "skipped"


@pytest.mark.parametrize("by", ["reader", "stranger"])
def test_nobody_without_write_access_commands(scene: Scene, action: ActionRun, by: str) -> None:
    scene.base.permissions["reader"] = "read"
    scene.suggest(10, "value_10 = 12")
    head = scene.head
    told = action.comment("/stetbot apply", by=by)
    assert told.code is Exit.DONE
    assert told.outputs["status"] == "skipped"
    assert scene.head == head
    assert scene.github.writes() == []


def test_a_bot_does_not_command_and_neither_does_an_edited_comment(scene: Scene, action: ActionRun) -> None:
    scene.suggest(10, "value_10 = 12")
    robot = scene.world.account("helper", "Bot")
    scene.base.permissions["helper"] = "write"
    assert action.comment("/stetbot apply", by=robot.login).outputs["status"] == "skipped"
    comment = scene.world.say(scene.pull, "grace", "Looks good.")
    scene.world.edit(comment, "/stetbot apply")
    assert action.on_comment(comment).outputs["status"] == "skipped"
    assert scene.github.writes() == []


def test_a_comment_that_was_edited_after_the_command_is_not_applied(scene: Scene, action: ActionRun) -> None:
    thread = scene.suggest(10, "value_10 = 12")
    comment = scene.world.say(scene.pull, "grace", "/stetbot apply")
    scene.world.edit(thread.comments[0], "```suggestion\nimport os\n```")
    head = scene.head
    told = action.on_comment(comment)
    assert told.outputs["refused"] == "1"
    assert scene.head == head
    assert "edited-after-trigger" in last_of(thread).body


def test_a_comment_that_was_written_after_the_command_waits_for_the_next_one(scene: Scene, action: ActionRun) -> None:
    scene.suggest(10, "value_10 = 12")
    comment = scene.world.say(scene.pull, "grace", "/stetbot apply")
    later = scene.suggest(30, "value_30 = 32")
    assert action.on_comment(comment).outputs["applied"] == "1"
    assert len(later.comments) == 1
    assert action.comment("/stetbot apply").outputs["applied"] == "1"


def test_a_reply_in_a_thread_and_the_address_of_one_mean_that_thread(scene: Scene, action: ActionRun) -> None:
    one, two = scene.suggest(10, "value_10 = 12"), scene.suggest(30, "value_30 = 32")
    told = action.reply(one, "/stetbot apply")
    assert told.outputs["applied"] == "1"
    assert scene.at_head() == CHANGED
    number = two.comments[0].id
    address = f"{scene.github.url}/octo/shop/pull/{scene.pull.number}#discussion_r{number}"
    told = action.comment(f"/stetbot apply {address}")
    assert told.outputs["applied"] == "1"
    assert scene.at_head() == CHANGED.replace("value_30 = 31", "value_30 = 32")


@pytest.mark.parametrize("where", ["octo/shop/pull/1#discussion_r1", "octo/other/pull/{n}#discussion_r{c}"])
def test_the_address_of_another_thread_is_refused(scene: Scene, action: ActionRun, where: str) -> None:
    thread = scene.suggest(10, "value_10 = 12")
    address = where.format(n=scene.pull.number, c=thread.comments[0].id)
    told = action.comment(f"/stetbot apply https://evil.example/{address}")
    assert told.outputs["status"] == "refused"
    assert "no review thread of this pull request" in said_of(scene.pull)[-1]


def test_a_named_commit_is_the_head_or_nothing_lands(scene: Scene, action: ActionRun) -> None:
    scene.suggest(10, "value_10 = 12")
    named = scene.head
    scene.work.write("b.py", "other\n")
    scene.work.commit("Meanwhile")
    moved = scene.push()
    told = action.comment(f"/stetbot apply @{named}")
    assert told.outputs["status"] == "refused"
    assert "head-moved" in said_of(scene.pull)[-1]
    assert scene.head == moved
    assert action.comment(f"/stetbot apply @{moved}").outputs["applied"] == "1"


def test_diff_shows_what_apply_would_do_and_changes_nothing(scene: Scene, action: ActionRun) -> None:
    scene.suggest(10, "value_10 = 12")
    head = scene.head
    told = action.comment("/stetbot diff")
    assert told.outputs["commit"] == ""
    assert scene.head == head
    assert "+value_10 = 12" in said_of(scene.pull)[-1]
    assert action.comment("Thanks!").outputs["status"] == "skipped", "diff is answered once"


@pytest.mark.parametrize("line", ["/stetbot apply --base-url=https://evil.example", "/stetbot merge", "/stetbot"])
def test_an_unknown_command_does_nothing_and_is_told_the_known_ones(scene: Scene, action: ActionRun, line: str) -> None:
    scene.suggest(10, "value_10 = 12")
    head = scene.head
    told = action.comment(line)
    assert told.code is Exit.DONE
    assert scene.head == head
    assert "I do not know" in said_of(scene.pull)[-1]
    assert {content for _, content in scene.pull.comments[0].reactions} == {"EYES", "CONFUSED"}


def test_a_pull_request_has_so_many_runs_an_hour(scene: Scene, action: ActionRun) -> None:
    scene.suggest(10, "value_10 = 12")
    assert action.comment("/stetbot apply", max_runs_per_hour="2").outputs["status"] == "done"
    assert action.comment("/stetbot apply", max_runs_per_hour="2").code is Exit.DONE
    scene.suggest(30, "value_30 = 32")
    head = scene.head
    told = action.comment("/stetbot apply", max_runs_per_hour="2")
    assert told.outputs["status"] == "refused"
    assert "rate-limited" in said_of(scene.pull)[-1]
    assert scene.head == head
    scene.clock.now += 3601
    assert action.comment("/stetbot apply", max_runs_per_hour="2").outputs["applied"] == "1"


def test_showing_counts_as_a_run_for_it_may_cost_as_much(scene: Scene, action: ActionRun) -> None:
    scene.suggest(10, "value_10 = 12")
    scene.world.now = datetime.fromtimestamp(scene.clock.now, UTC)
    assert action.comment("/stetbot diff", max_runs_per_hour="1").outputs["status"] == "done"
    assert action.comment("/stetbot diff", max_runs_per_hour="1").outputs["status"] == "refused"


def test_a_closed_pull_request_takes_nothing(scene: Scene, action: ActionRun) -> None:
    scene.suggest(10, "value_10 = 12")
    scene.pull.state = "MERGED"
    told = action.comment("/stetbot apply")
    assert told.outputs["status"] == "refused"
    assert "pr-closed" in said_of(scene.pull)[-1]


def test_a_submitted_review_applies_what_its_author_asked_for(scene: Scene, action: ActionRun) -> None:
    scene.suggest(10, "value_10 = 12", by="grace")
    other = scene.suggest(30, "value_30 = 32", by="ada")
    told = action.review(by="grace")
    assert told.outputs["applied"] == "1"
    assert scene.at_head() == CHANGED
    assert len(other.comments) == 1
    scene.base.permissions["eve"] = "read"
    scene.suggest(30, "import os", by="eve")
    head = scene.head
    assert action.review(by="eve").outputs["status"] == "skipped"
    robot = scene.world.account("helper", "Bot")
    scene.base.permissions |= {robot.login: "write", robot.rest_login: "write"}
    scene.suggest(30, "import os", by=robot.login)
    assert action.review(by=robot.login).outputs["status"] == "skipped"
    assert scene.head == head


def test_the_workflow_is_started_by_hand_for_a_pull_request(scene: Scene, action: ActionRun) -> None:
    scene.suggest(10, "value_10 = 12")
    number = str(scene.pull.number)
    assert action.dispatch(pull_request=number, command="diff").outputs["commit"] == ""
    assert action.dispatch(pull_request=number).outputs["commit"] == scene.head
    for wrong in ({}, {"pull_request": number, "command": "rm -rf"}, {"pull_request": "../7"}):
        assert action.dispatch(**wrong).code is Exit.USAGE


def test_denied_paths_are_refused_and_the_base_branch_says_more(scene: Scene, action: ActionRun) -> None:
    scene.work.git("checkout", "-q", "main")
    scene.work.write(".stetbot.toml", 'deny-paths = ["a.py"]\n')
    scene.work.commit("Keep a.py")
    scene.work.git("push", "-q", str(scene.base.git.path), "main")
    scene.work.git("checkout", "-q", "topic")
    scene.work.write(".stetbot.toml", "deny-paths = []\n")
    scene.work.commit("The head's own settings do not count")
    scene.push()
    thread = scene.suggest(10, "value_10 = 12")
    told = action.comment("/stetbot apply")
    assert told.outputs["refused"] == "1"
    assert "denied-path" in last_of(thread).body
    assert any("denied-path" in command for command in told.commands)


def test_an_unproven_edit_is_offered_and_lands_by_its_hash(scene: Scene, action: ActionRun) -> None:
    twins = "def a():\n    x = 1\n    run()\n\n\ndef b():\n    x = 1\n    run()\n"
    scene.work.write("twins.py", twins)
    scene.work.commit("Twins")
    scene.push()
    snippet = (
        "One more:\n\n```python\n# ... existing code ...\n    x = 1\n    y = 2\n    run()\n# ... existing code ...\n```"
    )
    thread = scene.world.thread(scene.pull, "grace", "twins.py", 5, snippet, start=4)
    head = scene.head
    told = action.comment("/stetbot apply")
    assert told.outputs["refused"] == "1", told.log
    offered = last_of(thread).body
    found = re.search(r"apply #([0-9a-f]{12})", offered)
    assert found, offered
    assert scene.head == head
    shown = [line for line in offered.split("\n") if line.startswith(("+", "-", "@@"))]
    told = action.comment(f"/stetbot apply #{found[1]}")
    assert told.outputs["applied"] == "1", told.log
    landed = scene.source.git.git("diff", head, scene.head, "--", "twins.py").split("\n")
    assert [line for line in shown if line[:1] in "+-" and line[:3] not in ("+++", "---")] == [
        line for line in landed if line[:1] in ("+", "-") and line[:3] not in ("+++", "---")
    ]
    answer = answer_in(last_of(thread).body)
    assert answer is not None
    assert answer.result == "applied"


@pytest.mark.parametrize("what", ["unknown", "reader", "edited reply", "edited comment", "changed file", "later offer"])
def test_an_offer_holds_for_what_it_was_made_of_alone(scene: Scene, action: ActionRun, what: str) -> None:
    twins = "def a():\n    x = 1\n    run()\n\n\ndef b():\n    x = 1\n    run()\n"
    scene.work.write("twins.py", twins)
    scene.work.commit("Twins")
    scene.push()
    snippet = (
        "One more:\n\n```python\n# ... existing code ...\n    x = 1\n    y = 2\n    run()\n# ... existing code ...\n```"
    )
    thread = scene.world.thread(scene.pull, "grace", "twins.py", 5, snippet, start=4)
    action.comment("/stetbot apply")
    found = re.search(r"apply #([0-9a-f]{12})", last_of(thread).body)
    assert found
    short, by = found[1], "grace"
    match what:
        case "unknown":
            short = "0" * 12
        case "reader":
            scene.base.permissions["reader"] = "read"
            by = "reader"
        case "edited reply":
            scene.world.edit(last_of(thread), last_of(thread).body)
        case "edited comment":
            scene.world.edit(thread.comments[0], snippet.replace("y = 2", "y = 3"))
        case "changed file":
            scene.work.write("twins.py", twins + "\n# more\n")
            scene.work.commit("More")
            scene.push()
    head = scene.head
    command = scene.world.say(scene.pull, by, f"/stetbot apply #{short}")
    if what == "later offer":
        last_of(thread).created = scene.world.tick()
    told = action.on_comment(command)
    assert told.outputs["applied"] == "0"
    assert told.outputs["status"] in ("refused", "skipped")
    assert scene.head == head
