"""`apply #hash`: an unproven edit that the bot offered in a reply, and that somebody who may write here accepts.

The edit is read back from the bot's own, unedited reply; request, blobs and hash must be those of now, and it is
proved anew: what is refused then does not land, whatever was accepted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.app import Replayed, run_requests
from bot.asks import Batch
from bot.errors import Code, Refusal
from bot.outcomes import Change
from bot.pipeline.engines import Recorded, Replay
from bot.pipeline.writers import RecordedWriter
from bot.review.offers import by_short, check_offer, offer_in
from bot.review.state import answer_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from bot.app import Done
    from bot.pull_request.occasion import Occasion
    from bot.pull_request.place import PullPlace
    from bot.pull_request.run import Wanted
    from bot.review.offers import Offer
    from bot.review.threads import TalkComment, ThreadComment
    from bot.settings import Settings


@dataclass(frozen=True, slots=True)
class Accepted:
    """An offer that holds, and the place cut down to its one request."""

    place: PullPlace
    offer: Offer


def accepted(place: PullPlace, short: str, at: datetime) -> Accepted:
    """The offer with this short hash that was shown when the command was given, on the present head.

    Raises Refusal (unproven, ambiguous, outdated, verification-failed).
    """
    offer = by_short({offer.hash: offer for offer in _offers(place.occasion, short, at)}, short)
    request = next((each for each in place.occasion.batch.requests if each.id == offer.request), None)
    if request is not None and request.refusal is not None:
        raise Refusal(*request.refusal, request.remedy)
    check_offer(offer, request, place.blob)
    batch = Batch(() if request is None else (request,))
    return Accepted(replace(place, occasion=replace(place.occasion, batch=batch)), offer)


def redo(chosen: Accepted, wanted: Wanted, settings: Settings) -> Done:
    """The run that lands exactly the accepted edit. Raises Refusal(verification-failed) if it would land another."""
    offer = chosen.offer
    merges = {(offer.request, part.path): Recorded(part.stands_on, part.edits, part.engine) for part in offer.parts}
    written = {(offer.request, part.path): part.written for part in offer.parts if part.written is not None}
    order = replace(wanted, accept=frozenset({offer.request})).order()
    place = chosen.place
    replay = Replayed(Replay(merges), RecordedWriter(written))
    done = run_requests(place, place.occasion.batch, order, settings, lambda: None, replay)
    for outcome in done.proposed.applied:
        edits = [
            (change.path, change.stands_on, change.edits)
            for change in outcome.candidate.operations
            if isinstance(change, Change)
        ]
        same = edits == [(part.path, part.stands_on, part.edits) for part in offer.parts]
        if not same or len(edits) != len(outcome.candidate.operations):
            raise Refusal(Code.VERIFICATION_FAILED, f"#{offer.short} is not what the request comes to now")
    return done


def _offers(occasion: Occasion, short: str, at: datetime) -> Iterator[Offer]:
    """What the bot's own answers offer under this hash; one that was edited since may show another edit than it has."""
    for comment in occasion.own():
        offer = _offer_of(comment, short, at)
        if offer is not None:
            yield offer


def _offer_of(comment: ThreadComment | TalkComment, short: str, at: datetime) -> Offer | None:
    shown = comment.mine and comment.note.edited_at is None and comment.note.created_at <= at
    return offer_in(comment.note.body, short) if shown else None


def talk_of(occasion: Occasion, short: str, at: datetime) -> int | None:
    """The comment on the pull request as a whole that the edit of this hash was offered for; None: a thread's."""
    for comment in occasion.talk:
        if _offer_of(comment, short, at) is not None:
            answer = answer_in(comment.note.body)
            return None if answer is None else answer.comment
    return None
