"""How a result is committed and told: checks, signatures, limits of GitHub, clones of any shape."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from support.github.scene import NEW, Scene, last_of, said_of
from support.github.story import changes, codes, hands, review
from support.github.world import BEGINNING
from support.gitrepo import GitRepo

from bot.errors import UsageError
from bot.github import reading
from bot.pull_request import run as runs
from bot.pull_request.answering import Manner
from bot.pull_request.occasion import Ask
from bot.pull_request.place import base_files
from bot.pull_request.run import Wanted
from bot.review.ladder import Route
from bot.review.landed import Checks

if TYPE_CHECKING:
    from pathlib import Path

    from support.github.server import Reply, Seen


CHANGED = NEW.replace("value_10 = 11", "value_10 = 12")


@pytest.mark.parametrize(
    ("checks", "said"),
    [("", Checks.STARTED), ("action_required", Checks.NEEDS_APPROVAL), (None, Checks.NOT_STARTED)],
)
def test_what_becomes_of_the_checks_is_said(scene: Scene, checks: str | None, said: Checks) -> None:
    scene.world.checks = checks
    scene.base.permissions["github-actions"] = "write"
    scene.suggest(10, "value_10 = 12")
    assert review(scene, token=scene.world.token("github-actions", kind="Bot")).landed.checks is said
    assert said.value in said_of(scene.pull)[0]


def test_that_nothing_starts_is_no_news_where_the_token_would_start_it(scene: Scene) -> None:
    scene.world.checks = None
    scene.suggest(10, "value_10 = 12")
    assert review(scene).landed.checks is None
    assert "hecks" not in said_of(scene.pull)[0]


def test_checks_that_start_a_moment_later_are_seen(scene: Scene) -> None:
    scene.world.checks = None
    scene.suggest(10, "value_10 = 12")
    looks: list[Seen] = []

    def later(seen: Seen) -> Reply | None:
        looks.extend([seen] if seen.path.endswith("/actions/runs") else [])
        scene.world.checks = "" if len(looks) > 1 else None
        return None

    scene.github.obstacles.append(later)
    assert review(scene).landed.checks is Checks.STARTED
    assert len(looks) == 2


def test_a_workflow_is_started_where_the_push_starts_none_and_reviewers_are_asked_again(scene: Scene) -> None:
    scene.world.checks = None
    scene.suggest(10, "value_10 = 12")
    scene.base.permissions["github-actions"] = "write"
    token = scene.world.token("github-actions", kind="Bot")
    done = review(scene, Wanted(workflow="ci.yml", ask_again=True), token=token)
    assert done.landed.checks is Checks.DISPATCHED
    assert scene.world.dispatched == [("ci.yml", "refs/heads/topic", {})]
    assert scene.pull.requested == ["grace"]


def test_the_author_of_the_pull_request_keeps_nobody_from_being_asked_again(scene: Scene) -> None:
    """GitHub asks nobody at all where one of those to be asked is the author."""
    scene.suggest(10, "value_10 = 12", by="ada")
    scene.suggest(30, "value_30 = 32")
    review(scene, Wanted(ask_again=True))
    assert scene.pull.requested == ["grace"]


def test_a_signed_commit_is_made_by_github_on_the_head_that_was_seen(scene: Scene) -> None:
    scene.suggest(10, "value_10 = 12")
    done = review(scene, Wanted(signed=True))
    assert done.landed.route is Route.API
    assert scene.at_head() == CHANGED
    message = scene.source.git.git("log", "-1", "--format=%B", "topic")
    assert "\n\nStetbot-Request: " in message
    assert "Co-authored-by: grace" in message
    assert not any(path.endswith("git-receive-pack") for path in changes(scene))


def test_a_signed_commit_on_a_head_that_moved_meanwhile_is_made_on_the_new_one(scene: Scene) -> None:
    scene.suggest(10, "value_10 = 12")
    moved: list[str] = []

    def meanwhile(seen: Seen) -> Reply | None:
        if seen.operation == "Commit" and not moved:
            scene.work.write("b.py", "other\n")
            scene.work.commit("Meanwhile")
            moved.append(scene.push(by="ada"))
        return None

    scene.github.obstacles.append(meanwhile)
    done = review(scene, Wanted(signed=True))
    assert done.landed.route is Route.API
    assert scene.source.git.git("rev-parse", "topic^") == moved[0]
    assert scene.at_head() == CHANGED


@pytest.mark.parametrize("signed", [False, True])
def test_commits_are_signed_off_where_the_base_branch_wants_that(scene: Scene, *, signed: bool) -> None:
    scene.suggest(10, "value_10 = 12")
    with hands(scene) as ready:
        settings = replace(ready.settings, signoff=True)
        asked = Ask(scene.name, scene.pull.number)
        runs.run(replace(ready, settings=settings), asked, Wanted(signed=signed), Manner(BEGINNING), lambda: None)
    message = scene.source.git.git("log", "-1", "--format=%B", "topic")
    assert "\nCo-authored-by: grace <" in message
    assert "\nSigned-off-by: Ada Tester <ada@example.com>" in message


def test_a_signed_commit_deletes_and_moves_files_too(scene: Scene) -> None:
    scene.world.thread(
        scene.pull, "grace", "a.py", 10, "```diff\ndiff --git a/a.py b/d.py\nrename from a.py\nrename to d.py\n```"
    )
    gone = "*** Begin Patch\n*** Delete File: c.py\n*** End Patch"
    scene.world.thread(scene.pull, "grace", "c.py", 1, f"```patch\n{gone}\n```")
    done = review(scene, Wanted(signed=True))
    assert codes(done) == ["applied", "applied"]
    assert done.landed.route is Route.API
    assert scene.source.git.git("ls-tree", "-r", "--name-only", "topic").split("\n") == ["b.py", "d.py"]
    assert scene.at_head("d.py") == NEW


def test_what_github_cannot_sign_is_suggested_and_the_reason_is_said(scene: Scene) -> None:
    scene.work.write("run.sh", "#!/bin/sh\necho one\n", executable=True)
    scene.work.commit("A script")
    head = scene.push()
    thread = scene.world.thread(scene.pull, "grace", "run.sh", 2, "```suggestion\necho two\n```")
    done = review(scene, Wanted(signed=True))
    assert (done.landed.route, scene.head) == (Route.SUGGEST, head)
    assert "because run.sh is executable" in thread.comments[1].body
    assert "may not push" not in thread.comments[1].body
    assert "run.sh is executable" in done.done.report.landing.not_pushed


@pytest.mark.parametrize("signed", [False, True])
def test_a_file_is_moved_into_no_filter_and_others_land(scene: Scene, signed: bool) -> None:
    scene.work.write(".gitattributes", "*.bin filter=lfs\n")
    scene.work.commit("Large files")
    scene.push()
    moved = "```diff\ndiff --git a/a.py b/a.bin\nrename from a.py\nrename to a.bin\n```"
    scene.world.thread(scene.pull, "grace", "a.py", 10, moved)
    scene.world.thread(scene.pull, "grace", "c.py", 1, "```suggestion\nONE\n```")
    assert codes(review(scene, Wanted(signed=signed))) == ["filtered", "applied"]
    assert scene.at_head() == NEW


def test_writes_keep_their_distance_and_a_secondary_limit_is_waited_for(scene: Scene) -> None:
    from support.github.server import said

    for number in (8, 9, 10):
        scene.suggest(number, f"x = {number}")
    limits = iter(
        (
            said(403, {"message": "You have exceeded a secondary rate limit."}, retry_after="7"),
            said(422, {"message": "Validation Failed", "errors": [{"code": "abuse"}]}),
            said(200, {"data": None, "errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}),
            said(429, {"message": "Too many requests"}, x_ratelimit_remaining="0", x_ratelimit_reset="1800000500"),
        )
    )
    hits: list[str] = []

    def limit(seen: Seen) -> Reply | None:
        # Every other write is held back once, for as long as there are limits.
        hits.append(seen.operation)
        return next(limits, None) if seen.writes and len(hits) % 2 else None

    scene.github.obstacles.append(limit)
    review(scene)
    assert all(len(thread.comments) == 2 and thread.resolved_by for thread in scene.pull.threads)
    assert 7.0 in scene.clock.slept
    assert 60.0 in scene.clock.slept
    assert max(scene.clock.slept) > 300, "the reset is waited for"
    writes = [name for name in changes(scene) if not name.startswith("POST /octo/shop.git")]
    assert sum(seconds for seconds in scene.clock.slept if seconds <= 1) >= len(writes) - 5


def test_a_limit_that_lasts_too_long_ends_the_run_and_says_so(scene: Scene) -> None:
    from support.github.server import said

    scene.suggest(10, "value_10 = 12")
    scene.github.obstacles.append(
        lambda seen: said(403, {"message": "secondary rate limit"}, retry_after="4000") if seen.writes else None
    )
    done = review(scene)
    assert done.landed.commit == scene.head
    assert done.said.unfinished.startswith("GitHub's rate limit stops the reply in a thread for 67 minutes more")


@pytest.mark.parametrize("shape", ["shallow", "bare", "empty"])
def test_any_shape_of_clone_will_do(scene: Scene, shape: str, tmp_path: Path) -> None:
    scene.suggest(10, "value_10 = 12")
    if shape == "shallow":
        url = f"file://{scene.base.git.path}"
        scene.clone.git("clone", "-q", "--depth", "1", "--branch", "main", url, str(tmp_path / shape))
    scene.clone = GitRepo(tmp_path / shape, bare=shape == "bare")
    assert codes(review(scene)) == ["applied"]
    assert scene.at_head() == CHANGED


def test_each_request_may_have_a_commit_of_its_own(scene: Scene) -> None:
    one, two = scene.suggest(10, "value_10 = 12"), scene.suggest(11, "extra = 1", "value_11 = 12", by="ada")
    new = scene.world.thread(
        scene.pull, "grace", "c.py", 2, "```diff\n--- /dev/null\n+++ b/d.py\n@@ -0,0 +1 @@\n+d\n```"
    )
    done = review(scene, Wanted(each=True))
    assert codes(done) == ["applied", "applied", "contradicts"]
    assert scene.source.git.git("rev-parse", "topic~2") == scene.first
    middle = scene.source.git.git("rev-parse", "topic~1")
    assert scene.source.git.read(middle, "a.py").decode() == CHANGED
    assert scene.at_head() == CHANGED.replace("value_11 = 11\n", "extra = 1\nvalue_11 = 12\n")
    assert f"Applied in {middle}." in one.comments[1].body
    assert f"Applied in {scene.head}." in two.comments[1].body
    authors = [
        scene.source.git.git("log", "-1", "--format=%(trailers:key=Co-authored-by)", rev) for rev in (middle, "topic")
    ]
    assert ["grace" in authors[0], "ada" in authors[0], "grace" in authors[1], "ada" in authors[1]] == [
        True,
        False,
        False,
        True,
    ]
    assert "`contradicts`" in new.comments[1].body


def test_a_commit_that_github_signs_is_one_for_all_and_that_is_said(scene: Scene) -> None:
    scene.suggest(10, "value_10 = 12")
    scene.suggest(30, "value_30 = 32")
    done = review(scene, Wanted(each=True, signed=True))
    assert codes(done) == ["applied", "applied"]
    assert scene.source.git.git("rev-parse", "topic~1") == scene.first
    assert "One commit for all: GitHub makes one, where it signs." in scene.pull.comments[-1].body


def test_requests_that_stand_on_each_other_are_one_commit_and_that_is_said(scene: Scene) -> None:
    scene.suggest(10, "value_10 = 12")
    scene.world.thread(
        scene.pull, "grace", "a.py", 11,
        "```diff\n@@ -9,3 +9,3 @@\n value_9 = 9\n-value_10 = 12\n+value_10 = 13\n value_11 = 11\n```",
    )  # fmt: skip
    scene.pull.threads.reverse()
    done = review(scene, Wanted(each=True))
    assert codes(done) == ["applied", "applied"]
    assert scene.source.git.git("rev-parse", "topic~1") == scene.first
    assert "One commit for all: the requests stand on each other." in scene.pull.comments[-1].body


def test_a_shallow_clone_keeps_the_history_that_it_has(scene: Scene, tmp_path: Path) -> None:
    scene.suggest(10, "value_10 = 12")
    scene.work.git("checkout", "-q", "main")
    for number in range(3):
        scene.work.write("b.py", f"{number}\n")
        scene.work.commit(f"Commit {number}")
    scene.work.git("push", "-q", str(scene.base.git.path), "main")
    url = f"file://{scene.base.git.path}"
    scene.clone.git("clone", "-q", "--depth", "2", "--branch", "main", url, str(tmp_path / "shallow"))
    scene.clone = GitRepo(tmp_path / "shallow")
    before = scene.clone.git("log", "--format=%H")
    assert before.count("\n") == 1
    with hands(scene) as ready:
        pull = reading.pull_request(ready.client, scene.name, scene.pull.number)
        assert base_files(ready.repo, ready.client.addresses, pull) == {}
    assert codes(review(scene)) == ["applied"]
    assert scene.clone.git("log", "--format=%H") == before


@pytest.mark.parametrize("data", [b"\xff\xfe", b"a = 1\n\0"])
def test_settings_of_the_base_branch_that_cannot_be_read_end_the_run(scene: Scene, data: bytes) -> None:
    scene.work.git("checkout", "-q", "main")
    scene.work.write(".stetbot.toml", data)
    scene.work.commit("Settings")
    scene.work.git("push", "-q", str(scene.base.git.path), "main")
    with hands(scene) as ready:
        pull = reading.pull_request(ready.client, scene.name, scene.pull.number)
        with pytest.raises(UsageError, match=r"\.stetbot\.toml of the base branch cannot be used"):
            base_files(ready.repo, ready.client.addresses, pull)


def test_what_was_held_back_because_not_all_of_it_applies_is_not_called_applied(scene: Scene) -> None:
    kept, other = scene.suggest(10, "value_10 = 12"), scene.suggest(30, "value_30 = 31")
    done = review(scene, Wanted(all_or_nothing=True))
    assert codes(done) == ["applied", "no-change"]
    assert scene.head == scene.first
    assert last_of(kept).body.startswith("Nothing was written, because not all of it applies: it would apply.")
    assert "`no-change`" in last_of(other).body
    assert said_of(scene.pull)[0].startswith("### stetbot: 1 to be applied, 0 unchanged, 1 refused")
