"""A result in single steps: what stands after the first request, after the second, and so on to the whole.

Each step is derived as `land` derives a proposal: the same edits, proved anew, for the requests so far. Requests that
only come about together (one stands on what a later one brings) are one step.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.model import Change
from bot.pipeline.engines import Recorded, Replay
from bot.pipeline.propose import propose
from bot.pipeline.resolve import Resolver

if TYPE_CHECKING:
    from bot.model import Applied, Request
    from bot.pipeline.propose import FileResult, Proposed
    from bot.pipeline.views import BaseTree

# Each step derives all the ones before it again.
MOST_STEPS = 50


@dataclass(frozen=True, slots=True)
class Step:
    """The requests that this step adds, and the files as they are after it, all against the base."""

    requests: tuple[Request, ...]
    files: tuple[FileResult, ...]


def steps_to(proposed: Proposed, base: BaseTree) -> tuple[Step, ...]:
    """The steps to `proposed`; one, where it applies more than `MOST_STEPS` requests or does not come apart."""
    applied = proposed.applied
    requests = tuple(outcome.request for outcome in applied)
    whole = (Step(requests, proposed.files),)
    if not 1 < len(requests) <= MOST_STEPS:
        return whole
    resolver = Resolver(Replay(_merges(applied)), lambda _: True)
    found: list[Step] = []
    begun = 0
    for count in range(1, len(requests) + 1):
        so_far = propose(requests[:count], base, resolver, map)
        if len(so_far.applied) == count:
            found.append(Step(requests[begun:count], so_far.files))
            begun = count
    return tuple(found) if found and begun == len(requests) and found[-1].files == proposed.files else whole


def _merges(applied: tuple[Applied, ...]) -> dict[tuple[str, str], Recorded]:
    """What the engines have answered, as a proposal records it."""
    return {
        (outcome.request.id, change.path): Recorded(change.stands_on, change.edits, outcome.candidate.engine)
        for outcome in applied
        for change in outcome.candidate.operations
        if isinstance(change, Change)
    }
