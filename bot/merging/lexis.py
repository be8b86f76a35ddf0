"""Words and strings of a line of code, by patterns, for any language.

A quote that is not closed lets a pattern look for its end again and again: the time grows with the square of the
line's length. So a very long line, data or minified code, is taken to have no strings.
"""

from __future__ import annotations

import re

LONGEST = 2_000  # characters
_WORD = re.compile(r"\w+")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|`(?:[^`\\]|\\.)*`')


def words_in(text: str) -> tuple[str, ...]:
    """The words of a text, in order, numbers and names with underscores among them."""
    return tuple(_WORD.findall(text))


def strings_in(text: str) -> tuple[str, ...]:
    """The strings of a line, with their quotes, in order."""
    return tuple(_STRING.findall(text)) if _is_quoted(text) else ()


def without_strings(text: str) -> str:
    """A line with all its strings empty."""
    return _STRING.sub('""', text) if _is_quoted(text) else text


def _is_quoted(text: str) -> bool:
    return len(text) <= LONGEST and ('"' in text or "'" in text or "`" in text)
