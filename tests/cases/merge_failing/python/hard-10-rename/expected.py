"""A shop's till: baskets, discounts, receipts."""

import json
import logging
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

log = logging.getLogger(__name__)

VAT = Decimal("0.20")
FREE_SHIPPING_FROM = Decimal("50.00")


class TillError(Exception):
    """Something that the cashier must hear about."""


@dataclass
class Item:
    sku: str
    title: str
    price: Decimal
    quantity: int = 1

    @property
    def total(self):
        return self.price * self.quantity


@dataclass
class Basket:
    customer: str
    items: list[Item] = field(default_factory=list)
    voucher: str | None = None

    def add(self, item):
        """Put `item` in, or raise its quantity."""
        for known in self.items:
            if known.sku == item.sku:
                known.quantity += item.quantity
                return
        self.items.append(item)

    def remove(self, sku):
        self.items = [item for item in self.items if item.sku != sku]

    def net(self):
        return sum((item.total for item in self.items), Decimal(0))

    def shipping(self):
        if self.net() >= FREE_SHIPPING_FROM:
            return Decimal(0)
        return Decimal("4.90")

    def to_pay(self):
        return self.net() * (1 + VAT) + self.shipping()


def load_basket(path):
    """Read a basket that `save_basket` wrote."""
    raw = json.loads(Path(path).read_text(encoding="utf-8"))
    basket = Basket(raw["customer"], voucher=raw.get("voucher"))
    for entry in raw["items"]:
        basket.add(Item(entry["sku"], entry["title"], Decimal(entry["price"]), entry["quantity"]))
    return basket


def save_basket(basket, path):
    raw = {
        "customer": basket.customer,
        "voucher": basket.voucher,
        "items": [
            {"sku": i.sku, "title": i.title, "price": str(i.price), "quantity": i.quantity}
            for i in basket.items
        ],
    }
    Path(path).write_text(json.dumps(raw, indent=2), encoding="utf-8")


def receipt(basket):
    lines = [f"Receipt for {basket.customer}", "-" * 32]
    for item in basket.items:
        lines.append(f"{item.quantity:>3} x {item.title:<18} {item.total:>8}")
    lines.append("-" * 32)
    lines.append(f"{'net':<24} {basket.net():>7}")
    lines.append(f"{'to pay':<24} {basket.to_pay():>7}")
    return "\n".join(lines)


def main(argv):
    if len(argv) != 2:
        raise TillError("usage: till BASKET")
    basket = load_basket(argv[1])
    log.info("basket of %s has %d items", basket.customer, len(basket.items))
    print(receipt(basket))
    return 0
