"""The difference of two texts: as edits of the old one, and as a unified diff in git's form that is proven."""

from bot.diffs.check import apply_diff, check
from bot.diffs.edits import edits_between, kept_lines
from bot.diffs.parse import DiffError, DiffLine, FileDiff, Hunk, parse_diff
from bot.diffs.render import unified

__all__ = [
    "DiffError",
    "DiffLine",
    "FileDiff",
    "Hunk",
    "apply_diff",
    "check",
    "edits_between",
    "kept_lines",
    "parse_diff",
    "unified",
]
