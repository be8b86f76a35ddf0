"""Branches and remotes: names that are safe to hand to git, updates that lose no race, pushes that do not force."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.errors import RepositoryError, UsageError
from bot.repo.command import GitError

if TYPE_CHECKING:
    from pathlib import Path

    from bot.repo.command import Git

HEADS = "refs/heads/"
_COMMIT_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?\Z")
_NO_REMOTE = "there is no remote to push to; add one with `git remote add origin URL`"
_AMBIGUOUS = re.compile(r"warning: refname '(.*)' is ambiguous")
# Beyond git-check-ref-format: nothing that a shell, an option parser or a reader could take for something else.
_UNSAFE = re.compile(
    r"[\x00-\x20\x7f-\x9f~^:?*\[\\$`;&|<>()'\"!{}\u2028-\u202f\u2066-\u2069\u200b-\u200f\ufeff\ud800-\udfff]"
)


def check_branch(name: str) -> str:
    """`name`, if it is a short branch name that is safe to use. Raises UsageError naming what is wrong."""
    parts = name.split("/")
    if (
        not name
        or _UNSAFE.search(name)
        or name.startswith(("-", "refs/"))
        or name in ("@", "HEAD")
        or ".." in name
        or "@{" in name
        or any(not part or part.startswith(".") or part.endswith((".lock", ".")) for part in parts)
        or len(name.encode()) > 200
    ):
        raise UsageError(f"{name[:200]!r} is no usable branch name; give another one with --branch")
    return name


def check_commit_id(commit: str) -> str:
    """`commit`, if it is a full id. Anything else here is a mistake of ours: users' names are resolved first."""
    if not _COMMIT_ID.match(commit):
        raise ValueError(f"not a full commit id: {commit!r}")
    return commit


def resolve(git: Git, rev: str) -> str:
    """The id of the commit that the user calls `rev`. Raises RepositoryError, also if it names two (gitrevisions)."""
    if not rev or rev.startswith("-") or re.search(r"[\x00-\x1f\x7f]", rev):
        raise RepositoryError(f"{rev[:200]!r} names no commit")
    status, output, said = git.outcome("rev-parse", "--verify", "--end-of-options", f"{rev}^{{commit}}")
    twice = _AMBIGUOUS.search(said)
    # What looks like HEAD or an id is that, whatever branches are called so.
    if twice and twice[1] != "HEAD" and not _COMMIT_ID.match(twice[1]):
        raise RepositoryError(
            f"{twice[1]} is the name of several things, a tag and a branch perhaps: write refs/heads/{twice[1]}"
            f" or refs/tags/{twice[1]}"
        )
    if status == 0:
        return output.decode().strip()
    if git.outcome("rev-parse", "--verify", "--quiet", "HEAD^{commit}")[0] and rev == "HEAD":
        raise RepositoryError("the repository has no commit yet; make a first commit, then run again")
    raise RepositoryError(f"{rev} names no commit of this repository; fetch it, or name another one")


def branch_tip(git: Git, name: str) -> str | None:
    """The commit that the branch `name` points to; None if there is no such branch."""
    ref = HEADS + check_branch(name)
    status, output, said = git.outcome("for-each-ref", "--format=%(objectname) %(refname)", ref)
    if status:
        raise GitError("for-each-ref", status, said)
    # for-each-ref takes the name for a folder too: only the full name counts.
    for line in output.decode("utf-8", "surrogateescape").split("\n"):
        commit, _, found = line.partition(" ")
        if found == ref:
            return commit
    return None


def is_ancestor(git: Git, older: str, newer: str) -> bool:
    """Whether `older` is `newer` or one of its ancestors."""
    status, _, said = git.outcome("merge-base", "--is-ancestor", check_commit_id(older), check_commit_id(newer))
    if status > 1:
        raise GitError("merge-base", status, said)
    return status == 0


def checked_out(git: Git, common_dir: Path, name: str) -> str | None:
    """The work tree that has the branch `name` checked out, or is rebasing it; None if none has."""
    ref = HEADS + name
    folder = ""
    for line in git.run("worktree", "list", "--porcelain").decode("utf-8", "surrogateescape").split("\n"):
        word, _, value = line.partition(" ")
        if word == "worktree":
            folder = value
        elif word == "branch" and value == ref:
            return folder
    # During a rebase HEAD is detached; the branch is written when it ends.
    for place in (common_dir, *sorted((common_dir / "worktrees").glob("*"))):
        for state in ("rebase-merge", "rebase-apply"):
            head = place / state / "head-name"
            if head.is_file() and head.read_text("utf-8", "surrogateescape").strip() == ref:
                return f"{place} (a rebase)"
        # With --update-refs it moves other branches as well: three lines for each, the first is the name.
        others = place / "rebase-merge" / "update-refs"
        if others.is_file() and ref in others.read_text("utf-8", "surrogateescape").split("\n")[::3]:
            return f"{place} (a rebase with --update-refs)"
    return None


def update_branch(git: Git, common_dir: Path, name: str, new: str, old: str | None) -> None:
    """Let the branch `name` point to `new`, if it still points to `old` (None: if it does not exist).

    Raises RepositoryError if it moved, is checked out, is an alias of another branch, or is locked.
    """
    ref = HEADS + check_branch(name)
    where = checked_out(git, common_dir, name)
    if where:
        raise RepositoryError(
            f"the branch {name} is checked out in {where}: moving it would make its files look changed;"
            " give another one with --branch"
        )
    if git.outcome("symbolic-ref", "-q", ref)[0] == 0:
        raise RepositoryError(f"the branch {name} is an alias of another branch; give another one with --branch")
    expected = "0" * len(new) if old is None else check_commit_id(old)
    status, _, said = git.outcome(
        "update-ref",
        "--no-deref",
        "--create-reflog",
        "-m",
        "stetbot: apply requests",
        ref,
        check_commit_id(new),
        expected,
    )
    if status:
        raise _not_updated(name, GitError("update-ref", status, said))


def _not_updated(name: str, error: GitError) -> RepositoryError:
    said = error.said
    lock = re.search(r"Unable to create '([^']*\.lock)': File exists", said)
    if lock:
        return RepositoryError(
            f"another git process works on the branch {name}; if none does, an earlier one was killed:"
            f" delete {lock[1]} and run again"
        )
    if "but expected" in said or "reference already exists" in said or "unable to resolve reference" in said:
        return RepositoryError(f"the branch {name} moved while stetbot worked; nothing was changed: run again")
    blocking = re.search(r"'refs/heads/([^']*)' exists; cannot create", said)
    if blocking:
        return RepositoryError(
            f"the branch {blocking[1]} exists, so there can be no branch {name}; give another one with --branch"
        )
    return RepositoryError(f"the branch {name} could not be written: {' '.join(said.split())}")


def remote_names(git: Git) -> tuple[str, ...]:
    """The configured remotes."""
    return tuple(git.run("remote").decode("utf-8", "surrogateescape").split("\n")[:-1])


def default_remote(git: Git) -> str:
    """`origin`, or the only remote there is. Raises RepositoryError."""
    names = remote_names(git)
    if "origin" in names:
        return "origin"
    if len(names) == 1:
        return names[0]
    said = f"there are several remotes ({', '.join(names)}) and none is called origin"
    raise RepositoryError(said if names else _NO_REMOTE)


def check_remote(git: Git, name: str) -> str:
    """`name`, if a remote is called so. Raises RepositoryError, naming those that there are."""
    names = remote_names(git)
    if name in names and not name.startswith("-"):
        return name
    others = f"there are: {', '.join(names)}" if names else _NO_REMOTE
    raise RepositoryError(f"there is no remote called {name!r}; {others}")


def push(git: Git, remote: str, name: str) -> None:
    """Push the branch `name` to the branch of that name of a configured remote; never by force.

    Raises RepositoryError if the remote rejects it or cannot be reached; nothing has changed there then.
    """
    check_remote(git, remote)
    ref = HEADS + check_branch(name)
    status, output, said = git.outcome(
        "push",
        "--porcelain",
        "--no-verify",
        "--no-force",
        "--no-follow-tags",
        "--receive-pack=git-receive-pack",
        "--end-of-options",
        remote,
        f"{ref}:{ref}",
        keep_terminal=True,
    )
    lines = output.decode("utf-8", "replace").split("\n")
    rejected = next((line for line in lines if line.startswith("!")), None)
    if rejected:
        why = rejected.rsplit("\t", 1)[-1]
        told = " ".join(line.removeprefix("remote: ") for line in said.split("\n") if line.startswith("remote: "))
        moved = "fetch first" in why or "non-fast-forward" in why
        remedy = "; it has commits that are not here: fetch it, or give another branch with --branch" if moved else ""
        raise RepositoryError(f"{remote} rejected the push of {name}: {why}{f' ({told})' if told else ''}{remedy}")
    if status:
        raise GitError("push", status, said)
