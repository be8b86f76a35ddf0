"""What tokens cost. A list of prices ages: it carries its date, and the caller may bring its own."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.outcomes import Usage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.chat.completion import Tokens

PER = 1_000_000


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens, in and out."""

    prompt: float
    completion: float


PRICES_AS_OF = "2026-11-21"
# `auto` has no price of its own: it costs what the model costs that the answer names.
PRICES: Mapping[str, Price] = MappingProxyType(
    {"morph-v3-fast": Price(0.80, 1.20), "morph-v3-large": Price(0.90, 1.90)}
)
# What Morpheus's gateway charges, by the name that is asked for: answers name the provider's own model.
MORPHEUS_HOST = "api.mor.org"
MORPHEUS_PRICES_AS_OF = "2026-07-23"
MORPHEUS_PRICES: Mapping[str, Price] = MappingProxyType(
    {
        "claude-opus-4.8": Price(6.00, 30.00),
        "deepseek-v4-flash": Price(0.15, 0.30),
        "deepseek-v4-pro": Price(1.60, 3.50),
        "glm-5.1-non-thinking": Price(1.50, 5.00),
        "glm-5.2": Price(1.25, 4.40),
        "gpt-5.5": Price(6.50, 38.00),
        "gpt-oss-120b": Price(0.07, 0.28),
        "kimi-k2.7-code": Price(0.75, 4.00),
        "minimax-m2.5": Price(0.30, 1.20),
        "qwen3-coder-480b-a35b-instruct": Price(0.70, 2.80),
    }
)


def spent(tokens: Sequence[Tokens | None], requests: int, price: Price | None) -> Usage:
    """The usage of so many tries, of which answers came with these counts of tokens (None: nobody counted).

    A try without an answer costs nothing. Where the tokens of an answer, or the price, are not known, the sum of money
    is not either.
    """
    known = [count for count in tokens if count is not None]
    prompt, completion = sum(count.prompt for count in known), sum(count.completion for count in known)
    if price is None or len(known) < len(tokens):
        return Usage(prompt, completion, requests)
    return Usage(prompt, completion, requests, (prompt * price.prompt + completion * price.completion) / PER)
