"""Calls of the installed command as a user makes them, and what must not change behind the user's back."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from support import warm
from support.gitrepo import GitRepo

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CART = "def total(items):\n    return sum(items)\n\n\ndef first(items):\n    return items[0]\n"
# What `instructions()` asks for, and what comes of it.
ASKED = "def first(items):\n    return items[0] if items else None\n"
CHANGED = CART.replace("return items[0]", "return items[0] if items else None")
# A snippet that could stand in two of three functions.
TWINS = (
    "def low(items):\n    return min(items)\n\n\ndef high(items):\n    return max(items)\n\n\n"
    "def size(items):\n    count = len(items)\n    return count\n"
)
UNCLEAR = "# ... existing code ...\n    return mid(items)\n# ... existing code ...\n"
KEYS = ("GITHUB_TOKEN", "GITHUB_API_URL", "GITHUB_REPOSITORY", "NO_COLOR")


@dataclass(frozen=True, slots=True)
class Run:
    """What a call came to."""

    code: int
    out: str
    err: str
    raw: bytes

    @property
    def said(self) -> str:
        return self.out + self.err


def call(
    place: GitRepo | Path,
    *arguments: str | Path | bytes,
    stdin: bytes = b"",
    environment: Mapping[str, str] | None = None,
) -> Run:
    """Run the installed `stetbot` in a repository or folder, with nothing of this machine's settings."""
    base = place.environment if isinstance(place, GitRepo) else GitRepo(place, init=False, identity=False).environment
    kept = {name: value for name, value in base.items() if name not in KEYS and not name.startswith("MORPH")}
    done = warm.run(
        "stetbot",
        [os.fsdecode(part) for part in arguments],
        folder=place.path if isinstance(place, GitRepo) else place,
        environment=kept | dict(environment or {}),
        stdin=stdin,
        timeout=100,
    )
    out, err = (data.decode("utf-8", "replace").replace(os.linesep, "\n") for data in (done.stdout, done.stderr))
    assert done.returncode != 3, out + err
    assert "Traceback" not in out + err
    return Run(done.returncode, out, err, done.stdout)


def one_complaint(run: Run) -> str:
    """The one line that a failed call said on stderr."""
    lines = run.err.removesuffix("\n").split("\n")
    assert len(lines) == 1, run.err
    assert lines[0].startswith("stetbot: "), run.err
    return lines[0].removeprefix("stetbot: ")


def shop(root: Path, files: Mapping[str, str | bytes] | None = None) -> GitRepo:
    """A repository with one file, `cart.py`, and more if said, committed."""
    repo = GitRepo(root / "repo")
    repo.git("config", "core.autocrlf", "false")
    repo.write("cart.py", CART)
    for path, content in (files or {}).items():
        repo.write(path, content)
    repo.commit("The shop")
    return repo


def section(path: str, code: str, info: str = "python", words: str = "I am doing what was asked.") -> str:
    """One section of an instruction file."""
    end = "" if code.endswith("\n") else "\n"
    return f"## `{path}`\n\n{words}\n\n````{info}\n{code}{end}````\n\n"


def instructions(root: Path, text: str | bytes | None = None, name: str = "fix.stetbot.md") -> Path:
    """An instruction file outside the repository; by default one that asks for a change of `cart.py`."""
    file = root / name
    content = section("cart.py", f"# ... existing code ...\n\n\n{ASKED}") if text is None else text
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


def snapshot(repo: GitRepo) -> dict[str, Any]:
    """All that a run must leave alone: each file of the work tree, the index, HEAD, every ref, the status."""
    git_dir = repo.git_dir
    index = git_dir / "index"
    inside = git_dir == repo.path / ".git" or repo.git("rev-parse", "--is-inside-work-tree") == "true"
    return {
        "files": _files(repo.path) if inside else {},
        "index": index.read_bytes() if index.exists() else b"",
        "HEAD": (git_dir / "HEAD").read_bytes(),
        "refs": repo.git("for-each-ref"),
        "status": repo.git("--no-optional-locks", "status", "--porcelain=v2", "-uall") if inside else "",
    }


def _files(root: Path) -> dict[str, tuple[int, str]]:
    found = {}
    for folder, folders, names in os.walk(os.fsencode(root)):
        folders[:] = [name for name in folders if name != b".git"]
        for name in names:
            path = os.path.join(folder, name)  # noqa: PTH118 - bytes
            if os.path.islink(path):  # noqa: PTH114 - bytes
                found[repr(path)] = (0, repr(os.readlink(path)))  # noqa: PTH115 - bytes
            else:
                with open(path, "rb") as file:  # noqa: PTH123 - bytes
                    digest = hashlib.sha256(file.read()).hexdigest()
                found[repr(path)] = (os.stat(path).st_mode, digest)  # noqa: PTH116 - bytes
    return found
