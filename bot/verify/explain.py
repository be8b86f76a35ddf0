from __future__ import annotations
from bot.verify.findings import hard


def explain(origin, lazy, result, tiler):
    if tiler.exhausted:
        from bot.verify.findings import Finding

        return [Finding("too-many-readings", "too many")]
    return [hard("contradicts", f"no tiling {tiler.missing()}")]
