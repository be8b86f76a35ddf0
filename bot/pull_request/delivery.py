"""Where a result goes: pushed, committed by GitHub, suggested, or kept as a patch; the first way that is open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.diffs import edits_between
from bot.entries import EXECUTABLE, REGULAR
from bot.errors import Code, Refusal
from bot.github import reading, writing
from bot.github.client import GitHubError, Trouble
from bot.message import commit_message
from bot.pipeline.steps import MOST_STEPS, Step, steps_to
from bot.review.answers import suggested
from bot.review.denied import check_paths
from bot.review.ladder import FileShape, Right, Route, offered_paths, routes, suggestions, unfit_for_api
from bot.review.landed import Checks, Landed
from bot.review.state import Answer
from bot.workplace import changes_of, message_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.app import Done
    from bot.github.client import GitHubClient
    from bot.github.writing import SuggestedChange
    from bot.model import LineRange
    from bot.pipeline.propose import FileResult
    from bot.pull_request.place import PullPlace
    from bot.review.denied import PathRules
    from bot.review.ladder import Suggested
    from bot.settings import Settings

# Whom a workflow's own GITHUB_TOKEN belongs to.
_WORKFLOWS_OWN = "github-actions[bot]"
_LOOKS, _BETWEEN_LOOKS = 3, 2.0
REVIEW = "I could not commit to this branch, so here is what was asked for, as suggestions."


@dataclass(frozen=True, slots=True)
class Ways:
    """How a result may be delivered: the right that was found, whether commits must be signed, a workflow to start.

    `each`: a commit for each request, where git pushes them.
    """

    right: Right
    signed: bool = False
    workflow: str = ""
    each: bool = False


def deliver(client: GitHubClient, place: PullPlace, done: Done, ways: Ways, settings: Settings) -> Landed:
    """Bring the files of `done` to the pull request. Raises Refusal (denied-path, head-moved), errors of the hands."""
    pull, files = place.occasion.pull, done.proposed.files
    check_files(files, place.occasion.rules)
    reason, shapes = "", [_shape(file) for file in files]
    unsigned = (unfit_for_api(shapes) or "") if ways.signed and ways.right is not Right.DENIED else ""
    for route in routes(pull, ways.right, shapes, signed=ways.signed):
        if route is Route.PATCH:
            return Landed(route, why=unsigned)
        if route is Route.SUGGEST:
            offered = _suggest(client, place, files)
            if offered:
                return Landed(route, suggested=offered, why=unsigned)
            continue
        try:
            if route is Route.PUSH:
                made = _push(place, done, settings, each=ways.each)
            else:
                one = "GitHub makes one, where it signs" if ways.each else ""
                made = _Made(_commit(client, place, done, settings), why=one)
        except Refusal as refusal:
            if refusal.code is not Code.CANNOT_PUSH:
                raise
            reason = refusal.reason
        else:
            checks = _checks(client, place, made.commit, ways)
            return Landed(route, made.commit, checks, made.each, made.why)
    raise Refusal(Code.CANNOT_PUSH, reason or "no way to the pull request is open")


def check_files(files: Sequence[FileResult], rules: PathRules) -> None:
    """Raise Refusal(denied-path) if one of the files that came out is denied, whatever led to it."""
    check_paths((path for file in files for path in (file.path, file.renamed_from) if path), rules)


@dataclass(frozen=True, slots=True)
class _Made:
    """The commit that was made, the last of several, whose request each is, and why there is one where all want one."""

    commit: str
    each: tuple[tuple[str, str], ...] = ()
    why: str = ""


def _push(place: PullPlace, done: Done, settings: Settings, *, each: bool) -> _Made:
    head = place.occasion.pull.head
    if head.repository is None:
        raise Refusal(Code.CANNOT_PUSH, "the fork is gone")
    applied = tuple(outcome.request for outcome in done.proposed.applied)
    steps = steps_to(done.proposed, place.files) if each else (Step(applied, done.proposed.files),)
    tip, owners = head.commit, []
    for step in steps:
        message = message_of(place.repo, place.occasion.batch, step.requests, settings)
        tip = place.repo.commit(head.commit, changes_of(step.files), message, parent=tip)
        owners += [(request.id, tip) for request in step.requests]
    place.repo.push_commit(place.addresses.git(head.repository), head.branch, tip, head.commit)
    too_many = f"{len(applied)} requests, and at most {MOST_STEPS} have their own"
    why = too_many if len(applied) > MOST_STEPS else "the requests stand on each other"
    return _Made(tip, tuple(owners), why if each and len(steps) == 1 < len(applied) else "")


def _commit(client: GitHubClient, place: PullPlace, done: Done, settings: Settings) -> str:
    applied = [outcome.request for outcome in done.proposed.applied]
    # The token's owner is the author: the people who asked are named beside.
    signer = place.repo.identity() if settings.signoff else None
    message = commit_message(place.occasion.batch, applied, signed_off_by=signer)
    changes = [change for file in done.proposed.files for change in _file_changes(file)]
    return writing.commit_on_branch(client, place.occasion.pull.head, changes, message)


def _file_changes(file: FileResult) -> list[writing.FileChange]:
    changes = [writing.FileChange(file.path, None if file.new is None else file.new.document.to_bytes())]
    if file.renamed_from is not None:
        changes.append(writing.FileChange(file.renamed_from, None))
    return changes


def _shape(file: FileResult) -> FileShape:
    old, new = (
        None if state is None else EXECUTABLE if state.executable else REGULAR for state in (file.old, file.new)
    )
    return FileShape(file.path, old, new)


def _checks(client: GitHubClient, place: PullPlace, commit: str, ways: Ways) -> Checks | None:
    """What becomes of the checks; that they cannot be asked about, or started, undoes nothing."""
    pull = place.occasion.pull
    try:
        found = _found_checks(client, place, commit)
        if ways.workflow and found is not Checks.STARTED and not pull.from_fork:
            writing.dispatch(client, pull.repository, ways.workflow, pull.head.branch, {})
            return Checks.DISPATCHED
    except GitHubError:
        return None
    return found


def _found_checks(client: GitHubClient, place: PullPlace, commit: str) -> Checks | None:
    """What GitHub has begun for a commit a few seconds after the push; None where that says nothing."""
    for _ in range(_LOOKS):
        found = writing.checks_of(client, place.occasion.pull.repository, commit)
        if found is not Checks.NOT_STARTED:
            return found
        client.pause(_BETWEEN_LOOKS)
    # Any other token's push starts what there is to start: then there is nothing.
    return Checks.NOT_STARTED if place.occasion.gate.me == _WORKFLOWS_OWN else None


# --- suggestions ---


def _suggest(client: GitHubClient, place: PullPlace, files: Sequence[FileResult]) -> frozenset[str]:
    """The requests that could be posted as suggestions, in one review; what was posted before is not posted again."""
    pull = place.occasion.pull
    shown = reading.shown_lines(client, pull)
    fitting: dict[str, tuple[Suggested, ...]] = {}
    for file in files:
        pieces = _suggestions(file, shown.get(file.path, ()))
        if pieces is not None:
            fitting[file.path] = pieces
    paths = offered_paths({file.path: file.requests for file in files}, fitting)
    comments = [_comment(place, files, piece) for path in fitting if path in paths for piece in fitting[path]]
    posted = {
        (thread.path, comment.note.body) for thread in place.occasion.threads for comment in thread.comments
        if comment.mine
    }  # fmt: skip
    fresh = [comment for comment in comments if (comment.path, comment.body) not in posted]
    try:
        if fresh:
            writing.post_review(client, pull, REVIEW, fresh)
    except GitHubError as error:
        # A line that GitHub does not show after all, or a token that may not comment: the patch is left.
        if error.trouble in (Trouble.INVALID, Trouble.FORBIDDEN):
            return frozenset()
        raise
    return frozenset(request for file in files if file.path in paths for request in file.requests)


def _suggestions(file: FileResult, shown: Sequence[LineRange]) -> tuple[Suggested, ...] | None:
    """The changes of one file as suggestions; None where one of them is more than other lines."""
    old, new = file.old, file.new
    if old is None or new is None or file.renamed_from or old.executable != new.executable:
        return None
    if old.document.final_newline != new.document.final_newline:
        return None
    base = old.document.lines
    return suggestions(file.path, base, edits_between(base, new.document.lines), shown)


def _comment(place: PullPlace, files: Sequence[FileResult], piece: Suggested) -> SuggestedChange:
    """The suggestion's comment; its marker names the first request behind the file."""
    wanted = next(request for file in files if file.path == piece.path for request in file.requests)
    asked = next(asked for asked in place.occasion.gathered.asked if asked.request.id == wanted)
    answer = Answer(asked.comment.note.id, asked.request.digest, "suggested")
    return writing.SuggestedChange(piece.path, piece.where, suggested(piece, answer))
