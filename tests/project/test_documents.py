"""The documents: what they promise is what the code does."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest
from markdown_it import MarkdownIt
from packaging.requirements import Requirement
from support.checkout import ROOT, pyproject, tracked_files

import bot
from bot.errors import Exit

NOT_OURS = ("tests/cases/", "tests/wire/", "examples/")


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def marked_block(name: str) -> str:
    """The content of the fence right after `<!-- name -->` in README.md, as a Markdown reader sees it."""
    tokens = MarkdownIt().parse(read("README.md"))
    marks = [
        i for i, token in enumerate(tokens) if token.type == "html_block" and token.content == f"<!-- {name} -->\n"
    ]
    assert len(marks) == 1, f"README.md has {len(marks)} lines <!-- {name} -->"
    fence = tokens[marks[0] + 1]
    assert fence.type == "fence"
    return fence.content.strip()


def test_readme_has_one_command_for_the_main_job() -> None:
    command = marked_block("main-job")
    assert "\n" not in command
    assert re.search(r"/pip install (?:-q )?\. ", command)
    (example,) = re.findall(r"examples/\S+", command)
    assert (ROOT / example).is_file()


def test_readme_has_one_command_for_the_tests_that_ends_in_pytest() -> None:
    command = marked_block("test-command")
    assert "\n" not in command
    assert "--require-hashes -r requirements/test.txt" in command
    assert command.endswith(".venv/bin/pytest"), "the console script: `python -m pytest` would test the folder bot/"


def test_readme_lists_the_exit_codes() -> None:
    rows = re.findall(r"^\| *`?(\d+)`? *\|", read("README.md"), flags=re.MULTILINE)
    assert [int(row) for row in rows] == [code.value for code in Exit]


@pytest.mark.parametrize(
    "name",
    [
        name
        for path in tracked_files()
        if (name := path.relative_to(ROOT).as_posix()).endswith(".md") and not name.startswith(NOT_OURS)
    ],
)
def test_links_inside_the_repository_lead_somewhere(name: str) -> None:
    page = ROOT / name
    inline = [token for token in MarkdownIt().parse(read(name)) if token.type == "inline"]
    children = [child for token in inline for child in token.children or []]
    targets = [str(child.attrGet("href") or child.attrGet("src") or "") for child in children]
    local = [target.partition("#")[0] for target in targets if target and not re.match(r"[a-z]+:|#", target)]
    assert [target for target in local if not (page.parent / unquote(target)).exists()] == []


def test_the_changelog_knows_this_version() -> None:
    headings = re.findall(r"^## \[?([^\]\n ]+)", read("CHANGELOG.md"), flags=re.MULTILINE)
    assert headings[0] == "Unreleased"
    assert headings[1:2] in ([], [bot.__version__])


def test_the_security_policy_names_the_floor_of_gitpython() -> None:
    entries = (Requirement(entry) for entry in pyproject()["project"]["dependencies"])
    (gitpython,) = (entry for entry in entries if entry.name == "gitpython")
    (floor,) = (specifier.version for specifier in gitpython.specifier if specifier.operator == ">=")
    assert f"GitPython {floor} or newer" in read("SECURITY.md")


def test_contributing_names_the_commands_that_exist() -> None:
    named = set(re.findall(r"`(\.ci/\w+)`", read("CONTRIBUTING.md")))
    assert named == {".ci/run", ".ci/lock", ".ci/describe"}
    assert all((ROOT / name).is_file() for name in named)
