"""The table of everything that goes wrong on the wire: what the user reads, and that no text comes of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import pytest
from support.morph_client import CODE, KEY, LIMITS, ORACLE, UPDATE, Slept, client
from support.morph_faults import WHOLE, Fault, faulty
from support.morph_server import MorphServer

from bot.chat.request import Delivery
from bot.errors import Code, ServiceError


@dataclass(frozen=True, slots=True)
class Told:
    """What is said (`stream`: where it differs), how often the service was asked, and whether it counts as down."""

    whole: str
    stream: str = ""
    tries: int = 1
    tries_stream: int = 0
    down: bool = False
    code: Code = Code.SERVICE_ERROR


AGAIN = 4
TYPE = "content type that was not asked for"
SHAPE = "shape that is not documented"
CUT = "broke the connection off before its answer was whole"
TABLE = {
    Fault.LENGTH: Told("stopped at its length limit: the answer is not whole"),
    Fault.CONTENT_FILTER: Told("content filter"),
    Fault.NO_FINISH: Told("no finish_reason", "broke its stream off in the middle", tries_stream=AGAIN),
    Fault.NO_FINISH_DONE: Told("no finish_reason"),
    Fault.TOOL_CALLS: Told("tool call instead of text"),
    Fault.TOOL_FINISH: Told("finish_reason tool_calls"),
    Fault.REFUSAL: Told("refused to answer"),
    Fault.TWO_CHOICES: Told("2 choices", "several choices"),
    Fault.NO_CHOICES: Told("no choices", "no finish_reason"),
    Fault.WRONG_TYPE: Told(SHAPE),
    Fault.CONTENT_PARTS: Told(SHAPE),
    Fault.EMPTY_CONTENT: Told("answered with no text"),
    Fault.NULL_CONTENT: Told("answered with no text"),
    Fault.BLANK_CONTENT: Told("answered with no text"),
    Fault.NUL: Told("NUL character"),
    Fault.SURROGATE: Told("half a surrogate pair"),
    Fault.ERROR_EVENT: Told("answered with an error (engine died)", tries_stream=AGAIN),
    Fault.STRAY_ERROR: Told("answered with an error (engine died)", tries_stream=AGAIN),
    Fault.JSON_ERROR_200: Told("answered with an error (engine died)"),
    Fault.HTML_200: Told(f"{TYPE} (text/html); check the base URL"),
    Fault.EMPTY_BODY: Told("empty body", "empty stream", tries=AGAIN, down=True),
    Fault.NOT_JSON: Told("not JSON"),
    Fault.NOT_UTF8: Told("not UTF-8"),
    Fault.DEEP_JSON: Told("nested too deep"),
    Fault.TRAILING_GARBAGE: Told("not JSON (Extra data", "went on after the end of its stream"),
    Fault.WRONG_CONTENT_TYPE: Told(f"{TYPE} (text/plain)"),
    Fault.NO_CONTENT_TYPE: Told(f"{TYPE} (none at all)"),
    Fault.CUT_CHUNKED: Told(CUT, tries=AGAIN, down=True),
    Fault.CUT_LENGTH: Told(CUT, tries=AGAIN, down=True),
    Fault.CUT_CLOSE: Told("not JSON", "broke its stream off in the middle", tries_stream=AGAIN),
    Fault.HUGE_BODY: Told("more than 1,048,576 bytes"),
    Fault.GZIP_BOMB: Told("more than 1,048,576 bytes"),
    Fault.GZIP_CUT: Told("compression not ended", tries=AGAIN, down=True),
    Fault.UNKNOWN_ENCODING: Told("encoding that was not asked for (br)"),
    Fault.REDIRECT: Told("HTTP 302: a redirect, which is not followed"),
    Fault.NOT_HTTP: Told("broke the connection off", tries=AGAIN, down=True),
    Fault.CLOSE: Told(CUT, tries=AGAIN, down=True),
    Fault.RESET: Told("broke the connection off", tries=AGAIN, down=True),
    Fault.HANG: Told("was silent for", down=True),
    Fault.STALL: Told("was silent for", down=True),
    Fault.TRICKLE_HEAD: Told("gave no whole answer within 1 s", down=True),
    Fault.TRICKLE_BODY: Told("gave no whole answer within 1 s", down=True),
    Fault.ECHO_KEY: Told("HTTP 401: the key was not accepted (Incorrect key: [hidden]. Header: [hidden]); set a valid"),
    Fault.NO_CREDIT: Told("HTTP 429: the account has no credit left (You are out of credits"),
    Fault.HTTP_400: Told("HTTP 400: the request was not understood (canned trouble); check the model's name"),
    Fault.HTTP_401: Told("HTTP 401: the key was not accepted"),
    Fault.HTTP_402: Told("HTTP 402: the account has no credit left"),
    Fault.HTTP_403: Told("HTTP 403: the key may not do this"),
    Fault.HTTP_404: Told("HTTP 404: there is no such address or model"),
    Fault.HTTP_408: Told("HTTP 408: the request took too long", tries=AGAIN, down=True),
    Fault.HTTP_409: Told("HTTP 409: another request was in the way", tries=AGAIN),
    Fault.HTTP_413: Told("HTTP 413: the file is too large for the service"),
    Fault.HTTP_422: Told("HTTP 422: the request was not accepted"),
    Fault.HTTP_429: Told("HTTP 429: too many requests", tries=AGAIN, code=Code.RATE_LIMITED),
    Fault.HTTP_500: Told("HTTP 500: the service is in trouble", tries=AGAIN, down=True),
    Fault.HTTP_502: Told("HTTP 502: the service is in trouble", tries=AGAIN, down=True),
    Fault.HTTP_503: Told("HTTP 503: the service is in trouble", tries=AGAIN, down=True),
    Fault.HTTP_529: Told("HTTP 529: the service is in trouble", tries=AGAIN, down=True),
}
SLOW = frozenset({Fault.HANG, Fault.STALL, Fault.TRICKLE_HEAD, Fault.TRICKLE_BODY})


def test_the_table_has_every_fault_that_leaves_no_whole_answer() -> None:
    assert set(TABLE) == set(Fault) - WHOLE


@pytest.mark.parametrize("delivery", Delivery)
@pytest.mark.parametrize("fault", TABLE, ids=lambda fault: fault.value)
def test_no_fault_of_the_wire_gives_a_text(fault: Fault, delivery: Delivery) -> None:
    told = TABLE[fault]
    streamed = delivery is Delivery.STREAM
    said = (told.stream if streamed else "") or told.whole
    tries = (told.tries_stream if streamed else 0) or told.tries
    # Only a real silence shows that a silence is ended.
    limits = replace(LIMITS, total=1.0, idle=0.5) if fault in SLOW else LIMITS
    with MorphServer(faulty(fault, ORACLE)) as server, client(server.url, Slept(), delivery, limits) as morph:
        with pytest.raises(ServiceError, match=re.escape(said)) as failed:
            morph.apply("I am adding tax.", CODE, UPDATE)
        assert len(server.requests) == tries
        assert {request.path for request in server.requests} == {"/v1/chat/completions"}
    assert str(failed.value).startswith("Morph ")
    assert ("(4 tries)" in str(failed.value)) is (tries == AGAIN)
    assert failed.value.down is (told.down or (streamed and told.tries_stream == AGAIN))
    assert failed.value.code is told.code
    assert KEY not in str(failed.value)
    assert CODE[:20] not in str(failed.value)
