"""Which lines are markers: all that models write, and nothing that is code."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.merging.markers import find_markers, is_marker, marker_name

MARKERS = (
    "// ... existing code ...",
    "    # ... existing code ...",
    "/* ... existing code ... */",
    "{/* ... existing code ... */}",
    "<!-- ... existing code ... -->",
    "-- ... existing code ...",
    "% ... existing code ...",
    "; ... existing code ...",
    "{# ... existing code ... #}",
    "<%# ... existing code ... %>",
    "{{! ... existing code ... }}",
    "@* ... existing code ... *@",
    "(* ... existing code ... *)",
    "{- ... existing code ... -}",
    " * ... existing code ...",
    "// …",
    "// … existing code …",
    "// ...existing code...",
    "// . . . existing code . . .",
    "# ...",
    "/* ... */",
    "...",
    "…",
    "... existing code ...",
    "[... existing code ...]",
    "// [... existing code ...]",
    "// ... (same as before) ...",
    "// ... rest of the class ...",
    "# ... other methods unchanged ...",
    "// ... read() unchanged ...",
    "// ... rest unchanged",
    "// existing code ...",
    "// existing code",
    "// rest of the file unchanged",
    "/* rest of .card unchanged */",
    "# the rest of the code stays the same",
    "// keep existing code",
    "// no changes above",
    "// ... other imports",
    "# ... gosec ...",
    "<!-- header, content etc. stay the same -->",
    "// imports, types and helpers stay unchanged ...",
)
CODE = (
    "",
    "   ",
    "return x",
    "# TODO ...",
    "// Loading...",
    "// ...and then the rest of the world had to wait until the very last line was read",
    "print('...')",
    "log('... existing code ...')",
    "x = foo(...)",
    "...args,",
    "...props, ...rest",
    "func(args ...string)",
    "# the existing users keep their sessions",
    "# other methods",
    "// previous value of the counter",
    "etc...",
    "* one",
    "- ... - ",
    "# existing",
    "// The function stays alive",
)


@pytest.mark.parametrize("line", MARKERS)
def test_a_line_that_only_stands_for_kept_code_is_a_marker(line: str) -> None:
    assert is_marker(line, "a.ts")


@pytest.mark.parametrize("line", CODE)
def test_code_prose_and_headings_are_no_markers(line: str) -> None:
    assert not is_marker(line, "a.ts")


@pytest.mark.parametrize("path", ["a.py", "stubs/a.pyi"])
def test_three_dots_are_code_in_python_and_a_marker_as_a_comment(path: str) -> None:
    assert not is_marker("    ...", path)
    assert is_marker("    # ...", path)
    assert is_marker("    // ... existing code ...", path)


def test_two_dots_begin_a_comment_in_restructured_text() -> None:
    assert is_marker(".. ...", "docs/index.rst")
    assert is_marker(".. ... existing content ...", "docs/index.rst")
    assert not is_marker(".. code-block:: python", "docs/index.rst")
    assert not is_marker(".. ...", "index.py")


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("// ... rest of imports ...", "rest of imports"),
        ("# ... (same as before) ...", "same as before"),
        ("...", ""),
        ("return x", None),
    ],
)
def test_a_marker_says_what_it_stands_for(line: str, name: str | None) -> None:
    assert marker_name(line, "a.ts") == name


def test_a_line_that_stands_in_the_file_beside_the_same_line_is_that_line() -> None:
    base = ('HELP = """', "import os", "# ... existing code ...", "main()", '"""')
    shown = ("# ... existing code ...", "import os", "# ... existing code ...", "main()", "# ... existing code ...")
    assert find_markers(shown, base, "a.py") == (True, False, False, False, True)


def test_a_marker_beside_other_lines_is_a_marker_though_the_file_has_such_a_line() -> None:
    base = ("a()", "# ... existing code ...", "b()")
    assert find_markers(("c()", "# ... existing code ...", "d()"), base, "a.py") == (False, True, False)


def test_a_key_above_is_no_comment_that_dots_could_go_on_with() -> None:
    assert find_markers(('"scripts": {', "// ... build steps", '"test": "run"'), (), "a.json") == (False, True, False)
    assert find_markers(("// and then it waits", "// ... for the end"), (), "a.js") == (False, False)


@given(st.text(max_size=300), st.sampled_from(["a.py", "a.ts", ""]))
def test_any_text_is_a_marker_or_not_and_white_space_round_it_changes_nothing(text: str, path: str) -> None:
    line = text.replace("\n", " ")
    assert is_marker(line, path) == is_marker(f"\t {line}  ", path)


@pytest.mark.parametrize(
    "line",
    [
        "// companion object stays as is",
        "/* keyframes unchanged */",
        "# dev-dependencies unchanged",
        "// (rest of the document stays the same)",
        "<!-- (rest of the document stays the same) -->",
    ],
)
def test_words_that_name_what_stays_are_a_marker(line: str) -> None:
    assert is_marker(line, "a.ts")


def test_what_begins_with_dots_and_names_something_is_a_marker() -> None:
    shown = ("// ... imports", "", "start();", "# ... styles of dialog, content and backdrop", "stop();")
    assert find_markers(shown, (), "a.js") == (True, False, False, True, False)


def test_the_rest_of_a_sentence_is_none() -> None:
    shown = ("// counts all rooms", "// ... those that are let", "// ... and so on", "start();", "// ... then wait")
    assert find_markers(shown, (), "a.js") == (False, False, False, False, False)


def test_a_line_of_a_longer_comment_is_none_without_dots() -> None:
    words = "# all rooms stay the same"
    assert find_markers((words, "start()"), (), "a.py") == (True, False)
    assert find_markers(("# a copy, as otherwise", words, "start()"), (), "a.py") == (False, False, False)


def test_others_are_a_marker_at_the_end_of_a_snippet_alone() -> None:
    assert find_markers(("start();", "// other rooms", ""), (), "a.js") == (False, True, False)
    assert find_markers(("// other rooms", "start();"), (), "a.js") == (False, False)
    assert find_markers(("start", "# other rooms"), (), "a.md") == (False, False), "a title"


@pytest.mark.parametrize(
    "line", ["- ...", "  - …", "1. ...", "| ... | ... |", "- (existing items)", "- ... (other steps)"]
)
def test_an_entry_that_is_nothing_but_dots_stands_for_others(line: str) -> None:
    for path in ("a.md", "a.yml"):
        assert is_marker(line, path), (line, path)
    assert not is_marker(line, "a.sql")


@pytest.mark.parametrize("line", ["- ... and so on", "- stop (now)", "- existing tests stay green", "| a | ... |"])
def test_an_entry_that_says_something_is_none(line: str) -> None:
    assert not is_marker(line, "a.md")


@pytest.mark.parametrize(
    "line", ["...rest,", "...existing,", "...previous", "{...rest}", "[...previous, tag]", "...rest: Parts"]
)
def test_a_spread_is_no_marker(line: str) -> None:
    for path in ("a.ts", "a.jsx", "a.dart", "a.php"):
        assert not is_marker(line, path), (line, path)


@pytest.mark.parametrize(
    "line", ["Keep reading...", "Show previous messages...", "More…", "Existing jobs keep running..."]
)
def test_what_a_page_says_is_no_marker(line: str) -> None:
    for path in ("a.html", "a.vue", "a.jsx", "a.md", "a.sh"):
        assert not is_marker(line, path), (line, path)


@pytest.mark.parametrize(
    "line",
    [
        "# keep polling until it answers...",
        "// never overwrite existing values...",
        "-- copy existing numbers...",
        "# keep the previous backup until the new one is complete...",
        "# existing backups are rotated after 30 days...",
    ],
)
def test_a_sentence_that_ends_in_dots_is_no_marker(line: str) -> None:
    assert not is_marker(line, "a.txt")


@pytest.mark.parametrize(
    "line",
    [
        "// existing code...",
        "# rest of the code...",
        "// other methods...",
        "# keep existing imports...",
        "// unchanged...",
    ],
)
def test_a_title_that_ends_in_dots_is_one(line: str) -> None:
    assert is_marker(line, "a.js")


def test_a_long_line_of_words_is_looked_at_once() -> None:
    shown = ("// ... " + "aaaaaaaaaa" * 7 + "!", "// ... " + "a " * 40 + "!")
    assert find_markers(shown, (), "a.js") == (False, False)


@pytest.mark.parametrize(
    "line", ["# make sure the order of all rooms is unchanged", "// values outside of the range are unchanged"]
)
def test_a_sentence_that_says_unchanged_is_no_marker(line: str) -> None:
    assert not is_marker(line, "a.py")
