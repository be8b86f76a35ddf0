"""Repositories of every shape: what is committed, and above all what stays as it was."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from support.gitrepo import EMAIL, NAME, GitRepo

from bot.entries import EXECUTABLE, REGULAR, Standing, TreeChange
from bot.errors import Code, Refusal, RepositoryError, UsageError
from bot.repo import BOT, Repository, check_branch

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="executable bits, symlinks and locks of POSIX")

MESSAGE = "Change a\n\nStetbot-Request: a@1\n"


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    made = GitRepo(tmp_path / "r")
    made.write("a.txt", "one\n")
    made.write("dir/b.sh", "#!/bin/sh\n", executable=True)
    made.write("dir/deep/c.txt", "c\r\nd\n")
    made.commit("First")
    return made


def opened(repo: GitRepo, start: Path | None = None, **environ: str) -> Repository:
    return Repository.discover(start or repo.path, repo.environment | environ)


def change_a(repository: Repository, rev: str = "HEAD", branch: str = "stetbot/x") -> str:
    """The whole way of one change: read, commit, move the branch."""
    base = repository.resolve(rev)
    entry = repository.tree(base).read("a.txt")
    data = entry.document.to_bytes() + b"two\n"
    commit = repository.commit(base, [TreeChange("a.txt", entry.mode, data)], MESSAGE)
    repository.update_branch(branch, commit, repository.branch_tip(branch))
    return commit


def refuses(code: Code, repository: Repository, path: str) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        repository.tree(repository.resolve("HEAD")).read(path)
    assert refusal.value.code is code
    return refusal.value


def test_a_commit_lands_on_a_branch_and_leaves_work_tree_index_and_head_alone(repo: GitRepo) -> None:
    repo.write("a.txt", "dirty\n")
    repo.write("dir/b.sh", "staged\n")
    repo.git("add", "dir/b.sh")
    repo.write("untracked", "u")
    before = repo.state()
    with opened(repo) as repository:
        assert repository.is_dirty()
        commit = change_a(repository)
        assert repository.branch_tip("stetbot/x") == commit
        assert repository.message(commit) == MESSAGE
    assert repo.read("stetbot/x", "a.txt") == b"one\ntwo\n"
    assert repo.state()[:3] == before[:3]
    assert repo.git("rev-parse", "stetbot/x^") == repo.git("rev-parse", "HEAD")
    assert repo.git("diff", "--name-status", "HEAD", "stetbot/x") == "M\ta.txt"
    assert repo.git("log", "-1", "--format=%an <%ae> %cn <%ce>", commit) == f"{NAME} <{EMAIL}> {NAME} <{EMAIL}>"
    assert "stetbot" in repo.git("reflog", "stetbot/x")
    repo.git("fsck", "--strict")
    assert sorted(path.name for path in repo.path.iterdir()) == [".git", "a.txt", "dir", "untracked"]


def test_no_process_and_no_file_is_left_behind(repo: GitRepo) -> None:
    repo.write(".gitattributes", "*.txt text\n")
    repo.commit()
    files = {path for path in repo.path.rglob("*") if "objects" not in path.parts}
    others = _children()  # what other tests of this process have started
    with opened(repo) as repository:
        repository.tree(repository.resolve("HEAD")).read("a.txt")
    assert {path for path in repo.path.rglob("*") if "objects" not in path.parts} == files
    assert _children() <= others


def _children() -> set[str]:
    """The numbers of the processes that this one has started, where the system tells."""
    told = Path(f"/proc/self/task/{os.getpid()}/children")
    return set(told.read_text(encoding="ascii").split()) if told.exists() else set()


def test_modes_stay_and_can_change(repo: GitRepo) -> None:
    changes = [
        TreeChange("dir/b.sh", EXECUTABLE, b"#!/bin/bash\n"),
        TreeChange("a.txt", EXECUTABLE, b"one\n"),
        TreeChange("new/run", EXECUTABLE, b"x", fresh=True),
        TreeChange("new/file", REGULAR, b"", fresh=True),
    ]
    with opened(repo) as repository:
        base = repository.resolve("HEAD")
        assert repository.tree(base).read("dir/b.sh").executable
        commit = repository.commit(base, changes, "m\n")
    said = repo.git("ls-tree", "-r", "--format=%(objectmode) %(path)", commit).split("\n")
    assert said == ["100755 a.txt", "100755 dir/b.sh", "100644 dir/deep/c.txt", "100644 new/file", "100755 new/run"]


def test_files_are_deleted_moved_and_folders_come_and_go(repo: GitRepo) -> None:
    changes = [
        TreeChange("a.txt", None),
        TreeChange("a.txt/inside", REGULAR, b"a folder now\n", fresh=True),
        TreeChange("dir/deep/c.txt", None),
        TreeChange("dir/deep", REGULAR, b"a file now\n", fresh=True),
        TreeChange("x/y/z", REGULAR, b"c\r\nd\n"),
    ]
    with opened(repo) as repository:
        commit = repository.commit(repository.resolve("HEAD"), changes, "m\n")
    names = repo.git("ls-tree", "-r", "--name-only", commit).split("\n")
    assert names == ["a.txt/inside", "dir/b.sh", "dir/deep", "x/y/z"]
    repo.git("fsck", "--strict")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (TreeChange("a.txt/b", REGULAR, b"", fresh=True), Code.CONTRADICTS),
        (TreeChange("dir", REGULAR, b"", fresh=True), Code.CONTRADICTS),
        (TreeChange("a.txt", REGULAR, b"", fresh=True), Code.CONTRADICTS),
        (TreeChange("gone", None), Code.UNKNOWN_PATH),
        (TreeChange("dir", None), Code.UNKNOWN_PATH),
        (TreeChange(".git/config", REGULAR, b""), Code.DENIED_PATH),
        (TreeChange("../x", REGULAR, b""), Code.DENIED_PATH),
    ],
)
def test_a_change_that_does_not_fit_the_tree_is_refused(repo: GitRepo, change: TreeChange, code: Code) -> None:
    with opened(repo) as repository, pytest.raises(Refusal) as refusal:
        repository.commit(repository.resolve("HEAD"), [change], "m\n")
    assert refusal.value.code is code


def test_three_hundred_files_are_committed_as_git_itself_would(repo: GitRepo) -> None:
    for number in range(300):
        repo.write(f"many/{number % 7}/{number}.txt", f"{number}\n")
    base = repo.commit()
    changes = [
        TreeChange(f"many/{number % 7}/{number}.txt", REGULAR, f"new {number}\n".encode()) for number in range(300)
    ]
    with opened(repo) as repository:
        tree = repository.tree(base)
        assert [tree.read(change.path).document.text for change in changes] == [f"{n}\n" for n in range(300)]
        commit = repository.commit(base, changes, "m\n")
    for change in changes:
        repo.write(change.path, change.data)
    repo.git("add", "-A")
    assert repo.git("rev-parse", f"{commit}^{{tree}}") == repo.git("write-tree")


def test_many_threads_read_one_tree(repo: GitRepo) -> None:
    repo.write(".gitattributes", "*.txt text\n")
    for number in range(40):
        repo.write(f"t/{number % 5}/{number}.txt", f"{number}\n")
    base = repo.commit()
    with opened(repo) as repository, ThreadPoolExecutor(16) as pool:
        tree = repository.tree(base)
        texts = pool.map(lambda number: tree.read(f"t/{number % 5}/{number}.txt").document.text, [*range(40)] * 5)
        assert list(texts) == [f"{number}\n" for number in range(40)] * 5


def test_a_damaged_repository_is_an_error_with_a_remedy(repo: GitRepo) -> None:
    blob = repo.git("rev-parse", "HEAD:a.txt")
    loose = repo.path / ".git" / "objects" / blob[:2] / blob[2:]
    loose.unlink()
    with opened(repo) as repository, pytest.raises(RepositoryError, match="git fsck"):
        repository.tree(repository.resolve("HEAD")).read("a.txt")
    loose.write_bytes(b"rubbish")
    with opened(repo) as repository, pytest.raises(RepositoryError, match="git fsck"):
        repository.tree(repository.resolve("HEAD")).read("a.txt")


FULL_DISK = """
import os, random, resource, sys
from pathlib import Path
from bot.entries import TreeChange
from bot.errors import RepositoryError
from bot.repo import Repository
with Repository.discover(Path(sys.argv[1]), os.environ) as repository:
    base = repository.resolve("HEAD")
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
    try:
        repository.commit(base, [TreeChange("a.txt", "100644", random.Random(1).randbytes(200_000))], "m")
    except RepositoryError as error:
        print(error)
"""


def test_a_full_disk_is_an_error_and_changes_nothing(repo: GitRepo) -> None:
    before = repo.state()
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(repo.path)],
        env=repo.environment,
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "git unpack-objects failed" in done.stdout, done
    assert repo.state() == before
    repo.git("fsck", "--strict")


# --- shapes ---


def test_a_detached_head(repo: GitRepo) -> None:
    repo.git("checkout", "-q", "--detach")
    with opened(repo) as repository:
        assert repository.current_branch() is None
        change_a(repository)
    assert repo.read("stetbot/x", "a.txt") == b"one\ntwo\n"


def test_a_subfolder_and_a_file_as_the_start(repo: GitRepo) -> None:
    for start in (repo.path / "dir" / "deep", repo.path / "dir" / "b.sh"):
        with opened(repo, start) as repository:
            assert repository.root == repo.path.resolve()


def test_a_bare_clone(repo: GitRepo, tmp_path: Path) -> None:
    repo.git("clone", "-q", "--bare", str(repo.path), str(tmp_path / "b.git"))
    bare = GitRepo(tmp_path / "b.git", init=False, identity=False)
    with opened(bare) as repository:
        assert repository.root is None
        assert not repository.is_dirty()
        change_a(repository)
    assert bare.read("stetbot/x", "a.txt") == b"one\ntwo\n"
    bare.git("fsck", "--strict")


def test_a_shallow_clone(repo: GitRepo, tmp_path: Path) -> None:
    repo.write("a.txt", "one\nmore\n")
    repo.commit("Second")
    repo.git("clone", "-q", "--depth=1", repo.path.as_uri(), str(tmp_path / "s"))
    shallow = GitRepo(tmp_path / "s", init=False)
    with opened(shallow) as repository:
        commit = change_a(repository)
        assert repository.is_ancestor(repository.resolve("HEAD"), commit)
    assert shallow.read("stetbot/x", "a.txt") == b"one\nmore\ntwo\n"
    shallow.git("fsck", "--strict")


def test_a_linked_work_tree(repo: GitRepo, tmp_path: Path) -> None:
    repo.git("worktree", "add", "-q", "-b", "other", str(tmp_path / "w"))
    linked = GitRepo(tmp_path / "w", init=False, identity=False)
    with opened(linked) as repository:
        assert repository.root == (tmp_path / "w").resolve()
        assert repository.current_branch() == "other"
        change_a(repository)
        with pytest.raises(RepositoryError, match=r"main is checked out in .*/r.*--branch"):
            change_a(repository, branch="main")
    assert repo.read("stetbot/x", "a.txt") == b"one\ntwo\n"


def test_a_submodule_is_a_repository_of_its_own_and_a_refusal_from_outside(repo: GitRepo, tmp_path: Path) -> None:
    outer = GitRepo(tmp_path / "outer")
    outer.write("f", "x\n")
    outer.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(repo.path), "sub")
    outer.commit()
    inner = GitRepo(tmp_path / "outer" / "sub", init=False)
    with opened(inner) as repository:
        assert repository.root == (tmp_path / "outer" / "sub").resolve()
        change_a(repository)
    assert inner.read("stetbot/x", "a.txt") == b"one\ntwo\n"
    with opened(outer) as repository:
        refuses(Code.SUBMODULE, repository, "sub")
        refuses(Code.SUBMODULE, repository, "sub/a.txt")
        with pytest.raises(Refusal):
            repository.commit(repository.resolve("HEAD"), [TreeChange("sub/a.txt", REGULAR, b"")], "m\n")


def test_a_repository_with_no_commit_yet_says_so(tmp_path: Path) -> None:
    with opened(GitRepo(tmp_path / "r")) as repository, pytest.raises(RepositoryError, match="no commit yet"):
        repository.resolve("HEAD")


def test_a_repository_with_sha256_names(tmp_path: Path) -> None:
    path = tmp_path / "r"
    path.mkdir()
    if subprocess.run(["git", "init", "-q", "-b", "main", "--object-format=sha256", str(path)], check=False).returncode:
        pytest.skip("this git has no sha256")
    repo = GitRepo(path)
    repo.write("a.txt", "one\n")
    repo.commit()
    with opened(repo) as repository:
        assert len(change_a(repository)) == 64
    assert repo.read("stetbot/x", "a.txt") == b"one\ntwo\n"
    repo.git("fsck", "--strict")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give a folder away")
def test_a_repository_of_somebody_else_is_named_with_the_remedy(repo: GitRepo) -> None:
    for path in (repo.path, repo.path / ".git"):
        os.chown(path, 12345, 12345)
    with pytest.raises(RepositoryError, match=r"belongs to another user.*safe\.directory"):
        opened(repo)


def test_no_repository_is_named_with_the_remedy(tmp_path: Path) -> None:
    environ = {"PATH": os.environ["PATH"], "GIT_CEILING_DIRECTORIES": str(tmp_path.parent)}
    with pytest.raises(RepositoryError, match="not in a git repository"):
        Repository.discover(tmp_path, environ)
    with pytest.raises(RepositoryError, match="does not exist"):
        Repository.discover(tmp_path / "x" / "y" / "z", environ)


def test_without_git_the_error_says_what_is_missing(tmp_path: Path) -> None:
    script = (
        "import pathlib, sys\nfrom bot.errors import RepositoryError\nfrom bot.repo import Repository\n"
        "try:\n    Repository.discover(pathlib.Path(sys.argv[1]))\nexcept RepositoryError as error:\n    print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        env={"PATH": str(tmp_path)},
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "git is not installed" in done.stdout


# --- reading ---


def test_what_is_no_text_file_is_refused_with_its_code(repo: GitRepo) -> None:
    repo.write("binary", b"a\0b")
    repo.write("latin1", "caf\u00e9".encode("latin-1"))
    repo.write("big", "x" * 2000)
    repo.write("lfs", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
    (repo.path / "link").symlink_to("a.txt")
    (repo.path / "linked").symlink_to("dir")
    repo.commit()
    with opened(repo) as repository:
        for path, code in {
            "binary": Code.BINARY,
            "latin1": Code.NOT_UTF8,
            "lfs": Code.FILTERED,
            "link": Code.SYMLINK,
            "linked/b.sh": Code.SYMLINK,
            "dir": Code.UNKNOWN_PATH,
            "a.txt/x": Code.UNKNOWN_PATH,
            "dir/c.txt": Code.UNKNOWN_PATH,
        }.items():
            refuses(code, repository, path)
        with pytest.raises(Refusal) as refusal:
            repository.tree(repository.resolve("HEAD"), limit=1999).read("big")
        assert refusal.value.code is Code.TOO_LARGE
        assert repository.tree(repository.resolve("HEAD"), limit=2000).read("big").document.lines


def test_an_unknown_path_names_those_that_may_be_meant(repo: GitRepo) -> None:
    with opened(repo) as repository:
        assert "dir/deep/c.txt" in refuses(Code.UNKNOWN_PATH, repository, "c.txt").remedy
        assert "dir/b.sh" in refuses(Code.UNKNOWN_PATH, repository, "dir/bb.sh").remedy
        assert "a.txt" in refuses(Code.UNKNOWN_PATH, repository, "A.TXT").remedy


def test_what_stands_at_a_path(repo: GitRepo) -> None:
    with opened(repo) as repository:
        tree = repository.tree(repository.resolve("HEAD"))
        assert tree.standing("a.txt") is Standing.FILE
        assert tree.standing("dir") is Standing.DIRECTORY
        assert tree.standing("dir/new/x") is Standing.NOTHING
        assert tree.standing("a.txt/x") is Standing.BELOW_A_FILE
        for path in ("A.txt", "Dir/new"):
            with pytest.raises(Refusal) as refusal:
                tree.standing(path)
            assert refusal.value.code is Code.DENIED_PATH


def test_attributes_come_from_the_commit_and_not_from_the_work_tree(repo: GitRepo) -> None:
    repo.write(".gitattributes", "*.txt text eol=crlf\n*.bin -text\n")
    repo.write("dir/.gitattributes", "*.txt filter=lfs\nraw.txt !filter -text\n")
    repo.write("dir/f.txt", "x\n")
    repo.git("add", "-A")
    repo.git("commit", "-q", "-m", "attributes")
    repo.write(".gitattributes", "* filter=evil\n")
    with opened(repo) as repository:
        base = repository.resolve("HEAD")
        tree = repository.tree(base)
        assert tree.read("a.txt").document.text == "one\n"
        refuses(Code.FILTERED, repository, "dir/f.txt")
        fresh = {
            "new.txt": (b"a\r\nb\n", b"a\nb\n"),
            "new.bin": (b"a\r\nb\n", b"a\r\nb\n"),
            "new.other": (b"a\r\nb\n", b"a\r\nb\n"),
            "dir/raw.txt": (b"a\r\n", b"a\r\n"),
        }
        changes = [TreeChange(path, REGULAR, data, fresh=True) for path, (data, _) in fresh.items()]
        commit = repository.commit(base, changes, "m\n")
        with pytest.raises(Refusal) as refusal:
            repository.commit(base, [TreeChange("dir/new.txt", REGULAR, b"", fresh=True)], "m\n")
        assert refusal.value.code is Code.FILTERED
    assert {path: repo.read(commit, path) for path in fresh} == {path: want for path, (_, want) in fresh.items()}


def test_an_edited_blob_keeps_its_own_bytes_whatever_the_attributes_say(repo: GitRepo) -> None:
    repo.write("raw.txt", "a\r\nb\r\n")
    repo.git("add", "raw.txt")
    repo.git("-c", "core.autocrlf=false", "commit", "-q", "-m", "raw")
    repo.write(".gitattributes", "*.txt text eol=lf\n")
    repo.git("add", ".gitattributes")
    repo.git("commit", "-q", "-m", "attributes")
    with opened(repo) as repository:
        base = repository.resolve("HEAD")
        commit = repository.commit(base, [TreeChange("raw.txt", REGULAR, b"a\r\nc\r\n")], "m\n")
    assert repo.read(commit, "raw.txt") == b"a\r\nc\r\n"


# --- who ---


def test_without_a_configured_identity_the_bot_commits(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "r", identity=False)
    repo.write("a.txt", "one\n")
    repo.git("add", "-A")
    repo.git("-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "-q", "-m", "m")
    with opened(repo) as repository:
        assert repository.identity() == BOT
        assert BOT.email.endswith(".invalid"), "an address that could be somebody's would be shown as theirs"
        commit = change_a(repository)
    assert repo.git("log", "-1", "--format=%an <%ae> %cn <%ce>", commit) == " ".join([f"{BOT.name} <{BOT.email}>"] * 2)


def test_the_environment_may_say_who_commits(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "r")
    repo.write("a.txt", "one\n")
    repo.commit()
    with opened(repo, GIT_AUTHOR_NAME="Env", GIT_AUTHOR_EMAIL="env@example.com") as repository:
        commit = change_a(repository)
    assert repo.git("log", "-1", "--format=%an <%ae> %cn", commit) == f"Env <env@example.com> {NAME}"


def test_ssh_signing_is_honoured_where_git_is_configured_to_sign(repo: GitRepo, tmp_path: Path) -> None:
    key = tmp_path / "key"
    made = subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=False)
    if made.returncode:
        pytest.skip("no ssh-keygen")
    for name, value in {"commit.gpgsign": "true", "gpg.format": "ssh", "user.signingkey": str(key)}.items():
        repo.git("config", name, value)
    with opened(repo) as repository:
        commit = change_a(repository)
    assert "gpgsig -----BEGIN SSH SIGNATURE-----" in repo.git("cat-file", "commit", commit)
    key.unlink()
    with opened(repo) as repository, pytest.raises(RepositoryError, match="signing failed"):
        change_a(repository, branch="second")


def test_settings_of_a_run_are_stronger_than_any_file(repo: GitRepo) -> None:
    with Repository.discover(repo.path, repo.environment, [("user.name", "Of This Run")]) as repository:
        assert repository.identity().name == "Of This Run"


# --- branches ---


@pytest.mark.parametrize(
    "name",
    [
        "",
        "-x",
        "--upload-pack=x",
        "@",
        "a b",
        "refs/heads/x",
        "HEAD",
        "a..b",
        "a@{1}",
        "a//b",
        "/a",
        "a/",
        "a.lock",
        "a/b.lock/c",
        ".a",
        "a/.b",
        "a.",
        "a~1",
        "a^",
        "a:b",
        "a?",
        "a*",
        "a[",
        "a\\b",
        "a\nb",
        "a\x7f",
        "$(id)",
        "a;b",
        "a`b`",
        "a|b",
        "x" * 201,
        "a\u202eb",
    ],
)
def test_an_unusable_branch_name_is_a_usage_error(name: str) -> None:
    with pytest.raises(UsageError):
        check_branch(name)


@pytest.mark.parametrize(
    "name", ["main", "stetbot/charge-tax", "feature/#123", "\u00fcber", "user@host", "v1.2-rc_3+x"]
)
def test_a_usable_branch_name_is_usable_for_git_too(name: str) -> None:
    subprocess.run(["git", "check-ref-format", f"refs/heads/{check_branch(name)}"], check=True)


@pytest.mark.parametrize("rev", ["--output=/tmp/x", "-x", "nothing", "a\nb", "", "HEAD:a.txt", "HEAD^{tree}"])
def test_a_revision_that_names_no_commit_is_an_error(repo: GitRepo, rev: str) -> None:
    with opened(repo) as repository, pytest.raises(RepositoryError):
        repository.resolve(rev)


def test_a_revision_is_resolved_in_all_usual_ways(repo: GitRepo) -> None:
    repo.git("tag", "-a", "v1", "-m", "x")
    head = repo.git("rev-parse", "HEAD")
    with opened(repo) as repository:
        assert {repository.resolve(rev) for rev in ("HEAD", "main", "v1", head, head[:8], "refs/heads/main")} == {head}


def test_a_lost_race_changes_nothing(repo: GitRepo) -> None:
    with opened(repo) as repository:
        base = repository.resolve("HEAD")
        commit = repository.commit(base, [TreeChange("a.txt", REGULAR, b"x")], "m\n")
        repo.git("branch", "stetbot/x")
        for old in (None, commit):
            with pytest.raises(RepositoryError, match="moved while stetbot worked"):
                repository.update_branch("stetbot/x", commit, old)
        assert repository.branch_tip("stetbot/x") == base
        with pytest.raises(RepositoryError, match="moved"):
            repository.update_branch("gone", commit, base)
        assert repository.branch_tip("gone") is None
        assert repository.branch_tip("stetbot") is None


def test_a_checked_out_branch_is_not_moved(repo: GitRepo) -> None:
    before = repo.state()
    with opened(repo) as repository, pytest.raises(RepositoryError, match=r"checked out in .*--branch"):
        change_a(repository, branch="main")
    assert repo.state() == before


def test_a_branch_under_rebase_is_not_moved(repo: GitRepo) -> None:
    repo.git("branch", "work")
    repo.git("checkout", "-q", "work")
    repo.write("a.txt", "work\n")
    repo.commit()
    repo.git("checkout", "-q", "main")
    repo.write("a.txt", "main\n")
    repo.commit()
    repo.git("checkout", "-q", "work")
    repo.git("rebase", "main", fails=True)
    with opened(repo) as repository, pytest.raises(RepositoryError, match="rebase"):
        change_a(repository, rev="main", branch="work")


def test_a_branch_that_is_an_alias_is_not_moved(repo: GitRepo) -> None:
    repo.git("symbolic-ref", "refs/heads/alias", "refs/heads/main")
    with opened(repo) as repository, pytest.raises(RepositoryError, match="alias"):
        change_a(repository, branch="alias")


def test_a_branch_in_the_way_is_named(repo: GitRepo) -> None:
    repo.git("branch", "stetbot")
    with opened(repo) as repository, pytest.raises(RepositoryError, match=r"the branch stetbot exists.*--branch"):
        change_a(repository)


def test_a_lock_that_a_killed_git_left_is_named(repo: GitRepo) -> None:
    lock = repo.path / ".git" / "refs" / "heads" / "work.lock"
    lock.write_text("")
    with opened(repo) as repository, pytest.raises(RepositoryError) as error:
        change_a(repository, branch="work")
    assert f"delete {lock}" in str(error.value)


# --- remotes ---


@pytest.fixture
def remote(repo: GitRepo, tmp_path: Path) -> GitRepo:
    made = GitRepo(tmp_path / "remote.git", bare=True, identity=False)
    repo.git("remote", "add", "origin", str(made.path))
    return made


def test_a_branch_is_pushed(repo: GitRepo, remote: GitRepo) -> None:
    with opened(repo) as repository:
        commit = change_a(repository)
        repository.push(repository.default_remote(), "stetbot/x")
    assert remote.git("rev-parse", "stetbot/x") == commit


def test_a_rejected_push_is_an_error_and_never_forced(repo: GitRepo, remote: GitRepo) -> None:
    repo.git("push", "-q", "origin", "HEAD:refs/heads/stetbot/x")
    theirs = repo.commit("Theirs", allow_empty=True)
    repo.git("push", "-q", "origin", f"{theirs}:refs/heads/stetbot/x")
    repo.git("config", "remote.origin.push", "+refs/heads/*:refs/heads/*")
    with opened(repo) as repository:
        change_a(repository, rev="HEAD~1")
        with pytest.raises(RepositoryError, match=r"rejected the push of stetbot/x.*--branch"):
            repository.push("origin", "stetbot/x")
    assert remote.git("rev-parse", "stetbot/x") == theirs


def test_a_push_that_the_server_declines_tells_what_it_said(repo: GitRepo, remote: GitRepo) -> None:
    hook = remote.path / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho protected by policy >&2\nexit 1\n")
    hook.chmod(0o755)
    with opened(repo) as repository:
        change_a(repository)
        with pytest.raises(RepositoryError, match=r"declined.*protected by policy"):
            repository.push("origin", "stetbot/x")


@pytest.mark.parametrize("name", ["--receive-pack=touch x", "nowhere", "", "/some/path", "ext::sh -c id"])
def test_only_a_configured_remote_is_pushed_to(repo: GitRepo, remote: GitRepo, name: str) -> None:
    with opened(repo) as repository, pytest.raises(RepositoryError, match="no remote called"):
        repository.push(name, "main")
    assert remote.git("for-each-ref") == ""


def test_a_login_in_a_remote_does_not_get_into_the_error(repo: GitRepo) -> None:
    repo.git("remote", "add", "origin", "http://user:sentinel-secret@127.0.0.1:1/x.git")
    with opened(repo) as repository:
        change_a(repository)
        with pytest.raises(RepositoryError) as error:
            repository.push("origin", "stetbot/x")
    assert "sentinel-secret" not in str(error.value)


def test_without_a_remote_the_error_says_how_to_add_one(repo: GitRepo) -> None:
    with opened(repo) as repository, pytest.raises(RepositoryError, match="git remote add"):
        repository.default_remote()


@pytest.mark.skipif(sys.platform == "win32", reason="such file names are impossible there")
def test_files_that_hold_a_word_are_found_in_a_commit_and_in_the_work_tree(repo: GitRepo) -> None:
    repo.write(".gitignore", "ignored.py\n")
    repo.write("dir/odd\nname\u00fc.py", "# Go -NOW!\n")
    repo.write("plain.py", "# now\n")
    repo.write("binary.bin", b"\0-now!")
    commit = repo.commit()
    repo.write("new.py", "# -now!\n")
    repo.write("ignored.py", "# -now!\n")
    with opened(repo) as ours:
        assert ours.files_with("-now!", commit) == ("dir/odd\nname\u00fc.py",)
        assert ours.files_with("-now!", None) == ("dir/odd\nname\u00fc.py", "new.py")
        assert ours.files_with("nowhere", commit) == ()


def test_a_branch_that_a_rebase_will_move_as_well_is_not_moved(repo: GitRepo) -> None:
    if [int(part) for part in repo.git("version").split()[2].split(".")[:2]] < [2, 38]:
        pytest.skip("this git moves one branch in a rebase")
    base = repo.git("rev-parse", "HEAD")
    repo.write("a.txt", "main\n")
    repo.commit("On main")
    repo.git("checkout", "-q", "-b", "stetbot/x", base)
    repo.write("dir/b.sh", "x\n")
    repo.commit("Of stetbot")
    repo.git("checkout", "-q", "-b", "topic")
    repo.write("a.txt", "topic\n")
    repo.commit("On topic")
    repo.git("rebase", "--update-refs", "main", fails=True)
    with opened(repo) as repository, pytest.raises(RepositoryError, match="rebase"):
        change_a(repository, base, "stetbot/x")
