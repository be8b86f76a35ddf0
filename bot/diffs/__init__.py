"""The difference of two texts: as edits of the old one, and as a unified diff in git's form that is proven."""

from bot.diffs.edits import edits_between

__all__ = ["edits_between"]
