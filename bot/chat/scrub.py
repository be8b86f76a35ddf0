"""Text from outside, made fit for a message: one line, short, no secret in it.

Services echo what they were sent: a key in a 401, a whole request in a 422.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

HIDDEN = "[hidden]"
SHOWN_CHARACTERS = 200
# What is shorter is no key of anybody's, but the word that people set where a server wants none.
_SHORTEST = 6

# Shapes of credentials that are no secret of ours but nobody's business either. None reaches over the end of a line.
_SHAPES = re.compile(
    r"(?i)\b(?:bearer|basic)[^\S\r\n]+[^\s\"',;]+"
    r"|\b(?:sk|pk|rk|gh[opsur]|github_pat|xox[abeprs])[-_][\w.*-]{8,}"
    r"|(?<=://)[^\s/@]+(?=@)"
)


def hide(text: str, secrets: Iterable[str]) -> str:
    """`text` with every secret, in any case, hidden, and all else as it was."""
    for secret in sorted((one for one in secrets if len(one) >= _SHORTEST), key=len, reverse=True):
        text = re.sub(re.escape(secret), HIDDEN, text, flags=re.IGNORECASE)
    return text


def scrub(text: str, secrets: Iterable[str]) -> str:
    """`text` with every secret, in any case, and whatever is shaped like a credential, hidden."""
    return _SHAPES.sub(HIDDEN, hide(text, secrets))


def foreign(text: str, secrets: Iterable[str], limit: int = SHOWN_CHARACTERS) -> str:
    """`text` on one line with no control or direction characters, scrubbed, then cut to `limit` characters.

    In that order: what is taken out later could join the halves of a secret, and a cut could hide it from the search.
    """
    printable = "".join(" " if unicodedata.category(character)[0] in "CZ" else character for character in text)
    line = scrub(" ".join(printable.split()), secrets)
    return line if len(line) <= limit else f"{line[: limit - 1]}…"
