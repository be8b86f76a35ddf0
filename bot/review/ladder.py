"""How a result reaches a pull request: a push where that is allowed, else suggestions, and always the patch.

Whether a fork takes a push is tried, not assumed (`maintainer_can_modify` is no promise: organisations' forks refuse).
What cannot be pushed is posted as suggestions in one review, as far as GitHub can show them: each change must lie in
one hunk of the pull request's own diff. The rest stands in the patch.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.entries import REGULAR
from bot.model import LineRange

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.model import Edit
    from bot.review.records import PullRequest


class Route(enum.Enum):
    """A way for a result to reach the pull request."""

    PUSH = "pushed by git"
    API = "committed by GitHub, signed"
    SUGGEST = "suggested in a review"
    PATCH = "kept as a patch"
    NOWHERE = "not written"


class Right(enum.Enum):
    """What trying whether a push would be taken came to."""

    ALLOWED = "allowed"
    DENIED = "denied"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class FileShape:
    """What the way of committing has to know of a result: git's modes before and after (None: no file), its path."""

    path: str
    old_mode: str | None
    new_mode: str | None


def routes(pull: PullRequest, right: Right, files: Sequence[FileShape], *, signed: bool) -> tuple[Route, ...]:
    """The ways to take, best first: each is tried where the one before it was refused.

    A fork that was not seen to take the push gets none: a run must not fail after all its work.
    """
    below = (Route.SUGGEST, Route.PATCH)
    if right is Right.DENIED or (pull.from_fork and (right is not Right.ALLOWED or not pull.maintainer_can_modify)):
        return below
    if signed:
        # Where GitHub cannot make this commit, one without a signature is not what was asked for.
        return (Route.API, *below) if unfit_for_api(files) is None else below
    return (Route.PUSH, *below)


def unfit_for_api(files: Sequence[FileShape]) -> str | None:
    """Why GitHub's `createCommitOnBranch` cannot make this commit, None if it can: it knows mode 100644 alone."""
    for file in files:
        if any(mode not in (None, REGULAR) for mode in (file.old_mode, file.new_mode)):
            return f"{file.path} is executable, and a commit through GitHub's API would lose that"
    return None


@dataclass(frozen=True, slots=True)
class Suggested:
    """A suggestion for lines of the head: `lines` replace them."""

    path: str
    where: LineRange
    lines: tuple[str, ...]


def offered_paths(files: Mapping[str, Sequence[str]], fitting: Iterable[str]) -> frozenset[str]:
    """The paths whose changes may be suggested: what a request asks of several files is offered whole or not at all.

    `files` has the requests behind each path, `fitting` are the paths whose changes can be suggested.
    """
    kept_back = set(files) - set(fitting)
    while True:
        requests = {request for path in kept_back for request in files[path]}
        more = {path for path in files if not requests.isdisjoint(files[path])} - kept_back
        if not more:
            return frozenset(files) - kept_back
        kept_back |= more


def suggestions(
    path: str, base: Sequence[str], edits: Sequence[Edit], shown: Sequence[LineRange]
) -> tuple[Suggested, ...] | None:
    """The edits of one file (on the lines `base` of the head) as suggestions, or None if one of them cannot be.

    `shown` are the lines of the new side that each hunk of the pull request's diff shows. A suggestion replaces at
    least one line, so an insertion takes a neighbour along; all of a suggestion lies in one hunk.
    """
    found: list[Suggested] = []
    for edit in edits:
        fitting = next(
            (piece for piece in _forms(path, base, edit) if any(_within(piece.where, hunk) for hunk in shown)), None
        )
        if fitting is None or (found and fitting.where.first <= found[-1].where.last):
            return None
        found.append(fitting)
    return tuple(found)


def _forms(path: str, base: Sequence[str], edit: Edit) -> tuple[Suggested, ...]:
    if edit.stop > edit.start:
        return (Suggested(path, LineRange(edit.start + 1, edit.stop), edit.lines),)
    forms: list[Suggested] = []
    if edit.start > 0:
        above = LineRange(edit.start, edit.start)
        forms.append(Suggested(path, above, (base[edit.start - 1], *edit.lines)))
    if edit.start < len(base):
        below = LineRange(edit.start + 1, edit.start + 1)
        forms.append(Suggested(path, below, (*edit.lines, base[edit.start])))
    return tuple(forms)


def _within(inner: LineRange, outer: LineRange) -> bool:
    return outer.first <= inner.first and inner.last <= outer.last
