"""Whole stories on a GitHub of our own: threads are read, a commit lands, people are answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.github.scene import NEW
from support.github.story import review

from bot.model import Applied

if TYPE_CHECKING:
    from support.github.scene import Scene


def test_suggestions_of_a_branch_become_one_commit_and_each_thread_is_answered_and_resolved(scene: Scene) -> None:
    one = scene.suggest(10, "value_10 = 12")
    two = scene.suggest(30, "value_30 = 32", by="ada")
    done = review(scene)
    assert [type(outcome) for outcome in done.done.report.outcomes] == [Applied, Applied]
    assert scene.at_head() == NEW.replace("value_10 = 11", "value_10 = 12").replace("value_30 = 31", "value_30 = 32")
    assert scene.source.git.git("rev-parse", "topic^") == scene.first
    assert done.landed.commit == scene.head
    for thread in (one, two):
        assert len(thread.comments) == 2
        assert f"Applied in {scene.head}." in thread.comments[1].body
        assert thread.resolved_by is not None
    message = scene.source.git.git("log", "-1", "--format=%B", "topic")
    grace, ada = (scene.world.account(login).id for login in ("grace", "ada"))
    assert f"Co-authored-by: grace <{grace}+grace@users.noreply.127.0.0.1>" in message
    assert f"Co-authored-by: ada <{ada}+ada@users.noreply.127.0.0.1>" in message
    assert len(scene.pull.comments) == 1


def test_a_second_run_does_nothing(scene: Scene) -> None:
    scene.suggest(10, "value_10 = 12")
    review(scene)
    before, head = len(scene.github.writes()), scene.head
    done = review(scene)
    assert done.done.report.outcomes == ()
    assert len(scene.github.writes()) == before
    assert scene.head == head
