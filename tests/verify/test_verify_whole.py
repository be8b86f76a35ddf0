"""Files given in full, and exact splices."""

from __future__ import annotations

from textwrap import dedent

import pytest

from bot.model import Verdict
from bot.text import Document
from bot.verify import verify_exact, verify_whole

BASE = dedent("""\
    import json
    import os


    def load(path):
        with open(path) as file:
            return json.load(file)


    def save(path, data):
        text = json.dumps(data, indent=2)
        temporary = path + ".new"
        with open(temporary, "w") as file:
            file.write(text)
        os.replace(temporary, path)


    def size(path):
        return os.stat(path).st_size
    """)
SAVE = BASE[BASE.index("def save") : BASE.index("def size")]
PATH = "store.py"


def whole(merged: str, instruction: str = "", base: str = BASE, path: str = PATH) -> tuple[Verdict, set[str]]:
    judgement = verify_whole(Document.from_text(base), Document.from_text(merged), path, instruction)
    return judgement.verdict, {doubt.rule for doubt in judgement.doubts}


def test_a_whole_file_that_keeps_everything_of_weight_is_verified() -> None:
    assert whole(BASE.replace("indent=2", "indent=4")) == (Verdict.VERIFIED, set())


def test_a_definition_that_moved_or_was_renamed_is_not_lost() -> None:
    moved = BASE.replace(SAVE, "").rstrip("\n") + "\n\n\n" + SAVE.rstrip("\n") + "\n"
    assert whole(moved) == (Verdict.VERIFIED, set())
    assert whole(BASE.replace("def save(", "def store(")) == (Verdict.VERIFIED, set())


def test_a_definition_that_is_gone_is_unproven_unless_the_request_names_it() -> None:
    assert whole(BASE.replace(SAVE, "")) == (Verdict.UNPROVEN, {"lost-definition"})
    assert whole(BASE.replace(SAVE, ""), "Remove `save`, nobody calls it.")[0] == Verdict.VERIFIED


def test_an_import_that_is_gone_is_unproven_unless_the_request_names_it() -> None:
    without = BASE.replace("import os\n", "")
    assert whole(without) == (Verdict.UNPROVEN, {"lost-import"})
    assert whole(without, "Drop the import of os.") == (Verdict.VERIFIED, set())
    assert whole(BASE.replace("import os\n", "from os import replace, stat\n"))[0] == Verdict.VERIFIED


def test_a_run_of_six_lines_that_is_gone_is_unproven() -> None:
    lines = [f"step {number} of the recipe needs {number * 7} grams" for number in range(20)]
    base = "\n".join(lines) + "\n"
    assert whole("\n".join(lines[:5] + lines[10:]) + "\n", base=base, path="recipe.txt")[0] == Verdict.VERIFIED
    assert whole("\n".join(lines[:5] + lines[11:]) + "\n", base=base, path="recipe.txt") == (
        Verdict.UNPROVEN,
        {"lost-run"},
    )


@pytest.mark.parametrize("end", ["first", "last"])
def test_a_file_that_lost_its_first_or_last_definition_is_refused(end: str) -> None:
    cut = BASE[: BASE.index("def size")] if end == "last" else BASE[: BASE.index("def load")] + SAVE
    verdict, rules = whole(cut)
    assert verdict == Verdict.REFUSED
    assert "cut" in rules


def test_a_text_without_definitions_that_lost_its_last_line_is_refused() -> None:
    lines = [f"{word} is a word of its own kind" for word in ["ape", "bee", "cat", "dog", "eel", "fox", "gnu", "hen"]]
    base = "\n".join([*lines, "Licensed under terms that stand elsewhere"]) + "\n"
    assert whole("\n".join(lines) + "\n", base=base, path="notes.txt") == (Verdict.REFUSED, {"cut"})


@pytest.mark.parametrize(
    ("merged", "rule"),
    [
        (BASE.replace(SAVE, "# ... existing code ...\n\n\n"), "leaked-marker"),
        (BASE.replace("\n", "\r\n"), "line-endings"),
        (BASE.rstrip("\n"), "final-newline"),
        ("", "emptied"),
        (f"```\n{BASE}```\n", "wrapped"),
        (BASE.replace("def save(", "def save(("), "syntax"),
        (BASE, "no-change"),
    ],
)
def test_a_whole_file_that_contradicts_itself_is_refused(merged: str, rule: str) -> None:
    verdict, rules = whole(merged)
    assert verdict == Verdict.REFUSED
    assert rule in rules


def exact(merged: str) -> tuple[Verdict, set[str]]:
    judgement = verify_exact(Document.from_text(BASE), Document.from_text(merged), PATH)
    return judgement.verdict, {doubt.rule for doubt in judgement.doubts}


def test_an_exact_splice_is_verified_whatever_it_takes_away() -> None:
    assert exact(BASE.replace(SAVE, "")) == (Verdict.VERIFIED, set())
    assert exact(BASE.rstrip("\n")) == (Verdict.VERIFIED, set())
    assert exact("") == (Verdict.VERIFIED, set())


def test_an_exact_splice_that_leaves_a_marker_or_other_line_ends_is_refused() -> None:
    assert exact(BASE.replace(SAVE, "# ... existing code ...\n")) == (Verdict.REFUSED, {"leaked-marker"})
    assert exact(BASE.replace("\n", "\r\n")) == (Verdict.REFUSED, {"line-endings"})


def test_an_exact_splice_that_breaks_the_syntax_is_shown_not_refused() -> None:
    assert exact(BASE.replace("def save(", "def save((")) == (Verdict.UNPROVEN, {"syntax"})
