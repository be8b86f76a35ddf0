"""Instruction files and saved review comments become requests; docs/instruction-files.md is the format for users."""

from bot.requests.comments import read_comments
from bot.requests.identity import merge_batches
from bot.requests.inline import find_inline, read_inline, removal
from bot.requests.instructions import read_instructions
from bot.requests.source import ReadOptions
from bot.requests.update import read_update

__all__ = [
    "ReadOptions",
    "find_inline",
    "merge_batches",
    "read_comments",
    "read_inline",
    "read_instructions",
    "read_update",
    "removal",
]
