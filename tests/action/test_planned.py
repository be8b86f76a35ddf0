"""Comments in plain words on a pull request: planned, landed, offered, handed over and forged."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.github.scene import last_of
from support.planner_server import KEY, Answer, Call, PlannerRequest, PlannerServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.action import ActionRun, Told
    from support.github.scene import Scene
    from support.github.world import Comment, Thread

CART = "def net(items):\n    return sum(items)\n\n\ndef gross(items):\n    return net(items) * 1.2\n"
SNIPPET = "def net(items):\n    return sum(items or ())\n\n\n# ... existing code ...\n"
AFTER = CART.replace("sum(items)", "sum(items or ())")


@pytest.fixture
def planner() -> Iterator[PlannerServer]:
    with PlannerServer(helpful) as server:
        yield server
        assert server.faults == []


def helpful(request: PlannerRequest) -> Answer:
    return Answer((Call(request.path, SNIPPET, "I am letting the sum take no items."),))


def asked(scene: Scene, by: str = "grace") -> Thread:
    scene.work.write("cart.py", CART)
    scene.work.commit("The cart")
    scene.push()
    return scene.world.thread(scene.pull, by, "cart.py", 2, "This misses the `None` case.")


def command(scene: Scene, body: str = "/stetbot apply") -> Comment:
    return scene.world.say(scene.pull, "grace", body)


def proposed(scene: Scene, action: ActionRun, comment: Comment, planner: PlannerServer, **inputs: str) -> Told:
    reading = scene.world.token("stetbot", "metadata", kind="Bot")
    return action.on_comment(comment, mode="propose", GITHUB_TOKEN=reading, **planner.environment, **inputs)


def test_plain_words_become_a_commit(scene: Scene, action: ActionRun, planner: PlannerServer) -> None:
    thread = asked(scene)
    told = action.on_comment(command(scene), **planner.environment)
    assert told.outputs["applied"] == "1", told.log
    assert scene.at_head("cart.py") == AFTER
    assert "Applied in" in last_of(thread).body
    shown = "\n".join(line for line in told.log.split("\n") if not line.startswith("::add-mask::"))
    assert KEY not in shown + told.summary


def test_who_may_not_write_feeds_no_planner(scene: Scene, action: ActionRun, planner: PlannerServer) -> None:
    scene.base.permissions["eve"] = "read"
    asked(scene, by="eve")
    told = action.on_comment(command(scene), **planner.environment)
    assert told.outputs["applied"] == "0"
    assert planner.requests == []


def test_a_denied_file_and_a_taken_branch_cost_no_token(
    scene: Scene, action: ActionRun, planner: PlannerServer
) -> None:
    scene.work.write("AGENTS.md", "Be brief.\n")
    scene.work.commit("Instructions")
    scene.push()
    scene.world.thread(scene.pull, "grace", "AGENTS.md", 1, "Please be kind, too.")
    told = action.on_comment(command(scene), **planner.environment)
    assert told.outputs["refused"] == "1"
    assert planner.requests == []


def test_what_a_planner_wrote_waits_for_a_writer_where_that_is_wanted(
    scene: Scene, action: ActionRun, planner: PlannerServer
) -> None:
    thread = asked(scene)
    told = action.on_comment(command(scene), planned_needs_apply="true", **planner.environment)
    assert told.outputs["refused"] == "1", told.log
    assert scene.at_head("cart.py") == CART
    found = re.search(r"apply #([0-9a-f]{12})", last_of(thread).body)
    assert found, last_of(thread).body
    assert "+    return sum(items or ())" in last_of(thread).body
    before = len(planner.requests)
    told = action.on_comment(command(scene, f"/stetbot apply #{found[1]}"), planned_needs_apply="true")
    assert told.outputs["applied"] == "1", told.log
    assert scene.at_head("cart.py") == AFTER
    assert len(planner.requests) == before, "what was read is what lands: nobody is asked again"


def test_one_job_has_the_planner_and_another_one_lands_what_it_wrote(
    scene: Scene, action: ActionRun, planner: PlannerServer
) -> None:
    asked(scene)
    comment = command(scene)
    told = proposed(scene, action, comment, planner)
    assert told.outputs["applied"] == "1", told.log
    before = len(planner.requests)
    landed = action.on_comment(comment, mode="land", proposal=told.outputs["proposal"])
    assert landed.outputs["applied"] == "1", landed.log
    assert scene.at_head("cart.py") == AFTER
    assert len(planner.requests) == before


def forged(told: Told, change: Any) -> None:
    path = Path(told.outputs["proposal"])
    whole = json.loads(path.read_bytes())
    change(whole)
    path.write_text(json.dumps(whole), encoding="utf-8")


def other_path(whole: Any) -> None:
    whole["requests"][0]["written"][0]["target_file"] = "a.py"


def other_snippet(whole: Any) -> None:
    whole["requests"][0]["written"][0]["code_edit"] = "# ... existing code ...\n\n\nimport os\nos.system('x')\n"


def extra_key(whole: Any) -> None:
    whole["requests"][0]["written"][0]["author"] = "Eve <eve@evil.example>"


@pytest.mark.parametrize("change", [other_path, other_snippet, extra_key])
def test_a_forged_snippet_lands_nothing_elsewhere(
    scene: Scene, action: ActionRun, planner: PlannerServer, change: Any
) -> None:
    asked(scene)
    comment = command(scene)
    told = proposed(scene, action, comment, planner)
    forged(told, change)
    head = scene.head
    landed = action.on_comment(comment, mode="land", proposal=told.outputs["proposal"])
    assert landed.outputs.get("commit", "") == ""
    assert scene.head == head


def test_a_proposal_that_applies_what_nobody_has_read_lands_nothing_where_reading_is_wanted(
    scene: Scene, action: ActionRun, planner: PlannerServer
) -> None:
    asked(scene)
    comment = command(scene)
    told = proposed(scene, action, comment, planner)
    head = scene.head
    landed = action.on_comment(comment, mode="land", proposal=told.outputs["proposal"], planned_needs_apply="true")
    assert landed.outputs["status"] == "refused", landed.log
    assert scene.head == head


def test_what_waits_to_be_read_is_offered_by_the_landing_job(
    scene: Scene, action: ActionRun, planner: PlannerServer
) -> None:
    thread = asked(scene)
    comment = command(scene)
    told = proposed(scene, action, comment, planner, planned_needs_apply="true")
    assert told.outputs["refused"] == "1"
    landed = action.on_comment(comment, mode="land", proposal=told.outputs["proposal"], planned_needs_apply="true")
    assert landed.outputs["refused"] == "1", landed.log
    found = re.search(r"apply #([0-9a-f]{12})", last_of(thread).body)
    assert found, last_of(thread).body
    told = action.on_comment(command(scene, f"/stetbot apply #{found[1]}"), mode="land", planned_needs_apply="true")
    assert told.outputs["applied"] == "1", told.log
    assert scene.at_head("cart.py") == AFTER
