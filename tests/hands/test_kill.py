"""Killed with SIGKILL at any moment: every file whole, every reference before or after, and a second run completes."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.gitrepo import GitRepo

from bot.entries import REGULAR, TreeChange
from bot.files import FileWrite, WorkTree
from bot.repo import Repository

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")

ROOT = Path(__file__).resolve().parents[2]
FILES = 24
OLD, NEW = b"old\n" * 20_000, b"new line\n" * 20_000
KILLS = 10

WRITER = """
import hashlib, os, sys
from pathlib import Path
from bot.files import FileWrite, WorkTree
root, new = Path(sys.argv[1]), b"new line\\n" * 20_000
tree = WorkTree(root, root / ".git" if sys.argv[2] == "git" else None)
print("ready", flush=True)
for number in range(24):
    path = f"d{number}/f"
    data = (root / path).read_bytes()
    if data != new:
        tree.write(FileWrite(path, hashlib.sha256(data).hexdigest(), new))
    if not (root / f"n{number}/f").exists():
        tree.write(FileWrite(f"n{number}/f", None, new))
    print(number, flush=True)
"""

COMMITTER = """
import os, sys
from pathlib import Path
from bot.entries import REGULAR, TreeChange
from bot.repo import Repository
with Repository.discover(Path(sys.argv[1]), os.environ) as repository:
    base = repository.branch_tip("stetbot/x") or repository.resolve("HEAD")
    tree = repository.tree(base)
    print("ready", flush=True)
    changes = [TreeChange(f"d{n}/f", REGULAR, b"new line\\n" * 2000 + b"%d" % n) for n in range(24)]
    commit = repository.commit(base, changes, "m\\n")
    print("committed", flush=True)
    repository.update_branch("stetbot/x", commit, repository.branch_tip("stetbot/x"))
    print("updated", flush=True)
"""


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    made = GitRepo(tmp_path / "r")
    for number in range(FILES):
        made.write(f"d{number}/f", OLD)
    made.commit()
    return made


def run_and_kill(script: str, repo: GitRepo, *arguments: str, after: str, delay: float) -> None:
    """Start a run, wait until it has said `after` and a little more, and kill it with all that it started."""
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(repo.path), *arguments],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env=repo.environment,
        start_new_session=True,
    )
    assert process.stdout
    for line in process.stdout:
        if line.strip() == after.encode():
            break
    time.sleep(delay)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()


def wait_for_git(repo: GitRepo) -> None:
    """A git process in a session of its own outlives the kill; it finishes and takes its lock along."""
    for _ in range(1000):
        if not list((repo.path / ".git").rglob("*.lock")):
            return
        time.sleep(0.01)
    raise AssertionError("a lock was left behind")


@pytest.mark.parametrize("where", ["git", "beside"])
def test_files_are_whole_after_a_kill_and_a_second_run_completes(repo: GitRepo, where: str) -> None:
    halfway = 0
    for kill in range(KILLS):
        run_and_kill(WRITER, repo, where, after="ready" if kill % 2 else str(kill), delay=0.0007 * kill)
        for number in range(FILES):
            assert (repo.path / f"d{number}/f").read_bytes() in (OLD, NEW)
            assert not (repo.path / f"n{number}/f").exists() or (repo.path / f"n{number}/f").read_bytes() == NEW
        done = sum((repo.path / f"d{number}/f").read_bytes() == NEW for number in range(FILES))
        halfway += 0 < done < FILES
        if where == "git":
            assert [path for path in repo.path.rglob("*.tmp") if ".git" not in path.parts] == []
        repo.git("fsck")
        # The next round starts over, with whatever the kill left.
        tree = WorkTree(repo.path, repo.path / ".git" if where == "git" else None)
        tree.clean()
        for number in range(FILES):
            data = (repo.path / f"d{number}/f").read_bytes()
            tree.write(FileWrite(f"d{number}/f", hashlib.sha256(data).hexdigest(), OLD))
            if (repo.path / f"n{number}/f").exists():
                tree.write(FileWrite(f"n{number}/f", hashlib.sha256(NEW).hexdigest(), None))
    assert halfway, "no kill came between two files: the test shows nothing"
    subprocess.run([sys.executable, "-c", WRITER, str(repo.path), where], cwd=ROOT, env=repo.environment, check=True)
    assert all((repo.path / f"{kind}{number}/f").read_bytes() == NEW for kind in "dn" for number in range(FILES))
    WorkTree(repo.path, repo.path / ".git").clean()
    assert list(repo.path.rglob("*.tmp")) == []


@pytest.mark.parametrize("after", ["ready", "committed"])
def test_refs_are_before_or_after_a_kill_and_a_second_run_completes(repo: GitRepo, after: str) -> None:
    before = repo.state()
    head = repo.git("rev-parse", "HEAD")
    for kill in range(KILLS):
        run_and_kill(COMMITTER, repo, after=after, delay=0.004 * kill)
        wait_for_git(repo)
        with Repository.discover(repo.path, repo.environment) as repository:
            tip = repository.branch_tip("stetbot/x")
            assert tip is None or repository.tree(tip).read("d0/f").document.lines[0] == "new line"
        assert repo.state()[:3] == before[:3]
        assert "missing" not in repo.git("fsck", "--full")
        if tip:
            repo.git("branch", "-q", "-D", "stetbot/x")
    subprocess.run([sys.executable, "-c", COMMITTER, str(repo.path)], cwd=ROOT, env=repo.environment, check=True)
    assert repo.git("rev-parse", "stetbot/x^") == head
    assert repo.read("stetbot/x", "d3/f").endswith(b"line\n3")


def test_what_a_run_commits_is_the_same_when_it_runs_again(repo: GitRepo) -> None:
    with Repository.discover(repo.path, repo.environment) as repository:
        base = repository.resolve("HEAD")
        ids = {repository.tree(base).id}
        for _ in range(2):
            commit = repository.commit(base, [TreeChange("d0/f", REGULAR, NEW)], "m\n")
            ids.add(repository.tree(commit).id)
    assert len(ids) == 2
