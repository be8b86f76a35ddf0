"""Asking a chat service: wire format, transport, retries and time joined. Morph and the planner are two uses of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Generic, TypeVar

import bot
from bot.chat.failure import Failed, Hint, Trouble, judge_answer, judge_status, media_type
from bot.chat.reading import AnswerError, Retry, read_json
from bot.chat.request import Delivery, encoded
from bot.chat.retry import RetryPolicy, duration
from bot.chat.scrub import scrub
from bot.chat.stream import reader_for
from bot.chat.tally import Tally
from bot.errors import Code, ServiceError
from bot.http import Failure, HttpRequest, TransportError, Waits
from bot.pacing import Fuse, Gate, Pacer
from bot.parallel import within

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from bot.chat.completion import Completion
    from bot.chat.endpoint import Endpoint, Key
    from bot.chat.request import ChatRequest
    from bot.http import HttpResponse, Transport
    from bot.pacing import Pace, Timing

R = TypeVar("R")

# An answer that is not streamed is silent while the model writes it: some 3 characters a token, and no model that is
# worth asking writes fewer than 1000 tokens a second. The answer of an apply model is about as long as the request.
_WRITTEN_PER_SECOND = 3000
# An error's sentence stands at its beginning.
_ERROR_BYTES = 1 << 16
_ERROR_SECONDS = 3.0
# The transport ends a silence itself, and more gently; the thread is given up only where it does not.
_GRACE = 0.25
_NOT_ASKED = Failed(
    "was silent for the requests before this one, and was not asked again", Trouble.DOWN, Retry.FINAL, silent=True
)
_REQUEST_ID = re.compile(r"[\w.:-]{1,80}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Service:
    """Whom to ask: `name` is how messages call it. A key is not wanted everywhere."""

    name: str
    endpoint: Endpoint
    key: Key | None


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds over all tries, of silence, and to connect; bytes of one decoded answer (a stream is mostly frames)."""

    total: float = 120.0
    idle: float = 30.0
    connect: float = 10.0
    body: int = 64 * 1024 * 1024


# For lists and accounts, which answer at once or not at all.
DESK_LIMITS = Limits(total=30.0, idle=10.0)
DESK_POLICY = RetryPolicy(tries=2)


@dataclass(frozen=True, slots=True)
class Asked(Generic[R]):
    """What was made of an answer, the answer itself, and the number of requests that it took."""

    value: R
    completion: Completion
    requests: int


class OtherForm(ServiceError):
    """This form of request got no answer, another one may; `always`: the service takes it from nobody."""

    def __init__(self, error: ServiceError, *, always: bool) -> None:
        super().__init__(error.problem, error.code, down=error.down, status=error.status)
        self.always = always


class ChatClient:
    """One service, asked from many threads. All of them obey a pause that the service asks any of them for."""

    def __init__(
        self,
        service: Service,
        transport: Transport,
        timing: Timing,
        limits: Limits | None = None,
        policy: RetryPolicy | None = None,
        pace: Pace | None = None,
    ) -> None:
        self._service = service
        self._transport = transport
        self._timing = timing
        self._limits = limits or Limits()
        self._policy = policy or RetryPolicy()
        self._gate = Gate(timing)
        self._pacer = Pacer(pace, timing)
        self._fuse = Fuse(timing)

    def ask(self, request: ChatRequest, accept: Callable[[Completion], R], tally: Tally | None = None) -> Asked[R]:
        """The answer to `request` as `accept` reads it (it raises AnswerError for one that is not usable).

        Raises ServiceError, `down` where the service cannot be reached, breaks or is too slow, OtherForm where it does
        not take such requests; Refusal for a text that cannot be encoded, and where `tally` allows no further try.
        """
        counted = tally if tally is not None else Tally()
        before = counted.requests

        def call(delivery: Delivery) -> _Call[tuple[R, Completion]]:
            asked = replace(request, delivery=delivery)

            def read(headers: Mapping[str, str], chunks: Iterator[bytes]) -> tuple[R, Completion]:
                completion = _completion(headers, chunks, asked)
                counted.tokens.append(completion.tokens)
                return accept(completion), completion

            url, characters = self._service.endpoint.completions, sum(len(item.content) for item in asked.messages)
            return _Call(url, asked.encode(), delivery, read, bool(asked.tools), characters)

        value, completion = self._persist(call, request.delivery, counted)
        return Asked(value, completion, counted.requests - before)

    def fetch(
        self,
        url: str,
        read: Callable[[object], R],
        body: Mapping[str, object] | None = None,
        tally: Tally | None = None,
    ) -> R:
        """What `read` makes of the JSON that `url` answers, to a GET, or to a POST of `body`. Raises as `ask` does."""

        def decode(_: Mapping[str, str], chunks: Iterator[bytes]) -> R:
            return read(read_json(b"".join(chunks)))

        call = _Call(url, b"" if body is None else encoded(body), Delivery.WHOLE, decode)
        return self._persist(lambda _: call, Delivery.WHOLE, tally if tally is not None else Tally())

    def _persist(self, call_for: Callable[[Delivery], _Call[R]], delivery: Delivery, tally: Tally) -> R:
        """What comes of an errand; where those before it came to silence, it is not begun."""
        silent = False
        try:
            return self._tried(call_for, delivery, tally)
        except ServiceError as error:
            silent = error.silent
            raise
        finally:
            if silent:
                self._fuse.silent()
            else:
                self._fuse.answered()

    def _tried(self, call_for: Callable[[Delivery], _Call[R]], delivery: Delivery, tally: Tally) -> R:
        """Try until there is an answer, or a reason to stop."""
        call = call_for(delivery)
        deadline = self._timing.monotonic() + self._limits.total
        failed: Failed | None = None
        for number in range(1, self._policy.tries + 1):
            with self._pacer.turn() as waited:
                # Who waits for a turn is not kept waiting by the service.
                deadline += waited
                self._pass_gate(deadline, failed)
                if failed is None and self._fuse.blown():
                    raise self._error(_NOT_ASKED, 0)
                tally.begin()
                outcome = self._within(deadline, call, tally)
            if isinstance(outcome, _Answer):
                return outcome.value
            failed = outcome
            if failed.retry is Retry.OTHERWISE or (failed.hint is Hint.NO_TOOLS and call.tools):
                raise OtherForm(self._error(failed, number, tally), always=failed.retry is not Retry.OTHERWISE)
            if failed.retry is Retry.FINAL or number == self._policy.tries:
                raise self._error(failed, number, tally)
            self._pause(failed, number, deadline)
            if failed.hint is Hint.STREAM and self._policy.stream_after_silence and call.delivery is Delivery.WHOLE:
                call = call_for(Delivery.STREAM)
        raise AssertionError("a policy allows at least one try")

    def _within(self, deadline: float, call: _Call[R], tally: Tally) -> _Answer[R] | Failed:
        left = deadline - self._timing.monotonic()
        if left <= 0:
            return self._too_slow()  # it passed since the gate was open: no socket takes a time-out below zero
        try:
            return within(left + _GRACE, lambda: self._once(call, left, tally))
        except TimeoutError:
            return self._too_slow()

    def _once(self, call: _Call[R], left: float, tally: Tally) -> _Answer[R] | Failed:
        writing = 0.0 if call.delivery is Delivery.STREAM else len(call.body) / _WRITTEN_PER_SECOND
        waits = Waits(min(self._limits.connect, left), min(self._limits.idle + writing, left))
        until = self._timing.monotonic() + left
        secrets = () if self._service.key is None else (self._service.key.reveal(),)
        try:
            with self._transport.send(self._request(call), waits) as response:
                identity = response.headers.get("x-request-id", "")
                # It is told and written down, so what has the key in it is no name.
                if _REQUEST_ID.fullmatch(identity) and scrub(identity, secrets) == identity:
                    tally.request_ids.append(identity)
                if response.status != 200:
                    said = self._beginning(response)
                    wall = self._timing.wall()
                    failed = judge_status(response.status, response.headers, said, wall, secrets, call.characters)
                    return replace(failed, status=response.status)
                return _Answer(call.read(response.headers, self._in_time(response, until)))
        except _TooLate:
            return self._too_slow()
        except AnswerError as error:
            return judge_answer(error, secrets)
        except TransportError as error:
            trouble, retry = (Trouble.DOWN, Retry.AGAIN) if error.down else (Trouble.WRONG, Retry.FINAL)
            silent = error.failure is Failure.TIMEOUT
            return Failed(error.happened, trouble, retry, hint=Hint.STREAM if silent else Hint.NONE, silent=silent)

    def _in_time(self, response: HttpResponse, until: float) -> Iterator[bytes]:
        """The body as it comes. Raises _TooLate where nobody waits any more: read on, it would go on, and cost."""
        for chunk in response.chunks(self._limits.body):
            if self._timing.monotonic() >= until:
                raise _TooLate
            yield chunk

    def _beginning(self, response: HttpResponse) -> bytes:
        """The first bytes of an error's body; that it is long, slow, or cut, is no second error."""
        until = self._timing.monotonic() + _ERROR_SECONDS
        body = bytearray()
        try:
            for chunk in response.chunks(_ERROR_BYTES):
                body += chunk
                if self._timing.monotonic() >= until:
                    break
        except TransportError:
            pass
        return bytes(body[:_ERROR_BYTES])

    def _request(self, call: _Call[R]) -> HttpRequest:
        key = self._service.key
        headers = (
            *(() if key is None else (("authorization", f"Bearer {key.reveal()}"),)),
            *((("content-type", "application/json"),) if call.body else ()),
            ("accept", "application/json"),
            ("accept-encoding", "identity"),
            ("user-agent", f"stetbot/{bot.__version__}"),
        )
        return HttpRequest("POST" if call.body else "GET", call.url, headers, call.body)

    def _pass_gate(self, deadline: float, failed: Failed | None) -> None:
        """Wait until the service wants requests again, or say at once that this would be too late."""
        while (wait := self._gate.wait_left()) > 0:
            if wait > self._policy.patience or self._timing.monotonic() + wait > deadline:
                raise self._too_long(wait, failed)
            # A little apart from each other, or all workers would come back in the same instant.
            self._timing.sleep(wait + self._timing.dice() * min(0.5, wait * self._policy.jitter))
        if self._timing.monotonic() >= deadline:
            raise self._error(failed or self._too_slow(), 0)

    def _pause(self, failed: Failed, number: int, deadline: float) -> None:
        """After a failed try: shut the gate for all, or sleep alone."""
        now = self._timing.monotonic()
        wait = failed.wait
        if wait is None:
            wait = self._policy.back_off(number, self._timing.dice())
            if now + wait > deadline:
                raise self._error(failed, number)
        if failed.wait is not None or failed.trouble is Trouble.BUSY:
            self._gate.shut_until(now + wait)
            if wait > self._policy.patience or now + wait > deadline:
                raise self._too_long(wait, failed)
        else:
            self._timing.sleep(wait)

    def _too_slow(self) -> Failed:
        said = f"gave no whole answer within {duration(self._limits.total)}"
        return Failed(said, Trouble.DOWN, Retry.FINAL, silent=True)

    def _too_long(self, wait: float, failed: Failed | None) -> ServiceError:
        asks = f"asks for a pause of {duration(wait)}, longer than stetbot waits; run again later"
        if failed is None:
            # Another worker was told so.
            return self._service_error(asks, Failed("", Trouble.BUSY, Retry.FINAL))
        return self._service_error(f"{failed.sentence}; it {asks}", failed)

    def _error(self, failed: Failed, tries: int, tally: Tally | None = None) -> ServiceError:
        times = f" ({tries} tries)" if tries > 1 else ""
        # What the service's own people will ask for.
        named = f" (request {tally.request_ids[-1]})" if tally is not None and tally.request_ids else ""
        return self._service_error(f"{failed.sentence}{times}{named}", failed)

    def _service_error(self, sentence: str, failed: Failed) -> ServiceError:
        busy, down = (failed.trouble is one for one in (Trouble.BUSY, Trouble.DOWN))
        code = Code.RATE_LIMITED if busy else Code.SERVICE_ERROR
        said = f"{self._service.name} {sentence}"
        return ServiceError(said, code, down=down, status=failed.status, silent=failed.silent)


@dataclass(frozen=True, slots=True)
class _Call(Generic[R]):
    """One request, a GET where there is no body; `read` makes an answer of a 200's head and body, or AnswerError."""

    url: str
    body: bytes = field(repr=False)
    delivery: Delivery
    read: Callable[[Mapping[str, str], Iterator[bytes]], R]
    tools: bool = False
    characters: int = 0


@dataclass(frozen=True, slots=True)
class _Answer(Generic[R]):
    value: R


class _TooLate(Exception):
    """The time for an answer is over."""


def _completion(headers: Mapping[str, str], chunks: Iterator[bytes], request: ChatRequest) -> Completion:
    reader = reader_for(media_type(headers), request.delivery, request.sampling.choices)
    for chunk in chunks:
        reader.feed(chunk)
    return reader.finish()
