"""Which definition a request's words point at: only plain words do, and only they decide between twins."""

from __future__ import annotations

import pytest

from bot.merging import merge
from bot.merging.pointing import named_spans
from bot.model import Hints, LineRange, Verdict

TWINS = """\
class Users:
    def get(self, key):
        row = self.db.find(key)
        return row


class Orders:
    def get(self, key):
        row = self.db.find(key)
        return row
"""
SHOWN = """\
        row = self.db.find(key)
        check(row)
        return row
"""


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("In Users, check the row.", 1),
        ("Check the row in the class `Users`.", 1),
        ("Let Orders check the row, as Users does already.", 7),
        ("Orders should check the row.", 7),
        ("Check the row in Users' `get`. Orders stays as it is.", 1),
    ],
)
def test_a_definition_that_the_words_point_at_decides(words: str, first: int) -> None:
    assert [span.first for span in named_spans(words, "shop.py", TWINS)] == [first]
    answer = merge(TWINS.splitlines(), SHOWN, "shop.py", Hints(instruction=words))
    assert answer.verdict is Verdict.VERIFIED
    changed = answer.lines.index("        check(row)")
    assert (changed > 7) == (first == 7)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "Do not touch Users; check the row.",
        "Don't change Users.",
        "Check the row in every class but Users.",
        "Unlike Users, this should check the row.",
        "Users does it already.",
        "Users is done; check the row here too.",
        "Leave Users alone and check the row.",
        "Users nicht ändern, die Zeile prüfen.",
        "Check the row in Users and in Orders.",
        "Check the row that get finds.",
    ],
)
def test_a_name_that_is_no_order_decides_nothing(words: str) -> None:
    answer = merge(TWINS.splitlines(), SHOWN, "shop.py", Hints(instruction=words))
    assert answer.verdict is Verdict.UNPROVEN
    assert {doubt.rule for doubt in answer.doubts} == {"rival"}


def test_a_name_that_several_definitions_have_is_none() -> None:
    assert named_spans("check the row in get", "shop.py", TWINS) == ()
    assert named_spans("check the row in Users", "shop.py", TWINS) == (LineRange(1, 4),)
