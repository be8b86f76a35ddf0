-- ... everything above stays ...
def report(store: Store) -> str:
    lines = []
    for session in store.sessions():
        exposures = list(store.exposures(session))
