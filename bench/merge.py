"""How good and how fast the local engine is: exact, blank, wrong, declined per style, and milliseconds per case.

    python bench/merge.py CASES... [--accept-unproven] [--by style|language|kind] [--show wrong|blank|declined] ...

CASES are .jsonl or .jsonl.gz corpora, or folders of case folders. *exact* is equal to the byte, after the merged lines
went through the document of the original (its line ends, BOM and final newline); *blank* differs in blank lines or
trailing white space only; *declined* is a refusal or, without --accept-unproven, an unproven reading. No hints are
given. Cases that repeat an earlier style of the same edit to the byte (`same_as`) are left out of all figures.
"""

from __future__ import annotations

import argparse
import difflib
import os
import statistics
import sys
import time
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.cases import Case, read_all
from bot.errors import Refusal
from bot.merging import merge
from bot.model import Edit, Hints, Verdict
from bot.pipeline.engines import weakest
from bot.text import Document
from bot.verify import judge_local

RESULTS = ("exact", "blank", "wrong", "declined")


@dataclass(frozen=True, slots=True)
class Result:
    """What the engine made of one case."""

    result: str
    verdict: str
    why: str
    merged: str | None
    ms: float


def edits_between(old: tuple[str, ...], new: tuple[str, ...]) -> tuple[Edit, ...]:
    """The edits that make `new` of `old`, by a line diff."""
    codes = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return tuple(Edit(a, b, new[c:d]) for tag, a, b, c, d in codes if tag != "equal")


def score(merged: str, expected: str | None) -> str:
    """`exact`, `blank` or `wrong`."""
    if expected is None:
        return "wrong"
    if merged == expected:
        return "exact"
    return "blank" if _solid(merged) == _solid(expected) else "wrong"


def _solid(text: str) -> list[str]:
    return [line.rstrip() for line in text.split("\n") if line.strip()]


def run(case: Case, *, accept_unproven: bool) -> Result:
    """Merge one case and judge it."""
    document = Document.from_text(case.original)
    started = time.perf_counter()
    try:
        answer = merge(document.lines, case.update, case.path)
    except Refusal as refusal:
        return Result("declined", "refused", str(refusal), None, (time.perf_counter() - started) * 1e3)
    spent = (time.perf_counter() - started) * 1e3
    merged = document.splice(edits_between(document.lines, answer.lines))
    text = merged.to_bytes().decode("utf-8")
    # As `bot.pipeline.engines.Local`: the engine's word is not enough, the judge has to prove it too.
    judgement = judge_local(document, case.update, merged, case.path, Hints())
    why = "; ".join(f"{doubt.rule}: {doubt.message}" for doubt in (*answer.doubts, *judgement.doubts))
    verdict = weakest(answer.verdict, judgement.verdict)
    lands = verdict is Verdict.VERIFIED or (accept_unproven and verdict is Verdict.UNPROVEN)
    result = score(text, case.expected) if lands else "declined"
    return Result(result, verdict.value, f"[{answer.method}] {why}", text, spent)


def table(cases: list[Case], results: list[Result], by: str) -> str:
    """The figures as text, a row for each value of `by` and one for all."""
    groups: dict[str, Counter[str]] = defaultdict(Counter)
    for case, result in zip(cases, results, strict=True):
        for group in (str(getattr(case, by)), "all"):
            groups[group][result.result] += 1
    rows = [f"{by:<14}{'cases':>6}" + "".join(f"{name:>16}" for name in RESULTS)]
    for group in [*sorted(set(groups) - {"all"}), "all"]:
        total = groups[group].total()
        cells = "".join(f"{groups[group][name]:>8} {groups[group][name] / total:>6.1%}" for name in RESULTS)
        rows.append(f"{group:<14}{total:>6}" + cells)
    return "\n".join(rows)


def timing(results: list[Result]) -> str:
    """Median, 95th percentile and maximum of the milliseconds per case."""
    spent = sorted(result.ms for result in results)
    p95 = spent[min(len(spent) - 1, int(len(spent) * 0.95))]
    return f"ms a case: median {statistics.median(spent):.2f}, p95 {p95:.2f}, max {spent[-1]:.2f}"


def show(case: Case, result: Result) -> str:
    """One case for reading: what the engine said, the snippet, and the difference to the right answer."""
    head = f"{'=' * 8} {case.id} {case.style} {case.path} [{result.result}, {result.verdict}] {result.why}"
    expected = (case.expected or "").split("\n")
    lines = list(difflib.unified_diff(case.original.split("\n"), expected, "original", "expected", "", "", 3, ""))
    if result.merged is not None and result.merged != case.expected:
        mine = result.merged.split("\n")
        lines += difflib.unified_diff(expected, mine, "expected", "merged", "", "", 3, "")
    return "\n".join([head, case.update, *lines])


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("cases", nargs="+", type=Path)
    parser.add_argument("--accept-unproven", action="store_true", help="count the best unproven reading as an answer")
    parser.add_argument("--by", action="append", choices=("style", "language", "kind"), help="default: style")
    parser.add_argument("--show", action="append", choices=RESULTS, default=[], help="print these cases with diffs")
    parser.add_argument("--ids", action="append", choices=RESULTS, default=[], help="print these cases' ids, reasons")
    parser.add_argument("--half", type=int, choices=(0, 1), help="every second case only, for cross-validation")
    parser.add_argument("--only", default="", help="cases whose id contains this")
    parser.add_argument("--limit", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1)
    return parser.parse_args()


def main() -> int:
    given = options()
    found = read_all(given.cases)
    cases = [case for case in found if not case.repeated and given.only in case.id]
    if given.half is not None:
        cases = cases[given.half :: 2]
    cases = cases[: given.limit or None]
    if not cases:
        print("no cases")
        return os.EX_USAGE
    run(cases[0], accept_unproven=False)  # warm: the heavy imports are not a case's time
    task = partial(run, accept_unproven=given.accept_unproven)
    if given.jobs > 1:
        with ProcessPoolExecutor(given.jobs) as pool:
            results = list(pool.map(task, cases, chunksize=8))
    else:
        results = [task(case) for case in cases]
    for case, result in zip(cases, results, strict=True):
        if result.result in given.show:
            print(show(case, result))
        if result.result in given.ids:
            print(f"{result.result:<9} {case.id} {case.style} {case.path} {result.why}")
    print(f"{len(cases)} cases; {sum(case.repeated for case in found)} repeats (same_as) left out")
    for by in given.by or ["style"]:
        print(table(cases, results, by))
    print(timing(results))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
