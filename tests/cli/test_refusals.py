"""Sections that cannot be applied: each is named by its code, the rest lands, exit code 1."""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from support.calls import CHANGED, call, instructions, section, shop, snapshot
from support.gitrepo import GitRepo

if TYPE_CHECKING:
    from pathlib import Path

GOOD = section("cart.py", "# ... existing code ...\n\n\ndef first(items):\n    return items[0] if items else None\n")


def suggested(path: str, code: str = "x = 2\n") -> str:
    return section(path, code, "suggestion")


@dataclass(frozen=True)
class Bad:
    """A section, the code that it is refused with, and what must be said."""

    text: str
    code: str
    says: tuple[str, ...]
    count: int = 1


BAD = {
    "a file that is not there": Bad(suggested("crat.py:1"), "unknown-path", ("crat.py", "did you mean cart.py")),
    "a folder": Bad(suggested("lib:1"), "unknown-path", ("lib is a folder",)),
    "a file below a file": Bad(suggested("cart.py/x.py:1"), "unknown-path", ("cart.py is a file",)),
    "above the repository": Bad(suggested("../secret.py:1"), "denied-path", ("leaves the repository with ..",)),
    "out and in again": Bad(suggested("lib/../../repo/cart.py:1"), "denied-path", ("..",)),
    "an absolute path": Bad(suggested("/etc/hosts:1"), "denied-path", ("absolute",)),
    "git's own folder": Bad(suggested(".git/config:1"), "denied-path", ("reaches into .git",)),
    "git's folder, in disguise": Bad(suggested(".GIT/hooks/pre-commit:1"), "denied-path", ("reaches into .git",)),
    "a drive": Bad(suggested("`C:/x.py`:1".replace("`", "")), "denied-path", ("absolute",)),
    "a new file in git's folder": Bad(section(".git/hooks/x", "exit\n", "sh new"), "denied-path", (".git",)),
    "a rename out of the repository": Bad("## Rename `a.py` to `../b.py`\n\n", "denied-path", ("..",)),
    "a symbolic link": Bad(suggested("link.py:1"), "symlink", ("link.py is a symbolic link",)),
    "below a symbolic link": Bad(suggested("out/x.py:1"), "symlink", ("out is a symbolic link",)),
    "a submodule": Bad(suggested("sub:1"), "submodule", ("sub is a submodule",)),
    "in a submodule": Bad(suggested("sub/x.py:1"), "submodule", ("sub is a submodule", "own repository")),
    "a binary file": Bad(suggested("logo.png:1"), "binary", ("logo.png is a binary file",)),
    "not UTF-8": Bad(suggested("latin.py:1"), "not-utf8", ("latin.py is not UTF-8 (line 2)", "convert")),
    "a new file that is there": Bad(
        section("a.py", "y = 1\n", "python new"), "contradicts", ("a.py is there already",)
    ),
    "a new file that is a folder": Bad(section("lib", "y = 1\n", "python new"), "contradicts", ("lib is a directory",)),
    "a deletion of another text": Bad(
        section("a.py", "--- a/a.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-y = 1\n", "diff"), "outdated", ("a.py",)
    ),
    "too large": Bad(suggested("large.txt:1"), "too-large", ("large.txt is too large (", "the limit is")),
    "a place that is not the only one": Bad(
        section("twice.py", "<<<<<<< SEARCH\n    pass\n=======\n    return 1\n>>>>>>> REPLACE\n", ""),
        "ambiguous",
        ("twice.py",),
    ),
    "a place that is not there": Bad(
        section("a.py", "<<<<<<< SEARCH\nno such line\n=======\nx\n>>>>>>> REPLACE\n", ""), "no-anchor", ("a.py",)
    ),
    "a range beyond the end": Bad(suggested("a.py:40-42"), "contradicts", ("a.py",)),
    "words alone": Bad(
        "## `a.py`\n\nMake it faster.\n\n",
        "no-planner",
        ("a.py", "words only", "give the code (a snippet", "MORPHEUS_API_KEY"),
    ),
    "a Git LFS pointer": Bad(suggested("video.txt:1"), "filtered", ("video.txt is stored in Git LFS",)),
    "a new file behind a filter": Bad(section("new.crypt", "x\n", "new"), "filtered", ("new.crypt", "'crypt'")),
    "a filter": Bad(suggested("note.crypt:1"), "filtered", ("note.crypt", "'crypt'")),
    "two for the same lines": Bad(
        suggested("a.py:1") + suggested("a.py:1", "x = 3\n"), "overlapping", ("both change a.py at line 1", "a.py@"), 2
    ),
}


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> GitRepo:
    """One repository with everything in it that cannot be edited; no test here changes it but by new branches."""
    root = tmp_path_factory.mktemp("refusals")
    inner = GitRepo(root / "inner")
    inner.write("x.py", "x = 1\n")
    inner.commit()
    repo = shop(
        root,
        {
            "a.py": "x = 1\n",
            "lib/b.py": "b = 1\n",
            "twice.py": "def a():\n    pass\n\n\ndef b():\n    pass\n",
            "logo.png": b"\x89PNG\0\n",
            "latin.py": b"# one\n# \xe4\n",
            "large.txt": b"0123456789\n" * 1_000_000,
            "video.txt": "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n",
            "note.crypt": "x = 1\n",
            ".gitattributes": "*.crypt filter=crypt\n",
        },
    )
    (repo.path / "link.py").symlink_to("a.py")
    (repo.path / "out").symlink_to("..")
    repo.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner.path), "sub")
    repo.commit("All that cannot be edited")
    return repo


def refused(report: dict[str, Any]) -> list[dict[str, Any]]:
    return [request for request in report["requests"] if request["outcome"] == "refused"]


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
def test_the_section_is_named_by_its_code_and_the_rest_lands(tmp_path: Path, repo: GitRepo, bad: Bad) -> None:
    before = snapshot(repo)
    name = f"{tmp_path.name}.stetbot.md"
    run = call(repo, "apply", instructions(tmp_path, GOOD + bad.text, name))
    assert run.code == 1, run.said
    branch = f"stetbot/{tmp_path.name}"
    assert repo.read(branch, "cart.py") == CHANGED.encode()
    assert repo.git("diff", "--name-only", f"main...{branch}") == "cart.py"
    assert run.out.count(f"({bad.code})") == bad.count, run.said
    said = " ".join(run.out.split())
    for words in bad.says:
        assert words in said, run.out
    # The place is the section's snippet, or its heading where it has none.
    assert f"{name}:{17 if '````' in bad.text else 13}" in said
    assert f"1 applied, 0 unchanged, {bad.count} refused" in run.out
    after = snapshot(repo)
    assert after.pop("refs") != before.pop("refs")
    assert after == before


def test_all_or_nothing_lands_nothing_of_any_of_them(tmp_path: Path, repo: GitRepo) -> None:
    before = snapshot(repo)
    text = GOOD + "".join(bad.text for bad in BAD.values())
    run = call(repo, "apply", instructions(tmp_path, text), "--all-or-nothing", "--json")
    assert run.code == 1
    report = json.loads(run.out)
    wanted = Counter(bad.code for bad in BAD.values() for _ in range(bad.count))
    assert Counter(request["code"] for request in refused(report)) == wanted
    assert report["status"] == "nothing-applied"
    assert report["commit"] is None
    assert "--all-or-nothing" in report["held_back"]
    assert snapshot(repo) == before


def test_without_all_or_nothing_the_good_one_lands_beside_all_of_them(tmp_path: Path, repo: GitRepo) -> None:
    text = GOOD + "".join(bad.text for bad in BAD.values())
    run = call(repo, "apply", instructions(tmp_path, text, "all.stetbot.md"))
    assert run.code == 1
    assert repo.git("diff", "--name-only", "main...stetbot/all") == "cart.py"
    repo.git("fsck", "--strict")


@pytest.mark.parametrize(
    ("flags", "environment", "code"),
    [
        (("--max-bytes", "20000000"), "", 0),
        (("--max-bytes", "10"), "", 1),
        ((), "max-bytes = 20000000\n", 0),
    ],
)
def test_what_is_too_large_is_a_setting(tmp_path: Path, flags: tuple[str, ...], environment: str, code: int) -> None:
    repo = shop(tmp_path, {"large.txt": b"0123456789\n" * 1_000_000})
    if environment:
        repo.write(".stetbot.toml", environment)
    run = call(repo, "apply", instructions(tmp_path, suggested("large.txt:1")), *flags)
    assert run.code == code, run.said
    assert ("(too-large)" in run.out) is bool(code)


def test_a_path_that_is_not_there_may_be_that_of_a_new_file(tmp_path: Path, repo: GitRepo) -> None:
    run = call(repo, "apply", "--diff", instructions(tmp_path, section("no/such.py", "x = 1\n", "python")))
    assert "code for a new file says `new` in its fence" in run.out + run.said


def test_a_file_that_is_there_and_not_committed_is_told_so(tmp_path: Path) -> None:
    repo = shop(tmp_path)
    repo.write("notes.py", "x = 1\n")
    request = instructions(tmp_path, suggested("notes.py:1", "x = 2\n"))
    run = call(repo, "apply", request)
    assert run.code == 1
    assert "notes.py is in the work tree, and not in the commit" in run.out
    assert "to do: commit it, or use `apply --write`" in run.out
    assert call(repo, "apply", "--write", request).code == 0
    assert repo.path.joinpath("notes.py").read_text("utf-8") == "x = 2\n"


def test_only_the_setting_that_the_planner_lacks_is_asked_for(tmp_path: Path) -> None:
    repo = shop(tmp_path)
    request = instructions(tmp_path, "## `cart.py`\n\nMake it faster.\n")
    run = call(repo, "apply", request, environment={"MORPHEUS_API_KEY": "sk-1"})
    assert "or set MORPHEUS_MODEL" in run.out
    run = call(repo, "apply", request, environment={"MORPHEUS_MODEL": "m"})
    assert "or set MORPHEUS_API_KEY\n" in run.out


def test_with_write_the_same_paths_are_refused_and_the_rest_is_written(tmp_path: Path, repo: GitRepo) -> None:
    names = ("a symbolic link", "below a symbolic link", "above the repository", "git's own folder", "a binary file")
    text = GOOD + "".join(BAD[name].text for name in names)
    before = snapshot(repo)
    try:
        run = call(repo, "apply", instructions(tmp_path, text), "--write")
        assert run.code == 1
        for name in names:
            assert f"({BAD[name].code})" in run.out
        assert (repo.path / "cart.py").read_bytes() == CHANGED.encode()
    finally:
        repo.git("checkout", "-q", "cart.py")
    after = snapshot(repo)
    del before["index"], after["index"]  # git's own checkout refreshed it
    assert after == before


def test_nothing_is_shown_or_proposed_of_all_or_nothing(tmp_path: Path, repo: GitRepo) -> None:
    before = snapshot(repo)
    file = instructions(tmp_path, GOOD + suggested("gone.py:1"))
    for command in (("apply", "--diff"), ("propose",)):
        run = call(repo, *command, "--all-or-nothing", file)
        assert run.code == 1
        assert run.out == ""
        assert "Nothing was written: 1 of 2 requests" in run.err
    proposal = tmp_path / "p.json"
    assert call(repo, "propose", "--all-or-nothing", file, "-o", proposal).code == 1
    assert not proposal.exists()
    assert snapshot(repo) == before


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such names")
def test_a_path_with_an_escape_code_is_refused_and_shown_escaped(tmp_path: Path) -> None:
    repo = shop(tmp_path)
    run = call(repo, "apply", instructions(tmp_path, suggested("a\x1b[2Jb.py:1")))
    assert run.code in (1, 2)
    assert "\x1b" not in run.said
