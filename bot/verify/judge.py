"""The verdict on a merge of a lazy snippet: every gained or lost line accounted for, and no other reading.

    guards      what no merge may do (hard)
    tiling      base runs with the snippet's segments between them, and nothing else (hard)
    account     what goes at the edges of a segment, and what is doubled there (hard or soft)
    spacing     indentation that neither side has (hard or soft); blanks: the same of blank lines
    structure   syntax, definitions, imports (hard or soft)
    rivals      another place or extent of a segment that fits as well (soft)
    agreement   the local engine's answer as a second opinion

A hard finding refuses the merge, a soft one leaves it unproven. Where the local engine proves the very same merge by
its own means, most of the soft ones are answered; where it proves another, that is one more doubt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import Refusal
from bot.model import Hints, Judgement, Merged, Verdict
from bot.verify.account import account
from bot.verify.blanks import blanks
from bot.verify.cost import Costs
from bot.verify.explain import explain
from bot.verify.findings import Finding, hard, judgement_of, span
from bot.verify.guards import guard
from bot.verify.misquoted import requoted
from bot.verify.replaced import replaced
from bot.verify.rivals import rivals
from bot.verify.scene import Scene
from bot.verify.spacing import spacing
from bot.verify.structure import structure
from bot.verify.texts import read_snippet, read_text
from bot.verify.tiling import Tiler

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.text import Document
    from bot.verify.texts import Snippet, Text
    from bot.verify.tiling import Tile

    Engine = Callable[[Sequence[str], str, str, Hints], Merged]

NO_HINTS = Hints()
# Doubts that a second opinion does not answer: blank lines are nobody's proof, an end left open reads the same to any
# engine, and what stands twice stands twice.
_STANDING = frozenset({
    "blank-lines", "open-end", "doubled-definition", "doubled-import", "replaced-depth", "replaced-kind",
})  # fmt: skip
# Doubts that the local engine's own weighing answers for its own merges: it has compared these very places and extents.
_ANSWERED = frozenset({"extent", "replaced-kind", "replaced-depth", "rival", "sibling", "uncovered-removal"})
# The same for a doubt that no other one goes with: then only the edge is in question.
_ANSWERED_ALONE = frozenset({"loose-edge"})


def verify(base: Document, snippet: str, merged: Document, path: str, hints: Hints = NO_HINTS) -> Judgement:
    """The verdict on `merged`, whoever made it, as a merge of the lazy `snippet` into `base`, the file at `path`.

    VERIFIED: each line is accounted for and no other reading fits, or the local engine proves the same lines.
    UNPROVEN: the merge is explained, but is one reading of several; the doubts say which lines.
    REFUSED: something contradicts it. Never raises for any text.
    """
    from bot.merging import merge  # lazy: only what is judged needs the engine

    return judge(base, snippet, merged, path, hints, engine=merge)


def judge_local(base: Document, snippet: str, merged: Document, path: str, hints: Hints) -> Judgement:
    """The verdict on a merge that the local engine proved. It is no second opinion on itself: only its evidence on the
    place and the extent of a segment counts, everything else has to be proved without it.
    """
    alone = judge(base, snippet, merged, path, hints, engine=None)
    rules = {doubt.rule for doubt in alone.doubts}
    answered = rules <= _ANSWERED or rules <= _ANSWERED_ALONE
    return Judgement(Verdict.VERIFIED) if alone.verdict is Verdict.UNPROVEN and answered else alone


def judge(
    base: Document, snippet: str, merged: Document, path: str, hints: Hints, *, engine: Engine | None
) -> Judgement:
    """As `verify`, with the engine for the second opinion given (None: without one)."""
    found = guard(base, merged, path)
    if any(finding.hard for finding in found):
        return judgement_of(found)
    if base.lines == merged.lines:
        return judgement_of([hard("no-change", f"the merge leaves {path} as it was")])
    found = _accounted(base, snippet, merged, path, hints)
    if engine is not None and not any(finding.hard for finding in found):
        try:
            other = engine(base.lines, snippet, path, hints)
        except Refusal:
            return judgement_of(found)
        found = _compared(found, merged, other)
    return judgement_of(found)


def _accounted(base: Document, snippet: str, merged: Document, path: str, hints: Hints) -> list[Finding]:
    lazy = read_snippet(snippet, base.lines, path)
    origin, result = read_text(base.lines), read_text(merged.lines)
    if not lazy.segments:
        return [hard("no-snippet", "the snippet shows no line of code, yet the merge changes the file")]
    costs, tiler, tiles = _tiled(origin, lazy, result)
    misquoted: list[Finding] = []
    if tiles is None and not tiler.exhausted:
        mended, misquoted = requoted(lazy, origin, result)
        again = _tiled(origin, mended, result) if misquoted else (costs, tiler, None)
        if again[2] is None:
            return explain(origin, lazy, result, costs)
        lazy, (costs, tiler, tiles) = mended, again
    unseen = [Finding("too-many-readings", "the snippet's segments stand in more places than can be looked at")]
    if tiles is None:
        return unseen
    steps = tuple(costs.align(lazy.segments[tile.index], tile.start, tile.stop) for tile in tiles)
    scene = Scene(path, base, merged, origin, result, lazy, tiles, steps, costs, hints)
    found = [*misquoted, *account(scene), *spacing(scene), *blanks(scene)]
    if tiler.exhausted:
        # The tiling at hand is one of many, perhaps not the one that was meant: what speaks against it proves nothing.
        return [*unseen, *structure(base, merged, path)]
    found += [*structure(base, merged, path), *replaced(base, merged)]
    if not any(finding.hard for finding in found):
        found += rivals(scene)
    return found


def _tiled(origin: Text, lazy: Snippet, result: Text) -> tuple[Costs, Tiler, tuple[Tile, ...] | None]:
    costs = Costs(origin, lazy.segments)
    tiler = Tiler(origin, result, lazy.segments, costs)
    return costs, tiler, tiler.find()


def _compared(found: list[Finding], merged: Document, other: Merged) -> list[Finding]:
    """`found` in the light of what the local engine makes of the snippet: the same, another merge, or no proof."""
    if other.verdict != Verdict.VERIFIED:
        return found
    mine = [line.rstrip() for line in merged.lines if line.strip()]
    theirs = [line.rstrip() for line in other.lines if line.strip()]
    if mine == theirs:
        return [finding for finding in found if finding.rule in _STANDING]
    differing = _first_difference(merged.lines, other.lines)
    return [*found, Finding("engines-differ", f"the local engine merges it otherwise, from {differing} on")]


def _first_difference(mine: Sequence[str], theirs: Sequence[str]) -> str:
    same = next((at for at, (one, other) in enumerate(zip(mine, theirs, strict=False)) if one != other), None)
    return span([min(len(mine), len(theirs)) if same is None else same])
