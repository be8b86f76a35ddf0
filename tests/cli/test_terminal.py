"""What a person sees on a real terminal, and what no terminal ever gets: escape codes of others, secrets."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from support.calls import CART, call, instructions, section, shop
from support.morph_server import MorphServer, error, perfect
from support.story import STETBOT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from support.gitrepo import GitRepo

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
KEY = "sk-sentinel-7f3b9c2e"
CODES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
HIDE, SHOW = "\x1b[?25l", "\x1b[?25h"
MANY = "".join(section(f"new{number}.py", "x = 1\n", "python new") for number in range(12))


class Terminal:
    """A run whose stdin, stdout and stderr are one pseudo-terminal of 80 columns."""

    def __init__(self, repo: GitRepo, *arguments: str | Path, environment: Mapping[str, str] | None = None) -> None:
        import fcntl
        import pty
        import struct
        import termios

        self.mine, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 80, 0, 0))
        self.process = subprocess.Popen(
            [STETBOT, *map(str, arguments)],
            cwd=repo.path,
            env=repo.environment | {"TERM": "xterm"} | dict(environment or {}),
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        self.seen = ""

    def read(self, until: str = "", seconds: float = 60.0) -> str:
        """All that has come so far, up to the end or to the text `until`."""
        deadline = time.monotonic() + seconds
        data = b""
        while time.monotonic() < deadline:
            if not select.select([self.mine], [], [], 0.2)[0]:
                continue
            try:
                piece = os.read(self.mine, 65536)
            except OSError:  # Linux says so when the other side is closed
                piece = b""
            data += piece
            if not piece or (until and until in data.decode("utf-8", "replace")):
                break
        self.seen += data.decode("utf-8", "replace")
        return self.seen

    def end(self) -> int:
        """The exit code, after everything is read."""
        self.read()
        os.close(self.mine)
        return self.process.wait(30)


def shown(text: str) -> list[str]:
    return CODES.sub("", text).replace("\r\n", "\n").split("\n")


def test_a_terminal_gets_colours_and_lines_that_fit(tmp_path: Path) -> None:
    repo = shop(tmp_path)
    text = section("cart.py:2", "    return 0\n", "suggestion") + section(
        "cart.py", "<<<<<<< SEARCH\n" + "no such line " * 6 + "\n=======\nx\n>>>>>>> REPLACE\n", ""
    )
    terminal = Terminal(repo, "apply", instructions(repo.path, text).name)
    assert terminal.end() == 1
    assert "\x1b[32m\x1b[1mapplied\x1b[0m" in terminal.seen
    assert "\x1b[31m\x1b[1mrefused\x1b[0m" in terminal.seen
    lines = shown(terminal.seen)
    assert max(map(len, lines)) <= 80, lines
    reason = next(number for number, line in enumerate(lines) if "no line reads" in line or "do not stand" in line)
    assert lines[reason + 1].startswith(" " * 10)
    # What somebody has to look at comes after what is done.
    assert [line.split()[0] for line in lines if line.startswith(("applied", "refused"))] == ["applied", "refused"]


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_terminal_gets_no_colours_where_they_are_not_wanted(tmp_path: Path, environment: dict[str, str]) -> None:
    repo = shop(tmp_path)
    terminal = Terminal(repo, "apply", "--diff", instructions(tmp_path), environment=environment)
    assert terminal.end() == 0
    assert "\x1b[" not in terminal.seen
    assert "+    return items[0] if items else None" in shown(terminal.seen)


def test_a_long_run_shows_how_far_it_is_and_gives_the_cursor_back(tmp_path: Path) -> None:
    repo = shop(tmp_path)
    terminal = Terminal(repo, "apply", instructions(tmp_path, MANY))
    assert terminal.end() == 0
    assert "resolving" in terminal.seen
    assert "12/12" in terminal.seen
    assert terminal.seen.rindex(SHOW) > terminal.seen.rindex(HIDE)
    short = Terminal(repo, "apply", instructions(tmp_path), "--branch", "short")
    assert short.end() == 0
    assert "resolving" not in short.seen
    quiet = Terminal(repo, "apply", "--quiet", instructions(tmp_path, MANY), "--branch", "quiet")
    assert quiet.end() == 0
    assert quiet.seen == ""


def test_an_interrupt_gives_the_cursor_back(tmp_path: Path) -> None:
    repo = shop(tmp_path, {f"m{number}.py": CART for number in range(12)})
    text = "".join(section(f"m{number}.py", "def first(items):\n    return None\n") for number in range(12))
    with MorphServer(perfect({}), delay=30) as server:
        environment = {"MORPH_API_KEY": KEY, "MORPH_API_URL": server.url}
        terminal = Terminal(repo, "apply", instructions(tmp_path, text), environment=environment)
        server.wait_for(8)
        terminal.read(until="resolving")
        os.kill(terminal.process.pid, signal.SIGINT)
        assert terminal.end() == 130
    assert HIDE in terminal.seen
    assert terminal.seen.rindex(SHOW) > terminal.seen.rindex(HIDE)
    assert "interrupted" in terminal.seen


EVIL = "\x1b]0;owned\x07\x1b[2J\u202e\u2066\u200b\x9b31m"
UNSHOWN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


@pytest.mark.parametrize("flags", [(), ("--no-color",), ("--diff",), ("--diff", "--no-color"), ("--color",)])
def test_escape_codes_of_others_reach_no_terminal(tmp_path: Path, flags: tuple[str, ...]) -> None:
    twins = "\n\n".join(f"def {name}():\n    x = 1  # {EVIL}\n    return x\n" for name in "abc")
    repo = shop(tmp_path, {"twins.py": twins, "m.py": f"# {EVIL}\nx = 1\n"})
    text = (
        f"# Title {EVIL}\n\n"
        + section("m.py:2", f"x = 2  # {EVIL}\n", "suggestion", f"I am {EVIL}.")
        + section(f"gone{EVIL}.py:1", "x\n", "suggestion")
        + section("gone\u200b.py:1", "x\n", "suggestion")
        + section("m.py", f"<<<<<<< SEARCH\n{EVIL} no such\n=======\nx\n>>>>>>> REPLACE\n", "")
        + section("twins.py", f"# ... existing code ...\n    x = 1  # {EVIL}\n    y = 2  # {EVIL}\n    return x\n")
    )
    terminal = Terminal(repo, "apply", *flags, instructions(tmp_path, text))
    assert terminal.end() in (1, 2)
    bare = CODES.sub("", terminal.seen.replace("\r\n", "\n"))
    assert not UNSHOWN.search(bare), bare
    assert "\x1b]" not in terminal.seen
    assert "\x1b[2J" not in terminal.seen


def test_escape_codes_are_shown_as_what_they_are_in_a_pipe_too(tmp_path: Path) -> None:
    repo = shop(tmp_path, {"m.py": "x = 1\n"})
    for command in (
        ("apply", instructions(tmp_path, section(f"g{EVIL}.py:1", "x\n", "suggestion"))),
        ("apply", f"gone{EVIL[1:]}.md"),
        ("apply", f"--{EVIL[1:]}"),
        ("apply", instructions(tmp_path), "--base", EVIL),
        ("apply", instructions(tmp_path), "--branch", EVIL),
        ("apply", instructions(tmp_path), "--accept", EVIL),
        ("apply", instructions(tmp_path, f"## `a`\n\n```{EVIL} diff whole\nx\n```\n")),
        ("apply", instructions(tmp_path, json.dumps([{EVIL: 1}]), "x.json")),
        ("apply", instructions(tmp_path, f'"{EVIL[1:4]}": [', "x.yaml")),
        (
            "check",
            instructions(tmp_path, f"x\n# ... existing code ... {EVIL}\n<<<<<<< {EVIL}\n=======\n>>>>>>> x\n", "x.py"),
        ),
        ("merge", "m.py", instructions(tmp_path, f"<<<<<<< SEARCH\n{EVIL}\n=======\ny\n>>>>>>> REPLACE\n", "u")),
        ("verify", "m.py", instructions(tmp_path, f"# ... existing code ...\n{EVIL}\n", "u"), "m.py"),
        ("doctor", "-C", f"gone{EVIL}"),
    ):
        run = call(repo, *command)
        assert run.code in (1, 2), command
        assert not UNSHOWN.search(run.said), (command, run.said)


def test_no_secret_of_the_environment_is_ever_printed(tmp_path: Path) -> None:
    """Wherever a secret gets to: into a path, a snippet, a file, an error of the service, a remote's name."""
    secrets = {name: f"s3cr3t-{name.lower()}-value" for name in ("MORPH_API_KEY", "MORPHEUS_API_KEY", "GITHUB_TOKEN")}
    key = secrets["MORPH_API_KEY"]
    repo = shop(tmp_path, {"m.py": f"x = '{key}'\n\n\ndef b():\n    return 2\n"})
    lazy = section("cart.py", "# ... existing code ...\n\n\ndef first(items):\n    return items[:1]\n")
    inside = section("m.py:2", f"y = '{key}'\n\n", "suggestion")
    absent = section(f"{key}.py:1", "x\n", "suggestion")
    with MorphServer(lambda _: error(401, f"the key {key} is not known")) as server:
        environment = secrets | {"MORPH_API_URL": server.url}
        for command in (
            ("apply", instructions(tmp_path, lazy + inside + absent)),
            ("apply", "--json", instructions(tmp_path, lazy + inside + absent)),
            ("apply", "--diff", instructions(tmp_path, inside)),
            ("apply", "--diff", "--color", instructions(tmp_path, inside)),
            ("apply", instructions(tmp_path, lazy), "--base", key),
            ("apply", f"{key}.md"),
            ("apply", f"--{key}"),
            ("merge", "cart.py", instructions(tmp_path, f"<<<<<<< SEARCH\n{key}\n=======\ny\n>>>>>>> REPLACE\n", "u")),
            ("check", instructions(tmp_path, f"x\n# ... existing code ... {key}\n", "x.py")),
            ("doctor",),
        ):
            run = call(repo, *command, environment=environment)
            for name, value in secrets.items():
                assert value not in run.said, (command, name, run.said)
    assert server.requests
    hidden = call(repo, "apply", "--diff", instructions(tmp_path, inside), "--branch", "x", environment=secrets)
    assert "<MORPH_API_KEY>" in hidden.out
    assert "the diff will not apply" in hidden.err
