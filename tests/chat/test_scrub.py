from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.scrub import HIDDEN, SHOWN_CHARACTERS, foreign, scrub

SECRET = "Zq7-sentinel-key"
TEXT = st.text(st.characters(codec="utf-8"), max_size=60)


@given(TEXT, TEXT, st.sampled_from([SECRET, SECRET.upper(), SECRET.lower()]))
def test_a_secret_never_comes_through(before: str, after: str, echoed: str) -> None:
    assert SECRET.lower() not in foreign(before + echoed + after, (SECRET,)).lower()


@given(TEXT, st.integers(1, len(SECRET) - 1))
def test_taking_out_hidden_characters_does_not_join_a_secret(text: str, at: int) -> None:
    shown = foreign(f"{text}{SECRET[:at]}\u200b{SECRET[at:]}", (SECRET,))
    assert SECRET not in shown


@given(st.text(max_size=400))
def test_foreign_text_is_one_short_printable_line(text: str) -> None:
    shown = foreign(text, ())
    assert len(shown) <= SHOWN_CHARACTERS
    assert shown.isprintable()


def test_what_has_the_shape_of_a_credential_is_hidden_too() -> None:
    text = "Incorrect key sk-proj-ab****yz, Bearer abc.def, https://me:pw@proxy, ghp_0123456789ab of morph-v3-large"
    assert scrub(text, ()) == (f"Incorrect key {HIDDEN}, {HIDDEN}, https://{HIDDEN}@proxy, {HIDDEN} of morph-v3-large")


def test_the_longer_of_two_secrets_is_hidden_whole() -> None:
    assert scrub("abcdefghi", ("abcdef", "abcdefghi")) == HIDDEN


@pytest.mark.parametrize("word", ["x", "none", "EMPTY"])
def test_a_word_in_place_of_a_key_hides_no_text(word: str) -> None:
    """A server on one's own machine wants none; people set something."""
    said = "there are none, and the next is empty"
    assert foreign(said, (word,)) == said


def test_what_is_hidden_is_never_the_end_of_a_line() -> None:
    text = "basic\n```\nbearer\r\n```\n"
    assert scrub(text, ()) == text
