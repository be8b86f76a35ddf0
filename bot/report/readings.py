"""The readings of an unproven request: what `--accept` would land, and what else the snippet could mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.diffs import edits_between, unified
from bot.model import Verdict
from bot.outcomes import Change, Unchanged

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.outcomes import Candidate, Outcome
    from bot.text import Document


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of one file, as a unified diff."""

    path: str
    diff: str


@dataclass(frozen=True, slots=True)
class Readings:
    """Of one request, each as a change of the base: `taken` is what `--accept` lands, `others` fit as well."""

    request: str
    taken: tuple[Reading, ...]
    others: tuple[Reading, ...]


def readings_of(outcome: Outcome, read: Callable[[str], Document]) -> Readings | None:
    """The readings of an outcome whose candidate is not VERIFIED, else None; `read` gives the base's files.

    A change that stands on another text than the base's (on what other requests made of it) has no diff here.
    """
    candidate = None if isinstance(outcome, Unchanged) else outcome.candidate
    if candidate is None or candidate.verdict is Verdict.VERIFIED:
        return None
    taken: list[Reading] = []
    others: list[Reading] = []
    for change in candidate.operations:
        if not isinstance(change, Change):
            continue
        base = read(change.path)
        if base.digest != change.stands_on:
            continue
        result = base.splice(change.edits, final_newline=change.final_newline)
        taken.append(Reading(change.path, unified(change.path, base, result)))
        others += _others(candidate, change, base, result)
    return Readings(outcome.request.id, tuple(taken), tuple(others))


def _others(candidate: Candidate, change: Change, base: Document, taken: Document) -> list[Reading]:
    found: list[Reading] = []
    for rival in candidate.rivals:
        if rival.path == change.path and rival.lines != taken.lines:
            result = base.splice(edits_between(base.lines, rival.lines), final_newline=change.final_newline)
            reading = Reading(change.path, unified(change.path, base, result))
            if reading.diff and reading not in found:
                found.append(reading)
    return found
