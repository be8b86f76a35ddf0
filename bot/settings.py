"""Settings: flags over environment over user configuration over the repository's own file.

The repository's file (`.stetbot.toml`, or `[tool.stetbot]` in `pyproject.toml`) may say how to work, never whom to
trust: endpoints, keys and what may land unproven come from flags, environment and user configuration alone.
"""

from __future__ import annotations

import enum
import json
import tomllib
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from math import inf
from typing import TYPE_CHECKING, Any

from bot.errors import UsageError
from bot.leftovers.suspicion import INLINE_WORD, WORD, WORD_MUST_BE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_LONGEST_FILE = 1_000_000
DEFAULT_MAX_BYTES = 10_000_000
# Each request in flight has a thread and a connection; a service allows far fewer anyway.
MAX_JOBS = 256
DEFAULT_MORPH_URL = "https://api.morphllm.com"
DEFAULT_MORPH_MODEL = "morph-v3-large"
DEFAULT_MORPHEUS_URL = "https://api.mor.org/api/v1"
# What leaves a parameter to the service.
SERVICE_DEFAULT = "default"


class EngineChoice(enum.StrEnum):
    """`auto` is Morph where a key is set (falling back to local while it is down), else local."""

    AUTO = "auto"
    LOCAL = "local"
    MORPH = "morph"
    CASCADE = "cascade"


@dataclass(frozen=True, slots=True)
class Settings:
    """How a run works. Durations are seconds, sizes bytes; keys are secrets and in no `repr`.

    None, where a parameter of a service may be it, leaves that parameter to the service; a budget of None has no end.
    """

    engine: EngineChoice = EngineChoice.AUTO
    jobs: int = 8
    max_bytes: int = DEFAULT_MAX_BYTES
    signoff: bool = False
    branch_prefix: str = "stetbot/"
    # Patterns of paths, for the door of a pull request: see `bot.review.denied`.
    deny_paths: tuple[str, ...] = ()
    allow_paths: tuple[str, ...] = ()
    inline_word: str = INLINE_WORD
    budget_tokens: int | None = None
    budget_requests: int | None = None
    budget_dollars: float | None = None
    budget_seconds: float | None = None
    morph_key: str | None = field(default=None, repr=False)
    morph_url: str = DEFAULT_MORPH_URL
    morph_model: str = DEFAULT_MORPH_MODEL
    morph_stream: bool = False
    morph_deadline: float = 120.0
    morph_idle: float = 30.0
    morpheus_key: str | None = field(default=None, repr=False)
    morpheus_url: str = DEFAULT_MORPHEUS_URL
    morpheus_model: str = ""
    morpheus_stream: bool = False
    morpheus_deadline: float = 900.0
    morpheus_idle: float = 310.0
    morpheus_reconcile: bool = False
    morpheus_requests_per_minute: int = 20
    morpheus_at_once: int = 2
    morpheus_temperature: float | None = 0.01
    morpheus_top_p: float | None = None
    morpheus_max_tokens: int | None = 4096
    morpheus_presence_penalty: float | None = None
    morpheus_frequency_penalty: float | None = None
    morpheus_n: int = 1
    morpheus_stop: tuple[str, ...] = ()
    morpheus_tool_choice: str = ""
    morpheus_session_id: str = ""
    morpheus_embedding_model: str = ""
    morpheus_encoding_format: str = "float"
    morpheus_dimensions: int | None = None
    morpheus_user: str = ""


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a setting may be: in words, read from a value of TOML or a flag, and from a variable's text first.

    Both raise ValueError.
    """

    words: str
    read: Callable[[object], object]
    parse: Callable[[str], object] = str


def _whole(least: int, most: float = inf) -> Callable[[object], object]:
    def read(value: object) -> object:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise ValueError
        return value

    return read


def _number(least: float, most: float) -> Callable[[object], object]:
    def read(value: object) -> object:
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            raise ValueError
        return float(value)

    return read


def _above_zero(value: object) -> object:
    number = _number(0, 1e9)(value)
    if number == 0:
        raise ValueError
    return number


def _text(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError  # noqa: TRY004 - a value of a wrong type is a wrong value here
    return value


def _word(value: object) -> object:
    if not isinstance(value, str) or not WORD.fullmatch(value):
        raise ValueError
    return value


def _flag(value: object) -> object:
    if not isinstance(value, bool):
        raise ValueError  # noqa: TRY004 - a value of a wrong type is a wrong value here
    return value


def _spoken_flag(text: str) -> object:
    return {"true": True, "1": True, "false": False, "0": False}.get(text.lower(), text)


def _texts(value: object) -> object:
    found = [value] if isinstance(value, str) else value
    if not isinstance(found, list | tuple) or not all(isinstance(item, str) and item for item in found):
        raise ValueError
    return tuple(found)


def _spoken_texts(text: str) -> object:
    return json.loads(text) if text.startswith("[") else text


def _patterns(value: object) -> object:
    if not isinstance(value, list) or len(value) > 200:
        raise ValueError
    if not all(isinstance(item, str) and 0 < len(item) <= 200 for item in value):
        raise ValueError
    return tuple(value)


def _or_default(kind: _Kind) -> _Kind:
    """The same, or the word that leaves the parameter to the service."""

    def read(value: object) -> object:
        return None if value == SERVICE_DEFAULT else kind.read(value)

    def parse(text: str) -> object:
        return text if text == SERVICE_DEFAULT else kind.parse(text)

    return _Kind(f"{kind.words}, or {SERVICE_DEFAULT}", read, parse)


_TEXT = _Kind("a text", _text)
_FLAG = _Kind("true or false", _flag, _spoken_flag)
_SECONDS = _Kind("a number of seconds above 0", _above_zero, float)
_COUNT = _Kind("a whole number above 0", _whole(1), int)
_SHARE = _or_default(_Kind("a number from 0 to 1", _number(0, 1), float))
_PENALTY = _or_default(_Kind("a number from -2 to 2", _number(-2, 2), float))
_ENCODINGS = ("float", "base64")
_KINDS: Mapping[str, _Kind] = {
    "engine": _Kind(f"one of {', '.join(EngineChoice)}", lambda value: EngineChoice(str(value))),
    "jobs": _Kind(f"a whole number from 1 to {MAX_JOBS}", _whole(1, MAX_JOBS), int),
    "max_bytes": _Kind("a number of bytes", _whole(1), int),
    "signoff": _FLAG,
    "branch_prefix": _TEXT,
    **dict.fromkeys(("deny_paths", "allow_paths"), _Kind("a list of up to 200 patterns of paths", _patterns)),
    "inline_word": _Kind(WORD_MUST_BE, _word),
    **dict.fromkeys(("budget_tokens", "budget_requests"), _COUNT),
    "budget_dollars": _Kind("a number of dollars above 0", _above_zero, float),
    "budget_seconds": _SECONDS,
    **dict.fromkeys(("morph_key", "morph_url", "morph_model"), _TEXT),
    "morph_stream": _FLAG,
    **dict.fromkeys(("morph_deadline", "morph_idle"), _SECONDS),
    **dict.fromkeys(("morpheus_key", "morpheus_url", "morpheus_model"), _TEXT),
    **dict.fromkeys(("morpheus_stream", "morpheus_reconcile"), _FLAG),
    **dict.fromkeys(("morpheus_deadline", "morpheus_idle"), _SECONDS),
    **dict.fromkeys(("morpheus_requests_per_minute", "morpheus_at_once"), _COUNT),
    "morpheus_temperature": _or_default(_Kind("a number from 0 to 2", _number(0, 2), float)),
    "morpheus_top_p": _SHARE,
    "morpheus_max_tokens": _or_default(_COUNT),
    **dict.fromkeys(("morpheus_presence_penalty", "morpheus_frequency_penalty"), _PENALTY),
    "morpheus_n": _Kind("a whole number from 1 to 8", _whole(1, 8), int),
    "morpheus_stop": _Kind("a text, or a list of texts", _texts, _spoken_texts),
    **dict.fromkeys(("morpheus_tool_choice", "morpheus_session_id", "morpheus_embedding_model"), _TEXT),
    "morpheus_encoding_format": _Kind(
        f"one of {', '.join(_ENCODINGS)}", lambda value: _ENCODINGS[_ENCODINGS.index(str(value))]
    ),
    "morpheus_dimensions": _or_default(_COUNT),
    "morpheus_user": _TEXT,
}
# What each source may set; the names are those of `Settings`, spelled with hyphens in files.
REPOSITORY_KEYS = frozenset(
    {"engine", "jobs", "max_bytes", "signoff", "branch_prefix", "inline_word", "deny_paths", "allow_paths"}
)
USER_KEYS = frozenset(_KINDS) - {"morph_key", "morpheus_key"}
_SPELLED_OTHERWISE = {
    "MORPHEUS_API_KEY": "morpheus_key",
    "MORPHEUS_API_URL": "morpheus_url",
    "MORPHEUS_TIMEOUT": "morpheus_deadline",
}
ENVIRONMENT = {
    "MORPH_API_KEY": "morph_key",
    "MORPH_API_URL": "morph_url",
    "MORPH_MODEL": "morph_model",
    "MORPH_TIMEOUT": "morph_deadline",
    "STETBOT_ENGINE": "engine",
    "STETBOT_JOBS": "jobs",
    "STETBOT_INLINE_WORD": "inline_word",
    "STETBOT_BUDGET_TOKENS": "budget_tokens",
    "STETBOT_BUDGET_REQUESTS": "budget_requests",
    "STETBOT_BUDGET_DOLLARS": "budget_dollars",
    "STETBOT_BUDGET_SECONDS": "budget_seconds",
    **_SPELLED_OTHERWISE,
    **{
        name.upper(): name
        for name in _KINDS
        if name.startswith("morpheus_") and name not in _SPELLED_OTHERWISE.values() and name != "morpheus_idle"
    },
}


@dataclass(frozen=True, slots=True)
class Table:
    """The settings of one file: its name, for messages, and its keys and values as TOML gave them."""

    name: str
    values: Mapping[str, object]


def read_table(name: str, text: str, where: str = "") -> Table:
    """What is ours of the file `name`: all of it, or `[tool.stetbot]` of a `pyproject.toml`. Raises UsageError.

    Messages say `where` the file is behind its name.
    """
    from bot.syntax.bounds import too_dotted

    shown = f"{name}{where}"
    if len(text) > _LONGEST_FILE or too_dotted(text):
        raise UsageError(f"{shown}: has more than {_LONGEST_FILE} characters, or a key of more than fifty parts")
    try:
        values: object = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # not only its own: a number may be too long, a list too deep
        raise UsageError(f"{shown}: not TOML: {error}") from error
    if name.endswith("pyproject.toml"):
        for key in ("tool", "stetbot"):
            values = values.get(key, {}) if isinstance(values, dict) else {}
    if not isinstance(values, dict):
        raise UsageError(f"{shown}: [tool.stetbot] must be a table")
    return Table(shown, values)


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
            settings = _with(settings, variable, name, _parsed(name, value))
    for name, flag in flags.items():
        settings = _with(settings, f"--{name.replace('_', '-')}", name, flag)
    return settings


def _from_table(settings: Settings, table: Table, allowed: frozenset[str], otherwise: str) -> Settings:
    for key, value in table.values.items():
        name = key.replace("-", "_")
        if name not in allowed:
            known = ", ".join(sorted(allowed)).replace("_", "-")
            wrong = otherwise if name in _KINDS else _unknown(key, allowed)
            raise UsageError(f"{table.name}: {key}: {wrong}; it may set {known}")
        settings = _with(settings, f"{table.name}: {key}", name, value)
    return settings


def _unknown(key: str, allowed: Iterable[str]) -> str:
    near = get_close_matches(key, [name.replace("_", "-") for name in sorted(allowed)], 1)
    return f"there is no such setting{f' (did you mean {near[0]}?)' if near else ''}"


def _parsed(name: str, value: str) -> object:
    """The value that a variable's text stands for; a text that stands for none is refused as such later."""
    try:
        return _KINDS[name].parse(value)
    except (ValueError, RecursionError):
        return value


def _with(settings: Settings, place: str, name: str, value: object) -> Settings:
    kind = _KINDS[name]
    # `Any`: `replace` takes each field by its own type, which its kind has just checked.
    checked: Any
    try:
        checked = kind.read(value)
    except ValueError:
        raise UsageError(f"{place}: {str(value)[:80]!r} is not {kind.words}") from None
    return replace(settings, **{name: checked})
