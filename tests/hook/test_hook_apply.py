"""`stetbot-hook apply` and `suggest` by themselves: on the work tree, with no key, and before a push."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest
from support.calls import CART, section, shop, snapshot
from support.gitrepo import GitRepo
from support.hooks import hook
from support.planner_server import Answer, Call, PlannerRequest, PlannerServer

if TYPE_CHECKING:
    from pathlib import Path

CODE = "def price():\n    total = 1\n    return total\n"
DONE = "def price():\n    total = 10\n    return total\n"
ASK = section("price.py", "def price():\n    total = 10\n    # ... existing code ...\n")
OFFLINE = {"MORPH_API_KEY": "sk-test-abcdef", "MORPH_API_URL": "http://127.0.0.1:9/v1"}


def asked(root: Path) -> GitRepo:
    repo = shop(root, {"price.py": CODE})
    repo.write("more.stetbot.md", ASK)
    return repo


def test_apply_changes_files_stages_nothing_and_a_second_run_changes_nothing(tmp_path: Path) -> None:
    repo = asked(tmp_path)
    repo.git("add", "more.stetbot.md")
    before = snapshot(repo)
    run = hook(repo, "apply", "more.stetbot.md", "cart.py")
    assert run.code == 1, run.said
    assert "Files were changed" in run.out
    assert (repo.path / "price.py").read_text() == DONE
    done = snapshot(repo)
    assert (done["index"], done["HEAD"], done["refs"]) == (before["index"], before["HEAD"], before["refs"])
    again = hook(repo, "apply", "more.stetbot.md", "cart.py")
    assert again.code == 0, again.said
    assert snapshot(repo) == done


@pytest.mark.parametrize("name", ["apply", "suggest"])
def test_lines_that_are_changed_and_not_staged_are_not_replaced(tmp_path: Path, name: str) -> None:
    repo = asked(tmp_path)
    repo.git("add", "more.stetbot.md")
    repo.write("price.py", CODE.replace("= 1", "= 99  # mine"))
    before = snapshot(repo)
    run = hook(repo, name, "more.stetbot.md")
    assert run.code == (1 if name == "apply" else 0), run.said
    assert "(overlapping)" in run.out
    assert "line 2 of price.py would be replaced, where you have changes that are not staged" in run.out
    assert "to do: stage or commit them first, then run again" in run.out
    assert snapshot(repo) == before
    repo.git("add", "price.py")
    assert "1 applied" in hook(repo, name, "more.stetbot.md").out


def test_unstaged_work_on_other_lines_stays_and_the_request_lands(tmp_path: Path) -> None:
    repo = asked(tmp_path)
    repo.write("price.py", f"MINE = 1\n\n{CODE}TAIL = 2\n")
    run = hook(repo, "apply", "more.stetbot.md")
    assert run.code == 1, run.said
    assert (repo.path / "price.py").read_text() == f"MINE = 1\n\n{DONE}TAIL = 2\n"
    # What a run has written is not staged either, and another request may not take it away unseen.
    repo.write("more.stetbot.md", ASK.replace("= 10", "= 11"))
    assert "line 4 of price.py would be replaced" in hook(repo, "apply", "more.stetbot.md").out


def test_a_file_that_is_not_staged_as_it_is_does_not_go(tmp_path: Path) -> None:
    repo = asked(tmp_path)
    repo.write("price.py", f"{CODE}MINE = 1\n")
    repo.write("more.stetbot.md", "## Delete `price.py`\n")
    run = hook(repo, "apply", "more.stetbot.md")
    assert "line 4 of price.py would be replaced" in run.out
    assert (repo.path / "price.py").exists()


@pytest.mark.parametrize(
    "then", ["## Delete `moved.py`\n", "## `moved.py:4`\n\n```suggestion\nOURS = 1\n```\n"], ids=["goes", "changes"]
)
def test_lines_that_are_not_staged_are_not_replaced_in_a_file_that_is_moved_first(tmp_path: Path, then: str) -> None:
    repo = asked(tmp_path)
    repo.write("price.py", f"{CODE}MINE = 1\n")
    repo.write("more.stetbot.md", f"## Rename `price.py` to `moved.py`\n\n{then}")
    run = hook(repo, "apply", "more.stetbot.md")
    assert run.code == 1, run.said
    assert "line 4 of moved.py would be replaced, where you have changes that are not staged" in run.out
    assert (repo.path / "moved.py").read_text() == f"{CODE}MINE = 1\n"


@pytest.mark.parametrize("name", ["apply", "suggest"])
def test_a_file_that_git_does_not_have_does_not_go_and_other_requests_land(tmp_path: Path, name: str) -> None:
    repo = asked(tmp_path)
    repo.write("empty.txt", "")
    repo.write("more.stetbot.md", f"{ASK}\n## Delete `empty.txt`\n")
    run = hook(repo, name, "more.stetbot.md")
    assert "empty.txt is not in git, so nothing brings it back if it is deleted" in run.out, run.said
    assert "1 applied, 0 unchanged, 1 refused" in run.out
    assert (repo.path / "empty.txt").exists()
    assert (repo.path / "price.py").read_text() == (DONE if name == "apply" else CODE)


def test_requests_that_stand_on_each_other_land_where_all_is_staged(tmp_path: Path) -> None:
    repo = asked(tmp_path)
    chain = (("1", "10"), ("10", "11"))
    asks = (section("price.py", f"-    total = {old}\n+    total = {new}\n", "diff") for old, new in chain)
    repo.write("more.stetbot.md", "".join(asks) + section("new.py", "new = 1\n", "python new"))
    run = hook(repo, "apply", "more.stetbot.md")
    assert "3 applied" in run.out, run.said
    assert (repo.path / "price.py").read_text() == CODE.replace("= 1", "= 11")


def test_suggest_shows_a_diff_and_changes_nothing(tmp_path: Path) -> None:
    repo = asked(tmp_path)
    before = snapshot(repo)
    run = hook(repo, "suggest", "more.stetbot.md")
    assert run.code == 0, run.said
    assert "-    total = 1\n+    total = 10\n" in run.out
    assert run.out.endswith("Nothing was changed: stetbot-apply does it.\n")
    assert snapshot(repo) == before


def test_it_works_on_files_that_are_not_committed_in_a_repository_without_a_commit(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "repo")
    repo.write("price.py", CODE)
    repo.write("more.stetbot.md", ASK)
    repo.git("add", "-A")
    assert hook(repo, "apply", "more.stetbot.md").code == 1
    assert (repo.path / "price.py").read_text() == DONE


def test_a_service_that_is_down_is_a_warning_unless_strict(tmp_path: Path) -> None:
    repo = asked(tmp_path)
    before = snapshot(repo)
    run = hook(repo, "apply", "--engine", "morph", "--deadline", "2", "more.stetbot.md", environment=OFFLINE)
    assert (run.code, "service-error" in run.out) == (0, True), run.said
    assert "warning: " in run.out
    run = hook(
        repo, "apply", "--engine", "morph", "--deadline", "2", "--strict", "more.stetbot.md", environment=OFFLINE
    )
    assert run.code == 1, run.said
    assert snapshot(repo) == before


def test_requests_in_comments_are_applied_by_a_planner_and_refused_without(tmp_path: Path) -> None:
    text = CODE.replace("total = 1\n", "total = 1  # ten times as much stetbot!\n")
    repo = shop(tmp_path, {"price.py": text})

    def mind(request: PlannerRequest) -> Answer:
        return Answer((Call(request.path, DONE),))

    run = hook(repo, "apply", "price.py", "cart.py")
    assert (run.code, "(no-planner)" in run.out) == (1, True), run.said
    assert (repo.path / "price.py").read_text() == text
    with PlannerServer(mind) as server:
        run = hook(repo, "apply", "price.py", "cart.py", environment=server.environment)
    assert run.code == 1, run.said
    assert (repo.path / "price.py").read_text() == DONE
    assert hook(repo, "apply", "price.py", "cart.py").code == 0


def test_an_instruction_file_that_does_not_parse_changes_nothing(tmp_path: Path) -> None:
    repo = asked(tmp_path)
    repo.write("bad.stetbot.yaml", "x: [\n")
    before = snapshot(repo)
    run = hook(repo, "apply", "more.stetbot.md", "bad.stetbot.yaml")
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith("stetbot: bad.stetbot.yaml:2: ")
    assert snapshot(repo) == before


@pytest.mark.skipif(sys.platform != "linux", reason="file names are text on other systems")
def test_a_file_name_that_is_not_text_is_refused_by_itself(tmp_path: Path) -> None:
    repo = asked(tmp_path)
    name = b"\xff.py"
    (repo.path / os.fsdecode(name)).write_text("# go stetbot!\n", encoding="utf-8")
    run = hook(repo, "apply", name, "more.stetbot.md")
    assert (run.code, "(denied-path)" in run.out) == (1, True), run.said
    assert (repo.path / "price.py").read_text() == DONE


def test_it_works_from_a_folder_of_the_repository_and_refuses_what_is_outside(tmp_path: Path) -> None:
    repo = asked(tmp_path)
    repo.write("sub/again.stetbot.md", ASK)
    below = GitRepo(repo.path / "sub", init=False, identity=False)
    below.environment = repo.environment
    assert hook(below, "apply", "again.stetbot.md").code == 1
    assert (repo.path / "price.py").read_text() == DONE
    (tmp_path / "out.stetbot.md").write_text(ASK, encoding="utf-8")
    run = hook(below, "apply", "../../out.stetbot.md")
    assert (run.code, run.out) == (2, "")
    assert "is not in the repository" in run.err


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such device")
def test_an_instruction_file_without_an_end_is_too_large(tmp_path: Path) -> None:
    repo = asked(tmp_path)
    (repo.path / "zero.stetbot.md").symlink_to("/dev/zero")
    run = hook(repo, "apply", "zero.stetbot.md")
    assert (run.code, run.out, "zero.stetbot.md: larger than" in run.err) == (2, "", True)


@pytest.mark.parametrize("deadline", ["nan", "0", "-1", "inf", "1e999"])
def test_a_deadline_that_is_no_number_of_seconds_is_refused(tmp_path: Path, deadline: str) -> None:
    repo = asked(tmp_path)
    run = hook(repo, "apply", f"--deadline={deadline}", "more.stetbot.md")
    assert (run.code, run.out, "--deadline must be" in run.err) == (2, "", True)
    assert (repo.path / "price.py").read_text() == CODE


# --- before a push ---


def pushed(repo: GitRepo, since: str) -> dict[str, str]:
    return {"PRE_COMMIT_FROM_REF": since, "PRE_COMMIT_TO_REF": repo.git("rev-parse", "HEAD")}


@pytest.mark.parametrize("since", ["main~1", "0" * 40], ids=["a branch", "a new branch"])
def test_a_push_with_what_is_not_applied_is_named_and_one_with_what_is_passes(tmp_path: Path, since: str) -> None:
    repo = asked(tmp_path)
    repo.commit("Ask")
    before = snapshot(repo)
    run = hook(repo, "apply", "more.stetbot.md", environment=pushed(repo, since))
    assert run.code == 1, run.said
    assert run.out.startswith("more.stetbot.md:")
    assert "is not applied in" in run.out
    assert snapshot(repo) == before
    # What counts is the commit: a work tree in which it stands is not what is pushed.
    repo.write("price.py", DONE)
    assert hook(repo, "apply", "more.stetbot.md", environment=pushed(repo, since)).code == 1
    repo.commit("Do it")
    repo.write("price.py", CODE)
    run = hook(repo, "apply", "more.stetbot.md", environment=pushed(repo, since))
    assert (run.code, run.out) == (0, ""), run.said


def test_the_first_push_to_an_empty_remote_is_checked_too_and_changes_nothing(tmp_path: Path) -> None:
    repo = asked(tmp_path)
    repo.commit("Ask")
    # pre-commit names no range then, only the branches; another branch than the one that is checked out may be pushed.
    push = {"PRE_COMMIT_REMOTE_NAME": "origin", "PRE_COMMIT_REMOTE_URL": "../bare.git"}
    push |= {"PRE_COMMIT_REMOTE_BRANCH": "refs/heads/m", "PRE_COMMIT_LOCAL_BRANCH": "refs/heads/asking"}
    repo.git("branch", "asking")
    repo.write("price.py", DONE)
    repo.commit("Do it")
    before = snapshot(repo)
    run = hook(repo, "apply", "more.stetbot.md", environment=push)
    assert run.code == 1, run.said
    assert "is not applied in" in run.out
    assert snapshot(repo) == before
    run = hook(repo, "apply", "more.stetbot.md", environment=push | {"PRE_COMMIT_LOCAL_BRANCH": "refs/heads/main"})
    assert (run.code, run.out) == (0, ""), run.said


def test_what_cannot_be_told_before_a_push_is_a_warning_unless_strict(tmp_path: Path) -> None:
    repo = shop(tmp_path)
    repo.write("words.stetbot.md", "## `cart.py`\n\nMake it better.\n")
    repo.commit("Ask")
    run = hook(repo, "apply", "words.stetbot.md", environment=pushed(repo, "main~1"))
    assert (run.code, "warning: cannot tell" in run.out) == (0, True), run.said
    assert hook(repo, "apply", "--strict", "words.stetbot.md", environment=pushed(repo, "main~1")).code == 1
    assert (repo.path / "cart.py").read_text() == CART


@pytest.mark.parametrize(
    "push",
    [
        {"PRE_COMMIT_TO_REF": "nothing"},
        {"PRE_COMMIT_TO_REF": "--all"},
        {"PRE_COMMIT_TO_REF": "12" * 20, "PRE_COMMIT_FROM_REF": "main"},
        {"PRE_COMMIT_REMOTE_NAME": "origin", "PRE_COMMIT_LOCAL_BRANCH": "refs/heads/nothing"},
    ],
)
def test_a_push_of_a_commit_that_is_not_there_is_wrong_usage(tmp_path: Path, push: dict[str, str]) -> None:
    repo = asked(tmp_path)
    repo.commit("Ask")
    run = hook(repo, "apply", "more.stetbot.md", environment=push)
    assert (run.code, run.out, "PRE_COMMIT_TO_REF" in run.err) == (2, "", True), run.said
