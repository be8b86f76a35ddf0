"""Unified diffs, SEARCH/REPLACE blocks and V4A patches, as people, git and models write them."""

import subprocess
from pathlib import Path

import pytest

from bot.asks import Ask, Block, BlockFormat, Blocks, ChangeMode, DeleteFile, NewFile, RenameFile
from bot.requests.formats import Format, FormatError, read_code


def read(code: str, said: Format | None = None) -> list[tuple[str | None, Ask]]:
    return [(ask.path, ask.ask) for ask in read_code(code, said)]


def diff(*blocks: Block) -> Blocks:
    return Blocks(BlockFormat.DIFF, blocks)


HEAD = "--- a/x\n+++ b/x\n"
AB = Block(("a",), ("b",), 1)


@pytest.mark.parametrize(
    ("code", "asks"),
    [
        (HEAD + "@@ -1 +1 @@\n-a\n+b\n", [("x", diff(AB))]),
        ("@@ -1 +1 @@\n-a\n+b\n", [(None, diff(AB))]),
        ("--- x\n+++ x\n@@ -1 +1 @@\n-a\n+b\n", [("x", diff(AB))]),
        ("--- a/x\n+++ a/x\n@@ -1 +1 @@\n-a\n+b\n", [("a/x", diff(AB))]),
        ("--- i/x\n+++ w/x\n@@ -1 +1 @@\n-a\n+b\n", [("x", diff(AB))]),
        ("--- a/x\t2026-01-01\n+++ b/x\t2026-01-02\n@@ -1 +1 @@\n-a\n+b\n", [("x", diff(AB))]),
        ('--- "a/\\303\\274 \\"x"\n+++ "b/\\303\\274 \\"x"\n@@ -1 +1 @@\n-a\n+b\n', [('ü "x', diff(AB))]),
        ("Index: x\n=====\n--- x\n+++ x\n@@ -1 +1 @@\n-a\n+b\n", [("x", diff(AB))]),
        (HEAD + "@@ -1,9 +1,7 @@\n-a\n+b\n", [("x", diff(AB))]),
        (HEAD + "@@ -1,1 +1,1 @@\n c\n-a\n+b\n", [("x", diff(Block(("c", "a"), ("c", "b"), 1)))]),
        (HEAD + "@@ ... @@\n-a\n+b\n", [("x", diff(Block(("a",), ("b",))))]),
        (HEAD + "@@\n-a\n+b\n", [("x", diff(Block(("a",), ("b",))))]),
        (HEAD + "@@ def f(): @@\n-a\n+b\n", [("x", diff(Block(("a",), ("b",), scopes=("def f():",))))]),
        (HEAD + "@@ -1,3 +1,3 @@\n c\n\n-a\n+b\n", [("x", diff(Block(("c", "", "a"), ("c", "", "b"), 1)))]),
        (HEAD + "@@ -1 +1 @@\n-a\n+b\n\n@@ -9 +9 @@\n-c\n+d\n", [("x", diff(AB, Block(("c",), ("d",), 9)))]),
        (HEAD + "@@ -1 +1,2 @@\n a\n+\n", [("x", diff(Block(("a",), ("a", ""), 1)))]),
        (HEAD + "@@ -1,2 +1 @@\n--- a\n b\n", [("x", diff(Block(("-- a", "b"), ("b",), 1)))]),
        (HEAD + "@@ -1,2 +1,2 @@\n--- a\n+++ b\n c\n", [("x", diff(Block(("-- a", "c"), ("++ b", "c"), 1)))]),
        (HEAD + "@@ -1,9 +1,9 @@\n-a\n+b\n--- a/y\n+++ b/y\n@@ -1 +1 @@\n-a\n+b\n", [("x", diff(AB)), ("y", diff(AB))]),
        (HEAD + "@@ -1,2 +1,2 @@\n-a\n+b\n--- a/y\n+++ b/y\n@@ -1 +1 @@\n-a\n+b\n", [("x", diff(AB)), ("y", diff(AB))]),
        ("--- /dev/null\n+++ b/x\n@@ -0,0 +1,2 @@\n+a\n+b\n", [("x", NewFile("a\nb\n"))]),
        (
            "diff --git a/x b/x\nnew file mode 100755\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+a\n\\ No newline\n",
            [("x", NewFile("a", executable=True))],
        ),
        ("diff --git a/x b/x\nnew file mode 100644\nindex 0..e\n", [("x", NewFile(""))]),
        ("--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n", [("x", DeleteFile(("a",)))]),
        ("diff --git a/x b/x\ndeleted file mode 100644\nindex e..0\n", [("x", DeleteFile())]),
        (
            (
                "diff --git a/x b/y\nsimilarity index 100%\nrename from x\nrename to y\n"
                "diff --git a/p q b/p q\nold mode 100644\nnew mode 100755\n"
            ),
            [("x", RenameFile("y")), ("p q", ChangeMode(executable=True))],
        ),
        (
            (
                "diff --git a/x b/y\nold mode 100755\nnew mode 100644\nrename from x\nrename to y\n"
                "--- a/x\n+++ b/y\n@@ -1 +1 @@\n-a\n+b\n"
            ),
            [("x", RenameFile("y", ChangeMode(executable=False, then=diff(AB))))],
        ),
        (
            HEAD + "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n",
            [("x", diff(Block(("a",), ("b",), 1, at_end=True, final_newline=True)))],
        ),
        (
            HEAD + "@@ -1 +1 @@\n-a\n+a\n\\ No newline at end of file\n",
            [("x", diff(Block(("a",), ("a",), 1, at_end=True, final_newline=False)))],
        ),
        (
            HEAD + "@@ -1,2 +1 @@\n-a\n b\n\\ No newline at end of file\n",
            [("x", diff(Block(("a", "b"), ("b",), 1, at_end=True, final_newline=False)))],
        ),
    ],
)
def test_unified_diffs(code: str, asks: list[tuple[str | None, Ask]]) -> None:
    assert read(code) == asks


def test_a_mail_around_a_diff_is_no_part_of_it() -> None:
    mail = f"From {'0' * 40} Mon Sep 17\nSubject: x\n---\n x | 2 +-\n\n{HEAD}@@ -1 +1 @@\n-a\n+b\n-- \n2.39.0\n\n"
    assert read(mail, Format.DIFF) == [("x", diff(AB))]


def test_a_removed_dash_at_the_end_is_no_signature() -> None:
    assert read("@@ -1 +1 @@\n-- \n+- x\n") == [(None, diff(Block(("- ",), ("- x",), 1)))]
    assert read("-- \n+- x\n", Format.DIFF) == [(None, diff(Block(("- ",), ("- x",))))]


@pytest.mark.parametrize(
    ("code", "line", "problem"),
    [
        (HEAD + "@@ -1 +1 @@\nwhat\n", 4, "neither a space"),
        (HEAD + "@@ -1 +1 @@\n-a\n+b\nand so on\n", 6, "neither a space"),
        (HEAD + "@@ -1 +1 @@\n a\n", 3, "changes nothing"),
        (HEAD + "@@ -1 +1 @@\n-a\n+a\n", 3, "changes nothing"),
        (HEAD, 1, "without a hunk"),
        ("--- a/x\n+++ b/y\n@@ -1 +1 @@\n-a\n+b\n", 1, "no 'rename from'"),
        ("diff --git a/x b/y\nrename from x\n", 1, "a rename needs"),
        ("diff --git a/x b/x\nGIT binary patch\n", 2, "binary"),
        ("diff --git a/x b/x\nBinary files a/x and b/x differ\n", 2, "binary"),
        ("diff --git a/x b/x\nnew file mode 120000\n", 2, "mode '120000'"),
        ("diff --git a/x b/x\nold mode 100644\nnew mode 160000\n", 3, "mode '160000'"),
        ("diff --git a/x b/y\ncopy from x\ncopy to y\n", 2, "copies"),
        (HEAD + "@@@ -1 -1 +1 @@@\n", 3, "combined"),
        ("--- /dev/null\n+++ b/x\n@@ -1 +1,2 @@\n a\n+b\n", 1, "not added"),
        ("--- a/x\n+++ /dev/null\n@@ -1,2 +1 @@\n a\n-b\n", 1, "lines that stay"),
        (HEAD + "@@ -1 +1 @@\n\\ No newline\n-a\n+b\n", 4, "misplaced"),
        (HEAD + "@@ -1 +1,2 @@\n-a\n+b\n\\ No newline\n+c\n", 7, "after"),
        ('--- "a/\\377"\n+++ "b/\\377"\n@@ -1 +1 @@\n-a\n+b\n', 1, "not UTF-8"),
        ('--- "\n+++ "\n@@ -1 +1 @@\n-a\n+b\n', 1, "without an end"),
    ],
)
def test_what_is_no_diff_names_its_line(code: str, line: int, problem: str) -> None:
    with pytest.raises(FormatError) as caught:
        read(code, Format.DIFF)
    assert caught.value.line == line
    assert problem in caught.value.problem


def sr(*blocks: Block) -> Blocks:
    return Blocks(BlockFormat.SEARCH_REPLACE, blocks)


AIDER = "<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE\n"
PLAIN_AB = Block(("a",), ("b",))


@pytest.mark.parametrize(
    ("code", "asks"),
    [
        (AIDER, [(None, sr(PLAIN_AB))]),
        (AIDER + "\n" + AIDER, [(None, sr(PLAIN_AB, PLAIN_AB))]),
        ("<<<<< SEARCH  \na\n=====\nb\n>>>>> REPLACE\n", [(None, sr(PLAIN_AB))]),
        ("------- SEARCH\na\n=======\nb\n+++++++ REPLACE\n", [(None, sr(PLAIN_AB))]),
        ("<<<<<<< ORIGINAL\na\n=======\nb\n>>>>>>> UPDATED\n", [(None, sr(PLAIN_AB))]),
        ("x.py\n" + AIDER, [("x.py", sr(PLAIN_AB))]),
        ("`x.py`:\n" + AIDER + "y.py\n" + AIDER, [("x.py", sr(PLAIN_AB)), ("y.py", sr(PLAIN_AB))]),
        (AIDER.replace("a\n", ":start_line:12\n-------\na\n", 1), [(None, sr(Block(("a",), ("b",), 12)))]),
        (
            AIDER.replace("a\n", ":start_line: 12\n:end_line: 12\n-------\na\n", 1),
            [(None, sr(Block(("a",), ("b",), 12)))],
        ),
        (AIDER.replace("b\n", ""), [(None, sr(Block(("a",), ())))]),
        (AIDER.replace("a\n", "", 1), [(None, sr(Block((), ("b",))))]),
        (AIDER.replace("b\n", "\\=======\n"), [(None, sr(Block(("a",), ("=======",))))]),
        (AIDER.replace("b\n", "\\n\n"), [(None, sr(Block(("a",), ("\\n",))))]),
    ],
)
def test_search_replace_blocks(code: str, asks: list[tuple[str | None, Ask]]) -> None:
    assert read(code) == asks


@pytest.mark.parametrize(
    ("code", "line", "problem"),
    [
        ("nothing\n", 1, "outside"),
        ("one\ntwo\n" + AIDER, 1, "outside"),
        (AIDER + "trailing\n", 6, "outside"),
        ("<<<<<<< SEARCH\na\n", 1, "no `=======` line"),
        ("<<<<<<< SEARCH\na\n=======\nb\n", 1, "no `>>>>>>> REPLACE` line"),
        ("<<<<<<< SEARCH\na\n=======\nb\n=======\nc\n>>>>>>> REPLACE\n", 5, "still needs its `>>>>>>> REPLACE`"),
        ("<<<<<<< SEARCH\na\n" + AIDER, 3, "still needs its `=======`"),
        ("<<<<<<< SEARCH\na\n=======\nb\n+++++++ REPLACE\n", 5, "still needs its `>>>>>>> REPLACE`"),
        (AIDER.replace("b", "a"), 1, "by themselves"),
    ],
)
def test_what_is_no_search_replace_names_its_line(code: str, line: int, problem: str) -> None:
    with pytest.raises(FormatError) as caught:
        read(code, Format.SEARCH_REPLACE)
    assert caught.value.line == line
    assert problem in caught.value.problem


def v4a(body: str) -> str:
    return f"*** Begin Patch\n{body}*** End Patch\n"


def patch(*blocks: Block) -> Blocks:
    return Blocks(BlockFormat.PATCH, blocks)


UPDATE = "*** Update File: x\n"


@pytest.mark.parametrize(
    ("code", "asks"),
    [
        (v4a(UPDATE + "-a\n+b\n"), [("x", patch(PLAIN_AB))]),
        (v4a(UPDATE + "@@\n-a\n+b\n"), [("x", patch(PLAIN_AB))]),
        (
            v4a(UPDATE + "@@ class A:\n@@     def f():\n c\n-a\n+b\n@@\n-d\n"),
            [("x", patch(Block(("c", "a"), ("c", "b"), scopes=("class A:", "def f():")), Block(("d",), ())))],
        ),
        (v4a(UPDATE + "@@ -3,1 +3,1 @@\n-a\n+b\n"), [("x", patch(Block(("a",), ("b",), 3)))]),
        (v4a(UPDATE + "-a\n+b\n*** End of File\n"), [("x", patch(Block(("a",), ("b",), at_end=True)))]),
        (v4a(UPDATE + "*** Move to: y\n-a\n+b\n"), [("x", RenameFile("y", patch(PLAIN_AB)))]),
        (v4a(UPDATE + "*** Move to: y\n"), [("x", RenameFile("y"))]),
        (
            v4a("*** Add File: n\n+a\n+\n*** Delete File: d\n" + UPDATE + "-a\n+b\n"),
            [("n", NewFile("a\n\n")), ("d", DeleteFile()), ("x", patch(PLAIN_AB))],
        ),
        (v4a(UPDATE + " c\n\n-a\n+b\n"), [("x", patch(Block(("c", "", "a"), ("c", "", "b"))))]),
    ],
)
def test_v4a_patches(code: str, asks: list[tuple[str | None, Ask]]) -> None:
    assert read(code) == asks
    assert read(code, Format.DIFF) == asks


@pytest.mark.parametrize(
    ("code", "line", "problem"),
    [
        ("*** Begin Patch\n*** Update File: x\n-a\n+b\n", 4, "ends with"),
        (v4a(""), 1, "names no file"),
        (v4a("-a\n+b\n"), 2, "a file must be named"),
        (v4a("*** Copy File: x\n"), 2, "a file must be named"),
        (v4a(UPDATE), 2, "without a change"),
        (v4a(UPDATE + " a\n"), 3, "by themselves"),
        (v4a(UPDATE + "what\n"), 3, "neither a space"),
        (v4a("*** Add File: x\n"), 2, "without a line"),
        (v4a("*** Add File: x\na\n"), 3, "begins with +"),
    ],
)
def test_what_is_no_v4a_patch_names_its_line(code: str, line: int, problem: str) -> None:
    with pytest.raises(FormatError) as caught:
        read(code, Format.PATCH)
    assert caught.value.line == line
    assert problem in caught.value.problem


def test_what_git_writes_is_read(tmp_path: Path) -> None:
    def git(*words: str) -> str:
        identity = ("-c", "user.name=a", "-c", "user.email=a@b.test", "-c", "core.fileMode=true")
        return subprocess.run(
            ["git", "-C", str(tmp_path), *identity, *words], check=True, capture_output=True, text=True
        ).stdout

    git("init", "-q")
    (tmp_path / "edit").write_text("a\nb\nc")
    (tmp_path / "old name").write_text("".join(f"{n}\n" for n in range(20)))
    (tmp_path / "gone").write_text("x\ny\n")
    (tmp_path / "empty").write_text("")
    (tmp_path / "tool").write_text("t\n")
    git("add", "-A")
    git("commit", "-qm", "one")
    (tmp_path / "edit").write_text("a\nB\nc\n")
    (tmp_path / "old name").rename(tmp_path / "neü")
    (tmp_path / "gone").unlink()
    (tmp_path / "empty").unlink()
    (tmp_path / "tool").chmod(0o755)
    (tmp_path / "new").write_text("n")
    git("add", "-A")
    found = dict(read(git("diff", "--cached", "-M"), Format.DIFF))
    assert found == {
        "edit": diff(Block(("a", "b", "c"), ("a", "B", "c"), 1, at_end=True, final_newline=True)),
        "empty": DeleteFile(),
        "gone": DeleteFile(("x", "y")),
        "new": NewFile("n"),
        "old name": RenameFile("neü"),
        "tool": ChangeMode(executable=True),
    }
