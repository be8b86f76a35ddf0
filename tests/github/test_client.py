"""The client: where it asks, what it shows there, how it waits, what it says when GitHub says no."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest
from support.github.server import Reply, said

from bot.chat.endpoint import Key
from bot.errors import UsageError
from bot.github import queries, reading
from bot.github.addresses import Addresses
from bot.github.client import Access, GitHubClient, GitHubError, Trouble
from bot.http import Failure, HttpRequest, TransportError, Waits
from bot.pacing import Timing
from bot.review.records import Lifecycle, PullRequest, Ref, RepositoryName

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Self

    from support.github.scene import Scene

TOKEN = "ghp_" + "s3cret" * 6
SHOP = RepositoryName("octo", "shop")


class Scripted:
    """A transport that gives these answers in turn, and remembers what it was asked."""

    def __init__(self, *answers: Reply | TransportError) -> None:
        self.answers = list(answers)
        self.asked: list[HttpRequest] = []

    def send(self, request: HttpRequest, waits: Waits) -> ScriptedResponse:
        assert waits.connect > 0
        self.asked.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, TransportError):
            raise answer
        return ScriptedResponse(answer)

    def close(self) -> None:
        pass


class ScriptedResponse:
    def __init__(self, reply: Reply) -> None:
        self.status = reply.status
        self.headers: Mapping[str, str] = {name.lower(): value for name, value in reply.headers.items()}
        self._body = reply.body

    def chunks(self, limit: int) -> Iterator[bytes]:
        assert len(self._body) <= limit
        yield self._body

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        pass


def asking(*answers: Reply | TransportError) -> tuple[GitHubClient, Scripted, list[float]]:
    """A client whose transport gives these answers, and how long it slept."""
    slept: list[float] = []
    transport = Scripted(*answers)
    now = [1_800_000_000.0]

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    timing = Timing(lambda: now[0], lambda: now[0], sleep, lambda: 0.0)
    access = Access(Addresses.of({}), Key.parse(TOKEN, "GITHUB_TOKEN"))
    return GitHubClient(access, transport, timing), transport, slept


DOWN = TransportError(Failure.CUT, "api.github.com", "broke the connection off")
GOOD = said(200, {"permission": "write"})


@pytest.mark.parametrize(
    ("environ", "rest", "graphql", "server"),
    [
        ({}, "https://api.github.com", "https://api.github.com/graphql", "https://github.com"),
        (
            {"GITHUB_API_URL": "https://ghe.example/api/v3/"},
            "https://ghe.example/api/v3",
            "https://ghe.example/api/graphql",
            "https://ghe.example",
        ),
        (
            {"GITHUB_API_URL": "https://api.acme.ghe.com"},
            "https://api.acme.ghe.com",
            "https://api.acme.ghe.com/graphql",
            "https://acme.ghe.com",
        ),
        (
            {
                "GITHUB_API_URL": "https://a.example/v",
                "GITHUB_GRAPHQL_URL": "https://b.example/g",
                "GITHUB_SERVER_URL": "https://c.example:8443",
            },
            "https://a.example/v",
            "https://b.example/g",
            "https://c.example:8443",
        ),
    ],
)
def test_the_addresses_come_from_the_environment(environ: dict[str, str], rest: str, graphql: str, server: str) -> None:
    assert Addresses.of(environ) == Addresses(rest, graphql, server)


@pytest.mark.parametrize("url", ["http://ghe.example/api/v3", "ftp://x", "https://user:pw@x/", "https://x/?a=b"])
@pytest.mark.parametrize("name", ["GITHUB_API_URL", "GITHUB_GRAPHQL_URL", "GITHUB_SERVER_URL"])
def test_an_address_that_would_give_the_token_away_is_refused(name: str, url: str) -> None:
    with pytest.raises(UsageError, match=name) as caught:
        Addresses.of({name: url})
    assert "pw" not in str(caught.value)


@pytest.mark.parametrize(
    ("remote", "name"),
    [
        ("https://github.com/octo/shop.git", "octo/shop"),
        ("https://x-access-token:abc@github.com/octo/shop", "octo/shop"),
        ("git@github.com:octo/shop.git", "octo/shop"),
        ("ssh://git@github.com/octo/shop.git", "octo/shop"),
        ("ssh://git@github.com:22/octo/shop.git", "octo/shop"),
        ("https://elsewhere.example/octo/shop.git", None),
        ("https://github.com/octo", None),
        ("https://github.com/octo/../x", None),
        ("/srv/git/octo/shop.git", None),
        ("", None),
    ],
)
def test_the_repository_of_a_remote_is_known_by_its_url(remote: str, name: str | None) -> None:
    found = Addresses.of({}).repository_of(remote)
    assert (None if found is None else str(found)) == name


def test_a_pull_request_is_named_by_its_number_or_its_address() -> None:
    addresses = Addresses.of({})
    assert addresses.pull_request("7", SHOP) == (SHOP, 7)
    address = "https://github.com/octo/shop/pull/12/files#r1"
    assert addresses.pull_request(address, None) == (SHOP, 12)
    for text, repo in (
        ("7", None),
        ("0", SHOP),
        ("-1", SHOP),
        ("x", SHOP),
        ("https://evil.example/octo/shop/pull/1", SHOP),
    ):
        with pytest.raises(UsageError):
            addresses.pull_request(text, repo)


def test_a_read_is_tried_again_where_the_network_or_the_server_fails() -> None:
    client, transport, slept = asking(DOWN, said(502, {"message": "Bad gateway"}), GOOD)
    assert reading.permission(client, SHOP, "grace").may_write
    assert len(transport.asked) == 3
    assert len(slept) == 2


def test_a_write_that_was_cut_off_is_not_repeated() -> None:
    client, transport, _ = asking(DOWN)
    with pytest.raises(GitHubError, match="not known: run again, nothing is done twice") as caught:
        client.write("POST", "/repos/octo/shop/issues/1/comments", {"body": "x"})
    assert caught.value.down
    assert len(transport.asked) == 1


@pytest.mark.parametrize(
    ("reply", "wait"),
    [
        (said(429, {"message": "slow down"}, retry_after="3"), 3.0),
        (said(403, {"message": "x"}, retry_after="5"), 5.0),
        (said(403, {"message": "x"}, x_ratelimit_remaining="0", x_ratelimit_reset="1800000020"), 21.0),
        (said(403, {"message": "You have exceeded a secondary rate limit"}), 60.0),
        (said(422, {"message": "x", "errors": [{"code": "abuse"}]}), 60.0),
        (said(422, {"message": "was submitted too quickly"}), 60.0),
    ],
)
def test_a_limit_is_waited_for_as_long_as_github_asks(reply: Reply, wait: float) -> None:
    client, transport, slept = asking(reply, said(201, {"html_url": "https://x"}))
    client.write("POST", "/repos/octo/shop/issues/1/comments", {"body": "x"})
    assert slept[0] == wait
    assert len(transport.asked) == 2


def test_two_writes_are_a_second_apart_and_reads_are_not() -> None:
    client, _, slept = asking(*[said(200, {}) for _ in range(5)])
    for _ in range(3):
        client.write("POST", "/x", {})
    client.get("/y")
    client.get("/y")
    assert slept == [1.0, 1.0]


@pytest.mark.parametrize(
    ("reply", "trouble"),
    [
        (said(401, {"message": "Bad credentials"}), Trouble.UNAUTHORIZED),
        (said(403, {"message": "Resource not accessible by integration"}), Trouble.FORBIDDEN),
        (said(404, {"message": "Not Found"}), Trouble.NOT_FOUND),
        (said(422, {"message": "Validation Failed"}), Trouble.INVALID),
        (Reply(301, b"", {"location": "https://evil.example/"}), Trouble.OTHER),
    ],
)
def test_an_error_is_told_apart_and_its_sentence_passed_on(reply: Reply, trouble: Trouble) -> None:
    client, transport, _ = asking(reply)
    with pytest.raises(GitHubError) as caught:
        client.get("/repos/octo/shop/activity")
    assert caught.value.trouble is trouble
    assert json.loads(reply.body or b'{"message": ""}')["message"] in str(caught.value)
    assert [request.url for request in transport.asked] == ["https://api.github.com/repos/octo/shop/activity"]


def test_an_echoed_token_is_in_no_error() -> None:
    as_git_sends_it = base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode()
    client, transport, _ = asking(
        said(401, {"message": f"no: {TOKEN} Bearer {TOKEN.upper()} Basic {as_git_sends_it} or so {as_git_sends_it}"})
    )
    with pytest.raises(GitHubError) as caught:
        client.get("/x")
    assert TOKEN.lower() not in str(caught.value).lower()
    assert as_git_sends_it not in caught.value.said + str(caught.value)
    assert "[hidden]" in str(caught.value)
    assert TOKEN not in repr(transport.asked[0])


@pytest.mark.parametrize("body", [b"<html>", b"", b"[1]", b'{"permission": 7}', b"[" * 100_000])
def test_an_answer_of_another_shape_is_an_error_that_names_it(body: bytes) -> None:
    client, _, _ = asking(Reply(200, body))
    with pytest.raises(Exception, match="collaborators/grace/permission"):
        reading.permission(client, SHOP, "grace")


def test_a_login_is_one_segment_of_the_path() -> None:
    client, transport, _ = asking(said(404, {"message": "Not Found"}))
    reading.permission(client, SHOP, "../../x?y#z")
    assert transport.asked[0].url.endswith("/collaborators/..%2F..%2Fx%3Fy%23z/permission")


def test_a_token_that_is_wrong_is_said_to_be(scene: Scene) -> None:
    with pytest.raises(GitHubError, match="the token is wrong or has expired: set GITHUB_TOKEN anew"):
        reading.pull_request(scene.client(TOKEN), scene.name, scene.pull.number)


@pytest.mark.parametrize("prefix", ["ghp_", "ghs_", "github_pat_", "gho_", "v1."])
def test_a_token_of_any_kind_is_shown_as_it_is(scene: Scene, prefix: str) -> None:
    token = scene.world.token("stetbot", kind="Bot", value=f"{prefix}{'x' * 40}")
    assert reading.viewer(scene.client(token)).login == "stetbot[bot]"
    assert scene.github.seen[-1].headers["authorization"] == f"Bearer {token}"


def test_no_document_approves_dismisses_merges_or_forces() -> None:
    for name, document in queries.DOCUMENTS.items():
        asked = document.replace(" isInMergeQueue ", " ")  # which is read
        for word in ("approve", "dismiss", "merge", "force", "updateRef", "submitPullRequestReview"):
            assert word.lower() not in asked.lower(), name


def test_a_list_without_an_end_is_given_up() -> None:
    page = {"nodes": [], "pageInfo": {"hasNextPage": True, "endCursor": "x"}}
    answer = said(200, {"data": {"repository": {"pullRequest": {"comments": page}}}})
    client, transport, _ = asking(*[answer] * 20_000)
    end = Ref(SHOP, "topic", "0" * 40)
    with pytest.raises(GitHubError, match="nobody reads so many"):
        reading.talk(client, PullRequest(SHOP, 1, Lifecycle.OPEN, end, end), "")
    assert len(transport.asked) == 10_001
