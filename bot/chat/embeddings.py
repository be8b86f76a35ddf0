"""Embeddings: what is sent, and the vectors that come back, one for each text and in the same order."""

from __future__ import annotations

import base64
import binascii
import enum
import math
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.chat.completion import Tokens
from bot.chat.error_body import refuse_error
from bot.chat.reading import AnswerError, as_count, as_object

if TYPE_CHECKING:
    from collections.abc import Sequence

Vector = tuple[float, ...]


class Encoding(enum.StrEnum):
    """How the numbers come: written out, or as the base64 of 32-bit floats, a third as long."""

    FLOAT = "float"
    BASE64 = "base64"


@dataclass(frozen=True, slots=True)
class EmbeddingRequest:
    """What a model is asked to embed. None and "" are not sent."""

    model: str
    texts: tuple[str, ...]
    encoding: Encoding = Encoding.FLOAT
    dimensions: int | None = None
    user: str = ""
    session_id: str | None = None

    def body(self) -> dict[str, object]:
        body: dict[str, object] = {"model": self.model, "input": list(self.texts), "encoding_format": self.encoding}
        if self.dimensions is not None:
            body["dimensions"] = self.dimensions
        if self.user:
            body["user"] = self.user
        if self.session_id:
            body["session_id"] = self.session_id
        return body


@dataclass(frozen=True, slots=True)
class Embedded:
    """The vectors in the order of the texts, all of one length, and the tokens that they cost, if they are known."""

    vectors: tuple[Vector, ...]
    tokens: Tokens | None = None


def read_embeddings(answer: object, count: int) -> Embedded:
    """The `count` vectors of an answer. Raises AnswerError: a vector too few would shift all that follow it."""
    body = as_object(answer, "the answer")
    refuse_error(body)
    entries = body.get("data")
    if not isinstance(entries, list) or len(entries) != count:
        raise AnswerError(f"answered in a shape that is not documented: not {count} embeddings")
    vectors: dict[int, Vector] = {}
    for number, entry in enumerate(entries):
        item = as_object(entry, "an embedding")
        index = item.get("index", number)
        if not isinstance(index, int) or isinstance(index, bool):
            raise AnswerError("answered in a shape that is not documented: an embedding's index is no number")
        vectors[index] = _vector(item.get("embedding"))
    lengths = {len(vector) for vector in vectors.values()}
    if set(vectors) != set(range(count)) or len(lengths) != 1 or lengths == {0}:
        raise AnswerError("answered with embeddings that do not belong to the texts")
    return Embedded(tuple(vectors[index] for index in range(count)), _tokens(body.get("usage")))


def _tokens(usage: object) -> Tokens | None:
    prompt = as_count(usage.get("prompt_tokens")) if isinstance(usage, dict) else None
    return None if prompt is None else Tokens(prompt, 0)


def _vector(value: object) -> Vector:
    numbers: Sequence[object] = ()
    match value:
        case [*written]:
            numbers = written
        case str():
            numbers = _unpacked(value)
    found = tuple(_number(number) for number in numbers)
    if not found or not all(map(math.isfinite, found)):
        raise AnswerError("answered with an embedding that is not made of numbers")
    return found


def _number(value: object) -> float:
    """`value` as a number, NaN where it is none that a vector may hold."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return math.nan
    try:
        return float(value)
    except OverflowError:
        return math.nan


def _unpacked(text: str) -> tuple[float, ...]:
    try:
        data = base64.b64decode(text, validate=True)
        return struct.unpack(f"<{len(data) // 4}f", data)
    except (binascii.Error, ValueError, struct.error):
        return ()


def cosine(left: Vector, right: Vector) -> float:
    """How alike two vectors are, from -1 to 1; 0 where one of them is null."""
    size = math.hypot(*left) * math.hypot(*right)
    return sum(a * b for a, b in zip(left, right, strict=True)) / size if size else 0.0
