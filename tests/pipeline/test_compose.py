from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.trees import MemoryTree

from bot.model import Edit
from bot.outcomes import Change, Create, Delete, Operation, Rename, SetMode
from bot.pipeline.compose import Claim, compose
from bot.pipeline.views import View
from bot.text import Document, join_lines

LETTERS = tuple("abcdefghij")
VIEW = View(
    MemoryTree(
        {
            "f.txt": join_lines(LETTERS),
            "g.txt": "g\n",
            "if.py": "if a:\n    b = 1\n    c = 2\n",
            "m.py": "a = 1\nb = 2\n",
        }
    )
)


def change(start: int, stop: int, *lines: str, path: str = "f.txt") -> Change:
    return Change(path, (Edit(start, stop, lines),))


def claims(*wishes: Operation | tuple[Operation, ...]) -> list[Claim]:
    return [
        Claim(index, f"request {index}", wish if isinstance(wish, tuple) else (wish,))
        for index, wish in enumerate(wishes)
    ]


def text_after(*wishes: Operation | tuple[Operation, ...], path: str = "f.txt") -> str | None:
    composition = compose(VIEW, claims(*wishes))
    assert composition.conflicts == ()
    state = composition.view.changed[path]
    return None if state is None else state.document.text


def test_edits_of_different_lines_join_in_any_order() -> None:
    one, two, three = change(1, 2, "B"), change(4, 4, "new"), change(8, 10)
    expected = "a\nB\nc\nd\nnew\ne\nf\ng\nh\n"
    assert text_after(one, two, three) == expected
    assert text_after(three, one, two) == expected


@pytest.mark.parametrize(
    ("one", "two", "where"),
    [
        (change(1, 3, "X"), change(2, 4, "Y"), "line 3"),
        (change(1, 9, "X"), change(2, 4, "Y"), "lines 3-4"),
        (change(2, 3, "X"), change(2, 3, "Y"), "line 3"),
        (change(2, 2, "X"), change(2, 2, "Y"), "line 3"),
        (change(1, 4, "X"), change(2, 2, "Y"), "line 3"),
        (Delete("f.txt"), change(2, 2, "Y"), "one deletes f.txt"),
        (Delete("f.txt"), Rename("f.txt", "h.txt"), "one deletes f.txt"),
        (Rename("f.txt", "h.txt"), Rename("f.txt", "i.txt"), "both move f.txt"),
        (Rename("f.txt", "h.txt"), Rename("g.txt", "h.txt"), "both put a file at h.txt"),
        (Create("h.txt", "1\n"), Create("h.txt", "2\n"), "both put a file at h.txt"),
        (Create("h", "1\n"), Create("h/i.txt", "2\n"), "one puts a file at h, the other below it"),
        (Rename("g.txt", "h"), Create("h/i/j.txt", "2\n"), "one puts a file at h, the other below it"),
        (SetMode("f.txt", executable=True), SetMode("f.txt", executable=False), "both set the mode"),
        (
            Change("f.txt", (), final_newline=True),
            Change("f.txt", (), final_newline=False),
            "both set the final newline",
        ),
    ],
)
def test_requests_that_exclude_each_other_are_both_left_out(one: Operation, two: Operation, where: str) -> None:
    bystander = change(0, 1, "x", path="g.txt")
    for order in ((one, two, bystander), (two, one, bystander)):
        composition = compose(VIEW, claims(*order))
        assert {(conflict.first, conflict.second) for conflict in composition.conflicts} <= {(0, 1), (1, 0)}
        assert any(where in conflict.where for conflict in composition.conflicts)
        assert set(composition.view.changed) == {"g.txt"}


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        (change(1, 3, "X"), change(3, 5, "Y"), "a\nX\nY\nf\ng\nh\ni\nj\n"),
        (change(1, 3, "X"), change(3, 3, "Y"), "a\nX\nY\nd\ne\nf\ng\nh\ni\nj\n"),
        (change(1, 3, "X"), change(1, 1, "Y"), "a\nY\nX\nd\ne\nf\ng\nh\ni\nj\n"),
        (change(1, 3, "X"), change(1, 3, "X"), "a\nX\nd\ne\nf\ng\nh\ni\nj\n"),
    ],
    ids=["border to border", "insertion behind", "insertion before", "the same wish twice"],
)
def test_what_only_touches_or_agrees_is_no_overlap(one: Operation, two: Operation, expected: str) -> None:
    assert text_after(one, two) == expected
    assert text_after(two, one) == expected


def test_a_moved_file_takes_the_edits_of_other_requests_with_it() -> None:
    composition = compose(VIEW, claims(Rename("g.txt", "d/h.txt"), change(0, 1, "G", path="g.txt")))
    assert composition.conflicts == ()
    moved = composition.view.changed["d/h.txt"]
    assert moved is not None
    assert moved.document.text == "G\n"
    assert composition.view.changed["g.txt"] is None
    assert composition.moved == {"d/h.txt": "g.txt"}
    assert {path: sorted(owners) for path, owners in composition.touched.items()} == {"d/h.txt": [0, 1]}


def test_one_conflict_takes_all_operations_of_both_requests_out() -> None:
    composition = compose(
        VIEW, claims((change(1, 2, "X"), Delete("g.txt")), change(1, 2, "Y"), change(5, 6, "still in"))
    )
    assert [(conflict.first, conflict.second) for conflict in composition.conflicts] == [(0, 1)]
    assert set(composition.view.changed) == {"f.txt"}
    assert composition.touched == {"f.txt": (2,)}


def test_requests_that_break_the_syntax_only_together_are_refused() -> None:
    empties = change(1, 2, path="if.py"), change(2, 3, path="if.py")
    for alone in empties:
        assert compose(VIEW, claims(alone)).conflicts == ()
    composition = compose(VIEW, claims(*empties))
    assert [conflict.where for conflict in composition.conflicts] == ["together they break the syntax of if.py"]
    assert composition.view.changed == {}


def test_requests_that_mend_each_other_are_composed() -> None:
    opens, closes = change(0, 1, "a = (1,", path="m.py"), change(1, 2, "b)", path="m.py")
    assert text_after(opens, closes, path="m.py") == "a = (1,\nb)\n"


@st.composite
def disjoint_edits(draw: st.DrawFn) -> tuple[list[str], list[Edit]]:
    lines = draw(st.lists(st.sampled_from("abc"), max_size=30))
    cuts = sorted(draw(st.sets(st.integers(0, len(lines)), max_size=12)))
    edits = []
    for start, stop in zip(cuts[::2], cuts[1::2], strict=False):
        edits.append(Edit(start, stop, tuple(draw(st.lists(st.sampled_from("XYZ"), max_size=3)))))
    return lines, edits


@given(disjoint_edits(), st.randoms())
def test_any_disjoint_edits_compose_to_one_splice_of_all(case: tuple[list[str], list[Edit]], random: object) -> None:
    lines, edits = case
    view = View(MemoryTree({"f.txt": join_lines(lines)}))
    shuffled = list(edits)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    composition = compose(view, claims(*(Change("f.txt", (edit,)) for edit in shuffled)))
    assert composition.conflicts == ()
    state = composition.view.changed.get("f.txt")
    expected = Document.from_text(join_lines(lines)).splice(edits)
    assert (state.document if state else expected) == expected
