"""A whole run on a pull request: read, propose, deliver, answer; on a new head again, where that is safe."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.app import land_proposal, run_requests
from bot.errors import Code, Refusal
from bot.github import reading
from bot.pull_request import answering, delivery
from bot.pull_request.occasion import read_occasion
from bot.pull_request.offering import accepted, redo, talk_of
from bot.pull_request.originals import Originals
from bot.pull_request.place import fetch, place_of, right_to_push
from bot.pull_request.rest import with_the_rest
from bot.report import Landing
from bot.review.gate import check_open
from bot.review.ladder import Right, Route
from bot.review.landed import Landed
from bot.review.moved import Move, follow
from bot.workplace import Destination, Order

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.app import Done
    from bot.github.client import GitHubClient
    from bot.pipeline.proposal import Proposal
    from bot.pull_request.answering import Manner, Said
    from bot.pull_request.occasion import Ask, Occasion
    from bot.pull_request.place import PullPlace
    from bot.repo import Repository
    from bot.review.records import PullRequest
    from bot.settings import Settings


@dataclass(frozen=True, slots=True)
class Hands:
    """What a run works with: GitHub, the repository here, and the settings."""

    client: GitHubClient
    repo: Repository
    settings: Settings


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the run shall do with its result.

    `only_show`: nothing is written anywhere. `signed`: GitHub makes the commit. `each`: a commit for each request.
    `looks_first`: what a planner wrote waits for somebody to apply it by its hash.
    `workflow` is started where the push starts no checks. `ask_again`: the reviewers are asked to look again.
    """

    only_show: bool = False
    signed: bool = False
    each: bool = False
    workflow: str = ""
    ask_again: bool = False
    looks_first: bool = False
    accept: frozenset[str] = frozenset()
    accept_all: bool = False
    all_or_nothing: bool = False

    def order(self) -> Order:
        return Order(
            Destination.DIFF,
            None,
            "",
            accept=self.accept,
            accept_all=self.accept_all,
            all_or_nothing=self.all_or_nothing,
            looks_first=self.looks_first,
        )


@dataclass(frozen=True, slots=True)
class Finished:
    """What a run came to: its report, where the result went, what was said, what was left alone."""

    done: Done
    occasion: Occasion
    landed: Landed
    said: Said


def run(hands: Hands, ask: Ask, wanted: Wanted, manner: Manner, advance: Callable[[], None]) -> Finished:
    """Propose and land in one process. Raises Refusal for what stops the whole run, errors of the hands."""
    return _on_each_head(hands, ask, wanted, manner, lambda place: propose(hands, place, wanted, advance))


def in_two_halves(wanted: Wanted, ask: Ask) -> Wanted:
    """`wanted`, where one process proposes and another one lands.

    Whoever forges what is between the two writes as the planner would. For a comment on lines that is confined to them;
    for one on the pull request as a whole it would be any text of any of its files, so somebody reads that first.
    """
    return replace(wanted, looks_first=wanted.looks_first or ask.talk is not None)


def land(hands: Hands, ask: Ask, wanted: Wanted, manner: Manner, proposal: Proposal) -> Finished:
    """Land a proposal that another process made; it holds for one head alone."""
    place, wanted = open_place(hands, ask), in_two_halves(wanted, ask)
    done = land_proposal(place, proposal, place.occasion.batch, wanted.order(), hands.settings)
    return _finish(hands, place, with_the_rest(place, done, proposal), wanted, manner)


def accept(hands: Hands, ask: Ask, wanted: Wanted, manner: Manner, short: str) -> Finished:
    """Land the edit that was offered under this hash; it holds for the blobs that it was made on alone."""
    place = open_place(hands, ask)
    talk = talk_of(place.occasion, short, ask.trigger.at)
    chosen = accepted(place if talk is None else open_place(hands, replace(ask, talk=talk)), short, ask.trigger.at)
    right = _right(hands, chosen.place, wanted)
    return _finish(hands, chosen.place, redo(chosen, wanted, hands.settings), wanted, manner, right)


def open_place(hands: Hands, ask: Ask) -> PullPlace:
    """Read the pull request and fetch its head. Raises Refusal, UsageError, errors of the hands."""
    pull = reading.pull_request(hands.client, ask.repository, ask.number)
    return _opened(hands, ask, pull)


def _opened(hands: Hands, ask: Ask, pull: PullRequest) -> PullPlace:
    occasion = read_occasion(hands.client, ask, pull, Originals(hands.repo, hands.settings.max_bytes))
    fetch(hands.repo, hands.client.addresses, pull)
    return place_of(hands.repo, hands.client.addresses, occasion, hands.settings)


def propose(hands: Hands, place: PullPlace, wanted: Wanted, advance: Callable[[], None]) -> Done:
    """What the requests come to on the head; nothing is written."""
    return run_requests(place, place.occasion.batch, wanted.order(), hands.settings, advance)


def _on_each_head(
    hands: Hands, ask: Ask, wanted: Wanted, manner: Manner, make: Callable[[PullPlace], Done]
) -> Finished:
    """The run, made again where the head moved meanwhile and the new one may be built upon."""
    place = open_place(hands, ask)
    tries = 1
    while True:
        try:
            # Asked before a model is: no token is spent on what cannot land.
            right = _right(hands, place, wanted)
            return _finish(hands, place, make(place), wanted, manner, right)
        except Refusal as refusal:
            if refusal.code is not Code.HEAD_MOVED:
                raise
            pinned = place.occasion.pull.head.commit
            pull = reading.pull_request(hands.client, ask.repository, ask.number)
            if pull.head.commit == pinned:  # GitHub shows no other head: the branch itself is gone, say
                raise
            move = Move(pinned, pull, tries, ask.head is not None)
            pushes = reading.pushes(hands.client, pull.repository, pull.head.branch)
            follow(move, pushes, place.occasion.gate.may_push)
            place = _opened(hands, ask, pull)
            tries += 1


def _right(hands: Hands, place: PullPlace, wanted: Wanted) -> tuple[Right, str]:
    if wanted.only_show or not place.occasion.batch.requests:
        return Right.UNKNOWN, ""
    return right_to_push(hands.repo, hands.client.addresses, place.occasion.pull)


def _finish(
    hands: Hands,
    place: PullPlace,
    done: Done,
    wanted: Wanted,
    manner: Manner,
    right: tuple[Right, str] | None = None,
) -> Finished:
    if wanted.only_show:
        return Finished(done, place.occasion, Landed(Route.NOWHERE), answering.Said())
    allowed, said = right or _right(hands, place, wanted)
    landed = Landed(Route.NOWHERE, why="not all of it applies" if done.report.held_back else "")
    if done.proposed.files and not done.report.held_back:
        pull = place.occasion.pull
        # It may have been merged or closed meanwhile, and the branch would be pushed to all the same.
        check_open(reading.pull_request(hands.client, pull.repository, pull.number))
        ways = delivery.Ways(allowed, signed=wanted.signed, workflow=wanted.workflow, each=wanted.each)
        landed = delivery.deliver(hands.client, place, done, ways, hands.settings)
    done = replace(done, report=replace(done.report, landing=_landing(place, done, landed, said)))
    spoken = answering.answer(hands.client, place, done, landed, manner)
    if wanted.ask_again and landed.commit is not None:
        _ask_again(hands, place, done)
    return Finished(done, place.occasion, landed, spoken)


def _landing(place: PullPlace, done: Done, landed: Landed, said: str) -> Landing:
    head = place.occasion.pull.head
    if landed.commit is not None:
        return Landing(landed.commit, head.branch, str(head.repository))
    if not done.proposed.files or done.report.held_back:
        return Landing(branch=head.branch)
    why = f"{head.repository} takes no push{f': {said}' if said else ''}"
    return Landing(branch=head.branch, not_pushed=f"{landed.why or why}; {landed.route.value} instead")


def _ask_again(hands: Hands, place: PullPlace, done: Done) -> None:
    """Ask those whose requests were applied to look again; nobody reviews a pull request of their own."""
    from bot.github import writing

    pull = place.occasion.pull
    applied = {outcome.request.id for outcome in done.proposed.applied}
    authors = (asked.comment.note.author for asked in place.occasion.gathered.asked if asked.request.id in applied)
    logins = dict.fromkeys(author.login for author in authors if author is not None and author.login != pull.author)
    if logins:
        writing.request_review(hands.client, pull, tuple(logins))
