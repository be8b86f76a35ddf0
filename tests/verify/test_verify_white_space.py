"""White space that looks right and is another text: what a line is indented with, and what it ends with."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from support.gitrepo import GitRepo
from support.judged import Example
from support.morph_server import MorphServer, answer
from support.story import stetbot

from bot.model import Hints, Verdict
from bot.text import Document
from bot.verify import judge

if TYPE_CHECKING:
    from pathlib import Path

MAKE = Example(
    "Makefile",
    "all: build\n\nbuild:\n\tgcc -c a.c\n\tgcc -o a a.o\n\nclean:\n\trm -f a a.o\n",
    "# ... existing code ...\nbuild:\n\tgcc -c a.c\n\tgcc -O2 -o a a.o\n# ... existing code ...\n",
    "all: build\n\nbuild:\n\tgcc -c a.c\n\tgcc -O2 -o a a.o\n\nclean:\n\trm -f a a.o\n",
)
SHELL = Example(
    "a.sh",
    "#!/bin/sh\nset -e\nif true; then\n    echo one\n    echo two\nfi\n",
    "# ... existing code ...\nif true; then\n    echo one\n    echo three\nfi\n",
    "#!/bin/sh\nset -e\nif true; then\n    echo one\n    echo three\nfi\n",
)
BLOCK = "def net(items):\n    total = 0\n    for item in items:\n        total += item.price\n    return total\n"
PYTHON = Example(
    "shop.py",
    f"RATE = 1\n\n\n{BLOCK}\n\ndef gross(items):\n    return net(items)\n",
    f"# ... existing code ...\n{BLOCK.replace('price', 'price * 2')}# ... existing code ...\n",
    f"RATE = 1\n\n\n{BLOCK.replace('price', 'price * 2')}\n\ndef gross(items):\n    return net(items)\n",
)
MIXED = Example(
    "beds.c",
    "/*\n * Beds.\n */\nvoid water(int bed)\n{\n\topen(bed,\n\t     1);\n\tshut(bed);\n}\n",
    "void water(int bed)\n{\n\topen(bed,\n\t     1);\n\tlog(bed);\n\tshut(bed);\n}\n",
    "/*\n * Beds.\n */\nvoid water(int bed)\n{\n\topen(bed,\n\t     1);\n\tlog(bed);\n\tshut(bed);\n}\n",
)
RETABBED = Example(
    "bed.js",
    "class Bed {\n\twater() {\n\t\tthis.pump();\n\t}\n}\n",
    "class Bed {\n    water() {\n        this.log();\n        this.pump();\n    }\n}\n",
    "class Bed {\n\twater() {\n\t\tthis.log();\n\t\tthis.pump();\n\t}\n}\n",
)


SAID = Example(
    "Bed.java",
    "class Bed {\n\tvoid water() {\n\t\tpump();\n\t}\n\n\tvoid dry() {\n\t\tstop();\n\t}\n}\n",
    "    // ... existing code ...\n    /**\n     * Says it.\n     */\n    void dry() {\n        stop();\n    }\n}\n",
    "class Bed {\n\tvoid water() {\n\t\tpump();\n\t}\n\n"
    "\t/**\n\t * Says it.\n\t */\n\tvoid dry() {\n\t\tstop();\n\t}\n}\n",
)


def verdict(it: Example) -> Verdict:
    """The judge's own, with no second opinion: it has to do where the local engine knows no answer."""
    base, merged = Document.from_text(it.base), Document.from_text(it.merged)
    return judge(base, it.snippet, merged, it.path, Hints(), engine=None).verdict


def turned(it: Example, line: str, into: str) -> Example:
    assert line in it.merged
    return replace(it, merged=it.merged.replace(line, into))


@pytest.mark.parametrize("it", [MAKE, SHELL, PYTHON, MIXED, RETABBED, SAID], ids=lambda it: it.path)
def test_the_white_space_of_file_or_snippet_is_verified(it: Example) -> None:
    assert verdict(it) is Verdict.VERIFIED


@pytest.mark.parametrize(
    "it",
    [
        turned(MAKE, "\tgcc -O2", "    gcc -O2"),
        turned(MAKE, "\tgcc -c", "    gcc -c"),
        turned(SHELL, "    echo three", "\u00a0\u00a0\u00a0\u00a0echo three"),
        turned(SHELL, "    echo one", "\u2003\u2003\u2003\u2003echo one"),
        turned(SHELL, "    echo three", "\techo three"),
        turned(RETABBED, "\t\tthis.log", "\u3000" * 8 + "this.log"),
        replace(PYTHON, merged=PYTHON.merged.replace(BLOCK.replace("price", "price * 2"), BLOCK.replace(
            "price", "price * 2").replace("    ", "\t"))),
    ],
    ids=["recipe", "recipe that stays", "no-break", "em space", "tab", "wide", "a whole function"],
)  # fmt: skip
def test_a_line_is_indented_with_nothing_that_neither_side_has(it: Example) -> None:
    assert verdict(it) is Verdict.REFUSED


def test_where_lines_of_both_kinds_stand_together_another_kind_is_doubted() -> None:
    assert verdict(turned(MIXED, "\tlog(bed)", "    log(bed)")) is Verdict.UNPROVEN


BLANKS = replace(MAKE, snippet=MAKE.snippet.replace("\t", "    "))
TWO_BLANKS = replace(RETABBED, snippet=RETABBED.snippet.replace("    ", "  "))


@pytest.mark.parametrize(
    ("it", "line", "into"),
    [
        (BLANKS, "\tgcc -O2", "    gcc -O2"),
        (BLANKS, "\tgcc -c", "    gcc -c"),
        (RETABBED, "\t\tthis.log", "        this.log"),
        (TWO_BLANKS, "\t\tthis.log", "    this.log"),
        (TWO_BLANKS, "\t\tthis.pump", "    this.pump"),
    ],
    ids=["recipe", "recipe that stays", "new line", "new line in other steps", "line that stays in other steps"],
)
def test_a_snippet_that_quotes_tabs_as_blanks_does_not_bring_them_in(it: Example, line: str, into: str) -> None:
    assert verdict(it) is Verdict.VERIFIED
    assert verdict(turned(it, line, into)) is not Verdict.VERIFIED


PAGE = "# Beds\n\nrake  \nspade\n\nhoe\n"
ASKED = "# Beds\n\nrake  \nspade and fork\n\nhoe\n"


@pytest.mark.parametrize(("answered", "lands"), [(ASKED, True), (ASKED.replace("rake  ", "rake"), False)])
def test_a_line_break_of_markdown_is_not_lost_on_the_way_through_morph(
    tmp_path: Path, answered: str, lands: bool
) -> None:
    repo = GitRepo(tmp_path / "repo")
    repo.write("page.md", PAGE.encode())
    repo.commit("The page")
    file = tmp_path / "work.stetbot.md"
    file.write_text(f"## `page.md`\n\nI am adding the fork.\n\n```md\n{ASKED}```\n", encoding="utf-8")
    with MorphServer(lambda request: answer(request, answered)) as server:
        keyed = {"MORPH_API_KEY": "sk-of-a-test", "MORPH_API_URL": server.url}
        done = stetbot(repo, "apply", str(file), "--engine", "morph", environment=keyed)
    assert done.returncode == (0 if lands else 1), done.stdout + done.stderr
    if lands:
        assert repo.git_bytes("show", "stetbot/work:page.md").decode() == ASKED
    else:
        assert b"white space" in done.stdout
        assert repo.git("branch", "--list", "stetbot/*") == ""
