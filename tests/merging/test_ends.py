"""An end of the file is no proof of a place: writers leave out the marker beyond a snippet's ends anywhere."""

from __future__ import annotations

from textwrap import dedent

import pytest

from bot.errors import Code, Refusal
from bot.merging import merge
from bot.model import Hints, LineRange, Merged, Verdict

TWINS = dedent("""\
    class Users:
        def get(self, key):
            row = self.db.find(key)
            return row


    class Orders:
        def get(self, key):
            row = self.db.find(key)
            return row
    """).splitlines()
SHOWN = """\
    def get(self, key):
        row = self.db.find(key)
        if row is None:
            raise KeyError(key)
        return row
"""
NO_HINTS = Hints()


def answered(base: list[str], snippet: str, path: str = "shop.py", hints: Hints = NO_HINTS) -> Merged | None:
    try:
        return merge(base, snippet, path, hints)
    except Refusal as refusal:
        if refusal.code is not Code.AMBIGUOUS:
            raise
        return None


@pytest.mark.parametrize(
    "snippet",
    [
        SHOWN,
        f"# ... existing code ...\n{SHOWN}",
        "".join(SHOWN.splitlines(keepends=True)[1:]),
        "# ... existing code ...\n        log(row)\n        return row\n",
    ],
    ids=["the method", "below a marker", "its body", "its last line"],
)
def test_of_two_twins_the_last_in_the_file_is_not_taken(snippet: str) -> None:
    answer = answered(TWINS, snippet)
    assert answer is None or answer.verdict is Verdict.UNPROVEN


def test_of_two_twins_the_first_in_the_file_is_not_taken() -> None:
    answer = answered(["on: web", "port: 1", "on: db", "port: 1"], "port: 2\n# ... existing code ...\n", "a.yml")
    assert answer is None or answer.verdict is Verdict.UNPROVEN


def test_keys_of_two_services_are_told_by_no_end() -> None:
    base = [
        "services:",
        "  web:",
        "    image: web",
        "    restart: always",
        "  db:",
        "    image: db",
        "    restart: always",
    ]
    for snippet in ("    restart: never\n", "# ... existing code ...\n    restart: never\n"):
        answer = answered(base, snippet, "compose.yml")
        assert answer is None or answer.verdict is Verdict.UNPROVEN
    answer = answered(base, "    image: db\n    restart: never\n", "compose.yml")
    assert answer is not None
    assert answer.verdict is Verdict.VERIFIED


def test_a_range_of_lines_decides_between_twins_whichever_is_last() -> None:
    for span, name in ((LineRange(2, 4), "Users"), (LineRange(8, 10), "Orders")):
        answer = answered(TWINS, SHOWN, hints=Hints(lines=span))
        assert answer is not None
        assert answer.verdict is Verdict.VERIFIED
        changed = answer.lines.index("            raise KeyError(key)")
        assert max(
            at for at, line in enumerate(answer.lines[:changed]) if line.startswith("class")
        ) == answer.lines.index(f"class {name}:")


def test_code_at_the_end_of_the_file_that_has_no_twin_is_found_there() -> None:
    answer = answered(TWINS, "class Orders:\n    def get(self, key):\n        return self.db.find(key)\n")
    assert answer is not None
    assert answer.lines[-2:] == ("    def get(self, key):", "        return self.db.find(key)")


@pytest.mark.parametrize("column", ["", "        "], ids=["at the left edge", "as deep as the code"])
def test_the_depth_of_a_marker_tells_no_twin_from_another(column: str) -> None:
    base = [*TWINS, "", "    def pop(self, key):", "        return self.db.pop(key)"]
    marker = f"{column}# ... existing code ...\n"
    answer = answered(base, f"{marker}        row = self.db.find(key, strict=True)\n        return row\n{marker}")
    assert answer is None or answer.verdict is Verdict.UNPROVEN
