"""Hidden markers in the bot's own comments: what was answered, with what result, and when the bot ran.

They save asking twice; nothing is trusted because of them. Only comments whose author is the bot are read, and a
comment that carries a marker is never taken for anybody's request.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_OURS = re.compile(r"<!-- stetbot[ -]")
# How the hidden line begins that keeps an offer's edit.
KEPT = "<!-- stetbot-edit v1 "
# Alone on the last line, or above an edit that is kept there: what stands behind a `>` is quoted.
_ANSWER = re.compile(
    r"(?<![^\n])<!-- stetbot v1 comment=(?P<comment>\d{1,19}) sha256=(?P<digest>[0-9a-f]{64})"
    r" result=(?P<result>[a-z-]{1,40})(?: commit=(?P<commit>[0-9a-f]{40}))? -->"
    rf"(?:\n\s*{KEPT}" + r"[0-9a-f]{64} [A-Za-z0-9+/=]+ -->)?\Z",
    re.ASCII,
)
_SUMMARY = re.compile(
    r"(?<![^\n])<!-- stetbot-summary v1 commands=(?P<commands>[\d,]*) runs=(?P<runs>[\d,]*)"
    r"(?: settled=(?P<settled>[\d,]*))? -->\Z",
    re.ASCII,
)
# A pull request with more commands or threads than this has other problems; the oldest are forgotten first.
_KEPT_IDS = 500
_KEPT_RUNS = 100


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bot has said to a comment: its id, the hash of the request, the result (`applied` or a code)."""

    comment: int
    digest: str
    result: str
    commit: str | None = None

    def marker(self) -> str:
        commit = f" commit={self.commit}" if self.commit else ""
        return f"<!-- stetbot v1 comment={self.comment} sha256={self.digest} result={self.result}{commit} -->"


@dataclass(frozen=True, slots=True)
class SummaryState:
    """What the sticky summary remembers, oldest first: the ids of answered commands, and when the bot ran.

    `settled` are the ids of comments that are answered and whose threads were resolved: if such a thread is open,
    somebody has opened it again.
    """

    commands: tuple[int, ...] = ()
    runs: tuple[datetime, ...] = ()
    settled: tuple[int, ...] = ()

    def after(self, commands: Iterable[int], at: datetime, settled: Iterable[int] = ()) -> SummaryState:
        """The state when a run at `at` has answered `commands`, and `settled` comments, too."""
        return SummaryState(
            _newest(self.commands, commands), (*self.runs, at)[-_KEPT_RUNS:], _newest(self.settled, settled)
        )

    def joined(self, other: SummaryState) -> SummaryState:
        """What two summaries remember: of two runs at a time each may have written one."""
        runs = tuple(sorted({*self.runs, *other.runs}))[-_KEPT_RUNS:]
        return SummaryState(_newest(self.commands, other.commands), runs, _newest(self.settled, other.settled))

    def marker(self) -> str:
        commands, settled = (",".join(str(number) for number in ids) for ids in (self.commands, self.settled))
        runs = ",".join(str(int(at.timestamp())) for at in self.runs)
        return f"<!-- stetbot-summary v1 commands={commands} runs={runs} settled={settled} -->"


def _newest(known: Iterable[int], more: Iterable[int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys((*known, *more)))[-_KEPT_IDS:]


def is_ours(body: str) -> bool:
    """Whether a comment carries a marker of the bot's, true or forged."""
    return _OURS.search(body) is not None


def answer_in(body: str) -> Answer | None:
    """The answer that a reply of the bot's own is. Call it for nobody else's comments.

    The marker at its end counts: what stands before it may be quoted from somebody.
    """
    found = _ANSWER.search(_as_written(body))
    if found is None:
        return None
    return Answer(int(found["comment"]), found["digest"], found["result"], found["commit"])


def summary_in(body: str) -> SummaryState | None:
    """The state that the bot's own sticky summary keeps as its last line; None if this is another comment.

    A marker that stands anywhere else is quoted: from a file, say, whose author would like to be believed.
    """
    found = _SUMMARY.search(_as_written(body))
    if found is None:
        return None
    commands, settled = (
        tuple(int(number[:19]) for number in (found[name] or "").split(",") if number)
        for name in ("commands", "settled")
    )
    runs = tuple(datetime.fromtimestamp(int(at[:11]), UTC) for at in found["runs"].split(",") if at)
    return SummaryState(commands, runs, settled)


def _as_written(body: str) -> str:
    """A body as we wrote it: who edits one in a browser leaves other line ends behind."""
    return body.replace("\r\n", "\n").rstrip()


def needs_answer(answer: Answer, given: Iterable[Answer]) -> bool:
    """Whether `answer` says something that the bot's last answer to this comment did not say.

    What was applied again is in another commit: the branch was forced away from the first one, or it was reverted.
    """
    last: Answer | None = None
    for earlier in given:
        if earlier.comment == answer.comment:
            last = earlier
    if last is None or (last.digest, last.result) != (answer.digest, answer.result):
        return True
    return answer.commit is not None and answer.commit != last.commit
