"""The GraphQL half of the tests' own GitHub: documents are executed on the cut of GitHub's real schema."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError, GraphQLSchema, execute_sync
from support.github.descriptions import checked_document
from support.github.world import MOST_CHARACTERS, branches, iso, run

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from support.github.world import Account, Comment, Pull, Repo, Thread, Token, World


def execute(
    schema: GraphQLSchema, world: World, token: Token, asked: dict[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    """The answer to a GraphQL request, as GitHub words it, and what was wrong with the request."""
    document, wrong = checked_document(schema, asked["query"])
    problems = list(wrong)
    if document is None or wrong:
        return {"data": None, "errors": [{"message": message} for message in wrong]}, problems
    root = _Root(world, token)
    done = execute_sync(schema, document, root.fields(), variable_values=asked.get("variables"))
    answer: dict[str, Any] = {"data": done.data}
    if done.errors:
        answer["errors"] = [_error(error) for error in done.errors]
        # What carries no type of GitHub's is a mistake of the fake, or of the request.
        problems += [str(error) for error in done.errors if "type" not in (error.extensions or {})]
    return answer, problems


def failure(kind: str, message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"type": kind})


def _error(error: GraphQLError) -> dict[str, Any]:
    said = error.formatted
    kind = (said.pop("extensions", None) or {}).get("type")
    return {"type": kind, **said} if kind else dict(said)


class _Root:
    def __init__(self, world: World, token: Token) -> None:
        self.world = world
        self.token = token

    def fields(self) -> dict[str, Any]:
        return {
            "viewer": {
                "__typename": "User",
                "login": self.token.account.rest_login,
                "id": self.token.account.node,
                "databaseId": self.token.account.id,
            },
            "repository": self.repository,
            "node": self.node,
            "addPullRequestReviewThreadReply": self.add_reply,
            "resolveReviewThread": self.resolve,
            "addReaction": self.react,
            "createCommitOnBranch": self.commit,
        }

    # --- reading ---

    def repository(self, _: Any, owner: str, name: str, **__: Any) -> dict[str, Any]:
        repo = self.world.repos.get(f"{owner}/{name}".lower())
        if repo is None:
            raise failure("NOT_FOUND", f"Could not resolve to a Repository with the name '{owner}/{name}'.")
        return self._repository(repo)

    def _repository(self, repo: Repo) -> dict[str, Any]:
        def pull(_: Any, number: int) -> dict[str, Any]:
            found = self.world.find_pull(repo, number)
            if found is None:
                raise failure("NOT_FOUND", f"Could not resolve to a PullRequest with the number of {number}.")
            return self._pull(found)

        return {"id": f"R_{repo.id}", "nameWithOwner": repo.name, "pullRequest": pull}

    def _pull(self, pull: Pull) -> dict[str, Any]:
        def threads(_: Any, **page: Any) -> dict[str, Any]:
            return connection([thread for thread in pull.threads if self._sees(thread)], self._thread, **page)

        def comments(_: Any, **page: Any) -> dict[str, Any]:
            return connection(pull.comments, lambda comment: self._comment(pull, comment, None), **page)

        return {
            "id": pull.node,
            "number": pull.number,
            "state": pull.state,
            "maintainerCanModify": pull.maintainers,
            "isInMergeQueue": pull.queued,
            "author": _account(pull.author),
            "commits": lambda _, **page: _commits(pull, **page),
            "headRefName": pull.branch,
            "headRefOid": pull.head,
            "baseRefName": pull.base,
            # Where the base was when the pull request was opened.
            "baseRefOid": pull.base_then,
            "baseRef": {"id": "X", "target": {"__typename": "Commit", "id": "X", "oid": pull.base_tip}},
            "headRepository": None if pull.source is None else self._repository(pull.source),
            "repository": self._repository(pull.repo),
            "reviewThreads": threads,
            "comments": comments,
        }

    def _sees(self, thread: Thread) -> bool:
        return not thread.comments[0].pending or thread.comments[0].author is self.token.account

    def _thread(self, thread: Thread) -> dict[str, Any]:
        def comments(_: Any, **page: Any) -> dict[str, Any]:
            return connection(thread.comments, lambda item: self._comment(thread.pull, item, thread), **page)

        present = self.world.present_lines(thread)
        start, last = present or (None, None)
        then = thread.lines or (None, None)
        return {
            "__typename": "PullRequestReviewThread",
            "id": thread.node,
            "path": thread.path,
            "isResolved": thread.resolved_by is not None,
            "isOutdated": thread.lines is not None and present is None,
            "line": last,
            "startLine": start if start != last else None,
            "originalLine": then[1],
            "originalStartLine": then[0] if then[0] != then[1] else None,
            "diffSide": thread.side,
            "startDiffSide": thread.start_side,
            "subjectType": "FILE" if thread.lines is None else "LINE",
            "viewerCanResolve": self._may_resolve(thread),
            "viewerCanReply": "pull-requests" in self.token.rights and not thread.pull.locked,
            "comments": comments,
        }

    def _comment(self, pull: Pull, comment: Comment, thread: Thread | None) -> dict[str, Any]:
        anchor = f"issuecomment-{comment.id}" if thread is None else f"discussion_r{comment.id}"
        return {
            "__typename": "IssueComment" if thread is None else "PullRequestReviewComment",
            "id": comment.node,
            "fullDatabaseId": str(comment.id),
            "url": f"{SERVER}/{pull.repo.name}/pull/{pull.number}#{anchor}",
            "body": comment.body,
            "createdAt": iso(comment.created),
            # A draft is published with its review.
            "publishedAt": None if comment.pending else iso(comment.published or comment.created),
            "lastEditedAt": None if comment.edited is None else iso(comment.edited),
            "isMinimized": comment.hidden,
            "state": "PENDING" if comment.pending else "SUBMITTED",
            "viewerDidAuthor": comment.author is self.token.account,
            "reactionGroups": [
                {"content": kind, "viewerHasReacted": (self.token.account.rest_login, kind) in comment.reactions}
                for kind in sorted({kind for _, kind in comment.reactions})
            ],
            "diffHunk": comment.hunk,
            "author": None if comment.author is None else _account(comment.author),
            "originalCommit": None if comment.original is None else {"id": "X", "oid": comment.original},
            "pullRequestReview": {"id": "X", "fullDatabaseId": str(comment.review or 10**9 + comment.id)},
            "replyTo": None if comment.reply_to is None else {"id": comment.reply_to.node},
        }

    def node(self, _: Any, id: str) -> dict[str, Any]:  # noqa: A002 - GraphQL's name
        return self._thread(self._find_thread(id))

    def _find_thread(self, node: str) -> Thread:
        for pull in self.world.pulls:
            for thread in pull.threads:
                if thread.node == node:
                    return thread
        raise failure("NOT_FOUND", f"Could not resolve to a node with the global id of '{node}'")

    # --- writing ---

    def _need(self, right: str) -> None:
        if right not in self.token.rights:
            raise failure("FORBIDDEN", "Resource not accessible by integration")

    @staticmethod
    def _unlocked(pull: Pull) -> None:
        if pull.locked:
            raise failure("FORBIDDEN", "Unable to create comment because issue is locked.")

    def _may_resolve(self, thread: Thread) -> bool:
        return "contents" in self.token.rights and (
            self.world.may_write(self.token.account, thread.pull.repo) or thread.pull.author is self.token.account
        )

    def add_reply(self, _: Any, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002 - GraphQL's name
        self._need("pull-requests")
        thread = self._find_thread(input["pullRequestReviewThreadId"])
        self._unlocked(thread.pull)
        if len(input["body"]) > MOST_CHARACTERS:
            raise failure("UNPROCESSABLE", f"Body is too long (maximum is {MOST_CHARACTERS} characters)")
        made = self.world.reply(thread, self.token.account, input["body"])
        return {"comment": self._comment(thread.pull, made, thread)}

    def resolve(self, _: Any, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002 - GraphQL's name
        thread = self._find_thread(input["threadId"])
        if not self._may_resolve(thread):
            raise failure("FORBIDDEN", "Resource not accessible by integration")
        thread.resolved_by = self.token.account
        return {"thread": self._thread(thread)}

    def react(self, _: Any, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002 - GraphQL's name
        self._need("pull-requests")
        for pull in self.world.pulls:
            for comment in (*pull.comments, *(item for thread in pull.threads for item in thread.comments)):
                if comment.node == input["subjectId"]:
                    self._unlocked(pull)
                    comment.reactions.add((self.token.account.rest_login, input["content"]))
                    return {"reaction": {"id": "E_1", "content": input["content"]}}
        raise failure("NOT_FOUND", f"Could not resolve to a node with the global id of '{input['subjectId']}'")

    def commit(self, _: Any, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002 - GraphQL's name
        repo = self.world.repos[input["branch"]["repositoryNameWithOwner"].lower()]
        branch = input["branch"]["branchName"]
        if not self.world.may_push(self.token, repo):
            raise failure("FORBIDDEN", "Resource not accessible by integration")
        tip, expected = repo.tip(branch), input["expectedHeadOid"]
        if tip != expected:
            said = f'Expected branch to point to "{tip}" but it did not. Pull and try again.'
            raise failure("STALE_DATA", said)
        before = branches(repo)
        made = self._commit(repo, tip, input)
        run(repo, "update-ref", f"refs/heads/{branch}", made, tip)
        self.world.pushed(repo, before, self.token.account)
        return {"commit": {"id": "X", "oid": made}}

    def _commit(self, repo: Repo, parent: str, asked: dict[str, Any]) -> str:
        index = self.world.root / f"index-{self.world.number()}"
        run(repo, "read-tree", parent, index=index)
        changes = asked["fileChanges"]
        for gone in changes.get("deletions", []):
            if not run(repo, "ls-tree", "-r", "--name-only", parent, "--", gone["path"]):
                raise failure(
                    "UNPROCESSABLE", f"A path was requested for deletion which does not exist: {gone['path']}"
                )
            line = f"0 {'0' * 40}\t{gone['path']}\0".encode()
            run(repo, "update-index", "-z", "--index-info", index=index, stdin=line)
        for added in changes.get("additions", []):
            blob = run(repo, "hash-object", "-w", "--stdin", stdin=base64.b64decode(added["contents"]))
            run(repo, "update-index", "--add", "--cacheinfo", f"100644,{blob},{added['path']}", index=index)
        tree = run(repo, "write-tree", index=index)
        index.unlink()
        message = "\n\n".join(part for part in (asked["message"]["headline"], asked["message"].get("body")) if part)
        return run(repo, "commit-tree", tree, "-p", parent, "-F", "-", stdin=message.encode())


SERVER = "https://github.test"


def _account(account: Account) -> dict[str, Any]:
    """GraphQL leaves `[bot]` off an App's login."""
    return {"__typename": account.kind, "login": account.login, "databaseId": account.id, "id": account.node}


def _commits(pull: Pull, last: int | None = None, **_: Any) -> dict[str, Any]:
    """The newest commits of a pull request, oldest first; there are at most 250 to be had."""
    span = f"{pull.base_tip}..{pull.head}"
    lines = pull.repo.git.git("log", "-z", "--reverse", "--topo-order", "--format=%H%n%B", span).split("\0")
    entries = [line.partition("\n") for line in lines if line][:250]
    nodes = [{"id": "X", "commit": {"id": "X", "oid": oid, "message": text.strip()}} for oid, _, text in entries]
    return {"nodes": nodes[-(last or 0) :]}


def connection(
    items: Sequence[Any], show: Callable[[Any], dict[str, Any]], first: int | None = None, after: str | None = None,
    **_: Any,
) -> dict[str, Any]:  # fmt: skip
    """A page of at most a hundred items, behind the cursor."""
    if first is None or not 1 <= first <= 100:
        raise failure("EXCESSIVE_PAGINATION", "a connection takes `first` from 1 to 100")
    start = 0 if after is None else int(after)
    page = items[start : start + first]
    stop = start + len(page)
    return {
        "nodes": [show(item) for item in page],
        "pageInfo": {"hasNextPage": stop < len(items), "endCursor": str(stop) if page else None},
    }
