"""What a proposal did not apply: people are answered about it too, and as little as can be is taken from the proposal.

What can be found out again is: who is not heard, a suggestion that is outdated, an unproven merge, which is proved anew
before it is offered. For the rest the proposal's own code and reason are passed on, as words of somebody else's.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.errors import Code
from bot.model import Verdict
from bot.outcomes import Applied, Refused
from bot.report import readings_of
from bot.text import Document

if TYPE_CHECKING:
    from bot.app import Done
    from bot.outcomes import Outcome
    from bot.pipeline.proposal import Proposal
    from bot.pull_request.place import PullPlace

_LONGEST = 500


def with_the_rest(place: PullPlace, done: Done, proposal: Proposal) -> Done:
    """`done`, which lands `proposal`, with the outcomes of the requests that it does not apply."""
    applied = {outcome.request.id: outcome for outcome in done.report.outcomes}
    judged = {
        outcome.request.id: _judged(outcome, proposal) for outcome in done.together if outcome.request.id not in applied
    }
    outcomes = applied | judged
    readings = [readings_of(outcome, lambda path: _document(place, path)) for outcome in judged.values()]
    report = replace(
        done.report,
        outcomes=tuple(outcomes[request.id] for request in place.occasion.batch.requests),
        readings=(*done.report.readings, *(each for each in readings if each is not None)),
    )
    return replace(done, report=report)


def _document(place: PullPlace, path: str) -> Document:
    state = place.state(path)
    # What an outcome edits was read from there a moment ago.
    return Document.from_text("") if state is None else state.document


def _judged(outcome: Outcome, proposal: Proposal) -> Outcome:
    """What is said of a request that is not landed. It may well be applied alone: that is not what was proposed."""
    said = proposal.refused.get(outcome.request.id)
    known = said is not None and said[0] in set(Code)
    match outcome:
        case Refused(code=code) if code not in (Code.NO_ANCHOR, Code.NO_PLANNER) or not known:
            return outcome
        case Applied() | Refused():
            if said is not None and known:
                code, reason = Code(said[0]), said[1][:_LONGEST]
                # Nothing speaks against it here, something did there: it is for people to say.
                candidate = None
                if isinstance(outcome, Applied) and code is Code.UNPROVEN:
                    candidate = replace(outcome.candidate, verdict=Verdict.UNPROVEN)
                return Refused(outcome.request, code, reason, candidate=candidate)
            return Refused(
                outcome.request,
                Code.VERIFICATION_FAILED,
                "the proposal does not speak of it",
                "give the command again",
            )
        case _:
            return outcome
