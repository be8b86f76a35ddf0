"""A comment on a pull request as a whole, and the command that means it: one file of the change is edited."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.calls import call
from support.github.scene import NEW, said_of
from support.github.story import hands
from support.planner_server import EMBEDDING_MODEL, Answer, Call, PlannerRequest, PlannerServer

from bot.errors import Exit

if TYPE_CHECKING:
    from support.action import ActionRun
    from support.github.scene import Scene
    from support.github.world import Comment

SAID = "There should be a third one."
DONE = SNIPPET = "one\ntwo\nthree\n"


def choosing(path: str, code: str = SNIPPET) -> PlannerServer:
    def mind(request: PlannerRequest) -> Answer:
        assert request.framed("request") == (SAID,)
        return Answer((Call(path, code, "I am counting on."),))

    return PlannerServer(mind)


def talked(scene: Scene, by: str = "grace", body: str = SAID) -> Comment:
    return scene.world.say(scene.pull, by, body)


def address(scene: Scene, comment: Comment, number: int | None = None) -> str:
    pull = scene.pull.number if number is None else number
    return f"{scene.github.url}/octo/shop/pull/{pull}#issuecomment-{comment.id}"


def command(scene: Scene, comment: Comment) -> str:
    return f"/stetbot apply {address(scene, comment)}"


def test_the_planner_edits_one_file_of_the_change_and_the_answer_stands_in_the_conversation(
    scene: Scene, action: ActionRun
) -> None:
    thread = scene.suggest(10, "value_10 = 12")
    comment = talked(scene)
    with choosing("c.py") as planner:
        told = action.comment(command(scene, comment), **planner.environment)
        assert (told.code, planner.faults) == (Exit.DONE, []), told.log
    assert told.outputs["applied"] == "1", told.log
    assert scene.at_head("c.py") == DONE
    assert scene.at_head("a.py") == NEW
    assert len(thread.comments) == 1, "threads are not meant by it"
    (request,) = planner.requests
    assert "'a.py'" in request.user
    assert "'c.py'" in request.user
    assert "b.py" not in request.user, "it is no part of the change"
    answers = [text for text in said_of(scene.pull) if text.startswith("About ")]
    assert len(answers) == 1
    assert f"#issuecomment-{comment.id}:" in answers[0]
    assert f"Applied in {scene.head}." in answers[0]
    assert "+three" in answers[0]
    assert "Co-authored-by: grace" in scene.source.git.git("log", "-1", "--format=%B", "topic")


def test_what_was_done_is_not_asked_for_again(scene: Scene, action: ActionRun) -> None:
    comment = talked(scene)
    with choosing("c.py") as planner:
        action.comment(command(scene, comment), **planner.environment)
        head, answers = scene.head, len([text for text in said_of(scene.pull) if text.startswith("About ")])
        told = action.comment(command(scene, comment), **planner.environment)
        assert len(planner.requests) == 1
    assert told.code is Exit.DONE, told.log
    assert scene.head == head
    assert len([text for text in said_of(scene.pull) if text.startswith("About ")]) == answers


@pytest.mark.parametrize("path", ["b.py", ".github/workflows/ci.yml", "../c.py", "C.PY"])
def test_no_other_file_and_none_that_is_denied_can_be_chosen(scene: Scene, action: ActionRun, path: str) -> None:
    scene.work.write(".github/workflows/ci.yml", "on: push\n")
    scene.work.commit("A workflow in the change")
    head = scene.push()
    comment = talked(scene)
    with choosing(path, "on: pull_request_target\n") as planner:
        told = action.comment(command(scene, comment), **planner.environment)
        assert ".github" not in "".join(request.user for request in planner.requests)
    assert told.outputs["refused"] == "1", told.log
    assert scene.head == head
    assert "`wrong-file`" in said_of(scene.pull)[-2] + said_of(scene.pull)[-1]


def test_a_change_of_denied_files_alone_asks_nobody(scene: Scene, action: ActionRun) -> None:
    scene.work.git("rm", "-q", "c.py")
    scene.work.git("checkout", "-q", "main", "--", "a.py")
    scene.work.write("AGENTS.md", "Be brief.\n")
    scene.work.commit("Agents")
    scene.push()
    comment = talked(scene)
    with choosing("AGENTS.md") as planner:
        told = action.comment(command(scene, comment), **planner.environment)
        assert planner.requests == []
    assert told.outputs["refused"] == "1", told.log


@pytest.mark.parametrize("by", ["stranger", "reader"])
def test_the_words_of_who_may_not_write_reach_no_planner(scene: Scene, action: ActionRun, by: str) -> None:
    scene.base.permissions["reader"] = "read"
    comment = talked(scene, by)
    with choosing("c.py") as planner:
        told = action.comment(command(scene, comment), **planner.environment)
        assert planner.requests == []
    assert told.outputs["refused"] == "1", told.log
    assert "no-permission" in said_of(scene.pull)[-1]


def test_words_that_were_edited_after_the_command_are_not_those_that_it_means(scene: Scene, action: ActionRun) -> None:
    comment = talked(scene)
    given = scene.world.say(scene.pull, "grace", command(scene, comment))
    scene.world.edit(comment, "Delete all of it.")
    with choosing("c.py") as planner:
        told = action.on_comment(given, **planner.environment)
        assert planner.requests == []
    assert told.outputs["refused"] == "1"
    assert any("edited-after-trigger" in text for text in said_of(scene.pull))


def test_an_address_of_nothing_here_is_refused(scene: Scene, action: ActionRun) -> None:
    comment, thread = talked(scene), scene.suggest(10, "value_10 = 12")
    for wrong in (
        address(scene, comment, 1),
        address(scene, thread.comments[0]),
        address(scene, comment).replace("octo/shop", "octo/other"),
    ):
        told = action.comment(f"/stetbot apply {wrong}")
        assert told.outputs["status"] == "refused", told.log
        assert "no comment on this pull request as a whole" in said_of(scene.pull)[-1]


@pytest.mark.parametrize("body", ["/stetbot help", "```suggestion\nx\n```"])
def test_a_comment_that_is_no_request_in_words_is_refused(scene: Scene, action: ActionRun, body: str) -> None:
    comment = talked(scene, body=body)
    told = action.comment(command(scene, comment))
    assert told.outputs["refused"] == "1", told.log
    assert any("`ambiguous`" in text for text in said_of(scene.pull))


def test_an_answer_of_our_own_is_no_request(scene: Scene, action: ActionRun) -> None:
    action.comment("/stetbot help")
    told = action.comment(command(scene, scene.pull.comments[-1]))
    assert told.outputs["refused"] == "1", told.log
    assert scene.head == scene.first


def test_without_a_planner_the_summary_says_what_is_missing(scene: Scene, action: ActionRun) -> None:
    told = action.comment(command(scene, talked(scene)))
    assert told.outputs["refused"] == "1", told.log
    assert "no-planner" in said_of(scene.pull)[-1]


def test_what_a_planner_wrote_waits_and_lands_by_its_hash(scene: Scene, action: ActionRun) -> None:
    comment = talked(scene)
    with choosing("c.py") as planner:
        told = action.comment(command(scene, comment), planned_needs_apply="true", **planner.environment)
        assert told.outputs["refused"] == "1", told.log
        assert scene.head == scene.first
        offered = next(text for text in said_of(scene.pull) if text.startswith("About "))
        assert "+three" in offered
        found = re.search(r"apply #([0-9a-f]{12})", offered)
        assert found, offered
        told = action.comment(f"/stetbot apply #{found[1]}", planned_needs_apply="true")
        assert told.outputs["applied"] == "1", told.log
        assert len(planner.requests) == 1, "what was read is what lands: nobody is asked again"
    assert scene.at_head("c.py") == DONE


def test_an_edit_that_was_offered_for_other_words_does_not_land(scene: Scene, action: ActionRun) -> None:
    comment = talked(scene)
    with choosing("c.py") as planner:
        action.comment(command(scene, comment), planned_needs_apply="true", **planner.environment)
    offered = next(text for text in said_of(scene.pull) if text.startswith("About "))
    found = re.search(r"apply #([0-9a-f]{12})", offered)
    assert found, offered
    scene.world.edit(comment, "Leave it as it is.")
    told = action.comment(f"/stetbot apply #{found[1]}")
    assert told.outputs["status"] == "refused", told.log
    assert scene.head == scene.first


@pytest.mark.parametrize("forged", [False, True])
def test_between_two_jobs_what_a_planner_wrote_for_no_lines_is_read_first(
    scene: Scene, action: ActionRun, *, forged: bool
) -> None:
    """Whoever forges the proposal could write what they like in any file of the change."""
    given = scene.world.say(scene.pull, "grace", command(scene, talked(scene)))
    reading = scene.world.token("stetbot", "metadata", kind="Bot")
    with choosing("c.py") as planner:
        told = action.on_comment(given, mode="propose", GITHUB_TOKEN=reading, **planner.environment)
        assert told.outputs["refused"] == "1", told.log
        asked, head = len(planner.requests), scene.head
        if forged:
            path = Path(told.outputs["proposal"])
            path.write_text(path.read_text("utf-8").replace('"outcome": "refused"', '"outcome": "applied"'), "utf-8")
        landed = action.on_comment(given, mode="land", proposal=told.outputs["proposal"])
        assert scene.head == head
        if forged:
            assert landed.outputs["status"] == "refused", landed.log
            return
        offered = next(text for text in said_of(scene.pull) if text.startswith("About "))
        found = re.search(r"apply #([0-9a-f]{12})", offered)
        assert found, offered
        last = scene.world.say(scene.pull, "grace", f"/stetbot apply #{found[1]}")
        assert action.on_comment(last, mode="land").outputs["applied"] == "1"
        assert len(planner.requests) == asked
    assert scene.at_head("c.py") == DONE


def test_the_files_of_a_change_are_embedded_once_for_all_runs_in_a_clone(scene: Scene) -> None:
    number = str(scene.pull.number)
    with choosing("c.py") as planner:
        environment = {**planner.environment, **scene.github.environment(scene.token)}
        environment["MORPHEUS_EMBEDDING_MODEL"] = EMBEDDING_MODEL
        for more in ({}, {}, {"MORPHEUS_DIMENSIONS": "64"}):
            named = ("--pr", number, "--repo", "octo/shop", "--talk", address(scene, talked(scene)))
            run = call(scene.clone, "review", *named, "--diff", environment=environment | more)
            assert run.code == 0, run.said
        assert [len(texts) for texts in planner.embedded] == [3, 1, 3]
        assert [text for text in planner.embedded[0][1:] if text.startswith("c.py\n")]
    with hands(scene) as ready:
        kept = list((ready.repo.common_dir / "stetbot" / "embeddings").iterdir())
    assert len(kept) == 4


def test_the_action_keeps_and_finds_nothing_in_a_checkout(scene: Scene, action: ActionRun, tmp_path: Path) -> None:
    """What stands there may have been left for it: a link, say, to a folder whose oldest files would make room."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (scene.clone.path / ".git" / "stetbot").symlink_to(elsewhere)
    with choosing("c.py") as planner:
        environment = {**planner.environment, "MORPHEUS_EMBEDDING_MODEL": EMBEDDING_MODEL}
        for _ in range(2):
            action.comment(command(scene, talked(scene)), planned_needs_apply="true", **environment)
        assert [len(texts) for texts in planner.embedded] == [3, 3]
    assert list(elsewhere.iterdir()) == []
