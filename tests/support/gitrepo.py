"""Git repositories for tests: built by real git, in a world of their own (no user or system configuration)."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

NAME = "Ada Tester"
EMAIL = "ada@example.com"


def isolated_environment(home: Path) -> dict[str, str]:
    """An environment for git, and for stetbot as a subprocess, that holds nothing of the machine's own settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "STETBOT_", "GITHUB_"))}
    return kept | {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": str(home / ".gitconfig"),
    }


@cache
def _empty(*, bare: bool, identity: bool) -> Path:
    """A repository without a commit, made once for each kind: to copy it is quicker than to start git four times."""
    folder = Path(tempfile.mkdtemp(prefix="stetbot-empty-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    template = folder / "template"
    (template / "hooks").mkdir(parents=True)  # none of git's samples
    settings = {"gc.auto": "0", "maintenance.auto": "false", "receive.autogc": "false"}
    if identity:
        settings |= {"user.name": NAME, "user.email": EMAIL}
    made = folder / "made"
    where = ("-C", str(made))
    for arguments in (
        ("init", "-q", "-b", "main", f"--template={template}", *(["--bare"] if bare else []), str(made)),
        *((*where, "config", name, value) for name, value in settings.items()),
    ):
        subprocess.run(["git", *arguments], env=isolated_environment(folder), check=True)
    return made


class GitRepo:
    """A repository at `path`, made if there is none, with `main` as its branch and an identity unless told not to."""

    def __init__(self, path: Path, *, identity: bool = True, bare: bool = False, init: bool = True) -> None:
        self.path = path
        path.mkdir(parents=True, exist_ok=True)
        self.home = path.parent / f"{path.name}.home"
        self.home.mkdir(exist_ok=True)
        self.environment = isolated_environment(self.home)
        if init and not (path / ".git").exists() and not (path / "HEAD").exists():
            shutil.copytree(_empty(bare=bare, identity=identity), path, dirs_exist_ok=True)
        elif identity:
            self.git("config", "user.name", NAME)
            self.git("config", "user.email", EMAIL)

    @property
    def git_dir(self) -> Path:
        """Where git keeps its own of this repository."""
        usual = self.path / ".git"
        return usual if usual.is_dir() else Path(self.git("rev-parse", "--absolute-git-dir"))

    def tip(self, ref: str = "HEAD") -> str:
        """The commit at a ref: read from its file where it has one, which spares a process."""
        folder = self.git_dir
        for _ in range(2):  # HEAD, and the branch that it names
            file = folder / ref
            text = file.read_text(encoding="utf-8").strip() if file.is_file() else ""
            if not text.startswith("ref: "):
                return text or self.git("rev-parse", "--verify", ref)
            ref = text.removeprefix("ref: ")
        return self.git("rev-parse", "--verify", ref)

    def git(self, *arguments: str, stdin: bytes | None = None, fails: bool = False) -> str:
        """Run git here and give what it printed, without the last newline; it must succeed unless it `fails`."""
        return self.git_bytes(*arguments, stdin=stdin, fails=fails).decode("utf-8", "surrogateescape").rstrip("\n")

    def git_bytes(self, *arguments: str, stdin: bytes | None = None, fails: bool = False) -> bytes:
        done = subprocess.run(
            ["git", *arguments], cwd=self.path, env=self.environment, input=stdin, capture_output=True, check=False
        )
        assert (done.returncode != 0) is fails, f"git {arguments}: {done.stdout!r} {done.stderr!r}"
        return done.stdout

    def write(self, path: str, content: str | bytes, *, executable: bool = False) -> Path:
        """Put a file into the work tree (folders as needed); text goes in as UTF-8 with its newlines as they are."""
        target = self.path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
        if executable:
            target.chmod(0o755)
        return target

    def commit(self, message: str = "A commit", *, allow_empty: bool = False) -> str:
        """Commit all of the work tree and give the commit's id."""
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message, *(["--allow-empty"] if allow_empty else []))
        return self.tip()

    def read(self, rev: str, path: str) -> bytes:
        """The bytes of a file in a commit or branch."""
        return self.git_bytes("cat-file", "blob", f"{rev}:{path}")

    def state(self) -> tuple[bytes, str, str, str]:
        """What must not change behind the user's back: index bytes, status, HEAD and refs."""
        index = self.git_dir / "index"
        return (
            index.read_bytes() if index.exists() else b"",
            self.git("--no-optional-locks", "status", "--porcelain=v2", "--branch", "-uall"),
            self.tip(),
            self.git("for-each-ref"),
        )
