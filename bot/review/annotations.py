"""Lines for the log of GitHub Actions: annotations, and words of others that must not be taken for commands.

The runner obeys a line that begins with `::` (white space before it does not help), so no text of others may begin
one, or hold a line break in an annotation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.outcomes import Refused
from bot.report import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.outcomes import Outcome

# The runner shows ten of a kind for a step; the summary has them all.
MOST_ANNOTATIONS = 10


@dataclass(frozen=True, slots=True)
class Annotation:
    """A remark on a line of a file; `level` is the runner's word for how grave it is."""

    level: str
    title: str
    message: str
    path: str | None = None
    line: int | None = None

    def command(self) -> str:
        """The line that the runner reads."""
        properties = {"file": self.path, "line": None if self.line is None else str(self.line), "title": self.title}
        given = ",".join(f"{name}={_property(value)}" for name, value in properties.items() if value)
        return f"::{self.level} {given}::{_data(self.message)}"


def of_refused(outcomes: Iterable[Outcome]) -> Iterator[Annotation]:
    """A warning for each refused request, at its lines."""
    refused = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    for outcome in refused[:MOST_ANNOTATIONS]:
        part = next(iter(outcome.request.parts), None)
        yield Annotation(
            "warning",
            f"stetbot: {outcome.code.value}",
            outcome.reason,
            part.path if part else None,
            part.lines.first if part and part.lines else None,
        )


def notice(message: str) -> str:
    """A notice on the run as a whole."""
    return Annotation("notice", "stetbot", message).command()


def log_line(text: str) -> str:
    """`text` as a line of the log that the runner takes for text alone."""
    return f"stetbot: {one_line(text)}"


def _data(text: str) -> str:
    return one_line(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
