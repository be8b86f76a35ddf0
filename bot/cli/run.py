"""`stetbot apply` and `review`: from files of requests to a commit, a diff or files."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.app import run_requests
from bot.asked import inline_requests, path_in
from bot.cli.inputs import named, read_requests, stem
from bot.cli.options import (
    EXIT_CODES,
    FILES,
    F,
    console_of,
    destination_of,
    engine_options,
    engine_settings,
    options_of,
    print_options,
    proof_options,
    service_options,
    stdin_option,
    target_options,
)
from bot.cli.pull import delivery_options, manner_of, open_pull, pull_options, refuse_talk, show_pull, wanted_of
from bot.cli.show import progress, show
from bot.errors import UsageError
from bot.workplace import Destination, Order, open_workplace

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.asks import Batch
    from bot.errors import Exit
    from bot.workplace import Workplace


INLINE_STEM = "inline"

inline_options: Callable[[F], F] = options_of(
    click.option(
        "--inline",
        is_flag=True,
        help="FILES are code: apply the requests in their comments (files or folders; none: the whole repository).",
    ),
    click.option("--inline-word", metavar="WORD", help="What such a comment ends in (default stetbot!)."),
)


@click.command("apply", short_help="Instruction files become one commit on a branch.", epilog=EXIT_CODES)
@click.argument("files", nargs=-1, type=click.Path(allow_dash=True, path_type=Path))
@inline_options
@stdin_option
@target_options
@proof_options
@engine_options
@service_options
@print_options
def apply_command(
    files: tuple[Path, ...],
    stdin_name: str,
    *,
    inline: bool,
    **options: Any,  # noqa: ANN401 - options by name
) -> Exit:
    """Apply instruction FILES ("-" is stdin): one commit on a branch.

    Your work tree, index and HEAD stay as they are. A request that cannot be applied is named with the reason; the
    rest lands, unless --all-or-nothing.

    \b
    stetbot apply --diff change.stetbot.md      look first
    stetbot apply change.stetbot.md             commit on stetbot/change
    stetbot apply --write change.stetbot.md     edit the files here instead
    stetbot apply --write --inline src          carry out comments under src that end in `stetbot!`
    """
    if inline:
        return _carry_out_inline(files, options)
    if not files:
        raise click.UsageError("Missing argument 'FILES...'", click.get_current_context())
    return _carry_out(read_requests(files, stdin_name), files, stdin_name, options)


@click.command("review", short_help="Review comments become one commit.", epilog=EXIT_CODES)
@pull_options
@delivery_options
@click.option("--comments", "file", type=FILES, help="Saved review comments (GitHub's JSON), in place of --pr.")
@target_options
@proof_options
@engine_options
@service_options
@print_options
def review_command(file: Path | None, **options: Any) -> Exit:  # noqa: ANN401 - as above
    """Apply review comments: suggestions exactly as GitHub does, snippets with proof.

    With --pr, the open threads of a pull request: the commit is pushed to its branch (where that may not be pushed to,
    the changes are suggested in a review), each thread is answered, and those that are done are resolved. Only the
    comments of people with write access count. Nothing here is touched; --diff shows, and writes nothing anywhere.

    With --comments, saved ones, offline, on a branch here: the file ("-" is stdin) holds the JSON array that
    `GET /repos/{owner}/{repo}/pulls/{number}/comments` answers.

    Comments that the code has moved away from are placed again by their content, or refused as outdated.

    \b
    stetbot review --pr 7 --diff       look first
    stetbot review --pr 7              push the commit and answer
    """
    if (file is None) == (options["pr"] is None):
        one = "give one of --pr and --comments" if file else "give --pr NUMBER, or --comments FILE"
        raise UsageError(f"review: {one}")
    if file is None:
        return _review_pull(options)
    refuse_talk(options)
    return _carry_out(read_requests([file], "comments.json", as_comments=True), [file], "comments.json", options)


def _review_pull(options: dict[str, Any]) -> Exit:
    from bot.pull_request import run as runs

    only_show = options["show_diff"]
    with open_pull(options) as opened:
        wanted, manner = wanted_of(options, only_show=only_show), manner_of(options)
        finished = runs.run(opened.hands, opened.ask, wanted, manner, lambda: None)
    return show_pull(finished, console_of(options, stderr=only_show), only_show=only_show)


def _carry_out(batch: Batch, files: Sequence[Path], stdin_name: str, options: dict[str, Any]) -> Exit:
    console = console_of(options)
    destination = destination_of(options)
    with open_workplace(options["start"], os.environ) as place:
        settings = engine_settings(options, place.root)
        order = order_of(options, destination, stem(named(files[:1], stdin_name)), place)
        with progress(batch.requests, console) as advance:
            done = run_requests(place, batch, order, settings, advance)
    if destination is Destination.DIFF:
        console = console_of(options, stderr=True)
    return show(done, console, destination, named(files, stdin_name))


def _carry_out_inline(files: Sequence[Path], options: dict[str, Any]) -> Exit:
    destination = destination_of(options)
    console = console_of(options, stderr=destination is Destination.DIFF)
    with open_workplace(options["start"], os.environ) as place:
        settings = engine_settings(options, place.root)
        paths = [path_in(place, options["start"], file) for file in files]
        order = order_of(options, destination, stem(paths[0]) if len(paths) == 1 else INLINE_STEM, place)
        start = place.starting_point(order, settings)
        batch = inline_requests(place, start, paths, settings.inline_word)
        with progress(batch.requests, console) as advance:
            done = run_requests(replace(place, begun=start), batch, order, settings, advance)
    where = named(files, "") or start.name
    return show(done, console, destination, f"the comments of {where} (none ends in {settings.inline_word})")


def order_of(options: dict[str, Any], destination: Destination, branch_stem: str, place: Workplace) -> Order:
    """What this run is to do, from the options of its command. Raises UsageError: no remote to push to."""
    push_to = None
    if options.get("push"):
        push_to = place.remote_called(options["remote"]) if options["remote"] else place.default_remote()
    return Order(
        destination,
        options.get("branch"),
        branch_stem,
        options.get("base"),
        push_to,
        frozenset(options["accept"]),
        accept_all=options["accept_unproven"],
        all_or_nothing=options.get("all_or_nothing", False),
    )
