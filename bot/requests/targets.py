"""Which file a heading names, and what it and the words below say of the file itself. A small closed grammar.

    `path`   `path:10-24`   path/or.name             the file; the lines
    delete `path/to`        remove file `path`       it goes
    create `path/to`        add file, new file       it is new
    rename `a/b` to `c/d`   move file `a` to `b`     it moves
    make `path/to` executable, make file `path` not executable

"rename `total` to `sum`" is a title: without the word "file", what is named must have a slash or a dot inside.

In the text: "Delete this file.", "Rename this file to `to`.", "Make this file executable." (or "not executable") at the
beginning of a paragraph. Any other heading is a title, any other sentence an instruction.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.requests.blocks import code_spans
from bot.requests.source import parse_range, path_problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.model import LineRange

_LINK = re.compile(r"\[(.*)\]\([^()\s]*\)")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_SUFFIX = re.compile(r"(.+?):([0-9]+(?:-[0-9]+)?)", re.DOTALL)
_SENTENCE = re.compile(
    r"\s*(?:(?P<delete>(?:delete|remove)\s+this\s+file)"
    r"|(?:rename|move)\s+this\s+file\s+to\s+`(?P<to>[^`\n]+)`"
    r"|make\s+this\s+file\s+(?P<no>not\s+|non-)?(?P<executable>executable))(?:\.(?=\s|$)|\s*$)",
    re.IGNORECASE,
)
_DELETE = {"delete `", "remove `"}
_CREATE = {"create `", "add `", "new `"}
_RENAME = {"rename ` to `", "rename ` -> `", "move ` to `", "move ` -> `"}
_FILE = re.compile(r"(delete|remove|create|add|new|rename|move|make) file `")
_VERB = re.compile(r"(delete|remove|create|add|new|rename|move|make)\s+(?=`)", re.IGNORECASE)
_LIKE_A_PATH = re.compile(r"/|.\..")
_MODE = {"make ` executable": True, "make ` not executable": False, "make ` non-executable": False}
# No heading that means a file is longer; a limit keeps hostile ones cheap.
_MAX_HEADING = 4096


class Contradiction(Exception):
    """Words of a request that cannot all be meant."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is said of the file itself, beside its text."""

    create: bool = False
    delete: bool = False
    rename_to: str | None = None
    executable: bool | None = None

    def also(self, other: Wishes) -> Wishes:
        """Both; raises Contradiction if they differ in the same point."""
        for mine, theirs in ((self.rename_to, other.rename_to), (self.executable, other.executable)):
            if mine is not None and theirs is not None and mine != theirs:
                raise Contradiction("two different things are said of the file's name or mode")
        return Wishes(
            self.create or other.create,
            self.delete or other.delete,
            self.rename_to if other.rename_to is None else other.rename_to,
            self.executable if other.executable is None else other.executable,
        )


@dataclass(frozen=True, slots=True)
class Target:
    path: str
    lines: LineRange | None = None
    wishes: Wishes = Wishes()


def heading_target(text: str) -> Target | None:
    """The file that a heading names, or None for a title; raises Contradiction for a path that cannot be one."""
    if len(text) > _MAX_HEADING:
        return None
    link = _LINK.fullmatch(text)
    text = link[1] if link else text
    codes: list[str] = []
    outside: list[str] = []
    at = 0
    for start, end in code_spans(text):
        codes.append(_unpadded(text[start:end]))
        outside.append(text[at:start])
        at = end
    shape = " ".join("`".join((*outside, text[at:])).lower().split())
    if not codes:
        return _bare(text)
    target = _shaped(shape, codes)
    return None if target is None else _checked(target)


def with_file(text: str) -> str | None:
    """The heading that names as files what the title `text` may mean as such: `delete file `Makefile``; else None."""
    found = _VERB.match(text)
    said = f"{found[1]} file {text[found.end() :]}" if found else ""
    try:
        return said if heading_target(said) is not None else None
    except Contradiction:
        return None


def said_of_file(text: str) -> tuple[Wishes, str]:
    """What the sentences at the beginning of the paragraphs of `text` say of the file, and the words beside them."""
    wishes = Wishes()
    kept: list[str] = []
    for paragraph in re.split(r"\n[ \t]*\n", text):
        at = 0
        while found := _SENTENCE.match(paragraph, at):
            said = Wishes(
                delete=found["delete"] is not None,
                rename_to=found["to"],
                executable=found["no"] is None if found["executable"] else None,
            )
            wishes = wishes.also(said)
            at = found.end()
        kept.append(paragraph[at:])
    return wishes, "\n\n".join(part for part in kept if part.strip())


def _shaped(shape: str, codes: Sequence[str]) -> Target | None:
    if shape in ("`", "`:"):
        return _ranged(codes[0])
    outside = re.fullmatch(r"`:([0-9]+(?:-[0-9]+)?)", shape)
    if outside:
        return _ranged(f"{codes[0]}:{outside[1]}")
    if not _FILE.match(shape) and not all(_LIKE_A_PATH.search(code) for code in codes):
        return None
    wishes = _wishes(shape.replace(" file `", " `", 1), codes)
    return None if wishes is None else replace(_ranged(codes[0]), wishes=wishes)


def _wishes(shape: str, codes: Sequence[str]) -> Wishes | None:
    if shape in _DELETE:
        return Wishes(delete=True)
    if shape in _CREATE:
        return Wishes(create=True)
    if shape in _RENAME:
        return Wishes(rename_to=codes[1])
    return Wishes(executable=_MODE[shape]) if shape in _MODE else None


def _bare(text: str) -> Target | None:
    """A path without backticks: one word with a slash or a dot inside."""
    text = text.removesuffix(":")
    if len(text.split()) != 1 or not _LIKE_A_PATH.search(text):
        return None
    return _checked(_ranged(_ESCAPE.sub(r"\1", text)))


def _ranged(text: str) -> Target:
    found = _SUFFIX.fullmatch(text)
    if found is None:
        return Target(text)
    lines = parse_range(found[2])
    if lines is None:
        raise Contradiction(f"{found[2][:40]!r} is no range of lines: write the first one, a dash and the last one")
    return Target(found[1], lines)


def _checked(target: Target) -> Target:
    for path in (target.path, target.wishes.rename_to):
        problem = None if path is None else path_problem(path)
        if problem is not None:
            raise Contradiction(problem)
    return target


def _unpadded(span: str) -> str:
    """A code span's text: one space on either side is padding."""
    ticks = len(span) - len(span.lstrip("`"))
    code = span[ticks:-ticks]
    if code.startswith(" ") and code.endswith(" ") and code.strip():
        return code[1:-1]
    return code
