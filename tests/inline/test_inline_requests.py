"""Comments that ask: which they are, what they say, and what is left of the file when they are taken out."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.asks import InlineComment, Plain
from bot.errors import Code, Refusal
from bot.pipeline.inline import without_comment
from bot.requests import find_inline, read_inline
from bot.text import Document


class Case(NamedTuple):
    path: str
    text: str
    words: str
    left: str


ASKED = {
    "Python": Case("a.py", "x = 1\n# double it stetbot!\ny = x\n", "double it", "x = 1\ny = x\n"),
    "Python, behind code": Case("a.py", "x = 1  # make it 2 stetbot!\ny = x\n", "make it 2", "x = 1\ny = x\n"),
    "Python, several lines": Case(
        "a.py", "def f():\n    # take a name\n    # and greet stetbot!\n    pass\n", "take a name\nand greet",
        "def f():\n    pass\n",
    ),
    "an order to a tool stays": Case(
        "a.py", "# pylint: skip-file\n# drop it stetbot!\nx = 1\n", "drop it", "# pylint: skip-file\nx = 1\n"
    ),
    "words that begin as an order does": Case(
        "a.py", "# mypy says:\n# no stetbot!\nx = 1\n", "mypy says:\nno", "x = 1\n"
    ),
    "a comment apart stays": Case("a.py", "# Net.\n#\n# drop it stetbot!\nx = 1\n", "drop it", "# Net.\n#\nx = 1\n"),
    "a comment at another depth stays": Case(
        "a.py", "if x:\n    # Net.\n# drop it stetbot!\n    y = 1\n", "drop it", "if x:\n    # Net.\n    y = 1\n"
    ),
    "the shebang stays": Case("a.sh", "#!/bin/sh\n# set -e stetbot!\ntrue\n", "set -e", "#!/bin/sh\ntrue\n"),
    "a comment behind code above stays": Case(
        "a.py", "x = 1  # one\n# two stetbot!\n", "two", "x = 1  # one\n"
    ),
    "Windows line ends": Case("a.py", "x = 1\r\n# go stetbot!\r\ny = 2\r\n", "go", "x = 1\r\ny = 2\r\n"),
    "no final newline": Case("a.py", "x = 1\n# go stetbot!", "go", "x = 1"),
    "in capitals": Case("a.py", "# go STETBOT!\nx = 1\n", "go", "x = 1\n"),
    "accents before it": Case("a.py", "x = 'éé'  # go stetbot!\n", "go", "x = 'éé'\n"),
    "JavaScript": Case("a.js", "let x = 1; // const stetbot!\n", "const", "let x = 1;\n"),
    "JavaScript, block": Case("a.js", "/* const\n * it is stetbot! */\nlet x = 1;\n", "const\nit is", "let x = 1;\n"),
    "a script of a page": Case(
        "a.html", "<p>\n<script>\n// go\n// on stetbot!\nlet x;\n</script>\n", "go\non",
        "<p>\n<script>\nlet x;\n</script>\n",
    ),
    "a style of a page": Case(
        "a.html", "<style>p {} /* go stetbot! */</style>\n", "go", "<style>p {} </style>\n"
    ),
    "a script behind another": Case(
        "a.html", "<script>a</script>é<script type=module>/* go stetbot! */</script>\n", "go",
        "<script>a</script>é<script type=module> </script>\n"
    ),
    "TypeScript in a page": Case(
        "a.html", "<script lang='ts'>\n// go stetbot!\nlet x: number;\n</script>\n", "go",
        "<script lang='ts'>\nlet x: number;\n</script>\n"
    ),
    "a block between words": Case("a.js", "let/* const stetbot! */x = 1;\n", "const", "let x = 1;\n"),
    "a block among arguments": Case("a.js", "f(a, /* drop stetbot! */ b);\n", "drop", "f(a, b);\n"),
    "a block before code": Case("a.js", "  /* drop stetbot! */ f(b);\n", "drop", "  f(b);\n"),
    "a block between two statements": Case("a.js", " f(a); /* drop\n stetbot! */ g(b);\n", "drop", " f(a);\n g(b);\n"),
    "JSX": Case("a.jsx", "x = <a>\n  {/* bold stetbot! */}\n  t</a>;\n", "bold", "x = <a>\n  t</a>;\n"),
    "TypeScript": Case("a.ts", "// go stetbot!\nlet x: number;\n", "go", "let x: number;\n"),
    "C": Case("a.c", "int x; /* long stetbot! */\n", "long", "int x;\n"),
    "C++": Case("a.cpp", "// go stetbot!\nint x;\n", "go", "int x;\n"),
    "C#": Case("a.cs", "// go stetbot!\nint x;\n", "go", "int x;\n"),
    "Go": Case("a.go", "package a\n\n// go stetbot!\nvar x = `// no stetbot!`\n", "go",
               "package a\n\nvar x = `// no stetbot!`\n"),
    "Java": Case("A.java", "class A {\n  // go stetbot!\n}\n", "go", "class A {\n}\n"),
    "Kotlin": Case("a.kt", "val x = 1 // go stetbot!\n", "go", "val x = 1\n"),
    "Rust": Case("a.rs", "// go stetbot!\nfn a() {}\n", "go", "fn a() {}\n"),
    "Swift": Case("a.swift", "let x = 1 // go stetbot!\n", "go", "let x = 1\n"),
    "Scala": Case("a.scala", "// go stetbot!\nval x = 1\n", "go", "val x = 1\n"),
    "PHP": Case("a.php", "<?php\n# go stetbot!\n$x = 1;\n", "go", "<?php\n$x = 1;\n"),
    "Ruby": Case("a.rb", "x = 1 # go stetbot!\n", "go", "x = 1\n"),
    "Lua": Case("a.lua", "--[[ go\nstetbot! ]]\nx = 1\n", "go", "x = 1\n"),
    "Bash": Case("a.sh", "echo '# no stetbot!' # go stetbot!\n", "go", "echo '# no stetbot!'\n"),
    "SQL": Case("a.sql", "SELECT 1; -- go stetbot!\n", "go", "SELECT 1;\n"),
    "SQL, block": Case("a.sql", "/* go stetbot! */\nSELECT 1;\n", "go", "SELECT 1;\n"),
    "CSS": Case("a.css", "a { /* red stetbot! */\n}\n", "red", "a {\n}\n"),
    "SCSS": Case("a.scss", "// red stetbot!\na { b: c; }\n", "red", "a { b: c; }\n"),
    "HTML": Case("a.html", "<p>\n  <!-- go stetbot! -->\n</p>\n", "go", "<p>\n</p>\n"),
    "XML": Case("a.xml", "<p>\n  <!-- go stetbot! -->\n</p>\n", "go", "<p>\n</p>\n"),
    "YAML": Case("a.yaml", "a: 1 # two stetbot!\nb: '# no stetbot!'\n", "two", "a: 1\nb: '# no stetbot!'\n"),
    "TOML": Case("a.toml", "# two stetbot!\na = 1\n", "two", "a = 1\n"),
    "HCL": Case("a.tf", "# two stetbot!\na = 1\n", "two", "a = 1\n"),
    "Markdown": Case("a.md", "# T\n\n<!-- go stetbot! -->\ntext\n", "go", "# T\n\ntext\n"),
    "Dockerfile": Case("Dockerfile", "FROM x\n# go stetbot!\nRUN y\n", "go", "FROM x\nRUN y\n"),
    "Makefile": Case("Makefile", "# go stetbot!\na:\n", "go", "a:\n"),
    "Haskell": Case("a.hs", "{- go\nstetbot! -}\nx = 1\n", "go", "x = 1\n"),
    "an unknown language": Case("a.xyz", "# go stetbot!\nx\n", "go", "x\n"),
}  # fmt: skip
NOT_ASKED = {
    "a template of a page": ("a.html", "<script type='text/x-template'>\n// go stetbot!\n</script>\n"),
    "a string in a script": ("a.html", "<script>\nlet x = '// go stetbot!';\n</script>\n"),
    "the text of a page": ("a.html", "<pre>\n// go stetbot!\n</pre>\n"),
    "in a string": ("a.py", "x = '# go stetbot!'\n"),
    "in a docstring": ("a.py", '"""\n# go stetbot!\n"""\n'),
    "in code": ("a.py", "stetbot = not x\n"),
    "not at the end": ("a.py", "# stetbot! is a word\n"),
    "a longer word": ("a.py", "# go mystetbot!\n"),
    "an allowed line": ("a.py", "# stetbot: allow, as in: go stetbot!\n"),
    "in a fence": ("a.md", "```\n<!-- go stetbot! -->\n```\n"),
    "behind code where no grammar tells": ("a.jl", "x = '# go stetbot!\n"),
    "a shebang": ("a.sh", "#!/usr/bin/stetbot!\n"),
    "an empty file": ("a.py", ""),
    "in an attribute": ("a.html", "<p title='<!-- go stetbot! -->'>x</p>\n"),
}
# A text over several lines, in languages whose grammar is not here, and a comment below it that is one.
TEXTS = {
    "Perl": ("a.pl", "my $x = <<EOT;\n# go stetbot!\nEOT\n# on stetbot!\n"),
    "Perl, quoted": ("a.pl", "my $x = <<'A b'.<<\"EOT\";\n# go stetbot!\nEOT\n# on stetbot!\n"),
    "Perl's documentation": ("a.pl", "=pod\n\n# go stetbot!\n\n=cut\n# on stetbot!\n"),
    "Dockerfile": ("Dockerfile", "FROM x\nRUN <<EOF\n# go stetbot!\nEOF\n# on stetbot!\n"),
    "Elixir": ("a.ex", '@doc """\n# go stetbot!\n"""\n# on stetbot!\n'),
    "Julia": ("a.jl", '"""\n# go stetbot!\n"""\nf() = 1 # don\'t\n# on stetbot!\n'),
    "Julia, one quote": ("a.jl", 'x = "\n# go stetbot!\n"\n# on stetbot!\n'),
    "Nix": ("a.nix", "x = ''\n  # go stetbot!\n'';\n# on stetbot!\n"),
    "Dart": ("a.dart", "var x = '''\n// go stetbot!\n''';\n// on stetbot!\n"),
    "Groovy": ("a.gradle", "def x = '''\n// go stetbot!\n'''\n// on stetbot!\n"),
    "PowerShell": ("a.ps1", '$x = @"\n# go stetbot!\n"@\n# on stetbot!\n'),
    "R": ("a.R", "x <- '\n# go stetbot!\n'\ny <- \"it's\"\n# on stetbot!\n"),
    "Haskell": ("a.hs", '{- " -}\nx = [r|\n-- go stetbot!\n|]\n-- on stetbot!\n'),
    "OCaml": ("a.ml", "let x = {q|\n(* go stetbot! *)\n|q}\n(* on stetbot! *)\n"),
    "F#": ("a.fs", 'let x = """\n// go stetbot!\n"""\n// on stetbot!\n'),
    "Clojure": ("a.clj", '(def x "\n; go stetbot!\n")\n(def y \\")\n; on stetbot!\n'),
    "Vue": ("a.vue", "<script>\nlet x = `\n// go stetbot!\n`\n// on stetbot!\n</script>\n"),
    "GraphQL": ("a.graphql", '"""\n# go stetbot!\n"""\ntype A { a: Int }\n# on stetbot!\n'),
    "CMake": ("a.cmake", "message([==[\n# go stetbot!\n]==])\n# on stetbot!\n"),
    "TeX": ("a.tex", "\\begin{verbatim}\n% go stetbot!\n\\end{verbatim}\n% on stetbot!\n"),
    "Jinja": ("a.j2", "{% raw %}\n{# go stetbot! #}\n{% endraw %}\n{# on stetbot! #}\n"),
    "Makefile": ("Makefile", "define X\n# go stetbot!\nendef\n# on stetbot!\n"),
    "Erlang": ("a.erl", 'X = "a \\"\n% go stetbot!\n",\nY = $\\".\n% on stetbot!\n'),
}


@pytest.mark.parametrize("case", ASKED.values(), ids=ASKED.keys())
def test_a_comment_that_ends_in_the_word_asks_and_can_be_taken_out(case: Case) -> None:
    document = Document.from_text(case.text)
    (request,) = read_inline(case.path, document)
    (part,) = request.parts
    assert (part.path, part.instruction) == (case.path, case.words)
    comment = the_comment(part.ask)
    bare = without_comment(case.path, document, comment)
    assert bare.document.to_bytes() == case.left.encode()
    assert find_inline(case.path, bare.document.lines) == ()
    assert bare.judgement.doubts == ()


def the_comment(ask: object) -> InlineComment:
    assert isinstance(ask, Plain)
    assert ask.comment is not None
    return ask.comment


@pytest.mark.parametrize(("path", "text"), NOT_ASKED.values(), ids=NOT_ASKED.keys())
def test_other_text_asks_nothing(path: str, text: str) -> None:
    assert read_inline(path, Document.from_text(text)) == ()


@pytest.mark.parametrize(("path", "text"), TEXTS.values(), ids=TEXTS.keys())
def test_what_may_be_the_line_of_a_text_is_refused_where_no_grammar_tells(path: str, text: str) -> None:
    document = Document.from_text(text)
    inside, below = read_inline(path, document)
    assert inside.refusal is not None
    assert inside.refusal[0] is Code.AMBIGUOUS
    assert "may be part of a text" in inside.refusal[1]
    assert below.parts[0].instruction == "on"
    bare = without_comment(path, document, the_comment(below.parts[0].ask))
    assert "go stetbot!" in bare.document.text


@given(st.lists(st.sampled_from(["x = , ", '"""', "// go stetbot!", "y // 'a", "", "\\", "`", "'"]), max_size=12))
def test_no_text_breaks_the_search_for_texts(lines: list[str]) -> None:
    document = Document.from_text("".join(f"{line}\n" for line in lines))
    for path in ("a.dart", "a.pl", "a.nix", "a.vue", "a.xyz", "a.R"):
        assert len(read_inline(path, document)) <= len(lines)


def test_the_word_is_a_setting() -> None:
    document = Document.from_text("# go AI!\n# go stetbot!\n")
    assert [request.parts[0].instruction for request in read_inline("a.py", document, "AI!")] == ["go"]


def test_a_request_keeps_its_id_when_it_moves_and_equal_ones_are_counted() -> None:
    one = Document.from_text("# go stetbot!\n\n# go stetbot!\n")
    first, second = read_inline("a.py", one)
    assert second.id == f"{first.id}.2"
    (moved,) = read_inline("a.py", Document.from_text("x = 1\n\n# go stetbot!\n"))
    assert moved.id == first.id
    bare = without_comment("a.py", one, the_comment(second.parts[0].ask))
    assert bare.document.text == "# go stetbot!\n\n"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("# stetbot!\nx = 1\n", Code.NO_CHANGE),
        ("x = 1  # noqa: E501, shorten stetbot!\n", Code.AMBIGUOUS),
        ("/** What it does.\n * go stetbot! */\nlet x;\n", Code.AMBIGUOUS),
    ],
    ids=["the word alone", "an order to a tool", "documentation"],
)
def test_what_cannot_be_meant_is_refused(text: str, code: Code) -> None:
    (request,) = read_inline("a.py" if "#" in text else "a.js", Document.from_text(text))
    assert request.refusal is not None
    assert request.refusal[0] is code


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("x = 1\n\n# go stetbot!\n\ndef f():\n    pass\n", 4),
        ("x = 1  # go stetbot!\ny = 2\n", 1),
        ("x = 1\n# go stetbot!\n", 1),
    ],
    ids=["the definition below", "its own line", "what stands above, at the end"],
)
def test_a_request_is_about_what_stands_below_it(text: str, line: int) -> None:
    document = Document.from_text(text)
    (request,) = read_inline("a.py", document)
    bare = without_comment("a.py", document, the_comment(request.parts[0].ask))
    assert bare.lines is not None
    assert (bare.lines.first, bare.lines.last) == (line, line)
    assert bare.document.lines[bare.lines.first - 1].strip()


def test_a_comment_that_is_gone_is_outdated() -> None:
    with pytest.raises(Refusal) as caught:
        without_comment("a.py", Document.from_text("x = 1\n"), InlineComment(("go stetbot!",), 1, "stetbot!"))
    assert caught.value.code is Code.OUTDATED


LINES = st.lists(
    st.sampled_from(
        ["x = 1", "x = 1  # why", "# why", "    # why", "", "#", "# go stetbot!", "y = 2  # go stetbot!", "s = '''",
         "'''", "    # and go stetbot!", "# pylint: skip-file", "def f():", "    pass", "z = (1,  # one", ")"]
    ),
    max_size=14,
)  # fmt: skip


@given(LINES)
def test_taking_a_request_out_never_touches_another_line(lines: list[str]) -> None:
    document = Document.from_text("".join(f"{line}\n" for line in lines))
    for request in read_inline("a.py", document):
        if request.refusal is not None:
            continue
        bare = without_comment("a.py", document, the_comment(request.parts[0].ask)).document
        # Every line that is left stood there, in this order, but for a comment at its end.
        rest = iter(document.lines)
        assert all(any(old == new or old.startswith(f"{new}  #") for old in rest) for new in bare.lines)
        assert [line for line in document.lines if "stetbot!" not in line and "# why" not in line] == [
            line for line in bare.lines if "stetbot!" not in line and "# why" not in line and line != "y = 2"
        ]
