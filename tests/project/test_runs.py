"""How the tests run: what tests/conftest.py promises holds in worker processes and in CI."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from hypothesis import settings
from support.checkout import ROOT

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = """
import signal
from hypothesis import given, settings, strategies as st

def test_shows(figures):
    figures("wrong 0 of 300")

@settings(max_examples=5)
@given(st.integers())
def test_says_what_it_tries(number):
    print(number)

def test_hears_ctrl_c():
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
"""


def run(folder: Path, *flags: str, environment: dict[str, str], deaf: bool = False) -> str:
    """What pytest prints for `SCRIPT` beside our own conftest.py; with `deaf`, in a process that ignores Ctrl-C."""
    folder.mkdir(exist_ok=True)
    (folder / "conftest.py").write_bytes((ROOT / "tests" / "conftest.py").read_bytes())
    (folder / "test_script.py").write_text(SCRIPT, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    ignore = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN); " if deaf else ""
    code = f"{ignore}import sys, pytest; sys.exit(pytest.main(sys.argv[1:]))"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "CI"))}
    done = subprocess.run(
        [sys.executable, "-c", code, "-p", "no:cacheprovider", *flags],
        cwd=folder,
        env=kept | environment,
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_figures_are_shown_though_a_worker_ran_the_test_and_it_passed(tmp_path: Path) -> None:
    lines = run(tmp_path, "--numprocesses=1", environment={}, deaf=True).rstrip("\n").split("\n")
    assert lines.count("wrong 0 of 300") == 1
    assert lines[lines.index("wrong 0 of 300") - 1] == "test_script.py::test_shows"
    assert lines[-1].strip("= ").startswith("3 passed in "), "pytest's closing line stays the last one"


def test_in_ci_the_examples_of_a_test_are_always_the_same(tmp_path: Path) -> None:
    flags = ("-s", "-q", "-k", "tries")
    first, second, third = (
        [
            line
            for line in run(tmp_path / name, *flags, f"--hypothesis-seed={name}", environment=environment).split("\n")
            if line.removeprefix("-").isdecimal()
        ]
        for name, environment in (("1", {"CI": "true"}), ("2", {"CI": "true"}), ("3", {}))
    )
    assert len(first) >= 5
    assert first == second
    assert first != third


def test_no_time_limit_of_hypothesis_is_left() -> None:
    assert settings.default is not None
    assert settings.default.deadline is None
