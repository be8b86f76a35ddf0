"""Calls that are forked say and do what the scripts say and do: most tests of the command line rest on that."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from support import warm
from support.gitrepo import isolated_environment

if TYPE_CHECKING:
    from pathlib import Path

SNIPPET = b"## `a.py`\n\n```python\nx = 2\n```\n"
CALLS = {
    "what is asked": ("stetbot", ("--version",), b""),
    "wrong usage": ("stetbot", ("apply", "--nonsense"), b""),
    "no repository": ("stetbot", ("apply", "-"), SNIPPET),
    "a file": ("stetbot", ("check", "a.py"), b""),
    "a hook": ("stetbot-hook", ("check", "a.py"), b""),
    "a hook's wrong usage": ("stetbot-hook", ("nonsense",), b""),
}


@pytest.mark.parametrize(("script", "arguments", "stdin"), CALLS.values(), ids=CALLS.keys())
def test_a_forked_call_ends_and_says_as_the_script_does(
    tmp_path: Path, script: str, arguments: tuple[str, ...], stdin: bytes
) -> None:
    (tmp_path / "a.py").write_bytes(b"x = 1\n# ... existing code ...\n")
    environment = isolated_environment(tmp_path / "home")
    forked = warm.run(script, arguments, folder=tmp_path, environment=environment, stdin=stdin)
    started = subprocess.run(
        [str(warm.BIN / script), *arguments],
        cwd=tmp_path,
        env=environment,
        input=stdin,
        capture_output=True,
        check=False,
    )
    assert (forked.returncode, forked.stdout, forked.stderr) == (started.returncode, started.stdout, started.stderr)
    assert forked.stdout + forked.stderr


def test_a_forked_call_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    environment = isolated_environment(tmp_path / "home")
    with pytest.raises(subprocess.TimeoutExpired):
        warm.run("stetbot", ("doctor",), folder=tmp_path, environment=environment, timeout=0.001)
    assert warm.run("stetbot", ("--version",), folder=tmp_path, environment=environment).returncode == 0
