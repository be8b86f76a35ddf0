"""The verdict on a merge of a lazy snippet: every gained or lost line accounted for, and no other reading.

guards      what no merge may do (hard)
tiling      base runs and segments, nothing else (hard)
account     per segment: deletions at its edges, doubled lines, white space (hard or soft)
rivals      another place or extent of a segment that fits as well (soft)
structure   syntax, definitions, imports (hard or soft)
agreement   the local engine's answer as a second opinion
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import Refusal
from bot.model import Hints, Judgement, Merged, Verdict
from bot.verify.account import account
from bot.verify.cost import Costs
from bot.verify.explain import explain
from bot.verify.findings import Finding, hard, judgement_of
from bot.verify.guards import guard
from bot.verify.rivals import rivals
from bot.verify.scene import Scene
from bot.verify.spacing import spacing
from bot.verify.structure import structure
from bot.verify.texts import read_snippet, read_text
from bot.verify.tiling import Tiler

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.text import Document

    Engine = Callable[[Sequence[str], str, str, Hints], Merged]

NO_HINTS = Hints()


def verify(
    base: Document,
    snippet: str,
    merged: Document,
    path: str,
    hints: Hints = NO_HINTS,
    *,
    engine: Engine | None = None,
) -> Judgement:
    """The verdict on `merged` as a merge of the lazy `snippet` into `base`, the file at `path`."""
    found = guard(base, merged, path)
    if any(finding.hard for finding in found):
        return judgement_of(found)
    if base.lines == merged.lines:
        return judgement_of([hard("no-change", f"the merge leaves {path} as it was")])
    return judgement_of(_accounted(base, snippet, merged, path, hints))


def _accounted(base: Document, snippet: str, merged: Document, path: str, hints: Hints) -> list[Finding]:
    lazy = read_snippet(snippet, base.lines, path)
    origin, result = read_text(base.lines), read_text(merged.lines)
    if not lazy.segments:
        return [hard("no-snippet", "the snippet shows no line of code")]
    costs = Costs(origin, lazy.segments)
    tiler = Tiler(origin, result, lazy.segments, costs)
    tiles = tiler.find()
    if tiles is None:
        return explain(origin, lazy, result, tiler)
    steps = tuple(costs.align(lazy.segments[tile.index], tile.start, tile.stop) for tile in tiles)
    scene = Scene(path, base, merged, origin, result, lazy, tiles, steps, costs, hints)
    found = [*account(scene), *spacing(scene), *structure(base, merged, path)]
    if not any(finding.hard for finding in found):
        found += rivals(scene)
    return found
