"""What comes of a request: operations on files, a candidate that has them, an outcome."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.asks import Request
    from bot.errors import Code
    from bot.model import Doubt, Edit, EngineName, Verdict


@dataclass(frozen=True, slots=True)
class Change:
    """Edits of one file's text, sorted and disjoint; `final_newline` None keeps what the base has.

    `stands_on` is the digest of the document that the edits are anchored to.
    """

    path: str
    edits: tuple[Edit, ...]
    final_newline: bool | None = None
    stands_on: str = ""


@dataclass(frozen=True, slots=True)
class Create:
    """A new file. `text` has "\n" endings; attributes may change them when it is written."""

    path: str
    text: str
    executable: bool = False


@dataclass(frozen=True, slots=True)
class Delete:
    """A file goes."""

    path: str


@dataclass(frozen=True, slots=True)
class Rename:
    """A file moves; edits of its text are a `Change` of the old path beside this."""

    path: str
    to: str


@dataclass(frozen=True, slots=True)
class SetMode:
    """The executable bit of a file changes."""

    path: str
    executable: bool


Operation = Change | Create | Delete | Rename | SetMode


@dataclass(frozen=True, slots=True)
class Usage:
    """What a remote answer cost: tokens in and out, tries, money in US dollars where prices are known."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    requests: int = 0
    dollars: float | None = None


@dataclass(frozen=True, slots=True)
class Rival:
    """Another reading of what was asked of the file at `path`: all its lines."""

    path: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """The snippet that a planner wrote for the file at `path`, its sentence, and the service's names of its answers."""

    path: str
    snippet: str
    instruction: str = ""
    request_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a request wants to do to the base, proven or not, before it meets the other requests."""

    operations: tuple[Operation, ...]
    verdict: Verdict
    engine: EngineName
    doubts: tuple[Doubt, ...] = ()
    rivals: tuple[Rival, ...] = ()
    usage: Usage = field(default_factory=Usage)
    notes: tuple[str, ...] = ()
    written: tuple[Written, ...] = ()


@dataclass(frozen=True, slots=True)
class Applied:
    """The request stands in the proposal, as `candidate` says."""

    request: Request
    candidate: Candidate


@dataclass(frozen=True, slots=True)
class Unchanged:
    """Nothing to do: what was asked for stands already (`already-applied`), or, if it `stands` not, once stood.

    `commit`: the one that applied it, where nothing in the files but its message tells.
    """

    request: Request
    reason: str
    stands: bool = True
    commit: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """The request was not applied. `candidate` is what it would have done, where that can be shown (UNPROVEN)."""

    request: Request
    code: Code
    reason: str
    remedy: str = ""
    candidate: Candidate | None = None


Outcome = Applied | Unchanged | Refused
