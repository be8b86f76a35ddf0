"""The hooks as users run them: by the real pre-commit and prek, installed from a clone of this project.

Each manager builds an environment for the hooks once, from the package registry; the tests share it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from support.calls import section, snapshot
from support.checkout import ROOT, tracked_files
from support.gitrepo import GitRepo
from support.hooks import BIN

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

pytestmark = pytest.mark.timeout(900)  # the first test waits for an environment to be built

MANIFEST = ".pre-commit-hooks.yaml"
MARKER = "x = 1\n# ... existing code ...\n"
CLEAN = "x = 1\ny = 2\n"
CODE = "def price():\n    total = 1\n    return total\n"
DONE = "def price():\n    total = 10\n    return total\n"
ASK = section("price.py", "def price():\n    total = 10\n    # ... existing code ...\n")


@dataclass(frozen=True, slots=True)
class Ran:
    code: int
    said: str


@dataclass(frozen=True, slots=True)
class Manager:
    """pre-commit or prek: its command, where it keeps environments, and a clone of this project as it stands."""

    name: str
    home: Path
    clone: GitRepo

    def environment(self, repo: GitRepo) -> dict[str, str]:
        # The user's own home: it may say where packages come from.
        own = {name: os.environ[name] for name in ("HOME", "XDG_CONFIG_HOME") if name in os.environ}
        kept = {name: value for name, value in repo.environment.items() if name not in ("HOME", "XDG_CONFIG_HOME")}
        path = os.pathsep.join((str(BIN), os.environ["PATH"]))
        return kept | own | {"PATH": path, "PRE_COMMIT_HOME": str(self.home), "PREK_HOME": str(self.home)}

    def run(self, repo: GitRepo, *arguments: str) -> Ran:
        return self.call(repo, str(BIN / self.name), *arguments)

    def git(self, repo: GitRepo, *arguments: str) -> Ran:
        """git, with its hooks."""
        return self.call(repo, "git", *arguments)

    def call(self, repo: GitRepo, *command: str, environment: Mapping[str, str] | None = None) -> Ran:
        done = subprocess.run(
            command,
            cwd=repo.path,
            env=self.environment(repo) | dict(environment or {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        return Ran(done.returncode, done.stdout.decode("utf-8", "replace"))

    def scratch(self, root: Path) -> GitRepo:
        """A repository that uses the hooks, which are installed in it; nothing is committed yet."""
        repo = GitRepo(root / "repo")
        hooks = "".join(f"      - id: stetbot-{name}\n" for name in ("check", "apply", "suggest"))
        rev = self.clone.git("rev-parse", "HEAD")
        text = f"repos:\n  - repo: {self.clone.path}\n    rev: {rev}\n    hooks:\n{hooks}"
        repo.write(".pre-commit-config.yaml", text)
        repo.git("add", "-A")
        done = self.run(repo, "install", "--hook-type", "pre-commit", "--hook-type", "pre-push")
        assert done.code == 0, done.said
        return repo


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for all workers of a run: the managers keep locks of their own, so what one builds all can use."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "hook-managers"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def clone(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> GitRepo:
    """This project as the work tree has it, committed: what a user's configuration names."""
    target = shared / "stetbot"
    if not target.exists():
        repo = GitRepo(tmp_path_factory.mktemp("clone") / "stetbot")
        for file in tracked_files():
            repo.write(file.relative_to(ROOT).as_posix(), file.read_bytes(), executable=os.access(file, os.X_OK))
        repo.commit("stetbot")
        with suppress(OSError):  # another worker was faster: its clone is as good
            repo.path.rename(target)
    return GitRepo(target, init=False, identity=False)


@pytest.fixture(scope="session")
def pre_commit(shared: Path, clone: GitRepo) -> Manager:
    return Manager("pre-commit", shared / "pre-commit", clone)


@pytest.fixture(scope="session")
def prek(shared: Path, clone: GitRepo) -> Manager:
    return Manager("prek", shared / "prek", clone)


@pytest.fixture(params=["pre_commit", "prek"])
def manager(request: pytest.FixtureRequest) -> Manager:
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Manager)
    return found


def test_the_manifest_is_valid_and_its_hooks_run_once(manager: Manager) -> None:
    done = manager.run(manager.clone, "validate-manifest", MANIFEST)
    assert done.code == 0, done.said
    text = (ROOT / MANIFEST).read_text(encoding="utf-8")
    assert text.count("- id: ") == text.count("  require_serial: true\n") == 3


def test_try_repo_runs_a_hook_from_a_clone(tmp_path: Path, pre_commit: Manager) -> None:
    repo = GitRepo(tmp_path / "repo")
    repo.write("a.py", MARKER)
    repo.git("add", "-A")
    done = pre_commit.run(repo, "try-repo", str(pre_commit.clone.path), "stetbot-check", "--all-files")
    assert done.code == 1, done.said
    assert "a.py:2: marker of left-out code" in done.said


def test_a_commit_with_a_marker_fails_and_one_without_it_passes(tmp_path: Path, manager: Manager) -> None:
    repo = manager.scratch(tmp_path)
    repo.write("a.py", MARKER)
    repo.write("b.py", CLEAN)
    repo.git("add", "-A")
    repo.write("b.py", CLEAN + MARKER)  # not staged: no part of the commit, and to be left alone
    # The first commit of this repository.
    done = manager.git(repo, "commit", "-m", "First")
    assert done.code == 1, done.said
    assert "a.py:2: marker of left-out code" in done.said
    assert "b.py" not in done.said
    assert (repo.path / "b.py").read_text() == CLEAN + MARKER
    repo.git("rev-parse", "--verify", "-q", "HEAD", fails=True)
    repo.write("a.py", CLEAN)
    repo.git("add", "a.py")
    done = manager.git(repo, "commit", "-m", "First")
    assert done.code == 0, done.said
    assert repo.read("HEAD", "b.py").decode() == CLEAN
    assert (repo.path / "b.py").read_text() == CLEAN + MARKER
    assert repo.git("status", "--porcelain") == "M b.py" or repo.git("diff", "--name-only") == "b.py"


def test_a_linked_work_tree_and_strange_file_names_are_no_trouble(tmp_path: Path, manager: Manager) -> None:
    repo = manager.scratch(tmp_path)
    assert manager.git(repo, "commit", "-m", "First").code == 0
    repo.git("worktree", "add", "-q", str(tmp_path / "linked"), "-b", "linked")
    linked = GitRepo(tmp_path / "linked", init=False, identity=False)
    name = "\u00fc b.py"
    if sys.platform == "linux":
        # pre-commit itself reads names as UTF-8 only; prek takes any bytes, and so do the hooks.
        name = os.fsdecode(b"\xff b\n.py") if manager.name == "prek" else "-\u00fc $(b)\n'\".py"
    linked.write(name, MARKER)
    linked.git("add", "-A")
    done = manager.git(linked, "commit", "-m", "A marker")
    assert (done.code, "marker of left-out code" in done.said) == (1, True), done.said
    linked.write(name, CLEAN)
    linked.write("price.py", CODE)
    linked.write("more.stetbot.md", ASK)
    linked.git("add", "-A")
    done = manager.git(linked, "commit", "-m", "Clean")
    assert done.code == 0, done.said
    done = manager.run(linked, "run", "--hook-stage", "manual", "stetbot-apply", "--all-files")
    assert (done.code, (linked.path / "price.py").read_text()) == (1, DONE), done.said


def test_apply_and_suggest_by_hand_leave_unstaged_work_alone(tmp_path: Path, manager: Manager) -> None:
    repo = manager.scratch(tmp_path)
    repo.write("price.py", CODE)
    repo.write("other.py", CLEAN)
    assert manager.git(repo, "add", "-A").code == 0
    assert manager.git(repo, "commit", "-m", "First").code == 0
    repo.write("more.stetbot.md", ASK)
    repo.git("add", "more.stetbot.md")
    repo.write("other.py", CLEAN + "z = 3\n")  # unstaged work
    before = snapshot(repo)
    by_hand = ("run", "--hook-stage", "manual")
    done = manager.run(repo, *by_hand, "stetbot-suggest")
    assert (done.code, "+    total = 10" in done.said) == (0, True), done.said
    assert snapshot(repo)["files"] == before["files"]
    done = manager.run(repo, *by_hand, "stetbot-apply")
    assert done.code == 1, done.said
    assert (repo.path / "price.py").read_text() == DONE
    assert (repo.path / "other.py").read_text() == CLEAN + "z = 3\n"
    assert repo.git("diff", "--cached", "--name-only") == "more.stetbot.md"
    # As with formatters: what a hook changed is staged before the hooks run again.
    repo.git("add", "price.py")
    again = manager.run(repo, *by_hand, "stetbot-apply")
    assert again.code == 0, again.said
    assert (repo.path / "price.py").read_text() == DONE


def test_a_push_of_what_is_not_applied_fails(tmp_path: Path, manager: Manager) -> None:
    repo = manager.scratch(tmp_path)
    there = GitRepo(tmp_path / "there", bare=True, identity=False)
    repo.git("remote", "add", "origin", str(there.path))
    repo.write("price.py", CODE)
    repo.git("add", "-A")
    assert manager.git(repo, "commit", "-m", "First").code == 0
    assert manager.git(repo, "push", "-q", "origin", "main").code == 0
    repo.write("more.stetbot.md", ASK)
    repo.git("add", "-A")
    assert manager.git(repo, "commit", "-m", "Ask").code == 0
    done = manager.git(repo, "push", "-q", "origin", "main")
    assert (done.code != 0, "is not applied in" in done.said) == (True, True), done.said
    assert (repo.path / "price.py").read_text() == CODE
    repo.write("price.py", DONE)
    repo.git("add", "-A")
    assert manager.git(repo, "commit", "-m", "Do it").code == 0
    done = manager.git(repo, "push", "-q", "origin", "main")
    assert done.code == 0, done.said
    assert there.git("rev-parse", "main") == repo.git("rev-parse", "main")
