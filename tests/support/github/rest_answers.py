"""The REST half of the tests' own GitHub. Every answer has the shape that GitHub describes; the server checks that."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from support.github.graphql_answers import SERVER
from support.github.world import MOST_CHARACTERS, Comment, iso

if TYPE_CHECKING:
    from collections.abc import Mapping

    from support.github.world import Account, Pull, Repo, Token, World

API = f"{SERVER}/api/v3"
_FENCE = re.compile(r"^ {0,3}(?:`{3,}|~{3,})\s*suggestion", re.MULTILINE)


@dataclass(frozen=True)
class Asked:
    """One REST request: who asks what."""

    token: Token
    values: Mapping[str, str]
    query: Mapping[str, str]
    body: dict[str, Any]


class Trouble(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"message": message, "documentation_url": "https://docs.github.com/rest", **more}


class Rest:
    """What each described operation does to the world, and answers."""

    def __init__(self, world: World) -> None:
        self.world = world

    def answer(self, method: str, described: str, asked: Asked) -> tuple[int, Any]:
        operations = {
            "GET /repos/{owner}/{repo}/collaborators/{username}/permission": self.permission,
            "GET /repos/{owner}/{repo}/activity": self.activity,
            "GET /repos/{owner}/{repo}/actions/runs": self.runs,
            "POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches": self.dispatch,
            "POST /repos/{owner}/{repo}/issues/{issue_number}/comments": self.comment,
            "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}": self.edit_comment,
            "GET /repos/{owner}/{repo}/pulls/{pull_number}/files": self.files,
            "POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews": self.review,
            "POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers": self.request_reviewers,
        }
        try:
            return operations[f"{method} {described}"](asked)
        except Trouble as trouble:
            return trouble.status, trouble.body

    def _repo(self, asked: Asked) -> Repo:
        repo = self.world.repos.get(f"{asked.values['owner']}/{asked.values['repo']}".lower())
        if repo is None:
            raise Trouble(404, "Not Found")
        return repo

    def _pull(self, asked: Asked, name: str) -> Pull:
        pull = self.world.find_pull(self._repo(asked), int(asked.values[name]))
        if pull is None:
            raise Trouble(404, "Not Found")
        return pull

    @staticmethod
    def _need(asked: Asked, *rights: str) -> None:
        if not asked.token.rights.intersection(rights):
            raise Trouble(403, "Resource not accessible by integration")

    @staticmethod
    def _unlocked(pull: Pull) -> None:
        if pull.locked:
            raise Trouble(403, "Unable to create comment because issue is locked.")

    @staticmethod
    def _fits(body: str) -> None:
        if len(body) > MOST_CHARACTERS:
            problem = {"resource": "IssueComment", "code": "unprocessable", "field": "data"}
            said = f"Body is too long (maximum is {MOST_CHARACTERS} characters)"
            raise Trouble(422, "Validation Failed", errors=[problem | {"message": said}])

    def permission(self, asked: Asked) -> tuple[int, Any]:
        repo, login = self._repo(asked), asked.values["username"]
        account = next(
            (known for known in self.world.accounts.values() if known.rest_login.lower() == login.lower()), None
        )
        if account is None or account.kind != "User":
            raise Trouble(404, f"{login} is not a user")
        role = repo.permission(account)
        legacy = {"maintain": "write", "triage": "read"}.get(role, role)
        # A public repository can be read by everybody.
        legacy = "read" if legacy == "none" else legacy
        user = user_json(account) | {"permissions": dict.fromkeys(("admin", "pull", "push"), False), "role_name": role}
        return 200, {"permission": legacy, "role_name": role, "user": user}

    def activity(self, asked: Asked) -> tuple[int, Any]:
        entries = [entry for entry in self._repo(asked).activity if entry.ref == asked.query.get("ref", entry.ref)]
        return 200, [
            {
                "id": number,
                "node_id": f"PSH_{number}",
                "before": entry.before,
                "after": entry.after,
                "ref": entry.ref,
                "timestamp": iso(entry.at),
                "activity_type": "push",
                "actor": user_json(entry.actor),
            }
            for number, entry in reversed(list(enumerate(entries)))
        ]

    def runs(self, asked: Asked) -> tuple[int, Any]:
        self._need(asked, "actions")
        repo, sha = self._repo(asked), asked.query["head_sha"]
        known = self.world.checks is not None and any(entry.after == sha for entry in repo.activity)
        found = [run_json(repo, sha, self.world.checks or None)] if known else []
        return 200, {"total_count": len(found), "workflow_runs": found}

    def dispatch(self, asked: Asked) -> tuple[int, Any]:
        self._need(asked, "actions")
        body = asked.body
        self.world.dispatched.append((asked.values["workflow_id"], body["ref"], body.get("inputs", {})))
        return 204, None

    def comment(self, asked: Asked) -> tuple[int, Any]:
        self._need(asked, "issues", "pull-requests")
        pull = self._pull(asked, "issue_number")
        self._unlocked(pull)
        self._fits(asked.body["body"])
        made = Comment(self.world.number(), asked.token.account, asked.body["body"], self.world.tick())
        pull.comments.append(made)
        return 201, self._comment_json(pull, made)

    def edit_comment(self, asked: Asked) -> tuple[int, Any]:
        self._need(asked, "issues", "pull-requests")
        for pull in self.world.pulls:
            for comment in pull.comments:
                if comment.id == int(asked.values["comment_id"]):
                    if comment.author is not asked.token.account:
                        raise Trouble(403, "Must have admin rights to Repository.")
                    self._unlocked(pull)
                    self._fits(asked.body["body"])
                    self.world.edit(comment, asked.body["body"])
                    return 200, self._comment_json(pull, comment)
        raise Trouble(404, "Not Found")

    def files(self, asked: Asked) -> tuple[int, Any]:
        pull = self._pull(asked, "pull_number")
        names = pull.repo.git.git("diff", "--name-only", "--no-renames", f"{pull.base_tip}...{pull.head}").split("\n")
        size, page = int(asked.query.get("per_page", 30)), int(asked.query.get("page", 1))
        assert page == 1, "no scene has so many files"
        assert len(names) <= size, "no scene has so many files"
        return 200, [self._file_json(pull, name) for name in names if name]

    @staticmethod
    def _file_json(pull: Pull, name: str) -> dict[str, Any]:
        hunks = pull.hunks(name)
        patch = "\n".join("\n".join((hunk.header, *hunk.lines)) for hunk in hunks)
        signs = [line[:1] for hunk in hunks for line in hunk.lines]
        address = f"{SERVER}/{pull.repo.name}/blob/{pull.head}/{name}"
        return {
            "sha": "0" * 40,
            "filename": name,
            "status": "modified",
            "additions": signs.count("+"),
            "deletions": signs.count("-"),
            "changes": signs.count("+") + signs.count("-"),
            "blob_url": address,
            "raw_url": address,
            "contents_url": address,
            "patch": patch,
        }

    def review(self, asked: Asked) -> tuple[int, Any]:
        self._need(asked, "pull-requests")
        pull = self._pull(asked, "pull_number")
        self._unlocked(pull)
        if asked.body.get("event") != "COMMENT":
            raise Trouble(422, "the tests' GitHub takes comments alone")
        for entry in asked.body.get("comments", []):
            self._fits(entry["body"])
            start, line = entry.get("start_line", entry["line"]), entry["line"]
            together = any(
                hunk.down_to(start, entry["side"]) and hunk.down_to(line, entry["side"])
                for hunk in pull.hunks(entry["path"])
            )
            if not together or start > line or ("start_line" in entry and start == line):
                raise Trouble(
                    422, "Unprocessable Entity", errors=["Pull request review thread line must be part of the diff"]
                )
            assert _FENCE.search(entry["body"]), "a review comment of the bot's is a suggestion"
        pull.reviews.append((asked.token.account, asked.body["body"]))
        for entry in asked.body.get("comments", []):
            self.world.thread(
                pull, asked.token.account.login, entry["path"], entry["line"], entry["body"],
                start=entry.get("start_line"), side=entry["side"],
            )  # fmt: skip
        number = self.world.number()
        address = f"{SERVER}/{pull.repo.name}/pull/{pull.number}#pullrequestreview-{number}"
        return 200, {
            "id": number,
            "node_id": f"PRR_{number}",
            "user": user_json(asked.token.account),
            "body": asked.body["body"],
            "state": "COMMENTED",
            "html_url": address,
            "pull_request_url": f"{API}/repos/{pull.repo.name}/pulls/{pull.number}",
            "author_association": "NONE",
            "submitted_at": iso(self.world.tick()),
            "commit_id": pull.head,
            "_links": {"html": {"href": address}, "pull_request": {"href": address}},
        }

    def request_reviewers(self, asked: Asked) -> tuple[int, Any]:
        self._need(asked, "pull-requests")
        pull = self._pull(asked, "pull_number")
        for login in asked.body.get("reviewers", []):
            if login == pull.author.login:
                raise Trouble(422, "Review cannot be requested from pull request author.")
        pull.requested += asked.body.get("reviewers", [])
        return 201, pull_json(pull)

    def _comment_json(self, pull: Pull, comment: Comment) -> dict[str, Any]:
        assert comment.author is not None
        return {
            "id": comment.id,
            "node_id": comment.node,
            "url": f"{API}/repos/{pull.repo.name}/issues/comments/{comment.id}",
            "html_url": f"{SERVER}/{pull.repo.name}/pull/{pull.number}#issuecomment-{comment.id}",
            "issue_url": f"{API}/repos/{pull.repo.name}/issues/{pull.number}",
            "body": comment.body,
            "user": user_json(comment.author),
            "created_at": iso(comment.created),
            "updated_at": iso(comment.edited or comment.created),
            "author_association": "NONE",
        }


def user_json(account: Account) -> dict[str, Any]:
    base = f"{API}/users/{account.rest_login}"
    names = ("followers", "following", "gists", "starred", "subscriptions", "organizations", "repos", "events")
    return {
        "login": account.rest_login,
        "id": account.id,
        "node_id": account.node,
        "avatar_url": f"{base}.png",
        "gravatar_id": "",
        "url": base,
        "html_url": f"{SERVER}/{account.rest_login}",
        "received_events_url": f"{base}/received_events",
        **{f"{name}_url": f"{base}/{name}" for name in names},
        "type": account.kind,
        "site_admin": False,
    }


def repo_json(repo: Repo) -> dict[str, Any]:
    """A "minimal repository"."""
    base = f"{API}/repos/{repo.name}"
    names = (
        "archive", "assignees", "blobs", "branches", "collaborators", "comments", "commits", "compare", "contents",
        "contributors", "deployments", "downloads", "events", "forks", "git_commits", "git_refs", "git_tags", "hooks",
        "issue_comment", "issue_events", "issues", "keys", "labels", "languages", "merges", "milestones",
        "notifications", "pulls", "releases", "stargazers", "statuses", "subscribers", "subscription", "tags", "teams",
        "trees",
    )  # fmt: skip
    owner = repo.owner
    return {
        "id": repo.id,
        "node_id": f"R_{repo.id}",
        "name": repo.name.split("/")[1],
        "full_name": repo.name,
        "owner": user_json(_owner(owner)),
        "private": False,
        "html_url": f"{SERVER}/{repo.name}",
        "description": None,
        "fork": repo.fork_of is not None,
        "url": base,
        **{f"{name}_url": f"{base}/{name}" for name in names},
    }


def _owner(login: str) -> Account:
    from support.github.world import Account

    return Account(login, 1)


def run_json(repo: Repo, sha: str, conclusion: str | None) -> dict[str, Any]:
    """A workflow run of a push."""
    base = f"{API}/repos/{repo.name}/actions/runs/1"
    names = ("jobs", "logs", "check_suite", "cancel", "rerun", "artifacts", "workflow")
    return {
        "id": 1,
        "node_id": "WFR_1",
        "name": "CI",
        "head_branch": "topic",
        "head_sha": sha,
        "path": ".github/workflows/ci.yml",
        "run_number": 1,
        "event": "pull_request",
        "display_title": "CI",
        "status": "completed" if conclusion else "queued",
        "conclusion": conclusion,
        "workflow_id": 1,
        "url": base,
        "html_url": f"{SERVER}/{repo.name}/actions/runs/1",
        "pull_requests": [],
        "created_at": "2026-03-01T12:00:00Z",
        "updated_at": "2026-03-01T12:00:00Z",
        **{f"{name}_url": f"{base}/{name}" for name in names},
        "head_commit": None,
        "repository": repo_json(repo),
        "head_repository": repo_json(repo),
    }


def pull_json(pull: Pull) -> dict[str, Any]:
    """A "pull request simple"."""
    base = f"{API}/repos/{pull.repo.name}/pulls/{pull.number}"
    names = ("html", "diff", "patch", "issue", "commits", "review_comments", "review_comment", "comments", "statuses")
    source = pull.source or pull.repo
    link = {"href": base}
    links = ("comments", "commits", "statuses", "html", "issue", "review_comments", "review_comment", "self")
    ends = {
        side: {"label": f"{repo.owner}:{ref}", "ref": ref, "sha": sha, "user": user_json(_owner(repo.owner)),
               "repo": full_repo_json(repo)}
        for side, repo, ref, sha in (
            ("head", source, pull.branch, pull.head),
            ("base", pull.repo, pull.base, pull.base_tip),
        )
    }  # fmt: skip
    return {
        "url": base,
        "id": pull.number,
        "node_id": pull.node,
        **{f"{name}_url": f"{base}/{name}" for name in names},
        "number": pull.number,
        "state": pull.state.lower() if pull.state == "OPEN" else "closed",
        "locked": pull.locked,
        "title": "A change",
        "user": user_json(pull.author),
        "body": None,
        "labels": [],
        "milestone": None,
        "created_at": "2026-03-01T12:00:00Z",
        "updated_at": "2026-03-01T12:00:00Z",
        "closed_at": None,
        "merged_at": None,
        "merge_commit_sha": None,
        "assignee": None,
        "requested_reviewers": [],
        "requested_teams": [],
        **ends,
        "_links": dict.fromkeys(links, link),
        "author_association": "NONE",
        "auto_merge": None,
    }


def full_repo_json(repo: Repo) -> dict[str, Any]:
    return repo_json(repo) | {
        "allow_forking": True,
        "archived": False,
        "clone_url": f"{SERVER}/{repo.name}.git",
        "created_at": "2026-03-01T12:00:00Z",
        "default_branch": "main",
        "disabled": False,
        "forks": 0,
        "forks_count": 0,
        "git_url": f"git://github.test/{repo.name}.git",
        **dict.fromkeys(
            ("has_issues", "has_projects", "has_wiki", "has_pages", "has_downloads", "has_discussions"), True
        ),
        "homepage": None,
        "language": None,
        "license": None,
        "mirror_url": None,
        "open_issues": 0,
        "open_issues_count": 0,
        "pushed_at": "2026-03-01T12:00:00Z",
        "size": 1,
        "ssh_url": f"git@github.test:{repo.name}.git",
        "stargazers_count": 0,
        "svn_url": f"{SERVER}/{repo.name}",
        "topics": [],
        "updated_at": "2026-03-01T12:00:00Z",
        "visibility": "public",
        "watchers": 0,
        "watchers_count": 0,
        "web_commit_signoff_required": False,
    }
