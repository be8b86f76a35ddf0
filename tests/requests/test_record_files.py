"""Instruction files in YAML, JSON and JSON Lines."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.asks import Batch, Blocks, ChangeMode, DeleteFile, NewFile, Part, Plain, RenameFile, Snippet, Suggestion, Whole
from bot.errors import InstructionError
from bot.model import LineRange
from bot.requests import ReadOptions, read_comments, read_instructions


def read(name: str, text: str) -> Batch:
    return read_instructions(name, text.encode())


def only(record: dict[str, object]) -> Part:
    (request,) = read("x.json", json.dumps(record)).requests
    (part,) = request.parts
    return part


def test_the_arguments_of_an_edit_file_call_are_a_request_in_every_form() -> None:
    record = {"target_file": "a.py", "instructions": "I add x.", "code_edit": "x = 1\n"}
    texts = {
        "x.json": json.dumps([record]),
        "one.json": json.dumps(record, indent=2),
        "x.jsonl": f"\n{json.dumps(record)}\n\n",
        "x.yaml": "- target_file: a.py\n  instructions: I add x.\n  code_edit: |\n    x = 1\n",
        "x.YML": "requests:\n  - {target_file: a.py, instructions: I add x., code_edit: 'x = 1'}\n",
        "x.md": "## `a.py`\n\nI add x.\n\n```\nx = 1\n```\n",
    }
    batches = {name: read(name, text) for name, text in texts.items()}
    assert {batch.requests[0].digest for batch in batches.values()} == {batches["x.json"].requests[0].digest}
    assert all(len(batch.requests) == 1 for batch in batches.values())
    assert batches["x.json"].requests[0].parts[0].ask == Snippet("x = 1\n")


def test_the_object_form_carries_the_commit_message() -> None:
    batch = read("x.yaml", "subject: Add x\nbody: |\n  Because.\nrequests: []\n")
    assert (batch.subject, batch.body, batch.requests) == ("Add x", "Because.", ())


@pytest.mark.parametrize(
    ("record", "ask"),
    [
        ({"code_edit": "x"}, Snippet("x\n")),
        ({"code_edit": "x\r\ny\r\n"}, Snippet("x\ny\n")),
        ({"code_edit": "x", "format": "whole"}, Whole("x\n")),
        ({"code_edit": "", "format": "new"}, NewFile("")),
        ({"code_edit": "x", "format": "new", "executable": True}, NewFile("x\n", executable=True)),
        ({"code_edit": "", "format": "suggestion", "lines": 4}, Suggestion(())),
        ({"instructions": "Do it."}, Plain()),
        ({"instruction": "Do it."}, Plain()),
        ({"delete": True}, DeleteFile()),
        ({"delete": True, "instructions": "It is old."}, DeleteFile()),
        ({"rename_to": "b.py"}, RenameFile("b.py")),
        ({"rename_to": "b.py", "instructions": "And more."}, RenameFile("b.py", Plain())),
        ({"rename_to": "b.py", "code_edit": "x"}, RenameFile("b.py", Snippet("x\n"))),
        ({"executable": False}, ChangeMode(executable=False)),
    ],
)
def test_a_record_says_one_thing_of_one_file(record: dict[str, object], ask: object) -> None:
    assert only({"target_file": "a.py", **record}).ask == ask
    assert only({"target_filepath": "a.py", **record}).path == "a.py"
    assert only({"path": "a.py", **record}).path == "a.py"


@pytest.mark.parametrize("lines", [[10, 24], "10-24", "10 - 24"])
def test_lines_are_a_pair_or_a_range(lines: object) -> None:
    assert only({"path": "a.py", "code_edit": "x", "lines": lines}).lines == LineRange(10, 24)


def test_yaml_reads_a_range_without_quotes() -> None:
    batch = read("x.yaml", "- path: a.py\n  code_edit: x\n  lines: 10-24\n")
    assert batch.requests[0].parts[0].lines == LineRange(10, 24)


def test_edits_of_several_files_are_one_request() -> None:
    record = {
        "instructions": "I move it.",
        "edits": [{"path": "a.py", "delete": True}, {"path": "b.py", "code_edit": "x", "instructions": "Here."}],
    }
    (request,) = read("x.json", json.dumps([record])).requests
    assert [(part.path, part.instruction) for part in request.parts] == [
        ("a.py", "I move it."),
        ("b.py", "I move it.\n\nHere."),
    ]


def test_a_diff_names_its_files_itself() -> None:
    diff = "--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-a\n+b\n--- a/b.py\n+++ b/b.py\n@@ -1 +1 @@\n-a\n+b\n"
    (request,) = read("x.json", json.dumps({"code_edit": diff})).requests
    assert [(part.path, type(part.ask)) for part in request.parts] == [("a.py", Blocks), ("b.py", Blocks)]


@pytest.mark.parametrize(
    ("name", "text", "line", "problem"),
    [
        ("x.yaml", "- target_file: a\n  code_edit: [\n", 3, "bad YAML"),
        ("x.yaml", "a: b: c\n", 1, "bad YAML"),
        ("x.yaml", "- target_file: a\n  target_file: b\n", 2, "stands twice"),
        ("x.yaml", "- &a {path: a.py, delete: true}\n- *a\n", 2, "alias"),
        ("x.yaml", "- {path: a.py, code_edit: !!python/object/apply:os.system ['x']}\n", 1, "tag"),
        ("x.yaml", "- path: !!str a.py\n", 1, "tag"),
        ("x.yaml", "- <<: {path: a.py}\n", 1, "no text"),
        ("x.yaml", "- {[a]: b}\n", 1, "no text"),
        ("x.yaml", "- {1: b}\n", 1, "no text"),
        ("x.yaml", "- path: a.py\n---\n- path: b.py\n", 2, "second YAML document"),
        ("x.yaml", "- path: no\n", 1, "true or false, not a text"),
        ("x.yaml", "- path: 1.5\n", 1, "a fraction"),
        ("x.yaml", "- path: 2026-11-21\n", 1, "a date"),
        ("x.yaml", "- path: a.py\n  code_edit: x\n  lines: 0x10\n", 3, "another notation"),
        ("x.yaml", "- path: a.py\n  code_edit: x\n  lines: 010\n", 3, "another notation"),
        ("x.yaml", '- path: a.py\n  code_edit: "\\0"\n', 2, "NUL"),
        ("x.yaml", "- path: a.py\n  code_edit: \x01\n", 2, "bad YAML"),
        ("x.yaml", "just words\n", 1, "not a mapping"),
        ("x.yaml", "- " * 40 + "x\n", 1, "deeper"),
        ("x.yaml", "[" * 100_000, 1, "deeper"),
        ("x.json", '{"path": "a.py",}', 1, "bad JSON"),
        ("x.json", "", 1, "ends too early"),
        ("x.json", '[\n{"path": "a.py"}\n', 3, "bad JSON"),
        ("x.json", "[\n{'path': 1}]", 2, "double quotes"),
        ("x.json", '[\n{"path": NaN}]', 2, "bad JSON"),
        ("x.json", '[\n{"path": "a\n"}]', 2, "control character"),
        ("x.json", '{"path": "a", "path": "b"}', 1, "stands twice"),
        ("x.json", '{"path": "a"}\n{"path": "b"}', 2, "after the end"),
        ("x.json", '[{"path": "a.py",\n"what": 1}]', 2, "unknown key 'what'"),
        ("x.json", '[{"path": "a.py",\n"code_edit": 1}]', 2, "a number, not a text"),
        ("x.json", '[{"path": "a.py",\n"code_edit": "\\ud800"}]', 2, "surrogate"),
        ("x.json", '[{"path": "a.py",\n"code_edit": "\\u0000"}]', 2, "NUL"),
        ("x.json", '[{"path": "a.py",\n"code_edit": ""}]', 2, "empty snippet"),
        ("x.json", '[{"path": "a.py", "code_edit": "x",\n"lines": [3, 1]}]', 2, "no range"),
        ("x.json", '[{"path": "a.py", "code_edit": "x",\n"lines": [true, true]}]', 2, "no range"),
        ("x.json", '[{"path": "a.py", "code_edit": "x",\n"lines": 1e3}]', 2, "no range"),
        ("x.json", '[{"path": "a.py", "code_edit": "x",\n"lines": ' + "9" * 5000 + "}]", 2, "no range"),
        ("x.json", '[{"path": "a.py",\n"delete": "true"}]', 2, "a text"),
        ("x.json", '[{"path": "a.py",\n"format": "magic", "code_edit": "x"}]', 2, "the format 'magic'"),
        ("x.json", '[{"path": "a.py",\n"format": "new"}]', 2, "without code_edit"),
        ("x.json", '[\n{"code_edit": "x"}]', 2, "without a file"),
        ("x.json", '[\n{"instructions": "x"}]', 2, "without a file"),
        ("x.json", '[{"path": "a.py"}]', 1, "neither words nor code"),
        ("x.json", '[{"path": "a.py", "target_file": "b.py", "delete": true}]', 1, "say the same"),
        ("x.json", '[{"path": "a\\nb", "delete": true}]', 1, "line break"),
        ("x.json", '[{"path": "", "delete": true}]', 1, "empty path"),
        ("x.json", '[{"path": "a", "rename_to": "", "instructions": "x"}]', 1, "empty path"),
        ("x.json", '[{"path": "a", "delete": true, "code_edit": "x"}]', 1, "deleted and there is code"),
        ("x.json", '[{"path": "a.py", "format": "suggestion", "code_edit": "x"}]', 1, "without lines"),
        ("x.json", '{"edits": []}', 1, "no edit"),
        ("x.json", '{"edits": [{"path": "a", "delete": true},\n{"path": "a", "delete": true}]}', 2, "stands twice"),
        ("x.json", '{"requests": [], "subject": "a\\nb"}', 1, "several lines"),
        ("x.json", "[" * 100_000, 1, "deeper"),
        ("x.jsonl", '{"path": "a.py", "delete": true}\n{"path":', 2, "ends too early"),
        ("x.jsonl", '{"path": "a.py", "delete": true}\n[]', 2, "a list, not a mapping"),
    ],
)
def test_what_cannot_be_read_names_its_line(name: str, text: str, line: int, problem: str) -> None:
    with pytest.raises(InstructionError) as caught:
        read(name, text)
    assert caught.value.place == f"{name}:{line}"
    assert problem in caught.value.problem


def test_a_file_may_ask_for_nothing_but_not_for_too_much() -> None:
    assert read("x.json", "[]") == read("x.yaml", "[]") == read("x.jsonl", "\n") == Batch(())
    with pytest.raises(InstructionError, match="more than 1 requests"):
        read_instructions("x.jsonl", b'{"path":"a","delete":true}\n' * 2, ReadOptions(max_requests=1))


def test_a_megabyte_line_and_many_records_are_read() -> None:
    assert len(read("x.json", json.dumps({"path": "a", "code_edit": "x" * 1_000_000})).requests) == 1
    record = '{"path": "a", "code_edit": "x"}\n'
    assert read("x.jsonl", record * 20_000).requests[-1].ordinal == 20_000


NAMES = st.sampled_from(["x.md", "x.yaml", "x.json", "x.jsonl"])
WORDS = """
## `a.py`~|## |# T~|### |~|~~|```|~~~~|````diff~|```suggestion~|`|a.py|@@ -1 +1 @@~|--- a/x~|+++ b/x~|-a~|+b~| c~
|\\ No newline~|diff --git a/x b/x~|rename from x~|new file mode 100755~|<<<<<<< SEARCH~|=======~|>>>>>>> REPLACE~
|*** Begin Patch~|*** Update File: x~|*** End Patch~|*** Add File: y~|<!--|-->|> |- |[|]|{|}|"path"|:|,|"|\\|\\ud800
|path: a~|- path: a~  |code_edit: |   x~|&a |*a|!!x |delete this file.|rename | to |\t|    |\0|\ufeff|\r|\u2028|\x0c
"""
# Pieces of every syntax that is read; "~" stands for a line end.
PIECES = st.sampled_from([piece.replace("~", "\n") for piece in WORDS.strip().replace("\n", "").split("|")])


def attempt(name: str, data: bytes) -> Batch | InstructionError:
    try:
        return read_instructions(name, data)
    except InstructionError as error:
        return error


def attempt_comments(data: bytes) -> Batch | InstructionError:
    try:
        return read_comments("c.json", data)
    except InstructionError as error:
        return error


@given(NAMES, st.binary(max_size=200))
def test_any_bytes_give_a_batch_or_an_instruction_error(name: str, data: bytes) -> None:
    found = attempt(name, data)
    assert isinstance(found, Batch) or found.place.startswith(name)


@given(NAMES, st.lists(PIECES, max_size=25).map("".join))
def test_any_mixture_of_syntax_gives_a_batch_or_an_instruction_error(name: str, text: str) -> None:
    found = attempt(name, text.encode())
    if isinstance(found, Batch):
        assert all(request.parts or request.refusal for request in found.requests)
        assert attempt(name, text.encode()) == found
    else:
        assert found.remedy


@given(st.binary(max_size=100) | st.lists(PIECES, max_size=25).map(lambda pieces: "".join(pieces).encode()))
def test_any_bytes_as_comments_give_a_batch_or_an_instruction_error(data: bytes) -> None:
    found = attempt_comments(data)
    assert isinstance(found, Batch) or found.place.startswith("c.json")


@given(st.lists(PIECES, max_size=20).map("".join), st.sampled_from(["", "@@ -1,2 +1,2 @@\n a\n+b"]))
def test_any_comment_body_is_read(body: str, hunk: str) -> None:
    comment = {"id": 1, "path": "a.py", "body": body, "line": 2, "diff_hunk": hunk}
    found = attempt_comments(json.dumps([comment]).encode())
    if isinstance(found, Batch):
        assert len(found.requests) <= 1
    else:
        assert "NUL" in found.problem
