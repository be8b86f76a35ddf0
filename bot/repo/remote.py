"""A repository elsewhere, by its URL and not by a configured name: fetch a commit, ask for the right to push, push.

The login is a setting of git's environment, in no command line, no URL and no file.
"""

from __future__ import annotations

import base64
import re
from contextlib import suppress
from typing import TYPE_CHECKING

from bot.errors import Code, Refusal, RepositoryError
from bot.repo.command import GitError
from bot.repo.refs import HEADS, check_branch, check_commit_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.repo.command import Git

_URL = re.compile(r"https?://[A-Za-z0-9.\[\]:_-]+(?:/[A-Za-z0-9._-]+)+")
_DENIED = re.compile(
    r"\b403\b|permission to .* denied|write access .* not granted|protected branch|\bGH0\d\d\b", re.IGNORECASE
)
_NO_LOGIN = re.compile(
    r"\b401\b|authentication failed|could not read (?:username|password)|terminal prompts disabled", re.IGNORECASE
)
_NO_REF = re.compile(r"couldn't find remote ref", re.IGNORECASE)
_MOVED = re.compile(
    r"stale info|fetch first|non-fast-forward|failed to (?:lock|update ref)|cannot lock ref", re.IGNORECASE
)

_ONE_BY_ONE = 20


def login_settings(url: str, token: str) -> tuple[tuple[str, str], ...]:
    """Git's settings to use `token` at `url` and nowhere else; what a checkout left behind for it is put aside."""
    check_url(url)
    return (
        # An empty value forgets the headers that came before, a persisted login of the checkout among them.
        (f"http.{url}.extraheader", ""),
        (f"http.{url}.extraheader", f"Authorization: Basic {login(token)}"),
        ("http.followRedirects", "false"),
        # A server that says nothing for a minute is given up.
        ("http.lowSpeedLimit", "1"),
        ("http.lowSpeedTime", "60"),
        ("credential.helper", ""),
        ("core.askPass", ""),
    )


def login(token: str) -> str:
    """The token as git sends it: a secret as well."""
    return base64.b64encode(f"x-access-token:{token}".encode()).decode("ascii")


def check_url(url: str) -> str:
    """`url`, if it is a plain http(s) URL of a repository: no user, no option, no other protocol."""
    if not _URL.fullmatch(url) or "/../" in f"{url}/" or "/./" in f"{url}/":
        raise ValueError(f"not a URL to fetch from: {url!r}")
    return url


def fetch_commit(git: Git, url: str, ref: str, commit: str, *, shallow: bool) -> None:
    """Have the objects of `commit`, which `ref` of the remote points to, or did a moment ago. No ref here is written.

    What is here already is not fetched: in a shallow clone that could cut off history that is here.

    Raises RepositoryError; Refusal (head-moved) where the remote no longer has it.
    """
    if _has(git, commit):
        return
    _fetch(git, url, ref, shallow=shallow)
    if _has(git, commit):
        return
    with suppress(RepositoryError):
        _fetch(git, url, check_commit_id(commit), shallow=shallow)
    if not _has(git, commit):
        raise Refusal(
            Code.HEAD_MOVED,
            f"{commit[:12]} is no longer at {ref}: somebody pushed meanwhile",
            "nothing was changed: give the command again",
        )


def fetch_those_there(git: Git, url: str, commits: Sequence[str], *, shallow: bool) -> tuple[str, ...]:
    """Have the objects of those `commits` that the remote still has, whatever points to them; gives those.

    Raises nothing: what cannot be had is not there.
    """
    missing = [commit for commit in commits if not _has(git, commit)]
    with suppress(RepositoryError):
        _fetch(git, url, *missing, shallow=shallow)
    for commit in missing[:_ONE_BY_ONE]:
        # One that the remote has collected keeps git from fetching the others.
        if len(missing) > 1 and not _has(git, commit):
            with suppress(RepositoryError):
                _fetch(git, url, commit, shallow=shallow)
    return tuple(commit for commit in commits if _has(git, commit))


def fetch_branch(git: Git, url: str, branch: str, *, shallow: bool) -> str | None:
    """The tip of `branch` of the remote, which is noted here as its branch; None: the remote has no such branch."""
    ref, note = HEADS + check_branch(branch), f"refs/remotes/origin/{branch}"
    try:
        _fetch(git, url, f"+{ref}:{note}", shallow=shallow)
    except RepositoryError as error:
        if _NO_REF.search(str(error)):
            return None
        raise
    return git.line("rev-parse", "--verify", "--end-of-options", f"{note}^{{commit}}")


def _has(git: Git, commit: str) -> bool:
    return git.outcome("cat-file", "-e", f"{check_commit_id(commit)}^{{commit}}")[0] == 0


def _fetch(git: Git, url: str, *wanted: str, shallow: bool) -> None:
    if not wanted:
        return
    status, _, said = git.outcome(
        "fetch",
        "--quiet",
        "--no-tags",
        "--no-write-fetch-head",
        "--no-auto-maintenance",
        "--no-recurse-submodules",
        "--refmap=",
        "--upload-pack=git-upload-pack",
        *(("--depth=1",) if shallow else ()),
        "--end-of-options",
        check_url(url),
        *wanted,
    )
    if status:
        raise _failed("fetch", url, GitError("fetch", status, said))


def may_push(git: Git, url: str, branch: str, commit: str) -> str | None:
    """None if the remote lets us push to `branch`, else what it says against it. Nothing is changed there."""
    status, output, said = _push(git, url, branch, commit, commit, "--dry-run")
    if status == 0:
        return None
    error = GitError("push", status, said)
    if _DENIED.search(error.said) or _NO_LOGIN.search(error.said):
        return _told(error.said)
    if _MOVED.search(output.decode("utf-8", "replace") + said):
        return None  # the right is there; that the branch moved is found out when it matters
    raise _failed("push", url, error)


def push_commit(git: Git, url: str, branch: str, commit: str, expected: str) -> None:
    """Let `branch` of the remote point to `commit` if it still points to `expected`, its parent.

    Raises Refusal (head-moved, cannot-push) where the remote says no; nothing has changed there then.
    """
    status, output, said = _push(git, url, branch, commit, expected)
    if status == 0:
        return
    error = GitError("push", status, said)
    rejected = next((line for line in output.decode("utf-8", "replace").split("\n") if line.startswith("!")), "")
    if _MOVED.search(rejected) or _MOVED.search(error.said):
        raise Refusal(
            Code.HEAD_MOVED,
            f"{branch} is no longer at {expected[:12]}: somebody pushed meanwhile",
            "nothing was changed: give the command again",
        )
    if rejected or _DENIED.search(error.said) or _NO_LOGIN.search(error.said):
        why = rejected.rsplit("\t", 1)[-1] if rejected else ""
        raise Refusal(Code.CANNOT_PUSH, f"the push to {branch} was rejected: {_told(error.said) or why}")
    raise _failed("push", url, error)


def _push(git: Git, url: str, branch: str, commit: str, expected: str, *more: str) -> tuple[int, bytes, str]:
    ref = HEADS + check_branch(branch)
    return git.outcome(
        "push",
        "--porcelain",
        "--no-verify",
        "--no-follow-tags",
        "--receive-pack=git-receive-pack",
        # Not force: `commit` is a child of `expected`. Without it, a branch that was forced back meanwhile would get
        # the removed commits again.
        f"--force-with-lease={ref}:{check_commit_id(expected)}",
        *more,
        "--end-of-options",
        check_url(url),
        f"{check_commit_id(commit)}:{ref}",
    )


def _told(said: str) -> str:
    """What the remote itself says, on one line; else git's last line."""
    lines = [line.strip() for line in said.split("\n") if line.strip()]
    remote = [line.removeprefix("remote:").strip() for line in lines if line.startswith("remote:")]
    return " ".join(line for line in remote if line)[:300] or (lines[-1][:300] if lines else "")


def _failed(doing: str, url: str, error: GitError) -> RepositoryError:
    if _NO_LOGIN.search(error.said):
        return RepositoryError(f"{url} does not take the token for a {doing}; set GITHUB_TOKEN anew")
    return RepositoryError(f"git {doing} at {url} failed: {_told(error.said)}")
