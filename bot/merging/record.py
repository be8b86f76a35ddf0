"""Records: small values that a merge makes by the hundred.

For the type checker a record is a frozen dataclass, so nobody assigns to one. At run time it is a plain one with slots:
`frozen` sets each field through `object.__setattr__`, which makes a record three times as slow to make, and a merge
spent a tenth of its time on that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def record(kind: type[T]) -> type[T]:
    """`kind` as a dataclass with slots, equality and a hash by its fields."""
    return dataclass(slots=True, unsafe_hash=True)(kind)
