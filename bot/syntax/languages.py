"""The languages that stetbot knows, as data: file endings, comments, and the grammar's names for what an outline shows.

Grammars are the single `tree-sitter-<language>` wheels; the node names are theirs, and a test asks each grammar whether
it still has them. A language without a grammar (Markdown, Vue, Dockerfile ...) is here for its comments alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Grammar:
    """A tree-sitter grammar: the module and function that give it, and its node names.

    `definitions` maps a node's name to the kind that an outline says; `names` says where the name stands if not in the
    field `name`: `field` names separated by ".", or "<type" for the first child of that type, "=" for the text up to
    the body; `wrappers` are nodes round a definition that belong to it (decorators, `export`, `template<...>`).
    `leads` are siblings in front of a definition that belong to it (attributes).
    """

    module: str
    function: str = "language"
    definitions: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    wrappers: tuple[str, ...] = ()
    leads: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    strings: tuple[str, ...] = ()
    comments: tuple[str, ...] = ("comment",)


@dataclass(frozen=True, slots=True)
class Language:
    """One language: `line` are the prefixes of its line comments, `block` its block comments as (open, close)."""

    name: str
    endings: tuple[str, ...]
    line: tuple[str, ...] = ()
    block: tuple[tuple[str, str], ...] = ()
    grammar: Grammar | None = None
    files: tuple[str, ...] = ()
    indented: bool = False


_C_BLOCK = (("/*", "*/"),)
_JSX = (("/*", "*/"), ("{/*", "*/}"))
_MARKUP = (("<!--", "-->"),)

_C_DEFINITIONS = {
    "function_definition": "function",
    "struct_specifier": "struct",
    "union_specifier": "union",
    "enum_specifier": "enum",
    "type_definition": "type",
    "preproc_function_def": "macro",
}
_C_NAMES = {"function_definition": "declarator", "type_definition": "declarator"}
_CPP_DEFINITIONS = {
    **_C_DEFINITIONS,
    "class_specifier": "class",
    "namespace_definition": "namespace",
    "alias_declaration": "type",
    "concept_definition": "concept",
}
_JS_DEFINITIONS = {
    "function_declaration": "function",
    "generator_function_declaration": "function",
    "class_declaration": "class",
    "method_definition": "method",
    "variable_declarator": "variable",
    "assignment_expression": "function",
    "pair": "key",
}
_TS_DEFINITIONS = {
    **_JS_DEFINITIONS,
    "abstract_class_declaration": "class",
    "interface_declaration": "interface",
    "type_alias_declaration": "type",
    "enum_declaration": "enum",
    "internal_module": "namespace",
    "function_signature": "function",
    "method_signature": "method",
    "abstract_method_signature": "method",
    "public_field_definition": "field",
}
_JS_WRAPPERS = ("export_statement", "lexical_declaration", "variable_declaration", "expression_statement")
_CSS_DEFINITIONS = {
    "rule_set": "rule",
    "media_statement": "rule",
    "supports_statement": "rule",
    "keyframes_statement": "rule",
    "at_rule": "rule",
}
_CSS_NAMES = dict.fromkeys(_CSS_DEFINITIONS, "=")


def _typescript(function: str) -> Grammar:
    return Grammar(
        "tree_sitter_typescript",
        function,
        definitions=_TS_DEFINITIONS,
        names={"pair": "key", "assignment_expression": "left"},
        wrappers=(*_JS_WRAPPERS, "ambient_declaration"),
        leads=("decorator",),
        imports=("import_statement",),
        strings=("template_string",),
    )


LANGUAGES: tuple[Language, ...] = (
    Language(
        "bash",
        (".sh", ".bash", ".zsh", ".ksh", ".zsh-theme", ".bats"),
        ("#",),
        grammar=Grammar(
            "tree_sitter_bash",
            definitions={"function_definition": "function"},
            strings=("heredoc_body", "string", "raw_string"),
        ),
        files=(".bashrc", ".zshrc", ".profile", ".bash_profile"),
    ),
    Language(
        "c",
        (".c",),
        ("//",),
        _C_BLOCK,
        Grammar("tree_sitter_c", definitions=_C_DEFINITIONS, names=_C_NAMES, imports=("preproc_include",)),
    ),
    Language(
        "c-sharp",
        (".cs", ".csx"),
        ("//", "///"),
        _C_BLOCK,
        Grammar(
            "tree_sitter_c_sharp",
            definitions={
                "namespace_declaration": "namespace",
                "class_declaration": "class",
                "struct_declaration": "struct",
                "record_declaration": "record",
                "interface_declaration": "interface",
                "enum_declaration": "enum",
                "method_declaration": "method",
                "constructor_declaration": "constructor",
                "destructor_declaration": "destructor",
                "property_declaration": "property",
                "delegate_declaration": "delegate",
                "local_function_statement": "function",
                "field_declaration": "field",
            },
            names={"field_declaration": "<variable_declaration.<variable_declarator.name"},
            imports=("using_directive",),
            strings=("verbatim_string_literal", "raw_string_literal", "interpolated_string_expression"),
        ),
    ),
    Language(
        "cpp",
        (".cc", ".cpp", ".cxx", ".c++", ".h", ".hh", ".hpp", ".hxx", ".ipp", ".inl", ".tpp", ".cu"),
        ("//", "///"),
        _C_BLOCK,
        Grammar(
            "tree_sitter_cpp",
            definitions=_CPP_DEFINITIONS,
            names=_C_NAMES,
            wrappers=("template_declaration",),
            imports=("preproc_include", "using_declaration"),
            strings=("raw_string_literal",),
        ),
    ),
    Language(
        "css",
        (".css",),
        (),
        _C_BLOCK,
        Grammar("tree_sitter_css", definitions=_CSS_DEFINITIONS, names=_CSS_NAMES, imports=("import_statement",)),
    ),
    Language(
        "go",
        (".go",),
        ("//",),
        _C_BLOCK,
        Grammar(
            "tree_sitter_go",
            definitions={
                "function_declaration": "function",
                "method_declaration": "method",
                "type_spec": "type",
                "type_alias": "type",
                "const_spec": "const",
                "var_spec": "variable",
            },
            wrappers=("type_declaration", "const_declaration", "var_declaration"),
            imports=("import_spec",),
            strings=("raw_string_literal",),
        ),
    ),
    Language(
        "hcl",
        (".hcl", ".tf", ".tfvars"),
        ("#", "//"),
        _C_BLOCK,
        Grammar(
            "tree_sitter_hcl",
            definitions={"block": "block", "attribute": "key"},
            names={"block": "=", "attribute": "<identifier"},
            strings=("heredoc_template",),
        ),
    ),
    Language(
        "html",
        (".html", ".htm", ".xhtml"),
        (),
        _MARKUP,
        Grammar(
            "tree_sitter_html",
            definitions={"element": "element", "script_element": "element", "style_element": "element"},
            names=dict.fromkeys(("element", "script_element", "style_element"), "<start_tag"),
            strings=("raw_text",),
        ),
    ),
    Language(
        "java",
        (".java",),
        ("//",),
        _C_BLOCK,
        Grammar(
            "tree_sitter_java",
            definitions={
                "class_declaration": "class",
                "interface_declaration": "interface",
                "enum_declaration": "enum",
                "record_declaration": "record",
                "annotation_type_declaration": "annotation",
                "method_declaration": "method",
                "constructor_declaration": "constructor",
                "compact_constructor_declaration": "constructor",
                "field_declaration": "field",
            },
            names={"field_declaration": "declarator.name"},
            imports=("import_declaration",),
            strings=("string_literal",),
            comments=("line_comment", "block_comment"),
        ),
    ),
    Language(
        "javascript",
        (".js", ".jsx", ".mjs", ".cjs"),
        ("//",),
        _JSX,
        Grammar(
            "tree_sitter_javascript",
            definitions={**_JS_DEFINITIONS, "field_definition": "field"},
            names={"pair": "key", "assignment_expression": "left", "field_definition": "property"},
            wrappers=_JS_WRAPPERS,
            leads=("decorator",),
            imports=("import_statement",),
            strings=("template_string",),
        ),
    ),
    Language(
        "json",
        (".json", ".jsonc", ".json5", ".webmanifest"),
        ("//",),
        _C_BLOCK,
        Grammar("tree_sitter_json", definitions={"pair": "key"}, names={"pair": "key"}),
        files=(".babelrc", ".eslintrc", ".prettierrc"),
    ),
    Language(
        "kotlin",
        (".kt", ".kts"),
        ("//",),
        _C_BLOCK,
        Grammar(
            "tree_sitter_kotlin",
            definitions={
                "class_declaration": "class",
                "object_declaration": "object",
                "companion_object": "object",
                "function_declaration": "function",
                "property_declaration": "property",
                "type_alias": "type",
                "secondary_constructor": "constructor",
            },
            names={
                "property_declaration": "<variable_declaration.<identifier",
                "type_alias": "type",
                "companion_object": "=",
                "secondary_constructor": "<function_value_parameters",
            },
            imports=("import",),
            strings=("multiline_string_literal",),
            comments=("line_comment", "block_comment"),
        ),
    ),
    Language(
        "lua",
        (".lua",),
        ("--",),
        (("--[[", "]]"),),
        Grammar(
            "tree_sitter_lua",
            definitions={"function_declaration": "function", "assignment_statement": "variable"},
            names={"assignment_statement": "<variable_list"},
            wrappers=("variable_declaration",),
            strings=("string",),
        ),
    ),
    Language(
        "php",
        (".php", ".phtml", ".inc"),
        ("//", "#"),
        _C_BLOCK,
        Grammar(
            "tree_sitter_php",
            "language_php",
            definitions={
                "function_definition": "function",
                "class_declaration": "class",
                "interface_declaration": "interface",
                "trait_declaration": "trait",
                "enum_declaration": "enum",
                "method_declaration": "method",
                "property_declaration": "property",
                "const_declaration": "const",
            },
            names={"property_declaration": "<property_element.name", "const_declaration": "<const_element.<name"},
            imports=("namespace_use_declaration",),
            strings=("heredoc_body", "nowdoc_body", "string", "encapsed_string"),
        ),
    ),
    Language(
        "python",
        (".py", ".pyi", ".pyw", ".bzl", ".star"),
        ("#",),
        grammar=Grammar(
            "tree_sitter_python",
            definitions={"function_definition": "function", "class_definition": "class"},
            wrappers=("decorated_definition",),
            imports=("import_statement", "import_from_statement", "future_import_statement"),
            strings=("string",),
        ),
        files=("SConstruct", "BUILD", "WORKSPACE"),
        indented=True,
    ),
    Language(
        "ruby",
        (".rb", ".rake", ".gemspec", ".ru", ".podspec"),
        ("#",),
        (("=begin", "=end"),),
        Grammar(
            "tree_sitter_ruby",
            definitions={
                "class": "class",
                "module": "module",
                "method": "method",
                "singleton_method": "method",
                "singleton_class": "class",
            },
            names={"singleton_class": "value"},
            strings=("heredoc_body", "string"),
        ),
        files=("Gemfile", "Rakefile", "Podfile", "Vagrantfile", "Fastfile"),
    ),
    Language(
        "rust",
        (".rs",),
        ("//", "///", "//!"),
        _C_BLOCK,
        Grammar(
            "tree_sitter_rust",
            definitions={
                "function_item": "function",
                "function_signature_item": "function",
                "struct_item": "struct",
                "union_item": "union",
                "enum_item": "enum",
                "trait_item": "trait",
                "impl_item": "impl",
                "mod_item": "module",
                "macro_definition": "macro",
                "const_item": "const",
                "static_item": "static",
                "type_item": "type",
            },
            names={"impl_item": "="},
            leads=("attribute_item",),
            imports=("use_declaration", "extern_crate_declaration"),
            strings=("string_literal", "raw_string_literal"),
            comments=("line_comment", "block_comment"),
        ),
    ),
    Language(
        "scala",
        (".scala", ".sc", ".sbt"),
        ("//",),
        _C_BLOCK,
        Grammar(
            "tree_sitter_scala",
            definitions={
                "class_definition": "class",
                "object_definition": "object",
                "trait_definition": "trait",
                "enum_definition": "enum",
                "function_definition": "function",
                "function_declaration": "function",
                "val_definition": "variable",
                "var_definition": "variable",
                "type_definition": "type",
            },
            names={"val_definition": "pattern", "var_definition": "pattern"},
            imports=("import_declaration",),
            strings=("string", "interpolated_string"),
            comments=("comment", "block_comment"),
        ),
    ),
    Language(
        "scss",
        (".scss",),
        ("//",),
        _C_BLOCK,
        Grammar(
            "tree_sitter_scss",
            definitions={**_CSS_DEFINITIONS, "mixin_statement": "mixin", "function_statement": "function"},
            names=_CSS_NAMES,
            imports=("import_statement", "use_statement", "forward_statement"),
            comments=("comment", "js_comment"),
        ),
    ),
    Language(
        "sql",
        (".sql", ".ddl", ".psql"),
        ("--", "#"),
        (("/*", "*/"), ("{#", "#}")),
        Grammar(
            "tree_sitter_sql",
            definitions={
                "create_table": "table",
                "create_view": "view",
                "create_materialized_view": "view",
                "create_function": "function",
                "create_index": "index",
                "create_type": "type",
                "create_schema": "schema",
                "create_trigger": "trigger",
                "column_definition": "column",
            },
            names={
                **dict.fromkeys(
                    (
                        "create_table",
                        "create_view",
                        "create_materialized_view",
                        "create_function",
                        "create_type",
                        "create_trigger",
                    ),
                    "<object_reference",
                ),
                "create_index": "<identifier",
                "create_schema": "<identifier",
            },
        ),
    ),
    Language(
        "swift",
        (".swift",),
        ("//", "///"),
        _C_BLOCK,
        Grammar(
            "tree_sitter_swift",
            definitions={
                "class_declaration": "class",
                "protocol_declaration": "protocol",
                "function_declaration": "function",
                "protocol_function_declaration": "function",
                "init_declaration": "constructor",
                "deinit_declaration": "destructor",
                "property_declaration": "property",
                "typealias_declaration": "type",
                "enum_entry": "case",
            },
            names={"init_declaration": "=", "deinit_declaration": "="},
            imports=("import_declaration",),
            strings=("multi_line_string_literal", "raw_string_literal"),
            comments=("comment", "multiline_comment"),
        ),
    ),
    Language(
        "toml",
        (".toml",),
        ("#",),
        grammar=Grammar(
            "tree_sitter_toml",
            definitions={"table": "table", "table_array_element": "table", "pair": "key"},
            names={"table": "<key", "table_array_element": "<key", "pair": "<key"},
            strings=("string",),
        ),
        files=("Pipfile", "Cargo.lock", "poetry.lock", "uv.lock"),
    ),
    Language("tsx", (".tsx",), ("//",), _JSX, _typescript("language_tsx")),
    Language("typescript", (".ts", ".mts", ".cts"), ("//",), _C_BLOCK, _typescript("language_typescript")),
    Language(
        "xml",
        (".xml", ".xsd", ".xsl", ".xslt", ".svg", ".plist", ".csproj", ".props", ".targets", ".resx", ".xaml"),
        (),
        _MARKUP,
        Grammar(
            "tree_sitter_xml",
            "language_xml",
            definitions={"element": "element"},
            names={"element": "<STag"},
            imports=(),
            strings=("CDSect",),
            comments=("Comment",),
        ),
        files=("pom.xml",),
    ),
    Language(
        "yaml",
        (".yaml", ".yml"),
        ("#",),
        grammar=Grammar(
            "tree_sitter_yaml",
            definitions={"block_mapping_pair": "key"},
            names={"block_mapping_pair": "key"},
            strings=("block_scalar", "double_quote_scalar", "single_quote_scalar"),
        ),
        indented=True,
        files=(".clang-format", ".clang-tidy", "CITATION.cff"),
    ),
    Language("markdown", (".md", ".markdown", ".mdx", ".mkd"), (), _MARKUP),
    Language("vue", (".vue", ".svelte", ".astro"), ("//",), (*_MARKUP, *_JSX)),
    Language("restructuredtext", (".rst",), ("..",)),
    Language("dockerfile", (".dockerfile",), ("#",), files=("Dockerfile", "Containerfile")),
    Language("make", (".mk", ".mak"), ("#",), files=("Makefile", "GNUmakefile", "makefile", "Justfile", "justfile")),
    Language("cmake", (".cmake",), ("#",), files=("CMakeLists.txt",)),
    Language(
        "ini",
        (".ini", ".cfg", ".conf", ".properties", ".env", ".editorconfig"),
        ("#", ";"),
        files=(".gitignore", ".gitattributes", ".dockerignore", ".editorconfig", "requirements.txt"),
    ),
    Language("sass", (".sass",), ("//",), _C_BLOCK, indented=True),
    Language("less", (".less",), ("//",), _C_BLOCK),
    Language("graphql", (".graphql", ".gql"), ("#",)),
    Language("protobuf", (".proto",), ("//",), _C_BLOCK),
    Language("perl", (".pl", ".pm", ".t"), ("#",)),
    Language("r", (".r",), ("#",)),
    Language("julia", (".jl",), ("#",)),
    Language("elixir", (".ex", ".exs"), ("#",)),
    Language("erlang", (".erl", ".hrl"), ("%",)),
    Language("haskell", (".hs",), ("--",), (("{-", "-}"),), indented=True),
    Language("ocaml", (".ml", ".mli"), (), (("(*", "*)"),)),
    Language("fsharp", (".fs", ".fsx"), ("//",), (("(*", "*)"),), indented=True),
    Language("clojure", (".clj", ".cljs", ".edn"), (";",)),
    Language("lisp", (".lisp", ".el", ".scm"), (";",)),
    Language("dart", (".dart",), ("//", "///"), _C_BLOCK),
    Language("groovy", (".groovy", ".gradle"), ("//",), _C_BLOCK, files=("Jenkinsfile",)),
    Language("objective-c", (".m", ".mm"), ("//",), _C_BLOCK),
    Language("zig", (".zig",), ("//",)),
    Language("nix", (".nix",), ("#",), _C_BLOCK, indented=False),
    Language("powershell", (".ps1", ".psm1"), ("#",), (("<#", "#>"),)),
    Language("batch", (".bat", ".cmd"), ("rem", "REM", "::")),
    Language("tex", (".tex", ".sty"), ("%",)),
    Language("vim", (".vim",), ('"',)),
    Language("jinja", (".j2", ".jinja", ".jinja2", ".liquid", ".twig"), (), (("{#", "#}"), *_MARKUP)),
    Language("erb", (".erb", ".ejs"), (), (("<%#", "%>"), *_MARKUP)),
)

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
