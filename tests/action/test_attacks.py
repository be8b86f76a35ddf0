"""Attacks on the door of a pull request, each as its attacker would make it: nothing lands, runs, leaks, is obeyed."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import pytest
from support.action import ActionRun
from support.checkout import ROOT
from support.github.scene import NEW, last_of, said_of
from support.github.server import Seen, said

from bot.action.result import OUTPUTS
from bot.errors import Exit
from bot.model import Edit, EngineName
from bot.repo.remote import login
from bot.review.offers import Offer, Part
from bot.review.state import Answer, SummaryState

if TYPE_CHECKING:
    from pathlib import Path

    from support.github.scene import Scene

CHANGED = NEW.replace("value_10 = 11", "value_10 = 12")
TWINS = "def a():\n    x = 1\n    run()\n\n\ndef b():\n    x = 1\n    run()\n"
SNIPPET = (
    "One more:\n\n```python\n# ... existing code ...\n    x = 1\n    y = 2\n    run()\n# ... existing code ...\n```"
)


def test_code_and_settings_of_the_head_are_neither_run_nor_obeyed(
    scene: Scene, action: ActionRun, tmp_path: Path
) -> None:
    mark = tmp_path / "mark"
    for name in ("conftest.py", "bot/__init__.py", "sitecustomize.py", "setup.py"):
        scene.work.write(name, f"open({str(mark)!r}, 'w').close()\n")
    for name in ("Makefile", ".husky/pre-commit", ".githooks/post-checkout"):
        scene.work.write(name, f"all:\n\ttouch {mark}\n", executable=True)
    scene.work.write(".gitattributes", "* filter=evil diff=evil merge=evil\n")
    scene.work.write(".stetbot.toml", 'engine = "morph"\nmax-bytes = 1\nallow-paths = ["**"]\n')
    scene.work.commit("Traps")
    scene.push()
    for key, value in {
        "filter.evil.clean": f"touch {mark}",
        "filter.evil.smudge": f"touch {mark}",
        "diff.evil.command": f"touch {mark}",
        "core.hooksPath": str(scene.work.path / ".githooks"),
        "core.fsmonitor": f"touch {mark}",
    }.items():
        scene.clone.git("config", key, value)
    scene.suggest(10, "value_10 = 12")
    told = action.comment("/stetbot apply")
    assert told.code is Exit.DONE, told.log
    assert not mark.exists()
    assert "cannot be used" not in told.log
    # A file with a filter is not touched; the settings of the head changed nothing about that.
    assert told.outputs["refused"] == "1"
    assert any("filtered" in line for line in told.commands), told.log


def test_an_offer_in_somebody_elses_comment_is_none(scene: Scene, action: ActionRun) -> None:
    scene.work.write("twins.py", TWINS)
    scene.work.commit("Twins")
    scene.push()
    thread = scene.world.thread(scene.pull, "grace", "twins.py", 5, SNIPPET, start=4)
    action.comment("/stetbot apply")
    found = re.search(r"apply #([0-9a-f]{12})", last_of(thread).body)
    assert found
    blob = scene.source.git.git("rev-parse", "topic:twins.py")
    evil = (Edit(1, 2, ("    os.system('x')",)),)
    request = Answer(thread.comments[0].id, "0" * 64, "unproven")
    offer = Offer(f"x@{'0' * 12}", request.digest, (Part("twins.py", blob, "0" * 64, EngineName.LOCAL, evil),))
    scene.world.reply(thread, scene.world.account("ada"), f"Look.\n\n{request.marker()}\n\n{offer.kept()}")
    head = scene.head
    told = action.comment(f"/stetbot apply #{offer.short}")
    assert told.outputs["status"] == "refused"
    assert "unproven" in said_of(scene.pull)[-1]
    assert scene.head == head


def test_a_forged_marker_silences_nobody_and_answers_nothing(scene: Scene, action: ActionRun) -> None:
    thread = scene.suggest(10, "value_10 = 12")
    command = scene.world.say(scene.pull, "grace", "/stetbot apply")
    forged = Answer(thread.comments[0].id, "0" * 64, "applied", "f" * 40).marker()
    summary = SummaryState((command.id,), ()).marker()
    scene.base.permissions["eve"] = "read"
    scene.world.reply(thread, scene.world.account("eve"), f"Done.\n\n{forged}")
    scene.world.say(scene.pull, "eve", f"### stetbot: all applied\n\n{summary}")
    told = action.on_comment(command)
    assert told.outputs["applied"] == "1"
    assert scene.at_head() == CHANGED


def test_a_marker_that_the_tokens_owner_quotes_is_not_their_own_word(scene: Scene, tmp_path: Path) -> None:
    """With a person's token: what they quote of a stranger's is neither believed nor written over."""
    scene.token = scene.world.token("grace")
    scene.suggest(10, "value_10 = 12", by="ada")
    command = scene.world.say(scene.pull, "ada", "/stetbot apply")
    forged = SummaryState((command.id,), ()).marker()
    quote = scene.world.say(scene.pull, "grace", f"> Look\n> {forged}\n\nWhat is this?")
    before = quote.body
    told = ActionRun(scene, tmp_path / "runner").on_comment(command)
    assert told.outputs["applied"] == "1"
    assert quote.body == before


@pytest.mark.parametrize(
    "words",
    [
        "@octo/everyone ![x](https://evil.example/p.png)",
        "</details> <h1>Approved</h1> <!-- x -->",
        "::error::x\r\n::set-output name=status::done",
        "\u202eevil\u2066",
    ],
)
def test_no_answer_obeys_what_it_quotes(scene: Scene, action: ActionRun, words: str) -> None:
    diff = f"@@ -1 +1 @@\n-{words}\n+x"
    thread = scene.world.thread(scene.pull, "grace", "a.py", 10, f"{words}\n\n```diff\n{diff}\n```")
    action.comment(f"/stetbot {words}")
    told = action.comment("/stetbot apply")
    assert told.code is Exit.DONE
    ours = [
        comment.body for comment in (*scene.pull.comments, *thread.comments)
        if comment.author is not None and comment.author.login == "stetbot"
    ]  # fmt: skip
    assert len(ours) >= 2
    for body in (*ours, told.summary):
        # What is quoted stands in code: there it pings nobody, and is no markup.
        prose = re.sub(r"(`+).*?\1|<!--.*?-->", "", body, flags=re.DOTALL)
        assert not re.search(r"@octo|!\[x\]|<h1>|</details> <|::", prose)
        assert "\u202e" not in body
    for line in told.commands:
        assert line.startswith(("::warning ", "::notice ", "::add-mask::"))


def test_a_secret_that_the_server_sends_back_is_shown_nowhere(scene: Scene, action: ActionRun) -> None:
    key = "sentinel-of-the-models-key-4711"
    scene.github.obstacles.append(
        lambda seen: said(500, {"message": f"no {scene.token} and no {key}"}) if seen.path != "/graphql" else None
    )
    told = action.comment("/stetbot apply", MORPH_API_KEY=key)
    assert told.code is not Exit.DONE
    shown = "\n".join(line for line in told.log.split("\n") if not line.startswith("::add-mask::"))
    assert scene.token not in shown
    assert key not in shown
    assert f"::add-mask::{key}" in told.log.split("\n")
    assert f"::add-mask::{login(scene.token)}" in told.log.split("\n")
    assert scene.token not in (scene.clone.path / ".git" / "config").read_text(encoding="utf-8")


@pytest.mark.parametrize("branch", ["basic", "x-bearer", "sk-aaaaaaaaaaaa"])
def test_a_branch_that_looks_like_a_login_is_an_output_like_any(scene: Scene, action: ActionRun, branch: str) -> None:
    scene.source.git.git("update-ref", f"refs/heads/{branch}", scene.first)
    scene.pull.branch = branch
    scene.world.sync()
    scene.suggest(10, "value_10 = 12")
    told = action.comment("/stetbot apply")
    assert told.outputs["branch"] == branch
    assert tuple(told.outputs) == OUTPUTS


def test_a_diff_that_ends_like_a_login_keeps_its_fence(scene: Scene, action: ActionRun) -> None:
    scene.work.write("end.py", "a = 1\nb = 2  # basic\n")
    scene.work.commit("The end")
    scene.push()
    scene.world.thread(scene.pull, "grace", "end.py", 1, "```suggestion\na = 2\n```")
    told = action.comment("/stetbot apply")
    assert " b = 2  # basic\n```\n" in told.summary


def test_no_number_of_strangers_changes_what_a_run_says_of_itself(scene: Scene, action: ActionRun) -> None:
    scene.base.permissions |= {f"eve{number}": "read" for number in range(12)}
    for number in range(12):
        scene.suggest(10, "import os", by=f"eve{number}")
    scene.suggest(30, "value_30 = 32")
    told = action.comment("/stetbot apply")
    assert [told.outputs[name] for name in ("status", "applied", "refused")] == ["done", "1", "0"]
    assert [line for line in told.commands if line.startswith("::warning")] == []
    for text in (told.summary, said_of(scene.pull)[-1]):
        assert "12 no&#45;permission" in text
        assert "import os" not in text


def test_a_command_that_cannot_be_answered_keeps_no_other_from_it(scene: Scene, action: ActionRun) -> None:
    """Its thread is gone meanwhile: there is nobody to be answered."""
    thread = scene.suggest(30, "value_30 = 32")
    scene.world.reply(thread, scene.world.account("grace"), "/stetbot help")
    gone = {"data": {"addPullRequestReviewThreadReply": None}, "errors": [{"type": "NOT_FOUND", "message": "gone"}]}
    scene.github.obstacles.append(lambda seen: said(200, gone) if seen.operation == "Reply" else None)
    told = action.comment("/stetbot apply")
    assert (told.code, told.outputs["applied"]) == (Exit.DONE, "1"), told.log


def test_what_could_not_be_said_is_an_error_and_the_commit_stands(scene: Scene, action: ActionRun) -> None:
    scene.suggest(10, "value_10 = 12")
    scene.github.obstacles.append(
        lambda seen: said(500, {"message": "oops"}) if seen.writes and "comments" in seen.path else None
    )
    told = action.comment("/stetbot apply")
    assert told.outputs["commit"] == scene.head
    assert told.code is Exit.NOT_APPLIED
    assert any("not all was answered" in line for line in told.commands)


def test_a_secret_is_masked_as_it_is(action: ActionRun) -> None:
    """The runner reads `%25` as `%`: what it masks must be the secret and nothing like it."""
    told = action.comment("Thanks!", MORPH_API_KEY="key%0Aof%25the-model")
    assert "::add-mask::key%250Aof%2525the-model" in told.log.split("\n")


def test_addresses_in_an_event_lead_nowhere(scene: Scene, action: ActionRun) -> None:
    scene.suggest(10, "value_10 = 12")
    comment = scene.world.say(scene.pull, "grace", "/stetbot apply")
    event = action.comment_event(comment)
    evil = dict.fromkeys(("url", "html_url", "pull_request_url", "diff_url"), "http://127.0.0.1:9/evil")
    event["issue"]["pull_request"] |= evil
    event["comment"] |= evil
    told = action.run("issue_comment", event)
    assert told.outputs["applied"] == "1"


@pytest.mark.parametrize(
    "path",
    [
        ".github/workflows/ci.yml",
        ".GITHUB/workflows/ci.yml",
        "x/../.github/workflows/ci.yml",
        ".git/hooks/pre-commit",
        ".g\u200cit/config",
        "../outside",
        "AGENTS.md",
        "uv.lock",
    ],
)
def test_a_diff_in_a_comment_reaches_no_denied_file(scene: Scene, action: ActionRun, path: str) -> None:
    diff = f"--- a/{path}\n+++ b/{path}\n@@ -1 +1 @@\n-off\n+on: push\n"
    thread = scene.world.thread(scene.pull, "grace", "a.py", 10, f"Do this:\n\n```diff\n{diff}```")
    head = scene.head
    told = action.comment("/stetbot apply")
    assert told.outputs["refused"] == "1"
    assert scene.head == head
    assert re.search("denied-path|ambiguous", last_of(thread).body)


def test_commits_that_were_taken_back_before_the_push_do_not_come_back_with_it(scene: Scene, action: ActionRun) -> None:
    """Our commit would be a plain descendant of the branch then: that is no reason to push it."""
    scene.suggest(10, "value_10 = 12")
    back = scene.base.tip("main")
    asked: list[str] = []

    def on_git(seen: Seen) -> None:
        if seen.operation == "git-receive-pack":
            asked.append(seen.path)
            if len(asked) == 2:  # the first one asks for the right to push
                scene.work.git("reset", "-q", "--hard", "main")
                scene.push(by="ada", force=True)

    scene.github.before_git.append(on_git)
    told = action.comment("/stetbot apply")
    assert len(asked) >= 2
    assert told.outputs["commit"] == ""
    assert scene.head == back


def test_no_call_of_the_source_approves_dismisses_or_merges() -> None:
    """Nor forces a push: what the strings of the source say is all that GitHub and git are ever asked for."""
    words = re.compile(
        r"approve\b|request_changes|dismiss|mergePullRequest|AutoMerge|/merges?\b|mergeBranch|markPullRequestReady"
        r"|^--force$|(?-i:^-f$)|^\+refs|updateRef|deleteRef",
        re.IGNORECASE,
    )
    found = []
    for path in sorted((ROOT / "bot").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        found += [
            f"{path.relative_to(ROOT)}:{node.lineno}: {node.value[:60]}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose
            if words.search(node.value)
        ]
    assert found == []


def test_ten_thousand_lines_of_fences_and_markers_are_read_in_no_time(scene: Scene, action: ActionRun) -> None:
    for body in ("```suggestion\n" * 3000, "<!-- " * 10_000, "`" * 60_000, "> " * 20_000, "/stetbot " * 5000):
        scene.world.thread(scene.pull, "grace", "a.py", 10, body)
        scene.world.say(scene.pull, "grace", body)
    scene.suggest(30, "value_30 = 32")
    assert action.comment("/stetbot apply").outputs["applied"] == "1"
