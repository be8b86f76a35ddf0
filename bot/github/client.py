"""Asking GitHub: REST and GraphQL over `bot.http`, paced, with its limits respected and its errors told apart.

A read that the network cut off is asked again. A write is not: it may have been carried out, and a second run finds
out; only an answer that says "too much, later" is no write, and is waited for. No redirect is followed, and no address
out of an answer is called: the token goes to the configured addresses alone.
"""

from __future__ import annotations

import enum
import json
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import bot
from bot.chat.retry import RetryPolicy, duration
from bot.chat.scrub import foreign
from bot.errors import Code, ServiceError
from bot.github.limits import Pace, limited, wait_for
from bot.http import Failure, HttpRequest, TransportError, Waits
from bot.json_node import Node
from bot.repo.remote import login

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.chat.endpoint import Key
    from bot.github.addresses import Addresses
    from bot.http import Transport
    from bot.pacing import Timing

_API_VERSION = "2022-11-28"
_BODY = 64 * 1024 * 1024
_PAGE = 100
# Ten thousand of anything on one pull request is more than anybody reads.
_MOST_PAGES = 100


class Trouble(enum.Enum):
    """What an error of GitHub means for who runs this."""

    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not found"
    INVALID = "invalid"
    STALE = "stale"
    LIMITED = "limited"
    DOWN = "down"
    TOO_LARGE = "too large"
    OTHER = "other"


class GitHubError(ServiceError):
    """GitHub said no; `said` is its own sentence, scrubbed."""

    def __init__(self, problem: str, trouble: Trouble, said: str = "") -> None:
        code = Code.RATE_LIMITED if trouble is Trouble.LIMITED else Code.SERVICE_ERROR
        super().__init__(problem, code, down=trouble is Trouble.DOWN)
        self.trouble = trouble
        self.said = said


@dataclass(frozen=True, slots=True)
class Access:
    """Whom to ask, and the token to show there."""

    addresses: Addresses
    token: Key


@dataclass(frozen=True, slots=True)
class Answer:
    """A REST answer: its status and its JSON, `place` being what was asked."""

    status: int
    node: Node
    more: bool = False


@dataclass(frozen=True, slots=True)
class _Raw:
    status: int
    headers: Mapping[str, str]
    value: object


@dataclass(frozen=True, slots=True)
class _Call:
    """One request; `writes`: it changes something, so it keeps its distance from the last and is not repeated."""

    name: str
    http: HttpRequest
    writes: bool
    graphql: bool = False


@dataclass(slots=True)
class _Turn:
    """Writes stand in line: the instant of the last one."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    last: float = float("-inf")


class GitHubClient:
    """One GitHub, asked with one token."""

    def __init__(
        self,
        access: Access,
        transport: Transport,
        timing: Timing,
        pace: Pace | None = None,
        waits: Waits | None = None,
    ) -> None:
        self.addresses = access.addresses
        self._token = access.token
        self._transport = transport
        self._timing = timing
        self._pace = pace or Pace()
        self._waits = waits or Waits(10.0, 60.0)
        self._policy = RetryPolicy()
        self._turn = _Turn()

    def pause(self, seconds: float) -> None:
        """Let time pass, where GitHub needs some for what it was asked."""
        self._timing.sleep(seconds)

    def get(self, path: str, **query: str | int) -> Answer:
        """The answer to a REST read. `path` begins with a slash; raises GitHubError."""
        url = f"{self.addresses.rest}{path}" + (f"?{urlencode(query)}" if query else "")
        raw = self._answer(_Call(f"GET {path}", self._request("GET", url, None), writes=False))
        return Answer(raw.status, _node(f"GET {path}", raw.value), 'rel="next"' in raw.headers.get("link", ""))

    def pages(self, path: str, **query: str | int) -> Iterator[Node]:
        """The items of all pages of a REST list."""
        for page in range(1, _MOST_PAGES + 1):
            answer = self.get(path, per_page=_PAGE, page=page, **query)
            yield from answer.node.items()
            if not answer.more:
                return
        raise GitHubError(f"GitHub has more than {_MOST_PAGES * _PAGE} entries at {path}", Trouble.OTHER)

    def write(self, method: str, path: str, body: Mapping[str, object]) -> Answer:
        """The answer to a REST write, which waits its turn. Raises GitHubError."""
        request = self._request(method, f"{self.addresses.rest}{path}", body)
        raw = self._answer(_Call(f"{method} {path}", request, writes=True))
        return Answer(raw.status, _node(f"{method} {path}", raw.value))

    def ask(self, name: str, document: str, variables: Mapping[str, object]) -> Node:
        """The `data` of a GraphQL query. Raises GitHubError, also for an answer that is only in part there."""
        return self._graphql(name, document, variables, writes=False)

    def change(self, name: str, document: str, variables: Mapping[str, object]) -> Node:
        """The `data` of a GraphQL mutation, which waits its turn. Raises GitHubError."""
        return self._graphql(name, document, variables, writes=True)

    def _graphql(self, name: str, document: str, variables: Mapping[str, object], *, writes: bool) -> Node:
        body = {"query": document, "variables": variables}
        request = self._request("POST", self.addresses.graphql, body)
        raw = self._answer(_Call(name, request, writes=writes, graphql=True))
        return _node(name, raw.value).at("data")

    def _request(self, method: str, url: str, body: Mapping[str, object] | None) -> HttpRequest:
        headers = [
            ("authorization", f"Bearer {self._token.reveal()}"),
            ("accept", "application/vnd.github+json"),
            ("accept-encoding", "gzip"),
            ("x-github-api-version", _API_VERSION),
            ("user-agent", f"stetbot/{bot.__version__}"),
        ]
        if body is None:
            return HttpRequest(method, url, tuple(headers))
        headers.append(("content-type", "application/json"))
        return HttpRequest(method, url, tuple(headers), json.dumps(body).encode())

    # --- tries ---

    def _answer(self, call: _Call) -> _Raw:
        """The good answer to `call`, however many tries that takes."""
        waited = pause = 0.0
        for number in range(1, self._pace.tries + 1):
            raw = self._try(call)
            codes = _codes(raw.value)
            if not limited(raw.status, raw.headers, _message(raw.value), codes):
                self._check(call, raw, codes)
                return raw
            pause = wait_for(raw.headers, number, self._timing.wall(), self._pace)
            waited += pause
            if waited > self._pace.patience or number == self._pace.tries:
                break
            self._timing.sleep(pause)
        raise GitHubError(
            f"GitHub's rate limit stops {call.name} for {duration(pause)} more; run again later, what is done stays",
            Trouble.LIMITED,
        )

    def _try(self, call: _Call) -> _Raw:
        """One answer, of whatever kind; a read is tried again where the network or GitHub's own servers fail."""
        for number in range(1, self._policy.tries + 1):
            last = call.writes or number == self._policy.tries
            try:
                raw = self._once(call)
            except TransportError as error:
                if last or not error.down:
                    raise GitHubError(f"{error.problem} ({call.name}){_maybe_done(call)}", _unsent(error)) from None
            else:
                if raw.status < 500 or last:
                    return raw
            self._timing.sleep(self._policy.back_off(number, self._timing.dice()))
        raise AssertionError("a policy allows at least one try")

    def _once(self, call: _Call) -> _Raw:
        if not call.writes:
            return self._sent(call)
        with self._turn.lock:
            wait = self._turn.last + self._pace.apart - self._timing.monotonic()
            if wait > 0:
                self._timing.sleep(wait)
            try:
                return self._sent(call)
            finally:
                self._turn.last = self._timing.monotonic()

    def _sent(self, call: _Call) -> _Raw:
        with self._transport.send(call.http, self._waits) as response:
            body = b"".join(response.chunks(_BODY))
            try:
                value: object = json.loads(body) if body.strip() else None
            except (ValueError, RecursionError):
                value = None
                if response.status < 300:
                    raise GitHubError(f"GitHub answered {call.name} with no JSON", Trouble.OTHER) from None
            return _Raw(response.status, response.headers, value)

    # --- errors ---

    def _check(self, call: _Call, raw: _Raw, codes: frozenset[str]) -> None:
        """Raise GitHubError unless `raw` is a good answer."""
        failed = raw.status >= 300 or (call.graphql and _errors(raw.value))
        if not failed:
            return
        token = self._token.reveal()
        said = foreign(_message(raw.value), (token, login(token)))
        trouble = _trouble(raw.status, codes)
        told = f": {said}" if said else ""
        status = f" (status {raw.status})" if raw.status >= 300 else ""
        raise GitHubError(f"GitHub refused {call.name}{status}{told}{_REMEDIES.get(trouble, '')}", trouble, said)


def _node(place: str, value: object) -> Node:
    return Node(place, value, _unusable)


def _unusable(place: str, wrong: str) -> ServiceError:
    return ServiceError(f"GitHub's answer cannot be used: {place}: {wrong}")


_REMEDIES = {
    Trouble.UNAUTHORIZED: "; the token is wrong or has expired: set GITHUB_TOKEN anew",
    Trouble.DOWN: "; run again later",
}
_TROUBLES = {401: Trouble.UNAUTHORIZED, 403: Trouble.FORBIDDEN, 404: Trouble.NOT_FOUND, 410: Trouble.NOT_FOUND}
_TROUBLES |= {409: Trouble.INVALID, 422: Trouble.INVALID}


def _trouble(status: int, codes: frozenset[str]) -> Trouble:
    if status >= 500:
        return Trouble.DOWN
    for code, trouble in (
        ("STALE_DATA", Trouble.STALE),
        ("FORBIDDEN", Trouble.FORBIDDEN),
        ("INSUFFICIENT_SCOPES", Trouble.FORBIDDEN),
        ("NOT_FOUND", Trouble.NOT_FOUND),
        ("UNPROCESSABLE", Trouble.INVALID),
    ):
        if code in codes:
            return trouble
    return _TROUBLES.get(status, Trouble.OTHER)


def _unsent(error: TransportError) -> Trouble:
    if error.failure is Failure.TOO_LARGE:
        return Trouble.TOO_LARGE
    return Trouble.DOWN if error.down else Trouble.OTHER


def _maybe_done(call: _Call) -> str:
    return "; whether GitHub has carried it out is not known: run again, nothing is done twice" if call.writes else ""


def _errors(value: object) -> list[dict[str, object]]:
    found = value.get("errors") if isinstance(value, dict) else None
    return [error for error in found if isinstance(error, dict)] if isinstance(found, list) else []


def _codes(value: object) -> frozenset[str]:
    """What GraphQL calls the type of an error, and REST its code."""
    names = (error.get(key) for error in _errors(value) for key in ("type", "code"))
    return frozenset(name for name in names if isinstance(name, str))


def _message(value: object) -> str:
    """The sentences of an error, REST's own and those of its parts."""
    top = [value.get("message")] if isinstance(value, dict) else []
    said = [*top, *(error.get("message") for error in _errors(value))]
    return "; ".join(text for text in said if isinstance(text, str))


def segment(text: str) -> str:
    """A name as one segment of a path."""
    return quote(text, safe="")
