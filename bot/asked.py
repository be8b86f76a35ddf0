"""Which inline requests stand in the files that a run starts from."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from bot.asks import Batch, Request
from bot.entries import Standing
from bot.errors import Refusal, UsageError
from bot.paths import is_instruction_path
from bot.requests import read_inline
from bot.requests.identity import digest_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from bot.workplace import StartingPoint, Workplace


def inline_requests(place: Workplace, start: StartingPoint, paths: Sequence[str], word: str) -> Batch:
    """The requests in comments of the files under `paths` (from the root; none: all files), as `start` has them.

    Raises UsageError for a path under which there is no file. Instruction files are none of it: they ask by themselves.
    """
    for path in paths:
        _require(start, path)
    names = place.repo.files_with(word, start.commit or None)
    wanted = [name for name in names if not paths or any(_is_under(name, path) for path in paths)]
    return requests_of(start, wanted, word)


def _require(start: StartingPoint, path: str) -> None:
    try:
        there = not path or start.tree.standing(path) in (Standing.FILE, Standing.DIRECTORY)
    except Refusal as refusal:
        raise UsageError(refusal.reason) from refusal
    if not there:
        raise UsageError(f"{path} is not in {start.name}; name files or folders that are")


def requests_of(start: StartingPoint, names: Iterable[str], word: str) -> Batch:
    """The requests in comments of the files `names`. A file that cannot be read is a request with a refusal."""
    found = tuple(chain.from_iterable(_of_file(start, name, word) for name in names if not is_instruction_path(name)))
    return Batch(found)


def _of_file(start: StartingPoint, name: str, word: str) -> tuple[Request, ...]:
    try:
        document = start.tree.read(name).document
    except Refusal as refusal:
        why = refusal.code, refusal.reason
        return (Request(name, digest_text("inline", name), 1, (), name, refusal=why, remedy=refusal.remedy),)
    return read_inline(name, document, word)


def _is_under(name: str, path: str) -> bool:
    return path in ("", name) or name.startswith(f"{path}/")


def path_in(place: Workplace, start: Path, file: Path) -> str:
    """The path of `file`, as seen from the folder `start`, from the repository's root ("" is the root itself).

    Raises UsageError for one that is not in it.
    """
    if place.root is None:
        return file.as_posix()
    root = place.root.resolve()
    at = start.absolute() / file
    # Only the folder is resolved: a symbolic link is itself. `..` and the root have no name to keep.
    whole = at.resolve() if at.name in ("", "..") else at.parent.resolve() / at.name
    if not whole.is_relative_to(root):
        raise UsageError(f"{file} is not in the repository at {root}")
    inside = whole.relative_to(root).as_posix()
    return "" if inside == "." else inside
