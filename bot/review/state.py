"""Hidden markers in the bot's own comments: what was answered, with what result, and when the bot ran.

They save asking twice; nothing is trusted because of them. Only comments whose author is the bot are read, and a
comment that carries a marker is never taken for anybody's request.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_OURS = re.compile(r"<!-- stetbot[ -]")
_ANSWER = re.compile(
    r"<!-- stetbot v1 comment=(?P<comment>\d{1,19}) sha256=(?P<digest>[0-9a-f]{64})"
    r" result=(?P<result>[a-z-]{1,40})(?: commit=(?P<commit>[0-9a-f]{40}))? -->",
    re.ASCII,
)
_SUMMARY = re.compile(
    r"<!-- stetbot-summary v1 commands=(?P<commands>[\d,]*) runs=(?P<runs>[\d,]*) -->",
    re.ASCII,
)
# A pull request with more commands than this has other problems; the oldest are forgotten first.
_KEPT_COMMANDS = 500
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
    """What the sticky summary remembers: the ids of answered commands, and when the bot ran, oldest first."""

    commands: tuple[int, ...] = ()
    runs: tuple[datetime, ...] = ()

    def after(self, commands: Iterable[int], at: datetime) -> SummaryState:
        """The state when a run at `at` has answered `commands` too."""
        known = dict.fromkeys((*self.commands, *commands))
        return replace(self, commands=tuple(known)[-_KEPT_COMMANDS:], runs=(*self.runs, at)[-_KEPT_RUNS:])

    def marker(self) -> str:
        commands = ",".join(str(number) for number in self.commands)
        runs = ",".join(str(int(at.timestamp())) for at in self.runs)
        return f"<!-- stetbot-summary v1 commands={commands} runs={runs} -->"


def is_ours(body: str) -> bool:
    """Whether a comment carries a marker of the bot's, true or forged."""
    return _OURS.search(body) is not None


def answer_in(body: str) -> Answer | None:
    """The answer that a reply of the bot's own is. Call it for nobody else's comments.

    The last marker counts: what stands before it may be quoted from somebody.
    """
    found = list(_ANSWER.finditer(body))
    if not found:
        return None
    last = found[-1]
    return Answer(int(last["comment"]), last["digest"], last["result"], last["commit"])


def summary_in(body: str) -> SummaryState | None:
    """The state that the bot's own sticky summary keeps; None if this is another comment."""
    found = list(_SUMMARY.finditer(body))
    if not found:
        return None
    last = found[-1]
    return SummaryState(
        tuple(int(number) for number in last["commands"].split(",") if number),
        tuple(datetime.fromtimestamp(int(at[:11]), UTC) for at in last["runs"].split(",") if at),
    )


def needs_answer(answer: Answer, given: Iterable[Answer]) -> bool:
    """Whether `answer` says something that the bot's last answer to this comment did not say."""
    last: Answer | None = None
    for earlier in given:
        if earlier.comment == answer.comment:
            last = earlier
    return last is None or (last.digest, last.result) != (answer.digest, answer.result)
