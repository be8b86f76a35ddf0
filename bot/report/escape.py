"""Text of others, made fit for a terminal.

A control character would let a path or a quoted line draw over what the user reads; a bidirectional or invisible one
would let it read as something else. They are shown, never sent (https://trojansource.codes, CWE-150).
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

SECRET_VARIABLES = (
    "MORPH_API_KEY",
    "MORPHEUS_API_KEY",
    "GITHUB_TOKEN",
    "GH_TOKEN",
    "ACTIONS_RUNTIME_TOKEN",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
)
MIN_SECRET = 6
# Controls, formats (among them the bidirectional ones), surrogates, private use, line and paragraph separators.
_UNSHOWN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def printable(text: str) -> str:
    """`text` with every character that a terminal would obey or hide, but newline and tab, shown as `\\u{...}`."""
    # Each character that the text has is looked at once: a diff has thousands of lines of the same hundred.
    unshown = [each for each in set(text) if each not in "\n\t" and unicodedata.category(each) in _UNSHOWN]
    return text.translate({ord(each): f"\\u{{{ord(each):x}}}" for each in unshown}) if unshown else text


def one_line(text: str) -> str:
    """`printable`, on one line: nothing that is quoted in a message can begin a line of its own."""
    return printable(" ".join(text.split("\n")).replace("\t", " ").strip())


def without_secrets(text: str, environ: Mapping[str, str]) -> str:
    """`text` without the secrets that the environment holds, whoever put them there."""
    for variable in SECRET_VARIABLES:
        value = environ.get(variable, "").strip()
        if len(value) >= MIN_SECRET:
            text = text.replace(value, f"<{variable}>")
    return text
