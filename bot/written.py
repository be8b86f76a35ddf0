"""What a run with `--write` does to the files of the work tree."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from bot.errors import Refusal, RepositoryError
from bot.files import FileWrite, refuse_unsaved
from bot.outcomes import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.files import WorkTree
    from bot.pipeline.propose import FileResult, Proposed
    from bot.repo import Repository, Tree


def not_in_git(repo: Repository, proposed: Proposed) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The files whose text is to change and that git has no text of; and those that git has, and not as they stand."""
    known = repo.in_git()
    foreign, unsaved = [], []
    for result in proposed.files:
        path, old = result.renamed_from or result.path, result.old
        if old is None or known.has(path, data := old.document.to_bytes()):
            continue
        if known.tracks(path):
            unsaved.append(result.path)
        elif result.new is None or result.new.document.to_bytes() != data:
            foreign.append(path)
    return tuple(foreign), tuple(unsaved)


def write_files(repo: Repository, tree: WorkTree, proposed: Proposed) -> tuple[str, ...]:
    """Write each file whole; new and changed ones before those that go, so that a cut-off run loses nothing.

    Gives their paths. Raises RepositoryError, which names those that were written before.
    """
    # Whoever was waited for, the index may be another one than when it was decided what may go.
    known, head = cache(repo.in_git), cache(repo.head_tree)
    results = sorted(proposed.files, key=lambda result: (result.new is None, result.path))
    written: list[str] = []
    with tree.turn():
        tree.clean(_paths(proposed))
        for result in results:
            try:
                if result.new is None and result.old is not None:
                    refuse_unsaved(result.path, result.old.document.to_bytes(), known())
                tree.write(_file_write(repo, head, result))
            except (Refusal, RepositoryError) as error:
                done = f"written before that: {', '.join(written)}" if written else "nothing was written"
                raise RepositoryError(f"{error} ({done}; what is missing is written by running again)") from error
            written.append(result.path)
    return tuple(written)


def _file_write(repo: Repository, head: Callable[[], Tree | None], result: FileResult) -> FileWrite:
    new, old = result.new, result.old
    data = new.document.to_bytes() if new is not None else None
    if old is None and data is not None:
        # A new file has the line ends that the attributes of its path ask for.
        committed = head()
        data = data if committed is None else repo.checked_out(committed, result.path, data)
    return FileWrite(
        result.path,
        old.document.digest if old is not None else None,
        data,
        new.executable if new is not None else False,
        result.renamed_from,
    )


def _paths(proposed: Proposed) -> Iterator[str]:
    """Where a run of the same requests that was killed may have written."""
    for outcome in proposed.outcomes:
        if not isinstance(outcome, Refused):
            yield from outcome.request.paths
