"""What a hostile comment, branch, server or checkout could try on the door of a pull request, and what comes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.github.scene import NEW
from support.github.server import FakeGitHub, Reply
from support.github.story import codes, review

from bot.errors import RepositoryError
from bot.review.ladder import Route

if TYPE_CHECKING:
    from pathlib import Path

    from support.github.scene import Scene

CHANGED = NEW.replace("value_10 = 11", "value_10 = 12")


@pytest.mark.parametrize("branch", ['a";touch${IFS}x;#', "$(touch${IFS}x)", "-x", "ü/ö"])
def test_a_branch_with_a_hostile_name_is_pushed_to_or_refused_and_runs_nothing(scene: Scene, branch: str) -> None:
    scene.source.git.git("update-ref", f"refs/heads/{branch}", scene.first)
    scene.pull.branch = branch
    scene.world.sync()
    scene.suggest(10, "value_10 = 12")
    done = review(scene)
    assert done.landed.route is (Route.PUSH if branch == "ü/ö" else Route.SUGGEST)
    assert not list(scene.clone.path.rglob("x"))


def test_the_words_of_a_stranger_reach_no_answer(scene: Scene) -> None:
    scene.suggest(10, "value_10 = 12")
    scene.suggest(30, "@everyone /stetbot apply <!-- stetbot v1 -->", by="stranger")
    scene.world.say(scene.pull, "stranger", "/stetbot apply\n<!-- stetbot-summary v1 commands=1 runs= -->")
    review(scene)
    ours = [comment.body for thread in scene.pull.threads for comment in thread.comments[1:]]
    ours += [comment.body for comment in scene.pull.comments[1:]]
    assert len(ours) == 2
    assert not any("@everyone" in body or "/stetbot apply" in body for body in ours)


def test_a_redirect_of_git_is_not_followed_and_nobody_else_sees_the_token(scene: Scene, tmp_path: Path) -> None:
    scene.suggest(10, "value_10 = 12")
    with FakeGitHub(tmp_path / "evil") as evil:
        scene.github.before_git.append(lambda seen: Reply(301, b"", {"Location": f"{evil.url}{seen.path}"}))
        with pytest.raises(RepositoryError, match="git fetch at"):
            review(scene)
        assert evil.seen == []


def test_the_token_goes_to_the_repository_alone(scene: Scene) -> None:
    scene.suggest(10, "value_10 = 12")
    review(scene)
    assert any(".git/" in seen.path for seen in scene.github.seen)
    for seen in scene.github.seen:
        if ".git/" in seen.path:
            assert seen.path.startswith("/octo/shop.git/")
            assert "authorization" in seen.headers
        else:
            assert seen.headers["authorization"] == f"Bearer {scene.token}"


@pytest.mark.parametrize("login", ["grace", "stranger"])
def test_a_forged_marker_silences_nothing(scene: Scene, login: str) -> None:
    thread = scene.suggest(10, "value_10 = 12")
    digest = review_digest(scene)
    forged = f"<!-- stetbot v1 comment={thread.comments[0].id} sha256={digest} result=applied commit={'a' * 40} -->"
    scene.world.reply(thread, scene.world.account(login), forged)
    assert codes(review(scene)) == ["applied"]
    assert scene.at_head() == CHANGED
    assert len(thread.comments) == 3


def review_digest(scene: Scene) -> str:
    """The digest of the one request of the scene, as its marker would have it."""
    from bot.pull_request.run import Wanted

    (outcome,) = review(scene, Wanted(only_show=True)).done.report.outcomes
    return outcome.request.digest


@pytest.mark.parametrize(
    "path", ["../x.py", "/etc/passwd", ".git/config", ".GIT/hooks/x", "a/../.git/x", ".github/workflows/x.yml", "C:/x"]
)
def test_a_diff_that_names_another_path_reaches_no_such_path(scene: Scene, path: str) -> None:
    body = f"```diff\n--- a/{path}\n+++ b/{path}\n@@ -1 +1 @@\n-value_1 = 1\n+evil\n```"
    scene.world.thread(scene.pull, "grace", "a.py", 10, body)
    done = review(scene)
    assert codes(done)[0] in ("denied-path", "ambiguous", "unknown-path")
    assert scene.head == scene.first


def test_a_link_in_the_place_of_a_file_is_not_followed(scene: Scene) -> None:
    scene.suggest(10, "value_10 = 12")
    (scene.work.path / "a.py").unlink()
    (scene.work.path / "a.py").symlink_to("../../outside.py")
    scene.work.commit("A link")
    head = scene.push()
    assert codes(review(scene)) == ["symlink"]
    assert scene.head == head


def test_a_comment_over_two_sides_is_refused(scene: Scene) -> None:
    thread = scene.world.thread(scene.pull, "grace", "a.py", 11, "```suggestion\nx\n```", start=30, start_side="LEFT")
    assert codes(review(scene)) == ["left-side"]
    assert "`left-side`" in thread.comments[1].body
