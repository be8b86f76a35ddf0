"""What tokens cost. A list of prices ages: it carries its date, and the caller may bring its own."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.model import Usage

if TYPE_CHECKING:
    from collections.abc import Mapping

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


def usage_of(tokens: Tokens | None, requests: int, price: Price | None) -> Usage:
    """The usage of an answer that took `requests` tries; dollars are None where tokens or price are not known."""
    if tokens is None:
        return Usage(requests=requests)
    dollars = None if price is None else (tokens.prompt * price.prompt + tokens.completion * price.completion) / PER
    return Usage(tokens.prompt, tokens.completion, requests, dollars)
