"""What the runner reads back: GITHUB_OUTPUT and GITHUB_STEP_SUMMARY. GITHUB_ENV and GITHUB_PATH are never written.

A value may hold anything, so each is written between random delimiters that it does not contain; one line of it that
looked like another output would otherwise be one. The files are opened without following a symbolic link.
"""

from __future__ import annotations

import os
import re
import secrets
import stat
from typing import TYPE_CHECKING

from bot.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

_NAME = re.compile(r"[a-z][a-z0-9-]{0,60}\Z")


def random_delimiter() -> str:
    """A line that no value can have foreseen."""
    return f"stetbot_{secrets.token_hex(16)}"


def output_text(values: Mapping[str, str], delimiter: Callable[[], str] = random_delimiter) -> str:
    """`values` as lines for GITHUB_OUTPUT."""
    lines: list[str] = []
    for name, value in values.items():
        if not _NAME.match(name):
            raise ValueError(f"not a name of an output: {name!r}")
        # The runner ends a line at "\r\n" too, and a lone "\r" or NUL has no business in an output.
        shown = value.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
        mark = delimiter()
        if mark in shown:
            raise UsageError(f"the output {name} holds its own delimiter; nothing was written")
        lines.append(f"{name}<<{mark}\n{shown}\n{mark}\n")
    return "".join(lines)


def read_plain(path: Path, most: int) -> bytes:
    """The bytes of a plain file, `most` of them and one more. Raises UsageError: a symbolic link, or no file."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        handle = os.open(path, flags)
        with os.fdopen(handle, "rb") as stream:
            _check_plain(path, handle)
            return stream.read(most + 1)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); name a plain file") from error


def write_plain(path: Path, data: bytes) -> None:
    """Make `data` the contents of the file at `path`. Raises UsageError: a symbolic link, or no file."""
    _write(path, data, os.O_TRUNC)


def append(path: Path, text: str) -> None:
    """Add `text` to the runner's file at `path`. Raises UsageError where there is a symbolic link, or no file."""
    _write(path, text.encode("utf-8", "replace"), os.O_APPEND)


def _write(path: Path, data: bytes, how: int) -> None:
    flags = os.O_WRONLY | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        # Emptied only when it is known to be a plain file.
        handle = os.open(path, flags | (how & os.O_APPEND) | getattr(os, "O_NONBLOCK", 0), 0o600)
        with os.fdopen(handle, "wb") as stream:
            _check_plain(path, handle)
            if how & os.O_TRUNC:
                stream.truncate(0)
            stream.write(data)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror}); name a plain file") from error


def _check_plain(path: Path, handle: int) -> None:
    if not stat.S_ISREG(os.fstat(handle).st_mode) or path.is_symlink():
        raise UsageError(f"{path}: not a plain file; the runner's files are")
