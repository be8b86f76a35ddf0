"""GitHub's JSON, read with its place: a field that is missing or of another type is an error that names it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.errors import ServiceError


@dataclass(frozen=True, slots=True)
class Node:
    """A JSON value, and where in which answer it stands. Null and missing are the same."""

    place: str
    value: object

    @property
    def missing(self) -> bool:
        return self.value is None

    def at(self, *keys: str) -> Node:
        """The value below these keys; missing, if one of them is."""
        node = self
        for key in keys:
            if node.value is None:
                return Node(f"{node.place}.{key}", None)
            if not isinstance(node.value, dict):
                raise node.wrong("an object")
            node = Node(f"{node.place}.{key}", node.value.get(key))
        return node

    def items(self) -> list[Node]:
        if not isinstance(self.value, list):
            raise self.wrong("a list")
        return [Node(f"{self.place}[{index}]", item) for index, item in enumerate(self.value)]

    def text(self) -> str:
        if not isinstance(self.value, str):
            raise self.wrong("a text")
        return self.value

    def text_or(self, otherwise: str) -> str:
        return otherwise if self.value is None else self.text()

    def integer(self) -> int:
        """A whole number, also where GitHub writes it as a text (GraphQL's BigInt)."""
        if isinstance(self.value, str) and self.value.isascii() and self.value.isdecimal() and len(self.value) < 21:
            return int(self.value)
        if not isinstance(self.value, int) or isinstance(self.value, bool):
            raise self.wrong("a whole number")
        return self.value

    def integer_or_none(self) -> int | None:
        return None if self.value is None else self.integer()

    def truth(self) -> bool:
        if not isinstance(self.value, bool):
            raise self.wrong("true or false")
        return self.value

    def time(self) -> datetime:
        try:
            moment = datetime.fromisoformat(self.text())
        except ValueError:
            raise self.wrong("a time") from None
        if moment.tzinfo is None:
            raise self.wrong("a time with its zone")
        return moment

    def time_or_none(self) -> datetime | None:
        return None if self.value is None else self.time()

    def wrong(self, wanted: str) -> ServiceError:
        return ServiceError(f"GitHub's answer cannot be used: {self.place} is not {wanted}")
