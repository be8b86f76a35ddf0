"""A segment laid against the lines that it stands for."""

from __future__ import annotations

from bot.merging import merge
from bot.merging.evidence import Material
from bot.merging.facts import Facts
from bot.merging.lay import lay
from bot.merging.placement import Step, segments_of
from bot.merging.snippet import read_base, read_snippet

BASE = [f"{name}_{name}_{name} = 1" for name in "abcdef"]


def laid(shown: list[str], start: int, stop: int) -> tuple[Step, ...] | None:
    it = Material(read_snippet("\n".join(["// ...", *shown, "// ..."]), BASE, "a.ts"), read_base(BASE))
    return lay(Facts(it), segments_of(it)[0], start, stop)


def kinds(shown: list[str], start: int, stop: int) -> list[str]:
    return [step.kind for step in laid(shown, start, stop) or ()]


def test_lines_that_stand_in_both_are_context_and_the_rest_is_new_or_dropped() -> None:
    assert kinds([BASE[0], "other()", BASE[3]], 0, 4) == ["same", "drop", "drop", "new", "same"]


def test_new_lines_stand_at_the_edges_and_dropped_ones_inside() -> None:
    assert kinds(["other()", BASE[3]], 2, 4) == ["new", "drop", "same"]
    assert kinds([BASE[3], "other()"], 3, 5) == ["same", "drop", "new"]


def test_a_dropped_line_has_the_token_that_follows_it() -> None:
    steps = laid([BASE[0], BASE[2]], 0, 3)
    assert steps == (Step("same", 1, 0), Step("drop", 2, 1), Step("same", 2, 2))


def test_a_deletion_alone_at_an_edge_is_no_placement() -> None:
    assert laid([BASE[1]], 0, 2) is None
    assert laid([BASE[1]], 1, 3) is None
    assert laid([BASE[1]], 1, 2) == (Step("same", 1, 1),)


def test_a_changed_line_is_the_new_form_of_the_line_like_it() -> None:
    assert laid([BASE[0], "b_b_b = 2"], 0, 2) == (Step("same", 1, 0), Step("pair", 2, 1))


def test_a_file_quoted_whole_is_laid_however_far_its_changes_are_apart() -> None:
    base = [f"value_{at} = compute({at})" for at in range(400)]
    shown = [*base[:3], "other()", *base[4:390], "value_390 = compute(391)", "more()", *base[391:]]
    assert list(merge(base, "\n".join(shown) + "\n", "a.py").lines) == shown


def test_twins_too_many_to_be_compared_are_no_placement() -> None:
    base = ["go()", *["}", "{"] * 150, "stop()"]
    shown = ["go()", "one()", *["{", "}"] * 149, "two()", "stop()"]
    it = Material(read_snippet("\n".join(["// ...", *shown, "// ..."]), base, "a.js"), read_base(base))
    assert lay(Facts(it), segments_of(it)[0], 0, len(base)) is None
