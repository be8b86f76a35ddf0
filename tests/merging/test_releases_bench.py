"""bench/releases.py: what is an edit between two releases, and the snippets that are made of it."""

from __future__ import annotations

import gzip
import importlib.util
import io
import json
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.merging import merge
from bot.model import Verdict

if TYPE_CHECKING:
    from types import ModuleType

    from bench.releases import Edit

ROOT = Path(__file__).parents[2]


def loaded(name: str) -> ModuleType:
    """A bench by its file: the repository's root is not on the path."""
    spec = importlib.util.spec_from_file_location(f"bench_{name}", ROOT / "bench" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


releases, cases_ = loaded("releases"), loaded("cases")
STYLES, edits_of, files_of = releases.STYLES, releases.edits_of, releases.files_of
is_fit, rows, snippet = releases.is_fit, releases.rows, releases.snippet
OLD = """\
import rooms


def first(room):
    check(room)
    room.open()
    return room


def second(room):
    check(room)
    room.clean()
    room.close()
    return room


def third(room):
    return room.key
"""
NEW = OLD.replace("    room.clean()\n", "    room.clean(twice=True)\n").replace("room.key", "room.name")


def edit(old: str = OLD, new: str = NEW) -> Edit:
    made: Edit = releases.Edit("ferry", "1.1", "ferry/rooms.py", old, new)
    return made


def test_three_lines_of_context_and_markers_between() -> None:
    assert snippet(edit(OLD, OLD.replace("clean()", "clean(1)")), "context3", "... existing code ...") == (
        "# ... existing code ...\n\ndef second(room):\n    check(room)\n    room.clean(1)\n"
        "    room.close()\n    return room\n\n# ... existing code ...\n"
    )


def test_each_style_shows_the_new_lines_and_merges_to_the_new_text() -> None:
    for style in STYLES:
        shown = snippet(edit(), style, "... existing code ...")
        assert "room.clean(twice=True)" in shown
        assert "room.name" in shown
        assert shown.lstrip().startswith("# ...") is (style != "noedge")
        answer = merge(tuple(OLD.splitlines()), shown, "ferry/rooms.py")
        assert (answer.verdict, answer.lines) == (Verdict.VERIFIED, tuple(NEW.splitlines())), style


def test_the_block_of_a_change_is_shown_whole() -> None:
    shown = snippet(edit(OLD, OLD.replace("clean()", "clean(1)")), "function", "...")
    assert shown.splitlines()[1:-1] == [
        "def second(room):",
        "    check(room)",
        "    room.clean(1)",
        "    room.close()",
        "    return room",
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (OLD, OLD),
        (OLD, OLD.removeprefix("import rooms\n")),
        (OLD, OLD.removesuffix("    return room.key\n")),
        (OLD, OLD.replace("\n\n\ndef second", "\n\ndef second")),
        (OLD + 'VERSION = "1.0"\nEND = 1\n', OLD + 'VERSION = "1.1"\nEND = 1\n'),
        (OLD.replace("\n", "\r\n"), NEW.replace("\n", "\r\n")),
        ("a\nb\n", "a\nc\nb\n"),
        (OLD, OLD.replace("    room.open()\n", "    room.open()\n" * 40)),
    ],
    ids=["same", "head-goes", "tail-goes", "blanks", "numbers", "crlf", "short", "large"],
)
def test_what_no_snippet_could_show_is_no_case(old: str, new: str) -> None:
    assert not is_fit(edit(old, new))


def test_edits_are_found_between_releases_that_follow_each_other() -> None:
    known = [("1.0", {"a.py": OLD, "b.py": OLD}), ("1.1", {"a.py": NEW}), ("1.2", {"a.py": OLD, "b.py": NEW})]
    found = edits_of("ferry", known, 5)
    assert [(one.release, one.path) for one in found] == [("1.1", "a.py")]
    assert edits_of("ferry", known, 0) == []


def test_cases_can_be_read_by_the_other_benches(tmp_path: Path) -> None:
    target = tmp_path / "fresh.jsonl.gz"
    with gzip.open(target, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows([edit()]))
    cases = cases_.read_cases(target)
    assert {case.style for case in cases} <= set(STYLES)
    assert len({case.update for case in cases}) == len(cases) >= 4
    assert {case.expected for case in cases} == {NEW}


def test_the_files_of_both_kinds_of_package(tmp_path: Path) -> None:
    wheel, tarball = tmp_path / "ferry.whl", tmp_path / "ferry.tgz"
    with zipfile.ZipFile(wheel, "w") as zipped:
        zipped.writestr("ferry/rooms.py", OLD)
        zipped.writestr("ferry/sound.wav", b"\x00\xff")
    with tarfile.open(tarball, "w:gz") as tarred:
        for name, data in (("package/lib/rooms.js", b"start()\n"), ("package/bad.js", b"\xff\xfe")):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tarred.addfile(info, io.BytesIO(data))
    assert files_of(wheel) == {"ferry/rooms.py": OLD}
    assert files_of(tarball) == {"lib/rooms.js": "start()\n"}


def test_an_unknown_registry_is_one_line() -> None:
    command = [sys.executable, str(ROOT / "bench" / "releases.py"), "out.jsonl.gz", "gem:ferry"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, "gem:ferry: write npm:NAME or pypi:NAME\n")
