"""A planner's answer, read as what it is: a text from outside, under the influence of whoever wrote the request.

One call, for the request's own file, with a snippet that holds none of our keys, or nothing.
"""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING

from bot.chat.scrub import foreign
from bot.errors import Code, Refusal
from bot.planning.records import EditCall
from bot.secrets import secret_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.planning.records import Planned

# A snippet shows what changes. One that is far longer than the file is no snippet, and is not even looked at.
_LEAST_ROOM = 200_000
_ROOM_PER_CHARACTER = 4
# Of a key that is handed out in pieces, this many characters in a row are too many.
_TELLING = 12
# Nobody's key is shorter, and a word of a test's is in every text.
_SHORTEST = 8
# A key without a digit, or a shorter one, may be words, which code may say as well; then only the very text counts.
_RANDOM = 16


def read_answer(planned: Planned, path: str, document: str, keys: Sequence[str]) -> EditCall:
    """The one edit of `path` (with the text `document`) that the planner answered with, its line ends made "\n".

    Raises Refusal: no-change (it declined, `said` quoted), wrong-file, ambiguous (several edits), secret (one of
    `keys`, whatever it is dressed as, or a text that looks like another secret), too-large, not-utf8.
    """
    own = [call for call in planned.calls if _same(call.target_file, path)]
    if len(own) < len(planned.calls):
        other = next(call.target_file for call in planned.calls if not _same(call.target_file, path))
        raise Refusal(
            Code.WRONG_FILE,
            f"the planner wants to edit {_shown(other, keys, 100)!r}, and the request is about {path}",
            "ask for a change of that file in a request of its own",
        )
    if not own:
        said = _shown(planned.said, keys, 200) or "it gave no reason"
        raise Refusal(
            Code.NO_CHANGE, f"the planner sees nothing to change in {path}: {said}", "say what should be different"
        )
    if len(own) > 1:
        raise Refusal(
            Code.AMBIGUOUS,
            f"the planner answered with {len(own)} edits of {path} where one was asked for",
            "run again, or ask for one thing in a request",
        )
    return _checked(own[0], path, document, keys)


def _checked(call: EditCall, path: str, document: str, keys: Sequence[str]) -> EditCall:
    text = call.code_edit
    if len(text) > max(_LEAST_ROOM, _ROOM_PER_CHARACTER * len(document)) or len(call.instructions) > _LEAST_ROOM:
        size = len(text) + len(call.instructions)
        raise Refusal(Code.TOO_LARGE, f"the planner's snippet for {path} has {size} characters", "ask for less")
    text = text.replace("\r\n", "\n")
    for said in (text, call.instructions):
        try:
            said.encode("utf-8")
        except UnicodeEncodeError:
            raise Refusal(
                Code.NOT_UTF8, f"the planner's snippet for {path} holds half a surrogate pair", "run again"
            ) from None
        if holds_key(said, keys):
            raise Refusal(
                Code.SECRET,
                f"the planner's snippet for {path} holds one of the keys of this run",
                "change the key at its service: the planner's server gave it away",
            )
    reason = secret_in(text)
    if reason is not None and secret_in(document) is None:
        raise Refusal(Code.SECRET, f"the planner's snippet for {path} shows {reason}", "change the file by hand")
    if not text.strip():
        raise Refusal(Code.NO_CHANGE, f"the planner's snippet for {path} shows no line", "say what should be different")
    return EditCall(path, call.instructions, text if text.endswith("\n") else f"{text}\n")


def holds_key(text: str, keys: Sequence[str]) -> bool:
    """Whether `text` gives one of `keys` away: as it is, turned round, spaced out, cut up, in base64 or in hex."""
    bare = _bare(text)
    for key in keys:
        if len(key) < _SHORTEST:
            continue
        if len(_bare(key)) < _RANDOM or not re.search(r"\d", key):
            if key in text:
                return True
            continue
        for form in _forms(key):
            if form in text or _bare(form) in bare:
                return True
        whole = _bare(key)
        pieces = (whole[at : at + _TELLING] for at in range(max(1, len(whole) - _TELLING + 1)))
        if len(whole) >= 2 * _TELLING and any(piece in bare for piece in pieces):
            return True
    return False


def _forms(key: str) -> Iterator[str]:
    data = key.encode()
    yield key
    yield key[::-1]
    yield data.hex()
    for shift in range(3):  # base64 looks different by where in a text the key begins
        encoded = base64.b64encode(b"\0" * shift + data).decode()
        yield encoded[(0, 2, 3)[shift] :].rstrip("=")[:-1]


def _bare(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def _same(target: str, path: str) -> bool:
    return target in (path, f"./{path}")


def _shown(text: str, keys: Sequence[str], limit: int) -> str:
    """A text of the planner for a message: one line, and nothing of it where it gives a key away."""
    return "(not shown: it holds a key)" if holds_key(text, keys) else foreign(text, keys, limit)
