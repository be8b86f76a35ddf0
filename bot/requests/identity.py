"""What a request is known by: the hash of what it asks, and its place among equals.

The hash must not change when a file is reformatted: line ends are "\n" already, white space at the ends of prose lines
and around it goes. Code is taken to the byte.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING

from bot.asks import Batch
from bot.requests.source import paragraphs

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.asks import Part, Request

Plain = None | bool | int | str | list["Plain"]


def digest_parts(parts: Sequence[Part]) -> str:
    """SHA-256 (hex) over path, lines, instruction and ask of each part; where they stand does not count."""
    return _hash([[part.path, _plain(part.lines), tidy(part.instruction), _plain(part.ask)] for part in parts])


def digest_text(*pieces: str) -> str:
    """SHA-256 (hex) over these texts, each as it stands."""
    return _hash(list(pieces))


def tidy(prose: str) -> str:
    """Prose without white space at the ends of its lines and without blank lines around it."""
    return "\n".join(line.rstrip() for line in prose.split("\n")).strip("\n")


def with_ordinals(requests: Iterable[Request]) -> tuple[Request, ...]:
    """The same requests, each with its place (from 1) among those equal in key and digest."""
    seen: Counter[tuple[str, str]] = Counter()
    numbered = []
    for request in requests:
        seen[request.key, request.digest] += 1
        numbered.append(replace(request, ordinal=seen[request.key, request.digest]))
    return tuple(numbered)


def merge_batches(batches: Sequence[Batch]) -> Batch:
    """Several files as one run: requests in order, ordinals counted anew.

    The first subject is the commit's; further ones and all bodies follow as paragraphs of its body, so no word is lost.
    """
    subject = next((batch.subject for batch in batches if batch.subject), "")
    texts: list[str] = []
    for batch in batches:
        if batch.subject != subject:
            texts.append(batch.subject)
        texts.append(batch.body)
    requests = with_ordinals(request for batch in batches for request in batch.requests)
    return Batch(requests, subject, paragraphs(texts))


def _hash(value: Plain) -> str:
    # ensure_ascii: what cannot be encoded (a lone surrogate) still has a hash.
    return hashlib.sha256(json.dumps(value, ensure_ascii=True).encode("ascii")).hexdigest()


def _plain(value: object) -> Plain:
    """A record as nested lists, its type's name first: equal records, and only those, give equal lists."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if is_dataclass(value):
        return [type(value).__name__, *(_plain(getattr(value, field.name)) for field in fields(value))]
    raise TypeError(f"{type(value).__name__} has no plain form")
