"""What the checks find: doubts, each hard (the merge is refused) or soft (it is shown, not landed)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.model import Doubt, Judgement, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_QUOTED = 60


@dataclass(frozen=True, slots=True)
class Finding:
    """A doubt and its weight: `hard` contradicts the merge, soft leaves it one reading of several."""

    rule: str
    message: str
    hard: bool = False


def hard(rule: str, message: str) -> Finding:
    """A finding that refuses the merge."""
    return Finding(rule, message, hard=True)


def judgement_of(findings: Iterable[Finding]) -> Judgement:
    """The verdict that `findings` come to; the hard ones first in its doubts."""
    found = sorted(findings, key=lambda finding: not finding.hard)
    verdict = Verdict.VERIFIED
    if found:
        verdict = Verdict.REFUSED if found[0].hard else Verdict.UNPROVEN
    return Judgement(verdict, tuple(Doubt(finding.rule, finding.message) for finding in found))


def quoted(line: str) -> str:
    """`line` as a sentence quotes it: trimmed, and cut where it is long."""
    text = line.strip()
    return f'"{text}"' if len(text) <= _QUOTED else f'"{text[: _QUOTED - 1]}…"'


def are(numbers: Sequence[int]) -> str:
    """`span`, and the verb that goes with it."""
    return f"{span(numbers)} {'is' if len(numbers) == 1 else 'are'}"


def span(numbers: Sequence[int]) -> str:
    """1-based line numbers for 0-based ones: "line 3", "lines 3-5", "lines 3, 9 and 4 more"."""
    shown = [number + 1 for number in numbers]
    if len(shown) == 1:
        return f"line {shown[0]}"
    if shown == list(range(shown[0], shown[0] + len(shown))):
        return f"lines {shown[0]}-{shown[-1]}"
    if len(shown) <= 3:
        return f"lines {', '.join(map(str, shown))}"
    return f"lines {', '.join(map(str, shown[:3]))} and {len(shown) - 3} more"
