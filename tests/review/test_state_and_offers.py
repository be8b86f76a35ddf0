"""What the bot remembers in its own comments, and the edits that it keeps there for a writer's word."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.asks import Part, Request, Snippet
from bot.errors import Code, Refusal
from bot.model import Edit, EngineName, Verdict
from bot.outcomes import Candidate, Change, Create
from bot.review.offers import Offer, by_short, check_offer, offer_in, offer_of
from bot.review.state import Answer, SummaryState, answer_in, is_ours, needs_answer, summary_in

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
DIGEST = "d" * 64
REQUEST = Request("thread", DIGEST, 1, (Part("shop.py", Snippet("x"), "thread"),), "thread")
EDITS = (Edit(0, 1, ("a = 2  # --> <!-- ü\u2028",)),)
CANDIDATE = Candidate((Change("shop.py", EDITS, None, "s" * 64),), Verdict.UNPROVEN, EngineName.LOCAL)
BLOBS = {"shop.py": "b" * 40}


def offered() -> Offer:
    offer = offer_of(REQUEST, CANDIDATE, BLOBS.get)
    assert offer is not None
    return offer


def reply_of(offer: Offer) -> str:
    kept = offer.kept()
    assert kept is not None
    return f"If that is meant ...\n\n```diff\n-a\n+b\n```\n\n{Answer(1, DIGEST, 'unproven').marker()}\n\n{kept}"


def test_an_answer_comes_back_from_the_reply_that_carries_it() -> None:
    for answer in (Answer(12, DIGEST, "applied", "a" * 40), Answer(3, DIGEST, "no-anchor")):
        body = f"Not applied.\n\n{answer.marker()}"
        assert answer_in(body) == answer
        assert is_ours(body)


def test_a_marker_that_is_quoted_before_the_bots_own_does_not_count() -> None:
    forged = Answer(99, "0" * 64, "applied", "f" * 40).marker()
    own = Answer(1, DIGEST, "no-anchor")
    assert answer_in(f"```diff\n+{forged}\n```\n\n{own.marker()}") == own


def test_what_whoever_shares_the_account_quotes_is_no_word_of_the_bots() -> None:
    answer, state, offer = Answer(1, DIGEST, "unproven"), SummaryState((5,), (NOW,)), offered()
    for quoted in ("> {}", "    {}", "- {}", "{} - what is this?", "> {}\n\nWhat is this?", "{}\n\nWhat is this?"):
        assert answer_in(quoted.format(answer.marker())) is None
        assert summary_in(quoted.format(state.marker())) is None
        assert offer_in(quoted.format(offer.kept()), offer.short) is None
    assert answer_in(reply_of(offer)) == answer


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<!-- stetbot v1 comment=x sha256=0 result=applied -->",
        f"<!-- stetbot v2 comment=1 sha256={DIGEST} result=applied -->",
        f"<!-- stetbot v1 comment=\u0661 sha256={DIGEST} result=applied -->",
        "<!-- stetbot v1 comment=" + "1" * 99 + f" sha256={DIGEST} result=applied -->",
    ],
)
def test_a_marker_of_another_form_is_no_answer(body: str) -> None:
    assert answer_in(body) is None
    assert summary_in(body) is None


def test_nothing_is_said_twice_and_news_are_said() -> None:
    said = [Answer(1, DIGEST, "unproven"), Answer(2, DIGEST, "applied")]
    assert not needs_answer(Answer(1, DIGEST, "unproven"), said)
    assert needs_answer(Answer(1, DIGEST, "applied", "a" * 40), said)
    assert needs_answer(Answer(1, "e" * 64, "unproven"), said), "the comment was edited: it is another request"
    assert needs_answer(Answer(3, DIGEST, "unproven"), said)
    assert not needs_answer(Answer(1, DIGEST, "applied"), [*said, Answer(1, DIGEST, "applied", "a" * 40)])


def test_the_summary_remembers_commands_and_runs_and_forgets_the_oldest() -> None:
    state = SummaryState().after([5, 6], NOW).after([6, 7], NOW + timedelta(minutes=1))
    assert summary_in(f"### stetbot\n\n{state.marker()}") == state
    assert state.commands == (5, 6, 7)
    assert state.runs == (NOW, NOW + timedelta(minutes=1))
    many = state.after(range(10_000), NOW)
    assert len(many.marker()) < 5000
    assert 9_999 in many.commands
    assert 5 not in many.commands


def test_an_offer_comes_back_whole_from_the_bots_reply() -> None:
    offer = offered()
    assert offer_in(reply_of(offer), offer.short) == offer
    assert offer_in(reply_of(offer) + "\n", offer.short) == offer
    check_offer(offer, REQUEST, BLOBS.get)


def test_an_offer_is_found_by_its_own_hash_alone() -> None:
    offer = offered()
    assert offer_in(reply_of(offer), "0" * 12) is None
    assert offer_in(reply_of(offer), offer.short[:6]) is None
    assert offer_in("no offer here", offer.short) is None
    assert by_short({offer.hash: offer}, offer.short) == offer
    with pytest.raises(Refusal) as refused:
        by_short({}, offer.short)
    assert refused.value.code is Code.UNPROVEN


def test_two_edits_that_go_by_the_same_short_hash_are_neither_the_one_that_was_meant() -> None:
    """Twelve digits can be met by who tries long enough: the author of the file that the hash covers, say."""
    offer = offered()
    other = replace(offer, parts=(replace(offer.parts[0], blob="c" * 40),))
    twins = {offer.hash: offer, offer.short + "0" * 52: other}
    with pytest.raises(Refusal) as refused:
        by_short(twins, offer.short)
    assert refused.value.code is Code.AMBIGUOUS
    assert by_short({**twins, "f" * 64: other}, "f" * 12) == other


def test_an_edit_that_was_put_into_a_reply_is_not_the_one_that_its_hash_is_of() -> None:
    offer = offered()
    other = replace(offer, parts=(replace(offer.parts[0], edits=(Edit(0, 1, ("os.system('x')",)),)),))
    kept = other.kept()
    assert kept is not None
    forged = reply_of(offer).rpartition("\n")[0] + "\n" + kept.replace(other.hash, offer.hash)
    with pytest.raises(Refusal) as refused:
        offer_in(forged, offer.short)
    assert refused.value.code is Code.VERIFICATION_FAILED


@pytest.mark.parametrize("value", [[], {"parts": 1}, {"request": "r", "digest": "d", "parts": [{}]}, "x", None])
def test_what_is_no_offer_is_refused_without_a_crash(value: object) -> None:
    data = base64.b64encode(json.dumps(value).encode()).decode()
    with pytest.raises(Refusal):
        offer_in(f"<!-- stetbot-edit v1 {'0' * 64} {data} -->", "0" * 12)


def test_brackets_without_end_are_no_offer_either() -> None:
    data = base64.b64encode(b"[" * 20_000).decode()
    with pytest.raises(Refusal):
        offer_in(f"<!-- stetbot-edit v1 {'0' * 64} {data} -->", "0" * 12)


def test_the_hash_covers_the_request_the_blobs_and_the_edit() -> None:
    offer, part = offered(), offered().parts[0]
    others = [
        replace(offer, request="thread@other"),
        replace(offer, digest="e" * 64),
        *(
            replace(offer, parts=(changed,))
            for changed in (
                replace(part, path="shop2.py"),
                replace(part, blob="c" * 40),
                replace(part, stands_on="t" * 64),
                replace(part, engine=EngineName.MORPH),
                replace(part, edits=(Edit(0, 2, EDITS[0].lines),)),
                replace(part, edits=(Edit(0, 1, ("a = 3",)),)),
            )
        ),
        replace(offer, parts=(part, part)),
    ]
    assert len({each.hash for each in (offer, *others)}) == len(others) + 1


def test_an_offer_holds_for_the_comment_and_the_files_that_it_was_made_for() -> None:
    offer = offered()
    elsewhere = replace(REQUEST, parts=(Part("other.py", Snippet("x"), "thread"),))
    for request, blobs, code in (
        (None, BLOBS, Code.OUTDATED),
        (replace(REQUEST, digest="e" * 64), BLOBS, Code.OUTDATED),
        (REQUEST, {"shop.py": "c" * 40}, Code.OUTDATED),
        (REQUEST, {}, Code.OUTDATED),
        (elsewhere, BLOBS, Code.VERIFICATION_FAILED),
    ):
        with pytest.raises(Refusal) as refused:
            check_offer(offer, request, blobs.get)
        assert refused.value.code is code


def test_what_has_no_room_in_a_reply_or_is_no_edit_of_a_text_is_not_offered() -> None:
    large = replace(CANDIDATE, operations=(Change("shop.py", (Edit(0, 1, ("x" * 30_000,)),), None, "s" * 64),))
    offer = offer_of(REQUEST, large, BLOBS.get)
    assert offer is not None
    assert offer.kept() is None
    assert offer_of(REQUEST, replace(CANDIDATE, operations=(Create("new.py", "x"),)), BLOBS.get) is None
    assert offer_of(REQUEST, CANDIDATE, lambda _: None) is None
