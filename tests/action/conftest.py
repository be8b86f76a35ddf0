from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.action import ActionRun
from support.github.scene import Scene
from support.github.server import FakeGitHub

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def github(tmp_path: Path) -> Iterator[FakeGitHub]:
    with FakeGitHub(tmp_path / "github") as running:
        yield running


@pytest.fixture
def scene(github: FakeGitHub, tmp_path: Path) -> Scene:
    """A pull request of a branch of the repository itself."""
    return Scene(github, tmp_path)


@pytest.fixture
def action(scene: Scene, tmp_path: Path) -> ActionRun:
    return ActionRun(scene, tmp_path / "runner")
