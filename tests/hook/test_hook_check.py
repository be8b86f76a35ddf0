"""`stetbot-hook check` by itself: what it finds, what it lets pass, and what it does not import."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.checkout import ROOT, tracked_files
from support.gitrepo import GitRepo
from support.hooks import BIN, hook

from bot.leftovers.find import Look, leftovers
from bot.leftovers.suspicion import may_have_markers
from bot.text import Document

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CONFLICT = "<<<<<<< ours\na = 1\n=======\na = 2\n>>>>>>> theirs\n"
# One comment for each language: what it looks like, and in which file.
LANGUAGES = {
    "a.py": "# {}", "a.js": "// {}", "a.jsx": "// {}", "a.ts": "// {}", "a.tsx": "// {}", "a.c": "/* {} */",
    "a.cpp": "// {}", "a.cs": "// {}", "a.go": "// {}", "A.java": "// {}", "a.kt": "// {}", "a.rs": "// {}",
    "a.swift": "// {}", "a.scala": "// {}", "a.php": "// {}", "a.rb": "# {}", "a.sh": "# {}", "a.lua": "-- {}",
    "a.sql": "-- {}", "a.html": "<!-- {} -->", "a.xml": "<!-- {} -->", "a.css": "/* {} */", "a.scss": "// {}",
    "a.yaml": "# {}", "a.toml": "# {}", "a.tf": "# {}", "a.md": "<!-- {} -->", "a.vue": "<!-- {} -->",
    "Dockerfile": "# {}", "Makefile": "# {}", "a.hs": "-- {}", "a.ml": "(* {} *)", "a.ex": "# {}", "a.clj": ";; {}",
    "a.rst": ".. {}", "a.tex": "% {}", "a.j2": "{{# {} #}}", "a.ini": "; {}", "a.bat": "REM {}", "a.ps1": "# {}",
    "a.unknown": "# {}",
}  # fmt: skip
SAYS = (
    "... existing code ...",
    "...existing code...",
    "… existing code …",
    "[... existing code ...]",
    "... (rest of the function) ...",
    "... rest of the file unchanged ...",
    "... other methods unchanged ...",
    "... same as before ...",
    "... keep existing imports ...",
    "... existing code",
    "existing code ...",
    "... rest unchanged",
    "rest of the code unchanged",
    "the rest of the file remains the same",
    "existing code remains unchanged",
)
# What people write, who leave nothing out.
MEANT = (
    "...",
    "... and so on ...",
    "other options...",
    "see above...",
    "rest of the arguments",
    "the existing file is kept",
    "unchanged",
    "remaining lines",
    "# none of the above...",
)


def found_in(place: Path, files: Mapping[str, str]) -> dict[str, list[str]]:
    """What one run of the hook finds in each of `files`; those with nothing are left out."""
    for name, text in files.items():
        (place / name).write_text(text, encoding="utf-8")
    run = hook(place, "check", *files)
    found: dict[str, list[str]] = {}
    for line in run.out.removesuffix("\n").split("\n") if run.out else ():
        where, _, said = line.partition(": marker of left-out code: ")
        found.setdefault(where.rpartition(":")[0], []).append(said)
    assert (run.code, run.err) == (1 if found else 0, "")
    return found


def test_every_spelling_is_found_in_every_language(tmp_path: Path) -> None:
    spellings = {name: [sign.format(said) for said in SAYS] for name, sign in LANGUAGES.items()}
    files = {name: "".join(f"{line}\n\n" for line in lines) for name, lines in spellings.items()}
    assert found_in(tmp_path, files) == spellings


def test_what_people_write_is_no_marker(tmp_path: Path) -> None:
    files = {name: "".join(sign.format(said) + "\n" for said in MEANT) for name, sign in LANGUAGES.items()}
    assert found_in(tmp_path, files) == {}


BEHIND = {
    "a.js": "function f() { /* ... existing code ... */ }\n",
    "a.py": "def f(): # ... existing code ...\n    pass\n",
    "a.jsx": "let x = <a>{/* ... existing code ... */}</a>;\n",
    "a.html": "<p>\n<script>\n// ... existing code ...\n</script>\n",
}
QUOTED = {
    "string.js": "let x = `\n// ... existing code ...\n`;\n",
    "one_line.js": "let x = '// ... existing code ...';\n",
    "list.py": 'x = (\n    "... existing code ...",\n)\n',
    "docstring.py": 'def f():\n    """Write:\n\n    # ... existing code ...\n    """\n',
    "heredoc.sh": "cat <<'EOF'\n# ... existing code ...\nEOF\n",
    "raw.go": "package a\n\nvar x = `\n// ... existing code ...\n`\n",
    "fence.md": "Text\n\n```js\n// ... existing code ...\n```\n\n    # ... existing code ...\n",
    "quoted_fence.md": "> ```js\n> // ... existing code ...\n> ```\n",
    "manual.rst": "Text::\n\n    # ... existing code ...\n",
    "page.html": "<pre>\n// ... existing code ...\n</pre>\n",
    "about.py": "# A marker such as `# ... existing code ...` stands for code.\n",
    "inside.c": "/*\n * ... existing code ...\n */\n",
    "allowed.py": "# ... existing code ...  stetbot: allow\n",
    "allowed_file.py": "# stetbot: allow-file\nx = 1\n# ... existing code ...\n" + CONFLICT,
}


def test_a_marker_behind_code_is_found(tmp_path: Path) -> None:
    found = found_in(tmp_path, BEHIND)
    assert {name: len(lines) for name, lines in found.items()} == dict.fromkeys(BEHIND, 1)


def test_text_about_markers_is_let_pass(tmp_path: Path) -> None:
    assert found_in(tmp_path, QUOTED) == {}


def test_our_own_files_pass() -> None:
    data = ("tests/cases/", "tests/wire/")  # files that tests read: wrong ones among them
    names = [path.relative_to(ROOT).as_posix() for path in tracked_files()]
    run = hook(ROOT, "check", "--strict", *(name for name in names if not name.startswith(data)))
    assert (run.code, run.said) == (0, "")


# --- conflicts ---


def merging(root: Path) -> GitRepo:
    """A repository in the middle of a merge with a conflict in `a.txt` and in `b.rst`."""
    repo = GitRepo(root / "repo")
    repo.write("a.txt", "one\n")
    repo.commit()
    repo.git("checkout", "-q", "-b", "side")
    repo.write("a.txt", "two\n")
    repo.commit()
    repo.git("checkout", "-q", "main")
    repo.write("a.txt", "three\n")
    repo.commit()
    repo.git("merge", "-q", "side", fails=True)
    return repo


HALF = {
    "half.py": "x = 1\n=======\nx = 2\n>>>>>>> side\n",
    "title.rst": "Chapter\n=======\n",
    "title.md": "A Title\n=======\n",
}


def test_half_a_conflict_counts_while_a_merge_is_under_way(tmp_path: Path) -> None:
    repo = merging(tmp_path)
    for name, text in HALF.items():
        repo.write(name, text)
    run = hook(repo, "check", "a.txt", *HALF)
    assert run.code == 1
    assert [line.split(": ")[0] for line in run.out.removesuffix("\n").split("\n")] == [
        *("a.txt:1", "a.txt:3", "a.txt:5", "half.py:2", "half.py:4")
    ]
    repo.git("merge", "--abort")
    assert hook(repo, "check", *HALF).code == 0


def test_a_merge_in_a_linked_work_tree_is_seen_there_and_only_there(tmp_path: Path) -> None:
    repo = merging(tmp_path)
    repo.git("merge", "--abort")
    repo.git("worktree", "add", "-q", str(tmp_path / "linked"), "-b", "linked")
    linked = GitRepo(tmp_path / "linked", init=False, identity=False)
    linked.git("merge", "-q", "side", fails=True)
    for place in (repo, linked):
        place.write("half.py", HALF["half.py"])
    assert hook(linked, "check", "half.py").code == 1
    assert hook(repo, "check", "half.py").code == 0


def test_a_whole_conflict_counts_at_any_time_but_in_a_manual(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(CONFLICT, encoding="utf-8")
    (tmp_path / "a.md").write_text(f"Git writes:\n\n```\n{CONFLICT}```\n", encoding="utf-8")
    assert hook(tmp_path, "check", "a.py").code == 1
    assert hook(tmp_path, "check", "a.md").code == 0


# --- the rest ---


def test_files_in_another_encoding_are_looked_at_as_well(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(f"name = 'Jos\u00e9'\n{CONFLICT}".encode("latin-1"))
    (tmp_path / "a.c").write_bytes("/* caf\u00e9 */\n// ... existing code ...\nint a;\n".encode("latin-1"))
    run = hook(tmp_path, "check", "a.py", "a.c")
    assert run.code == 1
    assert "a.py:2: " in run.out
    assert "a.c:2: " in run.out


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


SIGNS = ("# ", "// ", "//", "/* ", "<!-- ", "{/* ", "-- ", "; ", "% ", "REM ", "{# ", "(* ", "\t// ", "x = 1  # ", "")
WORDS = ("existing", "the", "rest of", "remaining", "unchanged", "keep", "your", "other", "code", "methods", "omitted",
         "same as before", "everything else", "stays the same", "is", "imports", "for brevity", "(", "]")  # fmt: skip
DOTS = ("...", "....", "…", ". . .", "", "[...", "... (")


@given(
    st.sampled_from(SIGNS), st.sampled_from(DOTS), st.lists(st.sampled_from(WORDS), max_size=6), st.sampled_from(DOTS)
)
def test_the_cheap_look_passes_over_nothing_that_the_close_one_finds(
    sign: str, before: str, words: list[str], after: str
) -> None:
    line = sign + " ".join((before, *words, after))
    document = Document.from_text(f"y = 2\n{line}\nz = 3\n")
    if leftovers(document, "a.py", Look()):
        assert may_have_markers(document.to_bytes())


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
    ],
)
@pytest.mark.timeout(30)
def test_no_text_holds_a_hook_up(tmp_path: Path, name: str, line: str) -> None:
    (tmp_path / name).write_text(f"{line}\n# a stetbot! b\n", encoding="utf-8")
    assert hook(tmp_path, "check", name).code == 0
