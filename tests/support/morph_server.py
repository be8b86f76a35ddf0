"""A server on 127.0.0.1 that speaks Morph's protocol, well or in any of the broken ways that were seen in the wild.

In a test:   with MorphServer(perfect(oracle)) as server: ... server.url ... server.requests
As a script: python tests/support/morph_server.py --port 0 --oracle FILE --fault NAME --delay S
             prints its base URL on one line, then serves until it is ended. FILE has a JSON object
             {"code": …, "update": …, "merged": …} in each line.

It stands on the standard library alone and shares no code with the client, so that they cannot be wrong together.
"""

from __future__ import annotations

import contextlib
import enum
import json
import re
import socket
import socketserver
import struct
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

# Merged files by file and snippet.
Oracle = Mapping[tuple[str, str], str]
MODELS = ("morph-v3-fast", "morph-v3-large", "auto")
_PROMPT = re.compile(
    r"(?:<instruction>(?P<instruction>.*?)</instruction>\s*)?<code>(?P<code>.*)</code>\s*<update>(?P<update>.*)</update>",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class MorphRequest:
    """One request as it came; header names are lower-case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        value = json.loads(self.body)
        assert isinstance(value, dict)
        return value

    @property
    def stream(self) -> bool:
        return self.json.get("stream") is True

    @property
    def prompt(self) -> str:
        return str(self.json["messages"][-1]["content"])

    @property
    def instruction(self) -> str:
        return self._part("instruction")

    @property
    def code(self) -> str:
        return self._part("code")

    @property
    def update(self) -> str:
        return self._part("update")

    def _part(self, name: str) -> str:
        match = _PROMPT.fullmatch(self.prompt)
        assert match, f"not the prompt of an apply model: {self.prompt[:200]!r}"
        return match[name] or ""


class Ending(enum.Enum):
    """What becomes of the connection after the pieces."""

    KEEP = "keep"
    CLOSE = "close"
    RESET = "reset"
    HOLD = "hold"


@dataclass(frozen=True, slots=True)
class Reply:
    """The bytes to write, head included; a number is a pause of so many seconds."""

    pieces: Iterable[bytes | float]
    ending: Ending = Ending.KEEP


Answers = Callable[[MorphRequest], Reply]

# --- replies ---


def head(status: int, *headers: tuple[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} Status", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def http(status: int, body: bytes, kind: str | None = "application/json", *headers: tuple[str, str]) -> Reply:
    """A well-framed answer of any status; `kind` None sends no content type."""
    typed = () if kind is None else (("Content-Type", kind),)
    return Reply((head(status, *typed, ("Content-Length", str(len(body))), *headers), body))


def chunked_head(kind: str) -> bytes:
    return head(200, ("Content-Type", kind), ("Transfer-Encoding", "chunked"))


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def chunked(pieces: Iterable[bytes], kind: str) -> Reply:
    return Reply((chunked_head(kind), *(chunk(piece) for piece in pieces), b"0\r\n\r\n"))


def error(status: int, message: str, *headers: tuple[str, str]) -> Reply:
    """An error as Morph's API gives it."""
    return http(status, dump({"error": {"message": message, "type": "error"}}), "application/json", *headers)


def dump(value: object) -> bytes:
    return json.dumps(value).encode()


def completion(content: object, finish: str | None = "stop", **message: object) -> dict[str, Any]:
    choice = {"index": 0, "message": {"role": "assistant", "content": content, **message}, "finish_reason": finish}
    usage = {"prompt_tokens": 25, "completion_tokens": 32, "total_tokens": 57}
    return {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "choices": [choice], "usage": usage}


def event(value: object) -> bytes:
    return b"data: " + (value if isinstance(value, bytes) else dump(value)) + b"\n\n"


def delta(content: object, finish: str | None = None, index: int = 0, **more: object) -> dict[str, Any]:
    choice = {"index": index, "delta": {"content": content, **more}, "finish_reason": finish}
    return {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "choices": [choice]}


def usage_event() -> dict[str, Any]:
    return {**delta(""), "choices": [], "usage": completion("")["usage"]}


def text_events(content: str) -> list[bytes]:
    step = max(1, len(content) // 7)
    return [event(delta(content[at : at + step])) for at in range(0, len(content), step)]


DONE = event(b"[DONE]")


def answer(request: MorphRequest, content: str, finish: str | None = "stop") -> Reply:
    """A whole answer, streamed if that was asked for."""
    if not request.stream:
        return http(200, dump(completion(content, finish)))
    events = [*text_events(content), event(delta("", finish))]
    if request.json.get("stream_options", {}).get("include_usage"):
        events.append(event(usage_event()))
    return chunked([*events, DONE], "text/event-stream")


def documented(merged: str) -> str:
    """`merged` as the documented exchange shows it: a newline before and one after that the code did not have."""
    return f"\n{merged}\n"


def perfect(oracle: Oracle, wrap: Callable[[str], str] = documented) -> Answers:
    """Answers as a model that is always right; what the oracle does not know is HTTP 422."""

    def reply(request: MorphRequest) -> Reply:
        merged = oracle.get((request.code, request.update))
        return error(422, "no such case") if merged is None else answer(request, wrap(merged))

    return reply


def held_back(answers: Answers, until: threading.Event) -> Answers:
    """The same answers, none of them before `until` is set."""

    def reply(request: MorphRequest) -> Reply:
        until.wait(60)
        return answers(request)

    return reply


def in_turn(*turns: Answers) -> Answers:
    """The first request gets the first answer, and so on; the last one stays."""
    lock, left = threading.Lock(), list(turns)

    def reply(request: MorphRequest) -> Reply:
        with lock:
            turn = left.pop(0) if len(left) > 1 else left[0]
        return turn(request)

    return reply


def listing(models: Iterable[str]) -> Answers:
    """Answers what is no chat completion: the list of these models, else that there is nothing."""
    data = [{"id": name, "object": "model", "created": 1, "owned_by": "test"} for name in models]

    def reply(request: MorphRequest) -> Reply:
        known = request.method == "GET" and request.path.endswith("/models")
        return http(200, dump({"object": "list", "data": data})) if known else error(404, "no such path")

    return reply


# --- the server ---


class MorphServer:
    """Listens on 127.0.0.1 while it is entered; `answers` says what each request gets, `delay` when (seconds).

    `others` answers what is no chat completion; without it, the models are listed and nothing else is there.
    Leaving it ends every connection and every thread; an exception in `answers` is raised there.
    """

    def __init__(self, answers: Answers, *, delay: float = 0.0, port: int = 0, others: Answers | None = None) -> None:
        self.answers = answers
        self.others = others or listing(MODELS)
        # The requests that are no chat completions.
        self.asides: list[MorphRequest] = []
        self.delay = delay
        self.requests: list[MorphRequest] = []
        self.errors: list[BaseException] = []
        self.changed = threading.Condition()
        self.stopping = threading.Event()
        self._server = _Server(("127.0.0.1", port), _Handler, bind_and_activate=False)
        self._server.owner = self
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    @property
    def url(self) -> str:
        """The base URL, without `/v1`."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def wait_for(self, count: int, seconds: float = 60.0) -> None:
        """Until so many requests have come; AssertionError if they do not."""
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.requests) >= count, seconds), f"{len(self.requests)} requests"

    def __enter__(self) -> Self:
        self._server.server_bind()
        self._server.server_activate()
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._thread.join()
        self._server.end_connections()
        self._server.server_close()
        if self.errors and exception[0] is None:
            raise self.errors[0]


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = True
    request_queue_size = 512
    owner: MorphServer

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()

    def server_bind(self) -> None:
        # HTTPServer's own asks the name service for this machine's name.
        socketserver.TCPServer.server_bind(self)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def end_connections(self) -> None:
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        del request, client_address
        exception = sys.exception()
        # A client that goes away in the middle is no error of the server.
        if exception is not None and not isinstance(exception, ConnectionError | TimeoutError):
            self.owner.errors.append(exception)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        owner = self.server.owner
        request = self._read()
        if not request.path.endswith("/chat/completions"):
            self._aside(request)
            return
        with owner.changed:
            owner.requests.append(request)
            owner.changed.notify_all()
        if not owner.stopping.wait(owner.delay):
            self._write(owner.answers(request))

    def do_GET(self) -> None:
        self._aside(self._read())

    def _aside(self, request: MorphRequest) -> None:
        owner = self.server.owner
        with owner.changed:
            owner.asides.append(request)
        self._write(owner.others(request))

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _read(self) -> MorphRequest:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        headers = {name.lower(): value for name, value in self.headers.items()}
        return MorphRequest(self.command, self.path, headers, body)

    def _write(self, reply: Reply) -> None:
        stopping = self.server.owner.stopping
        for piece in reply.pieces:
            if isinstance(piece, bytes):
                self.wfile.write(piece)
            elif stopping.wait(piece):
                break
        if reply.ending is Ending.HOLD:
            stopping.wait()
        if reply.ending is Ending.RESET:
            linger = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()
        if reply.ending is not Ending.KEEP:
            self.close_connection = True


if __name__ == "__main__":
    # A script has its own folder on the path, not the one above it.
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from support.morph_faults import main

    main(sys.argv[1:])
