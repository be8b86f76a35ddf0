"""`stetbot check`: offline and fast: leftover markers, conflict markers, instruction files that do not parse."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.inputs import MAX_INPUT, read_bytes
from bot.cli.output import put, scrubbed
from bot.errors import Exit, InstructionError, Refusal
from bot.leftovers import leftovers
from bot.report import one_line
from bot.text import Document

INSTRUCTION_ENDINGS = (".stetbot.md", ".stetbot.yaml", ".stetbot.yml", ".stetbot.json", ".stetbot.jsonl")
SHOWN_CHARACTERS = 160


@click.command(
    "check",
    short_help="Look for what a merge should not have left.",
    epilog="Exit code: 0 nothing found; 1 something was found; 2 a file cannot be read.",
)
@click.argument("files", nargs=-1, type=click.Path(dir_okay=False, path_type=Path))
def check_command(files: tuple[Path, ...]) -> Exit:
    """Look for what a merge should not have left in FILES.

    Found are: comments such as `// ... existing code ...` that stand for code that is not there, conflict markers of
    an unfinished merge, and instruction files (*.stetbot.md, .yaml, .json, .jsonl, and what is under .stetbot/) that do
    not parse. A line that holds `stetbot: allow` is passed over.
    """
    found = [line for file in files for line in _findings(file)]
    for line in found:
        put(one_line(scrubbed(line)))
    return Exit.NOT_APPLIED if found else Exit.DONE


def _findings(file: Path) -> list[str]:
    data = read_bytes(file)
    if is_instruction_file(file):
        from bot.requests import read_instructions

        try:
            read_instructions(str(file), data)
        except InstructionError as error:
            return [str(error)]
        return []
    if len(data) > MAX_INPUT:
        return []  # as a binary file: nobody merged snippets into this
    try:
        document = Document.from_bytes(data, str(file))
    except Refusal:
        return []  # binary, or not UTF-8: nothing that a merge of ours could have left
    return [
        f"{file}:{finding.line}: {finding.what}: {finding.text[:SHOWN_CHARACTERS]}"
        for finding in leftovers(document, file.as_posix())
    ]


def is_instruction_file(file: Path) -> bool:
    """Whether hooks and workflows take `file` for an instruction file."""
    return file.name.endswith(INSTRUCTION_ENDINGS) or ".stetbot" in file.parts[:-1]
