"""Exchanges that were recorded on the wire, and answers played again: the same bytes, cut where they were cut."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from support.morph_server import Ending, MorphRequest, Reply

FOLDER = Path(__file__).parents[1] / "wire" / "morpheus"
_REQUEST = b"### ---- REQUEST (raw bytes) ----\n"
_RESPONSE = b"### ---- RESPONSE (raw bytes, as read from the socket; chunked framing kept) ----\n"
_TIMING = b"\n### ---- TIMING (seconds since request sent, bytes per recv) ----\n"


@dataclass(frozen=True, slots=True)
class Recording:
    """One exchange: the request's and the response's bytes, the latter as they came."""

    name: str
    request: bytes
    pieces: tuple[bytes, ...]

    @property
    def status(self) -> int:
        return int(self.pieces[0].split(b" ", 2)[1])

    @property
    def body(self) -> bytes:
        """The request's body."""
        return self.request.partition(b"\r\n\r\n")[2]

    def reply(self) -> Reply:
        return Reply(self.pieces, Ending.CLOSE)

    def __call__(self, request: MorphRequest) -> Reply:
        del request
        return self.reply()


@cache
def recording(number: str) -> Recording:
    """The exchange whose file's name begins with `number` ("42b")."""
    (path,) = FOLDER.glob(f"{number}_*.txt")
    data = path.read_bytes()
    _, _, rest = data.partition(_REQUEST)
    request, _, rest = rest.partition(_RESPONSE)
    response, _, timing = rest.partition(_TIMING)
    sizes = [int(size) for size in re.findall(rb"\d:(\d+)", timing)]
    assert sum(sizes) == len(response), f"{path.name}: what came is not what is said to have come"
    pieces, at = [], 0
    for size in sizes:
        pieces.append(response[at : at + size])
        at += size
    return Recording(path.stem, request.removesuffix(b"\n"), tuple(pieces))


def numbers() -> list[str]:
    """The numbers of all recordings, in their order."""
    return sorted(path.name.partition("_")[0] for path in FOLDER.glob("*.txt"))
