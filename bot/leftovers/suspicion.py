"""Whether the bytes of a file may hold anything for a close look: cheap, and never wrong where it says no.

Imports nothing but `re`, so that a hook on clean files costs little more than the interpreter's start.
"""

from __future__ import annotations

import re

INLINE_WORD = "stetbot!"
# What the word may be: whoever sets it, and wherever.
WORD = re.compile(r"\S{3,40}")
WORD_MUST_BE = "a word of 3 to 40 characters without white space"
# In a line: it passes. `allow-file` lets the whole file pass; `allow-files` and `disallow` are words of others.
ALLOW = re.compile(r"(?<![\w-])stetbot: allow(?:-file)?(?![\w-])")
ALLOW_FILE = re.compile(r"(?<![\w-])stetbot: allow-file(?![\w-])")
# A line that passes `bot.leftovers.markers` has one of these; they are bytes, and most files have none.
_DOTS = rb"(?:\.{3}|\xe2(?:\x80\xa6|\x8b\xaf)|\. \. \.)"
_BOTH = rb"(?<![\w.])" + _DOTS + rb"[^\n]{1,140}" + _DOTS
# A comment without them begins or ends in words that say "kept".
_BEGIN = (
    rb"(?:(?:keep|leave|retain|preserve|include|all|of|the|your|my|our)[^\w\n]{1,16}+){0,4}(?:existing|remaining|unchanged"
    rb"|unmodified|previous|original|earlier|preceding|surrounding|following|rest|remainder|everything|else|others?|same"
    rb"|no|omitted|elided|truncated|skipped|not)\b"
)
_END = (
    rb"\b(?:un(?:changed|modified|touched)|intact|omitted|elided|truncated|skipped|shown|same|before|above|as[\s-]is"
    rb"|original|brevity|clarity|space|here|continues?)[^\w\n]{0,16}$"
)
_MARKER = re.compile(
    _BOTH + rb"|^[ \t]*+(?:[^\w\s]|(?:rem|dnl)\b)[^\w\n]{0,22}+(?:" + _BEGIN + rb"|[^\n]{1,80}?" + _END + rb")",
    re.MULTILINE,
)
_CONFLICT = re.compile(rb"^(?:<{7,}|>{7,}|\|{7,}|={7,})(?:[ \r\n]|\Z)", re.MULTILINE)


def may_have_markers(data: bytes) -> bool:
    """Whether a line may be a comment that stands for left-out code."""
    return _MARKER.search(data.lower()) is not None  # to ignore the case in the pattern takes several times as long


def may_have_conflicts(data: bytes) -> bool:
    """Whether a line looks like one of the four that git writes into a conflict."""
    return (b"<<<<<<<" in data or b">>>>>>>" in data or b"=======" in data) and _CONFLICT.search(data) is not None


def may_ask(data: bytes, word: str = INLINE_WORD) -> bool:
    """Whether a comment may end in the word that makes it a request."""
    return word.lower().encode() in data.lower()


def is_notebook(path: str) -> bool:
    """Whether the file holds its texts as strings, of which its bytes tell little."""
    return path.endswith(".ipynb")


def may_have_leftovers(path: str, data: bytes, word: str = INLINE_WORD) -> bool:
    """Whether a close look at the file is worth its time."""
    return is_notebook(path) or may_ask(data, word) or may_have_conflicts(data) or may_have_markers(data)
