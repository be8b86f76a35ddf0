"""White space inside a line that a snippet quotes: a slip, a change, or neither is told."""

from __future__ import annotations

import pytest

from bot.errors import Code, Refusal
from bot.merging import merge
from bot.merging.spaces import is_misquoted
from bot.model import Verdict

BASE = (
    "sizes = {",
    '    "hat":   3,',
    '    "shoe": 41,',
    "}",
    "",
    "",
    "def fits(size,wanted):",
    "    return size >= wanted and size > 0",
)


def merged(first: str, marker: str, base: tuple[str, ...] = BASE) -> tuple[str, ...]:
    snippet = f"{marker}\n{first}\n    return size >= wanted > 0\n"
    answer = merge(base, snippet, "shop.py")
    assert answer.verdict is Verdict.VERIFIED, answer.doubts
    return answer.lines[6:]


def test_two_blanks_for_one_are_a_slip_whoever_writes() -> None:
    for marker in ("# ...", "# ... existing code ..."):
        base = (*BASE[:6], "def fit(size, wanted):", BASE[7])
        lines = merged("def fit(size,  wanted):", marker, base)
        assert lines == ("def fit(size, wanted):", "    return size >= wanted > 0")


def test_an_exact_writer_means_what_the_snippet_shows() -> None:
    lines = merged("def fits(size, wanted):", "# ... existing code ...")
    assert lines == ("def fits(size, wanted):", "    return size >= wanted > 0")


def test_of_another_writer_nothing_tells() -> None:
    with pytest.raises(Refusal) as caught:
        merged("def fits(size, wanted):", "# ... same as before ...")
    assert caught.value.code is Code.AMBIGUOUS


@pytest.mark.parametrize(
    ("old", "new", "beside_old", "beside_new", "slip"),
    [
        ("a && b", "a &&  b", (), (), True),
        ("by:   1", "by: 1", ("size: 2",), (), True),  # `1` and `2` stand in a column
        ("by:   1", "by: 1", ("height: 2",), (), False),
        ("by: 1", "by:   1", (), ("size: 2",), False),  # the snippet makes a column
        ("f(a,b)", "f(a, b)", (), (), False),
        ("f( a )", "f(a)", (), (), False),
        ("    a(b)", "a(b)", (), (), False),  # another depth is no white space inside
    ],
)
def test_what_nobody_would_ask_for_is_a_slip(
    old: str, new: str, beside_old: tuple[str, ...], beside_new: tuple[str, ...], *, slip: bool
) -> None:
    assert is_misquoted(old, new, beside_old, beside_new) is slip
