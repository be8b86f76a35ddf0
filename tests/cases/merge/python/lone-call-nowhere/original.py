"""Sums for a till."""

import sums


def net(items):
    return sums.add(items)


def gross(items):
    tax = 0.1
    return net(items) * (1 + tax)


def cheapest(items):
    return min(items)


def dearest(items):
    return max(items)


def median(items):
    ranked = sorted(items)
    return ranked[len(ranked) // 2]
