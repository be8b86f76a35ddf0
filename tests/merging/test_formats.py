"""A diff that is not called one: its signs are no code."""

from __future__ import annotations

import pytest
from support.doubted import rules

from bot.errors import Code, Refusal
from bot.merging import merge

SHOP = ("import json", "", "def total(cart):", "    amount = 0", "    return amount")


@pytest.mark.parametrize(
    "snippet",
    [
        "-    amount = 0\n+    amount = 1\n",
        "@@ -3,3 +3,3 @@\n def total(cart):\n-    amount = 0\n+    amount = 1\n     return amount\n",
        " def total(cart):\n     amount = 0\n+    amount += 1\n     return amount\n",
        "def total(cart):\n    amount = 0\n+    amount += 1\n    return amount\n",
        "def total(cart):\n-    amount = 0\n    return amount\n",
    ],
    ids=["two lines", "a hunk", "nothing goes", "a sign before new code alone", "a sign before old code alone"],
)
def test_a_diff_that_is_not_called_one_is_refused(snippet: str) -> None:
    with pytest.raises(Refusal) as caught:
        merge(SHOP, snippet, "shop.py")
    assert caught.value.code is Code.CONTRADICTS
    assert "looks like a diff" in str(caught.value)


@pytest.mark.parametrize(
    ("base", "snippet", "path"),
    [
        (("# Rooms", "", "- hall", "- bath"), "- hall\n- kitchen\n- bath\n", "rooms.md"),
        (("hall", "bath"), "- hall\n- kitchen\n", "rooms.md"),
        (("hall", "- bath"), "+ hall\n- bath\n", "rooms.md"),
        (("a = (b", "    - c", "    + d)"), "a = (b\n    - c\n    + e)\n", "sum.py"),
        (("# Rooms", "hall", "bath"), "# Rooms\nhall\n+ kitchen\nbath\n", "rooms.md"),
    ],
    ids=["entries", "entries in place of lines", "two kinds of entries", "operators", "an entry of a text"],
)
def test_lines_that_begin_with_a_sign_of_their_own_are_no_diff(base: tuple[str, ...], snippet: str, path: str) -> None:
    assert Code.CONTRADICTS.value not in rules("\n".join(base), snippet, path)
