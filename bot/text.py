"""Documents: a text file as lines that remember how each of them ended.

The frontier between bytes and text is here and nowhere else in the pure floors. A document is UTF-8; a line ends at
"\n" and nowhere else (never `str.splitlines()`: it also splits at form feeds and U+2028); the "\r" of a CRLF belongs to
the ending, any other "\r" to the line. Bytes outside an edit come out as they went in.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.errors import Code, Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.model import Edit

BOM = "\ufeff"


def split_lines(text: str) -> tuple[str, ...]:
    """The lines of `text` without their endings ("\n" or "\r\n"); a final newline starts no further line."""
    return tuple(line.removesuffix("\r") for line in _pieces(text))


def join_lines(lines: Sequence[str]) -> str:
    """`lines`, each ended by a newline."""
    return "".join(f"{line}\n" for line in lines)


@dataclass(frozen=True, slots=True)
class Document:
    """`lines` without endings; `endings[i]` is "\n", "\r\n" or, for the last line alone, ""; `bom`: one stood first."""

    lines: tuple[str, ...]
    endings: tuple[str, ...]
    bom: bool = False

    @classmethod
    def from_text(cls, text: str) -> Document:
        """The document that `text` is, as it stands: endings and BOM are read from it."""
        bom = text.startswith(BOM)
        lines: list[str] = []
        endings: list[str] = []
        body = text[1:] if bom else text
        pieces = _pieces(body)
        last = len(pieces) - 1
        for number, piece in enumerate(pieces):
            ended = number < last or body.endswith("\n")
            carriage = ended and piece.endswith("\r")
            lines.append(piece[:-1] if carriage else piece)
            endings.append(("\r\n" if carriage else "\n") if ended else "")
        return cls(tuple(lines), tuple(endings), bom)

    @classmethod
    def from_bytes(cls, data: bytes, path: str) -> Document:
        """Decode `data`; refuses what is binary (a NUL byte) or not UTF-8, naming `path`."""
        if b"\0" in data:
            raise Refusal(Code.BINARY, f"{path} is a binary file (it holds a NUL byte)", "stetbot edits text only")
        try:
            return cls.from_text(data.decode("utf-8"))
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise Refusal(
                Code.NOT_UTF8, f"{path} is not UTF-8 (line {line})", "convert the file to UTF-8, then run again"
            ) from error

    def to_bytes(self) -> bytes:
        """The bytes that this document stands for; the inverse of `from_bytes`."""
        body = "".join(line + ending for line, ending in zip(self.lines, self.endings, strict=True))
        return ((BOM if self.bom else "") + body).encode("utf-8")

    @property
    def digest(self) -> str:
        """The SHA-256 (hex) of the bytes: what an edit or a landing says that it stands on."""
        return hashlib.sha256(self.to_bytes()).hexdigest()

    @property
    def final_newline(self) -> bool:
        """Whether the last line is ended; an empty document counts as ended."""
        return not self.endings or self.endings[-1] != ""

    @property
    def text(self) -> str:
        """The lines joined by "\n", with no BOM, and a final "\n" where the document has a final newline."""
        return "\n".join(self.lines) + ("\n" if self.lines and self.final_newline else "")

    def splice(self, edits: Sequence[Edit], *, final_newline: bool | None = None) -> Document:
        """This document with `edits` (sorted, disjoint spans of its lines) put in.

        Lines outside the edits keep their endings. A new line takes the ending of the line that it replaces, or of its
        neighbour. The final newline stays as it was unless `final_newline` says otherwise.
        """
        lines: list[str] = []
        endings: list[str] = []
        at = 0
        for edit in edits:
            if edit.start < at or edit.stop < edit.start or edit.stop > len(self.lines):
                raise ValueError(f"edit {edit.start}:{edit.stop} is out of order or out of range")
            lines += self.lines[at : edit.start]
            endings += self.endings[at : edit.start]
            lines += edit.lines
            endings += [self._ending_at(edit, offset) for offset in range(len(edit.lines))]
            at = edit.stop
        lines += self.lines[at:]
        endings += self.endings[at:]
        filled = [ending or self.dominant_ending for ending in endings]
        ended = self.final_newline if final_newline is None else final_newline
        if filled and lines[-1] and not ended:  # an empty last line without an ending would be no line at all
            filled[-1] = ""
        return replace(self, lines=tuple(lines), endings=tuple(filled))

    @property
    def dominant_ending(self) -> str:
        """The ending that most lines have ("\n" where there is none)."""
        counts = Counter(ending for ending in self.endings if ending)
        return max(counts, key=lambda ending: counts[ending]) if counts else "\n"

    def _ending_at(self, edit: Edit, offset: int) -> str:
        at = min(edit.start + offset, edit.stop - 1) if edit.stop > edit.start else max(edit.start - 1, 0)
        return (self.endings[at] if at < len(self.endings) else "") or self.dominant_ending


def _pieces(text: str) -> list[str]:
    pieces = text.split("\n")
    if pieces[-1] == "":
        pieces.pop()
    return pieces
