"""What the files are: a base tree, and the same tree with some paths changed.

A `BaseTree` is a commit's tree or the work tree; a hand gives it. A `View` is what the requests of one round see: the
base, or the base with what earlier rounds composed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from bot.entries import Standing
from bot.errors import Code, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.text import Document


@dataclass(frozen=True, slots=True)
class FileState:
    """A regular file: its text, its executable bit, and its blob's id on the base (None: not on the base)."""

    document: Document
    executable: bool = False
    blob: str | None = None


class BaseTree(Protocol):
    """The tree that a run starts from. Reads must be repeatable: the same path gives the same answer."""

    def read(self, path: str) -> FileState:
        """The file at `path`; raises Refusal (unknown-path, symlink, submodule, binary, not-utf8, too-large, ...)."""

    def standing(self, path: str) -> Standing:
        """What stands at `path`; symlinks, submodules and other non-files count as FILE."""

    def knew(self, path: str) -> bool:
        """Whether a file stood at `path` in the history of this tree: then its absence is a deletion, not a slip."""

    def refuse_filtered(self, path: str) -> None:
        """Raise Refusal(filtered) if git would keep a file at `path`, which need not be there, through a filter."""

    def refuse_loss(self, path: str) -> None:
        """Raise Refusal if the file at `path`, once it is deleted, could not be had again as it stands."""


@dataclass(frozen=True, slots=True)
class View:
    """`base` with the paths of `changed` replaced (None: gone); `origins` are the paths on it of files that moved."""

    base: BaseTree
    changed: Mapping[str, FileState | None] = field(default_factory=dict)
    origins: Mapping[str, str] = field(default_factory=dict)

    def read(self, path: str) -> FileState:
        """The file at `path` as this view has it; raises Refusal."""
        if path in self.changed:
            state = self.changed[path]
            if state is None:
                raise Refusal(Code.UNKNOWN_PATH, f"{path} is deleted or moved by another request of this run")
            return state
        return self.base.read(path)

    def origin(self, path: str) -> str | None:
        """The path on the base of the file that stands, or stood, at `path`; None if the base has no such file."""
        was = self.origins.get(path, path)
        return was if self.base.standing(was) is Standing.FILE else None

    def knew(self, path: str) -> bool:
        """Whether a file stood at `path` in this view or in the history of its base."""
        return path in self.changed or self.base.knew(path)

    def refuse_filtered(self, path: str) -> None:
        """As the base: attributes that a request changes hold for the commits that follow."""
        self.base.refuse_filtered(path)

    def standing(self, path: str) -> Standing:
        """What stands at `path` in this view."""
        if path in self.changed:
            return Standing.NOTHING if self.changed[path] is None else Standing.FILE
        if any(self.changed.get(parent) is not None for parent in parents(path)):
            return Standing.BELOW_A_FILE
        prefix = path + "/"
        if any(other.startswith(prefix) for other, state in self.changed.items() if state is not None):
            return Standing.DIRECTORY
        return self.base.standing(path)


def parents(path: str) -> tuple[str, ...]:
    """The directories above `path`, outermost first: "a/b/c" gives "a", "a/b"."""
    parts = path.split("/")
    return tuple("/".join(parts[:count]) for count in range(1, len(parts)))
