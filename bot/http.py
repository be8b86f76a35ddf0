"""HTTP: the only module that knows httpx. It sends a request and gives the answer's bytes as they come.

Rules that callers may stand on: no redirect is followed; a connection serves one request, so that bytes which a server
wrote too many are never taken for the next answer; nothing is decompressed beyond the limit; time-outs bound each
silence (a total is the caller's, see `bot.parallel.within`); cookies are not kept; no exception of httpx, which holds
the request's head and so the key, is chained to one of ours.
"""

from __future__ import annotations

import enum
import re
import threading
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, Self
from urllib.parse import urlsplit

from bot.chat.scrub import foreign
from bot.errors import ServiceError, UsageError

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable, Iterator, Mapping
    from http.cookiejar import CookieJar

    import httpx

_PIECE = 1 << 18
_HOST_AND_PORT = re.compile(r"(?:\A(?:[a-z0-9]+://)?|@)((?:[\w.-]+|\[[0-9a-fA-F:.]+\])(?::\d+)?)/*\Z")
# What OpenSSL says where the first bytes of an answer are no TLS: mostly they are HTTP.
_NO_TLS = re.compile(r"WRONG_VERSION_NUMBER|RECORD_LAYER_FAILURE|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST")


class Failure(enum.Enum):
    """What the network did instead of answering."""

    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    CUT = "cut"
    PROTOCOL = "protocol"
    TOO_LARGE = "too-large"
    ENCODING = "encoding"

    @property
    def passing(self) -> bool:
        """Whether it may be over when one asks again: the service, or the way to it, is down."""
        return self in (Failure.CONNECT, Failure.TIMEOUT, Failure.CUT)


class TransportError(ServiceError):
    """No answer came. `happened` is the sentence without its subject, the host."""

    def __init__(self, failure: Failure, host: str, happened: str) -> None:
        super().__init__(f"{host} {happened}", down=failure.passing)
        self.failure = failure
        self.happened = happened


class Proxies(enum.Enum):
    """Whether the environment's proxies (`HTTPS_PROXY`, `NO_PROXY`, …) are used: they are the user's own word."""

    ENVIRONMENT = "environment"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request. Head and body are in no `repr`: the one holds a key, the other somebody's code."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Waits:
    """Seconds: to connect (or to get through TLS), and of silence after that."""

    connect: float
    idle: float


class HttpResponse(Protocol):
    """An answer whose head has come; a context manager that lets go of the connection. Header names are lower-case."""

    @property
    def status(self) -> int: ...

    @property
    def headers(self) -> Mapping[str, str]: ...

    def chunks(self, limit: int) -> Iterator[bytes]:
        """The decoded body as it comes. Raises TransportError, also where it grows past `limit` bytes."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *exception: object) -> None: ...


class Transport(Protocol):
    """What sends requests; safe to use from many threads at once."""

    def send(self, request: HttpRequest, waits: Waits) -> HttpResponse:
        """Send and wait for the head. Raises TransportError."""
        ...

    def close(self) -> None: ...


class Http:
    """The transport that is httpx. Each request in flight has a client of its own; they share one TLS context.

    A pool shared by threads burns processor time past a hundred requests in flight and may drop some
    (https://github.com/encode/httpcore/discussions/1035).
    """

    def __init__(self, proxies: Proxies = Proxies.ENVIRONMENT) -> None:
        self._proxies = proxies
        self._lock = threading.Lock()
        self._unused: list[httpx.Client] = []
        self._context: ssl.SSLContext | None = None
        self._closed = False

    def send(self, request: HttpRequest, waits: Waits) -> HttpResponse:
        import httpx

        client = self._take()
        host = urlsplit(request.url).hostname or ""
        try:
            built = client.build_request(
                request.method,
                request.url,
                headers=request.headers,
                content=request.body,
                timeout=httpx.Timeout(waits.idle, connect=waits.connect),
            )
            response = client.send(built, stream=True)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            way = _proxy_for(request.url) if self._proxies is Proxies.ENVIRONMENT else ""
            failed = _translated(error, host, waits, way)
        except BaseException:
            client.close()
            raise
        else:
            return _Response(self, client, response, host, waits)
        self._give(client)
        # Outside the except clause: no context, so nothing of httpx can be printed with it.
        raise failed

    def close(self) -> None:
        """Close every client; one that is in use is closed by its user, since to close it here would be a race."""
        with self._lock:
            self._closed = True
            unused, self._unused = self._unused, []
        for client in unused:
            client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _take(self) -> httpx.Client:
        import httpx

        with self._lock:
            if self._closed:
                raise RuntimeError("the transport is closed")
            if self._unused:
                return self._unused.pop()
            if self._context is None:
                try:
                    self._context = httpx.create_ssl_context()
                except OSError as error:
                    happened = foreign(str(error), ())
                    raise UsageError(f"the certificates of SSL_CERT_FILE cannot be read ({happened})") from error
            context = self._context
        try:
            return httpx.Client(
                verify=context,
                trust_env=self._proxies is Proxies.ENVIRONMENT,
                follow_redirects=False,
                limits=httpx.Limits(max_connections=1, max_keepalive_connections=0),
                cookies=_no_cookies(),
            )
        except (ValueError, ImportError, httpx.InvalidURL):
            unusable = "the proxy that the environment names (HTTPS_PROXY, HTTP_PROXY or ALL_PROXY) cannot be used"
        # The error's own text quotes the proxy's URL, which may hold a password.
        raise UsageError(f"{unusable}; it must be an http:// or https:// URL")

    def _give(self, client: httpx.Client) -> None:
        with self._lock:
            if not self._closed:
                self._unused.append(client)
                return
        client.close()


class _Response:
    def __init__(self, owner: Http, client: httpx.Client, response: httpx.Response, host: str, waits: Waits) -> None:
        self._owner = owner
        self._host = host
        self._client = client
        self._response = response
        self._waits = waits
        self.status = response.status_code
        self.headers: Mapping[str, str] = dict(response.headers)

    def chunks(self, limit: int) -> Iterator[bytes]:
        host, size = self._host, 0
        for piece in _decoded(self._raw(host), self.headers.get("content-encoding", ""), host):
            size += len(piece)
            if size > limit:
                raise TransportError(Failure.TOO_LARGE, host, f"answered with more than {limit:,} bytes")
            yield piece

    def _raw(self, host: str) -> Iterator[bytes]:
        import httpx

        chunks = self._response.iter_raw()
        while True:
            try:
                chunk = next(chunks, None)
            except httpx.HTTPError as error:
                failed = _translated(error, host, self._waits)
            else:
                if chunk is None:
                    return
                yield chunk
                continue
            raise failed

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._response.close()
        self._owner._give(self._client)  # noqa: SLF001 - the other half of this module's one mechanism


def _decoded(chunks: Iterable[bytes], encoding: str, host: str) -> Iterator[bytes]:
    """`chunks` without their content encoding, in pieces of bounded size: a small body may stand for gigabytes."""
    match encoding.strip().lower():
        case "" | "identity":
            yield from chunks
            return
        case "gzip" | "x-gzip":
            inflater = zlib.decompressobj(wbits=31)
        case "deflate":
            inflater = zlib.decompressobj()
        case other:
            happened = f"answered in an encoding that was not asked for ({foreign(other, (), 40)})"
            raise TransportError(Failure.ENCODING, host, happened)
    for chunk in chunks:
        pending = chunk
        full = True
        while pending or full:
            try:
                piece = inflater.decompress(pending, _PIECE)
            except zlib.error:
                raise _broken(host, encoding) from None
            if inflater.unused_data:
                raise _broken(host, encoding)
            pending, full = inflater.unconsumed_tail, len(piece) == _PIECE
            yield piece
    if not inflater.eof:
        raise TransportError(Failure.CUT, host, "broke its answer off in the middle (compression not ended)")


def _proxy_for(url: str) -> str:
    """Host and port of the proxy through which the environment has `url` asked; "" for none."""
    from urllib.request import getproxies, proxy_bypass

    parts, proxies = urlsplit(url), getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all") or ""
    if not proxy or proxy_bypass(parts.hostname or ""):
        return ""
    # Without what stands before the "@", which may be a password, and may have any sign in it.
    found = _HOST_AND_PORT.search(proxy.strip())
    return found[1] if found else ""


def _translated(error: Exception, host: str, waits: Waits, proxy: str = "") -> TransportError:
    """The most specific of our failures for an error of httpx, on the way through `proxy` ("" for none)."""
    import httpx

    said = foreign(str(error), ())
    told = f" ({said})" if said else ""
    through = f" through {foreign(proxy, (), 80)}, the proxy that the environment names" if proxy else ""
    match error:
        case httpx.ConnectTimeout():
            failure, happened = Failure.TIMEOUT, f"could not be reached within {waits.connect:.3g} s{through}"
        case httpx.TimeoutException():
            failure, happened = Failure.TIMEOUT, f"was silent for {waits.idle:.3g} s"
        case httpx.ConnectError() if "CERTIFICATE_VERIFY_FAILED" in said:
            failure = Failure.TLS
            happened = f"shows a certificate that is not trusted{told}; {_about_certificate(said)}"
        case httpx.ConnectError() if _NO_TLS.search(said):
            failure, where = Failure.TLS, "the proxy's URL and the base URL" if proxy else "the base URL"
            happened = f"speaks no TLS there{told}; check whether {where} should begin with http://, and the port"
        case httpx.ConnectError() if "[SSL" in said:
            failure, happened = Failure.CONNECT, f"cannot be reached{told}"
        case httpx.ConnectError() | httpx.ProxyError():
            failure, happened = Failure.CONNECT, f"cannot be reached{through}{told}"
        case UnicodeError():
            failure, happened = Failure.PROTOCOL, "could not be asked: the URL's host is no name; check the base URL"
        case httpx.RemoteProtocolError() | httpx.NetworkError():
            failure, happened = Failure.CUT, f"broke the connection off before its answer was whole{told}"
        case _:
            # httpx quotes an illegal header's value, and the header may be the key.
            failure, happened = Failure.PROTOCOL, "could not be asked: the request is not valid HTTP"
    return TransportError(failure, host, happened)


def _about_certificate(said: str) -> str:
    if "mismatch" in said:
        return "check the host in the base URL"
    if "expired" in said or "not yet valid" in said:
        return "check this machine's clock; else only its owner can mend that"
    return "set SSL_CERT_FILE if it is your own"


def _broken(host: str, encoding: str) -> TransportError:
    return TransportError(Failure.ENCODING, host, f"answered with broken compression ({encoding})")


def _no_cookies() -> CookieJar:
    from http import cookiejar

    return cookiejar.CookieJar(cookiejar.DefaultCookiePolicy(allowed_domains=()))
