"""Texts and names that look like others: what reorders or hides is not let in by anybody's request."""

from __future__ import annotations

import pytest
from support.trees import MemoryTree

from bot.errors import Code, Refusal
from bot.outcomes import Applied, Refused
from bot.paths import check_path
from bot.pipeline.engines import Local
from bot.pipeline.propose import Proposed, propose
from bot.pipeline.resolve import Resolver
from bot.requests import read_instructions

HIDDEN = [
    "\u202e",
    "\u2066",
    "\u200f",
    "\u061c",
    "\u200b",
    "\u2060",
    "\u2028",
    "\x1b[2J",
    "\x08",
    "\x85",
    "\U000e0041",
    "\u00ad",
    "\u17b4",
    "\U000e00f0",
]


def run(files: dict[str, str], text: str) -> Proposed:
    requests = read_instructions("change.stetbot.md", text.encode()).requests
    return propose(requests, MemoryTree(files, frozenset()), Resolver(Local(), lambda _: True), map)


@pytest.mark.parametrize("hidden", HIDDEN, ids=ascii)
@pytest.mark.parametrize("form", ["## `a.txt:1`\n\n```suggestion\n{}\n```\n", "## create `b.txt`\n\n```\n{}\n```\n"])
def test_a_character_that_hides_or_reorders_text_is_refused(form: str, hidden: str) -> None:
    (outcome,) = run({"a.txt": "one\n"}, form.format(f"if admin{hidden} else")).outcomes
    assert isinstance(outcome, Refused)
    assert outcome.code is Code.BIDI
    assert f"U+{ord(hidden[0]):04X}" in outcome.reason
    assert hidden not in outcome.reason


def test_the_line_of_such_a_character_is_that_of_the_file() -> None:
    (outcome,) = run({"a.txt": "one\ntwo\nthree\n"}, "## `a.txt:3`\n\n```suggestion\nfour\nfi\u200bve\n```\n").outcomes
    assert isinstance(outcome, Refused)
    assert outcome.reason.endswith("U+200B ZERO WIDTH SPACE (line 4)")


def test_a_file_that_has_such_a_character_may_get_more_of_it_and_no_other() -> None:
    form = "## `a.txt:2`\n\n```suggestion\n{}\n```\n"
    files = {"a.txt": "shalom\u200f\ntwo\n"}
    (same,) = run(files, form.format("erev\u200f")).outcomes
    (other,) = run(files, form.format("erev\u202e")).outcomes
    assert isinstance(same, Applied)
    assert isinstance(other, Refused)


def test_emoji_joiners_accents_and_form_feeds_are_free() -> None:
    text = "family \U0001f468\u200d\U0001f469 heart \u2764\ufe0f caf\u00e9 page\x0c tab\t \u0645\u06cc\u200c\u062e"
    (outcome,) = run({"a.txt": "one\n"}, f"## `a.txt:1`\n\n```suggestion\n{text}\n```\n").outcomes
    assert isinstance(outcome, Applied)


@pytest.mark.parametrize("names", [("Foo.txt", "foo.txt"), ("dir/a", "DIR/b"), ("\u017ftop.c", "stop.c")])
def test_new_files_whose_names_differ_in_case_alone_are_refused(names: tuple[str, str]) -> None:
    text = "".join(f"## create `{name}`\n\n```\n{name}\n```\n\n" for name in (*names, "third.txt"))
    proposed = run({}, text)
    assert [isinstance(outcome, Refused) for outcome in proposed.outcomes] == [True, True, False]
    assert names[0] in proposed.refused[1].reason


@pytest.mark.parametrize("path", ["a\u200b.txt", "\ufeffa.txt", "a\u2060b/c.txt", "so\u00adft.txt"])
def test_a_path_with_a_character_that_shows_nothing_is_denied(path: str) -> None:
    with pytest.raises(Refusal, match="shows nothing"):
        check_path(path)
