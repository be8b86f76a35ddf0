"""No text ends the process or holds a run up, however deep its code is nested."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from bot.syntax import comment_lines, error_count, outline, string_lines

DEPTH = 4000
NESTED = {
    "a.css": "a { color: red; }\n" + "@media x {" * DEPTH + "}" * DEPTH + "\n",
    "a.js": "function f() {\n" * DEPTH + "}\n" * DEPTH,
    "deep.js": "(" * DEPTH + "function(){" + "var a = () => 1;\n" * DEPTH + "}" + ")" * DEPTH,
    "wide.ts": "export const " + ", ".join(f"a{number} = () => 1" for number in range(DEPTH)) + ";\n",
    "a.ts": "class A { m() {\n" * DEPTH + "}}\n" * DEPTH,
    "a.json": '{"a":\n' * DEPTH + "1" + "}" * DEPTH,
    "a.rs": "fn f() {\n" * DEPTH + "}\n" * DEPTH,
    "a.html": "<div>\n" * DEPTH + "</div>\n" * DEPTH,
    "text.js": "`${\n" * DEPTH + "}`" * DEPTH,
    "a.toml": "a." * DEPTH + "a = 1\n",
    "a.swift": "/*" * DEPTH,
    "a.kt": "/*" * DEPTH,
}
OVERFLOWING = {
    "maps": "".join(" " * depth + "a:\n" for depth in range(400)),
    "lists": "- " * 400,
    "keys": "? " * 400,
    "values": ": " * 400,
    "behind an alias": "&a a:\n*a " + "- " * 400,
    "lists in maps": "".join(f"{' ' * depth}a:\n{' ' * depth}- b:\n" for depth in range(0, 300, 2)),
}


@pytest.mark.parametrize(("path", "text"), NESTED.items(), ids=NESTED.keys())
def test_deep_and_wide_code_costs_about_what_its_length_does(path: str, text: str) -> None:
    began = time.process_time()
    for look in (outline, error_count, string_lines, comment_lines):
        look(path, text)
    assert time.process_time() - began < 3


def test_what_is_nested_too_deep_is_no_definition_and_what_follows_is() -> None:
    found = outline("a.js", "function f() {\n" * 300 + "}\n" * 300 + "function last() {\n}\n").definitions
    assert len(found) == 201
    assert max(it.depth for it in found) == 199
    assert found[-1].qualified == ("last",)


@pytest.mark.parametrize("text", OVERFLOWING.values(), ids=OVERFLOWING.keys())
def test_yaml_of_many_open_blocks_does_not_end_the_process(text: str) -> None:
    code = "import sys; from bot.syntax import outline; print(len(outline('a.yaml', sys.stdin.read()).definitions))"
    done = subprocess.run([sys.executable, "-I", "-c", code], input=text.encode(), capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (0, b"0\n")


def test_comments_of_one_endless_line_are_told_in_no_time() -> None:
    began = time.process_time()
    assert comment_lines("a.c", "/**/" * 200_000) == frozenset()
    assert time.process_time() - began < 5


# Texts of which each short row could be read in many ways, or sends the parser to the end of the text in search of an
# end that never comes. Parsed, they take minutes.
ENDLESS = {
    "a.py": "<!--" * 5_000,
    "arrows.py": "-->" * 5_000,
    "arrows.js": "->" * 10_000,
    "where.js": "where A:" * 3_000,
    "words.rb": "%w(" * 30_000,
    "text.rb": "%q{" * 30_000,
    "a.py.py": "\\\n" * 100_000,
    "a.sh": "cat <<A " * 30_000,
    "comment.kt": "/* */ a: " * 10_000,
    "open.xml": "<a>" * 30_000,
    "deep.xml": "<a>" * 30_000 + "</a>" * 30_000,
    "deep.html": "<a>" * 30_000,
}
# Texts that are as dense, and cost about what their length does.
DENSE = {
    "a.js": "a(b,c)[d]+=e?f:g;" * 5_000,
    "a.json": "[" + "1," * 50_000 + "1]",
    "a.cpp": "a<b<c>>d;" * 10_000,
    "a.rb": "a = %w(b c) + %q{d}\n" * 5_000,
    "a.sh": "cat <<A\nb\nA\n" * 5_000,
    "a.html": "<ul>" + "<li>a<br>\n" * 20_000 + "</ul>",
    "a.xml": "<a><b/><c>d</c></a>\n" * 5_000,
    "value.xml": "<a>" + '<b when="c > d"/>\n' * 1_200 + "</a>",
    "said.xml": "<a>" + "<!-- see <T> -->\n" * 1_200 + "</a>",
    "cdata.xml": "<a><![CDATA[" + "List<String> " * 1_200 + "]]></a>",
    "script.html": "<p><script>" + "new Map<string>();\n" * 1_200 + "</script></p>",
}


@pytest.mark.parametrize(("path", "text"), ENDLESS.items(), ids=ENDLESS.keys())
def test_a_text_that_a_parser_takes_for_ever_with_is_given_up(path: str, text: str) -> None:
    assert error_count(path, text) is None
    assert outline(path, text).definitions == ()
    assert string_lines(path, text) == comment_lines(path, text) == frozenset()


@pytest.mark.parametrize(("path", "text"), DENSE.items(), ids=DENSE.keys())
def test_dense_text_is_parsed_however_long_it_is(path: str, text: str) -> None:
    assert error_count(path, text) is not None


@pytest.mark.parametrize("name", ["first", "größte", "last"])
def test_what_a_node_says_is_read_after_the_parse_as_often_as_it_is_asked_for(name: str) -> None:
    text = "".join(f"def {name}_{number}():\n    return {number}\n\n\n" for number in range(9_000))
    found = outline("a.py", text).definitions
    assert [it.name for it in found] == [f"{name}_{number}" for number in range(9_000)]
