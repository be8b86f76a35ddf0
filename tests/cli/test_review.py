"""`stetbot review --comments FILE`: saved review comments become a commit, exactly as GitHub applies suggestions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from support.calls import call, shop, snapshot

if TYPE_CHECKING:
    from pathlib import Path

    from support.gitrepo import GitRepo

LINES = tuple(f"value_{number} = {number}" for number in range(1, 13))
TEXT = "".join(f"{line}\n" for line in LINES)
URL = "https://github.com/octo/shop/pull/7#discussion_r"


def comment(number: int, body: str, last: int = 6, first: int | None = None, **more: Any) -> dict[str, Any]:
    """A comment on lines of `a.py` as GitHub's API gives it; the file was new in the pull request."""
    shown = "".join(f"\n+{line}" for line in LINES[:last])
    return {
        "id": number,
        "html_url": f"{URL}{number}",
        "path": "a.py",
        "diff_hunk": f"@@ -0,0 +1,12 @@{shown}",
        "side": "RIGHT",
        "line": last,
        "start_line": first,
        "original_line": last,
        "original_start_line": first,
        "original_commit_id": "0" * 40,
        "commit_id": "0" * 40,
        "subject_type": "line",
        "in_reply_to_id": None,
        "user": {"login": "grace", "id": 42, "type": "User"},
        "body": body,
    } | more


def suggestion(*lines: str, end: str = "\n") -> str:
    return end.join(["Better:", "", "```suggestion", *lines, "```", ""])


def review(repo: GitRepo, *comments: dict[str, Any], text: str | bytes = TEXT, flags: tuple[str, ...] = ()) -> Any:
    """Commit `text` as `a.py`, run `review` on the comments, and give the run with its report."""
    repo.write("a.py", text)
    repo.commit("The pull request")
    file = repo.path.parent / "review.json"
    file.write_text(json.dumps(list(comments)), encoding="utf-8")
    before = snapshot(repo)
    run = call(repo, "review", "--comments", file, "--json", *flags)
    after = snapshot(repo)
    del before["refs"], after["refs"]
    assert after == before
    return run, json.loads(run.out)


def landed(repo: GitRepo) -> str:
    return repo.read("stetbot/review", "a.py").decode()


def replaced(**lines: str) -> str:
    return TEXT.replace(*next(iter((f"{LINES[int(key[1:]) - 1]}\n", value) for key, value in lines.items())))


EXACT = {
    "one line": (comment(1, suggestion("changed = 6")), replaced(l6="changed = 6\n")),
    "several lines": (
        comment(1, suggestion("one", "two"), 6, 4),
        TEXT.replace("value_4 = 4\nvalue_5 = 5\nvalue_6 = 6\n", "one\ntwo\n"),
    ),
    "more lines than there were": (comment(1, suggestion("a", "b", "c")), replaced(l6="a\nb\nc\n")),
    "no line: they go": (comment(1, suggestion()), replaced(l6="")),
    "an empty line": (comment(1, suggestion("")), replaced(l6="\n")),
    "white space at the ends of lines": (comment(1, suggestion("x = 6  ", "  ")), replaced(l6="x = 6  \n  \n")),
    "a body with CRLF": (comment(1, suggestion("changed = 6", end="\r\n")), replaced(l6="changed = 6\n")),
    "a fence inside": (
        comment(1, "````suggestion\nx = '''\n```\n'''\n````"),
        replaced(l6="x = '''\n```\n'''\n"),
    ),
    "in a reply": (comment(1, suggestion("changed = 6"), in_reply_to_id=9), replaced(l6="changed = 6\n")),
}


@pytest.mark.parametrize(("given", "wanted"), EXACT.values(), ids=EXACT.keys())
def test_a_suggestion_is_applied_exactly(tmp_path: Path, given: dict[str, Any], wanted: str) -> None:
    repo = shop(tmp_path)
    run, report = review(repo, given)
    assert run.code == 0, run.said
    assert landed(repo) == wanted
    assert report["requests"][0]["engine"] == "exact"
    assert report["requests"][0]["place"] == f"{URL}1"
    message = repo.git("log", "-1", "--format=%B", "stetbot/review")
    assert "Co-authored-by: grace <42+grace@users.noreply.github.com>" in message
    again = call(repo, "review", "--comments", tmp_path / "review.json")
    # Lines that are gone leave no trace in the text: the branch's own commits say that they went.
    assert again.code == 0, again.said
    assert "0 applied, 1 unchanged, 0 refused" in again.out


def test_a_file_with_crlf_keeps_its_line_ends(tmp_path: Path) -> None:
    repo = shop(tmp_path)
    run, _ = review(repo, comment(1, suggestion("a", "b")), text=TEXT.replace("\n", "\r\n"))
    assert run.code == 0, run.said
    assert landed(repo) == replaced(l6="a\nb\n").replace("\n", "\r\n")


def test_many_comments_of_several_reviewers_become_one_commit(tmp_path: Path) -> None:
    repo = shop(tmp_path)
    comments = [
        comment(n, suggestion(f"changed = {n}"), n, user={"login": f"dev{n % 2}", "id": n % 2 + 1}) for n in (2, 5, 9)
    ]
    run, report = review(repo, *comments)
    assert run.code == 0, run.said
    assert report["status"] == "done"
    changed = [f"changed = {n}" if n in (2, 5, 9) else line for n, line in enumerate(LINES, 1)]
    assert landed(repo).split("\n")[:-1] == changed
    message = repo.git("log", "-1", "--format=%B", "stetbot/review")
    assert message.count("Co-authored-by: ") == 2
    assert repo.git("rev-list", "--count", "main..stetbot/review") == "1"


def test_an_outdated_comment_is_placed_again_by_its_content(tmp_path: Path) -> None:
    repo = shop(tmp_path)
    moved = "import os\n\n\n" + TEXT
    outdated = comment(1, suggestion("changed = 6"), line=None, start_line=None)
    run, _ = review(repo, outdated, text=moved)
    assert run.code == 0, run.said
    assert landed(repo) == moved.replace("value_6 = 6", "changed = 6")


def test_a_comment_whose_line_number_points_at_other_lines_follows_its_content(tmp_path: Path) -> None:
    repo = shop(tmp_path)
    moved = "import os\n\n\n" + TEXT
    run, _ = review(repo, comment(1, suggestion("changed = 6")), text=moved)
    assert run.code == 0, run.said
    assert landed(repo) == moved.replace("value_6 = 6", "changed = 6")


SNIPPET = "Do this:\n\n```python\n# ... existing code ...\nvalue_6 = 60\n# ... existing code ...\n```\n"
REFUSED = {
    "of lines that are gone": (comment(1, suggestion("x")), TEXT.replace("value_6 = 6\n", "other = 0\n"), "outdated"),
    "that shows nothing of its lines": (
        comment(1, suggestion("x"), line=None, original_line=None, diff_hunk="@@ -1 +1 @@"),
        TEXT,
        "outdated",
    ),
    "on the left side": (comment(1, suggestion("x"), side="LEFT"), TEXT, "left-side"),
    "on the whole file": (comment(1, suggestion("x"), subject_type="file", line=None), TEXT, "file-level"),
    "of a bot": (comment(1, suggestion("x"), user={"login": "lint[bot]", "id": 3, "type": "Bot"}), TEXT, "bot-author"),
    "with two suggestions": (comment(1, suggestion("x") + "\n" + suggestion("y")), TEXT, "ambiguous"),
    "that changes nothing": (comment(1, suggestion("value_6 = 6")), TEXT, "no-change"),
    "in words": (comment(1, "Please make this faster."), TEXT, "no-planner"),
    "on a file that is gone": (comment(1, suggestion("x"), path="gone.py"), TEXT, "unknown-path"),
    "on git's own files": (comment(1, suggestion("x"), path=".git/config"), TEXT, "denied-path"),
    "on a line that is like others": (
        comment(1, suggestion("x"), 2, diff_hunk="@@ -0,0 +1,2 @@\n+pass\n+pass", line=None),
        "pass\n" * 9,
        "ambiguous",
    ),
}


@pytest.mark.parametrize(("given", "text", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_a_comment_that_cannot_be_applied_is_named_by_its_code(
    tmp_path: Path, given: dict[str, Any], text: str, code: str
) -> None:
    repo = shop(tmp_path)
    good = comment(2, suggestion("value_12 = 0"), 12)
    run, report = review(repo, given, good, text=text if "value_12" in text else text + TEXT)
    assert run.code == 1, run.said
    assert report["requests"][0]["code"] == code, run.said
    assert report["requests"][0]["place"] == f"{URL}1"
    assert report["requests"][0]["remedy"]


def test_two_comments_that_want_different_things_of_one_line_are_both_refused(tmp_path: Path) -> None:
    repo = shop(tmp_path)
    run, report = review(repo, comment(1, suggestion("a")), comment(2, suggestion("b")), comment(3, suggestion("c"), 2))
    assert run.code == 1
    assert [request["code"] for request in report["requests"]] == ["overlapping", "overlapping", None]
    assert f"{URL}2" in report["requests"][0]["reason"]
    assert f"{URL}1" in report["requests"][1]["reason"]
    assert landed(repo) == replaced(l2="c\n")


def test_two_comments_that_want_the_same_are_both_applied(tmp_path: Path) -> None:
    repo = shop(tmp_path)
    run, _ = review(repo, comment(1, suggestion("a")), comment(2, suggestion("a")))
    assert run.code == 0, run.said
    assert landed(repo) == replaced(l6="a\n")


def test_a_snippet_in_a_comment_is_merged_with_proof(tmp_path: Path) -> None:
    repo = shop(tmp_path)
    run, report = review(repo, comment(1, SNIPPET))
    assert run.code == 0, run.said
    assert (report["requests"][0]["engine"], report["requests"][0]["verdict"]) == ("local", "verified")
    assert landed(repo) == replaced(l6="value_6 = 60\n")


def test_talk_asks_for_nothing(tmp_path: Path) -> None:
    repo = shop(tmp_path)
    run, report = review(repo, comment(1, "Thanks!", in_reply_to_id=9), comment(2, "<!-- hidden -->"))
    assert run.code == 0
    assert report["requests"] == []
    assert report["status"] == "nothing-to-do"


def test_pages_that_were_saved_together_are_read_as_one(tmp_path: Path) -> None:
    repo = shop(tmp_path)
    repo.write("a.py", TEXT)
    repo.commit()
    pages = [[comment(1, suggestion("a"), 2)], [comment(2, suggestion("b"), 9)]]
    run = call(repo, "review", "--comments", "-", stdin=json.dumps(pages).encode())
    assert run.code == 0, run.said
    assert "2 applied" in run.out
    assert repo.git("branch", "--list", "stetbot/*") == "  stetbot/comments"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('{"message": "Not Found"}', (":1",)),
        ("[{}]", (":1", "path")),
        ('[{"path": "a.py", "body": 7}]', (":1", "body")),
        ('[{"path": "a.py", "body": "x", "line": -3}]', (":1", "line")),
    ],
)
def test_what_is_no_list_of_comments_is_named(tmp_path: Path, content: str, says: tuple[str, ...]) -> None:
    repo = shop(tmp_path)
    run = call(repo, "review", "--comments", "-", stdin=content.encode())
    assert run.code == 2, run.said
    for words in says:
        assert words in run.err
