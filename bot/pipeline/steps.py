"""A result in single steps: what stands after the first request, after the second, and so on to the whole.

Nothing is resolved anew: a part of what was proved together is composed as the whole was. Requests that only come about
together (one stands on what a later one brings) are one step.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.pipeline.propose import composed

if TYPE_CHECKING:
    from bot.asks import Request
    from bot.outcomes import Applied
    from bot.pipeline.propose import FileResult, Proposed
    from bot.pipeline.views import BaseTree

# Each step composes all the ones before it again.
MOST_STEPS = 1000


@dataclass(frozen=True, slots=True)
class Step:
    """The requests that this step adds, and the files as they are after it, all against the base."""

    requests: tuple[Request, ...]
    files: tuple[FileResult, ...]


def steps_to(proposed: Proposed, base: BaseTree, most: int = MOST_STEPS) -> tuple[Step, ...]:
    """The steps to `proposed`; one, where it applies more than `most` requests or does not come apart."""
    applied = proposed.applied
    whole = (Step(tuple(outcome.request for outcome in applied), proposed.files),)
    if not 1 < len(applied) <= most:
        return whole
    found: list[Step] = []
    waiting: list[Applied] = []
    for count, outcome in enumerate(applied, 1):
        waiting.append(outcome)
        files = composed(applied[:count], base)
        if files is not None:
            found.append(Step(tuple(each.request for each in waiting), files))
            waiting = []
    return tuple(found) if found and not waiting and found[-1].files == proposed.files else whole
