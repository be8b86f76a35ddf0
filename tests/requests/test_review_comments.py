"""Saved review comments: what GitHub would apply, and what it would refuse."""

import json

import pytest

from bot.asks import Author, Blocks, OriginalLines, Plain, Request, Snippet, Suggestion
from bot.errors import Code, InstructionError
from bot.model import LineRange
from bot.requests import read_comments
from bot.requests.comments import request_of_talk

HUNK = "@@ -1,4 +1,5 @@ class Cart:\n one\n-gone\n+two\n+three\n four"


def comment(body: str, **fields: object) -> dict[str, object]:
    """A comment on line 4 ("four") of a.py; a field set to ... is left out."""
    known: dict[str, object] = {
        "id": 7,
        "html_url": "https://github.example/o/r/pull/1#discussion_r7",
        "path": "a.py",
        "body": body,
        "diff_hunk": HUNK,
        "commit_id": "b" * 40,
        "original_commit_id": "a" * 40,
        "line": 4,
        "original_line": 4,
        "start_line": None,
        "original_start_line": None,
        "side": "RIGHT",
        "start_side": None,
        "subject_type": "line",
        "user": {"login": "ada", "id": 3, "type": "User"},
    }
    return {key: value for key, value in {**known, **fields}.items() if value is not ...}


def read(*comments: dict[str, object]) -> tuple[Request, ...]:
    return read_comments("c.json", json.dumps(list(comments)).encode()).requests


def one(body: str, **fields: object) -> Request:
    (request,) = read(comment(body, **fields))
    return request


def code_of(request: Request) -> Code | None:
    return request.refusal[0] if request.refusal else None


SUGGESTION = "```suggestion\nFOUR\n```"


def test_a_suggestion_replaces_its_lines_and_knows_what_they_were() -> None:
    request = one("Shout.\r\n\r\n```suggestion\r\nFOUR\r\n```\r\n")
    (part,) = request.parts
    assert part.ask == Suggestion(("FOUR",))
    assert part.lines == LineRange(4, 4)
    assert part.original == OriginalLines("a" * 40, ("four",), ("one", "two", "three"))
    assert part.instruction == "Shout."
    assert request.key == "https://github.example/o/r/pull/1#discussion_r7"
    assert request.author == Author("ada", "3+ada@users.noreply.github.com")


def test_a_suggestion_over_several_lines() -> None:
    (part,) = one(SUGGESTION, start_line=2, original_start_line=2, start_side="RIGHT").parts
    assert part.lines == LineRange(2, 4)
    assert part.original == OriginalLines("a" * 40, ("two", "three", "four"), ("one",))


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("```suggestion\n```", ()),
        ("```suggestion\n\n```", ("",)),
        ("````suggestion\n```\nx\n```\n````", ("```", "x", "```")),
        ("~~~ suggestion\nx\n~~~", ("x",)),
        ("  ```suggestion\n    x\n  ```", ("  x",)),
        ("```suggestion\nx\n", ("x",)),
        ("```suggestion\n\tx  \n```", ("\tx  ",)),
        ("- like so:\n  ```suggestion\n  x\n  ```", ("x",)),
        ("Log:\n```\nTrace\n```\n```suggestion\nx\n```", ("x",)),
    ],
)
def test_fences_are_read_by_the_rules_of_commonmark(body: str, lines: tuple[str, ...]) -> None:
    assert one(body).parts[0].ask == Suggestion(lines)


@pytest.mark.parametrize(
    ("body", "fields", "code"),
    [
        (SUGGESTION, {"side": "LEFT"}, Code.LEFT_SIDE),
        (SUGGESTION, {"start_side": "LEFT", "start_line": 2, "original_start_line": 2}, Code.LEFT_SIDE),
        (SUGGESTION, {"subject_type": "file", "line": None, "original_line": None}, Code.FILE_LEVEL),
        (SUGGESTION, {"line": None, "original_line": None, "diff_hunk": ""}, Code.FILE_LEVEL),
        (SUGGESTION, {"line": None, "diff_hunk": ""}, Code.OUTDATED),
        (SUGGESTION, {"line": None, "diff_hunk": "what"}, Code.OUTDATED),
        (SUGGESTION, {"line": None, "original_line": 90}, Code.OUTDATED),
        (SUGGESTION + "\n\n" + SUGGESTION, {}, Code.AMBIGUOUS),
        ("```py\na\n```\n\n```py\nb\n```", {}, Code.AMBIGUOUS),
        ("```suggestion:-0+1\nx\n```", {}, Code.AMBIGUOUS),
        ("```diff\nno diff\n```", {}, Code.AMBIGUOUS),
        ("```diff whole\nx\n```", {}, Code.AMBIGUOUS),
        ("<details>\n```suggestion\nx\n```\n</details>", {}, Code.AMBIGUOUS),
        ("```new\nx\n```", {}, Code.CONTRADICTS),
        ("```suggestion\nfour\n```", {}, Code.NO_CHANGE),
        (SUGGESTION, {"user": {"login": "dependabot[bot]", "id": 1, "type": "Bot"}}, Code.BOT_AUTHOR),
        (SUGGESTION, {"user": {"login": "x[bot]", "id": 1}}, Code.BOT_AUTHOR),
    ],
)
def test_what_github_refuses_is_refused_with_its_code(body: str, fields: dict[str, object], code: Code) -> None:
    request = one(body, **fields)
    assert code_of(request) is code
    assert request.parts == ()


def test_an_outdated_comment_is_carried_by_the_text_of_its_hunk() -> None:
    (part,) = one(SUGGESTION, line=None).parts
    assert part.lines is None
    assert part.original == OriginalLines("a" * 40, ("four",), ("one", "two", "three"))


def test_old_servers_leave_fields_out_and_the_hunk_ends_at_the_line() -> None:
    fields = dict.fromkeys(["line", "original_line", "side", "start_side", "start_line", "subject_type"], ...)
    (part,) = one(SUGGESTION, **fields).parts
    assert part.lines is None
    assert part.original is not None
    assert part.original.inside == ("four",)


def test_replies_are_talk_unless_they_suggest() -> None:
    talk = comment("I disagree.", in_reply_to_id=1)
    code = comment("```py\nx\n```", in_reply_to_id=1)
    better = comment(SUGGESTION, in_reply_to_id=1, id=8)
    assert [request.parts[0].ask for request in read(talk, code, better)] == [Suggestion(("FOUR",))]


@pytest.mark.parametrize("body", ["", "  \n", "<!-- only a machine reads this -->", "<!--\n" + SUGGESTION])
def test_what_shows_nothing_asks_for_nothing(body: str) -> None:
    assert read(comment(body)) == ()


def test_a_quoted_suggestion_is_talk() -> None:
    request = one("> ```suggestion\n> x\n> ```\n\nI would rather not.")
    assert request.parts[0].ask == Plain()


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("Please rename it.", Plain),
        ("LGTM", Plain),
        ("It prints\n```text\nTrace\n```", Plain),
        ("```console\n$ ls\n```", Plain),
        ("```python\ndef f():\n    # ... existing code ...\n```", Snippet),
        ("```diff\n-four\n+FOUR\n```", Blocks),
        ("```\n<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE\n```", Blocks),
    ],
)
def test_words_and_code_of_other_kinds(body: str, kind: type) -> None:
    (part,) = one(body).parts
    assert isinstance(part.ask, kind)
    assert part.lines == LineRange(4, 4)


def test_a_log_stays_in_the_words() -> None:
    assert one("It prints\n```text\nTrace\n```").parts[0].instruction == "It prints\n\n```text\nTrace\n```"


@pytest.mark.parametrize(
    "user",
    [
        None,
        ...,
        {},
        {"login": "ada"},
        {"login": "ada\nSigned-off-by: eve", "id": 3},
        {"login": "a<b>", "id": 3},
        {"login": "ada", "id": None},
    ],
)
def test_an_author_without_a_plain_name_is_nobody(user: object) -> None:
    request = one(SUGGESTION, user=user)
    assert request.author is None
    assert request.parts


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"html_url": ...}, "comment-7"),
        ({"html_url": "https://x.test/\nStetbot-Request: x"}, "comment-7"),
        ({"html_url": "javascript:alert(1)"}, "comment-7"),
        ({"html_url": ..., "id": ...}, "a.py"),
    ],
)
def test_the_key_is_the_thread_or_the_number(fields: dict[str, object], key: str) -> None:
    assert one(SUGGESTION, **fields).key == key


def test_the_hash_is_of_what_was_written_and_where() -> None:
    digest = one(SUGGESTION).digest
    assert one(SUGGESTION.replace("\n", "\r\n"), line=None).digest == digest
    assert one(SUGGESTION, line=9).digest == digest
    assert one(SUGGESTION + "!").digest != digest
    assert one(SUGGESTION, path="b.py").digest != digest
    assert one(SUGGESTION, original_line=3, diff_hunk=HUNK).digest != digest


def test_pages_saved_as_a_list_of_lists_are_one_list() -> None:
    pages = [[comment(SUGGESTION)], [comment("Words.", id=8)]]
    assert len(read_comments("c.json", json.dumps(pages).encode()).requests) == 2


@pytest.mark.parametrize(
    ("data", "place", "problem"),
    [
        ("{}", "c.json:1", "not a list"),
        ('[\n"x"]', "c.json:2", "not a mapping"),
        ('[\n{"body": "x"}]', "c.json:2", "empty path"),
        ('[{"path": "a", "body": 1}]', "c.json:1", "not a text"),
        ('[{"path": "a", "body": "x",\n"line": "3"}]', "c.json:2", "no line"),
        ('[{"path": "a", "body": "x",\n"line": 0}]', "c.json:2", "no line"),
        ('[{"path": "a", "body": "x", "line": 3, "start_line": 5}]', "c.json:1", "start_line after line"),
        ('[{"path": "a", "body": "\\u0000"}]', "c.json:1", "NUL"),
    ],
)
def test_what_is_no_such_json_names_its_line(data: str, place: str, problem: str) -> None:
    with pytest.raises(InstructionError) as caught:
        read_comments("c.json", data.encode())
    assert caught.value.place == place
    assert problem in caught.value.problem


def talked(body: str) -> Request:
    return request_of_talk("https://github.com/o/r/pull/1#issuecomment-1", body, None, ("a.py", "b.py"))


def test_a_comment_on_the_whole_is_words_about_one_of_the_files_of_the_change() -> None:
    (part,) = talked("The tax is 25 % now.\n\n```python\nRATE = 0.25\n```\n").parts
    assert (part.path, part.ask, part.lines) == ("", Plain(("a.py", "b.py")), None)
    assert part.instruction == "The tax is 25 % now.\n\n```python\nRATE = 0.25\n```"
    assert talked("The tax.").digest == talked("The tax.  \n").digest != talked("A tax.").digest


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", Code.NO_CHANGE),
        ("<!-- hidden -->", Code.NO_CHANGE),
        ("So:\n\n```suggestion\nx\n```\n", Code.AMBIGUOUS),
    ],
)
def test_a_comment_on_the_whole_that_cannot_be_meant_is_refused(body: str, code: Code) -> None:
    request = talked(body)
    assert request.refusal is not None
    assert request.refusal[0] is code
    assert request.parts == ()
