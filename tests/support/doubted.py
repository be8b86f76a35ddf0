"""What the engine says of a snippet, in the words of its rules."""

from __future__ import annotations

from textwrap import dedent

from bot.errors import Refusal
from bot.merging import merge


def rules(base: str, snippet: str, path: str) -> set[str]:
    """The rules of all doubts about the best reading; the code of the refusal where there is none."""
    try:
        answer = merge(tuple(dedent(base).rstrip("\n").split("\n")), dedent(snippet), path)
    except Refusal as refusal:
        return {refusal.code.value}
    return {doubt.rule for doubt in answer.doubts}


def kept(base: str, snippet: str, path: str, line: str = "") -> bool:
    """Whether all lines of the base, or just `line`, are in the proven result; True too where nothing is proven."""
    lines = tuple(dedent(base).rstrip("\n").split("\n"))
    try:
        answer = merge(lines, dedent(snippet), path)
    except Refusal:
        return True
    return bool(answer.doubts) or set([line] if line else lines) <= set(answer.lines)
