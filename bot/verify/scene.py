"""One merge as the checks see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.model import Hints
    from bot.text import Document
    from bot.verify.cost import Costs, Step
    from bot.verify.texts import Segment, Snippet, Text
    from bot.verify.tiling import Tile


@dataclass(frozen=True, slots=True)
class Scene:
    """Base, snippet and result, the tiling that the merge is judged by, and for each tile which line is which."""

    path: str
    base: Document
    merged: Document
    origin: Text
    result: Text
    snippet: Snippet
    tiles: tuple[Tile, ...]
    steps: tuple[tuple[Step, ...], ...]
    costs: Costs
    hints: Hints

    def segment(self, tile: Tile) -> Segment:
        """The segment that `tile` puts in place."""
        return self.snippet.segments[tile.index]

    def bounds(self, tile: Tile) -> tuple[int, int]:
        """Between which base lines `tile` could stand instead, the others staying."""
        low = self.tiles[tile.index - 1].stop if tile.index else 0
        high = self.tiles[tile.index + 1].start if tile.index + 1 < len(self.tiles) else len(self.origin)
        return low, high
