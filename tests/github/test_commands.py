"""`stetbot review --pr`, `propose --pr` and `land --pr` as they are called: processes of their own, the real clock."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from support.calls import call, one_complaint
from support.github.scene import NEW, Scene
from support.morph_server import MorphServer, perfect
from support.planner_server import Answer, Call, PlannerServer

if TYPE_CHECKING:
    from pathlib import Path

    from support.calls import Run

CHANGED = NEW.replace("value_10 = 11", "value_10 = 12")


def stetbot(scene: Scene, *arguments: str | Path, **environment: str) -> Run:
    """The command in the scene's clone, with the bot's token."""
    shown = scene.github.environment(scene.token) | environment
    run = call(scene.clone, *arguments, environment=shown)
    assert scene.token not in run.said
    return run


def here(scene: Scene) -> tuple[str, ...]:
    return "--pr", str(scene.pull.number), "--repo", "octo/shop"


def test_review_pushes_the_commit_and_says_so(scene: Scene) -> None:
    scene.suggest(10, "value_10 = 12")
    run = stetbot(scene, "review", *here(scene))
    assert run.code == 0, run.said
    assert scene.at_head() == CHANGED
    assert f"Pushed {scene.head[:12]} to topic of octo/shop." in run.out
    assert "Answered 1 comments, resolved 1 threads." in run.out
    again = stetbot(scene, "review", *here(scene))
    assert again.code == 0, again.said
    assert "Left alone: 1 resolved." in again.out


def test_review_finds_the_repository_by_the_remote(scene: Scene) -> None:
    scene.suggest(10, "value_10 = 12")
    scene.clone.git("remote", "add", "origin", f"{scene.github.url}/octo/shop.git")
    run = stetbot(scene, "review", "--pr", str(scene.pull.number), "--diff")
    assert run.code == 0, run.said
    assert "+value_10 = 12" in run.out
    assert scene.github.writes() == []


def test_review_takes_the_address_of_a_pull_request_and_reports_as_json(scene: Scene) -> None:
    scene.suggest(10, "value_10 = 12")
    scene.suggest(30, "import os", by="stranger")
    address = f"{scene.github.url}/octo/shop/pull/{scene.pull.number}"
    run = stetbot(scene, "review", "--pr", address, "--json")
    assert run.code == 0, "what a stranger wrote makes no run fail"
    report = json.loads(run.out)
    assert (report["commit"], report["branch"], report["pushed"]) == (scene.head, "topic", "octo/shop")
    assert [request["code"] for request in report["requests"]] == [None]
    facts: dict[str, Any] = report["pull_request"]
    assert facts["summary"].endswith(f"#issuecomment-{scene.pull.comments[0].id}")
    assert facts == {
        "repository": "octo/shop",
        "number": scene.pull.number,
        "head": scene.first,
        "route": "push",
        "checks": "started",
        "replies": 1,
        "resolved": 1,
        "summary": facts["summary"],
        "unfinished": None,
        "notices": [],
        "left_alone": [{"code": "no-permission", "place": facts["left_alone"][0]["place"]}],
    }


def test_propose_and_land_are_two_processes_with_a_file_between_them(scene: Scene, tmp_path: Path) -> None:
    thread = scene.suggest(10, "value_10 = 12")
    proposal = tmp_path / "proposal.json"
    reader = scene.world.token("reader", "none", kind="Bot")
    proposed = stetbot(scene, "propose", *here(scene), "-o", proposal, GITHUB_TOKEN=reader)
    assert proposed.code == 0, proposed.said
    assert scene.github.writes() == []
    assert json.loads(proposal.read_text("utf-8"))["base"] == scene.first
    landed = stetbot(scene, "land", proposal, *here(scene))
    assert landed.code == 0, landed.said
    assert scene.at_head() == CHANGED
    assert thread.resolved_by is not None


@pytest.mark.parametrize("what", ["edited", "foreign", "moved", "demoted"])
def test_a_proposal_that_no_longer_holds_lands_nothing(scene: Scene, tmp_path: Path, what: str) -> None:
    thread = scene.suggest(10, "value_10 = 12")
    proposal = tmp_path / "proposal.json"
    assert stetbot(scene, "propose", *here(scene), "-o", proposal).code == 0
    match what:
        case "edited":
            scene.world.edit(thread.comments[0], "```suggestion\nvalue_10 = 13\n```")
        case "foreign":
            text = proposal.read_text("utf-8")
            proposal.write_text(text.replace("YS5weQ", "Yi5weQ").replace('"path": "a.py"', '"path": "b.py"'), "utf-8")
        case "moved":
            scene.work.write("b.py", "x\n")
            scene.work.commit("More")
            scene.push()
        case _:
            scene.base.permissions["grace"] = "read"
    head = scene.head
    run = stetbot(scene, "land", proposal, *here(scene))
    assert run.code == 1
    assert "verification-failed" in run.err or "outdated" in run.err
    assert scene.head == head
    assert len(thread.comments) == 1
    assert scene.github.writes() == []


def test_settings_come_from_the_base_branch_alone(scene: Scene) -> None:
    scene.suggest(10, "value_10 = 12")
    for text, where in (("engine = 'no-such-engine'\n", scene.clone), ("engine = 'worse'\n", scene.work)):
        where.write(".stetbot.toml", text)
    scene.work.commit("Settings of the pull request")
    scene.push()
    run = stetbot(scene, "review", *here(scene), "--diff")
    assert run.code == 0, run.said
    scene.work.git("checkout", "-q", "main")
    scene.work.write(".stetbot.toml", "engine = 'worst'\n")
    scene.work.commit("Settings of the base")
    scene.work.git("push", "-q", str(scene.base.git.path), "main")
    run = stetbot(scene, "review", *here(scene), "--diff")
    assert run.code == 2
    assert ".stetbot.toml of the base branch: engine: 'worst' is not one of" in run.err


def test_a_login_that_a_checkout_left_behind_is_not_used(scene: Scene) -> None:
    scene.suggest(10, "value_10 = 12")
    scene.clone.git("config", f"http.{scene.github.url}/.extraheader", "AUTHORIZATION: basic d3Jvbmc6d3Jvbmc=")
    scene.clone.git("config", "http.extraheader", "AUTHORIZATION: basic d3Jvbmc6d3Jvbmc=")
    run = stetbot(scene, "review", *here(scene), "--diff")
    assert run.code == 0, run.said


@pytest.mark.parametrize(
    ("arguments", "environment", "said"),
    [
        (("review",), {}, "give --pr NUMBER, or --comments FILE"),
        (("review", "--pr", "1", "--comments", "x.json"), {}, "give one of --pr and --comments"),
        (("review", "--pr", "1", "--branch", "x"), {}, "--branch is about a branch or files here"),
        (("review", "--pr", "1", "--write"), {}, "--write is about a branch or files here"),
        (("review", "--pr", "1", "--push"), {}, "--push is about a branch or files here"),
        (("review", "--pr", "1"), {"GITHUB_TOKEN": ""}, "--pr needs a token: set GITHUB_TOKEN"),
        (("review", "--pr", "1"), {}, "of which repository? give --repo owner/name"),
        (("review", "--pr", "one"), {}, "'one' is no number, and no pull request's URL"),
        (("review", "--pr", "1", "--repo", "a b/c"), {}, "'a b/c' is no repository; write it as owner/name"),
        (("review", "--pr", "4711", "--repo", "octo/shop"), {}, "there is no pull request octo/shop#4711"),
        (
            ("review", "--pr", "1"),
            {"GITHUB_API_URL": "http://x.example"},
            "GITHUB_API_URL: http://x.example would send",
        ),
        (("propose",), {}, "propose: give FILES, or --pr NUMBER"),
        (("land", "p.json"), {}, "land: give the files that the proposal was made from with --from, or --pr NUMBER"),
    ],
)
def test_a_wrong_call_is_one_line_and_exit_2(
    scene: Scene, arguments: tuple[str, ...], environment: dict[str, str], said: str
) -> None:
    run = stetbot(scene, *arguments, **environment)
    assert run.code == 2
    assert said in one_complaint(run)


FUNCTIONS = "def a():\n    return 1\n\n\ndef b():\n    return 2\n"
SNIPPET = "# ... existing code ...\n\n\ndef b():\n    return 20\n"


def test_the_half_with_the_models_key_writes_nothing_and_the_half_that_writes_has_no_key(
    scene: Scene, tmp_path: Path
) -> None:
    scene.work.write("f.py", FUNCTIONS)
    scene.work.commit("Functions")
    scene.push()
    scene.world.thread(scene.pull, "grace", "f.py", 6, f"Make it twenty.\n\n```python\n{SNIPPET}```\n")
    stranger = scene.world.thread(scene.pull, "stranger", "f.py", 2, f"```python\n{SNIPPET}```\n")
    merged = FUNCTIONS.replace("return 2\n", "return 20\n")
    proposal = tmp_path / "proposal.json"
    reader = scene.world.token("reader", "none", kind="Bot")
    with MorphServer(perfect({(FUNCTIONS, SNIPPET): merged})) as morph:
        models = {"MORPH_API_KEY": "sk-sentinel-7f3b9c2e", "MORPH_API_URL": morph.url}
        run = stetbot(
            scene, "propose", *here(scene), "-o", proposal, "--engine", "morph", GITHUB_TOKEN=reader, **models
        )
        assert run.code == 0, run.said
        assert len(morph.requests) == 1, "what a stranger wrote is not sent"
    assert scene.github.writes() == []
    landed = stetbot(scene, "land", proposal, *here(scene))
    assert "1 applied, 0 unchanged, 0 refused" in landed.out, landed.said
    assert scene.at_head("f.py") == merged
    assert len(stranger.comments) == 1


def test_review_does_what_a_comment_on_the_whole_asks_and_leaves_the_threads(scene: Scene) -> None:
    scene.suggest(10, "value_10 = 12")
    comment = scene.world.say(scene.pull, "grace", "There should be a third one.")
    address = f"{scene.github.url}/octo/shop/pull/{scene.pull.number}#issuecomment-{comment.id}"
    with PlannerServer(lambda _: Answer((Call("c.py", "one\ntwo\nthree\n"),))) as planner:
        shown = stetbot(scene, "review", *here(scene), "--talk", address, "--diff", **planner.environment)
        assert shown.code == 0, shown.said
        assert "+three" in shown.out
        assert scene.github.writes() == []
        run = stetbot(scene, "review", *here(scene), "--talk", address, **planner.environment)
    assert run.code == 0, run.said
    assert scene.at_head("c.py") == "one\ntwo\nthree\n"
    assert scene.at_head() == NEW
    assert "Answered 1 comments, resolved 0 threads." in run.out


@pytest.mark.parametrize("address", ["7", "https://github.com/octo/shop/pull/7#issuecomment-1", "--diff"])
def test_what_is_no_comment_on_this_pull_request_is_a_wrong_call(scene: Scene, address: str) -> None:
    run = stetbot(scene, "review", *here(scene), f"--talk={address}")
    assert run.code == 2, run.said
    assert "--talk: not the address" in one_complaint(run)


def test_a_comment_on_the_whole_needs_its_pull_request(scene: Scene, tmp_path: Path) -> None:
    (tmp_path / "comments.json").write_text("[]", encoding="utf-8")
    run = stetbot(
        scene, "review", "--comments", tmp_path / "comments.json", "--talk", "https://x/o/r/pull/1#issuecomment-1"
    )
    assert run.code == 2, run.said
    assert "--talk" in one_complaint(run)
