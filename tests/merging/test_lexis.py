"""Words and strings of a line, and lines too long to look for strings in."""

from __future__ import annotations

from bot.merging.lexis import LONGEST, strings_in, without_strings, words_in
from bot.merging.names import is_decorator


def test_words_are_names_and_numbers() -> None:
    assert words_in("plant_bed(3, 'old oak')") == ("plant_bed", "3", "old", "oak")


def test_a_string_ends_where_its_quote_does() -> None:
    line = r"""log("a \"b\"", 'c', `d`, e)"""
    assert strings_in(line) == (r'"a \"b\""', "'c'", "`d`")
    assert without_strings(line) == 'log("", "", "", e)'


def test_a_very_long_line_has_none() -> None:
    line = '\\"' * 100_000  # to look for the end of each of these takes minutes
    assert len(line) > LONGEST
    assert strings_in(line) == ()
    assert without_strings(line) == line


def test_decorators_annotations_and_attributes_are_told_from_rules_of_a_style_sheet() -> None:
    assert all(map(is_decorator, ("@cached", "@app.route('/')", "@Test (", "#[derive(Debug)]", "[HttpGet]")))
    assert not any(map(is_decorator, ("@include wide;", "# note", "[1, 2]", "@media print {")))
