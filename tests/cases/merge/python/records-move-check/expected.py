"""Record keeping for a hobby observatory: sessions, targets, exposures, reports."""

from __future__ import annotations

import argparse
import csv
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta

SCHEMA = """
create table if not exists session (
    id integer primary key,
    started text not null,
    site text not null
);
create table if not exists exposure (
    id integer primary key,
    session integer not null references session(id),
    target text not null,
    seconds real not null,
    filter text not null,
    rejected integer not null default 0
);
"""

FILTERS = ("L", "R", "G", "B", "Ha", "OIII", "SII")


class RecordError(Exception):
    """A record that cannot be kept."""


@dataclass(frozen=True)
class Session:
    id: int
    started: datetime
    site: str


@dataclass(frozen=True)
class Exposure:
    target: str
    seconds: float
    filter: str
    rejected: bool = False


class Store:
    """All sessions, in one SQLite file."""

    def __init__(self, path: str) -> None:
        self.db = sqlite3.connect(path)
        self.db.executescript(SCHEMA)

    def close(self) -> None:
        self.db.close()

    def begin(self, site: str, started: datetime) -> Session:
        cursor = self.db.execute(
            "insert into session (started, site) values (?, ?)",
            (started.isoformat(), site),
        )
        self.db.commit()
        return Session(cursor.lastrowid or 0, started, site)

    def add(self, session: Session, exposure: Exposure) -> None:
        if exposure.seconds <= 0:
            raise RecordError(f"an exposure of {exposure.seconds} s")
        if exposure.filter not in FILTERS:
            raise RecordError(f"unknown filter {exposure.filter}")
        self.db.execute(
            "insert into exposure (session, target, seconds, filter, rejected) values (?, ?, ?, ?, ?)",
            (session.id, exposure.target, exposure.seconds, exposure.filter, exposure.rejected),
        )
        self.db.commit()

    def sessions(self) -> Iterator[Session]:
        for row in self.db.execute("select id, started, site from session order by started"):
            yield Session(row[0], datetime.fromisoformat(row[1]), row[2])

    def exposures(self, session: Session) -> Iterator[Exposure]:
        rows = self.db.execute(
            "select target, seconds, filter, rejected from exposure where session = ? order by id",
            (session.id,),
        )
        for row in rows:
            yield Exposure(row[0], row[1], row[2], bool(row[3]))

    def reject(self, exposure_id: int) -> None:
        self.db.execute("update exposure set rejected = 1 where id = ?", (exposure_id,))
        self.db.commit()


def total(exposures: Iterable[Exposure]) -> timedelta:
    """The time that is usable."""
    return timedelta(seconds=sum(e.seconds for e in exposures if not e.rejected))


def by_filter(exposures: Iterable[Exposure]) -> dict[str, float]:
    out: dict[str, float] = {}
    for exposure in exposures:
        if exposure.rejected:
            continue
        out[exposure.filter] = out.get(exposure.filter, 0.0) + exposure.seconds
    return out


def by_target(exposures: Iterable[Exposure]) -> dict[str, float]:
    out: dict[str, float] = {}
    for exposure in exposures:
        if exposure.rejected:
            continue
        out[exposure.target] = out.get(exposure.target, 0.0) + exposure.seconds
    return out


def read_log(store: Store, session: Session, path: str) -> int:
    """Add the exposures of a camera's log file; how many there were."""
    count = 0
    with open(path, newline="", encoding="utf-8") as stream:
        for number, row in enumerate(csv.reader(stream), 1):
            if len(row) != 3:
                raise RecordError(f"{path}:{number}: {len(row)} columns")
            store.add(session, Exposure(row[0], float(row[1]), row[2]))
            count += 1
    return count


def report(store: Store, out: Iterable[str] | None = None) -> str:
    lines = []
    for session in store.sessions():
        exposures = list(store.exposures(session))
        lines.append(f"{session.started:%Y-%m-%d} {session.site}: {total(exposures)}")
        for name, seconds in sorted(by_filter(exposures).items()):
            lines.append(f"    {name:<5} {seconds / 60:7.1f} min")
    return "\n".join(lines)


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="almanac")
    parser.add_argument("--db", default="almanac.sqlite")
    commands = parser.add_subparsers(dest="command", required=True)

    begin = commands.add_parser("begin", help="begin a session")
    begin.add_argument("site")

    log = commands.add_parser("log", help="read a camera's log into the last session")
    log.add_argument("path")

    commands.add_parser("report", help="print all sessions")
    return parser


def main(argv: list[str] | None = None) -> int:
    args = build_parser().parse_args(argv)
    with closing(Store(args.db)) as store:
        if args.command == "begin":
            session = store.begin(args.site, datetime.now())
            print(f"session {session.id}")
        elif args.command == "log":
            sessions = list(store.sessions())
            if not sessions:
                print("begin a session first", file=sys.stderr)
                return 1
            print(read_log(store, sessions[-1], args.path))
        else:
            print(report(store))
    return 0
