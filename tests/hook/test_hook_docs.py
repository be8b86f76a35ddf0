"""docs/pre-commit.md and docs/instruction-files.md say what the hooks and comments do."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import yaml
from markdown_it import MarkdownIt
from support.checkout import ROOT
from support.hooks import BIN, found_in

from bot.errors import Exit
from bot.requests import find_inline
from bot.text import split_lines

if TYPE_CHECKING:
    from pathlib import Path

HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
PAGE = (ROOT / "docs" / "pre-commit.md").read_text(encoding="utf-8")


def fences(text: str, language: str) -> list[str]:
    return [token.content for token in MarkdownIt().parse(text) if token.type == "fence" and token.info == language]


def test_the_configuration_of_the_page_is_valid_and_names_every_hook(tmp_path: Path) -> None:
    (text,) = fences(PAGE, "yaml")
    file = tmp_path / ".pre-commit-config.yaml"
    file.write_text(text, encoding="utf-8")
    for manager in ("pre-commit", "prek"):
        done = subprocess.run([BIN / manager, "validate-config", file], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    (repo,) = yaml.safe_load(text)["repos"]
    assert [hook["id"] for hook in repo["hooks"]] == [hook["id"] for hook in HOOKS]


def test_the_page_has_the_stages_of_each_hook() -> None:
    rows = dict(re.findall(r"^\| `(stetbot-\w+)` \| (.+?) \|", PAGE, re.MULTILINE))
    said = {hook: set(re.findall(r"`([\w-]+)`", stages)) for hook, stages in rows.items()}
    assert {hook["id"]: set(hook["stages"]) for hook in HOOKS} == said


def test_the_page_has_the_exit_codes() -> None:
    rows = [int(code) for code in re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE)]
    assert rows == [code.value for code in Exit if code is not Exit.INTERRUPTED]


def test_every_option_that_the_page_names_is_one(tmp_path: Path) -> None:
    options = set(re.findall(r"args: \[(--[\w-]+)", PAGE))
    assert options
    done = subprocess.run(
        [BIN / "stetbot-hook", "apply", "--help"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert [option for option in sorted(options) if option not in done.stdout] == []


def test_the_comment_in_the_manual_is_one_request() -> None:
    text = (ROOT / "docs" / "instruction-files.md").read_text(encoding="utf-8")
    (example,) = [fence for fence in fences(text, "python") if "stetbot!" in fence]
    (asked,) = find_inline("price.py", split_lines(example))
    assert asked.words == "Leave out what is free, and\nround to two digits"


def test_the_examples_of_markers_are_what_the_page_says(tmp_path: Path) -> None:
    part = PAGE.partition("### What counts as a marker")[2].partition("\n## ")[0]
    shown = [row.split("|")[3] for row in part.split("\n") if row.startswith("| ") and "`" in row]
    assert len(shown) == 5
    marked = [said for cell in shown for said in re.findall(r"`([^`]+)`", cell.partition("; not ")[0])]
    meant = [said for cell in shown for said in re.findall(r"`([^`]+)`", cell.partition("; not ")[2])]
    (meant_by_people,) = re.findall(r"A finished file may say (.+), and mean it", part)
    meant += re.findall(r"`([^`]+)`", meant_by_people)
    assert found_in(tmp_path, {"a.py": "\n\n".join([*marked, *meant])}) == {"a.py": marked}
