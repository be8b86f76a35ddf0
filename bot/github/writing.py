"""What is written to a pull request: answers, marks, commits. Nothing here approves, dismisses, merges or forces."""

from __future__ import annotations

import base64
import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.errors import Code, Refusal
from bot.github import queries
from bot.github.client import GitHubError, Trouble, segment
from bot.review.landed import Checks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.github.client import GitHubClient
    from bot.model import LineRange
    from bot.review.records import PullRequest, Ref, RepositoryName
    from bot.review.threads import TalkComment, Thread

# GitHub takes comments of 65,536 characters; what is longer is cut by who makes the text.
MOST_CHARACTERS = 65_000


class Reaction(enum.StrEnum):
    """The marks that stetbot leaves: seen, done, not done."""

    SEEN = "EYES"
    DONE = "ROCKET"
    CONFUSED = "CONFUSED"


class Resolved(enum.Enum):
    """What came of resolving a thread."""

    YES = "resolved"
    ALREADY = "was resolved"
    NOT_ALLOWED = "the token may not resolve it"


@dataclass(frozen=True, slots=True)
class SuggestedChange:
    """A comment for a review: the lines of `path` at the head that it stands on, and its body with the suggestion."""

    path: str
    lines: LineRange
    body: str


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file of a commit that GitHub makes: its new bytes, or None where it goes."""

    path: str
    data: bytes | None


def reply(client: GitHubClient, thread: Thread, body: str) -> str:
    """Answer in a thread; gives the reply's address."""
    found = client.change("the reply in a thread", queries.REPLY, {"thread": thread.id, "body": body})
    return found.at("addPullRequestReviewThreadReply", "comment", "url").text()


def resolve(client: GitHubClient, thread: Thread) -> Resolved:
    """Resolve a thread, if the token may: replying and resolving are two rights."""
    if thread.resolved:
        return Resolved.ALREADY
    if not thread.may_resolve:
        return Resolved.NOT_ALLOWED
    try:
        found = client.change("the resolution of a thread", queries.RESOLVE, {"thread": thread.id})
    except GitHubError as error:
        if error.trouble is Trouble.FORBIDDEN:
            return Resolved.NOT_ALLOWED
        raise
    done = found.at("resolveReviewThread", "thread", "isResolved").truth()
    return Resolved.YES if done else Resolved.NOT_ALLOWED


def react(client: GitHubClient, subject: str, reaction: Reaction) -> None:
    """Leave a mark on the comment with this (GraphQL) id; one that is there already stays."""
    client.change("a reaction", queries.REACT, {"subject": subject, "content": reaction.value})


def put_summary(client: GitHubClient, pull: PullRequest, body: str, old: TalkComment | None) -> str:
    """Write the summary comment, in place of `old` where there is one; gives its address."""
    if old is not None and old.note.body == body:
        return old.note.url
    if old is not None:
        try:
            answer = client.write("PATCH", f"/repos/{pull.repository}/issues/comments/{old.note.id}", {"body": body})
        except GitHubError as error:
            if error.trouble is not Trouble.NOT_FOUND:
                raise
            return put_summary(client, pull, body, None)  # somebody has deleted it meanwhile
    else:
        answer = client.write("POST", f"/repos/{pull.repository}/issues/{pull.number}/comments", {"body": body})
    return answer.node.at("html_url").text()


def post_review(client: GitHubClient, pull: PullRequest, body: str, changes: Sequence[SuggestedChange]) -> str:
    """One review with a comment for each change, so that people hear of it once; gives its address.

    Raises GitHubError (INVALID) where GitHub finds a line outside of the diff: then nothing was posted.
    """
    said: dict[str, object] = {
        "commit_id": pull.head.commit,
        "event": "COMMENT",
        "body": body,
        "comments": [_review_comment(change) for change in changes],
    }
    answer = client.write("POST", f"/repos/{pull.repository}/pulls/{pull.number}/reviews", said)
    return answer.node.at("html_url").text()


def _review_comment(change: SuggestedChange) -> dict[str, object]:
    said: dict[str, object] = {
        "path": change.path,
        "body": change.body,
        "side": "RIGHT",
        "line": change.lines.last,
    }
    if change.lines.first < change.lines.last:
        said |= {"start_line": change.lines.first, "start_side": "RIGHT"}
    return said


def commit_on_branch(client: GitHubClient, head: Ref, files: Sequence[FileChange], message: str) -> str:
    """A signed commit on the head branch, made by GitHub, if the branch still is at `head.commit`. Gives its id.

    GitHub writes plain files only (mode 100644), and the token's owner is the author. Raises Refusal (head-moved,
    cannot-push).
    """
    if head.repository is None:
        raise Refusal(Code.CANNOT_PUSH, "the fork that the pull request comes from was deleted")
    headline, _, body = message.partition("\n")
    asked = {
        "branch": {"repositoryNameWithOwner": str(head.repository), "branchName": head.branch},
        "expectedHeadOid": head.commit,
        "message": {"headline": headline, "body": body.strip("\n")},
        "fileChanges": {
            "additions": [
                {"path": file.path, "contents": base64.b64encode(file.data).decode("ascii")}
                for file in files
                if file.data is not None
            ],
            "deletions": [{"path": file.path} for file in files if file.data is None],
        },
    }
    try:
        found = client.change("the commit", queries.COMMIT, {"input": asked})
    except GitHubError as error:
        if error.trouble is Trouble.STALE:
            raise head_moved(head) from error
        if error.trouble is Trouble.FORBIDDEN:
            raise Refusal(
                Code.CANNOT_PUSH, f"the token may not write to {head.repository}", "give it `contents: write`"
            ) from error
        raise
    return found.at("createCommitOnBranch", "commit", "oid").text()


def head_moved(head: Ref) -> Refusal:
    """The refusal for a branch that is not where it was; to be raised."""
    return Refusal(
        Code.HEAD_MOVED,
        f"{head.branch} is no longer at {head.commit[:12]}: somebody pushed meanwhile",
        "nothing was changed: give the command again",
    )


def checks_of(client: GitHubClient, repo: RepositoryName, commit: str) -> Checks | None:
    """Whether workflows run for a commit; None where the token may not ask."""
    try:
        node = client.get(f"/repos/{repo}/actions/runs", head_sha=commit, per_page=100).node
    except GitHubError as error:
        if error.trouble in (Trouble.FORBIDDEN, Trouble.NOT_FOUND):
            return None
        raise
    runs = node.at("workflow_runs").items()
    if not runs:
        return Checks.NOT_STARTED
    if any(run.at("conclusion").text_or("") == "action_required" for run in runs):
        return Checks.NEEDS_APPROVAL
    return Checks.STARTED


def dispatch(client: GitHubClient, repo: RepositoryName, workflow: str, branch: str, inputs: Mapping[str, str]) -> None:
    """Start a workflow by hand: allowed to every token with `actions: write`, also where a push starts nothing."""
    path = f"/repos/{repo}/actions/workflows/{segment(workflow)}/dispatches"
    client.write("POST", path, {"ref": f"refs/heads/{branch}", "inputs": dict(inputs)})


def request_review(client: GitHubClient, pull: PullRequest, logins: Sequence[str]) -> bool:
    """Ask these people for a review again; False where GitHub does not ask them."""
    try:
        client.write(
            "POST", f"/repos/{pull.repository}/pulls/{pull.number}/requested_reviewers", {"reviewers": list(logins)}
        )
    except GitHubError:
        return False
    return True
