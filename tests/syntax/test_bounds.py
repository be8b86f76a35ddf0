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
