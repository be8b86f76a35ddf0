"""Make a proposal real only after it has been derived again. `land` trusts no proposal.

What is taken from the proposal are the edits that a merge engine answered, for `verify` to judge anew, and the snippets
that a planner wrote, for they cannot be had again: they are confined to the file and the lines of their request. The
requests come from their own source, every other format is placed anew from the request itself, the texts are composed
anew, and the files that come out must be those of the proposal to the byte. One difference, and nothing lands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import Code, Refusal
from bot.model import Applied
from bot.pipeline.engines import Replay
from bot.pipeline.proposal import claimed
from bot.pipeline.propose import propose
from bot.pipeline.resolve import Resolver
from bot.pipeline.writers import RecordedWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.model import Request
    from bot.pipeline.proposal import Proposal
    from bot.pipeline.propose import Mapper, Proposed
    from bot.pipeline.views import BaseTree


def derive(
    proposal: Proposal,
    requests: Sequence[Request],
    base: BaseTree,
    accepts: Callable[[str], bool],
    mapper: Mapper,
    numbered: BaseTree | None = None,
) -> Proposed:
    """The run that `proposal` describes, derived again from `requests` on `base`; their line numbers are of `numbered`.

    Raises Refusal (verification-failed) where the proposal names a request that is not there, a request does not apply
    as the proposal says, or a resulting file differs in any way.
    """
    by_id = {request.id: request for request in requests}
    for name in proposal.applied:
        if name not in by_id:
            raise Refusal(
                Code.VERIFICATION_FAILED,
                f"the proposal applies {name}, which is in none of the files given",
                "give the instruction files that it was made from, unchanged",
            )
    wanted = set(proposal.applied)
    chosen = [request for request in requests if request.id in wanted]
    writer = RecordedWriter(proposal.written)
    resolver = Resolver(Replay(proposal.merges), accepts, writer, numbered=numbered)
    proposed = propose(chosen, base, resolver, mapper)
    for outcome in proposed.outcomes:
        if not isinstance(outcome, Applied):
            said = getattr(outcome, "reason", "")
            raise Refusal(Code.VERIFICATION_FAILED, f"{outcome.request.id} does not apply as proposed: {said}")
    ours = {result.path: claimed(result, proposal.base) for result in proposed.files}
    theirs = {file.path: file for file in proposal.files}
    for path in sorted(ours.keys() | theirs.keys()):
        if len(theirs) != len(proposal.files) or ours.get(path) != theirs.get(path):
            raise Refusal(
                Code.VERIFICATION_FAILED,
                f"{path} is not what the requests make of it",
                "make the proposal anew with `stetbot propose`",
            )
    return proposed
