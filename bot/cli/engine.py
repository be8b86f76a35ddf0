"""`stetbot merge` and `stetbot verify`: one merge, or many, without a repository."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.app import engine_for, mapper
from bot.cli.batch import read_merge_cases, read_verify_cases
from bot.cli.inputs import STDIN, read_bytes
from bot.cli.options import engine_options, engine_settings
from bot.cli.output import complain, put, put_bytes, scrubbed, to_json
from bot.errors import Code, Exit, Refusal, UsageError
from bot.model import Hints, LineRange, Verdict
from bot.outcomes import Applied, Refused, Unchanged
from bot.pipeline.resolve import more_to_show
from bot.report import one_line
from bot.single import merge_one
from bot.text import Document
from bot.verify import verify

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.cli.batch import Case
    from bot.model import Judgement
    from bot.outcomes import Outcome
    from bot.pipeline.engines import Engine
    from bot.settings import Settings

TEXT = click.Path(dir_okay=False, allow_dash=True, path_type=Path)


@click.command(
    "merge",
    short_help="One merge on stdout, or a batch; no repository needed.",
    epilog=(
        "Exit code: 0 merged, or it stands already (with --batch: every case has its line); 1 not merged; 2 wrong call,"
        " or a file that cannot be read or does not parse; 3 a bug of ours; 130 interrupted."
    ),
)
@click.argument("original", required=False, type=TEXT)
@click.argument("update", required=False, type=TEXT)
@click.option("--path", help="The path that gives the language (default: ORIGINAL's).")
@click.option("--batch", type=TEXT, metavar="CASES", help="Merge many: JSON Lines.")
@click.option("--hints", is_flag=True, help="With --batch: read `instruction` and `lines` too.")
@click.option("--instruction", default="", help="The request's sentence; it may decide a tie.")
@click.option("--lines", default="", metavar="FIRST-LAST", help="The lines of ORIGINAL that it points at.")
@click.option("--accept-unproven", is_flag=True, help="Give the best reading where several fit.")
@engine_options
def merge_command(
    original: Path | None,
    update: Path | None,
    path: str | None,
    batch: Path | None,
    instruction: str,
    lines: str,
    *,
    hints: bool,
    accept_unproven: bool,
    **flags: object,
) -> Exit:
    """Merge the snippet UPDATE into ORIGINAL and print the result.

    UPDATE is a lazy snippet with markers such as `# ... existing code ...`, a unified diff, SEARCH/REPLACE blocks or
    a patch; "-" is stdin. Nothing is printed unless the merge is proved; the reason goes to stderr.

    With --batch, each line of CASES has id, style, path, original and update; one line comes out for each: id,
    style, merged (or null), verdict, why, ms.
    """
    settings = engine_settings(flags)
    if batch is not None:
        if original is not None or instruction or lines or path:
            raise UsageError("--batch brings its own texts, paths and hints: leave ORIGINAL, UPDATE and theirs out")
        return _merge_batch(read_merge_cases(batch, hints=hints), settings, accept_unproven=accept_unproven)
    if hints:
        raise UsageError("--hints goes with --batch; for one merge give --instruction and --lines")
    if original is None or update is None:
        raise UsageError("merge: give ORIGINAL and UPDATE, or --batch CASES")
    if original == update == STDIN:
        raise UsageError("- stands for stdin, which can be read only once")
    said = Hints(_line_range(lines, "--lines"), instruction)
    document = Document.from_bytes(read_bytes(original), str(original))
    name = path or ("stdin" if original == STDIN else original.name)
    with engine_for(settings) as engine:
        single = merge_one(document, _text(update), name, said, engine, accept_unproven=accept_unproven)
    return _print_outcome(single.outcome, single.document)


def _print_outcome(outcome: Outcome, document: Document | None) -> Exit:
    match outcome:
        case Refused(code=code, reason=reason, remedy=remedy, candidate=candidate):
            if code is Code.UNPROVEN:
                doubts = candidate.doubts if candidate is not None else ()
                remedy = f"{more_to_show(doubts)}, or see the best reading with --accept-unproven"
            complain(f"{code.value}: {reason}" + (f"; {remedy}" if remedy else ""))
            return Exit.NOT_APPLIED
        case Unchanged(reason=reason):
            complain(f"already-applied: {reason}")
        case Applied(candidate=candidate) if candidate.verdict is not Verdict.VERIFIED:
            complain(f"unproven: {'; '.join(doubt.message for doubt in candidate.doubts)}")
    if document is None:
        complain("the update takes the file away: there is no text to print")
        return Exit.NOT_APPLIED
    put_bytes(document.to_bytes())
    return Exit.DONE


def _merge_batch(cases: Sequence[Case], settings: Settings, *, accept_unproven: bool) -> Exit:
    with engine_for(settings) as engine:
        merge = partial(_merge_case, engine, accept_unproven=accept_unproven)
        for line in mapper(settings, lambda: None)(merge, cases):
            put(line)
    return Exit.DONE


def _merge_case(engine: Engine, case: Case, *, accept_unproven: bool) -> str:
    started = time.perf_counter()
    why, verdict, merged = "", None, None
    try:
        document = Document.from_text(case.original)
        single = merge_one(document, case.update, case.path, case.hints, engine, accept_unproven=accept_unproven)
    except (Refusal, UsageError) as error:
        why = str(error)
    else:
        match single.outcome:
            case Applied(candidate=candidate):
                verdict = candidate.verdict.value
                why = "; ".join(doubt.message for doubt in candidate.doubts)
                merged = None if single.document is None else single.document.to_bytes().decode()
            case Unchanged(reason=reason):
                why = f"already-applied: {reason}"
            case Refused(code=code, reason=reason, candidate=shown):
                verdict = None if shown is None else shown.verdict.value
                why = f"{code.value}: {reason}"
    spent = round((time.perf_counter() - started) * 1000, 3)
    line = {"id": case.id, "style": case.style, "merged": merged, "verdict": verdict, "why": why, "ms": spent}
    return to_json(line)


def _text(path: Path) -> str:
    return Document.from_bytes(read_bytes(path), str(path)).text


@click.command(
    "verify",
    short_help="The verdict on a merge that anybody made.",
    epilog=(
        "Exit code: 0 verified (with --batch: every case has its line); 1 unproven or refused; 2 wrong call, or a file"
        " that cannot be read; 3 a bug of ours; 130 interrupted."
    ),
)
@click.argument("original", required=False, type=TEXT)
@click.argument("update", required=False, type=TEXT)
@click.argument("merged", required=False, type=TEXT)
@click.option("--path", help="The path that gives the language (default: ORIGINAL's).")
@click.option("--batch", type=TEXT, metavar="CASES", help="Judge many: JSON Lines.")
def verify_command(
    original: Path | None, update: Path | None, merged: Path | None, path: str | None, batch: Path | None
) -> Exit:
    """Judge a merge that anybody made: does MERGED follow from ORIGINAL and the snippet UPDATE?

    Prints verified, unproven or refused, and each doubt with the lines that it is about. "-" is stdin. With --batch,
    each line of CASES has id, style, path, original, update and merged; one line comes out for each: id, style,
    verdict, doubts.
    """
    if batch is not None:
        if original is not None or path:
            raise UsageError("--batch brings its own texts and paths: leave ORIGINAL, UPDATE, MERGED and --path out")
        for case in read_verify_cases(batch):
            put(_verify_case(case))
        return Exit.DONE
    if original is None or update is None or merged is None:
        raise UsageError("verify: give ORIGINAL, UPDATE and MERGED, or --batch CASES")
    if (original, update, merged).count(STDIN) > 1:
        raise UsageError("- stands for stdin, which can be read only once")
    before = Document.from_bytes(read_bytes(original), str(original))
    after = Document.from_bytes(read_bytes(merged), str(merged))
    name = path or ("stdin" if original == STDIN else original.name)
    return _print_judgement(verify(before, _text(update), after, name))


def _verify_case(case: Case) -> str:
    before, after = Document.from_text(case.original), Document.from_text(case.merged)
    judgement = verify(before, case.update, after, case.path)
    doubts = [doubt.message for doubt in judgement.doubts]
    return to_json({"id": case.id, "style": case.style, "verdict": judgement.verdict.value, "doubts": doubts})


def _print_judgement(judgement: Judgement) -> Exit:
    put(judgement.verdict.value)
    for doubt in judgement.doubts:
        put(f"  {doubt.rule}: {one_line(scrubbed(doubt.message))}")
    return Exit.DONE if judgement.verdict is Verdict.VERIFIED else Exit.NOT_APPLIED


def _line_range(text: str, place: str) -> LineRange | None:
    if not text:
        return None
    first, _, last = text.partition("-")
    digits = (first, last or first)
    if not all(part.isascii() and part.isdecimal() for part in digits) or not 1 <= int(digits[0]) <= int(digits[1]):
        raise UsageError(f"{place}: {text!r} is no line and no range such as 10-24")
    return LineRange(int(digits[0]), int(digits[1]))
