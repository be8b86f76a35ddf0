"""What the commands read: files of requests, stdin, texts to merge. All is read before anything is done."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bot.checking import opened
from bot.errors import InstructionError, UsageError
from bot.requests import merge_batches, read_comments, read_instructions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.asks import Batch

MAX_INPUT = 64 * 1024 * 1024
STDIN = Path("-")
_ENDINGS = (".md", ".markdown", ".yaml", ".yml", ".jsonl", ".json", ".diff", ".patch")


def read_requests(files: Sequence[Path], stdin_name: str, *, as_comments: bool = False) -> Batch:
    """The requests of all `files`; "-" is stdin, read as if it were called `stdin_name`. Raises UsageError."""
    if files.count(STDIN) > 1:
        raise UsageError("- stands for stdin, which can be read only once")
    reader = read_comments if as_comments else read_instructions
    return merge_batches([reader(stdin_name if file == STDIN else str(file), read_input(file)) for file in files])


def named(files: Sequence[Path], stdin_name: str) -> str:
    """The files of requests, as messages call them."""
    return ", ".join(stdin_name if file == STDIN else str(file) for file in files)


def read_input(file: Path) -> bytes:
    """The bytes of a file of requests; "-" is stdin. Raises InstructionError where it cannot be read."""
    try:
        if file == STDIN:
            data = sys.stdin.buffer.read(MAX_INPUT + 1)
        else:
            with opened(file) as stream:
                data = stream.read(MAX_INPUT + 1)
    except OSError as error:
        if file.is_dir():
            raise InstructionError(str(file), "is a folder", "name files") from error
        raise InstructionError(str(file), f"cannot be read ({error.strerror})", "name a file that is there") from error
    if len(data) > MAX_INPUT:
        raise InstructionError(str(file), f"larger than {MAX_INPUT} bytes", "split it into several files")
    return data


def read_bytes(file: Path) -> bytes:
    """The bytes of a text to merge or to judge; "-" is stdin. Raises UsageError where it cannot be read."""
    try:
        if file == STDIN:
            return sys.stdin.buffer.read()
        with opened(file) as stream:
            return stream.read()
    except OSError as error:
        raise UsageError(f"{file}: cannot be read ({error.strerror}); name a file that is there") from error


def stem(name: str) -> str:
    """What the default branch is called after the file `name`: `fix` for `dir/fix.stetbot.md`."""
    base = Path(name).name
    for ending in _ENDINGS:
        base = base.removesuffix(ending)
    return base.removesuffix(".stetbot")
