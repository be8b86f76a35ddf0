"""Files that are only half git's: here and in no commit, or in a commit and not here. No request may mistake them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import Code, Refusal

if TYPE_CHECKING:
    from bot.entries import Known


def refuse_unsaved(path: str, data: bytes, known: Known | None) -> None:
    """Raise Refusal(overlapping) if git has no copy of these bytes of the file at `path`, which is to be deleted."""
    if known is not None and known.has(path, data):
        return
    if known is not None and known.tracks(path):
        said = f"{path} has changes that are neither staged nor committed, so nothing brings them back if it is deleted"
        raise Refusal(Code.OVERLAPPING, said, "stage or commit them first, then run again; or delete it by hand")
    said = f"{path} is not in git, so nothing brings it back if it is deleted"
    raise Refusal(Code.OVERLAPPING, said, "`git add` it first, then run again; or delete it by hand")


def refuse_left_out(path: str, known: Known | None) -> None:
    """Raise Refusal(unknown-path) if nothing stands at `path` because git was told to put nothing there."""
    if known is not None and known.is_left_out(path):
        raise Refusal(
            Code.UNKNOWN_PATH,
            f"{path} is in the repository, and left out of this work tree (a sparse checkout)",
            "`git sparse-checkout add` it, or change it on a branch (without --write)",
        )
