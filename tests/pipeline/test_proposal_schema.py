"""docs/proposal.schema.json describes what `propose` writes, and what `land` takes: no less, no more."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from support.checkout import ROOT
from support.gitrepo import GitRepo
from support.trees import MemoryTree

from bot.errors import UsageError
from bot.pipeline.engines import Local
from bot.pipeline.proposal import MAX_BYTES, blob_id, from_json, to_json
from bot.pipeline.propose import propose
from bot.pipeline.resolve import Resolver
from bot.requests import read_instructions

BASE = "0123456789abcdef0123456789abcdef01234567"
TREE = {
    "shop.py": "def low():\n    return 1\n\n\ndef high():\n    return 2\n",
    "twice.py": "a = 1\nb = 1\n\nif a:\n    run()\nb = 1\n\nif a:\n    run()\n",
    "old.py": "x = 1\n",
    "gone.py": "x = 1\n",
    "run.sh": "echo\n",
    "ümlaut.txt": "bär\r\n",
}
REQUESTS = [
    {"target_file": "shop.py", "code_edit": "def low():\n    return 10\n"},
    {"target_file": "ümlaut.txt", "code_edit": "bär, naïve \u2028\r\n", "format": "whole"},
    {"target_file": "new.py", "code_edit": "x = 2\n", "format": "new"},
    {"target_file": "old.py", "rename_to": "moved.py"},
    {"target_file": "gone.py", "delete": True},
    {"target_file": "run.sh", "executable": True},
    {"target_file": "missing.py", "code_edit": "x\n"},
    {"target_file": "shop.py", "lines": "6", "format": "suggestion", "code_edit": "    return 2\n"},
    {"target_file": "twice.py", "code_edit": "if a:\n    run(2)\n"},
]


@cache
def schema() -> dict[str, Any]:
    described: dict[str, Any] = json.loads((ROOT / "docs" / "proposal.schema.json").read_text("utf-8"))
    return described


@cache
def validator() -> Draft202012Validator:
    Draft202012Validator.check_schema(schema())
    return Draft202012Validator(schema())


def text(accept: bool = False, base: str = BASE) -> str:
    requests = read_instructions("c.json", json.dumps(REQUESTS).encode()).requests
    return to_json(base, propose(requests, RealBlobs(dict(TREE)), Resolver(Local(), lambda _: accept), map))


class RealBlobs(MemoryTree):
    """With blob ids as git gives them."""

    def read(self, path: str) -> Any:
        state = super().read(path)
        return type(state)(state.document, state.executable, blob_id(state.document.to_bytes(), BASE))


@pytest.mark.parametrize("accept", [False, True])
def test_a_real_proposal_of_every_kind_is_as_described(accept: bool) -> None:
    proposal = json.loads(text(accept))
    assert [error.message for error in validator().iter_errors(proposal)] == []
    kinds = {operation["kind"] for request in proposal["requests"] for operation in request.get("operations", ())}
    assert kinds == {"change", "create", "delete", "rename", "mode"}
    outcomes = {request["outcome"] for request in proposal["requests"]}
    assert outcomes == {"applied", "unchanged", "refused"}
    from_json("p.json", text(accept).encode())


def objects(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Where the objects of a JSON value stand."""
    found: list[tuple[str | int, ...]] = [path] if isinstance(value, dict) else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        found += objects(inner, (*path, key))
    return found


def test_a_key_that_is_not_described_is_no_part_of_a_proposal() -> None:
    whole = json.loads(text())
    places = objects(whole)
    assert len(places) > 20
    for path in places:
        proposal = json.loads(text())
        at = proposal
        for key in path:
            at = at[key]
        at["co_author"] = "Eve <eve@evil.example>"
        assert not validator().is_valid(proposal), path
        # What stands below a refused request, or tells of doubts and costs, is not read at all.
        if "doubts" not in path and "usage" not in path and not refused(proposal, path):
            with pytest.raises(UsageError, match="co_author"):
                from_json("p.json", json.dumps(proposal).encode())


def refused(proposal: Any, path: tuple[str | int, ...]) -> bool:
    return len(path) > 2 and path[0] == "requests" and proposal["requests"][path[1]]["outcome"] != "applied"


def test_a_blob_id_is_the_one_that_git_gives(tmp_path: Any) -> None:
    repo = GitRepo(tmp_path / "r")
    for data in (b"", b"x\n", "bär\r\n\ufeff".encode()):
        assert blob_id(data, BASE) == repo.git("hash-object", "--stdin", stdin=data)
    assert len(blob_id(b"", "0" * 64)) == 64


def test_the_limit_that_is_written_down_is_the_one_that_holds() -> None:
    assert f"{MAX_BYTES:,} bytes" in schema()["description"]
    assert f"{MAX_BYTES // 1024 // 1024} MiB" in (ROOT / "docs" / "proposal.md").read_text("utf-8")
    with pytest.raises(UsageError, match="larger than"):
        from_json("p.json", b" " * (MAX_BYTES + 1))


def test_the_page_names_every_key_of_the_top() -> None:
    page = (ROOT / "docs" / "proposal.md").read_text("utf-8")
    assert [key for key in schema()["properties"] if f"`{key}`" not in page] == []
