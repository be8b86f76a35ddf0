"""JSON of others, read value by value: each accessor checks the type, or names the place of what is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection


@dataclass(frozen=True, slots=True)
class Node:
    """A JSON value, where it stands, and what to do when it is not what it should be."""

    place: str
    value: object
    remedy: str

    @property
    def missing(self) -> bool:
        """Whether there is no value; null and absent are the same."""
        return self.value is None

    def at(self, key: str) -> Node:
        """The value of this object's `key`."""
        if not isinstance(self.value, dict):
            raise self.wrong("an object")
        place = f"{self.place}: {key}" if ":" not in self.place else f"{self.place}.{key}"
        return Node(place, self.value.get(key), self.remedy)

    def maybe(self, key: str) -> Node | None:
        """As `at`, None where there is no value."""
        node = self.at(key)
        return None if node.missing else node

    def only(self, keys: Collection[str]) -> Node:
        """This object, if it has no other keys than these."""
        if not isinstance(self.value, dict):
            raise self.wrong("an object")
        more = sorted(key for key in self.value if key not in keys)
        if more:
            raise UsageError(f"{self.place}: {more[0][:40]!r} has no meaning here; {self.remedy}")
        return self

    def items(self, *, exactly: int | None = None) -> list[Node]:
        if not isinstance(self.value, list) or exactly not in (None, len(self.value)):
            raise self.wrong("a list" if exactly is None else f"a list of {exactly}")
        return [Node(f"{self.place}[{index}]", item, self.remedy) for index, item in enumerate(self.value)]

    def text(self) -> str:
        if not isinstance(self.value, str):
            raise self.wrong("a string")
        return self.value

    def line(self) -> str:
        text = self.text()
        if "\n" in text:
            raise self.wrong("one line")
        return text

    def integer(self) -> int:
        if not isinstance(self.value, int) or isinstance(self.value, bool):
            raise self.wrong("a whole number")
        return self.value

    def truth(self) -> bool:
        if not isinstance(self.value, bool):
            raise self.wrong("true or false")
        return self.value

    def wrong(self, wanted: str) -> UsageError:
        """The error that says what should stand here."""
        return UsageError(f"{self.place}: expected {wanted}; {self.remedy}")
