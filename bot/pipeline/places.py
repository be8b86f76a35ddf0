"""A request that fits two places is refused, whatever others have made of one of them in the meantime.

A second run of the same command finds the file as the first run left it: with what landed, and without what was refused
as ambiguous. Of its two places one may be gone now, and the other one would be taken for what was meant. So a request
that would be applied is looked at on the text before, too: HEAD's below the commits of our branch, or below the work
tree where other requests of the run stand already, and the base of the run below what its own requests have composed.

A request that finds no place at all there needs what others have brought about, and is placed on their result.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.entries import Standing
from bot.errors import Code, Refusal
from bot.model import Verdict
from bot.outcomes import Applied, Refused, Unchanged
from bot.pipeline.resolve import in_words
from bot.pipeline.views import View

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.asks import Part
    from bot.outcomes import Outcome
    from bot.pipeline.resolve import Resolver


def with_places_held(outcomes: Mapping[int, Outcome], view: View, resolver: Resolver) -> dict[int, Outcome]:
    """`outcomes` of requests on `view`; those that fit several places of the text before it are refused."""
    standing = {
        part.path for outcome in outcomes.values() if isinstance(outcome, Unchanged) for part in outcome.request.parts
    }
    return {index: _held(outcome, view, resolver, standing) for index, outcome in outcomes.items()}


def _held(outcome: Outcome, view: View, resolver: Resolver, standing: set[str]) -> Outcome:
    if not isinstance(outcome, Applied):
        return outcome
    for part in outcome.request.parts:
        # What a planner wrote was written for the text as it is now.
        if in_words(part.ask):
            continue
        for before in _before(part.path, view, resolver, standing):
            doubt = _doubt(outcome, part, before, resolver)
            if doubt is not None:
                return doubt
    return outcome


def _before(path: str, view: View, resolver: Resolver, standing: set[str]) -> Iterator[View]:
    """The texts before `view` in which `path` reads otherwise."""
    texts = []
    if resolver.numbered is not None:
        texts.append(View(resolver.numbered))
    elif resolver.committed is not None and path in standing:
        # Without another request that stands there, what HEAD does not have is the user's own work.
        texts.append(View(resolver.committed))
    if view.changed:
        texts.append(View(view.base))
    return (before for before in texts if not _reads_alike(path, view, before))


def _reads_alike(path: str, one: View, other: View) -> bool:
    try:
        if one.standing(path) is not other.standing(path):
            return False
        return one.standing(path) is not Standing.FILE or one.read(path).document == other.read(path).document
    except Refusal:
        return False


def _doubt(outcome: Applied, part: Part, before: View, resolver: Resolver) -> Refused | None:
    """The refusal of `outcome` if `part`, by itself, could be meant for several places of `before`."""
    alone = replace(outcome.request, parts=(part,))
    earlier = resolver.offline().resolve(alone, before)
    if not isinstance(earlier, Refused):
        return None
    reason = f"{earlier.reason}, before other requests changed it"
    if earlier.code is Code.AMBIGUOUS:
        return Refused(outcome.request, earlier.code, reason, earlier.remedy)
    if earlier.code is Code.UNPROVEN and earlier.candidate is not None and earlier.candidate.rivals:
        shown = replace(outcome.candidate, verdict=Verdict.UNPROVEN)
        return Refused(outcome.request, earlier.code, reason, earlier.remedy, shown)
    return None
