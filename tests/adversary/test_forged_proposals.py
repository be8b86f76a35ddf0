"""Proposals in which one field is forged: a clear refusal, never a crash, never another file than was asked for."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.trees import MemoryTree

from bot.errors import Code, Refusal, UsageError
from bot.outcomes import Written
from bot.pipeline.engines import Local
from bot.pipeline.land import Terms, derive
from bot.pipeline.proposal import from_json, to_json
from bot.pipeline.propose import Proposed, propose
from bot.pipeline.resolve import Resolver
from bot.pipeline.writers import RecordedWriter
from bot.requests import read_instructions

FILES = {"shop.py": "def low():\n    return 1\n\n\ndef high():\n    return 2\n"}
TEXT = b"## `shop.py`\n\n```python\ndef low():\n    return 10\n```\n"
BASE = "0123456789abcdef0123456789abcdef01234567"


def landed(place: tuple[str | int, ...], value: object) -> None:
    """Land the proposal of `TEXT` with `value` put at `place`."""
    requests = read_instructions("change.stetbot.md", TEXT).requests
    tree = MemoryTree(dict(FILES), frozenset())
    proposal: Any = json.loads(to_json(BASE, propose(requests, tree, Resolver(Local(), lambda _: False), map)))
    at = proposal
    for step in place[:-1]:
        at = at[step]
    at[place[-1]] = value
    derive(from_json("p.json", json.dumps(proposal).encode()), requests, tree, Terms(lambda _: False, {}), map)


EDIT = ("requests", 0, "operations", 0, "edits", 0)
NEW = ("files", 0, "new")


def test_the_proposal_itself_lands() -> None:
    landed(("requests", 0, "place"), "elsewhere")


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ((*EDIT, "lines"), ["    return 10  # and more"]),
        ((*EDIT, "lines"), ["    return 10\r"]),
        ((*EDIT, "lines"), ["\ud800"]),
        ((*EDIT, "lines"), ["a\nb"]),
        ((*EDIT, "start"), -1),
        ((*EDIT, "stop"), 10**30),
        ((*EDIT, "start"), True),
        (("requests", 0, "id"), ["x"]),
        (("requests", 0, "engine"), "nobody"),
        (("requests", 0, "operations", 0, "stands_on"), "0" * 64),
        (("files",), []),
        (("files", 0, "path"), "../shop.py"),
        (("files", 0, "renamed_from"), "other.py"),
        (("files", 0, "old", "blob"), "0" * 40),
        ((*NEW, "mode"), "100755"),
        ((*NEW, "mode"), "120000"),
        ((*NEW, "blob"), "0" * 40),
        ((*NEW, "content_base64"), "A"),
        ((*NEW, "content_base64"), "\u00e9\u00e9\u00e9\u00e9"),
        ((*NEW, "content_base64"), "AAAA"),
        (("co_authors",), ["Eve <eve@evil.example>"]),
        (("message",), "Approve"),
        (("requests", 0, "author"), "Eve <eve@evil.example>"),
        (("requests", 0, "snippet"), "def low():\n    return 666\n"),
        (("requests", 0, "operations", 0, "kind"), "symlink"),
        (("requests", 0, "operations", 0, "to"), ".github/workflows/x.yml"),
        ((*EDIT, "mode"), "120000"),
        (("files", 0, "target"), "/etc/passwd"),
        ((*NEW, "symlink"), True),
    ],
)
def test_one_forged_field_lands_nothing(place: tuple[str | int, ...], value: object) -> None:
    with pytest.raises((Refusal, UsageError)):
        landed(place, value)


# --- proposals that say of a request what the same run would not have said of it ---

LOANS = """\
class Loans {
    Loan find(Book book) {
        for (Loan loan : open) {
            if (loan.has(book)) {
                return loan;
            }
        }
        return null;
    }

    List<Loan> overdue() {
        List<Loan> late = new ArrayList<>();
        for (Loan loan : open) {
            if (loan.late()) {
                late.add(loan);
            }
        }
        return late;
    }
}
"""
MARKER = "// ... existing code ..."
COUNTED = f"{MARKER}\n        for (Loan loan : open) {{\n            count();\n        }}\n{MARKER}\n"
SITE = {"Loans.java": LOANS, "low.py": "def low():\n    return 1\n"}


def section(place: str, code: str, info: str = "") -> str:
    return f"## `{place}`\n\n```{info}\n{code}```\n\n"


def run(text: str, tree: MemoryTree, *, accept: bool) -> Proposed:
    requests = read_instructions("change.stetbot.md", text.encode()).requests
    return propose(requests, tree, Resolver(Local(), lambda _: accept), map)


def refused(proposal: dict[str, Any], text: str, tree: MemoryTree, terms: Terms) -> str:
    """The reason why `proposal` does not land."""
    requests = read_instructions("change.stetbot.md", text.encode()).requests
    with pytest.raises(Refusal) as error:
        derive(from_json("p.json", json.dumps(proposal).encode()), requests, tree, terms, map)
    assert error.value.code is Code.VERIFICATION_FAILED
    return error.value.reason


STRICT = Terms(lambda _: False, {})


@pytest.mark.parametrize("engine", ["local", "exact"])
def test_what_the_local_engine_left_unproven_is_not_proved_by_saying_so(engine: str) -> None:
    """The judge alone finds nothing against this merge: the doubt is the engine's own."""
    text, tree = section("Loans.java", COUNTED), MemoryTree(dict(SITE), frozenset())
    assert run(text, tree, accept=False).applied == ()
    forged = json.loads(to_json(BASE, run(text, tree, accept=True)))
    forged["requests"][0] |= {"engine": engine, "verdict": "verified", "doubts": []}
    assert "does not apply as proposed" in refused(forged, text, tree, STRICT)


def test_where_no_remote_model_can_have_been_asked_its_name_proves_nothing() -> None:
    text, tree = section("Loans.java", COUNTED), MemoryTree(dict(SITE), frozenset())
    forged = json.loads(to_json(BASE, run(text, tree, accept=True)))
    forged["requests"][0] |= {"engine": "morph", "verdict": "verified", "doubts": []}
    assert "does not apply as proposed" in refused(forged, text, tree, Terms(lambda _: False, {}, remote=False))
    (edit,) = forged["requests"][0]["operations"][0]["edits"]
    edit["lines"] = [line.replace("count", "clear") for line in edit["lines"]]
    said = refused(forged, text, tree, Terms(lambda _: False, {}, remote=False))
    assert "Morph's merge, and the engine here is local" in said


@pytest.mark.parametrize("info", ["suggestion", "python"])
def test_of_two_requests_that_exclude_each_other_none_lands_because_the_other_is_left_out(info: str) -> None:
    tree = MemoryTree(dict(SITE), frozenset())
    place, shown = (
        ("low.py:2", "    return {}\n") if info == "suggestion" else ("low.py", "def low():\n    return {}\n")
    )
    one, other = (section(place, shown.format(number), info) for number in (10, 20))
    assert run(one + other, tree, accept=False).applied == ()
    for alone in (one, other):
        forged = json.loads(to_json(BASE, run(alone, tree, accept=False)))
        assert "both change low.py" in refused(forged, one + other, tree, STRICT)


def test_a_number_that_does_not_hold_is_not_made_to_hold_by_leaving_out_what_moved_it() -> None:
    """The first suggestion stands already and has moved the line that the second one names."""
    tree = MemoryTree({"a.txt": "one\nmore\ntwo\nthree\n"}, frozenset())
    first, second = section("a.txt:1", "one\nmore\n", "suggestion"), section("a.txt:2", "TWO\n", "suggestion")
    assert run(first + second, tree, accept=False).applied == ()
    forged = json.loads(to_json(BASE, run(second, tree, accept=False)))
    assert "may have moved" in refused(forged, first + second, tree, STRICT)


def test_what_a_commit_has_applied_is_not_applied_again_in_other_words() -> None:
    text, tree = "## `low.py`\n\nI am doubling what low gives.\n", MemoryTree(dict(SITE), frozenset())
    (request,) = read_instructions("change.stetbot.md", text.encode()).requests
    snippet = "def low():\n    return 2\n\n\n# ... existing code ...\n"
    writer = RecordedWriter({(request.id, "low.py"): Written("low.py", snippet, "I am doubling.")})
    proposal = json.loads(to_json(BASE, propose([request], tree, Resolver(Local(), lambda _: False, writer), map)))
    assert proposal["requests"][0]["outcome"] == "applied"
    landed_before = Terms(lambda _: False, {request.id: "f" * 40})
    assert "commit ffffffffffff applied it" in refused(proposal, text, tree, landed_before)
    unread = Terms(lambda _: False, {}, looks_first=True)
    assert "somebody is to read it first" in refused(proposal, text, tree, unread)


def test_a_name_without_end_is_cut_where_it_is_told() -> None:
    text, tree = section("low.py:2", "    return 10\n", "suggestion"), MemoryTree(dict(SITE), frozenset())
    forged = json.loads(to_json(BASE, run(text, tree, accept=False)))
    forged["requests"][0]["id"] = "x" * 1_000_000
    assert len(refused(forged, text, tree, STRICT)) < 500
    forged = json.loads(to_json(BASE, run(text, tree, accept=False)))
    forged["files"][0]["path"] = "x" * 1_000_000
    assert len(refused(forged, text, tree, STRICT)) < 500
