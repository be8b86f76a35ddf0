"""The proof: is this merge what its request asks for?"""

from bot.verify.judge import verify

__all__ = ["verify"]
