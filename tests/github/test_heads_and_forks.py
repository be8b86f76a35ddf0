"""Where the result of a run on a pull request goes when the head moves, or is somebody else's to push to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from support.github.scene import NEW, Scene, said_of
from support.github.story import changes, codes, review

from bot.errors import Refusal
from bot.pull_request.run import Wanted
from bot.review.ladder import Route

if TYPE_CHECKING:
    from pathlib import Path

    from support.github.server import FakeGitHub, Reply, Seen


CHANGED = NEW.replace("value_10 = 11", "value_10 = 12")


def moved(scene: Scene, *, by: str, force: bool = False) -> list[str]:
    """Somebody pushes just before our first push arrives; gives the new head, once it is there."""
    heads: list[str] = []

    def meanwhile(seen: Seen) -> Reply | None:
        if seen.operation == "Threads" and not heads:
            heads.append("")
        return None

    def on_git(seen: Seen) -> Reply | None:
        if heads == [""] and seen.path.endswith("/git-receive-pack") and seen.method == "POST":
            if force:
                scene.work.git("reset", "-q", "--hard", "main")
                scene.work.write("a.py", NEW)
            scene.work.write("b.py", "first\n2\nthird\n")
            scene.work.commit("Meanwhile")
            heads[0] = scene.push(by=by, force=force)
        return None

    scene.github.obstacles.append(meanwhile)
    scene.github.before_git.append(on_git)
    return heads


@pytest.mark.parametrize("force", [False, True], ids=["a push", "a forced push"])
def test_a_writers_push_in_between_is_built_upon(scene: Scene, *, force: bool) -> None:
    scene.suggest(10, "value_10 = 12")
    heads = moved(scene, by="ada", force=force)
    done = review(scene)
    assert codes(done) == ["applied"]
    assert scene.source.git.git("rev-parse", "topic^") == heads[0]
    assert scene.at_head() == CHANGED
    assert scene.at_head("b.py") == "first\n2\nthird\n"


def test_a_push_in_between_by_somebody_else_is_not_built_upon(scene: Scene) -> None:
    scene.suggest(10, "value_10 = 12")
    scene.world.account("stranger")
    heads = moved(scene, by="stranger")
    with pytest.raises(Refusal, match=r"head-moved.*not every push since then came from somebody who may write"):
        review(scene)
    assert scene.head == heads[0]
    assert "Reply" not in changes(scene)


def test_a_command_that_names_the_head_holds_for_no_other(scene: Scene) -> None:
    scene.suggest(10, "value_10 = 12")
    heads = moved(scene, by="ada")
    with pytest.raises(Refusal, match=r"head-moved.*the command named the commit"):
        review(scene, head=scene.first)
    assert scene.head == heads[0]


def test_a_fork_that_lets_maintainers_in_gets_the_commit(github: FakeGitHub, tmp_path: Path) -> None:
    scene = Scene(github, tmp_path, fork=True, maintainers=True)
    thread = scene.suggest(10, "value_10 = 12")
    done = review(scene)
    assert done.landed.route is Route.PUSH
    assert scene.at_head() == CHANGED
    assert scene.pull.head == scene.head
    assert thread.resolved_by is not None


@pytest.mark.parametrize("organisation", [False, True], ids=["the author does not", "an organisation's fork"])
def test_a_fork_that_lets_nobody_in_gets_one_review_of_suggestions(
    github: FakeGitHub, tmp_path: Path, *, organisation: bool
) -> None:
    scene = Scene(github, tmp_path, fork=True, maintainers=organisation, organisation=organisation)
    asked = scene.suggest(10, "value_10 = 12"), scene.suggest(31, "a", "b", start=30)
    done = review(scene)
    assert done.landed.route is Route.SUGGEST
    assert scene.head == scene.first
    assert len(scene.pull.reviews) == 1
    offered = scene.pull.threads[2:]
    assert [thread.lines for thread in offered] == [(10, 10), (30, 31)]
    assert [re.findall(r"```suggestion\n(.*?)```", thread.comments[0].body, re.DOTALL) for thread in offered] == [
        ["value_10 = 12\n"],
        ["a\nb\n"],
    ]
    assert all("suggested in my review" in thread.comments[1].body for thread in asked)
    assert not any(thread.resolved_by for thread in asked)
    before = changes(scene)
    review(scene)
    assert changes(scene) == before


def test_what_no_suggestion_can_say_stays_a_patch(github: FakeGitHub, tmp_path: Path) -> None:
    scene = Scene(github, tmp_path, fork=True)
    # The other end of the file is in no hunk of the diff.
    scene.world.thread(
        scene.pull, "grace", "a.py", 10, "```diff\n--- a/b.py\n+++ b/b.py\n@@ -2 +2 @@\n-second\n+2\n```"
    )
    done = review(scene)
    assert codes(done) == ["applied"]
    assert done.landed.route is Route.PATCH
    assert "+2" in done.done.report.files[0].diff
    assert scene.pull.reviews == []
    (summary,) = said_of(scene.pull)
    assert "the change stands in the patch" in summary
    assert "+2" in summary, "who reads the pull request alone can apply it too"


def test_what_can_be_suggested_is_and_the_rest_stays_a_patch(github: FakeGitHub, tmp_path: Path) -> None:
    scene = Scene(github, tmp_path, fork=True)
    diff = "```diff\n--- a/b.py\n+++ b/b.py\n@@ -2 +2 @@\n-second\n+2\n```"
    shown = scene.suggest(10, "value_10 = 12")
    hidden = scene.world.thread(scene.pull, "grace", "a.py", 30, diff)
    # What is asked of two files is offered whole or not at all.
    both = diff.replace("```diff\n", "```diff\n--- a/c.py\n+++ b/c.py\n@@ -1 +1 @@\n-one\n+1\n").replace(
        "second\n+2", "first\n+1"
    )
    both = both.replace("@@ -2 +2 @@", "@@ -1 +1 @@")
    two = scene.world.thread(scene.pull, "grace", "a.py", 30, both)
    done = review(scene)
    assert codes(done) == ["applied", "applied", "applied"]
    assert done.landed.route is Route.SUGGEST
    offered = scene.pull.threads[3:]
    assert [(thread.path, thread.lines) for thread in offered] == [("a.py", (10, 10))]
    assert "suggested in my review" in shown.comments[1].body
    for thread in (hidden, two):
        assert "the change stands in the patch" in thread.comments[1].body
        assert "suggested" not in thread.comments[1].body
    assert "not all of it could be suggested" in said_of(scene.pull)[0]
    before = changes(scene)
    review(scene)
    assert changes(scene) == before


def test_a_token_that_may_only_read_leaves_the_patch_and_says_what_it_could_not_say(scene: Scene) -> None:
    scene.suggest(10, "value_10 = 12")
    done = review(scene, token=scene.world.token("reader", "metadata", kind="Bot"))
    assert done.landed.route is Route.PATCH
    assert "+value_10 = 12" in done.done.report.files[0].diff
    assert scene.head == scene.first
    assert any("Resource not accessible by integration" in line for line in done.said.notices)
    assert "Resource not accessible by integration" in done.said.unfinished


def test_a_token_that_may_not_push_suggests_and_one_that_may_not_resolve_says_so(scene: Scene) -> None:
    thread = scene.suggest(10, "value_10 = 12")
    token = scene.world.token("stetbot", "pull-requests", "issues", kind="Bot")
    done = review(scene, token=token)
    assert done.landed.route is Route.SUGGEST
    assert "denied to stetbot[bot]" in done.done.report.landing.not_pushed
    assert thread.resolved_by is None


def test_a_stale_head_is_refused_by_github_and_built_upon(scene: Scene) -> None:
    scene.suggest(10, "value_10 = 12")
    heads: list[str] = []

    def meanwhile(seen: Seen) -> Reply | None:
        if seen.operation == "Commit" and not heads:
            scene.work.write("b.py", "1\n")
            scene.work.commit("Meanwhile")
            heads.append(scene.push())
        return None

    scene.github.obstacles.append(meanwhile)
    review(scene, Wanted(signed=True))
    assert scene.source.git.git("rev-parse", "topic^") == heads[0]
    assert scene.at_head() == CHANGED


def test_a_branch_that_the_server_protects_gets_suggestions(scene: Scene) -> None:
    scene.suggest(10, "value_10 = 12")
    hook = scene.source.git.path / "hooks" / "pre-receive"
    hook.write_text(
        "#!/bin/sh\necho 'error: GH006: Protected branch update failed for refs/heads/topic.' >&2\nexit 1\n"
    )
    hook.chmod(0o755)
    done = review(scene)
    assert done.landed.route is Route.SUGGEST
    assert len(scene.pull.reviews) == 1


def test_a_head_branch_that_is_gone_ends_the_run(scene: Scene) -> None:
    scene.suggest(10, "value_10 = 12")
    scene.source.git.git("update-ref", "-d", "refs/heads/topic")
    with pytest.raises(Refusal, match="head-moved: topic is no longer at"):
        review(scene)
    # To read it, to begin, before the push, and for the head that it may have by now.
    assert sum(seen.operation == "PullRequest" for seen in scene.github.seen) == 4
    assert changes(scene) == []
