"""The engine on the committed cases: right to the byte, or declined, and README.md says which."""

from __future__ import annotations

import difflib
import re
from pathlib import Path

import pytest
from support.cases import FAILING, Case, load_cases

import bot.merging
from bot.errors import Refusal
from bot.merging import merge
from bot.model import Edit, Verdict
from bot.text import Document

CASES = load_cases()
README = Path(bot.merging.__file__).with_name("README.md")
ROW = re.compile(r"\| `(?P<id>[a-z0-9]+/[\w-]+)` \| (?P<desired>\w+) \| (?P<present>[\w -]+) \|")
# Wrong today: each is a defect of the engine, and is named in README.md.
WRONG: frozenset[str] = frozenset()
# The least that must be answered: who makes the engine more careful lowers it knowingly.
LEAST_MERGED = 140


def answer(case: Case) -> tuple[str, bytes | None]:
    """What the engine says of a case (`verified`, `unproven`, or a code), and the bytes that it would give."""
    document = Document.from_bytes(case.original, case.path)
    try:
        found = merge(document.lines, case.update, case.path)
    except Refusal as refusal:
        return refusal.code.value, None
    codes = difflib.SequenceMatcher(None, document.lines, found.lines, autojunk=False).get_opcodes()
    edits = [Edit(a, b, found.lines[c:d]) for tag, a, b, c, d in codes if tag != "equal"]
    return found.verdict.value, document.splice(edits).to_bytes()


def present(case: Case) -> str:
    """The present answer in one word: merged, wrong, unproven, or the code of the refusal."""
    said, data = answer(case)
    if said != Verdict.VERIFIED:
        return said
    return "merged" if data == case.expected else "wrong"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_proven_answer_is_the_right_one_to_the_byte(case: Case) -> None:
    if case.id in WRONG:
        pytest.xfail("a known defect, see README.md")
    said, data = answer(case)
    if said == Verdict.VERIFIED:
        assert case.expected is not None, case.declined
        assert data == case.expected


def test_most_cases_are_answered_and_no_more_are_wrong_than_are_named() -> None:
    answers = {case.id: present(case) for case in CASES}
    assert sum(one == "merged" for one in answers.values()) >= LEAST_MERGED
    assert {name for name, one in answers.items() if one == "wrong"} == WRONG


def test_the_page_of_hard_cases_says_what_the_engine_does() -> None:
    rows = {row["id"]: (row["desired"], row["present"]) for row in ROW.finditer(README.read_text(encoding="utf-8"))}
    hard = [case for case in CASES if case.name.startswith("hard-") or case.id in WRONG]
    assert rows == {case.id: ("merged" if case.expected is not None else "declined", present(case)) for case in hard}


def test_the_failing_cases_are_those_that_should_be_merged_and_are_not() -> None:
    failing = {case.id for case in CASES if case.expected is not None and present(case) != "merged"}
    assert {case.id for case in load_cases([FAILING])} == failing


def test_the_page_names_every_doubt() -> None:
    named = set(re.findall(r"`([a-z-]+)`", README.read_text(encoding="utf-8")))
    raised = {
        rule
        for file in README.parent.glob("*.py")
        for rule in re.findall(r'Doubt\(\s*"([a-z-]+)"', file.read_text(encoding="utf-8"))
    }
    assert len(raised) > 30
    assert raised <= named
