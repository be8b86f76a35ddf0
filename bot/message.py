"""The commit message: subject, body, and one block of trailers that nobody can smuggle a line into.

Git reads trailers from the last paragraph only, and stops reading at a line that begins with `---` where it expects a
patch to follow (git-interpret-trailers). So exactly one blank line stands before ours, every value is one line, and
the body keeps no divider.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.asks import Author, Batch, Request

REQUEST_TRAILER = "Stetbot-Request"

_UNSHOWN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069\ufeff\ud800-\udfff]"
)
_DIVIDER = re.compile(r"---(?=\s|\Z)")
# What keeps servers from running checks on a commit that has it anywhere in its message: `[skip ci]` and its kin.
_SKIPS = re.compile(r"\[(?=[^\[\]]*\b(?:skip|no)\b)([^\[\]]{0,60})\]|\*\*\*(NO_CI)\*\*\*", re.IGNORECASE)
_ISSUE_URL = re.compile(r"https?://(\S+/(?:issues|pull|discussions)/\d)", re.IGNORECASE)
_NUMBER = re.compile(r"#(?=\d)")
_GH_NUMBER = re.compile(r"\bGH-(?=\d)", re.IGNORECASE)
_MENTION = re.compile(r"(?<!\w)@(?=\w)")
_MOST_LISTED = 40
_LONGEST_LISTED = 200


def commit_message(
    batch: Batch,
    applied: Sequence[Request],
    *,
    signed_off_by: Author | None = None,
    without: Author | None = None,
) -> str:
    """The message of the commit that `applied` (of `batch`) went into, ended by a newline.

    Subject and body are those that the batch asks for, else made of the requests. Each request is named by a
    `Stetbot-Request` trailer, each of their authors by `Co-authored-by`, except `without` (who commits anyway).
    """
    subject = _one_line(batch.subject) or _default_subject(applied)
    body = _body(batch.body) if batch.subject or batch.body else _default_body(applied)
    trailers = [f"{REQUEST_TRAILER}: {_one_line(request.id)}" for request in applied]
    trailers += [f"Co-authored-by: {_person(author)}" for author in _co_authors(applied, without)]
    if signed_off_by:
        trailers.append(f"Signed-off-by: {_person(signed_off_by)}")
    return "\n\n".join(part for part in (subject, body, "\n".join(trailers)) if part) + "\n"


def requests_in(message: str) -> tuple[str, ...]:
    """The ids of the requests that a commit's message names in its last paragraph, in order."""
    last = message.rstrip("\n").rsplit("\n\n", 1)[-1]
    start = f"{REQUEST_TRAILER}: "
    return tuple(line.removeprefix(start) for line in last.split("\n") if line.startswith(start))


def _one_line(value: str) -> str:
    return " ".join(_UNSHOWN.sub(" ", value).split())


def _person(author: Author) -> str:
    # Angle brackets end a name and an address for git, as they do in its own ident.c.
    name = _one_line(re.sub("[<>]", "", author.name)) or "unknown"
    return f"{name} <{re.sub('[<>]', '', _one_line(author.email)).replace(' ', '')}>"


def _co_authors(applied: Sequence[Request], without: Author | None) -> list[Author]:
    seen = {without.email.casefold()} if without else set()
    found: list[Author] = []
    for request in applied:
        if request.author and request.author.email.casefold() not in seen:
            seen.add(request.author.email.casefold())
            found.append(request.author)
    return found


def _body(text: str) -> str:
    lines = [_UNSHOWN.sub(" ", line).rstrip() for line in text.replace("\r\n", "\n").split("\n")]
    # One space before a divider keeps what follows it, trailers too, a part of the message.
    return "\n".join(_DIVIDER.sub(" ---", line) for line in lines).strip("\n")


def _harmless(text: str) -> str:
    """`text` of others as words alone: in a commit's message GitHub obeys more than trailers.

    It keeps workflows from starting, closes issues and calls people, whoever wrote the words: the author of a comment,
    or whoever gave a file its name.
    """
    text = _SKIPS.sub(lambda found: f"({found[1] or found[2]})", text)
    text = _ISSUE_URL.sub(r"\1", text)
    text = _NUMBER.sub("# ", text)
    return _MENTION.sub("@ ", _GH_NUMBER.sub("GH ", text))


def _default_subject(applied: Sequence[Request]) -> str:
    paths = sorted({part.path for request in applied for part in request.parts})
    changes = "a requested change" if len(applied) == 1 else f"{len(applied)} requested changes"
    # A request on a change as a whole names no file.
    if "" in paths:
        return f"Apply {changes}"
    place = _harmless(_one_line(paths[0])) if len(paths) == 1 else f"{len(paths)} files"
    return f"Apply {changes} to {place}"


def _default_body(applied: Sequence[Request]) -> str:
    said = [
        f"- {_listed(part.path)}{_harmless(_shortened(_one_line(part.instruction)))}"
        for request in applied
        for part in request.parts
        if part.instruction.strip()
    ]
    more = [f"- and {len(said) - _MOST_LISTED} more"] if len(said) > _MOST_LISTED else []
    return "\n".join(said[:_MOST_LISTED] + more)


def _listed(path: str) -> str:
    return f"{_harmless(_one_line(path))}: " if path else ""


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_LISTED else text[: _LONGEST_LISTED - 1].rstrip() + "\u2026"
