"""How well does `verify` tell true merges from damaged ones?

    bench/verify.py CASES.jsonl[.gz] [--limit N] [--half 0|1] [--seed N] [--show KIND] [--json]

For each case the true merge (`expected`) is judged, then faults of each kind are injected into it and judged too.
Printed per kind: how many, and what came out VERIFIED, UNPROVEN and REFUSED. A fault that differs from the truth in
blank lines or trailing white space alone, or that equals a reading which the local engine finds consistent too, is
no fault that a judge of base and snippet could know; it is counted apart. Neither `lines` nor `comment` is read.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import statistics
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.faults import FAULTS, Case
from bot.errors import Refusal
from bot.model import Hints, Judgement, Verdict
from bot.text import Document
from bot.verify import judge, verify

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class Tally:
    verdicts: Counter[Verdict]
    apart: int
    milliseconds: list[float]


def read_cases(path: Path, limit: int, half: int | None) -> Iterator[Case]:
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if limit and number >= limit:
                return
            if half is not None and number % 2 != half:
                continue
            record = json.loads(line)
            yield Case(
                record["id"], record["path"], record["style"], record["original"], record["update"], record["expected"]
            )


def judged(case: Case, merged: str, *, alone: bool) -> tuple[Judgement, float]:
    start = time.perf_counter()
    base, result = Document.from_text(case.original), Document.from_text(merged)
    if alone:
        judgement = judge(base, case.update, result, case.path, Hints(), engine=None)
    else:
        judgement = verify(base, case.update, result, case.path)
    return judgement, (time.perf_counter() - start) * 1000


def significant(text: str) -> list[str]:
    return [line.rstrip() for line in text.replace("\r\n", "\n").split("\n") if line.strip()]


def consistent_readings(case: Case) -> list[list[str]]:
    """What the local engine finds consistent with the snippet: its answer and the rivals of it."""
    try:
        from bot.merging import merge
    except ImportError:
        return []
    try:
        merged = merge(Document.from_text(case.original).lines, case.update, case.path, Hints())
    except Refusal:
        return []
    return [significant("\n".join(lines)) for lines in (merged.lines, *merged.rivals)]


def no_real_fault(case: Case, merged: str, readings: list[list[str]]) -> bool:
    got = significant(merged)
    structural = merged.endswith("\n") != case.expected.endswith("\n") or ("\r\n" in merged) != (
        "\r\n" in case.expected
    )
    if structural or merged.startswith("\ufeff") != case.expected.startswith("\ufeff"):
        return False
    return got == significant(case.expected) or got in readings


def main() -> int:
    parser = argparse.ArgumentParser(description="Judge true and damaged merges")
    parser.add_argument("cases", type=Path)
    parser.add_argument("--limit", type=int, default=0)
    parser.add_argument(
        "--half", type=int, choices=(0, 1), help="every second case only; each case has faults of its own"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", default="", help="print the cases of this kind (or `true`) that came out badly")
    parser.add_argument("--alone", action="store_true", help="without the local engine")
    parser.add_argument("--only-true", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    tallies: dict[str, Tally] = defaultdict(lambda: Tally(Counter(), 0, []))
    for case in read_cases(options.cases, options.limit, options.half):
        run_case(case, options, tallies)
    report(tallies, as_json=options.json)
    return 0


def run_case(case: Case, options: argparse.Namespace, tallies: dict[str, Tally]) -> None:
    judgement, spent = judged(case, case.expected, alone=options.alone)
    tallies["true"].verdicts[judgement.verdict] += 1
    tallies["true"].milliseconds.append(spent)
    tallies["true " + case.style].verdicts[judgement.verdict] += 1
    tallies["true " + case.style].milliseconds.append(spent)
    if options.show == "true" and judgement.verdict != Verdict.VERIFIED:
        show(case, judgement)
    if options.only_true:
        return
    readings = [] if options.alone else consistent_readings(case)
    for kind, fault in FAULTS.items():
        rng = random.Random(f"{options.seed} {case.id} {case.style} {kind}")  # noqa: S311 - repeatable, not secret
        merged = fault(case, rng)
        if merged is None or merged == case.expected:
            continue
        if no_real_fault(case, merged, readings):
            tallies[kind].apart += 1
            continue
        judgement, spent = judged(case, merged, alone=options.alone)
        tallies[kind].verdicts[judgement.verdict] += 1
        tallies[kind].milliseconds.append(spent)
        if options.show == kind and judgement.verdict != Verdict.REFUSED:
            show(case, judgement)
        if options.show == "verified" and judgement.verdict == Verdict.VERIFIED:
            print(kind, end=" ")
            show(case, judgement)


def show(case: Case, judgement: Judgement) -> None:
    print(f"{judgement.verdict}: {case.id} ({case.style}) {case.path}")
    for doubt in judgement.doubts:
        print(f"    {doubt.rule}: {doubt.message}")


def report(tallies: dict[str, Tally], *, as_json: bool) -> None:
    faults = Tally(Counter(), 0, [])
    for kind, tally in tallies.items():
        if not kind.startswith("true"):
            faults.verdicts.update(tally.verdicts)
            faults.apart += tally.apart
            faults.milliseconds += tally.milliseconds
    rows = {**dict(sorted(tallies.items())), "all faults": faults}
    if as_json:
        print(json.dumps({kind: summary(tally) for kind, tally in rows.items()}, indent=1))
        return
    print(f"{'kind':24}{'n':>7}{'VERIFIED':>10}{'UNPROVEN':>10}{'REFUSED':>10}{'apart':>7}{'ms p50':>9}{'ms p95':>9}")
    for kind, tally in rows.items():
        got = summary(tally)
        print(
            f"{kind:24}{got['n']:>7.0f}{got['verified']:>9.2f}%{got['unproven']:>9.2f}%{got['refused']:>9.2f}%"
            f"{got['apart']:>7.0f}{got['ms_median']:>9.1f}{got['ms_p95']:>9.1f}"
        )


def summary(tally: Tally) -> dict[str, float]:
    number = sum(tally.verdicts.values())
    times = sorted(tally.milliseconds) or [0.0]
    share = {str(verdict): 100 * tally.verdicts[verdict] / max(number, 1) for verdict in Verdict}
    return {
        "n": number,
        **share,
        "apart": tally.apart,
        "ms_median": statistics.median(times),
        "ms_p95": times[int(len(times) * 0.95) - 1 if len(times) > 1 else 0],
    }


if __name__ == "__main__":
    sys.exit(main())
