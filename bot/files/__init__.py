"""The hand for the disk: files below a root are read and, with `--write`, replaced whole or not at all."""

from bot.files.unsaved import refuse_unsaved
from bot.files.worktree import FileWrite, WorkTree

__all__ = ["FileWrite", "WorkTree", "refuse_unsaved"]
