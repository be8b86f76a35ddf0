"""JSON of others, read value by value: each accessor checks the type, or names the place of what is wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from bot.errors import StetbotError

    # The error for a place, and what is wrong there.
    Fails = Callable[[str, str], StetbotError]


@dataclass(frozen=True, slots=True)
class Node:
    """A JSON value, where it stands, and the error when it is not what it should be. Null and absent are the same."""

    place: str
    value: object
    fails: Fails = field(repr=False, compare=False)

    @property
    def missing(self) -> bool:
        return self.value is None

    def at(self, *keys: str) -> Node:
        """The value below these keys; missing, if one of them is."""
        node = self
        for key in keys:
            node = node._below(key)
        return node

    def _below(self, key: str) -> Node:
        if self.value is not None and not isinstance(self.value, dict):
            raise self.wrong("an object")
        place = f"{self.place}: {key}" if ":" not in self.place else f"{self.place}.{key}"
        return Node(place, None if self.value is None else self.value.get(key), self.fails)

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
            raise self.fails(self.place, f"{more[0][:40]!r} has no meaning here")
        return self

    def items(self, *, exactly: int | None = None) -> list[Node]:
        if not isinstance(self.value, list) or exactly not in (None, len(self.value)):
            raise self.wrong("a list" if exactly is None else f"a list of {exactly}")
        return [Node(f"{self.place}[{index}]", item, self.fails) for index, item in enumerate(self.value)]

    def text(self) -> str:
        if not isinstance(self.value, str):
            raise self.wrong("a string")
        return self.value

    def text_or(self, otherwise: str) -> str:
        return otherwise if self.value is None else self.text()

    def line(self) -> str:
        text = self.text()
        if "\n" in text:
            raise self.wrong("one line")
        return text

    def integer(self) -> int:
        if not isinstance(self.value, int) or isinstance(self.value, bool):
            raise self.wrong("a whole number")
        return self.value

    def integer_or_none(self) -> int | None:
        return None if self.value is None else self.integer()

    def spelled_integer(self) -> int:
        """A whole number that is written as a text, as GraphQL's BigInt is."""
        text = self.text()
        if not (text.isascii() and text.isdecimal() and len(text) < 21):
            raise self.wrong("a whole number as a string")
        return int(text)

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

    def wrong(self, wanted: str) -> StetbotError:
        """The error that says what should stand here."""
        return self.fails(self.place, f"expected {wanted}")
