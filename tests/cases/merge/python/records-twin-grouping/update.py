# ... existing code ...

def by_target(exposures: Iterable[Exposure]) -> dict[str, float]:
    out: dict[str, float] = {}
    for exposure in exposures:
        out[exposure.target] = out.get(exposure.target, 0.0) + exposure.seconds
    return out

# ... existing code ...
