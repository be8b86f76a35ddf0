# ... other code unchanged ...
            store.add(session, Exposure(row[0], float(row[1]), row[2]))
            count += 1
    return count
def report(store: Store, out: Iterable[str] | None = None) -> str:
    lines = []
    for session in store.sessions():
        exposures = list(store.exposures(session))
        lines.append(f"{session.started:%Y-%m-%d} {session.site}: {total(exposures)}")
        lines.append(f"    {sum(e.rejected for e in exposures)} rejected")
        for name, seconds in sorted(by_filter(exposures).items()):
# ... other code unchanged ...
