"""An inline request's comment goes with the edit that it asks for, in one change, or it stays.

The planner sees the file without the comment, and its edit is proved on that file; what lands is the way from the file
with the comment to the edited one without it. That the first half of this way takes the comment and nothing else is
proved here, from the text alone.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.diffs import edits_between
from bot.errors import Code, Refusal
from bot.model import LineRange
from bot.outcomes import Change
from bot.pipeline.engines import weakest
from bot.requests import find_inline, removal
from bot.syntax import comments
from bot.verify import verify_exact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.asks import InlineComment
    from bot.model import Edit, Judgement
    from bot.pipeline.piece import Piece
    from bot.text import Document


@dataclass(frozen=True, slots=True)
class WithoutComment:
    """A file as who answers its inline request is to see it; `lines` are those that the comment was for.

    `judgement` is the verdict on taking the comment out.
    """

    document: Document
    lines: LineRange | None
    judgement: Judgement
    _path: str
    _base: Document
    _comment: InlineComment

    def joined(self, piece: Piece) -> Piece:
        """What `piece` does to the file without the comment as one change of the file with it, and one proof.

        Raises Refusal: nothing changes (no-change), another file does (wrong-file), a request is new or gone
        (verification-failed). The comment stays then.
        """
        match piece.operations:
            case (Change(path=self._path) as change,):
                whole = self._joined(change)
            case ():
                raise nothing_to_change(self._path)
            case _:
                said = f"an inline request may change the text of {self._path} and nothing else"
                raise Refusal(Code.WRONG_FILE, said)
        verdict = weakest(piece.verdict, self.judgement.verdict)
        return replace(piece, operations=(whole,), verdict=verdict, doubts=(*self.judgement.doubts, *piece.doubts))

    def _joined(self, change: Change) -> Change:
        bare = self.document
        result = bare.splice(change.edits, final_newline=change.final_newline)
        asked, left = self._asked(bare), self._asked(result)
        if asked != left:
            said = "writes a request into" if left - asked else "takes another request out of"
            raise Refusal(
                Code.VERIFICATION_FAILED,
                f"the answer {said} {self._path}, where comments that end in {self._comment.word} are people's",
                "apply the requests that stand together one by one",
            )
        newline = None if result.final_newline == self._base.final_newline else result.final_newline
        edits = edits_between(self._base.lines, result.lines)
        return Change(self._path, edits, newline, self._base.digest)

    def _asked(self, document: Document) -> Counter[tuple[str, ...]]:
        found = find_inline(self._path, document.lines, self._comment.word)
        return Counter(asked.said for asked in found)


def nothing_to_change(path: str) -> Refusal:
    """The refusal of a request whose edit stands already: its comment may still tell somebody something."""
    return Refusal(
        Code.NO_CHANGE,
        f"{path} has already what the comment asks for",
        "take the comment out by hand, or say what is missing",
    )


def without_comment(path: str, base: Document, comment: InlineComment) -> WithoutComment:
    """The file at `path` without the comment that asks. Raises Refusal (outdated, verification-failed)."""
    edit = removal(path, base, comment)
    bare = base.splice([edit])
    _prove(path, base, bare, edit)
    return WithoutComment(bare, _meant(bare.lines, edit), verify_exact(base, bare, path), path, base, comment)


def _prove(path: str, base: Document, bare: Document, edit: Edit) -> None:
    """Raise Refusal unless the removal leaves all code and every other comment as they were."""
    before, after = comments(path, base.lines), comments(path, bare.lines)
    kept = [one.said for one in before if not edit.start <= one.first <= one.last < edit.stop]
    beside = [one.said for one in after if edit.start <= one.first <= one.last < edit.start + len(edit.lines)]
    others = [one.said for one in after]
    for said in beside:
        others.remove(said)
    if kept != others or _code(path, base.lines) != _code(path, bare.lines):
        raise Refusal(
            Code.VERIFICATION_FAILED,
            f"the comment cannot be taken out of {path} without a change of what stands beside it",
            "give the comment lines of its own",
        )


def _code(path: str, lines: Sequence[str]) -> str:
    """All that is no comment, without white space."""
    texts = list(lines)
    for one in reversed(comments(path, lines)):
        before, after = texts[one.first][: one.start], texts[one.last][one.stop :]
        texts[one.first : one.last + 1] = [before + after, *[""] * (one.last - one.first)]
    return "".join("".join(texts).split())


def _meant(lines: Sequence[str], edit: Edit) -> LineRange | None:
    """The line that the comment was for: the one that it stood on, else the next below it with something on it."""
    if edit.lines:
        return LineRange(edit.start + 1, edit.start + len(edit.lines))
    below = (number for number in range(edit.start, len(lines)) if lines[number].strip())
    above = (number for number in range(edit.start - 1, -1, -1) if lines[number].strip())
    number = next(below, next(above, None))
    return None if number is None else LineRange(number + 1, number + 1)
