"""`stetbot check`: offline and fast: leftover markers, conflict markers, instruction files that do not parse."""

from __future__ import annotations

import os

import click

from bot.checking import check_files
from bot.cli.output import put, scrubbed
from bot.errors import Exit
from bot.report import one_line


@click.command(
    "check",
    short_help="Look for what a merge should not have left.",
    epilog="Exit code: 0 nothing found, or warnings alone; 1 something was found; 2 wrong settings, or a file cannot be"
    " read (all others were looked at).",
)
@click.argument("files", nargs=-1, type=click.Path(path_type=str))
@click.option("--strict", is_flag=True, help="Warnings are findings too.")
@click.option("--inline-word", metavar="WORD", help="What a comment that is a request ends in (default stetbot!).")
def check_command(files: tuple[str, ...], inline_word: str | None, *, strict: bool) -> Exit:
    """Look for what a merge should not have left in FILES.

    Found are: comments such as `// ... existing code ...` that stand for code that is not there, conflict markers
    wherever they stand, and instruction files (*.stetbot.md, .yaml, .yml, .json, .jsonl, and what is under
    .stetbot/) that do not parse. Warnings are a comment that asks for a change (it ends in `stetbot!`) and is still
    there, and a file of more than 64 MiB, which is not looked at.

    A line that holds `stetbot: allow` is passed over, and so is a file that holds `stetbot: allow-file`.
    """
    bad = False
    for finding in check_files(files, os.environ, inline_word):
        bad = bad or strict or not finding.warning
        put(one_line(scrubbed(finding.said)))
    return Exit.NOT_APPLIED if bad else Exit.DONE
