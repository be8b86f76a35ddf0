"""Which format code is in: said by a word, or found by its syntax."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from bot.asks import NewFile, Snippet, Suggestion, Whole
from bot.requests.formats.diff import looks_like_diff, parse_diff
from bot.requests.formats.search_replace import looks_like_search_replace, parse_search_replace
from bot.requests.formats.syntax import FileAsk, FormatError, lines_of
from bot.requests.formats.v4a import looks_like_v4a, parse_v4a

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.asks import Ask


class Format(enum.StrEnum):
    """The words that say a format."""

    SUGGESTION = "suggestion"
    DIFF = "diff"
    SEARCH_REPLACE = "search-replace"
    PATCH = "patch"
    NEW = "new"
    WHOLE = "whole"
    SNIPPET = "snippet"


_NAMES = {Format.DIFF: "diff", Format.SEARCH_REPLACE: "SEARCH/REPLACE block", Format.PATCH: "patch"}


class UnclearFormat(Exception):
    """Code that could be read in two ways; the request is refused as ambiguous."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.remedy = remedy


_Syntax = tuple["Callable[[str], bool]", "Callable[[str], tuple[FileAsk, ...]]"]
_DIFF: _Syntax = (looks_like_diff, parse_diff)
_V4A: _Syntax = (looks_like_v4a, parse_v4a)
_SYNTAXES: dict[Format, _Syntax] = {
    Format.DIFF: _DIFF,
    Format.SEARCH_REPLACE: (looks_like_search_replace, parse_search_replace),
    Format.PATCH: _V4A,
}


def words_of(info: str) -> tuple[Format, ...]:
    """The format words in a fence's info string; more than one contradict each other.

    `suggestion:-0+2`, GitLab's form, is no word of ours: it counts as a suggestion with a range that is not read, so
    UnclearFormat is raised.
    """
    words = info.lower().split()
    if any(word.startswith("suggestion:") for word in words):
        raise UnclearFormat("a suggestion with a range (suggestion:-0+2) is not read", "name the lines instead")
    known = {word.value: word for word in Format}
    return tuple(dict.fromkeys(known[word] for word in words if word in known))


def read_code(code: str, said: Format | None) -> tuple[FileAsk, ...]:
    """What `code` asks, by the format that is `said`, or found.

    Raises FormatError (does not parse; nothing in it) and UnclearFormat (no format is said and several fit, or it
    begins like a format and does not parse in it).
    """
    if not code.strip() and said not in (Format.SUGGESTION, Format.NEW):
        raise FormatError(1, "an empty snippet")
    ask: Ask
    match said:
        case None:
            return _found(code)
        case Format.SEARCH_REPLACE:
            return parse_search_replace(code)
        # "diff" and "patch" are names of languages too: each is taken for the one that the code is.
        case Format.DIFF | Format.PATCH:
            return parse_v4a(code) if looks_like_v4a(code) else parse_diff(code)
        case Format.SUGGESTION:
            ask = Suggestion(tuple(lines_of(code)))
        case Format.NEW:
            ask = NewFile(code)
        case Format.WHOLE:
            ask = Whole(code)
        case Format.SNIPPET:
            ask = Snippet(code)
    return (FileAsk(None, ask),)


def _found(code: str) -> tuple[FileAsk, ...]:
    parsed: dict[Format, tuple[FileAsk, ...]] = {}
    failed: dict[Format, FormatError] = {}
    for name, (looks, parse) in _SYNTAXES.items():
        if looks(code):
            try:
                parsed[name] = parse(code)
            except FormatError as error:
                failed[name] = error
    if len(parsed) == 1:
        return next(iter(parsed.values()))
    if parsed:
        names = " and ".join(parsed)
        raise UnclearFormat(f"it reads as {names}", "say the format in the fence's info string")
    if failed:
        name, problem = next(iter(failed.items()))
        raise UnclearFormat(
            f"it begins like a {_NAMES[name]} but {problem}",
            f"{problem.remedy}, or say `snippet` in the fence's info string",
        )
    return (FileAsk(None, Snippet(code)),)
