"""docs/planner.md says what is so: its example, its table of budgets, its languages and its figures."""

from __future__ import annotations

import re

import pytest
from support.checkout import ROOT

from bot.asks import Plain
from bot.cli.proposals import propose_command
from bot.cli.run import apply_command, review_command
from bot.model import LineRange
from bot.planning.bindings import bindings
from bot.planning.prompt import FILE_BUDGET
from bot.requests import read_instructions
from bot.settings import ENVIRONMENT, REPOSITORY_KEYS, USER_KEYS, Settings

PAGE = (ROOT / "docs" / "planner.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `(--budget-\w+) [A-Z]` \| `(\w+)` \| `([\w-]+)` \|", PAGE, re.MULTILINE)
IMPORTS = {
    "Python": ("python", "from os import path"),
    "JavaScript": ("javascript", 'import { a } from "b";'),
    "TypeScript": ("typescript", 'import type { A } from "b";'),
    "Go": ("go", '"os"'),
    "Java": ("java", "import java.util.List;"),
    "Kotlin": ("kotlin", "import java.util.List as Many"),
    "Scala": ("scala", "import java.util.List"),
    "Rust": ("rust", "use std::fmt::{self as f, Debug};"),
    "PHP": ("php", "use App\\Models\\User;"),
}


def test_the_example_is_a_request_in_plain_words() -> None:
    found = re.search(r"````markdown\n(.*?)````", PAGE, re.DOTALL)
    assert found
    (request,) = read_instructions("words.stetbot.md", found[1].encode()).requests
    (part,) = request.parts
    assert part.ask == Plain()
    assert part.lines == LineRange(29, 29)


def test_the_table_has_every_budget() -> None:
    assert {key.replace("-", "_") for _, _, key in ROWS} == {
        name for name in Settings.__dataclass_fields__ if name.startswith("budget_")
    }


@pytest.mark.parametrize(("option", "variable", "key"), ROWS)
def test_a_budget_is_set_as_the_table_says(option: str, variable: str, key: str) -> None:
    name = key.replace("-", "_")
    assert option == f"--{key}"
    assert ENVIRONMENT[variable] == name
    assert name in USER_KEYS - REPOSITORY_KEYS
    for command in (apply_command, review_command, propose_command):
        assert option in {spelling for parameter in command.params for spelling in parameter.opts}


def test_the_languages_whose_imports_are_followed_are_those_that_are_named() -> None:
    sentence = re.search(r"in (Python, .*?)\. Each", " ".join(PAGE.split()))
    assert sentence
    assert re.split(r", | and ", sentence[1]) == list(IMPORTS)


@pytest.mark.parametrize("name", IMPORTS)
def test_an_import_of_a_named_language_is_followed(name: str) -> None:
    assert bindings(*IMPORTS[name])


def test_the_room_of_a_file_is_as_told() -> None:
    assert f"beyond {FILE_BUDGET:,} characters" in " ".join(PAGE.split())
