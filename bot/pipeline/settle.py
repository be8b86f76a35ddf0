"""Whether what a run composed is settled: a second run of the same requests must find nothing to do.

Each request is settled by itself, but together they may not be: one brings back what another takes away, or adds a copy
of what another looks for. Then the two want different files, and which of them came first decides nothing.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from bot.entries import Standing
from bot.outcomes import Applied, Change, Create, Refused, Rename
from bot.pipeline.compose import Claim, Conflict, compose
from bot.pipeline.numbers import with_numbers_held
from bot.pipeline.views import View

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from bot.asks import Request
    from bot.outcomes import Operation, Outcome
    from bot.pipeline.resolve import Resolver
    from bot.pipeline.views import BaseTree


@dataclass(frozen=True, slots=True)
class Settler:
    """Looks for requests that the composed files would not satisfy. `resolver` is that of the run.

    Snippets are merged by the local engine here, those of a planner as they were written: what can be proved to be
    still to do is, and nobody has to be asked.
    """

    requests: Sequence[Request]
    resolver: Resolver

    def conflicts(self, outcomes: Mapping[int, Outcome], view: View) -> tuple[Conflict, ...]:
        """The pairs of requests (by index) that undo each other on `view`, the files after the run."""
        touched: defaultdict[str, set[int]] = defaultdict(set)
        for index, outcome in outcomes.items():
            if isinstance(outcome, Applied):
                for path in _touched(outcome):
                    touched[path].add(index)
        others = {index: _others(index, self.requests[index], touched) for index in outcomes}
        asked = [index for index in outcomes if others[index] and not isinstance(outcomes[index], Refused)]
        return tuple(
            conflict
            for index in asked
            if self._is_to_do(index, view)
            for conflict in self._blamed(index, others[index], outcomes, view.base)
        )

    def _is_to_do(self, index: int, view: View) -> bool:
        """Whether a second run would apply the request `index` to `view`."""
        resolver = self.resolver.offline()
        if not isinstance(resolver.resolve(self.requests[index], view), Applied):
            return False
        paths = set(self.requests[index].paths)
        near = [at for at, request in enumerate(self.requests) if not paths.isdisjoint(request.paths)]
        again = {at: resolver.resolve(self.requests[at], view) for at in near}
        return isinstance(with_numbers_held(again, view)[index], Applied)

    def _blamed(
        self, index: int, others: Sequence[int], outcomes: Mapping[int, Outcome], base: BaseTree
    ) -> Iterator[Conflict]:
        """All of `others` that leave the request `index` to do, two equal ones as well as one; the first, if it takes
        several.
        """
        guilty = [other for other in others if self._is_undone_by(index, other, outcomes, View(base))]
        path = self.requests[index].paths[0]
        said = f"together they leave {path} so that a second run would change it again"
        yield from (Conflict(index, other, said) for other in guilty or others[:1])

    def _is_undone_by(self, index: int, other: int, outcomes: Mapping[int, Outcome], base: View) -> bool:
        claims = [
            Claim(at, outcome.request.id, outcome.candidate.operations)
            for at in (index, other)
            if isinstance(outcome := outcomes[at], Applied)
        ]
        digest = cache(lambda path: base.read(path).document.digest)
        if not all(stands_on(operation, base, digest) for claim in claims for operation in claim.operations):
            return False
        return self._is_to_do(index, compose(base, claims).view)


def stands_on(operation: Operation, base: View, digest: Callable[[str], str]) -> bool:
    """Whether the operation was made for the files of `base` (of this digest), not for what others had made of them."""
    if isinstance(operation, Create):
        return base.standing(operation.path) is Standing.NOTHING
    if base.standing(operation.path) is not Standing.FILE:
        return False
    return not isinstance(operation, Change) or operation.stands_on == digest(operation.path)


def _others(index: int, request: Request, touched: Mapping[str, set[int]]) -> list[int]:
    return sorted(set().union(*(touched.get(path, set()) for path in request.paths)) - {index})


def _touched(outcome: Applied) -> Iterator[str]:
    for operation in outcome.candidate.operations:
        yield operation.path
        if isinstance(operation, Rename):
            yield operation.to
