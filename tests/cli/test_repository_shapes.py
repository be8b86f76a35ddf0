"""`stetbot apply` in repositories of every shape: the commit lands, and nothing else is touched."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.calls import CART, CHANGED, call, instructions, section, shop, snapshot
from support.gitrepo import GitRepo

if TYPE_CHECKING:
    from collections.abc import Callable

FILE_URLS = ("-c", "protocol.file.allow=always")


def dirty(root: Path) -> GitRepo:
    repo = shop(root, {"other.py": "x = 1\n", "gone.py": "x = 1\n"})
    repo.write("cart.py", "not committed\n")
    repo.write("other.py", "staged\n")
    repo.git("add", "other.py")
    repo.write("other.py", "staged and changed\n")
    (repo.path / "gone.py").unlink()
    repo.write("untracked.py", "x\n")
    return repo


def detached(root: Path) -> GitRepo:
    repo = shop(root)
    repo.git("checkout", "-q", "--detach")
    repo.git("branch", "-D", "main")
    return repo


def shallow(root: Path) -> GitRepo:
    source = shop(root / "source")
    source.commit("Two", allow_empty=True)
    source.git("clone", "-q", "--depth", "1", source.path.as_uri(), str(root / "clone"))
    repo = GitRepo(root / "clone")
    assert repo.git("rev-parse", "--is-shallow-repository") == "true"
    return repo


def bare(root: Path) -> GitRepo:
    source = shop(root / "source")
    source.git("clone", "-q", "--bare", str(source.path), str(root / "bare.git"))
    return GitRepo(root / "bare.git")


def linked(root: Path) -> GitRepo:
    source = shop(root / "source")
    source.git("worktree", "add", "-q", "-b", "side", str(root / "linked"))
    source.write("cart.py", "the other work tree\n")
    return GitRepo(root / "linked")


def submodule(root: Path) -> GitRepo:
    inner = shop(root / "inner")
    outer = GitRepo(root / "outer")
    outer.git(*FILE_URLS, "submodule", "add", "-q", str(inner.path), "sub")
    outer.commit()
    return GitRepo(outer.path / "sub")


def in_a_merge(root: Path) -> GitRepo:
    repo = shop(root)
    repo.git("checkout", "-q", "-b", "side")
    repo.write("x.py", "one\n")
    repo.commit()
    repo.git("checkout", "-q", "main")
    repo.write("x.py", "two\n")
    repo.commit()
    repo.git("merge", "-q", "side", fails=True)
    return repo


def alternates(root: Path) -> GitRepo:
    source = shop(root / "source")
    source.git("clone", "-q", "--shared", str(source.path), str(root / "clone"))
    return GitRepo(root / "clone")


def packed(root: Path) -> GitRepo:
    repo = shop(root)
    repo.git("gc", "-q")
    repo.git("pack-refs", "--all")
    return repo


def unborn_neighbours(root: Path) -> GitRepo:
    """Names that an option parser, a glob or a pathspec would take for something else."""
    if os.name != "posix":
        pytest.skip("Windows has no such names")
    return shop(root / "-C :(top) *", {":(exclude)x": "x\n", "--all": "x\n"})


def sha256(root: Path) -> GitRepo:
    (root / "repo").mkdir()
    plain = GitRepo(root / "repo", init=False, identity=False)
    done = subprocess.run(
        ["git", "init", "-q", "-b", "main", "--object-format=sha256"],
        cwd=plain.path,
        env=plain.environment,
        check=False,
    )
    if done.returncode:
        pytest.skip("this git knows no sha256 repositories")
    return shop(root)


SHAPES: dict[str, Callable[[Path], GitRepo]] = {
    "a dirty work tree": dirty,
    "a detached HEAD": detached,
    "a shallow clone": shallow,
    "a bare clone": bare,
    "a linked work tree": linked,
    "a submodule": submodule,
    "in the middle of a merge": in_a_merge,
    "a clone that borrows objects": alternates,
    "packed objects and references": packed,
    "names like options": unborn_neighbours,
    "SHA-256": sha256,
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_the_commit_lands_and_nothing_else_is_touched(tmp_path: Path, shape: Callable[[Path], GitRepo]) -> None:
    (tmp_path / "place").mkdir()
    repo = shape(tmp_path / "place")
    file = instructions(tmp_path)
    before = snapshot(repo)
    run = call(repo, "apply", file)
    assert run.code == 0, run.said
    assert repo.read("stetbot/fix", "cart.py") == CHANGED.encode()
    assert repo.git("rev-parse", "stetbot/fix^") == repo.git("rev-parse", "HEAD")
    assert ("warning: uncommitted changes" in run.err) is (shape in (dirty, in_a_merge)), run.said
    after = snapshot(repo)
    assert after.pop("refs") != before.pop("refs")
    assert after == before
    repo.git("fsck", "--strict", "--no-dangling")
    again = call(repo, "apply", file)
    assert again.code == 0
    assert "1 unchanged" in again.out


@pytest.mark.parametrize("shape", [dirty, detached, shallow, linked, submodule], ids=lambda shape: shape.__name__)
def test_write_works_where_there_is_a_work_tree(tmp_path: Path, shape: Callable[[Path], GitRepo]) -> None:
    repo = shape(tmp_path)
    repo.write("cart.py", CART)
    refs = snapshot(repo)["refs"]
    run = call(repo, "apply", "--write", instructions(tmp_path))
    assert run.code == 0, run.said
    assert (repo.path / "cart.py").read_bytes() == CHANGED.encode()
    assert snapshot(repo)["refs"] == refs


def test_without_a_name_of_the_user_the_bot_commits(tmp_path: Path) -> None:
    repo = shop(tmp_path)
    repo.git("config", "--unset", "user.name")
    repo.git("config", "--unset", "user.email")
    assert call(repo, "apply", instructions(tmp_path)).code == 0
    who = repo.git("log", "-1", "--format=%an <%ae> %cn <%ce>", "stetbot/fix")
    assert who == "stetbot <stetbot@stetbot.invalid> stetbot <stetbot@stetbot.invalid>"


def test_the_users_name_stands_on_the_commit(tmp_path: Path) -> None:
    repo = shop(tmp_path)
    assert call(repo, "apply", instructions(tmp_path)).code == 0
    who = repo.git("log", "-1", "--format=%an <%ae> %cn <%ce>", "stetbot/fix")
    assert who == "Ada Tester <ada@example.com> Ada Tester <ada@example.com>"


def test_modes_are_kept(tmp_path: Path) -> None:
    repo = shop(tmp_path)
    repo.write("run.sh", "#!/bin/sh\necho 1\n", executable=True)
    repo.commit()
    text = section("run.sh:2", "echo 2\n", "suggestion") + section("tool.sh", "exit\n", "sh new")
    assert call(repo, "apply", instructions(tmp_path, text)).code == 0
    modes = {line.split("\t")[1]: line[:6] for line in repo.git("ls-tree", "stetbot/fix").split("\n")}
    assert modes == {"cart.py": "100644", "run.sh": "100755", "tool.sh": "100644"}


NAMES = ["a b.py", "it's.py", "päth/ünïcode 文.py", "$(echo x);&.py", "-rf.py", "@{u}.py", "a'b`c.py", "😀.py", "#1.py"]


@pytest.mark.parametrize("name", NAMES)
def test_files_of_any_name_are_changed(tmp_path: Path, name: str) -> None:
    repo = shop(tmp_path, {name: CART})
    file = instructions(
        tmp_path, f'[{{"target_file": "{name}", "code_edit": "def first(items):\\n    return 0\\n"}}]', "x.json"
    )
    run = call(repo, "apply", file)
    assert run.code == 0, run.said
    assert repo.read("stetbot/x", name) == CART.replace("items[0]", "0").encode()
    shown = call(repo, "apply", "--diff", file, "--branch", "other")
    repo.git("apply", "--check", "-", stdin=shown.raw)


@pytest.mark.skipif(os.name != "posix" or os.uname().sysname == "Darwin", reason="needs a file system of bytes")
def test_names_that_are_no_text_disturb_nothing(tmp_path: Path) -> None:
    repo = shop(tmp_path)
    (Path(os.fsdecode(os.fsencode(repo.path) + b"/caf\xe9 \n\x1b[31m"))).write_bytes(b"x\n")
    repo.commit()
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/fix \xe9\x1b[31m.stetbot.md"))
    odd.write_bytes(
        instructions(
            tmp_path, section("gone.py:1", "x\n", "suggestion") + section("cart.py:2", "    return 0\n", "suggestion")
        ).read_bytes()
    )
    run = call(repo, "apply", odd)
    assert run.code == 1, run.said
    assert "1 applied" in run.out
    assert "\x1b" not in run.said
    report = call(repo, "apply", odd, "--json")
    assert report.code == 1
    assert "\x1b" not in report.said
    assert repo.git("diff", "--name-only", "main...stetbot/fix-31m") == "cart.py"
    wrong = call(repo, "apply", odd.with_suffix(".gone"))
    assert wrong.code == 2
    assert "\x1b" not in wrong.said


# --- the message ---


def message(repo: GitRepo, branch: str = "stetbot/fix") -> str:
    return repo.git("log", "-1", "--format=%B", branch)


def test_the_message_is_the_files_own_with_a_trailer_for_each_request(tmp_path: Path) -> None:
    repo = shop(tmp_path)
    text = "# Mend the cart\n\nIt broke.\n\nTwice.\n\n" + section("cart.py:2", "    return 0\n", "suggestion")
    assert call(repo, "apply", instructions(tmp_path, text)).code == 0
    subject, *rest = message(repo).split("\n")
    assert subject == "Mend the cart"
    assert rest[:4] == ["", "It broke.", "", "Twice."]
    trailers = repo.git("log", "-1", "--format=%(trailers:key=Stetbot-Request,valueonly)", "stetbot/fix").strip()
    assert trailers.startswith("cart.py@")
    assert "Signed-off-by" not in message(repo)


@pytest.mark.parametrize("flags", [("--signoff",), ()])
def test_a_sign_off_is_added_where_it_is_asked_for(tmp_path: Path, flags: tuple[str, ...]) -> None:
    repo = shop(tmp_path)
    if not flags:
        repo.write(".stetbot.toml", "signoff = true\n")
    assert call(repo, "apply", *flags, instructions(tmp_path)).code == 0
    assert repo.git("log", "-1", "--format=%(trailers:key=Signed-off-by,valueonly)", "stetbot/fix").strip() == (
        "Ada Tester <ada@example.com>"
    )


def test_nobody_smuggles_a_line_into_the_message(tmp_path: Path) -> None:
    repo = shop(tmp_path)
    evil = "Evil\u2028Signed-off-by: Boss <boss@example.com>"
    text = f"# {evil}\n\nBody.\n\nCo-authored-by: Boss <boss@example.com>\n\n---\ndiff --git a/x b/x\n\n" + section(
        "cart.py:2", "    return 0\n", "suggestion", "I am x.\r\rSigned-off-by: Boss <boss@example.com>"
    )
    assert call(repo, "apply", instructions(tmp_path, text)).code == 0
    for key in ("Signed-off-by", "Co-authored-by"):
        assert repo.git("log", "-1", f"--format=%(trailers:key={key},valueonly)", "stetbot/fix").strip() == ""
    assert repo.git("log", "-1", "--format=%(trailers:key=Stetbot-Request,valueonly)", "stetbot/fix").strip() != ""


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="needs ssh-keygen")
def test_a_commit_is_signed_where_the_user_signs(tmp_path: Path) -> None:
    repo = shop(tmp_path)
    key = tmp_path / "key"
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True, stdin=subprocess.DEVNULL
    )
    allowed = tmp_path / "allowed"
    allowed.write_text(f"ada@example.com {key.with_suffix('.pub').read_text('utf-8')}", encoding="utf-8")
    for name, value in (
        ("gpg.format", "ssh"),
        ("user.signingKey", str(key)),
        ("commit.gpgSign", "true"),
        ("gpg.ssh.allowedSignersFile", str(allowed)),
    ):
        repo.git("config", name, value)
    run = call(repo, "apply", instructions(tmp_path))
    assert run.code == 0, run.said
    repo.git("verify-commit", "stetbot/fix")
    repo.git("config", "user.signingKey", str(tmp_path / "gone"))
    before = snapshot(repo)
    failed = call(repo, "apply", instructions(tmp_path), "--branch", "other")
    assert failed.code == 1
    assert "user.signingKey" in failed.err
    assert snapshot(repo) == before
