"""The work tree as the base of a run, and as what `--write` changes."""

from __future__ import annotations

import hashlib
import os
import stat
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.entries import (
    EXECUTABLE,
    REGULAR,
    TOO_LARGE,
    Entry,
    Standing,
    refuse_pointer,
    too_large,
    unknown_path,
)
from bot.errors import Code, Refusal, RepositoryError
from bot.files import atomic
from bot.files.places import is_link, is_repository, look, names_below, refuse_twin, walk
from bot.files.turns import turn
from bot.files.unsaved import refuse_left_out, refuse_unsaved
from bot.paths import check_path, similar_paths
from bot.text import Document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from bot.entries import Known

_READ = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)


@dataclass(frozen=True, slots=True)
class FileWrite:
    """What shall stand at `path`.

    `expected` is the digest of the bytes that must stand there now (at `renamed_from`, if that is said); None: nothing
    may stand there. `data` None: the file goes.
    """

    path: str
    expected: str | None
    data: bytes | None
    executable: bool = False
    renamed_from: str | None = None


class WorkTree:
    """The files below `root`.

    `git_dir` is git's folder, where temporary files are out of sight. `guard` raises Refusal for a path that git stores
    otherwise than it stands there (`Tree.refuse_recoded`). `known` is what git has of the files; without it, git has
    none.
    """

    def __init__(
        self,
        root: Path,
        git_dir: Path | None = None,
        limit: int = TOO_LARGE,
        guard: Callable[[str], None] | None = None,
        known: Known | None = None,
    ) -> None:
        self.root = root.resolve()
        self._git_dir = git_dir
        self._scratch = atomic.Scratch(git_dir)
        self._limit = limit
        self._guard = guard
        self._known = known

    # --- reading ---

    def read(self, path: str) -> Entry:
        """The file at `path`.

        Raises Refusal: denied-path, unknown-path (with the names that may be meant), symlink, submodule, filtered,
        too-large, binary, not-utf8; RepositoryError where the disk does not let us.
        """
        data, found = self._bytes(path)
        self.refuse_filtered(path)
        refuse_pointer(path, data)
        mode = EXECUTABLE if found.st_mode & stat.S_IXUSR else REGULAR
        return Entry(path, mode, "", Document.from_bytes(data, path), _digest(data))

    def refuse_filtered(self, path: str) -> None:
        """Raise Refusal(filtered) if git would keep a file at `path` through a filter, or in another encoding."""
        if self._guard:
            self._guard(path)

    def refuse_loss(self, path: str, data: bytes) -> None:
        """Raise Refusal(overlapping) if git has no copy of these bytes, which stand at `path`."""
        refuse_unsaved(path, data, self._known)

    def standing(self, path: str) -> Standing:
        """What stands at `path`; whatever is no folder counts as a file. Raises Refusal(denied-path)."""
        place = self.root
        names = check_path(path).split("/")
        for number, name in enumerate(names, 1):
            place /= name
            found = look(place)
            if found is None:
                refuse_twin(place, "/".join(names[:number]))
                refuse_left_out(path, self._known)
                above = ("/".join(names[:count]) for count in range(number, len(names)))
                gone = self._known is not None and any(map(self._known.is_submodule, above))
                return Standing.BELOW_A_FILE if gone else Standing.NOTHING
            if is_link(found) or not stat.S_ISDIR(found.st_mode):
                return Standing.FILE if number == len(names) else Standing.BELOW_A_FILE
            if number < len(names) and is_repository(place, "/".join(names[:number]), self._known):
                return Standing.BELOW_A_FILE  # a repository of its own: for this one it is one thing
        return Standing.DIRECTORY

    def _bytes(self, path: str) -> tuple[bytes, os.stat_result]:
        place = self._file(path)
        with _as_error(path, "read"), os.fdopen(os.open(place, _READ), "rb") as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise Refusal(Code.BINARY, f"{path} is no regular file")
            if found.st_size > self._limit:
                raise too_large(path, found.st_size, self._limit)
            data = file.read(self._limit + 1)
        if len(data) > self._limit:
            raise too_large(path, len(data), self._limit)
        return data, found

    def _file(self, path: str) -> Path:
        check_path(path)
        *_, (so_far, place, found) = walk(self.root, path, self._known)
        if found is None:
            refuse_left_out(path, self._known)
            raise unknown_path(path, similar_paths(path, names_below(self.root)))
        if so_far != path:
            raise Refusal(Code.UNKNOWN_PATH, f"{path} is not in the repository: {so_far} is a file")
        if stat.S_ISDIR(found.st_mode):
            raise Refusal(Code.UNKNOWN_PATH, f"{path} is a folder", "name a file in it")
        if not stat.S_ISREG(found.st_mode):
            raise Refusal(Code.BINARY, f"{path} is no regular file")
        return place

    # --- writing ---

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Keep other runs of stetbot from writing here. Raises RepositoryError if one of them goes on and on."""
        with turn(self._git_dir):
            yield

    def clean(self, paths: Iterable[str] = ()) -> None:
        """Remove temporary files that killed runs left in git's folder, or beside `paths` where that is no use."""
        folders = {self.root.joinpath(*path.split("/")).parent for path in paths}
        self._scratch.clean(folder for folder in folders if folder.resolve().is_relative_to(self.root))
        self._scratch.forget()

    def write(self, wanted: FileWrite) -> None:
        """Make it so, whole or not at all.

        A file that is changed and moved is changed first: a run that is killed between the two can be repeated.
        Raises Refusal(outdated) if other bytes stand there than `expected`, Refusal(contradicts) if something stands
        where nothing may; RepositoryError where the disk does not let us.
        """
        source = wanted.renamed_from or wanted.path
        if wanted.expected is None:
            self._create(wanted)
        elif wanted.data is None:
            self._expected(source, wanted.expected)
            self._delete(source)
        else:
            if source != wanted.path:
                self._require_free(wanted.path)
            self._change(source, wanted.expected, wanted.data, executable=wanted.executable)
            if source != wanted.path:
                self._rename(source, wanted.path)
        self._scratch.forget()

    def _expected(self, path: str, expected: str) -> os.stat_result:
        data, found = self._bytes(path)
        if _digest(data) != expected:
            raise _outdated(path)
        return found

    def _change(self, path: str, expected: str, data: bytes, *, executable: bool) -> None:
        found = self._expected(path, expected)
        place = self._file(path)
        mode = stat.S_IMODE(found.st_mode)
        if os.name == "posix" and executable is not bool(mode & stat.S_IXUSR):
            # Executable for those who may read it, as git's own checkout does.
            mode = mode | ((mode & 0o444) >> 2) if executable else mode & ~0o111
        if _digest(data) == expected:
            if mode != stat.S_IMODE(found.st_mode):
                with _as_error(path, "changed"):
                    place.chmod(mode)
            return
        with _as_error(path, "written"):
            folder = self._scratch.folder_for(place)
            self._scratch.clean([folder])
            atomic.replace(place, data, mode, folder, lambda: _require_same(place, found, path))

    def _create(self, wanted: FileWrite) -> None:
        if wanted.data is None:
            raise ValueError(f"{wanted.path} shall go, and nothing stands there")
        place, made = self._free(wanted.path)
        try:
            with _as_error(wanted.path, "created"):
                folder = self._scratch.folder_for(place)
                self._scratch.clean([folder])
                atomic.create(place, wanted.data, 0o777 if wanted.executable else 0o666, folder)
        except BaseException:
            _remove_empty(made)
            raise

    def _rename(self, path: str, to: str) -> None:
        source = self._file(path)
        target, made = self._free(to)
        try:
            with _as_error(to, "moved"):
                source.rename(target)
        except BaseException:
            _remove_empty(made)
            raise
        atomic.flush_folder(target.parent)
        self._clear_above(source)

    def _delete(self, path: str) -> None:
        place = self._file(path)
        with _as_error(path, "deleted"):
            place.unlink()
        atomic.flush_folder(place.parent)
        self._clear_above(place)

    def _require_free(self, path: str) -> None:
        if self.standing(path) is not Standing.NOTHING:
            raise Refusal(Code.CONTRADICTS, f"something stands where {path} should come; it was left alone")

    def _free(self, path: str) -> tuple[Path, list[Path]]:
        """The place of a file that is to come, with its folders made, and those that were."""
        self._require_free(path)
        place = self.root.joinpath(*path.split("/"))
        made: list[Path] = []
        with _as_error(path, "created"):
            for folder in reversed(place.relative_to(self.root).parents[:-1]):
                with suppress(FileExistsError):
                    (self.root / folder).mkdir()
                    made.append(self.root / folder)
        return place, made

    def _clear_above(self, place: Path) -> None:
        """Remove folders that have become empty, as git does."""
        for folder in place.parents:
            if folder == self.root:
                return
            try:
                folder.rmdir()
            except OSError:
                return


def _require_same(place: Path, found: os.stat_result, path: str) -> None:
    now = look(place)
    if now is None or (now.st_ino, now.st_mtime_ns, now.st_size) != (found.st_ino, found.st_mtime_ns, found.st_size):
        raise _outdated(path)


def _outdated(path: str) -> Refusal:
    return Refusal(Code.OUTDATED, f"{path} changed on the disk while stetbot worked; it was left alone")


def _remove_empty(folders: list[Path]) -> None:
    for folder in reversed(folders):
        with suppress(OSError):
            folder.rmdir()


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@contextmanager
def _as_error(path: str, done: str) -> Iterator[None]:
    try:
        yield
    except FileExistsError as error:
        raise Refusal(Code.CONTRADICTS, f"something stands where {path} should come; it was left alone") from error
    except OSError as error:
        raise RepositoryError(f"{path} could not be {done}: {error.strerror}; it is as it was") from error
