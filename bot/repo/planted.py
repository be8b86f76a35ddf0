"""Folders that git takes for a repository though nothing is called `.git`: bare ones.

A commit cannot hold a `.git`, but it can hold a folder with HEAD, objects and refs in it. Git run there would obey its
`config`, which can name programs. So a bare repository counts only where no checkout is round it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from bot.errors import RepositoryError

if TYPE_CHECKING:
    from pathlib import Path


def bare_folder(place: Path) -> Path | None:
    """The bare repository that `place` lies in; None where a `.git` is nearer, or there is none.

    Raises RepositoryError for one that lies in a checkout; git's own folder `.git`, and what is in it, may do so.
    """
    start = place.resolve()
    for folder in (start, *start.parents):
        if _has_git(folder):
            return None
        if _looks_bare(folder):
            checkout = next((parent for parent in folder.parents if os.path.lexists(parent / ".git")), None)
            if checkout is not None and ".git" not in folder.relative_to(checkout).parts:
                raise RepositoryError(
                    f"{folder} is a bare repository inside the checkout {checkout}, and its settings could run"
                    f" programs; run stetbot in {checkout}, or put the repository outside of it"
                )
            return folder
    return None


def _has_git(folder: Path) -> bool:
    git = folder / ".git"
    return git.is_file() or _looks_bare(git)


def _looks_bare(folder: Path) -> bool:
    """As git's `is_git_directory` sees it, or a little more readily."""
    has = {name for name in ("HEAD", "commondir", "objects", "refs") if os.path.lexists(folder / name)}
    return has >= {"HEAD", "commondir"} or has >= {"HEAD", "objects", "refs"}
