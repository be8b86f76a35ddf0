"""Inputs that are wrong: one clear line with the place and what to do, exit code 2, and nothing is done."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from support.calls import CHANGED, call, instructions, one_complaint, section, shop, snapshot
from support.gitrepo import GitRepo
from support.story import STETBOT

GOOD = section("cart.py", "# ... existing code ...\n\n\ndef first(items):\n    return items[:1]\n")


@dataclass(frozen=True)
class Wrong:
    """A wrong instruction file, and what must be said: the place, the problem, what to do."""

    name: str
    content: str | bytes
    says: tuple[str, ...]


FILES = {
    "yaml that does not parse": Wrong("a.yaml", "- target_file: a.py\n  code_edit: [\n", ("a.yaml:", "YAML")),
    "yaml of another shape": Wrong("a.yaml", "just words\n", ("a.yaml:1", "target_file")),
    "json that does not parse": Wrong("a.json", '[\n{"target_file": "a.py",,}\n]', ("a.json:2", "JSON")),
    "json of another shape": Wrong("a.json", "42", ("a.json:1",)),
    "a json key that nobody knows": Wrong(
        "a.json", '[{"target_file": "cart.py", "code_edit": "x", "force": true}]', ("a.json:1", "force")
    ),
    "a jsonl line that does not parse": Wrong(
        "a.jsonl", '{"target_file": "cart.py", "code_edit": "x = 1\\n"}\n{"target_file":\n', ("a.jsonl:2", "JSON")
    ),
    "not UTF-8": Wrong("a.stetbot.md", b"# T\xe4x\n", ("a.stetbot.md:1", "not UTF-8", "save the file as UTF-8")),
    "a NUL byte": Wrong("a.stetbot.md", "# Title\n\n\0\n", ("a.stetbot.md:3", "NUL")),
    "nothing at all": Wrong("a.stetbot.md", "", ("a.stetbot.md:1", "no request", "name the file")),
    "a section without a file": Wrong(
        "a.stetbot.md", GOOD + "## Somewhere\n\nDo it.\n", ("a.stetbot.md:13", "without a file", "name the file")
    ),
    "an empty snippet": Wrong("a.stetbot.md", GOOD + section("cart.py", ""), ("a.stetbot.md:", "empty")),
    "an empty snippet in JSON": Wrong("a.json", '[{"target_file": "cart.py", "code_edit": ""}]', ("a.json:1", "empty")),
    "a snippet that is never closed": Wrong("a.stetbot.md", "## `cart.py`\n\n```python\nx = 1\n", ("a.stetbot.md:3",)),
    "two formats for one snippet": Wrong(
        "a.stetbot.md", section("cart.py", "x = 1\n", "python diff whole"), ("a.stetbot.md:5", "two formats")
    ),
    "a diff that is none": Wrong(
        "a.stetbot.md", section("cart.py", "hello\n", "diff"), ("a.stetbot.md:6", "'hello' begins")
    ),
    "lines that run backwards": Wrong("a.stetbot.md", section("cart.py:9-2", "x = 1\n"), ("a.stetbot.md:1", "9-2")),
    "an empty YAML file": Wrong("a.yaml", "# nothing yet\n", ("a.yaml:1", "no request in it")),
    "an empty path": Wrong("a.json", '[{"target_file": " ", "code_edit": "x = 1"}]', ("a.json:1", "empty path")),
}


@pytest.mark.parametrize("wrong", FILES.values(), ids=FILES.keys())
def test_a_file_that_does_not_parse_stops_everything_and_is_named_with_its_line(tmp_path: Path, wrong: Wrong) -> None:
    repo = shop(tmp_path)
    before = snapshot(repo)
    good = instructions(tmp_path, GOOD, "good.stetbot.md")
    bad = instructions(tmp_path, wrong.content, wrong.name)
    run = call(repo, "apply", good, bad)
    assert run.code == 2, run.said
    assert run.out == ""
    line = one_complaint(run)
    for words in wrong.says:
        assert words in line
    assert snapshot(repo) == before


@dataclass(frozen=True)
class Call:
    """A wrong call (`FILE` stands for a good instruction file) and what must be said."""

    arguments: tuple[str, ...]
    says: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)


KEY = {"MORPH_API_KEY": "sk-sentinel-0123456789"}
CALLS = {
    "an unknown flag": Call(("apply", "FILE", "--force"), ("--force", "stetbot apply --help")),
    "an unknown command": Call(("aply", "FILE"), ("aply", "--help")),
    "no file at all": Call(("apply",), ("FILES", "stetbot apply --help")),
    "a file that is not there": Call(("apply", "FILE", "gone.md"), ("gone.md", "No such file", "name a file")),
    "a directory as file": Call(("apply", "."), (".: is a folder", "name files")),
    "an unknown engine": Call(("apply", "FILE", "--engine", "magic"), ("--engine", "magic", "local")),
    "an unknown engine in the environment": Call(
        ("apply", "FILE"), ("STETBOT_ENGINE", "magic", "local"), {"STETBOT_ENGINE": "magic"}
    ),
    "no number of jobs": Call(("apply", "FILE"), ("STETBOT_JOBS", "many"), {"STETBOT_JOBS": "many"}),
    "too many jobs": Call(("apply", "FILE"), ("STETBOT_JOBS", "1 to 256"), {"STETBOT_JOBS": "1000"}),
    "no jobs": Call(("apply", "FILE", "--jobs", "0"), ("--jobs", "0")),
    "a time-out that is none": Call(("apply", "FILE"), ("MORPH_TIMEOUT", "inf"), {"MORPH_TIMEOUT": "inf"}),
    "a branch that git would not take": Call(("apply", "FILE", "--branch", "a..b"), ("a..b", "--branch")),
    "a branch like an option": Call(("apply", "FILE", "--branch=--force"), ("--force", "--branch")),
    "a branch with an escape code": Call(("apply", "FILE", "--branch", "a\x1b[2Jb"), ("--branch",)),
    "a base that is not there": Call(("apply", "FILE", "--base", "v9"), ("v9", "no commit")),
    "a base like an option": Call(("apply", "FILE", "--base=--all"), ("--all", "no commit")),
    "an id that is not there": Call(
        ("apply", "FILE", "--accept", "cart.py@000000000000"), ("cart.py@000000000000", "--accept", "ids look like")
    ),
    "to show and to write": Call(("apply", "FILE", "--diff", "--write"), ("--diff", "--write")),
    "to push what is only shown": Call(("apply", "FILE", "--diff", "--push"), ("--push", "--diff")),
    "to push what is only written": Call(("apply", "FILE", "--write", "--push"), ("--push", "--write")),
    "to write to a branch": Call(("apply", "FILE", "--write", "--branch", "x"), ("--write", "--branch")),
    "to write to another base": Call(("apply", "FILE", "--write", "--base", "HEAD"), ("--write", "--base")),
    "a remote for nothing": Call(("apply", "FILE", "--remote", "origin"), ("--remote", "--push")),
    "a push to nowhere": Call(("apply", "FILE", "--push"), ("no remote", "--remote")),
    "stdin twice": Call(("apply", "-", "-"), ("stdin", "once")),
    "Morph without a key": Call(("apply", "FILE", "--engine", "morph"), ("MORPH_API_KEY", "--engine local")),
    "a cascade without a key": Call(("apply", "FILE", "--engine", "cascade"), ("MORPH_API_KEY",)),
    "a server that is no URL": Call(
        ("apply", "FILE"), ("MORPH_API_URL", "https://"), KEY | {"MORPH_API_URL": "morph.example"}
    ),
    "a server without TLS": Call(
        ("apply", "FILE"), ("MORPH_API_URL", "unencrypted"), KEY | {"MORPH_API_URL": "http://morph.example"}
    ),
    "a server with a password": Call(
        ("apply", "FILE"), ("MORPH_API_URL", "password"), KEY | {"MORPH_API_URL": "https://me:hunter22@morph.example"}
    ),
    "a key that is none": Call(("apply", "FILE"), ("MORPH_API_KEY",), {"MORPH_API_KEY": "two words"}),
    "comments that are no JSON": Call(("review", "--comments", "FILE"), (":1", "JSON")),
    "no comments": Call(("review",), ("--comments",)),
    "a proposal that is no JSON": Call(("land", "FILE", "--from", "FILE"), ("not JSON", "stetbot propose")),
    "a proposal that is not there": Call(("land", "gone.json", "--from", "FILE"), ("gone.json", "No such file")),
    "a proposal from nothing": Call(("land", "FILE"), ("--from",)),
    "a proposal to nowhere": Call(("propose", "FILE", "-o", "no/such/p.json"), ("p.json", "cannot be written")),
    "two things on stdout": Call(("propose", "FILE", "--json"), ("--json", "--output")),
    "a merge of nothing": Call(("merge", "cart.py"), ("UPDATE", "--batch")),
    "a merge of what is not there": Call(("merge", "cart.py", "gone.txt"), ("gone.txt", "No such file")),
    "a merge at no lines": Call(("merge", "cart.py", "cart.py", "--lines", "5-2"), ("--lines", "5-2")),
    "hints for nothing": Call(("merge", "cart.py", "cart.py", "--hints"), ("--hints", "--batch")),
    "a batch and more": Call(("merge", "cart.py", "cart.py", "--batch", "FILE"), ("--batch",)),
    "a batch that is no JSON": Call(("merge", "--batch", "FILE"), (":1", "not JSON")),
    "a batch to verify that is no JSON": Call(("verify", "--batch", "FILE"), (":1", "not JSON")),
    "a verdict on nothing": Call(("verify", "cart.py", "cart.py"), ("MERGED",)),
    "to check what is not there": Call(("check", "gone.py"), ("gone.py", "No such file")),
    "to check a directory": Call(("check", "."), ("is a folder", "name files")),
    "another place that is not there": Call(("apply", "FILE", "-C", "nowhere"), ("nowhere", "-C")),
    "a shell that nobody knows": Call(("completion", "tcl"), ("tcl", "bash")),
}


@pytest.mark.parametrize("wrong", CALLS.values(), ids=CALLS.keys())
def test_a_wrong_call_does_nothing_and_says_what_is_right(tmp_path: Path, wrong: Call) -> None:
    repo = shop(tmp_path)
    before = snapshot(repo)
    file = instructions(tmp_path)
    run = call(repo, *(file if part == "FILE" else part for part in wrong.arguments), environment=wrong.environment)
    assert run.code == 2, run.said
    assert run.out == ""
    line = one_complaint(run)
    for words in wrong.says:
        assert words in line
    assert "\x1b" not in run.said
    assert "hunter22" not in run.said
    assert KEY["MORPH_API_KEY"] not in run.said
    assert snapshot(repo) == before


SETTINGS = {
    "not TOML": (".stetbot.toml", "engine = [", ".stetbot.toml"),
    "not UTF-8": (".stetbot.toml", b"engine = '\xff'", "UTF-8"),
    "a key that nobody knows": (".stetbot.toml", "colour = 'red'", "colour"),
    "a slip of the pen": (".stetbot.toml", "engnie = 'local'", "there is no such setting (did you mean engine?)"),
    "a value of another type": (".stetbot.toml", "jobs = 'many'", "jobs"),
    "an engine that nobody knows": (".stetbot.toml", "engine = 'magic'", "magic"),
    "an endpoint": (".stetbot.toml", "morph-url = 'https://evil.example'", "may not set it"),
    "a key": (".stetbot.toml", "morph-key = 'sk-1'", "may not set it"),
    "to accept what is unproven": (".stetbot.toml", "accept-unproven = true", "no such setting"),
    "an endpoint in pyproject.toml": (
        "pyproject.toml",
        "[tool.stetbot]\nmorph-url = 'https://evil.example'",
        "may not set it",
    ),
    "no table in pyproject.toml": ("pyproject.toml", "[tool]\nstetbot = 1", "table"),
}


@pytest.mark.parametrize(("name", "content", "says"), SETTINGS.values(), ids=SETTINGS.keys())
def test_a_settings_file_of_the_repository_that_is_wrong_or_asks_for_trust_is_named(
    tmp_path: Path, name: str, content: str | bytes, says: str
) -> None:
    repo = shop(tmp_path, {name: content})
    before = snapshot(repo)
    run = call(repo, "apply", instructions(tmp_path))
    assert run.code == 2
    line = one_complaint(run)
    assert name in line
    assert says in line
    assert snapshot(repo) == before


def test_a_settings_file_of_the_user_that_is_wrong_is_named(tmp_path: Path) -> None:
    repo = shop(tmp_path)
    config = repo.home / ".config" / "stetbot" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text("morph-key = 'sk-1'\n", encoding="utf-8")
    run = call(repo, "apply", instructions(tmp_path))
    assert run.code == 2
    assert f"{config}: morph-key: there is no such setting" in one_complaint(run)


def test_two_settings_files_are_one_too_many(tmp_path: Path) -> None:
    repo = shop(tmp_path, {".stetbot.toml": "jobs = 1", "pyproject.toml": "[tool.stetbot]\njobs = 2\n"})
    run = call(repo, "apply", instructions(tmp_path))
    assert run.code == 2
    assert "keep one" in one_complaint(run)


def test_a_broken_pyproject_that_says_nothing_of_us_does_not_keep_us_from_mending_it(tmp_path: Path) -> None:
    repo = shop(tmp_path, {"pyproject.toml": "[project\nname = 'shop'\n"})
    mended = section("pyproject.toml:1", "[project]\n", "suggestion")
    run = call(repo, "apply", instructions(tmp_path, mended))
    assert run.code == 0, run.said
    assert repo.read("stetbot/fix", "pyproject.toml") == b"[project]\nname = 'shop'\n"


def test_a_branch_that_head_is_not_an_ancestor_of_is_left_alone(tmp_path: Path) -> None:
    repo = shop(tmp_path)
    repo.git("branch", "stetbot/fix")
    repo.write("more.py", "x = 1\n")
    repo.commit("More")
    before = snapshot(repo)
    run = call(repo, "apply", instructions(tmp_path))
    assert run.code == 2
    line = one_complaint(run)
    assert "stetbot/fix" in line
    assert "--branch" in line
    assert snapshot(repo) == before


def test_a_branch_that_is_checked_out_is_left_alone(tmp_path: Path) -> None:
    repo = shop(tmp_path)
    before = snapshot(repo)
    run = call(repo, "apply", instructions(tmp_path), "--branch", "main")
    assert run.code == 2
    assert "checked out" in one_complaint(run)
    assert snapshot(repo) == before


def test_a_folder_in_place_of_files_is_called_one(tmp_path: Path) -> None:
    repo = shop(tmp_path)
    for command in ("apply", "check"):
        run = call(repo, command, ".")
        assert run.code == 2
        assert "is a folder" in one_complaint(run)
        assert "name files" in one_complaint(run)


def test_a_command_that_is_none_is_answered_with_the_one_that_may_be_meant(tmp_path: Path) -> None:
    run = call(tmp_path, "aply", "x.md")
    assert run.code == 2
    assert "did you mean 'apply'?" in one_complaint(run)
    assert "did you mean" not in one_complaint(call(tmp_path, "frobnicate"))


def test_where_there_is_no_repository_it_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "plain"
    folder.mkdir()
    for command in (("apply",), ("propose",), ("review", "--comments")):
        file = instructions(tmp_path, "[]", "c.json") if command[0] == "review" else instructions(tmp_path)
        run = call(folder, *command, file)
        assert run.code == 2
        line = one_complaint(run)
        assert "not in a git repository" in line
        assert "-C DIR" in line
        assert "git init" in line
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("flags", [(), ("--diff",)])
def test_where_there_is_no_commit_yet_it_says_so(tmp_path: Path, flags: tuple[str, ...]) -> None:
    repo = GitRepo(tmp_path / "repo")
    repo.write("cart.py", "x = 1\n")
    run = call(repo, "apply", instructions(tmp_path), *flags)
    assert run.code == 2
    line = one_complaint(run)
    assert "no commit yet" in line
    assert "make a first commit" in line
    assert repo.git("for-each-ref") == ""


def test_a_bare_repository_has_no_files_to_write(tmp_path: Path) -> None:
    shop(tmp_path)
    bare = GitRepo(tmp_path / "bare.git", bare=True)
    bare.git("fetch", "-q", str(tmp_path / "repo"), "main:main")
    before = snapshot(bare)
    run = call(bare, "apply", instructions(tmp_path), "--write")
    assert run.code == 2
    assert "bare" in one_complaint(run)
    assert snapshot(bare) == before


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_under_the_output_is_no_crash_and_no_success(tmp_path: Path) -> None:
    repo = shop(tmp_path)
    file = instructions(tmp_path)
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [STETBOT, "apply", "--diff", str(file)],
            cwd=repo.path,
            env=repo.environment,
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 1
    assert b"could not be written" in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("arguments", [["--help"], ["apply", "--help"], ["--version"]])
def test_help_on_a_full_disk_is_no_crash(tmp_path: Path, arguments: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([STETBOT, *arguments], cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr.count(b"\n")) == (1, 1), done.stderr
    assert b"could not be written" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="a shell closes the streams")
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&- <&-"])
def test_a_closed_stream_is_no_crash(tmp_path: Path, closed: str) -> None:
    repo = shop(tmp_path)
    command = f"{shlex.quote(STETBOT)} apply {shlex.quote(str(instructions(tmp_path)))} {closed}"
    done = subprocess.run(["sh", "-c", command], cwd=repo.path, env=repo.environment, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert repo.read("stetbot/fix", "cart.py").decode() == CHANGED


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps a folder that somebody is in")
@pytest.mark.parametrize("command", ["apply", "check", "doctor"])
def test_a_folder_that_is_gone_is_one_line(tmp_path: Path, command: str) -> None:
    file = shlex.quote(str(instructions(tmp_path)))
    script = f"mkdir gone && cd gone && rmdir ../gone && {shlex.quote(STETBOT)} {command}"
    done = subprocess.run(
        ["sh", "-c", script if command == "doctor" else f"{script} {file}"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert b"Traceback" not in done.stderr
    assert done.returncode in (0, 2), done.stderr
    if command != "check":
        assert (done.returncode, done.stderr.count(b"\n"), b"folder is gone" in done.stderr) == (2, 1, True), (
            done.stderr
        )


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
@pytest.mark.parametrize("command", [["apply", "--diff"], ["check"], ["merge", "cart.py"]])
def test_a_pipe_that_nobody_writes_to_is_not_waited_for(tmp_path: Path, command: list[str]) -> None:
    repo = shop(tmp_path)
    os.mkfifo(tmp_path / "pipe.stetbot.md")
    run = call(repo, *command, tmp_path / "pipe.stetbot.md")
    assert run.code == 2
    assert "not a regular file" in one_complaint(run)


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="needs /dev/fd")
def test_what_a_shell_hands_over_is_read(tmp_path: Path) -> None:
    repo = shop(tmp_path)
    file = shlex.quote(str(instructions(tmp_path)))
    command = f"(sleep 1; cat {file}) | {shlex.quote(STETBOT)} apply --diff /dev/fd/0"
    done = subprocess.run(["sh", "-c", command], cwd=repo.path, env=repo.environment, capture_output=True, check=False)
    assert (done.returncode, b"items else None" in done.stdout) == (0, True), done.stderr
