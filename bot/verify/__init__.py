"""The proof: is this merge what its request asks for? Pure; never raises for any text.

`verify`        a merge of a lazy snippet, by any engine (Accounted)
`verify_whole`  a file given in full (Whole)
`verify_exact`  a splice at a named place (Exact)
`judge`         as `verify`, with the engine for the second opinion as an argument
"""

from bot.verify.judge import judge, judge_local, verify
from bot.verify.whole import verify_exact, verify_whole

__all__ = ["judge", "judge_local", "verify", "verify_exact", "verify_whole"]
