"""A second run finds nothing to do: each request by itself is sure of that, and together they must be too."""

from __future__ import annotations

from itertools import permutations

import pytest
from support.trees import MemoryTree

from bot.errors import Code
from bot.outcomes import Applied, Outcome, Refused, Unchanged
from bot.pipeline.engines import Local
from bot.pipeline.propose import Proposed, propose
from bot.pipeline.resolve import Resolver
from bot.requests import read_instructions

LETTERS = "one\ntwo\nthree\nfour\nfive\nsix\nseven\n"


def run(files: dict[str, str], text: str) -> tuple[Proposed, dict[str, str]]:
    """What an instruction file comes to on `files`, and the files after it."""
    requests = read_instructions("change.stetbot.md", text.encode()).requests
    proposed = propose(requests, MemoryTree(dict(files), frozenset()), Resolver(Local(), lambda _: False), map)
    after = dict(files)
    for result in proposed.files:
        after.pop(result.renamed_from or result.path, None)
        if result.new is not None:
            after[result.path] = result.new.document.to_bytes().decode()
    return proposed, after


def said(proposed: Proposed) -> list[Code | type[Outcome]]:
    return [outcome.code if isinstance(outcome, Refused) else type(outcome) for outcome in proposed.outcomes]


def numbered(lines: str, *new: str) -> str:
    body = "".join(f"{line}\n" for line in new)
    return f"## `a.txt:{lines}`\n\n```suggestion\n{body}```\n\n"


def swap(old: str, new: str, path: str = "a.txt") -> str:
    return f"## `{path}`\n\n```\n<<<<<<< SEARCH\n{old}=======\n{new}>>>>>>> REPLACE\n```\n\n"


def test_numbered_suggestions_do_not_take_other_lines_when_those_above_have_grown() -> None:
    text = numbered("1", "uno", "uno e mezzo", "quasi due") + numbered("5", "cinque")
    proposed, after = run({"a.txt": LETTERS}, text)
    assert said(proposed) == [Applied, Applied]
    again, later = run(after, text)
    assert said(again) == [Unchanged, Unchanged]
    assert later == after


def test_a_new_numbered_suggestion_below_applied_ones_is_refused() -> None:
    grown = numbered("1", "uno", "uno e mezzo")
    _, after = run({"a.txt": LETTERS}, grown)
    again, later = run(after, grown + numbered("4", "quattro"))
    assert said(again) == [Unchanged, Code.AMBIGUOUS]
    assert later == after


def test_a_numbered_suggestion_below_a_removal_without_a_trace_is_refused() -> None:
    text = swap("two\nthree\n", "two\n") + numbered("6", "sei")
    proposed, after = run({"a.txt": LETTERS}, text)
    assert said(proposed) == [Applied, Applied]
    _, later = run(after, text)
    assert later == after


@pytest.mark.parametrize(
    ("files", "text"),
    [
        pytest.param({"a.txt": LETTERS}, swap("two\n", "zwei\n") + swap("zwei\n", "two\n"), id="there and back"),
        pytest.param({}, "## create `b.txt`\n\n```\nbee\n```\n\n## delete `b.txt`\n", id="create and delete"),
        pytest.param(
            {"a.txt": LETTERS},
            swap("two\n", "two\ntwo and a half\n") + swap("two and a half\n", "two and a bit\n"),
            id="what one inserts another changes",
        ),
        pytest.param(
            {"a.txt": "alpha\nomega\n"},
            swap("alpha\nomega\n", "alpha\nbeta\nomega\nomega\n") + swap("omega\n", "psi\nchi\n"),
            id="one adds a copy of what another looks for",
        ),
    ],
)
def test_requests_that_undo_each_other_are_both_refused(files: dict[str, str], text: str) -> None:
    proposed, after = run(files, text)
    assert said(proposed) == [Code.OVERLAPPING, Code.OVERLAPPING]
    first, second = proposed.refused
    assert second.request.id in first.reason
    assert first.request.id in second.reason
    assert after == files


def test_others_land_beside_requests_that_undo_each_other() -> None:
    text = swap("two\n", "zwei\n") + swap("six\n", "sechs\n") + swap("zwei\n", "two\n")
    proposed, after = run({"a.txt": LETTERS}, text)
    assert said(proposed) == [Code.OVERLAPPING, Applied, Code.OVERLAPPING]
    assert after == {"a.txt": LETTERS.replace("six", "sechs")}


def test_a_chain_of_replacements_still_lands() -> None:
    proposed, after = run({"a.txt": LETTERS}, swap("zwei\n", "deux\n") + swap("two\n", "zwei\n"))
    assert said(proposed) == [Applied, Applied]
    assert after == {"a.txt": LETTERS.replace("two", "deux")}


def test_a_file_that_was_moved_before_still_gets_the_change_that_goes_with_it() -> None:
    text = swap("two\n", "zwei\n").replace("## `a.txt`", "## rename `a.txt` to `b.txt`")
    proposed, after = run({"b.txt": LETTERS}, text)
    assert said(proposed) == [Applied]
    assert after == {"b.txt": LETTERS.replace("two", "zwei")}
    again, _ = run(after, text)
    assert said(again) == [Unchanged]
    lost, _ = run({"b.txt": "other\n"}, text)
    assert said(lost) == [Code.NO_ANCHOR]


WHOLE = "## `a.txt`\n\n```text whole\none\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n```\n\n"
ZWEI = swap("two\n", "zwei\n")


@pytest.mark.parametrize("order", list(dict.fromkeys(permutations((ZWEI, ZWEI, WHOLE)))))
def test_a_request_given_twice_is_refused_twice_beside_one_that_it_undoes(order: tuple[str, ...]) -> None:
    proposed, after = run({"a.txt": LETTERS}, "".join(order))
    assert said(proposed) == [Code.OVERLAPPING] * 3
    assert after == {"a.txt": LETTERS}


@pytest.mark.parametrize("order", list(permutations((ZWEI, swap("five\n", "fünf\n"), WHOLE))))
def test_all_that_undo_a_request_are_refused_whoever_comes_first(order: tuple[str, ...]) -> None:
    proposed, after = run({"a.txt": LETTERS}, "".join(order))
    assert said(proposed) == [Code.OVERLAPPING] * 3
    assert after == {"a.txt": LETTERS}


@pytest.mark.parametrize("order", list(permutations(("Src/x", "Src/y", "src/z"))))
def test_new_folders_that_differ_in_case_are_all_refused_whoever_comes_first(order: tuple[str, ...]) -> None:
    proposed, after = run({}, "".join(f"## create `{name}`\n\n```\nbee\n```\n\n" for name in order))
    assert said(proposed) == [Code.OVERLAPPING] * 3
    assert after == {}
