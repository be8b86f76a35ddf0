"""What a Morpheus account has and was charged. Amounts are decimals in text: they are added as such."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from bot.chat.error_body import refuse_error
from bot.chat.reading import AnswerError, as_count, as_object

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


# Nobody has more money, or counts it more finely.
_DIGITS = 40


@dataclass(frozen=True, slots=True)
class Balance:
    """What may be spent: all of it, and the part that was paid for; `currency` as the account says it."""

    available: Decimal
    paid: Decimal
    currency: str = "USD"


@dataclass(frozen=True, slots=True)
class Charge:
    """One entry of the account's usage. `request_id` and `id`, the entry's own, are "" where it names none."""

    amount: Decimal
    tokens: int
    request_id: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Charges:
    """A page of charges, newest first; `more`: older ones follow."""

    entries: tuple[Charge, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Reconciled:
    """The charges for a run's requests: how many of how many were found, and their sum; `listed`: charges in all."""

    listed: int
    found: int
    requests: int
    amount: Decimal
    tokens: int


def read_balance(answer: object) -> Balance:
    """Raises AnswerError for another shape."""
    body = as_object(answer, "the balance")
    refuse_error(body)
    paid = as_object(body.get("paid"), "the balance's paid part")
    currency = body.get("currency")
    return Balance(
        _amount(body.get("total_available")),
        _amount(paid.get("available")),
        currency if isinstance(currency, str) and currency.isalpha() else "USD",
    )


def read_charges(answer: object) -> Charges:
    """Raises AnswerError for another shape."""
    body = as_object(answer, "the usage")
    refuse_error(body)
    items = body.get("items")
    if not isinstance(items, list):
        raise AnswerError("answered in a shape that is not documented: the usage has no items")
    return Charges(
        tuple(_charge(as_object(item, "an entry of the usage")) for item in items), body.get("has_more") is True
    )


def _charge(item: object) -> Charge:
    entry = as_object(item, "an entry of the usage")
    request_id, tokens, own = entry.get("request_id"), entry.get("tokens_total"), entry.get("id")
    return Charge(
        abs(_amount(entry.get("amount_total"))),
        as_count(tokens) or 0,
        request_id if isinstance(request_id, str) else "",
        own if isinstance(own, str) else "",
    )


def reconciled(charges: Iterable[Charge], request_ids: Collection[str]) -> Reconciled:
    """What of `charges` is for the requests of these ids. An entry that two pages show is one."""
    wanted = set(request_ids)
    listed = list({charge.id or number: charge for number, charge in enumerate(charges)}.values())
    ours = [charge for charge in listed if charge.request_id in wanted]
    found = {charge.request_id for charge in ours}
    return Reconciled(
        len(listed),
        len(found),
        len(wanted),
        sum((charge.amount for charge in ours), Decimal(0)),
        sum(charge.tokens for charge in ours),
    )


def _amount(value: object) -> Decimal:
    try:
        amount = Decimal(value) if isinstance(value, str | int) and not isinstance(value, bool) else Decimal("NaN")
    except InvalidOperation:
        amount = Decimal("NaN")
    # One of no end, written out, would be a text without an end.
    if not amount.is_finite() or len(amount.as_tuple().digits) > _DIGITS or abs(amount.adjusted()) > _DIGITS:
        raise AnswerError("answered in a shape that is not documented: an amount is no decimal number")
    return amount
