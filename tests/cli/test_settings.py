"""Settings: flags over environment over the user's file over the repository's, and who may say what."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from support.calls import call, instructions, shop

from bot.errors import UsageError
from bot.pull_request.place import base_table
from bot.settings import ENVIRONMENT, REPOSITORY_KEYS, USER_KEYS, EngineChoice, Settings, Table, load, read_table

if TYPE_CHECKING:
    from pathlib import Path

REPOSITORY = Table(".stetbot.toml", {"engine": "local", "jobs": 1, "max-bytes": 1, "branch-prefix": "r/"})
USER = Table("config.toml", {"engine": "morph", "jobs": 2, "max_bytes": 2})
VARIABLES = {"STETBOT_ENGINE": "cascade", "STETBOT_JOBS": "3"}


def test_each_source_wins_over_those_below_it() -> None:
    assert load({}, {}) == Settings()
    one = load({}, {}, None, REPOSITORY)
    assert (one.engine, one.jobs, one.max_bytes, one.branch_prefix) == (EngineChoice.LOCAL, 1, 1, "r/")
    two = load({}, {}, USER, REPOSITORY)
    assert (two.engine, two.jobs, two.max_bytes, two.branch_prefix) == (EngineChoice.MORPH, 2, 2, "r/")
    three = load(VARIABLES, {}, USER, REPOSITORY)
    assert (three.engine, three.jobs, three.max_bytes) == (EngineChoice.CASCADE, 3, 2)
    four = load(VARIABLES, {"engine": "auto"}, USER, REPOSITORY)
    assert (four.engine, four.jobs) == (EngineChoice.AUTO, 3)


def test_an_empty_variable_says_nothing() -> None:
    assert load(dict.fromkeys(ENVIRONMENT, " "), {}) == Settings()


@pytest.mark.parametrize("variable", ["MORPH_API_KEY", "MORPHEUS_API_KEY"])
def test_a_key_is_in_no_representation(variable: str) -> None:
    assert "sk-1" not in repr(load({variable: "sk-1"}, {}))


PARAMETERS = {
    "MORPHEUS_TEMPERATURE": ("0.5", "morpheus_temperature", 0.5),
    "MORPHEUS_TOP_P": ("default", "morpheus_top_p", None),
    "MORPHEUS_MAX_TOKENS": ("default", "morpheus_max_tokens", None),
    "MORPHEUS_N": ("2", "morpheus_n", 2),
    "MORPHEUS_STOP": ('["a", "b"]', "morpheus_stop", ("a", "b")),
    "MORPHEUS_STREAM": ("TRUE", "morpheus_stream", True),
    "MORPHEUS_SESSION_ID": ("0xabc", "morpheus_session_id", "0xabc"),
    "MORPHEUS_TIMEOUT": ("60", "morpheus_deadline", 60.0),
    "MORPHEUS_DIMENSIONS": ("256", "morpheus_dimensions", 256),
}


@pytest.mark.parametrize(("variable", "text", "name", "value"), [(key, *row) for key, row in PARAMETERS.items()])
def test_a_variable_is_read_as_what_its_setting_is(variable: str, text: str, name: str, value: object) -> None:
    assert getattr(load({variable: text}, {}), name) == value


def test_one_text_is_one_stop() -> None:
    assert load({"MORPHEUS_STOP": "END"}, {}).morpheus_stop == ("END",)


@pytest.mark.parametrize("text", ["x", "[1", "[", "1e999", "nan", "-1"])
@pytest.mark.parametrize(
    "variable", ["MORPHEUS_TEMPERATURE", "MORPHEUS_MAX_TOKENS", "MORPHEUS_AT_ONCE", "STETBOT_JOBS"]
)
def test_a_variable_that_is_no_number_is_named(variable: str, text: str) -> None:
    with pytest.raises(UsageError, match=rf"^{variable}: .* is not "):
        load({variable: text}, {})


def test_whom_to_trust_is_never_said_by_the_repository() -> None:
    assert not {name for name in REPOSITORY_KEYS if name.startswith("morph")}
    assert not {"morph_key", "morpheus_key"} & USER_KEYS
    assert REPOSITORY_KEYS < USER_KEYS
    for key in USER_KEYS - REPOSITORY_KEYS:
        with pytest.raises(
            UsageError, match=r"a file of the repository may not set it; it may set allow-paths, branch-prefix, "
        ):
            load({}, {}, None, Table(".stetbot.toml", {key: "x"}))


WRONG = [
    ("engine", 1), ("engine", "magic"), ("jobs", 0), ("jobs", True), ("jobs", 257), ("jobs", "8"), ("jobs", 1.5),
    ("max_bytes", 0), ("max_bytes", False), ("signoff", "yes"), ("signoff", 1), ("morph_stream", "true"),
    ("morph_deadline", 0), ("morph_deadline", float("inf")), ("morph_deadline", float("nan")), ("morph_idle", True),
    ("morph_url", 7), ("branch_prefix", ["x"]), ("morpheus_temperature", 2.1), ("morpheus_temperature", "hot"),
    ("morpheus_temperature", True), ("morpheus_top_p", -0.1), ("morpheus_max_tokens", 0), ("morpheus_n", 9),
    ("morpheus_n", "default"), ("morpheus_stop", [""]), ("morpheus_stop", 7), ("morpheus_stop", ["a", 1]),
    ("morpheus_encoding_format", "int8"), ("morpheus_presence_penalty", float("nan")), ("morpheus_at_once", 0),
    ("morpheus_session_id", 7), ("morpheus_reconcile", 1),
]  # fmt: skip


@pytest.mark.parametrize(("key", "value"), WRONG)
def test_a_value_of_another_kind_is_named_with_its_place(key: str, value: object) -> None:
    with pytest.raises(UsageError) as raised:
        load({}, {}, Table("config.toml", {key: value}))
    assert str(raised.value).startswith(f"config.toml: {key}: ")
    assert " is not " in str(raised.value)


@pytest.mark.parametrize(
    ("name", "text", "values"),
    [
        (".stetbot.toml", "jobs = 2\n", {"jobs": 2}),
        ("pyproject.toml", "[tool.stetbot]\njobs = 2\n", {"jobs": 2}),
        ("pyproject.toml", "[tool.other]\njobs = 2\n", {}),
        ("pyproject.toml", "tool = 1\n", {}),
    ],
)
def test_only_what_is_ours_is_read(name: str, text: str, values: dict[str, object]) -> None:
    assert read_table(name, text).values == values


def test_the_repositorys_file_is_heard_and_a_flag_is_heard_first(tmp_path: Path) -> None:
    repo = shop(tmp_path, {"pyproject.toml": "[tool.stetbot]\nengine = 'morph'\nbranch-prefix = 'bot/'\n"})
    file = instructions(tmp_path)
    heard = call(repo, "apply", file)
    assert heard.code == 2
    assert "MORPH_API_KEY" in heard.err
    assert call(repo, "apply", file, "--engine", "local").code == 0
    assert repo.git("branch", "--list", "bot/*") == "  bot/fix"


def test_the_users_file_is_read_from_their_configuration(tmp_path: Path) -> None:
    repo = shop(tmp_path)
    config = repo.home / ".config" / "stetbot" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text("branch-prefix = 'mine/'\nsignoff = true\n", encoding="utf-8")
    assert call(repo, "apply", instructions(tmp_path)).code == 0
    assert "Signed-off-by: Ada Tester" in repo.git("log", "-1", "--format=%B", "mine/fix")
    assert f"{config} is read" in call(repo, "doctor").out


@pytest.mark.parametrize("name", [".stetbot.toml", "pyproject.toml"])
def test_a_key_of_thousands_of_parts_is_refused_and_not_read_for_minutes(tmp_path: Path, name: str) -> None:
    repo = shop(tmp_path, {name: "# stetbot\n" + "a." * 20_000 + "a = 1\n"})
    began = time.monotonic()
    run = call(repo, "apply", instructions(tmp_path), "--diff")
    assert (run.code, "fifty parts" in run.err) == (2, True), run.said
    assert time.monotonic() - began < 15


def test_the_base_branch_s_own_table_is_read_from_its_pyproject() -> None:
    text = "[project]\nname = 'x'\n[tool.stetbot]\njobs = 2\n"
    table = base_table({"pyproject.toml": text})
    assert table is not None
    assert load({}, {}, None, table).jobs == 2
    with pytest.raises(UsageError, match=r"pyproject.toml of the base branch: not TOML"):
        base_table({"pyproject.toml": "stetbot"})
