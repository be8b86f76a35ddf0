"""The main job through Morph: a real server on 127.0.0.1 that is right, or broken in every way seen in the wild."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from support.gitrepo import GitRepo
from support.morph_faults import Fault, faulty
from support.morph_server import MorphServer, perfect
from support.story import StoryCase, committed_cases, corpus, instruction_file, repository, score, stetbot

from bot.text import Document

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

KEY = "sk-sentinel-7f3b9c2e"
NOT_SENT = {"delimiter", "secret"}
BASE = "def a():\n    return 1\n\n\ndef b():\n    return 2\n\n\ndef c():\n    return 3\n"
UPDATE = "# ... existing code ...\n\ndef b():\n    return 20\n\n# ... existing code ...\n"
MERGED = BASE.replace("return 2", "return 20")


def oracle_of(cases: Sequence[StoryCase]) -> dict[tuple[str, str], str]:
    """What a perfect model answers: the right text, as Morph sees texts (no BOM, "\\n" line ends)."""
    return {
        (Document.from_bytes(case.original, "").text, case.update): Document.from_bytes(case.expected, "").text
        for case in cases
        if case.expected is not None
    }


def morph_environment(server: MorphServer, **more: str) -> dict[str, str]:
    return {"MORPH_API_KEY": KEY, "MORPH_API_URL": server.url} | more


def run_perfect(root: Path, cases: Sequence[StoryCase], *flags: str) -> tuple[float, str]:
    """The share of exact ones among those that were sent, and the figures as a sentence."""
    repo = repository(root / "repo", cases)
    file = root / "all.stetbot.md"
    file.write_text(instruction_file(cases), encoding="utf-8", newline="")
    with MorphServer(perfect(oracle_of(cases))) as server:
        done = stetbot(repo, "apply", str(file), "--json", *flags, environment=morph_environment(server))
    assert done.returncode in (0, 1), done.stderr.decode()
    report = json.loads(done.stdout)
    held = {request["paths"][0]: request["code"] for request in report["requests"] if request.get("code") in NOT_SENT}
    sent = [case for case in cases if case.path not in held]
    result = score(repo, "stetbot/all", sent)
    assert result.wrong == 0, result.wrong_paths
    assert KEY not in done.stdout.decode() + done.stderr.decode()
    return result.exact / len(sent), f"{result}; not sent: {len(held)}; requests: {len(server.requests)}"


def answerable(cases: Sequence[StoryCase]) -> tuple[StoryCase, ...]:
    return tuple(case for case in cases if case.expected is not None)


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("flags", "least"), [((), 0.60), (("--accept-unproven",), 0.97)], ids=["proved", "accepted"])
@pytest.mark.parametrize("source", ["committed cases", "corpus"])
def test_right_answers_land_and_nothing_wrong_does(
    tmp_path: Path, figures: Callable[[str], None], source: str, flags: tuple[str, ...], least: float
) -> None:
    cases = committed_cases() if source == "committed cases" else corpus("llm_dev.jsonl.gz")
    if cases is None:
        pytest.skip("STETBOT_CORPUS names no folder with llm_dev.jsonl.gz; the committed cases tell the same story")
    share, said = run_perfect(tmp_path, answerable(cases), *flags)
    figures(f"{source} through Morph {' '.join(flags)}: {said}")
    assert share >= least


def numbered(text: str, number: int) -> str:
    """`text` as the file of the fault with that number: the server tells the files apart by it."""
    return text.replace("return 3", f"return {1000 + number}")


@pytest.mark.parametrize("flags", [(), ("--morph-stream",)], ids=["whole", "streamed"])
def test_no_fault_of_the_service_reaches_the_repository(tmp_path: Path, flags: tuple[str, ...]) -> None:
    """One run over a file for each fault: what is committed of a file is nothing, or the right text to the byte."""
    faults = list(Fault)
    repo = GitRepo(tmp_path / "repo")
    sections = []
    for number, fault in enumerate(faults):
        repo.write(f"{fault.value}.py", numbered(BASE, number))
        sections.append(f"## `{fault.value}.py`\n\nI am raising b.\n\n```python\n{UPDATE}```\n")
    repo.commit()
    file = tmp_path / "all.stetbot.md"
    file.write_text("\n".join(sections), encoding="utf-8")
    answers = {
        numbered(BASE, number): faulty(fault, {(numbered(BASE, number), UPDATE): numbered(MERGED, number)})
        for number, fault in enumerate(faults)
    }
    with MorphServer(lambda request: answers[request.code](request)) as server:
        environment = morph_environment(server, MORPH_TIMEOUT="4")
        words = ["--engine", "morph", "--accept-unproven", "--json", "--jobs", "64", *flags]
        done = stetbot(repo, "apply", str(file), *words, environment=environment, timeout=100)
    said = done.stdout.decode() + done.stderr.decode()
    assert done.returncode == 1, said
    assert KEY not in said
    assert "Traceback" not in said
    assert repo.git("status", "--porcelain") == ""
    outcomes = {request["paths"][0]: request["outcome"] for request in json.loads(done.stdout)["requests"]}
    assert len(outcomes) == len(faults)
    committed = bool(repo.git("branch", "--list", "stetbot/*"))
    for number, fault in enumerate(faults):
        applied = outcomes[f"{fault.value}.py"] == "applied"
        # An answer that was only wrapped in something may be taken, and then it is the right one to the byte.
        wanted = numbered(MERGED if applied else BASE, number)
        revision = "stetbot/all" if committed else "main"
        assert repo.git_bytes("show", f"{revision}:{fault.value}.py") == wanted.encode(), fault
        assert outcomes[f"{fault.value}.py"] != "unchanged", fault


def test_auto_falls_back_to_the_local_engine_says_so_and_counts_it(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "repo")
    repo.write("m.py", BASE)
    repo.commit()
    file = tmp_path / "m.stetbot.md"
    file.write_text(f"## `m.py`\n\nI am raising b.\n\n```python\n{UPDATE}```\n", encoding="utf-8")
    nobody = {"MORPH_API_KEY": KEY, "MORPH_API_URL": "http://127.0.0.1:9", "MORPH_TIMEOUT": "2"}
    explicit = stetbot(repo, "apply", str(file), "--engine", "morph", environment=nobody)
    assert explicit.returncode == 1
    assert b"service-error" in explicit.stdout
    assert repo.git("branch", "--list", "stetbot/*") == ""
    auto = stetbot(repo, "apply", str(file), environment=nobody)
    assert auto.returncode == 0, auto.stdout.decode() + auto.stderr.decode()
    assert b"merged by the local engine" in auto.stdout
    assert b"1 of 1" in auto.stderr
    assert repo.git_bytes("show", "stetbot/m:m.py") == MERGED.encode()
