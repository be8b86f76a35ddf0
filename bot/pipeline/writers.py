"""Who writes the snippet of a request in plain words: a planner that is asked, or a record of what one wrote.

A request is asked about once, and once more with the doubts named; what was chosen then is remembered, because later
rounds of a run, and the look at its result, must speak of the same snippet and cost nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from bot.errors import Code, Refusal
from bot.outcomes import Written
from bot.pipeline.choosing import Ranker, choose, refuse_length
from bot.pipeline.engines import refuse_secrets
from bot.planning import EditCall, Planned, plan_prompt, read_answer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.pipeline.views import View
    from bot.planning import Asked, Earlier, Planner
    from bot.text import Document

# A request's id and the path of one of its files.
Place = tuple[str, str]


class Writer(Protocol):
    """Gives the snippet for a request in plain words."""

    def settled(self, place: Place) -> Written | None:
        """What was chosen for `place` already; then nobody is to be asked."""

    def write(self, place: Place, asked: Asked, document: Document, earlier: Earlier | None = None) -> Written:
        """A snippet for `asked`, the further one where `earlier` says what was wrong. Raises Refusal, ServiceError."""

    def choose(self, request: str, words: str, among: Sequence[str], view: View) -> Written:
        """A snippet for one of the files `among`. Raises Refusal, ServiceError."""

    def settle(self, place: Place, written: Written) -> None:
        """`written` is what `place` comes to, from now on."""

    def recorded(self) -> Writer:
        """What is settled so far, with nobody to ask."""


@dataclass(frozen=True, slots=True)
class PlannerWriter:
    """Asks a planner. `keys` are the secrets of the run that must not come back in an answer."""

    planner: Planner
    keys: tuple[str, ...] = field(default=(), repr=False)
    ranker: Ranker = field(default_factory=Ranker)
    _chosen: dict[Place, Written] = field(default_factory=dict)

    def settled(self, place: Place) -> Written | None:
        return self._chosen.get(place)

    def write(self, place: Place, asked: Asked, document: Document, earlier: Earlier | None = None) -> Written:
        del place
        refuse_length(asked.words)
        refuse_secrets(asked.path, document.text, asked.words, remedy="show the change in a fence")
        planned = self.planner.plan(plan_prompt(asked, document.lines, earlier))
        call = read_answer(planned, asked.path, document.text, self.keys)
        return Written(call.target_file, call.code_edit, call.instructions, planned.request_ids)

    def choose(self, request: str, words: str, among: Sequence[str], view: View) -> Written:
        known = _chosen_for(request, among, self._chosen)
        if known is not None:
            return known
        call, request_ids = choose(self.planner, self.ranker, words, among, view, self.keys)
        return Written(call.target_file, call.code_edit, call.instructions, request_ids)

    def settle(self, place: Place, written: Written) -> None:
        self._chosen[place] = written

    def recorded(self) -> Writer:
        return RecordedWriter(dict(self._chosen))


@dataclass(frozen=True, slots=True)
class RecordedWriter:
    """What a planner wrote before: in an earlier round, or in the run whose proposal is landed."""

    written: Mapping[Place, Written]

    def settled(self, place: Place) -> Written | None:
        return self.written.get(place)

    def write(self, place: Place, asked: Asked, document: Document, earlier: Earlier | None = None) -> Written:
        del document, earlier
        raise Refusal(Code.NO_PLANNER, f"nothing is recorded of what {place[0]} asks of {asked.path}")

    def choose(self, request: str, words: str, among: Sequence[str], view: View) -> Written:
        del words, view
        known = _chosen_for(request, among, self.written)
        if known is None:
            raise Refusal(Code.NO_PLANNER, f"nothing is recorded of what {request} asks of the change set")
        return known

    def settle(self, place: Place, written: Written) -> None:
        del place, written

    def recorded(self) -> Writer:
        return self


def _chosen_for(request: str, among: Sequence[str], written: Mapping[Place, Written]) -> Written | None:
    """What is written for a request that names no file: for one of those that may be meant, and for no other."""
    return next((it for (owner, path), it in written.items() if owner == request and path in among), None)


def checked(written: Written, path: str, document: Document) -> Written:
    """`written` if it may be an edit of `path`, whoever brought it. Raises Refusal."""
    planned = Planned((EditCall(written.path, written.instruction, written.snippet),))
    call = read_answer(planned, path, document.text, ())
    return Written(path, call.code_edit, call.instructions, written.request_ids)
