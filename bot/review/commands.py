"""The commands of a comment: a closed grammar, so that no comment can smuggle an option.

A command is the whole first line of a comment that says anything (quotes and HTML comments say nothing), and begins
with `/stetbot`. Whatever is not in the grammar is `Unknown` and answered with the grammar; it never does anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.report import one_line

TRIGGER = "/stetbot"
GRAMMAR = (
    ("apply", "apply every open thread of people who may write here"),
    ("apply <thread URL>", "apply that thread alone"),
    ("apply <comment URL>", "do what that comment in the conversation asks, in one file of the pull request"),
    ("apply @<commit>", "apply, if the head still is this commit (all 40 digits)"),
    ("apply #<hash>", "land the unproven edit that a reply of mine shows under this hash (12 digits)"),
    ("diff", "show what apply would do, and change nothing"),
    ("retry", "try again what a service or a limit kept from being applied"),
    ("help", "show this list"),
)
_LONGEST = 400
_HTML_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_PULL = r"https?://[A-Za-z0-9.:-]{1,255}/(?P<repository>[\w.-]+/[\w.-]+)/pull/(?P<number>\d{1,10})"
_TALK = re.compile(rf"{_PULL}#issuecomment-(?P<comment>\d{{1,19}})\Z", re.ASCII)
_THREAD = re.compile(
    rf"{_PULL}"
    r"(?:/(?:files|changes)(?:/[0-9a-f.]{1,82})?)?#(?:discussion_)?r(?P<comment>\d{1,19})\Z",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Apply:
    """Apply every open thread; inside a thread, that thread. `head`: only while the head is this commit."""

    head: str | None = None


@dataclass(frozen=True, slots=True)
class ApplyThread:
    """Apply the thread that the comment with this id stands in. `repository` and `number` are those of its URL."""

    repository: str
    number: int
    comment: int


@dataclass(frozen=True, slots=True)
class ApplyTalk:
    """Do what the comment with this id, on the pull request as a whole, asks. `repository` and `number` as above."""

    repository: str
    number: int
    comment: int


@dataclass(frozen=True, slots=True)
class ApplyOffer:
    """Land the edit that a reply of the bot offers under this short hash."""

    short: str


@dataclass(frozen=True, slots=True)
class ShowDiff:
    """Say what would be applied."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Try again what passing failures kept back."""


@dataclass(frozen=True, slots=True)
class Help:
    """Say what the commands are."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A line that begins like a command and is none; `said` is that line, fit to be quoted."""

    said: str


Command = Apply | ApplyThread | ApplyTalk | ApplyOffer | ShowDiff | Retry | Help | Unknown
_BARE: dict[str, Command] = {"apply": Apply(), "diff": ShowDiff(), "retry": Retry(), "help": Help()}


def read_command(body: str) -> Command | None:
    """The command that a comment gives; None if it gives none."""
    line = _first_line(body)
    words = line.split()
    # `split` takes every kind of blank; the grammar knows the space alone.
    if not words or words[0] != TRIGGER or not line.startswith(TRIGGER):
        return None
    if len(line) > _LONGEST or line != " ".join(words):
        return Unknown(one_line(line[:_LONGEST]))
    return _parsed(words[1:]) or Unknown(one_line(line))


def _first_line(body: str) -> str:
    text = _HTML_COMMENT.sub("", body.replace("\r\n", "\n"))
    lines = (line.rstrip(" \t") for line in text.split("\n"))
    return next((line for line in lines if line), "")


def _parsed(words: list[str]) -> Command | None:
    match words:
        case ["apply", target]:
            return _apply(target)
        case [word]:
            return _BARE.get(word)
        case _:
            return None


def _apply(target: str) -> Command | None:
    if re.fullmatch(r"@[0-9a-f]{40}", target):
        return Apply(target[1:])
    if re.fullmatch(r"#[0-9a-f]{12}", target):
        return ApplyOffer(target[1:])
    found = _THREAD.match(target)
    if found is not None:
        return ApplyThread(found["repository"], int(found["number"]), int(found["comment"]))
    return talk_at(target)


def talk_at(address: str) -> ApplyTalk | None:
    """The comment on a pull request as a whole that `address` is of; None if it is of none."""
    found = _TALK.match(address)
    return None if found is None else ApplyTalk(found["repository"], int(found["number"]), int(found["comment"]))
