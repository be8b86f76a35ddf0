import hashlib
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from support.gitrepo import GitRepo

from bot.entries import Standing
from bot.errors import Code, Refusal, RepositoryError
from bot.files import FileWrite, WorkTree
from bot.repo import Repository

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="permissions, pipes and symlinks of POSIX")

ROOT = Path(__file__).resolve().parents[2]


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    made = GitRepo(tmp_path / "r")
    made.write("a.txt", "one\n")
    made.write("dir/run.sh", "#!/bin/sh\n", executable=True)
    made.commit()
    return made


@pytest.fixture
def tree(repo: GitRepo) -> WorkTree:
    return WorkTree(repo.path, repo.path / ".git")


def refusal_of(tree: WorkTree, path: str) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        tree.read(path)
    return refusal.value


def test_a_file_is_read_with_mode_and_digest(tree: WorkTree) -> None:
    entry = tree.read("dir/run.sh")
    assert entry.executable
    assert entry.document.text == "#!/bin/sh\n"
    assert entry.digest == digest(b"#!/bin/sh\n")
    assert not tree.read("a.txt").executable


def test_what_is_no_text_file_below_the_root_is_refused(repo: GitRepo, tree: WorkTree, tmp_path: Path) -> None:
    (tmp_path / "outside.txt").write_text("secret")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "x.txt").write_text("secret")
    (repo.path / "link").symlink_to(tmp_path / "outside.txt")
    (repo.path / "inner").symlink_to("a.txt")
    (repo.path / "linked").symlink_to(tmp_path / "folder")
    (repo.path / "dangling").symlink_to("nowhere")
    GitRepo(repo.path / "sub").write("f", "x")
    os.mkfifo(repo.path / "pipe")
    repo.write("binary", b"a\0")
    repo.write("latin1", b"\xe9")
    repo.write("lfs", "version https://git-lfs.github.com/spec/v1\n")
    for path, code in {
        "link": Code.SYMLINK,
        "inner": Code.SYMLINK,
        "linked/x.txt": Code.SYMLINK,
        "dangling": Code.SYMLINK,
        "sub/f": Code.SUBMODULE,
        "pipe": Code.BINARY,
        "dir": Code.UNKNOWN_PATH,
        "a.txt/x": Code.UNKNOWN_PATH,
        "gone": Code.UNKNOWN_PATH,
        "binary": Code.BINARY,
        "latin1": Code.NOT_UTF8,
        "lfs": Code.FILTERED,
        ".git/config": Code.DENIED_PATH,
        "../outside.txt": Code.DENIED_PATH,
        str(tmp_path / "outside.txt"): Code.DENIED_PATH,
    }.items():
        assert refusal_of(tree, path).code is code, path
    assert "a.txt" in refusal_of(tree, "src/a.txt").remedy


def test_a_file_that_git_filters_is_refused_in_the_work_tree_too(repo: GitRepo) -> None:
    repo.write(".gitattributes", "*.secret filter=git-crypt\n")
    repo.write("a.secret", "x\n")
    repo.commit()
    with Repository.discover(repo.path, repo.environment) as repository:
        tree = WorkTree(repo.path, guard=repository.tree(repository.resolve("HEAD")).refuse_filtered)
        assert refusal_of(tree, "a.secret").code is Code.FILTERED
        assert tree.read("a.txt").document.lines == ("one",)


def test_a_file_above_the_limit_is_refused(repo: GitRepo) -> None:
    repo.write("big", "x" * 100)
    assert WorkTree(repo.path, limit=100).read("big").digest
    assert refusal_of(WorkTree(repo.path, limit=99), "big").code is Code.TOO_LARGE


def test_what_stands_at_a_path(repo: GitRepo, tree: WorkTree) -> None:
    (repo.path / "link").symlink_to("dir")
    expected = {
        "a.txt": Standing.FILE,
        "dir": Standing.DIRECTORY,
        "dir/new": Standing.NOTHING,
        "x/y": Standing.NOTHING,
        "a.txt/x": Standing.BELOW_A_FILE,
        "link": Standing.FILE,
        "link/x": Standing.BELOW_A_FILE,
    }
    assert {path: tree.standing(path) for path in expected} == expected
    for path in ("A.txt", "DIR/new"):
        with pytest.raises(Refusal, match="differs from"):
            tree.standing(path)


def test_a_file_is_replaced_and_keeps_its_permissions(repo: GitRepo, tree: WorkTree) -> None:
    (repo.path / "dir/run.sh").chmod(0o750)
    tree.write(FileWrite("dir/run.sh", digest(b"#!/bin/sh\n"), b"#!/bin/bash\n", executable=True))
    assert (repo.path / "dir/run.sh").read_bytes() == b"#!/bin/bash\n"
    assert stat.S_IMODE((repo.path / "dir/run.sh").stat().st_mode) == 0o750
    assert repo.git("status", "--porcelain") == " M dir/run.sh"
    assert not (repo.path / ".git" / "stetbot").exists()


@pytest.mark.parametrize("data", [b"one\n", b"two\n"])
def test_the_executable_bit_follows_the_wish(repo: GitRepo, tree: WorkTree, data: bytes) -> None:
    (repo.path / "a.txt").chmod(0o640)
    tree.write(FileWrite("a.txt", digest(b"one\n"), data, executable=True))
    assert stat.S_IMODE((repo.path / "a.txt").stat().st_mode) == 0o750
    tree.write(FileWrite("a.txt", digest(data), data))
    assert stat.S_IMODE((repo.path / "a.txt").stat().st_mode) == 0o640
    assert (repo.path / "a.txt").read_bytes() == data


@pytest.mark.parametrize("mode", [0o744, 0o654, 0o611])
def test_permissions_that_nobody_asked_about_stay(repo: GitRepo, tree: WorkTree, mode: int) -> None:
    place = repo.path / "a.txt"
    place.chmod(mode)
    entry = tree.read("a.txt")
    tree.write(FileWrite("a.txt", entry.digest, b"two\n", executable=entry.executable))
    assert place.read_bytes() == b"two\n"
    assert stat.S_IMODE(place.stat().st_mode) == mode


def test_a_file_that_changed_meanwhile_is_left_alone(repo: GitRepo, tree: WorkTree) -> None:
    repo.write("a.txt", "somebody's work\n")
    for wanted in (
        FileWrite("a.txt", digest(b"one\n"), b"two\n"),
        FileWrite("a.txt", digest(b"one\n"), None),
        FileWrite("b.txt", digest(b"one\n"), b"one\n", renamed_from="a.txt"),
    ):
        with pytest.raises(Refusal) as refusal:
            tree.write(wanted)
        assert refusal.value.code is Code.OUTDATED
    assert (repo.path / "a.txt").read_text() == "somebody's work\n"
    assert not (repo.path / "b.txt").exists()


def test_a_new_file_gets_its_folders_and_the_usual_permissions(repo: GitRepo, tree: WorkTree) -> None:
    mask = os.umask(0o027)
    try:
        tree.write(FileWrite("x/y/new.sh", None, b"n\n", executable=True))
        tree.write(FileWrite("x/new.txt", None, b"n\n"))
    finally:
        os.umask(mask)
    assert stat.S_IMODE((repo.path / "x/y/new.sh").stat().st_mode) == 0o750
    assert stat.S_IMODE((repo.path / "x/new.txt").stat().st_mode) == 0o640
    assert (repo.path / "x/new.txt").stat().st_nlink == 1


@pytest.mark.parametrize("path", ["a.txt", "dir", "a.txt/below", "link", "link/new"])
def test_a_new_file_never_takes_the_place_of_another(repo: GitRepo, tree: WorkTree, path: str, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (repo.path / "link").symlink_to(tmp_path / "outside")
    before = repo.state()
    with pytest.raises(Refusal):
        tree.write(FileWrite(path, None, b"n\n"))
    assert repo.state() == before
    assert list((tmp_path / "outside").iterdir()) == []


def test_a_deleted_file_takes_its_empty_folders_along(repo: GitRepo, tree: WorkTree) -> None:
    repo.write("x/y/z.txt", "z\n")
    repo.write("x/keep.txt", "k\n")
    tree.write(FileWrite("x/y/z.txt", digest(b"z\n"), None))
    assert not (repo.path / "x/y").exists()
    assert (repo.path / "x/keep.txt").exists()


def test_a_moved_file_keeps_its_mode_and_may_change(repo: GitRepo, tree: WorkTree) -> None:
    wanted = FileWrite("bin/run", digest(b"#!/bin/sh\n"), b"new\n", executable=True, renamed_from="dir/run.sh")
    tree.write(wanted)
    assert (repo.path / "bin/run").read_bytes() == b"new\n"
    assert os.access(repo.path / "bin/run", os.X_OK)
    assert not (repo.path / "dir").exists()


def test_a_move_onto_another_file_changes_neither(repo: GitRepo, tree: WorkTree) -> None:
    before = repo.state()
    with pytest.raises(Refusal):
        tree.write(FileWrite("a.txt", digest(b"#!/bin/sh\n"), b"new\n", renamed_from="dir/run.sh"))
    assert repo.state() == before


def test_without_a_git_folder_the_temporary_file_stands_beside_and_goes(repo: GitRepo) -> None:
    tree = WorkTree(repo.path)
    tree.write(FileWrite("a.txt", digest(b"one\n"), b"two\n"))
    tree.write(FileWrite("n.txt", None, b"n\n"))
    assert sorted(path.name for path in repo.path.iterdir()) == [".git", "a.txt", "dir", "n.txt"]


def test_only_what_dead_runs_left_is_cleaned(repo: GitRepo, tree: WorkTree) -> None:
    done = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    scratch = repo.path / ".git" / "stetbot"
    scratch.mkdir()
    dead = scratch / f".stetbot-{int(done.stdout)}-0123456789abcdef.tmp"
    alive = scratch / f".stetbot-{os.getppid()}-0123456789abcdef.tmp"
    foreign = scratch / "notes.tmp"
    for path in (dead, alive, foreign):
        path.write_text("x")
    tree.clean()
    assert sorted(scratch.iterdir()) == sorted([alive, foreign])


FULL_DISK = """
import resource, sys
from pathlib import Path
from bot.files import FileWrite, WorkTree
from bot.errors import RepositoryError
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
tree = WorkTree(Path(sys.argv[1]), Path(sys.argv[1]) / ".git")
for wanted in (FileWrite("a.txt", sys.argv[2], b"x" * 5000), FileWrite("new/b.txt", None, b"x" * 5000)):
    try:
        tree.write(wanted)
    except RepositoryError as error:
        print(error)
"""


def test_a_full_disk_changes_nothing(repo: GitRepo) -> None:
    before = repo.state()
    command = [sys.executable, "-c", FULL_DISK, str(repo.path), digest(b"one\n")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.count("it is as it was") == 2, done
    assert repo.state() == before
    assert not (repo.path / "new").exists()
    assert not (repo.path / ".git" / "stetbot").exists() or not list((repo.path / ".git" / "stetbot").iterdir())


def test_what_the_disk_forbids_is_an_error_that_names_the_file(repo: GitRepo, tree: WorkTree) -> None:
    if os.geteuid() == 0:
        pytest.skip("nothing is forbidden to root")
    (repo.path / "a.txt").chmod(0)
    with pytest.raises(RepositoryError, match=r"a\.txt could not be read"):
        tree.read("a.txt")


@pytest.mark.parametrize(
    ("attributes", "config", "stored", "on_disk"),
    [
        ("*.txt text eol=crlf", {}, b"a\nb\n", b"a\r\nb\r\n"),
        ("*.txt eol=lf", {"core.autocrlf": "true"}, b"a\nb\n", b"a\nb\n"),
        ("*.txt -text", {"core.autocrlf": "true"}, b"a\nb\n", b"a\nb\n"),
        ("", {"core.autocrlf": "true"}, b"a\nb\n", b"a\r\nb\r\n"),
        ("", {"core.eol": "crlf"}, b"a\nb\n", b"a\nb\n"),
        ("* text=auto", {"core.eol": "crlf"}, b"a\nb\n", b"a\r\nb\r\n"),
        ("* text=auto", {"core.eol": "lf"}, b"a\nb\n", b"a\nb\n"),
    ],
)
def test_a_new_file_looks_as_git_would_check_it_out(
    repo: GitRepo, attributes: str, config: dict[str, str], stored: bytes, on_disk: bytes
) -> None:
    repo.write(".gitattributes", attributes + "\n")
    repo.commit()
    for name, value in config.items():
        repo.git("config", name, value)
    with Repository.discover(repo.path, repo.environment) as repository:
        tree = repository.tree(repository.resolve("HEAD"))
        assert repository.checked_out(tree, "new.txt", stored) == on_disk
    blob = repo.git("hash-object", "-w", "--stdin", stdin=stored)
    repo.git("update-index", "--add", "--cacheinfo", f"100644,{blob},new.txt")
    repo.git("checkout-index", "new.txt")
    assert (repo.path / "new.txt").read_bytes() == on_disk
