"""Propose and land in two jobs, instruction files in a push, and runs that have not what they need."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.github.scene import NEW, Scene, last_of, said_of

from bot.errors import Exit

if TYPE_CHECKING:
    from support.action import ActionRun, Told
    from support.github.server import FakeGitHub
    from support.github.world import Comment

CHANGED = NEW.replace("value_10 = 11", "value_10 = 12")
FILE = "# Other values\n\n## `b.py:2`\n\n```suggestion\nother\n```\n"


def read_only(scene: Scene) -> str:
    """The token of a job that may read and nothing else."""
    return scene.world.token("stetbot", "metadata", kind="Bot")


def proposed(scene: Scene, action: ActionRun, comment: Comment) -> Told:
    return action.on_comment(comment, mode="propose", GITHUB_TOKEN=read_only(scene))


def test_one_job_proposes_with_no_right_to_write_and_another_one_lands(scene: Scene, action: ActionRun) -> None:
    thread = scene.suggest(10, "value_10 = 12")
    comment = scene.world.say(scene.pull, "grace", "/stetbot apply")
    told = proposed(scene, action, comment)
    assert told.code is Exit.DONE, told.log
    assert told.outputs["applied"] == "1"
    assert scene.github.writes() == []
    told = action.on_comment(comment, mode="land", proposal=told.outputs["proposal"])
    assert told.outputs["commit"] == scene.head, told.log
    assert scene.at_head() == CHANGED
    assert f"Applied in {scene.head}." in last_of(thread).body


def test_what_the_first_job_refused_is_answered_by_the_second(scene: Scene, action: ActionRun) -> None:
    scene.work.write("twins.py", "def a():\n    x = 1\n    run()\n\n\ndef b():\n    x = 1\n    run()\n")
    scene.work.commit("Twins")
    scene.push()
    one, other = scene.suggest(10, "value_10 = 12"), scene.suggest(10, "value_10 = 13")
    fine = scene.suggest(30, "value_30 = 32")
    nowhere = scene.world.thread(scene.pull, "grace", "a.py", 30, "So:\n\n```python\nnothing = like(this)\n```")
    marker = "# ... existing code ..."
    snippet = f"One more:\n\n```python\n{marker}\n    x = 1\n    y = 2\n    run()\n{marker}\n```"
    unclear = scene.world.thread(scene.pull, "grace", "twins.py", 5, snippet, start=4)
    comment = scene.world.say(scene.pull, "grace", "/stetbot apply")
    told = proposed(scene, action, comment)
    assert (told.outputs["applied"], told.outputs["refused"]) == ("1", "4"), told.log
    landed = action.on_comment(comment, mode="land", proposal=told.outputs["proposal"])
    assert (landed.outputs["applied"], landed.outputs["refused"]) == ("1", "4"), landed.log
    assert "Applied in" in last_of(fine).body
    for thread in (one, other):
        assert "`overlapping`" in last_of(thread).body
    assert "Not applied" in last_of(nowhere).body
    offer = re.search(r"apply #([0-9a-f]{12})", last_of(unclear).body)
    assert offer, last_of(unclear).body
    last = scene.world.say(scene.pull, "grace", f"/stetbot apply #{offer[1]}")
    assert action.on_comment(last, mode="land").outputs["applied"] == "1"


def forge(told: Told, where: tuple[str | int, ...], value: object) -> None:
    path = Path(told.outputs["proposal"])
    whole: Any = json.loads(path.read_bytes())
    at = whole
    for key in where[:-1]:
        at = at[key]
    at[where[-1]] = value
    path.write_text(json.dumps(whole), encoding="utf-8")


@pytest.mark.parametrize(
    ("where", "value"),
    [
        (("files", 0, "path"), "b.py"),
        (("files", 0, "path"), ".github/workflows/x.yml"),
        (("files", 0, "new", "content_base64"), "b3Muc3lzdGVtKCd4Jyk="),
        (("files", 0, "new", "mode"), "100755"),
        (("requests", 0, "operations", 0, "edits"), []),
        (("requests", 0, "id"), "https://evil.example/#discussion_r1@000000000000"),
        (("requests", 0, "co_author"), "Eve <eve@evil.example>"),
        (("requests", 0, "snippet"), "import os"),
        (("base",), "f" * 40),
        (("stetbot_proposal",), 2),
    ],
)
def test_a_forged_proposal_lands_nothing(
    scene: Scene, action: ActionRun, where: tuple[str | int, ...], value: object
) -> None:
    scene.suggest(10, "value_10 = 12")
    comment = scene.world.say(scene.pull, "grace", "/stetbot apply")
    told = proposed(scene, action, comment)
    forge(told, where, value)
    head = scene.head
    landed = action.on_comment(comment, mode="land", proposal=told.outputs["proposal"])
    # A suggestion is taken from its comment, not from the proposal: its edits there are nobody's business.
    harmless = where[-1] == "edits"
    assert (scene.head == head) is not harmless
    assert landed.outputs.get("commit", "") == ("" if not harmless else scene.head)
    if not harmless:
        assert (landed.code, landed.outputs.get("status")) in ((Exit.DONE, "refused"), (Exit.USAGE, None))


def test_a_proposal_with_a_foreign_extra_change_lands_nothing(scene: Scene, action: ActionRun) -> None:
    """The proposal of a run that another person's comment was part of, landed for a command that does not hear them."""
    scene.base.permissions["eve"] = "write"
    scene.suggest(10, "value_10 = 12")
    scene.suggest(30, "import os", by="eve")
    comment = scene.world.say(scene.pull, "grace", "/stetbot apply")
    told = proposed(scene, action, comment)
    assert told.outputs["applied"] == "2"
    scene.base.permissions["eve"] = "read"
    head = scene.head
    landed = action.on_comment(comment, mode="land", proposal=told.outputs["proposal"])
    assert landed.outputs["status"] == "refused"
    assert scene.head == head


def test_a_head_that_moved_between_the_jobs_takes_nothing(scene: Scene, action: ActionRun) -> None:
    scene.suggest(10, "value_10 = 12")
    comment = scene.world.say(scene.pull, "grace", "/stetbot apply")
    told = proposed(scene, action, comment)
    scene.work.write("b.py", "other\n")
    scene.work.commit("Meanwhile")
    head = scene.push()
    landed = action.on_comment(comment, mode="land", proposal=told.outputs["proposal"])
    assert landed.outputs["status"] == "refused"
    assert "outdated" in said_of(scene.pull)[-1]
    assert "base" not in said_of(scene.pull)[-1], "that is an option of the command line"
    assert scene.head == head


def test_a_missing_proposal_and_a_symbolic_link_land_nothing(scene: Scene, action: ActionRun, tmp_path: Path) -> None:
    scene.suggest(10, "value_10 = 12")
    comment = scene.world.say(scene.pull, "grace", "/stetbot apply")
    told = proposed(scene, action, comment)
    link = tmp_path / "link.json"
    link.symlink_to(told.outputs["proposal"])
    head = scene.head
    for path in (tmp_path / "none.json", link):
        another = scene.world.say(scene.pull, "grace", "/stetbot apply")
        assert action.on_comment(another, mode="land", proposal=str(path)).outputs["status"] == "refused"
    assert scene.head == head


@pytest.mark.parametrize(
    "content", ["", "[" * 100_000, '{"stetbot_proposal": 2}', '{"requests": "' + "x" * 100_000 + '"}']
)
def test_what_is_no_proposal_is_answered_as_such(scene: Scene, action: ActionRun, tmp_path: Path, content: str) -> None:
    scene.suggest(10, "value_10 = 12")
    comment = scene.world.say(scene.pull, "grace", "/stetbot apply")
    (tmp_path / "p.json").write_text(content, encoding="utf-8")
    landed = action.on_comment(comment, mode="land", proposal=str(tmp_path / "p.json"))
    assert (landed.code, landed.outputs["status"]) == (Exit.DONE, "refused")
    assert "verification-failed" in said_of(scene.pull)[-1]
    assert action.on_comment(comment, mode="land").outputs["status"] == "skipped", "it is answered"


def test_a_strangers_comment_that_takes_the_place_of_a_waiting_run_answers_the_command_that_waited(
    scene: Scene, action: ActionRun
) -> None:
    """GitHub keeps one waiting run of a concurrency group, and anybody's comment can be the one."""
    scene.suggest(10, "value_10 = 12")
    scene.world.say(scene.pull, "grace", "/stetbot apply")
    last = scene.world.say(scene.pull, "eve", "/stetbot apply")
    told = proposed(scene, action, last)
    assert told.outputs["applied"] == "1", told.log
    landed = action.on_comment(last, mode="land", proposal=told.outputs["proposal"])
    assert landed.outputs["applied"] == "1", landed.log
    assert scene.at_head() == CHANGED
    assert proposed(scene, action, last).outputs["status"] == "skipped"


def test_a_strangers_comment_leaves_other_commands_to_the_landing_job(scene: Scene, action: ActionRun) -> None:
    scene.world.say(scene.pull, "grace", "/stetbot help")
    last = scene.world.say(scene.pull, "eve", "/stetbot apply")
    assert proposed(scene, action, last).outputs["status"] == "nothing-to-do"
    action.on_comment(last, mode="land")
    assert "The commands:" in said_of(scene.pull)[-1]


@pytest.mark.parametrize("mode", ["propose", "apply"])
def test_who_may_not_command_has_no_command_tried_again(scene: Scene, action: ActionRun, mode: str) -> None:
    """One that a run has begun with and could not answer: each try may cost money."""
    scene.suggest(10, "value_10 = 12")
    begun = scene.world.say(scene.pull, "grace", "/stetbot apply")
    begun.reactions.add(("stetbot[bot]", "EYES"))
    head = scene.head
    told = action.comment("/stetbot apply", by="eve", mode=mode)
    assert (told.outputs["status"], told.outputs["proposal"]) == ("skipped", "")
    assert scene.head == head
    begun.reactions.add(("eve", "EYES"))
    assert action.comment("/stetbot apply", by="grace", mode=mode).outputs["applied"] == "1"


def test_the_job_that_proposes_keeps_to_the_limit_before_anybody_is_asked(scene: Scene, action: ActionRun) -> None:
    scene.suggest(10, "value_10 = 12")
    assert action.comment("/stetbot apply", max_runs_per_hour="1").outputs["applied"] == "1"
    scene.suggest(30, "value_30 = 32")
    comment = scene.world.say(scene.pull, "grace", "/stetbot apply")
    told = action.on_comment(comment, mode="propose", max_runs_per_hour="1")
    assert (told.outputs["status"], told.outputs["proposal"]) == ("refused", "")
    assert any("rate-limited" in line for line in told.commands)


def test_a_run_that_came_to_nothing_counts_as_one(scene: Scene, action: ActionRun) -> None:
    scene.suggest(10, "value_10 = 12")
    scene.world.now = datetime.fromtimestamp(scene.clock.now, UTC)
    assert action.comment(f"/stetbot apply @{'f' * 40}").outputs["status"] == "refused"
    assert "head-moved" in said_of(scene.pull)[-1]
    assert action.comment("/stetbot apply", max_runs_per_hour="1").outputs["status"] == "refused"
    assert "rate-limited" in said_of(scene.pull)[-1]
    assert action.comment("/stetbot apply", max_runs_per_hour="2").outputs["applied"] == "1"


@pytest.mark.parametrize("engine", ["morph", "cascade"])
def test_who_lands_needs_no_models_key_whatever_engine_proposed(scene: Scene, action: ActionRun, engine: str) -> None:
    scene.suggest(10, "value_10 = 12")
    comment = scene.world.say(scene.pull, "grace", "/stetbot apply")
    told = proposed(scene, action, comment)
    landed = action.on_comment(comment, mode="land", proposal=told.outputs["proposal"], STETBOT_ENGINE=engine)
    assert landed.outputs["applied"] == "1", landed.log


@pytest.mark.parametrize(
    "command", ["/stetbot help", "/stetbot apply #000000000000", "/stetbot nonsense", "/stetbot diff"]
)
def test_what_needs_no_proposal_is_left_to_the_landing_job(scene: Scene, action: ActionRun, command: str) -> None:
    comment = scene.world.say(scene.pull, "grace", command)
    told = proposed(scene, action, comment)
    assert (told.outputs["status"], told.outputs["proposal"]) == ("nothing-to-do", "")
    assert action.on_comment(comment, mode="land").code is Exit.DONE
    assert len(scene.pull.comments) == 2


def test_instruction_files_of_a_push_become_a_commit_on_their_own_branch(scene: Scene, action: ActionRun) -> None:
    before = scene.work.git("rev-parse", "HEAD")
    scene.work.write("values.stetbot.md", FILE)
    after = scene.work.commit("Ask for other values")
    scene.push()
    checkout(scene, after)
    told = action.pushed(before, after)
    assert told.code is Exit.DONE, told.log
    assert (told.outputs["branch"], told.outputs["applied"]) == ("stetbot/values", "1"), told.log
    assert scene.base.tip("stetbot/values") == told.outputs["commit"]
    assert scene.base.git.read("refs/heads/stetbot/values", "b.py") == b"first\nother\nthird\n"
    assert scene.head == after
    again = action.pushed("0" * 40, after)
    assert again.code is Exit.DONE, again.log
    assert again.outputs["status"] == "nothing-to-do"


def test_a_push_without_instruction_files_and_one_of_a_workflow_do_nothing(scene: Scene, action: ActionRun) -> None:
    before = scene.work.git("rev-parse", "HEAD")
    scene.work.write("b.py", "other\n")
    other = scene.work.commit("No instructions")
    scene.work.write("ci.stetbot.md", "## `.github/workflows/ci.yml`\n\n```yaml new\non: push\n```\n")
    after = scene.work.commit("Ask for a workflow")
    scene.push()
    checkout(scene, after)
    assert action.pushed(before, other).outputs["status"] == "skipped"
    told = action.pushed(other, after)
    assert told.outputs["refused"] == "1", told.log
    assert any("denied-path" in command for command in told.commands)


def test_a_token_that_may_not_ask_who_it_is_commits_as_nobody(scene: Scene, action: ActionRun) -> None:
    from support.github.server import said

    before = scene.work.git("rev-parse", "HEAD")
    scene.work.write("values.stetbot.md", FILE)
    after = scene.work.commit("Ask for other values")
    scene.push()
    refused = {"data": None, "errors": [{"type": "FORBIDDEN", "message": "Resource not accessible by integration"}]}
    scene.github.obstacles.append(lambda seen: said(200, refused) if seen.operation == "Viewer" else None)
    told = action.pushed(before, after)
    assert told.outputs["applied"] == "1", told.log
    who = scene.base.git.git("log", "-1", "--format=%an <%ae>", "stetbot/values")
    assert who == "stetbot <stetbot@stetbot.invalid>"


def test_the_settings_of_a_push_are_those_of_the_default_branch(scene: Scene, action: ActionRun) -> None:
    scene.work.git("checkout", "-q", "main")
    scene.work.write(".stetbot.toml", 'deny-paths = ["b.py"]\n')
    scene.work.commit("Keep b.py")
    scene.work.git("push", "-q", str(scene.base.git.path), "main")
    scene.work.git("checkout", "-q", "topic")
    before = scene.work.git("rev-parse", "HEAD")
    scene.work.write(".stetbot.toml", "deny-paths = []\n")
    scene.work.write("values.stetbot.md", FILE)
    after = scene.work.commit("Ask for other values")
    scene.push()
    checkout(scene, after)
    told = action.pushed(before, after)
    assert (told.outputs["applied"], told.outputs["refused"]) == ("0", "1"), told.log
    assert any("denied-path" in command for command in told.commands)


def test_an_instruction_file_that_does_not_parse_is_an_error_with_its_place(scene: Scene, action: ActionRun) -> None:
    before = scene.work.git("rev-parse", "HEAD")
    scene.work.write("broken.stetbot.json", '[{"target_file": 1}]')
    after = scene.work.commit("Broken")
    scene.push()
    checkout(scene, after)
    told = action.pushed(before, after)
    assert told.code is Exit.USAGE
    assert any(line.startswith("::error ") and "broken.stetbot.json" in line for line in told.commands)


def checkout(scene: Scene, commit: str) -> None:
    """As actions/checkout leaves it: the commit, its history, a remote that is the repository."""
    scene.clone.git("fetch", "-q", str(scene.base.git.path), "+refs/heads/*:refs/remotes/origin/*")
    scene.clone.git("checkout", "-q", "--detach", commit)
    scene.clone.git("remote", "add", "origin", f"{scene.github.url}/octo/shop.git")


@pytest.mark.parametrize("missing", [{"GITHUB_TOKEN": ""}, {"STETBOT_ENGINE": "morph"}, {"STETBOT_ENGINE": "cascade"}])
def test_without_its_secrets_a_run_ends_well_with_a_notice(
    scene: Scene, action: ActionRun, missing: dict[str, str]
) -> None:
    scene.suggest(10, "value_10 = 12")
    told = action.comment("/stetbot apply", **missing)
    assert told.code is Exit.DONE
    assert told.outputs["status"] == "skipped"
    assert [line.partition(" ")[0] for line in told.commands if "add-mask" not in line] == ["::notice"]
    assert scene.github.writes() == []


@pytest.mark.parametrize("kind", ["review", "reply"])
def test_a_review_of_a_forks_pull_request_ends_well_and_says_what_to_do(
    github: FakeGitHub, tmp_path: Path, kind: str
) -> None:
    from support.action import ActionRun

    scene = Scene(github, tmp_path, fork=True)
    thread = scene.suggest(10, "value_10 = 12")
    action = ActionRun(scene, tmp_path / "runner")
    told = action.review() if kind == "review" else action.reply(thread, "/stetbot apply")
    assert told.code is Exit.DONE
    assert told.outputs["status"] == "skipped"
    assert any("/stetbot apply" in line for line in told.commands)
    assert github.writes() == []


def test_a_forks_pull_request_is_answered_with_suggestions_and_a_patch(github: FakeGitHub, tmp_path: Path) -> None:
    from support.action import ActionRun

    scene = Scene(github, tmp_path, fork=True)
    scene.suggest(10, "value_10 = 12")
    told = ActionRun(scene, tmp_path / "runner").comment("/stetbot apply")
    assert told.code is Exit.DONE, told.log
    assert told.outputs["commit"] == ""
    assert "+value_10 = 12" in Path(told.outputs["patch"]).read_text(encoding="utf-8")
    assert len(scene.pull.reviews) == 1


@pytest.mark.parametrize(
    "inputs",
    [
        {"mode": "merge"},
        {"signed_commits": "yes"},
        {"max_runs_per_hour": "0"},
        {"dispatch_workflow": "../x.yml"},
        {"proposal": "../p.json"},
        {"proposal": "link/p.json"},
        {"GITHUB_EVENT_PATH": "/nonexistent"},
        {"RUNNER_TEMP": ""},
    ],
)
def test_a_wrong_input_is_named_and_nothing_is_done(scene: Scene, action: ActionRun, inputs: dict[str, str]) -> None:
    scene.suggest(10, "value_10 = 12")
    (scene.clone.path / "link").symlink_to(action.temp)
    told = action.comment("/stetbot apply", **inputs)
    assert told.code is Exit.USAGE
    (error,) = [line for line in told.commands if line.startswith("::error")]
    assert "Traceback" not in told.log
    assert error
    assert scene.github.writes() == []


def test_a_server_that_fails_is_an_error_and_no_crash(scene: Scene, action: ActionRun) -> None:
    from support.github.server import said

    scene.github.obstacles.append(lambda _: said(500, {"message": "::error::boom\nboom"}))
    told = action.comment("/stetbot apply")
    assert told.code is Exit.NOT_APPLIED
    (error,) = [line for line in told.commands if line.startswith("::error")]
    assert error.startswith("::error title=stetbot::GitHub refused")
