"""Languages of words, indentation, tags and data, with their grammars."""

from __future__ import annotations

from bot.syntax.language import C_BLOCK, MARKUP, Grammar, Language

BLOCKS: tuple[Language, ...] = (
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
        "hcl",
        (".hcl", ".tf", ".tfvars"),
        ("#", "//"),
        C_BLOCK,
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
        MARKUP,
        Grammar(
            "tree_sitter_html",
            definitions={"element": "element", "script_element": "element", "style_element": "element"},
            names=dict.fromkeys(("element", "script_element", "style_element"), "<start_tag"),
            strings=("raw_text",),
        ),
    ),
    Language(
        "json",
        (".json", ".jsonc", ".json5", ".webmanifest"),
        ("//",),
        C_BLOCK,
        Grammar("tree_sitter_json", definitions={"pair": "key"}, names={"pair": "key"}),
        files=(".babelrc", ".eslintrc", ".prettierrc"),
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
            comments=("comment", "marginalia"),
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
    Language(
        "xml",
        (".xml", ".xsd", ".xsl", ".xslt", ".svg", ".plist", ".csproj", ".props", ".targets", ".resx", ".xaml"),
        (),
        MARKUP,
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
)
