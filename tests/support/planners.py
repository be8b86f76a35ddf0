"""Planners for tests of the pipeline: they answer what they are given, and remember what they were asked."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from support.trees import MemoryTree

from bot.asks import Part, Plain, Request
from bot.errors import StetbotError
from bot.outcomes import Usage
from bot.pipeline.engines import Local
from bot.pipeline.propose import Proposed, propose
from bot.pipeline.resolve import Resolver
from bot.pipeline.writers import PlannerWriter, Writer
from bot.planning import EditCall, Planned, PlanPrompt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.chat.tally import Tally
    from bot.model import LineRange

USAGE = Usage(1000, 100, 1, 0.01)


@dataclass
class Scripted:
    """A planner with its answers in order: calls, a refusal in words, or an error."""

    answers: list[EditCall | tuple[EditCall, ...] | str | StetbotError]
    prompts: list[PlanPrompt] = field(default_factory=list)
    usage: Usage = USAGE

    def plan(self, prompt: PlanPrompt, tally: Tally | None = None) -> Planned:
        if tally is not None:
            tally.begin()
        self.prompts.append(prompt)
        answer = self.answers.pop(0)
        match answer:
            case StetbotError():
                raise answer
            case str():
                return Planned((), answer, self.usage)
            case EditCall():
                return Planned((answer,), usage=self.usage, request_ids=("r-1",))
            case _:
                return Planned(answer, usage=self.usage)


def edit(path: str, snippet: str) -> EditCall:
    return EditCall(path, "I am making the change.", snippet)


def words(path: str, said: str, lines: LineRange | None = None, among: tuple[str, ...] = ()) -> Request:
    """A request in plain words."""
    part = Part(path, Plain(among), f"notes.md:{len(said)}", said, lines)
    digest = hashlib.sha256(f"{path}{lines}{said}".encode()).hexdigest()
    return Request(path or "pull", digest, 1, (part,), "notes.md:1")


def run(writer: Writer | None, requests: Sequence[Request], files: dict[str, str], *, accept: bool = False) -> Proposed:
    """`requests` on `files`, through the local engine."""
    return propose(requests, MemoryTree(dict(files)), Resolver(Local(), lambda _: accept, writer), map)


def asking(planner: Scripted) -> PlannerWriter:
    return PlannerWriter(planner)
