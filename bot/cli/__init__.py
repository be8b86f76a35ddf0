"""The command line: arguments and environment in, settings out; prints; gives the exit code."""

from bot.cli.main import main

__all__ = ["main"]
