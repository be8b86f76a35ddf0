"""The hooks of pre-commit: `stetbot-hook check|apply|suggest FILE...`, as `.pre-commit-hooks.yaml` calls them.

A hook runs at every commit, so this door starts fast: it imports what the hook that was asked for needs, when it does.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from bot.errors import Exit

_FILES = "the files to look at, from the current folder"
_STRICT = "what is a warning else is an error"
_EPILOG = "Exit code: 0 nothing to do; 1 something was found, changed or refused; 2 wrong usage; 3 a bug of ours."


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one hook and exit with a documented code (`bot.errors.Exit`)."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # both are text files here
    try:
        code = int(_run(_parser().parse_args(arguments)))
        sys.stdout.flush()
    except KeyboardInterrupt:
        sys.stderr.write("stetbot: interrupted; run the same hook again to finish\n")
        code = 130
    except OSError as error:  # the output: everything else that the disk refuses has a sentence of its own
        code = _failed(f"the output could not be written ({error.strerror})")
    sys.exit(code)


def _parser() -> argparse.ArgumentParser:
    from argparse import ArgumentParser

    parser = ArgumentParser("stetbot-hook", description="stetbot as hooks of pre-commit; see docs/pre-commit.md.")
    commands = parser.add_subparsers(dest="hook", required=True)
    for name, help_text in (
        ("check", "look for leftover markers, conflict markers and instruction files that do not parse"),
        ("apply", "apply instruction files and requests in comments to the work tree"),
        ("suggest", "show what apply would change"),
    ):
        hook = commands.add_parser(name, help=help_text, description=help_text, epilog=_EPILOG)
        hook.add_argument("files", nargs="*", metavar="FILE", help=_FILES)
        hook.add_argument("--strict", action="store_true", help=_STRICT)
        hook.add_argument("--inline-word", metavar="WORD", help="what a comment that is a request ends in (stetbot!)")
        if name != "check":
            hook.add_argument("--engine", choices=("auto", "local", "morph", "cascade"), help="what merges snippets")
            hook.add_argument(
                "--deadline", type=float, default=20.0, metavar="SECONDS", help="for one request to a service (20)"
            )
    return parser


def _run(options: argparse.Namespace) -> Exit | int:
    from bot.errors import Exit, StetbotError, UsageError

    try:
        if options.hook == "check":
            return _check(options)
        from bot.hook.apply import run_hook

        return run_hook(options, os.environ)
    except UsageError as error:
        _failed(str(error))
        return Exit.USAGE
    except StetbotError as error:
        _failed(str(error))
        return Exit.NOT_APPLIED
    except OSError:
        raise
    except Exception as error:  # noqa: BLE001 - the process boundary: what is not expected is a bug of ours
        return _bug(error)


def _check(options: argparse.Namespace) -> int:
    from bot.checking import check_files

    bad = 0
    for finding in check_files(options.files, os.environ, options.inline_word):
        bad = bad or int(options.strict or not finding.warning)
        sys.stdout.write(f"{_shown(finding.said)}\n")
    return bad


def _shown(text: str) -> str:
    from bot.report.escape import one_line, without_secrets

    return one_line(without_secrets(text, os.environ))


def _failed(message: str) -> int:
    sys.stderr.write(f"stetbot: {_shown(message)}\n")
    return 1


def _bug(error: Exception) -> Exit:
    import traceback

    from bot import __version__
    from bot.errors import Exit
    from bot.report.escape import printable, without_secrets

    sys.stderr.write(printable(without_secrets("".join(traceback.format_exception(error)), os.environ)))
    _failed(f"this is a bug in stetbot {__version__}; please report the lines above")
    return Exit.BUG
