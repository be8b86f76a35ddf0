"""`stetbot propose` and `stetbot land`: two processes with a file between them that nobody has to trust."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest
from support.calls import CART, CHANGED, TWINS, UNCLEAR, call, instructions, one_complaint, section, shop, snapshot

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.gitrepo import GitRepo

SNIPPET = section("cart.py", "# ... existing code ...\n\n\ndef first(items):\n    return items[0] if items else None\n")
TEXT = (
    "# Mend the cart\n\nIt broke.\n\n"
    + SNIPPET
    + section("cart.py:2", "    return sum(items) * 1.1\n", "suggestion")
    + section("new.py", "x = 1\n", "python new")
    + "## Make `run.sh` executable\n\n"
)


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    return shop(tmp_path, {"run.sh": "#!/bin/sh\n", "other.py": "x = 1\n"})


def proposed(repo: GitRepo, text: str = TEXT, *flags: str) -> tuple[Path, Path]:
    """An instruction file and the proposal made of it."""
    file = instructions(repo.path.parent, text)
    target = repo.path.parent / "p.json"
    before = snapshot(repo)
    run = call(repo, "propose", file, "-o", target, *flags)
    assert run.code == 0, run.said
    assert run.out == ""
    assert snapshot(repo) == before
    return file, target


def test_landing_a_proposal_gives_what_apply_gives(repo: GitRepo) -> None:
    file, target = proposed(repo)
    before = snapshot(repo)
    run = call(repo, "land", target, "--from", file)
    assert run.code == 0, run.said
    assert "Committed " in run.out
    assert "git diff main...stetbot/fix" in run.out
    after = snapshot(repo)
    assert after.pop("refs") != before.pop("refs")
    assert after == before
    assert call(repo, "apply", file, "--branch", "direct").code == 0
    for what in ("%T", "%B", "%an %ae %cn %ce", "%P"):
        assert repo.git("log", "-1", f"--format={what}", "stetbot/fix") == repo.git(
            "log", "-1", f"--format={what}", "direct"
        )


def test_a_proposal_comes_on_stdout_and_its_messages_on_stderr(repo: GitRepo) -> None:
    file = instructions(repo.path.parent, TEXT + section("gone.py:1", "x\n", "suggestion"))
    run = call(repo, "propose", file)
    assert run.code == 1
    proposal = json.loads(run.out)
    assert proposal["base"] == repo.git("rev-parse", "HEAD")
    assert "(unknown-path)" in run.err
    assert "4 applied, 0 unchanged, 1 refused" in run.err
    again = call(repo, "propose", file)
    assert again.out == run.out


def test_a_proposal_grows_the_branch_that_is_there(repo: GitRepo) -> None:
    other = instructions(repo.path.parent, section("other.py:1", "x = 2\n", "suggestion"), "first.md")
    assert call(repo, "apply", other, "--branch", "stetbot/fix").code == 0
    tip = repo.git("rev-parse", "stetbot/fix")
    file, target = proposed(repo)
    assert json.loads(target.read_text("utf-8"))["base"] == tip
    assert call(repo, "land", target, "--from", file).code == 0
    assert repo.git("rev-parse", "stetbot/fix^") == tip


def test_landing_twice_is_refused_as_outdated_and_changes_nothing(repo: GitRepo) -> None:
    file, target = proposed(repo)
    assert call(repo, "land", target, "--from", file).code == 0
    before = snapshot(repo)
    run = call(repo, "land", target, "--from", file)
    assert run.code == 1
    assert one_complaint(run).startswith("outdated: ")
    assert snapshot(repo) == before


def test_a_proposal_that_applies_nothing_is_said_to_and_not_its_files(repo: GitRepo) -> None:
    file, _ = proposed(repo)
    assert call(repo, "apply", file).code == 0
    _, target = proposed(repo)
    run = call(repo, "land", target, "--from", file)
    assert run.code == 0, run.said
    assert f"Nothing to do: no request in what {target} applies." in run.out


def test_land_shows_what_it_would_land(repo: GitRepo) -> None:
    file, target = proposed(repo)
    before = snapshot(repo)
    run = call(repo, "land", target, "--from", file, "--diff")
    assert run.code == 0, run.said
    assert snapshot(repo) == before
    repo.git("apply", "--check", "-", stdin=run.raw)


def test_a_proposal_of_comments_lands_from_them(repo: GitRepo) -> None:
    body = "```suggestion\n    return 0\n```"
    comments = [
        {
            "id": 1,
            "path": "cart.py",
            "line": 2,
            "diff_hunk": "@@ -0,0 +1,2 @@\n+def total(items):\n+    return sum(items)",
            "body": body,
        }
    ]
    file = repo.path.parent / "c.json"
    file.write_text(json.dumps(comments), encoding="utf-8")
    target = repo.path.parent / "p.json"
    assert call(repo, "propose", "--comments", file, "-o", target).code == 0
    assert call(repo, "land", "--comments", target, "--from", file).code == 0
    assert repo.read("stetbot/c", "cart.py") == CART.replace("sum(items)", "0").encode()


def test_an_unproven_request_needs_to_be_accepted_by_who_lands(repo: GitRepo) -> None:
    repo.write("twins.py", TWINS)
    repo.commit()
    file = instructions(repo.path.parent, section("twins.py", UNCLEAR))
    target = repo.path.parent / "p.json"
    assert call(repo, "propose", file, "-o", target, "--accept-unproven").code == 0
    run = call(repo, "land", target, "--from", file)
    assert run.code == 1
    assert one_complaint(run).startswith("verification-failed: ")
    assert repo.git("branch", "--list", "stetbot/*") == ""
    assert call(repo, "land", target, "--from", file, "--accept-unproven").code == 0


Proposal = dict[str, Any]


def change_bytes(proposal: Proposal) -> None:
    new = proposal["files"][0]["new"]
    text = base64.b64decode(new["content_base64"]) + b"import os\n"
    new["content_base64"] = base64.b64encode(text).decode()


def merge_of(proposal: Proposal) -> dict[str, Any]:
    operation = proposal["requests"][0]["operations"][0]
    assert isinstance(operation, dict)
    return operation


def add_edit(proposal: Proposal) -> None:
    merge_of(proposal)["edits"].insert(0, {"start": 0, "stop": 0, "lines": ["import os"]})
    new = proposal["files"][0]["new"]
    new["content_base64"] = base64.b64encode(b"import os\n" + base64.b64decode(new["content_base64"])).decode()


def change_edit(proposal: Proposal) -> None:
    merge_of(proposal)["edits"][0]["lines"] = ["    return steal(items)"]
    new = proposal["files"][0]["new"]
    text = base64.b64decode(new["content_base64"]).replace(b"items[0] if items else None", b"steal(items)")
    new["content_base64"] = base64.b64encode(text).decode()


def wild_edit(proposal: Proposal) -> None:
    merge_of(proposal)["edits"][0] |= {"start": 900, "stop": 901}


def add_file(proposal: Proposal) -> None:
    proposal["files"].append(proposal["files"][0] | {"path": ".github/workflows/x.yml"})


def other_path(proposal: Proposal) -> None:
    proposal["files"][0]["path"] = "other.py"
    merge_of(proposal)["path"] = "other.py"


def same_file_twice(proposal: Proposal) -> None:
    proposal["files"].append(dict(proposal["files"][0]))


def other_mode(proposal: Proposal) -> None:
    proposal["files"][0]["new"]["mode"] = "100755"


def other_blob(proposal: Proposal) -> None:
    proposal["files"][0]["old"]["blob"] = "0" * 40


def drop_file(proposal: Proposal) -> None:
    proposal["files"].pop()


def unknown_request(proposal: Proposal) -> None:
    proposal["requests"].append(proposal["requests"][0] | {"id": "cart.py@000000000000"})


def refused_request(proposal: Proposal) -> None:
    """A request that stands in the file and cannot be applied is claimed to be."""
    proposal["requests"][-1] |= {"outcome": "applied", "engine": "exact", "operations": []}


def other_base(proposal: Proposal) -> None:
    proposal["base"] = "0" * 40


def no_base(proposal: Proposal) -> None:
    proposal["base"] = "HEAD; rm -rf /"


FORGED: dict[str, tuple[Callable[[Proposal], None], str]] = {
    "other bytes": (change_bytes, "cart.py is not what the requests make of it"),
    "one more edit": (add_edit, "verification-failed"),
    "another edit": (change_edit, "verification-failed"),
    "an edit outside of the file": (wild_edit, "do not fit cart.py"),
    "one more file": (add_file, ".github/workflows/x.yml is not what the requests make of it"),
    "another path": (other_path, "verification-failed"),
    "one file twice": (same_file_twice, "verification-failed"),
    "another mode": (other_mode, "cart.py is not what the requests make of it"),
    "another blob before": (other_blob, "cart.py is not what the requests make of it"),
    "a file less": (drop_file, "is not what the requests make of it"),
    "a request that is in no file": (unknown_request, "cart.py@000000000000, which is in none of the files"),
    "a request that was refused": (refused_request, "does not apply as proposed"),
    "another base": (other_base, "outdated"),
    "no commit as base": (no_base, "outdated"),
}


@pytest.mark.parametrize(("forge", "says"), FORGED.values(), ids=FORGED.keys())
def test_a_forged_proposal_lands_nothing(repo: GitRepo, forge: Callable[[Proposal], None], says: str) -> None:
    file = instructions(repo.path.parent, TEXT + section("gone.py:1", "x\n", "suggestion"))
    target = repo.path.parent / "p.json"
    assert call(repo, "propose", file, "-o", target).code == 1
    proposal = json.loads(target.read_text("utf-8"))
    forge(proposal)
    target.write_text(json.dumps(proposal), encoding="utf-8")
    before = snapshot(repo)
    run = call(repo, "land", target, "--from", file)
    assert run.code == 1, run.said
    assert run.out == ""
    assert says in one_complaint(run)
    assert snapshot(repo) == before


def test_a_base_that_the_proposal_chooses_is_not_followed(repo: GitRepo) -> None:
    """An older commit, or one of another branch, would bring along what nobody reviewed."""
    file, target = proposed(repo)
    repo.git("commit", "-q", "--allow-empty", "-m", "Go on")
    run = call(repo, "land", target, "--from", file)
    assert run.code == 1
    assert "outdated" in one_complaint(run)
    assert "--base" in one_complaint(run)
    assert repo.git("branch", "--list", "stetbot/*") == ""
    assert call(repo, "land", target, "--from", file, "--base", "HEAD~1").code == 0


def test_a_request_that_changed_since_is_not_landed(repo: GitRepo) -> None:
    _, target = proposed(repo)
    file = instructions(repo.path.parent, TEXT.replace("items else None", "items else 0"))
    before = snapshot(repo)
    run = call(repo, "land", target, "--from", file)
    assert run.code == 1
    assert "in none of the files given" in one_complaint(run)
    assert snapshot(repo) == before


def test_a_request_can_be_left_out(repo: GitRepo) -> None:
    file, target = proposed(repo, SNIPPET + section("other.py:1", "x = 2\n", "suggestion"))
    proposal = json.loads(target.read_text("utf-8"))
    proposal["requests"].pop()
    proposal["files"].pop()
    target.write_text(json.dumps(proposal), encoding="utf-8")
    assert call(repo, "land", target, "--from", file).code == 0
    assert repo.git("diff", "--name-only", "main...stetbot/fix") == "cart.py"
    assert repo.read("stetbot/fix", "cart.py") == CHANGED.encode()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("[]", "expected an object"),
        ("{}", "expected a whole number"),
        ('{"stetbot_proposal": 99}', "not a proposal of version 1"),
        ('{"stetbot_proposal": 1, "requests": {}}', "requests: expected a list"),
        ('{"stetbot_proposal": 1, "requests": [], "base": 7, "files": []}', "base: expected a string"),
        ('{"stetbot_proposal": 1, "requests": [], "base": "", "files": [{"new": {"content_base64": "!"}}]}', "base64"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_what_is_no_proposal_is_wrong_usage(repo: GitRepo, content: str, says: str) -> None:
    target = repo.path.parent / "p.json"
    target.write_text(content, encoding="utf-8")
    before = snapshot(repo)
    run = call(repo, "land", target, "--from", instructions(repo.path.parent))
    assert run.code == 2, run.said
    assert says in one_complaint(run)
    assert snapshot(repo) == before
