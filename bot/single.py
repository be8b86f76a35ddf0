"""One update into one document, without a repository: `stetbot merge`, and whoever calls stetbot as a library."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from bot.asks import Part, Request
from bot.entries import Standing
from bot.errors import Code, Refusal
from bot.outcomes import Applied, Unchanged
from bot.paths import check_path
from bot.pipeline.propose import propose
from bot.pipeline.resolve import Resolver
from bot.pipeline.views import FileState
from bot.requests import read_update

if TYPE_CHECKING:
    from bot.model import Hints
    from bot.outcomes import Outcome
    from bot.pipeline.engines import Engine
    from bot.text import Document


@dataclass(frozen=True, slots=True)
class Single:
    """What became of one update, and the document after it (None: refused)."""

    outcome: Outcome
    document: Document | None


@dataclass(frozen=True, slots=True)
class OneFile:
    """A base tree with a single file, whatever it is called."""

    path: str
    document: Document

    def read(self, path: str) -> FileState:
        if path != self.path:
            raise Refusal(Code.WRONG_FILE, f"the update is about {path}, the file given is {self.path}")
        return FileState(self.document)

    def knew(self, path: str) -> bool:
        return path == self.path

    def refuse_filtered(self, path: str) -> None:
        """It has no attributes."""

    def refuse_loss(self, path: str) -> None:
        """Nothing is written here."""

    def standing(self, path: str) -> Standing:
        return Standing.FILE if path == self.path else Standing.NOTHING


def merge_one(
    document: Document, update: str, path: str, hints: Hints, engine: Engine, *, accept_unproven: bool = False
) -> Single:
    """Apply `update` (a snippet, diff, SEARCH/REPLACE or patch text) to `document`, with the whole proof.

    `path` gives the language, and says whether the text may leave the machine; it need not be one of a repository.
    Raises UsageError and Refusal where `update` cannot be read.
    """
    name = _relative(path)
    part = Part(name, read_update(update, path), path, hints.instruction, hints.lines)
    request = Request(name, "", 1, (part,), path)
    resolver = Resolver(engine, lambda _: accept_unproven)
    proposed = propose([request], OneFile(name, document), resolver, map)
    outcome = proposed.outcomes[0]
    if isinstance(outcome, Applied) and proposed.files:
        new = proposed.files[0].new
        return Single(outcome, new.document if new is not None else None)
    return Single(outcome, document if isinstance(outcome, Unchanged) else None)


def _relative(path: str) -> str:
    """`path` as one of a repository, where it can be; else its name, else what its ending says."""
    for name in (path, *PurePosixPath(path.replace("\\", "/")).parts[-1:]):
        try:
            return check_path(name)
        except Refusal:
            continue
    return "text" + PurePosixPath(path).suffix
