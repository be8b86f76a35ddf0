"""An UNPROVEN edit that a writer may accept by its hash: what the hash covers, and where the edit is kept.

The bot keeps it in its own reply, in a comment that GitHub does not show, below the same edit as a diff. `apply #hash`
reads it back. The hash covers the request, the blobs that it was made on and the exact edit, and it must hold for what
stands now; then the edit is verified anew. So neither a reply that somebody edited nor a file that changed can land.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.asks import Plain
from bot.errors import Code, Refusal, UsageError
from bot.json_node import Node
from bot.model import Edit, EngineName
from bot.outcomes import Change, Written
from bot.review.state import KEPT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.asks import Part as Asked
    from bot.asks import Request
    from bot.outcomes import Candidate

# GitHub's limit for a comment is 65,536 characters; the diff, and the words, need room beside it.
MOST_CHARACTERS = 24_000
_SHORT = 12
# Alone on the last line: what stands behind a `>` is quoted.
_KEPT = re.compile(rf"(?<![^\n]){KEPT}" + r"(?P<hash>[0-9a-f]{64}) (?P<data>[A-Za-z0-9+/]{1,40000}={0,2}) -->\Z")
_REMEDY = "ask for the edit again with `/stetbot apply`"


@dataclass(frozen=True, slots=True)
class Part:
    """The edit of one file: the blob that it was made on, the digest of the text that it stands on, who merged.

    `written` is the snippet of a planner that it was merged from: it cannot be had again.
    """

    path: str
    blob: str
    stands_on: str
    engine: EngineName
    edits: tuple[Edit, ...]
    written: Written | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """An edit that waits for a writer's word: the request's id and whole digest, and its files in order."""

    request: str
    digest: str
    parts: tuple[Part, ...]

    @property
    def hash(self) -> str:
        """SHA-256 over the request, the base blobs and the edits."""
        return hashlib.sha256(_encoded(self)).hexdigest()

    @property
    def short(self) -> str:
        """What people write behind `#`."""
        return self.hash[:_SHORT]

    def kept(self) -> str | None:
        """The hidden comment that keeps the edit; None if a reply has no room for it: then there is no hash either."""
        data = base64.b64encode(_encoded(self)).decode("ascii")
        return None if len(data) > MOST_CHARACTERS else f"{KEPT}{self.hash} {data} -->"


def offer_of(request: Request, candidate: Candidate, blob: Callable[[str], str | None]) -> Offer | None:
    """The offer of an unproven candidate; None if it does more than edit texts that stand on the base.

    `blob` gives the base's blob id of a path.
    """
    parts: list[Part] = []
    for operation in candidate.operations:
        if not isinstance(operation, Change):
            return None
        base = blob(operation.path)
        if base is None:
            return None
        written = next((it for it in candidate.written if it.path == operation.path), None)
        kept = None if written is None else Written(written.path, written.snippet, written.instruction)
        parts.append(Part(operation.path, base, operation.stands_on, candidate.engine, operation.edits, kept))
    return Offer(request.id, request.digest, tuple(parts)) if parts else None


def offer_in(reply: str, short: str) -> Offer | None:
    """The offer of this hash that an unedited reply of the bot's own keeps, as its last line; None if it keeps none.

    Raises Refusal(verification-failed) if what it keeps is not what its hash says.
    """
    found = _KEPT.search(reply.rstrip())
    if found is None or not found["hash"].startswith(short) or len(short) != _SHORT:
        return None
    try:
        offer = _decoded(base64.b64decode(found["data"], validate=True))
    except (UsageError, ValueError, RecursionError) as error:
        raise Refusal(Code.VERIFICATION_FAILED, "the reply's edit cannot be read", _REMEDY) from error
    if offer.hash != found["hash"]:
        raise Refusal(Code.VERIFICATION_FAILED, "the reply's edit is not the one that its hash is of", _REMEDY)
    return offer


def check_offer(offer: Offer, request: Request | None, blob: Callable[[str], str | None]) -> None:
    """Raise Refusal(outdated) unless the request and the files are those that the offer was made for."""
    if request is None or request.digest != offer.digest:
        raise Refusal(Code.OUTDATED, "the comment was edited or deleted since the edit was offered", _REMEDY)
    named = {path for part in request.parts for path in _named(part)}
    for part in offer.parts:
        if part.path not in named:
            raise Refusal(Code.VERIFICATION_FAILED, f"the request does not speak of {part.path}", _REMEDY)
        if blob(part.path) != part.blob:
            raise Refusal(Code.OUTDATED, f"{part.path} changed since the edit was offered", _REMEDY)


def _named(part: Asked) -> tuple[str, ...]:
    """The files that a part of a request may be about."""
    return part.ask.among if isinstance(part.ask, Plain) and not part.path else (part.path,)


def by_short(offers: Mapping[str, Offer], short: str) -> Offer:
    """The one of `offers`, by their whole hashes, that goes by this short one.

    Raises Refusal: unproven if there is none, ambiguous if there are two.
    """
    found = [offer for digest, offer in offers.items() if digest.startswith(short)]
    if not found:
        raise Refusal(Code.UNPROVEN, f"no reply of mine on this pull request offers an edit #{short}", _REMEDY)
    if len(found) > 1:
        raise Refusal(Code.AMBIGUOUS, f"{len(found)} different edits go by #{short}", "make the change by hand")
    return found[0]


def _encoded(offer: Offer) -> bytes:
    """The offer as canonical JSON in ASCII: equal offers, and only those, give equal bytes."""
    value = {
        "request": offer.request,
        "digest": offer.digest,
        "parts": [
            {
                "path": part.path,
                "blob": part.blob,
                "stands_on": part.stands_on,
                "engine": part.engine.value,
                "written": None if part.written is None else [part.written.snippet, part.written.instruction],
                "edits": [[edit.start, edit.stop, list(edit.lines)] for edit in part.edits],
            }
            for part in offer.parts
        ],
    }
    return json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode("ascii")


def _decoded(data: bytes) -> Offer:
    top = Node("the reply", json.loads(data), _wrong)
    parts = [_part(node) for node in top.at("parts").items()]
    return Offer(top.at("request").text(), top.at("digest").text(), tuple(parts))


def _wrong(place: str, wrong: str) -> UsageError:
    return UsageError(f"{place}: {wrong}; {_REMEDY}")


def _part(node: Node) -> Part:
    engine = node.at("engine")
    if engine.text() not in set(EngineName):
        raise engine.wrong("an engine of this version")
    edits: list[Edit] = []
    for item in node.at("edits").items():
        start, stop, lines = item.items(exactly=3)
        edits.append(Edit(start.integer(), stop.integer(), tuple(line.line() for line in lines.items())))
    path, blob, stands_on = (node.at(key).text() for key in ("path", "blob", "stands_on"))
    said = node.maybe("written")
    written = None
    if said is not None:
        snippet, instruction = said.items(exactly=2)
        written = Written(path, snippet.text(), instruction.text())
    return Part(path, blob, stands_on, EngineName(engine.text()), tuple(edits), written)
