"""The same command again: what was refused stays so, and what a new request needs of an earlier commit it finds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from support.calls import call, instructions, section, shop

if TYPE_CHECKING:
    from pathlib import Path

TWINS = "def a():\n    x = 1\n    return x\n\n\ndef b():\n    x = 1\n    return x\n"
SEVEN = section("twins.py", " def b():\n-    x = 1\n+    x = 7\n", "diff")
AFTER = TWINS.replace("b():\n    x = 1", "b():\n    x = 7")
BARE = section("twins.py", "-    x = 1\n+    x = 3\n", "diff")
LAZY = section("twins.py", "# ... existing code ...\n    x = 1\n    y = 2\n    return x\n# ... existing code ...\n")


@pytest.mark.parametrize(("unclear", "code"), [(BARE, "ambiguous"), (LAZY, "unproven")], ids=["diff", "lazy"])
@pytest.mark.parametrize("flags", [(), ("--write",)], ids=["branch", "write"])
def test_what_fits_two_places_is_refused_again_after_another_request_took_one_of_them(
    tmp_path: Path, unclear: str, code: str, flags: tuple[str, ...]
) -> None:
    repo = shop(tmp_path, {"twins.py": TWINS})
    file = instructions(tmp_path, unclear + SEVEN)
    run = call(repo, "apply", file, *flags)
    for _ in range(2):
        assert run.code == 1, run.said
        assert f"({code})" in run.out
        text = (repo.path / "twins.py").read_bytes() if flags else repo.read("stetbot/fix", "twins.py")
        assert text == AFTER.encode()
        run = call(repo, "apply", file, *flags)
    assert "line 2" in run.out
    assert "line 7" in run.out
    assert "before other requests changed it" in run.out


def test_it_is_refused_as_well_where_the_request_comes_to_the_branch_later(tmp_path: Path) -> None:
    repo = shop(tmp_path, {"twins.py": TWINS})
    call(repo, "apply", instructions(tmp_path, SEVEN))
    run = call(repo, "apply", instructions(tmp_path, BARE))
    assert run.code == 1
    assert "(ambiguous)" in run.out
    assert repo.read("stetbot/fix", "twins.py") == AFTER.encode()


def test_who_accepts_an_unproven_request_has_it_on_the_branch_too(tmp_path: Path) -> None:
    repo = shop(tmp_path, {"twins.py": TWINS})
    file = instructions(tmp_path, LAZY + SEVEN)
    said = call(repo, "apply", file).out
    run = call(repo, "apply", file, "--accept", said.partition("--accept ")[2].split()[0])
    assert run.code == 0, run.said
    assert repo.read("stetbot/fix", "twins.py") == AFTER.replace("x = 1\n", "x = 1\n    y = 2\n").encode()


@pytest.mark.parametrize("flags", [(), ("--write",)], ids=["branch", "write"])
def test_a_new_request_finds_what_an_earlier_run_brought_about(tmp_path: Path, flags: tuple[str, ...]) -> None:
    repo = shop(tmp_path, {"twins.py": TWINS})
    call(repo, "apply", instructions(tmp_path, SEVEN), *flags)
    again = instructions(tmp_path, section("twins.py", "-    x = 7\n+    x = 8\n", "diff"), "next.md")
    run = call(repo, "apply", again, *(flags or ("--branch", "stetbot/fix")))
    assert run.code == 0, run.said
    text = (repo.path / "twins.py").read_bytes() if flags else repo.read("stetbot/fix", "twins.py")
    assert text == AFTER.replace("x = 7", "x = 8").encode()


def test_work_of_your_own_in_the_work_tree_tells_two_places_apart(tmp_path: Path) -> None:
    repo = shop(tmp_path, {"twins.py": TWINS})
    repo.write("twins.py", AFTER)
    run = call(repo, "apply", instructions(tmp_path, BARE), "--write")
    assert run.code == 0, run.said
    assert (repo.path / "twins.py").read_bytes() == AFTER.replace("x = 1", "x = 3").encode()


def test_what_is_only_shown_names_the_branch_that_it_comes_on_top_of(tmp_path: Path) -> None:
    repo = shop(tmp_path, {"twins.py": TWINS})
    file = instructions(tmp_path, SEVEN)
    first = call(repo, "apply", "--diff", file)
    assert "stetbot/fix" not in first.said
    assert json.loads(call(repo, "apply", "--diff", "--json", file).out)["branch"] is None
    call(repo, "apply", file)
    stands = call(repo, "apply", "--diff", file)
    assert "Nothing to do: all of it stands already on stetbot/fix.\n" in stands.err
    assert "Nothing to do: all of it stands already on stetbot/fix.\n" in call(repo, "propose", file).err
    more = instructions(tmp_path, SEVEN + section("cart.py:1", "def total(things):\n", "suggestion"))
    said = "This comes on top of stetbot/fix, where earlier runs have committed.\n"
    assert said in call(repo, "apply", "--diff", more).err
    assert said in call(repo, "propose", more).err
    report = json.loads(call(repo, "apply", "--diff", "--json", more).out)
    assert (report["branch"], report["commit"]) == ("stetbot/fix", None)
    assert report["base"] == repo.git("rev-parse", "stetbot/fix")


def test_a_branch_that_is_merged_is_called_so(tmp_path: Path) -> None:
    repo = shop(tmp_path)
    file = instructions(tmp_path)
    assert call(repo, "apply", file).code == 0
    repo.git("merge", "-q", "--no-ff", "-m", "Take it", "stetbot/fix")
    run = call(repo, "apply", file)
    assert run.code == 2
    assert "stetbot/fix is merged into main already; remove it with `git branch -d stetbot/fix`" in run.err
    repo.git("branch", "-d", "stetbot/fix")
    assert "1 unchanged" in call(repo, "apply", file).out
    repo.git("branch", "stetbot/fix", "HEAD~1")
    repo.git("checkout", "-q", "stetbot/fix")
    repo.write("own.txt", "mine\n")
    repo.commit("Something else")
    repo.git("checkout", "-q", "main")
    assert "does not contain main" in call(repo, "apply", file).err
