"""Places below a root: every folder on the way is looked at, and none may be a symlink or another repository."""

from __future__ import annotations

import os
import stat
import sys
import unicodedata
from typing import TYPE_CHECKING

from bot.errors import Code, Refusal, RepositoryError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.entries import Known

# Where the file system itself may take two names for one, what it finds need not be what was asked for.
_FOLDS_CASE = sys.platform in ("darwin", "win32")
_MOST_NAMES = 20_000


def look(place: Path) -> os.stat_result | None:
    """What stands at `place`, itself and not what it points to; None if nothing does."""
    try:
        found = place.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise RepositoryError(f"{place} cannot be looked at: {error.strerror}") from error
    return None if _FOLDS_CASE and not _so_named(place) else found


def _so_named(place: Path) -> bool:
    """Whether the file system has this name, letter for letter; HFS+ writes accents apart (NFD)."""
    names = os.listdir(place.parent)  # noqa: PTH208 - names are what is compared
    return place.name in names or place.name in {unicodedata.normalize("NFC", name) for name in names}


def walk(root: Path, path: str, known: Known | None = None) -> Iterator[tuple[str, Path, os.stat_result | None]]:
    """Each step of the way to `path` (checked before): the path so far, its place and what stands there.

    Ends behind the first step where nothing or no folder stands. Raises Refusal for a symlink or a submodule, also for
    one that is empty, where `known` tells.
    """
    place = root
    names = path.split("/")
    for number, name in enumerate(names, 1):
        place /= name
        so_far = "/".join(names[:number])
        found = look(place)
        if found is not None and is_link(found):
            raise Refusal(Code.SYMLINK, f"{so_far} is a symbolic link", "name the file that it points to")
        yield so_far, place, found
        if found is None or not stat.S_ISDIR(found.st_mode):
            return
        if number < len(names) and is_repository(place, so_far, known):
            raise Refusal(
                Code.SUBMODULE, f"{so_far} is a repository of its own", "run stetbot in it to change its files"
            )


def is_repository(place: Path, path: str, known: Known | None) -> bool:
    """Whether the folder at `place` is another repository's: one stands there, or is to be checked out there."""
    return look(place / ".git") is not None or (known is not None and known.is_submodule(path))


def is_link(found: os.stat_result) -> bool:
    """Whether it is a symlink, or what Windows has instead: a junction or another reparse point."""
    reparse = getattr(found, "st_file_attributes", 0) & getattr(stat, "FILE_ATTRIBUTE_REPARSE_POINT", 0)
    return stat.S_ISLNK(found.st_mode) or bool(reparse)


def refuse_twin(place: Path, path: str) -> None:
    """Raise Refusal(denied-path) if a name beside `place` differs from it in case or accents alone."""
    if not place.parent.is_dir():
        return
    folded = _folded(place.name)
    for other in os.listdir(place.parent):  # noqa: PTH208 - names are what is compared
        if other != place.name and _folded(other) == folded:
            raise Refusal(
                Code.DENIED_PATH,
                f"{path} differs from {other} in case or accents alone: some file systems take them for one",
                f"write {other}",
            )


def names_below(root: Path) -> Iterator[str]:
    """Paths of files below `root`, for messages; not all of them in a very large tree."""
    count = 0
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in (".git", "node_modules", ".venv"))
        above = os.path.relpath(folder, root).replace(os.sep, "/")
        for name in sorted(files):
            yield name if above == "." else f"{above}/{name}"
            count += 1
            if count >= _MOST_NAMES:
                return


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
