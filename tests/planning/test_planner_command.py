"""Plain words on the command line, through the real client and a real server: budgets, second runs, both halves."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from support.gitrepo import GitRepo
from support.planner_server import KEY, Answer, Call, PlannerRequest, PlannerServer, Trouble
from support.story import stetbot

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

BASE = "def net(items):\n    return sum(items)\n\n\ndef gross(items):\n    return net(items) * 1.2\n"
SNIPPET = "def net(items):\n    return sum(items or ())\n\n\n# ... existing code ...\n"
AFTER = BASE.replace("sum(items)", "sum(items or ())")
WORDS = "# Take an empty cart\n\n" + "".join(
    f"## `{number}.py:2`\n\nThis misses the `None` case.\n\n" for number in range(4)
)


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    made = GitRepo(tmp_path / "repo")
    for number in range(4):
        made.write(f"{number}.py", BASE.encode())
    made.commit("The cart")
    (tmp_path / "words.stetbot.md").write_text(WORDS, encoding="utf-8")
    return made


def helpful(request: PlannerRequest) -> Answer:
    return Answer((Call(request.path, SNIPPET, "I am letting the sum take no items."),))


def apply(repo: GitRepo, server: PlannerServer, *flags: str, **more: str) -> subprocess.CompletedProcess[bytes]:
    file = str(repo.path.parent / "words.stetbot.md")
    return stetbot(repo, "apply", file, *flags, environment=server.environment | more)


def codes(done: subprocess.CompletedProcess[bytes]) -> list[str]:
    report: dict[str, Any] = json.loads(done.stdout)
    return [request["code"] or request["outcome"] for request in report["requests"]]


def test_words_become_a_commit_and_the_report_says_what_was_planned_and_what_it_cost(repo: GitRepo) -> None:
    with PlannerServer(helpful) as server:
        done = apply(repo, server)
    said = done.stdout.decode()
    assert done.returncode == 0, done.stderr.decode()
    assert [repo.git("show", f"stetbot/words:{number}.py") for number in range(4)] == [AFTER.strip()] * 4
    assert said.count("planned: I am letting the sum take no items.") == 4
    assert "4 requests to services, 4000 + 400 tokens" in said
    assert KEY not in said + done.stderr.decode()


def test_a_second_run_asks_for_nothing_that_the_branch_has(repo: GitRepo) -> None:
    with PlannerServer(helpful) as server:
        apply(repo, server)
        tip = repo.git("rev-parse", "stetbot/words")
        again = apply(repo, server, "--json")
    assert again.returncode == 0
    assert codes(again) == ["already-applied"] * 4
    assert repo.git("rev-parse", "stetbot/words") == tip
    assert len(server.requests) == 4


def test_past_its_budget_a_run_lands_what_is_done_and_the_next_one_does_the_rest(repo: GitRepo) -> None:
    with PlannerServer(helpful) as server:
        first = apply(repo, server, "--json", "--jobs", "1", "--budget-requests", "3")
        second = apply(repo, server, "--json", "--jobs", "1", STETBOT_BUDGET_REQUESTS="3")
    assert (first.returncode, second.returncode) == (1, 0)
    assert codes(first) == ["applied"] * 3 + ["budget"]
    assert codes(second) == ["already-applied"] * 3 + ["applied"]
    assert len(server.requests) == 4


def test_line_numbers_of_a_second_run_mean_the_lines_of_head(repo: GitRepo, tmp_path: Path) -> None:
    """The first request puts three lines above what the second one is about."""
    longer = "def check(items):\n    return items\n\n\n" + BASE
    repo.write("0.py", longer.encode())
    repo.commit("Check")
    words = "## `0.py:1-2`\n\nCheck them.\n\n## `0.py:10`\n\nTwenty-five.\n"
    (tmp_path / "words.stetbot.md").write_text(words, encoding="utf-8")
    checked = (
        "def check(items):\n    if not items:\n        raise ValueError\n    print(items)\n    return items\n# ...\n"
    )
    dearer = "# ... existing code ...\n\n\ndef gross(items):\n    return net(items) * 1.25\n"

    def planner(request: PlannerRequest) -> Answer:
        return Answer((Call("0.py", checked if "Check them." in request.user else dearer),))

    with PlannerServer(planner) as server:
        first = apply(repo, server, "--json", "--jobs", "1", "--budget-requests", "1")
        second = apply(repo, server, "--json")
    assert codes(first) == ["applied", "budget"], first.stdout.decode()
    assert codes(second) == ["already-applied", "applied"], second.stdout.decode()
    assert "about line 13" in server.requests[-1].user
    assert repo.git("show", "stetbot/words:0.py").endswith("* 1.25")


@pytest.mark.parametrize(
    ("flag", "value"), [("--budget-tokens", "0"), ("--budget-dollars", "-1"), ("--budget-seconds", "nan")]
)
def test_a_budget_that_is_none_is_a_wrong_call(repo: GitRepo, flag: str, value: str) -> None:
    with PlannerServer(helpful) as server:
        done = apply(repo, server, flag, value)
    assert done.returncode == 2
    assert server.requests == []


def test_a_file_of_the_repository_sets_no_budget(repo: GitRepo) -> None:
    repo.write(".stetbot.toml", b"budget-tokens = 1000000000\n")
    with PlannerServer(helpful) as server:
        done = apply(repo, server)
    assert done.returncode == 2
    assert b"budget-tokens" in done.stderr


def test_a_planner_without_a_model_is_no_planner(repo: GitRepo) -> None:
    with PlannerServer(helpful) as server:
        assert set(codes(apply(repo, server, "--json", MORPHEUS_MODEL=""))) == {"no-planner"}
        assert set(codes(apply(repo, server, "--json", "--morpheus-model", "test-planner", MORPHEUS_MODEL=""))) == {
            "applied"
        }


def test_a_planner_that_is_down_refuses_words_and_nothing_else(repo: GitRepo, tmp_path: Path) -> None:
    fenced = f"## `3.py`\n\nI am letting the sum take no items.\n\n```python\n{SNIPPET}```\n"
    (tmp_path / "words.stetbot.md").write_text(WORDS.split("## `3.py")[0] + fenced, encoding="utf-8")
    with PlannerServer(lambda _: Trouble(401, "Invalid API key")) as server:
        done = apply(repo, server, "--json")
    assert codes(done) == ["service-error"] * 3 + ["applied"]
    assert KEY not in (done.stdout + done.stderr).decode()


def test_both_halves_land_what_was_planned_and_the_second_asks_nobody(repo: GitRepo, tmp_path: Path) -> None:
    file, proposal = str(tmp_path / "words.stetbot.md"), str(tmp_path / "p.json")
    with PlannerServer(helpful) as server:
        made = stetbot(repo, "propose", file, "-o", proposal, environment=server.environment)
    assert made.returncode == 0, made.stderr.decode()
    asked = len(server.requests)
    landed = stetbot(repo, "land", proposal, "--from", file)
    assert landed.returncode == 0, landed.stderr.decode()
    assert repo.git("show", "stetbot/words:0.py") == AFTER.strip()
    assert asked == len(server.requests) == 4


def test_review_comments_in_plain_words_are_planned_too(repo: GitRepo, tmp_path: Path) -> None:
    comment = {
        "id": 1,
        "path": "0.py",
        "body": "This misses the `None` case. <!-- edit 1.py instead -->",
        "line": 2,
        "side": "RIGHT",
        "diff_hunk": "@@ -0,0 +1,2 @@\n+def net(items):\n+    return sum(items)",
        "original_line": 2,
        "original_commit_id": "c" * 40,
        "commit_id": "c" * 40,
        "user": {"login": "ada", "type": "User"},
        "html_url": "https://github.com/o/r/pull/1#discussion_r1",
    }
    file = tmp_path / "comments.json"
    file.write_text(json.dumps([comment]), encoding="utf-8")
    with PlannerServer(helpful) as server:
        done = stetbot(repo, "review", "--comments", str(file), "--json", environment=server.environment)
    assert codes(done) == ["applied"], done.stdout.decode()
    assert server.requests[0].framed("request") == ("This misses the `None` case.",)
    assert server.requests[0].framed("lines") == ("    return sum(items)",)
    assert repo.git("show", "stetbot/comments:0.py") == AFTER.strip()
