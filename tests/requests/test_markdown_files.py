"""Instruction files in Markdown: what each section asks, and what is refused with its line."""

import pytest

from bot.asks import Batch, Blocks, ChangeMode, DeleteFile, NewFile, Part, Plain, RenameFile, Snippet, Suggestion, Whole
from bot.errors import Code, InstructionError
from bot.model import LineRange
from bot.requests import merge_batches, read_instructions


def read(text: str) -> Batch:
    return read_instructions("wish.stetbot.md", text.encode())


def only(text: str) -> Part:
    (request,) = read(text).requests
    (part,) = request.parts
    return part


def asks(text: str) -> list[object]:
    return [part.ask for request in read(text).requests for part in request.parts]


SECTION = "## `a.py`\n\nI add a line.\n\n"
DIFF = "@@ -1 +1 @@\n-a\n+b\n"


def test_title_and_body_become_the_commit_message_and_a_section_becomes_a_request() -> None:
    batch = read("# Charge tax\n\nPrices were net.\n\nAll of them.\n\n" + SECTION + "```python\nx = 1\n```\n")
    (request,) = batch.requests
    assert (batch.subject, batch.body) == ("Charge tax", "Prices were net.\n\nAll of them.")
    assert request.key == "a.py"
    assert request.parts[0].instruction == "I add a line."
    assert request.parts[0].ask == Snippet("x = 1\n")
    assert request.place == "wish.stetbot.md:11"


@pytest.mark.parametrize(
    ("heading", "path", "lines"),
    [
        ("## `a b.py`", "a b.py", None),
        ("## shop/cart.py", "shop/cart.py", None),
        ("## setup.cfg:", "setup.cfg", None),
        ("## shop/\\_\\_init\\_\\_.py", "shop/__init__.py", None),
        ("## shop/__init__.py", "shop/__init__.py", None),
        ("## `shop/cart.py:10-24`", "shop/cart.py", LineRange(10, 24)),
        ("## `shop/cart.py`:10", "shop/cart.py", LineRange(10, 10)),
        ("## shop/cart.py:3", "shop/cart.py", LineRange(3, 3)),
        ("## [`a.py`](src/a.py)", "a.py", None),
        ("## ``a`b.py``", "a`b.py", None),
        ("## `a.py` <!-- later `b.py` -->", "a.py", None),
        ("`a.py`\n---", "a.py", None),
        ("## `a.py` ##", "a.py", None),
        ("## `Makefile`", "Makefile", None),
    ],
)
def test_a_heading_names_its_file(heading: str, path: str, lines: LineRange | None) -> None:
    part = only(f"{heading}\n\nDo it.\n")
    assert (part.path, part.lines, part.ask) == (path, lines, Plain())


@pytest.mark.parametrize(
    "fence",
    [
        "```python\nx = 1\n```",
        "~~~\nx = 1\n~~~",
        "``````py\nx = 1\n``````",
        "   ```\n   x = 1\n   ```",
        "- step\n\n  ```py\n  x = 1\n  ```",
        "1. ```py\n   x = 1\n   ```",
        "```python\r\nx = 1\r\n```\r",
    ],
)
def test_a_fence_of_any_form_gives_the_same_snippet(fence: str) -> None:
    assert only(SECTION + fence + "\n").ask == Snippet("x = 1\n")


def test_a_longer_fence_holds_shorter_ones_and_headings_inside_are_code() -> None:
    code = "# Title\n\n```sh\nls\n```\n\n## `b.py`\n"
    assert asks(SECTION + "````md\n" + code + "````\n") == [Snippet(code)]


@pytest.mark.parametrize(
    ("info", "code", "kind"),
    [
        ("python whole", "x = 1\n", Whole),
        ("new", "x = 1\n", NewFile),
        ("new", "", NewFile),
        ("py snippet", DIFF, Snippet),
        ("diff", DIFF, Blocks),
        ("diff", "-a\n+b\n", Blocks),
        ("DIFF", DIFF, Blocks),
        ("python search-replace", "<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE\n", Blocks),
        ("patch", "*** Begin Patch\n*** Update File: a.py\n-a\n+b\n*** End Patch\n", Blocks),
        ("patch", DIFF, Blocks),
        ("", DIFF, Blocks),
        ("", "------- SEARCH\na\n=======\nb\n+++++++ REPLACE\n", Blocks),
        ("", "*** Begin Patch\n*** Update File: a.py\n-a\n+b\n*** End Patch\n", Blocks),
        ("", "-a\n+b\n", Snippet),
        ("python", "x = 1\n", Snippet),
    ],
)
def test_the_format_is_said_in_the_info_string_or_found_by_its_syntax(info: str, code: str, kind: type) -> None:
    assert isinstance(only(f"{SECTION}```{info}\n{code}```\n").ask, kind)


def test_a_suggestion_replaces_the_lines_of_the_heading() -> None:
    part = only("## `a.py:3-4`\n\n```suggestion\nx\n```\n")
    assert (part.ask, part.lines) == (Suggestion(("x",)), LineRange(3, 4))


def test_code_that_begins_like_a_diff_and_is_none_is_refused_as_ambiguous() -> None:
    (request,) = read(SECTION + "```\n--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\nwhat\n```\n").requests
    assert request.refusal is not None
    assert request.refusal[0] is Code.AMBIGUOUS
    assert "begins like a diff but line 4" in request.refusal[1]
    assert request.remedy == "correct the snippet, or say `snippet` in the fence's info string"
    assert request.parts == ()


def test_a_search_replace_without_its_end_is_told_what_is_missing() -> None:
    (request,) = read(SECTION + "```\n<<<<<<< SEARCH\na\n=======\nb\n```\n").requests
    assert request.refusal is not None
    assert request.refusal[1].endswith("a SEARCH/REPLACE block but line 1: the block has no `>>>>>>> REPLACE` line")
    assert request.remedy.startswith("add it, or ")


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("## delete `Makefile`\n", "delete file `Makefile`"),
        ("## Create `Dockerfile`\n\n```\nFROM scratch\n```\n", "Create file `Dockerfile`"),
    ],
)
def test_a_name_that_is_read_as_a_title_is_told_how_to_name_a_file(text: str, heading: str) -> None:
    with pytest.raises(InstructionError) as caught:
        read(text)
    assert "without a slash or a dot is read as a title" in caught.value.remedy
    assert caught.value.remedy.endswith(f"write ## {heading}")
    assert only(text.replace("`", "file `", 1)).path in heading


def test_a_file_that_is_a_diff_is_one_request_over_all_its_files() -> None:
    hunk = "@@ -1 +1 @@\n-a\n+b\n"
    text = f"diff --git a/x b/x\n--- a/x\n+++ b/x\n{hunk}diff --git a/y b/y\n--- a/y\n+++ b/y\n{hunk}"
    for name in ("c.diff", "c.patch", "0001-c.PATCH"):
        (request,) = read_instructions(name, text.encode()).requests
        assert [part.path for part in request.parts] == ["x", "y"]
    with pytest.raises(InstructionError, match=r"c\.diff:1: "):
        read_instructions("c.diff", b"no diff\n")


@pytest.mark.parametrize(
    ("text", "ask"),
    [
        ("## delete `a.py`", DeleteFile()),
        ("## Remove file `a.py`", DeleteFile()),
        ("## `a.py`\n\nDelete this file. Nobody reads it.", DeleteFile()),
        ("## rename `a.py` to `b.py`", RenameFile("b.py")),
        ("## Move `a.py` -> `b.py`", RenameFile("b.py")),
        ("## `a.py`\n\nRename this file to `b.py`.", RenameFile("b.py")),
        ("## `a.py`\n\nRename this file to `b.py`. Fix its imports too.", RenameFile("b.py", Plain())),
        ("## `a.py`\n\nRename this file to `b.py`.\n\n```\nx\n```", RenameFile("b.py", Snippet("x\n"))),
        ("## rename file `a` to `b`", RenameFile("b")),
        ("## Delete file `Makefile`", DeleteFile()),
        ("## make `a.py` executable", ChangeMode(executable=True)),
        ("## `a.py`\n\nMake this file not executable.", ChangeMode(executable=False)),
        (
            "## rename `a.py` to `b.py`\n\nMake this file executable.",
            RenameFile("b.py", ChangeMode(executable=True)),
        ),
        ("## create `a.py`\n\n```py\nx\n```", NewFile("x\n")),
        ("## `a.py`\n\nMake this file executable.\n\n```new\nx\n```", NewFile("x\n", executable=True)),
        ("## `a.py`\n\nDelete this file from the index.", Plain()),
        ("## `a.py`\n\nDo not delete this file.", Plain()),
    ],
)
def test_deletions_renames_and_modes_are_said_in_a_closed_grammar(text: str, ask: object) -> None:
    assert only(text + "\n").ask == ask


@pytest.mark.parametrize("title", ["Rename `total` to `sum_of`", "Delete `Cart`", "Add `tax`", "Make `f` executable"])
def test_a_heading_about_names_in_the_code_is_a_title(title: str) -> None:
    with pytest.raises(InstructionError, match="section without a file"):
        read(f"## {title}\n\nWords.\n")
    (request,) = read(f"## {title}\n\n### `a.py`\n\n```\nx\n```\n").requests
    assert request.parts[0].instruction == title


def test_each_fence_of_a_section_is_a_request_with_the_words_before_it() -> None:
    batch = read("## `a.py`\n\nFirst.\n\n```\na\n```\n\nSecond.\n\n```\nb\n```\n```\nc\n```\n\nAfter.\n")
    assert [(r.key, r.parts[0].ask, r.parts[0].instruction) for r in batch.requests] == [
        ("a.py", Snippet("a\n"), "First."),
        ("a.py", Snippet("b\n"), "Second."),
        ("a.py", Snippet("c\n"), "After."),
    ]


def test_equal_sections_are_told_apart_by_their_ordinal() -> None:
    one, two = read((SECTION + "```\nx\n```\n\n") * 2).requests
    assert one.digest == two.digest
    assert (one.ordinal, two.ordinal) == (1, 2)
    assert two.id == one.id + ".2"


def test_the_hash_ignores_trailing_space_in_prose_but_not_in_code() -> None:
    plain = read("## `a.py`\n\nDo it.\n\n```\nx\n```\n").requests[0].digest
    assert read("## `a.py`   \n\n\nDo it.  \n\n~~~\nx\n~~~\n").requests[0].digest == plain
    assert read("## `a.py`\r\n\r\nDo it.\r\n\r\n```\r\nx\r\n```\r\n").requests[0].digest == plain
    assert read("## `a.py`\n\nDo it.\n\n```\nx \n```\n").requests[0].digest != plain
    assert read("## `a.py:1`\n\nDo it.\n\n```\nx\n```\n").requests[0].digest != plain


def test_a_title_above_files_is_one_request_over_all_of_them() -> None:
    text = "## Rename total\n\nI rename it.\n\n### `a.py`\n\nHere.\n\n```\na\n```\n\n### delete `b.py`\n\n### c.py\n"
    (request,) = read(text).requests
    assert [(part.path, part.ask, part.instruction) for part in request.parts] == [
        ("a.py", Snippet("a\n"), "I rename it.\n\nHere."),
        ("b.py", DeleteFile(), "I rename it."),
        ("c.py", Plain(), "I rename it."),
    ]


@pytest.mark.parametrize("above", ["# Title\n\n", "## Both files\n\n", ""])
def test_a_diff_that_names_its_files_needs_no_section(above: str) -> None:
    fence = "```diff\n--- a/x.py\n+++ b/x.py\n@@ -1 +1 @@\n-a\n+b\n--- /dev/null\n+++ b/y.py\n@@ -0,0 +1 @@\n+y\n```\n"
    (request,) = read(above + fence).requests
    assert [(part.path, type(part.ask)) for part in request.parts] == [("x.py", Blocks), ("y.py", NewFile)]


def test_hidden_comments_are_neither_instruction_nor_request() -> None:
    text = (
        "## `a.py`\n\nVisible <!-- not this --> words, `<!-- code -->` too.\n\n"
        "<!--\n```\nhidden\n```\n## `b.py`\n-->\n\n> ```\n> quoted\n> ```\n\n```\nx\n```\n"
    )
    part = only(text)
    assert part.ask == Snippet("x\n")
    assert "not this" not in part.instruction
    assert "hidden" not in part.instruction
    assert "`<!-- code -->`" in part.instruction
    assert "quoted" in part.instruction


def test_subheadings_and_links_stay_in_the_instruction() -> None:
    part = only("## `a.py`\n\n### Why\n\nSee [it](http://x.test) and:\n\n    indented\n\n[ref]: http://y.test\n")
    assert part.instruction == ("### Why\n\nSee [it](http://x.test) and:\n\n    indented\n\n[ref]: http://y.test")


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("", 1, "no request"),
        ("# Title\n\nText.\n", 1, "no request"),
        ("# Title\n\n## Background\n\nWords.\n", 3, "section without a file"),
        ("# Title\n\n```py\nx\n```\n", 3, "code without a file"),
        ("## Words\n\n```py\nx\n```\n", 3, "code without a file"),
        ("## `a.py`\n\n```py\n\n```\n", 4, "empty snippet"),
        ("## `a.py`\n\n```py whole\n```\n", 4, "empty snippet"),
        ("## `a.py`\n", 1, "neither words nor code"),
        ("## `a.py`\n\nText.\n\n```py\nx\n", 5, "fence without an end"),
        ("## `a.py`\n\nText. \n\n<!-- endless\n", 5, "comment without an end"),
        ("## `a.py`\n\n<details>\n```py\nx\n```\n</details>\n", 4, "inside an HTML block"),
        ("## `a.py`\n\n```diff whole\nx\n```\n", 3, "two formats"),
        ("## `a.py`\n\n```suggestion\nx\n```\n", 3, "suggestion without lines"),
        ("## `a.py:2`\n\n```suggestion:-0+2\nx\n```\n", 3, "range"),
        ("## `a.py:24-10`\n\nText.\n", 1, "no range"),
        ("## `a.py:0`\n\nText.\n", 1, "no range"),
        ("## ` `\n\nText.\n", 1, "empty path"),
        ("## `a.py`\n\n```diff\nx\n```\n", 4, "neither a space"),
        ("## `a.py`\n\n```diff\n--- a/b.py\n+++ b/b.py\n@@ -1 +1 @@\n-a\n+b\n```\n", 3, "the code is for 'b.py'"),
        ("## delete `a.py`\n\n```\nx\n```\n", 1, "deleted and there is code"),
        ("## delete `a.py`\n\nRename this file to `b.py`.\n", 1, "deleted and something else"),
        ("## create `a.py`\n\nText.\n", 1, "without its text"),
        ("## rename `a.py` to `b.py`\n\nRename this file to `c.py`.\n", 1, "two different things"),
        ("## rename `a.py` to `b.py`\n\n```\nx\n```\n\n```\ny\n```\n", 7, "a second fence"),
        ("## `a.py`\n\n### `b.py`\n\nText.\n", 3, "a file inside the section"),
        ("## T\n\n### `a.py`\n\n```\nx\n```\n\n```\ny\n```\n", 9, "two fences"),
        ("## T\n\n### `a.py`\n\nx\n\n### `a.py`\n\ny\n", 7, "stands twice"),
        ("## `a.py`\n\nx\n\n# Late title\n", 5, "not the first line"),
        ("# One\n\n# Two\n", 3, "not the first line"),
        ("- " * 25 + "x\n", 1, "too deeply"),
    ],
)
def test_what_cannot_be_read_names_its_line(text: str, line: int, problem: str) -> None:
    with pytest.raises(InstructionError) as caught:
        read(text)
    assert caught.value.place == f"wish.stetbot.md:{line}"
    assert problem in caught.value.problem
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("data", "place", "problem"),
    [
        (b"# T\n\n## `a.py`\n\n\xff\n", "x.md:5", "not UTF-8"),
        (b"\xfe\xff\0a", "x.md:1", "not UTF-8"),
        (b"## `a.py`\n\na\0b\n", "x.md:3", "NUL"),
        (b"x" * 10_000_001, "x.md", "larger than"),
    ],
)
def test_bytes_that_are_no_text_are_refused(data: bytes, place: str, problem: str) -> None:
    with pytest.raises(InstructionError) as caught:
        read_instructions("x.md", data)
    assert caught.value.place == place
    assert problem in caught.value.problem


def test_a_byte_order_mark_and_any_name_are_read_as_markdown() -> None:
    batch = read_instructions("wishes", b"\xef\xbb\xbf# T\n\n## `a.py`\n\nDo it.\n")
    assert batch.subject == "T"
    assert len(batch.requests) == 1


def test_batches_of_several_files_are_numbered_anew_and_lose_no_word() -> None:
    first = read("# One\n\nBody one.\n\n## `a.py`\n\nDo it.\n")
    second = read("# Two\n\nBody two.\n\n## `a.py`\n\nDo it.\n")
    nameless = read("## `a.py`\n\nDo it.\n")
    merged = merge_batches([nameless, first, second])
    assert [request.ordinal for request in merged.requests] == [1, 2, 3]
    assert len({request.id for request in merged.requests}) == 3
    assert merged.subject == "One"
    assert merged.body == "Body one.\n\nTwo\n\nBody two."


def test_sixty_five_thousand_fences_are_all_read() -> None:
    text = "## `a.py`\n\n" + "```\nx = 1\n```\n" * 65_000
    requests = read(text).requests
    assert len(requests) == 65_000
    assert requests[-1].ordinal == 65_000


@pytest.mark.parametrize(
    "text",
    [
        "## `a.py`\n\n" + "x" * 1_000_000,
        "## " + "`a" * 500_000,
        "## `a.py`\n\n" + "<!-- " * 200_000 + "\n",
        "## `a.py`\n\nx " + "<!-- a --> ` " * 50_000 + "\n",
        "## `a.py`\n\n" + "`" * 1_000_000,
        "## `a.py`\n\n" + "> " * 100_000,
        "## `a.py`\n\n```\n" + "<<<<<<< SEARCH\n" * 50_000 + "```\n",
        "## `a.py`\n\n```diff\n" + "@@ -1 +1 @@\n" * 50_000 + "```\n",
        "## `a.py`\n\n```diff\n" + "@@ -1,9 +1,9 @@\n-a\n+b\n" * 30_000 + "```\n",
        "## `a.py`\n\n```diff\n" + "--- a\n+++ a\n" * 50_000 + "```\n",
        "## [" + "](" * 100_000,
        "## `a.py`\n\n" + "Delete this file" * 60_000,
    ],
    ids=range(12),
)
def test_hostile_texts_end_in_a_batch_or_a_clear_error(text: str) -> None:
    try:
        requests = read(text).requests
    except InstructionError:
        return
    assert requests
