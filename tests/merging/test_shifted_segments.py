"""White space of segments that are shifted as a whole, markers in few words, and blank lines beside new ones."""

from __future__ import annotations

import pytest

from bot.merging import merge
from bot.merging.evidence import Material
from bot.merging.markers import is_faint, marker_name
from bot.merging.snippet import read_base, read_snippet
from bot.model import Verdict

BASE = (
    "class Cart {",
    "    total() {",
    "        const active = this.find('.active')",
    "        active.remove('on')",
    "        active.drop('current')",
    "        return this.sum(active)",
    "    }",
    "}",
)


def test_a_segment_that_lost_its_depth_gets_it_back_also_under_a_new_header() -> None:
    snippet = (
        "const active = this.find('.active')\nif (active) {\n    active.remove('on')\n    active.drop('current')\n}\n"
        "// ... existing code ...\n"
    )
    assert merge(BASE, snippet, "cart.js").lines[2:7] == (
        "        const active = this.find('.active')",
        "        if (active) {",
        "            active.remove('on')",
        "            active.drop('current')",
        "        }",
    )


def test_a_segment_without_a_line_of_the_file_is_as_deep_as_the_others_make_it() -> None:
    shown = "total() {\n    // ...\n    log(active)\n    // ...\n}\n"
    tokens = Material(read_snippet(shown, BASE, "cart.js"), read_base(BASE))
    assert tokens.depths[3] == 8
    beside = Material(read_snippet("class Cart {\n    // ...\n    log(active)\n", BASE, "cart.js"), read_base(BASE))
    assert beside.depths[3] == 4


def test_a_shifted_segment_takes_the_tabs_of_the_file() -> None:
    base = tuple(line.replace("    ", "\t") for line in BASE)
    snippet = "// ...\nconst active = this.find('.active')\nlog(active)\nactive.remove('on')\n// ...\n"
    assert merge(base, snippet, "cart.js").lines[3] == "\t\tlog(active)"


def test_lines_that_would_stand_before_the_first_column_are_not_shifted() -> None:
    base = ("alpha(one)", "beta(two)", "gamma(three)")
    snippet = "# ...\n    alpha(one)\ndelta(four)\n    beta(two)\n# ...\n"
    assert "delta(four)" in merge(base, snippet, "x.rb").lines


@pytest.mark.parametrize(
    "line",
    [
        "// companion object stays as is",
        "/* keyframes unchanged */",
        "# dev-dependencies unchanged",
        "(rest of the document stays the same)",
        "# rest of the extension",
    ],
)
def test_a_few_words_that_say_unchanged_are_a_marker(line: str) -> None:
    assert marker_name(line, "x.kt") is not None


def test_words_that_may_be_a_comment_of_the_new_code_are_faint() -> None:
    assert is_faint("the cached value is unchanged")
    assert not is_faint("existing code")


def test_a_faint_marker_that_stands_for_nothing_is_a_doubt() -> None:
    snippet = (
        "// ...\n        const active = this.find('.active')\n        active.remove('on')\n"
        "        // flag stays as is\n        active.drop('current')\n        return this.sum(active, 1)\n// ...\n"
    )
    found = merge(BASE, snippet, "cart.js")
    assert found.verdict is Verdict.UNPROVEN
    assert "faint" in {doubt.rule for doubt in found.doubts}
