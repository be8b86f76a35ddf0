"""Each edit request that the documents show is one that applies, proved, to the example shop."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt
from support.checkout import ROOT
from support.gitrepo import GitRepo
from support.story import stetbot

from bot.errors import InstructionError
from bot.requests import read_instructions

if TYPE_CHECKING:
    from pathlib import Path

PAGES = ("README.md", *sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").glob("*.md")))
ENDINGS = {"markdown": "md", "yaml": "yaml", "json": "json"}
# Plain words: what comes of them is the planner's affair, and without one they are refused for that alone.
IN_WORDS = {"docs/planner.md"}


def asks(ending: str, text: str) -> bool:
    try:
        read_instructions(f"x.{ending}", text.encode())
    except InstructionError:
        return False
    return True


EXAMPLES = [
    pytest.param(page, ENDINGS[token.info], token.content, id=f"{page}:{token.map[0] + 1}")
    for page in PAGES
    for token in MarkdownIt().parse((ROOT / page).read_text(encoding="utf-8"))
    if token.type == "fence" and token.map and token.info in ENDINGS and asks(ENDINGS[token.info], token.content)
]


def test_the_readme_and_the_page_of_the_formats_show_requests() -> None:
    pages = [str(example.values[0]) for example in EXAMPLES]
    assert pages.count("README.md") == 1
    assert pages.count("docs/instruction-files.md") == 3


@pytest.mark.parametrize(("page", "ending", "text"), EXAMPLES)
def test_an_example_applies_to_the_shop(page: str, ending: str, text: str, tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "repo")
    shutil.copytree(ROOT / "examples" / "shop", repo.path / "shop")
    repo.commit("The shop")
    file = tmp_path / f"request.{ending}"
    file.write_text(text, encoding="utf-8")
    done = stetbot(repo, "apply", "--engine", "local", "--json", str(file))
    (request,) = json.loads(done.stdout)["requests"]
    if page in IN_WORDS:
        assert request["code"] == "no-planner"
    else:
        assert (request["outcome"], request["verdict"]) == ("applied", "verified"), request["doubts"]
