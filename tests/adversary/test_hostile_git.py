"""Repositories that make git talk too much, or mean two things by one name."""

from pathlib import Path

import pytest
from support.gitrepo import GitRepo
from support.story import stetbot

INSTRUCTIONS = "## `a.txt:1`\n\n```suggestion\ntwo\n```\n"


def told(repo: GitRepo) -> str:
    """An instruction file for `a.txt`, outside the repository."""
    file = repo.path.parent / "change.stetbot.md"
    file.write_text(INSTRUCTIONS)
    return str(file)


def test_attributes_that_make_git_warn_without_end_do_not_hang_a_run(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "repo")
    repo.write("a.txt", "one\n")
    # git warns of each bad name; what it says is more than a pipe holds.
    repo.write(".gitattributes", "".join(f"a.txt bad@attribute{number}\n" for number in range(3000)))
    repo.commit()
    done = stetbot(repo, "apply", told(repo), timeout=60)
    assert done.returncode == 0, done.stderr
    assert repo.read("stetbot/change", "a.txt") == b"two\n"


def test_a_base_that_names_a_tag_and_a_branch_is_refused_and_nothing_is_guessed(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "repo")
    repo.write("a.txt", "one\n")
    repo.git("config", "core.warnAmbiguousRefs", "false")
    repo.commit()
    repo.git("tag", "dev")
    repo.write("a.txt", "uno\n")
    later = repo.commit("later")
    repo.git("branch", "dev")
    done = stetbot(repo, "apply", "--base", "dev", told(repo))
    assert done.returncode == 2
    assert b"refs/heads/dev or refs/tags/dev" in done.stderr
    assert stetbot(repo, "apply", "--base", "refs/heads/dev", told(repo)).returncode == 0
    assert repo.git("rev-parse", "stetbot/change~1") == later


def test_a_branch_that_is_called_head_changes_nothing(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "repo")
    repo.write("a.txt", "one\n")
    first = repo.commit()
    repo.write("a.txt", "evil\n")
    evil = repo.commit("evil")
    repo.git("update-ref", "refs/heads/HEAD", evil)
    repo.git("update-ref", f"refs/heads/{first}", evil)
    repo.git("reset", "-q", "--hard", first)
    assert stetbot(repo, "apply", told(repo)).returncode == 0
    assert repo.git("rev-parse", "stetbot/change~1") == first


def committed(repo: GitRepo, tree: bytes) -> str:
    """A commit of a tree object with these bytes, whatever they are."""
    id_ = repo.git("hash-object", "-t", "tree", "--literally", "-w", "--stdin", stdin=tree)
    return repo.git("commit-tree", "-m", "broken", id_)


@pytest.mark.parametrize("broken", ["garbage", "cut off", "a file for a folder", "two of one name"])
def test_a_broken_tree_is_one_clear_line_and_changes_nothing(tmp_path: Path, broken: str) -> None:
    repo = GitRepo(tmp_path / "repo")
    repo.write("a.txt", "one\n")
    repo.commit()
    blob = bytes.fromhex(repo.git("rev-parse", "HEAD:a.txt"))
    tree, path = {
        "garbage": (b"garbage", "a.txt"),
        "cut off": (b"100644 a.txt\0" + blob[:7], "a.txt"),
        "a file for a folder": (b"40000 a.txt\0" + blob, "a.txt/b.txt"),
        "two of one name": (b"100644 a.txt\0" + blob + b"100644 z\0" + blob + b"100644 z\0" + blob, "a.txt"),
    }[broken]
    file = tmp_path / "change.stetbot.md"
    file.write_text(INSTRUCTIONS.replace("a.txt", path))
    done = stetbot(repo, "apply", str(file), "--base", committed(repo, tree))
    assert done.returncode in (1, 2), done.stderr
    assert b"Traceback" not in done.stderr
    assert b"git fsck" in done.stderr, done.stderr
    assert "stetbot/" not in repo.git("branch")
