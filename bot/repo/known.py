"""What git has of the files of a work tree: the text of HEAD, and the text that is staged.

Of a file whose bytes are neither, nobody has a copy: a blob that only some object holds is collected one day, and names
of files do not lead to it. Bits that hide a change from `git status` (assume-unchanged, skip-worktree) count for
nothing here, and what `git add --intent-to-add` notes is a name without a text.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from bot.entries import EXECUTABLE, REGULAR, SUBMODULE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.repo.command import Git
    from bot.repo.objects import Objects
    from bot.repo.tree import Tree


_FILES = (REGULAR, EXECUTABLE, "100664")
# What git stores otherwise than it stands, without a filter: line ends, and what it has put into `$Id$`.
_CONVERTED = (b"\r\n", b"$Id:")


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of the index. `kept_out`: git is told not to put the file into the work tree."""

    path: str
    mode: str
    id: str
    stage: str
    kept_out: bool


class InGit:
    """HEAD (None before the first commit) and the index as it is when it is first asked about; see `entries.Known`.

    `no_filters` gives an environment in which git runs no filter.
    """

    def __init__(self, git: Git, objects: Objects, head: Tree | None, no_filters: Callable[[], dict[str, str]]) -> None:
        self._git = git
        self._objects = objects
        self._head = head
        self._no_filters = no_filters

    def is_submodule(self, path: str) -> bool:
        return path in self._submodules

    def is_left_out(self, path: str) -> bool:
        return path in self._left_out

    def tracks(self, path: str) -> bool:
        nothing = self._objects.id_of("blob", b"")
        return self._committed(path) is not None or self._staged.get(path, nothing) != nothing

    def has(self, path: str, data: bytes) -> bool:
        named = {blob for blob in (self._committed(path), self._staged.get(path)) if blob is not None}
        # A damaged repository names what it does not hold.
        held = {blob for blob in named if self._objects.find(blob) is not None}
        if not held or self._objects.id_of("blob", data) in held:
            return bool(held)
        return any(sign in data for sign in _CONVERTED) and self._stored(path, data) in held

    def _stored(self, path: str, data: bytes) -> str:
        """The blob that `git add` would make of the bytes."""
        arguments = ("hash-object", "--stdin", f"--path={path}")
        status, output, _ = self._git.outcome(*arguments, stdin=data, env=self._no_filters())
        return "" if status else output.decode().strip()

    def _committed(self, path: str) -> str | None:
        item = self._head.item(path) if self._head is not None else None
        return item.id if item is not None and item.mode in _FILES else None

    @cached_property
    def _lines(self) -> tuple[_Line, ...]:
        # All of it: a command line may be too short for the paths.
        output = self._git.run("ls-files", "--cached", "--stage", "-t", "-z", "--full-name", ":/")
        return tuple(_line(line) for line in output.split(b"\0")[:-1])

    @cached_property
    def _staged(self) -> dict[str, str]:
        return {line.path: line.id for line in self._lines if line.stage == "0" and line.mode in _FILES}

    @cached_property
    def _submodules(self) -> frozenset[str]:
        return frozenset(line.path for line in self._lines if line.mode == SUBMODULE)

    @cached_property
    def _left_out(self) -> frozenset[str]:
        out = [line.path for line in self._lines if line.kept_out]
        return frozenset(out) | {above for path in out for above in _folders(path)}


def _line(line: bytes) -> _Line:
    told, _, name = line.partition(b"\t")
    tag, mode, blob, stage = told.decode("ascii").split(" ")
    return _Line(name.decode("utf-8", "surrogateescape"), mode, blob, stage, tag in ("S", "s"))


def _folders(path: str) -> Iterator[str]:
    at = path.find("/")
    while at >= 0:
        yield path[:at]
        at = path.find("/", at + 1)
