"""Printing: results on stdout, the rest on stderr; colours only where somebody looks; no secret, no escape code."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from bot.report import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

SECRET_VARIABLES = ("MORPH_API_KEY", "MORPHEUS_API_KEY", "GITHUB_TOKEN", "GH_TOKEN")
MIN_SECRET = 6


def scrubbed(text: str) -> str:
    """`text` without the secrets that the environment holds, whoever put them there."""
    for variable in SECRET_VARIABLES:
        value = os.environ.get(variable, "").strip()
        if len(value) >= MIN_SECRET:
            text = text.replace(value, f"<{variable}>")
    return text


def complain(message: str) -> None:
    """One message on stderr."""
    click.echo(f"stetbot: {printable(scrubbed(message))}", err=True)


@dataclass(frozen=True, slots=True)
class Console:
    """How this run prints. `machine`: only a program reads; `stderr`: stdout is taken, by a diff or a proposal."""

    quiet: bool = False
    machine: bool = False
    color: bool | None = None
    stderr: bool = False

    def say(self, text: str) -> None:
        """A line for people."""
        if not self.quiet and not self.machine:
            click.echo(scrubbed(text), color=self.color, err=self.stderr)

    def always(self, text: str) -> None:
        """A line that `--quiet` keeps too (a refusal)."""
        if not self.machine:
            click.echo(scrubbed(text), err=self.stderr or self.quiet, color=self.color)

    def warn(self, text: str) -> None:
        """A line for people, on stderr."""
        if not self.quiet:
            click.echo(click.style("warning: ", fg="yellow") + printable(scrubbed(text)), err=True, color=self.color)

    def diff(self, text: str) -> None:
        """A unified diff on stdout: coloured and with control characters escaped on a terminal, exact in a pipe."""
        if self.machine:
            return
        colored = self.color if self.color is not None else sys.stdout.isatty()
        if colored:
            click.echo("".join(_painted(text)), nl=False, color=True)
        else:
            click.echo(text, nl=False)

    def json(self, value: object) -> None:
        """A result for a program, on stdout."""
        click.echo(scrubbed(json.dumps(value, ensure_ascii=False, indent=1)))


def _painted(diff: str) -> Iterable[str]:
    in_hunk = False
    for line in diff.removesuffix("\n").split("\n"):
        shown = printable(line)
        if line.startswith("diff --git"):
            in_hunk = False
        if line.startswith("@@"):
            in_hunk = True
            yield click.style(shown, fg="cyan") + "\n"
        elif not in_hunk:
            yield click.style(shown, bold=True) + "\n"
        elif line.startswith("+"):
            yield click.style(shown, fg="green") + "\n"
        elif line.startswith("-"):
            yield click.style(shown, fg="red") + "\n"
        else:
            yield shown + "\n"
