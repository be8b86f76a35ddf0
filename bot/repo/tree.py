"""A commit's tree, as the pipeline reads it: by path, with a refusal for whatever is no text file of ours.

Only the folders on the way to a path are read, so a large repository costs no more than a small one.
"""

from __future__ import annotations

import hashlib
import threading
import unicodedata
from typing import TYPE_CHECKING

from bot.entries import (
    EXECUTABLE,
    FOLDER,
    REGULAR,
    SUBMODULE,
    SYMLINK,
    TOO_LARGE,
    Entry,
    Standing,
    refuse_pointer,
    too_large,
    unknown_path,
)
from bot.errors import Code, Refusal
from bot.paths import similar_paths
from bot.repo.attributes import AttributeReader
from bot.text import Document

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from bot.repo.attributes import Attributes
    from bot.repo.command import Git
    from bot.repo.objects import Objects, TreeItem


class Tree:
    """The files of one commit. Safe to use from many threads; each path is read once."""

    def __init__(self, git: Git, objects: Objects, tree: str, info_attributes: Path, limit: int = TOO_LARGE) -> None:
        self.id = tree
        self._git = git
        self._objects = objects
        self._attributes = AttributeReader(git, info_attributes)
        self._limit = limit
        self._lock = threading.RLock()
        self._entries: dict[str, Entry | Refusal] = {}
        self._names: tuple[str, ...] | None = None

    def close(self) -> None:
        """End the processes of this tree."""
        with self._lock:
            self._attributes.close()

    def read(self, path: str) -> Entry:
        """The file at `path`, as stored: its bytes are the blob's.

        Raises Refusal: unknown-path (with the names that may be meant), symlink, submodule, filtered, too-large,
        binary, not-utf8.
        """
        with self._lock:
            known = self._entries.get(path)
            if known is None:
                try:
                    known = self._read(path)
                except Refusal as refusal:
                    known = refusal
                self._entries[path] = known
        if isinstance(known, Refusal):
            raise Refusal(known.code, known.reason, known.remedy)
        return known

    def standing(self, path: str) -> Standing:
        """What stands at `path`. Raises Refusal(denied-path) if it differs from another path in case alone."""
        with self._lock:
            folder = self.id
            parts = path.split("/")
            for number, name in enumerate(parts):
                items = self._objects.tree(folder)
                item = items.get(name)
                if item is None:
                    _refuse_twin(path, "/".join(parts[:number]), name, items)
                    return Standing.NOTHING
                if number == len(parts) - 1:
                    return Standing.DIRECTORY if item.mode == FOLDER else Standing.FILE
                if item.mode != FOLDER:
                    return Standing.BELOW_A_FILE
                folder = item.id
        return Standing.NOTHING

    def names(self) -> tuple[str, ...]:
        """The paths of all files, for messages; read when first asked for."""
        with self._lock:
            if self._names is None:
                output = self._git.run("ls-tree", "-r", "-z", "--name-only", "--full-tree", self.id)
                self._names = tuple(name.decode("utf-8", "replace") for name in output.split(b"\0")[:-1])
            return self._names

    def attributes(self, path: str) -> Attributes:
        """The git attributes that this tree gives to `path`, which need not stand in it."""
        with self._lock:
            folder: str | None = self.id
            above = ""
            for name in path.split("/"):
                items = self._objects.tree(folder) if folder else {}
                own = items.get(".gitattributes")
                if own and own.mode in (REGULAR, EXECUTABLE):
                    self._attributes.note(f"{above}.gitattributes", own.id)
                item = items.get(name)
                folder = item.id if item and item.mode == FOLDER else None
                above += f"{name}/"
            return self._attributes.of(path)

    def refuse_filtered(self, path: str) -> None:
        """Raise Refusal(filtered) if a filter stands between the work tree's file at `path` and what is stored."""
        refuse_filtered(path, self.attributes(path))

    def refuse_recoded(self, path: str) -> None:
        """Raise Refusal(filtered) if the work tree's file at `path` is not what is stored, line ends aside."""
        refuse_recoded(path, self.attributes(path))

    def refuse_loss(self, path: str, data: bytes) -> None:
        """A commit keeps what it has, whatever goes in the next one."""

    def item(self, path: str) -> TreeItem | None:
        """Mode and id of whatever stands at `path`, without reading it."""
        with self._lock:
            return self._walk(path)[1]

    def _walk(self, path: str) -> tuple[str, TreeItem | None]:
        """The item at `path`, or the first one on the way that is no folder, and its path."""
        parts = path.split("/")
        folder = self.id
        for number, name in enumerate(parts, 1):
            item = self._objects.tree(folder).get(name)
            if item is None or item.mode != FOLDER or number == len(parts):
                return "/".join(parts[:number]), item
            folder = item.id
        raise AssertionError("a path has at least one name")

    def _read(self, path: str) -> Entry:
        where, item = self._walk(path)
        if item is None:
            raise self._unknown(path)
        self._refuse_kind(path, where, item)
        self.refuse_filtered(path)
        found = self._objects.find(item.id)
        if found and found.size > self._limit:
            raise too_large(path, found.size, self._limit)
        data = self._objects.read(item.id)[1]
        refuse_pointer(path, data)
        mode = EXECUTABLE if item.mode == EXECUTABLE else REGULAR
        return Entry(path, mode, item.id, Document.from_bytes(data, path), hashlib.sha256(data).hexdigest())

    def _refuse_kind(self, path: str, where: str, item: TreeItem) -> None:
        if item.mode == SYMLINK:
            raise Refusal(Code.SYMLINK, f"{where} is a symbolic link", "name the file that it points to")
        if item.mode == SUBMODULE:
            raise Refusal(Code.SUBMODULE, f"{where} is a submodule", "run stetbot in the submodule's own repository")
        if where != path:
            raise Refusal(Code.UNKNOWN_PATH, f"{path} is not in the repository: {where} is a file")
        if item.mode == FOLDER:
            raise Refusal(Code.UNKNOWN_PATH, f"{path} is a folder", "name a file in it")

    def _unknown(self, path: str) -> Refusal:
        return unknown_path(path, similar_paths(path, self.names()))


def refuse_filtered(path: str, attributes: Attributes) -> None:
    """Raise Refusal(filtered) if a filter stands between the work tree and what is stored."""
    if attributes.filter:
        raise Refusal(
            Code.FILTERED,
            f"{path} is stored through git's filter {attributes.filter!r}, and no filter is run",
            "change the file by hand",
        )


def refuse_recoded(path: str, attributes: Attributes) -> None:
    """As `refuse_filtered`, and also if the work tree has the file in another encoding than UTF-8."""
    refuse_filtered(path, attributes)
    if attributes.encoding:
        raise Refusal(Code.FILTERED, f"{path} is kept in the encoding {attributes.encoding}", "change the file by hand")


def _refuse_twin(path: str, above: str, name: str, items: Mapping[str, TreeItem]) -> None:
    """Two names that a case-insensitive file system takes for one must not both come to be."""
    folded = _folded(name)
    for other in items:
        if _folded(other) == folded:
            twin = f"{above}/{other}" if above else other
            raise Refusal(
                Code.DENIED_PATH,
                f"{path} differs from {twin} in case or accents alone: some file systems take them for one",
                f"write {twin}",
            )


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
