"""The traits that are weighed are traits that the engine counts."""

from __future__ import annotations

from support.cases import load_cases

from bot.merging.choose import candidates
from bot.merging.evidence import Material
from bot.merging.facts import Facts
from bot.merging.gaps import gap_traits
from bot.merging.lay import lay
from bot.merging.placement import WIDE, Placement, segments_of
from bot.merging.snippet import read_base, read_snippet
from bot.merging.traits import traits_of
from bot.merging.weights import WEIGHTS
from bot.text import Document

# The test below shows it: no case has such a marker where a candidate keeps no import.
UNSEEN = {"gap.no-imports"}


def test_every_weight_is_that_of_a_trait_that_the_cases_show() -> None:
    seen: set[str] = set()
    for case in load_cases():
        lines = Document.from_bytes(case.original, case.path).lines
        it = Material(read_snippet(case.update, lines, case.path), read_base(lines))
        facts, segments = Facts(it), segments_of(it)
        for segment, placements in zip(segments, candidates(facts, segments, WIDE), strict=True):
            for one in placements.values():
                seen.update(traits_of(facts, segment, one))
                seen.update(gap_traits(facts, segment.first - 1, 0, one.start))
                seen.update(gap_traits(facts, segment.last + 1, one.stop, len(it.keys)))
                seen.update(gap_traits(facts, segment.first - 1, one.start, one.start))
    assert set(WEIGHTS) - UNSEEN <= seen


def test_a_marker_for_imports_is_held_to_what_it_says() -> None:
    base = ["import os", "import re", "", "run(os, re)", "stop(os, re)"]
    it = Material(read_snippet("# ... imports ...\nnew()\n", base, "a.py"), read_base(base))
    facts = Facts(it)
    assert "gap.imports" in gap_traits(facts, 0, 0, 2)
    assert "gap.no-imports" in gap_traits(facts, 0, 2, 4)


def placed(base: list[str], snippet: str, span: tuple[int, int], path: str = "a.py") -> dict[str, float]:
    """The traits of a snippet's only segment in place of the base lines `span`."""
    it = Material(read_snippet(snippet, base, path), read_base(base))
    facts, (segment,) = Facts(it), segments_of(it)
    steps = lay(facts, segment, *span)
    assert steps is not None
    return traits_of(facts, segment, Placement(*span, steps))


FLOW = ["- name: build", "  run: make all", "- name: check", "  run: make check"]


def test_a_body_under_a_new_header_is_stolen_from_its_own() -> None:
    found = placed(FLOW, "# ...\n- name: other\n  run: make check\n", (3, 4), "a.yaml")
    assert found["line.same.stolen"] == 1
    assert "line.same.home" not in found


def test_a_body_under_its_own_header_is_at_home() -> None:
    found = placed(FLOW, "# ...\n- name: check\n  run: make check -k\n", (2, 4), "a.yaml")
    assert found["line.pair.home"] == 1


def test_a_name_is_defined_twice_in_one_block_only() -> None:
    base = ["class A:", "    def run(self):", "        pass", "class B:", "    x = 1"]
    inside = placed(base, "# ...\n        pass\n    def run(self):\n        return 1\n# ...\n", (2, 3))
    other = placed(base, "# ...\n    x = 1\n    def run(self):\n        return 1\n", (4, 5))
    assert "block.defined-twice" in inside
    assert "block.defined-twice" not in other


def test_words_that_go_are_missed_where_they_are_used() -> None:
    base = ["size = 1", "print(size)", "print(size)", "done()"]
    assert placed(base, "length = 1\n# ...\n", (0, 1))["word.orphan"] > 0
    left = placed(base, "# ...\nprint(1)\nprint(2)\ndone()\n", (1, 4))
    assert left["word.dead"] > 0


def test_a_marker_that_names_what_it_keeps() -> None:
    base = ["def parse(text):", "    return text", "def render(page):", "    return page", "run()"]
    it = Material(read_snippet("# ... render stays ...\nrun(1)\n", base, "a.py"), read_base(base))
    facts = Facts(it)
    assert gap_traits(facts, 0, 0, 4)["gap.named"] == 1
    assert gap_traits(facts, 0, 0, 2)["gap.misnamed"] == 1


def test_words_and_tags_are_weighed_as_brackets_are() -> None:
    base = ["{{ if .on }}", "a: 1", "{{ end }}", "b: 2"]
    whole = placed(base, "{{ if .on }}\na: 2\n{{ end }}\n# ...\n", (0, 3), "a.yaml")
    torn = placed(base, "{{ if .on }}\na: 2\n{{ end }}\n# ...\n", (0, 2), "a.yaml")
    assert "block.words" not in whole
    assert "block.words" in torn
