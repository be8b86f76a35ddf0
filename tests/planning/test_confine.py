"""A planner's change stays in the lines of its request, or in the definition round them; imports by their rule."""

from __future__ import annotations

import pytest

from bot.model import LineRange
from bot.planning import Surroundings, confine
from bot.planning.confine import region_of
from bot.text import Document

PYTHON = """\
import math
from shop.prices import rate

LIMIT = 3


# What a cart costs.
def net(items):
    total = 0
    for item in items:
        total += item.price
    return total


class Cart:
    size = 1

    def add(self, item):
        self.items.append(item)

    def clear(self):
        self.items.clear()


def show(items):
    print(math.floor(net(items)), rate)
"""
NET, ADD, CLASS_LINE = LineRange(10, 11), LineRange(19, 19), LineRange(16, 16)
REPOSITORY = frozenset({"shop", "shop/prices.py", "shop/tax.py", "web/api.ts", "web/util/text.ts"})


def doubts(
    path: str, base: str, result: str, lines: LineRange, said: str = "", repository: frozenset[str] = REPOSITORY
) -> list[str]:
    before, after = Document.from_text(base), Document.from_text(result)
    surroundings = Surroundings(said, lambda place: place in repository)
    return [doubt.message for doubt in confine(path, before, after, lines, surroundings)]


def changed(*pairs: tuple[str, str]) -> str:
    text = PYTHON
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    return text


INSIDE = ("total += item.price", "total += item.price * item.count")


@pytest.mark.parametrize(
    ("lines", "region"),
    [
        (NET, (6, 12)),  # with the comment above
        (LineRange(7, 7), (6, 12)),
        (LineRange(8, 8), (6, 12)),
        (ADD, (17, 19)),
        (CLASS_LINE, (14, 22)),
        (LineRange(19, 22), (14, 22)),
        (LineRange(4, 4), (3, 4)),
        (LineRange(4, 11), (3, 12)),
    ],
)
def test_the_region_is_the_definition_round_the_lines(lines: LineRange, region: tuple[int, int]) -> None:
    found = region_of("shop/cart.py", tuple(PYTHON.split("\n")[:-1]), lines)
    assert (found.start, found.stop) == region


RIGHT = {
    "a line of the range": (changed(INSIDE), NET),
    "the header of the definition": (changed(("def net(items):", "def net(items, rate):")), NET),
    "the comment above the definition": (changed(("# What a cart costs.", "# What it costs.")), NET),
    "a new name for the definition": (changed(("def net(items):", "def subtotal(items):")), NET),
    "a decorator": (changed(("def net(items):", "@cached\ndef net(items):")), NET),
    "a definition inside the definition": (
        changed(("    total = 0\n", "    def price(item):\n        return item.price\n\n    total = 0\n")),
        NET,
    ),
    "the definition goes": (changed((PYTHON[PYTHON.index("# What") : PYTHON.index("class Cart")], "")), NET),
    "a method of the class that is asked about": (
        changed(("    def clear", "    def count(self):\n        return 1\n\n    def clear")),
        CLASS_LINE,
    ),
    "a line outside of any definition": (changed(("LIMIT = 3", "LIMIT = 4\nMOST = 5")), LineRange(4, 4)),
    "a module of the standard library that the change needs": (
        changed(INSIDE, ("import math\n", "import math\nimport os\n"), ("total = 0", "total = os.cpu_count()")),
        NET,
    ),
    "a name from a module of the file": (
        changed(("import math\n", "from math import ceil\nimport math\n"), ("return total", "return ceil(total)")),
        NET,
    ),
    "a further name in an import": (
        changed(("import rate", "import rate, tax"), ("return total", "return total + tax")),
        NET,
    ),
    "a module of the repository": (
        changed(("import rate\n", "import rate\nfrom shop.tax import vat\n"), ("return total", "return vat(total)")),
        NET,
    ),
    "a module of the folder": (
        changed(("import rate\n", "import rate\nfrom .tax import vat\n"), ("return total", "return vat(total)")),
        NET,
    ),
}
WRONG = {
    "a line of another function": (changed(INSIDE, ("print(", "log(")), NET, "changes line 26"),
    "a constant": (changed(("LIMIT = 3", "LIMIT = 4")), NET, "changes line 4"),
    "a function behind": (
        changed(("    return total\n", "    return total\n\n\ndef gross(items):\n    return 1\n")),
        NET,
        "adds 'def gross(items):' beside",
    ),
    "a function behind that ends alike": (
        changed(("    return total\n", "    return total\n\n\ndef gross(items):\n    return total\n")),
        NET,
        "adds 'def gross(items):' beside",
    ),
    "a function in front": (changed(("def net", "def gross(items):\n    return 1\n\n\ndef net")), NET, "beside"),
    "a statement behind": (changed(("    return total\n", "    return total\n\n\nnet(())\n")), NET, "'net(())'"),
    "a method beside the one asked about": (
        changed(("    def clear", "    def count(self):\n        return 1\n\n    def clear")),
        ADD,
        "beside",
    ),
    "the definition and a line above it": (changed(INSIDE, ("LIMIT = 3\n", "")), NET, "changes line 4"),
    "an import that nothing needs": (changed(INSIDE, ("import math\n", "import math\nimport os\n")), NET, "line 2"),
    "an import for its side effects": (
        changed(INSIDE, ("import math\n", "import math\nimport antigravity\n")),
        NET,
        "line 2",
    ),
    "an import of an unknown module": (
        changed(("import math\n", "import math\nimport evil\n"), ("total = 0", "total = evil.x")),
        NET,
        "line 2",
    ),
    "an import of an unknown part beside a known name": (
        changed(("import rate\n", "import rate\nfrom shopping import x\n"), ("total = 0", "total = x")),
        NET,
        "line 3",
    ),
    "an import that takes a name over": (
        changed(("import math\n", "import math\nfrom os import abort as print\n"), ("total = 0", "total = print(0)")),
        NET,
        "line 2",
    ),
    "an import in place of another of the same name": (
        changed(("from shop.prices import rate", "from shop.tax import rate"), ("total = 0", "total = rate")),
        NET,
        "line 2",
    ),
    "an import and something behind it": (
        changed(("import math\n", "import math; import os; os.abort()\n"), ("total = 0", "total = os.cpu_count()")),
        NET,
        "line 1",
    ),
    "an import of everything": (
        changed(("import math\n", "import math\nfrom os import *\n"), ("total = 0", "total = cpu_count()")),
        NET,
        "line 2",
    ),
    "an import inside of another function": (
        changed(("    print(math", "    import os\n    print(math"), ("total = 0", "total = os.cpu_count()")),
        NET,
        "line 26",
    ),
    "an import that others use goes": (changed(("import math\n", ""), INSIDE), NET, "line 1"),
    "an import moves": (
        changed(("import math\nfrom shop.prices import rate\n", "from shop.prices import rate\nimport math\n"), INSIDE),
        NET,
        "line",
    ),
    "the final newline far away": (changed(INSIDE).removesuffix("\n"), NET, "the end of"),
}


@pytest.mark.parametrize("name", RIGHT)
def test_a_change_within_its_right_is_not_doubted(name: str) -> None:
    result, lines = RIGHT[name]
    assert doubts("shop/cart.py", PYTHON, result, lines) == []


@pytest.mark.parametrize("name", WRONG)
def test_a_change_beyond_its_right_is_doubted_and_the_place_named(name: str) -> None:
    result, lines, said = WRONG[name]
    (doubt,) = doubts("shop/cart.py", PYTHON, result, lines)
    assert said in doubt
    assert "the request is about" in doubt


@pytest.mark.parametrize("lines", [NET, ADD, CLASS_LINE, LineRange(4, 4)])
def test_every_line_beyond_the_region_is_out_of_bounds(lines: LineRange) -> None:
    own = PYTHON.split("\n")[:-1]
    region = region_of("shop/cart.py", tuple(own), lines)
    for number, line in enumerate(own):
        if region.start <= number < region.stop or not line.strip():
            continue
        changed_line = [*own[:number], f"{line}  # changed", *own[number + 1 :]]
        lost_line = [*own[:number], *own[number + 1 :]]
        for result in (changed_line, lost_line):
            assert doubts("shop/cart.py", PYTHON, "\n".join(result) + "\n", lines), line


def test_an_import_may_go_with_the_only_lines_that_used_it() -> None:
    base = "import math\nimport os\n\n\ndef net(items):\n    return os.cpu_count()\n"
    result = "import math\n\n\ndef net(items):\n    return 1\n"
    assert doubts("a.py", base, result, LineRange(6, 6)) == []
    assert doubts("a.py", base + "\n\nos.getpid()\n", result + "\n\nos.getpid()\n", LineRange(6, 6)) != []


def test_a_module_that_the_request_names_is_known() -> None:
    result = changed(("import math\n", "import math\nimport httpx\n"), ("total = 0", "total = httpx.get(1)"))
    assert doubts("shop/cart.py", PYTHON, result, NET) != []
    assert doubts("shop/cart.py", PYTHON, result, NET, said="Use `httpx` here.") == []


LANGUAGES = {
    "typescript": (
        "web/page.ts",
        'import { a } from "./api";\n\nexport function page() {\n  return a;\n}\n',
        ('"./api";\n', '"./api";\nimport { trim } from "./util/text";\n'),
        ("return a;", "return trim(a);"),
        ('"./util/text"', '"./evil"'),
    ),
    "go": (
        "main.go",
        'package main\n\nimport (\n\t"fmt"\n)\n\nfunc run() {\n\tfmt.Println()\n}\n',
        ('\t"fmt"\n', '\t"fmt"\n\t"os"\n'),
        ("fmt.Println()", "fmt.Println(os.Args)"),
        ('"os"', '"example.org/evil/os"'),
    ),
    "java": (
        "A.java",
        "package a;\n\nimport java.util.List;\n\nclass A {\n  int run() {\n    return 1;\n  }\n}\n",
        ("List;\n", "List;\nimport java.util.Map;\n"),
        ("return 1;", "return Map.of().size();"),
        ("java.util.Map", "org.evil.Map"),
    ),
    "rust": (
        "src/lib.rs",
        "use std::fmt;\n\npub fn run() -> u8 {\n    1\n}\n",
        ("use std::fmt;\n", "use std::fmt;\nuse std::cmp::{max, min};\n"),
        ("    1\n", "    max(1, min(2, 3))\n"),
        ("std::cmp", "evil::cmp"),
    ),
}


@pytest.mark.parametrize("name", LANGUAGES)
def test_imports_of_other_languages_are_followed_too(name: str) -> None:
    path, base, imported, used, evil = LANGUAGES[name]
    lines = LineRange(base[: base.index(used[0])].count("\n") + 1, base[: base.index(used[0])].count("\n") + 1)
    needed = base.replace(*used).replace(*imported)
    assert doubts(path, base, needed, lines) == []
    assert doubts(path, base, base.replace(*imported), lines) != []
    assert doubts(path, base, needed.replace(*evil), lines) != []


SAME_LINE = {
    "JavaScript, behind": ("a.js", "let a = 1;\nfunction f() {\n  return 1;\n}\ng();\n", 3, "}\ng", "} evil();\ng"),
    "JavaScript, behind a comment": (
        "a.js", "let a = 1;\nfunction f() {\n  return 1;\n}\ng();\n", 3, "}\ng", "} /* so */ evil();\ng"
    ),
    "JavaScript, in front": ("a.js", "let a = 1;\nfunction f() {\n  return 1;\n}\n", 3, "function", "evil(); function"),
    "JavaScript, a method": ("a.js", "class A {\n  f() {\n    return 1;\n  }\n}\n", 3, "  }\n", "  } x = evil();\n"),
    "JavaScript, an arrow": ("a.js", "const f = () => {\n  return 1;\n};\n", 2, "};", "}, g = evil();"),
    "Go": ("a.go", "package a\n\nfunc f() int {\n\treturn 1\n}\n", 4, "}\n", "}; var x = evil()\n"),
    "Rust": ("a.rs", "fn f() -> u8 {\n    1\n}\n", 2, "}\n", "} fn g() {}\n"),
    "C": ("a.c", "int f() {\n  return 1;\n}\n", 2, "}\n", "} int g = 1;\n"),
    "Ruby": ("a.rb", "def f\n  1\nend\n", 2, "end\n", "end; evil\n"),
    "PHP, behind a comment": (
        "a.php", "<?php\nfunction f() {\n  return 1;\n}\n", 3, "}\n", "} // so ?> evil <?php evil();\n"
    ),
    "PHP": ("a.php", "<?php\nfunction f() {\n  return 1;\n}\n", 3, "}\n", "} evil();\n"),
}  # fmt: skip


@pytest.mark.parametrize("name", SAME_LINE)
def test_code_on_a_line_of_the_definition_that_is_no_part_of_it_is_beside_it(name: str) -> None:
    path, base, line, old, new = SAME_LINE[name]
    changed_inside = base.replace("1\n", "2\n", 1) if "1\n" in base else base.replace("return 1", "return 2")
    assert doubts(path, base, changed_inside, LineRange(line, line)) == []
    (doubt,) = doubts(path, base, base.replace(old, new), LineRange(line, line))
    assert "beside that definition" in doubt


@pytest.mark.parametrize(
    ("path", "base", "result"),
    [
        ("a.js", "function f() {\n  return 1;\n}\n", "function f() {\n  return 2;\n} // two\n"),
        ("a.js", "const f = () => {\n  return 1;\n}\n", "const f = () => {\n  return 2;\n};\n"),
        ("a.js", "function f() {\n  return 1;\n} g();\n", "function f() {\n  return 2;\n} g();\n"),
        ("a.json", '{\n  "a": 1,\n  "b": 2\n}\n', '{\n  "a": [\n    1\n  ],\n  "b": 2\n}\n'),
    ],
    ids=["a comment", "a sign", "what stood there", "a comma"],
)
def test_what_is_no_code_may_stand_on_the_last_line(path: str, base: str, result: str) -> None:
    assert doubts(path, base, result, LineRange(2, 2)) == []


def test_an_element_that_ends_in_front_of_the_next_one_does_not_have_its_line() -> None:
    base = "<head>\n  <link href='a.css'>\n\n  <script type='x'>\n    run();\n  </script>\n</head>\n"
    assert doubts("a.html", base, base.replace(" type='x'", ""), LineRange(4, 4)) == []
    assert doubts("a.html", base, base.replace("a.css", "b.css"), LineRange(4, 4)) != []


def test_where_there_is_no_grammar_the_lines_are_all() -> None:
    base = "".join(f"line {number}\n" for number in range(1, 10))
    assert doubts("notes.txt", base, base.replace("line 5", "line five"), LineRange(5, 5)) == []
    assert doubts("notes.txt", base, base.replace("line 7", "line seven"), LineRange(5, 5)) != []
