"""docs/morph.md says what the program does."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.chat.failure import judge_status
from bot.chat.fast_apply import apply_prompt
from bot.chat.prices import PRICES, PRICES_AS_OF
from bot.chat.retry import RetryPolicy
from bot.morph import DEFAULT_MODEL, DEFAULT_URL
from bot.settings import ENVIRONMENT, Settings

PAGE = (Path(__file__).parents[2] / "docs" / "morph.md").read_text(encoding="utf-8")


def test_the_page_has_the_prices_and_their_date() -> None:
    assert f"Prices of {PRICES_AS_OF}" in PAGE
    for model, price in PRICES.items():
        assert f"`{model}` ${price.prompt:.2f} and ${price.completion:.2f}" in PAGE


def test_the_page_has_the_prompt() -> None:
    assert apply_prompt("I am adding 10% tax to the total.", "...", "...") in PAGE


def test_the_page_has_the_defaults_of_the_settings() -> None:
    settings = Settings()
    assert (settings.morph_url, settings.morph_model) == (DEFAULT_URL, DEFAULT_MODEL)
    rows = {line.split(" | ")[0].strip("| `"): line for line in PAGE.split("\n") if line.startswith("| `")}
    for variable, name in ENVIRONMENT.items():
        value = getattr(settings, name)
        if name.startswith("morph_") and value is not None:
            shown = f"{value:g}" if isinstance(value, float) else f"`{value}`"
            assert rows[variable].endswith(f"| {shown} |")
    assert f"| {settings.morph_idle:g} |" in PAGE
    assert f"`jobs` | requests at once | {settings.jobs} |" in PAGE


def test_the_page_has_the_waits() -> None:
    policy = RetryPolicy()
    assert [policy.back_off(failures, 0) for failures in range(1, policy.tries)] == [0.5, 1, 2]
    assert "tried up to four times, with waits\nof 0.5, 1 and 2 seconds" in PAGE
    assert policy.patience == 60


@pytest.mark.parametrize("status", [401, 402, 404, 429])
def test_the_page_has_the_messages(status: int) -> None:
    message = judge_status(status, {}, b"", 0, ()).sentence.removeprefix("answered ").split(";")[0]
    assert message.partition(":")[0] in PAGE
    assert message.partition(": ")[2] in PAGE
