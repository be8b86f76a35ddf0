"""The planner: a chat model that writes the snippet for a request in plain words. Its answer is never trusted here.

Morpheus, or any other server that speaks the same protocol. What passes this module is whole, and has the form of an
edit; whether it is the one that was asked for is decided by others.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Self
from urllib.parse import urlencode

from bot.catalogue import Catalogue
from bot.chat.account import read_balance, read_charges, reconciled
from bot.chat.embeddings import EmbeddingRequest, Encoding, read_embeddings
from bot.chat.health import read_troubles
from bot.chat.model_list import Purpose, read_models, why_not
from bot.chat.prices import spent
from bot.chat.request import ChatRequest, Delivery, Message, Role, Sampling
from bot.chat.retry import RetryPolicy
from bot.chat.scrub import foreign
from bot.chat.tally import Tally
from bot.chat_client import DESK_LIMITS, DESK_POLICY, ChatClient, Limits, OtherForm, Service
from bot.errors import ServiceError
from bot.http import Http, Proxies
from bot.pacing import Pace, Timing
from bot.planning.edit_tool import EDIT_FILE, IN_WORDS, Form, read_answer
from bot.planning.records import Planned

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.chat.account import Balance, Charge, Reconciled
    from bot.chat.embeddings import Vector
    from bot.chat.endpoint import Endpoint, Key
    from bot.chat.model_list import ListedModel
    from bot.chat.prices import Price
    from bot.http import Transport
    from bot.outcomes import Usage
    from bot.planning.records import PlanPrompt

NAME = "The planner"
# Not 0: there are gateways that drop it on the way, and then the model's own default holds.
DEFAULT_SAMPLING = Sampling(temperature=0.01, max_tokens=4096)
# The gateway itself waits for 300 seconds, and opens a session on a chain before that.
DEFAULT_LIMITS = Limits(total=900.0, idle=310.0)
DEFAULT_POLICY = RetryPolicy(tries=3, first_wait=2.0, longest_wait=10.0, patience=65.0, stream_after_silence=True)
DEFAULT_PACE = Pace(per_minute=20, at_once=2)
SAID_CHARACTERS = 400
_TEXTS_AT_ONCE = 64
_CHARGES_AT_ONCE = 100
_CHARGE_PAGES = 20
# The gateway's clock may be another one.
_CLOCKS_DIFFER = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class EmbeddingSettings:
    """Which model embeds texts, and how; without a model nothing is embedded."""

    model: str = ""
    encoding: Encoding = Encoding.FLOAT
    dimensions: int | None = None
    user: str = ""


@dataclass(frozen=True, slots=True)
class PlannerSettings:
    """How to reach a planner. `prices` are dollars per million tokens by the name that is asked for, in lower case."""

    endpoint: Endpoint
    key: Key
    model: str
    sampling: Sampling = DEFAULT_SAMPLING
    tool_choice: str | None = None
    session_id: str | None = None
    delivery: Delivery = Delivery.WHOLE
    limits: Limits = DEFAULT_LIMITS
    policy: RetryPolicy = DEFAULT_POLICY
    pace: Pace = DEFAULT_PACE
    prices: Mapping[str, Price] = field(default_factory=dict)
    embedding: EmbeddingSettings = EmbeddingSettings()


@dataclass(frozen=True, slots=True)
class Embeddings:
    """The vectors of texts, in their order, and what they cost."""

    vectors: tuple[Vector, ...]
    usage: Usage


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to ask for an edit."""

    form: Form
    tool_choice: str | None = None


class PlannerClient:
    """Asks a planner from any number of threads; a context manager, or `close` it."""

    def __init__(
        self, settings: PlannerSettings, *, transport: Transport | None = None, timing: Timing | None = None
    ) -> None:
        self._settings = settings
        # A proxy would get the key in plain text, and could not reach this machine's loopback anyway.
        proxies = Proxies.NONE if settings.endpoint.loopback else Proxies.ENVIRONMENT
        self._transport = transport or Http(proxies)
        self._timing = timing or Timing.real()
        service = Service(NAME, settings.endpoint, settings.key)
        self._chat = ChatClient(service, self._transport, self._timing, settings.limits, settings.policy, settings.pace)
        self._desk = ChatClient(service, self._transport, self._timing, DESK_LIMITS, DESK_POLICY)
        self._catalogue = Catalogue(self.models, self._timing)
        self._since = self._timing.wall()
        self._lock = threading.Lock()
        self._refused_ways: set[_Way] = set()
        self._request_ids: list[str] = []

    # --- edits ---

    def plan(self, prompt: PlanPrompt, tally: Tally | None = None) -> Planned:
        """Ask for one edit, in plain chat where the server takes no tools, and passing failures again.

        Raises ServiceError; Refusal for a text that cannot be encoded, and where `tally` allows no further try.
        """
        with self._counted(self._settings.model, tally) as counted:
            self._require(self._settings.model, Purpose.CHAT, "MORPHEUS_MODEL")
            return self._ask_each_way(prompt, counted)

    @contextmanager
    def _counted(self, model: str, tally: Tally | None) -> Iterator[Tally]:
        """A tally that says in the end what asking `model` has cost, whatever came of it."""
        counted = tally if tally is not None else Tally()
        try:
            yield counted
        finally:
            counted.usage = self._usage(counted, model)
            with self._lock:
                self._request_ids += counted.request_ids

    def _ask_each_way(self, prompt: PlanPrompt, tally: Tally) -> Planned:
        refused: OtherForm | None = None
        for way in self._ways():
            if refused is not None and not refused.always and way.form is Form.TOOL:
                continue  # what the model made of tools it would make of them again
            try:
                asked = self._chat.ask(self._request(prompt, way), partial(read_answer, form=way.form), tally)
            except OtherForm as error:
                refused = error
                if error.always:
                    with self._lock:
                        self._refused_ways.add(way)
                continue
            return Planned(
                asked.value.calls,
                foreign(asked.value.said, (self._settings.key.reveal(),), SAID_CHARACTERS),
                self._usage(tally, self._settings.model),
                tuple(tally.request_ids),
            )
        raise refused or AssertionError("there is always a way in words")

    def _ways(self) -> Iterator[_Way]:
        """From the best way down to the one that every server takes, without those that this one has refused."""
        choice = self._settings.tool_choice
        with self._lock:
            refused = set(self._refused_ways)
        ways = [] if choice == "none" else [_Way(Form.TOOL, choice), _Way(Form.TOOL)]
        return (way for way in dict.fromkeys((*ways, _Way(Form.WORDS))) if way not in refused)

    def _request(self, prompt: PlanPrompt, way: _Way) -> ChatRequest:
        system = prompt.system if way.form is Form.TOOL else f"{prompt.system.rstrip()}\n\n{IN_WORDS}"
        return ChatRequest(
            self._settings.model,
            (Message(Role.SYSTEM, system), Message(Role.USER, prompt.user)),
            sampling=self._settings.sampling,
            delivery=self._settings.delivery,
            tools=(EDIT_FILE,) if way.form is Form.TOOL else (),
            tool_choice=way.tool_choice,
            session_id=self._settings.session_id,
            # Servers that do not know the option refuse it.
            usage_in_stream=False,
        )

    def _usage(self, tally: Tally, model: str) -> Usage:
        return spent(tally.tokens, tally.requests, self._settings.prices.get(model.casefold()))

    # --- embeddings ---

    def embed(self, texts: Sequence[str], tally: Tally | None = None) -> Embeddings:
        """The vectors of `texts`, by the embedding model of the settings. Raises as `plan` does."""
        model = self._settings.embedding.model
        if not model:
            raise ServiceError("no model for embeddings is set (MORPHEUS_EMBEDDING_MODEL)")
        with self._counted(model, tally) as counted:
            self._require(model, Purpose.EMBEDDINGS, "MORPHEUS_EMBEDDING_MODEL")
            vectors = self._vectors(texts, counted)
        return Embeddings(vectors, counted.usage)

    @property
    def embeds_as(self) -> str:
        """What vectors depend on beside the text: the same for clients whose vectors can be compared."""
        embedding = self._settings.embedding
        return f"{self._settings.endpoint.base} {embedding.model} {embedding.dimensions or ''}"

    def _vectors(self, texts: Sequence[str], tally: Tally) -> tuple[Vector, ...]:
        embedding = self._settings.embedding
        vectors: list[Vector] = []
        for start in range(0, len(texts), _TEXTS_AT_ONCE):
            batch = tuple(texts[start : start + _TEXTS_AT_ONCE])
            request = EmbeddingRequest(
                embedding.model,
                batch,
                embedding.encoding,
                embedding.dimensions,
                embedding.user,
                self._settings.session_id,
            )
            read = partial(read_embeddings, count=len(batch))
            found = self._chat.fetch(self._settings.endpoint.under("embeddings"), read, request.body(), tally)
            vectors += found.vectors
            tally.tokens.append(found.tokens)
        if len({len(vector) for vector in vectors}) > 1:
            raise ServiceError(f"{NAME} answered with embeddings of different lengths")
        return tuple(vectors)

    # --- what the service says of itself and of the account ---

    def models(self) -> tuple[ListedModel, ...]:
        """The models that the service lists. Raises ServiceError."""
        return self._desk.fetch(self._settings.endpoint.under("models"), read_models)

    def why_not_the_model(self) -> str | None:
        """Why the configured model cannot be asked, or None. Raises ServiceError where the models cannot be listed."""
        return why_not(self._settings.model, self.models(), Purpose.CHAT)

    def troubles(self) -> tuple[str, ...]:
        """What the gateway itself says is not well. Raises ServiceError, also where a server has no such page."""
        return self._desk.fetch(f"{self._settings.endpoint.origin}/health", read_troubles)

    def balance(self) -> Balance:
        """What the account may still spend. Raises ServiceError, also where a server keeps no accounts."""
        return self._desk.fetch(self._settings.endpoint.under("billing/balance"), read_balance)

    @property
    def was_asked(self) -> bool:
        """Whether the service has given any request an id yet."""
        return bool(self._request_ids)

    def reconcile(self) -> Reconciled:
        """What the account was charged for the requests of this client so far. Raises ServiceError as `balance`."""
        with self._lock:
            request_ids = tuple(self._request_ids)
        return reconciled(self._charges(), request_ids)

    def _charges(self) -> Iterator[Charge]:
        since = datetime.fromtimestamp(self._since, UTC) - _CLOCKS_DIFFER
        for page in range(_CHARGE_PAGES):
            query = {"from": since.isoformat(), "limit": _CHARGES_AT_ONCE, "offset": page * _CHARGES_AT_ONCE}
            url = f"{self._settings.endpoint.under('billing/usage')}?{urlencode(query)}"
            charges = self._desk.fetch(url, read_charges)
            yield from charges.entries
            if not charges.more:
                return

    def _require(self, model: str, purpose: Purpose, setting: str) -> None:
        """Raise ServiceError unless the service has `model`: some serve an unknown name by another model, unasked."""
        models = self._catalogue.models()
        reason = None if models is None else why_not(model, models, purpose)
        if reason is not None:
            raise ServiceError(f"{NAME}'s model {foreign(model, (), 80)} ({setting}) {foreign(reason, (), 400)}")

    def close(self) -> None:
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
