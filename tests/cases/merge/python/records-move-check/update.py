# ... existing code ...

@dataclass(frozen=True)
class Exposure:
    target: str
    seconds: float
    filter: str
    rejected: bool = False


class Store:
    """All sessions, in one SQLite file."""

    # ... existing code ...

    def add(self, session: Session, exposure: Exposure) -> None:
        if exposure.seconds <= 0:
            raise RecordError(f"an exposure of {exposure.seconds} s")
        if exposure.filter not in FILTERS:
            raise RecordError(f"unknown filter {exposure.filter}")
        self.db.execute(
            "insert into exposure (session, target, seconds, filter, rejected) values (?, ?, ?, ?, ?)",
            # ... existing code ...
