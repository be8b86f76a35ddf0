"""A file is replaced whole or not at all, whenever the process may be killed.

The new bytes go into a temporary file, are flushed to the disk, and take the target's name in one step. Temporary
files stand in git's folder where that is on the same disk, so that nothing of a killed run is seen in the work tree;
else beside the target. Their names carry the process that made them: a later run removes those of dead ones.
"""

from __future__ import annotations

import os
import re
import secrets
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

_NAME = re.compile(r"\.stetbot-(?P<pid>\d+)-[0-9a-f]{16}\.tmp\Z")
_STALE_SECONDS = 3600.0
_EXCLUSIVE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


class Scratch:
    """Where temporary files go. `git_dir` None: beside their target."""

    def __init__(self, git_dir: Path | None) -> None:
        self._folder = git_dir / "stetbot" if git_dir else None

    def folder_for(self, target: Path) -> Path:
        """A folder on the target's disk."""
        if self._folder is None:
            return target.parent
        try:
            self._folder.mkdir(exist_ok=True)
            same = self._folder.lstat().st_dev == target.parent.stat().st_dev and not self._folder.is_symlink()
        except OSError:
            return target.parent
        return self._folder if same else target.parent

    def clean(self, folders: Iterable[Path]) -> None:
        """Remove what killed runs left, in git's folder and in `folders`; ours alone, and of dead processes alone."""
        for folder in {*folders, *([self._folder] if self._folder else [])}:
            with suppress(OSError):
                for entry in os.scandir(folder):
                    found = _NAME.match(entry.name)
                    if found and entry.is_file(follow_symlinks=False) and _is_stale(int(found["pid"]), entry):
                        with suppress(OSError):
                            os.unlink(entry.path)  # noqa: PTH108 - scandir gives strings

    def forget(self) -> None:
        """Remove the folder if it is empty."""
        if self._folder:
            with suppress(OSError):
                self._folder.rmdir()


def replace(target: Path, data: bytes, mode: int, scratch: Path, last_look: Callable[[], None]) -> None:
    """Let `target`, which exists, have these bytes and permission bits.

    `last_look` is called when all is ready and may raise what it likes; after that, as after an OSError, `target` is as
    before.
    """
    temporary = _written(scratch, data, 0o600)
    try:
        temporary.chmod(mode)
        _keep_owner(temporary, target)
        last_look()
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    flush_folder(target.parent)


def create(target: Path, data: bytes, mode: int, scratch: Path) -> None:
    """Make `target`, which must not exist, with `mode` less the umask. Raises FileExistsError, or another OSError."""
    temporary = _written(scratch, data, mode)
    try:
        _take_free_name(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
    flush_folder(target.parent)


def _take_free_name(temporary: Path, target: Path) -> None:
    if sys.platform != "win32":
        try:
            # A hard link takes a name only if it is free; a rename on POSIX would take it from another file.
            os.link(temporary, target, follow_symlinks=False)
        except FileExistsError:
            raise
        except OSError:
            if os.path.lexists(target):
                raise FileExistsError(target) from None
        else:
            return
    temporary.rename(target)


def _written(folder: Path, data: bytes, mode: int) -> Path:
    temporary = folder / f".stetbot-{os.getpid()}-{secrets.token_hex(8)}.tmp"
    descriptor = os.open(temporary, _EXCLUSIVE, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _keep_owner(temporary: Path, target: Path) -> None:
    if sys.platform != "win32":
        was, now = target.lstat(), temporary.lstat()
        if (was.st_uid, was.st_gid) != (now.st_uid, now.st_gid):
            with suppress(OSError):  # only root may give a file away; a file of ours is better than none
                os.chown(temporary, was.st_uid, was.st_gid, follow_symlinks=False)
                temporary.chmod(was.st_mode & 0o7777 & (now.st_mode | 0o777))


def flush_folder(folder: Path) -> None:
    """Bring a changed name to the disk, where the system has a way to."""
    if sys.platform != "win32":
        with suppress(OSError):
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def _is_stale(pid: int, entry: os.DirEntry[str]) -> bool:
    if pid == os.getpid():
        return True  # between two files there is none of ours; in a container, a killed run had the same number
    old = time.time() - entry.stat(follow_symlinks=False).st_mtime > _STALE_SECONDS
    if sys.platform != "win32":  # signal 0 would end the process there
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        except (PermissionError, OverflowError):
            return old
    return old
