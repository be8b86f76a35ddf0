"""A planner on 127.0.0.1: an OpenAI-compatible server of chat completions with tool calls, and of embeddings.

What it answers is a function of the request, so a test says how good, how careless or how obedient its model is. It
stands on the standard library alone and reads the prompt by its own means, not by those of the code that wrote it.
"""

from __future__ import annotations

import json
import re
import threading
import zlib
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

MODEL = "test-planner"
EMBEDDING_MODEL = "test-embedding"
_FRAME = re.compile(r"^<([a-z]+)-([0-9a-f]{16})([^>\n]*)>\n(.*?)\n?^</\1-\2>$", re.DOTALL | re.MULTILINE)
_PATH = re.compile(r"\AThe file is (?P<quoted>'[^'\n]*'|\"[^\"\n]*\")")


@dataclass(frozen=True, slots=True)
class PlannerRequest:
    """One request for a completion; header names are lower-case."""

    headers: Mapping[str, str]
    json: dict[str, Any]

    @property
    def system(self) -> str:
        return self._said("system")

    @property
    def user(self) -> str:
        return self._said("user")

    @property
    def path(self) -> str:
        """The file that the prompt is about."""
        found = _PATH.match(self.user)
        assert found, f"the prompt names no file: {self.user[:100]!r}"
        return found["quoted"][1:-1]

    def framed(self, name: str) -> tuple[str, ...]:
        """What stands between the tags of that name."""
        return tuple(found[4] for found in _FRAME.finditer(self.user) if found[1] == name)

    def _said(self, role: str) -> str:
        (text,) = [message["content"] for message in self.json["messages"] if message["role"] == role]
        assert isinstance(text, str)
        return text


@dataclass(frozen=True, slots=True)
class Call:
    """A call of the tool `edit_file`."""

    target_file: str
    code_edit: str
    instructions: str = "I am making the change that was asked for."


@dataclass(frozen=True, slots=True)
class Answer:
    """Tool calls, or what the model says in place of one."""

    calls: tuple[Call, ...] = ()
    said: str = ""
    prompt_tokens: int = 1000
    completion_tokens: int = 100


@dataclass(frozen=True, slots=True)
class Trouble:
    """An error of the server: it answers with this status and sentence."""

    status: int
    message: str


Mind = Callable[[PlannerRequest], Answer | Trouble]


@dataclass(frozen=True, slots=True)
class Asking:
    """What the planner that knows the right answers expects of a prompt, and its snippet for it."""

    comment: str
    text: str
    snippet: str


@dataclass
class Oracle:
    """Answers with the right snippet if the prompt has all that a model would need, else says what is missing.

    Once for a file, and once more only if the second prompt names the doubts about the first answer.
    """

    askings: Mapping[str, Asking]
    seen: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    complaints: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, request: PlannerRequest) -> Answer | Trouble:
        path = request.path
        asking = self.askings[path]
        with self._lock:
            self.seen[path] += 1
            number = self.seen[path]
            wrong = [*_wrong_tools(request.json.get("tools")), *_wrong_prompt(request, asking, number)]
            if wrong:
                self.complaints.append(f"{path}: {'; '.join(wrong)}")
                return Trouble(422, "; ".join(wrong))
        return Answer((Call(path, asking.snippet),))


def _wrong_tools(tools: object) -> list[str]:
    match tools:
        case [{"type": "function", "function": {"name": "edit_file", "parameters": dict() as schema}}]:
            pass
        case _:
            return [f"the tools are not edit_file alone: {json.dumps(tools)[:200]}"]
    fields = ("target_file", "instructions", "code_edit")
    properties = schema.get("properties", {})
    right = schema.get("type") == "object" and set(fields) <= set(schema.get("required", ()))
    right = right and all(properties.get(name, {}).get("type") == "string" for name in fields)
    return [] if right else ["the schema of edit_file does not say its three strings"]


def _wrong_prompt(request: PlannerRequest, asking: Asking, number: int) -> list[str]:
    wrong = []
    if [_words(text) for text in request.framed("request")] != [_words(asking.comment)]:
        wrong.append("the comment is not in the prompt")
    whole = [text for text in request.framed("file") if text == asking.text.removesuffix("\n")]
    parts = request.framed("excerpt")
    if not whole and not (request.framed("outline") and parts and all(part in asking.text for part in parts)):
        wrong.append("neither the file nor its outline is in the prompt")
    doubts = [text for text in request.framed("doubts") if text.strip()]
    if number == 2 and (len(doubts) != 1 or request.framed("earlier") == ()):
        wrong.append("asked a second time, and no doubt is named")
    if number > 2:
        wrong.append(f"asked {number} times")
    return wrong


def _words(text: str) -> str:
    return " ".join(text.split())


class PlannerServer:
    """Serves until it is closed. `requests` are those for completions, in the order of their arrival."""

    def __init__(self, mind: Mind) -> None:
        self.mind = mind
        self.requests: list[PlannerRequest] = []
        # The texts of each request for embeddings.
        self.embedded: list[list[str]] = []
        self.faults: list[str] = []
        self._lock = threading.Lock()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}/v1"

    @property
    def environment(self) -> dict[str, str]:
        """What makes stetbot ask this server, as fast as it can."""
        return {
            "MORPHEUS_API_KEY": KEY,
            "MORPHEUS_API_URL": self.url,
            "MORPHEUS_MODEL": MODEL,
            "MORPHEUS_REQUESTS_PER_MINUTE": "100000",
            "MORPHEUS_AT_ONCE": "8",
        }

    def complete(self, request: PlannerRequest) -> Answer | Trouble:
        with self._lock:
            self.requests.append(request)
        try:
            return self.mind(request)
        except Exception as error:  # noqa: BLE001 - a test must see it, whatever it is
            self.faults.append(repr(error))
            return Trouble(400, repr(error))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


KEY = "sk-Qv7RtN.4f9c1e07b2a85d63c0e9471fb8d2536a"


def _embedded(texts: list[str]) -> dict[str, Any]:
    """Texts that share their words are alike; that is all that this model knows."""
    sizes = [
        [float(zlib.crc32(word.encode()) % 64 == at) for word in _words(text).split()]
        for text in texts
        for at in range(64)
    ]
    sums = [sum(size) for size in sizes]
    vectors = [sums[at * 64 : at * 64 + 64] for at in range(len(texts))]
    data = [{"object": "embedding", "index": at, "embedding": vector} for at, vector in enumerate(vectors)]
    return {
        "object": "list",
        "model": EMBEDDING_MODEL,
        "data": data,
        "usage": {"prompt_tokens": 10, "total_tokens": 10},
    }


def _completion(answer: Answer, number: int) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": answer.said or None}
    if answer.calls:
        message["tool_calls"] = [
            {
                "id": f"call_{at}",
                "type": "function",
                "function": {
                    "name": "edit_file",
                    "arguments": json.dumps(
                        {
                            "target_file": call.target_file,
                            "instructions": call.instructions,
                            "code_edit": call.code_edit,
                        }
                    ),
                },
            }
            for at, call in enumerate(answer.calls)
        ]
    finish = "tool_calls" if answer.calls else "stop"
    return {
        "id": f"chatcmpl-{number}",
        "object": "chat.completion",
        "created": 1,
        "model": MODEL,
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
        "usage": {
            "prompt_tokens": answer.prompt_tokens,
            "completion_tokens": answer.completion_tokens,
            "total_tokens": answer.prompt_tokens + answer.completion_tokens,
        },
    }


def _handler(server: PlannerServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            models = [
                {"id": MODEL, "object": "model", "modelType": "LLM"},
                {"id": EMBEDDING_MODEL, "object": "model", "modelType": "EMBEDDING"},
            ]
            self.answer(200 if self.path == "/v1/models" else 404, {"object": "list", "data": models})

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            if self.path == "/v1/embeddings":
                server.embedded.append(body["input"])
                self.answer(200, _embedded(body["input"]))
                return
            if self.path != "/v1/chat/completions":
                self.answer(404, {"detail": "Not Found"})
                return
            answer = server.complete(PlannerRequest({key.lower(): value for key, value in self.headers.items()}, body))
            match answer:
                case Answer():
                    self.answer(200, _completion(answer, len(server.requests)))
                case Trouble(status=status, message=message):
                    self.answer(status, {"error": {"message": message, "type": "invalid_request_error"}})

        def answer(self, status: int, value: object) -> None:
            data = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
