"""A reading that somebody chose: where each segment of a snippet stands, whatever the engine makes of it."""

from __future__ import annotations

from bot.merging.choose import Row
from bot.merging.evidence import Material
from bot.merging.facts import Facts
from bot.merging.lay import lay
from bot.merging.placement import Placement, segments_of
from bot.merging.reading import Reading, reading_of
from bot.merging.renderer import Renderer
from bot.merging.snippet import read_base, read_snippet


def reading(
    base: list[str], snippet: list[str], *spans: tuple[int, int], path: str = "a.ts"
) -> tuple[Reading, Material]:
    """The reading that puts the segments of `snippet` in place of the significant lines `spans` of `base`."""
    it = Material(read_snippet("\n".join(snippet) + "\n", base, path), read_base(base))
    facts, placements = Facts(it), []
    for segment, span in zip(segments_of(it), spans, strict=True):
        steps = lay(facts, segment, *span)
        assert steps is not None
        placements.append(Placement(*span, steps))
    return reading_of(Row(tuple(placements)), Renderer(it.lazy, it.base), len(it.keys)), it
