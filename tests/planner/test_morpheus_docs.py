"""docs/morpheus.md says what the program does."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest
from support.checkout import ROOT

from bot.chat.failure import judge_status
from bot.chat.prices import MORPHEUS_HOST, MORPHEUS_PRICES, MORPHEUS_PRICES_AS_OF
from bot.planner import DEFAULT_LIMITS, DEFAULT_PACE, DEFAULT_POLICY, DEFAULT_SAMPLING
from bot.settings import DEFAULT_MORPHEUS_URL, ENVIRONMENT, USER_KEYS, Settings

PAGE = (ROOT / "docs" / "morpheus.md").read_text(encoding="utf-8")
ROWS = [re.split(r" *\| *", line[2:].removesuffix(" |")) for line in PAGE.split("\n") if line.startswith("| ")]


def shown(value: object) -> tuple[str, ...]:
    """How the page may say a default."""
    match value:
        case bool():
            return (f"`{str(value).lower()}`",)
        case int() | float():
            return (f"{value:g}",)
        case None:
            return ("`default`", "none")
        case "" | ():
            return ("none", "not sent")
        case _:
            return (f"`{value}`",)


def test_the_page_has_every_setting_with_its_names_and_its_default() -> None:
    variables = {name: variable for variable, name in ENVIRONMENT.items()}
    rows = {row[1] or row[0]: row for row in ROWS if len(row) == 4}
    settings = Settings()
    named = [item.name for item in fields(Settings) if item.name.startswith("morpheus_")]
    for name in named:
        key = f"`{name.replace('_', '-')}`" if name in USER_KEYS else f"`{variables[name]}`"
        variable, _, _, default = rows[key]
        assert variable == (f"`{variables[name]}`" if name in variables else "")
        assert default in shown(getattr(settings, name)), name
    assert len(rows) == len(named) + 1


def test_the_defaults_of_the_settings_are_those_of_the_client() -> None:
    settings = Settings()
    assert settings.morpheus_url == DEFAULT_MORPHEUS_URL
    assert (settings.morpheus_temperature, settings.morpheus_max_tokens) == (
        DEFAULT_SAMPLING.temperature,
        DEFAULT_SAMPLING.max_tokens,
    )
    assert (settings.morpheus_deadline, settings.morpheus_idle) == (DEFAULT_LIMITS.total, DEFAULT_LIMITS.idle)
    assert (settings.morpheus_requests_per_minute, settings.morpheus_at_once) == (
        DEFAULT_PACE.per_minute,
        DEFAULT_PACE.at_once,
    )


def test_the_page_has_the_prices_and_their_date() -> None:
    assert f"Prices of {MORPHEUS_PRICES_AS_OF}" in PAGE
    assert f"at `{MORPHEUS_HOST}`" in PAGE
    listed = {row[0].strip("`"): (row[1], row[2]) for row in ROWS if len(row) == 3 and re.match(r"`[a-z]", row[0])}
    assert listed == {
        model: (f"{price.prompt:.2f}", f"{price.completion:.2f}") for model, price in MORPHEUS_PRICES.items()
    }


def test_the_page_has_the_waits() -> None:
    assert [DEFAULT_POLICY.back_off(failures, 0) for failures in range(1, DEFAULT_POLICY.tries)] == [2, 4]
    assert "up to three times, with waits of 2 and 4\nseconds" in PAGE
    assert f"no longer than {DEFAULT_POLICY.patience:g} seconds" in PAGE


@pytest.mark.parametrize(
    ("status", "body"), [(401, b""), (402, b""), (429, b""), (400, b"maximum context length is 1 token"), (422, b"")]
)
def test_the_page_has_the_messages(status: int, body: bytes) -> None:
    message = judge_status(status, {}, body, 0, ()).sentence.removeprefix("answered ")
    assert re.split(r"[;(]", message)[0].strip() in PAGE
