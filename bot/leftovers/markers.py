"""Which comments of a finished file can only be markers of left-out code.

In a snippet, `# ...` is a marker and so is `# other options...`; in a file that people wrote, both are their own
words. So a file's comment needs more: dots at both ends and a word that says "kept"; or dots at one end, or none, and a
phrase that has no other meaning.
"""

from __future__ import annotations

import re

from bot.merging.markers import marker_name
from bot.syntax import comment_prefixes

_DOTS = re.compile(r"\.{3,}|…+|\.\s\.\s\.")
_THING = (
    r"(?:code|contents?|file|implementation|body|lines?|functions?|methods?|class(?:es)?|imports?|logic|tests?"
    r"|definitions?|declarations?|members?|fields?|properties|types?|rules?|styles?|config(?:uration)?|settings"
    r"|entries|items|routes?|handlers?|components?|props|docs?|statements?|cases?|options|variables?|constants?"
    r"|module|component|script|program|template|markup|elements?|section|page|document)"
)
_STAYS = (
    r"(?:(?:is|are|stays?|remains?|goes|kept|left)\s+)?(?:(?:exactly\s+)?the\s+same(?:\s+as\s+before)?|unchanged"
    r"|unmodified|untouched|as[\s-]is|as\s+before|same\s+as\s+before|omitted(?:\s+for\s+brevity)?|here|continues)"
)
_KEPT = re.compile(
    r"\b(?:existing|unchanged|remain(?:s|ing)?|rest\s+of|the\s+rest|rest|same\s+as|stays?\s+the\s+same|as\s+before"
    r"|no\s+changes?|not\s+changed|previous|omitted|elided|truncated|snip(?:ped)?|untouched|unmodified|as[\s-]is"
    r"|keep|kept)\b",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    rf"(?:all\s+)?(?:the\s+)?(?:other|more|additional)\s+(?:[\w`().-]+\s+){{0,2}}{_THING}(?:\s+{_STAYS})?",
    re.IGNORECASE,
)
_PHRASE = re.compile(
    rf"""(?:
    (?:keep\s+)?(?:all\s+)?(?:the\s+|your\s+)?(?:existing|remaining|unchanged|previous|original)\s+(?:\w+\s+)?{_THING}
        (?:\s+{_STAYS})?
  | (?:keep\s+)?(?:the\s+)?(?:rest|remainder)\s+of\s+(?:(?:the|this|your)\s+)?(?:[\w`().-]+\s+)?{_THING}(?:\s+{_STAYS})?
  | (?:the\s+)?(?:rest|remainder)\s+of\s+(?:[\w`().-]+\s+){{1,4}}{_STAYS}
  | (?:the\s+)?(?:rest|everything\s+else|all\s+else)\s+{_STAYS}
  | {_THING}\s+(?:above\s+|below\s+)?(?:omitted(?:\s+for\s+brevity)?|unchanged|remains?\s+(?:unchanged|the\s+same))
  | (?:all\s+)?(?:the\s+)?others?\s+(?:[\w`().-]+\s+){{0,2}}{_STAYS}
  | same\s+as\s+before | unchanged | no\s+changes?(?:\s+here)? | omitted(?:\s+for\s+brevity)?
    )""",
    re.VERBOSE | re.IGNORECASE,
)
# Without any dots a subject and what it does are needed: "rest of the file" alone is a heading.
_SENTENCE = re.compile(
    rf"""(?:
    (?:keep\s+)?(?:the\s+)?(?:rest|remainder)\s+of\s+(?:[\w`().-]+\s+){{1,4}}{_STAYS}
  | (?:the\s+)?(?:rest|everything\s+else)\s+(?:is|stays?|remains?)\s+(?:the\s+same|unchanged|as\s+before|as\s+is)
  | (?:keep\s+)?(?:the\s+|your\s+)?(?:existing|remaining|unchanged)\s+(?:\w+\s+)?{_THING}\s+{_STAYS}
    )""",
    re.VERBOSE | re.IGNORECASE,
)
# What begins with no comment sign: words, dots, and brackets round them that are no sign themselves.
_WORDS_ALONE = re.compile(r"(?!<!--|<[%#]|\{[#/-]|\{\{!|\{\s*/\*|\(\*|(?:rem|dnl)\b)[\w\[(<{.…]", re.IGNORECASE)
# The star that a line of a block comment begins with: what follows it is part of a longer text.
_INSIDE = re.compile(r"\s*\*+(?!/)\s")


def is_left_marker(line: str, path: str = "") -> bool:
    """Whether `line` of a finished file at `path` is nothing but a marker that should not be there."""
    text = line.strip()
    if path.endswith(".rst") and text.startswith(".. "):
        text = f"# {text[3:]}"  # the comment of this language, and of no other, is two dots
    if text[:1] in ("'", '"') and text[0] not in comment_prefixes(path):
        return False  # a quote, which begins a comment in few languages
    name = marker_name(text, path)
    if not name:
        return False
    if _INSIDE.match(line):
        return False
    dots = len(_DOTS.findall(text))
    words = " ".join(_DOTS.sub(" ", name).strip(" ()[].:;,!").split())
    if _WORDS_ALONE.match(text):  # no comment at all: dots at one end are prose
        return dots >= 2 and _KEPT.search(words) is not None
    if dots >= 2:
        return _KEPT.search(words) is not None or _OTHERS.fullmatch(words) is not None
    return (_PHRASE if dots else _SENTENCE).fullmatch(words) is not None
