"""What became of a result: where it went, in which commit, what of it can be called applied."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.errors import Code
from bot.outcomes import Applied, Refused, Unchanged
from bot.review.ladder import Route

if TYPE_CHECKING:
    from bot.outcomes import Outcome

_WORDS = {
    Route.PUSH: "applied",
    Route.API: "applied",
    Route.SUGGEST: "suggested",
    Route.PATCH: "in the patch",
    Route.NOWHERE: "to be applied",
}


class Checks(enum.Enum):
    """What becomes of the checks after the bot's push."""

    STARTED = "Checks start for it as for any push."
    NEEDS_APPROVAL = (
        "Checks for it wait until somebody approves them on the pull request: it was pushed with the workflow's own"
        " token."
    )
    NOT_STARTED = (
        "No checks start for it, because it was pushed with the workflow's own token: start them by hand, or give"
        " stetbot the token of an App."
    )
    DISPATCHED = "The checks that the settings name were started for it."


@dataclass(frozen=True, slots=True)
class Landed:
    """Where a result went: the commit where there is one (the last of several), how, and what becomes of its checks.

    `each` has the commits of single requests (by id), where they have their own; `suggested` are the requests that
    could be suggested. `why` says why it went no better way: as one commit where each request was to have its own, or
    as none although the branch may be pushed to.
    """

    route: Route
    commit: str | None = None
    checks: Checks | None = None
    each: tuple[tuple[str, str], ...] = ()
    why: str = ""
    suggested: frozenset[str] = frozenset()

    def of(self, request: str) -> Landed:
        """The same, for the request with this id alone."""
        route = Route.PATCH if self.route is Route.SUGGEST and request not in self.suggested else self.route
        return replace(self, route=route, commit=dict(self.each).get(request, self.commit))

    def word(self, request: str) -> str:
        """What became of a request that applies: only what is in a commit is called applied."""
        return _WORDS[self.of(request).route]


def result_of(outcome: Outcome, landed: Landed) -> str:
    """The result in one word, as markers keep it."""
    match outcome:
        case Applied():
            return "applied" if landed.commit else "suggested" if landed.route is Route.SUGGEST else "kept"
        case Unchanged():
            return Code.ALREADY_APPLIED.value
        case Refused(code=refused):
            return refused.value
