"""Which comments of a finished file can only be markers of left-out code.

In a snippet, `# ...` is a marker and so is `# other options...`; in a file that people wrote, both are their own
words. So what counts here is how much stands round the words, and how much they say:

    dots at both ends, in a comment   words that begin or end with "kept": existing code, rest of X, X unchanged
    dots at both ends, no comment     a whole phrase: which code, and that it is kept
    dots in front                     the same phrase
    dots behind, brackets, rulers     the phrase, about code itself and not some part of it: existing code, rest of file
    nothing                           a sentence about code itself: the rest of the file stays the same

All but the first two are weak: in a paragraph of comments (`bot.leftovers.find` looks at the lines beside it) they are
a line of what somebody says.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass

from bot.merging.markers import uncommented
from bot.syntax import comment_prefixes

MAX_CHARACTERS = 160
_DOTS = r"(?:\.{3,}|…+|⋯+|\.\s\.\s\.)"
_RULER = r"(?:[-=*~_#+/]{2,}|[-—\u2013])"
_LEFT = re.compile(rf"{_DOTS}(?!\w*[/\\])|{_RULER}(?=\s)")
_RIGHT = re.compile(rf"{_DOTS}\Z|(?<=\s){_RULER}\Z")
_ANY_DOTS = re.compile(_DOTS)
_BRACKETS = {"[": "]", "(": ")", "<": ">", "{": "}"}
_BETWEEN = re.compile(rf"{_DOTS}|[()\[\]{{}}<>,;:!]|\.(?=\s|\Z)|(?<=\s)[-—\u2013/&+]+(?=\s)")

# --- the words ---

_WORD = r"[\w`.'#$*-]+"
# Code itself, and what is a part of it.
_CODE = (
    r"(?:code|source|implementation|contents?|file|body|logic|functions?|methods?|class(?:es)?|components?|modules?"
    r"|script|program|template|markup|page|document|imports)"
)
_PART = (
    r"(?:lines?|import|tests?|definitions?|declarations?|members?|fields?|properties|types?|rules?|styles?"
    r"|config(?:uration)?|settings|entries|items|routes?|handlers?|props|docs?|statements?|cases?|options|variables?"
    r"|constants?|elements?|sections?|blocks?|includes|constructors?|docstrings?|dependencies|parameters|columns|keys"
    r"|steps?|jobs?|targets|headers?|attributes|text)"
)
_THING = rf"(?:{_CODE}|{_PART})"
_SAME = (
    r"(?:(?:exactly\s+)?the\s+same(?:\s+as\s+(?:before|above))?|same\s+as\s+(?:before|above)|unchanged|unmodified"
    r"|untouched|intact|as[\s-]is|as\s+before)(?:\s+from\s+(?:the\s+)?original)?"
)
_LEFT_OUT = r"(?:omitted|elided|truncated|skipped|not\s+shown)(?:\s+(?:here|for\s+(?:brevity|clarity|space)))?"
_STAYS = (
    rf"(?:(?:(?:is|are|stays?|remains?|goes|kept|left|continues?)\s+)?(?:{_SAME}|{_LEFT_OUT}|here)"
    r"|continues?|goes\s+on|stays|remains)"
)
_KEEP = r"(?:(?:keep|leave|retain|preserve|include)\s+)?(?:all\s+)?(?:of\s+)?(?:(?:the|your|my|our)\s+)?"
_WHERE = r"(?:\s+(?:above|below|before|after|here))?"
_OF = rf"(?:rest|remainder)\s+of\s+(?:(?:the|this|your)\s+)?(?:{_WORD}\s+)?"
_OLD = r"(?:existing|remaining|unchanged|unmodified|previous|original|earlier|preceding|surrounding|following)"
_PHRASE = re.compile(
    rf"""(?:
    {_KEEP}{_OLD}\s+(?:{_WORD}\s+)?{_THING}{_WHERE}(?:\s+{_STAYS})?
  | {_KEEP}{_OF}{_THING}{_WHERE}(?:\s+{_STAYS})?
  | {_KEEP}(?:rest|remainder)\s+of\s+(?:{_WORD}\s+){{1,4}}{_STAYS}
  | {_KEEP}(?:rest|everything\s+else|all\s+else)\s+{_STAYS}
  | {_KEEP}others?(?:\s+{_WORD}){{0,2}}\s+(?:(?:is|are|stays?|remains?)\s+)?(?:{_SAME}|{_LEFT_OUT})
  | (?:{_WORD}\s+)?{_THING}{_WHERE}\s+(?:(?:is|are|stays?|remains?)\s+)?(?:{_SAME}|{_LEFT_OUT}|continues?(?:\s+here)?)
  | same\s+as\s+before | unchanged | no\s+changes?{_WHERE} | {_LEFT_OUT}
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_ABOUT_CODE = re.compile(
    rf"""(?:
    {_KEEP}(?:existing|remaining|unchanged|unmodified)\s+(?:{_WORD}\s+)?{_CODE}{_WHERE}(?:\s+{_STAYS})?
  | {_KEEP}{_OF}{_CODE}{_WHERE}(?:\s+{_STAYS})?
  | {_KEEP}(?:rest|remainder)\s+of\s+(?:{_WORD}\s+){{1,4}}{_STAYS}
  | {_KEEP}(?:rest|everything\s+else|all\s+else)\s+{_STAYS}
  | (?:same\s+as\s+before|unchanged)
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_SENTENCE = re.compile(
    rf"""(?:
    {_KEEP}(?:existing|remaining|unchanged|unmodified)\s+(?:{_WORD}\s+)?{_CODE}{_WHERE}\s+{_STAYS}
  | {_KEEP}{_OF}{_CODE}{_WHERE}\s+{_STAYS}
  | (?:the\s+)?(?:rest|everything\s+else|all\s+else)\s+(?:stays|remains)\s+{_SAME}
  | (?:the\s+)?(?:{_WORD}\s+)?{_CODE}\s+(?:is\s+)?(?:omitted|elided|truncated)\s+for\s+(?:brevity|clarity|space)
    )""",
    re.VERBOSE | re.IGNORECASE,
)
# Dots at both ends of a comment say "left out" already; the words need only not say something else.
_BEGINS = re.compile(
    rf"(?:and\s+)?{_KEEP}(?:existing|remaining|unchanged|unmodified"
    r"|(?:rest|remainder|everything\s+else|all\s+else)(?:\s+of\b|\Z)"
    rf"|(?:previous|original|same|earlier|preceding|current)\s+(?:{_WORD}\s+)?{_THING}"
    rf"|(?:other|more|additional)\s+{_WORD}(?:\s+{_WORD}){{0,2}}\Z)\b",
    re.IGNORECASE,
)
_ENDS = re.compile(
    rf"\b(?:{_SAME}|{_LEFT_OUT}|snip(?:ped)?|no\s+changes?|not\s+changed|(?:stays?|remains?)(?:\s+here)?"
    r"|(?:code|body|implementation)\s+continues)\Z",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"c[oó]digo\s+existente|rest[oe]\s+d[eou]l?\s+c[oó]d(?:igo|e)|code\s+existant|(?:bestehender|restlicher)\s+code"
    r"|codice\s+esistente|(?:现有|其余|其他|原有|剩余)的?代码|(?:既存|残り)の(?:コード|実装)|기존\s*코드|나머지\s*코드"
    r"|(?:существующий|остальной)\s+код",
    re.IGNORECASE,
)
_MOST_WORDS = 10
# What most lines of code lack: a cheap test that no marker fails.
_MIGHT = re.compile(
    r"\.\.|…|⋯|\. \.|existing|unchanged|unmodified|remain|rest\b|same|else|omitted|elided|truncated", re.IGNORECASE
)
# Signs of whatever language, round dots at both ends. A quotation is not a comment, nor is what somebody was sent.
_SIGNS = re.compile(rf"[^\w\s\"'`.…⋯>$]{{0,6}}\s*(?P<said>{_DOTS}.*{_DOTS})\s*[^\w\s\"'`.…⋯]{{0,6}}")
# The star that a line of a block comment begins with: what follows it may be part of a longer text.
_INSIDE = re.compile(r"\*+(?![*/])(?:\s|[.…⋯])")


class Strength(enum.IntEnum):
    """How sure it is that a line is a marker."""

    NONE = 0
    WEAK = 1
    STRONG = 2


@dataclass(frozen=True, slots=True)
class _Said:
    """What a line says, without signs, and what stood round the words."""

    words: str
    left: bool
    right: bool
    framed: bool


def marker_strength(line: str, path: str = "") -> Strength:
    """Whether `line` of a finished file at `path` is nothing but a marker that should not be there."""
    text = line.strip()
    if len(text) > MAX_CHARACTERS or _MIGHT.search(text) is None:
        return Strength.NONE
    if path.endswith(".rst") and text.startswith(".. "):
        text = f"# {text[3:]}"  # the comment of this language, and of no other, is two dots
    if text[:1] in ("'", '"') and text[0] not in comment_prefixes(path):
        return Strength.NONE  # a quote, which begins a comment in few languages
    inner, commented = uncommented(text)
    alone = _without_sign(text)
    if alone or not commented or _INSIDE.match(text):
        return alone
    return _in_comment(_said(inner))


def _in_comment(said: _Said) -> Strength:
    if said.left and said.right:
        return Strength.STRONG if _is_kept(said.words) else Strength.NONE
    if said.left:
        patterns = [_PHRASE]
    elif said.right or said.framed:
        patterns = [_ABOUT_CODE, _SENTENCE]
    else:
        patterns = [_SENTENCE]
    return Strength.WEAK if any(pattern.fullmatch(said.words) for pattern in patterns) else Strength.NONE


def _without_sign(text: str) -> Strength:
    signs = _SIGNS.fullmatch(text)
    if signs is None:
        return Strength.NONE
    words = _said(signs["said"]).words
    return Strength.STRONG if _PHRASE.fullmatch(words) or _ELSEWHERE.fullmatch(words) else Strength.NONE


def _is_kept(words: str) -> bool:
    if len(words.split()) > _MOST_WORDS:
        return False
    return any(found(words) for found in (_BEGINS.match, _ENDS.search, _PHRASE.fullmatch, _ELSEWHERE.search))


def _said(text: str) -> _Said:
    left = right = framed = False
    before = ""
    while text != before:
        before = text
        text = text.strip().rstrip(":;,!")
        if found := _LEFT.match(text):
            left, framed = left or found[0][0] in ".…⋯", framed or found[0][0] not in ".…⋯"
            text = text[found.end() :]
        elif found := _RIGHT.search(text):
            right = right or found[0][0] in ".…⋯"
            text = text[: found.start()]
        elif len(text) > 1 and _BRACKETS.get(text[0]) == text[-1]:
            framed, text = True, text[1:-1]
    right = right or (left and _ANY_DOTS.search(text) is not None)
    return _Said(" ".join(_BETWEEN.sub(" ", text).split()), left, right, framed)
