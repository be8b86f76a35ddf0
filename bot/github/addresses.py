"""Where a GitHub is: github.com, an Enterprise server, or an address of the tests. From the environment alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.chat.endpoint import is_loopback, split_url
from bot.errors import UsageError
from bot.review.records import RepositoryName

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_API = "https://api.github.com"
_PULL_REQUEST = re.compile(r"(?P<server>https?://[^/?#]+)/(?P<repo>[^/?#]+/[^/?#]+)/pull/(?P<number>[1-9][0-9]{0,9})")
_SSH = re.compile(
    r"(?:ssh://)?(?:[^/@\s]+@)?(?P<host>[^/:@\s]+)(?::(?:[0-9]+/)?|/)(?P<repo>[^/\s]+/[^/\s]+?)(?:\.git)?/?"
)


@dataclass(frozen=True, slots=True)
class Addresses:
    """The base URLs of one GitHub, none with a slash at its end: REST, GraphQL, and the server (git, pages)."""

    rest: str
    graphql: str
    server: str

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Addresses:
        """From GITHUB_API_URL, GITHUB_GRAPHQL_URL and GITHUB_SERVER_URL; what is not set follows from the first.

        Raises UsageError naming the variable.
        """
        rest = _url(environ.get("GITHUB_API_URL", "").strip() or DEFAULT_API, "GITHUB_API_URL")
        graphql = environ.get("GITHUB_GRAPHQL_URL", "").strip()
        server = environ.get("GITHUB_SERVER_URL", "").strip()
        return cls(
            rest,
            _url(graphql, "GITHUB_GRAPHQL_URL") if graphql else f"{rest.removesuffix('/v3')}/graphql",
            _url(server, "GITHUB_SERVER_URL") if server else _server_of(rest),
        )

    @property
    def host(self) -> str:
        return urlsplit(self.server).netloc

    @property
    def noreply(self) -> str:
        """The domain of the mail addresses that GitHub gives to its accounts."""
        return f"users.noreply.{urlsplit(self.server).hostname}"

    def git(self, repo: RepositoryName) -> str:
        """The URL that git fetches from and pushes to."""
        return f"{self.server}/{repo}.git"

    def repository_of(self, remote: str) -> RepositoryName | None:
        """The repository that a remote's URL names, if it is one of this GitHub."""
        if remote.lower().startswith(("http://", "https://")):
            parts = urlsplit(remote)
            host, path = parts.netloc.rpartition("@")[2], parts.path.strip("/").removesuffix(".git")
        else:
            found = _SSH.fullmatch(remote)
            if found is None:
                return None
            host, path = found["host"], found["repo"]
        if host.lower() != self.host.lower():
            return None
        return RepositoryName.parse(path)

    def pull_request(self, text: str, repo: RepositoryName | None) -> tuple[RepositoryName, int]:
        """The pull request that a person calls `text`: its number in `repo`, or its address. Raises UsageError."""
        if text.isascii() and text.isdecimal() and 0 < int(text) < 10**10:
            if repo is None:
                raise UsageError(f"--pr {text}: of which repository? give --repo owner/name, or the pull request's URL")
            return repo, int(text)
        found = _PULL_REQUEST.match(text)
        if found is None or found["server"].lower() != self.server.lower():
            raise UsageError(f"--pr: {text[:120]!r} is no number, and no pull request's URL at {self.server}")
        name = RepositoryName.parse(found["repo"])
        if name is None:
            raise UsageError(f"--pr: {found['repo'][:120]!r} is no repository's name")
        return name, int(found["number"])


def _url(url: str, place: str) -> str:
    parts, host = split_url(url, place)
    if parts.scheme == "http" and not is_loopback(host):
        raise UsageError(f"{place}: http://{host} would send the token unencrypted; use https")
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def _server_of(rest: str) -> str:
    parts = urlsplit(rest)
    return f"{parts.scheme}://{parts.netloc.removeprefix('api.')}"
