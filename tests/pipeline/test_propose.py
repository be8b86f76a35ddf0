from __future__ import annotations

import hashlib
import json

import pytest
from support.trees import MemoryTree

from bot.asks import (
    Ask,
    Block,
    BlockFormat,
    Blocks,
    ChangeMode,
    DeleteFile,
    NewFile,
    OriginalLines,
    Part,
    Plain,
    RenameFile,
    Request,
    Snippet,
    Suggestion,
    Whole,
)
from bot.errors import Code, Refusal, UsageError
from bot.model import LineRange
from bot.outcomes import Applied, Outcome, Refused, Unchanged
from bot.pipeline.engines import Job, Local, Merge
from bot.pipeline.land import Terms, derive
from bot.pipeline.proposal import from_json, to_json
from bot.pipeline.propose import Proposed, propose
from bot.pipeline.resolve import Resolver

SHOP = """\
def net(items):
    return sum(items)


def gross(items):
    return net(items) * 1.1


def cheapest(items):
    return min(items)
"""
FILES = {"shop.py": SHOP, "a.txt": "one\ntwo\nthree\n", "run.sh": "echo hello\n", "lib/b.txt": "bee\n"}
BASE = "0123456789abcdef0123456789abcdef01234567"


def part(path: str, ask: Ask, lines: LineRange | None = None, original: OriginalLines | None = None) -> Part:
    return Part(path, ask, f"{path}:1", "I am changing it.", lines, original)


def request(number: int, *parts: Part) -> Request:
    digest = hashlib.sha256(repr((number, parts)).encode()).hexdigest()
    return Request(parts[0].path, digest, 1, parts, f"all.md:{number}")


def requests(*wishes: Part | tuple[Part, ...]) -> list[Request]:
    return [request(at, *(wish if isinstance(wish, tuple) else (wish,))) for at, wish in enumerate(wishes, 1)]


def run(*wishes: Part | tuple[Part, ...], accept: bool = False, files: dict[str, str] | None = None) -> Proposed:
    tree = MemoryTree(dict(files or FILES), frozenset({"run.sh"}))
    return propose(requests(*wishes), tree, Resolver(Local(), lambda _: accept), map)


def texts(proposed: Proposed) -> dict[str, str | None]:
    return {result.path: result.new.document.text if result.new else None for result in proposed.files}


def codes(proposed: Proposed) -> list[Code | None]:
    return [outcome.code if isinstance(outcome, Refused) else None for outcome in proposed.outcomes]


def suggestion(first: int, last: int, *lines: str, path: str = "a.txt") -> Part:
    return part(path, Suggestion(lines), LineRange(first, last))


def swap(old: str, new: str, path: str = "a.txt") -> Part:
    return part(path, Blocks(BlockFormat.SEARCH_REPLACE, (Block(tuple(old.split("|")), tuple(new.split("|"))),)))


def test_requests_on_one_file_are_resolved_on_the_base_and_composed() -> None:
    proposed = run(suggestion(1, 1, "ONE", "and a half"), suggestion(3, 3, "THREE"))
    assert codes(proposed) == [None, None]
    assert texts(proposed) == {"a.txt": "ONE\nand a half\ntwo\nTHREE\n"}
    assert proposed.files[0].requests == tuple(outcome.request.id for outcome in proposed.outcomes)


def test_overlapping_requests_are_both_refused_and_each_names_the_other() -> None:
    proposed = run(suggestion(1, 2, "X"), suggestion(2, 3, "Y"), suggestion(1, 1, "bee!", path="lib/b.txt"))
    assert codes(proposed) == [Code.OVERLAPPING, Code.OVERLAPPING, None]
    first, second = proposed.refused
    assert second.request.id in first.reason
    assert first.request.id in second.reason
    assert texts(proposed) == {"lib/b.txt": "bee!\n"}


def test_a_request_that_stands_on_another_is_placed_on_the_composed_text() -> None:
    chain = swap("four", "five"), swap("three", "four"), swap("five", "six")
    proposed = run(*chain)
    assert codes(proposed) == [None, None, None]
    assert texts(proposed) == {"a.txt": "one\ntwo\nsix\n"}


def test_a_file_that_one_request_makes_can_be_changed_by_another() -> None:
    proposed = run(swap("hello", "goodbye", "new.txt"), part("new.txt", NewFile("hello\n")))
    assert codes(proposed) == [None, None]
    assert texts(proposed) == {"new.txt": "goodbye\n"}
    assert proposed.files[0].old is None


def test_a_request_over_several_files_lands_whole_or_not() -> None:
    bad = (suggestion(1, 1, "ONE"), swap("nowhere", "x", "lib/b.txt"))
    proposed = run(bad, suggestion(3, 3, "THREE"))
    assert codes(proposed) == [Code.NO_ANCHOR, None]
    assert texts(proposed) == {"a.txt": "one\ntwo\nTHREE\n"}


def test_a_conflict_in_one_file_drops_the_request_in_all_its_files() -> None:
    proposed = run((suggestion(1, 1, "X"), suggestion(1, 1, "bee!", path="lib/b.txt")), suggestion(1, 1, "Y"))
    assert codes(proposed) == [Code.OVERLAPPING, Code.OVERLAPPING]
    assert texts(proposed) == {}


def test_a_half_done_request_is_completed_by_running_it_again() -> None:
    files = FILES | {"a.txt": "ONE\ntwo\nthree\n"}
    both = (swap("one", "ONE"), swap("bee", "BEE", "lib/b.txt"))
    proposed = run(both, files=files)
    assert codes(proposed) == [None]
    assert texts(proposed) == {"lib/b.txt": "BEE\n"}


def test_operations_on_whole_files() -> None:
    proposed = run(
        part("a.txt", DeleteFile()),
        part("lib/b.txt", RenameFile("lib/c/d.txt", Whole("bee\nand bug\n"))),
        part("run.sh", ChangeMode(executable=False)),
        part("new.sh", NewFile("echo\n", executable=True)),
    )
    assert codes(proposed) == [None] * 4
    assert texts(proposed) == {
        "a.txt": None,
        "lib/c/d.txt": "bee\nand bug\n",
        "run.sh": "echo hello\n",
        "new.sh": "echo\n",
    }
    by_path = {result.path: result for result in proposed.files}
    assert by_path["lib/c/d.txt"].renamed_from == "lib/b.txt"
    mode_before, mode_after = by_path["run.sh"].old, by_path["run.sh"].new
    assert mode_before is not None
    assert mode_after is not None
    assert (mode_before.executable, mode_after.executable) == (True, False)


@pytest.mark.parametrize(
    "wish",
    [
        part("gone.txt", DeleteFile()),
        part("gone.txt", RenameFile("a.txt")),
        part("run.sh", ChangeMode(executable=True)),
        part("a.txt", NewFile("one\ntwo\nthree\n")),
        part("a.txt", Whole("one\ntwo\nthree\n")),
        part("shop.py", Snippet("def net(items):\n    return sum(items)\n\n# ... existing code ...\n")),
    ],
)
def test_what_stands_already_is_unchanged_in_every_format(wish: Part) -> None:
    (outcome,) = run(wish).outcomes
    assert isinstance(outcome, Unchanged)
    assert outcome.reason


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        (part("../out.txt", NewFile("x\n")), Code.DENIED_PATH),
        (part(".git/config", Whole("x\n")), Code.DENIED_PATH),
        (part("nowhere.txt", Whole("x\n")), Code.UNKNOWN_PATH),
        (part("a.txt", NewFile("another text\n")), Code.CONTRADICTS),
        (part("lib", NewFile("x\n")), Code.CONTRADICTS),
        (part("a.txt/b.txt", NewFile("x\n")), Code.CONTRADICTS),
        (part("a.txt", RenameFile("run.sh")), Code.CONTRADICTS),
        (part("a.txt", RenameFile("../a.txt")), Code.DENIED_PATH),
        (part("a.txt", Plain()), Code.NO_PLANNER),
        (part("shop.py", Snippet("# ... existing code ...\n    print(items)\n# ... existing code ...\n")), None),
    ],
)
def test_what_cannot_be_applied_is_refused_by_its_code(wish: Part, code: Code | None) -> None:
    (outcome,) = run(wish).outcomes
    assert isinstance(outcome, Refused)
    assert code in (None, outcome.code)
    assert outcome.reason


def test_a_request_that_its_reader_refused_stays_refused() -> None:
    refused = Request("a.txt", "0" * 64, 1, (), "comment 1", refusal=(Code.LEFT_SIDE, "it is about a deleted line"))
    (outcome,) = propose([refused], MemoryTree(FILES), Resolver(Local(), lambda _: True), map).outcomes
    assert isinstance(outcome, Refused)
    assert outcome.code is Code.LEFT_SIDE


def test_line_hints_are_kept_only_while_the_lines_are_those_of_the_comment() -> None:
    seen: list[Job] = []

    def engine(job: Job) -> Merge:
        seen.append(job)
        raise Refusal(Code.NO_ANCHOR, "only looking")

    snippet = Snippet("def gross(items):\n    # ... existing code ...\n")
    fits = OriginalLines("c" * 40, ("def gross(items):",))
    moved = OriginalLines("c" * 40, ("something else",))
    wishes = [part("shop.py", snippet, LineRange(5, 5), original) for original in (None, fits, moved)]
    propose(requests(*wishes), MemoryTree(FILES), Resolver(engine, lambda _: False), map)
    assert [job.hints.lines for job in seen] == [LineRange(5, 5), LineRange(5, 5), None]


# --- proposals and landing ---

WISHES: tuple[Part | tuple[Part, ...], ...] = (
    part(
        "shop.py",
        Snippet(
            "# ... existing code ...\n\ndef gross(items):\n    return net(items) * 1.2\n\n# ... existing code ...\n"
        ),
    ),
    suggestion(2, 2, "TWO"),
    (part("new.txt", NewFile("new\n")), part("lib/b.txt", RenameFile("lib/c.txt"))),
    part("run.sh", ChangeMode(executable=False)),
)


def proposal_text() -> str:
    proposed = run(*WISHES)
    assert len(proposed.applied) == len(WISHES)
    return to_json(BASE, proposed)


def landed(text: str, *wishes: Part | tuple[Part, ...]) -> Proposed:
    tree = MemoryTree(dict(FILES), frozenset({"run.sh"}))
    proposal, terms = from_json("p.json", text.encode()), Terms(lambda _: False, {})
    return derive(proposal, requests(*(wishes or WISHES)), tree, terms, map).proposed


def test_an_honest_proposal_is_derived_again_to_the_byte() -> None:
    proposed = run(*WISHES)
    again = landed(to_json(BASE, proposed))
    assert again.files == proposed.files
    assert [type(outcome) for outcome in again.outcomes] == [Applied] * len(WISHES)


def test_a_proposal_says_what_was_refused_and_lands_the_rest() -> None:
    wishes = (*WISHES, swap("nowhere", "x"))
    text = to_json(BASE, run(*wishes))
    assert [outcome["outcome"] for outcome in json.loads(text)["requests"]] == ["applied"] * 4 + ["refused"]
    assert len(landed(text, *wishes).applied) == 4


def forge(text: str, where: str, value: object) -> str:
    """`text` with the value at `where` ("files.0.path") put in; None takes the item out."""
    top = json.loads(text)
    *path, last = [int(step) if step.isdecimal() else step for step in where.split(".")]
    node = top
    for step in path:
        node = node[step]
    if value is None:
        del node[last]
    else:
        node[last] = value
    return json.dumps(top)


@pytest.mark.parametrize(
    ("where", "value"),
    [
        ("files.0.path", "../etc/passwd"),
        ("files.0.path", "other.txt"),
        ("files.0.new.content_base64", "aGFja2VkCg=="),
        ("files.0.new.mode", "100755"),
        ("files.0.old.blob", "f" * 40),
        ("files.0", None),
        ("files.2.renamed_from", "a.txt"),
        ("requests.0", None),
        ("requests.0.id", "shop.py@ffffffffffff"),
        ("requests.0.operations.0.edits.0.lines", ["    return net(items) * 9"]),
        ("requests.0.operations.0.edits.0.start", 0),
        ("requests.0.operations.0.stands_on", "0" * 64),
        ("requests.0.operations", []),
    ],
)
def test_a_forged_proposal_lands_nothing(where: str, value: object) -> None:
    with pytest.raises((Refusal, UsageError)) as refused:
        landed(forge(proposal_text(), where, value))
    if isinstance(refused.value, Refusal):
        assert refused.value.code is Code.VERIFICATION_FAILED


def test_a_request_that_was_edited_after_the_proposal_lands_nothing() -> None:
    edited = (suggestion(2, 2, "TWO AND MORE"), *WISHES[1:])
    with pytest.raises(Refusal):
        landed(proposal_text(), *edited)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b'{"stetbot_proposal": 2}',
        b'{"stetbot_proposal": true, "base": "x", "requests": [], "files": []}',
        b'{"stetbot_proposal": 1, "base": 3, "requests": [], "files": []}',
        b'{"stetbot_proposal": 1, "base": "x", "requests": {}, "files": []}',
        (
            b'{"stetbot_proposal": 1, "base": "x", "requests": [], "files": [{"path": "a", "new": {"mode": "1", '
            b'"content_base64": "!"}}]}'
        ),
        b"[" * 100_000,
    ],
)
def test_a_file_that_is_no_proposal_is_named(data: bytes) -> None:
    with pytest.raises(UsageError, match=r"p\.json"):
        from_json("p.json", data)


def test_outcomes_come_in_the_order_of_the_requests() -> None:
    wishes = tuple(suggestion(at, at, f"line {at}") for at in (3, 1, 2))
    outcomes: tuple[Outcome, ...] = run(*wishes).outcomes
    assert [outcome.request.place for outcome in outcomes] == ["all.md:1", "all.md:2", "all.md:3"]


def test_a_place_among_several_is_not_decided_by_what_another_request_of_the_run_has_landed() -> None:
    files = {"a.txt": "one\ntwo\none\n", "b.txt": "bee\n"}
    # Its first part hides the second for a round: it waits for the file that another request makes.
    waits = swap("new", "newer", "c.txt"), swap("one", "eins", "a.txt")
    proposed = run(waits, part("c.txt", NewFile("new\n")), swap("two|one", "two|uno"), files=files)
    assert codes(proposed) == [Code.AMBIGUOUS, None, None]
    assert texts(proposed) == {"a.txt": "one\ntwo\nuno\n", "c.txt": "new\n"}
