from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pytest
from support.morph_client import CODE, KEY, MERGED, ORACLE, UPDATE, Slept, client
from support.morph_faults import Fault, faulty
from support.morph_server import MorphServer, completion, dump, http, perfect

from bot.chat.endpoint import Endpoint, Key, PlainHttp
from bot.errors import ServiceError, UsageError
from bot.http import Failure, Http, HttpRequest, TransportError, Waits
from bot.morph import MorphClient, MorphSettings

if TYPE_CHECKING:
    from pathlib import Path

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def test_a_request_shows_neither_its_head_nor_its_body() -> None:
    shown = repr(HttpRequest("POST", "https://x", (("authorization", f"Bearer {KEY}"),), CODE.encode()))
    assert shown == "HttpRequest(method='POST', url='https://x')"


def test_an_illegal_header_is_an_error_that_does_not_quote_it() -> None:
    with MorphServer(perfect(ORACLE)) as server, Http() as transport, pytest.raises(TransportError) as failed:
        transport.send(HttpRequest("POST", server.url, (("authorization", f"{KEY}\n"),)), Waits(5, 5))
    assert failed.value.failure is Failure.PROTOCOL
    assert failed.value.__cause__ is None
    assert failed.value.__context__ is None
    assert KEY not in str(failed.value)


def test_the_environments_proxy_is_used_for_other_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    with MorphServer(perfect(ORACLE)) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        endpoint = Endpoint.parse("http://models.example", "u", PlainHttp.ANYWHERE)
        with MorphClient(MorphSettings(endpoint, Key.parse(KEY, "k"))) as morph:
            assert morph.apply("", CODE, UPDATE).text == MERGED
    assert [request.headers["host"] for request in proxy.requests] == ["models.example"]


def test_no_proxy_stands_between_this_machine_and_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    with MorphServer(perfect(ORACLE)) as server, MorphServer(perfect({})) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        with client(server.url) as morph:
            assert morph.apply("", CODE, UPDATE).text == MERGED
        assert proxy.requests == []


@pytest.mark.parametrize("proxy", ["gopher://me:hunter2@proxy", "socks5://me:hunter2@proxy:1"])
def test_a_proxy_that_cannot_be_used_is_said_without_its_password(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with client("https://models.example", Slept()) as morph, pytest.raises(UsageError, match="HTTPS_PROXY") as failed:
        morph.apply("", CODE, UPDATE)
    assert "hunter2" not in str(failed.value)
    assert failed.value.__context__ is None


@pytest.mark.parametrize("login", ["me:hunt[er2", "me:hunter2]", "me:hunt#er2", "me:hunt/er2?"])
def test_a_proxys_password_may_have_any_sign_and_is_not_told(monkeypatch: pytest.MonkeyPatch, login: str) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    monkeypatch.setenv("HTTPS_PROXY", f"http://{login}@127.0.0.1:{port}")
    with client("https://models.example", Slept()) as morph, pytest.raises((ServiceError, UsageError)) as failed:
        morph.apply("", CODE, UPDATE)
    assert "hunt" not in str(failed.value)


def test_certificates_that_cannot_be_read_are_a_mistake_of_the_settings(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    with client("https://models.example", Slept()) as morph, pytest.raises(UsageError, match="SSL_CERT_FILE"):
        morph.apply("", CODE, UPDATE)


def test_a_compressed_body_is_unpacked_in_pieces_of_bounded_size() -> None:
    """80 MB of spaces come in 80 kB; a limit that is looked at after unpacking would come too late."""
    with MorphServer(faulty(Fault.GZIP_BOMB)) as server, Http() as transport:
        request = HttpRequest(
            "POST",
            f"{server.url}/v1/chat/completions",
            body=b'{"messages":[{"content":"<code></code><update></update>"}]}',
        )
        with transport.send(request, Waits(5, 5)) as response:
            sizes = [len(piece) for piece in response.chunks(1 << 30)]
    assert sum(sizes) == 80 << 20
    assert max(sizes) <= 1 << 18


def test_a_cookie_of_one_answer_is_not_sent_with_the_next_request() -> None:
    with (
        MorphServer(lambda _: http(200, dump(completion(MERGED)), "application/json", ("Set-Cookie", "a=b"))) as server,
        client(server.url) as morph,
    ):
        morph.apply("", CODE, UPDATE)
        morph.apply("", CODE, UPDATE)
    assert [request.headers.get("cookie") for request in server.requests] == [None, None]


def test_https_to_a_server_without_tls_is_a_mistake_of_the_address() -> None:
    with MorphServer(perfect(ORACLE)) as server:
        url = server.url.replace("http:", "https:")
        with client(url, Slept()) as morph, pytest.raises(ServiceError, match=r"speaks no TLS.*http://") as failed:
            morph.apply("", CODE, UPDATE)
    assert "tries" not in str(failed.value)
    assert not failed.value.down


@pytest.mark.parametrize("name", ["xn--a.com", "xn--0.example", "xn--zz--zz.example", "xn--"])
def test_a_host_that_is_no_name_is_said_to_be_that(name: str) -> None:
    with client(f"https://{name}", Slept()) as morph, pytest.raises(ServiceError, match="no name") as failed:
        morph.apply("", CODE, UPDATE)
    assert not failed.value.down
    assert failed.value.__context__ is None


@pytest.mark.parametrize("written", ["http://me:hunter2@127.0.0.1:{port}", "127.0.0.1:{port}"])
def test_a_proxy_that_does_not_answer_is_named_without_its_password(
    monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    monkeypatch.setenv("HTTPS_PROXY", written.format(port=port))
    said = rf"cannot be reached through 127\.0\.0\.1:{port}, the proxy that the environment names \("
    with client("https://models.example", Slept()) as morph, pytest.raises(ServiceError, match=said) as failed:
        morph.apply("", CODE, UPDATE)
    assert failed.value.down
    assert "hunter2" not in str(failed.value)
    # Where it is not used it is not in the way either.
    monkeypatch.setenv("NO_PROXY", "models.example")
    with client("https://models.example", Slept()) as morph, pytest.raises(ServiceError) as failed:
        morph.apply("", CODE, UPDATE)
    assert "proxy" not in str(failed.value)


class _Quiet(BaseHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate of this test")
@pytest.mark.parametrize(
    ("trusted", "said"),
    [
        (False, r"certificate that is not trusted.*SSL_CERT_FILE"),
        (True, r"certificate that is not trusted.*check the host in the base URL"),
    ],
)
def test_a_certificate_that_is_not_trusted_is_final_and_the_remedy_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, trusted: bool, said: str
) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    making = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-days", "2"]
    subprocess.run([*making, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    if trusted:  # but it is another host's
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with HTTPServer(("127.0.0.1", 0), _Quiet) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            with (
                client(f"https://127.0.0.1:{server.server_address[1]}", Slept()) as morph,
                pytest.raises(ServiceError, match=said) as failed,
            ):
                morph.apply("", CODE, UPDATE)
        finally:
            server.shutdown()
            thread.join()
    assert "tries" not in str(failed.value)
    assert not failed.value.down
