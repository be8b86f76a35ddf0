"""Only what is in a commit is called applied: in the log, the outputs, the summaries and the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.action import ActionRun
from support.github.scene import Scene, last_of

if TYPE_CHECKING:
    from pathlib import Path

    from support.github.server import FakeGitHub


@pytest.mark.parametrize(("command", "mode"), [("diff", "apply"), ("apply", "propose")])
def test_what_was_only_shown_or_proposed_is_not_called_applied(
    scene: Scene, action: ActionRun, command: str, mode: str
) -> None:
    scene.suggest(10, "value_10 = 12")
    told = action.comment(f"/stetbot {command}", mode=mode)
    assert scene.head == scene.first
    assert (told.outputs["commit"], told.outputs["applied"]) == ("", "1")
    assert told.summary.startswith("### stetbot: 1 to be applied, 0 unchanged, 0 refused\n\nNothing was written")
    assert "may not push" not in told.summary
    assert "stetbot: to be applied: " in told.log
    assert "stetbot: applied: " not in told.log


def test_what_was_only_suggested_is_not_called_applied(github: FakeGitHub, tmp_path: Path) -> None:
    scene = Scene(github, tmp_path, fork=True)
    thread = scene.suggest(10, "value_10 = 12")
    told = ActionRun(scene, tmp_path / "runner").comment("/stetbot apply")
    assert told.outputs["status"] == "nothing-applied"
    assert (told.outputs["commit"], told.outputs["applied"], told.outputs["refused"]) == ("", "0", "0")
    for text in (told.summary, scene.pull.comments[-1].body):
        assert text.startswith("### stetbot: 1 suggested, 0 unchanged, 0 refused")
        assert "- suggested: " in text
    assert "stetbot: suggested: " in told.log
    assert "Applied" not in last_of(thread).body


def test_what_stands_in_the_patch_alone_is_not_called_applied(github: FakeGitHub, tmp_path: Path) -> None:
    scene = Scene(github, tmp_path, fork=True)
    scene.suggest(10, "value_10 = 12")
    body = "Make it so:\n\n```diff\n--- a/b.py\n+++ b/b.py\n@@ -1,3 +1,3 @@\n first\n-second\n+other\n third\n```"
    scene.world.thread(scene.pull, "grace", "a.py", 30, body)
    told = ActionRun(scene, tmp_path / "runner").comment("/stetbot apply")
    assert told.summary.startswith("### stetbot: 1 suggested, 1 in the patch, 0 unchanged, 0 refused"), told.summary
    assert told.outputs["applied"] == "0"
