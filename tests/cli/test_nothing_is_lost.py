"""`--write` deletes only what git could bring back to the byte, and keeps away from what is not in the work tree."""

from __future__ import annotations

import shlex
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest
from support.calls import CART, CHANGED, call, instructions, section, shop, snapshot
from support.gitrepo import GitRepo
from support.killing import Traps
from support.morph_server import MorphServer, held_back, perfect
from support.story import STETBOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.calls import Run

FILE_URLS = ("-c", "protocol.file.allow=always")
TEXT = "one\ntwo\n"
MINE = f"{TEXT}mine, and nobody else has it\n"
LATIN = "café\n".encode("latin-1")
ASK = section("cart.py:6", "    return items[0] if items else None\n", "suggestion")
# Ways to say that notes.txt goes.
DELETIONS = {
    "a heading": "## Delete `notes.txt`\n",
    "a V4A patch": "```patch\n*** Begin Patch\n*** Delete File: notes.txt\n*** End Patch\n```\n",
    "a diff": "```diff\n--- a/notes.txt\n+++ /dev/null\n@@ -1,3 +0,0 @@\n"
    + "".join(f"-{line}" for line in MINE.splitlines(keepends=True))
    + "```\n",
}


def unstaged(repo: GitRepo) -> None:
    repo.write("notes.txt", MINE)


def changed_again_after_it_was_staged(repo: GitRepo) -> None:
    repo.write("notes.txt", "staged\n")
    repo.git("add", "notes.txt")
    unstaged(repo)


def hidden_from_git_status(repo: GitRepo) -> None:
    repo.git("update-index", "--assume-unchanged", "notes.txt")
    unstaged(repo)


def kept_out_of_git_status(repo: GitRepo) -> None:
    repo.git("update-index", "--skip-worktree", "notes.txt")
    unstaged(repo)


def half_merged(repo: GitRepo) -> None:
    for branch, text in (("side", "side\n"), ("main", "main\n")):
        repo.git("checkout", "-q", *(["-b"] if branch == "side" else []), branch)
        repo.write("notes.txt", text)
        repo.commit()
    repo.git("merge", "-q", "side", fails=True)
    unstaged(repo)


UNSAVED: dict[str, Callable[[GitRepo], None]] = {
    maker.__name__.replace("_", " "): maker
    for maker in (
        unstaged,
        changed_again_after_it_was_staged,
        hidden_from_git_status,
        kept_out_of_git_status,
        half_merged,
    )
}


def write(repo: GitRepo, root: Path, text: str, *flags: str) -> Run:
    return call(repo, "apply", "--write", *flags, instructions(root, text))


def assert_others_landed(repo: GitRepo, run: Run) -> None:
    assert run.code == 1, run.said
    assert run.err == ""
    assert "1 applied, 0 unchanged, 1 refused" in run.out
    assert (repo.path / "cart.py").read_text("utf-8") == CHANGED


@pytest.mark.parametrize("unsaved", UNSAVED.values(), ids=UNSAVED.keys())
@pytest.mark.parametrize("deletion", DELETIONS.values(), ids=DELETIONS.keys())
def test_a_file_whose_bytes_git_does_not_have_stays_and_other_requests_land(
    tmp_path: Path, deletion: str, unsaved: Callable[[GitRepo], None]
) -> None:
    repo = shop(tmp_path, {"notes.txt": TEXT})
    unsaved(repo)
    run = write(repo, tmp_path, deletion + "\n" + ASK)
    assert (repo.path / "notes.txt").read_bytes() == MINE.encode()
    assert_others_landed(repo, run)
    assert "(overlapping)" in run.out
    said = "notes.txt has changes that are neither staged nor committed, so nothing brings them back if it is deleted"
    assert said in run.out
    assert "to do: stage or commit them first, then run again; or delete it by hand" in run.out


def test_once_it_is_staged_it_goes_and_git_brings_it_back(tmp_path: Path) -> None:
    repo = shop(tmp_path, {"notes.txt": TEXT})
    unstaged(repo)
    repo.git("add", "notes.txt")
    assert write(repo, tmp_path, DELETIONS["a diff"]).code == 0
    assert not (repo.path / "notes.txt").exists()
    repo.git("restore", "notes.txt")
    assert (repo.path / "notes.txt").read_bytes() == MINE.encode()


def test_what_is_committed_goes_whatever_is_staged(tmp_path: Path) -> None:
    repo = shop(tmp_path, {"notes.txt": TEXT})
    repo.git("rm", "-q", "--cached", "notes.txt")
    assert write(repo, tmp_path, "## Delete `notes.txt`\n").code == 0
    repo.git("restore", "--source=HEAD", "notes.txt")
    assert (repo.path / "notes.txt").read_bytes() == TEXT.encode()


def test_what_a_damaged_repository_only_names_stays(tmp_path: Path) -> None:
    repo = shop(tmp_path, {"notes.txt": MINE})
    blob = repo.git("rev-parse", "HEAD:notes.txt")
    (repo.path / ".git/objects" / blob[:2] / blob[2:]).unlink()
    assert_others_landed(repo, write(repo, tmp_path, "## Delete `notes.txt`\n\n" + ASK))
    assert (repo.path / "notes.txt").read_bytes() == MINE.encode()


@pytest.mark.parametrize(
    ("setting", "attributes"), [("core.autocrlf", ""), ("core.eol", "* text=auto\n"), ("core.x", "* ident\n")]
)
def test_what_a_checkout_made_of_the_text_is_not_taken_for_a_change(
    tmp_path: Path, setting: str, attributes: str
) -> None:
    repo = shop(tmp_path, {"notes.txt": "$Id$\none\n", ".gitattributes": attributes})
    repo.git("config", setting, "crlf" if setting == "core.eol" else "true")
    (repo.path / "notes.txt").unlink()
    repo.git("checkout", "notes.txt")
    assert (repo.path / "notes.txt").read_bytes() != b"$Id$\none\n"
    assert write(repo, tmp_path, "## Delete `notes.txt`\n").code == 0
    assert not (repo.path / "notes.txt").exists()


def test_before_the_first_commit_what_is_staged_counts(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "repo")
    for name in ("staged.txt", "changed.txt", "unknown.txt"):
        repo.write(name, TEXT)
    repo.git("add", "staged.txt", "changed.txt")
    repo.write("changed.txt", MINE)
    run = write(repo, tmp_path, "".join(f"## Delete `{name}.txt`\n" for name in ("staged", "changed", "unknown")))
    assert run.code == 1, run.said
    assert {place.name for place in repo.path.glob("*.txt")} == {"changed.txt", "unknown.txt"}
    assert "changed.txt has changes that are neither staged nor committed" in run.out
    assert "unknown.txt is not in git" in run.out


@pytest.mark.parametrize("way", ["untracked", "ignored", "only a name"])
def test_a_file_that_git_does_not_have_stays_and_other_requests_land(tmp_path: Path, way: str) -> None:
    repo = shop(tmp_path, {".gitignore": "notes.txt\n"} if way == "ignored" else {})
    repo.write("notes.txt", MINE)
    if way == "only a name":
        repo.git("add", "--intent-to-add", "notes.txt")
    run = write(repo, tmp_path, "## Delete `notes.txt`\n\n" + ASK)
    assert (repo.path / "notes.txt").read_bytes() == MINE.encode()
    assert_others_landed(repo, run)
    assert "notes.txt is not in git, so nothing brings it back if it is deleted" in run.out
    repo.git("add", "-f", "notes.txt")
    assert write(repo, tmp_path, "## Delete `notes.txt`\n").code == 0
    assert not (repo.path / "notes.txt").exists()


@pytest.mark.parametrize("tracked", [True, False])
def test_a_file_that_is_moved_first_is_not_deleted_behind_that(tmp_path: Path, *, tracked: bool) -> None:
    repo = shop(tmp_path, {"notes.txt": TEXT} if tracked else {})
    unstaged(repo)
    run = write(repo, tmp_path, "## Rename `notes.txt` to `moved.txt`\n\n## Delete `moved.txt`\n")
    assert run.code == 1, run.said
    assert (repo.path / "moved.txt").read_bytes() == MINE.encode()
    assert "not in git, so nothing brings them back" not in run.out


def test_a_file_that_is_moved_and_then_deleted_goes_from_the_branch(tmp_path: Path) -> None:
    repo = shop(tmp_path, {"notes.txt": TEXT})
    file = instructions(tmp_path, "## Rename `notes.txt` to `moved.txt`\n\n## Delete `moved.txt`\n\n" + ASK)
    run = call(repo, "apply", file)
    assert run.code == 0, run.said
    assert repo.git("diff", "--name-status", "main...stetbot/fix") == "M\tcart.py\nD\tnotes.txt"
    assert call(repo, "apply", "--write", file).code == 0
    assert repo.git("diff", "--name-status") == "M\tcart.py\nD\tnotes.txt"


def test_with_all_or_nothing_a_deletion_that_is_refused_holds_back_the_rest(tmp_path: Path) -> None:
    repo = shop(tmp_path, {"notes.txt": TEXT})
    unstaged(repo)
    before = snapshot(repo)
    run = write(repo, tmp_path, "## Delete `notes.txt`\n\n" + ASK, "--all-or-nothing")
    assert run.code == 1, run.said
    assert "Nothing was written: 1 of 2 requests were refused" in run.out
    assert snapshot(repo) == before


def test_a_request_that_also_deletes_such_a_file_is_refused_whole(tmp_path: Path) -> None:
    repo = shop(tmp_path, {"notes.txt": TEXT})
    unstaged(repo)
    before = snapshot(repo)
    patch = "*** Update File: cart.py\n@@ def first(items):\n-    return items[0]\n+    return None\n*** End Patch\n"
    run = write(repo, tmp_path, DELETIONS["a V4A patch"].replace("*** End Patch\n", patch))
    assert run.code == 1, run.said
    assert "0 applied, 0 unchanged, 1 refused" in run.out
    assert snapshot(repo) == before


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no shell scripts")
def test_what_is_taken_out_of_the_index_while_a_service_is_waited_for_stays(tmp_path: Path) -> None:
    repo = shop(tmp_path, {"lib/notes.txt": TEXT})
    repo.write("lib/notes.txt", MINE)
    repo.git("add", "lib/notes.txt")
    update = "# ... existing code ...\n\n\ndef first(items):\n    return items[0] if items else None\n"
    file = instructions(tmp_path, section("cart.py", update) + "## Delete `lib/notes.txt`\n")
    go_on = threading.Event()
    with MorphServer(held_back(perfect({(CART, update): CHANGED}), go_on)) as server:
        environment = {"MORPH_API_KEY": "sk-sentinel-7f3b9c2e", "MORPH_API_URL": server.url}
        arguments = ("apply", "--write", "--engine", "morph", str(file))
        with Traps(tmp_path / "traps").run(repo, *arguments, environment=environment) as run:
            server.wait_for(1)
            repo.git("reset", "-q")
            go_on.set()
            ended = run.end()
    assert ended.code == 1
    assert (repo.path / "lib/notes.txt").read_bytes() == MINE.encode()
    assert "lib/notes.txt has changes that are neither staged nor committed" in ended.err
    assert "written before that: cart.py" in ended.err
    assert ended.err.count("\n") == 1


@pytest.mark.parametrize("there", [True, False])
def test_to_drop_a_run_takes_nothing_along_that_was_on_the_branch_before(tmp_path: Path, *, there: bool) -> None:
    repo = shop(tmp_path)
    if there:
        repo.git("checkout", "-q", "-b", "feature")
        repo.write("mine.txt", MINE)
        repo.commit("My own work")
        repo.git("checkout", "-q", "main")
    before = repo.git("for-each-ref", "refs/heads")
    run = call(repo, "apply", "--branch", "feature", instructions(tmp_path, ASK))
    assert run.code == 0, run.said
    assert repo.git("for-each-ref", "refs/heads") != before
    drop = run.out.partition("drop it:")[2].split("\n")[0].split()
    assert drop[0] == "git"
    repo.git(*drop[1:])
    assert repo.git("for-each-ref", "refs/heads") == before


def test_a_branch_that_does_not_fit_is_not_said_to_be_worth_nothing(tmp_path: Path) -> None:
    repo = shop(tmp_path)
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit("Mine", allow_empty=True)
    repo.git("checkout", "-q", "main")
    repo.commit("Two", allow_empty=True)
    run = call(repo, "apply", "--branch", "feature", instructions(tmp_path, ASK))
    assert run.code == 2, run.said
    assert "or remove it, if nothing on it is wanted, with `git branch -D feature`" in run.err


# --- what is not in the work tree, or is another thing there ---


@pytest.mark.parametrize(
    "text",
    [
        "## Delete `lib/far.txt`\n",
        "## Create `lib/far.txt`\n\n```text new\nother\n```\n",
        "## Rename `lib/far.txt` to `near.txt`\n",
        "## Rename `near.txt` to `lib/far.txt`\n",
        "## `lib/far.txt:1`\n\n```suggestion\nother\n```\n",
        "## Create file `lib`\n\n```text new\nother\n```\n",
    ],
)
def test_a_file_that_a_sparse_checkout_leaves_out_is_not_called_gone_and_not_made_anew(
    tmp_path: Path, text: str
) -> None:
    repo = shop(tmp_path, {"lib/far.txt": TEXT, "near.txt": "near\n"})
    repo.git("sparse-checkout", "set", "--no-cone", "/*", "!/lib/")
    assert not (repo.path / "lib").exists()
    before = snapshot(repo)
    run = write(repo, tmp_path, text)
    assert run.code == 1, run.said
    assert "left out of this work tree (a sparse checkout)" in run.out
    assert snapshot(repo) == before
    (tmp_path / "fix.stetbot.md").write_text("## Delete `lib/far.txt`\n", encoding="utf-8")
    assert call(repo, "apply", tmp_path / "fix.stetbot.md").code == 0
    assert repo.git("diff", "--name-status", "main...stetbot/fix") == "D\tlib/far.txt"


@pytest.mark.parametrize("folder", [True, False])
def test_nothing_is_put_into_the_folder_of_a_submodule_that_is_not_there_yet(tmp_path: Path, *, folder: bool) -> None:
    inner = shop(tmp_path / "inner")
    outer = shop(tmp_path / "outer")
    outer.git(*FILE_URLS, "submodule", "add", "-q", str(inner.path), "sub")
    outer.commit()
    outer.git("clone", "-q", str(outer.path), str(tmp_path / "clone"))
    repo = GitRepo(tmp_path / "clone")
    if not folder:
        (repo.path / "sub").rmdir()
    text = "## Create `sub/new.txt`\n\n```text new\nx\n```\n\n## `sub/cart.py:1`\n\n```suggestion\nx\n```\n\n"
    run = write(repo, tmp_path, text + ASK)
    assert run.code == 1, run.said
    assert "(contradicts)" in run.out
    assert ("(submodule)" if folder else "(unknown-path)") in run.out
    assert list((repo.path / "sub").rglob("*")) == []
    assert (repo.path / "cart.py").read_text("utf-8") == CHANGED
    repo.git(*FILE_URLS, "submodule", "update", "--init", "-q")


def test_a_file_that_stands_there_in_another_encoding_is_not_written(tmp_path: Path) -> None:
    attributes = "*.latin working-tree-encoding=ISO-8859-1\n*.utf working-tree-encoding=utf8\n"
    files: dict[str, str | bytes] = {".gitattributes": attributes, "a.latin": "cafe\n", "b.latin": LATIN}
    repo = shop(tmp_path, {**files, "c.utf": "cafe\n"})
    before = (repo.path / "a.latin").read_bytes(), (repo.path / "b.latin").read_bytes()
    text = "".join(f"## `{name}:1`\n\n```suggestion\ncafé au lait\n```\n\n" for name in ("a.latin", "b.latin", "c.utf"))
    run = write(repo, tmp_path, text + "## Create `d.latin`\n\n```text new\né\n```\n\n" + ASK)
    assert run.code == 1, run.said
    assert run.err == ""
    assert "2 applied, 0 unchanged, 3 refused" in run.out
    assert run.out.count("is kept in the encoding ISO-8859-1") == 3
    assert ((repo.path / "a.latin").read_bytes(), (repo.path / "b.latin").read_bytes()) == before
    assert (repo.path / "c.utf").read_text("utf-8") == "café au lait\n"
    # A commit is of what git stores, and that is UTF-8.
    assert call(repo, "apply", tmp_path / "fix.stetbot.md").code == 0
    assert repo.read("stetbot/fix", "a.latin").decode() == "café au lait\n"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit of open files to set")
def test_many_new_files_need_no_more_open_files_than_one(tmp_path: Path) -> None:
    repo = shop(tmp_path, {".gitattributes": "*.txt text\n"})
    asked = "".join(f"## create `new/{number}.txt`\n\n```text new\n{number}\n```\n\n" for number in range(100))
    file = instructions(tmp_path, asked)
    limited = f"ulimit -n 64 && exec {shlex.quote(STETBOT)} apply --write {shlex.quote(str(file))}"
    done = subprocess.run(
        ["sh", "-c", limited], cwd=repo.path, env=repo.environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert sorted(path.name for path in (repo.path / "new").iterdir()) == sorted(f"{n}.txt" for n in range(100))
