"""`stetbot merge` and `stetbot verify`: one merge or many, without a repository."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from support.calls import ASKED, CART, CHANGED, TWINS, UNCLEAR, call, one_complaint
from support.morph_server import MorphServer, perfect

if TYPE_CHECKING:
    from pathlib import Path

LAZY = f"# ... existing code ...\n\n\n{ASKED}"
DIFF = (
    "--- a/cart.py\n+++ b/cart.py\n@@ -5,2 +5,2 @@\n def first(items):\n"
    "-    return items[0]\n+    return items[0] if items else None\n"
)
SEARCH = "<<<<<<< SEARCH\n    return items[0]\n=======\n    return items[0] if items else None\n>>>>>>> REPLACE\n"
PATCH = (
    "*** Begin Patch\n*** Update File: cart.py\n@@ def first(items):\n-    return items[0]\n"
    "+    return items[0] if items else None\n*** End Patch\n"
)


def put(root: Path, **files: str | bytes) -> list[Path]:
    """Files with these contents; `__` in a name stands for a dot."""
    found = []
    for name, content in files.items():
        file = root / name.replace("__", ".")
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        found.append(file)
    return found


@pytest.mark.parametrize("update", [LAZY, DIFF, SEARCH, PATCH], ids=["lazy", "diff", "search-replace", "patch"])
def test_every_format_is_merged_to_the_byte(tmp_path: Path, update: str) -> None:
    original, snippet = put(tmp_path, cart__py=CART, u__txt=update)
    run = call(tmp_path, "merge", original, snippet)
    assert run.code == 0, run.said
    assert run.raw == CHANGED.encode()
    assert run.err == ""


@pytest.mark.parametrize("update", [LAZY, SEARCH], ids=["lazy", "search-replace"])
@pytest.mark.parametrize(
    "dress",
    [
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.rstrip("\n").encode(),
        lambda text: b"\xef\xbb\xbf" + text.rstrip("\n").replace("\n", "\r\n").encode(),
    ],
    ids=["CRLF", "BOM", "no final newline", "all of it"],
)
def test_line_ends_the_bom_and_the_final_newline_stay(tmp_path: Path, update: str, dress: Any) -> None:
    original, snippet = put(tmp_path, cart__py=dress(CART), u__txt=update)
    run = call(tmp_path, "merge", original, snippet)
    assert run.code == 0, run.said
    assert run.raw == dress(CHANGED)


def test_either_text_may_come_from_stdin(tmp_path: Path) -> None:
    original, snippet = put(tmp_path, cart__py=CART, u__txt=LAZY)
    assert call(tmp_path, "merge", original, "-", stdin=LAZY.encode()).raw == CHANGED.encode()
    assert call(tmp_path, "merge", "-", snippet, "--path", "x.py", stdin=CART.encode()).raw == CHANGED.encode()
    twice = call(tmp_path, "merge", "-", "-", stdin=b"x")
    assert twice.code == 2
    assert "only once" in one_complaint(twice)


def test_what_stands_already_is_printed_as_it_is(tmp_path: Path) -> None:
    original, snippet = put(tmp_path, cart__py=CHANGED, u__txt=LAZY)
    run = call(tmp_path, "merge", original, snippet)
    assert run.code == 0
    assert run.raw == CHANGED.encode()
    assert one_complaint(run).startswith("already-applied: ")


DECLINED = {
    "unproven": (TWINS, UNCLEAR, "unproven: "),
    "markers alone": (CART, "# ... existing code ...\n", "no-change: "),
    "no place": (CART, SEARCH.replace("items[0]", "nothing"), "no-anchor: "),
    "half a diff": (CART, DIFF.replace(" def", "def"), "ambiguous: "),
    "binary": (b"\0\1", LAZY, "binary: "),
    "not UTF-8": (b"caf\xe9\n", LAZY, "not-utf8: "),
}


@pytest.mark.parametrize(("original", "update", "says"), DECLINED.values(), ids=DECLINED.keys())
def test_what_cannot_be_proved_is_not_printed(tmp_path: Path, original: str | bytes, update: str, says: str) -> None:
    run = call(tmp_path, "merge", *put(tmp_path, m__py=original, u__txt=update))
    assert run.code == 1, run.said
    assert run.raw == b""
    assert one_complaint(run).startswith(says)


def test_an_empty_update_is_wrong_usage(tmp_path: Path) -> None:
    run = call(tmp_path, "merge", *put(tmp_path, m__py=CART, u__txt=""))
    assert run.code == 2, run.said
    assert "empty" in one_complaint(run)


def test_an_unproven_merge_is_printed_when_it_is_asked_for_and_doubted_on_stderr(tmp_path: Path) -> None:
    run = call(tmp_path, "merge", "--accept-unproven", *put(tmp_path, m__py=TWINS, u__txt=UNCLEAR))
    assert run.code == 0
    assert run.out.count("    return mid(items)\n") == 1
    assert one_complaint(run).startswith("unproven: ")


@pytest.mark.parametrize("name", ["/abs/cart.py", "../cart.py", "C:\\x\\cart.py", "con.py", "a\nb.py"])
def test_a_path_only_gives_the_language(tmp_path: Path, name: str) -> None:
    run = call(tmp_path, "merge", "--path", name, *put(tmp_path, x=CART, u__txt=LAZY))
    assert run.code == 0, run.said
    assert run.raw == CHANGED.encode()


def lines(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.split("\n")[:-1]]


def cases(root: Path, *wanted: dict[str, Any]) -> Path:
    file = root / "cases.jsonl"
    file.write_text("".join(json.dumps(case) + "\n" for case in wanted), encoding="utf-8")
    return file


CASE = {"id": "1", "style": "s", "path": "cart.py", "language": "python", "original": CART, "update": LAZY}


def test_a_batch_gives_one_line_for_each_case_with_these_fields(tmp_path: Path) -> None:
    file = cases(
        tmp_path,
        CASE,
        CASE | {"id": "2", "original": CART.replace("\n", "\r\n")},
        CASE | {"id": "3", "original": TWINS, "update": UNCLEAR},
        CASE | {"id": "4", "update": ""},
        CASE | {"id": "5", "update": DIFF.replace(" def", "def")},
        CASE | {"id": "6", "original": CHANGED},
        CASE | {"id": "7", "original": "a\0b\n"},
        CASE | {"id": "8", "path": "../x.py"},
    )
    run = call(tmp_path, "merge", "--batch", file)
    assert run.code == 0, run.said
    assert run.err == ""
    found = lines(run.out)
    assert [list(line) for line in found] == [["id", "style", "merged", "verdict", "why", "ms"]] * 8
    assert [line["id"] for line in found] == [str(number) for number in range(1, 9)]
    assert {line["style"] for line in found} == {"s"}
    merged = [line["merged"] for line in found]
    assert merged[:3] == [CHANGED, CHANGED.replace("\n", "\r\n"), None]
    assert merged[3:6] == [None, None, None]
    assert merged[7] == CHANGED
    assert [line["verdict"] for line in found[:6]] == ["verified", "verified", "unproven", None, None, None]
    assert found[5]["why"].startswith("already-applied: ")
    assert all(line["why"] for line in found[2:7])
    assert all(line["ms"] >= 0 for line in found)
    accepted = lines(call(tmp_path, "merge", "--batch", file, "--accept-unproven").out)
    assert accepted[2]["merged"].count("    return mid(items)\n") == 1
    assert accepted[2]["verdict"] == "unproven"


def test_a_batch_never_reads_the_answer(tmp_path: Path) -> None:
    answer = {"expected": CART.replace("sum", "max"), "comment": "the answer", "merged": "x", "kind": "merged"}
    plain = lines(call(tmp_path, "merge", "--batch", cases(tmp_path, CASE)).out)
    told = lines(call(tmp_path, "merge", "--batch", cases(tmp_path, CASE | answer)).out)
    wild = lines(call(tmp_path, "merge", "--batch", cases(tmp_path, CASE | dict.fromkeys(answer, 7))).out)
    for found in (plain, told, wild):
        del found[0]["ms"]
    assert plain == told == wild


def test_hints_are_read_only_when_they_are_asked_for(tmp_path: Path) -> None:
    hinted = CASE | {"instruction": 7, "lines": "none"}
    assert call(tmp_path, "merge", "--batch", cases(tmp_path, hinted)).code == 0
    wrong = call(tmp_path, "merge", "--hints", "--batch", cases(tmp_path, hinted))
    assert wrong.code == 2
    assert "cases.jsonl:1" in one_complaint(wrong)
    good = CASE | {"instruction": "I am answering.", "lines": [5, 6]}
    assert lines(call(tmp_path, "merge", "--hints", "--batch", cases(tmp_path, good)).out)[0]["merged"] == CHANGED


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b"{", "not JSON"),
        (b"[]", "must be an object"),
        (b'{"id": 1}', "'id' must be a string"),
        (b'{"id": "1", "path": "a.py", "original": "x"}', "'update' must be a string"),
        (b'{"id": "1", "path": "a.py", "original": "\\ud800", "update": "y"}', "half a character"),
        (b"[" * 50_000, "not JSON"),
    ],
)
@pytest.mark.parametrize("command", ["merge", "verify"])
def test_a_batch_with_a_wrong_line_does_nothing_at_all(tmp_path: Path, command: str, line: bytes, says: str) -> None:
    file = cases(tmp_path, CASE | {"merged": CHANGED})
    file.write_bytes(file.read_bytes() + b"\n" + line + b"\n")
    run = call(tmp_path, command, "--batch", file)
    assert run.code == 2
    assert run.out == ""
    assert "cases.jsonl:3" in one_complaint(run)
    assert says in one_complaint(run)


def test_a_batch_may_come_from_stdin_and_go_through_morph_in_parallel(tmp_path: Path) -> None:
    wanted = [CASE | {"id": str(number), "original": f"# {number}\n{CART}"} for number in range(12)]
    oracle = {(f"# {number}\n{CART}", LAZY): f"# {number}\n{CHANGED}" for number in range(12)}
    with MorphServer(perfect(oracle), delay=0.2) as server:
        run = call(
            tmp_path,
            *("merge", "--batch", "-", "--engine", "morph", "--jobs", "12"),
            stdin=cases(tmp_path, *wanted).read_bytes(),
            environment={"MORPH_API_KEY": "sk-sentinel-0123456789", "MORPH_API_URL": server.url},
        )
    assert run.code == 0, run.said
    assert [line["merged"] for line in lines(run.out)] == [f"# {number}\n{CHANGED}" for number in range(12)]
    assert len(server.requests) == 12


VERDICTS = {
    "right": (CHANGED, 0, "verified"),
    "a line is lost": (CHANGED.replace("def total(items):\n    return sum(items)\n\n\n", ""), 1, "refused"),
    "a line is invented": (CHANGED + "\nimport os\n", 1, "refused"),
    "a marker leaks": (LAZY, 1, "refused"),
    "nothing is done": (CART, 1, "refused"),
    "other line ends": (CHANGED.replace("\n", "\r\n"), 1, "refused"),
}


@pytest.mark.parametrize(("merged", "code", "verdict"), VERDICTS.values(), ids=VERDICTS.keys())
def test_the_verdict_on_a_merge_that_anybody_made(tmp_path: Path, merged: str, code: int, verdict: str) -> None:
    original, update, result = put(tmp_path, cart__py=CART, u__txt=LAZY, m__py=merged)
    run = call(tmp_path, "verify", original, update, result)
    assert run.code == code
    first, *doubts = run.out.removesuffix("\n").split("\n")
    assert first == verdict
    assert bool(doubts) is bool(code)
    assert all(doubt.startswith("  ") and ": " in doubt for doubt in doubts)
    piped = call(tmp_path, "verify", original, update, "-", stdin=merged.encode())
    assert piped.out == run.out


def test_a_batch_of_verdicts_gives_one_line_for_each_case(tmp_path: Path) -> None:
    wanted = [CASE | {"id": name, "merged": merged} for name, (merged, _, _) in VERDICTS.items()]
    run = call(tmp_path, "verify", "--batch", cases(tmp_path, *wanted))
    assert run.code == 0
    found = lines(run.out)
    assert [list(line) for line in found] == [["id", "style", "verdict", "doubts"]] * len(VERDICTS)
    assert [(line["id"], line["verdict"]) for line in found] == [
        (n, verdict) for n, (_, _, verdict) in VERDICTS.items()
    ]
    missing = call(tmp_path, "verify", "--batch", cases(tmp_path, CASE))
    assert missing.code == 2
    assert "'merged' must be a string" in one_complaint(missing)
