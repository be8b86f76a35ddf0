"""Options that several commands share, and how they become settings."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from bot.errors import UsageError
from bot.settings import EngineChoice, Settings, Table, load, read_table

if TYPE_CHECKING:
    from collections.abc import Callable

F = TypeVar("F", bound="Callable[..., Any]")

# Flags that are settings; the rest say what this one run is to do.
SETTING_FLAGS = ("engine", "jobs", "max_bytes", "signoff", "morph_model", "morph_stream")


def engine_options(command: F) -> F:
    """`--engine`, `--jobs` and what concerns Morph."""
    for option in reversed(
        (
            click.option(
                "--engine",
                type=click.Choice([choice.value for choice in EngineChoice]),
                help="What merges lazy snippets (default auto: morph where MORPH_API_KEY is set, else local).",
            ),
            click.option("--jobs", type=click.IntRange(1, 256), help="Requests in flight at a time (default 8)."),
            click.option("--morph-model", help="morph-v3-large (default), morph-v3-fast or auto."),
            click.option("--morph-stream/--no-morph-stream", default=None, help="Stream Morph's answers."),
            click.option("--max-bytes", type=click.IntRange(1), help="Largest file to edit (default 10000000)."),
        )
    ):
        command = option(command)
    return command


def engine_settings(flags: dict[str, Any], root: Path | None = None) -> Settings:
    """The settings of this run; `root` is the work tree whose own file may say something."""
    given = {name: flags[name] for name in SETTING_FLAGS if flags.get(name) is not None}
    return load(os.environ, given, _user_table(), _repository_table(root))


def user_file() -> Path:
    """Where the user's own configuration is looked for."""
    return Path(click.get_app_dir("stetbot")) / "config.toml"


def _user_table() -> Table | None:
    return _table(user_file())


def _repository_table(root: Path | None) -> Table | None:
    if root is None:
        return None
    own = _table(root / ".stetbot.toml")
    project = _table(root / "pyproject.toml")
    if own is not None and project is not None and project.values:
        raise UsageError("both .stetbot.toml and [tool.stetbot] in pyproject.toml are there; keep one")
    return own or project


def _table(path: Path) -> Table | None:
    try:
        data = path.read_bytes()
    except OSError:
        return None
    try:
        return read_table(str(path), data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: not UTF-8") from error
