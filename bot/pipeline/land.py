"""Make a proposal real only after it has been derived again. `land` trusts no proposal.

What is taken from the proposal are the edits that a remote model answered, for `verify` to judge anew, and the snippets
that a planner wrote, for they cannot be had again: they are confined to the file and the lines of their request. All
else is done again: the requests come from their own source, every one of them is resolved beside the others, and what
the proposal says it applies must come out as applied there, in files that are those of the proposal to the byte. One
difference, and nothing lands.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.errors import Code, Refusal
from bot.outcomes import Applied
from bot.pipeline.engines import Claimed
from bot.pipeline.proposal import claimed
from bot.pipeline.propose import Proposed, propose
from bot.pipeline.resolve import Resolver
from bot.pipeline.writers import RecordedWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.asks import Request
    from bot.outcomes import Outcome
    from bot.pipeline.proposal import Proposal
    from bot.pipeline.propose import Mapper
    from bot.pipeline.views import BaseTree

_LONGEST = 200
_ANEW = "make the proposal anew with `stetbot propose`"


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for a run that lands, as it does for one that proposes; see `Resolver`.

    `remote`: a remote model may have been asked, so an answer of one is judged and not refused.
    """

    accepts: Callable[[str], bool]
    landed: Mapping[str, str]
    numbered: BaseTree | None = None
    looks_first: bool = False
    remote: bool = True


@dataclass(frozen=True, slots=True)
class Derived:
    """What a proposal comes to: the run of the requests that it applies, and the outcomes of all, beside each other."""

    proposed: Proposed
    outcomes: tuple[Outcome, ...]


def derive(proposal: Proposal, requests: Sequence[Request], base: BaseTree, terms: Terms, mapper: Mapper) -> Derived:
    """The run that `proposal` describes, derived again from `requests` on `base`.

    Raises Refusal (verification-failed) where the proposal names a request that is not there, a request does not apply
    beside all the others as the proposal says, or a resulting file differs in any way.
    """
    wanted = frozenset(proposal.applied)
    _require_known(proposal, requests)
    resolver = Resolver(
        Claimed(proposal.shown | proposal.merges, wanted, terms.remote),
        terms.accepts,
        RecordedWriter(proposal.written),
        terms.landed,
        terms.numbered,
        terms.looks_first,
    )
    together = propose(requests, base, resolver, mapper)
    _require_applied(together, wanted)
    chosen = Proposed(tuple(outcome for outcome in together.outcomes if outcome.request.id in wanted), together.files)
    if len(chosen.outcomes) < len(together.applied):
        # Whoever lands a proposal may do with less of it; what is left must not come to anything else alone.
        chosen = propose([outcome.request for outcome in chosen.outcomes], base, resolver, mapper)
        _require_applied(chosen, wanted)
        _require_same(together, chosen)
    _require_files(proposal, chosen)
    return Derived(chosen, together.outcomes)


def _require_known(proposal: Proposal, requests: Sequence[Request]) -> None:
    known = {request.id for request in requests}
    for name in proposal.applied:
        if name not in known:
            raise Refusal(
                Code.VERIFICATION_FAILED,
                f"the proposal applies {name[:_LONGEST]}, which is in none of the files given",
                "give the instruction files that it was made from, unchanged",
            )


def _require_applied(run: Proposed, wanted: frozenset[str]) -> None:
    for outcome in run.outcomes:
        if outcome.request.id in wanted and not isinstance(outcome, Applied):
            said = f"{outcome.request.id} does not apply as proposed: {outcome.reason}"
            raise Refusal(Code.VERIFICATION_FAILED, said)


def _require_same(together: Proposed, chosen: Proposed) -> None:
    there = {outcome.request.id: outcome.candidate.operations for outcome in together.applied}
    for outcome in chosen.applied:
        if outcome.candidate.operations != there[outcome.request.id]:
            raise Refusal(
                Code.VERIFICATION_FAILED,
                f"{outcome.request.id} comes to something else without the requests that the proposal leaves out",
                _ANEW,
            )


def _require_files(proposal: Proposal, run: Proposed) -> None:
    ours = {result.path: claimed(result, proposal.base) for result in run.files}
    theirs = {file.path: file for file in proposal.files}
    for path in sorted(ours.keys() | theirs.keys()):
        if len(theirs) != len(proposal.files) or ours.get(path) != theirs.get(path):
            said = f"{path[:_LONGEST]} is not what the requests make of it"
            raise Refusal(Code.VERIFICATION_FAILED, said, _ANEW)
