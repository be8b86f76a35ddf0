"""The `stetbot` command: its group, and the one place that turns an error into a line and an exit code."""

from __future__ import annotations

import errno
import importlib
import sys
from difflib import get_close_matches
from typing import TYPE_CHECKING, NoReturn

import click

from bot import __version__
from bot.cli import INTERRUPTED
from bot.cli.output import OutputError, complain, finish_output, prepare_streams, put, scrubbed
from bot.errors import Exit, StetbotError, UsageError
from bot.report import one_line, printable

if TYPE_CHECKING:
    from collections.abc import Sequence

# Command -> the module that defines it: a command's module, and what it imports, is paid for when it runs.
COMMANDS = {
    "apply": "bot.cli.run",
    "review": "bot.cli.run",
    "propose": "bot.cli.proposals",
    "land": "bot.cli.proposals",
    "merge": "bot.cli.engine",
    "verify": "bot.cli.engine",
    "check": "bot.cli.check",
    "doctor": "bot.cli.doctor",
    "completion": "bot.cli.completion",
}
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}


class LazyGroup(click.Group):
    """A group that imports a command's module when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        module = COMMANDS.get(cmd_name)
        if module is None:
            return None
        command = getattr(importlib.import_module(module), f"{cmd_name}_command")
        assert isinstance(command, click.Command)  # noqa: S101 - states the naming rule of COMMANDS
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        near = get_close_matches(name, COMMANDS, 1)
        if near and name not in COMMANDS and not ctx.resilient_parsing:
            raise click.UsageError(f"No such command {name!r}: did you mean {near[0]!r}?", ctx)
        return super().resolve_command(ctx, args)


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit code: 0 done; 1 something was not applied; 2 wrong usage; 3 a bug of ours; 130 interrupted.",
)
@click.version_option(__version__, prog_name="stetbot")
def stetbot() -> None:
    """Turn review comments and instruction files into commits that you can trust.

    stetbot merges the snippets that reviewers, models and you write into your files, proves each merge,
    and commits the result on a branch. What it cannot prove it refuses, and says why. It works with no key
    and no network; with MORPH_API_KEY set, Morph's Fast Apply model does the merging, under the same proof.

    \b
    First steps:
      stetbot apply --diff change.stetbot.md     show what an instruction file would change
      stetbot apply change.stetbot.md            commit it on the branch stetbot/change
      stetbot doctor                             what works here, what is missing
    """


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit with a documented code (`bot.errors.Exit`)."""
    prepare_streams()
    code = run(arguments)
    try:
        finish_output()
    except OutputError as error:
        complain(str(error))
        code = Exit.NOT_APPLIED
    sys.exit(int(code))


def run(arguments: Sequence[str] | None = None) -> Exit:  # noqa: PLR0911 - one return for each kind of ending
    """Run the command line; every expected error becomes one line on stderr and its code."""
    try:
        result = stetbot.main(
            args=None if arguments is None else list(arguments), prog_name="stetbot", standalone_mode=False
        )
    except click.exceptions.NoArgsIsHelpError as error:
        put(error.format_message(), err=True)
        return Exit.USAGE
    except click.ClickException as error:
        complain(_usage(error))
        return Exit.USAGE
    except (click.Abort, KeyboardInterrupt):
        complain(INTERRUPTED)
        return Exit.INTERRUPTED
    except UsageError as error:
        complain(str(error))
        return Exit.USAGE
    except StetbotError as error:
        complain(str(error))
        return Exit.NOT_APPLIED
    except OSError as error:
        return _of_the_system(error)
    except Exception as error:  # noqa: BLE001 - the process boundary: what is not expected is a bug of ours
        return _bug(error)
    return result if isinstance(result, Exit) else Exit.DONE


def _usage(error: click.ClickException) -> str:
    """A mistake in the call, on one line, and where the right call is described."""
    context = getattr(error, "ctx", None)
    command = "stetbot" if context is None else context.command_path
    return f"{one_line(error.format_message()).rstrip('.')}; see `{command} --help`"


def _of_the_system(error: OSError) -> Exit:
    """Where nothing of ours is wrong: the folder that we were started in is gone, or help cannot be printed."""
    from pathlib import Path

    try:
        Path.cwd()
    except OSError:
        complain("the current folder is gone; go to one that is there, and run stetbot again")
        return Exit.USAGE
    if error.errno in _NO_ROOM and error.filename is None:  # click printed; whatever else writes, says what
        complain(f"the output could not be written ({error.strerror})")
        return Exit.NOT_APPLIED
    return _bug(error)


def _bug(error: Exception) -> Exit:
    import traceback

    put(printable(scrubbed("".join(traceback.format_exception(error)))), err=True)
    complain(
        f"this is a bug in stetbot {__version__} (Python {sys.version.split()[0]}, {sys.platform}): nothing more was"
        " written. Please report the lines above"
    )
    return Exit.BUG
