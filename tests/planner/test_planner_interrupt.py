from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from support.morph_server import Ending, MorphServer, Reply
from support.planner import HERE, calling, tool_call

ROOT = Path(__file__).parents[2]
SCRIPT = """
import sys
from bot.chat.endpoint import Endpoint, Key
from bot.pacing import Pace
from bot.parallel import ordered_map
from bot.planner import PlannerClient, PlannerSettings
from support.planner import MODEL, PROMPT

settings = PlannerSettings(Endpoint.parse(sys.argv[1], "u"), Key.parse("sk-1", "k"), MODEL, pace=Pace(2, 2))
try:
    with PlannerClient(settings) as client:
        list(ordered_map(lambda _: client.plan(PROMPT), range(20), int(sys.argv[2])))
except KeyboardInterrupt:
    sys.exit(130)
"""
ENDLESS = {
    "the service hangs": lambda: Reply((), Ending.HOLD),
    "the pace is used up": lambda: calling(tool_call()),
}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for another process")
@pytest.mark.parametrize("jobs", [1, 8])
@pytest.mark.parametrize("case", ENDLESS)
def test_ctrl_c_ends_the_process_though_every_worker_waits(case: str, jobs: int) -> None:
    path = {"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", "PATH": ""}
    with (
        MorphServer(lambda _: ENDLESS[case](), others=HERE) as server,
        subprocess.Popen(
            [sys.executable, "-c", SCRIPT, server.url, str(jobs)], env=path, stderr=subprocess.PIPE, text=True
        ) as process,
    ):
        try:
            # Two are under way, or are answered and no more may begin within the minute.
            server.wait_for(1 if jobs == 1 and case == "the service hangs" else 2)
            process.send_signal(signal.SIGINT)
            # A guard against a hang: the pace alone would keep it for ten minutes.
            _, said = process.communicate(timeout=20)
        finally:
            process.kill()
    assert (process.returncode, said) == (130, "")
