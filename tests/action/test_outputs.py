"""Outputs and summary, read back as the runner reads them: no value can be more than a value."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.runner import parse_outputs

from bot.action.outputs import append, output_text
from bot.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = [
    "",
    "x\nEOF\nNODE_OPTIONS=--require=/tmp/x",
    "x\r\nname<<EOF\r\nEOF",
    "a=b",
    "ghadelimiter_0\nPATH=/tmp",
    "\n\n\n",
    "%0A::set-output name=x::y",
    "\u2028line\u0085next\x0cpage",
    "lone \ud800",
]


@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_value_is_one_output(value: str) -> None:
    found = parse_outputs(output_text({"status": value, "commit": "abc"}))
    expected = value.replace("\r\n", "\n")
    assert found == {"status": expected, "commit": "abc"}


@given(st.dictionaries(st.sampled_from(["status", "applied", "branch"]), st.text()))
def test_whatever_a_value_holds_the_runner_reads_as_many_outputs_as_were_written(values: dict[str, str]) -> None:
    found = parse_outputs(output_text(values))
    assert found == {
        name: value.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd") for name, value in values.items()
    }


def test_a_value_that_knew_the_delimiter_is_not_written() -> None:
    with pytest.raises(UsageError):
        output_text({"status": "x\nknown\nPATH=/tmp"}, lambda: "known")


def test_delimiters_are_new_each_time() -> None:
    assert output_text({"a": ""}) != output_text({"a": ""})


@pytest.mark.parametrize("name", ["", "a b", "a=b", "a\nb", "A", "PATH"])
def test_only_names_of_ours_are_written(name: str) -> None:
    with pytest.raises(ValueError, match="not a name"):
        output_text({name: "x"})


def test_what_other_steps_wrote_stays(tmp_path: Path) -> None:
    file = tmp_path / "output"
    file.write_text("before=1\n", encoding="utf-8")
    append(file, output_text({"status": "done"}))
    append(file, output_text({"commit": "lone \ud800"}))
    assert parse_outputs(file.read_text(encoding="utf-8")) == {"before": "1", "status": "done", "commit": "lone ?"}


@pytest.mark.skipif(os.name == "nt", reason="symbolic links need a privilege on Windows")
def test_a_symbolic_link_a_folder_and_a_pipe_are_not_written_to(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("", encoding="utf-8")
    (tmp_path / "link").symlink_to(victim)
    (tmp_path / "folder").mkdir()
    for name in ("link", "folder", "missing/file"):
        with pytest.raises(UsageError):
            append(tmp_path / name, "x")
    assert victim.read_text(encoding="utf-8") == ""
