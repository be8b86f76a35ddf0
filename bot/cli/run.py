"""`stetbot apply`, `review`, `propose` and `land`: from files of requests to a commit, a diff, files or a proposal."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from bot.app import land_proposal, run_requests
from bot.cli.options import engine_options, engine_settings
from bot.cli.output import Console
from bot.errors import Exit, InstructionError, UsageError
from bot.model import Refused
from bot.pipeline.proposal import to_json
from bot.report import Status, landing_lines, outcome_line, report_json, summary_line
from bot.requests import merge_batches, read_comments, read_instructions
from bot.workplace import Destination, Order, open_workplace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.app import Done
    from bot.model import Batch, Request

F = TypeVar("F", bound="Callable[..., Any]")

FILES = click.Path(dir_okay=False, allow_dash=True, path_type=Path)
MAX_INPUT = 64 * 1024 * 1024
PROGRESS_FROM = 8


def _options(*options: Callable[[F], F]) -> Callable[[F], F]:
    def decorate(command: F) -> F:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


target_options: Callable[[F], F] = _options(
    click.option("--branch", metavar="NAME", help="The branch to commit on (default: stetbot/<first file's name>)."),
    click.option("--base", metavar="REV", help="What to start from, in place of HEAD."),
    click.option("--diff", "show_diff", is_flag=True, help="Only show the diff; write nothing."),
    click.option("--write", "write_files", is_flag=True, help="Edit the work tree; commit nothing."),
    click.option("--push", is_flag=True, help="Push the branch afterwards; a rejected push is a failure."),
    click.option("--remote", default="origin", show_default=True, help="Where --push pushes to."),
    click.option("--signoff/--no-signoff", default=None, help="Add a Signed-off-by line."),
)
proof_options: Callable[[F], F] = _options(
    click.option("--accept", multiple=True, metavar="ID", help="Let this unproven request land too (repeatable)."),
    click.option("--accept-unproven", is_flag=True, help="Let every unproven request land."),
    click.option("--all-or-nothing", is_flag=True, help="Land nothing unless every request can land."),
)
print_options: Callable[[F], F] = _options(
    click.option("--json", "as_json", is_flag=True, help="Print the report as JSON."),
    click.option("--quiet", "-q", is_flag=True, help="Print refusals only."),
    click.option("--color/--no-color", default=None, help="Colour the output (default: on a terminal)."),
    click.option(
        "-C", "start", type=click.Path(exists=True, file_okay=False, path_type=Path), default=Path(), hidden=True
    ),
)


@click.command("apply")
@click.argument("files", nargs=-1, required=True, type=FILES)
@target_options
@proof_options
@engine_options
@print_options
def apply_command(files: tuple[Path, ...], **options: Any) -> Exit:  # noqa: ANN401 - click's options by name
    """Apply instruction FILES ("-" reads Markdown from stdin): one commit on a branch.

    Your work tree, index and HEAD stay as they are. Requests that cannot be applied are named with the reason;
    the rest lands (exit code 1), unless --all-or-nothing.

    \b
    stetbot apply --diff change.stetbot.md      look first
    stetbot apply change.stetbot.md             commit on stetbot/change
    stetbot apply --write change.stetbot.md     edit the files here instead
    """
    batch = merge_batches([read_instructions(str(file), read_input(file)) for file in files])
    return _carry_out(batch, files, options)


@click.command("review")
@click.option("--comments", "file", type=FILES, required=True, help="Saved review comments (GitHub's JSON).")
@target_options
@proof_options
@engine_options
@print_options
def review_command(file: Path, **options: Any) -> Exit:  # noqa: ANN401 - click's options by name
    """Apply saved review comments: suggestions exactly as GitHub does, snippets with proof.

    The file holds the JSON array that `GET /repos/{owner}/{repo}/pulls/{number}/comments` answers. Comments that
    the code has moved away from are placed again by their content, or refused as outdated.
    """
    return _carry_out(read_comments(str(file), read_input(file)), (file,), options)


@click.command("propose")
@click.argument("files", nargs=-1, required=True, type=FILES)
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="Default: stdout.")
@click.option("--comments", "as_comments", is_flag=True, help="FILES are saved review comments.")
@click.option("--branch", metavar="NAME", help="The branch that it is meant for.")
@click.option("--base", metavar="REV", help="What to start from, in place of HEAD.")
@proof_options
@engine_options
@print_options
def propose_command(
    files: tuple[Path, ...],
    output: Path | None,
    *,
    as_comments: bool,
    **options: Any,  # noqa: ANN401 - as above
) -> Exit:
    """Decide what instruction FILES would change, write it down as JSON, and change nothing.

    `stetbot land` makes it real, after it has derived it again.
    """
    batch = _read(files, as_comments=as_comments)
    console = _console(options)
    with open_workplace(options["start"], os.environ) as place:
        settings = engine_settings(options, place.root)
        order = _order(options, Destination.PROPOSAL, files)
        done = run_requests(place, batch, order, settings, _progress(batch.requests, console))
    text = to_json(done.base, done.proposed)
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8", newline="")
    _print_outcomes(done, Console(quiet=console.quiet, color=console.color, stderr=True))
    return _exit(done)


@click.command("land")
@click.argument("proposal", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--from", "files", multiple=True, required=True, type=FILES, help="The request files that it was made from."
)
@click.option("--comments", "as_comments", is_flag=True, help="The files are saved review comments.")
@target_options
@proof_options
@print_options
def land_command(
    proposal: Path,
    files: tuple[Path, ...],
    *,
    as_comments: bool,
    **options: Any,  # noqa: ANN401 - as above
) -> Exit:
    """Land a PROPOSAL that `stetbot propose` wrote. Nothing of it is trusted.

    The requests are read again from their files, every merge is verified anew, and the resulting files must be
    those of the proposal to the byte. One difference, and nothing lands.
    """
    batch = _read(files, as_comments=as_comments)
    console = _console(options)
    with open_workplace(options["start"], os.environ) as place:
        settings = engine_settings(options, place.root)
        order = _order(options, _destination(options), files)
        done = land_proposal(place, str(proposal), read_input(proposal), batch, order, settings)
    return _print(done, console, order)


def _carry_out(batch: Batch, files: tuple[Path, ...], options: dict[str, Any]) -> Exit:
    console = _console(options)
    with open_workplace(options["start"], os.environ) as place:
        settings = engine_settings(options, place.root)
        order = _order(options, _destination(options), files)
        done = run_requests(place, batch, order, settings, _progress(batch.requests, console))
    return _print(done, console, order)


def _read(files: tuple[Path, ...], *, as_comments: bool) -> Batch:
    reader = read_comments if as_comments else read_instructions
    return merge_batches([reader(str(file), read_input(file)) for file in files])


def read_input(file: Path) -> bytes:
    """The bytes of a file of requests; "-" is stdin. Raises InstructionError where it cannot be read."""
    try:
        with sys.stdin.buffer if str(file) == "-" else file.open("rb") as stream:
            data = stream.read(MAX_INPUT + 1)
    except OSError as error:
        raise InstructionError(str(file), f"cannot be read ({error.strerror})", "name a file that is there") from error
    if len(data) > MAX_INPUT:
        raise InstructionError(str(file), f"is larger than {MAX_INPUT} bytes", "split it")
    return data


def _destination(options: dict[str, Any]) -> Destination:
    if options["show_diff"] and options["write_files"]:
        raise UsageError("--diff only shows and --write writes: give one of them")
    if options["push"] and (options["show_diff"] or options["write_files"]):
        raise UsageError("--push pushes a branch, and --diff and --write make none: leave one of them out")
    if options["write_files"] and (options["branch"] or options["base"]):
        raise UsageError("--write edits the work tree as it is: --branch and --base do not go with it")
    if options["show_diff"]:
        return Destination.DIFF
    return Destination.FILES if options["write_files"] else Destination.BRANCH


def _order(options: dict[str, Any], destination: Destination, files: tuple[Path, ...]) -> Order:
    return Order(
        destination,
        options.get("branch"),
        _stem(files[0]),
        options.get("base"),
        options["remote"] if options.get("push") else None,
        frozenset(options["accept"]),
        accept_all=options["accept_unproven"],
        all_or_nothing=options["all_or_nothing"],
    )


def _stem(file: Path) -> str:
    name = file.name
    for ending in (".md", ".markdown", ".yaml", ".yml", ".jsonl", ".json"):
        name = name.removesuffix(ending)
    return name.removesuffix(".stetbot")


def _console(options: dict[str, Any]) -> Console:
    color = options["color"]
    if color is None and os.environ.get("NO_COLOR"):
        color = False
    return Console(quiet=options["quiet"], machine=options["as_json"], color=color)


def _progress(requests: tuple[Request, ...], console: Console) -> Callable[[], None]:
    """What is called when a request is resolved: a bar on a terminal, where there are many."""
    if len(requests) < PROGRESS_FROM or console.quiet or console.machine or not sys.stderr.isatty():
        return lambda: None
    bar: Any = click.progressbar(length=len(requests), label="resolving", file=sys.stderr)
    bar.__enter__()
    done = 0

    def advance() -> None:
        nonlocal done
        done += 1
        if done <= len(requests):
            bar.update(1)
        if done == len(requests):
            bar.__exit__(None, None, None)

    return advance


def _print(done: Done, console: Console, order: Order) -> Exit:
    report = done.report
    if console.machine:
        console.json(report_json(report))
        return _exit(done)
    shown = order.destination is Destination.DIFF
    if shown:
        for file in report.files:
            console.diff(file.diff)
    _print_outcomes(done, Console(quiet=console.quiet, color=console.color, stderr=shown))
    for line in landing_lines(report, done.base_name):
        Console(quiet=console.quiet, color=console.color, stderr=shown).say(line)
    return _exit(done)


def _print_outcomes(done: Done, console: Console) -> None:
    report = done.report
    for warning in report.warnings:
        console.warn(warning)
    for outcome in report.outcomes:
        if isinstance(outcome, Refused):
            console.always(outcome_line(outcome))
        else:
            console.say(outcome_line(outcome))
    for said in _file_lines(done):
        console.say(said)
    console.say(summary_line(report))


def _file_lines(done: Done) -> Iterator[str]:
    for line in done.report.files:
        name = f"{line.renamed_from} => {line.path}" if line.renamed_from else line.path
        yield f"  {name} | +{line.added} -{line.removed}"


def _exit(done: Done) -> Exit:
    if done.report.status in (Status.PARTIAL, Status.NOTHING_APPLIED):
        return Exit.NOT_APPLIED
    return Exit.DONE
