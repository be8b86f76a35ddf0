"""What was applied, and was taken back since by force or by a revert, is applied again for who opens its thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from support.action import ActionRun
    from support.github.scene import Scene


def _revert(scene: Scene) -> None:
    scene.work.git("pull", "-q", str(scene.source.git.path), "topic")
    scene.work.git("revert", "--no-edit", "HEAD")
    scene.push()


def test_what_is_applied_again_is_answered_with_the_new_commit(scene: Scene, action: ActionRun) -> None:
    thread = scene.suggest(10, "value_10 = 12")
    first = action.comment("/stetbot apply").outputs["commit"]
    scene.push(force=True)
    thread.resolved_by = None
    second = action.comment("/stetbot apply").outputs["commit"]
    assert second not in ("", first)
    assert f"Applied in {second}" in thread.comments[-1].body
    assert thread.resolved_by is not None
