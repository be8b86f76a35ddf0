"""A result comes apart into steps, one for each request, and the last step is the whole."""

from __future__ import annotations

import json

from support.trees import MemoryTree

from bot.outcomes import Written
from bot.pipeline.engines import Local
from bot.pipeline.propose import Proposed, propose
from bot.pipeline.resolve import Resolver
from bot.pipeline.steps import steps_to
from bot.pipeline.writers import RecordedWriter
from bot.requests import read_instructions

TREE = {"a.py": "".join(f"def f{n}():\n    return {n}\n\n\n" for n in range(60)), "old.py": "x = 1\n"}


def proposed(tree: MemoryTree, *records: dict[str, object]) -> Proposed:
    requests = read_instructions("r.json", json.dumps(records).encode()).requests
    found = propose(requests, tree, Resolver(Local(), lambda _: False), map)
    assert len(found.applied) == len(records)
    return found


def change(number: int) -> dict[str, object]:
    """What a function gives becomes 100."""
    line = str(4 * number + 2)
    return {"target_file": "a.py", "lines": line, "format": "suggestion", "code_edit": "    return 100\n"}


def test_each_request_is_a_step_that_keeps_the_ones_before_it() -> None:
    tree = MemoryTree(dict(TREE))
    whole = proposed(tree, change(1), {"target_file": "old.py", "rename_to": "new.py"}, change(2))
    steps = steps_to(whole, tree)
    assert [len(step.requests) for step in steps] == [1, 1, 1]
    assert [sorted(file.path for file in step.files) for step in steps] == [
        ["a.py"],
        ["a.py", "new.py"],
        ["a.py", "new.py"],
    ]
    assert steps[-1].files == whole.files
    first = steps[0].files[0].new
    assert first is not None
    assert "def f1():\n    return 100\n" in first.document.text
    assert "def f2():\n    return 2\n" in first.document.text


def test_a_request_that_stands_on_a_later_one_is_one_step_with_it() -> None:
    tree = MemoryTree({"b.py": "x = 1\n"})
    later: dict[str, object] = {"target_file": "n.py", "code_edit": "def n():\n    return 1\n", "format": "new"}
    diff = "@@ -1,2 +1,2 @@\n def n():\n-    return 1\n+    return 2\n"
    earlier: dict[str, object] = {"target_file": "n.py", "code_edit": diff, "format": "diff"}
    whole = proposed(tree, earlier, later)
    steps = steps_to(whole, tree)
    assert [len(step.requests) for step in steps] == [2]
    assert steps[0].files == whole.files


def test_sixty_requests_are_sixty_steps_and_more_than_are_wanted_are_one() -> None:
    tree = MemoryTree(dict(TREE))
    whole = proposed(tree, *(change(number) for number in range(60)))
    steps = steps_to(whole, tree)
    assert [len(step.requests) for step in steps] == [1] * 60
    assert steps[-1].files == whole.files
    assert len(steps_to(whole, tree, 60)) == 60
    assert [len(step.requests) for step in steps_to(whole, tree, 59)] == [60]


def test_what_a_planner_wrote_is_a_step_like_any() -> None:
    tree = MemoryTree({**TREE, "low.py": "def low():\n    return 1\n"})
    text = "## `low.py`\n\nI am giving more.\n\n## `a.py:6`\n\n```suggestion\n    return 100\n```\n"
    requests = read_instructions("r.stetbot.md", text.encode()).requests
    snippet = "def low():\n    return 1000\n"
    writer = RecordedWriter({(requests[0].id, "low.py"): Written("low.py", snippet)})
    whole = propose(requests, tree, Resolver(Local(), lambda _: False, writer), map)
    assert len(whole.applied) == 2
    first, second = steps_to(whole, tree)
    assert "return 1000" in str(first.files[0].new)
    assert second.files == whole.files


def test_one_request_is_one_step_and_none_is_none() -> None:
    tree = MemoryTree(dict(TREE))
    assert len(steps_to(proposed(tree, change(1)), tree)) == 1
    assert steps_to(proposed(tree), tree)[0].files == ()
