"""Markers of left-out code, as `stetbot-hook check` finds them: in every language, and what it lets pass."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st
from support.hooks import found_in, hook

from bot.leftovers.find import Look, leftovers
from bot.leftovers.suspicion import may_have_leftovers
from bot.text import Document

if TYPE_CHECKING:
    from pathlib import Path

# One comment for each language: what it looks like, and in which file.
LANGUAGES = {
    "a.py": "# {}", "a.js": "// {}", "a.jsx": "// {}", "a.ts": "// {}", "a.tsx": "// {}", "a.c": "/* {} */",
    "a.cpp": "// {}", "a.cs": "// {}", "a.go": "// {}", "A.java": "// {}", "a.kt": "// {}", "a.rs": "// {}",
    "a.swift": "// {}", "a.scala": "// {}", "a.php": "// {}", "a.rb": "# {}", "a.sh": "# {}", "a.lua": "-- {}",
    "a.sql": "-- {}", "a.html": "<!-- {} -->", "a.xml": "<!-- {} -->", "a.css": "/* {} */", "a.scss": "// {}",
    "a.yaml": "# {}", "a.toml": "# {}", "a.tf": "# {}", "a.md": "<!-- {} -->", "a.vue": "<!-- {} -->",
    "Dockerfile": "# {}", "Makefile": "# {}", "a.hs": "-- {}", "a.ml": "(* {} *)", "a.ex": "# {}", "a.clj": ";; {}",
    "a.rst": ".. {}", "a.tex": "% {}", "a.j2": "{{# {} #}}", "a.ini": "; {}", "a.bat": "REM {}", "a.ps1": "# {}",
    "a.unknown": "# {}", "a.f90": "! {}", "a.vb": "' {}", "b.ps1": "<# {} #>", "a.jl": "#= {} =#", "a.adb": "-- {}",
    "a.d": "// {}", "a.cshtml": "@* {} *@", "b.html": "{{# {} #}}", "a.nim": "# {}",
}  # fmt: skip
SAYS = (
    "... existing code ...",
    "...existing code...",
    "… existing code …",
    "[... existing code ...]",
    "... (rest of the function) ...",
    "... rest of the file unchanged ...",
    "... other methods unchanged ...",
    "... same as before ...",
    "... keep existing imports ...",
    "... existing code",
    "existing code ...",
    "... rest unchanged",
    "rest of the code unchanged",
    "the rest of the file remains the same",
    "existing code remains unchanged",
    "... all else stays the same",
    "... (code continues)",
    "... existing code ... (lines 10-50)",
    "... existing imports and the logger ...",
    "... read() unchanged ...",
    "... 20 lines omitted ...",
    "... \u73b0\u6709\u4ee3\u7801 ...",
    "... c\u00f3digo existente ...",
    "... (keep existing helper functions)",
    "... remaining code unchanged from the original",
    "rest of the tests unchanged...",
    "[existing code]",
    "(rest of the code remains unchanged)",
    "--- existing code unchanged ---",
    "=== existing code ===",
    "existing code goes here",
    "Implementation omitted for brevity",
)
# What people write, who leave nothing out.
MEANT = (
    "...",
    "... and so on ...",
    "other options...",
    "see above...",
    "rest of the arguments",
    "the existing file is kept",
    "unchanged",
    "remaining lines",
    "none of the above...",
    "... keep going ...",
    "... and the rest is history ...",
    "... your code here ...",
    "... other imports",
    "previous code...",
    "Existing tests ...",
    "Everything else is the same",
    "rest of the line ...",
    "rest of the file",
    "[existing tests]",
    "--- Existing tests ---",
    "[unchanged lines]",
    "The rest of the fields",
    "keep the rest as is, please",
)


def test_every_spelling_is_found_in_every_language(tmp_path: Path) -> None:
    spellings = {name: [sign.format(said) for said in SAYS] for name, sign in LANGUAGES.items()}
    files = {name: "".join(f"{line}\n\n" for line in lines) for name, lines in spellings.items()}
    assert found_in(tmp_path, files) == spellings


def test_what_people_write_is_no_marker(tmp_path: Path) -> None:
    files = {name: "".join(sign.format(said) + "\n\n" for said in MEANT) for name, sign in LANGUAGES.items()}
    files |= {name: "".join(said + "\n\n" for said in (*MEANT, "existing code ...")) for name in ("a.txt", "b.md")}
    assert found_in(tmp_path, files) == {}


BEHIND = {
    "a.js": "function f() { /* ... existing code ... */ }\n",
    "a.py": "def f(): # ... existing code ...\n    pass\n",
    "a.jsx": "let x = <a>{/* ... existing code ... */}</a>;\n",
    "a.html": "<p>\n<script>\n// ... existing code ...\n</script>\n",
    "b.html": "<style>\np {} /* ... existing styles ... */\n</style>\n",
    "first.js": "let x = `a ${b /* ... existing code ... */}`;\n",
    "later.js": "let x = `\n${\n  // ... existing code ...\n  y}\n${y /* ... existing code ... */}`;\n",
    "inside.c": "/*\n * ... existing code ...\n */\n",
    "fenced.adoc": "----\nx\n----\n\n# ... existing text ...\n",
    "titled.adoc": "Chapter\n-------\n\n# ... existing text ...\n\n----\nx\n----\n",
    "ruled.txt": "Text\n\n----\n\n# ... existing text ...\n\n----\n",
    "docs.js": "/**\n * Adds.\n * ...existing docs...\n */\n",
}
QUOTED = {
    "string.js": "let x = `\n// ... existing code ...\n`;\n",
    "one_line.js": "let x = '// ... existing code ...';\n",
    "list.py": 'x = (\n    "... existing code ...",\n)\n',
    "docstring.py": 'def f():\n    """Write:\n\n    # ... existing code ...\n    """\n',
    "heredoc.sh": "cat <<'EOF'\n# ... existing code ...\nEOF\n",
    "raw.go": "package a\n\nvar x = `\n// ... existing code ...\n`\n",
    "fence.md": "Text\n\n```js\n// ... existing code ...\n```\n\n    # ... existing code ...\n",
    "quoted_fence.md": "> ```js\n> // ... existing code ...\n> ```\n",
    "manual.rst": "Text::\n\n    # ... existing code ...\n",
    "page.html": "<pre>\n// ... existing code ...\n</pre>\n",
    "about.py": "# A marker such as `# ... existing code ...` stands for code.\n",
    "script.html": "<script>\nlet x = `\n// ... existing code ...\n`;\n</script>\n",
    "manual.pm": "1;\n=head1 USE\n\n  # ... existing code ...\n\n=cut\n2;\n",
    "manual.txt": "Then::\n\n    # ... existing code ...\n\n```\n# ... existing code ...\n```\n",
    "manual.adoc": "[source,js]\n----\n// ... existing code ...\n----\n\n....\n// ... existing code ...\n....\n",
    "manual.org": "#+BEGIN_SRC c\n// ... existing code ...\n#+END_SRC\n",
    "change.diff": "+# ... existing code ...\n # ... existing code ...\n",
    "quoted.md": "> ... existing code ...\n",
    "shown.js": "/**\n * // ... existing code ...\n */\n",
    "allowed.py": "# ... existing code ...  stetbot: allow\n",
    # A line of what somebody says in several.
    "paragraph.py": "# We leave the tests alone:\n# existing code remains unchanged.\n# ... rest of the code\n\n",
    "allowed_file.py": "# stetbot: allow-file\nx = 1\n# ... existing code ...\n",
}


def test_a_marker_behind_code_or_within_a_comment_is_found(tmp_path: Path) -> None:
    found = found_in(tmp_path, BEHIND)
    assert {name: len(lines) for name, lines in found.items()} == dict.fromkeys(BEHIND, 1) | {"later.js": 2}


def test_text_about_markers_is_let_pass(tmp_path: Path) -> None:
    assert found_in(tmp_path, QUOTED) == {}


def notebook(*sources: object, kinds: str = "cm", extension: str = ".py", indent: int | None = 1) -> str:
    names = {"c": "code", "m": "markdown", "r": "raw"}
    cells = [{"cell_type": names[kind], "source": source} for kind, source in zip(kinds, sources, strict=True)]
    whole = {"cells": cells, "metadata": {"language_info": {"file_extension": extension}}, "nbformat": 4}
    return json.dumps(whole, indent=indent)


def test_the_cells_of_a_notebook_are_texts_of_their_own(tmp_path: Path) -> None:
    code = ["def f():\n", "    # ... existing code ...\n", "    pass"]
    files = {
        "lines.ipynb": notebook(code, ["Text\n"]),
        "escaped.ipynb": notebook(["# \u2026 existing code \u2026"], "Text"),
        "joined.ipynb": notebook("".join(code), "```\n# ... existing code ...\n```\n"),
        "one_line.ipynb": notebook(code, [], indent=None),
        "weak.ipynb": notebook(["x = 1\n", "\n", " " * 40 + "# rest of the code unchanged"], []),
        "julia.ipynb": notebook(["#= ... existing code ... =#"], [], extension=".jl"),
        "prose.ipynb": notebook([], ["Text\n", "\n", "<!-- ... rest of the page ... -->"]),
        "string.ipynb": notebook(['x = """\n', "# ... existing code ...\n", '"""'], []),
        "output.ipynb": '{"cells": [{"cell_type": "code", "outputs": [{"text": ["# ... existing code ..."]}]}]}',
        "raw.ipynb": notebook(["... keep going ..."], [], kinds="rm"),
        "no.ipynb": '{"cells": [{"cell_type": "code", "source": ["\\q # x',
        "asks.ipynb": notebook(["# one stetbot!"], []),
        "allowed.ipynb": notebook(code, ["<!-- stetbot: allow-file -->"]),
    }
    found = found_in(tmp_path, files)
    assert {name: len(lines) for name, lines in found.items()} == dict.fromkeys(
        ("lines.ipynb", "escaped.ipynb", "joined.ipynb", "one_line.ipynb", "weak.ipynb", "julia.ipynb", "prose.ipynb"),
        1,
    )
    line = files["lines.ipynb"].split("\n").index('    "    # ... existing code ...\\n",') + 1
    assert hook(tmp_path, "check", "lines.ipynb").out.startswith(f"lines.ipynb:{line}: ")


def test_a_conflict_in_a_notebook_is_found_in_its_cells_and_between_them(tmp_path: Path) -> None:
    inside = ["<<<<<<< local\n", "a = 1\n", "=======\n", "a = 2\n", ">>>>>>> remote\n"]
    between = notebook(["a = 1"], []).replace("  {\n", "<<<<<<< ours\n  {\n=======\n  {\n>>>>>>> theirs\n", 1)
    for name, text in {"in.ipynb": notebook(inside, []), "between.ipynb": between}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        assert hook(tmp_path, "check", name).out.count("conflict marker") == 3, name


SIGNS = ("# ", "// ", "//", "/* ", "<!-- ", "{/* ", "-- ", "; ", "% ", "REM ", "{# ", "(* ", "\t// ", "x = 1  # ", "",
         "! ", "<# ", "#= ", " * ", "' ")  # fmt: skip
WORDS = ("existing", "the", "rest of", "remaining", "unchanged", "keep", "your", "other", "code", "methods", "omitted",
         "same as before", "everything else", "stays the same", "is", "imports", "for brevity", "(", "]", "all else",
         "continues", "here", "not shown", "from the original", "above", "previous", "lines", "and", "stay", "remain",
         "\u73b0\u6709\u4ee3\u7801", "elided", "as is", "others", "---", "goes on", "include")  # fmt: skip
DOTS = ("...", "....", "\u2026", ". . .", "", "[...", "... (", "---", "[", "=== ", "\u22ef")


@given(
    st.sampled_from(SIGNS), st.sampled_from(DOTS), st.lists(st.sampled_from(WORDS), max_size=6), st.sampled_from(DOTS)
)
def test_the_cheap_look_passes_over_nothing_that_the_close_one_finds(
    sign: str, before: str, words: list[str], after: str
) -> None:
    line = sign + " ".join((before, *words, after))
    document = Document.from_text(f"y = 2\n{line}\nz = 3\n")
    if leftovers(document, "a.py", Look()):
        assert may_have_leftovers("a.py", document.to_bytes())
