"""Asking a chat service: wire format, transport, retries and time joined. Morph and the planner are two uses of it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

import bot
from bot.chat.completion import AnswerError, Retry
from bot.chat.failure import Failed, Trouble, judge_answer, judge_status, media_type
from bot.chat.request import Delivery
from bot.chat.retry import RetryPolicy, duration
from bot.chat.stream import reader_for
from bot.errors import Code, ServiceError
from bot.http import HttpRequest, TransportError, Waits
from bot.parallel import within

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.chat.completion import Completion
    from bot.chat.endpoint import Endpoint, Key
    from bot.chat.request import ChatRequest
    from bot.http import HttpResponse, Transport

R = TypeVar("R")

# An answer that is not streamed is silent while the model writes it: some 3 characters a token, and no model that is
# worth asking writes fewer than 1000 tokens a second. The answer of an apply model is about as long as the request.
_WRITTEN_PER_SECOND = 3000
# An error's sentence stands at its beginning.
_ERROR_BYTES = 1 << 16
# The transport ends a silence itself, and more gently; the thread is given up only where it does not.
_GRACE = 0.25


@dataclass(frozen=True, slots=True)
class Timing:
    """The clock that only goes forward, the calendar's (seconds since 1970), sleep, and dice from 0 to 1."""

    monotonic: Callable[[], float]
    wall: Callable[[], float]
    sleep: Callable[[float], None]
    dice: Callable[[], float]

    @classmethod
    def real(cls) -> Timing:
        import random
        import time

        return cls(time.monotonic, time.time, time.sleep, random.random)


@dataclass(frozen=True, slots=True)
class Service:
    """Whom to ask: `name` is how messages call it."""

    name: str
    endpoint: Endpoint
    key: Key


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds over all tries, of silence, and to connect; bytes of one decoded answer (a stream is mostly frames)."""

    total: float = 120.0
    idle: float = 30.0
    connect: float = 10.0
    body: int = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Asked(Generic[R]):
    """What was made of an answer, the answer itself, and the number of requests that it took."""

    value: R
    completion: Completion
    requests: int


class ChatClient:
    """One service, asked from many threads. All of them obey a pause that the service asks any of them for."""

    def __init__(
        self,
        service: Service,
        transport: Transport,
        timing: Timing,
        limits: Limits | None = None,
        policy: RetryPolicy | None = None,
    ) -> None:
        self._service = service
        self._transport = transport
        self._timing = timing
        self._limits = limits or Limits()
        self._policy = policy or RetryPolicy()
        self._gate = _Gate(timing)

    def ask(self, request: ChatRequest, accept: Callable[[Completion], R]) -> Asked[R]:
        """The answer to `request` as `accept` reads it (it raises AnswerError for one that is not usable).

        Raises ServiceError, `down` where the service cannot be reached, breaks or is too slow; Refusal for a text that
        cannot be encoded.
        """
        body = request.encode()
        deadline = self._timing.monotonic() + self._limits.total
        failed: Failed | None = None
        for number in range(1, self._policy.tries + 1):
            self._pass_gate(deadline, failed)
            outcome = self._within(deadline, lambda left: self._once(body, request.delivery, accept, left))
            if isinstance(outcome, _Answer):
                return Asked(outcome.value, outcome.completion, number)
            failed = outcome
            if failed.retry is Retry.FINAL or number == self._policy.tries:
                raise self._error(failed, number)
            self._pause(failed, number, deadline)
        raise AssertionError("a policy allows at least one try")

    def _within(self, deadline: float, attempt: Callable[[float], _Answer[R] | Failed]) -> _Answer[R] | Failed:
        left = deadline - self._timing.monotonic()
        try:
            return within(left + _GRACE, lambda: attempt(left))
        except TimeoutError:
            return self._too_slow()

    def _once(
        self, body: bytes, delivery: Delivery, accept: Callable[[Completion], R], left: float
    ) -> _Answer[R] | Failed:
        writing = 0.0 if delivery is Delivery.STREAM else len(body) / _WRITTEN_PER_SECOND
        waits = Waits(min(self._limits.connect, left), min(self._limits.idle + writing, left))
        secrets = (self._service.key.reveal(),)
        try:
            with self._transport.send(self._request(body), waits) as response:
                if response.status != 200:
                    said = _beginning(response)
                    return judge_status(response.status, response.headers, said, self._timing.wall(), secrets)
                reader = reader_for(media_type(response.headers), delivery)
                for chunk in response.chunks(self._limits.body):
                    reader.feed(chunk)
                completion = reader.finish()
                return _Answer(accept(completion), completion)
        except AnswerError as error:
            return judge_answer(error, secrets)
        except TransportError as error:
            trouble, retry = (Trouble.DOWN, Retry.AGAIN) if error.down else (Trouble.WRONG, Retry.FINAL)
            return Failed(error.happened, trouble, retry)

    def _request(self, body: bytes) -> HttpRequest:
        headers = (
            ("authorization", f"Bearer {self._service.key.reveal()}"),
            ("content-type", "application/json"),
            ("accept", "application/json"),
            ("accept-encoding", "identity"),
            ("user-agent", f"stetbot/{bot.__version__}"),
        )
        return HttpRequest("POST", self._service.endpoint.completions, headers, body)

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
        return Failed(f"gave no whole answer within {duration(self._limits.total)}", Trouble.DOWN, Retry.FINAL)

    def _too_long(self, wait: float, failed: Failed | None) -> ServiceError:
        asks = f"asks for a pause of {duration(wait)}, longer than stetbot waits; run again later"
        if failed is None:
            # Another worker was told so.
            return self._service_error(asks, Trouble.BUSY)
        return self._service_error(f"{failed.sentence}; it {asks}", failed.trouble)

    def _error(self, failed: Failed, tries: int) -> ServiceError:
        times = f" ({tries} tries)" if tries > 1 else ""
        return self._service_error(f"{failed.sentence}{times}", failed.trouble)

    def _service_error(self, sentence: str, trouble: Trouble) -> ServiceError:
        code = Code.RATE_LIMITED if trouble is Trouble.BUSY else Code.SERVICE_ERROR
        return ServiceError(f"{self._service.name} {sentence}", code, down=trouble is Trouble.DOWN)


@dataclass(frozen=True, slots=True)
class _Answer(Generic[R]):
    value: R
    completion: Completion


@dataclass(slots=True)
class _Gate:
    """One instant, shared by all workers, before which nobody sends."""

    timing: Timing
    _opens: float = float("-inf")
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def shut_until(self, instant: float) -> None:
        with self._lock:
            self._opens = max(self._opens, instant)

    def wait_left(self) -> float:
        with self._lock:
            return self._opens - self.timing.monotonic()


def _beginning(response: HttpResponse) -> bytes:
    """The first bytes of an error's body; that it is long, or cut, is no second error."""
    body = bytearray()
    try:
        for chunk in response.chunks(_ERROR_BYTES):
            body += chunk
    except TransportError:
        pass
    return bytes(body[:_ERROR_BYTES])
