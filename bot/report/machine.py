"""The report for machines (`--json`): the same facts, whole. The keys are public API: they are always all there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.outcomes import Applied, Refused, Unchanged

if TYPE_CHECKING:
    from bot.outcomes import Candidate, Outcome
    from bot.report.records import FileLine, Report


def report_json(report: Report, base: str) -> dict[str, object]:
    """The report of a run on the commit `base` ("" for the work tree), of JSON's types alone."""
    landing = report.landing
    return {
        "status": report.status.value,
        "base": base or None,
        "commit": landing.commit,
        "branch": landing.branch,
        "pushed": landing.pushed,
        "not_pushed": landing.not_pushed or None,
        "written": list(landing.written),
        "held_back": report.held_back or None,
        "requests": [_outcome(outcome, report) for outcome in report.outcomes],
        "files": [_file(line) for line in report.files],
        "usage": {
            "requests": report.usage.requests,
            "prompt_tokens": report.usage.prompt_tokens,
            "completion_tokens": report.usage.completion_tokens,
            "dollars": report.usage.dollars,
        },
        "charged": None
        if report.charged is None
        else {
            "dollars": format(report.charged.dollars, "f"),
            "requests": report.charged.found,
            "of": report.charged.requests,
        },
        "warnings": list(report.warnings),
    }


def _file(line: FileLine) -> dict[str, object]:
    return {
        "path": line.path,
        "renamed_from": line.renamed_from,
        "added": line.added,
        "removed": line.removed,
        "diff": line.diff,
    }


def _outcome(outcome: Outcome, report: Report) -> dict[str, object]:
    request = outcome.request
    said: dict[str, object] = {
        "id": request.id,
        "place": request.place,
        "paths": [part.path for part in request.parts],
    }
    match outcome:
        case Applied(candidate=candidate):
            said |= {"outcome": "applied", "code": None, "reason": None, "remedy": None} | _candidate(candidate)
        case Unchanged(reason=reason):
            said |= {"outcome": "unchanged", "code": "already-applied", "reason": reason, "remedy": None}
            said |= _candidate(None)
        case Refused(code=code, reason=reason, remedy=remedy, candidate=refused):
            said |= {"outcome": "refused", "code": code.value, "reason": reason, "remedy": remedy or None}
            said |= _candidate(refused)
    readings = report.readings_of(request.id)
    return said | {
        "diff": None if readings is None else "".join(reading.diff for reading in readings.taken),
        "rivals": []
        if readings is None
        else [{"path": reading.path, "diff": reading.diff} for reading in readings.others],
    }


def _candidate(candidate: Candidate | None) -> dict[str, object]:
    if candidate is None:
        return {"verdict": None, "engine": None, "doubts": [], "notes": [], "written": []}
    return {
        "verdict": candidate.verdict.value,
        "engine": candidate.engine.value,
        "doubts": [{"rule": doubt.rule, "message": doubt.message} for doubt in candidate.doubts],
        "notes": list(candidate.notes),
        "written": [
            {
                "target_file": written.path,
                "instructions": written.instruction,
                "code_edit": written.snippet,
                "request_ids": list(written.request_ids),
            }
            for written in candidate.written
        ],
    }
