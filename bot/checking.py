"""`stetbot check`, for every door: what is left over in files, offline and fast.

Hundreds of clean files cost little more than reading them: the bytes are asked first, and what it takes for a close
look (grammars, parsers) is imported when a file needs it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from bot.errors import UsageError
from bot.leftovers.suspicion import INLINE_WORD, may_ask, may_have_conflicts, may_have_markers
from bot.paths import is_instruction_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

MAX_INPUT = 64 * 1024 * 1024
SHOWN_CHARACTERS = 160
# git's folder while a merge, a rebase, a cherry-pick or a revert waits for its conflicts to be solved.
_MESSAGE = "MERGE_MSG"
_UNDER_WAY = ("MERGE_HEAD", "rebase-apply", "rebase-merge", "CHERRY_PICK_HEAD", "REVERT_HEAD")


class Finding(NamedTuple):
    """One line to print. `warning`: it is worth knowing, and no error unless the caller is strict."""

    said: str
    warning: bool


def check_files(
    paths: Iterable[str], environ: Mapping[str, str], word: str | None = None, start: str = "."
) -> Iterator[Finding]:
    """What is left over in the files `paths`, in their order; `word` is what makes a comment a request.

    Raises UsageError for a file that cannot be read, and for settings of the repository that are wrong.
    """
    wanted = word
    for path in paths:
        data = _read(path)
        if is_instruction_path(path.replace(os.sep, "/")):
            yield from _instructions(path, data)
            continue
        if wanted is None:
            wanted = inline_word(environ, start)
        asks = may_ask(data, wanted)
        conflict = may_have_conflicts(data)
        if (asks or conflict or may_have_markers(data)) and len(data) <= MAX_INPUT:
            merging = conflict and merge_under_way(environ, start)
            yield from _closely(path, data, wanted, merging=merging)


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); name a file that is there") from error


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
    own = environ.get("STETBOT_INLINE_WORD", "").strip()
    if own:
        return own
    root = _above(start, ".git")
    names = [os.path.join(root, name) for name in (".stetbot.toml", "pyproject.toml")] if root else []
    if not any(_speaks_of_words(name) for name in names):
        return INLINE_WORD
    from bot.configuration import load_settings

    return load_settings({}, {}, root=root).inline_word


def _speaks_of_words(name: str) -> bool:
    try:
        with open(name, "rb") as file:
            return b"inline-word" in file.read()
    except OSError:
        return False


def merge_under_way(environ: Mapping[str, str], start: str = ".") -> bool:
    """Whether git waits here for conflicts to be solved, as far as its folder tells."""
    folder = environ.get("GIT_DIR") or _git_folder(start)
    return folder is not None and _there(folder, _MESSAGE) and any(_there(folder, name) for name in _UNDER_WAY)


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
