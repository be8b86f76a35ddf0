"""`stetbot propose` and `stetbot land`: the two halves of a run, with a file between them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.app import land_proposal, run_requests
from bot.cli.inputs import named, read_input, read_requests, stem
from bot.cli.options import (
    EXIT_CODES,
    FILES,
    accept_options,
    branch_options,
    console_of,
    destination_of,
    diff_option,
    engine_options,
    engine_settings,
    print_options,
    proof_options,
    service_options,
    stdin_option,
)
from bot.cli.output import put_bytes
from bot.cli.pull import delivery_options, manner_of, open_pull, pull_options, refuse_talk, show_pull, wanted_of
from bot.cli.run import order_of
from bot.cli.show import exit_code, progress, show, show_outcomes
from bot.errors import UsageError
from bot.pipeline.proposal import from_json, to_json
from bot.report import landing_lines, report_json
from bot.workplace import Destination, open_workplace

if TYPE_CHECKING:
    from bot.app import Done
    from bot.cli.output import Console
    from bot.errors import Exit

comments_option = click.option("--comments", "as_comments", is_flag=True, help="The files are saved review comments.")


@click.command("propose", short_help="Decide what would change, and write that down.", epilog=EXIT_CODES)
@click.argument("files", nargs=-1, type=FILES)
@pull_options
@stdin_option
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="Default: stdout.")
@comments_option
@click.option("--branch", metavar="NAME", help="The branch that it is meant for.")
@click.option("--base", metavar="REV", help="What to start from, in place of HEAD.")
@proof_options
@engine_options
@service_options
@print_options
def propose_command(
    files: tuple[Path, ...],
    stdin_name: str,
    output: Path | None,
    *,
    as_comments: bool,
    **options: Any,  # noqa: ANN401 - click's options by name
) -> Exit:
    """Decide what FILES would change, write it down as JSON, and change nothing.

    With --pr, what the open threads of a pull request would change. `stetbot land` makes it real, after it has derived
    it again. With --json, the report goes to stdout and needs --output for the proposal.
    """
    if bool(files) == (options["pr"] is not None):
        raise UsageError(f"propose: give {'one of FILES and --pr' if files else 'FILES, or --pr NUMBER'}")
    if options["as_json"] and output is None:
        raise UsageError("--json and the proposal both want stdout: give --output FILE for the proposal")
    console = console_of(options, stderr=not options["as_json"])
    if not files:
        return _propose_pull(output, console, options)
    refuse_talk(options)
    batch = read_requests(files, stdin_name, as_comments=as_comments)
    with open_workplace(options["start"], os.environ) as place:
        settings = engine_settings(options, place.root)
        order = order_of(options, Destination.PROPOSAL, stem(named(files[:1], stdin_name)), place)
        with progress(batch.requests, console) as advance:
            done = run_requests(place, batch, order, settings, advance)
    return _tell(done, output, console, named(files, stdin_name))


def _propose_pull(output: Path | None, console: Console, options: dict[str, Any]) -> Exit:
    from bot.pull_request import run as runs

    with open_pull(options) as opened:
        place = runs.open_place(opened.hands, opened.ask)
        wanted = runs.in_two_halves(wanted_of(options, only_show=True), opened.ask)
        done = runs.propose(opened.hands, place, wanted, lambda: None)
    return _tell(done, output, console, done.base_name)


def _tell(done: Done, output: Path | None, console: Console, sources: str) -> Exit:
    """Write the proposal, and say what is in it (`sources`: where requests were looked for)."""
    if not done.report.held_back:
        _write(output, to_json(done.base, done.proposed))
    if console.machine:
        console.json(report_json(done.report, done.base))
    else:
        show_outcomes(done.report, console)
        console.say(landing_lines(done.report, done.base_name, sources))
    return exit_code(done.report)


def _write(output: Path | None, text: str) -> None:
    if output is None:
        put_bytes(text.encode())
        return
    try:
        output.write_bytes(text.encode())
    except OSError as error:
        raise UsageError(f"{output}: cannot be written ({error.strerror}); name another file with --output") from error


@click.command("land", short_help="Make a proposal real, and trust none of it.", epilog=EXIT_CODES)
@click.argument("proposal", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--from", "files", multiple=True, type=FILES, help="A file that it was made from.")
@pull_options
@delivery_options
@stdin_option
@comments_option
@diff_option
@branch_options
@accept_options
@print_options
def land_command(
    proposal: Path,
    files: tuple[Path, ...],
    stdin_name: str,
    *,
    as_comments: bool,
    **options: Any,  # noqa: ANN401 - as above
) -> Exit:
    """Land a PROPOSAL that `stetbot propose` wrote. Nothing in it is taken on trust.

    The requests are read again from their files, every merge is verified anew, and the resulting files must be
    those of the proposal to the byte. One difference, and nothing lands.

    The requests come from the files of --from, or, with --pr, from the threads of a pull request, which are answered.
    """
    if bool(files) == (options["pr"] is not None):
        both = "one of --from and --pr"
        none = "the files that the proposal was made from with --from, or --pr NUMBER"
        raise UsageError(f"land: give {both if files else none}")
    destination = destination_of(options)
    if not files:
        return _land_pull(proposal, options)
    refuse_talk(options)
    batch = read_requests(files, stdin_name, as_comments=as_comments)
    claimed = from_json(str(proposal), read_input(proposal))
    with open_workplace(options["start"], os.environ) as place:
        settings = engine_settings(options, place.root)
        order = order_of(options, destination, stem(named(files[:1], stdin_name)), place)
        done = land_proposal(place, claimed, batch, order, settings)
    sources = f"what {proposal} applies" if batch.requests else named(files, stdin_name)
    return show(done, console_of(options, stderr=destination is Destination.DIFF), destination, sources)


def _land_pull(proposal: Path, options: dict[str, Any]) -> Exit:
    from bot.pull_request import run as runs

    only_show, claimed = options["show_diff"], from_json(str(proposal), read_input(proposal))
    with open_pull(options) as opened:
        wanted = wanted_of(options, only_show=only_show)
        finished = runs.land(opened.hands, opened.ask, wanted, manner_of(options), claimed)
    return show_pull(finished, console_of(options, stderr=only_show), only_show=only_show)
