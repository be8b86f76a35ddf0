"""Runs on a pull request of the tests' own GitHub, in this process: the clock is the scene's, nobody waits."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from support.github.world import BEGINNING

from bot.chat.endpoint import Key
from bot.github import reading
from bot.outcomes import Refused
from bot.pull_request import run as runs
from bot.pull_request.answering import Manner
from bot.pull_request.occasion import NOW, Ask
from bot.pull_request.place import git_settings
from bot.repo import Repository
from bot.settings import EngineChoice, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.github.scene import Scene

    from bot.pull_request.run import Finished, Hands, Wanted
    from bot.review.gate import Trigger


@contextmanager
def hands(scene: Scene, token: str | None = None) -> Iterator[Hands]:
    """What a run in the scene's clone works with."""
    shown = token or scene.token
    client = scene.client(shown)
    pull = reading.pull_request(client, scene.name, scene.pull.number)
    git = git_settings(client.addresses, Key.parse(shown, "token"), pull)
    with Repository.discover(scene.clone.path, scene.clone.environment, git) as repo:
        yield runs.Hands(client, repo, Settings(engine=EngineChoice.LOCAL))


def review(
    scene: Scene,
    wanted: Wanted | None = None,
    *,
    token: str | None = None,
    trigger: Trigger = NOW,
    head: str | None = None,
    named: frozenset[int] = frozenset(),
) -> Finished:
    """`stetbot review --pr` on the scene's pull request."""
    asked = Ask(scene.name, scene.pull.number, trigger, head, named)
    with hands(scene, token) as ready:
        return runs.run(ready, asked, wanted or runs.Wanted(), Manner(BEGINNING), lambda: None)


def codes(done: Finished) -> list[str]:
    """What became of each request: its code of refusal, or what it is called."""
    return [
        outcome.code.value if isinstance(outcome, Refused) else type(outcome).__name__.lower()
        for outcome in done.done.report.outcomes
    ]


def changes(scene: Scene) -> list[str]:
    """All that was written, pushes too."""
    return scene.github.writes()
