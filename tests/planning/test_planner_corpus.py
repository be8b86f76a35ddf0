"""Three hundred comments in plain words, the whole way: command, real client, real HTTP, engine, proof, commit.

The planner answers with the snippet that a model once wrote for the comment, if the prompt has all that it needs. The
instruction file says nothing but the path, the lines and the words.
"""

from __future__ import annotations

import gzip
import json
import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.planner_server import Asking, Oracle, PlannerServer
from support.story import StoryCase, repository, score, stetbot

from bot.text import Document

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

RANGE = "outside-range"


@dataclass(frozen=True, slots=True)
class Comment:
    """A case, and the lines that its comment was written at."""

    case: StoryCase
    lines: tuple[int, int]


def comments() -> tuple[Comment, ...]:
    folder = os.environ.get("STETBOT_CORPUS")
    file = Path(folder or "") / "llm_dev.jsonl.gz"
    if not folder or not file.is_file():
        pytest.skip("STETBOT_CORPUS names no folder with llm_dev.jsonl.gz")
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        cases: list[dict[str, Any]] = [json.loads(line) for line in lines]
    return tuple(
        Comment(
            StoryCase(
                f"{number}/{case['repo']}/{case['path']}",
                case["original"].encode(),
                case["update"],
                case["expected"].encode(),
                case["comment"],
            ),
            (case["lines"][0], case["lines"][1]),
        )
        for number, case in enumerate(cases)
    )


def instruction_lines(asked: Sequence[Comment]) -> str:
    records = (
        {"target_file": one.case.path, "lines": list(one.lines), "instructions": one.case.comment} for one in asked
    )
    return "".join(json.dumps(record) + "\n" for record in records)


def askings(asked: Sequence[Comment]) -> dict[str, Asking]:
    return {
        one.case.path: Asking(
            one.case.comment, Document.from_bytes(one.case.original, one.case.path).text, one.case.update
        )
        for one in asked
    }


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("flags", "least_exact"),
    [
        pytest.param((), 0.40, id="proved"),
        pytest.param(("--accept-unproven",), 0.85, id="accepted"),
    ],
)
def test_comments_in_plain_words_become_commits(
    tmp_path: Path, figures: Callable[[str], None], flags: tuple[str, ...], least_exact: float
) -> None:
    asked = comments()
    cases = [one.case for one in asked]
    repo = repository(tmp_path / "repo", cases)
    file = tmp_path / "words.jsonl"
    file.write_text(instruction_lines(asked), encoding="utf-8")
    oracle = Oracle(askings(asked))
    with PlannerServer(oracle) as server:
        done = stetbot(repo, "apply", str(file), "--json", *flags, environment=server.environment)
        assert server.faults == []
    assert done.returncode in (0, 1), done.stderr.decode()
    report = json.loads(done.stdout)
    result = score(repo, "stetbot/words", cases)
    codes = Counter(request["code"] or request["outcome"] for request in report["requests"])
    ranged = sum(any(doubt["rule"] == RANGE for doubt in request["doubts"]) for request in report["requests"])
    twice = sum(count == 2 for count in oracle.seen.values())
    figures(f"plain words {' '.join(flags)}: {result}; unproven for range {ranged}; asked twice {twice}; {dict(codes)}")
    assert oracle.complaints == []
    # What is no secret's file is asked about, and nothing is asked about more than twice.
    held = {request["paths"][0] for request in report["requests"] if request["code"] == "secret"}
    assert set(oracle.seen) == {case.path for case in cases} - held
    assert len(server.requests) == report["usage"]["requests"]
    assert result.exact / result.cases >= least_exact
    assert result.wrong <= 2, result.wrong_paths
