"""What lines open and close, in brackets, words, tags and templates."""

from __future__ import annotations

import pytest

from bot.merging.blocks import balance_of, signs_of
from bot.merging.lexis import LONGEST


@pytest.mark.parametrize(
    ("path", "line", "signs"),
    [
        ("a.py", "total(items[0])", ("(", "[", "/[", "/(")),
        ("a.py", "say('(')", ("(", "/(")),
        ("a.py", '"""Doc.', ('"',)),
        ("a.yaml", "{{- if .Values.on }}", ("%",)),
        ("a.yaml", "{{- end }}", ("/%",)),
        ("a.yaml", "name: {{ .Values.name }}", ()),
        ("a.sql", "{% if a %}x{% endif %}", ("%", "/%")),
        ("a.hbs", "{{#each items}}", ("%",)),
        ("a.c", "#ifdef LINUX", ("#",)),
        ("a.c", "#endif", ("/#",)),
        ("a.c", "/* begins here", ("*",)),
        ("a.py", "#if this were C", ()),
        ("a.sh", "if ready; then", ("w",)),
        ("a.sh", "for x in y; do z; done", ("w", "/w")),
        ("a.rb", "items.each do |item|", ("w",)),
        ("a.rb", "return nil if done", ()),
        ("a.rb", "end", ("/w",)),
        ("a.lua", "local function run()", ("(", "/(", "w")),
        ("a.html", '<div class="x"><br/>', ("<",)),
        ("a.html", '<input type="text">', ()),
        ("a.tsx", "const x = useState<Item>(null)", ("(", "/(")),
        ("a.tsx", "  />", ("/<",)),
    ],
)
def test_signs(path: str, line: str, signs: tuple[str, ...]) -> None:
    assert signs_of(line, path) == signs


def test_a_balance_is_what_does_not_match() -> None:
    balance = balance_of(("/(", "{", "(", "/(", "%", "/w", '"'))
    assert balance.brackets == ("(", "{")
    assert balance.words == ("w", '%"')


def test_two_runs_of_quotes_make_a_string_of_their_own() -> None:
    assert balance_of(('"', '"')).words == ("", "")


def test_of_a_line_that_is_data_only_the_brackets_are_read() -> None:
    assert signs_of("{{ if a }}(" + " " * LONGEST, "a.yaml") == ("{", "{", "/{", "/{", "(")


def test_a_bracket_that_closes_takes_what_stands_open_inside_with_it() -> None:
    assert balance_of(("(", "[", "[", "/(", "/[")).brackets == ("[", "")


@pytest.mark.parametrize(("line", "signs"), [("<br class='x'/>", ()), ("<i/><br/></p>", ("<", "/<", "/<"))])
def test_a_tag_that_has_no_end_anyway_opens_and_closes_nothing(line: str, signs: tuple[str, ...]) -> None:
    assert signs_of(line, "a.html") == signs


def test_of_a_very_long_line_only_the_brackets_are_read() -> None:
    # Its quotes are not paired: to look for the end of each of them would take minutes.
    assert signs_of("f(" + '\\"' * 100_000, "a.ts") == ("(",)
