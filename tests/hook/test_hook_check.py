"""`stetbot-hook check` by itself: what it finds, what it lets pass, and what it does not import."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING

import pytest
from support.checkout import ROOT, tracked_files
from support.gitrepo import GitRepo
from support.hooks import BIN, hook

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.calls import Run

    Door = Callable[..., Run]

CONFLICT = "<<<<<<< ours\na = 1\n=======\na = 2\n>>>>>>> theirs\n"


@pytest.fixture(params=["hook", "cli"])
def door(request: pytest.FixtureRequest) -> Door:
    """The hook, and the command line: they look alike."""
    return hook if request.param == "hook" else partial(hook, script="stetbot")


def test_our_own_files_pass() -> None:
    data = ("tests/cases/", "tests/wire/")  # files that tests read: wrong ones among them
    names = [path.relative_to(ROOT).as_posix() for path in tracked_files()]
    run = hook(ROOT, "check", "--strict", *(name for name in names if not name.startswith(data)))
    assert (run.code, run.said) == (0, "")


def test_files_in_another_encoding_are_looked_at_as_well(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(f"name = 'Jos\u00e9'\n{CONFLICT}".encode("latin-1"))
    (tmp_path / "a.c").write_bytes("/* caf\u00e9 */\n// ... existing code ...\nint a;\n".encode("latin-1"))
    run = hook(tmp_path, "check", "a.py", "a.c")
    assert run.code == 1
    assert "a.py:2: " in run.out
    assert "a.c:2: " in run.out


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-16-le", "utf-32"])
def test_files_of_wide_characters_are_looked_at_if_they_say_so(tmp_path: Path, encoding: str) -> None:
    mark = "" if encoding in ("utf-16", "utf-32") else "\ufeff"
    text = f"{mark}class Caf\u00e9 {{}}\r\n// ... existing code ...\r\n"
    (tmp_path / "a.cs").write_bytes(text.encode(encoding))
    run = hook(tmp_path, "check", "a.cs")
    assert (run.code, run.out) == (1, "a.cs:2: marker of left-out code: // ... existing code ...\n")


def test_a_file_too_large_to_look_at_is_named(tmp_path: Path) -> None:
    for name in ("large.py", "large.stetbot.md"):
        with (tmp_path / name).open("wb") as file:
            file.truncate(64 * 1024 * 1024 + 1)
    run = hook(tmp_path, "check", "large.py", "large.stetbot.md")
    said = [f"{name}: warning: larger than 64 MiB, not looked at" for name in ("large.py", "large.stetbot.md")]
    assert (run.code, run.out.split("\n")) == (0, [*said, ""])
    assert hook(tmp_path, "check", "--strict", "large.py").code == 1


def test_a_file_that_cannot_be_read_is_named_after_all_others_were_looked_at(tmp_path: Path, door: Door) -> None:
    (tmp_path / "a.py").write_text("# ... existing code ...\n", encoding="utf-8")
    (tmp_path / "folder").mkdir()
    run = door(tmp_path, "check", "gone.py", "folder", "a.py")
    assert (run.code, run.out) == (2, "a.py:1: marker of left-out code: # ... existing code ...\n")
    assert "gone.py: cannot be read" in run.err
    assert "folder: is a folder" in run.err
    run = door(tmp_path, "check", *(f"{number}.py" for number in range(100)))
    assert (run.code, run.err.count("cannot be read"), "and 90 more" in run.err) == (2, 10, True)


@pytest.mark.parametrize("word", ["", "x", "a b", "x" * 41])
def test_a_word_for_requests_that_is_none_is_refused(tmp_path: Path, door: Door, word: str) -> None:
    (tmp_path / "a.py").write_text("x = 1\n", encoding="utf-8")
    run = door(tmp_path, "check", "--inline-word", word, "a.py")
    assert (run.code, run.out, "--inline-word: " in run.err) == (2, "", True)
    if word:
        run = door(tmp_path, "check", "a.py", environment={"STETBOT_INLINE_WORD": word})
        assert (run.code, run.out, "STETBOT_INLINE_WORD: " in run.err) == (2, "", True)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        (".stetbot.toml", b"\xff"),
        (".stetbot.toml", b"inline-word = 1\n"),
        (".stetbot.toml", b"nothing = 1\n"),
        (".stetbot.toml", b"["),
        ("pyproject.toml", b"[tool.stetbot]\ninline-word = ''\n"),
        (".stetbot.toml", b"jobs = " + b"[" * 100_000),
        (".stetbot.toml", b"jobs = " + b"9" * 5_000),
    ],
)
def test_wrong_settings_of_the_repository_are_refused(tmp_path: Path, name: str, data: bytes) -> None:
    repo = GitRepo(tmp_path / "repo")
    repo.write("a.py", "x = 1\n")
    repo.write(name, data)
    run = hook(repo, "check", "a.py")
    assert (run.code, run.out, name in run.err) == (2, "", True)


def test_a_project_file_that_does_not_speak_of_us_may_be_broken(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "repo")
    repo.write("a.py", "# one stetbot!\n")
    repo.write("pyproject.toml", b"\xff[")
    for name in ("check", "suggest"):
        assert hook(repo, name, "a.py").code == 0


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such device")
def test_settings_are_a_file_and_no_device(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "repo")
    repo.write("a.py", "x = 1\n")
    (repo.path / "pyproject.toml").symlink_to("/dev/zero")
    assert hook(repo, "check", "a.py").code == 0
    (repo.path / ".stetbot.toml").symlink_to("/dev/zero")
    run = hook(repo, "check", "a.py")
    assert (run.code, run.out, ".stetbot.toml: not a file" in run.err) == (2, "", True)


def test_settings_are_read_where_git_says_that_its_folder_is_elsewhere(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "repo")
    repo.write("a.py", "# one AI!\n")
    repo.write(".stetbot.toml", "inline-word = 'AI!'\n")
    (repo.path / ".git").rename(tmp_path / "git")
    run = hook(repo, "check", "a.py", environment={"GIT_DIR": str(tmp_path / "git")})
    assert (run.code, "request that is not applied" in run.out) == (0, True)


NAMES = ("--help", "--", "-h", "--x.py", "-x", "--strict", "--inline-word", "--inline-word=AI!", "--stri")


@pytest.mark.parametrize("name", NAMES)
def test_a_file_named_as_an_option_is_no_option(tmp_path: Path, name: str) -> None:
    for file in (name, "b.py", "c.py"):
        (tmp_path / file).write_text("# ... existing code ...\n", encoding="utf-8")
    run = hook(tmp_path, "check", name, "b.py", "c.py")
    if run.code == 2:
        assert f"the file {name} " in run.err
    else:
        assert (run.code, run.out.count("marker")) == (1, 3)
        assert f"./{name}:1: " in run.out
    if name != "--":
        run = hook(tmp_path, "check", "--strict", "--", name, "b.py", "c.py")
        assert (run.code, run.out.count("marker")) == (1, 3)
    assert hook(tmp_path, "apply", "--", name).code == 2  # no repository: what counts is that nobody is helped


@pytest.mark.skipif(sys.platform == "win32", reason="the shell of other systems")
def test_who_closed_the_output_is_told_by_the_exit_code(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("# ... existing code ...\n", encoding="utf-8")
    done = subprocess.run(
        ["sh", "-c", '"$0" check a.py >&- 2>&-', BIN / "stetbot-hook"], cwd=tmp_path, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (1, b"", b"")
    (tmp_path / "a.py").write_text("x = 1\n", encoding="utf-8")
    done = subprocess.run(
        ["sh", "-c", '"$0" check a.py >&-', BIN / "stetbot-hook"], cwd=tmp_path, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_the_comment_that_allows_is_taken_by_its_whole_word(tmp_path: Path) -> None:
    for said in ("stetbot: allow-files", "stetbot: allowed", "xstetbot: allow-file", "stetbot: allow-file-x"):
        (tmp_path / "a.py").write_text(f"# {said}\n\n# ... existing code ...  {said}\n", encoding="utf-8")
        assert hook(tmp_path, "check", "a.py").code == 1, said


def test_requests_are_a_warning_or_an_error_and_instructions_must_parse(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1  # two stetbot!\n", encoding="utf-8")
    (tmp_path / "b.stetbot.md").write_text("# T\n\n## Nowhere\n", encoding="utf-8")
    run = hook(tmp_path, "check", "a.py")
    assert (run.code, run.out) == (0, "a.py:1: warning: request that is not applied: x = 1  # two stetbot!\n")
    assert hook(tmp_path, "check", "--strict", "a.py").code == 1
    assert hook(tmp_path, "check", "--inline-word", "AI!", "a.py").out == ""
    run = hook(tmp_path, "check", "a.py", "b.stetbot.md")
    assert run.code == 1
    assert "b.stetbot.md:3: " in run.out


@pytest.mark.skipif(sys.platform != "linux", reason="file names are text on other systems")
def test_file_names_may_have_any_bytes(tmp_path: Path) -> None:
    name = b"\xff \n.py"
    (tmp_path / os.fsdecode(name)).write_bytes(b"# ... existing code ...\n")
    run = hook(tmp_path, "check", name)
    assert run.code == 1
    assert run.out.count("\n") == 1
    assert ":1: marker of left-out code" in run.out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(("check",), 0), (("check", "nothing.py"), 2), (("check", "."), 2), ((), 2), (("nothing",), 2), (("--help",), 0)],
)
def test_exit_codes_are_those_that_are_documented(tmp_path: Path, arguments: tuple[str, ...], code: int) -> None:
    run = hook(tmp_path, *arguments)
    assert run.code == code, run.said


@pytest.mark.parametrize("door", ["hook", "cli"])
@pytest.mark.parametrize(
    ("name", "text", "loaded"),
    [
        ("clean.py", "x = 1\n", set()),
        ("clean.yaml", "a: 1\n", set()),
        ("words.py", "# The existing code is fast.\n", set()),
        ("marker.py", "# ... existing code ...\n", {"tree_sitter"}),
    ],
)
def test_slow_libraries_are_imported_only_for_a_file_that_needs_them(
    tmp_path: Path, door: str, name: str, text: str, loaded: set[str]
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    python = BIN / "python"
    main = "from bot.hook import main" if door == "hook" else "from bot.cli import main"
    slow = {"git", "httpx", "unidiff", "markdown_it", "yaml", "rapidfuzz", "tree_sitter"}
    code = (
        f"import sys\n{main}\n"
        f"try: main(['check', {name!r}])\nexcept SystemExit: print(sorted({slow!r} & set(sys.modules)))"
    )
    done = subprocess.run([python, "-I", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.removesuffix("\n").rsplit("\n", 1)[-1] == str(sorted(loaded))


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("a.js", "x;//...y" * 60_000),
        ("a.md", "." * 1_000_000),
        ("a.vue", "/* \n" * 60_000),
        ("a.vue", "/* \n" * 60_000 + "*/ x\n"),
        ("a.py", "# more\n" * 60_000 + "# go stetbot!\n"),
        ("a.jsx", "x = <a>" + "{/* go */}\n" * 20_000 + "</a>;"),
        ("a.txt", "=======\n" * 60_000),
        ("a.py", "# keep \n" * 60_000),
        ("a.js", "x/* a */;" * 100_000),
        ("a.html", "é" + "<script>/* a */</script>" * 40_000),
        ("a.js", "`${" * 300_000),
        ("a.ipynb", '"' + '\\"' * 500_000),
        ("a.ipynb", '{"a":[' * 150_000),
        ("a.py", "# rest of the code unchanged\n# talk\n" * 15_000),
    ],
    ids=[
        "one line",
        "dots",
        "open comments",
        "one comment with code behind it",
        "comments",
        "JSX",
        "conflicts",
        "words",
        "comments on one line",
        "scripts on one line",
        "broken templates",
        "a string without an end",
        "a deep notebook",
        "weak markers",
    ],
)
@pytest.mark.timeout(30)
def test_no_text_holds_a_hook_up(tmp_path: Path, name: str, line: str) -> None:
    (tmp_path / name).write_text(f"{line}\n# a stetbot! b\n", encoding="utf-8")
    assert hook(tmp_path, "check", name).code == 0
