"""What may stand in no file of the repository, and how its files are stored."""

from __future__ import annotations

import re
import subprocess

from support.checkout import ROOT, tracked_files

# Package indexes are the reader's own choice; written in two parts so that this file passes its own test.
INDEX_HOSTS = ("pypi" + r"\.org", "python" + r"hosted\.org", "npm" + r"js\.(?:org|com)", "yarn" + r"pkg\.com")
HOME = r"(?:/(?:home|Users)/[A-Za-z][\w.-]*/|[A-Z]:\\Users\\\w|(?<![\w.])/ro{2}t/)"
WORKPLACE = r"(?<![\w.])/work/(?:main|shared)\b"

LINE_ENDS_ARE_DATA = ("tests/cases/", "tests/wire/")


def text_files() -> dict[str, str]:
    """The tracked files that are UTF-8 text, by path."""
    found = {}
    for path in tracked_files():
        data = path.read_bytes()
        if b"\0" not in data:
            found[path.relative_to(ROOT).as_posix()] = data.decode("utf-8", errors="replace")
    assert len(found) > 30
    return found


def test_no_file_names_a_package_index_or_somebodys_folders() -> None:
    forbidden = re.compile("|".join([*INDEX_HOSTS, HOME, WORKPLACE]))
    found = [f"{path}: {match.group()}" for path, text in text_files().items() for match in forbidden.finditer(text)]
    assert found == []


def test_the_forbidden_words_are_recognised() -> None:
    forbidden = re.compile("|".join([*INDEX_HOSTS, HOME, WORKPLACE]))
    samples = [
        "https://" + "pypi" + ".org/simple",
        "/ho" + "me/ada/x",
        "/ro" + "ot/x",
        "C:\\Us" + "ers\\ada",
        "/wo" + "rk/main",
    ]
    assert [sample for sample in samples if not forbidden.search(sample)] == []
    assert forbidden.search("src/work/main.py, tree/root/x, a folder named home/ada/") is None


def test_text_files_end_lines_with_line_feeds_and_end_with_one() -> None:
    wrong = [
        path
        for path, text in text_files().items()
        if not path.startswith(LINE_ENDS_ARE_DATA) and text and (not text.endswith("\n") or "\r" in text)
    ]
    assert wrong == []


def test_case_files_are_stored_as_they_are() -> None:
    names = ["tests/cases/merge/python/x/original.py", "tests/wire/answer.txt"]
    asked = ["git", "-C", str(ROOT), "check-attr", "text", "eol", "--", *names]
    answer = subprocess.run(asked, check=True, capture_output=True, text=True, encoding="utf-8").stdout
    assert [line for line in answer.split("\n") if ": text: " in line] == [f"{name}: text: unset" for name in names]


def test_scripts_are_executable_for_everybody_who_clones() -> None:
    asked = ["git", "-C", str(ROOT), "ls-files", "--stage", "--", ".ci/run", ".ci/lock", ".ci/describe"]
    answer = subprocess.run(asked, check=True, capture_output=True, text=True, encoding="utf-8").stdout
    assert [line.split()[0] for line in answer.split("\n") if line] == ["100755"] * 3


def test_every_silenced_finding_names_its_rule_and_its_reason() -> None:
    silenced = re.compile(r"#\s*(?:noqa|type:\s*ignore|pragma: no cover)\b")
    reasoned = re.compile(r"#\s*(?:noqa: [A-Z0-9, ]+|type: ignore\[[\w, -]+\]|pragma: no cover)[ ,#:;-]+\w.*\w{2}")
    found = [
        f"{path}:{number}"
        for path, text in text_files().items()
        if path.endswith(".py") and not path.startswith(LINE_ENDS_ARE_DATA)
        for number, line in enumerate(text.split("\n"), start=1)
        if silenced.search(line) and not reasoned.search(line)
    ]
    assert found == []
