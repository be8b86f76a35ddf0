"""Git's objects: read by one long-lived `cat-file`, written as one pack that git itself unpacks.

A pack because a commit of three hundred files then costs two processes and not three hundred. Its format:
https://git-scm.com/docs/gitformat-pack. The ids are computed here and again by git.
"""

from __future__ import annotations

import hashlib
import re
import threading
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.entries import FOLDER
from bot.errors import RepositoryError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.repo.command import Git, Helper

_ENTRY = re.compile(rb"(?P<mode>[0-7]{5,6}) (?P<name>[^\0/]+)\0")
_KINDS = {"commit": 1, "tree": 2, "blob": 3, "tag": 4}


@dataclass(frozen=True, slots=True)
class Found:
    """An object as git describes it."""

    id: str
    kind: str
    size: int


@dataclass(frozen=True, slots=True)
class TreeItem:
    """One line of a tree object; `mode` as git stores it, with no leading zero."""

    mode: str
    id: str


class Objects:
    """The object store of one repository. Safe to use from many threads; one reads at a time."""

    def __init__(self, git: Git, algorithm: str) -> None:
        self._git = git
        self.algorithm = algorithm
        self._lock = threading.Lock()
        self._helpers: dict[str, Helper] = {}
        self._trees: dict[str, dict[str, TreeItem]] = {}

    def close(self) -> None:
        with self._lock:
            while self._helpers:
                self._helpers.popitem()[1].stop()

    def find(self, name: str) -> Found | None:
        """What the object `name` (an id) is, without reading it; None if it is not there."""
        with self._lock:
            return self._ask("--batch-check", name)[0]

    def read(self, name: str) -> tuple[Found, bytes]:
        """The object with the id `name`, and its bytes. Raises RepositoryError if it is not there, or another one."""
        with self._lock:
            found, helper = self._ask("--batch", name)
            if found is None:
                raise RepositoryError(f"the repository lacks the object {name}; run `git fsck`, or fetch it")
            data = helper.read(found.size)
            helper.read(1)
        # Git looks when it fetches, and not when it reads; the objects may be borrowed.
        if self.id_of(found.kind, data) != name:
            raise RepositoryError(f"the object {name} is not what its id says; run `git fsck`, then clone anew")
        return found, data

    def tree(self, tree: str) -> Mapping[str, TreeItem]:
        """The names in a tree object. A name that is not UTF-8 keeps its bytes as surrogates.

        Raises RepositoryError for what is no tree, or a broken one.
        """
        known = self._trees.get(tree)
        if known is None:
            found, data = self.read(tree)
            if found.kind != "tree":
                raise RepositoryError(f"the object {tree} is a {found.kind} where a tree should be; run `git fsck`")
            known = self._trees[tree] = _tree_items(tree, data, self._raw_length)
        return known

    @property
    def _raw_length(self) -> int:
        return hashlib.new(self.algorithm, usedforsecurity=False).digest_size

    def _ask(self, mode: str, name: str) -> tuple[Found | None, Helper]:
        helper = self._helpers.get(mode)
        if helper is None:
            helper = self._helpers[mode] = self._git.start("cat-file", mode)
        helper.ask(name.encode() + b"\n")
        answer = helper.line().decode("utf-8", "replace").split()
        if len(answer) != 3:  # "<name> missing"
            return None, helper
        return Found(answer[0], answer[1], int(answer[2])), helper

    def id_of(self, kind: str, data: bytes) -> str:
        """The id that an object has in this repository."""
        head = f"{kind} {len(data)}\0".encode()
        return hashlib.new(self.algorithm, head + data, usedforsecurity=False).hexdigest()

    def write(self, objects: Iterable[tuple[str, bytes]]) -> None:
        """Store objects (kind and bytes); those that are there already cost nothing. Raises RepositoryError."""
        unique = {self.id_of(kind, data): (kind, data) for kind, data in objects}
        body = [b"PACK", (2).to_bytes(4, "big"), len(unique).to_bytes(4, "big")]
        for kind, data in unique.values():
            body += [_pack_head(_KINDS[kind], len(data)), zlib.compress(data)]
        pack = b"".join(body)
        self._git.run(
            "unpack-objects", "-q", stdin=pack + hashlib.new(self.algorithm, pack, usedforsecurity=False).digest()
        )


def tree_bytes(items: Mapping[str, TreeItem]) -> bytes:
    """The tree object of `items`, in git's order: a folder sorts as if its name ended in a slash."""
    lines = sorted(
        (name.encode("utf-8", "surrogateescape") + (b"/" if item.mode == FOLDER else b""), name, item)
        for name, item in items.items()
    )
    return b"".join(
        f"{item.mode} ".encode() + name.encode("utf-8", "surrogateescape") + b"\0" + bytes.fromhex(item.id)
        for _, name, item in lines
    )


def _tree_items(tree: str, data: bytes, raw_length: int) -> dict[str, TreeItem]:
    found: dict[str, TreeItem] = {}
    at = 0
    while at < len(data):
        entry = _ENTRY.match(data, at)
        stop_at = entry.end() + raw_length if entry else 0
        if entry is None or stop_at > len(data):
            raise RepositoryError(f"the tree {tree} is broken; run `git fsck`")
        name = entry["name"].decode("utf-8", "surrogateescape")
        if name in found:
            raise RepositoryError(f"the tree {tree} has two entries of one name; run `git fsck`")
        found[name] = TreeItem(entry["mode"].decode(), data[entry.end() : stop_at].hex())
        at = stop_at
    return found


def _pack_head(kind: int, size: int) -> bytes:
    byte = (kind << 4) | (size & 15)
    size >>= 4
    head = bytearray()
    while size:
        head.append(byte | 0x80)
        byte = size & 0x7F
        size >>= 7
    return bytes([*head, byte])
