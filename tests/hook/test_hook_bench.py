"""The figures that docs/pre-commit.md promises, measured by the benches as users run them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.checkout import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.timeout(900)
def test_real_files_raise_no_alarm_and_leaked_markers_are_found(figures: Callable[[str], None]) -> None:
    folder = os.environ.get("STETBOT_CORPUS")
    if not folder:
        pytest.skip("STETBOT_CORPUS is not set: the folder with the corpora is not here")
    corpora = sorted(str(path) for path in Path(folder).glob("*.jsonl.gz"))
    done = subprocess.run(
        [sys.executable, str(ROOT / "bench" / "alarms.py"), *corpora, "--json"],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    assert done.returncode == 0, done.stderr.decode()
    report = json.loads(done.stdout)
    figures(
        f"{len(report['flagged'])} findings in {report['files']} files as they are;"
        f" {report['found']} of {report['leaked']} leaked markers found"
    )
    assert report["files"] >= 1500
    assert len(report["flagged"]) < report["files"] / 500, report["flagged"]
    assert report["leaked"] == report["files"]
    assert report["found"] > 0.99 * report["leaked"], report["missed"]


def test_the_bench_of_the_start_measures_all_three_on_one_file_and_on_many(figures: Callable[[str], None]) -> None:
    # The ratio itself is the bench's exit code, for a quiet machine; here it is that all three run and pass.
    done = subprocess.run(
        [sys.executable, str(ROOT / "bench" / "startup.py"), "--rounds", "3"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    figures(done.stdout)
    for command in ("stetbot-hook check", "check-yaml", "check-merge-conflict"):
        assert command in done.stdout
    assert "times the slower of the two" in done.stdout


def test_the_bench_of_the_start_says_in_one_line_what_is_not_installed(tmp_path: Path) -> None:
    venv.create(tmp_path / "bare")
    (python,) = [file for file in (tmp_path / "bare").glob("*/python*") if file.stem == "python"]
    done = subprocess.run([python, ROOT / "bench" / "startup.py"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "check-merge-conflict, check-yaml, stetbot-hook; install stetbot and pre-commit-hooks there" in done.stderr
