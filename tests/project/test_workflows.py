"""The workflows: pinned actions, no right that is not named, no credentials left behind, the built wheel under test."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml
from support.checkout import ROOT, tracked_files

from bot.paths import INSTRUCTION_ENDINGS

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PINNED = re.compile(r"uses: [\w.-]+(?:/[\w.-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
OUR_OWN = re.compile(r"uses: (?:\./|[\w-]+/stetbot@)")


def parsed(path: Any) -> dict[Any, Any]:
    loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def jobs() -> list[tuple[str, dict[str, Any]]]:
    """Every job of every workflow as (`file:job`, its mapping)."""
    found = [(f"{path.name}:{name}", job) for path in WORKFLOWS for name, job in parsed(path)["jobs"].items()]
    assert found
    return found


def steps() -> list[tuple[str, dict[str, Any]]]:
    return [(name, step) for name, job in jobs() for step in job.get("steps", [])]


def test_every_action_is_pinned_by_its_full_hash_with_the_version_beside_it() -> None:
    uses = [
        f"{path.relative_to(ROOT).as_posix()}: {line.strip()}"
        for path in tracked_files()
        if path.suffix in {".yml", ".yaml"} and "tests" not in path.relative_to(ROOT).parts
        for line in path.read_text(encoding="utf-8").split("\n")
        if re.match(r"\s*(?:- )?uses:", line)
    ]
    assert uses
    assert [line for line in uses if not PINNED.search(line) and not OUR_OWN.search(line)] == []


def test_one_action_has_one_version() -> None:
    uses = {step["uses"] for _, step in steps() if "uses" in step}
    assert len(uses) == len({used.partition("@")[0] for used in uses})


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_starts_with_no_rights_and_cancels_its_predecessor(path: Any) -> None:
    workflow = parsed(path)
    assert workflow["permissions"] == {}
    assert workflow["concurrency"]["cancel-in-progress"] is True


def test_every_job_names_its_rights_and_its_time() -> None:
    for name, job in jobs():
        assert job["timeout-minutes"] <= 30, name
        assert set(job["permissions"].items()) <= {("contents", "read")}, name


def test_no_checkout_leaves_its_credentials_behind() -> None:
    checkouts = [(name, step) for name, step in steps() if step.get("uses", "").startswith("actions/checkout@")]
    assert checkouts
    assert [name for name, step in checkouts if step["with"]["persist-credentials"] is not False] == []


def test_the_workflow_for_instruction_files_begins_with_each_kind_of_them() -> None:
    workflow = parsed(ROOT / "examples" / "workflows" / "stetbot-files.yml")
    paths = workflow[True]["push"]["paths"]  # YAML 1.1 reads the key `on` as true
    assert paths == [*(f"**{ending}" for ending in INSTRUCTION_ENDINGS), "**/.stetbot/**"]


def test_no_expression_stands_in_a_shell_script() -> None:
    assert [name for name, step in steps() if "${{" in step.get("run", "")] == []


def test_the_last_job_needs_all_others_and_wants_success_of_each() -> None:
    described = parsed(ROOT / ".github" / "workflows" / "ci.yml")["jobs"]
    *others, last = described
    assert described[last]["needs"] == others
    assert described[last]["if"] == "always()"
    (step,) = described[last]["steps"]
    assert step["run"] == f'test "$RESULTS" = "{" ".join(["success"] * len(others))}"'


def test_three_systems_test_the_wheel_that_was_built_once() -> None:
    test = parsed(ROOT / ".github" / "workflows" / "ci.yml")["jobs"]["test"]
    assert test["strategy"]["matrix"]["os"] == ["ubuntu-latest", "macos-latest", "windows-latest"]
    runs = [step["run"] for step in test["steps"] if "run" in step]
    assert runs[0].endswith("pip install --require-hashes -r requirements/test.txt")
    assert "--no-index --find-links dist" in runs[1]
    # `python -m pytest` would put the checkout on the path, and so test its bot/ and not the wheel.
    assert runs[2:] == ["pytest"]
    assert test["steps"][-1]["env"] == {"STETBOT_TESTS_NEED_INSTALLED": "1"}


def test_ci_runs_the_script_that_developers_run() -> None:
    checks = parsed(ROOT / ".github" / "workflows" / "ci.yml")["jobs"]["checks"]
    assert [step["run"] for step in checks["steps"] if "run" in step] == [".ci/run"]
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8").rstrip("\n").split("\n")
    assert script[-1] == 'bash -euo pipefail -c "$tests"', "pytest's closing line is the last one that .ci/run prints"
    assert "export STETBOT_TESTS_NEED_INSTALLED=1" in script


def test_the_checks_run_what_needs_node() -> None:
    """Without its variable a test against a mock server is skipped; the checks install the mock and say where it is."""
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    manifest = json.loads((ROOT / ".ci" / "package.json").read_text("utf-8"))
    assert "@copilotkit/aimock" in manifest["dependencies"]
    exported = script.index("\nexport STETBOT_AIMOCK=$work/node_modules/@copilotkit/aimock\n")
    assert exported < script.index('bash -euo pipefail -c "$tests"')
    assert "STETBOT_AIMOCK" in (ROOT / "tests" / "planner" / "test_mock_server.py").read_text("utf-8")
