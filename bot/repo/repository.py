"""One repository: what stands in its commits, and new commits on its branches.

Work tree, index and HEAD are never written. A commit is made of objects alone (see `writing`), then one reference is
moved by compare-and-swap; whatever is interrupted before that leaves dangling objects, which git collects.
"""

from __future__ import annotations

import enum
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from bot.asks import Author
from bot.entries import TOO_LARGE
from bot.errors import Refusal, RepositoryError
from bot.repo import history, refs, remote
from bot.repo.command import Git, GitError, hardened_environment
from bot.repo.known import InGit
from bot.repo.objects import Objects
from bot.repo.planted import bare_folder
from bot.repo.tree import Tree, refuse_recoded
from bot.repo.writing import TreeWriter
from bot.text import Document

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.entries import TreeChange

# Nobody's address, and nobody's to be had (RFC 2606): GitHub shows an account for any other.
BOT = Author("stetbot", "stetbot@stetbot.invalid")


class Signing(enum.Enum):
    """Whether commits are signed: as the user's git is configured to, or not at all."""

    AS_CONFIGURED = "as configured"
    NEVER = "never"


class Repository:
    """A git repository of any shape: use it as a context manager, it holds processes.

    `root` is the work tree's folder (None in a bare one), `git_dir` and `common_dir` git's own folders.
    """

    def __init__(self, git: Git, folders: _Folders, stand_in: Author, *, begins_empty: bool) -> None:
        self._git = git
        self._stand_in = stand_in
        self._begins_empty = begins_empty
        self.root = folders.root
        self.git_dir = folders.git_dir
        self.common_dir = folders.common_dir
        self._objects = Objects(git, folders.algorithm)
        self._trees: list[Tree] = []

    @classmethod
    def discover(
        cls,
        start: Path,
        environ: Mapping[str, str] | None = None,
        settings: Sequence[tuple[str, str]] = (),
        *,
        stand_in: Author = BOT,
        begins_empty: bool = False,
        ours: bool = False,
    ) -> Self:
        """The repository that `start` (a folder or a file in it) belongs to; `environ` is the caller's environment.

        `settings` are git settings of this run (name and value): stronger than any file, and in no command line.
        `stand_in` commits where git knows nobody. `begins_empty`: of what is fetched, no history is wanted. `ours`: it
        was made by this run, and may lie anywhere.
        Raises RepositoryError: none there, not ours to trust, damaged, or git too old or missing.
        """
        place = start if start.is_dir() else start.parent
        if not place.is_dir():
            raise RepositoryError(f"{start} does not exist")
        bare = ours or bare_folder(place) is not None
        more = (*settings, ("safe.bareRepository", "all")) if bare else settings
        git = Git(place, hardened_environment(os.environ if environ is None else environ, more))
        git.require_version()
        folders = _folders(git, place)
        git.open(folders.root or folders.git_dir)
        return cls(git, folders, stand_in, begins_empty=begins_empty)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End all processes of this repository."""
        for tree in self._trees:
            tree.close()
        self._objects.close()
        self._git.close()

    # --- reading ---

    def resolve(self, rev: str) -> str:
        """The id of the commit that `rev` names. Raises RepositoryError, also where there is no commit yet."""
        return refs.resolve(self._git, rev)

    def branch_tip(self, name: str) -> str | None:
        """The commit of the branch `name`, None if there is none. Raises UsageError for an unusable name."""
        return refs.branch_tip(self._git, name)

    def is_ancestor(self, older: str, newer: str) -> bool:
        """Whether the commit `older` is `newer` or in its history."""
        return refs.is_ancestor(self._git, older, newer)

    def holder_of(self, name: str) -> str | None:
        """Where the branch `name` is checked out or being rebased; None: nowhere."""
        return refs.checked_out(self._git, self.common_dir, name)

    def current_branch(self) -> str | None:
        """The branch that HEAD is on; None if it is detached."""
        status, output, _ = self._git.outcome("symbolic-ref", "-q", "--short", "HEAD")
        return None if status else output.decode("utf-8", "replace").strip()

    def tree(self, commit: str, limit: int = TOO_LARGE) -> Tree:
        """The files of a commit (a full id); those larger than `limit` bytes are refused when read."""
        root = self._objects.read(refs.check_commit_id(commit))[1].partition(b"\n")[0].removeprefix(b"tree ").decode()
        tree = Tree(self._git, self._objects, root, self.common_dir / "info" / "attributes", limit)
        self._trees.append(tree)
        return tree

    def message(self, commit: str) -> str:
        """The message of a commit (a full id), as text."""
        data = self._objects.read(refs.check_commit_id(commit))[1]
        return data.partition(b"\n\n")[2].decode("utf-8", "replace")

    def messages(self, older: str, newer: str) -> tuple[tuple[str, str], ...]:
        """The commits (full ids) in the history of `newer` that are not in that of `older`, each with its message."""
        return history.messages(self._git, older, newer)

    def had_file(self, commit: str, path: str) -> bool:
        """Whether any commit in the history of `commit` (a full id) touched a file at `path`."""
        return history.had_file(self._git, commit, path)

    def moved_to(self, path: str, since: str, commit: str) -> str | None:
        """The path in `commit` of the file that stood at `path` in the commit `since`; None if that is not known."""
        return history.moved_to(self._git, path, since, commit)

    def changed_files(self, older: str, newer: str) -> tuple[str, ...]:
        """The paths of files that the commit `newer` has, and `older` has not or otherwise (full ids)."""
        return history.changed_files(self._git, older, newer)

    def merge_base(self, one: str, other: str) -> str | None:
        """The commit where two histories (full ids) part, None if they have nothing in common."""
        return history.merge_base(self._git, one, other)

    def files_with(self, word: str, commit: str | None) -> tuple[str, ...]:
        """The paths of text files that hold `word`, case aside: those of a commit (a full id), or of the work tree.

        In the work tree, files that git does not track count too unless they are ignored.
        """
        found = ("grep", "-l", "-z", "-I", "-i", "-F", "--no-recurse-submodules", "--full-name", "-e", word)
        where = ("--untracked",) if commit is None else (refs.check_commit_id(commit),)
        status, output, said = self._git.outcome(*found, *where)
        if status > 1:
            raise RepositoryError(f"git grep failed: {' '.join(said.split())}")
        names = (name.decode("utf-8", "surrogateescape") for name in output.split(b"\0")[:-1])
        return tuple(sorted(name.removeprefix(f"{commit}:") if commit else name for name in names))

    def head_tree(self, limit: int = TOO_LARGE) -> Tree | None:
        """The files of HEAD; None before the first commit."""
        try:
            head = self.resolve("HEAD")
        except RepositoryError:
            return None
        return self.tree(head, limit)

    def in_git(self) -> InGit:
        """What HEAD and the index have of the files of the work tree."""
        return InGit(self._git, self._objects, self.head_tree(), self._no_filters)

    def is_dirty(self) -> bool:
        """Whether tracked files of the work tree or the index differ from HEAD. Runs no filter of the repository."""
        if self.root is None:
            return False
        status, output, _ = self._git.outcome(
            "status", "--porcelain", "-z", "--untracked-files=no", "--ignore-submodules=all", env=self._no_filters()
        )
        return status == 0 and bool(output)

    def staged(self, path: str) -> Document | None:
        """The text of the file at `path` as it is staged; None where there is none: not tracked, or no text."""
        status, output, _ = self._git.outcome("cat-file", "blob", f":0:{path}")
        try:
            return Document.from_bytes(output, path) if status == 0 else None
        except Refusal:
            return None

    def _no_filters(self) -> dict[str, str]:
        output = self._git.outcome("config", "--null", "--name-only", "--get-regexp", r"^filter\.")[1]
        drivers = {name.decode("utf-8", "surrogateescape").rpartition(".")[0] for name in output.split(b"\0")[:-1]}
        settings = [
            (f"{driver}.{key}", value)
            for driver in sorted(drivers)
            for key, value in (("clean", ""), ("smudge", ""), ("process", ""), ("required", "false"))
        ]
        return hardened_environment(self._git.environment, settings)

    def checked_out(self, tree: Tree, path: str, data: bytes) -> bytes:
        """What a checkout would put into the work tree for a new file whose stored text is `data`.

        Raises Refusal(filtered) where a filter or another encoding stands between the two.
        """
        attributes = tree.attributes(path)
        refuse_recoded(path, attributes)
        autocrlf = self._setting("core.autocrlf") in ("true", "yes", "on", "1")
        native = "\r\n" if autocrlf else {"crlf": "\r\n", "lf": "\n"}.get(self._setting("core.eol"), os.linesep)
        end = attributes.line_end(native, unspecified="\r\n" if autocrlf else "")
        return data.replace(b"\r\n", b"\n").replace(b"\n", end.encode()) if end else data

    def _setting(self, name: str) -> str:
        return self._git.outcome("config", "--get", name)[1].decode("utf-8", "replace").strip().lower()

    # --- writing ---

    def identity(self) -> Author:
        """Who commits: the user, as git is configured, or the stand-in where git knows nobody."""
        return self._configured("GIT_COMMITTER_IDENT") or self._stand_in

    def commit(
        self,
        base: str,
        changes: Sequence[TreeChange],
        message: str,
        *,
        author: Author | None = None,
        signing: Signing = Signing.AS_CONFIGURED,
        parent: str | None = None,
    ) -> str:
        """A new commit on `base` (a full id) with `changes` made; no branch points to it yet. Gives its id.

        `parent` is the commit that it follows, where that is another one than `base`. `author` is author and committer;
        without one, the user is, as git is configured, or else the stand-in. Raises Refusal where a change does not fit
        the tree, RepositoryError where git fails (a signature, a full disk).
        """
        writer = TreeWriter(self._objects, self.tree(base))
        tree = writer.write(changes)
        self._objects.write(writer.objects)
        sign = ["-S"] if signing is Signing.AS_CONFIGURED and self._signs() else []
        arguments = ["commit-tree", *sign, "-p", refs.check_commit_id(parent or base), "-F", "-", tree]
        status, output, said = self._git.outcome(
            *arguments, stdin=message.encode(), env=self._people(author), keep_terminal=bool(sign)
        )
        if status:
            hint = "; signing failed: check `git config user.signingKey`" if sign else ""
            raise RepositoryError(f"{GitError('commit-tree', status, said)}{hint}")
        return output.decode().strip()

    def update_branch(self, name: str, new: str, old: str | None) -> None:
        """Move the branch `name` to `new` if it still is at `old` (None: does not exist). Raises RepositoryError."""
        refs.update_branch(self._git, self.common_dir, name, new, old)

    def default_remote(self) -> str:
        """The remote to push to where none is named. Raises RepositoryError."""
        return refs.default_remote(self._git)

    def check_remote(self, name: str) -> str:
        """`name`, if a remote is called so. Raises RepositoryError, naming those that there are."""
        return refs.check_remote(self._git, name)

    def push(self, remote: str, name: str) -> None:
        """Push the branch `name` to `remote`, never by force. Raises RepositoryError if it did not arrive."""
        refs.push(self._git, remote, name)

    # --- a repository elsewhere, by its URL ---

    def remote_url(self, name: str) -> str | None:
        """The URL of a configured remote; None if there is no such remote."""
        if name not in refs.remote_names(self._git):
            return None
        status, output, _ = self._git.outcome("config", "--get", f"remote.{name}.url")
        return None if status else output.decode("utf-8", "surrogateescape").strip()

    def fetch_commit(self, url: str, ref: str, commit: str) -> None:
        """Have the objects of `commit`, the remote's `ref` (full). Raises Refusal (head-moved), RepositoryError."""
        remote.fetch_commit(self._git, url, ref, commit, shallow=self._is_shallow())

    def fetch_those_there(self, url: str, commits: Sequence[str]) -> tuple[str, ...]:
        """Have the objects of those `commits` (full ids) that the remote still has; gives those."""
        return remote.fetch_those_there(self._git, url, commits, shallow=self._is_shallow())

    def _is_shallow(self) -> bool:
        return self._begins_empty or self._git.line("rev-parse", "--is-shallow-repository") == "true"

    def fetch_branch(self, url: str, branch: str) -> str | None:
        """The tip of the remote's `branch`, whose objects are here then; None: there is none. Raises RepositoryError.

        It is noted here as the branch of a remote `origin`.
        """
        return remote.fetch_branch(self._git, url, branch, shallow=self._is_shallow())

    def may_push(self, url: str, branch: str, commit: str) -> str | None:
        """None if `branch` of the remote may be pushed to, else what it says against it. Raises RepositoryError."""
        return remote.may_push(self._git, url, branch, commit)

    def push_commit(self, url: str, branch: str, commit: str, expected: str) -> None:
        """Move the remote's `branch` from `expected` to its child `commit`. Raises Refusal, RepositoryError."""
        remote.push_commit(self._git, url, branch, commit, expected)

    def _signs(self) -> bool:
        return self._git.outcome("config", "--type=bool", "--get", "commit.gpgSign")[1].strip() == b"true"

    def _people(self, author: Author | None) -> dict[str, str]:
        if author is None and self._configured("GIT_AUTHOR_IDENT") and self._configured("GIT_COMMITTER_IDENT"):
            return {}
        who = author or self._stand_in
        return {
            "GIT_AUTHOR_NAME": who.name,
            "GIT_AUTHOR_EMAIL": who.email,
            "GIT_COMMITTER_NAME": who.name,
            "GIT_COMMITTER_EMAIL": who.email,
        }

    def _configured(self, variable: str) -> Author | None:
        """The identity that git was told; None where it would have to guess one from the machine."""
        status, output, _ = self._git.outcome("-c", "user.useConfigOnly=true", "var", variable)
        found = re.match(r"(.*) <(.*)> \d+ [+-]\d+\s*\Z", output.decode("utf-8", "replace"), re.DOTALL)
        return None if status or found is None else Author(found[1], found[2])


@dataclass(frozen=True, slots=True)
class _Folders:
    root: Path | None
    git_dir: Path
    common_dir: Path
    algorithm: str


def _folders(git: Git, place: Path) -> _Folders:
    status, output, said = git.outcome(
        "rev-parse",
        "--path-format=absolute",
        "--git-dir",
        "--git-common-dir",
        "--show-object-format",
        "--is-inside-work-tree",
    )
    if status:
        raise _no_repository(place, said)
    git_dir, common_dir, algorithm, inside = output.decode("utf-8", "surrogateescape").split("\n")[:4]
    root = git.line("rev-parse", "--path-format=absolute", "--show-toplevel") if inside == "true" else None
    return _Folders(Path(root) if root else None, Path(git_dir), Path(common_dir), algorithm)


def _no_repository(place: Path, said: str) -> RepositoryError:
    if "dubious ownership" in said:
        return RepositoryError(
            f"the repository at {place} belongs to another user, so git does not trust it; if you do, run"
            f" `git config --global --add safe.directory {place}`"
        )
    if "not a git repository" in said:
        return RepositoryError(
            f"{place} is not in a git repository; run stetbot in one, name one with `-C DIR`, or `git init` first"
        )
    return RepositoryError(f"the repository at {place} cannot be used: {' '.join(said.split())}")
