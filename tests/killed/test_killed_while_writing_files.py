"""`--write`, killed before every single step of a run that changes, creates, deletes, moves and changes modes."""

from __future__ import annotations

import os
import shutil
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from support.gitrepo import GitRepo
from support.killing import (
    AT_EXIT,
    Aim,
    AtStep,
    Table,
    Traps,
    assert_sound,
    copy,
    files_of,
    index_of,
    refs_of,
)
from support.story import stetbot

from bot.files import WorkTree

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL and no shell scripts"),
    pytest.mark.timeout(600),  # a guard; a busy machine may take minutes for what an idle one does in one
]

Files = dict[str, tuple[bytes, bool]]
CODE = b"def a():\n    return 1\n\n\ndef b():\n    return 2\n"
RAISED = CODE.replace(b"return 2", b"return 20")
SNIPPET = "```python\n# ... existing code ...\n\ndef b():\n    return 20\n```\n"
BASE: Files = {
    "a.py": (CODE, False),
    "c.txt": (b"c\n", False),
    "e.py": (CODE, False),
    "f.sh": (b"#!/bin/sh\necho f\n", False),
    "g.sh": (b"#!/bin/sh\necho f\n", False),
    "sub/d.txt": (b"d\n", False),
    "untouched.txt": (b"stays\n", False),
}
KINDS = {
    "change": f"## `a.py`\n\nI am raising b.\n\n{SNIPPET}",
    "create": "## create `new/deep/b.py`\n\n```python new\nB = 1\n```\n",
    "delete": "## delete `c.txt`\n",
    "rename": "## rename `sub/d.txt` to `moved/d.txt`\n",
    "rename and change": f"## `e.py`\n\nRename this file to `moved/e.py`.\n\n{SNIPPET}",
    "mode": "## make `f.sh` executable\n",
    "mode and change": "## `g.sh:2`\n\nMake this file executable.\n\n```suggestion\necho g\n```\n",
}
# What may stand at the paths of each kind, first to last.
STATES: dict[str, tuple[Files, ...]] = {
    "change": ({"a.py": (CODE, False)}, {"a.py": (RAISED, False)}),
    "create": ({}, {"new/deep/b.py": (b"B = 1\n", False)}),
    "delete": ({"c.txt": (b"c\n", False)}, {}),
    "rename": ({"sub/d.txt": (b"d\n", False)}, {"moved/d.txt": (b"d\n", False)}),
    # Two files' worth of work: each is whole in between, and there is one of them at all times.
    "rename and change": (
        {"e.py": (CODE, False)},
        {"e.py": (RAISED, False)},
        {"moved/e.py": (RAISED, False)},
    ),
    "mode": ({"f.sh": (b"#!/bin/sh\necho f\n", False)}, {"f.sh": (b"#!/bin/sh\necho f\n", True)}),
    "mode and change": ({"g.sh": (b"#!/bin/sh\necho f\n", False)}, {"g.sh": (b"#!/bin/sh\necho g\n", True)}),
}


@dataclass(frozen=True, slots=True)
class Scene:
    """A repository and the kinds of change that one instruction file asks for."""

    root: Path
    traps: Traps
    repo: GitRepo
    kinds: Sequence[str]

    @property
    def arguments(self) -> tuple[str, ...]:
        return ("apply", "--write", str(self.root / f"{'-'.join(self.kinds)}.stetbot.md"))

    def steps(self) -> tuple[str, ...]:
        """The steps of a run that nobody kills, which ends as it should."""
        repo = copy(self.repo, self.root / "unkilled")
        with self.traps.run(repo, *self.arguments) as run:
            ended = run.end()
            steps = run.steps()
        assert ended.code == 0, ended
        assert files_of(repo) == self.wanted()
        return steps

    def wanted(self) -> Files:
        """What the work tree holds at the end."""
        return self._untouched() | {path: what for kind in self.kinds for path, what in STATES[kind][-1].items()}

    def _untouched(self) -> Files:
        ours = {path for kind in self.kinds for state in STATES[kind] for path in state}
        return {path: what for path, what in BASE.items() if path not in ours}

    def check(self, repo: GitRepo) -> str:
        """Everything is whole; says whether it is "before", "after" or "between"."""
        assert_sound(repo)
        assert index_of(repo) == index_of(self.repo)
        assert refs_of(repo) == refs_of(self.repo)
        found = files_of(repo)
        at = []
        for kind in self.kinds:
            paths = {path for state in STATES[kind] for path in state}
            there = {path: found.pop(path) for path in paths if path in found}
            assert there in STATES[kind], f"{kind}: {there}"
            at.append(STATES[kind].index(there) / (len(STATES[kind]) - 1))
        assert found == self._untouched(), "something else changed, or a temporary file is left"
        return "before" if not any(at) else "after" if all(share == 1 for share in at) else "between"

    def check_second_run(self, repo: GitRepo) -> None:
        """It ends well, with what an unkilled run gives, and leaves nothing behind."""
        done = stetbot(repo, *self.arguments)
        assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
        assert files_of(repo) == self.wanted()
        assert not list((repo.path / ".git").rglob("*.tmp"))
        assert refs_of(repo) == refs_of(self.repo)
        assert index_of(repo) == index_of(self.repo)

    def kill(self, moment: AtStep) -> str:
        repo = copy(self.repo, self.root / f"killed-{moment.number}-{moment.aim.name}")
        try:
            self.traps.killed(repo, *self.arguments, moment=moment)
            seen = self.check(repo)
            self.check_second_run(repo)
        except BaseException as error:
            error.add_note(f"killed at {moment} of {self.kinds}")
            raise
        shutil.rmtree(repo.path)
        return seen


def scene(root: Path, *kinds: str) -> Scene:
    root.mkdir()
    repo = GitRepo(root / "repo")
    for path, (data, executable) in BASE.items():
        repo.write(path, data, executable=executable)
    repo.commit()
    made = Scene(root, Traps(root / "traps"), repo, kinds)
    text = "\n".join(["# All kinds of things\n", *(KINDS[kind] for kind in kinds)])
    (root / f"{'-'.join(kinds)}.stetbot.md").write_text(text, encoding="utf-8")
    return made


def touches_the_work_tree(step: str) -> bool:
    return step.startswith(("os.", "open ")) and not step.rsplit(" ", 1)[-1].startswith(".git")


Jobs = list[tuple[Scene, AtStep]]


def all_kinds_in_one_run(root: Path) -> dict[str, Jobs]:
    """A kill before every step, by its place: before the first change of the work tree, between, after the last."""
    everything = scene(root / "everything", *KINDS)
    steps = everything.steps()
    touching = [number for number, step in enumerate(steps, 1) if touches_the_work_tree(step)]
    points: dict[str, Jobs] = {"before": [], "between": [], "after": []}
    for number in (*range(1, len(steps) + 1), AT_EXIT):
        if touching[0] < number < touching[-1] and steps[number - 1] == "os.rmdir .git/stetbot":
            continue  # nothing differs from the step before it
        point = (
            "after" if number > touching[-1] or number == AT_EXIT else "before" if number <= touching[0] else "between"
        )
        points[point].append((everything, AtStep(number, Aim.GROUP if number % 2 else Aim.PROCESS)))
    points["before"] += [(everything, AtStep(number)) for number in range(touching[0] - 1, touching[0] + 1)]
    return points


def each_kind_alone(root: Path) -> Jobs:
    """Kills once its last file stands."""
    jobs: Jobs = []
    for kind in KINDS:
        alone = scene(root / kind.replace(" ", "-"), kind)
        steps = alone.steps()
        last = max(number for number, step in enumerate(steps, 1) if touches_the_work_tree(step))
        jobs += [(alone, AtStep(number)) for number in (*range(last + 1, len(steps) + 1), AT_EXIT)]
    return jobs


@pytest.mark.parametrize("point", ["before", "between", "after"])
def test_killed_before_any_step_every_file_is_whole_and_a_second_run_completes(
    tmp_path: Path, figures: Callable[[str], None], point: str
) -> None:
    """All kinds in one run; then each kind alone, killed once its last file stands."""
    jobs = all_kinds_in_one_run(tmp_path)[point]
    if point == "after":
        jobs += each_kind_alone(tmp_path)
    table = Table()
    for here, moment in jobs:
        table.add(f"{point} file writes", here.kill(moment))
    figures(str(table))
    assert table.kills(f"{point} file writes") >= 10
    assert table.seen(f"{point} file writes") == {point}


def test_a_killed_run_in_a_container_had_the_same_process_number_and_is_cleaned_up_after(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "repo")
    scratch = repo.path / ".git" / "stetbot"
    scratch.mkdir()
    (scratch / f".stetbot-{os.getpid()}-0123456789abcdef.tmp").write_text("half", encoding="utf-8")
    WorkTree(repo.path, repo.path / ".git").clean()
    assert not scratch.exists()


def _anything_in(folder: Path) -> bool:
    try:
        return any(folder.iterdir())
    except OSError:
        return False


def test_killed_in_the_middle_of_a_large_file_every_file_is_whole(
    tmp_path: Path, figures: Callable[[str], None]
) -> None:
    """The kill comes once the temporary file is there, after delays that grow."""
    lines = [f"line {number} of a large file\n" for number in range(10_000)]
    repo = GitRepo(tmp_path / "repo")
    old = "".join(lines).encode()
    new = "".join(["first\n", *lines[1:]]).encode()
    for name in ("a.txt", "b.txt", "c.txt"):
        repo.write(name, old)
    repo.commit()
    file = tmp_path / "large.stetbot.md"
    sections = [f"## `{name}:1`\n\n```suggestion\nfirst\n```\n" for name in ("a.txt", "b.txt", "c.txt")]
    file.write_text("\n".join(sections), encoding="utf-8")
    traps = Traps(tmp_path / "traps")
    table = Table()
    partial = 0
    for number in range(10):
        killed = copy(repo, tmp_path / f"killed-{number}")
        with traps.run(killed, "apply", "--write", str(file)) as run:
            scratch = killed.path / ".git" / "stetbot"
            while run.process.poll() is None and not _anything_in(scratch):
                time.sleep(0.0002)
            time.sleep(number * 0.0005)
            run.process.kill()
            run.process.wait()
        partial += sum(0 < len(place.read_bytes()) < len(new) for place in scratch.glob("*.tmp"))
        assert_sound(killed)
        states = [data for data, _ in files_of(killed).values()]
        assert all(data in (old, new) for data in states)
        table.add("while a large file is written", f"{states.count(new)} of 3 files after")
        assert stetbot(killed, "apply", "--write", str(file)).returncode == 0
        assert files_of(killed) == dict.fromkeys(("a.txt", "b.txt", "c.txt"), (new, False))
        assert not list((killed.path / ".git").rglob("*.tmp"))
    figures(f"{table}; {partial} of them in the middle of writing a temporary file")
