"""Where a segment may stand: spans from its edges, and from readings."""

from __future__ import annotations

from bot.merging.align import Tables
from bot.merging.evidence import Material
from bot.merging.placement import NARROW, Breadth, Segment, segments_of, spans_at_edges
from bot.merging.snippet import read_base, read_snippet
from bot.merging.walk import Walk


def material(base: list[str], snippet: list[str]) -> Material:
    return Material(read_snippet("\n".join(snippet), base, "a.ts"), read_base(base))


LETTERS = [f"{name}_{name}_{name} = 1" for name in "abcdef"]


def test_segments_are_the_lines_between_markers() -> None:
    found = segments_of(material(LETTERS, ["// ...", LETTERS[0], LETTERS[1], "// ...", LETTERS[4]]))
    assert found == (Segment(1, 2), Segment(4, 4))


def test_a_segment_with_both_edges_in_the_file_may_stand_between_them() -> None:
    it = material(LETTERS, ["// ...", LETTERS[1], "new_line()", LETTERS[4], "// ..."])
    assert (1, 5) in set(spans_at_edges(it, segments_of(it)[0], (0, 6), NARROW))


def test_a_segment_with_one_edge_in_the_file_adds_lines_or_puts_them_for_a_few() -> None:
    it = material(LETTERS, ["// ...", "new_line()", LETTERS[4], "// ..."])
    spans = set(spans_at_edges(it, segments_of(it)[0], (0, 6), NARROW))
    assert {(4, 5), (3, 5)} <= spans
    assert all(stop == 5 for _, stop in spans)


def test_of_twins_those_nearest_are_looked_at() -> None:
    base = [line for at in range(20) for line in (f"value_{at} = {at}", "}")]
    it = material(base, ["// ...", "}", "new_line()", "// ..."])
    few = Breadth(turns=0, twins=2, telling=2, replaced=1, beside=0, one_sided=False)
    starts = {start for start, _ in spans_at_edges(it, segments_of(it)[0], (21, 22), few)}
    assert starts in ({19, 21}, {21, 23})


def test_the_best_reading_tells_the_lines_that_each_segment_stands_for() -> None:
    shown = ["// ...", LETTERS[1], "new_line()", LETTERS[3], "// ...", "f_f_f = 17"]
    assert Walk(Tables(material(LETTERS, shown))).spans == [(1, 4), (5, 6)]
