"""A base tree in memory, for tests of the pipeline: real records, no disk."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.entries import Standing
from bot.errors import Code, Refusal
from bot.pipeline.views import FileState, parents
from bot.text import Document


@dataclass
class MemoryTree:
    """Files by path; `reads` counts how often each was read."""

    files: dict[str, str]
    executable: frozenset[str] = frozenset()
    reads: dict[str, int] = field(default_factory=dict)
    gone: frozenset[str] = frozenset({"gone.txt"})
    filtered: frozenset[str] = frozenset()
    alone: frozenset[str] = frozenset()

    def read(self, path: str) -> FileState:
        self.reads[path] = self.reads.get(path, 0) + 1
        if path not in self.files:
            raise Refusal(Code.UNKNOWN_PATH, f"{path} is not there")
        return FileState(Document.from_text(self.files[path]), path in self.executable, f"blob-of-{path}")

    def knew(self, path: str) -> bool:
        return path in self.files or path in self.gone

    def refuse_filtered(self, path: str) -> None:
        if path in self.filtered:
            raise Refusal(Code.FILTERED, f"{path} is stored through a filter")

    def refuse_loss(self, path: str) -> None:
        if path in self.alone:
            raise Refusal(Code.OVERLAPPING, f"nobody else has {path}")

    def standing(self, path: str) -> Standing:
        if path in self.files:
            return Standing.FILE
        if any(other.startswith(path + "/") for other in self.files):
            return Standing.DIRECTORY
        if any(parent in self.files for parent in parents(path)):
            return Standing.BELOW_A_FILE
        return Standing.NOTHING
