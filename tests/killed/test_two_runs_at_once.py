"""Several runs at the same time: one wins, the others say so in one line, nothing is lost."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest
from support.gitrepo import GitRepo
from support.killing import Aim, AtGit, AtStep, Traps, When, assert_sound, copy, files_of
from support.morph_server import MorphServer, held_back, perfect
from support.story import STETBOT, stetbot

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no shell scripts and no SIGSTOP"),
    pytest.mark.timeout(600),  # a guard; a busy machine may take minutes for what an idle one does in one
]

BRANCH = "stetbot/shared"
REF = f"refs/heads/{BRANCH}"
LINES = [f"line {number}\n" for number in range(1, 10)]


@pytest.fixture
def traps(tmp_path: Path) -> Traps:
    return Traps(tmp_path / "traps")


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    made = GitRepo(tmp_path / "repo")
    made.write("f.txt", "".join(LINES))
    made.commit()
    return made


def asks_for(folder: Path, line: int) -> str:
    """An instruction file that changes this one line of f.txt."""
    file = folder / f"{line}.stetbot.md"
    file.write_text(f"# Change {line}\n\n## `f.txt:{line}`\n\n```suggestion\nnew {line}\n```\n", encoding="utf-8")
    return str(file)


def with_new(*lines: int) -> bytes:
    return "".join(f"new {n}\n" if n in lines else line for n, line in enumerate(LINES, 1)).encode()


def ended_outside(arguments: list[str], repo: GitRepo) -> tuple[int, str]:
    done = stetbot(repo, *arguments)
    return done.returncode, done.stderr.decode()


@pytest.mark.parametrize("there", [False, True], ids=["a new branch", "a branch"])
def test_the_run_that_comes_second_to_the_branch_changes_nothing_and_lands_when_it_is_run_again(
    tmp_path: Path, traps: Traps, repo: GitRepo, there: bool
) -> None:
    if there:
        repo.git("branch", BRANCH)
    slow = ("apply", "--branch", BRANCH, asks_for(tmp_path, 2))
    fast = ["apply", "--branch", BRANCH, asks_for(tmp_path, 7)]
    with traps.run(repo, *slow, moment=AtGit("update-ref", When.GATE)) as run:
        run.wait_at_gate()
        assert ended_outside(fast, repo)[0] == 0
        won = repo.git("rev-parse", REF)
        run.open_gate()
        lost = run.end()
    assert lost.code == 1
    assert lost.err == f"stetbot: the branch {BRANCH} moved while stetbot worked; nothing was changed: run again\n"
    assert repo.git("rev-parse", REF) == won
    assert_sound(repo)
    assert ended_outside(list(slow), repo)[0] == 0
    assert repo.read(REF, "f.txt") == with_new(2, 7)
    assert repo.git("rev-list", "--count", f"HEAD..{REF}") == "2"


def test_of_many_runs_on_one_branch_each_lands_or_says_that_it_did_not(tmp_path: Path, repo: GitRepo) -> None:
    lines = (1, 3, 5, 7, 9)
    runs = {
        line: subprocess.Popen(
            [STETBOT, "apply", "--branch", BRANCH, asks_for(tmp_path, line)],
            cwd=repo.path,
            env=repo.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for line in lines
    }
    ended = {line: (run.communicate(timeout=120), run.returncode) for line, run in runs.items()}
    assert {code for _, code in ended.values()} <= {0, 1}
    landed = [line for line, (_, code) in ended.items() if code == 0]
    assert landed
    assert repo.read(REF, "f.txt") == with_new(*landed)
    assert repo.git("rev-list", "--count", f"HEAD..{REF}") == str(len(landed))
    for line, ((_, err), code) in ended.items():
        if code:
            assert err.count(b"\n") == 1, err
            assert ended_outside(["apply", "--branch", BRANCH, asks_for(tmp_path, line)], repo)[0] == 0
    assert repo.read(REF, "f.txt") == with_new(*lines)
    assert repo.git("rev-list", "--count", f"HEAD..{REF}") == str(len(lines))
    assert_sound(repo)


@pytest.mark.parametrize("step", ["os.mkdir", "os.rename"])
def test_while_one_run_writes_another_one_waits_and_then_leaves_it_alone(
    tmp_path: Path, traps: Traps, repo: GitRepo, step: str
) -> None:
    """The one that writes is stopped before the first of these steps, and goes on when the other has given up."""
    slow = ("apply", "--write", asks_for(tmp_path, 2))
    fast = ["apply", "--write", asks_for(tmp_path, 7)]
    with traps.run(copy(repo, tmp_path / "dry"), *slow) as run:
        assert run.end().code == 0
        steps = run.steps()
    number = next(number for number, what in enumerate(steps, 1) if what.startswith(step))
    with traps.run(repo, *slow, moment=AtStep(number, Aim.PROCESS), hit=signal.SIGSTOP) as run:
        run.wait_for_step(number)
        code, err = ended_outside(fast, repo)
        assert files_of(repo) == {"f.txt": (with_new(), False)}
        run.process.send_signal(signal.SIGCONT)
        assert run.end().code == 0
    assert code == 1
    assert err.startswith("stetbot: another stetbot is writing to this work tree")
    assert err.count("\n") == 1
    assert files_of(repo) == {"f.txt": (with_new(2), False)}
    assert ended_outside(fast, repo)[0] == 0
    assert files_of(repo) == {"f.txt": (with_new(2, 7), False)}


def test_a_run_whose_file_changed_while_it_waited_for_the_service_leaves_it_alone(
    tmp_path: Path, traps: Traps, repo: GitRepo
) -> None:
    code, update, merged = "a = 1\nb = 2\nc = 3\n", "# ... existing code ...\nb = 20\nc = 3\n", "a = 1\nb = 20\nc = 3\n"
    repo.write("m.py", code)
    file = tmp_path / "m.stetbot.md"
    file.write_text(f"## `m.py`\n\n```python\n{update}```\n", encoding="utf-8")
    go_on = threading.Event()
    with MorphServer(held_back(perfect({(code, update): merged}), go_on)) as server:
        environment = {"MORPH_API_KEY": "sk-sentinel-7f3b9c2e", "MORPH_API_URL": server.url}
        arguments = ("apply", "--write", "--engine", "morph", str(file))
        with traps.run(repo, *arguments, environment=environment) as run:
            server.wait_for(1)
            repo.write("m.py", f"# a new head\n{code}")
            go_on.set()
            ended = run.end()
    assert ended.code == 1
    assert ended.err.startswith("stetbot: outdated: m.py changed on the disk while stetbot worked; it was left alone")
    assert ended.err.count("\n") == 1
    assert files_of(repo)["m.py"] == (f"# a new head\n{code}".encode(), False)
