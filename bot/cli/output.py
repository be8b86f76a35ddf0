"""Printing: results on stdout, the rest on stderr; colours only where somebody looks; no secret, no escape code."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import sys
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn, TextIO

import click

from bot.errors import StetbotError
from bot.report import Paint, Role, one_line, plain, printable, without_secrets
from bot.report.lines import diff_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

NARROWEST = 60

_LOOKS: dict[Role, dict[str, object]] = {
    Role.APPLIED: {"fg": "green", "bold": True},
    Role.UNCHANGED: {"fg": "cyan"},
    Role.REFUSED: {"fg": "red", "bold": True},
    Role.DOUBT: {"fg": "yellow"},
    Role.NAME: {"bold": True},
    Role.FAINT: {"dim": True},
    Role.GAINED: {"fg": "green"},
    Role.LOST: {"fg": "red"},
    Role.HUNK: {"fg": "cyan"},
}


class OutputError(StetbotError):
    """What was to be printed could not be (a full disk, say)."""


def prepare_streams() -> None:
    """What a stream's encoding cannot say is escaped, so that no path fails; a closed stream leads nowhere."""
    # In their order: what is opened first takes the lowest number, and so no file of ours becomes stdout.
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115 - for the whole run
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def scrubbed(text: str) -> str:
    """`text` without the secrets that the environment holds, whoever put them there."""
    return without_secrets(text, os.environ)


def put(text: str, *, err: bool = False, color: bool | None = None) -> None:
    """Print `text`, a newline after it. Raises OutputError; a reader that is gone is no error."""
    _written(lambda: click.echo(text, err=err, color=color), sys.stderr if err else sys.stdout)


def put_bytes(data: bytes) -> None:
    """Print exactly these bytes on stdout. Raises OutputError; a reader that is gone is no error."""
    _written(lambda: click.echo(data, nl=False), sys.stdout)


def finish_output() -> None:
    """Write out what is still held back. Raises OutputError."""
    _written(sys.stdout.flush, sys.stdout)


def _written(write: object, stream: TextIO) -> None:
    assert callable(write)  # noqa: S101 - states the type of a callback that returns nothing
    try:
        write()
    except BrokenPipeError:
        # `stetbot ... | head`: the work goes on, and so does its exit code; nobody is left to tell.
        _abandon(stream)
    except OSError as error:
        _abandon(stream)
        _give_up(error)


def _abandon(stream: TextIO) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def _give_up(error: OSError) -> NoReturn:
    raise OutputError(f"the output could not be written ({error.strerror}); what was done is not undone") from error


def complain(message: str) -> None:
    """One message on stderr, on one line whatever it quotes."""
    put(f"stetbot: {one_line(scrubbed(message))}", err=True)


def to_json(value: object, *, indent: int | None = None) -> str:
    """JSON that every program can read: secrets taken out of the texts, half characters as escapes."""
    clean = _clean(value)
    text = json.dumps(clean, ensure_ascii=False, indent=indent)
    return json.dumps(clean, indent=indent) if re.search("[\ud800-\udfff]", text) else text


def _clean(value: object) -> object:
    match value:
        case str():
            return scrubbed(value)
        case dict():
            return {key: _clean(item) for key, item in value.items()}
        case list():
            return [_clean(item) for item in value]
        case _:
            return value


def painted(role: Role, text: str) -> str:
    """`text` in the colours of its role."""
    return click.style(text, **_LOOKS[role])  # type: ignore[arg-type]  # each value is what that argument takes


@dataclass(frozen=True, slots=True)
class Console:
    """How this run prints. `machine`: only a program reads; `stderr`: stdout is taken, by a diff or a proposal."""

    quiet: bool = False
    machine: bool = False
    color: bool | None = None
    stderr: bool = False

    @property
    def paint(self) -> Paint:
        return painted if self._colored(err=self.stderr) else plain

    def say(self, lines: Iterable[str]) -> None:
        """Lines for people."""
        if not self.quiet and not self.machine:
            self._put(lines, err=self.stderr)

    def insist(self, lines: Iterable[str]) -> None:
        """Lines that `--quiet` keeps too (a refusal)."""
        if not self.machine:
            self._put(lines, err=self.stderr or self.quiet)

    def warn(self, text: str) -> None:
        """A line for people, on stderr."""
        if not self.quiet and not self.machine:
            looks = painted if self._colored(err=True) else plain
            self._put([looks(Role.DOUBT, "warning:") + f" {one_line(text)}"], err=True)

    def diff(self, text: str) -> None:
        """A unified diff on stdout: for eyes on a terminal or in colour, to the byte in a pipe."""
        if self.machine:
            return
        shown = scrubbed(text)
        if self._colored(err=False) or sys.stdout.isatty():
            paint = painted if self._colored(err=False) else plain
            put("\n".join(_diff_lines(shown, paint)), color=self._colored(err=False))
            return
        put_bytes(shown.encode("utf-8", "surrogatepass"))
        if shown != text:
            self.warn("the diff shows a secret of the environment; it is hidden, so the diff will not apply")

    def json(self, value: object) -> None:
        """A result for a program, on stdout."""
        put_bytes(f"{to_json(value, indent=1)}\n".encode())

    def _colored(self, *, err: bool) -> bool:
        if self.color is not None:
            return self.color
        return (sys.stderr if err else sys.stdout).isatty() and os.environ.get("TERM") != "dumb"

    def _put(self, lines: Iterable[str], *, err: bool) -> None:
        stream = sys.stderr if err else sys.stdout
        width = max(NARROWEST, shutil.get_terminal_size().columns) if stream.isatty() else 0
        for line in lines:
            shown = scrubbed(line)
            put("\n".join(_wrapped(shown, width)) if width else shown, err=err, color=self._colored(err=err))


def _wrapped(line: str, width: int) -> list[str]:
    """`line` on lines of at most `width` columns, the later ones indented under its text; no word is broken."""
    if len(click.unstyle(line)) <= width or "\x1b" in line:
        return [line]  # what is coloured is a heading or a diff: its words are to be copied whole
    indent = line[: len(line) - len(line.lstrip())]
    return textwrap.wrap(
        line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False, drop_whitespace=True
    )


def _diff_lines(diff: str, paint: Paint) -> Iterator[str]:
    in_hunk = False
    for line in diff.removesuffix("\n").split("\n"):
        if line.startswith("diff --git"):
            in_hunk = False
        elif line.startswith("@@"):
            in_hunk = True
        yield diff_line(line, paint) if in_hunk else paint(Role.NAME, printable(line))
