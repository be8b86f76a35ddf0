"""Cases for the benches: corpora (JSON Lines, plain or gzip) and folders of case folders, read alike."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

DECLINED = "declined.txt"


@dataclass(frozen=True, slots=True)
class Case:
    """One merge with its right answer; `expected` None: it must be declined (or there is no right answer)."""

    id: str
    path: str
    style: str
    language: str
    kind: str
    original: str
    update: str
    expected: str | None
    same_as: str = ""
    repo: str = ""

    @property
    def origin(self) -> str:
        """Where the edit comes from: its repository, or what stands in the id before `__`."""
        return self.repo or self.id.split("__", 1)[0]

    @property
    def repeated(self) -> bool:
        """Whether an earlier style of the same edit has the same bytes (corpora mark that with `same_as`)."""
        return self.same_as != ""


def read_cases(source: Path) -> list[Case]:
    """The cases of `source`: a .jsonl or .jsonl.gz file, or a folder in which case folders stand at any depth."""
    return list(_folders(source) if source.is_dir() else _lines(source))


def read_all(sources: Iterable[Path]) -> list[Case]:
    """The cases of all `sources`, in order."""
    return [case for source in sources for case in read_cases(source)]


def _lines(source: Path) -> Iterator[Case]:
    data = source.read_bytes()
    text = (gzip.decompress(data) if source.suffix == ".gz" else data).decode("utf-8")
    for line in text.split("\n"):
        if line.strip():
            record = json.loads(line)
            yield Case(
                id=record["id"],
                path=record["path"],
                style=record.get("style", ""),
                language=record.get("language", ""),
                kind=record.get("kind", ""),
                original=record["original"],
                update=record["update"],
                expected=record.get("expected"),
                same_as=record.get("same_as") or "",
                repo=record.get("repo") or "",
            )


def _folders(root: Path) -> Iterator[Case]:
    for original in sorted(root.rglob("original.*")):
        folder = original.parent
        update = next(iter(sorted(folder.glob("update.*"))), None)
        if update is None:
            continue
        expected = next(iter(sorted(folder.glob("expected.*"))), None)
        yield Case(
            id=folder.relative_to(root).as_posix(),
            path=original.name,
            style=root.name,
            language=folder.parent.name,
            kind="declined" if (folder / DECLINED).exists() else "merged",
            original=_text(original),
            update=_text(update),
            expected=None if expected is None else _text(expected),
        )


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8")
