"""A commit on a branch, killed before, between and after object writes, and before, during and after the ref update."""

from __future__ import annotations

import hashlib
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
    AtGit,
    AtStep,
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
from support.morph_server import MorphServer, perfect
from support.story import stetbot

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL and no shell scripts"),
    pytest.mark.timeout(600),  # a guard; a busy machine may take minutes for what an idle one does in one
]

BRANCH = "stetbot/work"
REF = f"refs/heads/{BRANCH}"
CODE = "def a():\n    return 1\n\n\ndef b():\n    return 2\n"
SNIPPET = "# ... existing code ...\n\ndef b():\n    return 20\n"
RAISED = CODE.replace("return 2", "return 20")
FILES = 12


def noise(number: int) -> str:
    """Text that a pack cannot make much smaller, so that git's input comes in many pieces."""
    return "".join(f"{hashlib.sha256(f'{number} {line}'.encode()).hexdigest()}\n" for line in range(400))


def instructions() -> str:
    sections = ["# Raise b and add notes\n", f"## `a.py`\n\n```python\n{SNIPPET}```\n"]
    sections += [f"## create `notes/{number}.txt`\n\n```text new\n{noise(number)}```\n" for number in range(FILES)]
    return "\n".join(sections)


@dataclass(frozen=True, slots=True)
class Scene:
    """A repository, and what a run that nobody kills makes of it: tree, message and parent of the branch's tip."""

    root: Path
    traps: Traps
    repo: GitRepo
    wanted: tuple[str, str, str]

    @property
    def arguments(self) -> tuple[str, ...]:
        return ("apply", "--branch", BRANCH, str(self.root / "work.stetbot.md"))

    def check(self, repo: GitRepo) -> str:
        """Nothing but the branch differs, and that is "before" or "after"."""
        assert_sound(repo)
        assert index_of(repo) == index_of(self.repo)
        assert files_of(repo) == files_of(self.repo)
        assert repo.git("--no-optional-locks", "status", "--porcelain", "-uall", "--ignored") == ""
        before, now = refs_of(self.repo), refs_of(repo)
        if now == before:
            return "before"
        assert tip(repo) == self.wanted
        assert now | {REF: ""} == before | {REF: ""}
        return "after"

    def check_second_run(self, repo: GitRepo, environment: dict[str, str]) -> None:
        """One commit with the tree and the message of an unkilled run: nothing is doubled, nothing is missing."""
        done = stetbot(repo, *self.arguments, environment=environment)
        assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
        assert self.check(repo) == "after"

    def kill(self, moment: Moment) -> str:
        repo = copy(self.repo, self.root / f"killed-{abs(hash(moment))}")
        try:
            self.traps.killed(repo, *self.arguments, moment=moment)
            seen = self.check(repo)
            self.check_second_run(repo, {})
        except BaseException as error:
            error.add_note(f"killed at {moment} in {self.root.name}")
            raise
        shutil.rmtree(repo.path)
        return seen

    def kill_all(self, table: Table, point: str, moments: Sequence[Moment]) -> None:
        for moment in moments:
            table.add(point, self.kill(moment))


def tip(repo: GitRepo) -> tuple[str, str, str]:
    tree, parent, message = repo.git("show", "-s", "--format=%T%n%P%n%B", REF).split("\n", 2)
    return tree, message, parent


def scene(root: Path, *preparations: tuple[str, ...]) -> Scene:
    """`preparations` are git commands: they say how the branch stands before the run."""
    root.mkdir()
    repo = GitRepo(root / "repo")
    repo.write("a.py", CODE)
    repo.write("untouched.txt", "stays\n")
    repo.commit()
    for command in preparations:
        repo.git(*command)
    (root / "work.stetbot.md").write_text(instructions(), encoding="utf-8")
    unkilled = copy(repo, root / "unkilled")
    traps = Traps(root / "traps")
    made = Scene(root, traps, repo, ("", "", ""))
    done = stetbot(unkilled, *made.arguments)
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
    assert unkilled.read(REF, "a.py") == RAISED.encode()
    assert unkilled.read(REF, f"notes/{FILES - 1}.txt") == noise(FILES - 1).encode()
    return Scene(root, traps, repo, tip(unkilled))


def before_object_writes(here: Scene) -> list[Moment]:
    """Every step up to the one that starts the writing."""
    with here.traps.run(copy(here.repo, here.root / "dry"), *here.arguments) as run:
        assert run.end().code == 0
        steps = run.steps()
    writing = steps.index("git unpack-objects") + 1
    return [
        *(AtStep(number, Aim.GROUP if number % 2 else Aim.PROCESS) for number in range(1, writing + 1)),
        AtGit("unpack-objects", When.INSTEAD),
    ]


def between_object_writes(here: Scene) -> list[Moment]:
    """Git gets one twelfth of its input, two, and so on."""
    everything = AtGit("unpack-objects", When.CUT, size=10**9)
    whole = here.traps.killed(copy(here.repo, here.root / "measured"), *here.arguments, moment=everything)
    size = (whole / "part").stat().st_size
    aims = (Aim.PROCESS, Aim.GROUP) * 6
    return [AtGit("unpack-objects", When.CUT, aim, size * part // 12) for part, aim in enumerate(aims, 1)]


def after_object_writes(_: Scene) -> list[Moment]:
    return [
        AtGit(command, when, aim)
        for command, when in (
            ("unpack-objects", When.BEFORE),
            ("unpack-objects", When.AFTER),
            ("commit-tree", When.INSTEAD),
            ("commit-tree", When.BEFORE),
            ("commit-tree", When.AFTER),
        )
        for aim in Aim
    ]


@pytest.mark.parametrize("moments", [before_object_writes, between_object_writes, after_object_writes])
def test_killed_around_object_writes_the_branch_is_before_and_a_second_run_completes(
    tmp_path: Path, figures: Callable[[str], None], moments: Callable[[Scene], list[Moment]]
) -> None:
    here = scene(tmp_path / "objects")
    point = moments.__name__.replace("_", " ")
    table = Table()
    here.kill_all(table, point, moments(here))
    figures(str(table))
    assert table.kills(point) >= 10
    assert table.seen(point) == {"before"}


def test_some_kills_do_leave_a_part_of_the_objects(tmp_path: Path) -> None:
    """Else the row "between" would say nothing."""
    here = scene(tmp_path / "objects")
    repo = copy(here.repo, tmp_path / "cut")
    here.traps.killed(repo, *here.arguments, moment=AtGit("unpack-objects", When.CUT, size=100_000))
    objects = repo.git("cat-file", "--batch-all-objects", "--batch-check").split("\n")
    base = here.repo.git("cat-file", "--batch-all-objects", "--batch-check").split("\n")
    assert len(base) < len(objects) < len(base) + FILES


@pytest.mark.parametrize(
    ("point", "moments", "seen"),
    [
        (
            "before",
            [AtGit(*at, aim) for at in (("symbolic-ref", When.AFTER), ("update-ref", When.INSTEAD)) for aim in Aim],
            "before",
        ),
        # Git outlives stetbot: once it has begun to move the branch, it does so.
        (
            "during",
            [AtGit("update-ref", when, aim) for when in (When.PREPARED, When.COMMITTED) for aim in Aim],
            "after",
        ),
        (
            "after",
            [*(AtGit("update-ref", When.AFTER, aim) for aim in Aim), *(AtStep(AT_EXIT, aim) for aim in Aim)],
            "after",
        ),
    ],
    ids=["before", "during", "after"],
)
def test_killed_around_the_ref_update_the_branch_is_before_or_after(
    tmp_path: Path, figures: Callable[[str], None], point: str, moments: list[Moment], seen: str
) -> None:
    scenes = (
        scene(tmp_path / "no-branch"),
        scene(tmp_path / "branch", ("branch", BRANCH)),
        scene(tmp_path / "packed-branch", ("branch", BRANCH), ("gc", "-q")),
    )
    table = Table()
    for here in scenes:
        here.kill_all(table, f"{point} the ref update", moments)
    figures(str(table))
    assert table.kills(f"{point} the ref update") >= 10
    assert table.seen(f"{point} the ref update") == {seen}


def test_killed_at_any_time_after_the_service_was_asked_a_second_run_completes(
    tmp_path: Path, figures: Callable[[str], None]
) -> None:
    """The server slows the run; the kills come later and later, up to its end."""
    here = scene(tmp_path / "slow")
    table = Table()
    for number in range(10):
        repo = copy(here.repo, tmp_path / f"killed-{number}")
        with MorphServer(perfect({(CODE, SNIPPET): RAISED}), delay=0.1) as server:
            environment = {"MORPH_API_KEY": "sk-sentinel-7f3b9c2e", "MORPH_API_URL": server.url}
            with here.traps.run(repo, *here.arguments, environment=environment) as run:
                server.wait_for(1)
                time.sleep(number * 0.04)
                run.process.kill()
            table.add("while and after Morph was asked", here.check(repo))
            here.check_second_run(repo, environment)
    figures(str(table))


def test_a_lock_that_a_killed_git_left_is_named_and_the_run_goes_through_without_it(tmp_path: Path) -> None:
    """Git itself never removes such a lock: it cannot know whether its owner lives."""
    here = scene(tmp_path / "lock")
    repo = copy(here.repo, tmp_path / "locked")
    with here.traps.run(repo, *here.arguments, moment=AtGit("update-ref", When.GIT_PREPARED)) as run:
        assert run.end().code == 1
    lock = repo.path / ".git" / f"{REF}.lock"
    assert lock.exists()
    done = stetbot(repo, *here.arguments)
    assert done.returncode == 1
    assert f"delete {lock}" in done.stderr.decode()
    assert done.stderr.count(b"\n") == 1
    lock.unlink()
    here.check_second_run(repo, {})
