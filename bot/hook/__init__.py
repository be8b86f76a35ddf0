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
_OPTIONS = ("--strict", "--inline-word", "--engine", "--deadline")
_STRICT = "treat warnings as errors"
_EPILOG = "Exit code: 0 nothing to do; 1 something was found, changed or refused; 2 wrong usage; 3 a bug of ours."
_EPILOG_OF_SUGGEST = (
    "Exit code: 0 also where something would be changed or refused; 1 something is refused (with --strict), or not"
    " applied in what is pushed; 2 wrong usage; 3 a bug of ours."
)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one hook and exit with a documented code (`bot.errors.Exit`)."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by the caller, whom the exit code is to tell
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8"))
        getattr(sys, name).reconfigure(errors="backslashreplace")
    try:
        code = int(_run(_parser().parse_args(_with_files(sys.argv[1:] if arguments is None else arguments))))
        sys.stdout.flush()
    except KeyboardInterrupt:
        sys.stderr.write("stetbot: interrupted; run the same hook again to finish\n")
        code = 130
    except OSError as error:  # the output: everything else that the disk refuses has a sentence of its own
        code = _failed(f"the output could not be written ({error.strerror})")
    sys.exit(code)


def _with_files(arguments: Sequence[str]) -> list[str]:
    """`arguments` as they are meant: hook managers put the names of files behind options as they are, and a file may be
    called `--help`. A name that is an option of ours could be either; guessing would let files pass unseen.
    """
    given = list(arguments)
    if "--" in given and not os.path.lexists("--"):
        return given
    for at, argument in enumerate(arguments):
        if argument.startswith("-") and os.path.lexists(argument):
            if argument.partition("=")[0] in _OPTIONS:
                said = f"the file {argument} has the name of an option; rename it, or put -- before the names of files"
                sys.exit(_failed(f"{said} (args: [..., --])", 2))
            given[at] = f"./{argument}"
    return given


def _parser() -> argparse.ArgumentParser:
    from argparse import ArgumentParser

    parser = ArgumentParser("stetbot-hook", description="stetbot as hooks of pre-commit; see docs/pre-commit.md.")
    commands = parser.add_subparsers(dest="hook", required=True)
    for name, help_text in (
        ("check", "look for leftover markers, conflict markers and instruction files that do not parse"),
        ("apply", "apply instruction files and requests in comments to the work tree"),
        ("suggest", "show what apply would change"),
    ):
        epilog = _EPILOG_OF_SUGGEST if name == "suggest" else _EPILOG
        hook = commands.add_parser(name, help=help_text, description=help_text, epilog=epilog, allow_abbrev=False)
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


def _failed(message: str, code: int = 1) -> int:
    sys.stderr.write(f"stetbot: {_shown(message)}\n")
    return code


def _bug(error: Exception) -> Exit:
    import traceback

    from bot import __version__
    from bot.errors import Exit
    from bot.report.escape import printable, without_secrets

    sys.stderr.write(printable(without_secrets("".join(traceback.format_exception(error)), os.environ)))
    _failed(f"this is a bug in stetbot {__version__}; please report the lines above")
    return Exit.BUG
