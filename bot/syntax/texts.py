"""Where texts over several lines stand in a language without a grammar: strings, here-documents, literal blocks.

Nothing here knows a language well, so it says only where a text *may* be: what looks like a comment there may be a line
of it. A quotation mark that is none makes a text of what is none; then somebody is asked to say it elsewhere.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.syntax.language import Language

# What begins a here-document, whose end is a line of its own.
HEREDOC = "<<"
_HEREDOC = r"<<[-~]?(?P<quote>[\"'`]?)(?P<tag>[A-Za-z_]\w*)(?P=quote)"


def lines_in_texts(language: Language, lines: Sequence[str]) -> frozenset[int]:
    """The lines (0-based) that begin inside of what may be a text."""
    return frozenset(_Search(language).through(lines)) if language.texts else frozenset()


class _Search:
    """Goes through lines; `_closing` ends the text or the block comment that it is in, if it is in one."""

    def __init__(self, language: Language) -> None:
        texts = {opening: closing for opening, closing in language.texts if opening != HEREDOC}
        blocks = {re.escape(opening): re.escape(closing) for opening, closing in language.block}
        prefixes = "|".join(map(re.escape, language.line))
        self._ends = {f"text{at}": re.compile(end) for at, end in enumerate(texts.values())}
        self._ends |= {f"block{at}": re.compile(end) for at, end in enumerate(blocks.values())}
        kinds = {
            "escaped": r"\\[^\w\s]",
            **({"comment": rf"(?:^|(?<=\s))(?:{prefixes})"} if prefixes else {}),
            **{f"block{at}": opening for at, opening in enumerate(blocks)},
            **{f"text{at}": opening for at, opening in enumerate(texts)},
            **({"heredoc": _HEREDOC} if (HEREDOC, "") in language.texts else {}),
        }
        self._opening = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in kinds.items()))
        self._closing: re.Pattern[str] | None = None
        self._is_text = False

    def through(self, lines: Sequence[str]) -> list[int]:
        found = []
        for number, line in enumerate(lines):
            if self._closing is not None and self._is_text:
                found.append(number)
            self._read(line)
        return found

    def _read(self, line: str) -> None:
        at = 0
        while True:
            if self._closing is not None:
                end = self._closing.search(line, at)
                if end is None:
                    return
                at, self._closing = end.end(), None
            found = self._opening.search(line, at)
            kind = None if found is None else found.lastgroup
            if found is None or kind is None or kind == "comment":
                return
            at = found.end()
            if kind == "heredoc":
                # It begins on the next line; what else this one begins is not looked for.
                self._closing, self._is_text = re.compile(rf"^\s*{found['tag']}\s*$"), True
                return
            if kind != "escaped":
                self._closing, self._is_text = self._ends[kind], kind.startswith("text")
