"""action.yml and the workflows under examples/: few rights, nothing of an event in a script, and a hostile event that
leaves no trace when the composite steps run as the runner runs them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from support.action import ActionRun
from support.checkout import ROOT
from support.github.scene import Scene
from support.gitrepo import GitRepo
from support.runner import commands_in, parse_outputs

from bot.action.result import OUTPUTS
from bot.review.commands import GRAMMAR

if TYPE_CHECKING:
    from pathlib import Path

    from support.github.server import FakeGitHub

ACTION = ROOT / "action.yml"
EXAMPLES = sorted((ROOT / "examples" / "workflows").glob("*.yml"))
EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")


def parsed(path: Path) -> dict[Any, Any]:
    loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def steps() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = parsed(ACTION)["runs"]["steps"]
    return found


def jobs() -> list[tuple[str, dict[str, Any]]]:
    return [(f"{path.name}:{name}", job) for path in EXAMPLES for name, job in parsed(path)["jobs"].items()]


def concurrency_of(name: str) -> dict[str, Any]:
    """That of a job (`file:job`), or of the whole workflow."""
    file, _, job = name.partition(":")
    workflow = parsed(EXAMPLES[0].parent / file)
    found: dict[str, Any] = workflow["jobs"][job].get("concurrency") or workflow["concurrency"]
    return found


# --- what is written down ---


def test_no_expression_stands_in_a_script_and_none_speaks_of_the_event() -> None:
    assert [step["name"] for step in steps() if "${{" in step["run"]] == []
    said = EXPRESSION.findall(ACTION.read_text(encoding="utf-8"))
    assert [text for text in said if not re.fullmatch(r"(inputs|steps)\.[\w.-]+|github\.token", text)] == []


def test_every_input_reaches_the_program_and_every_output_leaves_it() -> None:
    described = parsed(ACTION)
    used = {text.removeprefix("inputs.") for text in EXPRESSION.findall(json.dumps(steps())) if "inputs." in text}
    assert used == set(described["inputs"])
    assert tuple(described["outputs"]) == OUTPUTS
    for name, output in described["outputs"].items():
        assert output["value"] == f"${{{{ steps.run.outputs.{name} }}}}"


def test_no_secret_is_there_while_packages_are_installed() -> None:
    install, run = steps()
    assert "env" not in install
    assert {"GITHUB_TOKEN", "MORPH_API_KEY", "MORPHEUS_API_KEY"} <= set(run["env"])


def test_packages_are_installed_by_hash_and_python_looks_into_no_checkout() -> None:
    install, run = (step["run"] for step in steps())
    assert '--require-hashes --requirement "$GITHUB_ACTION_PATH/requirements/action.txt"' in install.replace("\\\n", "")
    for script in (install, run):
        started = re.findall(r'"\$(?:python|found|STETBOT_PYTHON)" (\S+)', script)
        assert started
        assert set(started) == {"-I"}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_a_workflow_starts_with_no_rights_and_runs_on_no_event_that_runs_strangers_code(path: Path) -> None:
    workflow = parsed(path)
    assert workflow["permissions"] == {}
    assert not {"pull_request_target", "workflow_run", "pull_request"} & set(workflow[True])


def test_every_job_has_least_rights_a_limit_and_one_group_for_each_pull_request() -> None:
    allowed = {("contents", "read"), ("contents", "write"), ("pull-requests", "read"), ("pull-requests", "write")}
    allowed |= {("actions", "read")}
    for name, job in jobs():
        assert set(job["permissions"].items()) <= allowed, name
        assert job["timeout-minutes"] <= 20, name
        assert concurrency_of(name)["cancel-in-progress"] is False, f"{name}: a cut-off run could have pushed"
        group = concurrency_of(name)["group"]
        assert re.search(r"\$\{\{ .*(number|pull-request|github\.ref)( \|\| github\.run_id)? \}\}", group), name
    groups = {concurrency_of(name)["group"].partition("$")[0] for name, job in jobs() if "files" not in name}
    assert groups == {"stetbot-"}, "workflows that write to one pull request share its group"


def test_both_of_two_jobs_stand_in_one_group_so_that_nobody_gets_between_them() -> None:
    two = parsed(ROOT / "examples" / "workflows" / "stetbot-two-jobs.yml")
    assert [name for name, job in two["jobs"].items() if "concurrency" in job] == []
    said = two["concurrency"]["group"]
    # What begins no job must not take the place of a run that waits.
    condition = two["jobs"]["propose"]["if"]
    assert said == f"stetbot-${{{{ {condition} && github.event.issue.number || github.run_id }}}}"


def test_the_job_with_the_models_key_may_not_write_and_the_one_that_may_has_none() -> None:
    two = parsed(ROOT / "examples" / "workflows" / "stetbot-two-jobs.yml")["jobs"]
    propose, land = two["propose"], two["land"]
    assert set(propose["permissions"].values()) == {"read"}
    assert "morph-api-key" in json.dumps(propose)
    assert "secrets." not in json.dumps(land)
    assert "API_KEY" not in json.dumps(land)


def test_who_answers_may_ask_what_becomes_of_the_checks_and_keeps_the_patch_where_nothing_is_pushed() -> None:
    for name, job in jobs():
        if job["permissions"].get("pull-requests") == "write":
            assert job["permissions"]["actions"] == "read", name
            ours, kept = (
                step for step in job["steps"] if "checkout" not in step["uses"] and "download" not in step["uses"]
            )
            assert ours["id"] == "stetbot", name
            assert kept["with"]["path"] == "${{ runner.temp }}/stetbot.patch", name
            assert (
                kept["if"] == "!cancelled() && steps.stetbot.outputs.patch != '' && steps.stetbot.outputs.commit == ''"
            )


@pytest.mark.skipif(os.name == "nt", reason="a script of the shell")
def test_what_the_page_says_to_do_leaves_nothing_to_be_replaced(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "github-action.md").read_text("utf-8")
    (script,) = re.findall(r"<!-- set-up -->\n```sh\n(.*?)```", page, re.DOTALL)
    stetbot = GitRepo(tmp_path / "stetbot")
    shutil.copytree(EXAMPLES[0].parent, stetbot.path / "examples" / "workflows")
    commit = stetbot.commit("Examples")
    mine = tmp_path / "mine"
    mine.mkdir()
    for example in EXAMPLES:
        done = bash(script.replace("stetbot-apply.yml", example.name), dict(os.environ), mine)
        assert done.returncode == 0, done.stderr
    copied = sorted((mine / ".github" / "workflows").iterdir())
    assert [file.name for file in copied] == [path.name for path in EXAMPLES]
    for file in copied:
        text = file.read_text("utf-8")
        assert "OWNER" not in text
        assert f"uses: octo/stetbot@{commit} #" in text


def test_no_workflow_checks_out_a_pull_requests_head_and_none_keeps_credentials() -> None:
    for name, job in jobs():
        for step in job["steps"]:
            if "checkout" in step.get("uses", ""):
                assert step["with"]["persist-credentials"] is False, name
                assert "head" not in str(step["with"].get("ref", "")), name
            assert "run" not in step, name
            assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", step["uses"]), name


def test_expressions_of_an_event_stand_in_conditions_and_groups_alone() -> None:
    for name, job in jobs():
        kept = {key: value for key, value in job.items() if key not in ("if", "concurrency", "outputs")}
        texts = EXPRESSION.findall(json.dumps(kept))
        assert [text for text in texts if re.search(r"body|title|head_ref|\.ref\b|login", text)] == [], name


def test_the_page_describes_every_input_output_command_and_workflow() -> None:
    page = (ROOT / "docs" / "github-action.md").read_text("utf-8")
    described = parsed(ACTION)
    for name, value in described["inputs"].items():
        row = re.search(rf"^\| `{name}` \|([^|]*)\|", page, re.MULTILINE)
        assert row, name
        default = str(value["default"])
        assert row[1].strip(" `") == default or "$" in default or name == "proposal", name
    rows = re.findall(r"^\| ((?:`[\w-]+`(?:, )?)+) \| [^|]+ \|$", page, re.MULTILINE)
    assert {name for row in rows for name in re.findall(r"`([\w-]+)`", row)} >= set(described["outputs"])
    shown = re.findall(r"^\| `/stetbot ([^`]+)` \| (.*) \|$", page, re.MULTILINE)
    assert [form for form, _ in shown] == [form for form, _ in GRAMMAR]
    assert [path.name for path in EXAMPLES if f"(../examples/workflows/{path.name})" not in page] == []


# --- what the steps do ---

HOSTILE_BRANCH = 'a";touch${IFS}x;#'


def bash(script: str, environment: dict[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    """As the runner starts `shell: bash`."""
    file = folder / "step.sh"
    file.write_text(script, encoding="utf-8")
    command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(file)]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def trap_folder(folder: Path) -> None:
    """A checkout that would take the place of whatever Python is asked for."""
    for name in ("bot", "venv", "pip", "click", "httpx", "encodings"):
        (folder / name).mkdir()
        (folder / name / "__init__.py").write_text("open('x', 'w').close()\n", encoding="utf-8")
        (folder / name / "__main__.py").write_text("open('x', 'w').close()\n", encoding="utf-8")
    for name in ("sitecustomize.py", "usercustomize.py", "json.py", "conftest.py"):
        (folder / name).write_text("open('x', 'w').close()\n", encoding="utf-8")
    for name in ("pip.conf", "setup.cfg", "pyproject.toml", "uv.toml", ".pypirc"):
        (folder / name).write_text("[global]\nindex-url = http://127.0.0.1:9/\n", encoding="utf-8")


@pytest.mark.skipif(os.name == "nt", reason="the branch's name holds a character that no file has there")
def test_the_step_that_runs_leaves_no_trace_of_a_hostile_event(github: FakeGitHub, tmp_path: Path) -> None:
    scene = Scene(github, tmp_path)
    hostile = scene.clone.path
    trap_folder(hostile)
    scene.work.git("push", "-q", str(scene.base.git.path), f"topic:refs/heads/{HOSTILE_BRANCH}")
    scene.pull.branch = HOSTILE_BRANCH
    scene.world.sync()
    scene.suggest(10, 'value_10 = "$(touch x)"')
    runner = ActionRun(scene, tmp_path / "runner")
    told = runner.comment("/stetbot $(touch x) `touch x`\n::set-output name=status::x\n::error::x")
    assert "touch x" not in "".join(told.outputs.values())
    comment = scene.world.say(scene.pull, "grace", "/stetbot apply\n\n$(touch x) `touch x`\n::error::x")
    runner.prepare(runner.comment_event(comment))
    environment = runner.environment("issue_comment", {"command": "$(touch x)\nstatus=x"})
    environment |= {"STETBOT_PYTHON": sys.executable, "PATH": os.environ["PATH"]}
    ran = bash(steps()[1]["run"], environment, hostile)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert list(hostile.rglob("x")) == []
    outputs = runner.outputs()
    assert tuple(outputs) == OUTPUTS
    # Such a name is refused for a push; what was asked for is suggested instead.
    assert (outputs["applied"], outputs["commit"]) == ("0", ""), ran.stdout
    assert len(scene.pull.reviews) == 1
    for line in commands_in(ran.stdout):
        assert line.startswith(("::add-mask::", "::notice ", "::warning ", "::error "))
        assert "set-output" not in line


@pytest.mark.skipif(os.name == "nt", reason="a stand-in for python3 as a script of the shell")
def test_the_step_that_installs_starts_nothing_of_the_checkout(tmp_path: Path) -> None:
    """With a stand-in for pip's index, for the real one is far: see .ci/run for the whole step."""
    checkout, temp = tmp_path / "checkout", tmp_path / "runner temp; touch x"
    environment = stand_ins(tmp_path, checkout, temp)
    output, log = tmp_path / "output", tmp_path / "calls"
    ran = bash(steps()[0]["run"], environment, checkout)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    found = parse_outputs(output.read_text(encoding="utf-8"))
    assert re.fullmatch(re.escape(str(temp)) + r"/stetbot\.\w{8}/environment/bin/python", found["python"])
    calls = log.read_text(encoding="utf-8").rstrip("\n").split("\n")
    assert len(calls) == 4
    assert all(call.startswith(f"{temp}|-I ") for call in calls), "in the temporary folder, apart from everything"
    assert (tmp_path / "calls.python").read_text(encoding="utf-8") == "", "what pip starts looks into no checkout"
    assert list(tmp_path.rglob("x")) == []
    assert shutil.which("bash")


@pytest.mark.skipif(os.name == "nt", reason="a stand-in for python3 as a script of the shell")
def test_the_step_that_runs_starts_nothing_of_the_checkout_either(tmp_path: Path) -> None:
    """Not by where it starts: some systems look for programs in the working folder first."""
    checkout, temp = tmp_path / "checkout", tmp_path / "temp"
    environment = stand_ins(tmp_path, checkout, temp) | {"STETBOT_PYTHON": str(tmp_path / "tools" / "python3")}
    ran = bash(steps()[1]["run"], environment, checkout)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert (tmp_path / "calls").read_text(encoding="utf-8") == f"{temp}|-I -m bot.action\n"
    assert (tmp_path / "calls.python").read_text(encoding="utf-8") == ""


def stand_ins(tmp_path: Path, checkout: Path, temp: Path) -> dict[str, str]:
    """Folders with traps, a stand-in for Python, and the environment that leads to all of them."""
    checkout.mkdir()
    temp.mkdir()
    trap_folder(checkout)
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "python3").write_text(STAND_IN, encoding="utf-8")
    (tools / "python3").chmod(0o755)
    return {
        "PATH": f"{tools}:{os.environ['PATH']}",
        "RUNNER_TEMP": str(temp),
        "GITHUB_ACTION_PATH": str(ROOT),
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "CALLS": str(tmp_path / "calls"),
        "GITHUB_HEAD_REF": HOSTILE_BRANCH,
        "PYTHONPATH": str(checkout),
        "PYTHONSTARTUP": str(checkout / "sitecustomize.py"),
        "PYTHONUSERBASE": str(checkout),
    }


# Notes where and how it is called, and what would lead Python elsewhere; makes itself where an environment is wanted.
STAND_IN = """#!/bin/sh
echo "$PWD|$*" >>"$CALLS"
env | grep ^PYTHON >>"$CALLS.python"
if [ "$3" = venv ]; then mkdir -p "$4/bin" && cp "$0" "$4/bin/python"; fi
"""
