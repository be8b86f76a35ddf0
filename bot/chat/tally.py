"""What one errand to a service comes to: asked before each of its tries, counted after them, also where it failed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.outcomes import Usage

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.chat.completion import Tokens


def _always() -> None:
    """Nobody counts."""


@dataclass(slots=True)
class Tally:
    """The tries so far, the tokens of each answer, the service's ids of requests; `usage` is the sum, once it is known.

    `allow` raises Refusal where there may be no further try.
    """

    allow: Callable[[], None] = _always
    requests: int = 0
    tokens: list[Tokens | None] = field(default_factory=list)
    request_ids: list[str] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)

    def begin(self) -> None:
        """A try is about to be sent. Raises Refusal."""
        self.allow()
        self.requests += 1
