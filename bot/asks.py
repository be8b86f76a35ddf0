"""What is asked: the forms that an ask can have, of which file it is asked, by whom. Words: request, part, ask."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.model import Hints

if TYPE_CHECKING:
    from bot.errors import Code
    from bot.model import LineRange


@dataclass(frozen=True, slots=True)
class Snippet:
    """A lazy update snippet: changed code, and markers for what stays."""

    text: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """GitHub's `suggestion`: these lines replace the lines that the part names; none deletes them."""

    lines: tuple[str, ...]


class BlockFormat(enum.StrEnum):
    """The formats that show the old lines beside the new ones."""

    DIFF = "diff"
    SEARCH_REPLACE = "search-replace"
    PATCH = "patch"


@dataclass(frozen=True, slots=True)
class Block:
    """Replace `old` (a run of lines of the base, context included) by `new`.

    `near` is the 1-based line where `old` was said to start, if the format says so (a hint, never a proof). `scopes`
    are lines that stand above it, outermost first (the `@@` lines of a V4A patch). `at_end`: `old` must be the end of
    the file. `final_newline` is said only by a unified diff.
    """

    old: tuple[str, ...]
    new: tuple[str, ...]
    near: int | None = None
    scopes: tuple[str, ...] = ()
    at_end: bool = False
    final_newline: bool | None = None


@dataclass(frozen=True, slots=True)
class Blocks:
    """A unified diff, SEARCH/REPLACE blocks or a V4A patch of one file, as one list of blocks in file order."""

    format: BlockFormat
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Whole:
    """The whole new text of a file that exists."""

    text: str


@dataclass(frozen=True, slots=True)
class NewFile:
    """The text of a file that must not exist yet."""

    text: str
    executable: bool = False


@dataclass(frozen=True, slots=True)
class DeleteFile:
    """The file goes. `was` is the text that the request shows it with, if it does: another text there is refused."""

    was: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class RenameFile:
    """The file moves to `to`; `then` is what changes in it on the way, if anything does."""

    to: str
    then: Ask | None = None


@dataclass(frozen=True, slots=True)
class ChangeMode:
    """The file becomes executable, or stops being so; `then` is what changes in its text, if anything does."""

    executable: bool
    then: Ask | None = None


@dataclass(frozen=True, slots=True)
class InlineComment:
    """The comment in the file itself that a request was written as. It goes when the request is applied, and only then.

    `said` is its text, line by line, without signs; `ordinal` its place (from 1) among the file's requests that say the
    same; `word` is what such comments end in.
    """

    said: tuple[str, ...]
    ordinal: int
    word: str


@dataclass(frozen=True, slots=True)
class Plain:
    """Words only: a planner has to write the snippet.

    `among` are the files that may be meant where the request names none (its part's path is "" then): those of the
    change set that it speaks of. `comment`: the words stand in the file itself, as a comment.
    """

    among: tuple[str, ...] = ()
    comment: InlineComment | None = None


Ask = Snippet | Suggestion | Blocks | Whole | NewFile | DeleteFile | RenameFile | ChangeMode | Plain


@dataclass(frozen=True, slots=True)
class Part:
    """What a request asks of one file. `place` is where that is written (`file:line` or a URL), for messages."""

    path: str
    ask: Ask
    place: str
    instruction: str = ""
    lines: LineRange | None = None
    original: OriginalLines | None = None

    @property
    def hints(self) -> Hints:
        return Hints(self.lines, self.instruction)


@dataclass(frozen=True, slots=True)
class OriginalLines:
    """The text that a review comment was written against: the lines at and around its range.

    `above` and `below` are the context lines next to the range (nearest last in `above`, nearest first in `below`),
    `inside` the lines of the range; `commit` the commit that they stood in. They are from the comment's diff hunk, or
    (`whole`) all of the file as that commit has it.
    """

    commit: str
    inside: tuple[str, ...]
    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    whole: bool = False

    @property
    def text(self) -> tuple[str, ...]:
        """All lines that are known, in their order."""
        return (*self.above, *self.inside, *self.below)


@dataclass(frozen=True, slots=True)
class Author:
    """Who asked, for the `Co-authored-by` trailer; both are validated: no line break, no angle bracket."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Request:
    """One thing that one person asked for. It lands whole or not at all, also over several files.

    `key` is the path or thread that it belongs to, `digest` the SHA-256 (hex) of its normalised body, `ordinal` its
    place (from 1) among requests equal in both. A request that its reader must refuse (a left-side comment, say)
    carries `refusal`, the code and the sentence, and perhaps `remedy`; it has no part that could be applied then.
    """

    key: str
    digest: str
    ordinal: int
    parts: tuple[Part, ...]
    place: str
    author: Author | None = None
    refusal: tuple[Code, str] | None = None
    remedy: str = ""

    @property
    def id(self) -> str:
        """`<key>@<12 hex digits>`, with `.<ordinal>` for the second and later of equals: what `--accept` takes."""
        return f"{self.key}@{self.digest[:12]}" + (f".{self.ordinal}" if self.ordinal > 1 else "")

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths that it names: those of its parts, and those that files move to."""
        named = ((part.path, part.ask.to) if isinstance(part.ask, RenameFile) else (part.path,) for part in self.parts)
        return tuple(path for paths in named for path in paths)


@dataclass(frozen=True, slots=True)
class Batch:
    """All requests of a run, in order, and the commit message that their files ask for (subject "" if none does)."""

    requests: tuple[Request, ...]
    subject: str = ""
    body: str = ""
