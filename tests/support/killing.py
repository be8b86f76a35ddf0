"""Stetbot as a subprocess that a signal meets at a chosen moment; nothing in the product knows of it.

Two traps. A script that stands before git on the PATH hits stetbot, its parent, around or in the middle of one git
command. A `sitecustomize` module listens to the audit events of Python itself and hits before a numbered step: a git
process that starts, or a change of a file below the repository's folder; or when a module is first imported.
"""

from __future__ import annotations

import enum
import os
import shutil
import signal
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from support.gitrepo import GitRepo
from support.story import STETBOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

# A guard against hangs, far above what any step takes.
PATIENCE = 60.0
AT_EXIT = -1
# The tests that need it are skipped on Windows, and yet collected there.
KILL = getattr(signal, "SIGKILL", signal.SIGTERM)

_GIT = """#!/bin/sh
# The test waits until nobody holds this open: git processes outlive a stetbot that is killed.
exec 9>"$TRAP_ALIVE"
[ "$1" = "$TRAP_COMMAND" ] || exec "$TRAP_GIT" "$@"
export TRAP_VICTIM="$TRAP_GROUP$PPID"
hit() { kill "-$TRAP_SIGNAL" "$TRAP_VICTIM"; }
case "$TRAP_WHEN" in
instead) hit ;;
before) hit; exec "$TRAP_GIT" "$@" ;;
after) "$TRAP_GIT" "$@"; hit ;;
cut)
    head -c "$TRAP_BYTES" >"$TRAP_PART"
    hit
    exec "$TRAP_GIT" "$@" <"$TRAP_PART" ;;
gate)
    : >"$TRAP_PART"
    until [ -e "$TRAP_GATE" ]; do sleep 0.02; done
    exec "$TRAP_GIT" "$@" ;;
*) exec "$TRAP_GIT" -c "core.hooksPath=$TRAP_HOOKS" "$@" ;;
esac
"""

_HOOK = """#!/bin/sh
case "$TRAP_WHEN" in
"$1") kill "-$TRAP_SIGNAL" "$TRAP_VICTIM" ;;
"git-$1") kill -9 "$PPID" ;;
esac
exit 0
"""

_SITE = """
import atexit, os, sys
log = os.open(os.environ["TRAP_LOG"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
below = os.environ["TRAP_BELOW"]
at = int(os.environ["TRAP_STEP"])
changes = {"os.mkdir", "os.rmdir", "os.rename", "os.link", "os.remove", "os.chmod"}
steps = 0

def hit():
    target = os.getpid()
    (os.killpg if os.environ["TRAP_GROUP"] else os.kill)(target, int(os.environ["TRAP_SIGNAL"]))

def step(event, arguments):
    global steps
    if event == "subprocess.Popen":
        what = "git " + str(arguments[1][1])
    elif event in changes or event == "open" and isinstance(arguments[2], int) and arguments[2] & 3:
        named = arguments[:2] if event in ("os.rename", "os.link") else arguments[:1]
        places = [os.path.realpath(os.fsdecode(place)) for place in named]
        if not places[-1].startswith(below):
            return
        what = " ".join([event, *(os.path.relpath(place, below) for place in places)])
    else:
        return
    steps += 1
    os.write(log, (what + "\\n").encode())
    if steps == at:
        hit()

def listen(event, arguments):
    if event == "import" and arguments[0] == os.environ["TRAP_IMPORT"]:
        hit()
    if event in changes or event in ("open", "subprocess.Popen"):
        if not isinstance(arguments[0], int):
            step(event, arguments)

sys.addaudithook(listen)
if at == -1:
    atexit.register(hit)
"""


class When(enum.Enum):
    """Where in a git command stetbot is hit."""

    INSTEAD = "instead"  # git never runs
    BEFORE = "before"  # git runs, and nobody waits for it
    CUT = "cut"  # git gets the first bytes of its input
    PREPARED = "prepared"  # git holds the reference's lock
    COMMITTED = "committed"  # git has moved the reference and still runs
    AFTER = "after"  # git is done, stetbot has not heard of it
    GATE = "gate"  # nobody is hit; git waits for a file
    GIT_PREPARED = "git-prepared"  # git itself is killed, with the lock in hand


class Aim(enum.Enum):
    """Whom the signal is for."""

    PROCESS = ""
    GROUP = "-"


@dataclass(frozen=True, slots=True)
class AtGit:
    """At the git command of this name; `size` is how much input CUT leaves."""

    command: str
    when: When
    aim: Aim = Aim.PROCESS
    size: int = 0


@dataclass(frozen=True, slots=True)
class AtStep:
    """Before the step of this number (from 1), or AT_EXIT: when all is done and the process ends."""

    number: int
    aim: Aim = Aim.PROCESS


@dataclass(frozen=True, slots=True)
class AtImport:
    """When this module is imported for the first time."""

    module: str
    aim: Aim = Aim.PROCESS


Moment = AtGit | AtStep | AtImport


class Traps:
    """The traps' scripts, in `folder`; every run gets a folder of its own in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        real = shutil.which("git")
        assert real
        self._git = real
        for name, text in (("bin/git", _GIT), ("hooks/reference-transaction", _HOOK), ("site/sitecustomize.py", _SITE)):
            place = folder / name
            place.parent.mkdir(parents=True)
            place.write_text(text, encoding="utf-8")
            place.chmod(0o755)

    @contextmanager
    def run(
        self,
        repo: GitRepo,
        *arguments: str,
        moment: Moment | None = None,
        hit: signal.Signals = KILL,
        environment: Mapping[str, str] | None = None,
    ) -> Iterator[TrappedRun]:
        """Start stetbot in `repo`, in a process group of its own; it is gone, with its git processes, afterwards."""
        at = moment if isinstance(moment, AtGit) else AtGit("", When.INSTEAD)
        step = moment.number if isinstance(moment, AtStep) else 0
        scratch = repo.home / f"run{len(list(repo.home.iterdir()))}"
        scratch.mkdir()
        os.mkfifo(scratch / "alive")
        listening = os.open(scratch / "alive", os.O_RDONLY | os.O_NONBLOCK)
        settings = {
            "PATH": f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(self.folder / "site"),
            "TRAP_ALIVE": str(scratch / "alive"),
            "TRAP_BELOW": os.path.realpath(repo.path),
            "TRAP_BYTES": str(at.size),
            "TRAP_COMMAND": at.command,
            "TRAP_GATE": str(scratch / "gate"),
            "TRAP_GIT": self._git,
            "TRAP_GROUP": (moment.aim if moment else Aim.PROCESS).value,
            "TRAP_HOOKS": str(self.folder / "hooks"),
            "TRAP_IMPORT": moment.module if isinstance(moment, AtImport) else "",
            "TRAP_LOG": str(scratch / "steps"),
            "TRAP_PART": str(scratch / "part"),
            "TRAP_SIGNAL": str(int(hit)),
            "TRAP_STEP": str(step),
            "TRAP_WHEN": at.when.value,
        }
        process = subprocess.Popen(
            [STETBOT, *arguments],
            cwd=repo.path,
            env=repo.environment | settings | dict(environment or {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        run = TrappedRun(process, scratch, listening)
        try:
            yield run
        finally:
            process.kill()
            process.communicate()
            run.open_gate()
            run.wait_for_git()
            os.close(listening)

    def killed(
        self, repo: GitRepo, *arguments: str, moment: Moment, environment: Mapping[str, str] | None = None
    ) -> Path:
        """Run stetbot in `repo` until it is killed at `moment`, and wait for the git processes that it leaves behind.

        Gives the run's folder, in which `part` (the input that CUT let through) may be.
        """
        with self.run(repo, *arguments, moment=moment, environment=environment) as run:
            ended = run.end()
        assert ended.code == -KILL, f"not killed at {moment}: {ended}"
        return run.folder


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended: its exit code (negative: the signal), and what it said."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class TrappedRun:
    """A stetbot that runs; `folder` holds `part` and `steps`, and its git waits at a GATE for `gate`."""

    process: subprocess.Popen[bytes]
    folder: Path
    _listening: int

    def end(self) -> Ended:
        """Wait until it ends by itself or by a signal."""
        out, err = self.process.communicate(timeout=PATIENCE)
        return Ended(self.process.returncode, out.decode(), err.decode())

    def wait_at_gate(self) -> None:
        """Until its git stands at the gate."""
        wait_until((self.folder / "part").exists, self.process)

    def wait_for_step(self, number: int) -> None:
        """Until it has come to this step."""
        wait_until(lambda: len(self.steps()) >= number, self.process)

    def open_gate(self) -> None:
        (self.folder / "gate").touch()

    def wait_for_git(self) -> None:
        """Until no git process of this run is left; one that has just been forked is given a moment to show itself."""
        for _ in range(2):
            time.sleep(0.01)
            wait_until(self._silent)

    def _silent(self) -> bool:
        try:
            return os.read(self._listening, 1) == b""
        except BlockingIOError:
            return False

    def steps(self) -> tuple[str, ...]:
        """The steps so far."""
        if not (self.folder / "steps").exists():
            return ()
        return tuple((self.folder / "steps").read_text(encoding="utf-8").split("\n")[:-1])


def wait_until(reached: Callable[[], bool], process: subprocess.Popen[bytes] | None = None) -> None:
    """AssertionError if it takes too long, or if `process` ends before."""
    deadline = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < deadline, "waited too long"
        assert process is None or process.poll() is None or reached(), process.communicate()
        time.sleep(0.005)


def copy(repo: GitRepo, to: Path) -> GitRepo:
    """A copy of a whole repository, work tree and all."""
    shutil.copytree(repo.path, to, symlinks=True)
    return GitRepo(to, identity=False, init=False)


def files_of(repo: GitRepo) -> dict[str, tuple[bytes, bool]]:
    """Every file of the work tree, whether git knows it or not: its bytes and whether it may be executed."""
    found = {}
    left = [place for place in repo.path.iterdir() if place.name != ".git"]
    while left:
        place = left.pop()
        if place.is_dir():
            left += place.iterdir()
        else:
            executable = bool(place.stat().st_mode & 0o100)
            found[place.relative_to(repo.path).as_posix()] = (place.read_bytes(), executable)
    return found


def refs_of(repo: GitRepo) -> dict[str, str]:
    """Every reference and HEAD, with the object that it points to."""
    lines = repo.git("for-each-ref", "--format=%(refname) %(objectname)").split("\n")
    return dict(line.split(" ") for line in lines if line) | {
        "HEAD": (repo.path / ".git/HEAD").read_text(encoding="utf-8")
    }


def index_of(repo: GitRepo) -> bytes:
    return (repo.path / ".git/index").read_bytes()


def assert_sound(repo: GitRepo) -> None:
    """Git finds no error, nothing is locked, and no temporary file shows up."""
    done = subprocess.run(
        ["git", "fsck", "--full", "--strict", "--no-progress"],
        cwd=repo.path,
        env=repo.environment,
        capture_output=True,
        check=False,
    )
    said = (done.stdout + done.stderr).decode()
    assert done.returncode == 0, said
    assert all(line.startswith("dangling ") for line in said.split("\n") if line), said
    locks = list((repo.path / ".git").rglob("*.lock"))
    assert not locks, locks
    assert ".stetbot-" not in repo.git("--no-optional-locks", "status", "--porcelain", "-uall", "--ignored")


class Table:
    """Kills by their point, and what was found after them."""

    def __init__(self) -> None:
        self._rows: dict[str, list[str]] = {}

    def add(self, point: str, seen: str) -> None:
        self._rows.setdefault(point, []).append(seen)

    def kills(self, point: str) -> int:
        return len(self._rows.get(point, ()))

    def seen(self, point: str) -> set[str]:
        return set(self._rows.get(point, ()))

    def __str__(self) -> str:
        lines = []
        for point, states in self._rows.items():
            counted = ", ".join(f"{state} {states.count(state)}" for state in sorted(set(states)))
            lines.append(f"{point:<44} {len(states):>3} kills: {counted}")
        return "\n".join(lines)
