"""What is read of a pull request: records, made here at the edge. All pages are read, or it is an error."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from bot.errors import Code, Refusal, UsageError
from bot.github import queries
from bot.github.client import GitHubError, Trouble, segment
from bot.github.paging import COMMENT_SIZES, THREAD_SIZES, all_of, rest_of, sized
from bot.model import LineRange
from bot.review.records import (
    COMMIT_ID,
    Commit,
    Kind,
    Lifecycle,
    Note,
    Permission,
    Person,
    PullRequest,
    Push,
    Ref,
    RepositoryName,
)
from bot.review.threads import Side, TalkComment, Thread, ThreadComment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.github.client import GitHubClient
    from bot.json_node import Node

# How many `commits` gives, as its document says.
MOST_COMMITS = 100
_HUNK = re.compile(r"^@@ -[0-9,]{1,20} \+(?P<start>[0-9]{1,9})(?:,(?P<count>[0-9]{1,9}))? @@", re.MULTILINE)


def viewer(client: GitHubClient) -> Person:
    """The account that the token belongs to (`name[bot]` for an App)."""
    node = client.ask("the token's account", queries.VIEWER, {}).at("viewer")
    login = node.at("login").text()
    return Person(login, Kind.of("User", login), node.at("databaseId").integer_or_none())


def pull_request(client: GitHubClient, repo: RepositoryName, number: int) -> PullRequest:
    """The pull request. Raises UsageError where there is none, or the token may not see it."""
    name = f"pull request {repo}#{number}"
    missing = UsageError(f"there is no {name}, or the token may not see it")
    try:
        found = client.ask(name, queries.PULL_REQUEST, {"owner": repo.owner, "name": repo.name, "number": number})
    except GitHubError as error:
        if error.trouble is Trouble.NOT_FOUND:
            raise missing from error
        raise
    node = found.at("repository", "pullRequest")
    if node.missing:
        raise missing
    fork = node.at("headRepository")
    # `baseRefOid` is where the base branch was when the pull request was last looked at; it is all there is of a branch
    # that is gone.
    base = node.at("baseRef", "target", "oid")
    own = _repository(node.at("repository", "nameWithOwner"))
    return PullRequest(
        # As GitHub spells it: a renamed repository answers to its old name too.
        repository=own,
        number=node.at("number").integer(),
        lifecycle=Lifecycle.QUEUED if node.at("isInMergeQueue").truth() else _lifecycle(node.at("state")),
        base=Ref(own, node.at("baseRefName").text(), _commit(node.at("baseRefOid") if base.missing else base)),
        head=Ref(
            None if fork.missing else _repository(fork.at("nameWithOwner")),
            node.at("headRefName").text(),
            _commit(node.at("headRefOid")),
        ),
        maintainer_can_modify=node.at("maintainerCanModify").truth(),
        author=node.at("author", "login").text_or("") or None,
    )


def threads(client: GitHubClient, pull: PullRequest, me: str) -> tuple[Thread, ...]:
    """All review threads, each with all its comments, in GitHub's order; `me` is the login that asks."""
    name = f"the review threads of {pull.repository}#{pull.number}"

    def page(after: str | None, size: tuple[int, int]) -> Node:
        first, comments = size
        found = _ask_pull(client, name, queries.THREADS, pull, after, first=first, comments=comments)
        return found.at("reviewThreads")

    return tuple(_thread(client, node, me) for node in all_of(sized(page, THREAD_SIZES)))


def talk(client: GitHubClient, pull: PullRequest, me: str) -> tuple[TalkComment, ...]:
    """The comments on the pull request as a whole; `me` is the login that asks."""

    def page(after: str | None, size: int) -> Node:
        name = f"the comments of {pull.repository}#{pull.number}"
        return _ask_pull(client, name, queries.TALK, pull, after, first=size).at("comments")

    return tuple(_talk_comment(node, me) for node in all_of(sized(page, COMMENT_SIZES)))


def permission(client: GitHubClient, repo: RepositoryName, login: str) -> Permission:
    """What `login` may do to `repo`; NONE for who is no user, or no collaborator of a private repository."""
    path = f"/repos/{repo}/collaborators/{segment(login)}/permission"
    try:
        said = client.get(path).node.at("permission").text()
    except GitHubError as error:
        if error.trouble is Trouble.NOT_FOUND:
            return Permission.NONE
        if error.trouble is Trouble.FORBIDDEN:
            # Without this nobody's word counts: to go on as if nobody could write would only hide why.
            raise Refusal(
                Code.NO_PERMISSION,
                f"the token may not ask what {login} may do to {repo}",
                "give it read access to the repository's metadata, and push access",
            ) from error
        raise
    return Permission.parse(said)


class Permissions(Mapping[str, Permission]):
    """What people may do, by login in lower case; each is asked for once, when it first matters."""

    def __init__(self, client: GitHubClient, repo: RepositoryName) -> None:
        self._client = client
        self._repo = repo
        self._known: dict[str, Permission] = {}

    def __getitem__(self, login: str) -> Permission:
        if login not in self._known:
            self._known[login] = permission(self._client, self._repo, login)
        return self._known[login]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


def pushes(client: GitHubClient, repo: RepositoryName, branch: str) -> tuple[Push, ...]:
    """How a branch came to where it is, newest first, as far as one page of its activity tells.

    Nothing where the server does not tell it, or not to this token.
    """
    try:
        answer = client.get(f"/repos/{repo}/activity", ref=f"refs/heads/{branch}", per_page=100)
    except GitHubError as error:
        if error.trouble in (Trouble.FORBIDDEN, Trouble.NOT_FOUND):
            return ()
        raise
    return tuple(_push(node) for node in answer.node.items())


def commits(client: GitHubClient, pull: PullRequest) -> tuple[Commit, ...]:
    """The newest hundred commits of a pull request, oldest first."""
    name, repo = f"the commits of {pull.repository}#{pull.number}", pull.repository
    variables = {"owner": repo.owner, "name": repo.name, "number": pull.number}
    found = client.ask(name, queries.COMMITS, variables).at("repository", "pullRequest", "commits", "nodes")
    nodes = (node.at("commit") for node in found.items())
    return tuple(Commit(_commit(node.at("oid")), node.at("message").text()) for node in nodes)


def shown_lines(client: GitHubClient, pull: PullRequest) -> dict[str, tuple[LineRange, ...]]:
    """The lines of the new side that each hunk of the pull request's diff shows, by path.

    A file without them is one that GitHub shows no diff of (binary, too large, renamed only).
    """
    found: dict[str, tuple[LineRange, ...]] = {}
    for node in _files(client, pull):
        hunks = _HUNK.finditer(node.at("patch").text_or(""))
        sized = ((int(hunk["start"]), int(hunk["count"] or 1)) for hunk in hunks)
        found[node.at("filename").text()] = tuple(
            LineRange(start, start + count - 1) for start, count in sized if count
        )
    return found


def changed_paths(client: GitHubClient, pull: PullRequest) -> tuple[str, ...]:
    """The files that the pull request changes, as they are called at its head; those that it takes away are none."""
    return tuple(
        node.at("filename").text() for node in _files(client, pull) if node.at("status").text_or("") != "removed"
    )


def _files(client: GitHubClient, pull: PullRequest) -> Iterator[Node]:
    return client.pages(f"/repos/{pull.repository}/pulls/{pull.number}/files")


def _push(node: Node) -> Push:
    actor = node.at("actor")
    login = actor.at("login").text_or("")
    who = Person(login, Kind.of(actor.at("type").text_or(""), login), actor.at("id").integer_or_none())
    return Push(who if login else None, node.at("before").text(), node.at("after").text())


def _ask_pull(
    client: GitHubClient, name: str, document: str, pull: PullRequest, after: str | None, **more: object
) -> Node:
    repo = pull.repository
    variables = {"owner": repo.owner, "name": repo.name, "number": pull.number, "after": after, **more}
    found = client.ask(name, document, variables)
    return found.at("repository", "pullRequest")


def comments_of(client: GitHubClient, thread: Thread, me: str) -> tuple[ThreadComment, ...]:
    """The comments of a thread as they are now; `me` is the login that asks."""
    nodes = all_of(_comment_pages(client, thread.id))
    return tuple(_thread_comment(node, thread.id, me) for node in nodes)


def _comment_pages(client: GitHubClient, thread: str) -> Callable[[str | None], Node]:
    def page(after: str | None, size: int) -> Node:
        variables = {"thread": thread, "after": after, "first": size}
        found = client.ask("the comments of a thread", queries.THREAD_COMMENTS, variables).at("node")
        if found.missing:
            raise GitHubError("a review thread is gone", Trouble.NOT_FOUND)
        return found.at("comments")

    return sized(page, COMMENT_SIZES)


def _thread(client: GitHubClient, node: Node, me: str) -> Thread:
    identity = node.at("id").text()
    comments = rest_of(node.at("comments"), _comment_pages(client, identity))
    start_side = node.at("startDiffSide")
    return Thread(
        id=identity,
        path=node.at("path").text(),
        comments=tuple(_thread_comment(comment, identity, me) for comment in comments),
        side=_side(node.at("diffSide")),
        start_side=None if start_side.missing else _side(start_side),
        line=node.at("line").integer_or_none(),
        start_line=node.at("startLine").integer_or_none(),
        original_line=node.at("originalLine").integer_or_none(),
        original_start_line=node.at("originalStartLine").integer_or_none(),
        file_level=node.at("subjectType").text() == "FILE",
        resolved=node.at("isResolved").truth(),
        outdated=node.at("isOutdated").truth(),
        may_resolve=node.at("viewerCanResolve").truth(),
        may_reply=node.at("viewerCanReply").truth(),
    )


def _thread_comment(node: Node, thread: str, me: str) -> ThreadComment:
    note = _note(node, thread)
    return ThreadComment(
        note,
        node=node.at("id").text(),
        mine=_is_mine(node, note, me),
        pending=node.at("state").text() == "PENDING",
        reply=not node.at("replyTo").missing,
        begun=_begun(node),
        diff_hunk=node.at("diffHunk").text(),
        # Gone where the branch was forced away from it and GitHub has collected it.
        original_commit=node.at("originalCommit", "oid").text_or(""),
        review=_review(node.at("pullRequestReview")),
    )


def _review(node: Node) -> int | None:
    number = node.at("fullDatabaseId")
    return None if number.missing else number.spelled_integer()


def _talk_comment(node: Node, me: str) -> TalkComment:
    note = _note(node, None)
    return TalkComment(note, node.at("id").text(), _is_mine(node, note, me), _begun(node))


def _begun(node: Node) -> bool:
    """Whether the account that asks has marked a comment as seen, as it does with a command that it begins with."""
    groups = node.at("reactionGroups")
    return not groups.missing and any(
        group.at("content").text() == "EYES" and group.at("viewerHasReacted").truth() for group in groups.items()
    )


def _is_mine(node: Node, note: Note, me: str) -> bool:
    """Whether the account that asks wrote a comment: an App's token is not always taken for the App's author."""
    same = note.author is not None and note.author.login.casefold() == me.casefold()
    return node.at("viewerDidAuthor").truth() or same


def _note(node: Node, thread: str | None) -> Note:
    return Note(
        id=node.at("fullDatabaseId").spelled_integer(),
        author=_person(node.at("author")),
        body=node.at("body").text(),
        # A draft is there for others from the submission of its review on.
        created_at=node.at("publishedAt").time_or_none() or node.at("createdAt").time(),
        edited_at=node.at("lastEditedAt").time_or_none(),
        thread=thread,
        url=node.at("url").text(),
        hidden=node.at("isMinimized").truth(),
    )


def _person(node: Node) -> Person | None:
    """Who wrote something, None for an account that is gone.

    GraphQL leaves `[bot]` off an App's login, which then may be a person's name as well.
    """
    if node.missing:
        return None
    kind = Kind.of(node.at("__typename").text(), node.at("login").text())
    suffix = "[bot]" if kind is Kind.BOT else ""
    return Person(node.at("login").text().removesuffix("[bot]") + suffix, kind, node.at("databaseId").integer_or_none())


def _repository(node: Node) -> RepositoryName:
    name = RepositoryName.parse(node.text())
    if name is None:
        raise node.wrong("the name of a repository")
    return name


def _commit(node: Node) -> str:
    if not COMMIT_ID.match(node.text()):
        raise node.wrong("a commit's id")
    return node.text()


def _lifecycle(node: Node) -> Lifecycle:
    if node.text() not in Lifecycle.__members__:
        raise node.wrong("a state of a pull request")
    return Lifecycle[node.text()]


def _side(node: Node) -> Side:
    if node.text() not in Side.__members__:
        raise node.wrong("a side of a diff")
    return Side[node.text()]
