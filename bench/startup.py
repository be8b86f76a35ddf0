"""How long a hook takes as a whole process: `stetbot-hook check` beside two of pre-commit-hooks, in one run.

    .venv/bin/python bench/startup.py [--rounds N]     of an environment with stetbot and pre-commit-hooks

The same files for all, in turn, so that a busy machine slows all of them; the best and the median of the rounds count.
Exit code 1 if `stetbot-hook check` is more than 1.5 times as slow as the slower of the two on one file; 2 if one of the
commands is not there.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

ROUNDS = 15
MANY = 300
MOST = 1.5
SCRIPTS = Path(sysconfig.get_path("scripts"))
OURS = "stetbot-hook check"
COMMANDS = {
    OURS: ["stetbot-hook", "check"],
    "check-yaml": ["check-yaml"],
    "check-merge-conflict": ["check-merge-conflict"],
}
FILE = "".join(f"key_{number}:\n  - value # the existing one is kept\n  - 'text'\n" for number in range(40))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=ROUNDS, metavar="N")
    rounds = parser.parse_args().rounds
    missing = sorted({parts[0] for parts in COMMANDS.values() if shutil.which(parts[0], path=str(SCRIPTS)) is None})
    if missing:
        print(f"not in {SCRIPTS}: {', '.join(missing)}; install stetbot and pre-commit-hooks there", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        subprocess.run(["git", "init", "-q", folder], check=True)
        names = [f"file_{number}.yaml" for number in range(MANY)]
        for name in names:
            (place / name).write_text(FILE, encoding="utf-8")
        one, many = measure(place, names[:1], rounds), measure(place, names, rounds)
    print(f"{'whole process, milliseconds':28}{'1 file':>16}{f'{MANY} files':>16}")
    print(f"{'':28}{'best median':>16}{'best median':>16}")
    for command in COMMANDS:
        print(f"{command:28}{shown(one[command]):>16}{shown(many[command]):>16}")
    slower = max(statistics.median(one[command]) for command in COMMANDS if command != OURS)
    ratio = statistics.median(one[OURS]) / slower
    print(f"on one file: {ratio:.2f} times the slower of the two (at most {MOST})")
    return 0 if ratio <= MOST else 1


def measure(place: Path, names: list[str], rounds: int) -> dict[str, list[float]]:
    """Seconds of each round by command."""
    taken: dict[str, list[float]] = {command: [] for command in COMMANDS}
    for turn in range(rounds + 1):
        for command, parts in COMMANDS.items():
            start = time.perf_counter()
            subprocess.run([SCRIPTS / parts[0], *parts[1:], *names], cwd=place, check=True)
            if turn:  # the first round fills the caches
                taken[command].append(time.perf_counter() - start)
    return taken


def shown(seconds: list[float]) -> str:
    return f"{min(seconds) * 1000:.0f} {statistics.median(seconds) * 1000:6.0f}"


if __name__ == "__main__":
    sys.exit(main())
