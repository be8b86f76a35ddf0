"""The installed commands as processes that are quick to start: forked from one that has imported them already.

Most of what a call costs is the interpreter's start and the imports. `run` does what `subprocess.run` does with
`capture_output`: a process of its own in a folder, with an environment, arguments and three pipes; only that its
modules are there. Where the start itself is in question (another PATH, variables of Python's or of the locale) the
script is started instead, and so it is where there is no fork.

    test          template (one for each test process)       the call
    run  -------> fork, fork ------------------------------> streams, folder, environment, arguments; then `main()`
         <------- its number
         <------- its exit code, when it has ended
"""

from __future__ import annotations

import array
import atexit
import gc
import importlib
import json
import os
import pkgutil
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BIN = Path(sys.executable).parent
SCRIPTS = {"stetbot": "bot.cli", "stetbot-hook": "bot.hook"}  # what each script calls, as pyproject.toml says
# What the commands import when they need it.
_LIBRARIES = (
    "git",
    "httpx",
    "markdown_it",
    "rapidfuzz.distance",
    "rapidfuzz.fuzz",
    "rapidfuzz.process",
    "tree_sitter",
    "unidiff",
    "yaml",
)
_OF_THE_START = ("PYTHON", "LANG", "LC_", "LD_", "DYLD_", "GIT_PYTHON", "PATH")
_FIRST = 9  # bytes: the length of what is asked, and a sign that carries the streams


def run(
    script: str,
    arguments: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    stdin: bytes = b"",
    timeout: float = 600,
) -> subprocess.CompletedProcess[bytes]:
    """Call an installed script in `folder`; raises subprocess.TimeoutExpired when it had to be killed."""
    command = [str(BIN / script), *arguments]
    if not hasattr(os, "fork") or _of_the_start(environment) != _of_the_start(os.environ):
        return subprocess.run(
            command, cwd=folder, env=dict(environment), input=stdin, capture_output=True, check=False, timeout=timeout
        )
    asked = json.dumps([SCRIPTS[script], [os.path.realpath(folder), *command], *environment.items()]).encode()
    with ThreadPoolExecutor(3) as threads:
        (given, feed), (told, out), (warned, err) = (os.pipe() for _ in range(3))
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.connect(_template())
            streams = array.array("i", (given, out, err))
            line.sendmsg([len(asked).to_bytes(8, "big"), b"."], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, streams)])
            line.sendall(asked)
            for end in (given, out, err):
                os.close(end)
            threads.submit(_feed, feed, stdin)
            said = [threads.submit(_drain, end) for end in (told, warned)]
            code = _ended(line, command, timeout)
        return subprocess.CompletedProcess(command, code, said[0].result(), said[1].result())


def _of_the_start(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name.startswith(_OF_THE_START)}


def _feed(end: int, data: bytes) -> None:
    with open(end, "wb") as pipe, suppress(BrokenPipeError):
        pipe.write(data)


def _drain(end: int) -> bytes:
    with open(end, "rb") as pipe:
        return pipe.read()


def _ended(line: socket.socket, command: list[str], timeout: float) -> int:
    """Wait for the call's number, then for its exit code (negative: the signal that ended it)."""
    with line.makefile("rb") as told:
        process = int(told.readline())
        if not select.select([line], [], [], timeout)[0]:
            os.kill(process, signal.SIGKILL)
            raise subprocess.TimeoutExpired(command, timeout)
        return int(told.readline())


@cache
def _template() -> str:
    """The address of this test process's template."""
    folder = tempfile.mkdtemp(prefix="stetbot-warm-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    address = f"{folder}/s"
    # All three are pipes, as the calls' own are: what the interpreter notes of them when it starts holds for these too.
    process = subprocess.Popen(
        [sys.executable, __file__, address],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    atexit.register(process.wait)
    atexit.register(process.stdin.close)  # its end is the template's
    said = process.stdout.readline()
    assert said == b"ready\n", said + process.stdout.read()
    return address


def _import_all() -> None:
    import bot

    for module in pkgutil.walk_packages(bot.__path__, "bot."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    for name in _LIBRARIES:
        importlib.import_module(name)


def _serve(address: str) -> tuple[Any, list[int]]:
    """Wait for calls until the test process ends; comes back in the process that a call is to be."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
        door.bind(address)
        door.listen()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while True:
            ready, _, _ = select.select([door.fileno(), 0], [], [])
            if 0 in ready:
                os._exit(0)
            line, _ = door.accept()
            with line:
                if os.fork() == 0:
                    door.close()
                    return _split(line)
            with suppress(ChildProcessError):
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass


def _split(line: socket.socket) -> tuple[Any, list[int]]:
    """Become two: one waits for the other and tells how it ended."""
    head, parts, _, _ = line.recvmsg(_FIRST, socket.CMSG_SPACE(3 * array.array("i").itemsize))
    streams = array.array("i")
    streams.frombytes(parts[0][2])
    with line.makefile("rb") as data:
        asked = json.loads(data.read(int.from_bytes(head[:8], "big")))
    child = os.fork()
    if child == 0:
        line.close()
        return asked, list(streams)
    for stream in streams:
        os.close(stream)
    line.sendall(b"%d\n" % child)
    _, status = os.waitpid(child, 0)
    line.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))
    os._exit(0)


def _become(asked: Any, streams: list[int]) -> str:
    """Take on what the call is given; gives the module to run."""
    for target, stream in enumerate(streams):
        os.dup2(stream, target)
        os.close(stream)
    module, (folder, *command), *environment = asked
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv[:] = command
    sys.path[0] = str(BIN)
    return str(module)


if __name__ == "__main__":
    _import_all()
    gc.collect()
    gc.freeze()
    sys.modules[_become(*_serve(sys.argv[1]))].main()
