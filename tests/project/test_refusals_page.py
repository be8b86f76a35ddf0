"""docs/refusals.md has every code that the source can raise, and none that does not exist."""

from __future__ import annotations

import re

from support.checkout import ROOT

from bot.errors import Code

ROWS = re.findall(r"^\| ((?:`[\w-]+`(?:, )?)+) \|", (ROOT / "docs" / "refusals.md").read_text("utf-8"), re.MULTILINE)
LISTED = {code for row in ROWS for code in re.findall(r"`([\w-]+)`", row)}


def test_every_code_of_the_page_exists() -> None:
    assert LISTED
    assert {code.value for code in Code} >= LISTED


def test_the_codes_are_in_the_order_of_the_alphabet() -> None:
    first = [row.split(",")[0].strip("`") for row in ROWS]
    assert first == sorted(first)


def test_every_code_that_is_raised_is_on_the_page() -> None:
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "bot").rglob("*.py"))
    raised = {Code[name].value for name in set(re.findall(r"\bCode\.([A-Z0-9_]+)\b", sources))}
    assert raised - LISTED == set()
