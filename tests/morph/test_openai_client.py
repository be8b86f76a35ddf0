"""The official client gets the same from the test server, so that the server is no mirror of our own mistakes."""

from __future__ import annotations

import openai
import pytest
from support.morph_client import CODE, KEY, MERGED, ORACLE, UPDATE, client
from support.morph_faults import Fault, faulty
from support.morph_server import MorphServer, documented, perfect

from bot.chat.fast_apply import apply_prompt, unwrap_answer
from bot.chat.request import Delivery

PROMPT = apply_prompt("I am adding tax.", CODE, UPDATE)


def official(server: MorphServer) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{server.url}/v1", api_key=KEY, max_retries=0)


def test_a_whole_answer_is_the_same_for_the_official_client() -> None:
    with MorphServer(perfect(ORACLE)) as server:
        with official(server) as theirs:
            answer = theirs.chat.completions.create(
                model="morph-v3-large", messages=[{"role": "user", "content": PROMPT}], temperature=0
            )
        with client(server.url) as morph:
            ours = morph.apply("I am adding tax.", CODE, UPDATE)
    (choice,) = answer.choices
    assert (choice.message.content, choice.finish_reason) == (documented(MERGED), "stop")
    assert answer.usage is not None
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (25, 32)
    assert unwrap_answer(choice.message.content or "", CODE) == ours.text == MERGED
    first, second = (request.json for request in server.requests)
    assert second == {**first, "stream": False}


def test_a_streamed_answer_is_the_same_for_the_official_client() -> None:
    with MorphServer(perfect(ORACLE)) as server:
        with official(server) as theirs:
            chunks = list(
                theirs.chat.completions.create(
                    model="morph-v3-large",
                    messages=[{"role": "user", "content": PROMPT}],
                    temperature=0,
                    stream=True,
                    stream_options={"include_usage": True},
                )
            )
        with client(server.url, delivery=Delivery.STREAM) as morph:
            ours = morph.apply("I am adding tax.", CODE, UPDATE)
    content = "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices)
    finishes = [choice.finish_reason for chunk in chunks for choice in chunk.choices if choice.finish_reason]
    assert finishes == ["stop"]
    assert chunks[-1].usage is not None
    assert (chunks[-1].usage.prompt_tokens, chunks[-1].usage.completion_tokens) == (25, 32)
    assert unwrap_answer(content, CODE) == ours.text == MERGED
    first, second = (request.json for request in server.requests)
    assert first == second


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.HTTP_400, openai.BadRequestError),
        (Fault.ECHO_KEY, openai.AuthenticationError),
        (Fault.HTTP_403, openai.PermissionDeniedError),
        (Fault.HTTP_404, openai.NotFoundError),
        (Fault.HTTP_422, openai.UnprocessableEntityError),
        (Fault.NO_CREDIT, openai.RateLimitError),
        (Fault.HTTP_503, openai.InternalServerError),
        (Fault.RESET, openai.APIConnectionError),
    ],
)
def test_the_official_client_sees_the_errors_for_what_they_are(fault: Fault, error: type[openai.APIError]) -> None:
    with MorphServer(faulty(fault)) as server, official(server) as theirs, pytest.raises(error):
        theirs.chat.completions.create(model="morph-v3-large", messages=[{"role": "user", "content": PROMPT}])


def test_the_official_client_can_list_the_models() -> None:
    with MorphServer(perfect({})) as server, official(server) as theirs:
        assert [model.id for model in theirs.models.list()] == ["morph-v3-fast", "morph-v3-large", "auto"]
