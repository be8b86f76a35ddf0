from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.morph_faults import Fault, faulty
from support.morph_server import MorphServer

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
SCRIPT = """
import sys
from support.morph_client import client
from bot.parallel import ordered_map

try:
    with client(sys.argv[1]) as morph:
        list(ordered_map(lambda n: morph.apply("", f"a = {n}", f"a = {n + 1}"), range(300), int(sys.argv[2])))
except KeyboardInterrupt:
    sys.exit(130)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for another process")
@pytest.mark.parametrize("jobs", [1, 128])
@pytest.mark.parametrize("fault", [Fault.HANG, Fault.TRICKLE_HEAD])
def test_ctrl_c_ends_the_process_though_every_worker_hangs_in_the_service(
    figures: Callable[[str], None], jobs: int, fault: Fault
) -> None:
    path = {"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", "PATH": ""}
    with (
        MorphServer(faulty(fault)) as server,
        subprocess.Popen(
            [sys.executable, "-c", SCRIPT, server.url, str(jobs)], env=path, stderr=subprocess.PIPE, text=True
        ) as process,
    ):
        try:
            server.wait_for(jobs)
            began = time.monotonic()
            process.send_signal(signal.SIGINT)
            # A guard against a hang: the client's own limits would end it after twenty seconds.
            _, said = process.communicate(timeout=10)
        finally:
            process.kill()
        figures(f"ended {time.monotonic() - began:.2f} s after SIGINT with {jobs} workers ({fault.value})")
    assert (process.returncode, said) == (130, "")
