"""What the hands for disk and git give and take: files as they stand, and files as they shall be."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from bot.errors import Code, Refusal

if TYPE_CHECKING:
    from bot.text import Document

REGULAR = "100644"
EXECUTABLE = "100755"
SYMLINK = "120000"
SUBMODULE = "160000"
FOLDER = "40000"

# Above this, a file is not read: neither engine nor reviewer can follow it. A setting may say otherwise.
TOO_LARGE = 10 * 1024 * 1024
LFS_POINTER = b"version https://git-lfs.github.com/spec/"


@dataclass(frozen=True, slots=True)
class Entry:
    """A regular file: git's mode, the id of its blob ("" where git was not asked), its text, the hash of its bytes."""

    path: str
    mode: str
    blob: str
    document: Document
    digest: str

    @property
    def executable(self) -> bool:
        return self.mode == EXECUTABLE


class Standing(enum.Enum):
    """What stands at a path; whatever is no folder (a symlink, a submodule) counts as a file."""

    NOTHING = "nothing"
    FILE = "file"
    DIRECTORY = "directory"
    BELOW_A_FILE = "below a file"


@dataclass(frozen=True, slots=True)
class TreeChange:
    """What shall stand at `path`: a file with `mode` and the bytes `data`, or nothing (`mode` None).

    `fresh`: this run made the file, so the attributes of its path decide how its line ends are stored; the bytes of
    a file that was there are its own affair.
    """

    path: str
    mode: str | None
    data: bytes = b""
    fresh: bool = False


class Known(Protocol):
    """What git has of a work tree, whatever stands in it: HEAD and the index."""

    def is_submodule(self, path: str) -> bool:
        """Whether the folder at `path` is a submodule's, which may hold nothing yet."""

    def is_left_out(self, path: str) -> bool:
        """Whether a file at `path`, or below it, is kept out of the work tree (a sparse checkout)."""

    def tracks(self, path: str) -> bool:
        """Whether git has any text of the file at `path`."""

    def has(self, path: str, data: bytes) -> bool:
        """Whether git could bring the file at `path` back with these bytes."""


def unknown_path(path: str, similar: tuple[str, ...]) -> Refusal:
    """The refusal for a path that is not there, with those that may be meant."""
    near = f"did you mean {' or '.join(similar)}?" if similar else "paths are relative to the repository's root;"
    new = "code for a new file says `new` in its fence, or as its format"
    return Refusal(Code.UNKNOWN_PATH, f"{path} is not in the repository", f"{near} {new}")


def too_large(path: str, size: int, limit: int) -> Refusal:
    """The refusal for a file above the limit (bytes)."""
    return Refusal(
        Code.TOO_LARGE,
        f"{path} is too large ({size / 1048576:.1f} MB; the limit is {limit / 1048576:.1f} MB)",
        "raise the limit in the settings, or change the file by hand",
    )


def refuse_pointer(path: str, data: bytes) -> None:
    """Raise Refusal(filtered) for a Git LFS pointer: its text is not the file's."""
    if data.startswith(LFS_POINTER):
        raise Refusal(Code.FILTERED, f"{path} is stored in Git LFS", "change the file by hand")
