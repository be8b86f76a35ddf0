"""One update into one document, without a repository: `stetbot merge`, and whoever calls stetbot as a library."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.entries import Standing
from bot.errors import Code, Refusal
from bot.model import Applied, Part, Request, Unchanged
from bot.pipeline.propose import propose
from bot.pipeline.resolve import Resolver
from bot.pipeline.views import FileState
from bot.requests import read_update

if TYPE_CHECKING:
    from bot.model import Hints, Outcome
    from bot.pipeline.engines import Engine
    from bot.text import Document


@dataclass(frozen=True, slots=True)
class Single:
    """What became of one update, and the document after it (None: refused)."""

    outcome: Outcome
    document: Document | None


@dataclass(frozen=True, slots=True)
class OneFile:
    """A base tree with a single file."""

    path: str
    document: Document

    def read(self, path: str) -> FileState:
        if path != self.path:
            raise Refusal(Code.WRONG_FILE, f"the update is about {path}, the file given is {self.path}")
        return FileState(self.document)

    def standing(self, path: str) -> Standing:
        return Standing.FILE if path == self.path else Standing.NOTHING


def merge_one(
    document: Document, update: str, path: str, hints: Hints, engine: Engine, *, accept_unproven: bool = False
) -> Single:
    """Apply `update` (a snippet, diff, SEARCH/REPLACE or patch text) to `document`, with the whole proof."""
    part = Part(path, read_update(update, path), path, hints.instruction, hints.lines)
    request = Request(path, "", 1, (part,), path)
    resolver = Resolver(engine, lambda _: accept_unproven)
    proposed = propose([request], OneFile(path, document), resolver, map)
    outcome = proposed.outcomes[0]
    if isinstance(outcome, Applied) and proposed.files:
        new = proposed.files[0].new
        return Single(outcome, new.document if new is not None else None)
    return Single(outcome, document if isinstance(outcome, Unchanged) else None)
