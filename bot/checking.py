"""`stetbot check`, for every door: what is left over in files, offline and fast.

Hundreds of clean files cost little more than reading them: the bytes are asked first, and what it takes for a close
look (grammars, parsers) is imported when a file needs it.
"""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from bot.errors import UsageError
from bot.leftovers.suspicion import INLINE_WORD, WORD, WORD_MUST_BE, may_have_conflicts, may_have_leftovers
from bot.paths import is_instruction_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

MAX_MEBIBYTES = 64
SHOWN_CHARACTERS = 160
NAMED_FILES = 10
_MAX_INPUT = MAX_MEBIBYTES * 1024 * 1024
_VARIABLE = "STETBOT_INLINE_WORD"
_HANDED_OVER = ("/dev/fd/", "/proc/self/fd/", "/dev/stdin")
# git's folder while conflicts wait to be solved. The first is there until the next commit, whatever left them (a merge,
# a rebase, a stash); the second while patches are applied. git before 2.34 has a message, and one of the last.
_WAITS = ("AUTO_MERGE", "rebase-apply")
_MESSAGE = "MERGE_MSG"
_UNDER_WAY = ("MERGE_HEAD", "rebase-merge", "CHERRY_PICK_HEAD", "REVERT_HEAD")
# What a file of two or four bytes for each character begins with, as editors on Windows write it. The longer first:
# the one of UTF-16 begins the one of UTF-32.
_WIDE = (
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


class Finding(NamedTuple):
    """One line to print. `warning`: it is worth knowing, and no error unless the caller is strict."""

    said: str
    warning: bool


def check_files(
    paths: Iterable[str], environ: Mapping[str, str], word: str | None = None, start: str = "."
) -> Iterator[Finding]:
    """What is left over in the files `paths`, in their order; `word` is what makes a comment a request.

    Raises UsageError at once for settings that are wrong; for files that cannot be read, after all others.
    """
    wanted = inline_word(environ, start) if word is None else _checked(word, "--inline-word")
    unread = []
    for path in paths:
        try:
            with opened(path) as file:
                data = file.read(_MAX_INPUT + 1)
        except OSError as error:
            why = "is a folder: name files" if os.path.isdir(path) else None
            unread.append(f"{path}: {why or f'cannot be read ({error.strerror}); name a file that is there'}")
            continue
        if len(data) > _MAX_INPUT:
            yield Finding(f"{path}: warning: larger than {MAX_MEBIBYTES} MiB, not looked at", warning=True)
        elif is_instruction_path(path.replace(os.sep, "/")):
            yield from _instructions(path, data)
        elif may_have_leftovers(path, text := _utf8(data), wanted):
            merging = may_have_conflicts(text) and merge_under_way(environ, start)
            yield from _closely(path, text, wanted, merging=merging)
    if unread:
        more = [f"and {len(unread) - NAMED_FILES} more"] if len(unread) > NAMED_FILES else []
        raise UsageError("; ".join([*unread[:NAMED_FILES], *more]))


def opened(path: str | os.PathLike[str]) -> BinaryIO:
    """The file at `path`. Raises OSError, also for what may never end: a device, a pipe that nobody writes to."""
    file = open(path, "rb", opener=_without_waiting)  # noqa: SIM115 - the caller's, unless it is refused below
    try:
        mode = os.fstat(file.fileno()).st_mode
        # What a shell hands over, as `<(...)`, is a pipe with a writer, and named as a file of this process.
        if stat.S_ISREG(mode) or (stat.S_ISFIFO(mode) and os.fspath(path).startswith(_HANDED_OVER)):
            os.set_blocking(file.fileno(), True)
            return file
    except BaseException:
        file.close()
        raise
    file.close()
    raise OSError(errno.EINVAL, "not a regular file")


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _utf8(data: bytes) -> bytes:
    """The file's bytes, as UTF-8 where they say that they are in an encoding of wide characters."""
    for mark, encoding in _WIDE:
        if data.startswith(mark):
            return data.decode(encoding, "replace").encode("utf-8", "replace")
    return data


def _instructions(path: str, data: bytes) -> Iterator[Finding]:
    from bot.errors import InstructionError
    from bot.requests import read_instructions

    try:
        read_instructions(path, data)
    except InstructionError as error:
        yield Finding(str(error), warning=False)


def _closely(path: str, data: bytes, word: str, *, merging: bool) -> Iterator[Finding]:
    from bot.errors import Refusal
    from bot.leftovers.find import Kind, Look, leftovers
    from bot.text import Document

    try:
        document = Document.from_bytes(data, path)
    except Refusal:
        if b"\0" in data:
            return  # binary
        # Not UTF-8: what is looked for is ASCII, and any byte is a character of this encoding.
        document = Document.from_text(data.decode("latin-1"))
    for found in leftovers(document, path.replace(os.sep, "/"), Look(merging, word)):
        warning = found.kind is Kind.REQUEST
        said = f"warning: {found.kind.value}" if warning else found.kind.value
        yield Finding(f"{path}:{found.line}: {said}: {found.text[:SHOWN_CHARACTERS]}", warning)


def inline_word(environ: Mapping[str, str], start: str = ".") -> str:
    """The word of inline requests: of the environment, else of the repository, else ours. Raises UsageError."""
    own = environ.get(_VARIABLE, "").strip()
    if own:
        return _checked(own, _VARIABLE)
    # Where git's folder is elsewhere, it starts hooks at the root of the work tree.
    root = _above(start, ".git") or (start if environ.get("GIT_DIR") else None)
    if root is None or not (_there(root, ".stetbot.toml") or _speaks_of_us(os.path.join(root, "pyproject.toml"))):
        return INLINE_WORD
    from bot.configuration import load_settings

    return load_settings({}, {}, root=root).inline_word


def _checked(word: str, place: str) -> str:
    if not WORD.fullmatch(word):
        raise UsageError(f"{place}: {word[:80]!r} is not {WORD_MUST_BE}")
    return word


def _speaks_of_us(name: str) -> bool:
    if not os.path.isfile(name):  # a link may lead anywhere, to what never ends as well
        return False
    try:
        with open(name, "rb") as file:
            return b"stetbot" in file.read()
    except OSError:
        return False


def merge_under_way(environ: Mapping[str, str], start: str = ".") -> bool:
    """Whether git waits here for conflicts to be solved, as far as its folder tells."""
    folder = environ.get("GIT_DIR") or _git_folder(start)
    if folder is None:
        return False
    if any(_there(folder, name) for name in _WAITS):
        return True
    return _there(folder, _MESSAGE) and any(_there(folder, name) for name in _UNDER_WAY)


def _git_folder(start: str) -> str | None:
    root = _above(start, ".git")
    if root is None:
        return None
    place = os.path.join(root, ".git")
    if os.path.isdir(place):
        return place
    # A linked work tree, or a submodule: a file that says where git's folder is.
    try:
        with open(place, encoding="utf-8", errors="surrogateescape") as file:
            said = file.read(4096)
    except OSError:
        return None
    return os.path.join(root, said.removeprefix("gitdir:").strip())


def _above(start: str, name: str) -> str | None:
    folder = os.path.abspath(start)
    while not _there(folder, name):
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above
    return folder


def _there(folder: str, name: str) -> bool:
    return os.path.exists(os.path.join(folder, name))
