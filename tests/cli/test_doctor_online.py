"""`stetbot doctor --online` against servers on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.calls import call, shop
from support.morph_server import MorphRequest, MorphServer, Reply, dump, error, http, listing
from support.recordings import recording

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from support.calls import Run

KEYS = {
    "MORPH_API_KEY": "sk-sentinel-morph-5d1e",
    "MORPHEUS_API_KEY": "sk-sentinel-morpheus-8c2f",
    "GITHUB_TOKEN": "ghp-sentinel-github-1a9b",
}
MODEL = "kimi-k2.7-code"


def services(replies: Mapping[str, Reply]) -> MorphServer:
    """All services on one server: Morph under /morph, Morpheus under /api, GitHub under /github; well unless said."""
    well = {
        "/morph/v1/models": listing(["morph-v3-large"])(MorphRequest("GET", "/models", {}, b"")),
        "/api/v1/models": recording("19").reply(),
        "/api/v1/billing/balance": recording("20").reply(),
        "/health": recording("57").reply(),
        "/github/rate_limit": http(200, dump({"resources": {"core": {"limit": 5000, "remaining": 4321}}})),
        "/github/repos/ada/shop": http(200, dump({"permissions": {"push": True, "pull": True}})),
    }
    answers = {**well, **replies}
    return MorphServer(lambda _: error(500, "no edits here"), others=lambda request: answers[request.path])


def doctor(tmp_path: Path, server: MorphServer, **changes: str) -> Run:
    environment = {
        **KEYS,
        "MORPH_API_URL": f"{server.url}/morph",
        "MORPHEUS_API_URL": f"{server.url}/api/v1",
        "MORPHEUS_MODEL": MODEL,
        "GITHUB_API_URL": f"{server.url}/github",
        "GITHUB_REPOSITORY": "ada/shop",
        **changes,
    }
    run = call(shop(tmp_path), "doctor", "--online", environment={k: v for k, v in environment.items() if v})
    for secret in KEYS.values():
        assert secret not in run.said
    return run


def lines_of(run: Run) -> dict[str, str]:
    """`part` -> `mark said`."""
    lines = [line.partition("  ") for line in run.out.split("\n") if line[:2] in ("ok", "--", "!!")]
    return {rest.partition(": ")[0]: f"{mark} {rest.partition(': ')[2]}" for mark, _, rest in lines}


def test_what_works_is_said_to_work_and_no_code_is_sent(tmp_path: Path) -> None:
    with services({}) as server:
        run = doctor(tmp_path, server)
    assert run.code == 0, run.said
    found = lines_of(run)
    assert found["Morph, asked"] == "ok the key is accepted; it has 1 models"
    assert found["planner"].startswith("ok key set; http://127.0.0.1:")
    assert found["planner's models"] == f"ok {MODEL} is there"
    assert found["planner's health"] == "ok it says that all its parts are well"
    assert found["planner's account"] == "ok the key is accepted; 9.9987035 USD may be spent"
    assert found["GitHub"] == "ok the token is accepted; 4321 requests are left this hour"
    assert found["GitHub's permissions"] == "ok the token may push to ada/shop"
    assert server.requests == []
    assert {(request.method, request.body) for request in server.asides} == {("GET", b"")}
    sent = {request.path: request.headers["authorization"] for request in server.asides}
    for path, authorization in sent.items():
        service = {"/morph/": "MORPH_API_KEY", "/github": "GITHUB_TOKEN"}.get(path[:7], "MORPHEUS_API_KEY")
        assert authorization == f"Bearer {KEYS[service]}"


EMPTY = {"total_available": "-0.01", "paid": {"available": "-0.01"}, "currency": "USD"}
ILL = {"status": "ok", "database": "unhealthy"}
WRONG = {
    "a key that Morph does not take": (
        {"/morph/v1/models": error(401, "no")},
        "Morph, asked",
        "HTTP 401",
        "local engine",
    ),
    "a Morph that is down": ({"/morph/v1/models": error(503, "no")}, "Morph, asked", "HTTP 503", "local engine"),
    "a key that the planner does not take": (
        {"/api/v1/billing/balance": http(401, b'{"detail":"Invalid API key"}')},
        "planner's account",
        "HTTP 401: the key was not accepted",
        "requests in plain language fail",
    ),
    "no credit": ({"/api/v1/billing/balance": http(200, dump(EMPTY))}, "planner's account", "-0.01 USD", "add credit"),
    "a gateway that is ill": ({"/health": http(200, dump(ILL))}, "planner's health", "database: unhealthy", "wait"),
    "a planner that is down": (
        {"/api/v1/models": error(502, "no")},
        "planner's models",
        "HTTP 502",
        "requests in plain language fail",
    ),
    "a token that GitHub does not take": (
        {"/github/rate_limit": error(401, "Bad credentials")},
        "GitHub",
        "status 401",
        "pushed",
    ),
    "a repository that the token does not see": (
        {"/github/repos/ada/shop": error(404, "no")},
        "GitHub's permissions",
        "there is no repository ada/shop, or the token may not see it",
        "GITHUB_REPOSITORY",
    ),
    "what is no GitHub": ({"/github/rate_limit": http(200, b"<html>", "text/html")}, "GitHub", "no JSON", "pushed"),
    "an address with no GitHub's API": (
        {"/github/rate_limit": http(404, b"<html>nothing here</html>", "text/html")},
        "GitHub",
        "there is no API of GitHub's at http://127.0.0.1:",
        "GITHUB_API_URL",
    ),
    "a GitHub that counts in another way": (
        {"/github/rate_limit": http(200, dump({"resources": []}))},
        "GitHub",
        "cannot be used",
        "pushed",
    ),
}


@pytest.mark.parametrize(("replies", "part", "said", "cost"), WRONG.values(), ids=WRONG.keys())
def test_what_is_broken_is_named_with_what_it_costs(
    tmp_path: Path, replies: dict[str, Reply], part: str, said: str, cost: str
) -> None:
    with services(replies) as server:
        run = doctor(tmp_path, server)
    assert run.code == 1, run.said
    broken = {name: line for name, line in lines_of(run).items() if line.startswith("!!")}
    assert list(broken) == [part]
    assert said in broken[part]
    assert cost in run.out.partition(said)[2]


@pytest.mark.parametrize(
    ("changes", "part", "said"),
    [
        ({"MORPHEUS_MODEL": "kimi-k3"}, "planner's models", "!! kimi-k3 is not among its models"),
        ({"MORPHEUS_MODEL": "text-embedding-bge-m3"}, "planner's models", "is of the type EMBEDDING, not LLM"),
        ({"MORPHEUS_EMBEDDING_MODEL": "glm-5.2"}, "planner's models", "is of the type LLM, not EMBEDDING"),
        ({"MORPHEUS_MODEL": ""}, "planner's models", "-- it has mistral-31-24b, kimi-k2.7-code, glm-5.2, gpt-oss-120b"),
        ({"MORPHEUS_API_URL": "http://models.example/v1"}, "planner", "!! MORPHEUS_API_URL: "),
        ({"MORPHEUS_API_KEY": ""}, "planner", "-- MORPHEUS_API_KEY is not set"),
        ({"GITHUB_TOKEN": ""}, "GitHub", "-- GITHUB_TOKEN is not set"),
        ({"GITHUB_REPOSITORY": ""}, "GitHub's permissions", "-- GITHUB_REPOSITORY is not set"),
        ({"GITHUB_REPOSITORY": "../user"}, "GitHub", "!! GITHUB_REPOSITORY: not the name of a repository"),
        ({"GITHUB_API_URL": "http://git.example"}, "GitHub", "!! GITHUB_API_URL: "),
    ],
)
def test_settings_that_do_not_do_are_told_with_the_variable(
    tmp_path: Path, changes: dict[str, str], part: str, said: str
) -> None:
    with services({}) as server:
        run = doctor(tmp_path, server, **changes)
    assert said in lines_of(run)[part]
    assert run.code == (0 if said.startswith("--") else 1)


@pytest.mark.parametrize(("permissions", "said"), [({"push": False}, "not push to it"), (None, "does not say")])
def test_a_token_that_may_not_push_is_no_breakage_but_told(tmp_path: Path, permissions: object, said: str) -> None:
    replies = {"/github/repos/ada/shop": http(200, dump({"permissions": permissions}))}
    with services(replies) as server:
        run = doctor(tmp_path, server)
    assert run.code == 0
    assert said in lines_of(run)["GitHub's permissions"]
    assert "contents: write" in run.out


def test_an_enterprise_server_that_counts_no_requests_is_well(tmp_path: Path) -> None:
    """Where its limits are off, it has no page of them: https://docs.github.com/rest/rate-limit."""
    replies = {"/github/rate_limit": http(404, dump({"message": "Rate limiting is not enabled."}))}
    with services(replies) as server:
        run = doctor(tmp_path, server)
    assert run.code == 0, run.said
    found = lines_of(run)
    assert found["GitHub"] == "ok the token is accepted; this server counts no requests"
    assert found["GitHub's permissions"] == "ok the token may push to ada/shop"


def test_no_word_about_models_is_said_of_github(tmp_path: Path) -> None:
    with services({"/github/repos/ada/shop": error(404, "no"), "/github/rate_limit": error(404, "no")}) as server:
        run = doctor(tmp_path, server)
    assert "model" not in next(line for line in run.out.split("\n") if "no API of GitHub" in line)


def test_another_server_needs_neither_accounts_nor_health_nor_a_list_of_models(tmp_path: Path) -> None:
    nothing = error(404, "no such page")
    paths = ("/api/v1/models", "/api/v1/billing/balance", "/health", "/morph/v1/models")
    with services(dict.fromkeys(paths, nothing)) as server:
        run = doctor(tmp_path, server)
    assert run.code == 0, run.said
    found = lines_of(run)
    assert not {"planner's account", "planner's health"} & set(found)
    assert "lists none" in found["planner's models"]
    assert "lists no models" in found["Morph, asked"]


def test_without_the_option_nobody_is_asked(tmp_path: Path) -> None:
    with services({}) as server:
        run = call(
            shop(tmp_path), "doctor", environment={**KEYS, "MORPHEUS_API_URL": server.url, "MORPHEUS_MODEL": "m"}
        )
        assert server.asides == server.requests == []
    assert run.code == 0
    assert "planner's models" not in lines_of(run)
