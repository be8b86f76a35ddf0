"""The languages that stetbot knows, as data: file endings, comments, and the grammar's names for what an outline shows.

Grammars are the single `tree-sitter-<language>` wheels; the node names are theirs, and a test asks each grammar whether
it still has them. A language without a grammar (Markdown, Vue, Dockerfile ...) is here for its comments alone.
"""

from __future__ import annotations

from bot.syntax.blocks import BLOCKS
from bot.syntax.braces import BRACES
from bot.syntax.language import C_BLOCK, JSX, MARKUP, Grammar, Language
from bot.syntax.texts import HEREDOC

__all__ = ["LANGUAGES", "Grammar", "Language", "comment_prefixes", "language_of"]

_QUOTE = (r'"', r'(?<!\\)(?:\\\\)*"')
_APOSTROPHE = (r"'", r"(?<!\\)(?:\\\\)*'")
_THREE = (r'"""', r'"""')
_THREE_APOSTROPHES = (r"'''", r"'''")
_BACKTICK = (r"`", r"(?<!\\)(?:\\\\)*`")
_HERE = (HEREDOC, "")
_VERBATIM = r"(?:verbatim|lstlisting|minted)\*?\}"
_RAW = (r"\{%-?\s*raw\b", r"\{%-?\s*endraw\b")

_PLAIN: tuple[Language, ...] = (
    Language("markdown", (".md", ".markdown", ".mdx", ".mkd"), (), MARKUP),
    Language("vue", (".vue", ".svelte", ".astro"), ("//",), (*MARKUP, *JSX), texts=(_BACKTICK,)),
    Language("restructuredtext", (".rst",), ("..",)),
    Language("dockerfile", (".dockerfile",), ("#",), files=("Dockerfile", "Containerfile"), texts=(_HERE,)),
    Language(
        "make",
        (".mk", ".mak"),
        ("#",),
        files=("Makefile", "GNUmakefile", "makefile", "Justfile", "justfile"),
        texts=((r"^\s*define\b", r"^\s*endef\b"),),
    ),
    Language("cmake", (".cmake",), ("#",), files=("CMakeLists.txt",), texts=((r"\[=*\[", r"\]=*\]"), _QUOTE)),
    Language(
        "ini",
        (".ini", ".cfg", ".conf", ".properties", ".env", ".editorconfig"),
        ("#", ";"),
        files=(".gitignore", ".gitattributes", ".dockerignore", ".editorconfig", "requirements.txt"),
    ),
    Language("sass", (".sass",), ("//",), C_BLOCK, indented=True),
    Language("less", (".less",), ("//",), C_BLOCK),
    Language("graphql", (".graphql", ".gql"), ("#",), texts=(_THREE,)),
    Language("protobuf", (".proto",), ("//",), C_BLOCK),
    Language("perl", (".pl", ".pm", ".t"), ("#",), texts=((r"^=[a-z]", r"^=cut\b"), _HERE, _QUOTE)),
    Language("r", (".r",), ("#",), texts=((r"[rR]\"-*\(", r"\)-*\""), _QUOTE, _APOSTROPHE)),
    Language("julia", (".jl",), ("#",), texts=(_THREE, _QUOTE)),
    Language("elixir", (".ex", ".exs"), ("#",), texts=(_THREE, _THREE_APOSTROPHES, _QUOTE)),
    Language("erlang", (".erl", ".hrl"), ("%",), texts=(_QUOTE,)),
    Language("haskell", (".hs",), ("--",), (("{-", "-}"),), indented=True, texts=((r"\[\w+\|", r"\|\]"),)),
    Language("ocaml", (".ml", ".mli"), (), (("(*", "*)"),), texts=((r"\{\w*\|", r"\|\w*\}"), _QUOTE)),
    Language("fsharp", (".fs", ".fsx"), ("//",), (("(*", "*)"),), indented=True, texts=(_THREE, _QUOTE)),
    Language("clojure", (".clj", ".cljs", ".edn"), (";",), texts=(_QUOTE,)),
    Language("lisp", (".lisp", ".el", ".scm"), (";",), texts=(_QUOTE,)),
    Language("dart", (".dart",), ("//", "///"), C_BLOCK, texts=(_THREE, _THREE_APOSTROPHES)),
    Language(
        "groovy",
        (".groovy", ".gradle"),
        ("//",),
        C_BLOCK,
        files=("Jenkinsfile",),
        texts=(_THREE, _THREE_APOSTROPHES, (r"\$/", r"/\$")),
    ),
    Language("objective-c", (".m", ".mm"), ("//",), C_BLOCK),
    Language("zig", (".zig",), ("//",)),
    Language("nix", (".nix",), ("#",), C_BLOCK, texts=((r"''", r"''(?!['$\\])"), _QUOTE)),
    Language(
        "powershell",
        (".ps1", ".psm1", ".psd1"),
        ("#",),
        (("<#", "#>"),),
        texts=((r'@"\s*$', r'^"@'), (r"@'\s*$", r"^'@"), _QUOTE),
    ),
    Language("visual basic", (".vb", ".bas", ".vbs", ".frm"), ("'", "rem", "REM", "Rem")),
    Language("fortran", (".f90", ".f95", ".f03", ".f08", ".f", ".for", ".f77", ".fpp"), ("!",)),
    Language("ada", (".adb", ".ads"), ("--",)),
    Language("vhdl", (".vhd", ".vhdl"), ("--",)),
    Language("verilog", (".v", ".sv", ".svh"), ("//",), C_BLOCK),
    Language("pascal", (".pas", ".dpr"), ("//",), (("(*", "*)"),)),
    Language("d", (".d",), ("//",), C_BLOCK, texts=(_BACKTICK, _QUOTE)),
    Language("nim", (".nim", ".nims"), ("#",), indented=True, texts=(_THREE,)),
    Language("crystal", (".cr",), ("#",), texts=(_HERE, _QUOTE)),
    Language("elm", (".elm",), ("--",), (("{-", "-}"),), indented=True, texts=(_THREE,)),
    Language("solidity", (".sol",), ("//",), C_BLOCK),
    Language("tcl", (".tcl",), ("#",)),
    Language("awk", (".awk",), ("#",)),
    Language("fish", (".fish",), ("#",), texts=(_QUOTE, _APOSTROPHE)),
    Language("shader", (".glsl", ".hlsl", ".wgsl", ".vert", ".frag"), ("//",), C_BLOCK),
    Language("gdscript", (".gd",), ("#",), indented=True, texts=(_THREE, _THREE_APOSTROPHES)),
    Language("bicep", (".bicep",), ("//",), C_BLOCK, texts=(_THREE_APOSTROPHES,)),
    Language("batch", (".bat", ".cmd"), ("rem", "REM", "::")),
    Language("tex", (".tex", ".sty"), ("%",), texts=((rf"\\begin\{{{_VERBATIM}", rf"\\end\{{{_VERBATIM}"),)),
    Language("vim", (".vim",), ('"',)),
    Language("jinja", (".j2", ".jinja", ".jinja2", ".liquid", ".twig"), (), (("{#", "#}"), *MARKUP), texts=(_RAW,)),
    Language("erb", (".erb", ".ejs"), (), (("<%#", "%>"), *MARKUP)),
)

LANGUAGES: tuple[Language, ...] = (*BRACES, *BLOCKS, *_PLAIN)

_BY_FILE = {name: language for language in LANGUAGES for name in language.files}
_BY_ENDING = {ending: language for language in LANGUAGES for ending in language.endings}


def language_of(path: str) -> Language | None:
    """The language of `path` by its whole name or its ending (case aside); None for one that the table lacks."""
    name = path.replace("\\", "/").rsplit("/", 1)[-1]
    if name in _BY_FILE:
        return _BY_FILE[name]
    if name.startswith("Dockerfile"):
        return _BY_FILE["Dockerfile"]
    dot = name.rfind(".")
    return _BY_ENDING.get(name[dot:].lower()) if dot >= 0 else None


def comment_prefixes(path: str) -> tuple[str, ...]:
    """What begins a comment in `path`: line prefixes, then openings of block comments; () where unknown."""
    language = language_of(path)
    return () if language is None else (*language.line, *(opening for opening, _ in language.block))
