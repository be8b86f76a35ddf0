"""What the grammars say of small texts of our own, and the promise that nothing here raises."""

from __future__ import annotations

import importlib
import textwrap
import warnings

import pytest
import tree_sitter
from hypothesis import given
from hypothesis import strategies as st

from bot.syntax import comment_lines, comment_prefixes, error_count, language_of, outline, string_lines
from bot.syntax.languages import LANGUAGES, Grammar

GRAMMARS = [(language.name, language.grammar) for language in LANGUAGES if language.grammar is not None]

CASES: list[tuple[str, str, set[tuple[str, str]], set[str]]] = [
    (
        "a.py",
        "import os\nfrom a.b import (\n    c,\n)\n\n@deco\ndef f():\n    pass\n\nclass K:\n    def m(self): ...\n",
        {("function", "f"), ("class", "K"), ("function", "K/m")},
        {"os", "a", "b", "c"},
    ),
    (
        "a.ts",
        "import { x } from './y'\nexport class K {\n  m() {\n    return 1\n  }\n}\nexport const f = () => 1\n",
        {("class", "K"), ("method", "K/m"), ("variable", "f")},
        {"x", "y"},
    ),
    ("a.js", "app.use = function use(fn) {\n  return fn\n}\n", {("function", "app.use")}, set()),
    (
        "a.go",
        'package a\n\nimport "fmt"\n\ntype T struct {\n}\n\nfunc (t *T) Run() {\n}\n',
        {("type", "T"), ("method", "T.Run")},
        {"fmt"},
    ),
    (
        "a.rs",
        "use a::b;\n#[test]\nfn f() {\n}\nimpl T for S {\n    fn g() {}\n}\n",
        {("function", "f"), ("impl", "impl T for S"), ("function", "impl T for S/g")},
        {"a", "b"},
    ),
    (
        "a.java",
        "import a.B;\nclass K {\n  int x;\n  void m() {\n  }\n}\n",
        {("class", "K"), ("field", "K/x"), ("method", "K/m")},
        {"a", "B"},
    ),
    ("a.c", "#include <stdio.h>\nint *f(int a) {\n  return 0;\n}\n", {("function", "f")}, {"stdio", "h"}),
    (
        "a.cpp",
        "namespace n {\ntemplate <class T>\nstruct S {\n  void m() {}\n};\n}\n",
        {("namespace", "n"), ("struct", "n/S"), ("function", "n/S/m")},
        set(),
    ),
    (
        "a.cs",
        "using A;\nnamespace N {\n  class K {\n    void M() { }\n  }\n}\n",
        {("namespace", "N"), ("class", "N/K"), ("method", "N/K/M")},
        {"A"},
    ),
    ("a.rb", "require 'x'\nclass K\n  def m\n  end\nend\n", {("class", "K"), ("method", "K/m")}, {"x"}),
    (
        "a.php",
        "<?php\nuse A\\B;\nclass K {\n  function m() {}\n}\n",
        {("class", "K"), ("method", "K/m")},
        {"A", "B"},
    ),
    (
        "a.swift",
        "import A\nstruct K {\n  func m() {\n  }\n}\n",
        {("class", "K"), ("function", "K/m")},
        {"A"},
    ),
    (
        "a.kt",
        "import a.B\nclass K {\n  fun m() {\n  }\n  val p = 1\n}\n",
        {("class", "K"), ("function", "K/m"), ("property", "K/p")},
        {"a", "B"},
    ),
    ("a.scala", "import a.B\nobject K {\n  def m = 1\n}\n", {("object", "K"), ("function", "K/m")}, {"a", "B"}),
    ("a.lua", "function f()\nend\n", {("function", "f")}, set()),
    ("a.sh", "f() {\n  :\n}\n", {("function", "f")}, set()),
    ("a.css", "a b {\n  c: d;\n}\n", {("rule", "a b")}, set()),
    ("a.scss", "@use 'x';\n.a {\n  .b {\n  }\n}\n", {("rule", ".a"), ("rule", ".a/.b")}, {"x"}),
    ("a.json", '{\n  "a": {\n    "b": 1\n  }\n}\n', {("key", "a"), ("key", "a/b")}, set()),
    ("a.yaml", "a:\n  b: 1\nc: 2\n", {("key", "a"), ("key", "a/b"), ("key", "c")}, set()),
    ("a.toml", "[a]\nb = 1\n", {("table", "a"), ("key", "a/b")}, set()),
    ("a.tf", 'resource "x" "y" {\n  k = 1\n}\n', {("block", 'resource "x" "y"'), ("key", 'resource "x" "y"/k')}, set()),
    ("a.sql", "create table t (\n  a int\n);\n", {("table", "t"), ("column", "t/a")}, set()),
    (
        "a.html",
        '<div id="a">\n  <p>x</p>\n</div>\n',
        {("element", '<div id="a">'), ("element", '<div id="a">/<p>')},
        set(),
    ),
    ("a.xml", "<a>\n  <b/>\n</a>\n", {("element", "<a>")}, set()),
]


@pytest.mark.parametrize(("path", "text", "definitions", "imported"), CASES, ids=[case[0] for case in CASES])
def test_an_outline_names_definitions_with_their_scopes_and_imports(
    path: str, text: str, definitions: set[tuple[str, str]], imported: set[str]
) -> None:
    found = outline(path, text)
    assert {(it.kind, "/".join(it.qualified)) for it in found.definitions} == definitions
    assert {name for it in found.imports for name in it.names} == imported
    assert error_count(path, text) == 0


def test_spans_are_zero_based_and_half_open_and_take_decorators_in() -> None:
    text = "@deco\ndef f(\n    a,\n):\n    return a\n\n\nx = 1\n"
    (found,) = outline("a.py", text).definitions
    assert (found.first, found.header, found.body_first, found.last) == (0, 1, 4, 5)


def test_the_innermost_definition_of_a_line_is_found() -> None:
    found = outline("a.py", "class K:\n    def m(self):\n        pass\n\n\nx = 1\n")
    inner = found.enclosing(2)
    assert inner is not None
    assert inner.qualified == ("K", "m")
    assert inner.depth == 1
    assert found.enclosing(5) is None


@pytest.mark.parametrize(("name", "grammar"), GRAMMARS, ids=[name for name, _ in GRAMMARS])
def test_every_node_name_of_the_table_exists_in_its_grammar(name: str, grammar: Grammar) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        language = tree_sitter.Language(getattr(importlib.import_module(grammar.module), grammar.function)())
    have = {language.node_kind_for_id(number) for number in range(language.node_kind_count)}
    used = {*grammar.definitions, *grammar.wrappers, *grammar.leads, *grammar.imports, *grammar.strings}
    assert used | set(grammar.comments) <= have, name
    assert set(grammar.names) <= set(grammar.definitions), name


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", "def f(:\n    pass\n"),
        ("a.py", "def f():\npass\n"),
        ("a.json", '{"a": 1,}'),
        ("a.toml", "a = 1\na = 2\n"),
        ("a.yaml", "a: [1\nb: 2\n"),
        ("a.js", "function f( {\n"),
        ("a.go", "package a\nfunc {\n"),
        ("a.rs", "fn f( {\n"),
        ("a.css", "a { b: c; \n"),
        ("a.rb", "class K\n  def m\n"),
    ],
)
def test_broken_syntax_counts_as_an_error(path: str, text: str) -> None:
    count = error_count(path, text)
    assert count is not None
    assert count > 0


def test_a_language_without_a_grammar_has_no_error_count_and_an_empty_outline() -> None:
    assert error_count("a.md", "# x") is None
    assert error_count("nothing", "x") is None
    assert outline("a.vue", "<template/>").definitions == ()


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("src/Dockerfile", "dockerfile"),
        ("Dockerfile.dev", "dockerfile"),
        ("a/Makefile", "make"),
        ("A.PY", "python"),
        ("a/b.tsx", "tsx"),
        ("w\\x.h", "cpp"),
        ("Gemfile", "ruby"),
    ],
)
def test_a_language_is_known_by_name_or_ending(path: str, name: str) -> None:
    language = language_of(path)
    assert language is not None
    assert language.name == name


def test_comment_prefixes_are_data_and_empty_for_what_is_unknown() -> None:
    assert comment_prefixes("a.ts") == ("//", "/*")
    assert comment_prefixes("a.html") == ("<!--",)
    assert comment_prefixes("LICENSE") == ()


@pytest.mark.parametrize(
    ("path", "text", "inside"),
    [
        ("a.py", 'def f():\n    """Doc.\n\n    # ... existing code ...\n    """\n    x = 1\n', {2, 3, 4}),
        ("a.js", "const a = `\n// ...\n`\nb()\n", {1, 2}),
        ("a.go", "package a\n\nvar a = `\n// ...\n`\n", {3, 4}),
        ("a.yaml", "a: |\n  # no comment\n  text\nb: 1\n", {1, 2}),
        ("a.py", '"""Doc.\n# in it\n"""\n', {1, 2}),
        ("a.sh", "cat <<EOF\n# in it\nEOF\n# out\n", {1}),
        ("a.md", "x\n", set()),
    ],
)
def test_lines_inside_strings_are_told_from_code(path: str, text: str, inside: set[int]) -> None:
    assert string_lines(path, text) == inside


def test_comment_lines_are_those_with_nothing_else() -> None:
    text = textwrap.dedent("""\
        // one
        int x; // not this
        /* two
           three */
        int y;
        """)
    assert comment_lines("a.c", text) == {0, 2, 3}


@given(path=st.sampled_from([f"x{language.endings[0]}" for language in LANGUAGES]), text=st.text(max_size=300))
def test_nothing_raises_for_any_text(path: str, text: str) -> None:
    rows = text.count("\n") + 1
    found = outline(path, text)
    assert all(0 <= it.first <= it.header < it.last <= rows for it in found.definitions)
    assert all(it.header < it.body_first <= it.last for it in found.definitions)
    error_count(path, text)  # it raises nothing, whatever it counts
    assert all(0 <= row < rows for row in string_lines(path, text))
    assert all(0 <= row < rows for row in comment_lines(path, text))


def test_lone_surrogates_and_control_characters_are_survived() -> None:
    assert outline("a.py", "x = '\ud800'\n\0\x0c\u2028\ndef f(): pass\n").definitions[-1].header == 2
