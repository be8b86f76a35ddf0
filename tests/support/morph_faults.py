"""The ways in which a Morph server goes wrong, by name, and the script that serves them.

Those of the first part leave no whole answer; those in `WHOLE` are whole answers with a wrong text in them, which only
the proof of the merge can find.
"""

from __future__ import annotations

import argparse
import contextlib
import enum
import functools
import gzip
import json
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from support.morph_server import (
    DONE,
    Answers,
    Ending,
    MorphRequest,
    MorphServer,
    Oracle,
    Reply,
    answer,
    chunk,
    chunked,
    chunked_head,
    completion,
    delta,
    dump,
    error,
    event,
    head,
    http,
    perfect,
    text_events,
    usage_event,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Fault(enum.Enum):
    """Everything that was seen to go wrong. Those in `WHOLE` are whole answers with a wrong text in them."""

    LENGTH = "length"
    CONTENT_FILTER = "content-filter"
    NO_FINISH = "no-finish"
    NO_FINISH_DONE = "no-finish-done"
    TOOL_CALLS = "tool-calls"
    TOOL_FINISH = "tool-finish"
    REFUSAL = "refusal"
    TWO_CHOICES = "two-choices"
    NO_CHOICES = "no-choices"
    WRONG_TYPE = "wrong-type"
    CONTENT_PARTS = "content-parts"
    EMPTY_CONTENT = "empty-content"
    NULL_CONTENT = "null-content"
    BLANK_CONTENT = "blank-content"
    NUL = "nul"
    SURROGATE = "surrogate"
    ERROR_EVENT = "error-event"
    STRAY_ERROR = "stray-error"
    JSON_ERROR_200 = "json-error-200"
    HTML_200 = "html-200"
    EMPTY_BODY = "empty-body"
    NOT_JSON = "not-json"
    NOT_UTF8 = "not-utf8"
    DEEP_JSON = "deep-json"
    TRAILING_GARBAGE = "trailing-garbage"
    WRONG_CONTENT_TYPE = "wrong-content-type"
    NO_CONTENT_TYPE = "no-content-type"
    CUT_CHUNKED = "cut-chunked"
    CUT_LENGTH = "cut-length"
    CUT_CLOSE = "cut-close"
    HUGE_BODY = "huge-body"
    GZIP_BOMB = "gzip-bomb"
    GZIP_CUT = "gzip-cut"
    UNKNOWN_ENCODING = "unknown-encoding"
    REDIRECT = "redirect"
    NOT_HTTP = "not-http"
    CLOSE = "close"
    RESET = "reset"
    HANG = "hang"
    STALL = "stall"
    TRICKLE_HEAD = "trickle-head"
    TRICKLE_BODY = "trickle-body"
    ECHO_KEY = "echo-key"
    NO_CREDIT = "no-credit"
    HTTP_400 = "http-400"
    HTTP_401 = "http-401"
    HTTP_402 = "http-402"
    HTTP_403 = "http-403"
    HTTP_404 = "http-404"
    HTTP_408 = "http-408"
    HTTP_409 = "http-409"
    HTTP_413 = "http-413"
    HTTP_422 = "http-422"
    HTTP_429 = "http-429"
    HTTP_500 = "http-500"
    HTTP_502 = "http-502"
    HTTP_503 = "http-503"
    HTTP_529 = "http-529"
    MARKER_LEFT = "marker-left"
    FENCED = "fenced"
    TAGGED = "tagged"
    CRLF = "crlf"
    SNIPPET_AS_FILE = "snippet-as-file"
    UNCHANGED = "unchanged"
    HALF = "half"


WHOLE = frozenset(
    {Fault.MARKER_LEFT, Fault.FENCED, Fault.TAGGED, Fault.CRLF, Fault.SNIPPET_AS_FILE, Fault.UNCHANGED, Fault.HALF}
)


def faulty(fault: Fault, oracle: Oracle | None = None) -> Answers:
    """Answers with `fault`, made of the right answer where the oracle has it, else of the file that came."""

    def reply(request: MorphRequest) -> Reply:
        merged = (oracle or {}).get((request.code, request.update), request.code)
        if fault in WHOLE:
            return answer(request, _wrong_text(fault, request, merged))
        if fault.value.startswith("http-"):
            return error(int(fault.value[5:]), "canned trouble")
        return broken(fault, request, merged)

    return reply


def _wrong_text(fault: Fault, request: MorphRequest, merged: str) -> str:
    texts = {
        Fault.MARKER_LEFT: f"{merged}# ... existing code ...\n",
        Fault.FENCED: f"```python\n{merged}```",
        Fault.TAGGED: f"<updated-code>\n{merged}</updated-code>",
        Fault.CRLF: merged.replace("\n", "\r\n"),
        Fault.SNIPPET_AS_FILE: request.update,
        Fault.UNCHANGED: request.code,
        Fault.HALF: merged[: len(merged) // 2],
    }
    return texts[fault]


def broken(fault: Fault, request: MorphRequest, merged: str) -> Reply:
    """An answer with a fault of the connection, the framing or the body, where `merged` is what should be answered."""
    return _connection_fault(fault, request, merged) or _body_fault(fault, request, merged)


def _body_fault(fault: Fault, request: MorphRequest, merged: str) -> Reply:
    """A well-framed body that is no answer."""
    half = merged[: len(merged) // 2] or "x"
    call = {"index": 0, "id": "1", "type": "function", "function": {"name": "edit_file", "arguments": "{}"}}
    stopped = event(delta("", "stop"))
    # What a whole answer, and what a stream, looks like with the fault.
    pairs: dict[Fault, tuple[object, list[bytes]]] = {
        Fault.LENGTH: (completion(half, "length"), [event(delta(half)), event(delta("", "length")), DONE]),
        Fault.CONTENT_FILTER: (completion(half, "content_filter"), [event(delta(half, "content_filter")), DONE]),
        Fault.NO_FINISH: (completion(half, None), text_events(half)),
        Fault.NO_FINISH_DONE: (_without(completion(merged), "finish_reason"), [*text_events(merged), DONE]),
        Fault.TOOL_CALLS: (
            completion(merged, "stop", tool_calls=[call]),
            [event(delta(merged)), event(delta(None, tool_calls=[call])), stopped, DONE],
        ),
        Fault.TOOL_FINISH: (completion(merged, "tool_calls"), [event(delta(merged, "tool_calls")), DONE]),
        Fault.REFUSAL: (completion(merged, refusal="I will not"), [event(delta(merged, "stop", refusal="no")), DONE]),
        Fault.TWO_CHOICES: (
            {**completion(""), "choices": completion(merged)["choices"] * 2},
            [event(delta(merged)), event(delta("x", None, 1)), stopped, DONE],
        ),
        Fault.NO_CHOICES: ({**completion(""), "choices": []}, [event(usage_event()), DONE]),
        Fault.WRONG_TYPE: (completion(7), [event(delta(7)), stopped, DONE]),
        Fault.CONTENT_PARTS: (
            completion([{"type": "text", "text": merged}]),
            [event(delta([{"type": "text", "text": merged}])), stopped, DONE],
        ),
        Fault.EMPTY_CONTENT: (completion(""), [stopped, DONE]),
        Fault.NULL_CONTENT: (completion(None), [event(delta(None, "stop")), DONE]),
        Fault.BLANK_CONTENT: (completion(" \n\n"), [event(delta(" \n\n")), stopped, DONE]),
        Fault.NUL: (completion(f"{merged}\0"), [event(delta(f"{merged}\0")), stopped, DONE]),
        Fault.SURROGATE: (completion(f"{merged}\ud83d"), [event(delta(f"{merged}\ud83d")), stopped, DONE]),
        Fault.ERROR_EVENT: (
            {"error": {"message": "engine died"}},
            [*text_events(half), event({"error": {"message": "engine died"}})],
        ),
        Fault.STRAY_ERROR: ({"error": "engine died"}, [*text_events(half), b'{"error":"engine died"}\n']),
        Fault.NOT_JSON: (b'{"choices": [', [event(b'{"choices": ['), stopped, DONE]),
        Fault.NOT_UTF8: (
            dump(completion("caf_")).replace(b"caf_", b"caf\xe9"),
            [event(delta("caf_")).replace(b"caf_", b"caf\xe9"), stopped, DONE],
        ),
        Fault.DEEP_JSON: (b"[" * 200_000, [event(b"[" * 200_000), DONE]),
        Fault.TRAILING_GARBAGE: (
            dump(completion(merged)) + b"\n<!-- cached -->",
            [*text_events(merged), stopped, DONE, event(delta("more"))],
        ),
        Fault.EMPTY_BODY: (b"", []),
    }
    whole, events = pairs[fault]
    if request.stream:
        return chunked(events, "text/event-stream")
    return http(200, whole if isinstance(whole, bytes) else dump(whole))


def _connection_fault(fault: Fault, request: MorphRequest, merged: str) -> Reply | None:
    """What is wrong with the head, the framing or the connection; None for a fault of the body."""
    body, kind = dump(completion(merged)), "application/json"
    if request.stream:
        body, kind = b"".join([*text_events(merged), event(delta("", "stop")), DONE]), "text/event-stream"
    half, typed = body[: len(body) // 2], ("Content-Type", kind)
    to_close = head(200, typed, ("Connection", "close"))
    measured = head(200, typed, ("Content-Length", str(len(body))))
    key = request.headers.get("authorization", "")
    replies: dict[Fault, Callable[[], Reply]] = {
        Fault.JSON_ERROR_200: lambda: http(200, dump({"error": {"message": "engine died", "type": "api_error"}})),
        Fault.HTML_200: lambda: http(200, b"<html><head><title>Sign in</title></head></html>", "text/html"),
        Fault.WRONG_CONTENT_TYPE: lambda: http(200, body, "text/plain"),
        Fault.NO_CONTENT_TYPE: lambda: http(200, body, None),
        Fault.CUT_CHUNKED: lambda: Reply((chunked_head(kind), chunk(half)), Ending.CLOSE),
        Fault.CUT_LENGTH: lambda: Reply((measured, half), Ending.CLOSE),
        Fault.CUT_CLOSE: lambda: Reply((to_close, half), Ending.CLOSE),
        Fault.HUGE_BODY: lambda: Reply(_endless(to_close), Ending.CLOSE),
        Fault.GZIP_BOMB: lambda: http(200, _bomb(), kind, ("Content-Encoding", "gzip")),
        Fault.GZIP_CUT: lambda: http(200, gzip.compress(body)[:-12], kind, ("Content-Encoding", "gzip")),
        Fault.UNKNOWN_ENCODING: lambda: http(200, body, kind, ("Content-Encoding", "br")),
        Fault.REDIRECT: lambda: http(302, b"", kind, ("Location", "/v1/elsewhere")),
        Fault.ECHO_KEY: lambda: error(401, f"Incorrect key: {key.removeprefix('Bearer ')}. Header: {key}"),
        Fault.NO_CREDIT: lambda: error(429, "You are out of credits; please purchase additional credits."),
        Fault.NOT_HTTP: lambda: Reply((b"SSH-2.0-OpenSSH_9.6\r\n",), Ending.CLOSE),
        Fault.CLOSE: lambda: Reply((), Ending.CLOSE),
        Fault.RESET: lambda: Reply((), Ending.RESET),
        Fault.HANG: lambda: Reply((), Ending.HOLD),
        Fault.STALL: lambda: Reply((measured, half), Ending.HOLD),
        Fault.TRICKLE_HEAD: lambda: Reply(_trickle(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x"), Ending.CLOSE),
        Fault.TRICKLE_BODY: lambda: Reply(_trickle(to_close, b" "), Ending.CLOSE),
    }
    make = replies.get(fault)
    return None if make is None else make()


def _without(answer_: dict[str, Any], name: str) -> dict[str, Any]:
    del answer_["choices"][0][name]
    return answer_


def _endless(start: bytes) -> Iterator[bytes]:
    yield start
    for _ in range(1100):
        yield b" " * 65536


def _trickle(start: bytes, drop: bytes) -> Iterator[bytes | float]:
    yield start
    while True:
        yield 0.02
        yield drop


@functools.cache
def _bomb() -> bytes:
    return gzip.compress(b" " * (80 << 20), compresslevel=1)


# --- the script ---


def read_oracle(path: Path) -> dict[tuple[str, str], str]:
    lines = path.read_text(encoding="utf-8").split("\n")
    cases = [json.loads(line) for line in lines if line.strip()]
    return {(case["code"], case["update"]): case["merged"] for case in cases}


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description="a server that speaks Morph's protocol")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--oracle", type=Path)
    parser.add_argument("--fault", type=Fault, choices=list(Fault), metavar="NAME")
    parser.add_argument("--delay", type=float, default=0.0)
    options = parser.parse_args(arguments)
    oracle = read_oracle(options.oracle) if options.oracle else {}
    answers = faulty(options.fault, oracle) if options.fault else perfect(oracle)
    with contextlib.suppress(KeyboardInterrupt), MorphServer(answers, delay=options.delay, port=options.port) as server:
        print(server.url, flush=True)  # noqa: T201 - what the script is for
        threading.Event().wait()
