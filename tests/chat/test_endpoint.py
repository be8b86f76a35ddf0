from __future__ import annotations

import pytest

from bot.chat.endpoint import Endpoint, Key, PlainHttp
from bot.errors import UsageError


@pytest.mark.parametrize(
    ("url", "completions"),
    [
        ("https://api.morphllm.com", "https://api.morphllm.com/v1/chat/completions"),
        ("https://api.morphllm.com/", "https://api.morphllm.com/v1/chat/completions"),
        ("https://api.morphllm.com/v1", "https://api.morphllm.com/v1/chat/completions"),
        ("https://api.morphllm.com/v1/", "https://api.morphllm.com/v1/chat/completions"),
        ("https://api.morphllm.com/v1/chat/completions", "https://api.morphllm.com/v1/chat/completions"),
        (" https://api.morphllm.com/v1\n", "https://api.morphllm.com/v1/chat/completions"),
        ("https://api.mor.org/api/v1", "https://api.mor.org/api/v1/chat/completions"),
        ("https://openrouter.ai/api", "https://openrouter.ai/api/v1/chat/completions"),
        ("https://x.example/v1/apply", "https://x.example/v1/apply/chat/completions"),
        ("https://x.example/v1beta2", "https://x.example/v1beta2/chat/completions"),
        ("http://localhost:8000", "http://localhost:8000/v1/chat/completions"),
        ("http://127.0.0.9:1/v1", "http://127.0.0.9:1/v1/chat/completions"),
        ("http://[::1]:80", "http://[::1]:80/v1/chat/completions"),
    ],
)
def test_a_base_url_is_taken_in_the_forms_that_people_write(url: str, completions: str) -> None:
    assert Endpoint.parse(url, "MORPH_API_URL").completions == completions


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "empty"),
        ("https://a b", "space"),
        ("https://a\n.b", "space"),
        ("api.morphllm.com", "https://"),
        ("ftp://api.morphllm.com", "https://"),
        ("file:///etc/passwd", "https://"),
        ("https://", "no host"),
        ("https://:443/v1", "no host"),
        ("https://a..example", "host is no name"),
        (f"https://{'a' * 64}.example", "host is no name"),
        ("https://host:99999", "port"),
        ("https://[::1", "port"),
        ("https://host/v1?key=1", "query"),
        ("https://host/v1?", "query"),
        ("https://host/v1#x", "fragment"),
        ("https://user:hunter2@host", "password"),
        ("http://api.morphllm.com", "unencrypted"),
        ("http://127.0.0.1.example.com", "unencrypted"),
        ("http://10.0.0.1", "unencrypted"),
    ],
)
def test_a_base_url_that_would_mislead_is_refused_and_the_setting_named(url: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as refused:
        Endpoint.parse(url, "MORPH_API_URL")
    assert str(refused.value).startswith("MORPH_API_URL: ")
    assert "hunter2" not in str(refused.value)


def test_plain_http_to_another_machine_needs_the_users_word() -> None:
    endpoint = Endpoint.parse("http://models.lan:8000", "url", PlainHttp.ANYWHERE)
    assert (endpoint.completions, endpoint.loopback) == ("http://models.lan:8000/v1/chat/completions", False)


def test_a_key_loses_the_newline_of_its_file_and_shows_itself_nowhere() -> None:
    key = Key.parse(" sk-sentinel\n", "MORPH_API_KEY")
    assert key.reveal() == "sk-sentinel"
    assert "sentinel" not in f"{key} {key!r}"


@pytest.mark.parametrize("value", ["", " \n", "sk-a b", "sk-a\r\nx-evil: 1", "sk-é", "sk-\x7f"])
def test_what_is_no_key_is_refused_without_being_shown(value: str) -> None:
    with pytest.raises(UsageError, match=r"^MORPH_API_KEY") as refused:
        Key.parse(value, "MORPH_API_KEY")
    assert "sk-" not in str(refused.value)


def test_an_address_that_is_taken_as_it_stands_gets_no_version() -> None:
    endpoint = Endpoint.exact("https://git.example/api/v3/", "GITHUB_API_URL")
    assert endpoint.base == "https://git.example/api/v3"
    assert endpoint.under("rate_limit") == "https://git.example/api/v3/rate_limit"
    assert Endpoint.exact("https://git.example", "x").base == "https://git.example"
    with pytest.raises(UsageError, match="GITHUB_API_URL"):
        Endpoint.exact("http://git.example", "GITHUB_API_URL")


def test_what_stands_beside_the_api_is_found_at_its_origin() -> None:
    assert Endpoint.parse("https://api.example:8443/api/v1/", "x").origin == "https://api.example:8443"
