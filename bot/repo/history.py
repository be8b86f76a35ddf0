"""What the commits of a repository tell: messages, and what became of files. Commits are given by their full ids."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.repo.refs import check_commit_id

if TYPE_CHECKING:
    from bot.repo.command import Git


def messages(git: Git, older: str, newer: str) -> tuple[tuple[str, str], ...]:
    """The commits in the history of `newer` that are not in that of `older`, each with its message."""
    span = f"{check_commit_id(older)}..{check_commit_id(newer)}"
    output = git.run("log", "-z", "--no-show-signature", "--format=%H%n%B", span)
    entries = (entry.decode("utf-8", "replace").partition("\n") for entry in output.split(b"\0") if entry)
    return tuple((commit, message) for commit, _, message in entries)


def had_file(git: Git, commit: str, path: str) -> bool:
    """Whether any commit in the history of `commit` touched a file at `path`."""
    arguments = ("log", "-1", "--full-history", "--no-show-signature", "--format=%H")
    return bool(git.run(*arguments, check_commit_id(commit), "--", f":(top,literal){path}").strip())


def moved_to(git: Git, path: str, since: str, commit: str) -> str | None:
    """The path in `commit` of the file that stood at `path` in the commit `since`; None if it was not renamed.

    None also where `since` is not here: the history may be cut off.
    """
    span = (check_commit_id(since), check_commit_id(commit))
    status, output, _ = git.outcome("diff-tree", "-r", "-z", "-M", "-l1000", "--diff-filter=R", "--raw", *span)
    fields = output.decode("utf-8", "surrogateescape").split("\0") if status == 0 else []
    # Three fields for each: modes and ids, the old path, the new one.
    return dict(zip(fields[1::3], fields[2::3], strict=False)).get(path)


def changed_files(git: Git, older: str, newer: str) -> tuple[str, ...]:
    """The paths of files that the commit `newer` has, and `older` has not or otherwise."""
    arguments = ("diff-tree", "-r", "-z", "--name-only", "--no-renames", "--no-ext-diff", "--diff-filter=AMT")
    output = git.run(*arguments, check_commit_id(older), check_commit_id(newer))
    return tuple(name.decode("utf-8", "surrogateescape") for name in output.split(b"\0") if name)


def merge_base(git: Git, one: str, other: str) -> str | None:
    """The commit where two histories part, None if they have nothing in common."""
    status, output, _ = git.outcome("merge-base", check_commit_id(one), check_commit_id(other))
    return None if status else output.decode().strip()
