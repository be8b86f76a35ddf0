"""A full disk, a limit on file sizes, folders that nobody may write to: one clear line, 1, nothing by halves."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.gitrepo import GitRepo
from support.killing import AtStep, Traps, assert_sound, copy, files_of, index_of, refs_of
from support.story import STETBOT, stetbot

if TYPE_CHECKING:
    from collections.abc import Sequence

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="limits and permissions of POSIX"),
    pytest.mark.timeout(600),  # a guard; a busy machine may take minutes for what an idle one does in one
]

OTHER_DISK = Path("/dev/shm")  # noqa: S108 - a folder with an unguessable name is made in it
SMALL, LARGE = 2_000, 40_000
LIMIT = 100_000
LIMITER = f"""
import os, resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, ({LIMIT}, {LIMIT}))
os.execv(sys.argv[1], sys.argv[1:])
"""
LIMITED = (sys.executable, "-c", LIMITER)
# Root may write everywhere unless it gives that right up.
UNPRIVILEGED = (
    ("setpriv", "--bounding-set=-dac_override,-dac_read_search") if os.name == "posix" and not os.geteuid() else ()
)
# A file system of its own that only this process and its children see.
FULL_DISK = """
mount -t tmpfs -o size=4m tmpfs "$1" && cp -a "$2/." "$1" && cd "$1" || exit 99
shift 2
cat /dev/zero >.git/fill 2>/dev/null
"$@"
code=$?
rm .git/fill
git fsck --full --strict >/dev/null 2>&1 && test -z "$(git status --porcelain -uall)" || exit 98
git for-each-ref --format='%(refname)'
exit $code
"""


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    made = GitRepo(tmp_path / "repo")
    made.write("a.txt", "a\n" * SMALL)
    made.write("sub/b.txt", "b\n" * LARGE)
    made.commit()
    return made


@pytest.fixture
def file(tmp_path: Path) -> str:
    """Asks for a change of a small and of a large file."""
    made = tmp_path / "two.stetbot.md"
    # Random text, so that git's objects are large too.
    noise = os.urandom(LIMIT).hex()
    sections = ["## `a.txt:1`\n\n```suggestion\nnew\n```\n", f"## `sub/b.txt:1`\n\n```suggestion\n{noise}\n```\n"]
    made.write_text("\n".join(sections), encoding="utf-8")
    return str(made)


def run(repo: GitRepo, prefix: Sequence[str], *arguments: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [*prefix, STETBOT, *arguments],
        cwd=repo.path,
        env=repo.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def assert_one_line(said: str) -> None:
    assert said.startswith("stetbot: ")
    assert said.count("\n") == 1, said


def unprivileged() -> tuple[str, ...]:
    if UNPRIVILEGED and not shutil.which(UNPRIVILEGED[0]):
        pytest.skip("nothing is forbidden to root, and there is no setpriv")
    return UNPRIVILEGED


def test_a_file_that_is_too_large_for_the_limit_is_left_as_it_is(tmp_path: Path, repo: GitRepo, file: str) -> None:
    base = copy(repo, tmp_path / "base")
    code, _, said = run(repo, LIMITED, "apply", "--write", file)
    assert code == 1
    assert_one_line(said)
    assert "sub/b.txt could not be written: File too large" in said
    assert "written before that: a.txt" in said
    changed = {path for path, state in files_of(repo).items() if state != files_of(base)[path]}
    assert changed == {"a.txt"}
    assert_sound(repo)
    assert not list(repo.path.rglob("*.tmp"))
    assert stetbot(repo, "apply", "--write", file).returncode == 0
    assert files_of(repo)["sub/b.txt"] != files_of(base)["sub/b.txt"]


def test_objects_that_are_too_large_for_the_limit_make_no_commit(tmp_path: Path, repo: GitRepo, file: str) -> None:
    base = copy(repo, tmp_path / "base")
    code, _, said = run(repo, LIMITED, "apply", file)
    assert code == 1
    assert_one_line(said)
    assert "git unpack-objects failed: ended by a signal (File" in said
    assert_sound(repo)
    assert (files_of(repo), index_of(repo), refs_of(repo)) == (files_of(base), index_of(base), refs_of(base))
    assert stetbot(repo, "apply", file).returncode == 0


@pytest.mark.skipif(sys.platform != "linux", reason="makes a small disk of its own, as Linux can")
@pytest.mark.parametrize("flags", [("--write",), ()], ids=["files", "a commit"])
def test_on_a_full_disk_nothing_changes(tmp_path: Path, repo: GitRepo, file: str, flags: tuple[str, ...]) -> None:
    alone = ["unshare", "--user", "--map-root-user", "--mount"]
    if not shutil.which("unshare") or subprocess.run([*alone, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no namespaces here")
    disk = tmp_path / "disk"
    disk.mkdir()
    prefix = [*alone, "sh", "-c", FULL_DISK, "sh", str(disk), str(repo.path)]
    code, out, said = run(repo, prefix, "apply", *flags, file)
    assert code == 1, (code, said)
    assert_one_line(said)
    assert "No space left on device" in said
    assert out.rstrip("\n").split("\n")[-1] == "refs/heads/main"


@pytest.mark.parametrize(
    ("folder", "flags", "reason"),
    [
        ("sub", ("--write",), "sub/b.txt could not be written: Permission denied"),
        (".git/objects", (), "insufficient permission"),
        (".git/refs/heads", (), "the branch stetbot/two could not be written"),
        (".git/logs/refs/heads", (), "the branch stetbot/two could not be written"),
    ],
)
def test_where_nobody_may_write_nothing_changes(
    tmp_path: Path, repo: GitRepo, file: str, folder: str, flags: tuple[str, ...], reason: str
) -> None:
    base = copy(repo, tmp_path / "base")
    places = [place for place in (repo.path / folder, *(repo.path / folder).rglob("*")) if place.is_dir()]
    for place in places:
        place.chmod(0o555)
    try:
        code, _, said = run(repo, unprivileged(), "apply", *flags, file)
    finally:
        for place in places:
            place.chmod(0o755)
    assert code == 1, said
    assert_one_line(said)
    assert reason in said
    assert_sound(repo)
    assert files_of(repo)["sub/b.txt"] == files_of(base)["sub/b.txt"]
    assert (index_of(repo), refs_of(repo)) == (index_of(base), refs_of(base))
    assert stetbot(repo, "apply", *flags, file).returncode == 0


@pytest.mark.skipif(not OTHER_DISK.is_dir(), reason="needs two disks")
def test_a_second_run_removes_what_a_killed_one_left_beside_its_files(tmp_path: Path) -> None:
    """Git's folder is on another disk, so a temporary file must stand beside its target."""
    with tempfile.TemporaryDirectory(dir=OTHER_DISK) as git_dir:
        repo = GitRepo(tmp_path / "apart", init=False, identity=False)
        repo.git("init", "-q", "-b", "main", "--separate-git-dir", f"{git_dir}/git")
        repo.git("config", "user.name", "Ada")
        repo.git("config", "user.email", "ada@example.com")
        repo.write("base.txt", "base\n")
        repo.commit()
        new = tmp_path / "new.stetbot.md"
        new.write_text("## create `deep/new.txt`\n\n```text new\nnew\n```\n", encoding="utf-8")
        traps = Traps(tmp_path / "traps")
        with traps.run(copy(repo, tmp_path / "dry"), "apply", "--write", str(new)) as dry:
            assert dry.end().code == 0
            steps = dry.steps()
        repo.git("clean", "-fdq")
        kinds = [step.split(" ")[0] for step in steps]
        # The file stands, and its temporary name still does.
        traps.killed(repo, "apply", "--write", str(new), moment=AtStep(kinds.index("os.remove") + 1))
        assert len(list(repo.path.rglob("*.tmp"))) == 1
        assert stetbot(repo, "apply", "--write", str(new)).returncode == 0
        assert files_of(repo).keys() == {"base.txt", "deep/new.txt"}
