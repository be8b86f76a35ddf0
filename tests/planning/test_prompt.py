"""The prompt: the file or the parts that matter, the request between frames that nothing quoted can end."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import LineRange
from bot.planning import Asked, Earlier, choice_prompt, plan_prompt

SHORT = ("import math", "", "", "def net(items):", "    return sum(items)")
LONG = tuple(
    line
    for number in range(300)
    for line in (f"def step_{number}(value):", f"    total = value + {number}", "    return total", "", "")
)


def spans(user: str) -> list[tuple[int, int]]:
    return [(int(first), int(last)) for first, last in re.findall(r'lines="(\d+)-(\d+)"', user)]


def test_a_short_file_is_shown_whole_with_the_request_and_its_lines() -> None:
    prompt = plan_prompt(Asked("shop.py", "Handle an empty list.", LineRange(4, 5)), SHORT)
    assert "\n".join(SHORT) in prompt.user
    assert "Handle an empty list." in prompt.user
    assert "about lines 4-5" in prompt.user
    assert prompt.user.count("def net(items):\n    return sum(items)\n</lines-") == 1


@pytest.mark.parametrize(
    ("path", "marker"),
    [
        ("a.py", "# ... existing code ..."),
        ("a.go", "// ... existing code ..."),
        ("a.css", "/* ... existing code ... */"),
        ("a.html", "<!-- ... existing code ... -->"),
        ("a.sql", "-- ... existing code ..."),
    ],
)
def test_the_rules_name_the_marker_in_the_comments_of_the_language(path: str, marker: str) -> None:
    system = plan_prompt(Asked(path, "Change it."), ("x",)).system
    assert marker in system
    for rule in ("edit_file", "target_file", "instructions", "code_edit", "two or three unchanged lines"):
        assert rule in system


def test_of_a_long_file_the_scope_of_the_request_and_an_outline_are_shown() -> None:
    prompt = plan_prompt(Asked("long.py", "Name it better.", LineRange(752, 752)), LONG, budget=3000)
    assert "def step_150(value):\n    total = value + 150\n    return total" in prompt.user
    assert "751-753: def step_150(value):" in prompt.user
    assert len(prompt.user) < 40_000
    for first, last in spans(prompt.user):
        assert "\n".join(LONG[first - 1 : last]) in prompt.user


def test_of_a_long_file_the_definition_that_the_words_name_is_shown() -> None:
    prompt = plan_prompt(Asked("long.py", "Make `step_222` return twice as much."), LONG, budget=3000)
    assert "    total = value + 222" in prompt.user


def test_a_long_file_without_a_grammar_is_shown_round_the_request() -> None:
    lines = tuple(f"line {number}" for number in range(5000))
    prompt = plan_prompt(Asked("notes.txt", "Change it.", LineRange(2500, 2500)), lines, budget=3000)
    assert "line 2499\nline 2500" in prompt.user
    assert "5000 lines" in prompt.user


def test_a_line_beyond_all_measure_is_not_sent() -> None:
    prompt = plan_prompt(Asked("min.js", "Mend it.", LineRange(2, 2)), ("a", "x" * 1_000_000, "b"))
    assert len(prompt.user) < 10_000
    assert "It is long (3 lines)" in prompt.user


def test_the_further_try_names_the_snippet_and_the_doubts() -> None:
    earlier = Earlier("# ... existing code ...\nx = 1\n", ("it could also\nreplace line 7",))
    user = plan_prompt(Asked("shop.py", "Change it."), SHORT, earlier).user
    assert "# ... existing code ...\nx = 1\n</earlier-" in user
    assert "- it could also replace line 7\n</doubts-" in user


def test_a_choice_shows_the_likely_files_and_names_the_others() -> None:
    user = choice_prompt("Handle it.", [("a.py", SHORT), ("b.py", ("x = 1",))], ["c.py", "d.py"]).user
    assert "The file 'a.py'" in user
    assert "x = 1\n</file-" in user
    assert "c.py\nd.py\n</candidates-" in user


PIECES = ("<", ">", "/", "-", "request", "file", "lines", "\n", "a", "0123456789abcdef")
TEXTS = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


@given(TEXTS, TEXTS, TEXTS)
def test_no_quoted_text_ends_its_frame(said: str, code: str, snippet: str) -> None:
    """Each frame that is opened is closed once, by the mark that stands in nothing quoted."""
    lines = tuple(code.split("\n"))
    user = plan_prompt(Asked("a.py", said, LineRange(1, 1)), lines, Earlier(snippet, ("doubt",))).user
    mark = re.findall(r"<file-([0-9a-f]{16})>\n", user)[0]
    assert mark not in said + code + snippet
    for name in ("file", "request", "earlier", "doubts"):
        assert user.count(f"<{name}-{mark}>") == user.count(f"</{name}-{mark}>") == 1
    assert f"<file-{mark}>\n{code}\n</file-{mark}>" in user


def test_the_same_request_gives_the_same_prompt() -> None:
    asked = Asked("shop.py", "Change it.", LineRange(1, 1))
    assert plan_prompt(asked, SHORT) == plan_prompt(asked, SHORT)
