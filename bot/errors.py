"""The errors of stetbot, told apart by who must act.

    StetbotError
      UsageError            the person who called: wrong option, wrong setting (exit 2)
        InstructionError    the author of an instruction file that does not parse (exit 2)
      RepositoryError       the person who keeps the repository: what git said no to
      ServiceError          nobody here: a remote service is down, slow or refuses
      Refusal               the author of one request: it cannot be applied, and why

Anything else that is raised is a bug of ours (exit 3). Pure code raises; the pipeline turns a `Refusal` or a
`ServiceError` into an outcome, the doors turn the others into a line and an exit code.
"""

import enum


class Exit(enum.IntEnum):
    """Exit codes, public API: the table in README.md is tested against this."""

    DONE = 0
    NOT_APPLIED = 1
    USAGE = 2
    BUG = 3
    INTERRUPTED = 130


class Code(enum.StrEnum):
    """Why a request was not applied. The values are public API: users grep for them."""

    OUTDATED = "outdated"
    LEFT_SIDE = "left-side"
    FILE_LEVEL = "file-level"
    RESOLVED = "resolved"
    OVERLAPPING = "overlapping"
    NO_CHANGE = "no-change"
    ALREADY_APPLIED = "already-applied"
    AMBIGUOUS = "ambiguous"
    CONTRADICTS = "contradicts"
    NO_ANCHOR = "no-anchor"
    UNKNOWN_PATH = "unknown-path"
    DENIED_PATH = "denied-path"
    SYMLINK = "symlink"
    SUBMODULE = "submodule"
    FILTERED = "filtered"
    BINARY = "binary"
    TOO_LARGE = "too-large"
    NOT_UTF8 = "not-utf8"
    NO_PERMISSION = "no-permission"
    BOT_AUTHOR = "bot-author"
    EDITED_AFTER_TRIGGER = "edited-after-trigger"
    HEAD_MOVED = "head-moved"
    PR_CLOSED = "pr-closed"
    PENDING_REVIEW = "pending-review"
    NO_PLANNER = "no-planner"
    SECRET = "secret"  # noqa: S105 - a refusal code, not a password
    BIDI = "bidi"
    DELIMITER = "delimiter"
    WRONG_FILE = "wrong-file"
    SERVICE_ERROR = "service-error"
    CANNOT_PUSH = "cannot-push"
    BUDGET = "budget"
    RATE_LIMITED = "rate-limited"
    CANCELLED = "cancelled"
    UNPROVEN = "unproven"
    VERIFICATION_FAILED = "verification-failed"


class StetbotError(Exception):
    """An expected failure: it reaches the user as one clear line, never as a traceback."""


class UsageError(StetbotError):
    """The call or the configuration is wrong; nothing was done."""


class InstructionError(UsageError):
    """An instruction file does not parse; nothing was done.

    `place` is `file:line` (1-based), or the file alone; `remedy` says what to do.
    """

    def __init__(self, place: str, problem: str, remedy: str) -> None:
        super().__init__(f"{place}: {problem}; {remedy}")
        self.place = place
        self.problem = problem
        self.remedy = remedy


class RepositoryError(StetbotError):
    """Git, or the file system under it, did not do what was asked; the message says what to do."""


class ServiceError(StetbotError):
    """A remote service gave no usable answer. `code` is the refusal code that reports show, `status` HTTP's, if any.

    `silent`: it was waited for to the end.
    """

    def __init__(
        self,
        problem: str,
        code: Code = Code.SERVICE_ERROR,
        *,
        down: bool = False,
        status: int | None = None,
        silent: bool = False,
    ) -> None:
        super().__init__(problem)
        self.problem = problem
        self.code = code
        self.down = down
        self.status = status
        self.silent = silent


class Refusal(StetbotError):
    """One request cannot be applied: its code, the reason with the place named, and what would help."""

    def __init__(self, code: Code, reason: str, remedy: str = "") -> None:
        super().__init__(f"{code}: {reason}" + (f"; {remedy}" if remedy else ""))
        self.code = code
        self.reason = reason
        self.remedy = remedy
