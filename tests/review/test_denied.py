"""Paths that no comment may change, and the settings of the base branch that add to them and take from them."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.asks import NewFile, Part, Plain, RenameFile, Request, Suggestion
from bot.errors import Code, Refusal
from bot.review.denied import PathRules, allowed_among, check_paths, denied_request

KEPT = "the settings of the base branch keep it"
DENIED = [
    ".github/workflows/ci.yml",
    ".GitHub/Workflows/ci.yml",
    "./.github//workflows/ci.yml",
    ".github/CODEOWNERS",
    ".github/actions/x/index.js",
    ".gitlab-ci.yml",
    ".circleci/config.yml",
    "azure-pipelines.yml",
    "Jenkinsfile",
    "action.yml",
    ".forgejo/workflows/ci.yml",
    ".pre-commit-config.yaml",
    ".husky/pre-commit",
    ".githooks/pre-push",
    ".gitmodules",
    ".gitattributes",
    "deep/down/.gitattributes",
    ".gitignore",
    "AGENTS.md",
    "docs/CLAUDE.md",
    ".claude/settings.json",
    ".mcp.json",
    ".cursorrules",
    "package-lock.json",
    "web/yarn.lock",
    "uv.lock",
    "go.sum",
    ".stetbot.toml",
    ".devcontainer/devcontainer.json",
    ".vscode/tasks.json",
    # Other spellings that come to the same file where case, or what is not seen, counts for nothing.
    ".hu\u017fky/pre-commit",
    "AGENT\u017f.md",
    ".\ufb06etbot.toml",
    ".g\u200cithub/workflows/ci.yml",
    ".mcp\ufe0f.json",
    "GITHUB~1/workflows/ci.yml",
    "a/HUSKY~12/pre-commit",
    "GI7EBA~1",
    "PACKAG~1.JSO",
    # Later ones.
    "Jenkinsfile.release",
    ".devcontainer.json",
    ".envrc",
    ".codex/config.toml",
    "CLAUDE.local.md",
    "bun.lockb",
    ".huskyrc.js",
    "prek.toml",
    "azure-pipelines.yaml",
    ".idea/runConfigurations/x.xml",
    ".lefthook.toml",
    "lefthook-local.json",
    ".mise/config.toml",
    "mise.local.toml",
    ".exrc",
    "web/.npmrc",
    ".yarnrc.yml",
    ".yarn/releases/yarn.cjs",
    ".pnpmfile.cjs",
    "sub/.cargo/config.toml",
]


def request(*parts: Part) -> Request:
    return Request("thread", "0" * 64, 1, parts, "thread")


def suggestion(path: str) -> Request:
    return request(Part(path, Suggestion(("x",)), "thread"))


@pytest.mark.parametrize("path", DENIED)
def test_what_runs_with_other_peoples_rights_is_denied(path: str) -> None:
    refusal = denied_request(suggestion(path), PathRules())
    assert refusal is not None
    assert refusal.code is Code.DENIED_PATH


@pytest.mark.parametrize(
    "path",
    [
        "../outside.py",
        "/etc/passwd",
        ".git/config",
        ".GIT/hooks/pre-commit",
        ".g\u200cit/config",
        "git~1/config",
        "a/../../b",
        "a\\b",
        "c:x",
        "aux.py",
        "x\x00y",
        "x.",
    ],
)
def test_a_path_that_leads_elsewhere_is_denied(path: str) -> None:
    refusal = denied_request(suggestion(path), PathRules(allow=("**",)))
    assert refusal is not None
    assert refusal.code is Code.DENIED_PATH


@pytest.mark.parametrize(
    "path",
    [
        "shop/cart.py",
        "docs/github/index.md",
        "src/hooks/use-cart.ts",
        "github.py",
        "a~b.txt",
        "notes~.md",
        "jenkins.py",
    ],
)
def test_ordinary_files_are_free(path: str) -> None:
    assert denied_request(suggestion(path), PathRules()) is None


def test_a_request_is_denied_by_any_of_its_files_and_by_the_name_that_a_file_gets() -> None:
    both = request(Part("a.py", Suggestion(("x",)), "t"), Part(".github/workflows/x.yml", NewFile("on: push"), "t"))
    moved = request(Part("a.yml", RenameFile(".github/workflows/x.yml"), "t"))
    for asked in (both, moved):
        assert denied_request(asked, PathRules()) is not None


def test_settings_add_and_take_away_by_patterns_from_the_root() -> None:
    rules = PathRules(deny=("vendor/**", "*.sql", "src/*/gen_?.py"), allow=("web/yarn.lock", "templates/**"))
    denied = ["vendor/a/b.py", "schema.sql", "src/api/gen_1.py", "yarn.lock"]
    free = ["a/vendor/b.py", "db/schema.sql", "src/a/b/gen_1.py", "web/yarn.lock", "templates/.github/workflows/x.yml"]
    assert [path for path in denied if rules.reason(path) is None] == []
    assert [path for path in free if rules.reason(path) is not None] == []


@pytest.mark.parametrize(
    "path",
    [
        ".github/workflows/x.yml",
        "GITHUB~1/workflows/x.yml",
        ".gitmodules",
        "a/.gitattributes",
        ".stetbot.toml",
        ".gitlab-ci.yml",
    ],
)
def test_no_setting_frees_workflows_git_or_the_settings_themselves(path: str) -> None:
    assert PathRules(allow=("**", ".*", path)).reason(path) is not None


def test_a_denial_outweighs_a_permission() -> None:
    assert PathRules(deny=("a/**",), allow=("a/**",)).reason("a/b") is not None


def test_the_files_that_came_out_are_looked_at_again() -> None:
    check_paths(["a.py"], PathRules())
    with pytest.raises(Refusal) as refused:
        check_paths(["a.py", ".github/workflows/x.yml"], PathRules())
    assert refused.value.code is Code.DENIED_PATH


def test_what_may_not_be_changed_may_not_be_chosen_either() -> None:
    rules = PathRules(deny=("vendor/**",))
    paths = ("a.py", ".github/workflows/ci.yml", "vendor/x.py", "sub/b.py", "../c.py", "/etc/passwd", ".git/config")
    assert allowed_among(paths, rules) == ("a.py", "sub/b.py")
    request = Request("talk", "d" * 64, 1, (Part("", Plain(paths[:2]), "talk"),), "talk")
    refusal = denied_request(request, rules)
    assert refusal is not None
    assert refusal.code is Code.DENIED_PATH
    allowed = Request("talk", "d" * 64, 1, (Part("", Plain(("a.py",)), "talk"),), "talk")
    assert denied_request(allowed, rules) is None


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*a" * 12 + "b", "a" * 200),
        ("**/a/" * 12 + "b", "a/" * 200 + "c"),
        ("**/*a*a*a*b/**/*a*a*b", "/".join(["a" * 40] * 60)),
        ("**a" * 8 + "b", "a" * 200),
        ("**/a*" * 8 + "b", "a/" * 90),
        ("**/?*" * 8 + "z", "a/" * 90),
    ],
)
def test_a_pattern_of_many_stars_is_no_slower_than_one_of_few(pattern: str, path: str) -> None:
    assert PathRules(deny=(pattern,)).reason(path) is None  # to try all ways to share the path out takes years


@given(
    st.lists(st.sampled_from(["*", "**", "**/", "?", "a", "b", "/", "a/", "*a"]), min_size=1, max_size=7),
    st.lists(st.sampled_from(["a", "a", "b", "/", "ab"]), min_size=1, max_size=7),
)
@example(["**/", "*", "a", "/", "**/", "b"], ["a", "/", "a", "/", "b"])
@example(["*", "a", "?", "*", "b"], ["a", "a", "a", "b"])
def test_stars_match_what_one_would_match_by_trying_all_ways(pattern: list[str], path: list[str]) -> None:
    written, name = "".join(pattern), "".join(path)
    assert (PathRules(deny=(written,)).reason(name) == KEPT) == fits(
        re.sub(r"(\*\*/)+", "**/", written).removeprefix("/"), name
    )


def fits(pattern: str, name: str) -> bool:
    """Whether the pattern matches, by trying every way in turn."""
    if not pattern:
        return not name
    if pattern.startswith("**/"):
        folder, sign, below = name.partition("/")
        return fits(pattern[3:], name) or bool(folder and sign and fits(pattern, below))
    if pattern.startswith("**"):
        return any(fits(pattern[2:], name[at:]) for at in range(len(name) + 1))
    if pattern.startswith("*"):
        return any(fits(pattern[1:], name[at:]) for at in range(len(name.partition("/")[0]) + 1))
    return (
        bool(name) and (name[0] == pattern[0] or (pattern[0] == "?" != name[0] != "/")) and fits(pattern[1:], name[1:])
    )
