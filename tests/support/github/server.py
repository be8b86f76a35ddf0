"""The tests' own GitHub, on 127.0.0.1: REST, GraphQL and git over HTTP, with tokens; it remembers, and it holds us and
itself to GitHub's descriptions.

    with FakeGitHub(root) as github:
        shop = github.world.repo("octo/shop") ...
        github.environment(token)      # what a run needs to find it

Leaving it fails if a request of ours, or an answer of its own, was not as GitHub describes it.
"""

from __future__ import annotations

import base64
import gzip
import json
import subprocess
import threading
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qsl, urlsplit

from support.github import descriptions
from support.github.descriptions import rest_description
from support.github.graphql_answers import execute
from support.github.rest_answers import Asked, Rest
from support.github.world import World, branches

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.github.world import Repo, Token


@cache
def _backend() -> str:
    """Git's own server program."""
    folder = subprocess.run(["git", "--exec-path"], capture_output=True, text=True, check=True).stdout.strip()
    return str(Path(folder) / "git-http-backend")


@dataclass(frozen=True)
class Seen:
    """A request as it came: of GraphQL, the name of its operation; of git, the service that it asks for."""

    method: str
    path: str
    operation: str
    body: Any
    headers: dict[str, str]

    @property
    def writes(self) -> bool:
        if self.path == "/graphql":
            return str(self.body["query"]).lstrip().startswith("mutation")
        return self.method not in ("GET", "HEAD") and not self.path.endswith("/git-upload-pack")


@dataclass(frozen=True)
class Reply:
    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


class FakeGitHub:
    """Use it as a context manager."""

    def __init__(self, root: Path) -> None:
        self.world = World(root)
        self.seen: list[Seen] = []
        self.problems: list[str] = []
        # What a test puts in the way of a request: an answer in place of the real one, or None to let it through.
        self.obstacles: list[Callable[[Seen], Reply | None]] = []
        # Called with each request of git's, before it is answered; an answer of theirs is given in its place.
        self.before_git: list[Callable[[Seen], Reply | None]] = []
        self._lock = threading.RLock()
        self._schema = descriptions.schema()
        self._rest = Rest(self.world)
        self._server = _Server(("127.0.0.1", 0), _handler_for(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        if kind is None:
            assert self.problems == []

    def environment(self, token: str) -> dict[str, str]:
        """As an Enterprise server gives its addresses: the API below /api/v3, GraphQL beside it."""
        return {
            "GITHUB_TOKEN": token,
            "GITHUB_API_URL": f"{self.url}/api/v3",
            "GITHUB_GRAPHQL_URL": f"{self.url}/api/graphql",
            "GITHUB_SERVER_URL": self.url,
        }

    def writes(self) -> list[str]:
        """The names of the writes so far: GraphQL's operations, REST's methods and paths."""
        return [seen.operation or f"{seen.method} {seen.path}" for seen in self.seen if seen.writes]

    # --- answers ---

    def answer(self, method: str, url: str, headers: dict[str, str], body: bytes) -> Reply:
        parts = urlsplit(url)
        with self._lock:
            if ".git/" in parts.path:
                return self._git(method, parts.path, parts.query, headers, body)
            path = parts.path.removeprefix("/api/v3") if parts.path.startswith("/api/v3/") else parts.path
            path = "/graphql" if path == "/api/graphql" else path
            value: Any = json.loads(body) if body else None
            operation = value["query"].split("(")[0].split("{")[0].split()[-1] if path == "/graphql" else ""
            seen = Seen(method, path, operation, value, headers)
            self.seen.append(seen)
            for obstacle in self.obstacles:
                reply = obstacle(seen)
                if reply is not None:
                    return reply
            token = self.world.tokens.get(headers.get("authorization", "").removeprefix("Bearer "))
            if token is None:
                return said(401, {"message": "Bad credentials", "documentation_url": "https://docs.github.com/rest"})
            self._check_headers(seen)
            if path == "/graphql":
                answer, problems = execute(self._schema, self.world, token, value)
                self.problems += problems
                return said(200, answer)
            return self._rest_answer(seen, dict(parse_qsl(parts.query)), token)

    def _check_headers(self, seen: Seen) -> None:
        wanted = {"accept": "application/vnd.github+json", "x-github-api-version": "2022-11-28"}
        for name, value in wanted.items():
            if seen.headers.get(name) != value:
                self.problems.append(f"{seen.path}: {name} is {seen.headers.get(name)!r}")
        if not seen.headers.get("user-agent", "").startswith("stetbot/"):
            self.problems.append(f"{seen.path}: no user agent that names us")

    def _rest_answer(self, seen: Seen, query: dict[str, str], token: Token) -> Reply:
        description = rest_description()
        route = description.route(seen.method, seen.path)
        if route is None:
            self.problems.append(f"{seen.method} {seen.path} is no operation that the cut describes")
            return said(404, {"message": "Not Found"})
        described, values = route
        wrong = description.wrong_request(seen.method, described, values, query, seen.body)
        self.problems += wrong
        if wrong:
            return said(422, {"message": "; ".join(wrong)})
        status, answer = self._rest.answer(seen.method, described, Asked(token, values, query, seen.body or {}))
        self.problems += description.wrong_answer(seen.method, described, status, answer)
        return said(status, answer)

    # --- git ---

    def _git(self, method: str, path: str, query: str, headers: dict[str, str], body: bytes) -> Reply:
        name, _, inside = path.lstrip("/").partition(".git/")
        service = dict(parse_qsl(query)).get("service", "")
        self.seen.append(Seen(method, path, service, None, headers))
        for call in self.before_git:
            instead = call(self.seen[-1])
            if instead is not None:
                return instead
        repo = self.world.repos.get(name.lower())
        token = self._git_token(headers)
        pushes = "git-receive-pack" in (*inside.split("/"), service)
        if token is None and (pushes or "authorization" in headers):
            return Reply(401, b"", {"WWW-Authenticate": 'Basic realm="GitHub"'})
        if repo is None:
            return Reply(404, b"Repository not found.")
        if pushes and token is not None and not self.world.may_push(token, repo):
            who = token.account.rest_login
            return Reply(
                403, f"Permission to {repo.name}.git denied to {who}.".encode(), {"Content-Type": "text/plain"}
            )
        if not pushes or method != "POST" or token is None:
            return self._backend(method, inside, query, headers, body, repo)
        before = branches(repo)
        reply = self._backend(method, inside, query, headers, body, repo)
        self.world.pushed(repo, before, token.account)
        return reply

    def _git_token(self, headers: dict[str, str]) -> Token | None:
        kind, _, value = headers.get("authorization", "").partition(" ")
        if kind.lower() != "basic":
            return None
        user, _, password = base64.b64decode(value).decode().partition(":")
        return self.world.tokens.get(password) if user == "x-access-token" else None

    def _backend(self, method: str, inside: str, query: str, headers: dict[str, str], body: bytes, repo: Repo) -> Reply:
        environment = repo.git.environment | {
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_PROJECT_ROOT": str(repo.git.path),
            "PATH_INFO": f"/{inside}",
            "REQUEST_METHOD": method,
            "QUERY_STRING": query,
            "CONTENT_TYPE": headers.get("content-type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "GIT_PROTOCOL": headers.get("git-protocol", ""),
            "REMOTE_USER": "pusher",
        }
        done = subprocess.run(
            [_backend()],
            env=environment,
            input=body,
            capture_output=True,
            check=True,
        )
        head, _, answer = done.stdout.partition(b"\r\n\r\n")
        given = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if line)
        status = int(given.pop("Status", "200").split()[0])
        return Reply(status, answer, given)


def said(status: int, value: Any, **headers: str) -> Reply:
    """A JSON answer; without a value, an empty one."""
    body = b"" if value is None else json.dumps(value).encode()
    kind = {"Content-Type": "application/json; charset=utf-8"} if body else {}
    return Reply(status, body, kind | {name.replace("_", "-"): text for name, text in headers.items()})


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """A connection that a test breaks off is no news."""


def _handler_for(owner: FakeGitHub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            body = self._chunked() if self.headers.get("transfer-encoding") else self.rfile.read(length)
            if self.headers.get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            headers = {name.lower(): value for name, value in self.headers.items()}
            twice = len(self.headers.get_all("authorization") or ()) > 1
            # As GitHub answers it.
            wrong = Reply(400, b"Duplicate header: Authorization")
            reply = wrong if twice else owner.answer(self.command, self.path, headers, body)
            self.send_response(reply.status)
            for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body)

        def _chunked(self) -> bytes:
            whole = b""
            while size := int(self.rfile.readline(), 16):
                whole += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return whole

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = handle_one  # noqa: N815 - the base class's names

        def log_message(self, *_: object) -> None:
            pass

    return Handler
