"""Reads the committed merge cases, `tests/cases/merge*/<language>/<case>/`: their form is in `cases/README.md`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

CASES = Path(__file__).resolve().parent.parent / "cases"
FAILING = "merge_failing"  # those that the engine should merge, and does not


@dataclass(frozen=True, slots=True)
class Case:
    """One case. Exactly one of `expected` and `declined` is set; `lines` are 1-based lines of the original."""

    language: str
    name: str
    style: str
    kind: str
    path: str
    comment: str
    lines: tuple[int, int]
    why: str
    original: bytes
    update: str
    expected: bytes | None
    declined: str | None

    @property
    def id(self) -> str:
        return f"{self.language}/{self.name}"


def load_cases(roots: Sequence[str] = ("merge", FAILING)) -> tuple[Case, ...]:
    """All cases under `roots`, in the order of their ids; a folder that is no case raises ValueError, and is named."""
    found = [
        load_case(folder) for root in roots for language in _folders(CASES / root) for folder in _folders(language)
    ]
    return tuple(sorted(found, key=lambda case: case.id))


def load_case(folder: Path) -> Case:
    """The case in `folder`, `<language>/<case>`."""
    table = tomllib.loads((folder / "case.toml").read_text(encoding="utf-8"))
    try:
        first, last = table["lines"]
        texts = {key: str(table[key]) for key in ("style", "kind", "path", "comment", "why")}
    except (KeyError, ValueError, TypeError) as error:
        raise ValueError(f"{folder}/case.toml is not complete: {error!r}") from error
    original = _one(folder, "original")
    update = _one(folder, "update")
    expected = _one(folder, "expected")
    declined = _one(folder, "declined")
    if original is None or update is None or (expected is None) == (declined is None):
        raise ValueError(f"{folder} needs original, update, and either expected or declined.txt")
    return Case(
        language=folder.parent.name,
        name=folder.name,
        style=texts["style"],
        kind=texts["kind"],
        path=texts["path"],
        comment=texts["comment"],
        lines=(int(first), int(last)),
        why=texts["why"],
        original=original,
        update=update.decode("utf-8"),
        expected=expected,
        declined=None if declined is None else declined.decode("utf-8").strip(),
    )


def _folders(root: Path) -> list[Path]:
    return sorted(path for path in root.iterdir() if path.is_dir())


def _one(folder: Path, stem: str) -> bytes | None:
    found = sorted(folder.glob(f"{stem}.*"))
    if len(found) > 1:
        raise ValueError(f"{folder} has {len(found)} files named {stem}")
    return found[0].read_bytes() if found else None
