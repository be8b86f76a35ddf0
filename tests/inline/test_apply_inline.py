"""`stetbot apply --inline`: the installed command, a real repository, a planner on 127.0.0.1."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.calls import call, one_complaint, shop, snapshot
from support.planner_server import Answer, Call, PlannerRequest, PlannerServer

if TYPE_CHECKING:
    from pathlib import Path

    from support.gitrepo import GitRepo

CODE = "def price():\n    # ten times as much stetbot!\n    total = 1\n    return total\n"
DONE = "def price():\n    total = 10\n    return total\n"
OTHER = "def tax():\n    rate = 2  # none stetbot!\n    return rate\n"
OTHER_DONE = "def tax():\n    rate = 0\n    return rate\n"


def mind(request: PlannerRequest) -> Answer:
    done = {"price.py": DONE, "src/tax.py": OTHER_DONE}[request.path]
    assert "stetbot!" not in "".join(request.framed("file"))
    return Answer((Call(request.path, done),))


def code(root: Path) -> GitRepo:
    return shop(root, {"price.py": CODE, "src/tax.py": OTHER, "notes.md": "Write `# x stetbot!` to ask.\n"})


def test_comments_become_a_commit_on_a_branch_without_them(tmp_path: Path) -> None:
    repo = code(tmp_path)
    before = snapshot(repo)
    with PlannerServer(mind) as server:
        run = call(repo, "apply", "--inline", environment=server.environment)
        assert (run.code, server.faults) == (0, []), run.said
        again = call(repo, "apply", "--inline", environment=server.environment)
        assert len(server.requests) == 2
    assert again.code == 0, again.said
    assert repo.read("stetbot/inline", "price.py").decode() == DONE
    assert repo.read("stetbot/inline", "src/tax.py").decode() == OTHER_DONE
    assert repo.git("rev-list", "--count", "main..stetbot/inline") == "1"
    after = snapshot(repo)
    assert {key: after[key] for key in ("files", "index", "HEAD")} == {
        key: before[key] for key in ("files", "index", "HEAD")
    }


def test_comments_that_are_not_committed_are_answered_in_the_work_tree(tmp_path: Path) -> None:
    repo = shop(tmp_path)
    repo.write("price.py", CODE)
    with PlannerServer(mind) as server:
        run = call(repo, "apply", "--inline", "--write", environment=server.environment)
        assert run.code == 0, run.said
    assert (repo.path / "price.py").read_text() == DONE
    assert call(repo, "apply", "--inline", "--write").code == 0, "a second run has nothing to ask a planner for"


@pytest.mark.parametrize("where", ["src", "src/tax.py", "./src/../src/tax.py"])
def test_paths_choose_the_files(tmp_path: Path, where: str) -> None:
    repo = code(tmp_path)
    with PlannerServer(mind) as server:
        run = call(repo, "apply", "--inline", "--write", where, environment=server.environment)
        assert run.code == 0, run.said
        assert len(server.requests) == 1
    assert (repo.path / "price.py").read_text() == CODE
    assert (repo.path / "src" / "tax.py").read_text() == OTHER_DONE


def test_a_folder_is_meant_from_where_the_user_stands(tmp_path: Path) -> None:
    repo = code(tmp_path)
    with PlannerServer(mind) as server:
        run = call(
            repo, "apply", "--inline", "--diff", "-C", str(repo.path / "src"), ".", environment=server.environment
        )
    assert run.code == 0, run.said
    assert "src/tax.py" in run.out
    assert "price.py" not in run.out


def test_without_a_planner_nothing_is_changed_and_each_request_is_named(tmp_path: Path) -> None:
    repo = code(tmp_path)
    before = snapshot(repo)
    run = call(repo, "apply", "--inline", "--write")
    assert run.code == 1
    assert run.out.count("(no-planner)") == 2, run.said
    assert run.out.count("to do: show the change in an instruction file, or set MORPHEUS_API_KEY and ") == 2
    assert "price.py:2" in run.out
    assert snapshot(repo) == before


def test_a_planner_that_is_down_leaves_comment_and_code(tmp_path: Path) -> None:
    repo = code(tmp_path)
    before = snapshot(repo)
    environment = {"MORPHEUS_API_KEY": "sk-test-abcdef", "MORPHEUS_MODEL": "m", "MORPHEUS_TIMEOUT": "2"}
    run = call(
        repo, "apply", "--inline", "--write", environment={**environment, "MORPHEUS_API_URL": "http://127.0.0.1:9/v1"}
    )
    assert run.code == 1, run.said
    assert snapshot(repo) == before


def test_the_word_comes_from_the_repository_or_the_call(tmp_path: Path) -> None:
    repo = shop(tmp_path, {".stetbot.toml": 'inline-word = "AI!"\n', "a.py": "# go AI!\nx = 1\n# go bot!\n"})
    assert "a.py:1" in call(repo, "apply", "--inline").out
    assert "a.py:3" in call(repo, "apply", "--inline", "--inline-word", "bot!").out
    assert "a.py:1: warning" in call(repo, "check", "a.py").out
    assert "a.py:3: warning" in call(repo, "check", "--inline-word", "bot!", "a.py").out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("apply", "--inline", "nothing.py"), "nothing.py"),
        (("apply", "--inline", ".."), "is not in the repository"),
        (("apply", "--inline", "--write", ".git/config"), "reaches into .git"),
        (("apply", "--inline", "--inline-word", "a b"), "white space"),
    ],
)
def test_a_wrong_call_says_what_is_wrong(tmp_path: Path, arguments: tuple[str, ...], says: str) -> None:
    run = call(code(tmp_path), *arguments)
    assert run.code == 2, run.said
    assert says in one_complaint(run)


def test_a_file_that_its_user_saves_while_the_planner_thinks_keeps_what_was_saved(tmp_path: Path) -> None:
    repo = code(tmp_path)
    saved = CODE.replace("total = 1", "total = 7")

    def slow(request: PlannerRequest) -> Answer:
        if request.path == "price.py":
            repo.write("price.py", saved)
        return mind(request)

    with PlannerServer(slow) as server:
        run = call(repo, "apply", "--inline", "--write", "price.py", environment=server.environment)
        assert run.code != 0, run.said
        assert "price.py" in run.said
    assert (repo.path / "price.py").read_text() == saved
