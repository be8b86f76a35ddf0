"""What a GitHub token may do, asked without changing anything."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.chat.reading import AnswerError, as_object
from bot.chat_client import DESK_LIMITS, DESK_POLICY, ChatClient, Service
from bot.errors import UsageError

if TYPE_CHECKING:
    from bot.chat.endpoint import Endpoint, Key
    from bot.http import Transport
    from bot.pacing import Timing

DEFAULT_API_URL = "https://api.github.com"
_REPOSITORY = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})/(?!\.{1,2}\Z)[\w.-]{1,100}", re.ASCII)


class Right(enum.Enum):
    """What a token may do with the contents of a repository."""

    WRITE = "write"
    READ = "read"
    UNKNOWN = "unknown"  # the API did not say it of this kind of token


@dataclass(frozen=True, slots=True)
class GitHub:
    """A GitHub API and a token for it."""

    api: Endpoint
    token: Key

    def client(self, transport: Transport, timing: Timing) -> ChatClient:
        return ChatClient(Service("GitHub", self.api, self.token), transport, timing, DESK_LIMITS, DESK_POLICY)


def requests_left(github: GitHub, transport: Transport, timing: Timing) -> int:
    """How many requests the token has left this hour; asking costs none. Raises ServiceError."""
    return github.client(transport, timing).fetch(github.api.under("rate_limit"), _left)


def right_on(repository: str, github: GitHub, transport: Transport, timing: Timing) -> Right:
    """What the token may do with `repository` (owner/name). Raises ServiceError; UsageError for a name that is none."""
    if not _REPOSITORY.fullmatch(repository):
        raise UsageError("GITHUB_REPOSITORY: not the name of a repository (owner/name)")
    return github.client(transport, timing).fetch(github.api.under(f"repos/{repository}"), _right)


def _left(answer: object) -> int:
    match answer:
        case {"resources": {"core": {"remaining": int(left)}}}:
            return int(left)
        case _:
            raise AnswerError("answered in a shape that is not documented: no rate limit")


def _right(answer: object) -> Right:
    match as_object(answer, "the repository").get("permissions"):
        case {"push": True} | {"admin": True} | {"maintain": True}:
            return Right.WRITE
        case {"push": False}:
            return Right.READ
        case _:
            return Right.UNKNOWN
