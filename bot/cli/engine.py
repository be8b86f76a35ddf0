"""`stetbot merge` and `stetbot verify`: one merge, or many, without a repository."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.app import engine_for
from bot.cli.options import engine_options, engine_settings
from bot.cli.output import complain
from bot.errors import Exit, Refusal, UsageError
from bot.model import Applied, Hints, LineRange, Refused, Unchanged, Verdict
from bot.report import printable
from bot.single import merge_one
from bot.text import Document
from bot.verify import verify

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.model import Judgement, Outcome
    from bot.pipeline.engines import Engine


@dataclass(frozen=True, slots=True)
class Case:
    """One line of a batch: what is to be merged or verified. `merged` only where a merge is to be judged."""

    id: str
    style: str
    path: str
    original: str
    update: str
    hints: Hints
    merged: str | None


@click.command("merge")
@click.argument("original", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("update", required=False, type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--path", help="The path that gives the language (default: ORIGINAL's).")
@click.option("--batch", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Merge many: JSON Lines.")
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

    UPDATE ("-" reads it from stdin) is a lazy snippet with markers such as `# ... existing code ...`, a unified
    diff, SEARCH/REPLACE blocks or a patch. Nothing is printed unless the merge is proved; the reason goes to
    stderr, with exit code 1.

    With --batch, each line of CASES.jsonl has id, style, path, language, original and update; one line comes out
    for each: id, style, merged (or null), verdict, why, ms.
    """
    with engine_for(engine_settings(flags)) as engine:
        if batch is not None:
            for case in _cases(batch, hints=hints):
                line = _merge_case(case, engine, accept_unproven=accept_unproven)
                click.echo(json.dumps(line, ensure_ascii=False))
            return Exit.DONE
        if original is None or update is None:
            raise UsageError("merge: give ORIGINAL and UPDATE, or --batch CASES.jsonl")
        data = original.read_bytes()
        text = _text(update)
        document = Document.from_bytes(data, str(original))
        said = Hints(_line_range(lines, "--lines"), instruction)
        single = merge_one(document, text, path or original.name, said, engine, accept_unproven=accept_unproven)
    return _print_outcome(single.outcome, single.document)


def _print_outcome(outcome: Outcome, document: Document | None) -> Exit:
    match outcome:
        case Applied() | Unchanged() if document is not None:
            sys.stdout.buffer.write(document.to_bytes())
            sys.stdout.buffer.flush()
            if isinstance(outcome, Unchanged):
                complain(f"already-applied: {outcome.reason}")
            return Exit.DONE
        case Refused(code=code, reason=reason, remedy=remedy):
            complain(f"{code.value}: {reason}" + (f"; {remedy}" if remedy else ""))
    return Exit.NOT_APPLIED


def _merge_case(case: Case, engine: Engine, *, accept_unproven: bool) -> dict[str, object]:
    started = time.perf_counter()
    line: dict[str, object] = {"id": case.id, "style": case.style, "merged": None}
    try:
        single = merge_one(
            Document.from_text(case.original),
            case.update,
            case.path,
            case.hints,
            engine,
            accept_unproven=accept_unproven,
        )
    except Refusal as refusal:
        line |= {"verdict": None, "why": str(refusal)}
    else:
        match single.outcome:
            case Applied(candidate=candidate):
                line |= {"verdict": candidate.verdict.value, "why": "; ".join(d.message for d in candidate.doubts)}
                line["merged"] = None if single.document is None else single.document.to_bytes().decode("utf-8")
            case Unchanged(reason=reason):
                line |= {"verdict": None, "why": f"already-applied: {reason}"}
            case Refused(code=code, reason=reason, candidate=refused):
                verdict = refused.verdict.value if refused is not None else None
                line |= {"verdict": verdict, "why": f"{code.value}: {reason}"}
    return line | {"ms": round((time.perf_counter() - started) * 1000, 3)}


def _text(path: Path) -> str:
    data = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    return Document.from_bytes(data, str(path)).text


@click.command("verify")
@click.argument("original", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("update", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("merged", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--path", help="The path that gives the language (default: ORIGINAL's).")
@click.option("--batch", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Judge many: JSON Lines.")
def verify_command(
    original: Path | None, update: Path | None, merged: Path | None, path: str | None, batch: Path | None
) -> Exit:
    """Judge a merge that anybody made: does MERGED follow from ORIGINAL and the snippet UPDATE?

    Prints verified, unproven or refused, and each doubt with the lines that it is about. Exit code 0 means
    verified, 1 anything else. With --batch, each line has id, style, path, original, update and merged; one line
    comes out for each: id, style, verdict, doubts.
    """
    if batch is not None:
        for case in _cases(batch, hints=False):
            if case.merged is None:
                raise UsageError(f"{batch}: case {case.id} has no `merged`")
            judgement = verify(
                Document.from_text(case.original), case.update, Document.from_text(case.merged), case.path
            )
            line = {
                "id": case.id,
                "style": case.style,
                "verdict": judgement.verdict.value,
                "doubts": [doubt.message for doubt in judgement.doubts],
            }
            click.echo(json.dumps(line, ensure_ascii=False))
        return Exit.DONE
    if original is None or update is None or merged is None:
        raise UsageError("verify: give ORIGINAL, UPDATE and MERGED, or --batch CASES.jsonl")
    before = Document.from_bytes(original.read_bytes(), str(original))
    after = Document.from_bytes(merged.read_bytes(), str(merged))
    judgement = verify(before, _text(update), after, path or original.name)
    return _print_judgement(judgement)


def _print_judgement(judgement: Judgement) -> Exit:
    click.echo(judgement.verdict.value)
    for doubt in judgement.doubts:
        click.echo(f"  {doubt.rule}: {printable(doubt.message)}")
    return Exit.DONE if judgement.verdict is Verdict.VERIFIED else Exit.NOT_APPLIED


def _cases(path: Path, *, hints: bool) -> Iterator[Case]:
    with path.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            if line.strip():
                yield _case(f"{path}:{number}", line, hints=hints)


def _case(place: str, line: bytes, *, hints: bool) -> Case:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{place}: not JSON ({error}); give one case a line") from error
    if not isinstance(value, dict):
        raise UsageError(f"{place}: expected an object with id, path, original and update")

    def text(key: str, default: str | None = None) -> str:
        found = value.get(key, default)
        if not isinstance(found, str):
            raise UsageError(f"{place}: `{key}` must be a string")
        return found

    said = Hints()
    if hints:
        lines = value.get("lines")
        said = Hints(_line_pair(lines, place), text("instruction", ""))
    merged = value.get("merged")
    return Case(
        text("id"),
        text("style", ""),
        text("path"),
        text("original"),
        text("update"),
        said,
        merged if isinstance(merged, str) else None,
    )


def _line_pair(value: object, place: str) -> LineRange | None:
    match value:
        case None:
            return None
        case [int(first), int(last)] if 1 <= first <= last:
            return LineRange(first, last)
    raise UsageError(f"{place}: `lines` must be [first, last], from 1")


def _line_range(text: str, place: str) -> LineRange | None:
    if not text:
        return None
    first, _, last = text.partition("-")
    if not first.isdecimal() or (last and not last.isdecimal()) or not 1 <= int(first) <= int(last or first):
        raise UsageError(f"{place}: {text!r} is not a line or a range such as 10-24")
    return LineRange(int(first), int(last or first))
