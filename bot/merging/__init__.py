"""The local merge engine: lazy update snippets into files, deterministic and without a network. See README.md here."""

from bot.merging.engine import merge

__all__ = ["merge"]
