"""What goes to a planner and what comes back: shared by who asks it and by who reads its answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from bot.outcomes import Usage

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class PlanPrompt:
    """One request to a planner: the rules, and the request with its file. Neither holds a secret."""

    system: str = field(repr=False)
    user: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class EditCall:
    """One `edit_file` call as the model made it: nothing of it is trusted yet."""

    target_file: str
    instructions: str
    code_edit: str


@dataclass(frozen=True, slots=True)
class Planned:
    """A planner's answer: its calls in order (none: it declined, and `said` is its sentence), and what they cost."""

    calls: tuple[EditCall, ...]
    said: str = ""
    usage: Usage = field(default_factory=Usage)
    request_ids: tuple[str, ...] = ()


class Planner(Protocol):
    """Whoever writes snippets for plain words; safe to use from many threads at once."""

    def plan(self, prompt: PlanPrompt) -> Planned:
        """Ask once (passing failures are tried again). Raises ServiceError, or AnswerError for a useless answer."""
        ...


class Embedded(Protocol):
    """The vectors of texts, in their order, and what they cost."""

    @property
    def vectors(self) -> Sequence[Sequence[float]]: ...

    @property
    def usage(self) -> Usage: ...


class Embedder(Protocol):
    """Whoever turns texts into vectors; safe to use from many threads at once."""

    def embed(self, texts: Sequence[str]) -> Embedded:
        """One vector for each text, all of one length. Raises ServiceError."""
        ...
