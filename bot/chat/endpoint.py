"""Where a chat service is, and the key that it wants: read once, from the user's settings, and validated.

Neither ever comes from a file of the repository that is worked on.
"""

from __future__ import annotations

import enum
import ipaddress
import re
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from bot.errors import UsageError

_VERSION = re.compile(r"v\d+(?:(?:alpha|beta)\d*)?")
_PRINTABLE = re.compile(r"[\x21-\x7e]+")


class PlainHttp(enum.Enum):
    """Where a key may travel without TLS."""

    LOOPBACK_ONLY = "loopback-only"
    ANYWHERE = "anywhere"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The base URL of a service, with no slash at its end: of an OpenAI-compatible one, up to its version (`…/v1`)."""

    base: str
    host: str
    loopback: bool

    @classmethod
    def parse(cls, url: str, place: str, plain_http: PlainHttp = PlainHttp.LOOPBACK_ONLY) -> Endpoint:
        """Read a base URL with or without `/v1`, with or without a slash at its end.

        A path that names a version anywhere (`/v1`, `/api/v1`, `/v1/apply`) is taken as it stands; any other gets
        `/v1`, since some users of the same service write one form and some the other. Raises UsageError naming `place`
        (the setting) and never the URL's user and password.
        """
        exact = cls.exact(url, place, plain_http)
        base = exact.base.removesuffix("/chat/completions")
        if not any(_VERSION.fullmatch(segment) for segment in urlsplit(base).path.split("/")):
            base += "/v1"
        return cls(base, exact.host, exact.loopback)

    @classmethod
    def exact(cls, url: str, place: str, plain_http: PlainHttp = PlainHttp.LOOPBACK_ONLY) -> Endpoint:
        """Read a base URL that is taken as it stands, but for a slash at its end. Raises as `parse` does."""
        parts, host = split_url(url.strip(), place)
        loopback = is_loopback(host)
        if parts.scheme == "http" and not loopback and plain_http is PlainHttp.LOOPBACK_ONLY:
            raise UsageError(f"{place}: http://{host} would send the key and the code unencrypted; use https")
        return cls(f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}", host, loopback)

    @property
    def completions(self) -> str:
        """The URL that takes chat completions."""
        return self.under("chat/completions")

    @property
    def origin(self) -> str:
        """Scheme, host and port alone."""
        parts = urlsplit(self.base)
        return f"{parts.scheme}://{parts.netloc}"

    def under(self, path: str) -> str:
        """The URL of `path` below the base; a slash at its end is a 404 at some services."""
        return f"{self.base}/{path}"


@dataclass(frozen=True, slots=True)
class Key:
    """An API key. It is in no `repr`; `reveal` is called where the request's head is written and nowhere else."""

    _value: str = field(repr=False)

    @classmethod
    def parse(cls, value: str, place: str) -> Key:
        """Read a key; space around it (the newline of a file) is dropped. Raises UsageError naming `place` only."""
        stripped = value.strip()
        if not stripped:
            raise UsageError(f"{place} is empty; set it to the service's API key")
        if not _PRINTABLE.fullmatch(stripped):
            raise UsageError(f"{place} holds a space, a line break or a character that no key has; copy the key again")
        return cls(stripped)

    def reveal(self) -> str:
        return self._value


def split_url(url: str, place: str) -> tuple[SplitResult, str]:
    """A service's URL and its host. Raises UsageError naming `place`, never what may be a password."""
    if not _PRINTABLE.fullmatch(url):
        raise UsageError(f"{place}: not a URL: it is empty or holds a space or a character that must be escaped")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        # The error's own text may quote the URL, and a URL may hold a password.
        raise UsageError(f"{place}: not a URL: its host or port cannot be read") from None
    if parts.scheme not in ("http", "https"):
        raise UsageError(f"{place}: the URL must begin with https://")
    if "@" in parts.netloc:
        raise UsageError(f"{place}: the URL may hold no user or password; the key has a setting of its own")
    if not host:
        raise UsageError(f"{place}: the URL names no host")
    if ":" not in host and any(not 1 <= len(label) <= 63 for label in host.removesuffix(".").split(".")):
        raise UsageError(f"{place}: the URL's host is no name: between its dots stand 1 to 63 characters")
    if "?" in url or "#" in url:
        raise UsageError(f"{place}: the URL may hold no query (?) and no fragment (#)")
    return parts, host


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine, so that nothing leaves it."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
