import pytest

from bot.errors import Code, Refusal
from bot.paths import check_path, similar_paths, warned_path


@pytest.mark.parametrize(
    ("path", "normal"),
    [
        ("a.py", "a.py"),
        ("./a.py", "a.py"),
        ("src//a.py", "src/a.py"),
        ("src/./deep/a.py", "src/deep/a.py"),
        ("-x", "-x"),
        ("--output=a", "--output=a"),
        (".gitignore", ".gitignore"),
        (".github/workflows/ci.yml", ".github/workflows/ci.yml"),
        ("git/config", "git/config"),
        ("a.git/config", "a.git/config"),
        ("gitabc~1", "gitabc~1"),
        ("with space.py", "with space.py"),
        ("\u00fcber/\u4e2d\u6587.txt", "\u00fcber/\u4e2d\u6587.txt"),
        ("console.py", "console.py"),
        ("\U0001f468\u200d\U0001f469\u2764\ufe0f.md", "\U0001f468\u200d\U0001f469\u2764\ufe0f.md"),
        ("com10.txt", "com10.txt"),
        ("auxiliary/nullable.c", "auxiliary/nullable.c"),
        ("...a/b", "...a/b"),
        ("$HOME/~/%TEMP%", "$HOME/~/%TEMP%"),
    ],
)
def test_an_ordinary_path_is_normalised(path: str, normal: str) -> None:
    assert check_path(path) == normal
    assert check_path(normal) == normal


@pytest.mark.parametrize(
    "path",
    [
        "",
        " ",
        ".",
        "./",
        "a/",
        "a/.",
        "/etc/passwd",
        "//server/share",
        "\\\\server\\share\\a",
        "a\\b",
        "..\\a",
        "C:/a",
        "c:a",
        "..",
        "../a",
        "a/../b",
        "a/..",
        "a\0b",
        "a\nb",
        "a\rb",
        "a\x1b[0m",
        "a\x85b",
        "a\u2028b",
        ".git",
        ".git/config",
        ".GIT/config",
        ".Git/hooks/pre-commit",
        "sub/.git/config",
        ".g\u200cit/config",
        ".gi\ufefft/config",
        "\u200b.git/config",
        ".git\u200d/hooks/a",
        ".git./config",
        ".git /config",
        ".git. . /config",
        "git~1/config",
        "GIT~1/config",
        "git~2",
        ".git::$INDEX_ALLOCATION/config",
        ".git:stream/config",
        "a:b",
        "file.txt::$DATA",
        "trailing./a",
        "trailing /a",
        "a.",
        "a ",
        "nul",
        "NUL.txt",
        "sub/CON",
        "aux.c",
        "com1.log",
        "lpt\u00b9",
        "conin$",
        "nul .txt",
        "cafe\u0301.py",
        "a\u202eb.py",
        ".gi\U000e0061thub/workflows/x.yml",
        "AGENTS\uffa0.md",
        "m.py\u3164",
        ".git\U0001d173/hooks/x",
        "m.py\u2800",
        "m\u1160.py",
        "a\ud800b",
        "x" * 256,
        "d/" * 2100 + "a",
    ],
)
def test_a_path_that_could_mean_something_else_is_denied(path: str) -> None:
    with pytest.raises(Refusal) as refusal:
        check_path(path)
    assert refusal.value.code is Code.DENIED_PATH
    assert "\n" not in str(refusal.value)
    str(refusal.value).encode()


@pytest.mark.parametrize(
    "path",
    [
        ".github/workflows/ci.yml",
        ".GitHub/CODEOWNERS",
        "sub/.gitattributes",
        ".gitmodules",
        ".husky/pre-commit",
        "AGENTS.md",
        "docs/CLAUDE.md",
        ".claude/settings.json",
        "web/package-lock.json",
        "go.sum",
        "Jenkinsfile",
        ".pre-commit-config.yaml",
        ".stetbot.toml",
        "action.yml",
    ],
)
def test_a_path_that_others_obey_is_warned_of(path: str) -> None:
    assert warned_path(check_path(path))


@pytest.mark.parametrize("path", ["src/a.py", "README.md", "github/a.yml", "lock.py", "docs/agents/readme.md"])
def test_an_ordinary_path_is_not_warned_of(path: str) -> None:
    assert warned_path(path) is None


@pytest.mark.parametrize(
    ("path", "similar"),
    [
        ("cart.py", ("old/cart.py", "shop/cart.py")),
        ("shop/Cart.py", ("shop/cart.py", "old/cart.py")),
        ("shop/carts.py", ("shop/cart.py",)),
        ("nothing/like/it.rs", ()),
    ],
)
def test_a_path_that_may_be_meant_is_found(path: str, similar: tuple[str, ...]) -> None:
    assert similar_paths(path, ["shop/cart.py", "old/cart.py", "README.md"])[: len(similar)] == similar
    assert bool(similar_paths(path, ["shop/cart.py", "old/cart.py", "README.md"])) is bool(similar)
