"""The bench of faults as a user runs it: on our own examples, and on a corpus of real edits where there is one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.judged import TRUE

ROOT = Path(__file__).parents[2]
Report = dict[str, dict[str, float]]


def run(cases: Path, *options: str) -> Report:
    done = subprocess.run(
        [sys.executable, str(ROOT / "bench" / "verify.py"), str(cases), "--json", *options],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    assert done.returncode == 0, done.stderr
    report: Report = json.loads(done.stdout)
    return report


def test_no_fault_in_our_own_examples_comes_out_verified(tmp_path: Path) -> None:
    cases = tmp_path / "own.jsonl"
    records = [
        {"id": name, "style": "own", "path": it.path, "original": it.base, "update": it.snippet, "expected": it.merged}
        for name, it in TRUE.items()
    ]
    cases.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    report = run(cases, "--alone")
    assert report["true"]["n"] == len(TRUE)
    assert report["true"]["verified"] == 100
    faults = report["all faults"]
    assert faults["n"] >= 20 * len(TRUE)
    assert faults["verified"] == 0
    assert faults["refused"] >= 97
    assert len(report) >= 22 + 2


@pytest.mark.timeout(900)
@pytest.mark.parametrize("half", ["0", "1"])
def test_the_proof_holds_on_snippets_that_language_models_wrote(half: str) -> None:
    folder = os.environ.get("STETBOT_CORPUS")
    if not folder:
        pytest.skip("STETBOT_CORPUS is not set: the folder with llm_dev.jsonl.gz is not here")
    cases = Path(folder) / "llm_dev.jsonl.gz"
    report = run(cases, "--half", half)
    true, faults = report["true"], report["all faults"]
    assert true["n"] >= 150
    assert faults["n"] >= 4000
    assert faults["verified"] <= 0.3
    assert faults["verified"] + faults["unproven"] <= 8
    assert true["refused"] <= 1
    assert true["verified"] >= 85
