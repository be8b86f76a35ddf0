"""What holds for every text: no exception, one answer, and the guards hold whatever the snippet says."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import Hints, Judgement, LineRange, Verdict
from bot.text import Document
from bot.verify import judge, verify, verify_exact, verify_whole

# Few distinct lines, so that twins, markers and blank lines meet in every way.
LINES = st.sampled_from(
    ["", "  ", "a", "b()", "}", "{", "  }", "\tx = 1", "    x = 1", "def f():", "    return x", "import os",
     "key: value", "# ... existing code ...", "// ...", "...", "```", "<!-- rest of code -->", "x\r", "\x0c",
     "\u2028", "é"]
)  # fmt: skip
TEXTS = st.lists(LINES, max_size=14).map("\n".join)
PATHS = st.sampled_from(["a.py", "a.ts", "a.yaml", "a.json", "a.md", "a.html", "noending", "a.rb", "a.zsh"])


@given(base=TEXTS, snippet=TEXTS, merged=TEXTS, path=PATHS)
@settings(max_examples=300)
def test_no_text_makes_the_judge_raise_and_it_answers_the_same_twice(
    base: str, snippet: str, merged: str, path: str
) -> None:
    before, after = Document.from_text(base), Document.from_text(merged)
    hints = Hints(LineRange(2, 3), "change `f`")
    first = judge(before, snippet, after, path, hints, engine=None)
    assert first == judge(before, snippet, after, path, hints, engine=None)
    assert (first.verdict == Verdict.VERIFIED) == (not first.doubts)
    assert isinstance(verify_whole(before, after, path, "change f"), Judgement)
    assert isinstance(verify_exact(before, after, path), Judgement)


@given(base=st.text(max_size=80), snippet=st.text(max_size=80), merged=st.text(max_size=80), path=PATHS)
def test_arbitrary_text_is_survived(base: str, snippet: str, merged: str, path: str) -> None:
    before, after = Document.from_text(base), Document.from_text(merged)
    assert isinstance(judge(before, snippet, after, path, Hints(), engine=None), Judgement)
    assert isinstance(verify_whole(before, after, path, snippet), Judgement)


@given(base=TEXTS, snippet=TEXTS, path=PATHS)
def test_an_unchanged_file_is_never_a_merge(base: str, snippet: str, path: str) -> None:
    document = Document.from_text(base)
    assert verify(document, snippet, document, path).verdict == Verdict.REFUSED


@given(
    lines=st.lists(st.integers(0, 10_000), min_size=6, max_size=30, unique=True), at=st.integers(0, 100), data=st.data()
)
def test_a_merge_that_lost_any_line_outside_the_snippet_is_never_verified(
    lines: list[int], at: int, data: st.DataObject
) -> None:
    base = [f"value_{number} = {number}" for number in lines]
    place = 1 + at % (len(base) - 2)
    snippet = f"# ...\n{base[place - 1]}\nnew_value = 0\n{base[place]}\n# ...\n"
    true = [*base[:place], "new_value = 0", *base[place:]]
    whole = Document.from_text("\n".join(base) + "\n")
    assert judge(whole, snippet, Document.from_text("\n".join(true) + "\n"), "a.py", Hints(), engine=None).verdict == (
        Verdict.VERIFIED
    )
    lost = data.draw(st.integers(0, len(true) - 1))
    damaged = [*true[:lost], *true[lost + 1 :]]
    if damaged == base:
        return
    judgement = judge(whole, snippet, Document.from_text("\n".join(damaged) + "\n"), "a.py", Hints(), engine=None)
    assert judgement.verdict == Verdict.REFUSED


def test_a_snippet_of_a_thousand_segments_is_judged_without_a_deep_recursion() -> None:
    lines = [f"value_{number} = {number}" for number in range(1200)]
    snippet = "# ...\n" + "".join(f"{line}\n# ...\n" for line in lines[:-1]) + "last = 1\n" + lines[-1] + "\n"
    base = Document.from_text("\n".join(lines) + "\n")
    merged = Document.from_text("\n".join([*lines[:-1], "last = 1", lines[-1]]) + "\n")
    judgement = judge(base, snippet, merged, "a.py", Hints(), engine=None)
    assert judgement.verdict == Verdict.UNPROVEN
    assert [doubt.rule for doubt in judgement.doubts] == ["too-many-readings"]


def test_a_hostile_number_of_twin_segments_is_given_up_on_not_searched() -> None:
    base = Document.from_text("x = 1\ny = 2\n" * 400)
    snippet = "# ...\n" + "x = 1\n# ...\n" * 60 + "z = 3\n# ...\n"
    merged = Document.from_text("x = 1\ny = 2\n" * 200 + "z = 3\n" + "x = 1\ny = 2\n" * 200)
    assert verify(base, snippet, merged, "a.py").verdict != Verdict.VERIFIED
