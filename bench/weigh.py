"""How `bot/merging/weights.py` was made, and can be made again: what each trait of a placement weighs.

    python bench/weigh.py CORPUS... [--weight CORPUS=0.5] [--penalty 1.0] [--fold N] [--jobs N] [-o weights.txt]

CORPUS is a .jsonl or .jsonl.gz file, or a folder of case folders. Each segment of each snippet asks which of its
candidate placements is the right one (see `questions`); the weights that answer best are fitted (see `logit`), and
printed as the rows of the table. `--weight` makes a corpus count less: one whose snippets are made by rule, or one
with many styles of the same edit. Cases that repeat an earlier style to the byte (`same_as`) are left out.

The figures are the segments with the right placement first, and the cases in which all are. They are of the very cases
that were fitted, unless `--fold N` is given: then each repository's cases are also answered by weights that were
fitted without them.
"""

from __future__ import annotations

import argparse
import os
import sys
import zlib
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.cases import Case, read_cases
from bench.logit import Weighted, Weights, fitted, is_answered
from bench.questions import Question, questions_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


def asked(corpora: Iterable[tuple[Path, float]], jobs: int) -> list[Weighted]:
    """The questions of all corpora, each with its corpus' weight; a line is printed for each corpus."""
    found: list[Weighted] = []
    for corpus, share in corpora:
        cases = [case for case in read_cases(corpus) if not case.repeated]
        answered = _each(questions_of, cases, jobs)
        questions = [question for one in answered if one is not None for question in one]
        found += [Weighted(question, share) for question in questions]
        unseen = sum(not question.found for question in questions)
        print(
            f"{corpus.name}: {len(cases)} cases, {sum(one is None for one in answered)} of them without an answer that "
            f"can be placed; {len(questions)} segments, {unseen} of them with no right candidate; weight {share:g}"
        )
    return found


def _each(
    work: Callable[[Case], tuple[Question, ...] | None], cases: Sequence[Case], jobs: int
) -> list[tuple[Question, ...] | None]:
    if jobs == 1:
        return [work(case) for case in cases]
    with ProcessPoolExecutor(jobs) as pool:
        return list(pool.map(work, cases, chunksize=8))


def accuracy(questions: Sequence[Question], right: Sequence[bool]) -> str:
    """Segments and cases with the right placement first, a row for each style and one for all."""
    styles: dict[str, dict[tuple[str, str], list[bool]]] = defaultdict(lambda: defaultdict(list))
    for question, is_right in zip(questions, right, strict=True):
        for style in (question.style, "all"):
            styles[style][question.case, question.style].append(is_right)
    rows = [f"{'style':<16}{'segments':>18}{'cases':>18}"]
    for style in [*sorted(set(styles) - {"all"}), "all"]:
        cases = list(styles[style].values())
        segments = [one for case in cases for one in case]
        whole = [all(case) for case in cases]
        rows.append(f"{style:<16}{_share(segments)}{_share(whole)}")
    return "\n".join(rows)


def _share(right: Sequence[bool]) -> str:
    return f"{f'{sum(right)}/{len(right)}':>11} {sum(right) / max(1, len(right)):>6.1%}"


def fold_of(question: Question, folds: int) -> int:
    """The fold of a question: all of one repository are in the same."""
    return zlib.crc32(question.origin.encode()) % folds


def _without(fold: int, questions: Sequence[Weighted], folds: int, penalty: float) -> Weights:
    return fitted([one for one in questions if fold_of(one.question, folds) != fold], penalty)


def validated(questions: Sequence[Weighted], folds: int, penalty: float, jobs: int) -> list[bool]:
    """Which questions are answered by weights that were fitted on other repositories."""
    task = partial(_without, questions=questions, folds=folds, penalty=penalty)
    if jobs == 1:
        weights = [task(fold) for fold in range(folds)]
    else:
        with ProcessPoolExecutor(jobs) as pool:
            weights = list(pool.map(task, range(folds)))
    return [is_answered(one.question, weights[fold_of(one.question, folds)]) for one in questions]


def table(weights: Weights) -> str:
    """The weights as rows of `weights.py`."""
    rows = ((name, weights[name]) for name in sorted(weights))
    return "".join(f'    "{name}": {round(weight, 2 if abs(weight) >= 0.1 else 3)},\n' for name, weight in rows)


def options(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("corpora", nargs="+", type=Path, metavar="CORPUS")
    parser.add_argument("--weight", action="append", default=[], metavar="CORPUS=0.5", help="default: 1 for each")
    parser.add_argument("--penalty", type=float, default=1.0, help="on the square of the scaled weights (default: 1)")
    parser.add_argument("--fold", type=int, default=0, metavar="N", help="also validate on N parts of the repositories")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("-o", "--output", type=Path, help="write the table here (default: print it)")
    given = parser.parse_args(arguments)
    shares = dict.fromkeys(given.corpora, 1.0)
    for text in given.weight:
        name, _, number = text.rpartition("=")
        try:
            share = float(number)
        except ValueError:
            parser.error(f"--weight {text}: write CORPUS=NUMBER")
        if Path(name) not in shares:
            parser.error(f"--weight {text}: {name or 'nothing'} is none of the corpora given")
        shares[Path(name)] = share
    given.shares = shares
    return given


def main() -> int:
    given = options()
    questions = asked(given.shares.items(), given.jobs)
    if not questions:
        print("no case has a right answer that can be placed")
        return os.EX_USAGE
    weights = fitted(questions, given.penalty)
    plain = [one.question for one in questions]
    print("\nfitted")
    print(accuracy(plain, [is_answered(question, weights) for question in plain]))
    if given.fold > 1:
        print(f"\nby weights that were fitted on other repositories ({given.fold} folds)")
        print(accuracy(plain, validated(questions, given.fold, given.penalty, given.jobs)))
    rows = table(weights)
    if given.output is None:
        print(f"\n{rows}", end="")
    else:
        given.output.write_text(rows, encoding="utf-8")
        print(f"\n{len(weights)} weights are in {given.output}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
