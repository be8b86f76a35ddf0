"""What is read of a pull request: records, made here at the edge. All pages are read, or it is an error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import Code, Refusal, UsageError
from bot.github import queries
from bot.github.client import GitHubError, Trouble, segment
from bot.pulls.records import (
    NOBODY,
    Account,
    AccountKind,
    Head,
    Permission,
    PullRequest,
    PullState,
    RepoName,
    Side,
    TalkComment,
    Thread,
    ThreadComment,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.github.client import GitHubClient
    from bot.github.node import Node

_MOST_PAGES = 200
_KINDS = {"User": AccountKind.USER, "Bot": AccountKind.BOT}


def pull_request(client: GitHubClient, repo: RepoName, number: int) -> PullRequest:
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
    return PullRequest(
        # As GitHub spells it: a renamed repository answers to its old name too.
        repo=RepoName.parse(node.at("repository", "nameWithOwner").text(), name),
        number=node.at("number").integer(),
        id=node.at("id").text(),
        url=node.at("url").text(),
        state=_state(node.at("state")),
        head=Head(
            None if fork.missing else RepoName.parse(fork.at("nameWithOwner").text(), name),
            node.at("headRefName").text(),
            _commit(node.at("headRefOid")),
        ),
        base=node.at("baseRefName").text(),
        base_commit=_commit(node.at("baseRefOid")),
        author=_account(node.at("author")),
        maintainers_may_push=node.at("maintainerCanModify").truth(),
    )


def threads(client: GitHubClient, pull: PullRequest) -> tuple[Thread, ...]:
    """All review threads, each with all its comments, in GitHub's order."""

    def page(after: str | None) -> Node:
        name = f"the review threads of {pull.repo}#{pull.number}"
        return _ask_pull(client, name, queries.THREADS, pull, after).at("reviewThreads")

    return tuple(_thread(client, node) for node in _connection(page))


def talk(client: GitHubClient, pull: PullRequest) -> tuple[TalkComment, ...]:
    """The comments on the pull request as a whole."""

    def page(after: str | None) -> Node:
        name = f"the comments of {pull.repo}#{pull.number}"
        return _ask_pull(client, name, queries.TALK, pull, after).at("comments")

    return tuple(_talk_comment(node) for node in _connection(page))


def permission(client: GitHubClient, repo: RepoName, login: str) -> Permission:
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
    return Permission(said) if said in set(Permission) else Permission.NONE


def pushers(client: GitHubClient, repo: RepoName, branch: str, after: str) -> tuple[Account, ...] | None:
    """Who moved `branch` since it stood at the commit `after`; None where GitHub does not show that far back."""
    path = f"/repos/{repo}/activity"
    found: list[Account] = []
    for node in client.get(path, ref=f"refs/heads/{branch}", per_page=100).node.items():
        if node.at("after").text() == after:
            return tuple(found)
        actor = node.at("actor")
        kind = _KINDS.get(actor.at("type").text_or(""), AccountKind.OTHER)
        login = actor.at("login").text_or("")
        found.append(Account(login, kind, actor.at("id").integer_or_none()) if login else NOBODY)
    return None


def _ask_pull(client: GitHubClient, name: str, document: str, pull: PullRequest, after: str | None) -> Node:
    repo = pull.repo
    variables = {"owner": repo.owner, "name": repo.name, "number": pull.number, "after": after}
    found = client.ask(name, document, variables)
    return found.at("repository", "pullRequest")


def _connection(page: Callable[[str | None], Node]) -> Iterator[Node]:
    """The nodes of all pages of a GraphQL connection; `page` gives the one after a cursor."""
    yield from _rest_of(page(None), page)


def _rest_of(first: Node, page: Callable[[str | None], Node]) -> Iterator[Node]:
    current = first
    for _ in range(_MOST_PAGES):
        yield from current.at("nodes").items()
        info = current.at("pageInfo")
        if not info.at("hasNextPage").truth():
            return
        current = page(info.at("endCursor").text())
    raise GitHubError(f"GitHub has more than {_MOST_PAGES} pages of {first.place}", Trouble.OTHER)


def _thread(client: GitHubClient, node: Node) -> Thread:
    identity = node.at("id").text()

    def page(after: str | None) -> Node:
        found = client.ask("the comments of a thread", queries.THREAD_COMMENTS, {"thread": identity, "after": after})
        return found.at("node", "comments")

    start_side = node.at("startDiffSide")
    return Thread(
        id=identity,
        path=node.at("path").text(),
        comments=tuple(_thread_comment(comment) for comment in _rest_of(node.at("comments"), page)),
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


def _thread_comment(node: Node) -> ThreadComment:
    return ThreadComment(
        id=node.at("id").text(),
        number=node.at("fullDatabaseId").integer(),
        url=node.at("url").text(),
        body=node.at("body").text(),
        author=_account(node.at("author")),
        created=node.at("createdAt").time(),
        edited=node.at("lastEditedAt").time_or_none(),
        pending=node.at("state").text() == "PENDING",
        reply=not node.at("replyTo").missing,
        mine=node.at("viewerDidAuthor").truth(),
        diff_hunk=node.at("diffHunk").text(),
        # Gone where the branch was forced away from it and GitHub has collected it.
        original_commit=node.at("originalCommit", "oid").text_or(""),
    )


def _talk_comment(node: Node) -> TalkComment:
    return TalkComment(
        id=node.at("id").text(),
        number=node.at("fullDatabaseId").integer(),
        url=node.at("url").text(),
        body=node.at("body").text(),
        author=_account(node.at("author")),
        created=node.at("createdAt").time(),
        edited=node.at("lastEditedAt").time_or_none(),
        mine=node.at("viewerDidAuthor").truth(),
    )


def _account(node: Node) -> Account:
    """Who wrote something; GraphQL leaves `[bot]` off an App's login, which then is somebody else's name."""
    if node.missing:
        return NOBODY
    kind = _KINDS.get(node.at("__typename").text(), AccountKind.OTHER)
    login = node.at("login").text()
    if kind is AccountKind.BOT and not login.endswith("[bot]"):
        login += "[bot]"
    return Account(login, kind, node.at("databaseId").integer_or_none())


def _commit(node: Node) -> str:
    commit = node.text()
    if len(commit) not in (40, 64) or set(commit) - set("0123456789abcdef"):
        raise node.wrong("a commit's id")
    return commit


def _state(node: Node) -> PullState:
    if node.text() not in PullState.__members__:
        raise node.wrong("a state of a pull request")
    return PullState[node.text()]


def _side(node: Node) -> Side:
    if node.text() not in Side.__members__:
        raise node.wrong("a side of a diff")
    return Side[node.text()]
