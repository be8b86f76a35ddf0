"""Vectors on the disk: found again as they were, bounded, and never trusted further than they can be checked."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from bot.files.vectors import MOST_BYTES, VectorFiles
from bot.parallel import ordered_map

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

VECTOR = (0.1, -2.5, 1e300, 0.0)
KEY = "ab" * 32


def test_a_vector_is_found_again_by_another_process_and_nothing_else_is(tmp_path: Path) -> None:
    VectorFiles(tmp_path / "new" / "folder").put({KEY: VECTOR})
    again = VectorFiles(tmp_path / "new" / "folder")
    assert again.get(KEY) == VECTOR
    assert again.get("cd" * 32) is None


def test_nobody_else_may_read_what_texts_were_made_into(tmp_path: Path) -> None:
    VectorFiles(tmp_path / "vectors").put({KEY: VECTOR})
    (file,) = (tmp_path / "vectors").iterdir()
    assert [stat.S_IMODE(path.stat().st_mode) & 0o077 for path in (file, file.parent)] == [0, 0]


SPOILED: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "cut": lambda data: data[:-3],
    "cut by a number": lambda data: data[:-8],
    "one bit another": lambda data: data[:-1] + bytes([data[-1] ^ 1]),
    "the head alone": lambda data: data[:40],
    "longer": lambda data: data + b"\0" * 8,
    "of another kind": lambda _: b"#!/bin/sh\n" * 20,
    "endless": lambda data: data + b"\0" * (1 << 20),
}


@pytest.mark.parametrize("spoil", SPOILED.values(), ids=SPOILED.keys())
def test_a_file_that_is_spoiled_is_no_vector_and_is_written_anew(
    tmp_path: Path, spoil: Callable[[bytes], bytes]
) -> None:
    files = VectorFiles(tmp_path)
    files.put({KEY: VECTOR})
    (file,) = tmp_path.iterdir()
    file.write_bytes(spoil(file.read_bytes()))
    assert files.get(KEY) is None
    files.put({KEY: VECTOR})
    assert files.get(KEY) == VECTOR


def test_a_vector_under_the_name_of_another_is_not_taken(tmp_path: Path) -> None:
    files = VectorFiles(tmp_path)
    files.put({KEY: VECTOR})
    (file,) = tmp_path.iterdir()
    file.rename(file.with_name(file.name.replace("ab", "cd")))
    assert files.get("cd" * 32) is None


@pytest.mark.parametrize("key", ["", "../x", "AB" * 32, "ab" * 31, "ab" * 32 + "\n"])
def test_a_name_that_is_no_digest_never_reaches_the_disk(tmp_path: Path, key: str) -> None:
    files = VectorFiles(tmp_path)
    with pytest.raises(ValueError, match="digest"):
        files.get(key)
    with pytest.raises(ValueError, match="digest"):
        files.put({key: VECTOR})


def test_what_was_not_used_for_longest_makes_room(tmp_path: Path) -> None:
    files, long = VectorFiles(tmp_path, most=4 * 8_200), (1.0,) * 1_000
    keys = [f"{number:064x}" for number in range(4)]
    files.put(dict.fromkeys(keys, long))
    for number, key in enumerate(keys):
        os.utime(tmp_path / f"{key}.vector", (number, number))
    assert files.get(keys[0]) is not None, "a use, which makes it young again"
    files.put({"ff" * 32: long})
    assert {path.name for path in tmp_path.iterdir()} == {f"{key}.vector" for key in (keys[0], *keys[2:], "ff" * 32)}


def test_what_is_larger_than_all_the_room_is_not_kept(tmp_path: Path) -> None:
    VectorFiles(tmp_path, most=100).put({KEY: (1.0,) * 1_000})
    assert list(tmp_path.iterdir()) == []
    assert MOST_BYTES == 64 << 20


def test_a_folder_that_cannot_be_used_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("here", encoding="utf-8")
    files = VectorFiles(tmp_path / "file")
    files.put({KEY: VECTOR})
    assert files.get(KEY) is None
    assert (tmp_path / "file").read_text(encoding="utf-8") == "here"


def test_many_may_write_the_same_at_once(tmp_path: Path) -> None:
    files = [VectorFiles(tmp_path) for _ in range(8)]

    def put_often(one: VectorFiles) -> None:
        for _ in range(20):
            one.put({KEY: VECTOR})

    list(ordered_map(put_often, files, 8))
    assert files[0].get(KEY) == VECTOR
    assert [path.name for path in tmp_path.iterdir()] == [f"{KEY}.vector"]
