"""The definitions that the words of a request point at: only they may decide between places that fit alike.

A name in a sentence is no order to change what it names: "leave `a` alone", "as `a` does", "`a` is done". So it counts
where it stands behind a word such as `in` or `let`, or before one such as `should`, in a clause that neither denies nor
compares, and if the file defines it once. In any other wording, and in any other language, it decides nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from bot.model import LineRange

if TYPE_CHECKING:
    from collections.abc import Iterator

_CLAUSE = re.compile(r"[,;:!?\n()]+|\.(?=\s|$)|\s(?:and|while|whereas)\s")
_WORD = re.compile(r"[^\W\d]\w*(?:'\w+)?")
_SHORTEST = 3
_BEFORE = frozenset(
    [
        *("in", "inside", "within", "into", "of", "for", "to", "on", "let", "make", "have", "give"),
        *("change", "changing", "edit", "editing", "update", "updating", "fix", "fixing", "extend", "extending"),
    ]
)
_AFTER = frozenset(["should", "must", "shall", "needs", "has", "ought", "now"])
_BETWEEN = frozenset(
    ["the", "function", "method", "class", "test", "type", "struct", "interface", "component", "module", "def", "fn"]
)
_DENIES = frozenset(
    [
        *("not", "never", "no", "nor", "none", "without", "except", "but", "unlike", "like", "as", "than", "instead"),
        *("rather", "other", "others", "already", "leave", "keep", "stays", "stay", "untouched", "unchanged", "same"),
        *("similar", "similarly", "outside", "cannot", "every", "all", "else", "avoid"),
    ]
)


def named_spans(instruction: str, path: str, text: str) -> tuple[LineRange, ...]:
    """The lines of the definitions of `text`, the file at `path`, that the instruction points at."""
    names = frozenset(_named(instruction))
    if not names:
        return ()
    from bot.syntax import outline  # heavy: only an instruction needs it

    found = outline(path, text).definitions
    times = Counter(one.name for one in found)
    return tuple(LineRange(one.first + 1, one.last) for one in found if one.name in names and times[one.name] == 1)


def _named(instruction: str) -> Iterator[str]:
    """The words that stand where a name would be what is to be changed."""
    for clause in _CLAUSE.split(instruction):
        words = _WORD.findall(clause)
        plain = [word.lower() for word in words]
        if any(word in _DENIES or word.endswith("n't") for word in plain):
            continue
        for at, word in enumerate(words):
            before = next((other for other in reversed(plain[:at]) if other not in _BETWEEN), "")
            after = plain[at + 1] if at + 1 < len(words) else ""
            if len(word) >= _SHORTEST and (before in _BEFORE or after in _AFTER):
                yield word.removesuffix("'s")
