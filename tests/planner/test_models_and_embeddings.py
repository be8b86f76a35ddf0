"""The service's models, and the vectors that it makes of texts."""

from __future__ import annotations

import pytest
from support.morph_client import Slept
from support.morph_server import (
    MorphRequest,
    Reply,
    dump,
    error,
    http,
)
from support.planner import (
    EDIT,
    HERE,
    MODEL,
    PROMPT,
    always,
    calling,
    planner,
    saying,
    served,
    tool_call,
)

from bot.chat.embeddings import Encoding
from bot.chat.prices import Price
from bot.errors import ServiceError
from bot.outcomes import Usage
from bot.parallel import ordered_map
from bot.planner import EmbeddingSettings


def test_the_models_are_listed_once_for_all_workers() -> None:
    with served(always(lambda: calling(tool_call()))) as server, planner(server.url) as client:
        list(ordered_map(lambda _: client.plan(PROMPT), range(8), 4))
    assert [(request.method, request.path) for request in server.asides] == [("GET", "/v1/models")]


def test_a_model_that_the_service_does_not_have_is_never_asked() -> None:
    with served(always(lambda: calling(tool_call()))) as server, planner(server.url, model="kimi-k3") as client:
        with pytest.raises(ServiceError, match=rf"model kimi-k3 \(MORPHEUS_MODEL\) is not among its models.*{MODEL}"):
            client.plan(PROMPT)
        assert server.requests == []


@pytest.mark.parametrize("no_list", [error(404, "x"), http(200, b"<html>", "text/html"), http(200, b"[]")])
def test_a_server_that_lists_no_models_is_asked_all_the_same(no_list: Reply) -> None:
    with served(always(lambda: calling(tool_call())), lambda _: no_list) as server, planner(server.url) as client:
        assert client.plan(PROMPT).calls == client.plan(PROMPT).calls == (EDIT,)
        assert len(server.asides) == 1


def test_a_service_that_is_down_is_not_asked_for_its_models_by_every_worker() -> None:
    clock = Slept()
    with (
        served(always(lambda: calling(tool_call())), always(lambda: error(503, "x"))) as server,
        planner(server.url, clock) as client,
    ):
        for _ in range(5):
            with pytest.raises(ServiceError, match="HTTP 503") as failed:
                client.plan(PROMPT)
            assert failed.value.down
        assert len(server.asides) == 2
        server.others = HERE
        clock.sleep(60)
        assert client.plan(PROMPT).calls == (EDIT,)


def embeddings(request: MorphRequest) -> Reply:
    if request.method == "GET":
        return HERE(request)
    vectors = [{"index": at, "embedding": [float(len(text)), 1.0]} for at, text in enumerate(request.json["input"])]
    return http(200, dump({"data": vectors[::-1], "model": "m", "usage": {"prompt_tokens": 3, "total_tokens": 3}}))


def test_texts_are_embedded_in_batches_and_keep_their_order() -> None:
    texts = ["x" * number for number in range(150)]
    settings = EmbeddingSettings("text-embedding", Encoding.FLOAT, 2, "me")
    prices = {"text-embedding": Price(1.0, 0.0)}
    with (
        served(always(lambda: saying("x")), embeddings) as server,
        planner(server.url, embedding=settings, session_id="0xabc", prices=prices) as client,
    ):
        found = client.embed(texts)
    assert [vector[0] for vector in found.vectors] == list(range(150))
    assert found.usage == Usage(9, 0, 3, found.usage.dollars)
    assert found.usage.dollars == pytest.approx(9 / 1e6)
    posts = [request.json for request in server.asides if request.method == "POST"]
    assert [len(body.pop("input")) for body in posts] == [64, 64, 22]
    assert (
        posts
        == [
            {
                "model": "text-embedding",
                "encoding_format": "float",
                "dimensions": 2,
                "user": "me",
                "session_id": "0xabc",
            }
        ]
        * 3
    )


def test_nothing_is_embedded_without_a_model_or_by_one_that_is_not_there() -> None:
    with served(always(lambda: saying("x")), embeddings) as server:
        with planner(server.url) as client, pytest.raises(ServiceError, match="MORPHEUS_EMBEDDING_MODEL"):
            client.embed(["x"])
        with (
            planner(server.url, embedding=EmbeddingSettings("other")) as client,
            pytest.raises(ServiceError, match="model other"),
        ):
            client.embed(["x"])
        assert [request.method for request in server.asides] == ["GET"]


def test_no_texts_are_no_request() -> None:
    with served(always(lambda: saying("x")), embeddings) as server:
        with planner(server.url, embedding=EmbeddingSettings("text-embedding")) as client:
            assert client.embed([]).vectors == ()
        assert [request.method for request in server.asides] == ["GET"]
