import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.gitrepo import GitRepo

from bot.diffs import DiffError, apply_diff, check, parse_diff, unified
from bot.errors import Code, Refusal
from bot.text import Document

PIECES = st.sampled_from(
    [
        "",
        "a",
        "b",
        "}",
        "-- x",
        "++ y",
        "\\ no",
        "@@ -1 +1 @@",
        "diff --git a/x b/x",
        "\u2028",
        "\f",
        "a\rb",
        "caf\u00e9",
        " ",
    ]
)
TEXTS = st.builds(
    lambda lines, last, bom: ("\ufeff" if bom else "") + "".join(a + b for a, b in lines) + last,
    st.lists(st.tuples(PIECES, st.sampled_from(["\n", "\r\n"])), max_size=16),
    st.sampled_from(["", "end", "\r"]),
    st.booleans(),
)


def document(text: str) -> Document:
    return Document.from_text(text)


@given(TEXTS, TEXTS)
def test_a_diff_applied_to_the_old_text_gives_the_new_one(old: str, new: str) -> None:
    diff = unified("f.txt", document(old), document(new))
    assert (diff == "") is (old == new)
    check(diff, "f.txt", document(old), document(new))
    if diff:
        assert apply_diff(parse_diff(diff)[0], document(old)) == new


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(old=TEXTS, new=TEXTS)
def test_git_takes_every_diff_and_comes_to_the_same_bytes(tmp_path: Path, old: str, new: str) -> None:
    diff = unified("f.txt", document(old), document(new))
    if not diff:
        return
    (tmp_path / "f.txt").write_bytes(old.encode())
    command = ["git", "-c", "core.autocrlf=false", "apply", "--whitespace=nowarn"]
    for option in ("--check", "--verbose"):
        done = subprocess.run([*command, option], cwd=tmp_path, input=diff.encode(), capture_output=True, check=False)
        assert done.returncode == 0, (diff, done.stderr)
    assert (tmp_path / "f.txt").read_bytes() == new.encode()


LONG = "".join(f"line {number}\n" for number in range(40))
PATHS = [
    "f.txt",
    "with space.txt",
    "a b/x b/y z.txt",
    'quo"te.txt',
    "tab\there.txt",
    "\u00fc/\u4e2d.txt",
    "-x",
    "back\\slash",
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "kind", ["change", "create", "create empty", "delete", "delete empty", "mode", "rename", "move and change"]
)
def test_git_applies_each_kind_of_change_to_each_kind_of_name(tmp_path: Path, path: str, kind: str) -> None:
    old, new, modes, to = {
        "change": (LONG, LONG.replace("line 7\n", "line seven\n"), ("100644", "100644"), path),
        "create": (None, "new\n", ("100644", "100755"), path),
        "create empty": (None, "", ("100644", "100644"), path),
        "delete": (LONG, None, ("100755", "100644"), path),
        "delete empty": ("", None, ("100644", "100644"), path),
        "mode": (LONG, LONG, ("100644", "100755"), path),
        "rename": (LONG, LONG, ("100644", "100644"), "new dir/" + path),
        "move and change": (LONG, LONG + "more", ("100755", "100644"), "new dir/" + path),
    }[kind]
    repo = GitRepo(tmp_path / "r")
    repo.write("other", "x")
    if old is not None:
        repo.write(path, old, executable=modes[0] == "100755")
    repo.commit()
    before, after = (None if text is None else document(text) for text in (old, new))
    diff = unified(path, before, after, old_mode=modes[0], new_mode=modes[1], rename_to=to)
    check(diff, path, before, after, old_mode=modes[0], new_mode=modes[1], rename_to=to)
    repo.git("apply", "--check", stdin=diff.encode())
    repo.git("apply", "--index", stdin=diff.encode())
    assert not (repo.path / path).exists() or to == path
    if new is None:
        assert not (repo.path / path).exists()
    else:
        assert (repo.path / to).read_bytes() == new.encode()
        assert repo.git("ls-files", "-s", "--", f":(literal){to}").startswith(modes[1])


def test_the_form_is_that_of_git(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "r")
    old = "def first():\n    return 1\n\n" + LONG + "last"
    new = old.replace("line 9\n", "line nine\r\n").replace("line 30\n", "").replace("last", "last\n")
    repo.write("a file.py", old)
    repo.commit()
    repo.write("a file.py", new)
    said = repo.git_bytes("-c", "core.quotepath=off", "-c", "core.autocrlf=false", "diff").decode()
    ours = unified("a file.py", document(old), document(new))
    assert [line for line in said.split("\n") if not line.startswith("index ")] == ours.split("\n")


@pytest.mark.parametrize(
    ("diff", "old", "new"),
    [
        ("", "a\n", "b\n"),
        ("--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n", "a\n", "c\n"),
        ("--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n", "x\n", "b\n"),
        ("--- a/g\n+++ b/g\n@@ -1 +1 @@\n-a\n+b\n", "a\n", "b\n"),
        ("--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n+c\n", "a\n", "b\n"),
        ("--- a/f\n+++ b/f\n@@ -2 +2 @@\n-a\n+b\n", "a\n", "b\n"),
        ("--- a/f\n+++ b/f\n@@ -1 +7 @@\n-a\n+b\n", "a\n", "b\n"),
        ("diff --git a/f b/f\nold mode 100644\nnew mode 100755\n--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n", "a\n", "b\n"),
        ("--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n--- a/g\n+++ b/g\n@@ -1 +1 @@\n-a\n+b\n", "a\n", "b\n"),
        ("garbage\n", "a\n", "b\n"),
    ],
)
def test_a_diff_that_says_something_else_is_a_bug_found(diff: str, old: str, new: str) -> None:
    with pytest.raises(Refusal) as refusal:
        check(diff, "f", document(old), document(new))
    assert refusal.value.code is Code.VERIFICATION_FAILED


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n+surplus\n",
        "--- a/f\n+++ b/f\n@@ -1,3 +1 @@\n-a\n+b\n",
        "diff --cc f\n--- a/f\n+++ b/f\n@@@ -1,1 -1,1 +1,1 @@@\n- a\n -b\n++c\n",
        "diff --git a/x b/y\nold mode 100644\nnew mode 100755\n",
        "@@ -1 +1 @@\n-a\n+b\n",
        'diff --git "a/x b/x\nold mode 100644\n',
    ],
)
def test_what_cannot_be_read_without_loss_is_no_diff(text: str) -> None:
    with pytest.raises(DiffError):
        parse_diff(text)


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        ('--- "a/\\303\\274.txt"\n+++ "b/\\303\\274.txt"\n@@ -1 +1 @@\n-a\n+b\n', "\u00fc.txt", "\u00fc.txt"),
        ("--- a/f\r\n+++ b/f\r\n@@ -1 +1 @@\n-a\n+b\n", "f", "f"),
        ("--- a/a file\t\n+++ b/a file\t2026-01-01\n@@ -1 +1 @@\n-a\n+b\n", "a file", "a file"),
        ("--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+b\n", None, "f"),
        ("diff --git a/p q b/p q\nold mode 100644\nnew mode 100755\n", "p q", "p q"),
        ("diff --git a/e b/e\nnew file mode 100644\nindex 0000000..e69de29\n", None, "e"),
        ("diff --git a/o b/n\nsimilarity index 100%\nrename from o\nrename to n\n", "o", "n"),
        ("Subject: x\n\n f | 2 +-\n\ndiff --git a/f b/f\n--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n-- \n2.39\n", "f", "f"),
        ("diff --git a/f b/f\n--- a/f\n+++ b/f\n@@ -0,0 +1 @@\n+text for an empty file\n", "f", "f"),
    ],
)
def test_names_are_read_as_they_are_meant(text: str, old: str | None, new: str | None) -> None:
    (each,) = parse_diff(text)
    assert (each.old_path, each.new_path) == (old, new)
