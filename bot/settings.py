"""Settings: flags over environment over user configuration over the repository's own file.

The repository's file (`.stetbot.toml`, or `[tool.stetbot]` in `pyproject.toml`) may say how to work, never whom to
trust: endpoints, keys and what may land unproven come from flags, environment and user configuration alone.
"""

from __future__ import annotations

import enum
import re
import tomllib
from dataclasses import dataclass, field, fields, replace
from math import inf
from typing import TYPE_CHECKING, Any

from bot.errors import UsageError
from bot.leftovers.suspicion import INLINE_WORD

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_MAX_BYTES = 10_000_000
# Each request in flight has a thread and a connection; a service allows far fewer anyway.
MAX_JOBS = 256
DEFAULT_MORPH_URL = "https://api.morphllm.com"
DEFAULT_MORPH_MODEL = "morph-v3-large"


class EngineChoice(enum.StrEnum):
    """`auto` is Morph where a key is set (falling back to local while it is down), else local."""

    AUTO = "auto"
    LOCAL = "local"
    MORPH = "morph"
    CASCADE = "cascade"


@dataclass(frozen=True, slots=True)
class Settings:
    """How a run works. Durations are seconds, sizes bytes; `morph_key` is a secret and in no `repr`."""

    engine: EngineChoice = EngineChoice.AUTO
    jobs: int = 8
    max_bytes: int = DEFAULT_MAX_BYTES
    signoff: bool = False
    branch_prefix: str = "stetbot/"
    inline_word: str = INLINE_WORD
    morph_key: str | None = field(default=None, repr=False)
    morph_url: str = DEFAULT_MORPH_URL
    morph_model: str = DEFAULT_MORPH_MODEL
    morph_stream: bool = False
    morph_deadline: float = 120.0
    morph_idle: float = 30.0


# What each source may set; the names are those of `Settings`, spelled with hyphens in files.
REPOSITORY_KEYS = frozenset({"engine", "jobs", "max_bytes", "signoff", "branch_prefix", "inline_word"})
USER_KEYS = REPOSITORY_KEYS | {"morph_url", "morph_model", "morph_stream", "morph_deadline", "morph_idle"}
ENVIRONMENT = {
    "MORPH_API_KEY": "morph_key",
    "MORPH_API_URL": "morph_url",
    "MORPH_MODEL": "morph_model",
    "MORPH_TIMEOUT": "morph_deadline",
    "STETBOT_ENGINE": "engine",
    "STETBOT_JOBS": "jobs",
    "STETBOT_INLINE_WORD": "inline_word",
}

_WORD = re.compile(r"\S{3,40}")
_TAKES = {
    "engine": f"one of {', '.join(EngineChoice)}",
    "jobs": f"a whole number from 1 to {MAX_JOBS}",
    "max_bytes": "a number of bytes",
    **dict.fromkeys(("morph_deadline", "morph_idle"), "a number of seconds above 0"),
    **dict.fromkeys(("signoff", "morph_stream"), "true or false"),
    **dict.fromkeys(("morph_key", "morph_url", "morph_model", "branch_prefix"), "a text"),
    "inline_word": "a word of 3 to 40 characters without white space",
}


@dataclass(frozen=True, slots=True)
class Table:
    """The settings of one file: its name, for messages, and its keys and values as TOML gave them."""

    name: str
    values: Mapping[str, object]


def read_table(name: str, text: str) -> Table:
    """What is ours of the file `name`: all of it, or `[tool.stetbot]` of a `pyproject.toml`. Raises UsageError."""
    try:
        values: object = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{name}: not TOML: {error}") from error
    if name.endswith("pyproject.toml"):
        for key in ("tool", "stetbot"):
            values = values.get(key, {}) if isinstance(values, dict) else {}
    if not isinstance(values, dict):
        raise UsageError(f"{name}: [tool.stetbot] must be a table")
    return Table(name, values)


def load(
    environ: Mapping[str, str],
    flags: Mapping[str, object],
    user: Table | None = None,
    repository: Table | None = None,
) -> Settings:
    """Join the sources; `flags` holds only what was given. Raises UsageError naming the place and the key."""
    settings = Settings()
    if repository is not None:
        settings = _from_table(settings, repository, REPOSITORY_KEYS, "a file of the repository may not set it")
    if user is not None:
        settings = _from_table(settings, user, USER_KEYS, "there is no such setting")
    for variable, name in ENVIRONMENT.items():
        value = environ.get(variable, "").strip()
        if value:
            settings = _with(settings, variable, name, _parsed(name, value, variable))
    for name, flag in flags.items():
        settings = _with(settings, f"--{name.replace('_', '-')}", name, flag)
    return settings


def _from_table(settings: Settings, table: Table, allowed: frozenset[str], otherwise: str) -> Settings:
    for key, value in table.values.items():
        name = key.replace("-", "_")
        if name not in allowed:
            known = ", ".join(sorted(allowed)).replace("_", "-")
            raise UsageError(f"{table.name}: {key}: {otherwise}; it may set {known}")
        settings = _with(settings, f"{table.name}: {key}", name, value)
    return settings


def _parsed(name: str, value: str, place: str) -> object:
    kind = {item.name: str(item.type) for item in fields(Settings)}[name]
    try:
        return int(value) if kind == "int" else float(value) if kind == "float" else value
    except ValueError as error:
        raise UsageError(f"{place}: {value!r} is not a number") from error


def _with(settings: Settings, place: str, name: str, value: object) -> Settings:
    # `Any`: `replace` takes each field by its own type, which the match below has just checked.
    checked: Any
    match name, value:
        case "engine", str() if value in set(EngineChoice):
            checked = EngineChoice(value)
        case ("jobs", int()) if not isinstance(value, bool) and 1 <= value <= MAX_JOBS:
            checked = value
        case ("max_bytes", int()) if not isinstance(value, bool) and value >= 1:
            checked = value
        case (("morph_deadline" | "morph_idle"), int() | float()) if not isinstance(value, bool) and 0 < value < inf:
            checked = float(value)
        case (("signoff" | "morph_stream"), bool()):
            checked = value
        case (("morph_key" | "morph_url" | "morph_model" | "branch_prefix"), str()):
            checked = value
        case "inline_word", str() if _WORD.fullmatch(value):
            checked = value
        case _:
            raise UsageError(f"{place}: {str(value)[:80]!r} is not {_TAKES[name]}")
    return replace(settings, **{name: checked})
