"""Whether the bytes of a file may hold anything for a close look: cheap, and never wrong where it says no.

Imports nothing but `re`, so that a hook on clean files costs little more than the interpreter's start.
"""

from __future__ import annotations

import re

INLINE_WORD = "stetbot!"
# A line that passes `bot.leftovers.markers` has one of these; they are bytes, and most files have none.
_DOTS = rb"(?:\.{3}|\xe2\x80\xa6|\. \. \.)"
_BOTH = rb"(?<![\w.])" + _DOTS + rb"[^\n]{1,140}" + _DOTS
_WORDS = (
    rb"(?:keep[ \t]+)?(?:all[ \t]+)?(?:the[ \t]+|your[ \t]+)?(?:existing|remaining|unchanged|previous|original|rest"
    rb"|remainder|everything[ \t]+else|others?|same[ \t]+as|no[ \t]+changes?|omitted)\b"
)
# Dots at both ends of something, or words that say "kept" where a comment begins, or behind other words of one.
_MARKER = re.compile(
    _BOTH
    + rb"|^[ \t]*(?:[^\w\s]{1,6}|rem\b|dnl\b)[^\w\n]{0,16}(?:"
    + _WORDS
    + rb"|[^\n]{1,80}\b(?:omitted|unchanged|remains?)\b)",
    re.IGNORECASE | re.MULTILINE,
)
_CONFLICT = re.compile(rb"^(?:<{7}|>{7}|\|{7}|={7})(?:[ \r\n]|\Z)", re.MULTILINE)


def may_have_markers(data: bytes) -> bool:
    """Whether a line may be a comment that stands for left-out code."""
    return _MARKER.search(data) is not None


def may_have_conflicts(data: bytes) -> bool:
    """Whether a line looks like one of the four that git writes into a conflict."""
    return (b"<<<<<<<" in data or b">>>>>>>" in data or b"=======" in data) and _CONFLICT.search(data) is not None


def may_ask(data: bytes, word: str = INLINE_WORD) -> bool:
    """Whether a comment may end in the word that makes it a request."""
    return word.lower().encode() in data.lower()
