"""`stetbot check`, `doctor`, `completion`, `--help` and `--version`."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from support.calls import CART, call, instructions, section, shop, snapshot
from support.checkout import ROOT
from support.gitrepo import GitRepo
from support.story import STETBOT

KEY = "sk-sentinel-7f3b9c2e"
CONFLICT = "<<<<<<< ours\na = 1\n=======\na = 2\n>>>>>>> theirs\n"
FOUND = {
    "Python": ("a.py", "x = 1\n# ... existing code ...\ny = 2\n", [2]),
    "JavaScript": ("a.js", "let x = 1;\n// ... existing code ...\n", [2]),
    "C": ("a.c", "int x;\n/* ... existing code ... */\n", [2]),
    "HTML": ("a.html", "<p>\n<!-- ... existing code ... -->\n</p>\n", [2]),
    "SQL": ("a.sql", "SELECT 1;\n-- ... existing code ...\n", [2]),
    "CRLF": ("a.py", "x = 1\r\n# ... rest of the code ...\r\n", [2]),
    "a conflict": ("a.txt", "one\n" + CONFLICT, [2, 4, 6]),
    "a conflict with its base": ("a.txt", CONFLICT.replace("=====", "||||||| base\na = 0\n=====", 1), [1, 3, 5, 7]),
    "a conflict in CRLF": ("a.txt", CONFLICT.replace("\n", "\r\n"), [1, 3, 5]),
    "two conflicts": ("a.txt", CONFLICT + CONFLICT, [1, 3, 5, 6, 8, 10]),
    "an instruction file": ("a.stetbot.md", "# T\n\n## Nowhere\n", [3]),
    "an instruction file in YAML": ("a.stetbot.yaml", "x: [\n", [2]),
    "an instruction file in its folder": (".stetbot/a.md", "# T\n\n## Nowhere\n", [3]),
}
CLEAN = {
    "code": ("a.py", CART),
    "a marker in a string": ("a.py", 'x = """\n# ... existing code ...\n"""\n'),
    "a marker that is allowed": ("a.py", "# ... existing code ...  stetbot: allow\n"),
    "a conflict that is allowed": (
        "a.txt",
        "".join(f"{line}  stetbot: allow\n" if line[:1] in "<=>" else f"{line}\n" for line in CONFLICT.split("\n")),
    ),
    "a heading": ("a.rst", "Title\n=======\n\ntext\n"),
    "half a conflict": ("a.txt", "=======\n>>>>>>> \n"),
    "a binary file": ("a.bin", "\0# ... existing code ...\n"),
    "a good instruction file": ("a.stetbot.md", section("cart.py", "# ... existing code ...\nx = 1\n")),
    "an empty file": ("a.py", ""),
}


@pytest.mark.parametrize(("name", "content", "lines"), FOUND.values(), ids=FOUND.keys())
def test_check_finds_what_a_merge_left(tmp_path: Path, name: str, content: str, lines: list[int]) -> None:
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(content.encode())
    run = call(tmp_path, "check", name)
    assert run.code == 1, run.said
    assert run.err == ""
    found = [line.split(":") for line in run.out.removesuffix("\n").split("\n")]
    assert [(path, int(number)) for path, number, *_ in found] == [(name, line) for line in lines]


@pytest.mark.parametrize(("name", "content"), CLEAN.values(), ids=CLEAN.keys())
def test_check_passes_over_what_is_meant(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_bytes(content.encode())
    run = call(tmp_path, "check", name)
    assert (run.code, run.said) == (0, "")


def test_check_of_many_files_names_each_and_of_none_is_fine(tmp_path: Path) -> None:
    for name in ("a.py", "b.py", "c.py"):
        (tmp_path / name).write_text("# ... existing code ...\n" if name != "b.py" else CART, encoding="utf-8")
    run = call(tmp_path, "check", "a.py", "b.py", "c.py")
    assert run.code == 1
    assert [line[:6] for line in run.out.removesuffix("\n").split("\n")] == ["a.py:1", "c.py:1"]
    assert call(tmp_path, "check").code == 0


def test_check_needs_none_of_the_slow_libraries(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x\n", encoding="utf-8")
    python = str(Path(STETBOT).parent / "python")
    code = (
        "import sys; from bot.cli.group import run; assert run(['check', 'a.txt']) == 0;"
        "print(sorted({'git', 'httpx', 'unidiff'} & set(sys.modules)))"
    )
    done = subprocess.run([python, "-I", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


# --- doctor ---


def lines_of(out: str) -> dict[str, str]:
    """`part` -> `mark said`, from the doctor's lines."""
    found = {}
    for line in out.removesuffix("\n").split("\n"):
        if not line.startswith(" "):
            mark, _, rest = line.partition("  ")
            part, _, said = rest.partition(": ")
            found[part] = f"{mark} {said}"
    return found


def test_the_doctor_finds_a_healthy_place_without_a_key_healthy(tmp_path: Path) -> None:
    repo = shop(tmp_path)
    before = snapshot(repo)
    run = call(repo, "doctor")
    assert run.code == 0, run.said
    found = lines_of(run.out)
    assert found["repository"] == f"ok {repo.path}"
    assert found["HEAD"] == f"ok main at {repo.git('rev-parse', 'HEAD')[:12]}"
    assert found["identity"] == "ok commits are made as Ada Tester <ada@example.com>"
    assert found["Morph"].startswith("-- MORPH_API_KEY is not set")
    assert found["planner"].startswith("-- ")
    assert "set the key" in run.out
    assert snapshot(repo) == before


def test_the_doctor_says_which_server_a_key_goes_to_and_never_the_key(tmp_path: Path) -> None:
    repo = shop(tmp_path)
    environment = {"MORPH_API_KEY": KEY, "MORPH_API_URL": "https://morph.example/v1", "MORPH_MODEL": "morph-v3-fast"}
    run = call(repo, "doctor", environment=environment)
    assert run.code == 0
    assert lines_of(run.out)["Morph"] == "ok key set; https://morph.example/v1, morph-v3-fast; engine: auto, so morph"
    assert KEY not in run.said


def test_the_doctor_says_which_github_a_token_goes_to_and_never_the_token(tmp_path: Path) -> None:
    repo = shop(tmp_path)
    assert lines_of(call(repo, "doctor").out)["GitHub"].startswith("-- GITHUB_TOKEN is not set")
    environment = {"GITHUB_TOKEN": KEY, "GITHUB_API_URL": "https://ghe.example/api/v3"}
    run = call(repo, "doctor", environment=environment)
    assert lines_of(run.out)["GitHub"] == "ok token set; https://ghe.example"
    assert KEY not in run.said


BROKEN = {
    "a GitHub over plain HTTP": ("GitHub", {"GITHUB_API_URL": "http://ghe.example"}, "", "unencrypted"),
    "settings": ("settings", {}, "jobs = 'many'", "jobs"),
    "a server that is none": ("Morph", {"MORPH_API_KEY": KEY, "MORPH_API_URL": "morph"}, "", "MORPH_API_URL"),
    "a key that is none": ("Morph", {"MORPH_API_KEY": "two words"}, "", "MORPH_API_KEY"),
    "an engine that is none": ("settings", {"STETBOT_ENGINE": "magic"}, "", "STETBOT_ENGINE"),
}


@pytest.mark.parametrize(("part", "environment", "settings", "says"), BROKEN.values(), ids=BROKEN.keys())
def test_the_doctor_finds_what_is_broken(
    tmp_path: Path, part: str, environment: dict[str, str], settings: str, says: str
) -> None:
    repo = shop(tmp_path)
    repo.write(".stetbot.toml", settings)
    run = call(repo, "doctor", environment=environment)
    assert run.code == 1
    found = lines_of(run.out)
    assert found[part].startswith("!! ")
    assert says in found[part]
    assert [name for name, said in found.items() if said.startswith("!!")] == [part]
    assert KEY not in run.said


def test_the_doctor_needs_no_repository_no_commit_and_no_name(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.mkdir()
    run = call(plain, "doctor")
    assert run.code == 0
    assert lines_of(run.out)["repository"].startswith("-- ")
    empty = GitRepo(tmp_path / "empty", identity=False)
    found = lines_of(call(empty, "doctor").out)
    assert found["repository"].startswith("ok ")
    assert "no commit yet" in found["HEAD"]
    assert found["identity"].startswith("-- commits are made as stetbot <")
    assert "git config user.name" in call(tmp_path, "doctor", "-C", "empty").out


@pytest.mark.skipif(os.name != "posix", reason="builds a PATH of links")
def test_the_doctor_misses_git(tmp_path: Path) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    run = call(tmp_path, "doctor", environment={"PATH": str(folder)})
    assert run.code == 1
    assert lines_of(run.out)["git"].startswith("!! not found")
    assert "install git" in run.out
    apply = call(tmp_path, "apply", instructions(tmp_path), environment={"PATH": str(folder)})
    assert apply.code == 2
    assert "install git" in apply.err


# --- help, version, completion ---

COMMANDS = ("apply", "review", "propose", "land", "merge", "verify", "check", "doctor", "completion")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_tells_its_options_and_its_exit_codes(tmp_path: Path, command: str) -> None:
    run = call(tmp_path, command, "--help")
    assert run.code == 0
    said = " ".join(run.out.split())
    assert said.startswith(f"Usage: stetbot {command}")
    assert "Exit code: 0" in said
    assert call(tmp_path, command, "-h").out == run.out
    # Each option says what it is for.
    for line in run.out.partition("Options:")[2].split("\n"):
        assert not line.startswith("  --") or len(line.split()) > 1


def test_the_help_lists_the_commands_in_words_that_are_not_cut(tmp_path: Path) -> None:
    run = call(tmp_path, "--help")
    assert run.code == 0
    for command in COMMANDS:
        assert f"\n  {command} " in run.out
    assert "..." not in run.out.partition("Commands:")[2]
    alone = call(tmp_path)
    assert alone.code == 2
    assert alone.out == ""
    assert "Commands:" in alone.err


def test_the_version_is_that_of_the_package(tmp_path: Path) -> None:
    run = call(tmp_path, "--version")
    assert run.code == 0
    assert run.out == f"stetbot, version {importlib.metadata.version('stetbot')}\n"
    assert "stetbot" in tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]


@pytest.mark.skipif(os.name != "posix" or shutil.which("bash") is None, reason="needs bash")
@pytest.mark.parametrize(
    ("words", "wanted"),
    [("stetbot ap", {"apply"}), ("stetbot ", set(COMMANDS)), ("stetbot apply --engine c", {"cascade"})],
)
def test_bash_completes_commands_options_and_values(tmp_path: Path, words: str, wanted: set[str]) -> None:
    folder = GitRepo(tmp_path, init=False, identity=False)
    typed = words + ('""' if words.endswith(" ") else "")
    script = f"""
        eval "$(stetbot completion bash)"
        COMP_WORDS=({typed}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
        $(complete -p stetbot | sed 's/.*-F \\([^ ]*\\) .*/\\1/') stetbot
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    path = f"{Path(STETBOT).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "--norc", "-c", script],
        cwd=tmp_path,
        env=folder.environment | {"PATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    assert set(done.stdout.split()) == wanted


@pytest.mark.parametrize(("shell", "sign"), [("bash", "complete "), ("zsh", "#compdef stetbot"), ("fish", "complete ")])
def test_there_is_a_script_for_each_shell(tmp_path: Path, shell: str, sign: str) -> None:
    run = call(tmp_path, "completion", shell)
    assert run.code == 0
    assert sign in run.out
    assert "_STETBOT_COMPLETE" in run.out
