"""Conflicts that git left in files, as `stetbot-hook check` finds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.gitrepo import GitRepo
from support.hooks import hook

if TYPE_CHECKING:
    from pathlib import Path

CONFLICT = "<<<<<<< ours\na = 1\n=======\na = 2\n>>>>>>> theirs\n"


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


WAITS = {
    "merge": (["merge", "-q", "side"], ["merge", "--abort"]),
    "squash": (["merge", "-q", "--squash", "side"], ["reset", "-q", "--hard"]),
    "rebase": (["rebase", "-q", "side"], ["rebase", "--abort"]),
    "rebase by patches": (["rebase", "-q", "--apply", "side"], ["rebase", "--abort"]),
    "cherry-pick": (["cherry-pick", "side"], ["cherry-pick", "--abort"]),
    "revert": (["revert", "--no-edit", "HEAD~1"], ["revert", "--abort"]),
    "patch by mail": (["am", "-q", "-3", "mail.patch"], ["am", "--abort"]),
    "stash": (["stash", "pop", "-q"], ["reset", "-q", "--hard"]),
}


@pytest.mark.parametrize("name", WAITS)
def test_git_waits_in_many_ways(tmp_path: Path, name: str) -> None:
    repo = merging(tmp_path)
    repo.git("merge", "--abort")
    repo.write("a.txt", "four\n")
    repo.git("commit", "-q", "-a", "-m", "four")
    repo.write("a.txt", "five\n")
    repo.git("stash", "-q")
    repo.write("a.txt", "six\n")
    repo.git("commit", "-q", "-a", "-m", "six")
    repo.write("mail.patch", repo.git("format-patch", "-1", "side", "--stdout") + "\n")
    repo.write("half.py", HALF["half.py"])
    begin, end = WAITS[name]
    assert hook(repo, "check", "half.py").code == 0
    repo.git(*begin, fails=True)
    assert hook(repo, "check", "half.py").code == 1
    repo.git(*end)
    assert hook(repo, "check", "half.py").code == 0


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


# Where git writes into what another file would call a quotation.
WHOLE = {
    "code.py": f"x = 0\n{CONFLICT}",
    "docstring.py": f'def f():\n    """Adds.\n\n{CONFLICT}    """\n',
    "string.js": f"let x = `\n{CONFLICT}`;\n",
    "fence.md": f"Run:\n\n```python\n{CONFLICT}```\n",
    "page.html": f"<p>\n{CONFLICT}</p>\n",
    "manual.rst": f"Title\n=======\n\n{CONFLICT}",
    "titles.rst": "<<<<<<< ours\nChapter\n=======\n=======\nSection\n=======\n>>>>>>> theirs\n",
    "nested.py": f"<<<<<<< ours\nx = 0\n{CONFLICT}",
    "base.py": "<<<<<<< ours\nx = 1\n||||||| base\nx = 0\n=======\nx = 2\n>>>>>>> theirs\n",
    "windows.py": CONFLICT.replace("\n", "\r\n"),
    "blocks.md": f"```\n<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE\n```\n\n```\n{CONFLICT}```\n",
    "larger.rst": "<<<<<<<<< ours\nChapter\n=======\n=========\nSection\n>>>>>>>>> theirs\n",
    "mail.txt": "<<<<<<< ours\n>>>>>>> he said\n=======\nb\n>>>>>>> theirs\n",
    "block.py": "<<<<<<< SEARCH\na = 1\n=======\na = 2\n>>>>>>> REPLACE\n",
}
NO_CONFLICT = {
    "indented.md": "Git writes:\n\n" + "".join(f"    {line}\n" for line in CONFLICT.split("\n")),
    "allowed.md": f"<!-- stetbot: allow -->\n{CONFLICT}\n```text stetbot: allow\n{CONFLICT}```\n",
    "allowed.txt": f"How git writes it (stetbot: allow-file):\n{CONFLICT}",
    "block.md": "```\n<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE\n```\n",
    "block.py": 'X = """\n<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE\n"""\n',
    "order.txt": ">>>>>>> theirs\n=======\n<<<<<<< ours\n",
    "halves.txt": "<<<<<<< ours\n>>>>>>> theirs\n=======\n",
    "sizes.txt": "<<<<<<<< ours\n=======\n>>>>>>>>> theirs\n",
}


def lines_of(place: Path, files: dict[str, str]) -> dict[str, list[int]]:
    """The lines of conflicts that one run finds in each of `files`."""
    for name, text in files.items():
        (place / name).write_text(text, encoding="utf-8", newline="")
    found: dict[str, list[int]] = {}
    for line in hook(place, "check", *files).out.split("\n")[:-1]:
        name, number, kind, *_ = line.split(":")
        assert kind == " conflict marker"
        found.setdefault(name, []).append(int(number))
    return found


def test_a_whole_conflict_counts_at_any_time_and_wherever_it_stands(tmp_path: Path) -> None:
    assert lines_of(tmp_path, WHOLE) == {
        "code.py": [2, 4, 6],
        "docstring.py": [4, 6, 8],
        "string.js": [2, 4, 6],
        "fence.md": [4, 6, 8],
        "page.html": [2, 4, 6],
        "manual.rst": [4, 6, 8],
        "titles.rst": [1, 3, 4, 6, 7],
        "nested.py": [3, 5, 7],
        "base.py": [1, 3, 5, 7],
        "windows.py": [1, 3, 5],
        "blocks.md": [10, 12, 14],
        "larger.rst": [1, 4, 6],
        "mail.txt": [1, 2, 3, 5],
        "block.py": [1, 3, 5],
    }


def test_text_about_conflicts_and_blocks_that_are_quoted_are_none(tmp_path: Path) -> None:
    assert lines_of(tmp_path, NO_CONFLICT) == {}


def test_a_docstring_may_underline_a_title_while_a_merge_is_under_way(tmp_path: Path) -> None:
    repo = merging(tmp_path)
    titled = 'def f():\n    """Adds.\n\nReturns\n=======\n    """\n'
    repo.write("titled.py", titled)
    repo.write("half.py", titled + ">>>>>>> side\n")
    assert hook(repo, "check", "titled.py").out == ""
    assert hook(repo, "check", "half.py").out.count("conflict marker") == 2
