"""Decide: from requests to outcomes and resulting files. Writes nothing.

Round by round: every request is resolved against the same view, in parallel; what they want is composed. A request that
found no place on that view, and whose files another request of the round changed, is tried again on the composed text:
it depends on what it stands on. Each round lands at least one request, so there are at most as many rounds as requests.

Then the files are looked at as a second run would: requests that undo each other are refused (see `settle`), as are
those that delete what nobody could bring back, and the rest is composed anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Protocol, TypeVar

from bot.asks import RenameFile
from bot.errors import Code, Refusal
from bot.outcomes import Applied, Delete, Refused, Unchanged
from bot.pipeline.compose import Claim, compose, joined
from bot.pipeline.numbers import with_numbers_held
from bot.pipeline.places import with_places_held
from bot.pipeline.settle import Settler, stands_on
from bot.pipeline.views import BaseTree, FileState, View

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from bot.asks import Request
    from bot.outcomes import Outcome
    from bot.pipeline.compose import Composition
    from bot.pipeline.resolve import Resolver

T = TypeVar("T")
R = TypeVar("R")

# What another request of the run may bring about: a place to stand on, or the file itself.
MAY_DEPEND = frozenset({Code.NO_ANCHOR, Code.UNKNOWN_PATH})


class Mapper(Protocol):
    """Maps a function over items, possibly in parallel; results in the order of the items."""

    def __call__(self, function: Callable[[T], R], items: Sequence[T], /) -> Iterable[R]: ...


@dataclass(frozen=True, slots=True)
class FileResult:
    """One path that the run changes: its state before (None: new) and after (None: gone), and the requests behind it.

    `renamed_from` is the path on the base that it had before, where it moved.
    """

    path: str
    old: FileState | None
    new: FileState | None
    requests: tuple[str, ...]
    renamed_from: str | None = None


@dataclass(frozen=True, slots=True)
class Proposed:
    """The outcomes in request order, and the files that the applied ones change, by path."""

    outcomes: tuple[Outcome, ...]
    files: tuple[FileResult, ...]

    @property
    def applied(self) -> tuple[Applied, ...]:
        return tuple(outcome for outcome in self.outcomes if isinstance(outcome, Applied))

    @property
    def refused(self) -> tuple[Refused, ...]:
        return tuple(outcome for outcome in self.outcomes if isinstance(outcome, Refused))


def propose(requests: Sequence[Request], base: BaseTree, resolver: Resolver, mapper: Mapper) -> Proposed:
    """Resolve and compose `requests` on `base`. Raises no expected error: what fails is an outcome."""
    indexes = range(len(requests))
    start = View(base)
    first = dict(zip(indexes, mapper(partial(_resolved, resolver, requests, start), indexes), strict=True))
    first = with_places_held(with_numbers_held(first, start), start, resolver)
    settler = Settler(requests, resolver)
    while True:
        run = _Run(requests, start)
        run.outcomes.update(first)
        landed = run.compose(indexes)
        while pending := [index for index in indexes if run.may_stand_on(index, landed)]:
            results = mapper(partial(_resolved, resolver, requests, run.view), pending)
            found = dict(zip(pending, results, strict=True))
            run.outcomes.update(with_places_held(found, run.view, resolver))
            landed = run.compose(pending)
        losses = run.losses()
        if losses:
            first |= losses
            continue
        conflicts = settler.conflicts(run.outcomes, run.view)
        if not conflicts:
            return run.proposed()
        # Nobody is asked again for what does not depend on others: the first round's outcomes hold.
        for conflict in conflicts:
            first[conflict.first] = run.excluded(conflict.first, conflict.second, conflict.where)
            first[conflict.second] = run.excluded(conflict.second, conflict.first, conflict.where)


def _resolved(resolver: Resolver, requests: Sequence[Request], view: View, index: int) -> Outcome:
    return resolver.resolve(requests[index], view)


def composed(outcomes: Sequence[Applied], base: BaseTree) -> tuple[FileResult, ...] | None:
    """The files that `outcomes`, a part of what a run on `base` has applied, come to; None: they need the others."""
    run = _Run([outcome.request for outcome in outcomes], View(base))
    run.outcomes.update(enumerate(outcomes))
    left = dict(enumerate(outcomes))
    while left:
        view = run.view
        digest = cache(lambda path, view=view: view.read(path).document.digest)
        ready = [
            index
            for index, outcome in left.items()
            if all(stands_on(operation, view, digest) for operation in outcome.candidate.operations)
        ]
        if not ready:
            return None
        run.join(ready)
        left = {index: outcome for index, outcome in left.items() if index not in set(ready)}
    return run.proposed().files


class _Run:
    """The state of one `propose`: what each request has come to, and the view so far."""

    def __init__(self, requests: Sequence[Request], view: View) -> None:
        self.requests = requests
        self.base = view.base
        self.view = view
        self.outcomes: dict[int, Outcome] = {}
        self.owners: dict[str, tuple[int, ...]] = {}

    def compose(self, indexes: Sequence[int]) -> frozenset[str]:
        """Compose the applied ones of `indexes` into the view; returns the paths that changed."""
        composition = compose(self.view, self._claims(indexes))
        self._refuse_conflicts(composition)
        self._remember(composition)
        changed = {
            path
            for path in composition.view.changed
            if composition.view.changed[path] is not self.view.changed.get(path)
        }
        self.view = composition.view
        return frozenset(changed)

    def join(self, indexes: Sequence[int]) -> None:
        """As `compose`, for requests that are known not to exclude each other."""
        composition = joined(self.view, self._claims(indexes))
        self._remember(composition)
        self.view = composition.view

    def _claims(self, indexes: Sequence[int]) -> list[Claim]:
        found = ((index, self.outcomes[index]) for index in indexes)
        return [
            Claim(index, outcome.request.id, outcome.candidate.operations)
            for index, outcome in found
            if isinstance(outcome, Applied)
        ]

    def _refuse_conflicts(self, composition: Composition) -> None:
        for conflict in composition.conflicts:
            for owner, other in ((conflict.first, conflict.second), (conflict.second, conflict.first)):
                outcome = self.outcomes[owner]
                if not isinstance(outcome, Applied):
                    continue  # named in an earlier conflict already
                self.outcomes[owner] = self.excluded(owner, other, conflict.where)

    def excluded(self, owner: int, other: int, where: str) -> Refused:
        """The outcome of the request `owner`, which the request `other` excludes."""
        outcome, rival = self.outcomes[owner], self.requests[other]
        return Refused(
            outcome.request,
            Code.OVERLAPPING,
            f"{where}; the other is {rival.id} ({rival.place})",
            "keep one of the two, or join them into one request",
            None if isinstance(outcome, Unchanged) else outcome.candidate,
        )

    def losses(self) -> dict[int, Refused]:
        """The requests (by index) that delete a file of the base which nobody could bring back, refused."""
        found: dict[int, Refused] = {}
        for index, outcome in self.outcomes.items():
            if not isinstance(outcome, Applied):
                continue
            for operation in outcome.candidate.operations:
                was = self.view.origin(operation.path) if isinstance(operation, Delete) else None
                try:
                    if was is not None:
                        self.base.refuse_loss(was)
                except Refusal as loss:
                    shown = outcome.candidate
                    found[index] = Refused(outcome.request, loss.code, loss.reason, loss.remedy, shown)
        return found

    def _remember(self, composition: Composition) -> None:
        for path, before in composition.moved.items():
            self.owners[path] = self.owners.pop(before, ()) + self.owners.get(path, ())
        for path, owners in composition.touched.items():
            self.owners[path] = tuple(dict.fromkeys(self.owners.get(path, ()) + owners))

    def may_stand_on(self, index: int, landed: frozenset[str]) -> bool:
        """Whether a refused request may find its place on what this round composed."""
        outcome = self.outcomes[index]
        if not isinstance(outcome, Refused) or outcome.code not in MAY_DEPEND:
            return False
        return any(path in landed for part in outcome.request.parts for path in _paths(part.path, part.ask))

    def proposed(self) -> Proposed:
        files = []
        gone = set(self.view.origins.values())
        for path, new in sorted(self.view.changed.items()):
            if new is None and path in gone:
                continue  # told by the path that it moved to
            was = self.view.origin(path)
            if was is None and new is None:
                continue  # created and deleted within the run
            old = self.base.read(was) if was is not None else None
            requests = tuple(self.requests[index].id for index in self.owners.get(path, ()))
            # Of a file that is moved and then deleted, the way does not count.
            at = was if new is None and was is not None else path
            files.append(FileResult(at, old, new, requests, was if was != at else None))
        outcomes = tuple(self.outcomes[index] for index in range(len(self.requests)))
        return Proposed(outcomes, tuple(sorted(files, key=lambda result: result.path)))


def _paths(path: str, ask: object) -> tuple[str, ...]:
    return (path, ask.to) if isinstance(ask, RenameFile) else (path,)
