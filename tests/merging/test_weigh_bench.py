"""The bench that makes the table of weights, on a few of the committed cases."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from support.cases import CASES as FOLDERS

ROOT = Path(__file__).parents[2]
CASES = FOLDERS / "merge"
PROBE = """
import json, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from bench.cases import read_cases
from bench.logit import Weighted, fitted, is_answered
from bench.questions import questions_of
questions = [one for case in read_cases(Path(sys.argv[2])) for one in questions_of(case) or ()]
weights = fitted([Weighted(one) for one in questions], 1.0)
print(json.dumps({
    "asked": len(questions),
    "fitted": sum(is_answered(one, weights) for one in questions),
    "zero": sum(is_answered(one, {}) for one in questions),
}))
"""


def some_cases(folder: Path) -> Path:
    """The Go, Python and TypeScript cases that have an answer, some twenty."""
    found = [one for name in ("go", "python", "typescript") for one in sorted((CASES / name).iterdir())]
    for case in [one for one in found if list(one.glob("expected.*"))][:20]:
        shutil.copytree(case, folder / case.parent.name / case.name)
    return folder


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False, env=env)


def test_fitted_weights_put_the_right_placement_first_more_often_than_zero_weights(tmp_path: Path) -> None:
    done = run("-c", PROBE, str(ROOT), str(some_cases(tmp_path / "cases")))
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert figures["asked"] >= 20
    assert figures["fitted"] > figures["zero"]
    assert figures["fitted"] >= 0.9 * figures["asked"]


def test_the_same_cases_give_the_same_table_of_traits_that_the_engine_counts(tmp_path: Path) -> None:
    cases = str(some_cases(tmp_path / "cases"))
    for name in ("first.txt", "second.txt"):
        done = run(str(ROOT / "bench" / "weigh.py"), cases, "--fold", "2", "-o", str(tmp_path / name))
        assert done.returncode == 0, done.stderr
        assert "fitted on other repositories (2 folds)" in done.stdout
    first = (tmp_path / "first.txt").read_text(encoding="utf-8")
    assert first == (tmp_path / "second.txt").read_text(encoding="utf-8")
    assert '    "line.same' in first


def test_a_weight_for_a_corpus_that_is_not_given_is_an_error_in_the_call(tmp_path: Path) -> None:
    done = run(str(ROOT / "bench" / "weigh.py"), str(tmp_path), "--weight", "other.jsonl=0.5")
    assert done.returncode == 2
    assert "other.jsonl is none of the corpora given" in done.stderr
