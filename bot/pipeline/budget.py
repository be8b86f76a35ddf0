"""What a run may spend on services, over all its requests: tokens, requests, money, seconds.

Asked before every call, and of requests and seconds before every try. What a call may cost is not known before its
answer, so the length of its prompt is reserved while it is out; what it did cost is counted when it is back, also where
it failed. With a budget of tokens or money calls go side by side only where what is left would do for the dearest so
far, each: so a run goes past such a budget by one answer at most.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol, TypeVar

from bot.chat.tally import Tally
from bot.errors import Code, Refusal
from bot.outcomes import Usage
from bot.pipeline.engines import total

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.pipeline.engines import RemoteAnswer
    from bot.planning import Embedded, Planned, PlanPrompt

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
    _dollars: float = 0.0
    # Whether an answer has come whose price is not known.
    _priceless: bool = False
    # Calls that are under way; and of those that are back, by how much the dearest was dearer than foreseen.
    _out: int = 0
    _known: bool = False
    _more_tokens: int = 0
    _more_dollars: float = 0.0
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def __post_init__(self) -> None:
        self._begun = self.clock()

    def charge(self, sent: int, call: Callable[[Tally], C]) -> C:
        """What `call`, which sends `sent` characters and asks its tally before each try, gives.

        Raises Refusal (budget) in place of making it, and of a further try.
        """
        estimate = sent // _CHARACTERS_PER_TOKEN
        tally = Tally(lambda: self._allow(tally))
        with self._changed:
            self._refuse(estimate)
            while self._must_wait(estimate):
                self._changed.wait()
                self._refuse(estimate)
            self._out += 1
            self._requests += 1
            self._tokens += estimate
        used: Usage | None = None
        try:
            answer = call(tally)
            used = answer.usage
            return answer
        finally:
            self._count(estimate, tally, used)

    def _allow(self, tally: Tally) -> None:
        """A try is about to be sent; the first is counted already. Raises Refusal."""
        with self._changed:
            self._refuse_late()
            if tally.requests:
                self._refuse_many()
                self._requests += 1

    def _must_wait(self, estimate: int) -> bool:
        """Whether those that are under way may need what is left: together they would spend what is there once."""
        most = self.budget
        if not self._out or (most.tokens is None and most.dollars is None):
            return False
        if not self._known:
            return True
        calls = self._out + 1
        tokens = self._tokens + estimate + calls * self._more_tokens
        dollars = self._dollars + calls * self._more_dollars
        return (most.tokens is not None and tokens > most.tokens) or (
            most.dollars is not None and dollars > most.dollars
        )

    def _count(self, estimate: int, tally: Tally, used: Usage | None) -> None:
        """A call is back: put what it came to in place of what was foreseen."""
        found = tally.usage if used is None else used
        made = max(found.requests, tally.requests)
        tokens = found.prompt_tokens + found.completion_tokens
        with self._changed:
            self._out -= 1
            self._requests += made - max(tally.requests, 1)
            # What nobody counted is counted by what was sent, once a try.
            self._tokens += (tokens or estimate * made) - estimate
            if made:
                self.usage = total(self.usage, replace(found, requests=made))
            self._dollars += found.dollars or 0.0
            if made and (used is not None or tokens):
                self._known = True
                self._priceless |= found.dollars is None
                self._more_tokens = max(self._more_tokens, tokens - estimate)
                self._more_dollars = max(self._more_dollars, found.dollars or 0.0)
            self._changed.notify_all()

    def _refuse(self, estimate: int) -> None:
        most = self.budget
        self._refuse_many()
        self._refuse_late()
        if most.tokens is not None and self._tokens + estimate > most.tokens:
            raise _spent(f"{self._tokens} of {most.tokens} tokens are spent, and the next prompt has some {estimate}")
        if most.dollars is not None:
            if self._priceless:
                raise _spent("the service does not say what it costs, so a budget of money cannot be kept")
            if self._dollars >= most.dollars:
                raise _spent(f"${self._dollars:.4f} of ${most.dollars:g} are spent")

    def _refuse_many(self) -> None:
        most = self.budget.requests
        if most is not None and self._requests >= most:
            raise _spent(f"{most} requests to services are made")

    def _refuse_late(self) -> None:
        most = self.budget.seconds
        if most is not None and self.clock() - self._begun >= most:
            raise _spent(f"the run has taken its {most:g} seconds")


def _spent(reason: str) -> Refusal:
    return Refusal(Code.BUDGET, f"not asked: {reason}", _REMEDY)


class CountedPlanner(Protocol):
    """A planner that asks a tally before each of its tries."""

    def plan(self, prompt: PlanPrompt, tally: Tally) -> Planned: ...


class CountedEmbedder(Protocol):
    """The same for embeddings."""

    def embed(self, texts: Sequence[str], tally: Tally) -> Embedded: ...


class CountedApply(Protocol):
    """The same for an apply model."""

    def __call__(self, instruction: str, code: str, update: str, *, again: bool, tally: Tally) -> RemoteAnswer: ...


@dataclass(frozen=True, slots=True)
class MeteredPlanner:
    """A planner within the budget."""

    planner: CountedPlanner
    meter: Meter

    def plan(self, prompt: PlanPrompt) -> Planned:
        sent = len(prompt.system) + len(prompt.user)
        return self.meter.charge(sent, lambda tally: self.planner.plan(prompt, tally))


@dataclass(frozen=True, slots=True)
class MeteredEmbedder:
    """A model for embeddings within the budget."""

    embedder: CountedEmbedder
    meter: Meter

    def embed(self, texts: Sequence[str]) -> Embedded:
        return self.meter.charge(sum(map(len, texts)), lambda tally: self.embedder.embed(texts, tally))


@dataclass(frozen=True, slots=True)
class MeteredApply:
    """An apply model within the budget."""

    ask: CountedApply
    meter: Meter

    def __call__(self, instruction: str, code: str, update: str, *, again: bool = False) -> RemoteAnswer:
        sent = len(instruction) + len(code) + len(update)
        return self.meter.charge(sent, lambda tally: self.ask(instruction, code, update, again=again, tally=tally))
