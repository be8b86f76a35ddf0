"""What a run may spend on services, over all its requests: tokens, requests, money, seconds.

Asked before every call. What a call may cost is not known before its answer, so the length of its prompt is reserved
while it is out; what it did cost is counted when it is back. A call that failed is counted by what it sent.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeVar

from bot.errors import Code, Refusal
from bot.model import Usage
from bot.pipeline.engines import total

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.pipeline.engines import RemoteAnswer, RemoteApply
    from bot.planning import Embedded, Embedder, Planned, Planner, PlanPrompt

_CHARACTERS_PER_TOKEN = 4
_REMEDY = "run again for the rest, with a larger budget if it should be one run"


class Charged(Protocol):
    """An answer that says what it cost."""

    @property
    def usage(self) -> Usage: ...


C = TypeVar("C", bound=Charged)


@dataclass(frozen=True, slots=True)
class Budget:
    """The most that one run may spend; None is no limit."""

    tokens: int | None = None
    requests: int | None = None
    dollars: float | None = None
    seconds: float | None = None


@dataclass(slots=True)
class Meter:
    """Counts what a run spends, from any number of threads; `clock` goes forward only, in seconds."""

    budget: Budget
    clock: Callable[[], float]
    usage: Usage = field(default_factory=Usage)
    _begun: float = field(init=False)
    _tokens: int = 0
    _requests: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._begun = self.clock()

    def charge(self, sent: int, call: Callable[[], C]) -> C:
        """What `call`, which sends `sent` characters, gives. Raises Refusal (budget) in place of making it."""
        estimate = sent // _CHARACTERS_PER_TOKEN
        with self._lock:
            self._refuse(estimate)
            self._requests += 1
            self._tokens += estimate
        answer = call()
        used = answer.usage
        with self._lock:
            self.usage = total(self.usage, used)
            self._requests += max(used.requests, 1) - 1
            if used.prompt_tokens or used.completion_tokens:
                self._tokens += used.prompt_tokens + used.completion_tokens - estimate
        return answer

    def _refuse(self, estimate: int) -> None:
        most = self.budget
        if most.requests is not None and self._requests >= most.requests:
            raise _spent(f"{most.requests} requests to services are made")
        if most.tokens is not None and self._tokens + estimate > most.tokens:
            raise _spent(f"{self._tokens} of {most.tokens} tokens are spent, and the next prompt has some {estimate}")
        if most.seconds is not None and self.clock() - self._begun >= most.seconds:
            raise _spent(f"the run has taken its {most.seconds:g} seconds")
        if most.dollars is not None and self.usage.requests:
            if self.usage.dollars is None:
                raise _spent("the service does not say what it costs, so a budget of money cannot be kept")
            if self.usage.dollars >= most.dollars:
                raise _spent(f"${self.usage.dollars:.4f} of ${most.dollars:g} are spent")


def _spent(reason: str) -> Refusal:
    return Refusal(Code.BUDGET, f"not asked: {reason}", _REMEDY)


@dataclass(frozen=True, slots=True)
class MeteredPlanner:
    """A planner within the budget."""

    planner: Planner
    meter: Meter

    def plan(self, prompt: PlanPrompt) -> Planned:
        return self.meter.charge(len(prompt.system) + len(prompt.user), lambda: self.planner.plan(prompt))


@dataclass(frozen=True, slots=True)
class MeteredEmbedder:
    """A model for embeddings within the budget."""

    embedder: Embedder
    meter: Meter

    def embed(self, texts: Sequence[str]) -> Embedded:
        return self.meter.charge(sum(map(len, texts)), lambda: self.embedder.embed(texts))


@dataclass(frozen=True, slots=True)
class MeteredApply:
    """An apply model within the budget."""

    ask: RemoteApply
    meter: Meter

    def __call__(self, instruction: str, code: str, update: str, *, again: bool = False) -> RemoteAnswer:
        sent = len(instruction) + len(code) + len(update)
        return self.meter.charge(sent, lambda: self.ask(instruction, code, update, again=again))
