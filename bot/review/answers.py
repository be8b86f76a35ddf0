"""What the bot says: replies in threads, the sticky summary, the step summary, the list of commands.

Every word of others goes through `bot.review.markdown`. Each text ends with a hidden marker, so that a second run does
not say it again and no run takes it for a request.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from bot.errors import Code
from bot.outcomes import Applied, Refused, Unchanged
from bot.review.commands import GRAMMAR, TRIGGER, Unknown
from bot.review.ladder import Route
from bot.review.landed import Landed, result_of
from bot.review.markdown import block, code, cut, cut_block, cut_bytes, details, escaped, fenced, suggestion
from bot.review.state import Answer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.asks import Request
    from bot.outcomes import Outcome
    from bot.report import Readings, Report
    from bot.review.ladder import Suggested
    from bot.review.offers import Offer
    from bot.review.state import SummaryState

# GitHub takes 65,536 characters in a comment, and 1 MiB of UTF-8 in all that a step writes to its summary.
MOST_IN_COMMENT = 60_000
MOST_IN_SUMMARY = 900_000
_MOST_DIFF_IN_REPLY = 20_000
_MOST_LISTED = 200
_COMMENT_URL = re.compile(
    r"https?://[A-Za-z0-9.:-]+(?:/[A-Za-z0-9._-]+){4}#(?:discussion_r|issuecomment-)\d+", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply to a comment: its text for GitHub, and what it answers."""

    text: str
    answer: Answer


def reply(comment: int, outcome: Outcome, diff: str, landed: Landed, offer: Offer | None = None) -> Reply:
    """The reply to the request that the comment with this id made. `diff` is its own hunks, or what is offered."""
    commit = landed.commit if isinstance(outcome, Applied) else None
    # What is not shown whole is not offered: nobody could know what they accept.
    unproven = isinstance(outcome, Refused) and outcome.code is Code.UNPROVEN and diff
    shown = block(diff, "diff", _MOST_DIFF_IN_REPLY) if unproven else None
    kept = offer.kept() if offer is not None and shown is not None else None
    offered = (offer.short, shown) if offer is not None and shown is not None and kept is not None else None
    answer = Answer(comment, outcome.request.digest, result_of(outcome, landed), commit)
    match outcome:
        case Applied():
            lines = [_applied(landed), *_shown("What changed for this comment", diff)]
        case Unchanged(reason=reason):
            lines = [f"Nothing to do: {escaped(reason)}."]
        case Refused():
            lines = [*_refused(outcome), *_offered(outcome, diff, offered)]
        case _:
            assert_never(outcome)
    return Reply("\n\n".join((*lines, answer.marker(), *([kept] if kept else []))), answer)


def suggested(piece: Suggested, answer: Answer) -> str:
    """A review comment of the bot's that offers `piece`; its marker keeps it from being taken for a request."""
    return f"{suggestion(piece.lines)}\n\n{answer.marker()}"


def _applied(landed: Landed) -> str:
    match landed.route:
        case Route.PUSH | Route.API:
            return f"Applied in {landed.commit}."
        case Route.SUGGEST:
            return f"{_unpushed(landed)}: the change is suggested in my review, and stands in the patch."
        case Route.PATCH:
            return f"{_unpushed(landed)}: the change stands in the patch that the run keeps."
        case Route.NOWHERE:
            return f"Nothing was written{f', because {escaped(landed.why)}' if landed.why else ''}: it would apply."


def _unpushed(landed: Landed) -> str:
    return f"I made no commit, because {escaped(landed.why)}" if landed.why else "I may not push to this branch"


def _refused(outcome: Refused) -> list[str]:
    lines = [f"Not applied (`{outcome.code.value}`): {escaped(outcome.reason)}."]
    return [*lines, to_do] if (to_do := _to_do(outcome.remedy)) else lines


def _to_do(remedy: str) -> str:
    # What the command line would do about it does not help here.
    return f"To do: {escaped(remedy)}." if remedy and "--" not in remedy else ""


def _offered(outcome: Refused, diff: str, offered: tuple[str, str] | None) -> list[str]:
    if outcome.code is not Code.UNPROVEN or not diff:
        return []
    if offered is None:
        return [*_shown("What it would do", diff), "It is too large to be accepted here; show more context instead."]
    short, shown = offered
    said = f"If that is meant, somebody who may write here comments `{TRIGGER} apply #{short}`, and it lands so:"
    return [said, shown]


def _shown(title: str, diff: str) -> list[str]:
    if not diff:
        return []
    return [details(title, cut_block(diff, "diff", _MOST_DIFF_IN_REPLY, "the diff"))]


@dataclass(frozen=True, slots=True)
class Run:
    """What a summary speaks of: the report, where the result went, what concerns the run as a whole.

    `left_alone` says how many comments were not heard, and why.
    """

    report: Report
    landed: Landed
    head: str
    notices: tuple[str, ...] = ()
    run_url: str = ""
    left_alone: str = ""


def sticky(run: Run, state: SummaryState) -> str:
    """The one summary comment of a pull request, which each run rewrites."""
    marker, patch = state.marker(), _patch(run)
    body = cut("\n\n".join(_summary(run)), MOST_IN_COMMENT - len(marker) - len(patch), "the summary")
    return "\n\n".join(part for part in (body, patch, marker) if part)


def _patch(run: Run) -> str:
    """What is neither pushed nor all suggested, to be applied by hand."""
    diff = "".join(file.diff for file in run.report.files)
    if run.landed.commit is not None or not diff or not _kept(run):
        return ""
    return details("The patch", cut_block(diff, "diff", _MOST_DIFF_IN_REPLY, "the patch"))


def _kept(run: Run) -> bool:
    """Whether something stands in the patch alone."""
    applied = (outcome for outcome in run.report.outcomes if isinstance(outcome, Applied))
    return any(run.landed.of(outcome.request.id).route is Route.PATCH for outcome in applied)


def show_text(run: Run) -> str:
    """What would be applied, for a comment."""
    diff = "".join(file.diff for file in run.report.files)
    said = f"On {run.head[:12]} this would be applied, and nothing was:" if diff else "Nothing would be applied."
    shown = [cut_block(diff, "diff", _MOST_DIFF_IN_REPLY, "the diff")] if diff else []
    refused = [outcome for outcome in run.report.outcomes if isinstance(outcome, Refused)]
    listed = (
        [cut("\n".join(_listed(refused, run.landed)), MOST_IN_COMMENT - _MOST_DIFF_IN_REPLY, "the list")]
        if refused
        else []
    )
    listed += [escaped(run.left_alone)] if run.left_alone else []
    return "\n\n".join([said, *shown, *listed])


def step_summary(run: Run, most: int = MOST_IN_SUMMARY) -> str:
    """The summary on the run's own page, with the diffs, in at most that many bytes."""
    said = cut_bytes("\n\n".join(_summary(run)), most // 2, "the summary")
    if not run.report.files:
        return f"{said}\n"
    diff = details("The diff", fenced("".join(file.diff for file in run.report.files), "diff"))
    whole = f"{said}\n\n{diff}\n"
    # A fence that was cut off would swallow what other steps write below it.
    fits = len(whole.encode("utf-8", "replace")) <= most
    return whole if fits else f"{said}\n\nThe diff is too large for this page: it is in the file `patch`.\n"


def _summary(run: Run) -> list[str]:
    outcomes = run.report.outcomes
    parts = [f"### stetbot: {_counts(outcomes, run.landed)}", *(escaped(notice) for notice in run.notices)]
    if run.landed.commit is not None:
        checks = f" {run.landed.checks.value}" if run.landed.checks else ""
        together = f" One commit for all: {escaped(run.landed.why)}." if run.landed.why else ""
        parts.append(f"Commit {run.landed.commit}, made on {run.head[:12]}.{together}{checks}")
    elif any(isinstance(outcome, Applied) for outcome in outcomes):
        some = " GitHub does not show all of it in the diff, so not all of it could be suggested."
        parts.append(_applied(run.landed) + (some if run.landed.route is Route.SUGGEST and _kept(run) else ""))
    if outcomes:
        parts.append("\n".join(_listed(outcomes, run.landed)))
    if run.report.files:
        parts.append("\n".join(f"- {code(file.path)} +{file.added} -{file.removed}" for file in run.report.files[:100]))
    usage = run.report.usage
    if usage.requests:
        money = "" if usage.dollars is None else f", about ${usage.dollars:.4f}"
        parts.append(
            f"Models: {usage.requests} requests, {usage.prompt_tokens} + {usage.completion_tokens} tokens{money}."
        )
    parts += [escaped(warning) for warning in run.report.warnings]
    if run.left_alone:
        parts.append(escaped(run.left_alone))
    if run.run_url:
        parts.append(f"[The run]({run.run_url})")
    return parts


def _listed(outcomes: Sequence[Outcome], landed: Landed) -> list[str]:
    lines = []
    for outcome in outcomes[:_MOST_LISTED]:
        name = _named(outcome.request)
        match outcome:
            case Applied():
                lines.append(f"- {landed.word(outcome.request.id)}: {name}")
            case Unchanged():
                lines.append(f"- stands already: {name}")
            case Refused():
                lines.append(f"- `{outcome.code.value}`: {name}: {escaped(outcome.reason)}")
    if len(outcomes) > _MOST_LISTED:
        lines.append(f"- and {len(outcomes) - _MOST_LISTED} more")
    return lines


def _named(request: Request) -> str:
    """A request as people find it: a link to its comment, in whose address nothing can be markup."""
    if not _COMMENT_URL.fullmatch(request.place):
        return code(request.place)
    label = code(request.parts[0].path) if request.parts and request.parts[0].path else "comment"
    return f"[{label}]({request.place})"


def _counts(outcomes: Sequence[Outcome], landed: Landed) -> str:
    words = Counter(landed.word(outcome.request.id) for outcome in outcomes if isinstance(outcome, Applied))
    refused = sum(isinstance(outcome, Refused) for outcome in outcomes)
    became = ", ".join(f"{count} {word}" for word, count in sorted(words.items(), reverse=True)) or "0 applied"
    return f"{became}, {len(outcomes) - words.total() - refused} unchanged, {refused} refused"


def offered_diff(readings: Readings | None) -> str:
    """What an unproven request would do, as one diff."""
    return "" if readings is None else "".join(reading.diff for reading in readings.taken)


def help_text(unknown: Unknown | None = None) -> str:
    """The commands, and what was wrong with the one that was given."""
    rows = [f"{TRIGGER} {form}".ljust(32) + meaning for form, meaning in GRAMMAR]
    said = f"I do not know {code(unknown.said)}. The commands:" if unknown is not None else "The commands:"
    return f"{said}\n\n{fenced(chr(10).join(rows))}"


def refusal_text(code_: Code, reason: str, remedy: str) -> str:
    """What is said where a whole run was refused."""
    return f"Nothing was done (`{code_.value}`): {escaped(reason)}. {_to_do(remedy)}".rstrip()
