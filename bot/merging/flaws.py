"""Flaws: what is wrong with the result of a reading itself, whatever the snippet says.

balance     brackets do not close as before
renamed     a definition is taken for the old form of another that the snippet shows, and nothing holds it in place
replaced    the same, and no telling line stands above it in the snippet
mistaken    the same, and another line of the file is plainly more like the one that is shown
syntax      a file without syntax errors gets some
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.merging.blocks import signs_of
from bot.merging.carried import Carried
from bot.merging.names import defined_name, is_defined, is_mark
from bot.merging.reading import short
from bot.merging.snippet import Line
from bot.model import Doubt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.merging.evidence import Material
    from bot.merging.placement import Step
    from bot.merging.reading import Reading

LIKELIER = 0.1  # likeness that is a difference
HOLDS = 0.6  # a line of this weight holds what is next to it in place
# Files whose blocks no bracket ends; elsewhere the balance says nearly all that a grammar would, and costs nothing.
_UNBRACKETED = (".py", ".pyi", ".rb", ".lua", ".yaml", ".yml", ".toml", ".json", ".html", ".xml", ".vue")
# Files whose grammar says nothing of brackets: they stand in text, or in another language inside.
_UNTOLD = (".md", ".markdown", ".mdx", ".rst", ".txt", ".html", ".htm", ".vue", ".xml")
_WORDED = (".ex", ".exs")  # files whose blocks words end, and for which there is no grammar
_PAIRS = (("(", ")"), ("[", "]"), ("{", "}"))


def flaws_of(reading: Reading, material: Material, path: str) -> tuple[Doubt, ...]:
    """All flaws of a reading; the grammar is asked only where nothing else is wrong."""
    balance = tuple(_balance(reading, material))
    if balance and not path.endswith(_UNTOLD) and _parses(reading, material, path):
        balance = ()  # brackets in comments, patterns or strings of several lines: the grammar knows better
    found = (*balance, *_renamed(reading, material))
    return found or tuple(_syntax(reading, material, path))


def _parses(reading: Reading, material: Material, path: str) -> bool:
    """Whether a grammar reads the file without an error before and after."""
    from bot.syntax import error_count  # heavy: only a merge needs it

    return all(error_count(path, "\n".join(lines) + "\n") == 0 for lines in (reading.lines, material.base.all))


def _balance(best: Reading, material: Material) -> Iterator[Doubt]:
    before, after = "".join(material.base.all), "".join(best.lines)
    for opening, closing in _PAIRS:
        was = before.count(opening) - before.count(closing)
        now = after.count(opening) - after.count(closing)
        if was != now:
            change = "more" if now > was else "fewer"
            yield Doubt("balance", f"{abs(now - was)} {change} `{opening}` would stay open than before")
    if material.lazy.path.endswith(_WORDED):
        was, now = (_open_words(lines, material.lazy.path) for lines in (material.base.all, best.lines))
        if was != now:
            yield Doubt(
                "balance", f"{abs(now - was)} {'more' if now > was else 'fewer'} block would stay open than before"
            )


def _open_words(lines: Sequence[str], path: str) -> int:
    signs = [sign for line in lines for sign in signs_of(line, path)]
    return signs.count("w") - signs.count("/w")


def _renamed(reading: Reading, material: Material) -> Iterator[Doubt]:
    """Definitions that become others of another name, unless weighty lines hold them in place on both sides."""
    carried = Carried(reading, material)
    for segment in reading.segments:
        held = [
            step.kind == "same"
            and material.weights[step.token] >= HOLDS
            and not is_mark(material.base.lines[step.line].key)
            for step in segment
        ]
        for at, step in enumerate(segment):
            if step.kind not in {"pair", "drop"} or (any(held[:at]) and any(held[at + 1 :])):
                continue
            line = material.base.lines[step.line]
            old = defined_name(line.key)
            if old is None or is_defined(old, reading.lines):
                continue
            others = [other for other in _hunk(segment, at) if _defines_other(other, old, material)]
            if any(_likelier(other, step.line, material) for other in others):
                yield Doubt(
                    "mistaken", f"`{short(old)}` on line {line.number + 1} would make way, and another is more like"
                )
            elif others and step.line not in carried:
                yield Doubt(
                    "renamed" if any(held[:at]) else "replaced",
                    f"`{short(old)}`, defined on line {line.number + 1}, would be gone",
                )


def _hunk(segment: Sequence[Step], at: int) -> Sequence[Step]:
    """The steps round `at` up to the next lines that stay."""
    first = at
    while first > 0 and segment[first - 1].kind != "same":
        first -= 1
    last = at
    while last + 1 < len(segment) and segment[last + 1].kind != "same":
        last += 1
    return segment[first : last + 1]


def _defines_other(step: Step, old: str, material: Material) -> bool:
    token = material.lazy.tokens[step.token]
    if step.kind not in {"new", "pair"} or not isinstance(token, Line):
        return False
    return defined_name(token.key) not in {None, old}


def _likelier(step: Step, line: int, material: Material) -> bool:
    """Whether another line than `line` is more like the one that the step shows."""
    likeness = material.likeness[step.token]
    return max(likeness.values(), default=0.0) > likeness.get(line, 0.0) + LIKELIER


def _syntax(reading: Reading, material: Material, path: str) -> Iterator[Doubt]:
    if not path.endswith(_UNBRACKETED):
        return
    from bot.syntax import error_count  # heavy: only a merge needs it

    now = error_count(path, "\n".join(reading.lines) + "\n")
    if now == 0 or error_count(path, "\n".join(material.base.all) + "\n") != 0:
        return
    if now is None:
        yield Doubt("syntax", f"{path} would be more than its parser can bear, and is not yet")
    else:
        yield Doubt("syntax", f"{path} would have {now} syntax error{'s' if now > 1 else ''} and has none")
