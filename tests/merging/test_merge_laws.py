"""Laws of the local engine for any base and any snippet."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import Code, Refusal
from bot.merging import merge, readings
from bot.model import Hints, LineRange, Merged, Verdict

NAMED = {Code.ALREADY_APPLIED, Code.NO_CHANGE, Code.NO_ANCHOR, Code.AMBIGUOUS, Code.CONTRADICTS}
PATHS = st.sampled_from(["a.py", "src/a.ts", "b.rb", "c.yaml", "d.md", "e.c", "noending", ""])
# Few words, so that lines meet; twins, blank lines, markers and odd characters among them.
WORDS = [
    "a = 1",
    "b = 2",
    "call(x)",
    "def f():",
    "    return x",
    "}",
    "end",
    "if (x) {",
    "  },",
    "",
    "   ",
    "\t}",
    "é…",
]
MARKS = ["# ...", "// ... existing code ...", "...", "{/* ... */}", "<!-- ... rest of file ... -->"]
PIECES = st.one_of(st.sampled_from(WORDS), st.text(st.characters(blacklist_characters="\n"), max_size=20))
BASES = st.lists(PIECES, max_size=30).map(tuple)
SNIPPETS = st.one_of(
    st.text(max_size=200),
    st.lists(st.one_of(PIECES, st.sampled_from(MARKS)), max_size=25).map("\n".join),
)
common = settings(max_examples=300)


def tried(base: tuple[str, ...], snippet: str, path: str, hints: Hints | None = None) -> Merged | Code:
    try:
        return merge(base, snippet, path, hints or Hints())
    except Refusal as refusal:
        return refusal.code


@common
@given(BASES, SNIPPETS, PATHS)
def test_any_snippet_gives_a_merge_or_a_named_refusal(base: tuple[str, ...], snippet: str, path: str) -> None:
    found = tried(base, snippet, path)
    if isinstance(found, Merged):
        assert found.verdict in {Verdict.VERIFIED, Verdict.UNPROVEN}
        assert (found.verdict is Verdict.VERIFIED) == (not found.doubts)
        assert found.lines != base
        assert all("\n" not in line for line in found.lines)
    else:
        assert found in NAMED


@common
@given(BASES, SNIPPETS, PATHS)
def test_every_line_of_a_merge_is_a_line_of_the_base_or_of_the_snippet(
    base: tuple[str, ...], snippet: str, path: str
) -> None:
    found = tried(base, snippet, path)
    if isinstance(found, Merged):
        known = {"".join(line.split()) for line in (*base, *snippet.replace("\r\n", "\n").split("\n"))}
        assert {"".join(line.split()) for line in found.lines} - {""} <= known


@common
@given(BASES, SNIPPETS, PATHS)
def test_a_snippet_merged_into_its_own_proven_result_gives_no_third_text(
    base: tuple[str, ...], snippet: str, path: str
) -> None:
    found = tried(base, snippet, path)
    if isinstance(found, Merged) and found.verdict is Verdict.VERIFIED:
        again = tried(found.lines, snippet, path)
        assert not (isinstance(again, Merged) and again.verdict is Verdict.VERIFIED)


@common
@given(BASES, SNIPPETS, PATHS, st.integers(1, 40), st.integers(0, 10), st.sampled_from(["", "I am changing f", "x"]))
def test_hints_decide_between_readings_and_never_make_others(
    base: tuple[str, ...], snippet: str, path: str, first: int, more: int, instruction: str
) -> None:
    plain = tried(base, snippet, path)
    hinted = tried(base, snippet, path, Hints(LineRange(first, first + more), instruction))
    if isinstance(plain, Merged) and plain.verdict is Verdict.VERIFIED:
        assert hinted == plain or hinted is Code.AMBIGUOUS  # the request is about lines that are left out
    if isinstance(plain, Merged) and isinstance(hinted, Merged):
        assert hinted.lines in {plain.lines, *plain.rivals}


@common
@given(BASES, SNIPPETS, PATHS)
def test_a_reading_accounts_for_each_line_of_base_and_snippet_once(
    base: tuple[str, ...], snippet: str, path: str
) -> None:
    try:
        found = readings(base, snippet, path)
    except Refusal:
        return
    for reading in (found.best, *found.rivals):
        steps = tuple(reading.steps)
        taken = [step.line for step in steps if step.line >= 0]
        assert taken == list(range(len(found.base.lines)))
        shown = [step.token for step in steps if step.kind in {"same", "pair", "new"}]
        assert shown == sorted(set(shown))
