"""The hook door as a subprocess, and what real hook managers need to run it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from support import warm
from support.calls import KEYS, Run
from support.gitrepo import GitRepo, isolated_environment
from support.story import STETBOT

if TYPE_CHECKING:
    from collections.abc import Mapping

BIN = Path(STETBOT).parent


def hook(
    place: GitRepo | Path,
    *arguments: str | bytes,
    environment: Mapping[str, str] | None = None,
    script: str = "stetbot-hook",
) -> Run:
    """Run the installed `stetbot-hook` in a repository or folder, with nothing of this machine's settings."""
    base = place.environment if isinstance(place, GitRepo) else isolated_environment(place)
    kept = {name: value for name, value in base.items() if name not in KEYS and not name.startswith("PRE_COMMIT")}
    done = warm.run(
        script,
        [os.fsdecode(part) for part in arguments],
        folder=place.path if isinstance(place, GitRepo) else place,
        environment=kept | dict(environment or {}),
        timeout=100,
    )
    out, err = (data.decode("utf-8", "replace").replace(os.linesep, "\n") for data in (done.stdout, done.stderr))
    assert done.returncode != 3, out + err
    assert "Traceback" not in out + err
    return Run(done.returncode, out, err, done.stdout)


def found_in(place: Path, files: Mapping[str, str]) -> dict[str, list[str]]:
    """What one run of the hook finds in each of `files`; those with nothing are left out."""
    for name, text in files.items():
        (place / name).write_text(text, encoding="utf-8")
    run = hook(place, "check", *files)
    found: dict[str, list[str]] = {}
    for line in run.out.removesuffix("\n").split("\n") if run.out else ():
        where, _, said = line.partition(": marker of left-out code: ")
        found.setdefault(where.rpartition(":")[0], []).append(said)
    assert (run.code, run.err) == (1 if found else 0, "")
    return found
