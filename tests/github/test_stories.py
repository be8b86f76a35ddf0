"""Whole stories on a GitHub of our own: threads are read, a commit lands, people are answered.

Every story fails where a request of ours, or an answer of the tests' GitHub, is not as GitHub describes it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from support.github.scene import NEW, Scene, said_of, suggestion
from support.github.story import changes, codes, review

from bot.errors import Code, Refusal
from bot.pull_request.run import Wanted
from bot.review.gate import Trigger

if TYPE_CHECKING:
    from support.github.server import Reply, Seen


CHANGED = NEW.replace("value_10 = 11", "value_10 = 12")


# --- a branch of the repository itself ---


def test_suggestions_become_one_commit_and_each_thread_is_answered_and_resolved(scene: Scene) -> None:
    one = scene.suggest(10, "value_10 = 12")
    two = scene.suggest(30, "value_30 = 32", by="ada")
    done = review(scene)
    assert codes(done) == ["applied", "applied"]
    assert scene.at_head() == CHANGED.replace("value_30 = 31", "value_30 = 32")
    assert scene.source.git.git("rev-parse", "topic^") == scene.first
    assert done.landed.commit == scene.head
    for thread, other in ((one, "value_30"), (two, "value_10")):
        reply = thread.comments[1]
        assert reply.author is scene.world.account("stetbot")
        assert f"Applied in {scene.head}." in reply.body
        assert other not in reply.body, "each thread is shown its own hunk"
        assert thread.resolved_by is not None
    message = scene.source.git.git("log", "-1", "--format=%B", "topic")
    for login in ("grace", "ada"):
        identity = scene.world.account(login).id
        assert f"Co-authored-by: {login} <{identity}+{login}@users.noreply.127.0.0.1>" in message
    (summary,) = said_of(scene.pull)
    assert summary.startswith("### stetbot: 2 applied, 0 unchanged, 0 refused")


def test_a_second_run_does_nothing(scene: Scene) -> None:
    scene.suggest(10, "value_10 = 12")
    review(scene)
    before = changes(scene)
    done = review(scene)
    assert codes(done) == []
    assert done.occasion.gathered.left == ((Code.RESOLVED, done.occasion.gathered.left[0][1]),)
    assert changes(scene) == before


def test_a_second_run_does_nothing_where_threads_may_not_be_resolved(scene: Scene) -> None:
    scene.suggest(10, "value_10 = 12")
    scene.suggest(30)  # its lines go: nothing is left to recognise it by
    scene.suggest(9, "a", start=11 - 3)
    review(scene)
    for thread in scene.pull.threads:
        thread.resolved_by = None
    before, head = changes(scene), scene.head
    done = review(scene)
    assert codes(done) == ["unchanged", "unchanged", "unchanged"]
    assert changes(scene) == before
    assert scene.head == head


def test_a_run_that_was_cut_off_after_the_push_is_finished_by_the_next(scene: Scene) -> None:
    one, two = scene.suggest(10, "value_10 = 12"), scene.suggest(30, "value_30 = 32")
    replies: list[Seen] = []

    def cut(seen: Seen) -> Reply | None:
        if seen.operation == "Reply":
            replies.append(seen)
            if len(replies) == 2:
                raise ConnectionError
        return None

    scene.github.obstacles.append(cut)
    first = review(scene)
    assert first.landed.commit == scene.head
    assert first.said.replies == 1
    assert "run again, nothing is done twice" in first.said.unfinished
    scene.github.obstacles.clear()
    head = scene.head
    done = review(scene)
    assert scene.head == head
    assert codes(done) == ["unchanged"]
    assert [len(thread.comments) for thread in (one, two)] == [2, 2]
    assert all(thread.resolved_by for thread in (one, two))


def test_only_showing_writes_nothing_anywhere(scene: Scene) -> None:
    scene.suggest(10, "value_10 = 12")
    state = scene.clone.state()
    done = review(scene, Wanted(only_show=True))
    assert "+value_10 = 12" in done.done.report.files[0].diff
    assert changes(scene) == []
    assert scene.clone.state() == state


def test_the_clone_is_left_as_it_was_and_knows_no_token(scene: Scene) -> None:
    scene.suggest(10, "value_10 = 12")
    state = scene.clone.state()
    review(scene)
    assert scene.clone.state() == state
    files = [file.read_bytes() for file in (scene.clone.path / ".git").rglob("*") if file.is_file()]
    assert not any(scene.token.encode() in data for data in files)


def test_250_comments_on_3_pages_are_one_commit(scene: Scene) -> None:
    for number in range(250):
        scene.world.thread(scene.pull, "grace", "a.py", 10, f"Remark {number}, with no code.")
    wanted = scene.suggest(10, "value_10 = 12")
    done = review(scene)
    assert codes(done) == ["no-planner"] * 250 + ["applied"]
    assert scene.at_head() == CHANGED
    assert [len(thread.comments) for thread in scene.pull.threads] == [1] * 250 + [2]
    assert wanted.resolved_by is not None


# --- what is not applied ---


def test_who_may_not_write_is_not_heard_and_not_answered(scene: Scene) -> None:
    scene.world.account("stranger")
    thread = scene.suggest(10, "import os", by="stranger")
    scene.base.permissions["reader"] = "triage"
    scene.suggest(30, "import sys", by="reader")
    done = review(scene)
    assert codes(done) == []
    assert done.occasion.gathered.left_alone == "Left alone: 2 no-permission."
    assert scene.head == scene.first
    assert len(thread.comments) == 1
    assert changes(scene) == []


def test_what_cannot_be_applied_is_answered_with_its_code(scene: Scene) -> None:
    left = scene.world.thread(scene.pull, "grace", "a.py", 10, "```suggestion\nx\n```", side="LEFT")
    whole = scene.world.thread(scene.pull, "grace", "a.py", None, "```suggestion\nx\n```")
    twice = scene.suggest(30, "a"), scene.suggest(30, "b")
    done = review(scene)
    assert codes(done) == ["left-side", "file-level", "overlapping", "overlapping"]
    assert scene.head == scene.first
    for thread, code in ((left, "left-side"), (whole, "file-level"), *((thread, "overlapping") for thread in twice)):
        assert f"Not applied (`{code}`)" in thread.comments[1].body
        assert thread.resolved_by is None
    before = changes(scene)
    review(scene)
    assert changes(scene) == before, "a refusal is said once"


def test_a_comment_on_lines_that_moved_is_placed_by_its_content(scene: Scene) -> None:
    scene.suggest(10, "value_10 = 12")
    scene.work.write("a.py", "# one more line\n" + NEW)
    scene.work.commit("Above")
    scene.push()
    assert codes(review(scene)) == ["applied"]
    assert scene.at_head() == "# one more line\n" + CHANGED


def test_a_comment_on_lines_that_are_gone_is_outdated(scene: Scene) -> None:
    thread = scene.suggest(10, "value_10 = 12")
    scene.work.write("a.py", NEW.replace("value_10 = 11", "other = 1"))
    scene.work.commit("Other")
    head = scene.push()
    assert codes(review(scene)) == ["outdated"]
    assert scene.head == head
    assert "`outdated`" in thread.comments[1].body


def test_bots_resolved_threads_and_pending_reviews_are_left_alone(scene: Scene) -> None:
    scene.world.account("helper", "Bot")
    scene.base.permissions["helper"] = "write"
    scene.suggest(10, "a", by="helper")
    scene.suggest(10, "b").resolved_by = scene.world.account("ada")
    scene.world.thread(scene.pull, "stetbot", "a.py", 10, "```suggestion\nc\n```", pending=True)
    done = review(scene)
    assert codes(done) == []
    assert [code for code, _ in done.occasion.gathered.left] == [
        Code.BOT_AUTHOR,
        Code.RESOLVED,
        Code.PENDING_REVIEW,
    ]
    assert changes(scene) == []


def test_named_threads_are_refused_where_others_are_left_alone(scene: Scene) -> None:
    thread = scene.suggest(10, "b")
    thread.resolved_by = scene.world.account("ada")
    scene.suggest(30, "c")
    done = review(scene, named=frozenset({thread.comments[0].id}))
    assert codes(done) == ["resolved"]
    assert scene.head == scene.first


def test_a_comment_that_was_edited_after_the_command_is_refused(scene: Scene) -> None:
    early = scene.suggest(10, "value_10 = 12")
    edited = scene.suggest(30, "value_30 = 32")
    trigger = Trigger(scene.world.now + timedelta(seconds=1))
    scene.world.tick()
    scene.world.edit(edited.comments[0], "```suggestion\nimport os\n```")
    late = scene.suggest(31, "late")
    done = review(scene, trigger=trigger)
    assert codes(done) == ["applied", "edited-after-trigger"]
    assert scene.at_head() == CHANGED
    assert [len(thread.comments) for thread in (early, edited, late)] == [2, 2, 1]


@pytest.mark.parametrize("path", [".github/workflows/ci.yml", "AGENTS.md", "uv.lock"])
def test_a_path_that_no_comment_may_change_is_refused(scene: Scene, path: str) -> None:
    scene.work.write(path, "on: push\n")
    scene.work.commit("A workflow")
    head = scene.push()
    scene.world.thread(scene.pull, "grace", path, 1, "```suggestion\non: issue_comment\n```")
    done = review(scene)
    assert codes(done) == ["denied-path"]
    assert scene.head == head


def test_a_closed_pull_request_is_refused_before_anything_is_read(scene: Scene) -> None:
    scene.suggest(10, "value_10 = 12")
    scene.pull.state = "MERGED"
    with pytest.raises(Refusal, match="pr-closed"):
        review(scene)
    assert len(scene.github.seen) == 2


def test_a_pull_request_that_is_queued_to_merge_is_left_in_the_queue(scene: Scene) -> None:
    scene.suggest(10, "value_10 = 12")
    scene.pull.queued = True
    with pytest.raises(Refusal, match=r"pr-closed: the pull request is queued to merge"):
        review(scene)
    assert changes(scene) == []


def test_a_comment_on_a_file_that_was_renamed_since_is_applied_to_it(scene: Scene) -> None:
    scene.suggest(10, "value_10 = 12")
    scene.work.git("mv", "a.py", "z.py")
    scene.work.commit("Rename")
    scene.push()
    assert codes(review(scene)) == ["applied"]
    assert scene.at_head("z.py") == CHANGED


def test_a_rename_leads_nobody_to_a_path_that_no_comment_may_change(scene: Scene) -> None:
    scene.suggest(10, "value_10 = 12")
    (scene.work.path / ".github").mkdir()
    scene.work.git("mv", "a.py", ".github/a.py")
    scene.work.commit("Rename")
    head = scene.push()
    assert codes(review(scene)) == ["denied-path"]
    assert scene.head == head


def test_a_thread_with_something_left_to_do_stays_open_and_is_resolved_when_that_is_done(scene: Scene) -> None:
    thread = scene.suggest(10, "value_10 = 12")
    asked = "```suggestion\na\n```\n\n```suggestion\nb\n```"
    reply = scene.world.reply(thread, scene.world.account("ada"), asked)
    assert codes(review(scene)) == ["applied", "ambiguous"]
    assert thread.resolved_by is None
    assert [comment.author is scene.world.account("stetbot") for comment in thread.comments] == [False] * 2 + [True] * 2
    before = changes(scene)
    review(scene)
    assert changes(scene) == before
    scene.world.edit(reply, "Never mind.")
    assert codes(review(scene)) == ["unchanged"]
    assert thread.resolved_by is not None


def test_talk_in_a_thread_keeps_nothing_from_being_applied(scene: Scene) -> None:
    thread = scene.world.thread(scene.pull, "grace", "a.py", 10, "Is that the right value?")
    scene.world.reply(thread, scene.world.account("ada"), suggestion("value_10 = 12"))
    assert codes(review(scene)) == ["no-planner", "applied"]
    # It may ask for something that nobody has done.
    assert thread.resolved_by is None
