"""Morph's Fast Apply: a remote model that merges an update snippet into a file. Its answer is never trusted here.

Whatever passes this module is whole (`finish_reason` "stop"), not right: `bot.verify` decides that.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from bot.chat.completion import whole_text
from bot.chat.fast_apply import apply_prompt, unwrap_answer
from bot.chat.model_list import read_models
from bot.chat.prices import PRICES, spent
from bot.chat.reading import AnswerError
from bot.chat.request import ChatRequest, Delivery, Message, Role
from bot.chat.scrub import foreign
from bot.chat.tally import Tally
from bot.chat_client import DESK_LIMITS, DESK_POLICY, ChatClient, Limits, Service
from bot.http import Http, Proxies
from bot.pacing import Timing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.chat.completion import Completion
    from bot.chat.endpoint import Endpoint, Key
    from bot.chat.model_list import ListedModel
    from bot.chat.prices import Price
    from bot.chat.retry import RetryPolicy
    from bot.http import Transport
    from bot.outcomes import Usage

DEFAULT_URL = "https://api.morphllm.com"
FAST = "morph-v3-fast"
LARGE = "morph-v3-large"
AUTO = "auto"
# The default is the large model, as in Morph's own client: a wrong merge costs a review, the price of a call is cents,
# the context is three times as long; and what `auto` picks, and so costs, is not documented.
DEFAULT_MODEL = LARGE
# An answer may be so much longer than file and snippet together and still be looked at: lines may be indented deeper.
_TIMES = 4
_MORE_LINES = 1_000
_MORE_CHARACTERS = 100_000


@dataclass(frozen=True, slots=True)
class MorphSettings:
    """How to reach Morph, or whoever speaks its protocol. `prices` are dollars per million tokens by model."""

    endpoint: Endpoint
    key: Key
    model: str = DEFAULT_MODEL
    delivery: Delivery = Delivery.WHOLE
    limits: Limits | None = None
    policy: RetryPolicy | None = None
    prices: Mapping[str, Price] = field(default_factory=lambda: PRICES)


@dataclass(frozen=True, slots=True)
class MorphAnswer:
    """The merged file, what it cost, and the model that made it."""

    text: str
    usage: Usage
    model: str


class MorphClient:
    """Asks Morph from any number of threads; a context manager, or `close` it."""

    def __init__(
        self, settings: MorphSettings, *, transport: Transport | None = None, timing: Timing | None = None
    ) -> None:
        self._settings = settings
        # A proxy would get the key in plain text, and could not reach this machine's loopback anyway.
        proxies = Proxies.NONE if settings.endpoint.loopback else Proxies.ENVIRONMENT
        self._transport = transport or Http(proxies)
        service = Service("Morph", settings.endpoint, settings.key)
        clock = timing or Timing.real()
        self._chat = ChatClient(service, self._transport, clock, settings.limits, settings.policy)
        self._desk = ChatClient(service, self._transport, clock, DESK_LIMITS, DESK_POLICY)

    def apply(
        self, instruction: str, code: str, update: str, *, again: bool = False, tally: Tally | None = None
    ) -> MorphAnswer:
        """Merge `update` into `code`; `again` asks the large model, whatever the settings say.

        `code` has "\n" endings and no BOM; the answer has the final newline of `code`. Raises Refusal before
        anything is sent (delimiter, not-utf8) and where `tally` allows no further try, ServiceError for what is no
        whole answer.
        """
        counted = tally if tally is not None else Tally()
        model = LARGE if again and self._settings.model in (FAST, AUTO) else self._settings.model
        prompt = apply_prompt(instruction, code, update)
        request = ChatRequest(model, (Message(Role.USER, prompt),), delivery=self._settings.delivery)
        named = ""

        def read(completion: Completion) -> str:
            nonlocal named
            named = completion.model or ""
            return _merged(completion, code, update)

        try:
            text = self._chat.ask(request, read, counted).value
        finally:
            answered_by = foreign(named or model, (self._settings.key.reveal(),), 80)
            counted.usage = spent(counted.tokens, counted.requests, self._settings.prices.get(answered_by))
        return MorphAnswer(text, counted.usage, answered_by)

    def models(self) -> tuple[ListedModel, ...]:
        """The models that the service lists. Raises ServiceError."""
        return self._desk.fetch(self._settings.endpoint.under("models"), read_models)

    def close(self) -> None:
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def _merged(completion: Completion, code: str, update: str) -> str:
    answer = whole_text(completion)
    if _is_far_too_long(answer, f"{code}{update}"):
        raise AnswerError(f"answered with {len(answer):,} characters, which no merge of the file and the snippet has")
    text = unwrap_answer(answer, code)
    if not text.strip():
        raise AnswerError("answered with no text")
    return text


def _is_far_too_long(answer: str, given: str) -> bool:
    """Whether `answer` can be no merge: to weigh millions of lines that nobody wrote takes minutes."""
    lines, characters = answer.count("\n"), len(answer)
    return lines > _TIMES * given.count("\n") + _MORE_LINES or characters > _TIMES * len(given) + _MORE_CHARACTERS
