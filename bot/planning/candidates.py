"""Which files of a change set a request without a file is about: the most likely first.

By embeddings where a model for them is set up: the request's vector beside that of each file. Else by path and words: a
path that the request names, or a word of it that few of the files have.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.planning.sanitise import visible
from bot.syntax import outline

if TYPE_CHECKING:
    from collections.abc import Sequence

    Vector = Sequence[float]

_WORD = re.compile(r"[^\W\d]\w{2,}")
_PART = re.compile(r"[A-Z]?[a-z]{3,}|[A-Z]{3,}")
# A model for embeddings reads some two thousand words; what a file is about stands in its names and at its beginning.
_EMBEDDED = 8_000
# Another number for each change of what `embedded_text` gives: vectors outlive the release that made them.
EMBEDDED_AS = 1
_NAMED = 1_000.0
# What a file is about shows before so many characters.
_READ = 100_000


@dataclass(frozen=True, slots=True)
class CandidateFile:
    """A file that may be meant; `blob` names its content."""

    path: str
    text: str
    blob: str


def embedded_text(file: CandidateFile) -> str:
    """What of a file is embedded: its path, the names that it defines, its beginning."""
    names = " ".join(dict.fromkeys(one.name for one in outline(file.path, file.text).definitions))
    return f"{file.path}\n{names[: _EMBEDDED // 2]}\n{file.text}"[:_EMBEDDED]


def by_vectors(files: Sequence[CandidateFile], vectors: Sequence[Vector], request: Vector) -> tuple[CandidateFile, ...]:
    """`files` by the likeness of their `vectors` to that of the request; equals stay in their order."""
    likeness = [_cosine(vector, request) for vector in vectors]
    order = sorted(range(len(files)), key=lambda at: -likeness[at])
    return tuple(files[at] for at in order)


def by_words(files: Sequence[CandidateFile], words: str) -> tuple[CandidateFile, ...]:
    """`files` by what the request says of their paths and of what stands in them; equals stay in their order."""
    said = visible(words)
    asked = _terms(said)
    terms = [_terms(f"{file.path} {file.text[:_READ]}") for file in files]
    rarity = {term: math.log(1 + len(files) / (1 + sum(term in one for one in terms))) for term in asked}
    scores = [
        _named(file.path, said) + sum(rarity[term] for term in asked & own)
        for file, own in zip(files, terms, strict=True)
    ]
    order = sorted(range(len(files)), key=lambda at: -scores[at])
    return tuple(files[at] for at in order)


def _named(path: str, said: str) -> float:
    """How plainly the request names a path: the longer the end of it that stands there, the more."""
    steps = path.split("/")
    for count in range(len(steps), 0, -1):
        name = "/".join(steps[-count:])
        if re.search(rf"(?<![\w./-]){re.escape(name)}(?![\w/-])", said):
            return _NAMED * count
    stem = steps[-1].partition(".")[0]
    return _NAMED / 10 if len(stem) > 2 and re.search(rf"(?<!\w){re.escape(stem)}(?!\w)", said) else 0.0


def _terms(text: str) -> set[str]:
    words = set(_WORD.findall(text))
    return words | {part.lower() for word in words for part in _PART.findall(word)}


def _cosine(one: Vector, other: Vector) -> float:
    length = math.sqrt(sum(x * x for x in one)) * math.sqrt(sum(x * x for x in other))
    return sum(x * y for x, y in zip(one, other, strict=True)) / length if length else 0.0
