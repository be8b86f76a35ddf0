"""The grammar of commands: closed, so that whatever is not in it does nothing but be answered."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.review.commands import (
    GRAMMAR,
    Apply,
    ApplyOffer,
    ApplyTalk,
    ApplyThread,
    Command,
    Help,
    Retry,
    ShowDiff,
    Unknown,
    read_command,
)

SHA = "0123456789abcdef0123456789abcdef01234567"
THREAD = "https://github.com/octo/shop/pull/7#discussion_r1234567"
TALK = "https://github.com/octo/shop/pull/7#issuecomment-1234567"


@pytest.mark.parametrize(
    ("body", "command"),
    [
        ("/stetbot apply", Apply()),
        ("/stetbot apply\r\n\r\nThank you!", Apply()),
        ("\n\n/stetbot apply", Apply()),
        ("<!-- a template -->\n/stetbot apply", Apply()),
        (f"/stetbot apply @{SHA}", Apply(SHA)),
        ("/stetbot apply #0123456789ab", ApplyOffer("0123456789ab")),
        (f"/stetbot apply {THREAD}", ApplyThread("octo/shop", 7, 1234567)),
        ("/stetbot apply https://ghe.example:8443/o/r/pull/7/files#r99", ApplyThread("o/r", 7, 99)),
        (f"/stetbot apply {TALK}", ApplyTalk("octo/shop", 7, 1234567)),
        ("/stetbot diff", ShowDiff()),
        ("/stetbot retry", Retry()),
        ("/stetbot help", Help()),
    ],
)
def test_each_form_of_the_grammar_is_read(body: str, command: Command) -> None:
    assert read_command(body) == command


def test_the_grammar_that_help_shows_is_the_one_that_is_read() -> None:
    samples = {"<thread URL>": THREAD, "<comment URL>": TALK, "@<commit>": f"@{SHA}", "#<hash>": "#0123456789ab"}
    for form, _ in GRAMMAR:
        line = form
        for name, value in samples.items():
            line = line.replace(name, value)
        assert not isinstance(read_command(f"/stetbot {line}"), Unknown | None), form


@pytest.mark.parametrize(
    "line",
    [
        "/stetbot",
        "/stetbot apply --base-url=https://evil.example",
        "/stetbot apply --accept-unproven",
        "/stetbot --help",
        "/stetbot apply all",
        "/stetbot apply now; rm -rf /",
        "/stetbot apply $(touch x)",
        f"/stetbot apply @{SHA[:39]}",
        f"/stetbot apply @{SHA}0",
        f"/stetbot apply @{SHA.upper()}",
        "/stetbot apply #0123456789a",
        "/stetbot apply #0123456789AB",
        f"/stetbot apply @{SHA} #0123456789ab",
        "/stetbot apply javascript:alert(1)",
        "/stetbot apply https://github.com/octo/shop/pull/7",
        "/stetbot apply https://github.com/octo/shop/pull/7#pullrequestreview-1",
        "/stetbot apply https://github.com/../../pull/7#discussion_r1?x",
        "/stetbot  apply",
        "/stetbot\tapply",
        "/stetbot apply\u00a0now",
        "/stetbot APPLY",
        "/stetbot apply\u202e",
        "/stetbot merge",
        "/stetbot approve",
        "/stetbot " + "x" * 5000,
    ],
)
def test_a_line_outside_the_grammar_is_unknown_and_quoted_on_one_line(line: str) -> None:
    command = read_command(line)
    assert isinstance(command, Unknown)
    assert "\n" not in command.said
    assert "\u202e" not in command.said
    assert len(command.said) < 2500


@pytest.mark.parametrize(
    "body",
    [
        "",
        "Please run /stetbot apply",
        "Looks good.\n/stetbot apply",
        "> /stetbot apply",
        "`/stetbot apply`",
        "```\n/stetbot apply\n```",
        "    /stetbot apply",
        "<!-- /stetbot apply -->",
        "<!-- hidden\n/stetbot apply",
        "/stetbotapply",
        "/stet apply",
        "\u200b/stetbot apply",
    ],
)
def test_what_is_quoted_hidden_or_said_in_passing_is_no_command(body: str) -> None:
    assert read_command(body) is None


@given(st.text())
def test_any_text_is_read_without_an_error(body: str) -> None:
    read_command(body)
    read_command(f"/stetbot {body}")


def test_a_very_long_comment_is_read_in_no_time() -> None:
    assert read_command("<!-- " * 20_000) is None
    assert read_command("<" * 1_000_000) is None
    assert isinstance(read_command("/stetbot apply " + "https://a/" * 50_000), Unknown)
