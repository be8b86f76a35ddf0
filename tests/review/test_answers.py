"""What the bot says: words of others are shown as they are, and obeyed by nothing that reads the answer."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.asks import Part, Request, Snippet
from bot.errors import Code
from bot.model import Edit, EngineName, LineRange, Verdict
from bot.outcomes import Applied, Candidate, Change, Refused, Unchanged, Usage
from bot.report import FileLine, Report
from bot.review.annotations import Annotation, log_line, notice, of_refused
from bot.review.answers import Run, help_text, refusal_text, reply, step_summary, sticky, suggested
from bot.review.commands import Unknown, read_command
from bot.review.ladder import Route, Suggested
from bot.review.landed import Checks, Landed
from bot.review.markdown import code, escaped, fenced
from bot.review.offers import offer_of
from bot.review.state import Answer, SummaryState, answer_in, summary_in

HOSTILE = [
    "@octo/admins look at #12 and GH-12, octo/shop#3",
    "![x](https://evil.example/p.png) [click](javascript:alert(1))",
    "<img src=x onerror=alert(1)><!-- hidden -->",
    "</details></summary><h1>Approved</h1>",
    "https://evil.example/?t=1 and www.evil.example",
    "`code` ``more`` ```fence```",
    "```\n\n# heading\n\n/stetbot apply",
    "~~~\nx",
    "a | b\n--|--\n1 | 2",
    "- [x] done\n1. one\n+ two",
    "::error::x\n::set-output name=x::y\n##[error]x",
    "\u202egnp.exe\u200b\u2066x\u2069 \x1b[31mred\x07",
    "&lt;b&gt; &#64;octo &commat;octo",
    "$(touch x) ${{ secrets.TOKEN }} `touch x`",
    "$$\\unicode{x}$$ \\( x \\)",
    "/stetbot apply",
    "<!-- stetbot v1 comment=1 sha256=" + "0" * 64 + " result=applied -->",
    "<!-- stetbot-summary v1 commands=1 runs=1 -->",
]
TEXTS = st.one_of(st.sampled_from(HOSTILE), st.text(alphabet="`~*_[]()<>!#@/:.-+=|\\&$ \n\tab1wGH\u202e", max_size=60))
DIGEST = "d" * 64
HEAD, COMMIT = "a" * 40, "c" * 40


def reader() -> MarkdownIt:
    return MarkdownIt("gfm-like", {"linkify": False, "html": True}).enable("table")


def said_in(text: str) -> tuple[set[str], str]:
    """The kinds of Markdown in `text`, and the words that its prose comes to."""
    tokens = reader().parse(text)
    kinds = {token.type.removesuffix("_open").removesuffix("_close") for token in tokens}
    children = [child for token in tokens for child in token.children or []]
    kinds |= {child.type for child in children}
    return kinds, "".join(child.content for child in children if child.type in ("text", "code_inline"))


def refused(reason: str, path: str = "shop.py", code_: Code = Code.NO_ANCHOR, remedy: str = "") -> Refused:
    part = Part(path, Snippet("x"), reason, lines=LineRange(3, 4))
    return Refused(Request("thread", DIGEST, 1, (part,), reason), code_, reason, remedy)


def applied(path: str = "shop.py") -> Applied:
    request = Request("thread", DIGEST, 1, (Part(path, Snippet("x"), path),), path)
    change = Change(path, (Edit(0, 1, ("a",)),), None, "s" * 64)
    return Applied(request, Candidate((change,), Verdict.VERIFIED, EngineName.LOCAL))


PUSHED = Landed(Route.PUSH, COMMIT, Checks.NEEDS_APPROVAL)
STATE = SummaryState((1, 2), (datetime(2026, 3, 1, tzinfo=UTC),))


@given(TEXTS)
@example("@_")
def test_escaped_words_are_one_paragraph_of_text_and_read_as_they_were(text: str) -> None:
    kinds, words = said_in(f"Not applied: {escaped(text)}.")
    assert kinds <= {"paragraph", "inline", "text", "text_special"}
    plain, _ = said_in(escaped(text))
    assert plain <= {"paragraph", "inline", "text", "text_special"}
    shown = "".join(child.content for token in reader().parse(escaped(text)) for child in token.children or [])
    assert not re.search(r"(?<!\w)@\w|#\d|://|\bwww\.|\bGH-\d", shown, re.IGNORECASE)
    assert words.startswith("Not applied")


@given(TEXTS)
def test_a_code_span_holds_all_of_it(text: str) -> None:
    kinds, _ = said_in(f"in {code(text)} it is")
    assert kinds <= {"paragraph", "inline", "text", "code_inline"}


@given(TEXTS)
def test_a_fence_holds_all_of_it(text: str) -> None:
    tokens = reader().parse(f"Before.\n\n{fenced(text, 'diff')}\n\nAfter.")
    assert [token.type for token in tokens if token.level == 0] == [
        *("paragraph_open", "paragraph_close"),
        "fence",
        *("paragraph_open", "paragraph_close"),
    ]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_answer_is_changed_by_the_words_that_it_quotes(text: str) -> None:
    outcomes = (refused(text, remedy=text), applied(text))
    report = Report(outcomes, (FileLine(text, None, 1, 0, f"+{text}\n"),), warnings=(text,))
    run = Run(report, PUSHED, HEAD, (text,))
    answers = [
        reply(7, outcomes[0], f"+{text}\n", PUSHED).text,
        reply(7, outcomes[1], f"+{text}\n", PUSHED).text,
        reply(7, Unchanged(outcomes[0].request, text), "", PUSHED).text,
        sticky(run, STATE),
        step_summary(run),
        help_text(Unknown(text)),
        refusal_text(Code.PR_CLOSED, text, text),
    ]
    for answer in answers:
        html = [token.content for token in reader().parse(answer) if token.type == "html_block"]
        inline = [
            child.content for token in reader().parse(answer) for child in token.children or [] if "html" in child.type
        ]
        ours = r"</?(?:details|summary)>|What changed for this comment|The diff|<!-- stetbot[^<>]*-->|\s"
        assert re.sub(ours, "", "".join(html + inline)) == ""
        kinds = said_in(answer)[0]
        assert not kinds & {"image", "link", "strong", "em", "s", "table", "blockquote", "ordered_list", "hr"}
        assert read_command(answer) is None
        assert "\u202e" not in answer
        assert "\x1b" not in answer
    assert answer_in(answers[0]) == Answer(7, DIGEST, "no-anchor")
    assert summary_in(answers[3]) == STATE


def test_a_reply_says_what_happened_and_what_to_do() -> None:
    assert f"Applied in {COMMIT}." in reply(7, applied(), "+a\n", PUSHED).text
    suggested_ = reply(7, applied(), "+a\n", Landed(Route.SUGGEST))
    assert "suggested in my review" in suggested_.text
    assert suggested_.answer.result == "suggested"
    said = reply(7, refused("nothing in it", remedy="quote a line"), "", PUSHED).text
    assert "`no-anchor`" in said
    assert "To do: quote a line." in said
    assert "--accept" not in reply(7, refused("x", remedy="run again with --accept x"), "", PUSHED).text
    unchanged = reply(7, Unchanged(applied().request, "it stands"), "", PUSHED)
    assert unchanged.answer.result == "already-applied"


def test_an_unproven_edit_is_shown_with_the_command_that_lands_it() -> None:
    outcome = refused("another reading fits too", code_=Code.UNPROVEN)
    candidate = Candidate(applied().candidate.operations, Verdict.UNPROVEN, EngineName.LOCAL)
    offer = offer_of(outcome.request, candidate, lambda _: "b" * 40)
    assert offer is not None
    text = reply(7, outcome, "@@ -1 +1 @@\n-b\n+a\n", PUSHED, offer).text
    assert f"`/stetbot apply #{offer.short}`" in text
    assert "+a" in text
    assert text.endswith(" -->")
    too_long = reply(7, outcome, "+x\n" * 20_000, PUSHED, offer).text
    assert offer.short not in too_long
    assert "too large" in too_long
    assert len(too_long) < 65_000


def test_summaries_stay_below_githubs_limits_and_keep_their_marker() -> None:
    outcomes = tuple(refused("x" * 2000) for _ in range(1000))
    files = tuple(FileLine(f"{number}.py", None, 1, 0, "+x\n" * 1000) for number in range(1000))
    run = Run(Report(outcomes, files), PUSHED, HEAD)
    comment = sticky(run, STATE)
    assert len(comment) <= 65_000
    assert summary_in(comment) == STATE
    assert len(step_summary(run).encode()) < 1024 * 1024


def test_the_summary_counts_costs_and_says_what_becomes_of_the_checks() -> None:
    usage = Usage(10, 20, 2, 0.5)
    text = sticky(Run(Report((applied(), refused("x")), (), usage=usage), PUSHED, HEAD), STATE)
    assert "1 applied, 0 unchanged, 1 refused" in text
    assert "about $0.5000" in text
    assert Checks.NEEDS_APPROVAL.value in text


def test_a_summary_leads_to_each_comment_and_nowhere_else() -> None:
    url = "https://ghe.example:8443/octo/shop/pull/7#discussion_r12"
    hostile = f"{url}) [x](javascript:alert(1)"
    outcomes = (refused("x", path="a`]b.py"), applied())
    placed = [type(each)(replace(each.request, place=url), *_rest(each)) for each in outcomes]
    text = sticky(Run(Report((*placed, refused(hostile)), ()), PUSHED, HEAD), STATE)
    links = [
        str(child.attrGet("href"))
        for token in reader().parse(text)
        for child in token.children or []
        if child.type == "link_open"
    ]
    assert links == [url, url]
    assert "a`]b.py" in said_in(text)[1]


def _rest(outcome: Applied | Refused) -> tuple[Any, ...]:
    return (outcome.candidate,) if isinstance(outcome, Applied) else (outcome.code, outcome.reason)


def test_a_suggestion_is_longer_fenced_than_its_lines_and_is_no_request_of_the_next_run() -> None:
    piece = Suggested("a.md", LineRange(1, 1), ("```", "````suggestion", "x"))
    text = suggested(piece, Answer(1, DIGEST, "suggested"))
    (fence,) = [token for token in MarkdownIt().parse(text) if token.type == "fence"]
    assert fence.info == "suggestion"
    assert fence.content == "```\n````suggestion\nx\n"
    assert answer_in(text) is not None


@pytest.mark.parametrize("text", HOSTILE)
def test_no_line_of_the_log_is_a_command_that_somebody_else_wrote(text: str) -> None:
    lines = [log_line(text), notice(text)]
    lines += [remark.command() for remark in of_refused([refused(text, path=text)])]
    for line in lines:
        assert "\n" not in line
        assert "\r" not in line
    assert not lines[0].lstrip().startswith(("::", "##["))
    for line in lines[1:]:
        level, _, rest = line.removeprefix("::").partition(" ")
        assert level in ("notice", "warning")
        assert re.fullmatch(r"(?:file=[^:,\n]*,)?(?:line=3,)?title=stetbot[^:,\n]*::.*", rest)


def test_an_annotation_is_written_as_the_runner_reads_it() -> None:
    remark = Annotation("warning", "stetbot: no-anchor", "50% of it,\nnothing: else", "a,b:c.py", 3)
    assert remark.command() == (
        "::warning file=a%2Cb%3Ac.py,line=3,title=stetbot%3A no-anchor::50%25 of it, nothing: else"
    )


def test_the_log_is_not_flooded_with_annotations() -> None:
    assert len(list(of_refused([refused("x")] * 500))) == 10
