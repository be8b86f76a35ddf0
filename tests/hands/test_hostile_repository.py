"""A checkout whose own configuration tries to run programs: none runs, in anything that stetbot does with it."""

import os
import sys
from pathlib import Path

import pytest
from support.calls import call
from support.gitrepo import GitRepo

from bot.entries import REGULAR, TreeChange
from bot.errors import Refusal, RepositoryError
from bot.repo import Repository
from bot.repo.program import git_program

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the traps are shell scripts")

HOOKS = [
    "pre-commit",
    "prepare-commit-msg",
    "commit-msg",
    "post-commit",
    "pre-push",
    "post-checkout",
    "post-index-change",
    "reference-transaction",
    "post-update",
    "update",
    "post-merge",
    "pre-auto-gc",
    "post-rewrite",
    "fsmonitor-watchman",
]


@pytest.fixture
def marker(tmp_path: Path) -> Path:
    return tmp_path / "marker"


@pytest.fixture
def hostile(tmp_path: Path, marker: Path) -> GitRepo:
    repo = GitRepo(tmp_path / "hostile")
    repo.write("a.txt", "one\n")
    repo.write("evil.dat", "data\n")
    repo.write(".gitattributes", "*.dat filter=evil diff=evil merge=evil\n")
    repo.commit()
    GitRepo(tmp_path / "remote.git", bare=True, identity=False)
    script = tmp_path / "script"
    script.write_text(f'#!/bin/sh\necho "$0 $*" >> {marker}\ncat\n')
    script.chmod(0o755)
    for folder in (repo.path / ".git" / "hooks", tmp_path / "hooks"):
        folder.mkdir(exist_ok=True)
        for hook in HOOKS:
            (folder / hook).write_text(script.read_text())
            (folder / hook).chmod(0o755)
    (tmp_path / "attributes").write_text("* filter=evil\n")
    (tmp_path / "included").write_text(f"[core]\n\tfsmonitor = {script}\n")
    settings = {
        "remote.origin.url": str(tmp_path / "remote.git"),
        "remote.origin.receivepack": str(script),
        "remote.origin.uploadpack": str(script),
        "core.hooksPath": str(tmp_path / "hooks"),
        "core.fsmonitor": str(script),
        "core.pager": str(script),
        "core.editor": str(script),
        "core.askPass": str(script),
        "core.sshCommand": str(script),
        "core.gitProxy": str(script),
        "core.alternateRefsCommand": str(script),
        "core.attributesFile": str(tmp_path / "attributes"),
        "credential.helper": f"!{script}",
        "diff.external": str(script),
        "diff.evil.textconv": str(script),
        "diff.evil.command": str(script),
        "filter.evil.clean": str(script),
        "filter.evil.smudge": str(script),
        "filter.evil.required": "true",
        "filter.other.process": str(script),
        "merge.evil.driver": str(script),
        "gpg.program": str(script),
        "sequence.editor": str(script),
        "include.path": str(tmp_path / "included"),
    }
    for name, value in settings.items():
        repo.git("config", name, value)
    return repo


def test_the_traps_of_this_test_are_real(hostile: GitRepo, marker: Path) -> None:
    hostile.write("evil.dat", "other\n")
    hostile.git("add", "-A")
    hostile.git("commit", "-q", "-m", "x")
    fired = marker.read_text()
    for trap in ("script", "pre-commit", "post-commit", "reference-transaction"):
        assert trap in fired


def test_nothing_of_a_hostile_configuration_runs(hostile: GitRepo, marker: Path) -> None:
    hostile.write("evil.dat", "data?\n")
    hostile.write("a.txt", "dirty\n")
    with Repository.discover(hostile.path, hostile.environment) as repository:
        assert repository.is_dirty()
        assert repository.current_branch() == "main"
        base = repository.resolve("HEAD")
        tree = repository.tree(base)
        assert tree.read("a.txt").document.text == "one\n"
        assert "evil.dat" in tree.names()
        with pytest.raises(Refusal, match="filter"):
            tree.read("evil.dat")
        changes = [TreeChange("a.txt", REGULAR, b"two\n"), TreeChange("new.txt", REGULAR, b"n\n", fresh=True)]
        commit = repository.commit(base, changes, "m\n")
        repository.update_branch("x", commit, None)
        assert repository.is_ancestor(base, commit)
        repository.push("origin", "x")
    assert not marker.exists(), marker.read_text()


def test_the_caller_s_git_variables_do_not_lead_elsewhere(
    hostile: GitRepo, marker: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = GitRepo(tmp_path / "other")
    other.write("a.txt", "other\n")
    other.commit()
    git_dir = str(other.path / ".git")
    script = str(tmp_path / "script")
    variables = {
        "GIT_DIR": git_dir,
        "GIT_COMMON_DIR": git_dir,
        "GIT_WORK_TREE": str(other.path),
        "GIT_INDEX_FILE": str(other.path / ".git" / "index"),
        "GIT_OBJECT_DIRECTORY": f"{git_dir}/objects",
        "GIT_NAMESPACE": "n",
        "GIT_EXTERNAL_DIFF": script,
        "GIT_PAGER": script,
        "GIT_EDITOR": script,
        "GIT_CONFIG_PARAMETERS": f"'core.fsmonitor={script}'",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "user.name",
        "GIT_CONFIG_VALUE_0": "From the environment",
    }
    for name, value in (hostile.environment | variables).items():
        monkeypatch.setenv(name, value)
    before = other.state()
    with Repository.discover(hostile.path) as repository:
        base = repository.resolve("HEAD")
        assert repository.tree(base).read("a.txt").document.text == "one\n"
        commit = repository.commit(base, [TreeChange("a.txt", REGULAR, b"two\n")], "m\n")
        repository.update_branch("x", commit, None)
        assert repository.identity().name == "From the environment"
    assert hostile.git("rev-parse", "x") == commit
    assert other.state() == before
    assert not marker.exists(), marker.read_text()


@pytest.mark.parametrize("entry", ["", ".", "bin"])
@pytest.mark.parametrize("command", ["doctor", "apply"])
def test_a_git_that_lies_in_the_checkout_is_not_the_one_that_runs(
    tmp_path: Path, marker: Path, entry: str, command: str
) -> None:
    repo = GitRepo(tmp_path / "checkout")
    repo.write("a.txt", "one\n")
    repo.write("more.stetbot.md", "## `a.txt:1`\n\n```suggestion\ntwo\n```\n")
    repo.commit()
    for place in ("git", "bin/git"):
        repo.write(place, f'#!/bin/sh\necho "$0 $*" >> {marker}\n', executable=True)
    environment = {"PATH": f"{entry}{os.pathsep}{os.environ['PATH']}"}
    run = call(repo, command, *(["more.stetbot.md"] if command == "apply" else []), environment=environment)
    assert run.code == 0, run.said
    assert not marker.exists(), marker.read_text()


@pytest.mark.parametrize("windows", [False, True])
def test_git_is_looked_for_in_folders_that_are_named_in_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, windows: bool
) -> None:
    name = "git.exe" if windows else "git"
    for folder in ("here", "there", "folder"):
        (tmp_path / folder).mkdir()
    for place in (tmp_path / "here" / name, tmp_path / "there" / name):
        place.write_bytes(b"")
        place.chmod(0o755)
    (tmp_path / "folder" / name).mkdir()
    monkeypatch.chdir(tmp_path / "here")
    path = os.pathsep.join(["", ".", "../here", str(tmp_path / "folder"), f'"{tmp_path / "there"}"'])
    assert git_program({"PATH": path}, windows=windows) == str(tmp_path / "there" / name)
    assert git_program({"PATH": "."}, windows=windows) is None


@pytest.fixture
def planted(tmp_path: Path, marker: Path) -> GitRepo:
    """A checkout with a folder that is a bare repository: it lacks a blob, and says which program would fetch it."""
    inner = GitRepo(tmp_path / "inner")
    inner.write("a.txt", "one\n")
    inner.commit()
    blob = inner.git("rev-parse", "HEAD:a.txt")
    (inner.path / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    repo = GitRepo(tmp_path / "checkout")
    repo.write("a.txt", "one\n")
    for file in (inner.path / ".git").rglob("*"):
        if file.is_file() and "hooks" not in file.parts:
            repo.write(f"demo/{file.relative_to(inner.path / '.git').as_posix()}", file.read_bytes())
    repo.write("demo/refs/heads/kept", inner.git("rev-parse", "HEAD"))
    repo.write("demo/evil.sh", f"#!/bin/sh\nenv >> {marker}\n", executable=True)
    repo.write(
        "demo/config",
        "[core]\n\trepositoryformatversion = 1\n[extensions]\n\tpartialClone = origin\n"
        '[remote "origin"]\n\turl = .\n\tpromisor = true\n\tuploadpack = ./evil.sh\n'
        "[commit]\n\tgpgSign = true\n[gpg]\n\tprogram = ./evil.sh\n[user]\n\tname = A\n\temail = a@example.com\n",
    )
    repo.commit()
    repo.git("clone", "-q", str(repo.path), str(tmp_path / "clone"))
    return GitRepo(tmp_path / "clone")


def test_a_bare_repository_that_a_commit_holds_runs_nothing(planted: GitRepo, marker: Path, tmp_path: Path) -> None:
    file = tmp_path / "more.stetbot.md"
    file.write_text("## `a.txt:1`\n\n```suggestion\ntwo\n```\n")
    keys = {"MORPH_API_KEY": "sk-of-the-model"}
    for place in (planted.path / "demo", planted.path / "demo" / "objects" / "info"):
        place.mkdir(exist_ok=True, parents=True)
        for command in (["apply", "--diff", str(file)], ["apply", str(file)], ["doctor"], ["check", str(file)]):
            run = call(place, *command, environment=keys)
            assert not marker.exists(), (command, marker.read_text())
            if command[0] == "apply":
                assert run.code == 2, run.said
                assert f"run stetbot in {planted.path.resolve()}" in run.err
    assert call(planted, "apply", str(file)).code == 0


def test_git_s_own_folder_in_a_checkout_is_no_planted_one(planted: GitRepo) -> None:
    with Repository.discover(planted.path / ".git", planted.environment) as repository:
        assert repository.resolve("HEAD") == planted.git("rev-parse", "HEAD")


def test_no_program_that_git_runs_sees_the_keys_of_models(tmp_path: Path, marker: Path) -> None:
    repo = GitRepo(tmp_path / "repo")
    repo.write("a.txt", "one\n")
    head = repo.commit()
    script = repo.write("../sign", f"#!/bin/sh\nenv > {marker}\nexit 1\n", executable=True)
    repo.git("config", "commit.gpgSign", "true")
    repo.git("config", "gpg.program", str(script))
    environment = repo.environment | {"MORPH_API_KEY": "k", "MORPHEUS_API_KEY": "k", "GITHUB_TOKEN": "for a helper"}
    with (
        Repository.discover(repo.path, environment) as repository,
        pytest.raises(RepositoryError, match="signing failed"),
    ):
        repository.commit(head, [TreeChange("a.txt", REGULAR, b"two\n")], "m\n")
    names = {line.partition("=")[0] for line in marker.read_text().split("\n")}
    assert "GITHUB_TOKEN" in names
    assert not names & {"MORPH_API_KEY", "MORPHEUS_API_KEY"}
