"""Vectors that were paid for once, kept in a folder of ours: one file each, named by the digest of what it stands for.

A file counts only if it is whole and is the one of its name: its head has the digest of name and numbers. Whatever
cannot be read, or written, is done without. The folder has a bound; what was not used for longest makes room.
"""

from __future__ import annotations

import hashlib
import math
import os
import re
import secrets
import struct
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

MOST_BYTES = 64 << 20
_KEY = re.compile(r"[0-9a-f]{64}")
_HEAD = b"stetbot vector 1\n"
_DIGEST = 32
# No model's vectors are longer.
_MOST_NUMBERS = 1 << 16


@dataclass(frozen=True, slots=True)
class VectorFiles:
    """The vectors in `folder`, which is made when the first is put there; `most`: bytes of all of them together."""

    folder: Path
    most: int = MOST_BYTES

    def get(self, key: str) -> tuple[float, ...] | None:
        """The vector that was put there under `key` (a SHA-256 in hex); None where there is none to rely on."""
        path = self._path(key)
        try:
            with path.open("rb") as file:
                data = file.read(len(_HEAD) + _DIGEST + 8 * _MOST_NUMBERS + 1)
        except OSError:
            return None
        numbers = data[len(_HEAD) + _DIGEST :]
        if not numbers or len(numbers) % 8 or data != _framed(key, numbers):
            return None
        vector = struct.unpack(f"<{len(numbers) // 8}d", numbers)
        if not all(map(math.isfinite, vector)):
            return None
        with suppress(OSError):
            os.utime(path)
        return vector

    def put(self, vectors: Mapping[str, Sequence[float]]) -> None:
        """Keep `vectors`, by their keys, as far as the disk takes them."""
        paths = {self._path(key): key for key in vectors}
        with suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for path, key in paths.items():
                _write(path, _framed(key, struct.pack(f"<{len(vectors[key])}d", *vectors[key])))
            self._make_room()

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise ValueError(f"{key!r} is no digest")
        return self.folder / f"{key}.vector"

    def _make_room(self) -> None:
        """Let go of the oldest files until the rest fits; others may do the same at this moment."""
        kept = 0
        for path, size in self._youngest_first():
            kept += size
            if kept > self.most:
                path.unlink(missing_ok=True)

    def _youngest_first(self) -> Iterable[tuple[Path, int]]:
        found = []
        for path in self.folder.iterdir():
            with suppress(FileNotFoundError):
                known = path.lstat()
                found.append((known.st_mtime_ns, path, known.st_size))
        return [(path, size) for _, path, size in sorted(found, reverse=True)]


def _framed(key: str, numbers: bytes) -> bytes:
    return _HEAD + hashlib.sha256(key.encode() + numbers).digest() + numbers


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all: another name until all of it is there. That it outlives a crash is not needed."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}-{secrets.token_hex(8)}.tmp")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(temporary, flags, 0o600), "wb") as file:
            file.write(data)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
