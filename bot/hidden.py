"""Characters that make a text look like another one: they are not let into a file that has none of their kind.

A direction mark reorders what a reviewer sees (CVE-2021-42574), a tag, a soft hyphen or a zero-width space hides what
is there, and a control character draws over a terminal that shows the diff. A file that has such a character already
may have more of it: right-to-left texts and test data do. Joiners and variation selectors stay free, because emoji and
whole scripts are written with them; so do tab and form feed.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# All that shows nothing, as what stands between the brackets of a pattern: formats and tags; Hangul's and Khmer's
# fillers and the empty braille cell, which Unicode counts among letters and symbols; joiners and selectors.
UNSEEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
# Those of them that emoji and some scripts are written with.
WRITTEN = "\u034f\u180b-\u180d\u180f\u200c\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef"
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0d-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff"
    "\U000e01f0-\U000e0fff]"
)


def newly_hidden(old: Iterable[str], new: Iterable[str]) -> str | None:
    """The first such character of `new` (lines) that `old` nowhere has, with its line; None if there is none."""
    known: frozenset[str] | None = None
    for number, line in enumerate(new, 1):
        for found in () if line.isascii() and line.isprintable() else _HIDDEN.finditer(line):
            if known is None:
                known = frozenset(character for before in old for character in _HIDDEN.findall(before))
            if found[0] not in known:
                return f"{_name(found[0])} (line {number})"
    return None


def _name(character: str) -> str:
    return f"U+{ord(character):04X} {unicodedata.name(character, 'a control character')}"
