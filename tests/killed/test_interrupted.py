"""Ctrl-C (SIGINT) ends a run with 130, one line and nothing by halves; SIGTERM ends it as a kill does."""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import TYPE_CHECKING

import pytest
from support.gitrepo import GitRepo
from support.killing import (
    AT_EXIT,
    Aim,
    AtGit,
    AtImport,
    AtStep,
    Ended,
    Moment,
    Table,
    Traps,
    When,
    assert_sound,
    copy,
    files_of,
    index_of,
    refs_of,
)
from support.morph_faults import Fault, faulty
from support.morph_server import MorphServer
from support.story import stetbot

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signal for another process"),
    pytest.mark.timeout(600),  # a guard; a busy machine may take minutes for what an idle one does in one
]

FILES = 130
CODE = "def a():\n    return 1\n\n\ndef b():\n    return 2\n"
SNIPPET = "# ... existing code ...\n\ndef b():\n    return 20\n"
RAISED = CODE.replace("return 2", "return 20")
KEY = {"MORPH_API_KEY": "sk-sentinel-7f3b9c2e"}
REF = "refs/heads/stetbot/all"


@pytest.fixture
def traps(tmp_path: Path) -> Traps:
    return Traps(tmp_path / "traps")


def repository(root: Path, files: int) -> tuple[GitRepo, str]:
    """Files that are alike, and an instruction file that asks for the same change of each."""
    repo = GitRepo(root / "repo")
    for number in range(files):
        repo.write(f"{number}.py", CODE)
    repo.commit()
    file = root / "all.stetbot.md"
    sections = [f"## `{number}.py`\n\n```python\n{SNIPPET}```\n" for number in range(files)]
    file.write_text("\n".join(sections), encoding="utf-8")
    return repo, str(file)


def assert_interrupted(ended: Ended) -> None:
    assert ended.code == 130, ended
    # The line may begin anew after the terminal's own "^C".
    said = ended.err.removeprefix("\n")
    assert said.startswith("stetbot: interrupted")
    assert said.count("\n") == 1


def assert_before_or_after(repo: GitRepo, base: GitRepo) -> str:
    """Says which: the branch is there with all of the change, or it is not there; nothing else differs."""
    assert_sound(repo)
    assert (files_of(repo), index_of(repo)) == (files_of(base), index_of(base))
    refs = refs_of(repo)
    if refs.pop(REF, None) is None:
        assert refs == refs_of(base)
        return "before"
    assert refs == refs_of(base)
    assert repo.git("rev-list", "--count", f"HEAD..{REF}") == "1"
    names = repo.git("ls-tree", "--name-only", REF).split("\n")
    assert all(repo.read(REF, name) == RAISED.encode() for name in names)
    return "after"


@pytest.mark.parametrize("fault", [Fault.HANG, Fault.STALL, Fault.TRICKLE_BODY], ids=lambda fault: fault.value)
@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
def test_ctrl_c_ends_128_workers_that_wait_for_a_stalled_service(
    tmp_path: Path, traps: Traps, figures: Callable[[str], None], fault: Fault, streamed: bool
) -> None:
    repo, file = repository(tmp_path, FILES)
    base = copy(repo, tmp_path / "base")
    flags = ("--engine", "morph", "--jobs", "128", *(("--morph-stream",) if streamed else ()))
    with MorphServer(faulty(fault, {(CODE, SNIPPET): RAISED})) as server:
        environment = KEY | {"MORPH_API_URL": server.url}
        with traps.run(repo, "apply", file, *flags, environment=environment) as run:
            server.wait_for(128)
            began = time.monotonic()
            run.process.send_signal(signal.SIGINT)
            ended = run.end()
            seconds = time.monotonic() - began
            run.wait_for_git()
    figures(f"{fault.value}: ended {seconds:.2f} s after Ctrl-C with 128 workers")
    assert_interrupted(ended)
    with pytest.raises(ProcessLookupError):
        os.killpg(run.process.pid, 0)
    assert assert_before_or_after(repo, base) == "before"
    # A guard against a hang; what is promised, and printed above, is two seconds on a machine that is not busy.
    assert seconds < 10


@pytest.mark.parametrize(
    "module", ["bot.cli.group", "click", "bot.errors", "bot.app", "bot.requests", "bot.verify", "git", "markdown_it"]
)
def test_ctrl_c_while_modules_are_imported_is_no_traceback(tmp_path: Path, traps: Traps, module: str) -> None:
    repo, file = repository(tmp_path, 1)
    with traps.run(repo, "apply", file, moment=AtImport(module), hit=signal.SIGINT) as run:
        ended = run.end()
    assert_interrupted(ended)
    assert refs_of(repo).keys() == {"HEAD", "refs/heads/main"}


@pytest.mark.parametrize("hit", [signal.SIGINT, signal.SIGTERM], ids=lambda hit: hit.name)
def test_interrupted_while_it_commits_the_branch_is_before_or_after(
    tmp_path: Path, traps: Traps, figures: Callable[[str], None], hit: signal.Signals
) -> None:
    """A terminal sends Ctrl-C to the whole group; git is in a session of its own and ends its work."""
    base, file = repository(tmp_path, 3)
    table = Table()
    moments: list[tuple[str, Moment]] = [
        (f"{command} {when.value}", AtGit(command, when, Aim.GROUP))
        for command, when in (
            ("unpack-objects", When.BEFORE),
            ("unpack-objects", When.AFTER),
            ("commit-tree", When.AFTER),
            ("update-ref", When.INSTEAD),
            ("update-ref", When.BEFORE),
            ("update-ref", When.PREPARED),
            ("update-ref", When.AFTER),
        )
    ]
    for number, (name, moment) in enumerate(moments):
        repo = copy(base, tmp_path / f"interrupted-{number}")
        with traps.run(repo, "apply", file, moment=moment, hit=hit) as run:
            ended = run.end()
        if hit is signal.SIGINT:
            assert_interrupted(ended)
        else:
            # Nothing has to be put in order, so nothing catches it: the parent sees what really happened.
            assert (ended.code, ended.err) == (-signal.SIGTERM, "")
        table.add(f"{hit.name}, {name}", assert_before_or_after(repo, base))
        done = stetbot(repo, "apply", file)
        assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
        assert assert_before_or_after(repo, base) == "after"
    figures(str(table))


def test_ctrl_c_while_it_writes_files_leaves_each_whole_and_a_second_run_completes(
    tmp_path: Path, traps: Traps, figures: Callable[[str], None]
) -> None:
    base, file = repository(tmp_path, 3)
    dry = copy(base, tmp_path / "dry")
    with traps.run(dry, "apply", "--write", file) as run:
        assert run.end().code == 0
        steps = run.steps()
    first = next(number for number, step in enumerate(steps, 1) if step.startswith("os."))
    table = Table()
    for number in range(first, len(steps) + 1):
        repo = copy(base, tmp_path / f"interrupted-{number}")
        with traps.run(repo, "apply", "--write", file, moment=AtStep(number, Aim.GROUP), hit=signal.SIGINT) as run:
            assert_interrupted(run.end())
        states = [data for data, _ in files_of(repo).values()]
        assert len(states) == 3
        assert set(states) <= {CODE.encode(), RAISED.encode()}
        # Unlike a kill, it leaves no temporary file behind, not even out of sight.
        assert not list((repo.path / ".git").rglob("*.tmp"))
        table.add("SIGINT while files are written", f"{states.count(RAISED.encode())} of 3 files after")
        assert stetbot(repo, "apply", "--write", file).returncode == 0
        assert {data for data, _ in files_of(repo).values()} == {RAISED.encode()}
    figures(str(table))


def test_ctrl_c_when_all_is_done_is_no_traceback(tmp_path: Path, traps: Traps) -> None:
    repo, file = repository(tmp_path, 1)
    with traps.run(repo, "apply", file, moment=AtStep(AT_EXIT), hit=signal.SIGINT) as run:
        ended = run.end()
    assert ended.code in (0, 130, -signal.SIGINT)
    assert ended.err == ""
    assert repo.read(REF, "0.py") == RAISED.encode()
