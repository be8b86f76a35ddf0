"""`stetbot check`: offline and fast: leftover markers, conflict markers, instruction files that do not parse."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.run import read_input
from bot.errors import Exit, InstructionError, Refusal
from bot.leftovers import leftovers
from bot.report import printable
from bot.text import Document

INSTRUCTION_ENDINGS = (".stetbot.md", ".stetbot.yaml", ".stetbot.yml", ".stetbot.json", ".stetbot.jsonl")


@click.command("check")
@click.argument("files", nargs=-1, type=click.Path(dir_okay=False, path_type=Path))
def check_command(files: tuple[Path, ...]) -> Exit:
    """Look for what a merge should not have left in FILES. Exit code 1 if anything is found.

    Found are: comments such as `// ... existing code ...` that stand for code that is not there, conflict markers of
    an unfinished merge, and instruction files (*.stetbot.md, .yaml, .json, .jsonl, and what is under .stetbot/) that do
    not parse. A line that holds `stetbot: allow` is passed over.
    """
    found = [line for file in files for line in _findings(file)]
    for line in found:
        click.echo(printable(line))
    return Exit.NOT_APPLIED if found else Exit.DONE


def _findings(file: Path) -> list[str]:
    data = read_input(file)
    if is_instruction_file(file):
        from bot.requests import read_instructions

        try:
            read_instructions(str(file), data)
        except InstructionError as error:
            return [str(error)]
        return []
    try:
        document = Document.from_bytes(data, str(file))
    except Refusal:
        return []  # binary, or not UTF-8: nothing that a merge of ours could have left
    return [f"{file}:{finding.line}: {finding.what}: {finding.text}" for finding in leftovers(document, file.name)]


def is_instruction_file(file: Path) -> bool:
    """Whether hooks and workflows take `file` for an instruction file."""
    return file.name.endswith(INSTRUCTION_ENDINGS) or ".stetbot" in file.parts[:-1]
