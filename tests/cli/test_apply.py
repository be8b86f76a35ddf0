"""`stetbot apply`: one commit on a branch, a diff, or files; what is said of it, to people and to programs."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest
from support.calls import ASKED, CART, CHANGED, call, instructions, one_complaint, section, shop, snapshot
from support.story import STETBOT

if TYPE_CHECKING:
    from pathlib import Path

TAX = section("cart.py:2", "    return sum(items) * 1.1\n", "suggestion")
TAXED = CART.replace("sum(items)", "sum(items) * 1.1")
# Every way in which a file can change, and the one that git must take from --diff.
EVERYTHING = (
    TAX
    + section("new file.py", "x = 1\n", "python new")
    + "## Delete `old.py`\n\n"
    + "## Rename `from.py` to `to/é.py`\n\n"
    + "## Make `run.sh` executable\n\n"
    + section("crlf.txt:2", "changed\n", "suggestion")
    + section("bare.txt:1", "changed\n", "suggestion")
)
MORE: dict[str, str | bytes] = {
    "old.py": "old = 1\n",
    "from.py": "one = 1\ntwo = 2\nthree = 3\n",
    "run.sh": "#!/bin/sh\n",
    "crlf.txt": b"\xef\xbb\xbfone\r\ntwo\r\nthree\n",
    "bare.txt": b"no newline",
}
TOP = {
    *("status", "base", "commit", "branch", "pushed", "not_pushed", "written", "held_back", "requests", "files"),
    *("usage", "charged", "warnings"),
}
REQUEST = {
    *(
        "id",
        "place",
        "paths",
        "outcome",
        "code",
        "reason",
        "remedy",
        "verdict",
        "engine",
        "doubts",
        "notes",
        "written",
        "diff",
    ),
    "rivals",
}


def test_it_commits_on_a_branch_called_after_the_file_and_says_how_to_go_on(tmp_path: Path) -> None:
    repo = shop(tmp_path)
    before = snapshot(repo)
    run = call(repo, "apply", instructions(tmp_path, name="Fix the cart!.stetbot.md"))
    assert run.code == 0
    assert run.err == ""
    branch = "stetbot/Fix-the-cart"
    commit = repo.git("rev-parse", branch)
    assert repo.read(branch, "cart.py") == CHANGED.encode()
    assert f"Committed {commit[:12]} on {branch} (1 file)." in run.out
    # The commands that it names work as they stand.
    named = [line.partition(":")[2].split() for line in run.out.split("\n") if line.startswith("  ") and "git " in line]
    assert [words[:2] for words in named] == [["git", "diff"], ["git", "merge"], ["git", "branch"]]
    assert "+    return items[0] if items else None" in repo.git(*named[0][1:])
    after = snapshot(repo)
    del before["refs"], after["refs"]
    assert after == before
    repo.git(*named[1][1:])
    assert (repo.path / "cart.py").read_bytes() == CHANGED.encode()
    repo.git(*named[2][1:])


def test_a_second_run_does_nothing_and_says_so(tmp_path: Path) -> None:
    repo = shop(tmp_path)
    file = instructions(tmp_path)
    call(repo, "apply", file)
    before = snapshot(repo)
    run = call(repo, "apply", file)
    assert run.code == 0
    assert "unchanged cart.py@" in run.out
    assert "0 applied, 1 unchanged, 0 refused" in run.out
    assert "Nothing to do: all of it stands already on stetbot/fix." in run.out
    assert snapshot(repo) == before


def test_another_file_grows_the_same_branch(tmp_path: Path) -> None:
    repo = shop(tmp_path)
    call(repo, "apply", instructions(tmp_path), "--branch", "work")
    first = repo.git("rev-parse", "work")
    run = call(repo, "apply", instructions(tmp_path, TAX, "tax.md"), "--branch", "work")
    assert run.code == 0, run.said
    assert repo.git("rev-parse", "work^") == first
    assert repo.read("work", "cart.py") == CHANGED.replace("sum(items)", "sum(items) * 1.1").encode()


def test_several_files_make_one_commit_on_the_branch_of_the_first(tmp_path: Path) -> None:
    repo = shop(tmp_path)
    run = call(repo, "apply", instructions(tmp_path), instructions(tmp_path, TAX, "tax.md"))
    assert run.code == 0
    assert repo.git("rev-list", "--count", "main..stetbot/fix") == "1"
    assert repo.git("branch", "--list", "stetbot/*") == "  stetbot/fix"


def test_the_base_may_be_an_older_commit(tmp_path: Path) -> None:
    repo = shop(tmp_path)
    old = repo.git("rev-parse", "HEAD")
    repo.write("cart.py", "nothing = 0\n")
    repo.commit("Another cart")
    run = call(repo, "apply", instructions(tmp_path), "--base", "HEAD~1")
    assert run.code == 0, run.said
    assert repo.git("rev-parse", "stetbot/fix^") == old
    assert repo.read("stetbot/fix", "cart.py") == CHANGED.encode()


def test_diff_shows_what_git_apply_takes_and_all_else_goes_to_stderr(tmp_path: Path) -> None:
    repo = shop(tmp_path, MORE)
    before = snapshot(repo)
    file = instructions(tmp_path, EVERYTHING)
    run = call(repo, "apply", "--diff", file)
    assert run.code == 0, run.said
    assert run.raw.startswith(b"diff --git ")
    assert "7 applied" in run.err
    assert snapshot(repo) == before
    repo.git("apply", "--index", "-", stdin=run.raw)
    tree = repo.git("write-tree")
    repo.git("reset", "-q", "--hard")
    assert call(repo, "apply", file).code == 0
    assert repo.git("rev-parse", "stetbot/fix^{tree}") == tree


def test_diff_of_nothing_is_nothing(tmp_path: Path) -> None:
    repo = shop(tmp_path)
    run = call(repo, "apply", "--diff", instructions(tmp_path, section("gone.py:1", "x\n", "suggestion")))
    assert run.code == 1
    assert run.out == ""
    assert "(unknown-path)" in run.err


def test_write_edits_the_work_tree_as_it_is_and_stages_nothing(tmp_path: Path) -> None:
    repo = shop(tmp_path, MORE)
    repo.write("cart.py", CART + "\n\nMINE = 1\n")  # not committed: it stays, and is built on
    index, refs = snapshot(repo)["index"], snapshot(repo)["refs"]
    file = instructions(tmp_path, EVERYTHING)
    run = call(repo, "apply", "--write", file)
    assert run.code == 0, run.said
    assert "Wrote 7 files" in run.out
    read = {name: (repo.path / name).read_bytes() for name in ("cart.py", "new file.py", "to/é.py", "crlf.txt")}
    assert read["cart.py"] == (TAXED + "\n\nMINE = 1\n").encode()
    assert read["new file.py"] == b"x = 1\n"
    assert read["to/é.py"] == b"one = 1\ntwo = 2\nthree = 3\n"
    assert read["crlf.txt"] == b"\xef\xbb\xbfone\r\nchanged\r\nthree\n"
    assert (repo.path / "bare.txt").read_bytes() == b"changed"
    assert not (repo.path / "old.py").exists()
    assert not (repo.path / "from.py").exists()
    after = snapshot(repo)
    assert (after["index"], after["refs"]) == (index, refs)
    again = call(repo, "apply", "--write", file)
    assert again.code == 0, again.said
    assert "0 applied, 7 unchanged, 0 refused" in again.out
    assert snapshot(repo) == after


def test_the_report_for_programs_always_has_the_same_keys(tmp_path: Path) -> None:
    repo = shop(tmp_path)
    text = TAX + section("gone.py:1", "x\n", "suggestion") + section("cart.py:1", CART[:18], "suggestion")
    report = {}
    for flags in ((), ("--diff",), ("--all-or-nothing",)):
        run = call(repo, "apply", "--json", "--branch", "b" + str(len(flags)), *flags, instructions(tmp_path, text))
        assert run.code == 1
        assert run.err == ""
        report = json.loads(run.out)
        assert set(report) == TOP
        assert [set(request) for request in report["requests"]] == [REQUEST] * 3
        assert [request["outcome"] for request in report["requests"]] == ["applied", "refused", "unchanged"]
        assert {key for line in report["files"] for key in line} == {"path", "renamed_from", "added", "removed", "diff"}
        assert set(report["usage"]) == {"requests", "prompt_tokens", "completion_tokens", "dollars"}
        assert report["base"] == repo.git("rev-parse", "HEAD")
    assert report["requests"][1]["code"] == "unknown-path"
    assert report["requests"][1]["place"].endswith("fix.stetbot.md:13")


def test_quiet_says_nothing_but_refusals(tmp_path: Path) -> None:
    repo = shop(tmp_path)
    file = instructions(tmp_path, TAX + section("gone.py:1", "x\n", "suggestion"))
    run = call(repo, "apply", "--quiet", file)
    assert run.code == 1
    assert run.out == ""
    assert run.err.startswith("refused   gone.py@")
    assert "applied   " not in run.err
    good = call(repo, "apply", "-q", instructions(tmp_path, TAX), "--branch", "other")
    assert (good.code, good.said) == (0, "")


@pytest.mark.parametrize(
    ("flags", "environment", "colored"),
    [
        ((), {}, False),
        (("--color",), {}, True),
        (("--color",), {"NO_COLOR": "1"}, True),
        (("--no-color",), {}, False),
        ((), {"NO_COLOR": "1"}, False),
    ],
)
def test_colours_are_for_terminals_or_for_who_asks(
    tmp_path: Path, flags: tuple[str, ...], environment: dict[str, str], colored: bool
) -> None:
    repo = shop(tmp_path)
    for shown in (("--diff",), ()):
        run = call(repo, "apply", *shown, *flags, instructions(tmp_path), "--branch", "b", environment=environment)
        assert run.code == 0
        assert ("\x1b[32m" in run.said) is colored


def test_instructions_come_from_stdin_in_any_format(tmp_path: Path) -> None:
    repo = shop(tmp_path)
    run = call(repo, "apply", "-", stdin=instructions(tmp_path).read_bytes())
    assert run.code == 0, run.said
    assert "requests.md:5" in run.out
    assert repo.read("stetbot/requests", "cart.py") == CHANGED.encode()
    edits = {
        "target_file": "cart.py",
        "instructions": "I am answering.",
        "code_edit": f"# ... existing code ...\n{ASKED}",
    }
    run = call(repo, "apply", "-", "--stdin-name", "agent.jsonl", stdin=json.dumps(edits).encode())
    assert run.code == 0, run.said
    assert repo.read("stetbot/agent", "cart.py") == CHANGED.encode()
    wrong = call(repo, "apply", "-", "--stdin-name", "agent.jsonl", stdin=b"{")
    assert wrong.code == 2
    assert "agent.jsonl:1" in one_complaint(wrong)


def test_it_works_from_a_folder_below_and_from_outside(tmp_path: Path) -> None:
    repo = shop(tmp_path, {"lib/deep/x.py": "x = 1\n"})
    file = instructions(tmp_path)
    below = call(repo.path / "lib" / "deep", "apply", file, "--branch", "below")
    assert below.code == 0, below.said
    outside = call(tmp_path, "apply", file.name, "-C", "repo/lib", "--branch", "outside")
    assert outside.code == 0, outside.said
    for branch in ("below", "outside"):
        assert repo.read(branch, "cart.py") == CHANGED.encode()
        assert repo.git("diff", "--name-only", f"main...{branch}") == "cart.py"


def test_a_reader_that_goes_away_stops_nothing(tmp_path: Path) -> None:
    repo = shop(tmp_path)
    many = "".join(section(f"new{number}.py", "x = 1\n", "python new") for number in range(200))
    refused = section("gone.py:1", "x\n", "suggestion")
    with subprocess.Popen(
        [STETBOT, "apply", str(instructions(tmp_path, refused + many))],
        cwd=repo.path,
        env=repo.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()
    assert process.returncode == 1
    assert said == b""
    assert len(repo.git("ls-tree", "--name-only", "stetbot/fix").split("\n")) == 201


@pytest.mark.parametrize(
    ("name", "text"), [("a.json", "[]"), ("a.jsonl", ""), ("a.yaml", "[]"), ("b.json", '{"requests": []}')]
)
@pytest.mark.parametrize("flags", [(), ("--diff",), ("--write",)], ids=["branch", "diff", "write"])
def test_a_list_of_nothing_is_no_failure_and_nothing_is_said_to_stand(
    tmp_path: Path, name: str, text: str, flags: tuple[str, ...]
) -> None:
    repo = shop(tmp_path)
    before = snapshot(repo)
    file = instructions(tmp_path, text, name)
    run = call(repo, "apply", file, *flags)
    assert run.code == 0
    assert f"Nothing to do: no request in {file}.\n" in run.said
    assert "stands" not in run.said
    assert snapshot(repo) == before


def test_no_comment_that_asks_is_no_failure(tmp_path: Path) -> None:
    repo = shop(tmp_path)
    run = call(repo, "apply", "--inline", "cart.py")
    assert run.code == 0
    assert "Nothing to do: no request in the comments of cart.py (none ends in stetbot!).\n" in run.out
    comments = call(repo, "review", "--comments", instructions(tmp_path, "[]", "saved.json"))
    assert comments.code == 0
    assert "Nothing to do: no request in " in comments.out


def test_write_says_which_changed_files_git_cannot_bring_back(tmp_path: Path) -> None:
    repo = shop(tmp_path)
    repo.write("notes.txt", "mine alone\n")
    run = call(repo, "apply", "--write", instructions(tmp_path, "## `notes.txt:1`\n\n```suggestion\nours\n```\n"))
    assert run.code == 0, run.said
    assert "not in git, so nothing brings them back: notes.txt" in run.out
    run = call(repo, "apply", "--write", instructions(tmp_path))
    assert "Wrote 1 file" in run.out
    assert "not in git" not in run.out
    assert "changes of yours" not in run.out


@pytest.mark.parametrize(
    "ask", ["## `notes.txt:1`\n\n```suggestion\nours\n```\n", "## Rename `notes.txt` to `moved.txt`\n"]
)
def test_write_says_which_files_had_changes_that_git_does_not_have(tmp_path: Path, ask: str) -> None:
    repo = shop(tmp_path, {"notes.txt": "one\ntwo\n"})
    repo.write("notes.txt", "one\ntwo\nmine\n")
    run = call(repo, "apply", "--write", instructions(tmp_path, ask))
    assert run.code == 0, run.said
    name = "moved.txt" if "moved" in ask else "notes.txt"
    line = f"had unstaged changes of yours before, which `git checkout` would drop too: {name}\n"
    assert line in run.out


def test_what_was_applied_and_changed_since_is_not_said_to_stand(tmp_path: Path) -> None:
    repo = shop(tmp_path, {"m.py": "return 1\n"})
    diff = "--- a/m.py\n+++ b/m.py\n@@ -1 +1 @@\n-return 1\n+return 7\n"
    file = instructions(tmp_path, f"```diff\n{diff}```\n")
    assert call(repo, "apply", file).code == 0
    applied = repo.git("rev-parse", "stetbot/fix")
    repo.git("checkout", "-q", "stetbot/fix")
    repo.write("m.py", "return 5\n")
    repo.commit("By hand")
    repo.git("checkout", "-q", "main")
    run = call(repo, "apply", file)
    assert run.code == 0, run.said
    assert f"commit {applied[:12]} applied it, and its file has been changed since" in run.out
    assert "stands already" not in run.out
    assert "was applied on stetbot/fix before, and is not applied again" in run.out


def test_what_was_only_taken_away_and_is_still_gone_stands(tmp_path: Path) -> None:
    repo = shop(tmp_path, {"m.py": "a\nb\nc\n"})
    diff = "--- a/m.py\n+++ b/m.py\n@@ -1,3 +1,2 @@\n a\n-b\n c\n"
    file = instructions(tmp_path, f"```diff\n{diff}```\n")
    assert call(repo, "apply", file).code == 0
    assert "Nothing to do: all of it stands already on stetbot/fix." in call(repo, "apply", file).out
