from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from support.gitrepo import GitRepo
from support.story import stetbot

from bot.errors import Code, Refusal, UsageError
from bot.settings import Settings
from bot.workplace import Destination, Order, default_branch, open_workplace

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_that_git_stores_through_a_filter_is_refused_in_the_work_tree_too(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "repo")
    repo.write(".gitattributes", "*.bin filter=pack\n")
    repo.write("a.bin", "one\n")
    repo.commit()
    with open_workplace(repo.path, repo.environment) as place:
        start = place.starting_point(Order(Destination.FILES, None, "x"), Settings())
        with pytest.raises(Refusal) as refused:
            start.tree.read("a.bin")
    assert refused.value.code is Code.FILTERED


def test_the_work_tree_can_be_written_before_the_first_commit(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "repo")
    repo.write("a.txt", "one\n")
    repo.write("x.stetbot.md", "## `a.txt:1`\n\n```suggestion\ntwo\n```\n\n## `b.txt`\n\n```new\nb\n```\n")
    done = stetbot(repo, "apply", "--write", "x.stetbot.md")
    assert done.returncode == 0, done.stderr.decode()
    assert (repo.path / "a.txt").read_bytes() == b"two\n"
    assert (repo.path / "b.txt").read_bytes() == b"b\n"


def test_a_new_file_gets_the_line_ends_that_its_attributes_ask_for(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "repo")
    repo.write(".gitattributes", "*.bat text eol=crlf\n")
    repo.commit()
    repo.write("x.stetbot.md", "## `go.bat`\n\n```new\nrem go\n```\n")
    assert stetbot(repo, "apply", "--write", "x.stetbot.md").returncode == 0
    assert (repo.path / "go.bat").read_bytes() == b"rem go\r\n"
    assert stetbot(repo, "apply", "x.stetbot.md").returncode == 0
    assert repo.git_bytes("show", "stetbot/x:go.bat") == b"rem go\n"


@pytest.mark.parametrize(
    ("stem", "branch"),
    [
        ("charge-tax", "stetbot/charge-tax"),
        ("a b;c", "stetbot/a-b-c"),
        ("--help", "stetbot/help"),
        ("...", "stetbot/requests"),
        ("-", "stetbot/requests"),
        ("x.lock", "stetbot/x"),
    ],
)
def test_the_default_branch_is_named_after_the_file(stem: str, branch: str) -> None:
    assert default_branch("stetbot/", stem) == branch


def test_no_repository_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not in a git repository"), open_workplace(tmp_path, os.environ):
        raise AssertionError("there is none to open")


def test_a_removal_that_an_earlier_run_committed_is_known_by_its_trailer(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "repo")
    repo.write("a.txt", "one\ntwo\nthree\nfour\nfive\n")
    repo.commit()
    diff = "--- a/a.txt\n+++ b/a.txt\n@@ -1,2 +1,0 @@\n-one\n-two\n"
    file = repo.write("x.stetbot.md", f"## `a.txt`\n\n```diff\n{diff}```\n")
    first = stetbot(repo, "apply", str(file))
    assert first.returncode == 0, first.stdout.decode()
    tip = repo.git("rev-parse", "stetbot/x")
    second = stetbot(repo, "apply", str(file))
    assert second.returncode == 0, second.stdout.decode()
    assert b"already-applied" in second.stdout
    assert repo.git("rev-parse", "stetbot/x") == tip
    elsewhere = stetbot(repo, "apply", "--branch", "other", str(file))
    assert elsewhere.returncode == 0, elsewhere.stdout.decode()
    assert repo.git("show", "other:a.txt") == "three\nfour\nfive"


def test_a_misspelt_deletion_is_refused_and_one_that_was_done_is_known(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "repo")
    repo.write("docs/USAGE.md", "how\n")
    repo.write("docs/OLD.md", "old\n")
    repo.commit()
    slip = tmp_path / "slip.stetbot.md"
    slip.write_text("## delete `docs/USGAE.md`\n", encoding="utf-8")
    refused = stetbot(repo, "apply", str(slip))
    assert refused.returncode == 1
    assert b"unknown-path" in refused.stdout
    assert b"docs/USAGE.md" in refused.stdout
    right = tmp_path / "right.stetbot.md"
    right.write_text("## delete `docs/OLD.md`\n", encoding="utf-8")
    for flags, expected in (((), b"1 applied"), ((), b"1 unchanged"), (("--write",), b"1 applied")):
        done = stetbot(repo, "apply", *flags, str(right))
        assert done.returncode == 0, done.stdout.decode()
        assert expected in done.stdout
    again = stetbot(repo, "apply", "--write", str(right))
    assert again.returncode == 0
    assert b"1 unchanged" in again.stdout
