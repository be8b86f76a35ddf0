"""The proof: is this merge what its request asks for? Pure; never raises for any text."""

from bot.verify.judge import judge, verify

__all__ = ["judge", "verify"]
