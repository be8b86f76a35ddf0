"""How a result reaches a pull request: what is tried first, and what a suggestion can carry."""

from __future__ import annotations

import pytest

from bot.model import Edit, LineRange
from bot.review.ladder import FileShape, Right, Route, offered_paths, routes, suggestions, unfit_for_api
from bot.review.records import Lifecycle, PullRequest, Ref, RepositoryName

SHOP, FORK = RepositoryName("octo", "shop"), RepositoryName("eve", "shop")
PLAIN = (
    FileShape("a.py", "100644", "100644"),
    FileShape("new.py", None, "100644"),
    FileShape("old.py", "100644", None),
)
SCRIPT = (FileShape("run.sh", "100755", "100755"),)
BASE = ("one", "two", "three", "four", "five")


def pull(head: RepositoryName = SHOP, *, open_to_maintainers: bool = False) -> PullRequest:
    base, end = Ref(SHOP, "main", "b" * 40), Ref(head, "topic", "a" * 40)
    return PullRequest(SHOP, 7, Lifecycle.OPEN, base, end, open_to_maintainers)


def test_the_repositorys_own_branch_is_pushed_to_and_falls_back() -> None:
    assert routes(pull(), Right.ALLOWED, PLAIN, signed=False) == (Route.PUSH, Route.SUGGEST, Route.PATCH)
    assert routes(pull(), Right.UNKNOWN, PLAIN, signed=False)[0] is Route.PUSH
    assert routes(pull(), Right.DENIED, PLAIN, signed=False) == (Route.SUGGEST, Route.PATCH)


@pytest.mark.parametrize("right", list(Right))
@pytest.mark.parametrize("told", [True, False])
def test_a_fork_is_pushed_to_only_where_that_was_allowed_and_tried(right: Right, told: bool) -> None:
    first = routes(pull(FORK, open_to_maintainers=told), right, PLAIN, signed=False)[0]
    assert (first is Route.PUSH) == (told and right is Right.ALLOWED)


def test_a_signed_commit_is_githubs_or_none() -> None:
    assert routes(pull(), Right.ALLOWED, PLAIN, signed=True) == (Route.API, Route.SUGGEST, Route.PATCH)
    assert routes(pull(), Right.ALLOWED, SCRIPT, signed=True) == (Route.SUGGEST, Route.PATCH)
    open_fork = pull(FORK, open_to_maintainers=True)
    assert routes(open_fork, Right.ALLOWED, PLAIN, signed=True) == (Route.API, Route.SUGGEST, Route.PATCH)
    assert "run.sh" in (unfit_for_api(SCRIPT) or "")
    assert unfit_for_api(PLAIN) is None


@pytest.mark.parametrize(
    ("edit", "where", "lines"),
    [
        (Edit(1, 3, ("2",)), LineRange(2, 3), ("2",)),
        (Edit(1, 2, ()), LineRange(2, 2), ()),
        (Edit(2, 2, ("new",)), LineRange(2, 2), ("two", "new")),
        (Edit(0, 0, ("new",)), LineRange(1, 1), ("new", "one")),
        (Edit(5, 5, ("new",)), LineRange(5, 5), ("five", "new")),
    ],
)
def test_a_suggestion_replaces_at_least_one_line(edit: Edit, where: LineRange, lines: tuple[str, ...]) -> None:
    found = suggestions("a.py", BASE, [edit], [LineRange(1, 5)])
    assert found is not None
    ((piece),) = found
    assert (piece.where, piece.lines) == (where, lines)
    result = [*BASE[: where.first - 1], *lines, *BASE[where.last :]]
    assert result == [*BASE[: edit.start], *edit.lines, *BASE[edit.stop :]]


def test_an_insertion_takes_the_neighbour_that_the_diff_shows() -> None:
    found = suggestions("a.py", BASE, [Edit(2, 2, ("new",))], [LineRange(3, 5)])
    assert found is not None
    assert (found[0].where, found[0].lines) == (LineRange(3, 3), ("new", "three"))


@pytest.mark.parametrize(
    ("edits", "shown"),
    [
        ([Edit(1, 3, ("2",))], [LineRange(1, 2), LineRange(3, 5)]),
        ([Edit(1, 2, ("2",))], []),
        ([Edit(0, 1, ("1",)), Edit(4, 5, ("5",))], [LineRange(1, 2)]),
        ([Edit(1, 1, ("new",)), Edit(0, 1, ("1",))], [LineRange(1, 5)]),
    ],
    ids=["two hunks", "no hunk", "one outside", "overlap"],
)
def test_what_github_cannot_show_is_not_suggested_in_part(edits: list[Edit], shown: list[LineRange]) -> None:
    assert suggestions("a.py", BASE, edits, shown) is None


@pytest.mark.parametrize(
    ("files", "fitting", "offered"),
    [
        ({}, [], set()),
        ({"a": ["1"], "b": ["2"]}, ["a", "b"], {"a", "b"}),
        ({"a": ["1"], "b": ["2"]}, ["a"], {"a"}),
        ({"a": ["1", "2"], "b": ["2"], "c": ["3"]}, ["a", "c"], {"c"}),
        ({"a": ["1", "2"], "b": ["2", "3"], "c": ["3"], "d": ["4"]}, ["a", "b", "d"], {"d"}),
    ],
)
def test_what_is_asked_of_several_files_is_offered_whole_or_not_at_all(
    files: dict[str, list[str]], fitting: list[str], offered: set[str]
) -> None:
    assert offered_paths(files, fitting) == offered


def test_an_empty_file_has_no_line_to_suggest_on() -> None:
    assert suggestions("a.py", (), [Edit(0, 0, ("x",))], [LineRange(1, 1)]) is None
