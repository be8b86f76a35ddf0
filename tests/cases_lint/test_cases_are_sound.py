"""The committed merge cases, held to laws that need no engine."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from collections import Counter

import pytest
import yaml
from support.cases import Case, load_cases

CASES = load_cases()
ANSWERED = tuple(case for case in CASES if case.expected is not None)
LANGUAGES = 20
STYLES = {"careful", "terse", "sloppy"}
KINDS = {"insert", "delete", "replace", "mixed"}
HARD = 25

# A comment in any syntax, or bare dots: no more than is needed to tell the markers of these cases from their code.
MARKER = re.compile(
    r"""^\s*(?:\{/\*|/\*|\{\#|//|\#|--|<!--|%|;)?[\s(\[*-]*
        (?:(?:\.{3}|…).*
          |(?:the\ )?(?:rest\ of|existing|unchanged|same\ as|keep)\b.*(?:\.{3}|…|unchanged|stays?|before).*)$""",
    re.VERBOSE | re.IGNORECASE,
)
WRAPPING = re.compile(r"^(?:`{3,}|~{3,}|\#EDIT:)")


def lines_of(data: bytes | str) -> list[str]:
    text = data if isinstance(data, str) else data.decode("utf-8").removeprefix("\ufeff")
    return [line.removesuffix("\r") for line in text.split("\n")]


def squash(line: str) -> str:
    return "".join(line.split())


def is_marker(line: str) -> bool:
    return MARKER.match(line) is not None


def shown(case: Case) -> list[str]:
    """The snippet's lines that the answer must hold, white space aside: no markers, no blank lines, no wrapping."""
    lines = [line for line in lines_of(case.update) if line.strip()]
    if lines and WRAPPING.match(lines[0]):
        lines = [line for line in lines if not WRAPPING.match(line)]
        if lines and lines[0].rstrip(":").endswith(case.path):
            del lines[0]
    literal = {squash(line) for line in lines_of(case.original) if is_marker(line)}
    return [squash(line) for line in lines if not is_marker(line) and squash(line) not in literal]


def named(cases: tuple[Case, ...]) -> list[object]:
    return [pytest.param(case, id=case.id) for case in cases]


def test_there_are_enough_cases_in_enough_languages() -> None:
    assert len(CASES) >= 100
    assert len(ANSWERED) >= 75
    assert len({case.language for case in ANSWERED}) >= LANGUAGES


def test_every_style_and_kind_has_its_share() -> None:
    styles = Counter(case.style for case in ANSWERED)
    kinds = Counter(case.kind for case in ANSWERED)
    assert min(styles[style] for style in ("careful", "terse", "sloppy")) >= len(ANSWERED) // 5
    assert min(kinds[kind] for kind in KINDS) >= len(ANSWERED) // 20


def test_each_of_the_hard_cases_has_a_folder() -> None:
    numbers = {int(match[1]) for case in CASES if (match := re.match(r"hard-(\d\d)-", case.name))}
    assert numbers == set(range(1, HARD + 1))


def test_hostile_bytes_are_among_the_cases() -> None:
    assert any(b"\r\n" in case.original for case in ANSWERED)
    assert any(case.original.startswith(b"\xef\xbb\xbf") for case in ANSWERED)
    assert any(not case.original.endswith(b"\n") for case in ANSWERED)
    assert any(b"\n\t" in case.original for case in ANSWERED)


def test_no_two_cases_ask_the_same() -> None:
    asked = Counter((case.original, case.update) for case in CASES)
    assert max(asked.values()) == 1


@pytest.mark.parametrize("case", named(CASES))
def test_case_is_complete(case: Case) -> None:
    assert case.style in STYLES
    assert case.kind in KINDS
    assert case.comment.strip()
    assert case.why.strip()
    assert not case.path.startswith("/")
    first, last = case.lines
    assert 1 <= first <= last <= len(lines_of(case.original))
    assert "\r" not in case.update
    assert not case.update.startswith("\ufeff")


@pytest.mark.parametrize("case", named(tuple(case for case in CASES if case.expected is None)))
def test_declined_case_says_why_in_one_line(case: Case) -> None:
    assert case.declined is not None
    assert len(case.declined) > 20
    assert "\n" not in case.declined


@pytest.mark.parametrize("case", named(ANSWERED))
def test_answer_differs_and_keeps_the_form_of_the_file(case: Case) -> None:
    assert case.expected is not None
    assert case.expected != case.original
    case.expected.decode("utf-8")
    bom = b"\xef\xbb\xbf"
    assert case.expected.startswith(bom) == case.original.startswith(bom)
    assert case.expected.endswith(b"\n") == case.original.endswith(b"\n")
    if b"\r\n" in case.original and case.original.count(b"\n") == case.original.count(b"\r\n"):
        assert case.expected.count(b"\n") == case.expected.count(b"\r\n")
    if b"\r" not in case.original:
        assert b"\r" not in case.expected


@pytest.mark.parametrize("case", named(ANSWERED))
def test_answer_holds_every_line_of_the_snippet_in_order(case: Case) -> None:
    assert case.expected is not None
    rest = iter([squash(line) for line in lines_of(case.expected)])
    missing = [line for line in shown(case) if line not in rest]
    assert missing == []


@pytest.mark.parametrize("case", named(ANSWERED))
def test_answer_has_no_line_that_neither_text_has(case: Case) -> None:
    assert case.expected is not None
    known = {squash(line) for line in (*lines_of(case.original), *lines_of(case.update))}
    assert {squash(line) for line in lines_of(case.expected)} <= known | {""}


@pytest.mark.parametrize("case", named(ANSWERED))
def test_answer_has_no_marker_that_the_original_had_not(case: Case) -> None:
    assert case.expected is not None
    before = Counter(squash(line) for line in lines_of(case.original) if is_marker(line))
    after = Counter(squash(line) for line in lines_of(case.expected) if is_marker(line))
    assert after <= before


@pytest.mark.parametrize("case", named(ANSWERED))
def test_answer_parses_where_the_original_does(case: Case) -> None:
    assert case.expected is not None
    parse(case, case.original.decode("utf-8-sig"))
    parse(case, case.expected.decode("utf-8-sig"))


def parse(case: Case, text: str) -> None:
    match case.language:
        case "python":
            ast.parse(text)
        case "json":
            json.loads(text)
        case "toml":
            tomllib.loads(text)
        case "yaml":
            for _ in yaml.compose_all(text):
                pass
        case _:
            pass
