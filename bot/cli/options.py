"""Options that several commands share, and what becomes of them: settings, a destination, a console."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from bot.cli.output import Console
from bot.configuration import load_settings, table_in
from bot.errors import UsageError
from bot.settings import MAX_JOBS, EngineChoice, Settings, Table
from bot.workplace import Destination

if TYPE_CHECKING:
    from collections.abc import Callable

F = TypeVar("F", bound="Callable[..., Any]")

FILES = click.Path(dir_okay=False, allow_dash=True, path_type=Path)
EXIT_CODES = (
    "Exit code: 0 all done, or nothing to do; 1 something was not applied; 2 wrong call or settings, or a file that"
    " does not parse: nothing was done; 3 a bug of ours; 130 interrupted."
)
# Flags that are settings; the rest say what this one run is to do.
SETTING_FLAGS = (
    *("engine", "jobs", "max_bytes", "signoff", "inline_word", "morph_model", "morph_stream"),
    *("morpheus_model", "morpheus_reconcile"),
    *("budget_tokens", "budget_requests", "budget_dollars", "budget_seconds"),
)


def options_of(*options: Callable[[F], F]) -> Callable[[F], F]:
    """Several options as one decorator, shown in this order."""

    def decorate(command: F) -> F:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


branch_options: Callable[[F], F] = options_of(
    click.option("--branch", metavar="NAME", help="The branch to commit on (default: stetbot/<first file's name>)."),
    click.option("--base", metavar="REV", help="What to start from, in place of HEAD."),
    click.option("--push", is_flag=True, help="Push the branch afterwards; a rejected push is a failure (exit 1)."),
    click.option("--remote", metavar="NAME", help="Where --push pushes to (default: origin, or the only one)."),
    click.option("--signoff/--no-signoff", default=None, help="Add a Signed-off-by line."),
)
diff_option = click.option("--diff", "show_diff", is_flag=True, help="Only show the diff, on stdout; write nothing.")
write_option = click.option("--write", "write_files", is_flag=True, help="Edit the work tree; commit nothing.")
target_options: Callable[[F], F] = options_of(diff_option, write_option, branch_options)

accept_options: Callable[[F], F] = options_of(
    click.option("--accept", multiple=True, metavar="ID", help="Let this unproven request land too (repeatable)."),
    click.option("--accept-unproven", is_flag=True, help="Let every unproven request land."),
)
proof_options: Callable[[F], F] = options_of(
    accept_options,
    click.option("--all-or-nothing", is_flag=True, help="Land nothing unless every request can land."),
)
engine_options: Callable[[F], F] = options_of(
    click.option(
        "--engine",
        type=click.Choice([choice.value for choice in EngineChoice]),
        help="What merges lazy snippets (default auto: morph where MORPH_API_KEY is set, else local).",
    ),
    click.option(
        "--jobs", type=click.IntRange(1, MAX_JOBS), metavar="N", help="Requests in flight at a time (default 8)."
    ),
    click.option("--morph-model", metavar="NAME", help="morph-v3-large (default), morph-v3-fast or auto."),
    click.option("--morph-stream/--no-morph-stream", default=None, help="Stream Morph's answers."),
    click.option("--max-bytes", type=click.IntRange(1), metavar="N", help="Largest file to edit (default 10000000)."),
)
service_options: Callable[[F], F] = options_of(
    click.option("--morpheus-model", metavar="NAME", help="The planner's model: it writes what is asked in words."),
    click.option(
        "--morpheus-reconcile/--no-morpheus-reconcile",
        default=None,
        help="Ask the planner's account afterwards what it was charged, and report that.",
    ),
    click.option("--budget-tokens", type=click.IntRange(1), metavar="N", help="Tokens that services may take."),
    click.option("--budget-requests", type=click.IntRange(1), metavar="N", help="Requests that services may get."),
    click.option("--budget-dollars", type=float, metavar="X", help="Money that services may cost, in US dollars."),
    click.option("--budget-seconds", type=float, metavar="S", help="Seconds after which no service is asked."),
)
place_option = click.option(
    "-C",
    "start",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    metavar="DIR",
    help="Work on the repository that DIR is in, not the current folder's. FILES are found from here.",
)
print_options: Callable[[F], F] = options_of(
    click.option("--json", "as_json", is_flag=True, help="Print the report as JSON, for programs."),
    click.option("--quiet", "-q", is_flag=True, help="Print refusals only."),
    click.option("--color/--no-color", default=None, help="Colours (default: on a terminal, unless NO_COLOR is set)."),
    place_option,
)
stdin_option = click.option(
    "--stdin-name",
    default="requests.md",
    metavar="NAME",
    help="Read - as if it were called so: the ending gives the format (default requests.md).",
)


def console_of(options: dict[str, Any], *, stderr: bool = False) -> Console:
    """How the run prints; `stderr`: stdout is taken."""
    color = options["color"]
    if color is None and os.environ.get("NO_COLOR"):  # https://no-color.org
        color = False
    return Console(quiet=options["quiet"], machine=options["as_json"], color=color, stderr=stderr)


def destination_of(options: dict[str, Any]) -> Destination:
    """What becomes of the result. Raises UsageError for options that contradict each other."""
    shown, written = options["show_diff"], options.get("write_files", False)
    if shown and written:
        raise UsageError("--diff only shows and --write writes: give one of them")
    if options["push"] and (shown or written):
        raise UsageError("--push pushes a branch, and --diff and --write make none: leave one of them out")
    if options["remote"] and not options["push"]:
        raise UsageError("--remote says where to push to: give --push too, or leave it out")
    if written and (options["branch"] or options["base"] or options["signoff"]):
        raise UsageError("--write edits the work tree as it is: --branch, --base and --signoff do not go with it")
    if shown:
        return Destination.DIFF
    return Destination.FILES if written else Destination.BRANCH


def engine_settings(flags: dict[str, Any], root: Path | None = None) -> Settings:
    """The settings of this run; `root` is the work tree whose own file may say something. Raises UsageError."""
    given = {name: flags[name] for name in SETTING_FLAGS if flags.get(name) is not None}
    return load_settings(os.environ, given, user_file=user_file(), root=root)


def user_table() -> Table | None:
    """The user's own configuration, if there is any."""
    return table_in(user_file())


def user_file() -> Path:
    """Where the user's own configuration is looked for."""
    return Path(click.get_app_dir("stetbot")) / "config.toml"
