"""A repository of our own beside a checkout: it borrows the checkout's objects, and nothing else of it is read.

A runner that is used again may keep what an earlier job wrote into the checkout's `.git`: settings that have git run a
program, send the token elsewhere or push to another place, and attributes. No variable switches a repository's own
settings off, so the Action works where there are none but ours.
"""

from __future__ import annotations

import re
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import RepositoryError
from bot.repo.command import Git, hardened_environment
from bot.repo.repository import BOT, Repository

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.asks import Author

_ID = re.compile(r"[0-9a-f]{40}")
_MOST_SHALLOW = 10_000_000
# Its references tell a server what need not be sent. Git's own way of asking for them, which is switched off elsewhere.
_ASK_FOR_REFS = 'ask() { git --git-dir="$1" for-each-ref --format="%(objectname)"; }; ask'
_SETTINGS = (("core.alternateRefsCommand", _ASK_FOR_REFS),)


@contextmanager
def repository_beside(
    checkout: Path,
    folder: Path,
    environ: Mapping[str, str],
    settings: Sequence[tuple[str, str]] = (),
    *,
    stand_in: Author = BOT,
) -> Iterator[Repository]:
    """A bare repository below `folder`, gone afterwards. Where `checkout` is no repository, it begins with nothing.

    `settings` and `stand_in` are those of `Repository.discover`. Raises RepositoryError.
    """
    try:
        place = tempfile.TemporaryDirectory(prefix="stetbot-", dir=folder, ignore_cleanup_errors=True)
    except OSError as error:
        raise RepositoryError(f"no folder can be made in {folder}: {error.strerror}") from error
    with place as name:
        own = Path(name)
        git = Git(own, hardened_environment(environ))
        git.require_version()
        git.run("init", "--quiet", "--bare", "--template=", "--object-format=sha1")
        borrows = _borrow(checkout / ".git", own)
        more = (*_SETTINGS, *settings)
        opened = Repository.discover(own, environ, more, stand_in=stand_in, begins_empty=not borrows, ours=True)
        with opened as repository:
            yield repository


def _borrow(theirs: Path, own: Path) -> bool:
    """Whether the objects of the git folder `theirs` could be made to count as those of `own`."""
    objects = theirs / "objects"
    # Not one that lacks objects and would fetch them from where its settings say; nor a path that the file cannot hold.
    if not objects.is_dir() or any(objects.glob("pack/*.promisor")) or re.search(r'[\n"]', str(objects)):
        return False
    shallow = _shallow(theirs / "shallow")
    if shallow is None:
        return False
    (own / "objects" / "info").mkdir(exist_ok=True)
    (own / "objects" / "info" / "alternates").write_text(f"{objects.absolute().as_posix()}\n", encoding="utf-8")
    if shallow:
        (own / "shallow").write_text("".join(f"{commit}\n" for commit in shallow), encoding="ascii")
    return True


def _shallow(file: Path) -> list[str] | None:
    """The commits whose parents a shallow checkout lacks; None if that cannot be told."""
    try:
        if not file.exists():
            return []
        if not file.is_file() or file.stat().st_size > _MOST_SHALLOW:
            return None
        lines = file.read_text(encoding="ascii").split("\n")
    except (OSError, ValueError):
        return None
    return [line for line in lines if _ID.fullmatch(line)]
