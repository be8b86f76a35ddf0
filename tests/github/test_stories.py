"""Whole stories on a GitHub of our own: threads are read, a commit lands, people are answered.

Every story fails where a request of ours, or an answer of the tests' GitHub, is not as GitHub describes it.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from support.github.scene import NEW, Scene, said_of
from support.github.story import hands, review
from support.gitrepo import GitRepo

from bot.errors import Code, Refusal, UsageError
from bot.github import reading
from bot.model import Refused
from bot.pull_request.place import base_files
from bot.pull_request.run import Wanted
from bot.review.answers import Checks
from bot.review.gate import Trigger
from bot.review.ladder import Route

if TYPE_CHECKING:
    from pathlib import Path

    from support.github.server import FakeGitHub, Reply, Seen

    from bot.pull_request.run import Finished

CHANGED = NEW.replace("value_10 = 11", "value_10 = 12")


def codes(done: Finished) -> list[str]:
    """What became of each request: its code of refusal, or what it is called."""
    return [
        outcome.code.value if isinstance(outcome, Refused) else type(outcome).__name__.lower()
        for outcome in done.done.report.outcomes
    ]


def changes(scene: Scene) -> list[str]:
    """All that was written, pushes too."""
    return scene.github.writes()


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
    assert codes(done) == ["no-permission", "no-permission"]
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


# --- the head moves ---


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


# --- forks ---


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


# --- rights, limits, checks ---


def test_a_token_that_may_not_push_suggests_and_one_that_may_not_resolve_says_so(scene: Scene) -> None:
    thread = scene.suggest(10, "value_10 = 12")
    token = scene.world.token("stetbot", "pull-requests", "issues", kind="Bot")
    done = review(scene, token=token)
    assert done.landed.route is Route.SUGGEST
    assert "denied to stetbot[bot]" in done.done.report.landing.not_pushed
    assert thread.resolved_by is None


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


def test_a_signed_commit_is_made_by_github_on_the_head_that_was_seen(scene: Scene) -> None:
    scene.suggest(10, "value_10 = 12")
    done = review(scene, Wanted(signed=True))
    assert done.landed.route is Route.API
    assert scene.at_head() == CHANGED
    message = scene.source.git.git("log", "-1", "--format=%B", "topic")
    assert "\n\nStetbot-Request: " in message
    assert "Co-authored-by: grace" in message
    assert not any(path.endswith("git-receive-pack") for path in changes(scene))


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


@pytest.mark.parametrize("shape", ["shallow", "bare", "empty"])
def test_any_shape_of_clone_will_do(scene: Scene, shape: str, tmp_path: Path) -> None:
    scene.suggest(10, "value_10 = 12")
    if shape == "shallow":
        url = f"file://{scene.base.git.path}"
        scene.clone.git("clone", "-q", "--depth", "1", "--branch", "main", url, str(tmp_path / shape))
    scene.clone = GitRepo(tmp_path / shape, bare=shape == "bare")
    assert codes(review(scene)) == ["applied"]
    assert scene.at_head() == CHANGED


def test_a_branch_that_the_server_protects_gets_suggestions(scene: Scene) -> None:
    scene.suggest(10, "value_10 = 12")
    hook = scene.source.git.path / "hooks" / "pre-receive"
    hook.parent.mkdir()
    hook.write_text(
        "#!/bin/sh\necho 'error: GH006: Protected branch update failed for refs/heads/topic.' >&2\nexit 1\n"
    )
    hook.chmod(0o755)
    done = review(scene)
    assert done.landed.route is Route.SUGGEST
    assert len(scene.pull.reviews) == 1


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


def test_a_head_branch_that_is_gone_ends_the_run(scene: Scene) -> None:
    scene.suggest(10, "value_10 = 12")
    scene.source.git.git("update-ref", "-d", "refs/heads/topic")
    with pytest.raises(Refusal, match="head-moved: topic is no longer at"):
        review(scene)
    assert sum(seen.operation == "PullRequest" for seen in scene.github.seen) == 3
    assert changes(scene) == []


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
