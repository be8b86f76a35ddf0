"""The proof of a diff: what it says, read by another program's parser, makes the new file of the old one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.diffs.parse import DiffError, parse_diff
from bot.diffs.render import raw_lines
from bot.errors import Code, Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.diffs.parse import FileDiff, Hunk
    from bot.text import Document


def apply_diff(diff: FileDiff, old: Document | None) -> str:
    """The text that `diff` makes of `old`. Nothing is searched: a hunk fits where it says or DiffError is raised."""
    before = raw_lines(old)
    after: list[str] = []
    at = 0
    for hunk in diff.hunks:
        start = hunk.old_start - (1 if hunk.old_count else 0)
        if not at <= start <= len(before):
            raise DiffError(f"the hunk at line {hunk.old_start} is out of order or out of the file")
        after += before[at:start]
        if hunk.new_start - (1 if hunk.new_count else 0) != len(after):
            raise DiffError(f"the hunk at line {hunk.old_start} says that it leads to line {hunk.new_start}")
        _compare(before[start : start + hunk.old_count], hunk)
        after += [line.text for line in hunk.lines if line.mark in " +"]
        at = start + hunk.old_count
    return "".join(after + before[at:])


def _compare(found: Sequence[str], hunk: Hunk) -> None:
    said = [line.text for line in hunk.lines if line.mark in " -"]
    if list(found) != said:
        raise DiffError(f"the hunk at line {hunk.old_start} does not fit the file")
    if len(said) != hunk.old_count or sum(line.mark in " +" for line in hunk.lines) != hunk.new_count:
        raise DiffError(f"the header of the hunk at line {hunk.old_start} counts other lines than it has")


def check(  # noqa: PLR0913 - the diff, and what `unified` was asked for
    diff: str,
    path: str,
    old: Document | None,
    new: Document | None,
    *,
    old_mode: str = "100644",
    new_mode: str = "100644",
    rename_to: str | None = None,
) -> None:
    """Raise Refusal(VERIFICATION_FAILED) unless `diff` says exactly this change: names, modes and bytes.

    A failure is a bug of ours, found before anything was written.
    """
    target = rename_to or path
    if diff == "":
        if (old, old_mode, path) != (new, new_mode, target):
            raise _failed(path, "is empty, and the file changes")
        return
    try:
        files = parse_diff(diff)
        if len(files) != 1:
            raise _failed(path, f"names {len(files)} files")
        text = apply_diff(files[0], old)
    except DiffError as error:
        raise _failed(path, str(error)) from error
    said = files[0]
    if (said.old_path, said.new_path) != (None if old is None else path, None if new is None else target):
        raise _failed(path, f"names other files: {said.old_path}, {said.new_path}")
    if text.encode() != (b"" if new is None else new.to_bytes()):
        raise _failed(path, "does not give the new text")
    wanted = (None if old is None else old_mode, None if new is None else new_mode)
    unsaid = (None, None) if None not in wanted and old_mode == new_mode else wanted
    if (said.old_mode, said.new_mode) not in (wanted, unsaid):
        raise _failed(path, f"gives other modes: {said.old_mode}, {said.new_mode}")


def _failed(path: str, problem: str) -> Refusal:
    return Refusal(
        Code.VERIFICATION_FAILED, f"the diff of {path} {problem}", "this is a bug of stetbot; nothing was written"
    )
