"""Markers: comments such as `// ... existing code ...` that stand for unchanged lines.

Models write them in any comment syntax, also in that of another language, so the syntax of the file does not matter;
what matters is that the line holds nothing else. Four shapes count, after the comment signs and brackets are off:

    ...   …                       nothing but dots (in Python only as a comment: a bare `...` is code there)
    ... anything ...              dots on both sides
    ... existing code             dots on one side and words that say "unchanged"
    existing code                 no dots, but words that can mean nothing else

`is_marker` looks at one line; `find_markers` at a snippet, where the original's own lines and strings are no markers,
and where two more are, that only name what they stand for:

    ... imports                   dots and a few words, below no other comment
    other settings                at the end of the snippet
"""

from __future__ import annotations

import re
from itertools import chain, pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_PYTHON = (".py", ".pyi", ".pyx")
_LISTED = (".md", ".markdown", ".mdx", ".rst", ".adoc", ".txt", ".yml", ".yaml")
_TEXTS = (
    *(".md", ".markdown", ".mdx", ".rst", ".adoc", ".txt", ".html", ".htm", ".vue", ".svelte", ".jsx", ".tsx"),
    *(".jinja", ".jinja2", ".j2", ".twig", ".erb", ".hbs", ".cshtml", ".xml", ".njk", ".liquid", ".ejs", ".blade.php"),
)
_HEADED = (".md", ".markdown", ".mdx")  # here the sign of a comment begins a title
LONGEST_TITLE = 90
LONGEST_COMMENT = 400
_RST = (".rst", ".rest")  # here two dots begin a comment

# Opening sign, closing sign (may be absent where the comment runs to the end of the line).
_COMMENTS = re.compile(
    r"""
    (?: \{\s*/\*++ (?P<jsx>.*?) \*++/\s*\}
      | /\*++ (?P<block>.*?) (?:\*+/)?
      | <!--+ (?P<sgml>.*?) (?:--+>)?
      | \{\#-? (?P<jinja>.*?) -?\#\}
      | <%(?:--|\#) (?P<erb>.*?) (?:--)?%>
      | \{\{!(?:--)? (?P<mustache>.*?) (?:--)?\}\}
      | @\* (?P<razor>.*?) \*@
      | \(\*++ (?P<ml>.*?) \*+\)
      | \{- (?P<haskell>.*?) -\}
      | <\#++ (?P<powershell>.*?) \#+>
      | \#= (?P<julia>.*?) =\#
      | \#\| (?P<lisp>.*?) \|\#
      | \#\[ (?P<nim>.*?) \]\#
      | (?: //+!? | \#+!? | --+ | ;+ | %+ | \*+ | !+(?=[\s.…]) | ' | "(?!") | rem\b | dnl\b ) (?P<line>.*)
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_DOTS = r"(?:\.{3,}|[…⋮⋯]+|\.\s\.\s\.)"
_LEFT_OUT = re.compile(
    r"\b(?:unchanged|same as before|as before|existing code|(?:rest|remainder) of the|omitted)\b", re.IGNORECASE
)
_SIGN = re.compile(r"\s*(//+|\#+|--+|;+|%+|\*+)(?=\s)")
_DOTTED = re.compile(_DOTS)
_ONLY_DOTS = re.compile(rf"{_DOTS}(?:\s*{_DOTS})*")
_BOTH = re.compile(rf"{_DOTS}\s*(?P<name>.*?\w.*?)\s*{_DOTS}[.:;,!]*")
_LEFT = re.compile(rf"{_DOTS}\s*(?P<name>.*\w.*)")
_RIGHT = re.compile(rf"(?P<name>.*\w.*?)\s*{_DOTS}")

_KEPT = (
    r"(?:existing|unchanged|remain(?:s|ing)?|(?<![.…])rest|same\s+as|the\s+same"
    r"|stays?|as\s+before|no\s+changes?|not\s+changed|previous(?:ly)?|omitted|elided|truncated|snip(?:ped)?|untouched|as[\s-]is"
    r"|keep(?:s|ing)?|kept|above|below|unmodified|same)"
)
_SAYS_KEPT = re.compile(rf"\b{_KEPT}\b", re.IGNORECASE)
_OTHERS = re.compile(r"(?:all\s+)?(?:the\s+)?(?:other|others|more|additional)(?:\s+[\w`().-]+){0,3}", re.IGNORECASE)
_THING = r"(?:code|contents?|file|implementation|body|lines?|function|method|class|methods|functions|imports|logic)"
# Without any dots only a sentence that says "unchanged" and nothing else will do.
_SENTENCE = re.compile(
    rf"""
    (?:the\s+)?(?:rest|remainder)\s+of\s+(?:the\s+|this\s+)?(?:\w+\s+)?{_THING}
        (?:\s+(?:is|stays?|remains?|goes)?\s*(?:the\s+same|unchanged|as\s+before|as\s+is|same\s+as\s+before|here))?
  | (?:the\s+)?(?:rest|remainder)\s+of\s+(?:the\s+|this\s+)?[\w.`()#:$-]+(?:\s+[\w.`()#:$-]+){{0,2}}
        \s+(?:is\s+|stays?\s+|remains?\s+)?(?:unchanged|the\s+same(?:\s+as\s+before)?|as\s+before)
  | (?:the\s+)?(?:rest|everything\s+else)\s+(?:is\s+|stays?\s+|remains?\s+)?(?:unchanged|the\s+same|same\s+as\s+before)
  | (?:keep\s+)?(?:the\s+)?(?:existing|remaining|unchanged)\s+{_THING}
        (?:\s+(?:is|stays?|remains?)?\s*(?:the\s+same|unchanged|as\s+is|here|above|below|continues))?
  | (?:code|lines?)\s+(?:above|below|before|after)?\s*(?:is\s+|stays?\s+|remains?\s+)?(?:unchanged|the\s+same|omitted)
  | no\s+changes?\s+(?:above|below|before|after|here)
  | (?:above|below|this)\s+(?:stays|remains)\s+(?:the\s+same|unchanged)
  | \(?(?:same\s+as\s+before|unchanged)\)?
    """,
    re.VERBOSE | re.IGNORECASE,
)
# These may be a comment of the new code just as well; where such a line stands for nothing, that is a doubt.
_FAINT = re.compile(
    r"""
    (?:the\s+)?(?:rest|remainder)\s+of\s+(?:the\s+|this\s+)?[\w.`()#:$-]+(?:\s+[\w.`()#:$-]+)?
        (?:\s+(?:is|stays?|remains?)\s+(?:the\s+same|unchanged|as[\s-]is))?
  | (?:the\s+)?[\w.`()#:$-]+(?:\s+[\w.`()#:$-]+){0,3}
        \s+(?:is\s+|are\s+|stays?\s+|remains?\s+)?(?:unchanged|the\s+same(?:\s+as\s+before)?|as\s+before|as[\s-]is)
  | (?:the\s+)?[\w.`()#$-]+(?:\s+[\w.`()#$-]+)?(?:,\s+[\w.`()#$-]+(?:\s+[\w.`()#$-]+)?){1,4}
        (?:\s+(?:and|&)\s+[\w.`()#$-]+)?\s+(?:etc\.?\s+)?(?:stays?|remains?)\s+(?:unchanged|the\s+same(?:\s+as\s+before)?|as\s+before|as[\s-]is)
    """,
    re.VERBOSE | re.IGNORECASE,
)
# What is left out by its name; behind other words a sentence goes on.
_NAMED = re.compile(
    rf"{_DOTS}\s+(?!(?:and|or|but|so|then|however|now|finally|if|when|which|because|to|in|as|for|is|are|until|else)\b)"
    r"[\w`().,:#&/$-]+(?:\s+[\w`().,:#&/$-]+){0,6}",
    re.IGNORECASE,
)
# Dots on the right alone make no marker of a sentence.
_TITLE = re.compile(
    r"(?:keep\s+)?(?:all\s+)?(?:the\s+)?(?:existing|remaining|previous|unchanged|same|rest)(?:\s+[\w.`()#$-]+){0,2}"
    r"(?:\s+(?:here|above|below|unchanged|stays?|as\s+before))?",
    re.IGNORECASE,
)
_SPACED = re.compile(rf"{_DOTS}\s")
# An entry of a list, or a row of a table, that is nothing but dots; in a list brackets may say which entries.
_ENTRY = re.compile(
    rf"(?:[-*+]|\d+[.)]|\.)\s+(?:{_DOTS}\s*)?(?P<name>\((?:[\w\s]*\b)?(?:existing|other|remaining|unchanged|same|rest)\b[\w\s]*\))"
    rf"|(?:[-*+]|\d+[.)]|\.)\s+{_DOTS}"
    rf"|\|(?:\s*(?:{_DOTS}|{_DOTS}\s*(?:existing|other|remaining)\s\w+\s*{_DOTS})\s*\|)+"
)
# Without a comment sign only words can be a marker: brackets and operators are code.
_PLAIN = re.compile(r"[\w\s.…,:'\u2019()-]+")
_BRACKETS = {"[": "]", "(": ")", "<": ">", "{": "}"}


def is_marker(line: str, path: str = "") -> bool:
    """Whether `line` of a file at `path` is nothing but a marker. One line alone: see `find_markers` for a snippet."""
    return marker_name(line, path) is not None


def marker_name(line: str, path: str = "") -> str | None:
    """What the marker on `line` says, without signs and dots ("rest of imports"; "" for dots alone), or None."""
    text = line.strip()
    if not text or len(text) > 160 or not _might_be(text):
        return None
    inner, commented = uncommented(text)
    if path.endswith(_RST) and text.startswith(".. "):
        inner, commented = text[3:].strip(), True
    bare = _unwrapped(inner)
    if not commented:
        return None if text == "..." and path.endswith(_PYTHON) else _uncommented_name(text, bare, path)
    return _dotted(bare)


def uncommented(text: str) -> tuple[str, bool]:
    """What the comment `text` says without its signs, in whatever language, and whether it is one.

    Of a very long line nothing is said: a row of stars is tried at each of them, and again for each.
    """
    if len(text) > LONGEST_COMMENT:
        return text, False
    comment = _COMMENTS.fullmatch(text)
    if comment is None:
        return text, False
    return next((part for part in comment.groups() if part is not None), "").strip(), True


def find_markers(lines: Sequence[str], base: Sequence[str], path: str = "") -> tuple[bool, ...]:
    """Which of the snippet's `lines` are markers in an edit of `base`.

    A line that stands in `base` itself (in a string, a docstring, a fence, or as a comment of its own) is that line
    where a line beside it is beside it in the base too; anywhere else it is a marker.
    """
    found = [is_marker(line, path) for line in lines]
    found = [is_found and not _is_prose(lines, found, at) for at, is_found in enumerate(found)]
    for at in _titles(lines, found, path):
        found[at] = True
    if not any(found):
        return tuple(found)
    shapes = {line.strip() for line, is_found in zip(lines, found, strict=True) if is_found}
    rows = set(pairwise(line.strip() for line in base if line.strip()))
    if not shapes.isdisjoint(chain.from_iterable(rows)):
        shown = [at for at, line in enumerate(lines) if line.strip()]
        for place, at in enumerate(shown):
            if found[at]:
                above = lines[shown[place - 1]].strip() if place else ""
                below = lines[shown[place + 1]].strip() if place + 1 < len(shown) else ""
                line = lines[at].strip()
                found[at] = (above, line) not in rows and (line, below) not in rows
    return tuple(found)


def _titles(lines: Sequence[str], found: Sequence[bool], path: str) -> Iterator[int]:
    """The lines that are markers by where they stand: they name what is left out, and do not say so.

    A comment that begins with dots, below no other comment (of which it would be the rest); and at the end of a
    snippet one that speaks of others.
    """
    shown = [at for at, line in enumerate(lines) if line.strip()]
    for place, at in enumerate(shown):
        text = lines[at].strip()
        inner, commented = ("", False) if found[at] or not _may_name(text) else uncommented(text)
        if not commented or path.endswith(_HEADED):
            continue
        above = shown[place - 1] if place else -1
        below_comment = above >= 0 and not found[above] and _is_comment(lines[above].strip())
        dotted = _NAMED.fullmatch(inner) is not None and not below_comment
        if dotted or (at == shown[-1] and place and _OTHERS.fullmatch(inner)):
            yield at


def _is_prose(lines: Sequence[str], found: Sequence[bool], at: int) -> bool:
    """Whether a line without dots is part of a longer comment: the line above or below goes on with the same sign."""
    sign = _SIGN.match(lines[at])
    if _DOTTED.search(lines[at]) or sign is None:
        return False
    near = (other for other in (at - 1, at + 1) if 0 <= other < len(lines) and not found[other])
    return any((beside := _SIGN.match(lines[other])) is not None and beside[1] == sign[1] for other in near)


def _is_comment(text: str) -> bool:
    """Whether a line above a marker is a comment: what begins with a quote is one in Vim alone, and a key in JSON."""
    return text[:1] not in {'"', "'"} and uncommented(text)[1]


def _may_name(text: str) -> bool:
    return len(text) < LONGEST_TITLE and (".." in text or "…" in text or "other" in text)


def _might_be(text: str) -> bool:
    """A cheap test that no marker fails: most lines of code end here."""
    return (
        ".." in text
        or ". ." in text
        or any(sign in text for sign in "…⋮⋯")
        or (len(text) < 90 and _SAYS_KEPT.search(text) is not None)
    )


def _unwrapped(text: str) -> str:
    """`text` without one pair of brackets round all of it."""
    if len(text) > 2 and _BRACKETS.get(text[0]) == text[-1]:
        return text[1:-1].strip()
    return text


def _dotted(text: str) -> str | None:
    """What the comment `text` says if it is a marker."""
    if _ONLY_DOTS.fullmatch(text):
        return ""
    if both := _BOTH.fullmatch(text):
        return both["name"].strip(" ()[]")
    if left := _LEFT.fullmatch(text):
        return left["name"].strip(" ()[]") if _says_kept(left["name"]) and _is_short(left["name"]) else None
    # A sentence about the code below it ends in dots too, and may speak of what exists.
    right = _RIGHT.fullmatch(text)
    name = right["name"].strip(" ()[]") if right else text.rstrip(".:")
    if any(words.fullmatch(name) for words in (_SENTENCE, _FAINT)):
        return name if right else text
    return name if right and (_TITLE.fullmatch(name) or _OTHERS.fullmatch(name)) else None


def _uncommented_name(text: str, bare: str, path: str) -> str | None:
    """What a line without a comment sign says, if it is a marker all the same: `bare` is it without brackets.

    A list leaves entries out by one that is nothing but dots; brackets may hold what a comment says.
    """
    entry = _ENTRY.fullmatch(text) if path.endswith(_LISTED) else None
    if entry is not None:
        return (entry["name"] or "").strip(" ()[]")
    if bare != text and (_SENTENCE.fullmatch(bare.rstrip(".:")) or _FAINT.fullmatch(bare.rstrip(".:"))):
        return bare
    return _plain_name(text, bare, path) if _PLAIN.fullmatch(bare) else None


def _plain_name(text: str, bare: str, path: str) -> str | None:
    """The same of plain words and dots.

    Spreads (`...rest,`) and what a page says (`Keep reading...`) have dots on one side too.
    """
    if _ONLY_DOTS.fullmatch(bare):
        return ""
    if both := _BOTH.fullmatch(bare):
        return both["name"].strip(" ()[]") if bare != text or _says_kept(both["name"]) else None
    one = None if path.endswith(_TEXTS) else (_LEFT.fullmatch(bare) or _RIGHT.fullmatch(bare))
    spread = one is not None and not bare.startswith(one["name"]) and _SPACED.match(bare) is None
    name = one["name"].strip(" ()[]") if one is not None and not spread else ""
    return name if _SENTENCE.fullmatch(name) else None


def looks_like_marker(line: str) -> bool:
    """Whether a line is a comment that begins with dots, or says that code is left out, as hardly any other does."""
    inner, commented = uncommented(line.strip())
    return commented and (_DOTTED.match(inner) is not None or _LEFT_OUT.search(inner) is not None)


def is_faint(name: str) -> bool:
    """Whether a marker that says `name` may as well be a comment of the new code."""
    return _FAINT.fullmatch(name.rstrip(".:")) is not None and _SENTENCE.fullmatch(name.rstrip(".:")) is None


def _says_kept(words: str) -> bool:
    return _SAYS_KEPT.search(words) is not None or _OTHERS.fullmatch(words.strip(" ()[]")) is not None


def _is_short(words: str) -> bool:
    """Prose with dots at one end ("... and so the rest of the world waits for us") is longer than a marker's words."""
    return len(words.split()) <= 9
