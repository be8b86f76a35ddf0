"""A small shop's cart."""

from dataclasses import dataclass


@dataclass
class Item:
    name: str
    price: float
    quantity: int = 1


def calculate_total(items):
    """The price of all items."""
    total = 0
    for item in items:
        total += item.price * item.quantity
    return total


def receipt(items):
    """One line for each item, and the total."""
    lines = [f"{item.quantity} x {item.name}: {item.price:.2f}" for item in items]
    lines.append(f"total: {calculate_total(items):.2f}")
    return "\n".join(lines)


def cheapest(items):
    return min(items, key=lambda item: item.price)
