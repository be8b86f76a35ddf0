"""The records that the floors hand to each other. Words: request, part, ask, edit, operation, verdict, outcome.

Line numbers of a `LineRange` are 1-based and inclusive, as people write them; an `Edit` has a half-open, 0-based span
of the *base* lines. Lines carry no endings: those belong to `bot.text.Document`.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.errors import Code


class Verdict(enum.StrEnum):
    """What the proof of a merge came to."""

    VERIFIED = "verified"
    UNPROVEN = "unproven"
    REFUSED = "refused"


class EngineName(enum.StrEnum):
    """What made an edit: `exact` for the formats that name their place, else the merge engine."""

    EXACT = "exact"
    LOCAL = "local"
    MORPH = "morph"


@dataclass(frozen=True, slots=True)
class LineRange:
    """Lines `first` to `last` of a file, 1-based, both included."""

    first: int
    last: int

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"


@dataclass(frozen=True, slots=True)
class Hints:
    """What a request says beside its snippet: the lines that it points at, and its sentence."""

    lines: LineRange | None = None
    instruction: str = ""


# --- what is asked ---


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
    carries `refusal`: the code and the sentence; it has no part that could be applied then.
    """

    key: str
    digest: str
    ordinal: int
    parts: tuple[Part, ...]
    place: str
    author: Author | None = None
    refusal: tuple[Code, str] | None = None

    @property
    def id(self) -> str:
        """`<key>@<12 hex digits>`, with `.<ordinal>` for the second and later of equals: what `--accept` takes."""
        return f"{self.key}@{self.digest[:12]}" + (f".{self.ordinal}" if self.ordinal > 1 else "")


@dataclass(frozen=True, slots=True)
class Batch:
    """All requests of a run, in order, and the commit message that their files ask for (subject "" if none does)."""

    requests: tuple[Request, ...]
    subject: str = ""
    body: str = ""


# --- what comes of it ---


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the base lines `start:stop` (0-based, half-open) by `lines`; an empty span inserts before `start`."""

    start: int
    stop: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Doubt:
    """One reason not to trust a merge. `rule` is its short name (stable), `message` a sentence that names lines."""

    rule: str
    message: str


@dataclass(frozen=True, slots=True)
class Merged:
    """A merge of a snippet into base lines: the new lines, and what the proof came to.

    `method` names the tier that placed the snippet; `rivals` are other readings (their lines) that fit too.
    """

    lines: tuple[str, ...]
    verdict: Verdict
    doubts: tuple[Doubt, ...] = ()
    method: str = ""
    rivals: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """What verify says of a merge that anybody made."""

    verdict: Verdict
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """Edits of one file's text, sorted and disjoint; `final_newline` None keeps what the base has.

    `stands_on` is the digest of the document that the edits are anchored to.
    """

    path: str
    edits: tuple[Edit, ...]
    final_newline: bool | None = None
    stands_on: str = ""


@dataclass(frozen=True, slots=True)
class Create:
    """A new file. `text` has "\n" endings; attributes may change them when it is written."""

    path: str
    text: str
    executable: bool = False


@dataclass(frozen=True, slots=True)
class Delete:
    """A file goes."""

    path: str


@dataclass(frozen=True, slots=True)
class Rename:
    """A file moves; edits of its text are a `Change` of the old path beside this."""

    path: str
    to: str


@dataclass(frozen=True, slots=True)
class SetMode:
    """The executable bit of a file changes."""

    path: str
    executable: bool


Operation = Change | Create | Delete | Rename | SetMode


@dataclass(frozen=True, slots=True)
class Usage:
    """What a remote answer cost: tokens in and out, tries, money in US dollars where prices are known."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    requests: int = 0
    dollars: float | None = None


@dataclass(frozen=True, slots=True)
class Rival:
    """Another reading of what was asked of the file at `path`: all its lines."""

    path: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """The snippet that a planner wrote for the file at `path`, its sentence, and the service's names of its answers."""

    path: str
    snippet: str
    instruction: str = ""
    request_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a request wants to do to the base, proven or not, before it meets the other requests."""

    operations: tuple[Operation, ...]
    verdict: Verdict
    engine: EngineName
    doubts: tuple[Doubt, ...] = ()
    rivals: tuple[Rival, ...] = ()
    usage: Usage = field(default_factory=Usage)
    notes: tuple[str, ...] = ()
    written: tuple[Written, ...] = ()


@dataclass(frozen=True, slots=True)
class Applied:
    """The request stands in the proposal, as `candidate` says."""

    request: Request
    candidate: Candidate


@dataclass(frozen=True, slots=True)
class Unchanged:
    """Nothing to do: what was asked for stands already (`already-applied`)."""

    request: Request
    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The request was not applied. `candidate` is what it would have done, where that can be shown (UNPROVEN)."""

    request: Request
    code: Code
    reason: str
    remedy: str = ""
    candidate: Candidate | None = None


Outcome = Applied | Unchanged | Refused
