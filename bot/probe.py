"""What a GitHub token may do, asked without changing anything."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from bot.errors import ServiceError
from bot.github.client import Access, GitHubClient, GitHubError, Trouble
from bot.github.limits import Pace

if TYPE_CHECKING:
    from bot.http import Transport
    from bot.pacing import Timing
    from bot.review.records import RepositoryName

# An Enterprise server says so where its limits are off; a wrong token it does not get that far with.
_UNCOUNTED = "rate limiting is not enabled"


class Right(enum.Enum):
    """What a token may do with the contents of a repository."""

    WRITE = "write"
    READ = "read"
    UNKNOWN = "unknown"  # the API did not say it of this kind of token


def asking(access: Access, transport: Transport, timing: Timing) -> GitHubClient:
    """A client for somebody who looks on: a limit is told at once, and not waited for."""
    return GitHubClient(access, transport, timing, Pace(patience=0.0))


def requests_left(client: GitHubClient) -> int | None:
    """How many requests the token has left this hour, None where nobody counts; asking costs none.

    Raises ServiceError.
    """
    try:
        return client.get("/rate_limit").node.at("resources", "core", "remaining").integer()
    except GitHubError as error:
        if error.trouble is not Trouble.NOT_FOUND:
            raise
        if _UNCOUNTED in error.said.lower():
            return None
        url = client.addresses.rest
        raise ServiceError(
            f"there is no API of GitHub's at {url} (status 404); set GITHUB_API_URL to the server's,"
            " https://HOST/api/v3 for an Enterprise server, or leave it out for github.com"
        ) from error


def right_on(client: GitHubClient, repository: RepositoryName) -> Right:
    """What the token may do with `repository`. Raises ServiceError."""
    try:
        permissions = client.get(f"/repos/{repository}").node.at("permissions")
    except GitHubError as error:
        if error.trouble is not Trouble.NOT_FOUND:
            raise
        raise ServiceError(
            f"there is no repository {repository}, or the token may not see it (status 404);"
            " correct GITHUB_REPOSITORY, or let the token read that repository"
        ) from error
    granted = {name: permissions.at(name) for name in ("push", "maintain", "admin")}
    if any(not may.missing and may.truth() for may in granted.values()):
        return Right.WRITE
    return Right.UNKNOWN if granted["push"].missing else Right.READ
