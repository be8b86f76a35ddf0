"""`stetbot apply --push`: the branch goes to a remote, never by force, and a remote that says no is a failure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from support.calls import CHANGED, call, instructions, one_complaint, shop, snapshot
from support.gitrepo import GitRepo

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def remote(tmp_path: Path) -> GitRepo:
    return GitRepo(tmp_path / "remote.git", bare=True)


def test_push_brings_the_branch_to_the_remote(tmp_path: Path, remote: GitRepo) -> None:
    repo = shop(tmp_path)
    repo.git("remote", "add", "origin", str(remote.path))
    run = call(repo, "apply", "--push", instructions(tmp_path))
    assert run.code == 0, run.said
    assert "Pushed to origin." in run.out
    assert remote.git("rev-parse", "stetbot/fix") == repo.git("rev-parse", "stetbot/fix")
    again = call(repo, "apply", "--push", instructions(tmp_path))
    assert again.code == 0
    assert "stetbot/fix is pushed to origin" in again.out


def test_push_goes_where_it_is_told(tmp_path: Path, remote: GitRepo) -> None:
    repo = shop(tmp_path)
    repo.git("remote", "add", "origin", str(tmp_path / "nowhere"))
    repo.git("remote", "add", "fork", str(remote.path))
    assert call(repo, "apply", "--push", "--remote", "fork", instructions(tmp_path)).code == 0
    assert remote.git("rev-parse", "stetbot/fix") == repo.git("rev-parse", "stetbot/fix")


def test_a_rejected_push_is_a_failure_that_loses_nothing_and_is_made_good_by_another_run(
    tmp_path: Path, remote: GitRepo
) -> None:
    repo = shop(tmp_path)
    repo.git("remote", "add", "origin", str(remote.path))
    hook = remote.path / "hooks" / "update"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho not on a Friday >&2\nexit 1\n", encoding="utf-8")
    hook.chmod(0o755)
    file = instructions(tmp_path)
    run = call(repo, "apply", "--push", file)
    assert run.code == 1
    assert "applied   cart.py@" in run.out
    assert "Committed " in run.out
    line = one_complaint(run)
    assert "stetbot/fix was not pushed: origin rejected the push" in line
    assert "not on a Friday" in line
    assert repo.read("stetbot/fix", "cart.py") == CHANGED.encode()
    assert remote.git("for-each-ref") == ""
    report = json.loads(call(repo, "apply", "--push", "--json", file).out)
    assert report["status"] == "nothing-applied"
    assert report["pushed"] is None
    assert "rejected" in report["not_pushed"]
    hook.unlink()
    again = call(repo, "apply", "--push", file)
    assert again.code == 0, again.said
    assert remote.git("rev-parse", "stetbot/fix") == repo.git("rev-parse", "stetbot/fix")


def test_a_push_never_forces(tmp_path: Path, remote: GitRepo) -> None:
    repo = shop(tmp_path)
    repo.git("remote", "add", "origin", str(remote.path))
    repo.git("commit", "-q", "--allow-empty", "-m", "Somebody else's")
    repo.git("push", "-q", "origin", "main:stetbot/fix")
    repo.git("reset", "-q", "--hard", "HEAD~1")
    theirs = remote.git("rev-parse", "stetbot/fix")
    run = call(repo, "apply", "--push", instructions(tmp_path))
    assert run.code == 1
    assert "fetch it, or give another branch" in one_complaint(run)
    assert remote.git("rev-parse", "stetbot/fix") == theirs


@pytest.mark.parametrize("names", [("origin", "fork"), ()], ids=["others", "none"])
@pytest.mark.parametrize("name", ["up", "-up"])
def test_a_remote_that_is_not_there_is_wrong_usage_and_nothing_is_done(
    tmp_path: Path, remote: GitRepo, names: tuple[str, ...], name: str
) -> None:
    repo = shop(tmp_path)
    for known in names:
        repo.git("remote", "add", known, str(remote.path))
    before = snapshot(repo)
    run = call(repo, "apply", "--push", f"--remote={name}", instructions(tmp_path))
    assert run.code == 2
    said = one_complaint(run)
    assert f"there is no remote called '{name}'" in said
    assert ("there are: fork, origin" if names else "git remote add origin URL") in said
    assert snapshot(repo) == before
