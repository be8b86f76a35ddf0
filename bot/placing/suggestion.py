"""A suggestion finds the lines that it was written for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.errors import Code, Refusal
from bot.model import LineRange
from bot.placing.carried import carried, is_telling
from bot.placing.runs import Runs, Tier, contains

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.asks import OriginalLines, Part

# Lines of context that tell a place from others with the same lines, as in git's diffs.
_ENOUGH = 3
_LOOK_AGAIN = "look at the file as it is now, and suggest again"


def suggested_span(lines: Sequence[str], part: Part, suggested: tuple[str, ...]) -> tuple[int, int]:
    """The base lines (0-based, half-open) that the suggestion replaces; raises Refusal."""
    if part.original is None:
        return _named_span(lines, part, suggested)
    start = _Finder(lines, part.path, part.original, part.lines).place(suggested)
    return start, start + len(part.original.inside)


def commented_lines(lines: Sequence[str], part: Part) -> LineRange | None:
    """Where the lines that `part` points at stand in `lines`; None if it points at none. Raises Refusal.

    The text that a comment was written against decides, as for a suggestion. Bare numbers hold as they are.
    """
    if part.original is None or not part.original.inside:
        if part.lines is not None and part.lines.last > len(lines):
            raise Refusal(
                Code.CONTRADICTS,
                f"{_length(part.path, lines)}, the request names {part.lines.spoken}",
                "name lines that the file has",
            )
        return part.lines
    start = _Finder(lines, part.path, part.original, part.lines).stands()
    return LineRange(start + 1, start + len(part.original.inside))


def told_lines(lines: Sequence[str], part: Part) -> LineRange | None:
    """The line range that `part` tells other formats' places apart by.

    Where all of the file that a comment was written on is known, its lines are where they went from there; the
    server's numbers may be those of another head.
    """
    found = None if part.original is None else carried(part.original, lines)
    if part.original is None or found is None:
        return part.lines
    return None if found.at is None else LineRange(found.at + 1, found.at + len(part.original.inside))


def _named_span(lines: Sequence[str], part: Part, suggested: tuple[str, ...]) -> tuple[int, int]:
    """The lines that are named, where nothing says how they read.

    A second run must not replace what has moved up to these lines in the meantime, so lines that begin with the
    suggestion stand already; and a suggestion that would only take lines away cannot be told from one that did so.
    """
    if part.lines is None:
        raise Refusal(Code.CONTRADICTS, f"a suggestion for {part.path} names no lines", f"write {part.path}:10-24")
    start, stop = part.lines.first - 1, part.lines.last
    if stop > len(lines):
        raise Refusal(
            Code.CONTRADICTS,
            f"{_length(part.path, lines)}, the request names {part.lines.spoken}",
            "name lines that the file has",
        )
    stands = tuple(lines[start : start + len(suggested)]) == suggested
    if stands and len(suggested) >= stop - start:
        raise Refusal(Code.ALREADY_APPLIED, as_suggested(start, len(suggested), part.path))
    if stands:
        raise Refusal(
            Code.AMBIGUOUS,
            f"{part.path} begins as suggested at {part.lines.spoken}: nothing shows whether the rest is still to go",
            "write it as a diff or as SEARCH/REPLACE, which show the lines that go",
        )
    return start, stop


class _Finder:
    """Re-anchors by content: the text that the comment was written against decides, numbers only confirm."""

    def __init__(self, lines: Sequence[str], path: str, original: OriginalLines, named: LineRange | None) -> None:
        self.runs = Runs(lines)
        self.lines = lines
        self.path = path
        self.carried = carried(original, lines)
        self.original = original if self.carried is None else _near(original)
        self.named = named.first - 1 if named else None

    def place(self, suggested: tuple[str, ...]) -> int:
        """Where the lines of the comment begin."""
        original = self.original
        above = len(original.above)
        before, after = original.text, (*original.above, *suggested, *original.below)
        starts = self.own([start + above for start in self.find(before)], len(original.inside))
        if self.carried is not None:
            start = self.by_commit(suggested, starts)
            if start is not None:
                return self.undone(start, suggested, after)
        stands = [start + above for start in self.find(after)] if self.telling(suggested) else []
        stands = [start for start in self.own(stands, len(suggested)) if start not in set(starts)]
        if self.named is not None and self.named in stands:
            raise self.already(self.named, len(suggested))
        if stands and not starts:
            raise self.already(self.one(stands, len(suggested)), len(suggested))
        if stands and self.named not in starts:
            raise self.ambiguous([*starts, *stands], len(original.inside))
        start = self.one(starts, len(original.inside)) if starts else self.by_inside(suggested)
        alike = self.own(self.find(original.inside), len(original.inside))
        doubtful = above + len(original.below) < _ENOUGH or self.named in alike
        if start != self.named and len(alike) > 1 and doubtful:
            # Number and context say different things, or the context is too short to say much.
            raise self.ambiguous(alike, len(original.inside))
        return self.undone(start, suggested, after)

    def by_commit(self, suggested: tuple[str, ...], starts: list[int]) -> int | None:
        """Where the lines went from the commit that the comment was written on; None if their text has to tell."""
        found = self.carried
        if found is None:
            return None
        if found.now is not None and tuple(self.lines[slice(*found.now)]) == suggested:
            raise self.already(found.now[0], len(suggested))
        if found.at is not None and starts and found.at not in starts:
            raise self.ambiguous([found.at, *starts], len(self.original.inside))
        return found.at

    def undone(self, start: int, suggested: tuple[str, ...], after: tuple[str, ...]) -> int:
        """`start`, unless the suggestion stands around it."""
        done = self.covering(start, suggested, after)
        if done is not None:
            raise self.already(done, len(suggested))
        return start

    def own(self, starts: list[int], length: int) -> list[int]:
        """Those of `starts` that are no place which stood elsewhere when the comment was written."""
        if self.carried is None:
            return starts
        foreign = self.carried.foreign
        return [start for start in starts if foreign.isdisjoint(range(start, start + length))]

    def stands(self) -> int:
        """Where the lines of the comment begin, whatever is asked of them."""
        original = self.original
        if self.carried is not None and self.carried.at is not None:
            return self.carried.at
        above = len(original.above)
        starts = self.own([start + above for start in self.find(original.text)], len(original.inside))
        starts = starts or self.own(self.find(original.inside), len(original.inside))
        if not starts:
            shown = original.inside[0].strip()[:80]
            raise Refusal(Code.OUTDATED, f"{self.path} no longer has the lines of the comment ({shown!r})", _LOOK_AGAIN)
        return self.one(starts, len(original.inside))

    def find(self, wanted: Sequence[str]) -> list[int]:
        return [run.start for run in self.runs.find(wanted, Tier.EXACT)]

    def one(self, starts: list[int], length: int) -> int:
        """The only start, or the one that the line number confirms."""
        if self.named is not None and self.named in starts:
            return self.named
        if len(starts) > 1:
            raise self.ambiguous(starts, length)
        return starts[0]

    def ambiguous(self, starts: list[int], length: int) -> Refusal:
        """The refusal that names the places."""
        places = " and at ".join(_lines(start, length) for start in sorted(starts)[:3])
        return Refusal(Code.AMBIGUOUS, f"the comment fits {self.path} at {places}", _LOOK_AGAIN)

    def telling(self, suggested: tuple[str, ...]) -> bool:
        """Whether the suggested lines, found again, show that they were applied; what only goes leaves no trace."""
        inside = self.original.inside
        if any(line.strip() and line not in inside for line in suggested):
            return True
        ends = suggested[:1] == inside[:1] and suggested[-1:] == inside[-1:] and len(suggested) > 1
        return ends or bool(self.original.above and self.original.below)

    def by_inside(self, suggested: tuple[str, ...]) -> int:
        """The context has changed: only lines that are telling by themselves, or that number and neighbour confirm."""
        inside = self.original.inside
        starts = self.own(self.find(inside), len(inside))
        confirmed = [start for start in starts if start == self.named and self.neighbour(start)]
        if confirmed:
            return confirmed[0]
        telling = any(is_telling(line) for line in inside)
        # Lines that go leave no trace: a second run must not take what is like them.
        if len(starts) == 1 and (self.neighbour(starts[0]) if not self.telling(suggested) else telling):
            return starts[0]
        if len(starts) > 1:
            raise self.ambiguous(starts, len(inside))
        shown = inside[0].strip()[:80] if inside else ""
        raise Refusal(Code.OUTDATED, f"{self.path} no longer has the lines of the comment ({shown!r})", _LOOK_AGAIN)

    def neighbour(self, start: int) -> bool:
        """Whether the line next to the range is still that of the comment."""
        original = self.original
        stop = start + len(original.inside)
        if original.above and start > 0 and self.lines[start - 1] == original.above[-1]:
            return True
        return bool(original.below) and stop < len(self.lines) and self.lines[stop] == original.below[0]

    def covering(self, start: int, suggested: tuple[str, ...], after: tuple[str, ...]) -> int | None:
        """Where the suggested lines stand around the old ones: the suggestion only adds lines, and has done so.

        If they stood around them from the beginning, that shows nothing; then the lines above must fit as well.
        """
        original = self.original
        more = len(suggested) - len(original.inside)
        if more <= 0:
            return None
        above = len(original.above)
        seen = Runs(original.text).find(suggested, Tier.EXACT)
        if contains([run.start for run in seen], above - more, above) is None:
            return contains(self.find(suggested), start - more, start)
        found = contains(self.find(after), start - above - more, start - above)
        return None if found is None else found + above

    def already(self, start: int, length: int) -> Refusal:
        return Refusal(Code.ALREADY_APPLIED, as_suggested(start, length, self.path))


def as_suggested(start: int, length: int, path: str) -> str:
    """That the `length` lines from `start` (0-based) on are what a suggestion asks for."""
    return f"{_lines(start, length)} of {path} {'reads' if length < 2 else 'read'} as suggested"


def _length(path: str, lines: Sequence[str]) -> str:
    return f"{path} has {len(lines)} line{'' if len(lines) == 1 else 's'}"


def _near(original: OriginalLines) -> OriginalLines:
    """`original` with as much around its lines as a hunk of git's would show."""
    return replace(original, above=original.above[-_ENOUGH:], below=original.below[:_ENOUGH])


def _lines(start: int, length: int) -> str:
    return LineRange(start + 1, start + max(length, 1)).spoken
