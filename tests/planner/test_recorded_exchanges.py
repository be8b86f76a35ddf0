"""Every exchange that was recorded with the Morpheus gateway, played again, ends as it should.

The gateway ran whole, with keys and a ledger of its own; `tests/wire/morpheus` says how. One row for each recording.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from support.morph_client import KEY, Slept
from support.morph_server import MorphServer, in_turn
from support.planner import EDIT, PROMPT, planner
from support.recordings import numbers, recording

from bot.chat.request import Delivery
from bot.errors import Code, ServiceError
from bot.planning.records import Planned, PlanPrompt

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.planner import PlannerClient


class Asked(enum.Enum):
    """What the recording answers."""

    EDIT = "edit"
    STREAMED_EDIT = "streamed edit"
    MODELS = "models"
    BALANCE = "balance"
    EMBEDDINGS = "embeddings"
    HEALTH = "health"


class End(enum.Enum):
    """What becomes of it."""

    ANSWER = "answer"
    RETRY = "retry"  # asked again, in the same way
    DEGRADE = "degrade"  # asked again as a stream, since the whole answer took too long
    FINAL = "final"  # said at once


@dataclass(frozen=True, slots=True)
class Row:
    """`said`: a piece of the message, or of the answer; `slept`: at least so many seconds before the next try."""

    end: End
    said: str
    asked: Asked = Asked.EDIT
    code: Code = Code.SERVICE_ERROR
    slept: float = 0.0
    prompt: PlanPrompt = field(default=PROMPT, repr=False)


HELLO = Row(End.ANSWER, "Hello from the stub.")
STREAMED_HELLO = Row(End.ANSWER, "Hello from the stub.", Asked.STREAMED_EDIT)
STREAM = Asked.STREAMED_EDIT
TABLE = {
    "01": HELLO,
    "02": Row(End.ANSWER, "I will rename foo to bar."),
    "03": Row(End.ANSWER, "I will rename foo to bar.", STREAM),
    "04": STREAMED_HELLO,
    "05": Row(End.FINAL, "HTTP 422: the request was not accepted (body.messages)"),
    "06": Row(End.FINAL, "HTTP 422: the request was not accepted (body.messages.0.content"),
    "07": Row(End.FINAL, "HTTP 422: the request was not accepted (body.15)"),
    "08": Row(End.FINAL, "HTTP 401: the key was not accepted (API key missing); set a valid key"),
    "09": Row(End.FINAL, "HTTP 401: the key was not accepted (Invalid API key format. Must start with sk-)"),
    "10": Row(End.FINAL, "HTTP 401: the key was not accepted (Invalid API key)"),
    "13": Row(End.FINAL, "HTTP 402: the account has no credit left (Insufficient credits)"),
    "14": Row(End.FINAL, "Did you mean: 'kimi-k2.7-code'?); check the model's name"),
    "15": Row(End.FINAL, "is type 'EMBEDDING' and cannot be used for 'LLM' requests"),
    "16": HELLO,  # nothing in it shows that another model answered: the list of models has to be asked
    "17": Row(End.FINAL, "HTTP 404: there is no such address or model (Not Found)"),
    "18": Row(End.FINAL, "HTTP 405: this address takes no chat completions (Method Not Allowed)"),
    "19": Row(End.ANSWER, "kimi-k2.7-code", Asked.MODELS),
    "20": Row(End.ANSWER, "9.9987035", Asked.BALANCE),
    "21": Row(End.RETRY, "HTTP 500: the service is in trouble (HTTP 500: "),
    "22": Row(End.RETRY, "answered with an error (HTTP 500: ", STREAM),
    "23": Row(End.FINAL, "HTTP 400: the request is longer than the model's context"),
    "24": Row(End.FINAL, "maximum context length is 32768 tokens", STREAM),
    "25": Row(End.RETRY, "HTTP 429: too many requests (HTTP 429: ", code=Code.RATE_LIMITED),
    "26": Row(End.RETRY, "answered with an error (HTTP 429: ", STREAM, Code.RATE_LIMITED),
    "27": Row(End.RETRY, "HTTP 502: the service is in trouble (HTTP 502: "),
    "28": Row(End.RETRY, "502 Bad Gateway"),
    "29": Row(End.RETRY, "502 Bad Gateway", STREAM),
    "30": Row(End.RETRY, "HTTP 500: the service is in trouble (Unexpected response format from provider"),
    "31": Row(End.RETRY, "peer closed connection", STREAM),
    "32": Row(End.RETRY, "provider closed connection: read timed out", STREAM),
    "33": Row(End.RETRY, "broke its stream off in the middle", STREAM),
    "34": HELLO,
    "35": STREAMED_HELLO,
    "36": Row(End.RETRY, "Retry after session recovery failed"),
    "37": Row(End.RETRY, "failed to connect to provider", STREAM),
    "38": HELLO,
    "39": STREAMED_HELLO,
    "40": Row(End.RETRY, "Error opening session"),
    "41": Row(End.RETRY, "Error opening session", STREAM),
    "42": STREAMED_HELLO,
    "42b": HELLO,
    "43": Row(End.RETRY, "CUDA out of memory", STREAM),
    "44": HELLO,
    "45": Row(End.RETRY, "HTTP 429: too many requests (Rate limit exceeded: 1/1", code=Code.RATE_LIMITED, slept=47),
    "46": Row(End.FINAL, "the request alone has more tokens than the account may send in a minute"),
    "47": Row(End.RETRY, "HTTP 429: too many requests (Rate limit exceeded: 1/1", STREAM, Code.RATE_LIMITED, slept=47),
    "49": HELLO,
    "50": Row(End.DEGRADE, "HTTP 503: the service is in trouble (Request failed after 1 attempts:)"),
    "51": Row(End.RETRY, "Failed to create chat completions stream", STREAM),
    "52": Row(End.RETRY, "Failed to create chat completions stream", STREAM),
    "53": Row(End.FINAL, "HTTP 402: the account has no credit left (Insufficient credits", Asked.EMBEDDINGS),
    "55": Row(End.FINAL, "HTTP 404: there is no such address or model (Not Found)"),
    "56": Row(End.FINAL, "HTTP 426: the service wants https (This API requires HTTPS."),
    "57": Row(End.ANSWER, "()", Asked.HEALTH),
}
DELIVERY = {Asked.STREAMED_EDIT: Delivery.STREAM}


def ask(client: PlannerClient, row: Row) -> object:
    questions: dict[Asked, Callable[[], object]] = {
        Asked.MODELS: client.models,
        Asked.BALANCE: client.balance,
        Asked.EMBEDDINGS: lambda: client.embed(["hi"]),
        Asked.HEALTH: client.troubles,
    }
    return questions.get(row.asked, lambda: client.plan(row.prompt))()


def served(number: str, row: Row, *, again: bool) -> MorphServer:
    """A server that plays the recording, and after it, if it is asked `again`, one that holds an edit."""
    good = recording("03" if row.asked is STREAM or row.end is End.DEGRADE else "02")
    turns = in_turn(recording(number), good) if again else recording(number)
    lists = recording("19")

    def others(request: Any) -> Any:
        return (lists if request.path.endswith("/models") else recording(number))(request)

    return MorphServer(turns, others=others)


def client_of(server: MorphServer, row: Row, clock: Slept) -> PlannerClient:
    from bot.planner import EmbeddingSettings

    return planner(
        f"{server.url}/api/v1",
        clock,
        delivery=DELIVERY.get(row.asked, Delivery.WHOLE),
        embedding=EmbeddingSettings("text-embedding-bge-m3"),
    )


def test_the_table_has_every_recording() -> None:
    assert list(TABLE) == numbers()
    assert len(TABLE) == 54


@pytest.mark.parametrize("number", [number for number in TABLE if TABLE[number].end is End.ANSWER])
def test_an_answer_is_read(number: str) -> None:
    row, clock = TABLE[number], Slept()
    with served(number, row, again=False) as server, client_of(server, row, clock) as client:
        answer = ask(client, row)
    assert row.said in str(answer)
    if not isinstance(answer, Planned):
        return
    assert len(server.requests) == 1
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) in ((100, 42), (98, 40))
    assert answer.usage.requests == 1
    (request_id,) = re.findall(rb"x-request-id: (\w+)", b"".join(recording(number).pieces))
    assert answer.request_ids == (request_id.decode(),)
    if number in ("02", "03"):
        (call,) = answer.calls
        assert (call.target_file, call.instructions) == ("app.py", EDIT.instructions)
        assert call.code_edit.startswith(EDIT.code_edit)
        assert answer.said == ""
    else:
        assert (answer.calls, answer.said) == ((), "Hello from the stub.")


@pytest.mark.parametrize("number", [number for number in TABLE if TABLE[number].end is not End.ANSWER])
def test_a_failure_is_said_for_what_it_is(number: str) -> None:
    row, clock = TABLE[number], Slept()
    with served(number, row, again=False) as server, client_of(server, row, clock) as client:
        with pytest.raises(ServiceError, match=re.escape(row.said)) as failed:
            ask(client, row)
        tries = len(server.requests)
    assert str(failed.value).startswith("The planner ")
    assert failed.value.code is row.code
    assert KEY not in str(failed.value)
    if row.asked is not Asked.EMBEDDINGS:
        assert tries == (1 if row.end is End.FINAL else 3)
    assert bool(clock.sleeps) is (row.end is not End.FINAL)


@pytest.mark.parametrize("number", [number for number in TABLE if TABLE[number].end in (End.RETRY, End.DEGRADE)])
def test_what_passes_is_asked_again_and_the_next_answer_counts(number: str) -> None:
    row, clock = TABLE[number], Slept()
    with served(number, row, again=True) as server, client_of(server, row, clock) as client:
        planned = client.plan(row.prompt)
    first, second = (request.json for request in server.requests)
    assert [call.target_file for call in planned.calls] == ["app.py"]
    assert planned.usage.requests == 2
    assert sum(clock.sleeps) > row.slept - 1
    assert second == (first if row.end is End.RETRY else {**first, "stream": True})
